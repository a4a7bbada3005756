use super::*;

fn in_block(inside: &str) -> String {
    format!("<form><block>{inside}</block></form>")
}

#[test]
fn attributes_that_exclude_each_other_are_refused() {
    let cases = [
        "<goto next='a' expr='b'/>",
        "<submit next='a' expr='b'/>",
        "<throw event='a' eventexpr='b'/>",
        "<throw event='a' message='b' messageexpr='c'/>",
        "<audio src='a' expr='b'/>",
        "<mark name='a' nameexpr='b'/>",
        "<script src='a' srcexpr='b'/>",
        "<script src='a'>b</script>",
        "<data src='a' srcexpr='b'/>",
        "<return event='a' namelist='b'/>",
        "<exit expr='a' namelist='b'/>",
        "<goto nextitem='a' expritem='b'/>",
        "<goto next='a' nextitem='b'/>",
        "<return event='a' eventexpr='b'/>",
        "<return event='a' message='b' messageexpr='c'/>",
    ];
    for case in cases {
        assert_eq!(errors(&in_block(case)), ["exclusive-attributes"], "{case}");
    }
    let cases = [
        "<menu><choice next='a' event='b'>x</choice></menu>",
        "<link next='a' event='b'/>",
        "<form><field><grammar src='a'>b</grammar></field></form>",
        "<form><field><grammar src='a' srcexpr='b'/></field></form>",
        "<form><subdialog src='a' srcexpr='b'/></form>",
        "<form><object><param name='a' expr='b' value='c'/></object></form>",
        "<form><transfer dest='a' destexpr='b'/></form>",
        "<form><transfer dest='a' bridge='true' type='blind'/></form>",
        "<form><transfer dest='a' aai='b' aaiexpr='c'/></form>",
        "<menu><choice next='a' expr='b'>x</choice></menu>",
        "<menu><choice event='a' eventexpr='b'>x</choice></menu>",
        "<menu><choice event='a' message='b' messageexpr='c'>x</choice></menu>",
        "<link next='a' expr='b'/>",
        "<link event='a' message='b' messageexpr='c'/>",
        "<form><field><grammar srcexpr='a'>b</grammar></field></form>",
        "<data src='a' srcexpr='b'/>",
        "<meta name='a' http-equiv='b' content='c'/>",
    ];
    for case in cases {
        assert_eq!(errors(case), ["exclusive-attributes"], "{case}");
    }
}

#[test]
fn attributes_that_are_needed_are_missed() {
    let cases = [
        "<goto/>",
        "<submit/>",
        "<throw/>",
        "<audio/>",
        "<script/>",
        "<data/>",
        "<var/>",
        "<assign name='a'/>",
        "<if>x</if>",
        "<value/>",
        "<mark/>",
        "<foreach item='a'/>",
        "<foreach array='a'/>",
        "<assign expr='a'/>",
        "<if cond='a'>x<elseif/>y</if>",
    ];
    for case in cases {
        assert_eq!(errors(&in_block(case)), ["missing-attribute"], "{case}");
    }
    let cases = [
        "<property name='a'/>",
        "<property value='a'/>",
        "<menu><choice>x</choice></menu>",
        "<link/>",
        "<meta content='a'/>",
        "<meta name='a'/>",
        "<form><subdialog/></form>",
        "<form><subdialog src='a'><param name='b'/></subdialog></form>",
        "<form><subdialog src='a'><param value='b'/></subdialog></form>",
    ];
    for case in cases {
        assert_eq!(errors(case), ["missing-attribute"], "{case}");
    }
    assert_eq!(errors("<form><field><grammar/></field></form>"), ["missing-grammar"]);
    assert_eq!(findings("<vxml/>"), ["warning missing-attribute 1:1"]);
}

#[test]
fn an_empty_name_is_none() {
    for case in ["<var name=''/>", "<assign name=' ' expr='1'/>", "<foreach item='' array='a'/>"] {
        assert_eq!(errors(&in_block(case)), ["empty-attribute"], "{case}");
    }
    assert_eq!(errors("<property name='' value='a'/>"), ["empty-attribute"]);
}

#[test]
fn what_has_no_effect_without_an_attribute_is_said_so() {
    for case in ["<say-as>1</say-as>", "<sub>a</sub>", "<phoneme>a</phoneme>", "<lexicon/>"] {
        assert_eq!(warnings(&in_block(&format!("<prompt>{case}</prompt>"))), ["missing-attribute"], "{case}");
    }
    assert_eq!(warnings("<form><object name='o'/></form>"), ["missing-attribute"]);
}

