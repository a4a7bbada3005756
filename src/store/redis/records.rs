//! Records in Redis: a hash each, and a sorted set of the keys of each collection, which all lie in one slot.

use super::super::{Put, Record, StoreError};
use super::{Invocation, Redis, expiry};
use redis::{cmd, pipe};
use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

/// Records read at a time.
const PAGE: usize = 200;

/// What a hash holds of a record; nothing, once it has expired.
type Held = (Option<u64>, Option<String>);

impl Redis {
    pub(super) async fn held(&self, collection: &str, key: &str) -> Result<Option<Record>, StoreError> {
        let mut question = cmd("HMGET");
        question.arg(self.kept(collection, key)).arg("version").arg("value");
        Ok(record(self.ask(&question).await?))
    }

    pub(super) async fn keep(&self, put: Put) -> Result<u64, StoreError> {
        let put = put.checked()?;
        let invocation = Invocation {
            code: &self.put,
            keys: vec![self.kept(&put.collection, &put.key), self.keys_of(&put.collection)],
            arguments: vec![
                put.known.to_string().into(),
                put.value.into(),
                mark().into(),
                expiry(put.keep).into(),
                put.key.into(),
            ],
        };
        let mut answer = self.run::<Vec<String>>(&invocation, &[]).await?.into_iter();
        match (answer.next().as_deref(), answer.next(), answer.next()) {
            (Some("written"), ..) => Ok(put.known + 1),
            (_, version, value) => {
                Err(StoreError::Changed(record((version.and_then(|version| version.parse().ok()), value))))
            }
        }
    }

    pub(super) async fn all_held(
        &self,
        collection: &str,
        prefix: &str,
        most: usize,
    ) -> Result<Vec<(String, Record)>, StoreError> {
        let (mut found, mut passed) = (Vec::new(), 0);
        while found.len() < most {
            let mut question = cmd("ZRANGEBYLEX");
            question.arg(self.keys_of(collection)).arg(format!("[{prefix}"));
            // No text has such a byte.
            question.arg([b"[".as_slice(), prefix.as_bytes(), b"\xff"].concat()).arg("LIMIT").arg(passed).arg(PAGE);
            let keys: Vec<String> = self.ask(&question).await?;
            if keys.is_empty() {
                break;
            }
            let mut question = pipe();
            for key in &keys {
                question.cmd("HMGET").arg(self.kept(collection, key)).arg("version").arg("value");
            }
            let held: Vec<Held> = self.ask(&question).await?;
            passed += keys.len();
            for (key, held) in keys.into_iter().zip(held) {
                match record(held) {
                    Some(record) if found.len() < most => found.push((key, record)),
                    Some(_) => {}
                    None => {
                        self.forget(collection, &key).await?;
                        passed -= 1;
                    }
                }
            }
        }
        Ok(found)
    }

    async fn forget(&self, collection: &str, key: &str) -> Result<(), StoreError> {
        let invocation = Invocation {
            code: &self.forget,
            keys: vec![self.kept(collection, key), self.keys_of(collection)],
            arguments: vec![key.into()],
        };
        self.run::<i64>(&invocation, &[]).await.map(drop)
    }

    fn kept(&self, collection: &str, key: &str) -> String {
        format!("{}:{{{collection}}}:record:{key}", self.prefix)
    }

    fn keys_of(&self, collection: &str) -> String {
        format!("{}:{{{collection}}}:records", self.prefix)
    }
}

fn record((version, value): Held) -> Option<Record> {
    Some(Record { version: version?, value: value? })
}

/// What no other write has: by it one is known that was sent twice, as its answer was lost.
fn mark() -> String {
    static WRITES: AtomicU64 = AtomicU64::new(0);
    let number = WRITES.fetch_add(1, Ordering::Relaxed);
    let random = || RandomState::new().hash_one(number);
    format!("{:016x}{:016x}", random(), random())
}
