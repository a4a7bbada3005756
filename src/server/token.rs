//! The admin token: how it is made, kept and verified. It is long and random, so nobody guesses it; what is kept of it,
//! an Argon2 hash or a digest, does not give it away.

use super::Rejection;
use super::config::Admin;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, try_generate_salt};
use argon2::{Argon2, Params};
use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use sha2::{Digest as _, Sha256};
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use subtle::ConstantTimeEq as _;
use tokio::sync::Semaphore;

/// More memory than verifying one token may take, in KiB: 256 MiB.
const MOST_MEMORY: u32 = 256 * 1024;
/// Wrong tokens at once; after them one a second.
const WRONG_AT_ONCE: NonZeroU32 = NonZeroU32::new(10).unwrap();
/// Hashes that are computed at a time: each takes a core, and megabytes.
const AT_A_TIME: usize = 1;

/// A new token, and the hash of it for the configuration.
///
/// # Errors
/// If the system has no random numbers, or no memory.
pub fn generate() -> Result<(String, String), String> {
    let random = || try_generate_salt().map_err(|error| format!("the system gives no random numbers: {error}"));
    let token = URL_SAFE_NO_PAD.encode([random()?, random()?].concat());
    let hash = Argon2::default().hash_password(token.as_bytes());
    let hash: PasswordHash = hash.map_err(|error| format!("the token cannot be hashed: {error}"))?;
    Ok((token, hash.to_string()))
}

/// Whether a hash can be verified, at a cost that one can bear.
///
/// # Errors
/// What is wrong with it, to follow its name.
pub(super) fn check_hash(hash: &str) -> Result<(), &'static str> {
    let hash = PasswordHash::new(hash).map_err(|_| "is no hash of a token")?;
    if hash.algorithm.as_str() != "argon2id" || hash.salt.is_none() || hash.hash.is_none() {
        return Err("is no Argon2 hash (`$argon2id$…`)");
    }
    let params = Params::try_from(&hash).map_err(|_| "has parameters that Argon2 does not know")?;
    if params.m_cost() > MOST_MEMORY || params.t_cost() > 32 || params.p_cost() > 16 {
        return Err("costs too much to verify (more than 256 MiB, 32 passes or 16 lanes)");
    }
    Ok(())
}

type Digest = [u8; 32];

/// Lets in who has the token.
pub(super) struct Gate {
    kept: Kept,
    /// The digest of the token that was right: its hash need not be computed again.
    known: Mutex<Option<Digest>>,
    wrong: DefaultDirectRateLimiter,
    computing: Semaphore,
}

/// What is kept of the token.
enum Kept {
    Digest(Digest),
    Hash(Box<PasswordHash>),
}

impl Gate {
    /// A gate for what the configuration says; none if it says nothing. The environment's token wins over the file's.
    pub(super) fn new(admin: &Admin) -> Option<Self> {
        let kept = match (&admin.token, &admin.token_hash) {
            (Some(token), _) => Kept::Digest(digest(token.trim())),
            (None, Some(hash)) => Kept::Hash(Box::new(PasswordHash::new(hash).ok()?)),
            (None, None) => return None,
        };
        Some(Self {
            kept,
            known: Mutex::default(),
            wrong: RateLimiter::direct(Quota::per_second(NonZeroU32::MIN).allow_burst(WRONG_AT_ONCE)),
            computing: Semaphore::new(AT_A_TIME),
        })
    }

    /// Whether a request carries the token.
    ///
    /// # Errors
    /// [`Rejection::Token`] if it does not; [`Rejection::TooManyTokens`] if that happened too often.
    pub(super) async fn admit(&self, headers: &HeaderMap) -> Result<(), Rejection> {
        let Some(token) = bearer(headers) else { return Err(Rejection::Token) };
        let presented = digest(token);
        match &self.kept {
            Kept::Digest(digest) if bool::from(digest.ct_eq(&presented)) => return Ok(()),
            Kept::Hash(_) if self.is_known(&presented) => return Ok(()),
            _ => {}
        }
        if self.wrong.check().is_err() {
            return Err(Rejection::TooManyTokens);
        }
        match &self.kept {
            Kept::Hash(hash) if self.verify(hash.clone(), token.to_owned()).await => {
                *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(presented);
                Ok(())
            }
            _ => Err(Rejection::Token),
        }
    }

    fn is_known(&self, presented: &Digest) -> bool {
        let known = *self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.is_some_and(|known| bool::from(known.ct_eq(presented)))
    }

    /// Computes the hash, which takes long on purpose, where it holds nobody up.
    async fn verify(&self, hash: Box<PasswordHash>, token: String) -> bool {
        // The semaphore is never closed.
        let Ok(_place) = self.computing.acquire().await else { return false };
        let computed = move || Argon2::default().verify_password(token.as_bytes(), &*hash).is_ok();
        tokio::task::spawn_blocking(computed).await.unwrap_or(false)
    }
}

/// The token of `Authorization: Bearer TOKEN`.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

fn digest(token: &str) -> Digest {
    Sha256::digest(token.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::Secret;

    fn with(token: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::AUTHORIZATION, format!("Bearer {token}").parse().unwrap())])
    }

    fn kept(token: Option<&str>, hash: Option<String>) -> Admin {
        Admin { token: token.map(|token| Secret(token.to_owned())), token_hash: hash.map(Secret) }
    }

    #[tokio::test]
    async fn a_generated_token_opens_by_its_hash_and_no_other_does() {
        let (token, hash) = generate().unwrap();
        assert_eq!(token.len(), 43);
        check_hash(&hash).unwrap();
        assert!(!hash.contains(&token));
        let gate = Gate::new(&kept(None, Some(hash))).unwrap();
        assert_eq!(gate.admit(&with(&generate().unwrap().0)).await, Err(Rejection::Token));
        gate.admit(&with(&token)).await.unwrap();
        assert!(gate.is_known(&digest(&token)));
        gate.admit(&with(&token)).await.unwrap();
        assert_eq!(gate.admit(&with(&token[1..])).await, Err(Rejection::Token));
        assert_eq!(gate.admit(&HeaderMap::new()).await, Err(Rejection::Token));
    }

    #[tokio::test]
    async fn who_guesses_is_held_up_and_who_knows_is_not() {
        let gate = Gate::new(&kept(Some("0123456789abcdef"), None)).unwrap();
        let mut answers = Vec::new();
        for guess in 0..30 {
            answers.push(gate.admit(&with(&format!("guess{guess}"))).await.unwrap_err());
        }
        assert_eq!(answers[0], Rejection::Token);
        assert!(answers.contains(&Rejection::TooManyTokens), "{answers:?}");
        gate.admit(&with("0123456789abcdef")).await.unwrap();
    }

    #[test]
    fn only_a_hash_one_can_verify_is_taken() {
        for hash in ["", "secret", "$argon2id$v=19$m=19456,t=2,p=1", "$2b$12$abcdefghijklmnopqrstuv"] {
            assert!(check_hash(hash).is_err(), "{hash}");
        }
        let (_, hash) = generate().unwrap();
        assert!(check_hash(&hash.replace("m=19456", "m=4000000")).unwrap_err().contains("too much"));
        assert!(check_hash(&hash.replace("argon2id", "argon2d")).is_err());
    }

    #[test]
    fn without_a_token_there_is_no_gate() {
        assert!(Gate::new(&Admin::default()).is_none());
    }
}
