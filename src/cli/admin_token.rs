use super::Failure;
use crate::server::generate_token;
use clap::Args;

/// Make a token for the admin API
///
/// Prints the token, which is kept nowhere, and the line for the configuration, which does not give it away.
#[derive(Debug, Args)]
pub(super) struct AdminToken;

impl AdminToken {
    pub(super) fn run(self) -> Result<(), Failure> {
        let (token, hash) = generate_token().map_err(|why| Failure::unable(format!("error: {why}")))?;
        super::print(&format!(
            "The token, shown only now; keep it as you keep passwords:\n\n    {token}\n\n\
             In the configuration, so that `Authorization: Bearer TOKEN` opens /admin and /metrics:\n\n    \
             [admin]\n    token_hash = \"{hash}\"\n\n\
             Or, without a hash in the file, in the environment: VOXBRIDGE_ADMIN_TOKEN=TOKEN\n"
        ))
    }
}
