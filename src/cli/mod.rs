//! The commands.

// The commands read files, the environment and the clock.
#![allow(clippy::disallowed_methods)]

mod call;
mod check;
mod draw;
mod logging;
mod phone;
mod serve;
mod syntax;
mod target;
mod transcript;
mod translate;

use clap::{Parser, Subcommand, ValueEnum};
use std::fmt;
use std::future::Future;
use std::process::ExitCode;

/// Runs legacy VoiceXML phone applications behind today's phone platforms and lets callers speak freely.
///
/// Start with `voxbridge serve` and `voxbridge call NAME`.
#[derive(Debug, Parser)]
#[command(name = "voxbridge", version, propagate_version = true)]
struct Cli {
    /// How the log (on standard error) is written. RUST_LOG says how much, e.g. RUST_LOG=voxbridge=debug
    #[arg(long, value_enum, default_value = "text", global = true, value_name = "FORMAT")]
    log: LogFormat,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Serve),
    Call(call::Call),
    Check(check::Check),
    Translate(translate::Translate),
    /// Print reference documentation made from the program itself
    #[command(hide = true)]
    Docs {
        /// Which page
        page: Page,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LogFormat {
    /// Lines for people
    Text,
    /// One JSON object a line
    Json,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Page {
    /// The configuration reference, as Markdown
    Config,
    /// The command reference, as Markdown
    Cli,
}

/// What went wrong, ready to be shown, and the exit code: 1 for a finding (a failed check or expectation), 2 for a command
/// that could not be carried out.
#[derive(Debug)]
struct Failure {
    text: String,
    code: u8,
}

impl Failure {
    fn finding(text: impl Into<String>) -> Self {
        Self { text: text.into(), code: 1 }
    }

    fn unable(text: impl Into<String>) -> Self {
        Self { text: text.into(), code: 2 }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Carries out the command line of this process.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let quiet = !matches!(cli.command, Command::Serve(_));
    logging::start(cli.log, quiet);
    let done = match cli.command {
        Command::Serve(serve) => block_on(serve.run()),
        Command::Call(call) => block_on(call.run()),
        Command::Check(check) => check.run(),
        Command::Translate(translate) => block_on(translate.run()),
        Command::Docs { page: Page::Config } => print(&crate::server::keys::reference()),
        Command::Docs { page: Page::Cli } => print(&reference()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !failure.text.is_empty() {
                eprintln!("{}", failure.text.trim_end());
            }
            ExitCode::from(failure.code)
        }
    }
}

fn block_on(work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::unable(format!("error: the runtime cannot be started: {error}")))?;
    let done = runtime.block_on(work);
    // Standard input may still be waited for; that must not keep the command from ending.
    runtime.shutdown_background();
    done
}

/// Prints a text; a reader that has gone (`| head`) is no error.
fn print(text: &str) -> Result<(), Failure> {
    use std::io::Write as _;
    let _ = std::io::stdout().write_all(text.as_bytes());
    Ok(())
}

/// The command reference as Markdown.
fn reference() -> String {
    use clap::CommandFactory as _;
    let mut root = Cli::command();
    root.build();
    let mut page = String::from("# Commands\n\n<!-- Made by `voxbridge docs cli > docs/commands.md`. -->\n");
    for command in root.get_subcommands_mut().filter(|command| !command.is_hide_set() && command.get_name() != "help") {
        let help = command.render_long_help().to_string();
        let help = help.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
        page.push_str(&format!("\n## `voxbridge {}`\n\n```text\n{}\n```\n", command.get_name(), help.trim_end()));
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_reference_shows_every_command() {
        let page = reference();
        for name in ["serve", "call", "check", "translate"] {
            assert!(page.contains(&format!("## `voxbridge {name}`")), "{page}");
        }
    }
}
