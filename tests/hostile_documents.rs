//! Documents and web servers that would take all there is: each meets its limit, its caller hears the document's handler,
//! and another caller of the same worker is answered meanwhile.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, clippy::disallowed_methods)]

mod common;

use common::{Line, write_all};
use std::cell::Cell;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// What scripts may take in a turn.
const SCRIPT: Duration = Duration::from_millis(100);
/// How long another caller may wait. A turn of the hostile call is one or a few stretches of `SCRIPT`; the rest is room
/// for a busy machine and a build without optimisation.
const PATIENCE: Duration = Duration::from_secs(4);
const GOOD: &str = r#"<vxml version="2.1"><form><block>All is well.</block></form></vxml>"#;
const CATCH: &str = r#"<catch event="error">caught <value expr="_event"/>: <value expr="_message"/><exit/></catch>"#;

fn document(body: &str) -> String {
    format!(r#"<vxml version="2.1">{CATCH}{body}</vxml>"#)
}

/// Two applications on one worker: `bad`, which may ask this machine's web servers, and `good`.
async fn serve(folder: &Path, files: &[(&str, &str)]) -> Line {
    write_all(folder, &[("good/main.vxml", GOOD)]);
    for (name, text) in files {
        write_all(folder, &[(&format!("bad/{name}"), text)]);
    }
    let config = "[server]\nlisten = \"127.0.0.1:0\"\nworkers = 1\n\
        [[app]]\nname = \"good\"\nstart = \"good/main.vxml\"\n\
        [[app]]\nname = \"bad\"\nstart = \"bad/main.vxml\"\nmode = \"keys\"\nallow_hosts = [\"127.0.0.1\"]\n";
    Line::serve(folder, config, None).await
}

/// What the caller of the hostile application hears at first, while others keep calling beside it.
async fn heard(name: &str, files: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let line = serve(folder.path(), files).await;
    // Documents are made ready before it counts.
    assert!(line.call("good").await.heard.contains("All is well."));
    let begun = Instant::now();
    let worst = Cell::new(Duration::ZERO);
    let another = async || {
        let asked = Instant::now();
        assert!(line.call("good").await.heard.contains("All is well."), "{name}");
        worst.set(worst.get().max(asked.elapsed()));
    };
    let done = Cell::new(false);
    let others = async {
        while !done.get() {
            tokio::time::sleep(Duration::from_millis(20)).await;
            another().await;
        }
    };
    let bad = async {
        let heard = line.call("bad").await.heard.clone();
        done.set(true);
        (heard, begun.elapsed())
    };
    let ((heard, taken), ()) = tokio::join!(bad, others);
    let worst = worst.get();
    println!("{name}: {taken:?} until the answer, others wait {worst:?} at most; {}", beginning(&heard));
    assert!(worst < PATIENCE, "{name}: another caller waited {worst:?}");
    heard
}

fn beginning(heard: &str) -> String {
    heard.chars().take(150).collect()
}

/// A first document that goes to `name`, and says what it is told of it.
fn goes_to(name: &str) -> String {
    document(&format!(r#"<form><block><goto next="{name}"/></block></form>"#))
}

#[tokio::test]
async fn xml_out_of_all_proportion_is_refused_where_it_is_loaded() {
    let mut laughs = "<!ENTITY e0 'lol'>".to_owned();
    for level in 1..10 {
        laughs.push_str(&format!("<!ENTITY e{level} '{}'>", format!("&e{};", level - 1).repeat(10)));
    }
    let laughs = format!("<!DOCTYPE vxml [{laughs}]><vxml version='2.1'><form><block>&e9;</block></form></vxml>");
    let quadratic = format!(
        "<!DOCTYPE vxml [<!ENTITY a '{}'>]><vxml version='2.1'><form><block>{}</block></form></vxml>",
        "x".repeat(100_000),
        "&a;".repeat(100_000)
    );
    let outside = "<!DOCTYPE vxml [<!ENTITY a SYSTEM 'file:///etc/hostname'>]>\
        <vxml version='2.1'><form><block>&a;</block></form></vxml>";
    let deep = format!("<vxml version='2.1'>{}</vxml>", "<a>".repeat(100_000) + &"</a>".repeat(100_000));
    let attributes: String = (0..100_000).map(|number| format!(" a{number}=''")).collect();
    let attributes = format!("<vxml version='2.1'{attributes}/>");
    let large = document(&format!("<!-- {} -->", "x".repeat(5 << 20)));
    for (name, text, expected) in [
        ("entities in entities", laughs.as_str(), "entities"),
        ("one entity very often", &quadratic, "entities"),
        ("an entity of a file", outside, "error.badfetch"),
        ("deep nesting", &deep, "nest"),
        ("very many attributes", &attributes, "attributes"),
        ("more bytes than allowed", &large, "bytes"),
    ] {
        let heard = heard(name, &[("main.vxml", &goes_to("bomb.vxml")), ("bomb.vxml", text)]).await;
        assert!(heard.contains("caught error.badfetch") && heard.contains(expected), "{name}: {heard}");
    }
}

#[tokio::test]
async fn scripts_without_end_are_stopped() {
    for (name, body) in [
        ("in a script", "<script>while (true);</script><form><block>never</block></form>"),
        ("in a prompt", r#"<form><block><value expr="(function() { while (true); })()"/></block></form>"#),
        ("in a condition", r#"<form><block cond="(function() { for (;;); })()">never</block></form>"#),
        (
            "that catches what stops it",
            "<script>for (;;) try { while (true); } catch (e) {}</script><form><block>never</block></form>",
        ),
        (
            "that calls itself",
            "<script>function f() { return f() + f(); } f();</script><form><block>never</block></form>",
        ),
        (
            "in a regular expression",
            r#"<form><block cond="/(a+)+$/.test(new Array(50).join('a') + '!')">never</block></form>"#,
        ),
        ("in a sort", r#"<form><block cond="[3, 1, 2].sort(function() { while (true); })">never</block></form>"#),
        ("over an array of holes", r#"<form><block cond="new Array(4294967295).reverse()">never</block></form>"#),
        (
            "over what says it is long",
            r#"<form><block cond="Array.prototype.sort.call({length: 9007199254740991})">never</block></form>"#,
        ),
        (
            "in a search",
            r#"<form><block cond="'a'.repeat(4000000).indexOf('a'.repeat(2000000) + 'b')">never</block></form>"#,
        ),
        (
            "by a long text again and again",
            r#"<form><block cond="(function() { while (true) 'x'.repeat(4000000); })()">never</block></form>"#,
        ),
    ] {
        let heard = heard(name, &[("main.vxml", &document(body))]).await;
        assert!(heard.contains("caught error.semantic"), "{name}: {heard}");
    }
}

#[tokio::test]
async fn scripts_that_fill_the_memory_are_stopped() {
    for (name, body) in [
        ("a text of a thousand million", r#"'x'.repeat(Math.pow(2, 30) - 2)"#),
        ("an array of a thousand million", "new Array(1000000000).fill(0)"),
        ("a list without end", "(function() { var all = []; while (true) all.push({}); })()"),
        ("a text that doubles", "(function() { var all = 'x'; while (true) all += all; })()"),
        (
            "a tree in JSON",
            "(function() { var a = [1]; for (var i = 0; i &lt; 40; i++) a = [a, a]; return JSON.stringify(a); })()",
        ),
        (
            "depth in JSON",
            "(function() { var a = {}; for (var i = 0; i &lt; 100000; i++) a = {a: a}; return JSON.stringify(a); })()",
        ),
    ] {
        let body = format!(r#"<form><block><assign name="x" expr="{body}"/>never</block></form><var name="x"/>"#);
        let heard = heard(name, &[("main.vxml", &document(&body))]).await;
        assert!(heard.contains("caught error.semantic"), "{name}: {heard}");
    }
}

fn grammar(rules: &str) -> String {
    format!("<grammar version='1.0' mode='dtmf' root='r' xmlns='http://www.w3.org/2001/06/grammar'>{rules}</grammar>")
}

const ASKS: &str = r#"<form><field name="x"><prompt>Say it.</prompt><grammar src="g.grxml"/>
    <filled>filled</filled><nomatch>nomatch<exit/></nomatch></field></form>"#;

#[tokio::test]
async fn grammars_that_never_end_or_mean_too_much_hold_nobody_up() {
    let ambiguous =
        "<rule id='r'><one-of><item>1</item><item><ruleref uri='#r'/><ruleref uri='#r'/></item></one-of></rule>";
    let million = format!("<rule id='r'><one-of>{}</one-of></rule>", "<item>1</item>".repeat(250_000));
    let nested = format!("<rule id='r'>{}1{}</rule>", "<item repeat='1-99'>".repeat(100), "</item>".repeat(100));
    for (name, rules) in [
        ("a rule of itself", "<rule id='r'><ruleref uri='#r'/></rule>"),
        (
            "a rule before itself",
            "<rule id='r'><one-of><item>1</item><item><ruleref uri='#r'/>1</item></one-of></rule>",
        ),
        ("an ambiguous rule", ambiguous),
        ("repetitions in repetitions", &nested),
        ("very many items", &million),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let line = serve(folder.path(), &[("main.vxml", &document(ASKS)), ("g.grxml", &grammar(rules))]).await;
        let begun = Instant::now();
        let mut phone = line.call("bad").await;
        let first = begun.elapsed();
        let mut pressed = Duration::ZERO;
        if !phone.ended() && phone.heard.contains("Say it.") {
            let begun = Instant::now();
            let keys = "1".repeat(40) + "2";
            let other = async {
                tokio::time::sleep(Duration::from_millis(10)).await;
                let begun = Instant::now();
                assert!(line.call("good").await.heard.contains("All is well."));
                begun.elapsed()
            };
            let (_, waited) = tokio::join!(phone.press(&keys), other);
            pressed = begun.elapsed();
            assert!(waited < PATIENCE, "{name}: another caller waited {waited:?}");
            assert!(phone.heard.contains("nomatch") || phone.heard.contains("filled"), "{name}: {}", phone.heard);
        } else {
            assert!(phone.heard.contains("caught error."), "{name}: {}", phone.heard);
        }
        println!("{name}: {first:?} until it is asked, {pressed:?} until it is matched; {}", beginning(&phone.heard));
        assert!(first < PATIENCE && pressed < PATIENCE, "{name}: {first:?} {pressed:?}");
    }
}

#[tokio::test]
async fn a_call_that_only_goes_round_is_ended() {
    let ours =
        r##"<form id="a"><block><goto next="#b"/></block></form><form id="b"><block><goto next="#a"/></block></form>"##;
    let pages = goes_to("main.vxml?again=1");
    let subdialogs = document(r##"<form id="a"><subdialog name="s" src="#a"/></form>"##);
    let events = document(
        r#"<catch event="again"><throw event="again"/></catch><form><block><throw event="again"/></block></form>"#,
    );
    let items = document(r#"<form><block name="a"><clear namelist="a"/></block></form>"#);
    for (name, main) in [
        ("dialogs", document(ours)),
        ("documents", pages),
        ("subdialogs", subdialogs),
        ("events", events),
        ("items", items),
    ] {
        let heard = heard(name, &[("main.vxml", &main)]).await;
        assert!(!heard.trim().is_empty(), "{name}: the caller is told something");
    }
}

/// A web server that answers by the path, as no honest one would.
async fn web() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut line, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut asked = vec![0; 4_000];
                let read = line.read(&mut asked).await.unwrap_or(0);
                let path = String::from_utf8_lossy(&asked[..read]).split(' ').nth(1).unwrap_or_default().to_owned();
                let _ = answer(&mut line, &path).await;
            });
        }
    });
    base
}

async fn answer(line: &mut tokio::net::TcpStream, path: &str) -> std::io::Result<()> {
    const OK: &[u8] = b"HTTP/1.1 200 OK\r\n";
    match path.split('?').next().unwrap() {
        "/redirects" => {
            let next =
                format!("HTTP/1.1 302 Found\r\nLocation: {path}1\r\nContent-Length: 0\r\n\r\n", path = "/redirects?");
            line.write_all(next.as_bytes()).await
        }
        "/drips" => {
            line.write_all(OK).await?;
            loop {
                line.write_all(b"X-Slow: 1\r\n").await?;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        "/gzip" => {
            line.write_all(OK).await?;
            line.write_all(b"Content-Encoding: gzip\r\nContent-Type: text/xml\r\nConnection: close\r\n\r\n").await?;
            // What unpacks to any size comes as it is: nothing is unpacked.
            line.write_all(&[&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3][..], &[0x42; 50_000][..]].concat()).await
        }
        "/endless" => {
            line.write_all(OK).await?;
            line.write_all(b"Connection: close\r\n\r\n").await?;
            loop {
                line.write_all(&[b' '; 65_536]).await?;
            }
        }
        "/headers" => {
            line.write_all(OK).await?;
            for number in 0..1_000_000 {
                line.write_all(format!("X-{number}: 1\r\n").as_bytes()).await?;
            }
            line.write_all(b"\r\n").await
        }
        "/cookies" => {
            line.write_all(OK).await?;
            for number in 0..90 {
                line.write_all(format!("Set-Cookie: c{number}={}\r\n", "x".repeat(4_000)).as_bytes()).await?;
            }
            let body = "<vxml version='2.1'><form><block>With cookies.</block></form></vxml>";
            line.write_all(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes()).await
        }
        "/deep.json" => {
            let body = "[".repeat(1_000_000);
            line.write_all(OK).await?;
            line.write_all(
                format!("Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len()).as_bytes(),
            )
            .await
        }
        _ => Ok(()),
    }
}

#[tokio::test]
async fn a_web_server_that_answers_without_end_is_given_up() {
    let web = web().await;
    for (path, expected) in [
        ("redirects?", "redirects"),
        ("drips", "within 1000 ms"),
        ("gzip", "error.badfetch"),
        ("endless", "bytes allowed"),
        ("headers", "error.badfetch"),
        ("cookies", "With cookies."),
    ] {
        let main = document(&format!(
            r#"<property name="fetchtimeout" value="1s"/><form><block><goto next="{web}/{path}"/></block></form>"#
        ));
        let heard = heard(path, &[("main.vxml", &main)]).await;
        assert!(heard.contains(expected), "{path}: {heard}");
    }
    let main = document(&format!(r#"<form><block><data name="d" src="{web}/deep.json"/></block></form>"#));
    let heard = heard("deep.json", &[("main.vxml", &main)]).await;
    assert!(heard.contains("caught error.badfetch"), "{heard}");
}

#[test]
fn what_others_wait_is_a_small_multiple_of_what_scripts_may_take() {
    assert!(PATIENCE <= 40 * SCRIPT);
}
