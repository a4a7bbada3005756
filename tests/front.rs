//! What clients do with their connections, slow, hostile or odd, by raw sockets; others are served meanwhile.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods, missing_docs)]

mod common;

use common::backend::Backend;
use common::{Line, write_all};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use voxbridge::server::Patience;

const MAIN: &str = r##"<?xml version="1.0"?><vxml version="2.1" xmlns="http://www.w3.org/2001/vxml"><menu id="main">
<prompt>Press 1 or 2.</prompt><choice dtmf="1" next="#bye">one</choice><choice dtmf="2" next="#main">two</choice></menu>
<form id="bye"><block>Goodbye.</block></form></vxml>"##;
const APPS: &str = "[[app]]\nname = \"demo\"\nstart = \"demo/main.vxml\"\n";
const SHORT: Duration = Duration::from_millis(300);

fn application() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write_all(folder.path(), &[("demo/main.vxml", MAIN)]);
    folder
}

/// A server that loses its patience soon.
async fn hasty(folder: &tempfile::TempDir, server: &str) -> Line {
    let patience = Patience { head: SHORT, body: SHORT, idle: SHORT, stalled: SHORT };
    let text = format!("[server]\nlisten = \"127.0.0.1:0\"\n{server}{APPS}");
    Line::patient(folder.path(), &text, patience).await
}

/// A server as it usually is.
async fn usual(folder: &tempfile::TempDir, server: &str) -> Line {
    Line::serve(folder.path(), &format!("[server]\nlisten = \"127.0.0.1:0\"\n{server}{APPS}"), None).await
}

async fn connect(line: &Line) -> TcpStream {
    TcpStream::connect(line.base.trim_start_matches("http://")).await.unwrap()
}

/// All that comes until the server closes; a reset counts as closing.
async fn rest(socket: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(20), socket.read_to_end(&mut answer)).await;
    let _ = read.expect("the server does not close the connection");
    String::from_utf8_lossy(&answer).into_owned()
}

/// Sends this and tells what comes until the server closes.
async fn ask(line: &Line, request: &str) -> String {
    let mut socket = connect(line).await;
    // The server may close while the rest is still being sent.
    let _ = socket.write_all(request.as_bytes()).await;
    rest(&mut socket).await
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or("none")
}

