//! SRGS 1.0 in its ABNF form (§4 and appendix D), read into the compiled form.

use super::Setting;
use super::draft::{Draft, Header, Reading};
use super::expansion::{Expansions, Style, is_name};
use super::reading::Notes;
use super::scan::Scanner;
use super::tags::TagFormat;
use crate::dialogue::InputMode;
use std::collections::HashMap;

/// Reads a grammar; the diagnostics beside the rules are warnings only.
pub(super) fn read(text: &str, setting: &Setting<'_>) -> Reading {
    let mut notes = Notes::new(text, setting);
    let mut scan = Scanner::new(text);
    let declarations = Declarations::read(&mut scan, &mut notes);
    let Declarations { header, mut root, aliases, globals } = declarations;
    let mut draft = Draft::new(setting, notes, header);
    for code in globals {
        draft.builder.global(code.trim());
    }
    let mut reader = Expansions::new(draft, scan, Style::Abnf(aliases));
    while !reader.at_end() {
        if let Some(name) = reader.rule() {
            root = root.or(Some(name));
        }
    }
    reader.draft.finish(&(0..1), root.as_deref())
}

/// What stands before the rules (SRGS 1.0 §4.3 to §4.13).
#[derive(Default)]
struct Declarations {
    header: Header,
    root: Option<String>,
    /// `alias $(uri) $$name`, of the drafts before SRGS 1.0.
    aliases: HashMap<String, String>,
    globals: Vec<String>,
}

impl Declarations {
    fn read(scan: &mut Scanner<'_>, notes: &mut Notes<'_>) -> Self {
        let mut declarations = Self::default();
        declarations.self_identification(scan, notes);
        let mut seen: Vec<&str> = Vec::new();
        loop {
            let start = scan.at();
            let mark = scan.clone();
            let known = ["language", "mode", "root", "tag-format", "base", "lexicon", "meta", "http-equiv", "alias"];
            let Some(keyword) = known.into_iter().find(|keyword| scan.keyword(keyword)) else {
                if scan.peek() == Some('{') && declarations.global(scan) {
                    continue;
                }
                return declarations;
            };
            // `root $rule = …;` of some vendors declares and defines at once: the definition is left for later.
            if keyword == "root" && declarations.root_with_rule(scan) {
                continue;
            }
            let once = !matches!(keyword, "lexicon" | "meta" | "http-equiv" | "alias");
            if once && seen.contains(&keyword) {
                let place = mark.here();
                notes.error(&place, "duplicate-declaration", format!("a second declaration of the {keyword}")).help =
                    Some("keep one of them".to_owned());
            }
            seen.push(keyword);
            let understood = declarations.value(keyword, scan);
            if understood.is_none() || !scan.eat(";") {
                let place = scan.since(start);
                notes
                    .error(&place, "bad-declaration", format!("the declaration of the {keyword} is not complete"))
                    .expected = Some(form_of(keyword).to_owned());
                scan.skip_past(';');
            }
        }
    }

    /// `#ABNF 1.0 UTF-8;` (§4.1). The encoding has done its work when the text was decoded.
    fn self_identification(&mut self, scan: &mut Scanner<'_>, notes: &mut Notes<'_>) {
        let start = scan.at();
        if !scan.eat("#ABNF") {
            return;
        }
        let said = scan.take(|c| !matches!(c, ';' | '\n')).trim();
        let version = said.split_whitespace().next().unwrap_or_default();
        if version != "1.0" {
            let place = scan.since(start);
            notes.warning(&place, "bad-version", format!("\"{version}\" is read as version 1.0")).expected =
                Some("#ABNF 1.0;".to_owned());
        }
        if !scan.eat(";") {
            notes.warning(&scan.here(), "missing-semicolon", "the first line does not end").expected =
                Some("; behind #ABNF 1.0".to_owned());
        }
    }

    /// A tag outside of rules: `{ … };` (§4.12).
    fn global(&mut self, scan: &mut Scanner<'_>) -> bool {
        let mut inside = scan.clone();
        let script = if inside.eat("{!{") { inside.until("}!}") } else { None };
        let plain = |scan: &mut Scanner<'_>| scan.until("}").map(|text| text[1..].to_owned());
        let Some(code) = script.map(str::to_owned).or_else(|| plain(&mut inside)) else { return false };
        inside.eat(";");
        *scan = inside;
        self.globals.push(code);
        true
    }

