//! The back office: reservations made, found and cancelled, never more than there is room for, whoever asks at once.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods, missing_docs)]

mod common;

use common::redis::RedisServer;
use common::{Line, write_all};
use reqwest::Method;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use voxbridge::backoffice::{Backoffice, Rules};
use voxbridge::dialogue;
use voxbridge::fetch::Asked;
use voxbridge::server::config::ReservationsConfig;
use voxbridge::server::generate_token;
use voxbridge::store::{Keep, Store};

const APPS: &str = "[[app]]\nname = \"demo\"\nstart = \"demo/main.vxml\"\nbackoffice = \"http://tables.internal\"\n";
/// 2026-03-02, 10:00 in New York.
const NOW: i64 = 1_772_463_600_000;

/// A back office of a small restaurant, as a replica has it.
fn office(store: &Arc<dyn Store>, now: i64) -> Backoffice {
    let config = ReservationsConfig { timezone: "America/New_York".into(), seats: 10, ..Default::default() };
    Backoffice::new(Arc::clone(store), Arc::new(move || now), Rules::from(&config))
}

fn memory() -> Arc<dyn Store> {
    voxbridge::store::open("memory:", Path::new(""), Keep::default()).unwrap()
}

async fn ask(
    office: &Backoffice,
    method: dialogue::Method,
    path: &str,
    fields: &[(&str, &str)],
    key: Option<&str>,
) -> (u16, Value) {
    let fields = fields.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
    let path = format!("/backoffice/{path}");
    let answered = office.ask(Asked { method, path, fields, idempotency_key: key.map(str::to_owned) }).await;
    (answered.status, serde_json::from_slice(&answered.body).unwrap())
}

async fn get(office: &Backoffice, path: &str, fields: &[(&str, &str)]) -> (u16, Value) {
    ask(office, dialogue::Method::Get, path, fields, None).await
}

async fn make(office: &Backoffice, time: &str, people: &str, name: &str, key: Option<&str>) -> (u16, Value) {
    let fields =
        [("date", "2026-03-05"), ("time", time), ("people", people), ("name", name), ("phone", "+1 415 555 0100")];
    ask(office, dialogue::Method::Post, "reservations", &fields, key).await
}

#[tokio::test]
async fn a_reservation_is_made_found_and_cancelled() {
    let office = office(&memory(), NOW);
    let (status, made) = make(&office, "0730p", "4", " Ana  Lee ", Some("k1")).await;
    assert_eq!(status, 201, "{made}");
    let id = made["id"].as_str().unwrap();
    let wanted = json!({ "id": id, "name": "Ana Lee", "phone": "+14155550100", "date": "2026-03-05", "time": "19:30",
        "people": 4, "status": "booked" });
    assert_eq!(made, wanted);
    let found = (200, json!({ "reservations": [wanted] }));
    let keyed: String = id.chars().map(|c| if c.is_ascii_alphabetic() { key_of(c) } else { c }).collect();
    for said in [id, &id.to_lowercase(), &format!("{} {}", &id[..2], &id[2..]), &keyed] {
        assert_eq!(get(&office, "reservations", &[("id", said)]).await, found, "{said}");
    }
    assert_eq!(get(&office, "reservations", &[("phone", "tel:+14155550100")]).await, found);
    assert_eq!(get(&office, "reservations", &[("date", "20260305")]).await, found);
    assert_eq!(get(&office, &format!("reservations/{id}"), &[]).await, (200, wanted));
    let path = format!("reservations/{id}/cancel");
    for _ in 0..2 {
        let (status, cancelled) = ask(&office, dialogue::Method::Post, &path, &[], None).await;
        assert_eq!((status, &cancelled["status"]), (200, &json!("cancelled")));
    }
    let none = (200, json!({ "reservations": [] }));
    assert_eq!(get(&office, "reservations", &[("id", id)]).await, none);
    assert_eq!(get(&office, "reservations", &[("phone", "+14155550100")]).await, none);
    assert_eq!(get(&office, "reservations", &[("id", "ZZ0000")]).await, none);
    assert_eq!(get(&office, "reservations/ZZ0000", &[]).await.0, 404);
    assert_eq!(ask(&office, dialogue::Method::Post, "reservations/ZZ0000/cancel", &[], None).await.0, 404);
}

fn key_of(letter: char) -> char {
    let keys = ["ABC", "DEF", "GHI", "JKL", "MNO", "PQRS", "TUV", "WXYZ"];
    char::from(b'2' + keys.iter().position(|key| key.contains(letter)).unwrap() as u8)
}