/// Others are served, and at once.
async fn serves_others(line: &Line) {
    let begun = Instant::now();
    assert!(line.call("demo").await.press("1").await.ended());
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn headers_that_trickle_in_end_their_connection_and_nothing_else() {
    let folder = application();
    let line = hasty(&folder, "").await;
    let mut slow = Vec::new();
    for _ in 0..50 {
        let mut socket = connect(&line).await;
        socket.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n").await.unwrap();
        slow.push(socket);
    }
    serves_others(&line).await;
    let begun = Instant::now();
    let mut socket = slow.pop().unwrap();
    // Each byte comes within the time, all of them do not.
    let mut trickled = 0;
    while socket.write_all(b"X").await.is_ok() {
        trickled += 1;
        assert!(begun.elapsed() < Duration::from_secs(10), "{trickled} bytes were taken");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for mut socket in slow {
        assert_eq!(rest(&mut socket).await, "");
    }
    line.close().await;
}

#[tokio::test]
async fn a_connection_that_says_nothing_is_closed_and_so_is_one_that_has_no_more_to_say() {
    let folder = application();
    let line = hasty(&folder, "").await;
    assert_eq!(ask(&line, "").await, "");
    let answer = ask(&line, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert_eq!(status(&answer), "200");
    line.close().await;
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_a_408() {
    let folder = application();
    let line = hasty(&folder, "").await;
    let head = "POST /twilio/voice/demo HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    let answer = ask(&line, &format!("{head}Content-Length: 100\r\n\r\nCallSid=CA1")).await;
    assert!(status(&answer) == "408" && answer.to_ascii_lowercase().contains("connection: close"), "{answer}");
    let answer = ask(&line, &format!("{head}Transfer-Encoding: chunked\r\n\r\n5\r\nCallS\r\n")).await;
    assert_eq!(status(&answer), "408");
    serves_others(&line).await;
    line.close().await;
}

#[tokio::test]
async fn what_is_too_much_is_refused_by_its_kind() {
    let folder = application();
    let line = usual(&folder, "").await;
    let get =
        |path: &str, headers: &str| format!("GET {path} HTTP/1.1\r\nHost: x\r\n{headers}Connection: close\r\n\r\n");
    let headers = |count: usize| (0..count).map(|n| format!("X-{n}: y\r\n")).collect::<String>();
    assert_eq!(status(&ask(&line, &get("/healthz", &headers(60))).await), "200");
    assert_eq!(status(&ask(&line, &get("/healthz", &headers(70))).await), "431");
    assert_eq!(status(&ask(&line, &get("/healthz", &headers(10_000))).await), "431");
    let large = |size: usize| format!("X-Large: {}\r\n", "x".repeat(size));
    assert_eq!(status(&ask(&line, &get("/healthz", &large(15_000))).await), "200");
    assert_eq!(status(&ask(&line, &get("/healthz", &large(17_000))).await), "431");
    assert_eq!(status(&ask(&line, &get(&format!("/healthz?{}", "x".repeat(8_000)), "")).await), "200");
    assert_eq!(status(&ask(&line, &get(&format!("/healthz?{}", "x".repeat(9_000)), "")).await), "414");
    assert_eq!(status(&ask(&line, &get(&format!("/healthz?{}", "x".repeat(70_000)), "")).await), "431");
    serves_others(&line).await;
    line.close().await;
}

#[tokio::test]
async fn a_body_of_any_kind_that_is_too_large_is_a_413_on_every_route() {
    let folder = application();
    let line = usual(&folder, "").await;
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    for path in ["/twilio/voice/demo", "/nothing"] {
        let head = format!("POST {path} HTTP/1.1\r\nHost: x\r\n{form}");
        let whole = |size: usize| format!("{head}Content-Length: {size}\r\n\r\n{}", "x".repeat(size));
        assert_eq!(status(&ask(&line, &whole(66_000)).await), "413");
        assert_eq!(status(&ask(&line, &whole(500_000)).await), "413");
        // Nobody waits for what is only announced.
        assert_eq!(status(&ask(&line, &format!("{head}Content-Length: 99999999999\r\n\r\nx")).await), "413");
        let chunk = format!("4000\r\n{}\r\n", "x".repeat(0x4000));
        let chunked = format!("{head}Transfer-Encoding: chunked\r\n\r\n{}0\r\n\r\n", chunk.repeat(6));
        assert_eq!(status(&ask(&line, &chunked).await), "413");
    }
    serves_others(&line).await;
    line.close().await;
}

#[tokio::test]
async fn what_is_no_http_gets_a_400_or_nothing() {
    let folder = application();
    let line = usual(&folder, "").await;
    for request in [
        "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}",
        "GET / HTTP/9.9\r\n\r\n",
        "\0\0\0\0\r\n\r\n",
        "GET /\0 HTTP/1.1\r\n\r\n",
    ] {
        let answer = ask(&line, request).await;
        assert!(answer.is_empty() || status(&answer) == "400", "{request:?}: {answer}");
    }
    serves_others(&line).await;
    line.close().await;
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_their_order() {
    let folder = application();
    let line = usual(&folder, "").await;
    let get = |path: &str, more: &str| format!("GET {path} HTTP/1.1\r\nHost: x\r\n{more}\r\n");
    let all = get("/healthz", "") + &get("/nothing", "") + &get("/readyz", "Connection: close\r\n");
    let answer = ask(&line, &all).await;
    let places =
        ["ok\n", "no such page", "ready\n"].map(|text| answer.find(text).unwrap_or_else(|| panic!("{answer}")));
    assert!(places.is_sorted(), "{answer}");
    line.close().await;
}

#[tokio::test]
async fn who_closes_his_side_after_the_request_still_gets_the_answer() {
    let folder = application();
    let line = usual(&folder, "").await;
    let mut socket = connect(&line).await;
    let body = "CallSid=CA1&AccountSid=AC1&From=%2B15550100001&To=x&CallStatus=in-progress";
    let head = "POST /twilio/voice/demo HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    let request = format!("{head}Content-Length: {}\r\n\r\n{body}", body.len());
    socket.write_all(request.as_bytes()).await.unwrap();
    socket.shutdown().await.unwrap();
    let answer = rest(&mut socket).await;
    assert!(status(&answer) == "200" && answer.contains("Press 1"), "{answer}");
    line.close().await;
}

#[tokio::test]
async fn who_does_not_read_his_answer_loses_it() {
    let folder = application();
    let size = 64 << 20;
    std::fs::File::create(folder.path().join("demo/long.wav")).unwrap().set_len(size).unwrap();
    let line = hasty(&folder, "").await;
    let mut socket = connect(&line).await;
    socket.write_all(b"GET /media/demo/long.wav HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    tokio::time::sleep(SHORT * 5).await;
    serves_others(&line).await;
    let read = rest(&mut socket).await.len() as u64;
    assert!(read < size, "all {read} bytes came");
    line.close().await;
}

#[tokio::test]
async fn a_long_answer_that_is_read_comes_whole_however_long_it_takes() {
    let folder = application();
    let size: usize = 48 << 20;
    std::fs::File::create(folder.path().join("demo/long.wav")).unwrap().set_len(size as u64).unwrap();
    let line = hasty(&folder, "").await;
    let mut socket = connect(&line).await;
    socket.write_all(b"GET /media/demo/long.wav HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
    let (mut read, mut piece) = (0, vec![0; 2 << 20]);
    let begun = Instant::now();
    loop {
        match socket.read(&mut piece).await.unwrap() {
            0 => break,
            some => read += some,
        }
        if begun.elapsed() < SHORT * 4 {
            tokio::time::sleep(SHORT / 6).await;
        }
    }
    assert!(read > size && begun.elapsed() > SHORT * 3, "{read} of {size} bytes after {:?}", begun.elapsed());
    line.close().await;
}

#[tokio::test]
async fn one_connection_too_many_waits_for_another_to_end() {
    let folder = application();
    let line = usual(&folder, "connections = 2\n").await;
    let get = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    let mut first = connect(&line).await;
    first.write_all(get).await.unwrap();
    let mut buffer = [0; 1_024];
    let read = first.read(&mut buffer).await.unwrap();
    let answer = String::from_utf8_lossy(&buffer[..read]).to_ascii_lowercase();
    assert!(answer.contains("ok") && !answer.contains("connection: close"), "{answer}");
    let second = connect(&line).await;
    let mut third = connect(&line).await;
    third.write_all(get).await.unwrap();
    let early = tokio::time::timeout(SHORT, third.read(&mut buffer)).await;
    assert!(early.is_err(), "the third connection is served while two are open");
    // All places are taken: who is answered now makes room.
    first.write_all(get).await.unwrap();
    let answer = rest(&mut first).await.to_ascii_lowercase();
    assert!(answer.contains("connection: close"), "{answer}");
    let answer = rest(&mut third).await;
    assert_eq!(status(&answer), "200");
    drop(second);
    line.close().await;
}

#[tokio::test]
async fn a_server_that_stops_answers_turns_in_flight_and_closes_idle_connections() {
    let backend = Backend::start(MAIN, Duration::from_millis(700)).await;
    let folder = application();
    let text = format!(
        "[server]\nlisten = \"127.0.0.1:0\"\n[[app]]\nname = \"demo\"\nstart = \"{}/main.vxml\"\n",
        backend.base
    );
    let text = format!("{text}allow_hosts = [\"{}\"]\n", backend.base.trim_start_matches("http://"));
    let line = Line::serve(folder.path(), &text, None).await;
    let mut idle = connect(&line).await;
    idle.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut turn = connect(&line).await;
    let body = "CallSid=CA1&AccountSid=AC1&From=%2B15550100001&To=x&CallStatus=in-progress";
    let head = "POST /twilio/voice/demo HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    let request = format!("{head}Content-Length: {}\r\n\r\n{body}", body.len());
    turn.write_all(request.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let begun = Instant::now();
    let (answer, idle, ()) = tokio::join!(rest(&mut turn), rest(&mut idle), line.close());
    assert!(status(&answer) == "200" && answer.contains("Press 1"), "{answer}");
    assert!(answer.to_ascii_lowercase().contains("connection: close"), "{answer}");
    assert_eq!(status(&idle), "200");
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn new_calls_beyond_the_limit_hear_that_all_lines_are_busy() {
    let folder = application();
    let limits = "[limits]\ncalls_per_second = 2\n";
    let line = Line::serve(folder.path(), &format!("[server]\nlisten = \"127.0.0.1:0\"\n{limits}{APPS}"), None).await;
    let mut phones = Vec::new();
    for _ in 0..6 {
        phones.push(line.call("demo").await);
    }
    let taken = phones.iter().filter(|phone| phone.heard.contains("Press 1")).count();
    let busy = phones.iter().filter(|phone| phone.heard.contains("lines are busy") && phone.ended()).count();
    assert!((2..=4).contains(&taken) && taken + busy == 6, "{taken} taken, {busy} busy");
    // Calls in progress go on, and a call told twice is no new one.
    let mut first = phones.remove(0);
    assert_eq!(first.again().await, first.twiml);
    assert!(first.press("1").await.heard.contains("Goodbye"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_server_out_of_file_descriptors_waits_for_some_and_goes_on() {
    use std::io::{BufRead as _, BufReader, Read as _, Write as _};
    use std::process::{Command, Stdio};

    let folder = application();
    let text = format!("[server]\nlisten = \"127.0.0.1:0\"\nworkers = 1\n{APPS}");
    std::fs::write(folder.path().join("voxbridge.toml"), text).unwrap();
    let program = format!("ulimit -n 60 && exec {} serve", env!("CARGO_BIN_EXE_voxbridge"));
    let mut child = Command::new("sh");
    child.args(["-c", &program]).current_dir(folder.path()).env_remove("TWILIO_AUTH_TOKEN");
    let mut child = child.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let health = lines.find(|line| line.starts_with("Health:")).unwrap();
    let address = health.split("http://").nth(1).unwrap().trim_end_matches("/healthz").to_owned();
    let crowd: Vec<_> = (0..100).map(|_| std::net::TcpStream::connect(&address).unwrap()).collect();
    std::thread::sleep(Duration::from_millis(1_500));
    let cpu = || {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap();
        let fields: Vec<u64> =
            stat.rsplit(") ").next().unwrap().split(' ').filter_map(|field| field.parse().ok()).collect();
        // The state letter is no number: user and system time, in hundredths of a second, are the 11th and 12th after it.
        fields[10] + fields[11]
    };
    let before = cpu();
    std::thread::sleep(Duration::from_secs(1));
    assert!(cpu() - before < 50, "the server is busy doing nothing");
    drop(crowd);
    let mut socket = std::net::TcpStream::connect(&address).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    socket.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}
