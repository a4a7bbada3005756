//! The W3C VoiceXML conformance tests of ../shared/conformance, driven through the real webhook path: a static file
//! server, our server, and a simulated, signing Twilio. Known differences stand in `conformance-differences.toml`, each
//! with its reason; a listed test that passes fails the run.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod common;

use common::{Line, Phone};
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use voxbridge::{
    channel::twilio::reading::{Sound, Then},
    dialogue::{InputMode, Position},
    grammar::{Grammar, Semantics, Setting, Verdict},
};

#[derive(Debug, Clone, Deserialize)]
struct Test {
    suite: String,
    id: String,
    start: String,
    kind: String,
    verdict: String,
    #[serde(default)]
    script: serde_json::Value,
    #[serde(default)]
    heard: Vec<String>,
    #[serde(default)]
    cases: Vec<Case>,
    substitute: Option<Substitute>,
    #[serde(default)]
    topic: String,
}

#[derive(Debug, Clone, Deserialize)]
struct Substitute {
    token: String,
    #[serde(rename = "in")]
    files: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct Case {
    input: String,
    expect: String,
    interpretation: Option<serde_json::Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Differences {
    test: Vec<Difference>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Difference {
    suite: String,
    id: String,
    reason: String,
}

/// The shared folder, beside the checkout unless `VOXBRIDGE_SHARED` says otherwise.
fn shared() -> PathBuf {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    std::env::var_os("VOXBRIDGE_SHARED").map_or_else(beside, PathBuf::from)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs ../shared"]
async fn the_w3c_tests_pass_but_for_the_listed_differences() {
    let folder = shared().join("conformance");
    let tests: Vec<Test> = serde_json::from_slice(&std::fs::read(folder.join("manifest.json")).unwrap()).unwrap();
    let listed = include_str!("conformance-differences.toml");
    let differences: Differences = toml::from_str(listed).unwrap();
    let outcomes = run(&folder, &tests).await;
    let mut faults = Vec::new();
    let mut by_suite: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    for (test, outcome) in tests.iter().zip(&outcomes) {
        let known = differences.test.iter().find(|known| known.suite == test.suite && known.id == test.id);
        let count = by_suite.entry(&test.suite).or_default();
        match (outcome, known) {
            (Ok(()), None) => count.0 += 1,
            (Ok(()), Some(_)) => {
                faults.push(format!("{} {} is listed as a difference, but passes", test.suite, test.id))
            }
            (Err(_), Some(known)) => {
                assert!(!known.reason.is_empty(), "{} {} has no reason", test.suite, test.id);
                count.1 += 1;
            }
            (Err(why), None) => {
                faults.push(format!("{} {} ({}, {}): {why}", test.suite, test.id, test.topic, test.kind))
            }
        }
    }
    for (suite, (passed, known)) in by_suite {
        println!("conformance {suite}: {passed} pass, {known} listed differences");
    }
    assert!(faults.is_empty(), "{} of {} tests:\n{}", faults.len(), tests.len(), faults.join("\n"));
}

/// Runs all tests; why it failed for each that does.
async fn run(folder: &Path, tests: &[Test]) -> Vec<Result<(), String>> {
    let files = serve(folder.to_owned(), tests.to_vec()).await;
    let mut apps = String::new();
    for (at, test) in tests.iter().enumerate().filter(|(_, test)| test.verdict != "grammar") {
        apps.push_str(&format!("[[app]]\nname = \"t{at}\"\nstart = \"{files}/{}\"\nmode = \"keys\"\n", test.start));
    }
    let empty = tempfile::tempdir().unwrap();
    let line = Arc::new(Line::open(empty.path(), &apps).await);
    let mut outcomes = Vec::new();
    for (at, test) in tests.iter().enumerate() {
        if test.verdict == "grammar" {
            outcomes.push(check_grammar(folder, test));
            continue;
        }
        let (line, test, url) = (line.clone(), test.clone(), format!("{files}/{}", test.start));
        let played = tokio::spawn(async move {
            if test.verdict == "after-hangup" {
                play_to_the_end(&test, &url).await
            } else {
                play(&line, at, &test).await
            }
        });
        outcomes.push(match tokio::time::timeout(Duration::from_secs(60), played).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(panic)) => {
                Err(panic.into_panic().downcast_ref::<String>().cloned().unwrap_or_else(|| "panicked".into()))
            }
            Err(_) => Err("took longer than a minute".into()),
        });
    }
    outcomes
}

/// Plays one test and judges it by its verdict.
async fn play(line: &Line, at: usize, test: &Test) -> Result<(), String> {
    let mut phone = line.call(&format!("t{at}")).await;
    let mut all = heard(&phone);
    let mut steps = test.script.as_array().cloned().unwrap_or_default().into_iter();
    for _ in 0..40 {
        if !matches!(phone.answer.then, Then::Gather(_)) {
            break;
        }
        let step = match &test.script {
            serde_json::Value::Array(_) => {
                steps.next().ok_or_else(|| format!("listens, but no input is expected: {all}"))?
            }
            _ => instruction(&all).ok_or_else(|| format!("listens without an instruction: {all}"))?,
        };
        if obey(&mut phone, &step).await? {
            break;
        }
        all.push('\n');
        all.push_str(&heard(&phone));
    }
    judge(test, &all)
}

/// Plays a test whose verdict nobody can hear any more: the trace of `voxbridge call --json` tells it.
async fn play_to_the_end(test: &Test, url: &str) -> Result<(), String> {
    let mut lines = String::new();
    for step in test.script.as_array().into_iter().flatten() {
        match (step["say"].as_str(), step["dtmf"].as_str(), step["hangup"] == true) {
            (Some(words), ..) => lines.push_str(&format!("say {words}\n")),
            (_, Some(keys), _) => lines.push_str(&format!("press {keys}\n")),
            (.., true) => lines.push_str("hangup\n"),
            _ => return Err(format!("the caller cannot do {step}")),
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("test.call");
    std::fs::write(&script, lines + "ends\n").unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_voxbridge"));
    command.args(["call", url, "--mode", "keys", "--json", "--script"]).arg(&script);
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let transcript: serde_json::Value =
        serde_json::from_slice(&output.stdout).map_err(|_| String::from_utf8_lossy(&output.stderr).into_owned())?;
    let mut all = String::new();
    for turn in transcript["turns"].as_array().into_iter().flatten() {
        let texts = |name: &str| turn[name].as_array().cloned().unwrap_or_default();
        let unheard = texts("trace")
            .into_iter()
            .filter_map(|line| Some(line.as_str()?.strip_prefix("not heard any more: ")?.to_owned()));
        let said = texts("said").into_iter().filter_map(|text| text.as_str().map(str::to_owned));
        all.extend(said.chain(unheard).map(|text| format!("{text}\n")));
    }
    judge(test, &all)
}

fn judge(test: &Test, all: &str) -> Result<(), String> {
    let words: Vec<&str> = all.split_whitespace().collect();
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let failed = words.iter().any(|word| bare(word) == "fail");
    let text = words.join(" ");
    match test.verdict.as_str() {
        _ if failed => Err(text),
        "spoken" | "after-hangup" => words.last().is_some_and(|word| bare(word) == "pass").then_some(()).ok_or(text),
        "silent-exit" => Ok(()),
        "heard" => {
            let mut rest = text.as_str();
            for expected in &test.heard {
                let expected = expected.split_whitespace().collect::<Vec<_>>().join(" ");
                let at =
                    rest.find(&expected).ok_or_else(|| format!("'{expected}' was not heard in order in: {text}"))?;
                rest = &rest[at + expected.len()..];
            }
            Ok(())
        }
        other => Err(format!("the verdict '{other}' cannot be seen from the line")),
    }
}

/// What the line carries: words, and files as `audio:NAME`.
fn heard(phone: &Phone<'_>) -> String {
    let piece = |sound: &Sound| match sound {
        Sound::Say { text, .. } => text.clone(),
        Sound::Play(url) => format!("audio:{}", url.rsplit('/').next().unwrap_or_default()),
        Sound::Pause(_) => String::new(),
    };
    phone.answer.heard.iter().map(|heard| piece(&heard.sound)).collect::<Vec<_>>().join(" ")
}

/// The last instruction in what was said.
fn instruction(text: &str) -> Option<serde_json::Value> {
    let last = text.lines().last()?;
    let quoted = |prefix: &str| {
        last.match_indices(prefix)
            .filter_map(|(at, _)| Some((at, last[at + prefix.len()..].split('\'').next()?.to_owned())))
            .last()
    };
    let plain = |words: &str| last.rfind(words);
    let mut found = vec![
        quoted("Say '").map(|(at, words)| (at, serde_json::json!({ "say": words }))),
        quoted("Press '").map(|(at, keys)| (at, serde_json::json!({ "dtmf": keys }))),
        quoted("containing the word '")
            .map(|(at, word)| (at, serde_json::json!({ "say": format!("well I think {word} is nice") }))),
        plain("Say nothing").map(|at| (at, serde_json::json!({ "noinput": true }))),
        plain("something unrecognizable").map(|at| (at, serde_json::json!({ "nomatch": true }))),
        plain("Hang up now").map(|at| (at, serde_json::json!({ "hangup": true }))),
    ];
    found.sort_by_key(|found| found.as_ref().map(|(at, _)| *at));
    found.pop().flatten().map(|(_, step)| step)
}

/// Does what a step says; `true` if the caller has hung up.
async fn obey(phone: &mut Phone<'_>, step: &serde_json::Value) -> Result<bool, String> {
    if let Some(words) = step["say"].as_str() {
        phone.say(words).await;
    } else if let Some(keys) = step["dtmf"].as_str() {
        phone.press(keys).await;
    } else if step["noinput"] == true {
        phone.silence().await;
    } else if step["nomatch"] == true {
        phone.say("purple elephants sing").await;
    } else if step["hangup"] == true {
        phone.hang_up().await;
        return Ok(true);
    } else {
        return Err(format!("the caller cannot do {step}"));
    }
    Ok(false)
}

fn check_grammar(folder: &Path, test: &Test) -> Result<(), String> {
    let path = folder.join(&test.start);
    let text = voxbridge::vxml::decode(&std::fs::read(&path).unwrap(), None);
    let grammar = read_linked(&path, &text);
    for case in &test.cases {
        let outcome = match &grammar {
            Err(why) if case.expect.contains("reject") => {
                let _ = why;
                continue;
            }
            Err(why) => return Err(why.clone()),
            Ok(grammar) => grammar.match_words(&case.input),
        };
        match (&outcome, case.expect.as_str()) {
            (Verdict::Match { parse, .. }, "match" | "match-or-reject") => {
                if let Some(expected) = &case.interpretation {
                    let found = match parse.semantics() {
                        Semantics::None => serde_json::Value::String(parse.utterance()),
                        Semantics::Value(value) => value,
                        Semantics::Program(program) => evaluate(&program)?,
                    };
                    if !same(&found, expected) {
                        return Err(format!("'{}' means {found}, not {expected}", case.input));
                    }
                }
            }
            (Verdict::NoMatch | Verdict::Prefix, "nomatch") => {}
            (outcome, expected) => return Err(format!("'{}': {outcome:?} instead of {expected}", case.input)),
        }
    }
    Ok(())
}

/// JSON equality that does not tell 1 from 1.0.
fn same(a: &serde_json::Value, b: &serde_json::Value) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}

fn evaluate(program: &str) -> Result<serde_json::Value, String> {
    use voxbridge::script::{Engine, Limits};
    let limits = Limits { time: Duration::from_millis(100), heap: 16 << 20 };
    let engine = Engine::new(limits, jiff::tz::TimeZone::UTC, "").map_err(|error| error.to_string())?;
    engine.eval_alone(program).map_err(|error| error.to_string())
}

fn read_linked(path: &Path, text: &str) -> Result<Grammar, String> {
    let uri = format!("file://{}", path.canonicalize().unwrap().display());
    let read = |uri: &str, text: &str| {
        let start = Position { line: 1, column: 1, offset: 0 };
        let setting = Setting { uri, base: uri, mode: Some(InputMode::Voice), lang: None, text_offset: start };
        Grammar::read(text, None, &setting).map_err(|problems| problems[0].to_string())
    };
    let grammar = read(&uri, text)?;
    let mut found = std::collections::HashMap::new();
    let mut open = grammar.references().to_vec();
    while let Some(next) = open.pop() {
        if found.contains_key(&next) {
            continue;
        }
        let text =
            std::fs::read_to_string(next.trim_start_matches("file://")).map_err(|error| format!("{next}: {error}"))?;
        let other = read(&next, &text)?;
        open.extend(other.references().iter().cloned());
        found.insert(next, Arc::new(other));
    }
    if found.is_empty() { Ok(grammar) } else { grammar.link(&found).map_err(|problems| problems[0].to_string()) }
}

/// A static file server over the folder; gives its base URL.
async fn serve(folder: PathBuf, tests: Vec<Test>) -> String {
    use axum::{extract::Path as UrlPath, http::StatusCode, http::header::CONTENT_TYPE, response::IntoResponse};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let own = base.clone();
    let answer = async move |UrlPath(path): UrlPath<String>| {
        let Ok(bytes) = std::fs::read(folder.join(&path)) else { return StatusCode::NOT_FOUND.into_response() };
        let home = Path::new(&path).parent().unwrap();
        let substitute = tests.iter().filter(|test| Path::new(&test.start).parent() == Some(home)).find_map(|test| {
            let named = |name: &String| home.join(name) == Path::new(&path);
            test.substitute.as_ref().filter(|substitute| substitute.files.iter().any(named))
        });
        let bytes = match substitute {
            Some(Substitute { token, .. }) => {
                let text = String::from_utf8(bytes).unwrap();
                text.replace(token, &format!("{own}/{}", home.display())).into_bytes()
            }
            None => bytes,
        };
        let kind = match path.rsplit('.').next() {
            Some("vxml") => "application/voicexml+xml",
            Some("grxml") => "application/srgs+xml",
            Some("js") => "text/javascript",
            Some("wav") => "audio/wav",
            _ => "application/xml",
        };
        ([(CONTENT_TYPE, kind)], bytes).into_response()
    };
    let routes = axum::Router::new().route("/{*path}", axum::routing::get(answer.clone()).post(answer));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    base
}
