//! The documentation tells the truth: generated pages are what the program generates, links lead somewhere, and what a
//! page shows of the program is what the program does.
//!
//! In a page, ` ```KIND file=NAME ` is a file; all files of a page lie in one folder. ` ```console ` is a terminal in that
//! folder (` ```console project ` in the project's): `$ voxbridge …` is run, lines with `> ` are typed, and what stands
//! below is what comes out, `...` standing for any number of lines.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use voxbridge::server::Rejection;

const PROGRAM: &str = env!("CARGO_BIN_EXE_voxbridge");

/// A fenced block of a page.
struct Block {
    /// The line it begins on.
    line: usize,
    /// What stands after the fence.
    kind: String,
    text: String,
}

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    std::fs::read_to_string(project().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// README and all of docs/, by their paths in the project.
fn pages() -> Vec<String> {
    let docs = std::fs::read_dir(project().join("docs")).unwrap().map(|entry| entry.unwrap().file_name());
    let docs = docs.map(|name| format!("docs/{}", name.into_string().unwrap())).filter(|name| name.ends_with(".md"));
    let top = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "legacy-vxml/README.md"].map(str::to_owned);
    let mut pages: Vec<String> = docs.chain(top).collect();
    pages.sort();
    pages
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut inside = false;
    for (number, line) in (1..).zip(page.lines()) {
        match (line.trim_start().strip_prefix("```"), inside) {
            (Some(kind), false) => {
                blocks.push(Block { line: number, kind: kind.trim().to_owned(), text: String::new() });
                inside = true;
            }
            (Some(_), true) => inside = false,
            (None, true) => {
                let block = blocks.last_mut().unwrap();
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, false) => {}
        }
    }
    blocks
}

fn voxbridge(arguments: &[&str], folder: &Path, typed: &str) -> String {
    let mut command = Command::new(PROGRAM);
    command.args(arguments).current_dir(folder).env_remove("RUST_LOG").env_remove("TWILIO_AUTH_TOKEN");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A command that reads nothing may have ended before all is typed.
    let _ = child.stdin.take().unwrap().write_all(typed.as_bytes());
    let output = child.wait_with_output().unwrap();
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

/// Whether `real` is `expected`, in which a line `...` stands for any lines.
fn agrees(expected: &[&str], real: &[&str]) -> bool {
    match expected {
        [] => real.is_empty(),
        ["...", rest @ ..] => (0..=real.len()).any(|skipped| agrees(rest, &real[skipped..])),
        [line, rest @ ..] => real.first() == Some(line) && agrees(rest, &real[1..]),
    }
}

/// Runs the commands of a terminal and compares what comes out.
fn hold_to_console(page: &str, block: &Block, folder: &Path) {
    let lines: Vec<&str> = block.text.lines().map(str::trim_end).collect();
    let starts: Vec<usize> = (0..lines.len()).filter(|&at| lines[at].starts_with("$ ")).collect();
    for (place, &start) in starts.iter().enumerate() {
        let end = starts.get(place + 1).copied().unwrap_or(lines.len());
        let Some(arguments) = lines[start].strip_prefix("$ voxbridge ") else { continue };
        let shown = &lines[start + 1..end];
        let typed: Vec<&str> = shown.iter().filter_map(|line| line.strip_prefix('>')).map(str::trim_start).collect();
        let typed: String = typed.iter().map(|line| format!("{line}\n")).collect();
        let arguments: Vec<&str> = arguments.split_whitespace().collect();
        let real = voxbridge(&arguments, folder, &typed);
        let real: Vec<&str> = real.lines().map(str::trim_end).collect();
        let real = real.strip_suffix(&[""]).unwrap_or(&real);
        let shown = shown.strip_suffix(&[""]).unwrap_or(shown);
        assert!(
            agrees(shown, real),
            "{page}:{}: `{}` says\n\n{}\n\nbut the page shows\n\n{}",
            block.line + start + 1,
            lines[start],
            real.join("\n"),
            shown.join("\n")
        );
    }
}

#[test]
fn the_generated_pages_are_up_to_date() {
    let pages = [("config", "docs/configuration.md"), ("cli", "docs/cli.md"), ("conformance", "docs/conformance.md")];
    for (page, name) in pages {
        assert!(voxbridge(&["docs", page], project(), "") == read(name), "{name} is out of date: run `make docs`");
    }
}

#[test]
fn what_the_pages_show_is_what_the_program_does() {
    let mut held = 0;
    for page in pages() {
        let blocks = blocks(&read(&page));
        let folder = tempfile::tempdir().unwrap();
        for block in &blocks {
            if let Some((_, name)) = block.kind.split_once("file=") {
                let path = folder.path().join(name);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, &block.text).unwrap();
            } else if block.kind == "console" {
                hold_to_console(&page, block, folder.path());
                held += 1;
            } else if block.kind == "console project" {
                hold_to_console(&page, block, project());
                held += 1;
            }
        }
    }
    assert!(held > 5, "only {held} terminals were found");
}

#[test]
fn links_lead_somewhere() {
    for page in pages() {
        let folder = PathBuf::from(&page).parent().unwrap().to_path_buf();
        let text = read(&page);
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = link.split('#').next().unwrap();
            if path.contains("://") || path.is_empty() {
                continue;
            }
            assert!(project().join(&folder).join(path).exists(), "{page}: {link} leads nowhere");
        }
    }
}

#[test]
fn every_page_is_in_the_index() {
    let index = read("docs/README.md");
    for page in pages().iter().filter_map(|page| page.strip_prefix("docs/")).filter(|page| *page != "README.md") {
        assert!(index.contains(&format!("]({page})")), "docs/README.md does not lead to {page}");
    }
}

#[test]
fn every_refusal_of_a_webhook_is_explained() {
    let page = read("docs/webhooks.md");
    for rejection in Rejection::ALL {
        let (status, body, advice) = rejection.row();
        let row = format!("| {} | {body} | {advice} |", status.as_u16());
        assert!(page.contains(&row), "docs/webhooks.md lacks\n{row}");
    }
}

#[test]
fn everything_twilio_cannot_express_is_explained() {
    let page = read("docs/limits-and-differences.md");
    let mut codes = 0;
    for file in std::fs::read_dir(project().join("src/channel/twilio")).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let production = text.split("#[cfg(test)]").next().unwrap();
        for code in production.split("notes.add(").skip(1).filter_map(|rest| rest.split('"').nth(1)) {
            assert!(page.contains(&format!("| `{code}` |")), "docs/limits-and-differences.md lacks `{code}`");
            codes += 1;
        }
    }
    assert!(codes > 5, "only {codes} notes were found");
}
