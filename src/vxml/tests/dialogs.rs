use super::*;
use crate::dialogue::{DialogKind, FetchHints, GrammarText, InputMode, Menu, ParamValue, Source};

fn menu(inside: &str) -> Menu {
    item(inside).kind.as_menu().cloned().unwrap()
}

fn keys(menu: &Menu) -> Vec<Option<&str>> {
    menu.choices.iter().map(|choice| choice.dtmf.as_deref()).collect()
}

#[test]
fn a_document_has_its_parts() {
    let document = document(&vxml(
        "<meta name='author' content='me'/><metadata><x/></metadata><property name='timeout' value='5s'/>
        <var name='a' expr='1'/><script>b = 2</script><data name='d' src='d.xml'/>
        <link next='#x' dtmf='0'><grammar src='g.grxml'/></link><catch event='exit error.'><exit/></catch>
        <form id='x' scope='document'><var name='v'/><noinput count='2'>again</noinput><block/></form><menu id='y'><choice next='#x'>x</choice></menu>",
    ));
    assert_eq!(document.metas.len(), 1);
    assert_eq!(document.properties[0].value, "5s");
    assert_eq!(document.init.len(), 3);
    assert_eq!(document.handlers[0].events, ["exit", "error"]);
    assert_eq!(document.links[0].dtmf.as_deref(), Some("0"));
    assert_eq!(document.links[0].grammars.len(), 1);
    let form = document.dialog("x").unwrap();
    assert!(form.document_scope && form.kind == DialogKind::Form && form.init.len() == 1);
    assert_eq!((form.handlers[0].count, form.handlers[0].events[0].as_str()), (2, "noinput"));
    assert_eq!(document.dialog("y").unwrap().kind, DialogKind::Menu);
}

#[test]
fn a_catch_of_nothing_or_a_dot_catches_everything() {
    let document = document(&vxml("<catch/><catch event='.'/><catch event='a .'/><catch event='a.b. c'/>"));
    let events: Vec<_> = document.handlers.iter().map(|handler| handler.events.clone()).collect();
    assert_eq!(events, [vec![], vec![], vec![], vec!["a.b".to_owned(), "c".to_owned()]]);
}

#[test]
fn items_without_names_get_names_of_their_own() {
    let document = document(&vxml("<form><block/><block name='_block_3'/><block/><field name='x'/></form>"));
    let items = &document.dialogs[0].items;
    let names: Vec<_> = items.iter().map(|item| (&*item.name, item.named)).collect();
    assert_eq!(names, [("_block_1", false), ("_block_3", true), ("_block_3_", false), ("x", true)]);
}

#[test]
fn a_menu_gives_out_keys() {
    let menu = menu(
        "<menu dtmf='TRUE' accept='approximate'><choice next='#a'>Sales</choice><choice dtmf='0' event='help'>Help</choice>
        <choice next='#b' accept='exact'>Any <emphasis>other</emphasis> <grammar src='g'/> thing</choice></menu>",
    );
    assert_eq!(keys(&menu), [Some("1"), Some("0"), Some("2")]);
    let accepts: Vec<_> = menu.choices.iter().map(|choice| choice.approximate).collect();
    assert_eq!(accepts, [true, true, false]);
    assert_eq!(menu.choices[2].text, "Any other thing");
    assert_eq!(menu.choices[2].grammars.len(), 1);
}

#[test]
fn only_nine_choices_get_keys() {
    let choices = "<choice next='#a'>a</choice>".repeat(11);
    let menu = menu(&format!("<menu dtmf='true'>{choices}</menu>"));
    assert_eq!(keys(&menu)[8..], [Some("9"), None, None]);
}

#[test]
fn keys_given_out_and_keys_written_do_not_mix() {
    let mixed = "<menu dtmf='true'><choice dtmf='1' next='#a'>a</choice><choice next='#b'>b</choice></menu>";
    assert_eq!(errors(mixed), ["mixed-keys"]);
    let written = "<menu dtmf='true'><choice dtmf='1' next='a'>a</choice><choice dtmf='2' next='b'>b</choice></menu>";
    assert_eq!(errors(written), ["mixed-keys", "mixed-keys"]);
    let allowed = "<menu dtmf='true'><choice dtmf='0' next='#a'>a</choice><choice next='#b'>b</choice></menu>";
    assert!(errors(allowed).is_empty());
}

