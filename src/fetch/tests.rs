use super::*;
use crate::dialogue::{Method, Submitted};
use axum::Router;
use axum::body::Bytes;
use axum::extract::RawQuery;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Redirect;
use axum::routing::{get, post};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const LIMIT: usize = 1_000;

fn ask(url: &str) -> FetchRequest {
    FetchRequest::get(url, Purpose::Document)
}

fn body(response: Response) -> String {
    match response {
        Response::Found(found) => String::from_utf8(found.body.to_vec()).unwrap(),
        other => panic!("{other:?}"),
    }
}

fn failure(response: Response) -> (Option<u16>, String) {
    match response {
        Response::Found(found) => panic!("found {}", found.url),
        Response::Failed { status, message } => (status, message),
        Response::Denied { message } => (None, message),
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
    assert_eq!(body(fetcher.fetch(&request, &mut Jar::default()).await), "a=1&name=Jos%C3%A9+%26+co");
}

#[tokio::test]
async fn fields_of_a_post_are_the_body() {
    let (base, fetcher) = serve().await;
    let mut request = ask(&format!("{base}/form"));
    request.method = Method::Post;
    request.fields = vec![Submitted::text("pin", "12 34"), Submitted::text("pin", "")];
    assert_eq!(
        body(fetcher.fetch(&request, &mut Jar::default()).await),
        "application/x-www-form-urlencoded pin=12+34&pin="
    );
    request.enctype = Some("multipart/form-data".into());
    let sent = body(fetcher.fetch(&request, &mut Jar::default()).await);
    assert!(sent.starts_with("multipart/form-data; boundary=") && sent.contains("12 34"), "{sent}");
}

#[tokio::test]
async fn the_fetcher_names_itself() {
    let (base, fetcher) = serve().await;
    let agent = body(fetcher.fetch(&ask(&format!("{base}/agent")), &mut Jar::default()).await);
    assert_eq!(agent, format!("voxbridge/{}", env!("CARGO_PKG_VERSION")));
}

#[tokio::test]
async fn a_refusal_keeps_its_status() {
    let (base, fetcher) = serve().await;
    assert_eq!(failure(fetcher.fetch(&ask(&format!("{base}/gone")), &mut Jar::default()).await).0, Some(410));
}

#[tokio::test]
async fn sizes_and_times_are_limited() {
    let (base, fetcher) = serve().await;
    let (status, message) = failure(fetcher.fetch(&ask(&format!("{base}/large")), &mut Jar::default()).await);
    assert_eq!(status, None);
    assert!(message.contains("more than the 1000 bytes"), "{message}");
    let mut slow = ask(&format!("{base}/slow"));
    slow.timeout = Some(50);
    let (_, message) = failure(fetcher.fetch(&slow, &mut Jar::default()).await);
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
    let (_, message) = failure(fetcher.fetch(&dripping, &mut Jar::default()).await);
    assert!(message.contains("within 100 ms"), "{message}");
}

#[tokio::test]
async fn no_message_holds_the_query() {
    let (base, fetcher) = serve().await;
    for path in ["/gone", "/large", "/far", "/loop"] {
        let (_, message) = failure(fetcher.fetch(&ask(&format!("{base}{path}?pin=4711")), &mut Jar::default()).await);
        assert!(message.contains(path) && !message.contains("4711"), "{message}");
    }
    let mut slow = ask(&format!("{base}/slow?pin=4711"));
    slow.timeout = Some(10);
    for asked in [slow, ask("http://127.0.0.1:1/?pin=4711"), ask("http://example.invalid/?pin=4711")] {
        let (_, message) = failure(fetcher.fetch(&asked, &mut Jar::default()).await);
        assert!(!message.contains("4711"), "{message}");
    }
}

#[tokio::test]
async fn redirects_are_followed_only_to_allowed_hosts() {
    let (base, fetcher) = serve().await;
    let near = fetcher.fetch(&ask(&format!("{base}/near")), &mut Jar::default()).await;
    assert!(matches!(&near, Response::Found(found) if found.url == format!("{base}/query?from=near")), "{near:?}");
    let (_, message) = failure(fetcher.fetch(&ask(&format!("{base}/far")), &mut Jar::default()).await);
    assert!(message.contains("169.254.169.254"), "{message}");
    let (_, message) = failure(fetcher.fetch(&ask(&format!("{base}/loop")), &mut Jar::default()).await);
    assert!(message.contains("redirects"), "{message}");
}

#[tokio::test]
async fn hosts_not_listed_are_not_asked() {
    let (_, fetcher) = serve().await;
    let (status, message) = failure(fetcher.fetch(&ask("http://example.invalid/x"), &mut Jar::default()).await);
    assert_eq!(status, None);
    assert!(message.contains("allow_hosts"), "{message}");
}

#[tokio::test]
async fn audio_is_only_asked_about() {
    let (base, fetcher) = serve().await;
    let mut sound = ask(&format!("{base}/sound.wav"));
    sound.purpose = Purpose::Audio;
    assert_eq!(body(fetcher.fetch(&sound, &mut Jar::default()).await), "");
    sound.url = format!("{base}/none.wav");
    assert_eq!(failure(fetcher.fetch(&sound, &mut Jar::default()).await).0, Some(404));
    sound.url = format!("{base}/sorry.wav");
    assert_eq!(
        failure(fetcher.fetch(&sound, &mut Jar::default()).await).0,
        Some(415),
        "an error page is no audio, whatever its status"
    );
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
    let main = fetcher.fetch(&ask(&format!("{}?x=1", file_url(&folder.join("main.vxml")))), &mut Jar::default()).await;
    assert_eq!(body(main), "<vxml/>");
    for outside in [folder.join("../secret"), folder.join("link"), outer.path().join("secret"), folder.clone()] {
        let (status, _) = failure(fetcher.fetch(&ask(&file_url(&outside)), &mut Jar::default()).await);
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
    assert_eq!(body(fetcher.fetch(&asked, &mut Jar::default()).await), "x");
    asked.purpose = Purpose::Audio;
    assert_eq!(failure(fetcher.fetch(&asked, &mut Jar::default()).await).0, Some(415));
    asked.url = file_url(&folder.path().join("beep.wav"));
    assert_eq!(body(fetcher.fetch(&asked, &mut Jar::default()).await), "");
}

#[tokio::test]
async fn a_changed_file_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("main.vxml");
    std::fs::write(&path, "one").unwrap();
    let fetcher = folder_fetcher(folder.path());
    assert_eq!(body(fetcher.fetch(&ask(&file_url(&path)), &mut Jar::default()).await), "one");
    std::fs::write(&path, "two").unwrap();
    std::fs::File::open(&path).unwrap().set_modified(std::time::SystemTime::now() + Duration::from_secs(5)).unwrap();
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert_eq!(body(fetcher.fetch(&ask(&file_url(&path)), &mut Jar::default()).await), "two");
}

#[tokio::test]
async fn without_a_folder_no_file_is_read() {
    let (_, fetcher) = serve().await;
    assert_eq!(failure(fetcher.fetch(&ask("file:///etc/hostname"), &mut Jar::default()).await).0, Some(404));
}

#[test]
fn the_digest_is_sha256_in_hex() {
    assert_eq!(digest(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

/// A server that counts its requests and tells what it was asked with; the path says how it answers.
async fn counting() -> (String, Fetcher, Arc<AtomicU32>) {
    let count = Arc::new(AtomicU32::new(0));
    let served = Arc::clone(&count);
    let answer = move |headers: HeaderMap, uri: axum::http::Uri| {
        let number = served.fetch_add(1, Ordering::Relaxed) + 1;
        async move {
            let asked = |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
            let mut answer = axum::http::HeaderMap::new();
            let mut say = |name: &'static str, value: &str| {
                answer.append(name, value.parse().unwrap());
            };
            match uri.path() {
                "/hour" => say("cache-control", "max-age=3600"),
                "/stale" => say("cache-control", "max-age=0"),
                "/private" => say("cache-control", "private, max-age=3600"),
                "/no-store" => say("cache-control", "no-store"),
                "/old-file" => say("last-modified", "Mon, 01 Jan 2024 00:00:00 GMT"),
                "/odd-age" => {
                    say("age", "18446744073709551615");
                    say("cache-control", "max-age=18446744073709551615");
                }
                "/vary" => {
                    say("vary", "Cookie");
                    say("cache-control", "max-age=3600");
                }
                "/login" => {
                    say("set-cookie", "JSESSIONID=abc; Path=/");
                    say("cache-control", "max-age=3600");
                }
                "/move" => {
                    say("set-cookie", "seen=1; Path=/");
                    say("location", "/cookies");
                    return (StatusCode::FOUND, answer, String::new());
                }
                "/mine.wav" => {
                    let status = if asked("cookie").is_some() { StatusCode::OK } else { StatusCode::FORBIDDEN };
                    say("content-type", "audio/wav");
                    return (status, answer, String::new());
                }
                "/cookies" => return (StatusCode::OK, answer, asked("cookie").unwrap_or_default()),
                _ => {
                    say("etag", "\"one\"");
                    say("cache-control", "no-cache");
                    if asked("if-none-match").is_some() {
                        return (StatusCode::NOT_MODIFIED, answer, String::new());
                    }
                }
            };
            (StatusCode::OK, answer, format!("answer {number}"))
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    let access = Access::new(&Url::parse(&base).unwrap(), None, &[]).unwrap();
    (base, Fetcher::new(access, LIMIT).unwrap(), count)
}

async fn twice(fetcher: &Fetcher, request: &FetchRequest) -> [String; 2] {
    let mut jar = Jar::default();
    [body(fetcher.fetch(request, &mut jar).await), body(fetcher.fetch(request, &mut jar).await)]
}

#[tokio::test]
async fn a_fresh_answer_serves_all_calls_and_a_stale_one_none() {
    let (base, fetcher, count) = counting().await;
    for path in ["/hour", "/old-file"] {
        let [first, second] = twice(&fetcher, &ask(&format!("{base}{path}"))).await;
        assert_eq!(first, second, "{path}");
    }
    assert_eq!(count.load(Ordering::Relaxed), 2);
    for path in ["/stale", "/private", "/no-store", "/old-file?caller=1"] {
        let [first, second] = twice(&fetcher, &ask(&format!("{base}{path}"))).await;
        assert_ne!(first, second, "{path}");
    }
    let [first, second] = twice(&fetcher, &ask(&format!("{base}/odd-age"))).await;
    assert_eq!(first, second);
}

#[tokio::test]
async fn an_unchanged_answer_is_not_sent_again() {
    let (base, fetcher, count) = counting().await;
    assert_eq!(twice(&fetcher, &ask(&format!("{base}/tagged"))).await, ["answer 1", "answer 1"]);
    assert_eq!(count.load(Ordering::Relaxed), 2, "the server was asked whether it changed");
}

#[tokio::test]
async fn maxage_and_maxstale_decide_what_is_good_enough() {
    let (base, fetcher, _) = counting().await;
    let mut hour = ask(&format!("{base}/hour"));
    let first = body(fetcher.fetch(&hour, &mut Jar::default()).await);
    hour.maxage = Some(60);
    assert_eq!(body(fetcher.fetch(&hour, &mut Jar::default()).await), first);
    hour.maxage = Some(0);
    let second = body(fetcher.fetch(&hour, &mut Jar::default()).await);
    assert_ne!(second, first, "maxage 0 asks the server");
    let mut stale = ask(&format!("{base}/stale"));
    let first = body(fetcher.fetch(&stale, &mut Jar::default()).await);
    stale.maxstale = Some(60);
    assert_eq!(body(fetcher.fetch(&stale, &mut Jar::default()).await), first);
}

#[tokio::test]
async fn what_a_post_answers_is_not_kept() {
    let (base, fetcher, _) = counting().await;
    let mut post = ask(&format!("{base}/hour"));
    let before = body(fetcher.fetch(&post, &mut Jar::default()).await);
    post.method = Method::Post;
    let [first, second] = twice(&fetcher, &post).await;
    assert_ne!(first, second);
    post.method = Method::Get;
    assert_ne!(body(fetcher.fetch(&post, &mut Jar::default()).await), before, "the post may have changed it");
}

#[tokio::test]
async fn cookies_belong_to_one_call() {
    let (base, fetcher, _) = counting().await;
    let (mut mine, mut other) = (Jar::default(), Jar::default());
    let [login, cookies, vary] = ["/login", "/cookies", "/vary"].map(|path| ask(&format!("{base}{path}")));
    let first = body(fetcher.fetch(&login, &mut mine).await);
    assert_eq!(body(fetcher.fetch(&cookies, &mut mine).await), "JSESSIONID=abc");
    assert_eq!(body(fetcher.fetch(&cookies, &mut other).await), "");
    assert_ne!(body(fetcher.fetch(&login, &mut other).await), first, "an answer that sets a cookie is for its call");
    let mine = body(fetcher.fetch(&vary, &mut mine).await);
    assert_ne!(body(fetcher.fetch(&vary, &mut Jar::default()).await), mine);
}

#[tokio::test]
async fn audio_the_platform_could_not_have_for_want_of_a_cookie_is_not_there() {
    let (base, fetcher, _) = counting().await;
    let mut jar = Jar::default();
    fetcher.fetch(&ask(&format!("{base}/login")), &mut jar).await;
    let audio = FetchRequest::get(&format!("{base}/mine.wav"), Purpose::Audio);
    let response = fetcher.fetch(&audio, &mut jar).await;
    assert!(matches!(response, Response::Failed { status: Some(403), .. }), "{response:?}");
}

#[tokio::test]
async fn a_cookie_set_on_the_way_goes_with_the_redirect() {
    let (base, fetcher, _) = counting().await;
    assert_eq!(body(fetcher.fetch(&ask(&format!("{base}/move")), &mut Jar::default()).await), "seen=1");
}

#[tokio::test]
async fn a_post_is_redirected_as_its_status_says() {
    let echo = |method: axum::http::Method, body: Bytes| async move { format!("{method} {}", body.len()) };
    let routes = Router::new()
        .route("/see-other", post(|| async { Redirect::to("/echo") }))
        .route("/temporary", post(|| async { Redirect::temporary("/echo") }))
        .route("/echo", axum::routing::any(echo));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let fetcher = Fetcher::new(Access::new(&Url::parse(&base).unwrap(), None, &[]).unwrap(), LIMIT).unwrap();
    for (path, told) in [("/see-other", "GET 0"), ("/temporary", "POST 6")] {
        let mut request = ask(&format!("{base}{path}"));
        (request.method, request.fields) = (Method::Post, vec![Submitted::text("pin", "42")]);
        assert_eq!(body(fetcher.fetch(&request, &mut Jar::default()).await), told);
    }
}

#[tokio::test]
async fn what_got_no_answer_is_sent_again_unless_it_might_happen_twice() {
    use crate::dialogue::Effect;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&asked);
    // Every other connection is cut when the request is there.
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            assert!(stream.read(&mut [0; 4_096]).await.unwrap() > 0);
            if count.fetch_add(1, Ordering::Relaxed) % 2 == 1 {
                stream
                    .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\nconnection: close\r\n\r\ndone")
                    .await
                    .unwrap();
            }
        }
    });
    let access = Access::new(&Url::parse(&base).unwrap(), None, &[]).unwrap();
    let fetcher = Fetcher::new(access, 1_000).unwrap();
    let post = |repeats| FetchRequest {
        method: Method::Post,
        effect: Some(Effect { id: "CA1-1".to_owned(), repeats }),
        ..ask(&base)
    };
    for (request, answered, requests) in [(ask(&base), true, 2), (post(true), true, 2), (post(false), false, 1)] {
        asked.store(0, Ordering::Relaxed);
        let response = fetcher.fetch(&request, &mut Jar::default()).await;
        assert_eq!(matches!(response, Response::Found(_)), answered, "{response:?}");
        assert_eq!(asked.load(Ordering::Relaxed), requests);
    }
}

#[tokio::test]
async fn a_process_that_stood_still_still_takes_what_comes_soon_after() {
    let (send, receive) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(350));
        send.send("the answer")
    });
    let standstill = async {
        tokio::time::sleep(Duration::from_millis(1)).await;
        std::thread::sleep(Duration::from_millis(300));
    };
    let (answer, ()) = tokio::join!(within(Duration::from_millis(200), receive), standstill);
    assert_eq!(answer, Some(Ok("the answer")));
    assert_eq!(within(Duration::from_millis(40), std::future::pending::<()>()).await, None);
}
