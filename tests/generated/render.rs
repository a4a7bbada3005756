//! The application as VoiceXML.

use super::meaning::{Names, key_of, label_of, link_label};
use super::*;
use std::collections::HashMap;

pub const HOME: &str = "http://127.0.0.1/app/";

impl Application {
    /// The files of the application, by URL; audio files are empty.
    pub fn files(&self) -> HashMap<String, String> {
        let mut files = HashMap::from([("there.wav".to_owned(), String::new())]);
        let main = Page { document: &self.main, name: "main", root: self.root.is_some() };
        let other = Page { document: &self.other, name: "other", root: self.root.is_some() };
        for page in [main, other] {
            let text = page.document(&mut files);
            files.insert(format!("{}.vxml", page.name), text);
        }
        if let Some(links) = &self.root {
            let links: String =
                links.iter().enumerate().map(|(n, at)| link(at, n, "root", &self.main, "main.vxml")).collect();
            files
                .insert("root.vxml".to_owned(), vxml("", "en-US", &format!("<var name=\"total\" expr=\"7\"/>{links}")));
        }
        files.into_iter().map(|(name, text)| (format!("{HOME}{name}"), text)).collect()
    }
}

struct Page<'a> {
    document: &'a Document,
    name: &'static str,
    root: bool,
}

