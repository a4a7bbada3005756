//! Who may ask: on every route of the platform nothing happens without the signature of exactly this request.
//!
//! The routes are read out of the source, so that one that is added is tried, too.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods, missing_docs)]

mod common;

use common::{ACCOUNT, Line, TOKEN, write_all};
use std::path::Path;
use voxbridge::channel::twilio::signature::sign;

/// What anybody may ask. All else is Twilio's, or an administrator's.
const OPEN: [&str; 5] = ["/", "/healthz", "/readyz", "/media/{app}/{*path}", "/recordings/{app}"];
/// What needs the administrator's token; without one configured it is not there.
const ADMIN: [&str; 3] = ["/admin", "/metrics", "/backoffice"];

const APPS: &str = "[[app]]\nname = \"demo\"\nstart = \"demo/main.vxml\"\n";
const MAIN: &str = r##"<?xml version="1.0"?><vxml version="2.1" xmlns="http://www.w3.org/2001/vxml"><menu id="main">
<prompt>Press 1 or 2.</prompt><choice dtmf="1" next="#bye">one</choice><choice dtmf="2" next="#main">two</choice></menu>
<form id="bye"><block>Goodbye.</block></form></vxml>"##;

type Form = Vec<(String, String)>;

async fn line(folder: &tempfile::TempDir) -> Line {
    write_all(folder.path(), &[("demo/main.vxml", MAIN)]);
    Line::open(folder.path(), APPS).await
}

/// The source of the server, without its tests.
fn sources(folder: &Path, text: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, text);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let file = std::fs::read_to_string(path).unwrap();
            text.push_str(file.split("#[cfg(test)]").next().unwrap());
        }
    }
}

/// Every path the server has a route for.
fn routes() -> Vec<String> {
    let mut source = String::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/server"), &mut source);
    for other in [".nest(", ".route_service(", ".nest_service("] {
        assert!(!source.contains(other), "{other}) makes routes that are not found here");
    }
    let after = source.split(".route(").skip(1);
    after.map(|rest| rest.trim_start().strip_prefix('"').unwrap().split('"').next().unwrap().to_owned()).collect()
}