#[test]
fn lists_have_blanks_between_their_names() {
    assert_eq!(
        warnings("<form><var name='b'/><var name='c'/><block><submit next='a' namelist='b, c'/></block></form>"),
        ["bad-value"]
    );
}

#[test]
fn every_element_that_holds_dialogue_is_refused_where_it_does_not_belong() {
    let cases = [
        "<block/>",
        "<filled/>",
        "<choice next='a'>x</choice>",
        "<option>x</option>",
        "<vxml version='2.1'/>",
        "<form><form/></form>",
        "<form><menu/></form>",
        "<form><choice next='a'>x</choice></form>",
        "<form><option>x</option></form>",
        "<form><initial><filled/></initial></form>",
        "<form><initial><option>x</option></initial></form>",
        "<form><record><option>x</option></record></form>",
        "<form><field><field/></field></form>",
        "<form><block><filled/></block></form>",
        "<form><block><noinput/></block></form>",
        "<form><block><elseif cond='a'/></block></form>",
        "<form><block><if cond='a'><else/><else/></if></block></form>",
        "<menu><field/></menu>",
        "<menu><block/></menu>",
        "<menu><filled/></menu>",
        "<menu><option>x</option></menu>",
        "<noinput><field/></noinput>",
        "<catch><catch/></catch>",
    ];
    for case in cases {
        assert_eq!(errors(case), ["misplaced-element"], "{case}");
    }
}

#[test]
fn names_are_given_once() {
    assert_eq!(errors("<form id='a'/><menu id='a'><choice next='#a'>x</choice></menu>"), ["duplicate-id"]);
    assert_eq!(errors("<form><block name='a'/><field name='a'/></form>"), ["duplicate-name"]);
    assert!(errors("<form><block name='a'/></form><form><block name='a'/></form>").is_empty());
}

#[test]
fn structure_out_of_place_is_refused_and_executable_content_is_skipped() {
    assert_eq!(errors("<field name='a'/>"), ["misplaced-element"]);
    assert_eq!(errors(&in_block("<field name='a'/>")), ["misplaced-element"]);
    assert_eq!(errors(&in_block("<else/>")), ["misplaced-element"]);
    assert_eq!(errors(&in_block("<if cond='a'><else/><elseif cond='b'/></if>")), ["misplaced-element"]);
    assert_eq!(warnings("<form><prompt>lost</prompt><block/></form>"), ["misplaced-element"]);
    assert_eq!(warnings("<form>lost<block/></form>"), ["stray-text"]);
}

#[test]
fn what_voicexml_does_not_know_is_a_warning() {
    assert_eq!(
        warnings("<form vendor='x' xmlns:v='urn:v' v:y='z'><v:thing><deep/></v:thing><block/></form>"),
        ["unknown-attribute", "unknown-attribute", "unknown-element"]
    );
    assert_eq!(warnings("<form><field><dtmf>1</dtmf></field></form>"), ["outdated-element"]);
}

#[test]
fn bad_values_fall_back_to_the_default() {
    let form = "<form scope='galaxy'><field modal='maybe'><prompt count='0' timeout='soon' bargein='yes'>x</prompt></field></form>";
    assert_eq!(warnings(form), ["bad-value"; 5]);
    let field = item(form);
    assert_eq!((field.prompts[0].count, field.prompts[0].timeout, field.prompts[0].bargein), (1, None, Some(true)));
}

#[test]
fn a_filled_inside_an_item_waits_for_that_item() {
    assert_eq!(errors("<form><field><filled mode='any'/></field></form>"), ["misplaced-attribute"]);
    assert_eq!(
        errors("<form><block name='b'/><field name='f'/><filled namelist='f b'/></form>"),
        ["filled-control-item"]
    );
}

#[test]
fn a_grammar_has_a_scope_only_in_a_form() {
    assert_eq!(errors("<form><field><grammar src='a' scope='dialog'/></field></form>"), ["misplaced-attribute"]);
}

#[test]
fn every_problem_is_reported_in_the_order_of_the_text() {
    let text =
        "<vxml version='2.1'>\n<form id='a'><block><goto/>\n<var/></block></form>\n<form id='a'><foo/></form></vxml>";
    let expected = [
        "error missing-attribute 2:21",
        "error missing-attribute 3:1",
        "error duplicate-id 4:7",
        "warning unknown-element 4:14",
    ];
    assert_eq!(findings(text), expected);
}
