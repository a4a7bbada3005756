//! Prompts: what is queued, what becomes of it, which mark was heard.

use super::*;
use crate::dialogue::Spoken;

fn prompts(call: &Call) -> Vec<Spoken> {
    match &call.step {
        Step::Turn(turn) => turn.prompts.clone(),
        Step::Done(ending) => ending.prompts.clone(),
        Step::Fetch(_) => unreachable!(),
    }
}

/// The audio files asked for.
fn asked(call: &Call) -> Vec<&str> {
    let audio = call.fetched.iter().filter(|request| request.purpose == Purpose::Audio);
    audio.map(|request| request.url.trim_start_matches(HOME)).collect()
}

/// A field that listens after these prompts.
fn field(inside: &str) -> Call {
    Call::of(&format!(r#"<form><field name="x"><option dtmf="1">one</option>{inside}</field></form>"#))
}

/// "The <enumerate> element … _dtmf … is a normalized representation (i.e. a single whitespace between DTMF tokens)"
/// (2.0 §2.2.4).
#[test]
fn the_keys_in_a_template_have_a_blank_between_them() {
    Call::of(
        r##"<menu><prompt><enumerate><value expr="_prompt"/>: <value expr="_dtmf"/></enumerate></prompt>
        <choice dtmf="12" next="#a">news</choice></menu><form id="a"/>"##,
    )
    .hears("news: 1 2");
}

/// "If a <grammar> element is specified in <choice>, then the _dtmf variable is assigned the ECMAScript undefined value"
/// (2.0 §2.2.4).
#[test]
fn a_choice_with_a_grammar_has_no_keys_in_a_template() {
    let menu = |enumerate: &str| {
        Call::of(&format!(
            r##"<menu><prompt>{enumerate}</prompt><choice dtmf="1" next="#a">news<grammar version="1.0" root="r"><rule
            id="r">the news</rule></grammar></choice></menu><form id="a"/>"##
        ))
    };
    menu(r#"<enumerate><value expr="typeof _dtmf"/></enumerate>"#).hears("undefined");
    menu("<enumerate/>").hears("For news, press 1.");
}

/// "An error.semantic event is thrown if <enumerate> is used elsewhere" (2.0 §2.2.4).
#[test]
fn enumerate_without_anything_to_choose_from_is_an_error() {
    Call::of(
        r#"<form><catch event="error.semantic">wrong place<exit/></catch><field name="x" type="digits"><prompt><enumerate/></prompt></field></form>"#,
    )
    .hears("wrong place");
}

#[test]
fn enumerate_works_in_the_handlers_of_a_menu_and_of_the_document() {
    Call::of(
        r##"<noinput>You can say <enumerate><value expr="_prompt"/>,</enumerate></noinput>
        <menu><prompt>Menu.</prompt><choice next="#a">news</choice><choice next="#a">sports</choice></menu><form id="a"/>"##,
    )
    .silence()
    .hears("You can say news, sports,");
}

/// "If the expr attribute evaluates to ECMAScript undefined then the content of the element is ignored" (2.0 §4.1.3).
#[test]
fn audio_that_is_undefined_is_skipped_with_its_content() {
    field(r#"<prompt>a <audio expr="undefined">never</audio> b</prompt>"#).hears("a b");
}

/// "If the audio file cannot be played … the content of the audio element is played instead" (2.0 §4.1.3).
#[test]
fn audio_that_is_missing_gives_way_to_its_content_and_that_to_its_own() {
    let call = Call::start(&[
        (
            "main.vxml",
            &vxml(
                r#"<form><block><prompt><audio src="no.wav"><desc>a bell</desc>no bell, <audio src="none.wav">nothing <value expr="1+1"/></audio><audio src="yes.wav">never</audio></audio></prompt></block></form>"#,
            ),
        ),
        ("yes.wav", ""),
    ]);
    assert_eq!(call.text(), "no bell, nothing 2");
    let content = &prompts(&call)[0].content;
    assert_eq!(content.last(), Some(&Speech::Audio(format!("{HOME}yes.wav"))));
}

#[test]
fn silence_is_a_sound_the_platform_has_and_others_give_way_to_their_content() {
    let call = field(
        r#"<prompt><audio src="builtin:silence?time=2s"/>a <audio src="builtin:beep">beep</audio><audio src="builtin:gong"/>b</prompt>"#,
    );
    assert_eq!(asked(&call), Vec::<&str>::new());
    assert_eq!(call.text(), "a beep b");
    let shown = format!("{:?}", prompts(&call)[0].content);
    assert!(shown.contains("2000ms") && shown.contains("500ms"), "{shown}");
    assert!(call.trace.iter().any(|line| line.to_string().contains("no sound builtin:gong")), "{:?}", call.trace);
}

/// "The item's prompt counter … the highest count … less than or equal to the current count value" (2.0 §4.1.6).
#[test]
fn prompts_taper_by_the_highest_count_reached_and_only_conditions_that_hold_count() {
    let mut call = field(
        r#"<prompt>first</prompt><prompt count="2" cond="false">never</prompt><prompt count="3">third</prompt><prompt count="3"> again</prompt>"#,
    );
    call.hears("first").silence().hears("first").silence().hears("third again").silence().hears("third again");
}

/// "The prompt queue … prompts are played in the order in which they were queued" (2.0 §4.1.8).
#[test]
fn what_is_queued_before_the_end_is_heard() {
    Call::of(r#"<form><block>one <prompt>two</prompt><exit/></block></form>"#).hears("one two");
    let mut call = Call::of(
        r#"<form><catch event="connection.disconnect.hangup"><exit/></catch><block>one<disconnect/></block></form>"#,
    );
    call.hears("one");
    assert!(matches!(&call.step, Step::Turn(turn) if turn.next == Next::Disconnect));
    call.hang_up();
}

/// "bargein … if not specified, the value of the bargein property is used" (2.0 §4.1).
#[test]
fn a_prompt_may_be_interrupted_as_its_attribute_or_else_the_property_says() {
    let call = Call::of(
        r#"<form><property name="bargein" value="false"/><field name="x"><option dtmf="1">one</option>
        <prompt>a</prompt><prompt bargein="true" bargeintype="hotword">b</prompt></field></form>"#,
    );
    assert_eq!(prompts(&call).iter().map(|prompt| prompt.bargein).collect::<Vec<_>>(), [false, true]);
}

/// The property counts where the prompt says nothing (2.0 §4.1.5.1); `recordutterance` is 2.1 §7's.
#[test]
fn what_a_prompt_or_property_asks_of_the_recogniser_is_told_the_platform() {
    let asked = |properties: &str, prompts: &str| {
        let call = Call::of(&format!(
            r#"<form>{properties}<field name="x"><option dtmf="1">one</option>{prompts}</field></form>"#
        ));
        (call.request().hotword, call.request().record)
    };
    let hotword = r#"<property name="bargeintype" value="hotword"/>"#;
    assert_eq!(asked("", "<prompt>a</prompt>"), (false, false));
    assert_eq!(asked("", r#"<prompt bargeintype="hotword">a</prompt><prompt>b</prompt>"#), (true, false));
    assert_eq!(asked(hotword, "<prompt>a</prompt>"), (true, false));
    assert_eq!(asked(hotword, r#"<prompt bargeintype="speech">a</prompt>"#), (false, false));
    assert_eq!(asked(hotword, r#"<prompt bargein="false">a</prompt>"#), (false, false));
    assert_eq!(asked(r#"<property name="recordutterance" value="true"/>"#, ""), (false, true));
}

#[test]
fn a_foreach_in_a_prompt_reads_each_element_with_its_markup() {
    let call = field(
        r#"<prompt><foreach item="n" array="['one', 'two']"><audio expr="n + '.wav'"><value expr="n"/></audio><break time="300ms"/></foreach></prompt>"#,
    );
    assert_eq!(call.text(), "one two");
    assert_eq!(asked(&call), ["one.wav", "two.wav"]);
}

#[test]
fn the_repetitions_of_a_foreach_do_not_run_together() {
    for (body, heard) in [
        (r#"<value expr="n"/> "#, "x one two y"),
        (r#" <value expr="n"/>"#, "x one two y"),
        (r#"<emphasis><value expr="n"/></emphasis> "#, "x one two y"),
        (r#"<value expr="n"/>, "#, "x one, two, y"),
    ] {
        let prompt = format!(r#"<prompt>x <foreach item="n" array="['one', 'two']">{body}</foreach> y</prompt>"#);
        assert_eq!(field(&prompt).text(), heard, "{body}");
    }
}

const MARKED: &str = r#"<form><field name="x"><option dtmf="1">one</option>
    <prompt><mark name="begin"/>Hello <mark nameexpr="'m' + 2"/>there</prompt>
    <filled><value expr="application.lastresult$.markname"/> <value expr="x$.markname"/>
    <value expr="x$.marktime == application.lastresult$.marktime &amp;&amp; x$.marktime > 0"/></filled></field></form>"#;

/// "markname: the name of the mark last executed by the SSML processor before barge-in occurred or the end of audio playback
/// occurred" (2.1 §4).
#[test]
fn the_mark_heard_last_is_in_the_last_result_and_in_the_shadow_variable() {
    Call::of(MARKED).press("1").hears("m2 m2 true");
}

/// "If no mark was executed, this variable is undefined" (2.1 §4).
#[test]
fn without_a_mark_there_is_none() {
    let mut call = field(
        r#"<prompt>Hello</prompt><filled><value expr="typeof x$.markname"/> <value expr="typeof application.lastresult$.marktime"/></filled>"#,
    );
    call.press("1").hears("undefined undefined");
}

#[test]
fn an_input_nobody_understood_has_a_mark_too() {
    let mut call = field(
        r#"<prompt><mark name="here"/>Hello</prompt><nomatch><value expr="application.lastresult$.markname"/></nomatch>"#,
    );
    call.press("9").hears("here");
}

#[test]
fn what_is_no_language_is_not_taken_for_one() {
    let call = Call::start(&[(
        "main.vxml",
        r#"<vxml version="2.1" xml:lang="text"><form><field name="x"><option>one</option><prompt xml:lang="x-odd">Hi</prompt></field></form></vxml>"#,
    )]);
    assert_eq!((prompts(&call)[0].lang.as_str(), call.request().lang.as_str()), ("en-US", "en-US"));
}

#[test]
fn the_recogniser_listens_in_the_language_of_the_grammar_and_the_prompt_is_in_its_own() {
    let grammar =
        |lang: &str| format!(r#"<grammar version="1.0" root="r" xml:lang="{lang}"><rule id="r">no</rule></grammar>"#);
    let call = Call::of(&format!(
        r#"<form><field name="x"><prompt xml:lang="fr-FR">Oui?</prompt>{}</field></form>"#,
        grammar("es-MX")
    ));
    assert_eq!((prompts(&call)[0].lang.as_str(), call.request().lang.as_str()), ("fr-FR", "es-MX"));
    let call = Call::of(&format!(
        r#"<form>{}<initial><prompt>Yes?</prompt></initial><field name="x"/></form>"#,
        grammar("es-MX")
    ));
    assert_eq!(call.request().lang, "es-MX");
}
