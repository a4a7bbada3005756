//! Documents that would read files outside of their application's folder, by every spelling, through a served application.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, clippy::disallowed_methods)]

mod common;

use common::{Line, write_all};
use std::path::Path;

const SECRET: &str = r#"<vxml version="2.1"><form><block>top secret</block></form></vxml>"#;

/// An application in `app/`, beside which lie secrets; `main` is what its first document does.
async fn line(folder: &Path, main: &str) -> Line {
    let main = format!(
        r#"<vxml version="2.1"><catch event="error">caught <value expr="_event"/><exit/></catch>{main}</vxml>"#
    );
    let files =
        [("app/main.vxml", main.as_str()), ("secret.vxml", SECRET), ("secret.wav", "RIFF"), ("app/beep.wav", "RIFF")];
    write_all(folder, &files);
    #[cfg(unix)]
    for (target, link) in [("secret.vxml", "app/link.vxml"), ("secret.wav", "app/link.wav"), (".", "app/up")] {
        let _ = std::os::unix::fs::symlink(folder.join(target), folder.join(link));
    }
    Line::open(folder, "[[app]]\nname = \"demo\"\nstart = \"app/main.vxml\"\nmode = \"keys\"\n").await
}

/// The spellings of a file beside the application's folder.
fn spellings(folder: &Path, name: &str) -> Vec<String> {
    let outside = folder.join(name);
    let outside = outside.to_str().unwrap();
    let stem = name.split('.').next().unwrap();
    let ending = name.split('.').next_back().unwrap();
    vec![
        format!("../{name}"),
        format!("x/../../{name}"),
        format!("%2e%2e/{name}"),
        format!("..%2f{name}"),
        format!("%2e%2e%2f{name}"),
        format!("..%5c{name}"),
        format!("..\\{name}"),
        format!("..%252f{name}"),
        outside.to_owned(),
        format!("file://{outside}"),
        format!("file:{outside}"),
        format!("file://localhost{outside}"),
        format!("file://evil.example{outside}"),
        format!("//evil.example{outside}"),
        format!("link.{ending}"),
        format!("up/{name}"),
        format!("../{stem}%00.{ending}"),
        format!("../{name}%00"),
        format!("....//{name}"),
        format!("./.././{name}"),
    ]
}

#[tokio::test]
async fn documents_read_no_file_outside_their_folder() {
    let folder = tempfile::tempdir().unwrap();
    let mut urls = spellings(folder.path(), "secret.vxml");
    urls.extend(
        ["file:///proc/self/environ", "/proc/self/environ", "file:///etc/passwd", "file:///dev/zero"]
            .map(str::to_owned),
    );
    for url in urls {
        for main in [
            format!(r#"<form><block><goto next="{url}"/></block></form>"#),
            format!(r#"<form><subdialog name="s" src="{url}"/></form>"#),
            format!(r#"<form><block><data name="d" src="{url}"/><value expr="d"/></block></form>"#),
            format!(r#"<script src="{url}"/><form><block>ran</block></form>"#),
            format!(r#"<form><field name="f"><grammar src="{url}"/>Well?</field></form>"#),
        ] {
            let line = line(folder.path(), &main).await;
            let phone = line.call("demo").await;
            assert!(phone.heard.contains("caught error."), "{main}: {}", phone.twiml);
            assert!(!phone.twiml.contains("secret") && !phone.twiml.contains("PATH="), "{main}: {}", phone.twiml);
        }
    }
}

#[tokio::test]
async fn no_audio_is_played_from_outside_of_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    for url in spellings(folder.path(), "secret.wav") {
        let main = format!(r#"<form><block><audio src="{url}">not there</audio></block></form>"#);
        let line = line(folder.path(), &main).await;
        let phone = line.call("demo").await;
        assert!(phone.heard.contains("not there") && phone.played.is_empty(), "{url}: {}", phone.twiml);
    }
    let line = line(folder.path(), r#"<form><block><audio src="beep.wav">not there</audio></block></form>"#).await;
    let phone = line.call("demo").await;
    assert_eq!(phone.played.len(), 1, "{}", phone.twiml);
}
