//! `X-Twilio-Signature`: who sent this request.
//!
//! Twilio signs the URL it was configured with and the form it posts with the account's primary token. A request that does
//! not verify is answered with 403 and nothing happens.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use std::fmt;
use subtle::ConstantTimeEq;
use thiserror::Error;

/// The header that carries the signature.
pub const SIGNATURE_HEADER: &str = "X-Twilio-Signature";

/// The header by which Twilio announces another way of signing.
pub const SETTINGS_HEADER: &str = "X-Twilio-Webhooks-Signature-Settings";

/// Verifies requests with the account's token.
#[derive(Clone)]
pub struct Verifier {
    /// With the token's key already in it.
    keyed: Hmac<Sha1>,
}

/// What of a request is signed.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    /// The public URL, path and query byte for byte as they arrived. Scheme and port may be a guess: the variants Twilio
    /// uses are all tried.
    pub url: &'a str,
    /// The body.
    pub body: Body<'a>,
    /// The value of [`SIGNATURE_HEADER`].
    pub signature: Option<&'a str>,
    /// The value of [`SETTINGS_HEADER`].
    pub settings: Option<&'a str>,
}

/// The body of a request, as far as the signature is concerned.
#[derive(Clone, Copy)]
pub enum Body<'a> {
    /// None: a GET.
    None,
    /// A posted form, decoded, nothing trimmed, repeated and empty fields kept.
    Form(&'a [(String, String)]),
    /// Anything else, e.g. JSON: the URL names its digest.
    Raw(&'a [u8]),
}

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Rejected {
    /// No signature came with it.
    #[error("the request has no X-Twilio-Signature")]
    Missing,
    /// It is signed for another URL, form or token, or by somebody else.
    #[error("the signature is not that of this URL and form; check auth_token and public_url")]
    Mismatch,
    /// The body is not the one whose digest was signed, or no digest was.
    #[error("the body does not have the digest that bodySHA256 in the URL names")]
    Body,
    /// It is signed in a way that is not understood here.
    #[error("the request is signed in another way than by the account's token (X-Twilio-Webhooks-Signature-Settings)")]
    Unsupported,
}

impl Verifier {
    /// A verifier for an account's primary token.
    pub fn new(token: impl Into<String>) -> Self {
        Self { keyed: keyed(token.into().as_bytes()) }
    }

    /// Whether Twilio sent this.
    ///
    /// # Errors
    /// [`Rejected`] if not; the request must have no effect then.
    pub fn verify(&self, request: &Signed<'_>) -> Result<(), Rejected> {
        if request.settings.is_some_and(|settings| !settings.trim().is_empty()) {
            return Err(Rejected::Unsupported);
        }
        let signature = request.signature.map(str::trim).filter(|text| !text.is_empty()).ok_or(Rejected::Missing)?;
        let fields = match request.body {
            Body::Form(fields) => fields,
            Body::None => &[],
            Body::Raw(bytes) => {
                if !has_signed_digest(request.url, bytes) {
                    return Err(Rejected::Body);
                }
                &[]
            }
        };
        let form = in_order(fields);
        // Each is compared in constant time. How many were tried tells the sender of a genuine signature what he signed,
        // and nobody else anything: what is forged is held against all.
        let signed = |url: &str| bool::from(code(&self.keyed, url, &form).as_bytes().ct_eq(signature.as_bytes()));
        let genuine = signed(request.url) || candidates(request.url).iter().any(|url| signed(url));
        if genuine { Ok(()) } else { Err(Rejected::Mismatch) }
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Verifier")
    }
}

impl fmt::Debug for Body<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Body::None => f.write_str("None"),
            Body::Form(fields) => write!(f, "Form(<{} fields>)", fields.len()),
            Body::Raw(bytes) => write!(f, "Raw(<{} bytes>)", bytes.len()),
        }
    }
}

/// The signature of exactly this URL with this form, as a simulator of Twilio needs it.
pub fn sign(token: &str, url: &str, fields: &[(String, String)]) -> String {
    code(&keyed(token.as_bytes()), url, &in_order(fields))
}

fn keyed(token: &[u8]) -> Hmac<Sha1> {
    // HMAC takes keys of any length.
    Hmac::new_from_slice(token).unwrap_or_else(|_| Hmac::new(&Default::default()))
}

