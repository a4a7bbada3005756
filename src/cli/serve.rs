use super::{Failure, target};
use crate::dialogue::show_sensitive;
use crate::server::{Server, ServerError, shutdown_signal};
use clap::Args;
use std::path::PathBuf;
use std::sync::Arc;

/// Serve the webhooks of Twilio.
///
/// Without --config it reads voxbridge.toml where it runs; without that it serves the sample applications of
/// legacy-vxml. It listens on 127.0.0.1:8080 unless the configuration says otherwise. `voxbridge docs config` prints
/// what a configuration may say.
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// The configuration file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Serve {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let Some(config) = target::configuration(self.config.as_deref())? else {
            let text = "error: there is no voxbridge.toml here; name a configuration by --config FILE\n\
                        A minimal one:\n\n    [[app]]\n    name = \"hello\"\n    start = \"hello.vxml\"";
            return Err(Failure::unable(text));
        };
        if config.log.sensitive {
            show_sensitive(true);
            tracing::warn!(
                "the log shows what callers say and key in (log.sensitive): switch it off once the fault is found"
            );
        }
        let server = Server::bind(&config).await.map_err(|error| match error {
            ServerError::Config(error) => error.into(),
            other => Failure::unable(format!("error: {other}")),
        })?;
        let shutdown = shutdown_signal(Arc::clone(server.site()));
        super::print(&announcement(&server, self.config.as_deref(), config.signed()))?;
        server.run(shutdown).await.map_err(|error| Failure::unable(format!("error: the server stopped: {error}")))
    }
}

/// What a person who starts the server wants to know.
fn announcement(server: &Server, config: Option<&std::path::Path>, signed: bool) -> String {
    let mut text = server.overview();
    if !signed {
        text.push_str(&format!(
            "\nSignatures are not checked: only this machine reaches {}, unless a tunnel leads here. Set TWILIO_AUTH_TOKEN\n\
             to accept Twilio's requests only.\n",
            server.address()
        ));
    }
    let program = std::env::args().next().unwrap_or_else(|| "voxbridge".to_owned());
    let config = config.map(|path| format!(" --config {}", path.display())).unwrap_or_default();
    if let Some(app) = server.site().apps.first() {
        text.push_str(&format!(
            "\nPlace a simulated call from another terminal:\n  {program} call {}{config}\n\n",
            app.name
        ));
    }
    text
}
