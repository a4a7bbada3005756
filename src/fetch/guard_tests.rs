//! Requests that are led to addresses nobody meant: by a name's answer, by a redirect, by how the address is spelt.

use super::*;
use crate::dialogue::{Method, Submitted};
use axum::Router;
use axum::response::Redirect;
use axum::routing::any;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A web server on this machine that counts who comes; `/away` redirects to a URL.
async fn server(away: &str) -> (u16, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let (seen, away) = (Arc::clone(&count), away.to_owned());
    let answer = move || {
        seen.fetch_add(1, Ordering::Relaxed);
        async { "secret" }
    };
    let routes = Router::new().route("/away", any(move || async move { Redirect::to(&away) })).fallback(answer);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (port, count)
}

/// A name server that gives these answers in turn, the last one ever after.
fn answering(answers: &[&[&str]]) -> Lookup {
    let answers: Vec<Vec<IpAddr>> =
        answers.iter().map(|ips| ips.iter().map(|ip| ip.parse().unwrap()).collect()).collect();
    let asked = AtomicUsize::new(0);
    Arc::new(move |_| {
        let answer = answers[asked.fetch_add(1, Ordering::Relaxed).min(answers.len() - 1)].clone();
        Box::pin(async move { Ok(answer) })
    })
}

fn fetcher(hosts: &[&str], addresses: &[&str], lookup: Lookup) -> Fetcher {
    let own = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
    let access = Access::new(&Url::parse("file:///none").unwrap(), None, &own(hosts)).unwrap();
    Fetcher::with_lookup(access.with_addresses(&own(addresses)).unwrap(), 1_000, lookup).unwrap()
}

async fn ask(fetcher: &Fetcher, url: &str) -> Response {
    let mut request = FetchRequest::get(url, Purpose::Document);
    request.timeout = Some(2_000);
    fetcher.fetch(&request, &mut Jar::default()).await
}

fn refusal(response: Response) -> String {
    match response {
        Response::Denied { message } => message,
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn a_name_that_leads_to_this_machine_is_refused_unless_its_address_is_listed() {
    let (port, count) = server("/").await;
    let url = format!("http://api.example.com:{port}/x?pin=4711");
    for ip in ["127.0.0.1", "::ffff:127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00:ec2::254", "0.0.0.0"] {
        let message = refusal(ask(&fetcher(&["api.example.com"], &[], answering(&[&[ip]])), &url).await);
        assert!(message.contains("api.example.com") && message.contains("allow_addresses"), "{message}");
        assert!(!message.contains(&format!(" {ip}")) && !message.contains("4711"), "{message}");
    }
    assert_eq!(count.load(Ordering::Relaxed), 0);
    let listed = fetcher(&["api.example.com"], &["127.0.0.0/8"], answering(&[&["127.0.0.1"]]));
    assert!(matches!(ask(&listed, &url).await, Response::Found(_)));
}

#[tokio::test]
async fn of_several_addresses_only_the_allowed_ones_are_tried() {
    let (port, count) = server("/").await;
    // 192.0.2.1 is nobody's: with this machine's address refused, nothing is left.
    let mixed = fetcher(&["api.example.com"], &["192.0.2.1"], answering(&[&["192.0.2.1", "127.0.0.1"]]));
    assert!(matches!(ask(&mixed, &format!("http://api.example.com:{port}/")).await, Response::Failed { .. }));
    assert_eq!(count.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn an_answer_that_changes_after_it_was_checked_leads_nowhere_else() {
    let (port, count) = server("/").await;
    // Rebinding: allowed at first, this machine from then on. What is checked is what is connected to.
    let rebinding = fetcher(&["api.example.com"], &["192.0.2.0/24"], answering(&[&["192.0.2.1"], &["127.0.0.1"]]));
    let url = format!("http://api.example.com:{port}/");
    for _ in 0..3 {
        assert!(!matches!(ask(&rebinding, &url).await, Response::Found(_)));
    }
    assert_eq!(count.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn each_redirect_is_checked_by_the_address_it_leads_to() {
    let (target, count) = server("/").await;
    let (port, _) = server(&format!("http://inner.example.com:{target}/")).await;
    let lookup: Lookup = Arc::new(|name| {
        let ip: IpAddr = if name.starts_with("inner") { [127, 0, 0, 2] } else { [127, 0, 0, 1] }.into();
        Box::pin(async move { Ok(vec![ip]) })
    });
    let open = fetcher(&["*.example.com"], &["127.0.0.1"], lookup);
    let message = refusal(ask(&open, &format!("http://api.example.com:{port}/away")).await);
    assert!(message.contains("inner.example.com") && message.contains("allow_addresses"), "{message}");
    assert_eq!(count.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn an_address_is_refused_however_it_is_spelt() {
    let (port, count) = server("/").await;
    let open = fetcher(&["*.example.com", "api.example.com"], &[], answering(&[&["127.0.0.1"]]));
    for host in [
        "127.0.0.1",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "[::1]",
        "[::ffff:7f00:1]",
        "localhost",
        "LOCALHOST.",
        "api.example.com@127.0.0.1",
        "127.0.0.1%2f.example.com",
        "%31%32%37.0.0.1",
        "①②⑦.⓪.⓪.①",
        "127。0。0。1",
        "x.example.com",
        "api。example.com",
    ] {
        let response = ask(&open, &format!("http://{host}:{port}/")).await;
        assert!(!matches!(response, Response::Found(_)), "{host}");
    }
    assert_eq!(count.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn every_kind_of_fetch_is_checked() {
    let (port, count) = server("/").await;
    let open = fetcher(&["api.example.com"], &[], answering(&[&["127.0.0.1"]]));
    for purpose in [Purpose::Document, Purpose::Script, Purpose::Grammar, Purpose::Data, Purpose::Audio] {
        let request = FetchRequest::get(&format!("http://api.example.com:{port}/"), purpose);
        refusal(open.fetch(&request, &mut Jar::default()).await);
    }
    for enctype in ["application/x-www-form-urlencoded", "multipart/form-data"] {
        let mut submit = FetchRequest::get(&format!("http://api.example.com:{port}/"), Purpose::Document);
        submit.method = Method::Post;
        submit.enctype = Some(enctype.to_owned());
        submit.fields = vec![Submitted::text("pin", "4711")];
        refusal(open.fetch(&submit, &mut Jar::default()).await);
    }
    assert_eq!(count.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn localhost_written_by_the_operator_is_this_machine() {
    let (port, _) = server("/").await;
    let lookup = answering(&[&["127.0.0.1"]]);
    let local = fetcher(&["localhost"], &[], lookup);
    assert!(matches!(ask(&local, &format!("http://localhost:{port}/")).await, Response::Found(_)));
}

#[tokio::test]
async fn a_recording_is_not_fetched_from_where_a_name_leads_into_the_network() {
    let (port, count) = server("/").await;
    let place = Url::parse(&format!("http://api.twilio.example:{port}")).unwrap();
    let recordings = Recordings::At { place, credentials: None };
    let open = fetcher(&[], &[], answering(&[&["127.0.0.1"]])).with_recordings(recordings);
    let why = open.recording(&format!("http://api.twilio.example:{port}/Recordings/RE1")).await.unwrap_err();
    assert!(why.contains("allow_addresses"), "{why}");
    assert_eq!(count.load(Ordering::Relaxed), 0);
}
