//! Properties: what they mean where, and what is not legal (2.0 §6.3).

use super::*;

fn field(properties: &str) -> String {
    format!(
        r#"<form><field name="x">{properties}<option dtmf="1">yes</option><noinput>no input</noinput><nomatch>no match</nomatch>
        <catch event="error.semantic">illegal<exit/></catch></field></form>"#
    )
}

fn property(name: &str, value: &str) -> String {
    format!(r#"<property name="{name}" value="{value}"/>"#)
}

#[test]
fn a_nearer_property_wins_and_of_two_in_one_place_the_last() {
    let timeout = |text: &str| Call::of(text).request().timeout;
    let dialog = |item: &str| {
        format!(
            r#"{}<form>{}{}<field name="x">{item}<option>yes</option></field></form>"#,
            property("timeout", "1s"),
            property("timeout", "2s"),
            property("timeout", "3s")
        )
    };
    assert_eq!(timeout(&dialog("")), 3000);
    assert_eq!(timeout(&dialog(&property("timeout", "4s"))), 4000);
    assert_eq!(timeout(&dialog(r#"<prompt timeout="5s">Now?</prompt>"#)), 5000);
}

#[test]
fn a_property_of_the_root_holds_in_its_leaves_unless_they_have_their_own() {
    let leaf = |own: &str| {
        format!(
            r#"<vxml version="2.1" application="root.vxml">{own}<form><field name="x"><option>yes</option></field></form></vxml>"#
        )
    };
    let root = vxml(&property("timeout", "9s"));
    let timeout = |own: &str| Call::start(&[("main.vxml", &leaf(own)), ("root.vxml", &root)]).request().timeout;
    assert_eq!(timeout(""), 9000);
    assert_eq!(timeout(&property("timeout", "7s")), 7000);
}

#[test]
fn an_illegal_value_is_a_semantic_error_where_it_would_count() {
    for (name, value) in [
        ("confidencelevel", "1.5"),
        ("confidencelevel", "sure"),
        ("sensitivity", "-1"),
        ("speedvsaccuracy", "fast"),
        ("timeout", "soon"),
        ("completetimeout", "1 minute"),
        ("incompletetimeout", "x"),
        ("maxspeechtimeout", "long"),
        ("interdigittimeout", "-3s"),
        ("termtimeout", "never"),
        ("termchar", "##"),
        ("termchar", "x"),
        ("maxnbest", "0"),
        ("maxnbest", "many"),
        ("bargein", "maybe"),
        ("bargeintype", "loud"),
        ("inputmodes", "telepathy"),
    ] {
        assert_eq!(Call::of(&field(&property(name, value))).text(), "illegal", "{name}={value}");
    }
}

#[test]
fn legal_values_and_the_properties_of_others_are_accepted() {
    for (name, value) in [
        ("confidencelevel", "1.0"),
        ("sensitivity", "0.5"),
        ("speedvsaccuracy", "0"),
        ("timeout", "0s"),
        ("completetimeout", ".5s"),
        ("maxspeechtimeout", "60000ms"),
        ("termchar", ""),
        ("termchar", "*"),
        ("termtimeout", "0s"),
        ("maxnbest", "3"),
        ("bargein", "false"),
        ("bargeintype", "hotword"),
        ("inputmodes", "voice dtmf"),
        ("com.example.whatever", "anything"),
    ] {
        let call = Call::of(&field(&property(name, value)));
        assert_eq!(call.request().choices.len(), 1, "{name}={value}: {:?}", call.heard);
    }
}

#[test]
fn an_input_of_a_mode_switched_off_is_not_heard() {
    let mut keys = Call::of(&field(&property("inputmodes", "dtmf")));
    assert!(keys.request().speech.is_none() && keys.request().dtmf.is_some());
    keys.say("yes").hears("no input");
    let mut voice = Call::of(&field(&property("inputmodes", "voice")));
    assert!(voice.request().speech.is_some() && voice.request().dtmf.is_none());
    voice.press("1").hears("no input").press("7").hears("no input");
}

#[test]
fn termchar_ends_keys_unless_it_is_none_or_another() {
    let finish = |value: Option<&str>| {
        let property = value.map(|value| property("termchar", value)).unwrap_or_default();
        let form = format!(r#"<form>{property}<field name="x" type="digits"/></form>"#);
        Call::of(&form).request().dtmf.unwrap().finish
    };
    assert_eq!(finish(None), Some('#'));
    assert_eq!(finish(Some("*")), Some('*'));
    assert_eq!(finish(Some("")), None);
}

#[test]
fn the_timeouts_of_listening_reach_the_platform() {
    let properties = [
        ("interdigittimeout", "1200ms"),
        ("completetimeout", "0.4s"),
        ("incompletetimeout", "2s"),
        ("maxspeechtimeout", "20s"),
        ("confidencelevel", "0.3"),
    ]
    .map(|(name, value)| property(name, value))
    .join("");
    let call = Call::of(&field(&properties));
    let request = call.request();
    assert_eq!(
        (request.interdigit_timeout, request.complete_timeout, request.incomplete_timeout, request.max_speech),
        (1200, 400, 2000, Some(20_000))
    );
    assert!((request.confidence_level - 0.3).abs() < 1e-9);
}

#[test]
fn the_commands_of_the_platform_can_be_asked_for_one_by_one() {
    let form = |universals: &str| {
        format!(
            r#"<form>{}<field name="x"><option>yes</option><nomatch>no match</nomatch><help>helped</help>
            <catch event="cancel">cancelled</catch><catch event="exit">leaving</catch></field></form>"#,
            property("universals", universals)
        )
    };
    Call::of(&form("cancel exit"))
        .say("help")
        .hears("no match")
        .say("cancel")
        .hears("cancelled")
        .say("exit")
        .hears("leaving");
    Call::of(&form("none")).say("cancel").hears("no match");
    Call::of(&form("all")).say("help").hears("helped").say("exit").hears("leaving");
}

#[test]
fn the_commands_of_the_platform_are_words_of_the_callers_language() {
    let document = r#"<vxml version="2.1" xml:lang="es-MX"><form><property name="universals" value="all"/>
        <field name="x"><option>si</option><help>ayudado</help><catch event="cancel">cancelado</catch><catch event="exit">salida</catch></field></form></vxml>"#;
    let mut call = Call::start(&[("main.vxml", document)]);
    call.say("Ayuda.").hears("ayudado").say("cancelar").hears("cancelado").say("salir").hears("salida");
}

#[test]
fn a_modal_field_hears_no_commands_and_a_grammar_of_the_application_comes_before_them() {
    let mut call = Call::of(
        r#"<form><property name="universals" value="all"/><field name="x" modal="true"><option>yes</option><nomatch>no match</nomatch></field></form>"#,
    );
    call.say("help").hears("no match");
    let mut call = Call::of(
        r#"<form><property name="universals" value="all"/><field name="x"><option>help</option><filled>my own help</filled></field></form>"#,
    );
    call.say("help").hears("my own help");
}

#[test]
fn the_platforms_own_exit_and_cancel_do_as_the_specification_says() {
    let form = r#"<form><property name="universals" value="all"/><field name="x"><prompt>X?</prompt><option>yes</option></field></form>"#;
    Call::of(form).say("cancel").hears("");
    let mut call = Call::of(form);
    call.say("exit").hears("");
    assert_eq!(call.ending().reason, Reason::Exit);
}
