use super::draw::draw;
use super::syntax::check_syntax;
use super::target::dialects;
use super::{Failure, check_mapping};
use crate::dialogue::{
    Diagnostic, Dialect, Document, FREE_TEXT, GrammarSource, GrammarText, InputMode, ItemKind, Position, Severity,
    Source,
};
use crate::grammar::{Grammar, NoBuiltin, Setting};
use crate::nlu::Mapping;
use crate::server::config::{AppConfig, Config};
use crate::vxml;
use clap::{Args, ValueEnum};
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use url::Url;

/// How deep folders are looked into.
const DEEPEST: usize = 32;

/// Check documents, grammars and mappings.
///
/// Folders are looked through for documents (.vxml, and .xml that holds one) and grammars (.grxml, .srgs, .gram, .abnf, .jsgf, .gsl); mappings and configurations (.toml) are checked
/// where they are named: a configuration's mappings against the documents of their applications, a mapping that is named by
/// itself against the documents that are named with it. Exits with 1 if one of them cannot run.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// Files and folders
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// The platform the documents were written for
    #[arg(long, value_parser = dialects(), value_name = "DIALECT", default_value = "standard")]
    dialect: Dialect,

    /// How findings are printed
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// With the line and a caret
    Text,
    /// As a JSON array
    Json,
}

impl Check {
    pub(super) fn run(self) -> Result<(), Failure> {
        let mut files = Vec::new();
        for path in &self.paths {
            if path.is_dir() {
                gather(path, DEEPEST, &mut files);
            } else {
                files.push(path.clone());
            }
        }
        if files.is_empty() {
            return Err(Failure::unable("error: there is nothing to check: no document and no grammar"));
        }
        let documents: Vec<PathBuf> = files.iter().filter(|file| is_document(file)).cloned().collect();
        let findings: Vec<Diagnostic> =
            files.iter().flat_map(|file| check_file(file, self.dialect, &documents)).collect();
        let errors = findings.iter().filter(|finding| finding.is_error()).count();
        match self.format {
            Format::Text => {
                super::print(&draw(&findings, std::io::stdout().is_terminal()))?;
                super::print(&summary(files.len(), errors, findings.len() - errors))?;
            }
            Format::Json => {
                super::print(&(serde_json::to_string_pretty(&findings).unwrap_or_default() + "\n"))?;
            }
        }
        if errors > 0 { Err(Failure::finding("")) } else { Ok(()) }
    }
}

/// The documents and grammars of a folder and those below it, by name.
fn gather(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    for path in paths {
        let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or_default().to_ascii_lowercase();
        if path.is_dir() && !path.is_symlink() && depth > 0 {
            gather(&path, depth - 1, files);
        } else if matches!(kind.as_str(), "vxml" | "grxml" | "srgs" | "gram" | "abnf" | "jsgf" | "gsl")
            || kind == "xml" && is_ours(&path)
        {
            files.push(path);
        }
    }
}

/// Whether a file called `.xml` has something of ours in it. Beside documents lie data, build files and settings.
fn is_ours(path: &Path) -> bool {
    let text = std::fs::read(path).map(|bytes| vxml::decode(&bytes, None));
    // What cannot be read is worth a word.
    text.map_or(true, |text| ["<vxml", "<grammar"].iter().any(|start| text.contains(start)))
}

/// What is wrong with a file.
fn check_file(path: &Path, dialect: Dialect, documents: &[PathBuf]) -> Vec<Diagnostic> {
    let file = path.display().to_string();
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => return vec![Diagnostic::error("unreadable", &file, format!("cannot be read: {error}"))],
    };
    if path.extension().is_some_and(|kind| kind == "toml") {
        return check_toml(path, &file, &String::from_utf8_lossy(&bytes), documents, dialect);
    }
    let text = vxml::decode(&bytes, None);
    if is_grammar(&text, path) {
        check_grammar(&text, path, &file)
    } else {
        check_document(&text, path, &file, dialect)
    }
}

/// Whether the first element of an XML text is `<grammar>`; what is no XML is a grammar unless its name says otherwise.
fn is_grammar(text: &str, path: &Path) -> bool {
    if !text.trim_start_matches(|c: char| c == '\u{feff}' || c.is_whitespace()).starts_with('<') {
        let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or_default().to_ascii_lowercase();
        return !matches!(kind.as_str(), "vxml" | "xml" | "");
    }
    let place = |name| text.find(name).unwrap_or(usize::MAX);
    place("<grammar") < place("<vxml")
}

