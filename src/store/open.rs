//! A store by its URL.

use super::{Keep, Memory, Redis, Sqlite, Store, StoreError};
use std::path::Path;
use std::sync::Arc;

/// What a URL of a store may be, for errors.
const KINDS: &str = "`memory:`, `sqlite:PATH`, `redis://HOST`, `redis-cluster://HOST,HOST`, `redis-sentinel://HOST,HOST/MASTER` \
                     (with TLS `rediss…`)";

/// Opens the store a URL names: `memory:`, `sqlite:PATH` (or `file:PATH`), or a Redis (`redis://…`). A relative path starts at `folder`.
///
/// # Errors
/// [`StoreError::Broken`] if the URL names no store or its file cannot be opened. A server that is not there now is no
/// error: the store says [`StoreError::Unreachable`] until it is. A password in the URL is in no error.
pub fn open(url: &str, folder: &Path, keep: Keep) -> Result<Arc<dyn Store>, StoreError> {
    match url.split_once(':').unwrap_or_default() {
        ("memory", "") => Ok(Arc::new(Memory::keeping(keep))),
        ("sqlite" | "file", rest) if !path_of(rest).is_empty() => {
            Ok(Arc::new(Sqlite::open(&folder.join(path_of(rest)), keep)?))
        }
        (scheme, _) if Redis::is_scheme(scheme) => Ok(Arc::new(Redis::open(url, keep)?)),
        _ => Err(StoreError::Broken(format!("the URL of the store is none of {KINDS}"))),
    }
}

/// `sqlite:data/x.db` and `sqlite:///var/x.db` alike.
fn path_of(rest: &str) -> &str {
    rest.strip_prefix("//").unwrap_or(rest)
}
