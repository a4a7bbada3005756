//! Each element and attribute of the XML form of SRGS 1.0, and each feature of SISR 1.0, does what its section says.

use super::*;
use crate::grammar::vocabulary::SRGS_XML;
use serde_json::json;

const SCRIPT: &str = "tag-format='semantics/1.0'";

#[test]
fn every_element_of_the_xml_form_is_known_and_no_other() {
    let warned = |element: &str| {
        let text = match element {
            "grammar" => "<grammar root='r' version='1.0'><rule id='r'>a</rule></grammar>".to_owned(),
            "rule" | "tag" | "meta" | "metadata" | "lexicon" => {
                format!(
                    "<grammar root='r' version='1.0'><{element} id='x'>a</{element}><rule id='r'>a</rule></grammar>"
                )
            }
            _ => format!(
                "<grammar root='r' version='1.0'><rule id='r'>a <{element} uri='#r'>b</{element}></rule></grammar>"
            ),
        };
        let grammar = Grammar::srgs_xml(&text, &setting()).unwrap();
        grammar.diagnostics().iter().any(|diagnostic| diagnostic.code == "unknown-element")
    };
    for element in SRGS_XML.iter().filter(|name| !name.contains('@')) {
        assert!(!warned(element), "<{element}> is not known");
    }
    assert!(warned("phrase") && warned("count"));
}

#[test]
fn a_rule_is_public_only_if_it_says_so() {
    let grammar =
        grammar("", "<rule id='r'>a</rule><rule id='s' scope='public'>b</rule><rule id='t' scope='private'>c</rule>");
    let starts = ["s", "t"].map(|rule| grammar.starting_at(rule).is_some());
    assert_eq!(starts, [true, false]);
}

#[test]
fn repeats_are_exact_between_or_from() {
    for (repeat, matching) in [("2", vec![2]), ("1-3", vec![1, 2, 3]), ("2-", vec![2, 3, 4]), ("0-1", vec![0, 1])] {
        let grammar = voice(&format!("go <item repeat='{repeat}' repeat-prob='0.5'>on</item>"));
        let matched = (0..5).filter(|count| {
            let said = format!("go{}", " on".repeat(*count));
            grammar.match_words(&said).parse().is_some()
        });
        assert_eq!(matched.collect::<Vec<_>>(), matching, "{repeat}");
    }
}

#[test]
fn weights_change_nothing_but_are_read() {
    let grammar = voice(
        "<one-of><item weight='0.1'>tea</item><item weight='.9'>coffee</item><item weight='3'>milk</item></one-of>",
    );
    assert!(grammar.diagnostics().is_empty());
    assert_eq!(["tea", "coffee", "milk"].map(|word| says(&grammar, word)), ["match"; 3]);
}

#[test]
fn a_token_is_one_whatever_blanks_are_in_it() {
    let grammar = voice("<token xml:lang='en-GB'>new   york</token> \"san  jose\"");
    assert_eq!(heard(&grammar, "New York San Jose."), "new york san jose");
    assert_eq!(grammar.enumerate(5).unwrap()[0].0, ["new york", "san jose"]);
}

#[test]
fn languages_and_types_inside_are_read() {
    let grammar = grammar(
        "xml:lang='en-US'",
        "<rule id='r'><one-of xml:lang='fr-CA'><item xml:lang='fr-FR'>oui</item><item>yes</item></one-of> <ruleref uri='#s' type='application/srgs+xml' xml:lang='en-GB'/></rule><rule id='s'>sir</rule>",
    );
    assert!(grammar.diagnostics().is_empty());
    assert_eq!(["oui sir", "yes sir"].map(|words| says(&grammar, words)), ["match"; 2]);
}

#[test]
fn what_says_nothing_about_the_input_is_read_over() {
    let text = "<grammar version='1.0' root='r'><meta name='a' content='b'/><meta http-equiv='c' content='d'/><metadata><x/></metadata>
        <lexicon uri='l.pls' type='application/pls+xml'/><rule id='r'><example>never said</example>a</rule></grammar>";
    let grammar = Grammar::srgs_xml(text, &setting()).unwrap();
    assert!(grammar.diagnostics().is_empty());
    assert_eq!(["a", "never said"].map(|words| says(&grammar, words)), ["match", "no"]);
}

#[test]
fn a_tag_format_decides_what_a_tag_is() {
    let meaning = |format: &str| {
        means(&grammar(&format!("tag-format='{format}'"), "<rule id='r'>a<tag>out = 1</tag></rule>"), "a")
    };
    assert_eq!(meaning("semantics/1.0"), json!(1));
    assert_eq!(meaning("semantics/1.0-literals"), json!("out = 1"));
}

#[test]
fn words_that_are_no_script_are_a_string_with_a_warning() {
    let grammar = grammar(SCRIPT, "<rule id='r'><item>sure<tag>yes</tag></item></rule>");
    assert_eq!(means(&grammar, "sure"), json!("yes"));
    assert_eq!(grammar.diagnostics()[0].code, "bare-tag");
}

#[test]
fn a_script_that_only_names_a_variable_stays_one() {
    let body = "<rule id='r'><tag>var x = 'b'; out = 'a';</tag>a<tag>x</tag></rule>";
    assert!(grammar(SCRIPT, body).diagnostics().is_empty());
}

#[test]
fn a_script_sees_rules_latest_and_out() {
    let grammar = grammar(
        SCRIPT,
        "<rule id='r'><ruleref uri='#a'/> <ruleref uri='#b'/><tag>out.a = rules.a; out.b = rules.b; out.latest = rules.latest();</tag></rule>
         <rule id='a'>one<tag>out = 1;</tag></rule><rule id='b'>two<tag>out = 'two';</tag></rule>",
    );
    assert_eq!(means(&grammar, "one two"), json!({"a": 1, "b": "two", "latest": "two"}));
}

#[test]
fn a_grammar_of_any_version_is_read() {
    for version in ["version='1.0'", "version='2.0'", ""] {
        let text = format!("<grammar {version} root='r'><rule id='r'>a</rule></grammar>");
        assert_eq!(says(&Grammar::srgs_xml(&text, &setting()).unwrap(), "a"), "match", "{version}");
    }
}
