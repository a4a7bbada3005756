//! The commands as a user runs them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

#[allow(dead_code, unreachable_pub)]
#[path = "common/logs.rs"]
mod logs;

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Output, Stdio};

const MAIN: &str = r#"<?xml version="1.0"?><vxml version="2.1" xmlns="http://www.w3.org/2001/vxml"><menu id="main">
<prompt>Main menu. Press 1 for billing or 2 to hear this again.</prompt><choice dtmf="1" next="billing.vxml">billing</choice>
<choice dtmf="2" next="main.vxml">again</choice></menu></vxml>"#;
const BILLING: &str = r#"<?xml version="1.0"?><vxml version="2.1" xmlns="http://www.w3.org/2001/vxml"><form><block>
<prompt>You owe nothing.</prompt></block></form></vxml>"#;
const CONFIG: &str = "[server]\nlisten = \"127.0.0.1:0\"\n[[app]]\nname = \"demo\"\nstart = \"main.vxml\"\n";

fn application(more: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let files = [("main.vxml", MAIN), ("billing.vxml", BILLING), ("voxbridge.toml", CONFIG)];
    for (name, text) in files.iter().chain(more) {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_voxbridge"));
    command.current_dir(folder).args(arguments).env_remove("RUST_LOG").env_remove("TWILIO_AUTH_TOKEN");
    command
}

fn run(folder: &Path, arguments: &[&str], typed: &str) -> (i32, String, String) {
    let piped = || Stdio::piped();
    let mut child = command(folder, arguments).stdin(piped()).stdout(piped()).stderr(piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

#[test]
fn an_application_is_called_by_name_and_by_file() {
    let folder = application(&[]);
    for target in ["demo", "main.vxml"] {
        let (code, out, _) = run(folder.path(), &["call", target], "2\nnumber one\n");
        assert_eq!(code, 0);
        assert_eq!(out.matches("Main menu.").count(), 2, "{out}");
        assert!(out.contains("You owe nothing."), "{out}");
    }
}

#[test]
fn a_script_that_holds_exits_with_0_and_one_that_does_not_says_where() {
    let script = "caller +14155550100\nhear main menu\npress 1\nhear owe nothing\nends\n";
    let folder = application(&[("good.call", script), ("bad.call", &script.replace("press 1", "press 2"))]);
    assert_eq!(run(folder.path(), &["call", "demo", "--script", "good.call"], "").0, 0);
    let (code, _, error) = run(folder.path(), &["call", "demo", "--script", "bad.call"], "");
    assert_eq!(code, 1);
    assert!(error.contains("bad.call:4: expected to hear \"owe nothing\"") && error.contains("Main menu"), "{error}");
}

#[test]
fn the_transcript_has_every_turn() {
    let folder = application(&[("one.call", "caller +14155550100\nsay one\nends\n")]);
    let (code, out, _) = run(folder.path(), &["call", "demo", "--script", "one.call", "--json"], "");
    assert_eq!(code, 0);
    let page: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(page["caller"], "+14155550100");
    let last = &page["turns"][1];
    assert_eq!((last["input"].as_str(), last["heard"].as_str()), (Some("speech"), Some("one")));
    assert_eq!(last["listened_for"]["choices"].as_array().unwrap().len(), 2);
    assert!(last["interpretation"].is_string() && last["confidence"].as_f64().unwrap() > 0.5, "{last}");
    assert!(last["said"][0].as_str().unwrap().contains("You owe nothing"));
    assert!(last["milliseconds"].as_f64().unwrap() >= 0.0);
}

#[test]
fn a_document_that_cannot_run_fails_the_check_with_its_place() {
    let folder = application(&[("bad.vxml", "<vxml version=\"2.1\">\n  <form>\n</vxml>")]);
    let (code, out, _) = run(folder.path(), &["check", "main.vxml", "billing.vxml"], "");
    assert_eq!((code, out.contains("2 files: 0 errors")), (0, true), "{out}");
    let (code, out, _) = run(folder.path(), &["check", "."], "");
    assert!(code == 1 && out.contains("bad.vxml:") && out.contains('^'), "{out}");
    let (code, out, _) = run(folder.path(), &["check", "bad.vxml", "--format", "json"], "");
    assert_eq!(code, 1);
    let findings: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(findings[0]["severity"], "error");
}

#[test]
fn translate_shows_the_first_answer_of_a_dialog() {
    let folder = application(&[]);
    let (code, out, _) = run(folder.path(), &["translate", "main.vxml"], "");
    assert_eq!(code, 0);
    assert!(out.contains("<!-- main.vxml#main:") && out.contains("<Gather") && out.contains("Press 1"), "{out}");
}

/// The small suite of this project: one of its tests fails on purpose.
fn conformance(arguments: &[&str]) -> (i32, String, String) {
    let suite = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite");
    run(&suite, &[&["conformance", "."], arguments].concat(), "")
}

#[test]
fn a_suite_is_run_over_webhooks_and_says_what_fails_and_why() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.json");
    let (code, out, error) = conformance(&["--json", file.to_str().unwrap()]);
    assert_eq!((code, out.lines().last()), (1, Some("13 passed, 1 failed")), "{out}{error}");
    let menu: Vec<&str> = out.lines().find(|line| line.starts_with("menu")).unwrap().split_whitespace().collect();
    assert_eq!(menu, ["menu", "1", "1", "mini/wrong"]);
    assert!(out.contains("mini/wrong (VoiceXML 2.0 §5.3.9): heard \"fail the document is wrong on purpose\""), "{out}");
    assert!(out.contains("mini/second-hypothesis (VoiceXML 2.0 §5.1.5): Twilio reports one hypothesis"), "{out}");
    let report: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    assert_eq!((&report["passed"], &report["failed"]), (&13.into(), &1.into()));
    let tests = report["tests"].as_array().unwrap();
    let via = |id: &str| tests.iter().find(|test| test["id"] == id).unwrap()["via"].as_str();
    let vias = ["menu-key", "second-hypothesis", "bridge-key", "bridge-hangup", "yes-no"].map(via);
    assert_eq!(vias, ["http", "engine", "engine", "http", "grammar"].map(Some));
    let heard = |id: &str| tests.iter().find(|test| test["id"] == id).unwrap()["heard"].as_str();
    assert_eq!(heard("wrong"), Some("fail the document is wrong on purpose"));
    assert_eq!(heard("hung-up"), Some("Hang up now."), "nothing is heard again, and nothing more");
}

#[test]
fn a_suite_is_run_through_the_engine_and_in_parts() {
    let (code, out, _) = conformance(&["--via", "engine"]);
    assert_eq!((code, out.lines().last()), (1, Some("13 passed, 1 failed")), "{out}");
    let (code, out, _) = conformance(&["--only", "recording-key,mini/yes-no"]);
    assert_eq!((code, out.lines().last()), (0, Some("2 passed, 0 failed")), "{out}");
    let (code, out, error) = conformance(&["--only", "yes-no"]);
    assert_eq!((code, out.lines().last()), (0, Some("1 passed, 0 failed")), "{out}{error}");
    let (code, _, error) = conformance(&["--only", "no-such-test"]);
    assert!(code == 2 && error.contains("no-such-test"), "{error}");
}

#[test]
fn a_folder_that_is_no_suite_is_refused_with_what_is_expected() {
    let folder = application(&[]);
    let (code, _, error) = run(folder.path(), &["conformance", "."], "");
    assert!(code == 2 && error.contains("manifest.json"), "{error}");
    std::fs::write(folder.path().join("manifest.json"), "[\n{\"suite\": 1}]").unwrap();
    let (code, _, error) = run(folder.path(), &["conformance", "."], "");
    assert!(code == 2 && error.contains("manifest.json:2:") && error.contains("howto-run-conformance"), "{error}");
}

#[test]
fn what_cannot_be_done_exits_with_2_and_says_what_to_do() {
    let folder = application(&[("wrong.toml", "[server]\nlissten = 1\n")]);
    let (code, _, error) = run(folder.path(), &["call", "nobody"], "");
    assert!(code == 2 && error.contains("demo"), "{error}");
    let (code, _, error) = run(folder.path(), &["serve", "--config", "wrong.toml"], "");
    assert!(code == 2 && error.contains("wrong.toml:2:1") && error.contains('^'), "{error}");
}

/// Serves a call in which the caller says something, and gives all that was logged.
#[cfg(unix)]
fn log_of_a_call(sensitive: bool) -> String {
    use std::io::Read as _;
    let folder = application(&[]);
    let log = std::fs::File::create(folder.path().join("log")).unwrap();
    let mut serve = command(folder.path(), &["serve"]);
    serve.env("RUST_LOG", "trace").env("VOXBRIDGE_LOG_SENSITIVE", sensitive.to_string());
    let mut child = serve.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let page: Vec<String> = lines.by_ref().take_while(|line| !line.contains(" call demo")).collect();
    let (host, _) =
        page.iter().find_map(|line| line.split_once("http://")?.1.split_once("/twilio/voice/demo")).unwrap();
    for (path, news) in [("/twilio/voice/demo", ""), ("/twilio/turn/CA1/1", "&SpeechResult=elephants+never+forget")] {
        let form = format!("CallSid=CA1&From=%2B14155550100&To=%2B14155550199{news}");
        let mut head = format!("POST {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
        head.push_str(&format!(
            "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n",
            form.len()
        ));
        let mut stream = std::net::TcpStream::connect(host).unwrap();
        write!(stream, "{head}\r\n{form}").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    assert!(child.wait().unwrap().success());
    std::fs::read_to_string(folder.path().join("log")).unwrap()
}

/// Of voxbridge and of the libraries in it, at every level.
#[cfg(unix)]
#[test]
fn no_line_of_the_log_tells_what_a_caller_said() {
    let log = log_of_a_call(false);
    assert!(log.matches("answered").count() >= 2 && log.contains(" characters>"), "{log}");
    let folder = application(&[("one.call", "caller +14155550100\nsay number one\nends\n")]);
    let mut call = command(folder.path(), &["call", "demo", "--script", "one.call"]);
    let output = call.env("RUST_LOG", "trace").output().unwrap();
    assert!(output.status.success());
    let log = log + &String::from_utf8(output.stderr).unwrap();
    let said = ["elephants never forget".to_owned(), "number one".to_owned()];
    let leaks: Vec<_> = log.lines().filter_map(|line| Some((logs::told(line, &said)?, line))).collect();
    assert!(leaks.is_empty(), "{leaks:#?}");
}

#[cfg(unix)]
#[test]
fn the_log_shows_what_is_sensitive_only_where_that_is_switched_on_and_says_so() {
    let log = log_of_a_call(true);
    assert!(log.contains("log.sensitive") && !log.contains(" characters>"), "{log}");
    assert!(log.contains("dialog file:"), "{log}");
}

#[cfg(unix)]
#[test]
fn the_server_says_where_it_is_and_stops_when_told() {
    let folder = application(&[]);
    let mut child = command(folder.path(), &["serve"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let page: Vec<String> = lines.by_ref().take_while(|line| !line.contains(" call demo")).collect();
    assert!(page.iter().any(|line| line.contains("/twilio/voice/demo")), "{page:?}");
    assert!(page.iter().any(|line| line.contains("/healthz")), "{page:?}");
    assert!(page.iter().any(|line| line.contains("TWILIO_AUTH_TOKEN")), "{page:?}");
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    assert!(child.wait().unwrap().success());
}
