//! Speech: the document's own grammars, and what NLU found beside them.

use super::*;

const MENU: &str = r##"<menu><prompt>Menu.</prompt><choice dtmf="1" next="#a">flight status</choice><choice dtmf="2" next="#b">baggage</choice></menu>
    <form id="a"><block>status</block></form><form id="b"><block>baggage</block></form>"##;

#[test]
fn a_choice_is_selected_by_its_own_words_as_the_recogniser_writes_them() {
    Call::of(MENU).say("Flight status.").hears("status");
}

#[test]
fn what_nlu_found_selects_the_choice_as_its_key_would() {
    Call::of(MENU).speak("where is my suitcase", Some(0.8), found("2")).hears("baggage");
}

#[test]
fn words_nobody_understands_are_no_match() {
    Call::of(MENU).say("purple").hears("Sorry, I did not understand. Menu.");
}

#[test]
fn the_application_sees_a_key_and_keeps_the_words_in_lastresult() {
    let mut call = Call::of(
        r#"<form><field name="x"><option dtmf="1" value="one">first thing</option>
        <filled><value expr="x$.inputmode"/> <value expr="x$.utterance"/> <value expr="application.lastresult$.spoken"/> <value expr="application.lastresult$[0].inputmode"/></filled></field></form>"#,
    );
    call.speak("the thing at the top", Some(0.7), found("1")).hears("dtmf 1 the thing at the top dtmf");
}

#[test]
fn a_recognition_below_the_confidence_level_is_no_match() {
    let document = r#"<property name="confidencelevel" value="0.6"/><form><field name="x"><option>yes</option><nomatch>unsure</nomatch><filled>sure</filled></field></form>"#;
    Call::of(document).speak("yes", Some(0.5), Finding::default()).hears("unsure");
    Call::of(document).speak("yes", Some(0.7), Finding::default()).hears("sure");
    Call::of(document).speak("yes", None, Finding::default()).hears("sure");
}

#[test]
fn a_universal_command_is_an_event() {
    let help = Finding {
        ranked: vec![Interpretation {
            selection: Selection::Event("help".into()),
            confidence: 1.0,
            why: "help".into(),
        }],
        slots: Vec::new(),
    };
    let mut call =
        Call::of(r#"<form><field name="x"><option dtmf="1">yes</option><help>Say yes.</help></field></form>"#);
    call.speak("help me", None, help).hears("Say yes.");
}

#[test]
fn keys_and_phrases_of_one_meaning_are_one_choice() {
    let call = Call::of(
        r#"<form><field name="d">
        <grammar mode="dtmf" version="1.0" root="r" tag-format="semantics/1.0-literals"><rule id="r"><one-of><item>1<tag>bill</tag></item><item>2<tag>tech</tag></item></one-of></rule></grammar>
        <grammar mode="voice" version="1.0" root="r" tag-format="semantics/1.0-literals"><rule id="r"><one-of><item>billing<tag>bill</tag></item><item>the bill<tag>bill</tag></item><item>technical help<tag>tech</tag></item></one-of></rule></grammar>
        </field></form>"#,
    );
    let choices = &call.request().choices;
    assert_eq!(choices.len(), 2);
    assert_eq!(
        (choices[0].key.as_deref(), choices[0].phrases.as_slice()),
        (Some("1"), ["billing".to_owned(), "the bill".to_owned()].as_slice())
    );
}

#[test]
fn the_commands_of_the_platform_are_heard_where_universals_asks_for_them() {
    let document = |universals: &str| {
        format!(
            r#"<property name="universals" value="{universals}"/><form><field name="x"><option>yes</option>
            <help>helped</help><nomatch>no match</nomatch><catch event="cancel">cancelled</catch></field></form>"#
        )
    };
    Call::of(&document("none")).say("help").hears("no match");
    Call::of(&document("help")).say("help").hears("helped").say("cancel").hears("no match");
    Call::of(&document("all")).say("Cancel.").hears("cancelled").say("exit").hears("");
}

#[test]
fn a_key_the_field_itself_takes_is_no_key_of_a_link() {
    let document = |digits: &str| {
        format!(
            r##"<link next="#agent" dtmf="0"/><form><field name="n" type="{digits}"><prompt>How many?</prompt></field></form>
            <form id="agent"><block>agent</block></form>"##
        )
    };
    let call = Call::of(&document("digits"));
    assert_eq!(call.request().choices[0].key, None);
    let mut call = Call::of(&document("digits?length=6"));
    assert_eq!(call.request().choices[0].key.as_deref(), Some("0"));
    call.press("0").hears("agent");
}