#[test]
fn options_take_their_value_from_the_attribute_the_text_or_the_keys() {
    let field = item(
        "<form><field name='f'><option dtmf='1 2' value='v'>Text </option><option> A\n b </option><option dtmf='3'/></field></form>",
    );
    let ItemKind::Field(field) = field.kind else { panic!() };
    let values: Vec<_> = field.options.iter().map(|option| (option.value.as_str(), option.text.as_str())).collect();
    assert_eq!(values, [("v", "Text"), ("A b", "A b"), ("3", "")]);
    assert_eq!(field.options[0].dtmf.as_deref(), Some("12"));
}

#[test]
fn records_transfers_subdialogs_and_objects_are_typed() {
    let record = item("<form><record name='r' maxtime='10s' dtmfterm='false' beep='true'/></form>");
    assert!(record.modal);
    assert!(matches!(record.kind, ItemKind::Record(ref record) if record.maxtime == Some(10_000) && !record.dtmfterm));
    let transfer = item("<form><transfer dest='tel:1' bridge='true' maxtime='0'/></form>");
    assert!(matches!(transfer.kind, ItemKind::Transfer(ref transfer) if transfer.kind.as_deref() == Some("bridge")));
    let subdialog = item(
        "<form><subdialog src='s' namelist='a b'><param name='p' expr='1'/><param name='q' value='x'/></subdialog></form>",
    );
    let ItemKind::Subdialog(subdialog) = subdialog.kind else { panic!() };
    assert_eq!(subdialog.namelist.unwrap()[1].at.column, 94);
    assert!(matches!(subdialog.params[0].value, ParamValue::Expr(_)));
    assert_eq!(subdialog.params[1].value, ParamValue::Literal("x".to_owned()));
    assert!(matches!(item("<form><object classid='c'/></form>").kind, ItemKind::Object(_)));
}

#[test]
fn grammars_are_references_texts_or_xml() {
    let field = item(
        "<form><field><grammar src='g.grxml#r' type='Application/SRGS+XML' mode='DTMF' weight='2.5'/>
        <grammar>\n#ABNF 1.0;\n$a = b &amp; c; </grammar><dtmf>1 | 2</dtmf><grammar srcexpr='x'/></field></form>",
    );
    let [reference, text, dtmf, computed] = field.grammars.as_slice() else { panic!() };
    assert_eq!(reference.text, GrammarText::Reference(Source::Literal("g.grxml#r".to_owned())));
    assert_eq!((reference.mode, reference.weight), (Some(InputMode::Dtmf), 2.5));
    assert_eq!(reference.media_type.as_deref(), Some("application/srgs+xml"));
    assert_eq!(text.text, GrammarText::Text("#ABNF 1.0;\n$a = b & c;".to_owned()));
    assert_eq!(dtmf.mode, Some(InputMode::Dtmf));
    assert!(matches!(computed.text, GrammarText::Reference(Source::Expr(_))));
}

#[test]
fn a_form_grammar_may_have_a_scope_of_its_own() {
    let form = "<grammar src='a' scope='document'/><grammar src='b' scope='dialog'/><grammar src='c'/>";
    for (scope, wide) in [("dialog", 1), ("document", 2)] {
        let document = document(&vxml(&format!("<form scope='{scope}'>{form}</form>")));
        assert_eq!(document.dialogs[0].grammars.len(), 3);
        assert_eq!(document.dialogs[0].document_grammars.len(), wide);
    }
}

#[test]
fn fetch_attributes_are_typed_and_old_caching_is_understood() {
    let document = document(&vxml(
        "<link next='#a' fetchaudio='w.wav' fetchtimeout='2s' fetchhint='prefetch' maxage='60' maxstale='10s'/><link next='#a' caching='safe'/>",
    ));
    let expected = FetchHints {
        audio: Some("w.wav".to_owned()),
        timeout: Some(2000),
        prefetch: Some(true),
        maxage: Some(60),
        maxstale: Some(10),
    };
    assert_eq!(document.links[0].fetch, expected);
    assert_eq!(document.links[1].fetch.maxage, Some(0));
}

#[test]
fn the_prompts_of_an_item_include_bare_speech() {
    let field = item(
        "<form><field name='f'>Which\n one? <enumerate/><prompt count='2' timeout='3s' bargein='false'>Again</prompt><filled/> Last</field></form>",
    );
    let contents: Vec<_> = field.prompts.iter().map(|prompt| prompt.content.clone()).collect();
    assert_eq!(contents, [vec![text("Which one? "), Piece::Enumerate(None)], vec![text("Again")], vec![text("Last")]]);
    assert_eq!(
        (field.prompts[1].count, field.prompts[1].timeout, field.prompts[1].bargein),
        (2, Some(3000), Some(false))
    );
}