fn check_toml(path: &Path, file: &str, text: &str, documents: &[PathBuf], dialect: Dialect) -> Vec<Diagnostic> {
    let text = text.trim_start_matches('\u{feff}');
    let is_table =
        |line: &str| ["[[app]]", "[server]", "[twilio]", "[limits]"].iter().any(|name| line.starts_with(name));
    if !text.lines().any(|line| is_table(line.trim_start())) {
        return match Mapping::parse(text, file) {
            Ok(mapping) => check_mapping::check(&mapping, text, file, documents, dialect),
            Err(findings) => findings,
        };
    }
    match Config::load(path).and_then(|config| config.apps().map(|_| config)) {
        Ok(config) => check_transfers(&config).into_iter().chain(check_mappings(&config)).collect(),
        Err(error) => vec![*error.0],
    }
}

/// The mappings of the applications, held against their documents as far as these are files.
fn check_mappings(config: &Config) -> Vec<Diagnostic> {
    let of_app = |app: &AppConfig| {
        let path = config.origin.folder.join(app.mapping.as_ref()?.get_ref());
        let text = std::fs::read_to_string(&path).ok()?;
        let file = path.display().to_string();
        let start = config.origin.folder.join(app.start.get_ref().split('#').next().unwrap_or_default());
        let mut files = Vec::new();
        gather(start.parent().filter(|_| start.is_file())?, DEEPEST, &mut files);
        files.retain(|file| is_document(file));
        Some(match Mapping::parse(&text, &file) {
            Ok(mapping) => check_mapping::check(&mapping, &text, &file, &files, app.dialect),
            Err(findings) => findings,
        })
    };
    config.app.iter().filter_map(of_app).flatten().collect()
}

fn is_document(path: &Path) -> bool {
    path.extension().is_some_and(|kind| kind.eq_ignore_ascii_case("vxml") || kind.eq_ignore_ascii_case("xml"))
}

/// Applications whose documents compute the destinations of transfers without a list of those that are allowed: the
/// transfers fail.
fn check_transfers(config: &Config) -> Vec<Diagnostic> {
    let unlisted = config.app.iter().filter(|app| app.allow_transfers.is_none());
    let finding = |app: &AppConfig| {
        let start = config.origin.folder.join(app.start.get_ref().split('#').next().unwrap_or_default());
        let mut files = Vec::new();
        gather(start.parent()?, DEEPEST, &mut files);
        let (file, at) = files.iter().find_map(|file| Some((file, computed_destination(file, app.dialect)?)))?;
        let message = format!(
            "`{}` has no allow_transfers, but {}:{} computes the destination of a transfer: it will be refused",
            app.name.get_ref(),
            file.display(),
            at.line
        );
        let help = "list the destinations that are meant, e.g. allow_transfers = [\"+1555*\"]";
        let mut finding = *config.wrong(&app.name, message, help).0;
        finding.severity = Severity::Warning;
        finding.code = "computed-transfer".to_owned();
        Some(finding)
    };
    unlisted.filter_map(finding).collect()
}

/// Where a document has a `<transfer destexpr>`.
fn computed_destination(path: &Path, dialect: Dialect) -> Option<Position> {
    let text = vxml::decode(&std::fs::read(path).ok()?, None);
    if is_grammar(&text, path) {
        return None;
    }
    let (document, _) = vxml::inspect(&text, &path.display().to_string(), dialect);
    let document = document?;
    let mut items = document.dialogs.iter().flat_map(|dialog| &dialog.items);
    let computed = items.find(|item| match &item.kind {
        ItemKind::Transfer(transfer) => matches!(transfer.dest, Some(Source::Expr(_))),
        _ => false,
    });
    computed.map(|item| item.at)
}

fn check_document(text: &str, path: &Path, file: &str, dialect: Dialect) -> Vec<Diagnostic> {
    let (document, mut findings) = vxml::inspect(text, file, dialect);
    // What is wrong inside of a document that cannot run is wrong all the same.
    if let Some(document) = &document {
        let base = base_of(path);
        for source in grammars_of(document) {
            findings.extend(check_inline(source, document, file, &base));
        }
        findings.extend(check_types(document, file));
        findings.extend(check_syntax(document, file));
    }
    for finding in &mut findings {
        // A grammar is compiled apart from what is around it on its line.
        let line = finding.position.and_then(|at| text.lines().nth(at.line.saturating_sub(1) as usize));
        finding.source_line = line.map(str::to_owned).or(finding.source_line.take());
    }
    findings.sort_by_key(|finding| finding.position);
    findings.dedup();
    findings
}

