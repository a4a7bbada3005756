//! What a caller notices of the application's web server: over HTTP on both sides.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use axum::Router;
use axum::http::{HeaderMap, StatusCode, Uri};
use common::{Line, Phone, write_all};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// A web server as old applications have them; counts its requests.
async fn server() -> (String, Arc<AtomicU32>) {
    let count = Arc::new(AtomicU32::new(0));
    let asked = Arc::clone(&count);
    let answer = move |uri: Uri, headers: HeaderMap| {
        asked.fetch_add(1, Ordering::Relaxed);
        async move {
            let cookie = headers.get("cookie").map(|cookie| cookie.to_str().unwrap().to_owned()).unwrap_or_default();
            let say = |text: &str| format!(r#"<vxml version="2.1"><form><block>{text}</block></form></vxml>"#);
            let mut answer = HeaderMap::new();
            // What a JSP says that does not care.
            answer.insert("content-type", "text/html;charset=ISO-8859-1".parse().unwrap());
            let (status, body) = match uri.path() {
                "/slow" => {
                    tokio::time::sleep(Duration::from_millis(700)).await;
                    (StatusCode::OK, say("The page is here."))
                }
                "/login.jsp" => {
                    answer.insert("set-cookie", "JSESSIONID=A1; Path=/; HttpOnly".parse().unwrap());
                    let next = r#"<form><field name="x" type="digits"><prompt>PIN?</prompt>
                        <filled><submit next="account.jsp" namelist="x"/></filled></field></form>"#;
                    (StatusCode::OK, format!(r#"<vxml version="2.1">{next}</vxml>"#))
                }
                "/account.jsp" if cookie == "JSESSIONID=A1" => (StatusCode::OK, say("Your account.")),
                "/account.jsp" => (StatusCode::FORBIDDEN, "no session".to_owned()),
                "/static.vxml" => {
                    answer.insert("cache-control", "max-age=600".parse().unwrap());
                    (StatusCode::OK, say("Always the same."))
                }
                _ => (StatusCode::NOT_FOUND, String::new()),
            };
            (status, answer, body)
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    (base, count)
}

/// A line to an application in a folder, whose first document this is; it may ask the server.
async fn line(folder: &tempfile::TempDir, main: &str, hosts: &str) -> Line {
    let main = format!(
        r#"<vxml version="2.1">{main}<catch event="error"><value expr="_event"/>. <value expr="_message"/></catch></vxml>"#
    );
    write_all(folder.path(), &[("app/main.vxml", &main), ("app/wait.wav", "RIFF wait")]);
    let hosts = if hosts.is_empty() { String::new() } else { format!("allow_hosts = [\"{hosts}\"]\n") };
    Line::open(folder.path(), &format!("[[app]]\nname = \"demo\"\nstart = \"app/main.vxml\"\n{hosts}")).await
}

fn played(phone: &Phone<'_>) -> usize {
    assert!(phone.played.iter().all(|url| url.ends_with("/media/demo/wait.wav")), "{:?}", phone.played);
    phone.played.len()
}

#[tokio::test]
async fn a_slow_page_is_waited_for_with_fetchaudio_after_what_was_said_before() {
    let (folder, (base, _)) = (tempfile::tempdir().unwrap(), server().await);
    let main = format!(
        r#"<property name="fetchaudiodelay" value="100ms"/>
        <form><block>One moment.<goto next="{base}/slow" fetchaudio="wait.wav"/></block></form>"#
    );
    let line = line(&folder, &main, "127.0.0.1").await;
    let phone = line.call("demo").await;
    assert_eq!(phone.heard.trim(), "One moment. The page is here.", "each is heard once");
    assert!(played(&phone) >= 1);
    assert!(!phone.twiml.contains("One moment"), "it was said before the audio:\n{}", phone.twiml);
}

#[tokio::test]
async fn a_fast_page_has_no_fetchaudio_and_audio_that_is_not_there_is_not_waited_with() {
    let (folder, (base, _)) = (tempfile::tempdir().unwrap(), server().await);
    for (page, audio) in [("static.vxml", "wait.wav"), ("slow", "none.wav")] {
        let main = format!(
            r#"<property name="fetchaudiodelay" value="300ms"/><property name="fetchaudio" value="{audio}"/>
            <form><block>One moment.<goto next="{base}/{page}"/></block></form>"#
        );
        let line = line(&folder, &main, "127.0.0.1").await;
        let phone = line.call("demo").await;
        assert!(phone.heard.starts_with("One moment. ") && phone.ended(), "{}", phone.twiml);
        assert_eq!(played(&phone), 0, "{page}");
    }
}

#[tokio::test]
async fn a_session_of_the_web_server_lasts_as_long_as_the_call() {
    let (folder, (base, _)) = (tempfile::tempdir().unwrap(), server().await);
    let main = format!(r#"<form><block><goto next="{base}/login.jsp"/></block></form>"#);
    let line = line(&folder, &main, "127.0.0.1").await;
    let mut phone = line.call("demo").await;
    assert!(phone.heard.contains("PIN?"), "{}", phone.twiml);
    assert!(phone.press("1234#").await.heard.contains("Your account."), "{}", phone.twiml);
}

#[tokio::test]
async fn no_other_call_has_the_session() {
    let (folder, (base, _)) = (tempfile::tempdir().unwrap(), server().await);
    let main = format!(
        r##"<menu><prompt>Which?</prompt><choice dtmf="1" next="{base}/login.jsp">in</choice>
        <choice dtmf="2" next="{base}/account.jsp">account</choice></menu>"##
    );
    let line = line(&folder, &main, "127.0.0.1").await;
    assert!(line.call("demo").await.press("1").await.heard.contains("PIN?"));
    let mut other = line.call("demo").await;
    assert!(other.press("2").await.heard.contains("error.badfetch.http.403"), "{}", other.twiml);
}

#[tokio::test]
async fn what_may_be_kept_is_fetched_once_for_all_calls() {
    let (folder, (base, count)) = (tempfile::tempdir().unwrap(), server().await);
    let main = format!(r#"<form><block><goto next="{base}/static.vxml"/></block></form>"#);
    let line = line(&folder, &main, "127.0.0.1").await;
    for _ in 0..3 {
        assert!(line.call("demo").await.heard.contains("Always the same."));
    }
    assert_eq!(count.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn data_of_a_host_that_is_not_listed_is_not_authorised() {
    let (folder, (base, count)) = (tempfile::tempdir().unwrap(), server().await);
    let main = format!(r#"<form><block><data name="d" src="{base}/static.vxml"/></block></form>"#);
    let line = line(&folder, &main, "").await;
    let phone = line.call("demo").await;
    assert!(phone.heard.contains("error.noauthorization") && phone.heard.contains("allow_hosts"), "{}", phone.twiml);
    assert_eq!(count.load(Ordering::Relaxed), 0);
}
