use super::*;
use crate::{dialogue::Dialect, vxml::inspect};

fn found(text: &str) -> Vec<Diagnostic> {
    inspect(text, URI, Dialect::Standard).1
}

/// The warnings about a document with this inside `<vxml>`, as `code: message`.
fn warned(inside: &str) -> Vec<String> {
    found(&vxml(inside)).into_iter().map(|found| format!("{}: {}", found.code, found.message)).collect()
}

#[test]
fn dialogs_that_are_gone_to_are_there() {
    for gone in [
        "<form id='a'><block><goto next='#b'/></block></form>",
        "<menu id='a'><choice next='#b'>x</choice></menu>",
        "<link next='#b'/><form id='a'><block/></form>",
        "<form id='a'><subdialog src='#b'/></form>",
    ] {
        assert_eq!(warned(gone), ["unknown-dialog: the document has no dialog `b`"], "{gone}");
    }
    assert!(warned("<form id='a'><block><goto next='#a'/><goto next='other.vxml#b'/></block></form>").is_empty());
    let found = found(&vxml("<form id='a'><block><goto next='#b'/></block></form><form id='c'/>"));
    assert_eq!(found[0].expected.as_deref(), Some("`a`, `c`"));
}

#[test]
fn items_that_are_named_are_there() {
    assert_eq!(
        warned("<form><block name='a'><goto nextitem='b'/></block></form>"),
        ["unknown-item: the form has no item `b`"]
    );
    assert_eq!(
        warned("<form><field name='a'/><filled namelist='a b'/></form>"),
        ["unknown-item: the form has no item `b`"]
    );
    assert!(
        warned("<catch><goto nextitem='a'/></catch><form><field name='a'/><filled namelist='dialog.a'/></form>")
            .is_empty()
    );
}

#[test]
fn properties_nobody_knows_are_said_so() {
    let property = |name: &str| warned(&format!("<property name='{name}' value='1'/><form><block/></form>"));
    assert_eq!(property("colour"), ["unknown-property: no property is called `colour`"]);
    assert!(property("timeout").is_empty() && property("com.vendor.thing").is_empty());
    let text = vxml(
        "<property name='interdigitstimeout' value='2s'/><property name='inpumodes' value='dtmf'/><form><block/></form>",
    );
    let help: Vec<_> = found(&text).into_iter().map(|found| found.help.unwrap()).collect();
    assert_eq!(help, ["is `interdigittimeout` meant?", "is `inputmodes` meant?"]);
}

#[test]
fn values_a_property_cannot_have_are_said_so() {
    let property =
        |name: &str, value: &str| warned(&format!("<property name='{name}' value='{value}'/><form><block/></form>"));
    let said = ["bad-value: `50` is not a value of the property `confidencelevel`"];
    assert_eq!(property("confidencelevel", "50"), said);
    assert!(property("confidencelevel", "0.5").is_empty() && property("com.vendor.thing", "50").is_empty());
}

#[test]
fn names_with_commas_between_them_are_names() {
    let found = read(&vxml("<form><var name='a'/><var name='b'/><block><exit namelist='a, b'/></block></form>"), URI);
    assert_eq!(found.diagnostics.iter().map(|found| found.code.as_str()).collect::<Vec<_>>(), ["bad-value"]);
    let found = found.document.unwrap();
    let ItemKind::Block(block) = &found.dialogs[0].items[0].kind else { panic!("{found:?}") };
    let Action::Exit(exit) = &block[0] else { panic!("{block:?}") };
    let names: Vec<_> = exit.namelist.iter().flatten().map(|name| &*name.text).collect();
    assert_eq!(names, ["a", "b"]);
    let found = document(&vxml("<catch event='error.a, error.b'/><form><block/></form>"));
    assert_eq!(found.handlers[0].events, ["error.a", "error.b"]);
}

#[test]
fn a_script_in_a_comment_is_not_run_and_said_so() {
    let said = ["commented-script: the program of <script> is in a comment"];
    assert_eq!(warned("<script><!-- \nvar a = 1;\n// --></script><form><block/></form>"), said);
}

#[test]
fn variables_nobody_declares_are_said_so() {
    let undeclared = |inside: &str| warned(&format!("<form>{inside}</form>"));
    let said = ["undeclared-variable: nothing in the document declares `b`"];
    assert_eq!(undeclared("<var name='a'/><block><submit next='x' namelist='a b'/></block>"), said);
    assert_eq!(undeclared("<block><assign name='b' expr='1'/></block>"), said);
    for fine in [
        "<field name='b'/><block><clear namelist='b'/><return namelist='dialog.b b$.utterance'/></block>",
        "<block><script>var b = 1;</script><exit namelist='b'/></block>",
        "<script src='b.js'/><block><assign name='b' expr='1'/></block>",
        "<block><submit next='x' namelist='session.connection.remote.uri application.b'/></block>",
    ] {
        assert!(undeclared(fine).is_empty(), "{fine}: {:?}", undeclared(fine));
    }
}

#[test]
fn names_no_variable_can_have_are_said_so() {
    for name in ["dialog.x", "a.b", "a-b", "1st", "_x", "x$"] {
        assert_eq!(
            warned(&format!("<form><var name='{name}'/></form>")),
            [format!("bad-name: `{name}` is no name for a variable")]
        );
        assert_eq!(warned(&format!("<form><block name='{name}'/></form>")).len(), 1);
    }
    assert!(warned("<form><var name='größe_2'/></form>").is_empty());
}

#[test]
fn events_of_a_catch_have_blanks_between_them() {
    assert_eq!(warned("<catch event='a, b'/><form><block/></form>").len(), 1);
    assert!(warned("<catch event='a b'/><form><block/></form>").is_empty());
}
