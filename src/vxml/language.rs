//! Languages as real documents write them.

use super::element::Element;

/// The subtags of a language tag as it should be, or `None` if nothing of it says a language.
///
/// Documents name voices behind the language (`es-ES;amaya`, `fr-FR-Laurent`), call the United Kingdom `UK`, or write no
/// language at all (`text`).
pub(super) fn repaired(tag: &str) -> Option<String> {
    let tag = tag.trim();
    let tag = tag.split([';', ',', ' ']).next().unwrap_or_default().replace('_', "-");
    let mut parts = tag.split('-');
    let is_word = |part: &str, from: usize, to: usize| {
        (from..=to).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic())
    };
    let language = parts.next().filter(|language| is_word(language, 2, 3))?;
    match parts.next() {
        Some(region) if region.eq_ignore_ascii_case("UK") => Some(format!("{language}-GB")),
        _ => Some(tag.clone()),
    }
}

impl<'r> Element<'r> {
    /// The language of the element's own `xml:lang`, or the `lang` of VoiceXML 1.0, repaired.
    pub(super) fn language(self) -> Option<String> {
        let written = self.xml_attribute("lang").or_else(|| self.attribute("lang"))?;
        repaired(written)
    }

    /// Warns of an `xml:lang` that is none.
    pub(super) fn check_language(self) {
        let Some(written) = self.xml_attribute("lang") else { return };
        let repaired = repaired(written);
        if repaired.as_deref() != Some(written) {
            let help = match &repaired {
                Some(language) => format!("it is read as `{language}`"),
                None => "it is ignored".to_owned(),
            };
            let diagnostic = crate::dialogue::Diagnostic::warning(
                "bad-language",
                self.reader.source.uri,
                format!("`{written}` is no language"),
            );
            let range = self.xml_attribute_range("lang");
            self.reader.source.report(diagnostic.expected("a tag such as `en-GB`").help(help), range);
        }
    }
}