fn check_inline(source: &GrammarSource, document: &Document, file: &str, base: &str) -> Vec<Diagnostic> {
    let (GrammarText::Xml(text) | GrammarText::Text(text)) = &source.text else { return Vec::new() };
    let lang = source.lang.as_deref().or(document.lang.as_deref());
    let setting = Setting { uri: file, base, mode: source.mode, lang, text_offset: source.text_at };
    findings_of(Grammar::read(text, source.media_type.as_deref(), &setting))
}

/// Field types and `builtin:` grammars that are none; a caller who comes there gets `error.unsupported.builtin`.
fn check_types(document: &Document, file: &str) -> Vec<Diagnostic> {
    let refused = |name: &str| {
        let modes = [InputMode::Dtmf, InputMode::Voice];
        modes.iter().find_map(|mode| Grammar::builtin(name, *mode, "en-US").err())
    };
    let fields = document.dialogs.iter().flat_map(|dialog| &dialog.items).filter_map(|item| match &item.kind {
        ItemKind::Field(field) => Some((field.builtin.as_deref().filter(|name| *name != FREE_TEXT)?, item.at)),
        _ => None,
    });
    let named = grammars_of(document).into_iter().filter_map(|source| match &source.text {
        GrammarText::Reference(Source::Literal(uri)) if uri.trim_start().starts_with("builtin:") => {
            Some((uri.trim(), source.at))
        }
        _ => None,
    });
    let refused = fields.chain(named).filter_map(|(name, at)| Some((refused(name)?, at)));
    let finding = |(why, at): (NoBuiltin, Position)| {
        let code = if matches!(why, NoBuiltin::Parameters(..)) { "bad-builtin" } else { "unknown-builtin" };
        let mut finding = Diagnostic::error(code, file, why.to_string());
        finding.position = Some(at);
        finding
    };
    refused.map(finding).collect()
}

fn check_grammar(text: &str, path: &Path, file: &str) -> Vec<Diagnostic> {
    let base = base_of(path);
    let start = Position { line: 1, column: 1, offset: 0 };
    let setting = Setting { uri: file, base: &base, mode: None, lang: None, text_offset: start };
    findings_of(Grammar::read(text, None, &setting))
}

fn findings_of(compiled: Result<Grammar, Vec<Diagnostic>>) -> Vec<Diagnostic> {
    match compiled {
        Ok(grammar) => grammar.diagnostics().to_vec(),
        Err(findings) => findings,
    }
}

/// Every `<grammar>` of a document.
fn grammars_of(document: &Document) -> Vec<&GrammarSource> {
    let links = document.links.iter();
    let links = links.chain(document.dialogs.iter().flat_map(|dialog| &dialog.links));
    let items = || document.dialogs.iter().flat_map(|dialog| &dialog.items);
    let links = links.chain(items().flat_map(|item| &item.links));
    let dialogs = document.dialogs.iter().flat_map(|dialog| dialog.grammars.iter().chain(&dialog.document_grammars));
    let choices = items().filter_map(|item| item.kind.as_menu()).flat_map(|menu| &menu.choices);
    let all = links.flat_map(|link| &link.grammars).chain(dialogs);
    let all = all.chain(items().flat_map(|item| &item.grammars)).chain(choices.flat_map(|choice| &choice.grammars));
    all.map(|source| &**source).collect()
}

fn base_of(path: &Path) -> String {
    let whole = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    Url::from_file_path(whole).map(String::from).unwrap_or_default()
}