#[tokio::test]
async fn a_request_that_is_sent_again_makes_nothing_new() {
    let office = office(&memory(), NOW);
    let (status, made) = make(&office, "19:00", "8", "Ana", Some("k1")).await;
    assert_eq!(status, 201);
    // It does not even ask whether there is still room.
    assert_eq!(make(&office, "19:00", "8", "Ana", Some("k1")).await, (200, made.clone()));
    assert_eq!(make(&office, "19:00", "2", "Ana", Some("k1")).await.0, 422);
    let (status, other) = make(&office, "12:00", "8", "Ana", Some("k2")).await;
    assert_eq!(status, 201);
    assert_ne!(other["id"], made["id"]);
    // Without a key each request is another one, and so are equal ones with keys of their own.
    let keys = [None, None, Some("k3"), Some("k4")];
    let mut ids = vec![];
    for key in keys {
        let (status, made) = make(&office, "15:00", "1", "Ana", key).await;
        assert_eq!(status, 201);
        ids.push(made["id"].clone());
    }
    ids.dedup();
    assert_eq!(ids.len(), 4);
}

#[tokio::test]
async fn why_there_is_no_table_is_said_with_the_nearest_free_times() {
    let office = office(&memory(), NOW);
    assert_eq!(make(&office, "19:00", "8", "Ana", None).await.0, 201);
    let free = async |date: &str, time: &str, people: &str| {
        let fields = [("date", date), ("time", time), ("people", people)];
        let (status, answer) = get(&office, "reservations/free", &fields).await;
        assert_eq!(status, 200, "{answer}");
        let nearest: Vec<String> = answer["nearest"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| format!("{} {}", one["date"].as_str().unwrap(), one["time"].as_str().unwrap()))
            .collect();
        assert_eq!(answer["free"], json!(answer["reason"].is_null()));
        (answer["reason"].as_str().map(str::to_owned), nearest)
    };
    assert_eq!(free("2026-03-05", "19:00", "2").await, (None, vec![]));
    let times = |date: &str, times: [&str; 3]| times.map(|time| format!("{date} {time}")).to_vec();
    let said = |reason: &str| Some(reason.to_owned());
    let full = times("2026-03-05", ["17:30", "20:30", "21:00"]);
    assert_eq!(free("2026-03-05", "19:10", "3").await, (said("full"), full));
    let closed = times("2026-03-05", ["09:00", "09:30", "10:00"]);
    assert_eq!(free("2026-03-05", "08:59", "3").await, (said("closed"), closed));
    let closed = times("2026-03-06", ["20:30", "21:00", "21:30"]);
    assert_eq!(free("2026-03-06", "21:31", "3").await, (said("closed"), closed));
    let past = times("2026-03-02", ["10:30", "11:00", "11:30"]);
    assert_eq!(free("2026-03-02", "09:59", "3").await, (said("past"), past));
    let past = times("2026-03-02", ["18:30", "19:00", "19:30"]);
    assert_eq!(free("2026-02-20", "19:00", "3").await, (said("past"), past));
    assert_eq!(free("2026-03-02", "10:00", "3").await, (None, vec![]));
    assert_eq!(free("2026-03-05", "12:00", "11").await, (said("party"), vec![]));
    assert_eq!(free("2026-06-01", "12:00", "3").await, (said("far"), vec![]));
    assert_eq!(free("9999-12-31", "12:00", "3").await, (said("far"), vec![]));
    let (status, refused) = make(&office, "20:00", "3", "Lee", Some("k9")).await;
    assert_eq!((status, &refused["reason"]), (409, &json!("full")));
    assert!(refused["error"].as_str().unwrap().contains("nearest"), "{refused}");
    // Nothing was made, and the same request may be tried again.
    assert_eq!(
        get(&office, "reservations", &[("date", "2026-03-05")]).await.1["reservations"].as_array().unwrap().len(),
        1
    );
}