    /// The root, if its definition follows at once; stands before that definition then.
    fn root_with_rule(&mut self, scan: &mut Scanner<'_>) -> bool {
        let mut ahead = scan.clone();
        if !ahead.eat_raw("$") {
            return false;
        }
        let name = ahead.take(is_name);
        let defines = ahead.peek() == Some('=');
        if defines {
            self.root = Some(name.to_owned());
        }
        defines
    }

    fn value(&mut self, keyword: &str, scan: &mut Scanner<'_>) -> Option<()> {
        let plain = |scan: &mut Scanner<'_>| {
            let word = scan.take(|c| !c.is_whitespace() && !matches!(c, ';' | '<' | '>'));
            Some(word.to_owned()).filter(|word| !word.is_empty())
        };
        let uri = |scan: &mut Scanner<'_>| {
            let uri = scan.eat_raw("<").then(|| scan.until(">")).flatten()?;
            if scan.eat("~") {
                scan.eat("<").then(|| scan.until(">")).flatten()?;
            }
            Some(uri.trim().to_owned())
        };
        match keyword {
            "language" => self.header.lang = Some(plain(scan)?),
            "mode" => {
                self.header.mode = Some(match plain(scan)?.as_str() {
                    "voice" => InputMode::Voice,
                    "dtmf" => InputMode::Dtmf,
                    _ => return None,
                });
            }
            "root" => {
                scan.eat_raw("$").then_some(())?;
                self.root = Some(scan.take(is_name).to_owned()).filter(|name| !name.is_empty());
                self.root.as_ref()?;
            }
            "tag-format" => {
                let format = if scan.peek() == Some('<') { uri(scan)? } else { plain(scan)? };
                self.header.tag_format = Some(TagFormat::of(&format));
            }
            "base" => self.header.base = Some(uri(scan)?),
            "lexicon" => drop(uri(scan)?),
            "alias" => {
                scan.eat("$");
                let uri = if scan.eat("(") { scan.until(")")?.trim().to_owned() } else { uri(scan)? };
                scan.eat_raw("$$").then_some(())?;
                self.aliases.insert(scan.take(is_name).to_owned(), uri);
            }
            _ => {
                quoted(scan)?;
                scan.keyword("is").then_some(())?;
                quoted(scan)?;
            }
        }
        Some(())
    }
}

fn quoted(scan: &mut Scanner<'_>) -> Option<String> {
    let quote = scan.peek().filter(|quote| matches!(quote, '"' | '\''))?;
    scan.quoted(quote)
}

fn form_of(keyword: &str) -> &'static str {
    match keyword {
        "language" => "language en-US;",
        "mode" => "mode voice; or mode dtmf;",
        "root" => "root $rule;",
        "tag-format" => "tag-format <semantics/1.0>;",
        "base" => "base <http://example.com/>;",
        "lexicon" => "lexicon <uri>~<media/type>;",
        "alias" => "alias $<uri> $$name;",
        "meta" => "meta \"name\" is \"content\";",
        _ => "http-equiv \"name\" is \"content\";",
    }
}

impl Expansions<'_, '_> {
    /// `public $name = expansion;`; the name of a rule that says itself that it is the root.
    fn rule(&mut self) -> Option<String> {
        self.begin_rule();
        let root = self.scan.keyword("root");
        let public = self.scan.keyword("public");
        let _ = !public && self.scan.keyword("private");
        let start = self.scan.at();
        let name = if self.scan.eat_raw("$") { self.scan.take(is_name) } else { "" };
        let place = self.scan.since(start);
        if name.is_empty() || !self.scan.eat("=") {
            let place = self.scan.here();
            self.draft.notes.error(&place, "not-a-rule", "here a rule should begin").expected =
                Some("$name = words; (declarations come before all rules)".to_owned());
            self.scan.skip_past(';');
            return None;
        }
        let rule = self.draft.declare(&place, name, public);
        let body = self.alternatives(0);
        self.end("the rule");
        if let Some(rule) = rule {
            self.draft.builder.define(rule, body);
        }
        root.then(|| name.to_owned())
    }
}