impl Page<'_> {
    fn document(&self, files: &mut HashMap<String, String>) -> String {
        let document = self.document;
        let property = |name: &str, value: Option<&str>| {
            value.map_or_else(String::new, |value| format!("<property name=\"{name}\" value=\"{value}\"/>"))
        };
        let mut body = property("termchar", document.termchar) + &property("inputmodes", document.inputmodes);
        if !document.bargein {
            body += &property("bargein", Some("false"));
        }
        body += "<var name=\"count\" expr=\"0\"/>";
        for (number, each) in document.links.iter().enumerate() {
            body += &link(each, number, "document", document, "");
        }
        body += &document.handlers.iter().map(|handler| self.handler(handler)).collect::<String>();
        for (number, dialog) in document.dialogs.iter().enumerate() {
            body += &match dialog {
                Dialog::Menu(menu) => self.menu(menu, number),
                Dialog::Form { links, items, end } => self.form(links, items, end, number, files),
            };
        }
        let asked = self.field(&document.asked, "asked", document.dialogs.len(), files);
        body += &format!("<form id=\"sub\">{asked}<block><return namelist=\"asked\"/></block></form>\n");
        let application = if self.root { " application=\"root.vxml\"" } else { "" };
        vxml(application, self.names().lang, &body)
    }

    fn names(&self) -> &'static Names {
        Names::of(self.document)
    }

    fn menu(&self, menu: &Menu, number: usize) -> String {
        let names = self.names();
        let (press, label_for) = (names.press, names.label_for);
        let mut out = format!("<menu id=\"d{number}\"");
        if menu.keys == KeySet::Implied {
            out += " dtmf=\"true\"";
        }
        if menu.document_scope {
            out += " scope=\"document\"";
        }
        out += "><prompt>";
        for at in 0..menu.choices.len() {
            let (key, label) = (key_of(menu.keys, at), label_of(self.document, number, at));
            let key = names.key(key);
            out += &match menu.style {
                MenuStyle::LabelFirst => format!("{label_for} {label}, {} {key}. ", press.to_lowercase()),
                MenuStyle::KeyFirst => format!("{press} {key} {} {label}. ", label_for.to_lowercase()),
                MenuStyle::Enumerate if at == 0 => "<enumerate/>".to_owned(),
                MenuStyle::Plain if at == 0 => names.ask.to_owned(),
                MenuStyle::Enumerate | MenuStyle::Plain => String::new(),
            };
        }
        out += "</prompt>";
        for (at, choice) in menu.choices.iter().enumerate() {
            let key = key_of(menu.keys, at);
            let dtmf = if menu.keys == KeySet::Implied { String::new() } else { format!(" dtmf=\"{key}\"") };
            let label = if choice.text { label_of(self.document, number, at) } else { "" };
            let target = match choice.target {
                Target::Event | Target::Exit | Target::Disconnect => "event=\"go.away\"".to_owned(),
                target => format!("next=\"{}\"", self.url(target)),
            };
            out += &format!("<choice{dtmf} {target}>{label}</choice>");
        }
        out + "</menu>\n"
    }

    fn form(
        &self,
        links: &[Link],
        items: &[Item],
        end: &Target,
        number: usize,
        files: &mut HashMap<String, String>,
    ) -> String {
        let mut out = format!("<form id=\"d{number}\">");
        for (at, each) in links.iter().enumerate() {
            out += &link(each, at, "form", self.document, "");
        }
        for (at, item) in items.iter().enumerate() {
            out += &match item {
                Item::Block(actions) => format!("<block>{}</block>", self.actions(actions)),
                Item::Field(field) => self.field(field, &format!("f{at}"), number, files),
                Item::Subdialog => format!(
                    "<subdialog name=\"f{at}\" src=\"#sub\"><filled><log label=\"told\"><value expr=\"f{at}.asked\"/></log></filled></subdialog>"
                ),
            };
        }
        out + &format!("<block>{}</block></form>\n", self.leave(*end))
    }

    fn field(&self, field: &Field, name: &str, dialog: usize, files: &mut HashMap<String, String>) -> String {
        let (kind, inside) = match &field.takes {
            Takes::Boolean => (" type=\"boolean\"".to_owned(), String::new()),
            Takes::Number => (" type=\"number\"".to_owned(), String::new()),
            Takes::Digits { min, max } => {
                let max = max.map_or_else(String::new, |max| format!(";maxlength={max}"));
                (format!(" type=\"digits?minlength={min}{max}\""), String::new())
            }
            takes => (String::new(), self.grammars(takes, name, dialog, files)),
        };
        let modal = if field.modal { " modal=\"true\"" } else { "" };
        let prompts: String = field.prompts.iter().map(|each| self.prompt(each)).collect();
        let handlers: String = field.handlers.iter().map(|handler| self.handler(handler)).collect();
        let filled = self.actions(&field.filled);
        format!(
            "<field name=\"{name}\"{kind}{modal}>{inside}{prompts}{handlers}<filled><log label=\"{name}\"><value expr=\"{name}\"/></log>{filled}</filled></field>"
        )
    }

    fn grammars(&self, takes: &Takes, name: &str, dialog: usize, files: &mut HashMap<String, String>) -> String {
        match takes {
            Takes::Options { count, keys } => (0..*count)
                .map(|at| {
                    let (key, label) = (key_of(*keys, at), label_of(self.document, dialog, at));
                    format!("<option dtmf=\"{key}\" value=\"v{at}\">{label}</option>")
                })
                .collect(),
            Takes::Keys { parts, external } => {
                let part = |(keys, min, max): &(String, usize, usize)| {
                    let keys: String = keys.chars().map(|key| format!("<item>{key}</item>")).collect();
                    format!("<item repeat=\"{min}-{max}\"><one-of>{keys}</one-of></item>")
                };
                let rule: String = parts.iter().map(part).collect();
                let body = format!("<rule id=\"r\" scope=\"public\">{rule}</rule>");
                if !external {
                    return srgs("dtmf", "", &body);
                }
                let file = format!("{}-{dialog}-{name}.grxml", self.name);
                let grammar = format!(
                    "<?xml version=\"1.0\"?>{}",
                    srgs("dtmf", " xmlns=\"http://www.w3.org/2001/06/grammar\"", &body)
                );
                files.insert(file.clone(), grammar);
                format!("<grammar src=\"{file}\" type=\"application/srgs+xml\" mode=\"dtmf\"/>")
            }
            Takes::Both { count } => {
                let rule = |input: &dyn Fn(usize) -> String| {
                    let items: String =
                        (0..*count).map(|at| format!("<item>{}<tag>v{at}</tag></item>", input(at))).collect();
                    format!("<rule id=\"r\"><one-of>{items}</one-of></rule>")
                };
                let keys = srgs("dtmf", "", &rule(&|at| key_of(KeySet::Plain, at).to_owned()));
                let lang = format!(" xml:lang=\"{}\"", self.names().lang);
                keys + &srgs("voice", &lang, &rule(&|at| label_of(self.document, dialog, at).to_owned()))
            }
            Takes::Boolean | Takes::Number | Takes::Digits { .. } => String::new(),
        }
    }

    fn handler(&self, handler: &Handler) -> String {
        let event = if handler.event.is_empty() { String::new() } else { format!(" event=\"{}\"", handler.event) };
        let reprompt = if handler.reprompt { "<reprompt/>" } else { "" };
        format!("<catch{event} count=\"{}\">{}{reprompt}</catch>", handler.count, self.actions(&handler.body))
    }

    fn actions(&self, actions: &[Action]) -> String {
        actions.iter().map(|action| self.action(action)).collect()
    }

    fn action(&self, action: &Action) -> String {
        match action {
            Action::Say(prompt) => self.prompt(prompt),
            Action::If(cond, yes, no) => {
                format!("<if cond=\"{cond}\">{}<else/>{}</if>", self.actions(yes), self.actions(no))
            }
            Action::Plain(text) => (*text).to_owned(),
            Action::Leave(target) => self.leave(*target),
        }
    }

    fn leave(&self, target: Target) -> String {
        match target {
            Target::Event => "<throw event=\"go.away\"/>".to_owned(),
            Target::Exit => "<exit/>".to_owned(),
            Target::Disconnect => "<disconnect/>".to_owned(),
            Target::Submit => "<submit next=\"other.vxml\" namelist=\"count\"/>".to_owned(),
            Target::Here(_) | Target::Other(_) => format!("<goto next=\"{}\"/>", self.url(target)),
        }
    }

    fn url(&self, target: Target) -> String {
        match target {
            Target::Here(dialog) => format!("#d{}", dialog % self.document.dialogs.len()),
            Target::Other(0) => "other.vxml".to_owned(),
            // The first dialog is in any document.
            _ => "other.vxml#d0".to_owned(),
        }
    }

    fn prompt(&self, prompt: &Prompt) -> String {
        let mut out = format!("<prompt count=\"{}\"", prompt.count);
        if let Some(cond) = prompt.cond {
            out += &format!(" cond=\"{cond}\"");
        }
        if let Some(bargein) = prompt.bargein {
            out += &format!(" bargein=\"{bargein}\"");
        }
        if let Some(timeout) = prompt.timeout {
            out += &format!(" timeout=\"{timeout}\"");
        }
        out + ">" + &prompt.content.iter().map(piece).collect::<String>() + "</prompt>"
    }
}

