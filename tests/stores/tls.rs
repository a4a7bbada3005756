//! Redis over TLS, with certificates of the test's own.

use super::{RedisServer, append, entries, entry, open};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use std::path::Path;
use std::process::Command;
use voxbridge::store::{Keep, StoreError, Then};

const URL: &str = "VOXBRIDGE_TEST_TLS_STORE";

/// Writes an authority and a certificate of `localhost` that it has signed.
fn certificates(folder: &Path) {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let server = CertificateParams::new(["localhost".to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
    for (name, text) in
        [("authority.pem", authority.pem()), ("server.pem", server.pem()), ("server.key", key.serialize_pem())]
    {
        std::fs::write(folder.join(name), text).unwrap();
    }
}

/// The rest of the test in a process of its own, which trusts these certificates.
fn trusting(authority: &Path, url: &str, test: &str) {
    let done = Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact", "--ignored", "--nocapture"])
        .env("SSL_CERT_FILE", authority)
        .env(URL, url)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success() && told.contains("1 passed"), "{told}{}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn redis_is_reached_over_tls_where_its_certificate_is_trusted_and_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    certificates(folder.path());
    let file = |name: &str| folder.path().join(name).display().to_string();
    let port = super::redis::free_port().to_string();
    let (server, key) = (file("server.pem"), file("server.key"));
    let options = ["--tls-port", &port, "--tls-cert-file", &server, "--tls-key-file", &key, "--tls-auth-clients", "no"];
    let redis = RedisServer::start_with(&options);
    let url = format!("rediss://localhost:{port}");
    trusting(&folder.path().join("authority.pem"), &url, "tls::calls_are_kept");
    assert!(redis.command(&["DBSIZE"]).unwrap().parse::<u32>().unwrap() > 0);
    // Another authority did not sign it.
    let other = tempfile::tempdir().unwrap();
    certificates(other.path());
    trusting(&other.path().join("authority.pem"), &url, "tls::the_server_is_not_believed");
}

fn url() -> String {
    std::env::var(URL).expect("run by the test above")
}

#[tokio::test]
#[ignore = "run by the test above, in a process that trusts the server's certificate"]
async fn calls_are_kept() {
    let store = open(&url(), Keep::default());
    append(&*store, "CA1", 0, entry(1, "1"), Then::Open).await.unwrap();
    assert_eq!(entries(&*store, "CA1", 0).await, [entry(1, "1")]);
}

#[tokio::test]
#[ignore = "run by the test above, in a process that does not trust the server's certificate"]
async fn the_server_is_not_believed() {
    let store = open(&url(), Keep::default());
    let refused = append(&*store, "CA2", 0, entry(1, "1"), Then::Open).await;
    assert!(matches!(refused, Err(StoreError::Unreachable(_))), "{refused:?}");
}