#[tokio::test]
async fn what_is_wrong_is_said_with_what_was_expected() {
    let office = office(&memory(), NOW);
    let good = [("date", "2026-03-05"), ("time", "19:00"), ("people", "2"), ("name", "Ana")];
    for (field, value) in [
        ("date", "tomorrow"),
        ("date", ""),
        ("time", "0730?"),
        ("people", "0"),
        ("people", "a few"),
        ("name", &"x".repeat(200)),
        ("name", ""),
    ] {
        let fields = good.map(|(name, good)| (name, if name == field { value } else { good }));
        let (status, wrong) = ask(&office, dialogue::Method::Post, "reservations", &fields, None).await;
        assert_eq!((status, &wrong["field"]), (400, &json!(field)), "{field} {value}: {wrong}");
        assert!(wrong["error"].as_str().unwrap().contains(wrong["expected"].as_str().unwrap()), "{wrong}");
    }
    assert_eq!(get(&office, "reservations", &[]).await.0, 400);
    for path in ["", "nothing", "reservations/a/b/c", "reservationsx"] {
        assert_eq!(get(&office, path, &[]).await.0, 404, "{path}");
    }
}

#[tokio::test]
async fn what_has_begun_is_found_no_more_and_not_cancelled() {
    let store = memory();
    let (_, made) = make(&office(&store, NOW), "19:00", "2", "Ana", None).await;
    let id = made["id"].as_str().unwrap();
    let later = office(&store, NOW + 4 * 24 * 3_600_000);
    assert_eq!(get(&later, "reservations", &[("id", id)]).await.1["reservations"], json!([]));
    assert_eq!(get(&later, "reservations", &[("phone", "+14155550100")]).await.1["reservations"], json!([]));
    assert_eq!(get(&later, &format!("reservations/{id}"), &[]).await.1["status"], "booked");
    let (status, refused) = ask(&later, dialogue::Method::Post, &format!("reservations/{id}/cancel"), &[], None).await;
    assert_eq!((status, &refused["reason"]), (409, &json!("past")));
}

#[tokio::test]
async fn two_replicas_at_once_never_give_the_same_seats_away() {
    let (folder, redis) = (tempfile::tempdir().unwrap(), RedisServer::start());
    let file = format!("sqlite:{}", folder.path().join("calls.db").display());
    let open = |url: &str| voxbridge::store::open(url, Path::new(""), Keep::default()).unwrap();
    let memory = memory();
    let stores = [[Arc::clone(&memory), memory], [open(&file), open(&file)], [open(&redis.url()), open(&redis.url())]];
    for replicas in stores {
        let kind = replicas[0].kind();
        let offices = replicas.map(|store| Arc::new(office(&store, NOW)));
        let tasks: Vec<_> = (0..24)
            .map(|number| {
                let office = Arc::clone(&offices[number % 2]);
                // Each request is sent to both replicas, as when an answer was lost.
                let (key, name) = (format!("k{}", number / 2), format!("Party {}", number / 2));
                tokio::spawn(async move { make(&office, "19:00", "3", &name, Some(&key)).await })
            })
            .collect();
        let mut made = Vec::new();
        for task in tasks {
            match task.await.unwrap() {
                (200 | 201, reservation) => made.push(reservation["id"].as_str().unwrap().to_owned()),
                (409, _) => {}
                other => panic!("{kind}: {other:?}"),
            }
        }
        made.sort();
        made.dedup();
        let (_, book) = get(&offices[1], "reservations", &[("date", "2026-03-05")]).await;
        let book = book["reservations"].as_array().unwrap();
        assert_eq!((made.len(), book.len()), (3, 3), "{kind}: ten seats hold three parties of three");
        let (_, mine) = get(&offices[0], "reservations", &[("phone", "+14155550100")]).await;
        assert_eq!(mine["reservations"].as_array().unwrap().len(), 3, "{kind}");
    }
}

async fn over_http(
    line: &Line,
    method: &str,
    path: &str,
    token: Option<&str>,
    body: Option<(&str, &str)>,
) -> (u16, String) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut request = client.request(Method::from_bytes(method.as_bytes()).unwrap(), format!("{}{path}", line.base));
    if let Some(token) = token {
        request = request.header("Authorization", format!("Bearer {token}"));
    }
    if let Some((kind, body)) = body {
        request = request.header("Content-Type", kind).body(body.to_owned());
    }
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

const PATHS: [(&str, &str); 4] = [
    ("GET", "/backoffice/reservations?phone=1"),
    ("POST", "/backoffice/reservations"),
    ("GET", "/backoffice/reservations/free"),
    ("DELETE", "/backoffice/reservations/AB1234"),
];