fn summary(files: usize, errors: usize, warnings: usize) -> String {
    let count = |number: usize, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
    format!("{}: {}, {}\n", count(files, "file"), count(errors, "error"), count(warnings, "warning"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_looked_through_for_documents_and_grammars() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("grammars")).unwrap();
        for name in ["b.vxml", "a.VXML", "grammars/c.grxml", "notes.txt", "mapping.toml", "pom.xml"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        std::fs::write(folder.path().join("d.xml"), "<vxml version=\"2.1\"/>").unwrap();
        let mut files = Vec::new();
        gather(folder.path(), DEEPEST, &mut files);
        let names: Vec<_> = files.iter().map(|file| file.file_name().unwrap().to_str().unwrap()).collect();
        assert_eq!(names, ["a.VXML", "b.vxml", "d.xml", "c.grxml"]);
    }

    #[test]
    fn a_document_that_cannot_run_shows_all_that_is_wrong_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.vxml");
        let text = "<vxml version=\"2.1\"><form id=\"a\">\n<block><goto/></block>\n<field name=\"f\"><grammar root=\"x\" version=\"1.0\" \
                    mode=\"dtmf\"><rule id=\"a\">1</rule></grammar></field>\n<field name=\"g\" type=\"zip\"/>\n<block cond=\"a b\">\
                    <goto next=\"#b\"/></block></form></vxml>";
        std::fs::write(&path, text).unwrap();
        let findings = check_file(&path, Dialect::Standard, &[]);
        let found: Vec<_> = findings.iter().map(|found| (found.position.unwrap().line, found.code.as_str())).collect();
        let expected = [
            (2, "missing-attribute"),
            (3, "undefined-root"),
            (4, "unknown-builtin"),
            (5, "script-syntax"),
            (5, "unknown-dialog"),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn computed_destinations_that_nothing_allows_are_told_of() {
        let folder = tempfile::tempdir().unwrap();
        let document = "<vxml version=\"2.1\">\n<form><transfer name=\"x\" destexpr=\"'tel:' + n\"/></form></vxml>";
        std::fs::write(folder.path().join("main.vxml"), document).unwrap();
        let check = |more: &str| {
            let path = folder.path().join("voxbridge.toml");
            std::fs::write(&path, format!("[[app]]\nname = \"a\"\nstart = \"main.vxml\"\n{more}")).unwrap();
            check_file(&path, Dialect::Standard, &[])
        };
        let found = &check("")[0];
        assert!(!found.is_error() && found.message.contains("main.vxml:2 computes"), "{found}");
        assert_eq!(found.position.map(|at| at.line), Some(2));
        assert_eq!(check("allow_transfers = [\"+1555*\"]\n"), []);
    }

    #[test]
    fn the_extensions_of_a_dialect_are_no_findings() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.vxml");
        let text = "<vxml version=\"2.1\"><property name=\"prompturl\" value=\"x\"/><form><field name=\"f\" type=\"text\"/></form></vxml>";
        std::fs::write(&path, text).unwrap();
        assert_eq!(check_file(&path, Dialect::Voximal, &[]), []);
        assert_eq!(check_file(&path, Dialect::Standard, &[]).len(), 2);
    }

    #[test]
    fn a_file_is_checked_as_what_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let check = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            check_file(&path, Dialect::Standard, &[])
        };
        let grammar = "<grammar version=\"1.0\" mode=\"dtmf\" root=\"a\" xmlns=\"http://www.w3.org/2001/06/grammar\">\
                       <rule id=\"a\">1</rule></grammar>";
        assert_eq!(check("ok.grxml", grammar), []);
        assert!(check("bad.grxml", &grammar.replace("</rule>", "")).iter().any(Diagnostic::is_error));
        assert!(check("bad.vxml", "<vxml version=\"2.1\"><form>").iter().any(Diagnostic::is_error));
        let inline = grammar.replace("root=\"a\"", "root=\"x\"");
        let inline = format!("<vxml version=\"2.1\"><form><field name=\"f\">{inline}</field></form></vxml>");
        let findings = check("inline.vxml", &inline);
        let finding = findings.iter().find(|finding| finding.code == "undefined-root").unwrap();
        assert_eq!((finding.position.unwrap().line, &finding.source_line), (1, &Some(inline)));
        let field =
            |kind: &str| format!("<vxml version=\"2.1\"><form>\n<field name=\"f\" type=\"{kind}\"/></form></vxml>");
        assert_eq!(check("typed.vxml", &field("digits?length=4")), []);
        let findings = check("typed.vxml", &field("digit"));
        assert_eq!((findings[0].code.as_str(), findings[0].position.unwrap().line), ("unknown-builtin", 2));
        let findings = check("script.vxml", "<vxml version=\"2.1\"><form>\n<block cond=\"a b\"/></form></vxml>");
        assert!(!findings[0].is_error() && findings[0].code == "script-syntax", "{findings:?}");
        assert_eq!(findings[0].source_line.as_deref(), Some("<block cond=\"a b\"/></form></vxml>"));
        assert!(check("bad.toml", "[[").iter().any(Diagnostic::is_error));
        let config = check("voxbridge.toml", "[server]\nlisten = 3\n");
        assert!(config[0].is_error() && config[0].code == "config", "{config:?}");
        assert!(check_file(&folder.path().join("none.vxml"), Dialect::Standard, &[])[0].is_error());
    }
}
