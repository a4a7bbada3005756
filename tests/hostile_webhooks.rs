//! Requests that are not what Twilio sends: nothing happens, whatever form they take.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use common::{ACCOUNT, Line, TOKEN, write_all};
use voxbridge::channel::twilio::signature::sign;

const APPS: &str = "[[app]]\nname = \"demo\"\nstart = \"demo/main.vxml\"\n";
const MAIN: &str = r##"<?xml version="1.0"?><vxml version="2.1" xmlns="http://www.w3.org/2001/vxml"><menu id="main">
<prompt>Press 1 or 2.</prompt><choice dtmf="1" next="#bye">one</choice><choice dtmf="2" next="#main">two</choice></menu>
<form id="bye"><block>Goodbye.</block></form></vxml>"##;

async fn line(folder: &tempfile::TempDir) -> Line {
    write_all(folder.path(), &[("demo/main.vxml", MAIN), ("demo/beep.wav", "RIFF"), ("outside.wav", "RIFF")]);
    Line::open(folder.path(), APPS).await
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

async fn get(url: &str, signature: &str) -> (u16, String) {
    let response = client().get(url).header("X-Twilio-Signature", signature).send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

#[tokio::test]
async fn a_get_is_served_only_with_the_signature_of_its_whole_query() {
    let folder = tempfile::tempdir().unwrap();
    let line = line(&folder).await;
    let url = format!("{}/twilio/voice/demo?CallSid=CA1&AccountSid={ACCOUNT}&From=%2B15550100001&To=x", line.base);
    let signature = sign(TOKEN, &url, &[]);
    let (status, body) = get(&url, &signature).await;
    assert!(status == 200 && body.contains("Press 1"), "{status} {body}");
    for other in [url.replace("CA1", "CA2"), format!("{url}&Digits=1"), url.replace("%2B", "+")] {
        assert_eq!(get(&other, &signature).await.0, 403, "{other}");
    }
    let turn = format!("{}/twilio/turn/CA1/1?CallSid=CA1", line.base);
    assert_eq!(get(&turn, &sign("", &turn, &[])).await.0, 403);
    assert_eq!(get(&turn, "").await.0, 403);
    let (status, _) = line.get("/twilio/turn/CA1/1?CallSid=CA1&Digits=1").await;
    assert_eq!(status, 403);
    line.close().await;
}

#[tokio::test]
async fn headers_of_a_proxy_that_nobody_vouches_for_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let line = line(&folder).await;
    let elsewhere = "https://evil.example/twilio/voice/demo?CallSid=CA1";
    let request = client().get(format!("{}/twilio/voice/demo?CallSid=CA1", line.base));
    let request = request.header("X-Forwarded-Host", "evil.example").header("X-Forwarded-Proto", "https");
    let request = request.header("X-Original-URL", elsewhere).header("Forwarded", "host=evil.example;proto=https");
    let response = request.header("X-Twilio-Signature", sign("", elsewhere, &[])).send().await.unwrap();
    assert_eq!(response.status(), 403);
    line.close().await;
}

#[tokio::test]
async fn only_forms_are_read_and_of_a_repeated_name_all_is_signed() {
    let folder = tempfile::tempdir().unwrap();
    let line = line(&folder).await;
    let url = format!("{}/twilio/voice/demo", line.base);
    let signature = sign(TOKEN, &url, &[]);
    for (kind, body) in
        [("application/json", r#"{"CallSid":"CA1"}"#), ("text/plain", "CallSid=CA1"), ("", "CallSid=CA1")]
    {
        let request = client().post(&url).header("X-Twilio-Signature", &signature);
        let request = if kind.is_empty() { request } else { request.header("Content-Type", kind) };
        assert_eq!(request.body(body).send().await.unwrap().status(), 415, "{kind}");
    }
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let form = vec![field("CallSid", "CA1"), field("AccountSid", ACCOUNT)];
    let signature = sign(TOKEN, &url, &form);
    for more in [field("CallSid", "CA2"), field("Digits", ""), field("", "x")] {
        let form: Vec<_> = std::iter::once(more).chain(form.clone()).collect();
        assert_eq!(line.post_signed(&url, &form, Some(&signature)).await.0, 403, "{form:?}");
    }
    assert_eq!(line.post_signed(&url, &[], Some(&sign(TOKEN, &url, &[]))).await.0, 400, "a call is wanted");
    for odd in ["../CA1", "CA 1", "CA1/2", "CA\u{0}", "é", &"C".repeat(65)] {
        assert_eq!(line.post(&url, &[field("CallSid", odd)]).await.0, 400, "{odd}");
    }
    line.close().await;
}

#[tokio::test]
async fn no_spelling_of_a_path_leads_out_of_the_applications_folder() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let folder = tempfile::tempdir().unwrap();
    let line = line(&folder).await;
    let outside = folder.path().join("outside.wav");
    let outside = outside.to_str().unwrap();
    for (path, status) in [
        ("beep.wav".to_owned(), "200"),
        ("../outside.wav".to_owned(), "404"),
        ("..%2foutside.wav".to_owned(), "404"),
        ("%2e%2e/outside.wav".to_owned(), "404"),
        ("%2e%2e%5coutside.wav".to_owned(), "404"),
        ("x/../../outside.wav".to_owned(), "404"),
        ("..%252foutside.wav".to_owned(), "404"),
        (outside.to_owned(), "404"),
        (outside.replace('/', "%2F"), "404"),
        ("main.vxml%00.wav".to_owned(), "404"),
        ("main.vxml".to_owned(), "404"),
        (".wav".to_owned(), "404"),
        ("%ff.wav".to_owned(), "400"),
    ] {
        // Written by hand: a client would put the path in order first.
        let address = line.base.trim_start_matches("http://");
        let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
        let request = format!("GET /media/demo/{path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.unwrap();
        assert_eq!(answer.split(' ').nth(1), Some(status), "{path}");
    }
    line.close().await;
}
