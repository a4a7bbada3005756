use super::*;
use serde_json::json;

const JSGF: Option<&str> = Some("application/x-jsgf");

#[test]
fn public_rules_are_what_may_be_said() {
    let grammar = read(
        "#JSGF V1.0 ISO8859-1 en;\n/** Orders. @author x */\ngrammar com.example.order;\n\
         <polite> = please | kindly;\npublic <order> = [<polite>] (open | close) the (file | window) <polite>*;\n\
         public <bye> = good bye;",
        None,
    );
    for (input, expected) in [
        ("open the file", "match+"),
        ("please close the window kindly please", "match+"),
        ("good bye", "match"),
        ("please", "prefix"),
        ("kindly bye", "no"),
    ] {
        assert_eq!(says(&grammar, input), expected, "{input}");
    }
    assert!(grammar.diagnostics().is_empty(), "{:?}", grammar.diagnostics());
}

#[test]
fn tags_quotes_weights_and_special_rules_are_read() {
    let grammar = read(
        "#JSGF V1.0; grammar g; public <r> = /2/ yes {right} | /1/ \"no way\" {it\\}s wrong} | <NULL> ok | <VOID> never | (go)+ {gone};",
        None,
    );
    assert_eq!(means(&grammar, "yes"), "right");
    assert_eq!(means(&grammar, "no way"), "it}s wrong");
    assert_eq!(means(&grammar, "go go"), "gone");
    assert_eq!(says(&grammar, "ok"), "match");
    assert_eq!(says(&grammar, "never"), "no");
    assert_eq!(says(&grammar, ""), "prefix");
}

#[test]
fn a_tag_may_assign_a_slot_of_a_slot() {
    let grammar = read(
        "#JSGF V1.0 en; grammar order; <size> = (small{order.size\\='small'}|large{order.size\\='large'});\n\
         public <order> = [a] <size> pizza;",
        None,
    );
    assert_eq!(means(&grammar, "a large pizza"), json!({"order": {"size": "large"}}));
}

#[test]
fn a_right_hand_side_alone_is_a_grammar() {
    let yes = read("yes {true} | no {false} | [oh] maybe", JSGF);
    assert_eq!(means(&yes, "no"), "false");
    assert_eq!(says(&yes, "oh maybe"), "match");
    let untyped = read("\n  one | two\n | three  ", None);
    assert_eq!(says(&untyped, "3"), "match");
    let keys_here = Setting { mode: Some(InputMode::Dtmf), ..setting() };
    let dtmf = Grammar::read("1 2 {a} | * {b} | dtmf-3", None, &keys_here).unwrap();
    assert_eq!(keyed(&dtmf, "12"), "a");
    assert_eq!(keyed(&dtmf, "*"), "b");
    assert_eq!(keys(&dtmf, "3"), "match");
}

#[test]
fn imported_rules_are_those_of_files_beside() {
    let grammar = read(
        "#JSGF V1.0; grammar g; import <com.example.polite.start>; import <days.*>;\n\
         public <r> = <start> <com.example.polite.start> <polite.start> <days.week> <g.own>; <own> = x;",
        None,
    );
    assert_eq!(
        grammar.references(),
        ["http://example.com/app/com/example/polite.gram", "http://example.com/app/days.gram"]
    );
}

#[test]
fn mistakes_are_told_with_their_place() {
    for (text, expected) in [
        ("#JSGF V1.0;\ngrammar g;\npublic <r> = <nobody>;", "3:14 undefined-rule"),
        ("#JSGF V1.0;\ngrammar g;\npublic <r> = (a | b;", "3:20 open-bracket"),
        ("#JSGF V1.0;\ngrammar g;\npublic <r> = a", "3:15 missing-semicolon"),
        ("#JSGF V1.0;\ngrammar g;\npublic r = a;", "3:8 not-a-rule"),
        ("#JSGF V1.0;\ngrammar g;\npublic <r> = * a;", "3:14 bad-repeat"),
        ("#JSGF V1.0;\ngrammar g;\npublic <r> = a {b;", "3:16 open-tag"),
        ("#JSGF V1.0;\ngrammar g;\nimport ;\npublic <r> = a;", "3:1 bad-import"),
        ("#JSGF V1.0;\ngrammar g;", "1:1 no-rule"),
    ] {
        assert_eq!(refused(text, None), expected, "{text}");
    }
    assert_eq!(refused("yes | (no", JSGF), "1:10 open-bracket");
    assert_eq!(refused("yes) | no", JSGF), "1:4 not-an-expansion");
}

#[test]
fn choices_in_plain_text_are_words_or_keys_and_nothing_else() {
    let words = read("what's up (really) | New York*", Some("text/x-grammar-choice"));
    assert_eq!(says(&words, "whats up really"), "match");
    assert_eq!(says(&words, "new york"), "match");
    let dtmf = read("1|2 3|*", Some("text/x-grammar-choice-dtmf"));
    assert_eq!(dtmf.mode(), InputMode::Dtmf);
    assert_eq!(keys(&dtmf, "23"), "match");
    assert_eq!(keys(&dtmf, "*"), "match");
}
