use super::*;
use crate::dialogue::{Method, Submitted};
use axum::Router;
use axum::body::Bytes;
use axum::extract::RawQuery;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Redirect;
use axum::routing::{get, post};
use std::path::Path;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const LIMIT: usize = 1_000;

fn ask(url: &str) -> FetchRequest {
    FetchRequest::get(url, Purpose::Document)
}

fn body(response: Response) -> String {
    match response {
        Response::Found(found) => String::from_utf8(found.body.to_vec()).unwrap(),
        Response::Failed { status, message } => panic!("{status:?} {message}"),
    }
}

fn failure(response: Response) -> (Option<u16>, String) {
    match response {
        Response::Found(found) => panic!("found {}", found.url),
        Response::Failed { status, message } => (status, message),
    }
}

async fn serve() -> (String, Fetcher) {
    let routes = Router::new()
        .route("/query", get(|RawQuery(query): RawQuery| async move { query.unwrap_or_default() }))
        .route("/agent", get(|headers: HeaderMap| async move { headers["user-agent"].to_str().unwrap().to_owned() }))
        .route(
            "/form",
            post(|headers: HeaderMap, body: Bytes| async move {
                format!("{} {}", headers["content-type"].to_str().unwrap(), String::from_utf8_lossy(&body))
            }),
        )
        .route("/gone", get(|| async { (StatusCode::GONE, "gone") }))
        .route("/large", get(|| async { vec![b'x'; LIMIT + 1] }))
        .route(
            "/slow",
            get(|| async {
                tokio::time::sleep(Duration::from_secs(30)).await;
                "late"
            }),
        )
        .route("/near", get(|| async { Redirect::to("/query?from=near") }))
        .route("/far", get(|| async { Redirect::to("http://169.254.169.254/latest/meta-data") }))
        .route("/loop", get(|| async { Redirect::to("/loop") }))
        .route("/sound.wav", get(|| async { ([("content-type", "audio/wav")], "RIFF") }))
        .route("/sorry.wav", get(|| async { "no such file" }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let access = Access::new(&Url::parse(&base).unwrap(), None, &[]).unwrap();
    (base, Fetcher::new(access, LIMIT).unwrap())
}

fn folder_fetcher(folder: &Path) -> Fetcher {
    let access = Access::new(&Url::parse("file:///none").unwrap(), Some(folder), &[]).unwrap();
    Fetcher::new(access, LIMIT).unwrap()
}

fn file_url(path: &Path) -> String {
    Url::from_file_path(path).unwrap().to_string()
}

#[tokio::test]
async fn fields_of_a_get_join_the_query() {
    let (base, fetcher) = serve().await;
    let mut request = ask(&format!("{base}/query?a=1"));
    request.fields = vec![Submitted::text("name", "José & co")];
    assert_eq!(body(fetcher.fetch(&request).await), "a=1&name=Jos%C3%A9+%26+co");
}

#[tokio::test]
async fn fields_of_a_post_are_the_body() {
    let (base, fetcher) = serve().await;
    let mut request = ask(&format!("{base}/form"));
    request.method = Method::Post;
    request.fields = vec![Submitted::text("pin", "12 34"), Submitted::text("pin", "")];
    assert_eq!(body(fetcher.fetch(&request).await), "application/x-www-form-urlencoded pin=12+34&pin=");
    request.enctype = Some("multipart/form-data".into());
    let sent = body(fetcher.fetch(&request).await);
    assert!(sent.starts_with("multipart/form-data; boundary=") && sent.contains("12 34"), "{sent}");
}

#[tokio::test]
async fn the_fetcher_names_itself() {
    let (base, fetcher) = serve().await;
    let agent = body(fetcher.fetch(&ask(&format!("{base}/agent"))).await);
    assert_eq!(agent, format!("voxbridge/{}", env!("CARGO_PKG_VERSION")));
}

#[tokio::test]
async fn a_refusal_keeps_its_status() {
    let (base, fetcher) = serve().await;
    assert_eq!(failure(fetcher.fetch(&ask(&format!("{base}/gone"))).await).0, Some(410));
}

#[tokio::test]
async fn sizes_and_times_are_limited() {
    let (base, fetcher) = serve().await;
    let (status, message) = failure(fetcher.fetch(&ask(&format!("{base}/large"))).await);
    assert_eq!(status, None);
    assert!(message.contains("more than the 1000 bytes"), "{message}");
    let mut slow = ask(&format!("{base}/slow"));
    slow.timeout = Some(50);
    let (_, message) = failure(fetcher.fetch(&slow).await);
    assert!(message.contains("within 50 ms"), "{message}");
}

#[tokio::test]
async fn a_body_that_only_drips_is_given_up() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut line, _) = listener.accept().await.unwrap();
        let _ = line.read(&mut [0; 2_000]).await;
        let mut drop = &b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"[..];
        while line.write_all(drop).await.is_ok() {
            drop = b"x";
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    let fetcher = Fetcher::new(Access::new(&Url::parse(&base).unwrap(), None, &[]).unwrap(), LIMIT).unwrap();
    let mut dripping = ask(&base);
    dripping.timeout = Some(100);
    let (_, message) = failure(fetcher.fetch(&dripping).await);
    assert!(message.contains("within 100 ms"), "{message}");
}

#[tokio::test]
async fn no_message_holds_the_query() {
    let (base, fetcher) = serve().await;
    for path in ["/gone", "/large", "/far", "/loop"] {
        let (_, message) = failure(fetcher.fetch(&ask(&format!("{base}{path}?pin=4711"))).await);
        assert!(message.contains(path) && !message.contains("4711"), "{message}");
    }
    let mut slow = ask(&format!("{base}/slow?pin=4711"));
    slow.timeout = Some(10);
    for asked in [slow, ask("http://127.0.0.1:1/?pin=4711"), ask("http://example.invalid/?pin=4711")] {
        let (_, message) = failure(fetcher.fetch(&asked).await);
        assert!(!message.contains("4711"), "{message}");
    }
}

#[tokio::test]
async fn redirects_are_followed_only_to_allowed_hosts() {
    let (base, fetcher) = serve().await;
    let near = fetcher.fetch(&ask(&format!("{base}/near"))).await;
    assert!(matches!(&near, Response::Found(found) if found.url == format!("{base}/query?from=near")), "{near:?}");
    let (_, message) = failure(fetcher.fetch(&ask(&format!("{base}/far"))).await);
    assert!(message.contains("169.254.169.254"), "{message}");
    let (_, message) = failure(fetcher.fetch(&ask(&format!("{base}/loop"))).await);
    assert!(message.contains("redirects"), "{message}");
}

#[tokio::test]
async fn hosts_not_listed_are_not_asked() {
    let (_, fetcher) = serve().await;
    let (status, message) = failure(fetcher.fetch(&ask("http://example.invalid/x")).await);
    assert_eq!(status, None);
    assert!(message.contains("allow_hosts"), "{message}");
}

#[tokio::test]
async fn audio_is_only_asked_about() {
    let (base, fetcher) = serve().await;
    let mut sound = ask(&format!("{base}/sound.wav"));
    sound.purpose = Purpose::Audio;
    assert_eq!(body(fetcher.fetch(&sound).await), "");
    sound.url = format!("{base}/none.wav");
    assert_eq!(failure(fetcher.fetch(&sound).await).0, Some(404));
    sound.url = format!("{base}/sorry.wav");
    assert_eq!(failure(fetcher.fetch(&sound).await).0, Some(415), "an error page is no audio, whatever its status");
}

#[tokio::test]
async fn files_are_read_inside_the_folder_only() {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("app");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("main.vxml"), "<vxml/>").unwrap();
    std::fs::write(outer.path().join("secret"), "secret").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(outer.path().join("secret"), folder.join("link")).unwrap();
    let fetcher = folder_fetcher(&folder);
    let main = fetcher.fetch(&ask(&format!("{}?x=1", file_url(&folder.join("main.vxml"))))).await;
    assert_eq!(body(main), "<vxml/>");
    for outside in [folder.join("../secret"), folder.join("link"), outer.path().join("secret"), folder.clone()] {
        let (status, _) = failure(fetcher.fetch(&ask(&file_url(&outside))).await);
        assert_eq!(status, Some(404), "{}", outside.display());
    }
}

