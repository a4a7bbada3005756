use super::{Failure, print};
use crate::conformance::{Options, Via, run};
use clap::Args;
use std::path::PathBuf;

/// Run a suite of conformance tests, such as your own copy of the W3C's, and say which pass.
///
/// A suite is a folder with VoiceXML documents and a manifest.json that says what the caller of each does and what is to be
/// heard; docs/howto-run-conformance.md has the format. The documents run as they are written, in mode `keys`. The exit
/// code is 1 where a test fails, 2 where none could be run.
#[derive(Debug, Args)]
pub(super) struct Conformance {
    /// The folder of the suite, with its manifest.json
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    /// Write what each test came to into this file, as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,

    /// How the tests are played
    #[arg(long, value_enum, default_value = "http")]
    via: Via,

    /// Run these tests only, by id or suite/id
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    only: Vec<String>,
}

impl Conformance {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let options = Options { folder: self.folder, via: self.via, only: self.only, watch: None };
        let report = run(&options).await.map_err(|error| Failure::unable(format!("error: {error}")))?;
        print(&report.table())?;
        if let Some(path) = &self.json {
            std::fs::write(path, report.json())
                .map_err(|error| Failure::unable(format!("error: {} cannot be written: {error}", path.display())))?;
        }
        if report.failed == 0 { Ok(()) } else { Err(Failure::finding("")) }
    }
}