fn piece(piece: &Piece) -> String {
    match piece {
        Piece::Text(text) => escape(text),
        Piece::Value(expr) => format!("<value expr=\"{}\"/>", escape(expr)),
        Piece::Audio(true, fallback) => format!("<audio src=\"there.wav\">{}</audio>", escape(fallback)),
        Piece::Audio(false, fallback) => format!("<audio src=\"not-there.wav\">{}</audio>", escape(fallback)),
        Piece::Ssml(start, name, text) => format!("<{start}>{}</{name}>", escape(text)),
        Piece::Empty(element) => (*element).to_owned(),
    }
}

fn link(link: &Link, number: usize, scope: &str, document: &Document, file: &str) -> String {
    let target = match link.target {
        Some(dialog) => format!("next=\"{file}#d{}\"", dialog % document.dialogs.len()),
        None => "event=\"help\"".to_owned(),
    };
    let dtmf = link.key.map_or_else(String::new, |key| format!(" dtmf=\"{key}\""));
    let phrase = format!("<rule id=\"r\">{}</rule>", link_label(scope, number));
    let grammar = if link.spoken { srgs("voice", " xml:lang=\"en-US\"", &phrase) } else { String::new() };
    format!("<link {target}{dtmf}>{grammar}</link>")
}

fn srgs(mode: &str, more: &str, body: &str) -> String {
    format!(
        "<grammar version=\"1.0\" mode=\"{mode}\" type=\"application/srgs+xml\" root=\"r\" tag-format=\"semantics/1.0-literals\"{more}>{body}</grammar>"
    )
}

fn vxml(attributes: &str, lang: &str, body: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<vxml version=\"2.1\" xmlns=\"http://www.w3.org/2001/vxml\" xml:lang=\"{lang}\"{attributes}>\n{body}</vxml>\n"
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
