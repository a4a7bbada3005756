//! Where the checks find what lies outside of this folder.

use std::path::{Path, PathBuf};

/// The shared folder, beside the checkout unless `VOXBRIDGE_SHARED` says otherwise.
pub(crate) fn shared() -> PathBuf {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    std::env::var_os("VOXBRIDGE_SHARED").map_or_else(beside, PathBuf::from).canonicalize().unwrap()
}
