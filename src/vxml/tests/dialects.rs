use super::*;
use crate::dialogue::{Dialect, FREE_TEXT};
use crate::vxml::inspect;

/// The document with this inside `<vxml>` as the dialect reads it, and what is said about it.
fn read_in(dialect: Dialect, inside: &str) -> (Document, Vec<String>) {
    let (document, diagnostics) = inspect(&vxml(inside), URI, dialect);
    let codes = diagnostics.iter().map(|found| found.code.clone()).collect();
    (document.unwrap_or_else(|| panic!("refused: {diagnostics:#?}")), codes)
}

#[test]
fn a_field_of_any_words_is_understood_and_told_where_the_platform_has_none() {
    for (dialect, said) in [(Dialect::Voximal, [].as_slice()), (Dialect::Standard, &["bad-value"])] {
        let (document, warned) = read_in(dialect, "<form><field name='f' type='text'/></form>");
        let ItemKind::Field(field) = &document.dialogs[0].items[0].kind else { panic!() };
        assert_eq!(
            (field.builtin.as_deref(), warned.iter().map(String::as_str).collect::<Vec<_>>()),
            (Some(FREE_TEXT), said.to_vec())
        );
    }
}

#[test]
fn the_properties_of_a_platform_are_what_they_mean() {
    let properties = "<property name='swirec_nbest_list_length' value='4'/><property name='swirec_barge_in_mode' value='magic_word'/>
        <property name='swirec_lmweight' value='1'/><property name='timeout' value='4s'/><form><block/></form>";
    let (document, said) = read_in(Dialect::Nuance, properties);
    let known: Vec<_> = document.properties.iter().map(|one| (one.name.as_str(), one.value.as_str())).collect();
    assert_eq!(known, [("maxnbest", "4"), ("bargeintype", "hotword"), ("timeout", "4s")]);
    assert!(said.is_empty(), "{said:?}");
    assert_eq!(read_in(Dialect::Standard, properties).1, ["unknown-property"; 3]);
}

#[test]
fn the_extensions_of_a_platform_are_ignored_without_a_word_in_its_dialect_only() {
    let cases = [
        (Dialect::Cisco, "<form><transfer dest='tel:1' cisco-longpound='true'/></form>", 1),
        (Dialect::Genesys, "<form><block><send async='true'/><log gvp:dest='x'>a</log></block></form>", 2),
        (Dialect::Avaya, "<form><block avaya:x='y'/></form>", 1),
        (Dialect::Nuance, "<form><block><prompt swirec_bargein='true'>a</prompt></block></form>", 1),
        (Dialect::Voximal, "<property name='prompturl2' value='x'/><form><block/></form>", 1),
    ];
    for (dialect, inside, extensions) in cases {
        let declared =
            |said: Vec<String>| said.into_iter().filter(|code| code != "undeclared-prefix").collect::<Vec<_>>();
        assert_eq!(declared(read_in(dialect, inside).1), [""; 0], "{dialect}");
        assert_eq!(declared(read_in(Dialect::Standard, inside).1).len(), extensions, "{dialect}");
    }
}

#[test]
fn a_grammar_only_the_platform_can_match_is_left_out() {
    let (document, said) =
        read_in(Dialect::Voximal, "<link event='e'><grammar src='builtin:amd'/></link><form><block/></form>");
    assert!(document.links[0].grammars.is_empty() && said == ["deaf-grammar"], "{said:?}");
}

#[test]
fn the_hang_up_of_voicexml_1_is_caught_in_every_dialect() {
    let (document, said) =
        read_in(Dialect::Standard, "<catch event='telephone.disconnect.hangup'/><form><block/></form>");
    assert_eq!(document.handlers[0].events, ["telephone.disconnect.hangup", "connection.disconnect.hangup"]);
    assert_eq!(said, ["outdated-event"]);
}

#[test]
fn odd_languages_are_repaired_or_ignored() {
    for (written, read) in [
        ("es-ES;amaya", Some("es-ES")),
        ("en-UK", Some("en-GB")),
        ("en_US", Some("en-US")),
        ("text", None),
        ("", None),
        ("fr-FR-Laurent", Some("fr-FR-Laurent")),
    ] {
        let text = format!(
            "<vxml version='2.1' xml:lang='{written}'><form><block><prompt xml:lang='{written}'>x</prompt></block></form></vxml>"
        );
        let Reading { document, diagnostics } = super::super::read(&text, URI);
        assert_eq!(document.unwrap().lang.as_deref(), read, "{written}");
        let warned = if read == Some(written) { 0 } else { 2 };
        assert_eq!(diagnostics.iter().filter(|found| found.code == "bad-language").count(), warned, "{written}");
    }
}