#[tokio::test]
async fn a_document_is_no_audio_even_if_it_was_read_just_now() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["main.vxml", "beep.wav"] {
        std::fs::write(folder.path().join(name), "x").unwrap();
    }
    let fetcher = folder_fetcher(folder.path());
    let mut asked = ask(&file_url(&folder.path().join("main.vxml")));
    assert_eq!(body(fetcher.fetch(&asked).await), "x");
    asked.purpose = Purpose::Audio;
    assert_eq!(failure(fetcher.fetch(&asked).await).0, Some(415));
    asked.url = file_url(&folder.path().join("beep.wav"));
    assert_eq!(body(fetcher.fetch(&asked).await), "");
}

#[tokio::test]
async fn a_changed_file_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("main.vxml");
    std::fs::write(&path, "one").unwrap();
    let fetcher = folder_fetcher(folder.path());
    assert_eq!(body(fetcher.fetch(&ask(&file_url(&path))).await), "one");
    std::fs::write(&path, "two").unwrap();
    std::fs::File::open(&path).unwrap().set_modified(std::time::SystemTime::now() + Duration::from_secs(5)).unwrap();
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert_eq!(body(fetcher.fetch(&ask(&file_url(&path))).await), "two");
}

#[tokio::test]
async fn without_a_folder_no_file_is_read() {
    let (_, fetcher) = serve().await;
    assert_eq!(failure(fetcher.fetch(&ask("file:///etc/hostname")).await).0, Some(404));
}

#[test]
fn the_digest_is_sha256_in_hex() {
    assert_eq!(digest(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
