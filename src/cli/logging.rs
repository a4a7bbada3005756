use super::LogFormat;
use crate::dialogue::Sensitive;
use std::any::Any;
use std::io::IsTerminal as _;
use std::panic::PanicHookInfo;
use tracing_subscriber::EnvFilter;

/// Starts the log on standard error. `quiet` commands say only what went wrong unless `RUST_LOG` asks for more.
pub(super) fn start(format: LogFormat, quiet: bool) {
    let usual = if quiet { "error" } else { "info" };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(usual));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // Fails only if a log was started already, which then serves as well.
    let _ = match format {
        LogFormat::Text => log.with_ansi(std::io::stderr().is_terminal()).try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    };
    if !quiet {
        std::panic::set_hook(Box::new(log_panic));
    }
}

/// A panic says where it happened. What it says besides may quote what a caller said.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    tracing::error!(place, why = %Sensitive(words_of(panic.payload())), "panicked: a fault of voxbridge, please report it");
}

fn words_of(payload: &dyn Any) -> &str {
    let owned = || payload.downcast_ref::<String>().map(String::as_str);
    payload.downcast_ref::<&str>().copied().or_else(owned).unwrap_or_default()
}