fn code(keyed: &Hmac<Sha1>, url: &str, form: &str) -> String {
    let mac = keyed.clone().chain_update(url).chain_update(form);
    STANDARD.encode(mac.finalize().into_bytes())
}

/// The fields of a form as they are signed: in order, each once, names and values in one text.
fn in_order(fields: &[(String, String)]) -> String {
    let mut sorted: Vec<&(String, String)> = fields.iter().collect();
    sorted.sort_unstable();
    sorted.dedup();
    sorted.into_iter().flat_map(|(name, value)| [name.as_str(), value]).collect()
}

/// The URLs that Twilio may have signed for one that arrived: over http and https (a proxy may have taken TLS off), with
/// and without the port; a WebSocket URL also with a closing slash.
fn candidates(url: &str) -> Vec<String> {
    let url = url.split('#').next().unwrap_or_default();
    let Some((scheme, rest)) = url.split_once("://") else {
        return vec![url.to_owned()];
    };
    let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let host_and_port = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (host, port) = split_port(host_and_port);
    let (schemes, paths) = match scheme.to_ascii_lowercase().as_str() {
        "ws" | "wss" => (["wss", "ws"], vec![path.to_owned(), format!("{path}/")]),
        _ => (["https", "http"], vec![path.to_owned()]),
    };
    let mut found = Vec::new();
    for scheme in schemes {
        let usual = if matches!(scheme, "https" | "wss") { "443" } else { "80" };
        for path in &paths {
            found.push(format!("{scheme}://{host}{path}"));
            found.push(format!("{scheme}://{host}:{}{path}", port.unwrap_or(usual)));
        }
    }
    found
}

/// The port stands after the last colon, unless that belongs to an IPv6 address.
fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) => (host, Some(port)),
        _ => (authority, None),
    }
}

