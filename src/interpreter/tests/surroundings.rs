//! What holds around prompts, grammars and fetches: their attributes, properties by scope, languages and bases (2.0 §3.1,
//! §4.1, §6).

use super::*;
use crate::dialogue::Spoken;

const ONE: &str = r#"<grammar mode="dtmf" version="1.0" root="r"><rule id="r">1</rule></grammar>"#;

fn prompts(call: &Call) -> &[Spoken] {
    match &call.step {
        Step::Turn(turn) => &turn.prompts,
        Step::Done(ending) => &ending.prompts,
        Step::Fetch(_) => &[],
    }
}

#[test]
fn a_prompt_may_forbid_to_be_interrupted_and_the_property_says_otherwise() {
    let body = |property: &str, prompt: &str| {
        Call::of(&format!(
            r#"<property name="bargein" value="{property}"/><form><field name="f">{ONE}<prompt {prompt} version="1.0">x</prompt></field></form>"#
        ))
    };
    for (property, prompt, bargein) in [
        ("true", "", true),
        ("false", "", false),
        ("true", r#"bargein="false""#, false),
        ("false", r#"bargein="true" bargeintype="hotword""#, true),
    ] {
        assert_eq!(prompts(&body(property, prompt))[0].bargein, bargein, "{property} {prompt}");
    }
}

#[test]
fn a_prompt_is_in_its_own_language_or_the_documents() {
    let call = Call::of(
        r#"<form><field name="f"><option dtmf="1">one</option><prompt>hello</prompt><prompt xml:lang="es-MX">hola</prompt></field></form>"#,
    );
    let languages: Vec<_> = prompts(&call).iter().map(|prompt| prompt.lang.as_str()).collect();
    assert_eq!((languages, call.request().lang.as_str()), (vec!["en-US", "es-MX"], "en-US"));
}

#[test]
fn references_are_relative_to_the_base_of_the_document_and_of_the_prompt() {
    let main = r#"<vxml version="2.1" xml:base="http://example.com/app/deep/"><form><block><prompt><audio src="a.wav">no</audio></prompt>
        <prompt xml:base="er/"><audio src="b.wav">no</audio></prompt><goto next="next.vxml"/></block></form></vxml>"#;
    let next = vxml("<form><block>there</block></form>");
    let files = [("main.vxml", main), ("deep/a.wav", ""), ("deep/er/b.wav", ""), ("deep/next.vxml", next.as_str())];
    Call::start(&files).hears("  there");
}

#[test]
fn an_audio_is_written_computed_or_left_out() {
    let main = vxml(
        r#"<form><block><audio src="a.wav">one</audio> <audio expr="'gone' + '.wav'">two<desc>a sound</desc></audio> <audio expr="undefined">three</audio></block></form>"#,
    );
    let call = Call::start(&[("main.vxml", &main), ("a.wav", "RIFF")]);
    assert_eq!(call.text().trim(), "two");
    assert!(matches!(&prompts(&call)[0].content[0], Speech::Audio(url) if url == &format!("{HOME}a.wav")));
}

#[test]
fn a_mark_keeps_its_name_written_or_computed() {
    let call = Call::of(r#"<form><block><mark name="here"/>x<mark nameexpr="'the' + 're'"/></block></form>"#);
    let marks = prompts(&call).iter().flat_map(|prompt| &prompt.content).filter_map(|piece| match piece {
        Speech::Mark(name) => Some(name.as_str()),
        _ => None,
    });
    assert_eq!(marks.collect::<Vec<_>>(), ["here", "there"]);
}

#[test]
fn a_grammar_is_referred_to_computed_or_written_with_its_type_and_mode() {
    let keys = r#"<grammar xmlns="http://www.w3.org/2001/06/grammar" version="1.0" root="r"><rule id="r">7</rule><rule id="s" scope="public">8</rule></grammar>"#;
    for (grammar, key) in [
        (r#"<grammar src="k.grxml" type="application/srgs+xml" mode="dtmf" weight="0.5"/>"#, "7"),
        (r#"<grammar srcexpr="'k' + '.grxml#s'" mode="dtmf"/>"#, "8"),
        (
            r#"<grammar version="1.0" mode="dtmf" root="b" tag-format="semantics/1.0-literals"><rule id="a">6</rule><rule id="b">5<tag>five</tag></rule></grammar>"#,
            "5",
        ),
    ] {
        let main = vxml(&format!(
            r#"<form><field name="f">{grammar}<nomatch>no</nomatch><filled><value expr="f"/></filled></field></form>"#
        ));
        let call = || Call::start(&[("main.vxml", &main), ("k.grxml", keys)]);
        call().press(key).hears(if key == "5" { "five" } else { key });
        call().press("6").hears("no");
    }
}

#[test]
fn a_grammar_has_its_own_language_and_base() {
    let main = r#"<vxml version="2.1" xml:lang="en-US"><form><field name="f"><grammar xml:lang="es-MX" version="1.0" root="r" mode="voice"><rule id="r">opción dos</rule></grammar>
        <grammar xml:base="http://example.com/app/deep/" version="1.0" root="r" mode="dtmf"><rule id="r"><ruleref uri="k.grxml"/></rule></grammar><filled><value expr="f"/></filled></field></form></vxml>"#;
    let keys = r#"<grammar version="1.0" mode="dtmf" root="r"><rule id="r">7</rule></grammar>"#;
    Call::start(&[("main.vxml", main), ("deep/k.grxml", keys)]).say("Opción 2.").hears("opción dos");
}

#[test]
fn the_fetch_attributes_reach_the_request_and_properties_stand_in_for_them() {
    let body = |attributes: &str, properties: &str| {
        let main = vxml(&format!(r#"{properties}<form><block><goto next="next.vxml" {attributes}/></block></form>"#));
        let call = Call::start(&[("main.vxml", &main), ("next.vxml", &vxml("<form><block>x</block></form>"))]);
        let request = &call.fetched[1];
        (request.timeout, request.maxage, request.maxstale)
    };
    let properties = r#"<property name="fetchtimeout" value="4s"/><property name="documentmaxage" value="30"/><property name="documentmaxstale" value="40"/>"#;
    assert_eq!(body("", ""), (None, None, None));
    assert_eq!(body("", properties), (Some(4000), Some(30), Some(40)));
    let attributes = r#"fetchtimeout="250ms" maxage="0" maxstale="5" fetchhint="safe" fetchaudio="wait.wav""#;
    assert_eq!(body(attributes, properties), (Some(250), Some(0), Some(5)));
    assert_eq!(body(r#"caching="safe""#, properties).1, Some(0));
}

#[test]
fn each_kind_of_resource_has_its_properties_of_age() {
    let kinds = ["audio", "document", "grammar", "script"];
    let properties: String = (1..)
        .zip(kinds)
        .map(|(at, kind)| {
            format!(r#"<property name="{kind}maxage" value="{at}"/><property name="{kind}maxstale" value="{at}0"/><property name="{kind}fetchhint" value="safe"/>"#)
        })
        .collect();
    let main = vxml(&format!(
        r#"{properties}<script src="s.js"/><form><block><audio src="a.wav"/><goto next="next.vxml"/></block></form>"#
    ));
    let next =
        vxml(&format!(r#"{properties}<form><field name="f"><grammar src="k.grxml" mode="dtmf"/></field></form>"#));
    let keys = r#"<grammar version="1.0" root="r"><rule id="r">7</rule></grammar>"#;
    let files = [("main.vxml", main.as_str()), ("s.js", ""), ("a.wav", ""), ("next.vxml", &next), ("k.grxml", keys)];
    let call = Call::start(&files);
    let age = |file: &str| {
        let request = call.fetched.iter().find(|request| request.url.ends_with(file)).unwrap();
        (request.maxage, request.maxstale)
    };
    for (file, at) in [("a.wav", 1), ("next.vxml", 2), ("k.grxml", 3), ("s.js", 4)] {
        assert_eq!(age(file), (Some(at), Some(at * 10)), "{file}");
    }
}

#[test]
fn the_properties_of_listening_reach_the_platform() {
    let properties = [
        ("timeout", "6s"),
        ("interdigittimeout", "1500ms"),
        ("completetimeout", "2s"),
        ("incompletetimeout", "2500ms"),
        ("maxspeechtimeout", "12s"),
        ("termchar", "*"),
        ("confidencelevel", "0.7"),
    ];
    let written: String =
        properties.map(|(name, value)| format!(r#"<property name="{name}" value="{value}"/>"#)).concat();
    let call = Call::of(&format!(r#"{written}<form><field name="f" type="digits"/></form>"#));
    let request = call.request();
    assert_eq!((request.timeout, request.interdigit_timeout), (6000, 1500));
    assert_eq!((request.complete_timeout, request.incomplete_timeout), (2000, 2500));
    assert_eq!((request.max_speech, request.confidence_level), (Some(12_000), 0.7));
    assert_eq!(request.dtmf.unwrap().finish, Some('*'));
}

#[test]
fn properties_without_effect_are_accepted() {
    let properties = [
        ("sensitivity", "0.3"),
        ("speedvsaccuracy", "0.9"),
        ("bargeintype", "hotword"),
        ("termtimeout", "2s"),
        ("fetchaudiodelay", "1s"),
        ("fetchaudiominimum", "5s"),
        ("objectfetchhint", "safe"),
        ("objectmaxage", "1"),
        ("objectmaxstale", "1"),
        ("datafetchhint", "safe"),
        ("recordutterance", "true"),
        ("recordutterancetype", "audio/x-wav"),
        ("vendor.property", "any"),
    ];
    let written: String =
        properties.map(|(name, value)| format!(r#"<property name="{name}" value="{value}"/>"#)).concat();
    Call::of(&format!(
        r#"{written}<form><field name="f">{ONE}<prompt>press</prompt><filled>done</filled></field></form>"#
    ))
    .hears("press")
    .press("1")
    .hears("done");
}

#[test]
fn inputmodes_says_what_is_listened_for() {
    let call = |modes: &str| {
        Call::of(&format!(
            r#"<property name="inputmodes" value="{modes}"/><form><field name="f"><option dtmf="1">one</option></field></form>"#
        ))
    };
    for (modes, dtmf, speech) in [("dtmf", true, false), ("voice", false, true), ("dtmf voice", true, true)] {
        let call = call(modes);
        assert_eq!((call.request().dtmf.is_some(), call.request().speech.is_some()), (dtmf, speech), "{modes}");
    }
}

#[test]
fn the_property_nearest_to_the_item_counts() {
    let property = |value: &str| format!(r#"<property name="timeout" value="{value}"/>"#);
    let body = |form: &str, field: &str| {
        let call = Call::of(&format!(r#"{}<form>{form}<field name="f">{field}{ONE}</field></form>"#, property("9s")));
        call.request().timeout
    };
    assert_eq!(body("", ""), 9000);
    assert_eq!(body(&property("8s"), ""), 8000);
    assert_eq!(body(&property("8s"), &property("7s")), 7000);
    assert_eq!(body("", &(property("6s") + &property("5s"))), 5000);
}

#[test]
fn the_tags_of_a_grammar_see_what_was_said_and_their_grammars_variables() {
    let grammar = r##"<grammar version="1.0" root="r" mode="voice" tag-format="semantics/1.0"><tag>var polite = 'please';</tag>
        <rule id="r"><ruleref uri="#a"/> please <tag>out.f = [meta.current().text, meta.a.text, meta.latest().text, meta.a.score &lt;= 1, polite].join('/');</tag></rule>
        <rule id="a">big tea</rule></grammar>"##;
    Call::of(&format!(r#"<form><field name="f">{grammar}<filled><value expr="f"/></filled></field></form>"#))
        .say("Big tea, please.")
        .hears("big tea please/big tea/big tea/true/please");
}

#[test]
fn a_script_in_a_grammar_that_does_not_end_is_a_semantic_error() {
    let grammar = r#"<grammar version="1.0" root="r" mode="voice" tag-format="semantics/1.0"><rule id="r">tea<tag>while (true) {}</tag></rule></grammar>"#;
    Call::of(&format!(
        r#"<form><field name="f">{grammar}</field><catch event="error.semantic">stopped<exit/></catch></form>"#
    ))
    .say("tea")
    .hears("stopped");
}