/// The platform's, with names filled in.
fn of_the_platform(call: &str) -> Vec<String> {
    let is_open = |path: &String| OPEN.contains(&path.as_str()) || ADMIN.iter().any(|admin| path.starts_with(admin));
    let paths: Vec<String> = routes().into_iter().filter(|path| !is_open(path)).collect();
    assert!(paths.len() >= 5, "{paths:?}");
    let fill = |path: String| path.replace("{app}", "demo").replace("{call}", call).replace("{turn}", "1");
    paths.into_iter().map(fill).collect()
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

async fn get(url: &str, signature: &str) -> (u16, String) {
    let response = client().get(url).header("X-Twilio-Signature", signature).send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

fn with(form: &Form, name: &str, value: &str) -> Form {
    form.iter().cloned().chain([(name.to_owned(), value.to_owned())]).collect()
}

#[tokio::test]
async fn every_route_of_the_platform_refuses_what_twilio_did_not_sign() {
    let folder = tempfile::tempdir().unwrap();
    let line = line(&folder).await;
    let mut phone = line.call("demo").await;
    let form = phone.form(&[("Digits", "1"), ("CallStatus", "completed")]);
    for path in of_the_platform(&phone.sid) {
        let url = format!("{}{path}", line.base);
        let good = sign(TOKEN, &url, &form);
        let port = line.base.rsplit(':').next().unwrap();
        let mut reversed: Vec<char> = good.chars().collect();
        reversed.reverse();
        for (what, signature) in [
            ("missing", None),
            ("empty", Some(String::new())),
            ("forged", Some("AAAAAAAAAAAAAAAAAAAAAAAAAAA=".to_owned())),
            ("cut", Some(good[..good.len() - 1].to_owned())),
            ("reversed", Some(reversed.into_iter().collect())),
            ("by an empty token", Some(sign("", &url, &form))),
            ("by another token", Some(sign("0123456789abcdef0123456789abcdee", &url, &form))),
            ("of another host", Some(sign(TOKEN, &url.replace("127.0.0.1", "127.0.0.2"), &form))),
            ("of another scheme", Some(sign(TOKEN, &url.replace("http:", "wss:"), &form))),
            ("of another port", Some(sign(TOKEN, &url.replace(port, "1"), &form))),
            ("of another path", Some(sign(TOKEN, &format!("{url}/"), &form))),
            ("of another query", Some(sign(TOKEN, &format!("{url}?waited=1"), &form))),
            ("of fewer fields", Some(sign(TOKEN, &url, &form[1..]))),
            ("of more fields", Some(sign(TOKEN, &url, &with(&form, "X", "1")))),
            ("of a field twice", Some(sign(TOKEN, &url, &with(&form, "Digits", "2")))),
            ("of the query form of it", Some(sign(TOKEN, &url, &[]))),
        ] {
            let status = line.post_signed(&url, &form, signature.as_deref()).await.0;
            assert_eq!(status, 403, "POST {path}: a signature that is {what}");
        }
        assert_eq!(line.get(&path).await.0, 403, "GET {path}");
        // What was signed as a form does not hold as a query, nor the other way round.
        let pairs = form.iter().map(|(name, value)| format!("{name}={}", value.replace('+', "%2B")));
        let query = format!("{url}?{}", pairs.collect::<Vec<_>>().join("&"));
        assert_eq!(get(&query, &good).await.0, 403, "GET {path}: the signature of a form");
        let of_query = sign(TOKEN, &query, &[]);
        assert_eq!(line.post_signed(&query, &form, Some(&of_query)).await.0, 403, "POST {path}: that of a query");
        for method in [reqwest::Method::PUT, reqwest::Method::DELETE, reqwest::Method::PATCH] {
            let request = client().request(method.clone(), &url).header("X-Twilio-Signature", &good);
            assert_eq!(request.send().await.unwrap().status(), 404, "{method} {path}");
        }
        let settings: &[(&str, &str)] = &[("X-Twilio-Webhooks-Signature-Settings", "key=K,algorithm=NONE")];
        assert_eq!(
            line.post_with(&url, &form, Some(&good), settings).await.0,
            403,
            "POST {path}: another way of signing"
        );
        let other = with(&form[..1].to_vec(), "AccountSid", "AC00000000000000000000000000000002");
        assert_eq!(line.post(&url, &other).await.0, 403, "POST {path}: another account");
    }
    // None of it was heard.
    assert!(phone.press("1").await.heard.contains("Goodbye"), "{}", phone.twiml);
}

#[tokio::test]
async fn a_signed_request_replayed_later_has_no_effect() {
    let folder = tempfile::tempdir().unwrap();
    let line = line(&folder).await;
    let mut phone = line.call("demo").await;
    let url = format!("{}/twilio/turn/{}/1", line.base, phone.sid);
    let form = phone.form(&[("Digits", "1")]);
    let signature = sign(TOKEN, &url, &form);
    phone.press("2").await;
    // Whoever listened in can only ask for what the caller has been told.
    for _ in 0..3 {
        let (status, _, body) = line.post_signed(&url, &form, Some(&signature)).await;
        assert_eq!((status, body.as_str()), (200, phone.twiml.as_str()));
    }
    let next = format!("{}2", url.strip_suffix('1').unwrap());
    assert_eq!(line.post_signed(&next, &form, Some(&signature)).await.0, 403, "it does not do for another turn");
    assert!(phone.press("1").await.heard.contains("Goodbye"), "{}", phone.twiml);
}

#[tokio::test]
async fn a_signed_query_counts_alone_whatever_else_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let line = line(&folder).await;
    let phone = line.call("demo").await;
    let url = format!("{}/twilio/turn/{}/1?CallSid={}&AccountSid={ACCOUNT}&Digits=2", line.base, phone.sid, phone.sid);
    let signature = sign(TOKEN, &url, &[]);
    // The same URL posted, without a form, has the same signature: and says nothing.
    assert_eq!(line.post_signed(&url, &[], Some(&signature)).await.0, 400);
    let request = client().get(&url).header("X-Twilio-Signature", &signature);
    let request = request.header("Content-Type", "application/x-www-form-urlencoded").body("Digits=1");
    let body = request.send().await.unwrap().text().await.unwrap();
    assert!(body.contains("Press 1 or 2"), "the body of a GET is not read: {body}");
}