#[tokio::test]
async fn over_http_it_is_there_for_operators_only() {
    let folder = tempfile::tempdir().unwrap();
    write_all(folder.path(), &[("demo/main.vxml", "<vxml version=\"2.1\"><form/></vxml>")]);
    let line = Line::open(folder.path(), APPS).await;
    for (method, path) in PATHS {
        assert_eq!(over_http(&line, method, path, Some("token"), None).await.0, 404, "{method} {path}");
    }
    line.close().await;
    let (token, hash) = generate_token().unwrap();
    let line = Line::open(folder.path(), &format!("[admin]\ntoken_hash = \"{hash}\"\n{APPS}")).await;
    for (method, path) in PATHS {
        for wrong in [None, Some("token")] {
            assert_eq!(over_http(&line, method, path, wrong, None).await.0, 401, "{method} {path}");
        }
    }
    let asked = |method, path, body| over_http(&line, method, path, Some(token.as_str()), body);
    let day = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date().tomorrow().unwrap();
    let sent = json!({ "date": day.to_string(), "time": "19:00", "people": 2, "name": "Ana" }).to_string();
    let sent = Some(("application/json", sent.as_str()));
    let (status, made) = over_http(&line, "POST", "/backoffice/reservations", Some(&token), sent).await;
    assert_eq!(status, 201, "{made}");
    let made: Value = serde_json::from_str(&made).unwrap();
    let form = format!("date={day}&time=1230&people=3&name=Lee+Ann");
    let kind = "application/x-www-form-urlencoded";
    let form = Some((kind, form.as_str()));
    assert_eq!(over_http(&line, "POST", "/backoffice/reservations", Some(&token), form).await.0, 201);
    let path = format!("/backoffice/reservations?date={day}");
    let (_, book) = over_http(&line, "GET", &path, Some(&token), None).await;
    assert!(book.contains("Ana") && book.contains("Lee Ann"), "{book}");
    let path = format!("/backoffice/reservations/{}", made["id"].as_str().unwrap());
    let (status, cancelled) = over_http(&line, "DELETE", &path, Some(&token), None).await;
    assert!(status == 200 && cancelled.contains("\"cancelled\""), "{cancelled}");
    for wrong in ["{", "[]", "{\"date\": {}}", "7"] {
        let (status, why) = asked("POST", "/backoffice/reservations", Some(("application/json", wrong))).await;
        assert!(status == 400 && why.contains("JSON"), "{wrong}: {why}");
    }
    let large = format!("{{\"name\": \"{}\"}}", "x".repeat(70_000));
    let large = Some(("application/json", large.as_str()));
    assert_eq!(over_http(&line, "POST", "/backoffice/reservations", Some(&token), large).await.0, 413);
    assert_eq!(asked("PUT", "/backoffice/reservations", None).await.0, 404);
    line.close().await;
}

const DOCUMENT: &str = r##"<?xml version="1.0"?><vxml version="2.1" xmlns="http://www.w3.org/2001/vxml">
<form><var name="id" expr="'AB1234'"/>
<block><data name="answer" src="http://tables.internal/backoffice/reservations" namelist="id"/>
<prompt>There are <value expr="answer.reservations.length"/>.</prompt></block>
<block><data name="other" src="http://tables.internal/backoffice/nothing"/></block>
<catch event="error.badfetch.http.404"><prompt>Nothing there.</prompt><exit/></catch>
<catch event="error.noauthorization"><prompt>Not allowed.</prompt><exit/></catch></form></vxml>"##;

#[tokio::test]
async fn documents_ask_it_in_this_process_where_their_application_has_one() {
    let folder = tempfile::tempdir().unwrap();
    write_all(folder.path(), &[("demo/main.vxml", DOCUMENT)]);
    let line = Line::open(folder.path(), APPS).await;
    assert!(line.call("demo").await.heard.contains("There are 0. Nothing there."));
    line.close().await;
    let without = APPS.replace("backoffice = \"http://tables.internal\"\n", "");
    let line = Line::open(folder.path(), &without).await;
    assert!(line.call("demo").await.heard.contains("Not allowed."));
    line.close().await;
}

#[tokio::test]
async fn a_store_that_is_away_is_an_answer_too() {
    let mut redis = RedisServer::start();
    let store = voxbridge::store::open(&redis.url(), Path::new(""), Keep::default()).unwrap();
    let office = office(&store, NOW);
    redis.kill();
    let (status, away) = make(&office, "19:00", "2", "Ana", Some("k1")).await;
    assert!(status == 503 && away["error"].as_str().unwrap().contains("again"), "{away}");
    redis.restart();
    // Who could not connect is told so for a moment without another attempt.
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert_eq!(make(&office, "19:00", "2", "Ana", Some("k1")).await.0, 201);
}
