//! The JSpeech Grammar Format (JSGF 1.0), which VoiceXML 1.0 used, read into the compiled form: whole grammars, and the
//! right-hand sides that stand alone inside `<grammar>` and `<dtmf>`.

use super::Setting;
use super::draft::{Draft, Header, Reading};
use super::expansion::{Expansions, Style};
use super::reading::Notes;
use super::scan::Scanner;
use std::collections::HashMap;

/// Reads a grammar; the diagnostics beside the rules are warnings only.
pub(super) fn read(text: &str, setting: &Setting<'_>) -> Reading {
    let notes = Notes::new(text, setting);
    let mut scan = Scanner::new(text);
    let header = Header { lang: locale(&mut scan), ..Header::default() };
    let draft = Draft::new(setting, notes, header);
    let mut reader = Expansions::new(draft, scan, Style::Jsgf(HashMap::new()));
    if !has_rules(text) {
        return reader.right_hand_side();
    }
    while !reader.at_end() {
        reader.statement();
    }
    reader.finish()
}

/// Whether there are rule definitions, and not only what could stand in one.
pub(super) fn has_rules(text: &str) -> bool {
    let mut scan = Scanner::new(text);
    if scan.rest().starts_with("#JSGF") || scan.keyword("grammar") || scan.keyword("import") || scan.keyword("public") {
        return true;
    }
    scan.eat("<") && scan.until(">").is_some() && scan.peek() == Some('=')
}

/// The locale of `#JSGF V1.0 encoding locale;`; often only one of the two is written.
fn locale(scan: &mut Scanner<'_>) -> Option<String> {
    if !scan.eat("#JSGF") {
        return None;
    }
    let said = scan.take(|c| !matches!(c, ';' | '\n'));
    scan.eat(";");
    let words: Vec<&str> = said.split_whitespace().skip(1).collect();
    let is_locale = |word: &&str| {
        let language = word.split(['-', '_']).next().unwrap_or_default();
        language.len() == 2 && language.bytes().all(|byte| byte.is_ascii_lowercase())
    };
    words.last().copied().filter(|word| words.len() > 1 || is_locale(word)).map(str::to_owned)
}

impl Expansions<'_, '_> {
    /// `grammar name;`, `import <name>;` or a rule.
    fn statement(&mut self) {
        self.begin_rule();
        let start = self.scan.at();
        if self.scan.keyword("grammar") {
            let name = self.scan.take(|c| !c.is_whitespace() && c != ';');
            if let Style::Jsgf(imported) = &mut self.style {
                // Its own rules are known by their full names as well.
                let last = name.rsplit('.').next().unwrap_or(name);
                imported.extend([name, last].map(|name| (format!("{name}.*"), "#*".to_owned())));
            }
            self.end("the name of the grammar");
        } else if self.scan.keyword("import") {
            let name = if self.scan.eat("<") { self.scan.until(">") } else { None };
            match name.map(str::trim).filter(|name| !name.is_empty() && !name.contains([';', '\n'])) {
                Some(name) => self.import(name, start),
                None => {
                    let place = self.scan.since(start);
                    self.draft.notes.error(&place, "bad-import", "nothing is named to import").expected =
                        Some("import <package.grammar.rule>;".to_owned());
                }
            }
            self.end("the import");
        } else {
            self.definition();
        }
    }

    /// `import <package.grammar.rule>` is the rule of `package/grammar.gram`, as Java's speech API finds it.
    fn import(&mut self, name: &str, start: usize) {
        let Some((grammar, rule)) = name.rsplit_once('.') else {
            let place = self.scan.since(start);
            self.draft.notes.error(&place, "bad-import", format!("\"{name}\" names no grammar")).expected =
                Some("import <package.grammar.rule>;".to_owned());
            return;
        };
        if rule == "*" {
            let place = self.scan.since(start);
            let message = "the rules are not known by their short names; write them in full";
            self.draft.notes.warning(&place, "import-all", message).help =
                Some(format!("refer to them as <{grammar}.rule>, or import each by its name"));
        }
        let Style::Jsgf(imported) = &mut self.style else { return };
        let uri = format!("{}.gram#{rule}", grammar.replace('.', "/"));
        let last = grammar.rsplit('.').next().unwrap_or(grammar);
        for called in [rule.to_owned(), format!("{last}.{rule}"), name.to_owned()] {
            imported.insert(called, uri.clone());
        }
    }

    /// `public <name> = expansion;`
    fn definition(&mut self) {
        let public = self.scan.keyword("public");
        let start = self.scan.at();
        let name = if self.scan.eat("<") { self.scan.take(|c| !matches!(c, '>' | ';' | '\n')).trim() } else { "" };
        let closed = self.scan.eat(">");
        let place = self.scan.since(start);
        if name.is_empty() || !closed || !self.scan.eat("=") {
            let place = self.scan.here();
            self.draft.notes.error(&place, "not-a-rule", "here a rule should begin").expected =
                Some("<name> = words; or public <name> = words;".to_owned());
            self.scan.skip_past(';');
            return;
        }
        let rule = self.draft.declare(&place, name, public);
        let body = self.alternatives(0);
        self.end("the rule");
        if let Some(rule) = rule {
            self.draft.builder.define(rule, body);
        }
    }

    /// What may be said is any of the public rules.
    fn finish(mut self) -> Reading {
        let public = self.draft.public_rules();
        if public.len() < 2 {
            return self.draft.finish(&(0..1), public.first().map(String::as_str));
        }
        let all: Vec<_> = public.iter().map(|name| self.draft.rule(&(0..1), name)).collect();
        let body = self.draft.builder.alt(all);
        self.one_rule(body)
    }

    fn right_hand_side(mut self) -> Reading {
        let body = self.alternatives(0);
        self.scan.eat(";");
        if !self.scan.at_end() && self.sound_so_far() {
            let place = self.scan.here();
            let found = self.scan.peek().unwrap_or_default();
            self.draft.notes.error(&place, "not-an-expansion", format!("\"{found}\" cannot stand here")).expected =
                Some("words, with | between alternatives and [ ] around what may be left out".to_owned());
        }
        self.one_rule(body)
    }

    /// The name has a blank, so that none in the text is the same.
    fn one_rule(mut self, body: super::rules::NodeId) -> Reading {
        if let Some(rule) = self.draft.declare(&(0..1), "all rules", true) {
            self.draft.builder.define(rule, body);
        }
        self.draft.finish(&(0..1), Some("all rules"))
    }
}