fn has_signed_digest(url: &str, body: &[u8]) -> bool {
    let query = url.split('#').next().and_then(|url| url.split_once('?')).map_or("", |(_, query)| query);
    let named = query.split('&').find_map(|pair| pair.strip_prefix("bodySHA256="));
    let digest: String = Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect();
    named.is_some_and(|named| bool::from(digest.as_bytes().ct_eq(named.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(fields: &[(&str, &str)]) -> Vec<(String, String)> {
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn verify(url: &str, body: Body<'_>, signature: &str) -> Result<(), Rejected> {
        Verifier::new("12345").verify(&Signed { url, body, signature: Some(signature), settings: None })
    }

    fn published() -> Vec<(String, String)> {
        form(&[
            ("Digits", "1234"),
            ("CallSid", "CA1234567890ABCDE"),
            ("To", "+18005551212"),
            ("Caller", "+14158675310"),
            ("From", "+14158675310"),
        ])
    }

    const URL: &str = "https://example.com/myapp.php?foo=1&bar=2";
    const SIGNATURE: &str = "L/OH5YylLD5NRKLltdqwSvS0BnU=";

    #[test]
    fn the_published_vector_verifies_whatever_the_order_of_the_fields() {
        let mut fields = published();
        assert_eq!(verify(URL, Body::Form(&fields), SIGNATURE), Ok(()));
        fields.reverse();
        assert_eq!(verify(URL, Body::Form(&fields), SIGNATURE), Ok(()));
        assert_eq!(sign("12345", URL, &fields), SIGNATURE);
    }

    #[test]
    fn forms_verify_with_encoded_queries_blanks_and_repeated_names() {
        let fields = form(&[("CallSid", "CA1234567890abcdef1234567890abcdef"), ("Digits", "1#")]);
        let url = "https://example.com/voice?s=a%20b&x=1";
        assert_eq!(verify(url, Body::Form(&fields), "j9iQfIE+d7XhT0XFmaa+4YafLw4="), Ok(()));
        let fields = form(&[("SpeechResult", "Zürich, bitte. "), ("Confidence", "0.93")]);
        assert_eq!(verify("http://127.0.0.1:8080/voice", Body::Form(&fields), "L6Uc9TTk6s/ARO9HzkstkRo2zio="), Ok(()));
        let fields = form(&[("a", "2"), ("a", "1"), ("a", "2"), ("B", "x")]);
        assert_eq!(verify("https://example.com/voice", Body::Form(&fields), "AEoIXpAjECLdIW30uEWimZ/S3nM="), Ok(()));
    }

    #[test]
    fn a_get_signs_the_url_alone() {
        let url = "https://example.com/voice?s=a%20b&x=1";
        assert_eq!(verify(url, Body::None, "NpXfAxh+QE9WBLHSBCztu/5p568="), Ok(()));
    }

    #[test]
    fn a_websocket_url_verifies_also_with_a_closing_slash() {
        assert_eq!(verify("wss://example.com/relay", Body::None, "mbNFdPBlYbXhXfiw/E6CoJbYji0="), Ok(()));
        let slashed = sign("12345", "wss://example.com/relay/", &[]);
        assert_eq!(verify("wss://example.com/relay", Body::None, &slashed), Ok(()));
    }

    #[test]
    fn another_body_is_checked_by_the_digest_in_the_url() {
        let url =
            "https://example.com/myapp?bodySHA256=5ccde7145dfb8f56479710896586cb9d5911809d83afbe34627818790db0aec9";
        let body = br#"{"CallSid":"CA1234567890ABCDE","Caller":"+12349013030"}"#;
        let signature = "hPXmLwIy3Fgqv1i9KPmH/HhQ6zo=";
        assert_eq!(verify(url, Body::Raw(body), signature), Ok(()));
        assert_eq!(verify(url, Body::Raw(b"{}"), signature), Err(Rejected::Body));
        assert_eq!(verify(URL, Body::Raw(b"{}"), &sign("12345", URL, &[])), Err(Rejected::Body));
    }

    #[test]
    fn the_url_verifies_with_and_without_port_and_behind_a_proxy_that_takes_tls_off() {
        for signed in ["https://example.com/v?a=1", "https://example.com:443/v?a=1", "https://example.com:8443/v?a=1"] {
            let signature = sign("12345", signed, &[]);
            for seen in [signed.to_owned(), signed.replace("https", "http")] {
                assert_eq!(verify(&seen, Body::None, &signature), Ok(()), "{signed} seen as {seen}");
            }
        }
        let without_port = sign("12345", "https://example.com/v?a=1", &[]);
        assert_eq!(verify("https://example.com:8443/v?a=1", Body::None, &without_port), Ok(()));
        let ipv6 = sign("12345", "http://[::1]:8080/v", &[]);
        assert_eq!(verify("http://[::1]:8080/v", Body::None, &ipv6), Ok(()));
    }

    #[test]
    fn credentials_and_fragment_are_not_signed() {
        let signature = sign("12345", "https://example.com/v", &[]);
        assert_eq!(verify("https://user:secret@example.com/v#rc=2", Body::None, &signature), Ok(()));
    }

    #[test]
    fn a_changed_field_path_token_or_signature_is_refused() {
        let fields = published();
        let mut changed = fields.clone();
        changed[0].1.push('5');
        assert_eq!(verify(URL, Body::Form(&changed), SIGNATURE), Err(Rejected::Mismatch));
        assert_eq!(verify("https://example.com/other", Body::Form(&fields), SIGNATURE), Err(Rejected::Mismatch));
        assert_eq!(
            verify("https://evil.com/myapp.php?foo=1&bar=2", Body::Form(&fields), SIGNATURE),
            Err(Rejected::Mismatch)
        );
        assert_eq!(verify(URL, Body::Form(&fields), "AAAA"), Err(Rejected::Mismatch));
        let other = Verifier::new("54321");
        let request = Signed { url: URL, body: Body::Form(&fields), signature: Some(SIGNATURE), settings: None };
        assert_eq!(other.verify(&request), Err(Rejected::Mismatch));
    }

    #[test]
    fn a_missing_signature_or_an_unknown_way_of_signing_is_refused() {
        let fields = published();
        let request = Signed { url: URL, body: Body::Form(&fields), signature: None, settings: None };
        let verifier = Verifier::new("12345");
        assert_eq!(verifier.verify(&request), Err(Rejected::Missing));
        assert_eq!(verifier.verify(&Signed { signature: Some(" "), ..request }), Err(Rejected::Missing));
        let settings = Some("key=KY1,algorithm=HMAC_SHA512");
        assert_eq!(
            verifier.verify(&Signed { signature: Some(SIGNATURE), settings, ..request }),
            Err(Rejected::Unsupported)
        );
    }

    #[test]
    fn the_token_and_the_form_stay_out_of_debug_output() {
        let fields = published();
        let shown = format!("{:?} {:?}", Verifier::new("12345"), Body::Form(&fields));
        assert!(!shown.contains("12345") && !shown.contains("1415"), "{shown}");
    }
}
