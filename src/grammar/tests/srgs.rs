//! The XML form of SRGS 1.0 and SISR 1.0, a test for each statement by its section.

use super::*;
use serde_json::json;

const SCRIPT: &str = "tag-format='semantics/1.0'";

fn warnings(text: &str) -> Vec<String> {
    let grammar = Grammar::srgs_xml(text, &setting()).unwrap();
    grammar.diagnostics().iter().map(|diagnostic| diagnostic.code.clone()).collect()
}

fn whole(attributes: &str, content: &str) -> String {
    format!("<grammar version='1.0' root='r' xml:lang='en-US' {attributes}>{content}</grammar>")
}

#[test]
fn tokens_are_separated_by_blanks_quotes_or_elements() {
    // §2.1
    let grammar = voice("go \"New York\" <token>San\n Francisco</token> now");
    assert_eq!(says(&grammar, "go new york san francisco now"), "match");
    assert_eq!(grammar.enumerate(5).unwrap()[0].0, ["go", "New York", "San Francisco", "now"]);
    let cdata = voice("<![CDATA[go]]> on");
    assert_eq!(says(&cdata, "go on"), "match");
}

#[test]
fn a_local_rule_may_be_named_by_fragment_or_by_the_grammars_own_uri() {
    // §2.2.1
    let grammar =
        grammar("", "<rule id='r'>a <ruleref uri='#s'/> <ruleref uri='g.grxml#s'/></rule><rule id='s'>b</rule>");
    assert!(grammar.references().is_empty());
    assert_eq!(says(&grammar, "a b b"), "match");
}

#[test]
fn a_reference_without_fragment_is_to_the_root_which_may_be_private() {
    // §2.2.2 and §4.7
    let parent = grammar("", "<rule id='r'><ruleref uri='x.grxml' type='application/srgs+xml'/></rule>");
    let uri = "http://example.com/app/x.grxml";
    let other = |text: &str| {
        let other = Grammar::srgs_xml(text, &Setting { uri, base: uri, ..setting() }).unwrap();
        HashMap::from([(uri.to_owned(), Arc::new(other))])
    };
    let linked =
        parent.link(&other("<grammar root='p' version='1.0'><rule id='o'>no</rule><rule id='p'>yes</rule></grammar>"));
    assert_eq!(says(&linked.unwrap(), "yes"), "match");
    let of_keys = other("<grammar root='p' version='1.0' mode='dtmf'><rule id='p'>1</rule></grammar>");
    assert_eq!(parent.link(&of_keys).unwrap_err()[0].code, "mixed-modes");
}

#[test]
fn special_rules_cannot_be_defined() {
    // §2.2.3
    for name in ["NULL", "VOID", "GARBAGE"] {
        assert_eq!(
            errors(&whole("", &format!("<rule id='r'>a</rule><rule id='{name}'>b</rule>")))[0].code,
            "reserved-rule-name"
        );
    }
    assert_eq!(
        errors(&whole("", "<rule id='r'><ruleref special='NULL' uri='#r'/></rule>"))[0].code,
        "ruleref-ambiguous"
    );
}

#[test]
fn an_empty_item_is_silence_and_an_empty_choice_nothing() {
    // §2.3 and §2.4
    assert_eq!(says(&voice("a <item/> b"), "a b"), "match");
    assert_eq!(says(&voice("a <one-of><item/><item>b</item></one-of>"), "a"), "match+");
    assert_eq!(says(&voice("a <one-of></one-of>"), "a"), "no");
}

#[test]
fn weights_and_probabilities_are_numbers() {
    // §2.4.1 and §2.5.1
    let sound = "<rule id='r'><one-of><item weight='10'>a</item><item weight='.5'>b</item><item weight='2.'>c</item></one-of><item repeat='0-1' repeat-prob='0.6'>d</item></rule>";
    assert!(warnings(&whole("", sound)).is_empty());
    let odd = "<rule id='r'><one-of><item weight='-1'>a</item><item weight='x'>b</item></one-of><item repeat='0-1' repeat-prob='2'>d</item></rule>";
    assert_eq!(warnings(&whole("", odd)), ["bad-weight", "bad-weight", "bad-probability"]);
}

#[test]
fn repeats_count_up_to_their_limits() {
    // §2.5
    for (repeat, matching) in
        [("3", &[3][..]), ("0-1", &[0, 1]), ("2-4", &[2, 3, 4]), ("2-", &[2, 3, 4, 5, 6]), ("0", &[0]), ("1-1", &[1])]
    {
        let grammar = dtmf(&format!("0 <item repeat='{repeat}'>1</item>"));
        let found: Vec<usize> =
            (0..7).filter(|count| grammar.match_keys(&format!("0{}", "1".repeat(*count))).parse().is_some()).collect();
        assert_eq!(found, matching, "{repeat}");
    }
    for repeat in ["-3", "a", "1-0", "1-2-3", "", "1.5"] {
        assert_eq!(
            errors(&whole("", &format!("<rule id='r'><item repeat='{repeat}'>a</item></rule>")))[0].code,
            "bad-repeat"
        );
    }
}

#[test]
fn a_rule_needs_an_expansion_and_that_may_be_empty() {
    // §3.1
    for rule in ["", "  ", "<example>a</example>", "<rule id='s'>a</rule>"] {
        assert_eq!(errors(&whole("", &format!("<rule id='r'>{rule}</rule>")))[0].code, "empty-rule", "{rule}");
    }
    for rule in ["<item/>", "<ruleref special='NULL'/>", "<tag>out=1</tag>"] {
        assert_eq!(says(&voice(&format!("a <ruleref uri='#s'/></rule><rule id='s'>{rule}")), "a"), "match", "{rule}");
    }
}

#[test]
fn languages_hold_for_what_is_inside() {
    // §2.7: of rules, items, choices and tokens; the inner declaration wins
    let grammar = grammar(
        "xml:lang='en-US'",
        "<rule id='r'><one-of><item>two</item><item xml:lang='es-ES'>dos <token xml:lang='en'>three</token></item></one-of>\
         <one-of xml:lang='es'><item>uno</item><item>sí</item></one-of></rule>",
    );
    assert_eq!(says(&grammar, "2 1"), "match");
    assert_eq!(says(&grammar, "dos three si"), "match");
    assert_eq!(says(&grammar, "dos 3 1"), "match");
}

#[test]
fn rules_are_private_unless_they_say_otherwise() {
    // §3.2
    let grammar =
        grammar("", "<rule id='r'>a</rule><rule id='s' scope='public'>b</rule><rule id='p' scope='private'>c</rule>");
    assert!(grammar.starting_at("s").is_some());
    assert!(grammar.starting_at("p").is_none());
}

#[test]
fn examples_and_documentation_mean_nothing_to_a_match() {
    // §3.3, §4.9, §4.10, §4.11
    let text = whole(
        "",
        "<metadata><x:y xmlns:x='u'>b</x:y></metadata><meta name='a' content='b'/><meta http-equiv='Expires' content='0'/>\
         <lexicon uri='l' type='t'/><rule id='r'><example> a </example><example>b</example>a<!-- c --></rule>",
    );
    assert!(warnings(&text).is_empty());
    let grammar = Grammar::srgs_xml(&text, &setting()).unwrap();
    assert_eq!(says(&grammar, "a"), "match");
    assert_eq!(says(&grammar, "b a"), "no");
}

#[test]
fn recursion_is_allowed_in_every_place() {
    // §3: right, left and middle recursion, bounded by what can be heard
    let left = voice("<one-of><item><ruleref uri='#r'/> and more</item><item>some</item></one-of>");
    assert_eq!(says(&left, "some and more and more"), "match+");
    let only = voice("<ruleref uri='#r'/>");
    assert_eq!(says(&only, "x"), "no");
    assert_eq!(only.extent(), Extent { shortest: 0, longest: Some(0) });
}

#[test]
fn keys_are_those_of_the_telephone() {
    // Appendix E
    let all = dtmf("0 1 2 3 4 5 6 7 8 9 A B C D * #");
    assert_eq!(keys(&all, "0123456789ABCD*#"), "match");
    assert_eq!(keys(&dtmf("\"*\" <token>#</token> 12"), "*#12"), "match");
}

#[test]
fn a_document_type_and_its_entities_are_read() {
    let text = "<?xml version='1.0'?><!DOCTYPE grammar [<!ENTITY yes 'si'>]><grammar root='r' version='1.0'><rule id='r'>&yes;</rule></grammar>";
    assert_eq!(says(&Grammar::srgs_xml(text, &setting()).unwrap(), "sí"), "match");
}

#[test]
fn the_rule_variable_is_new_at_every_visit() {
    // SISR §3.3.1
    let grammar = grammar(
        SCRIPT,
        "<rule id='r'><ruleref uri='#s'/><tag>out.a=rules.s</tag><ruleref uri='#s'/><tag>out.b=rules.s</tag></rule>\
         <rule id='s'><one-of><item>x<tag>out.x=1</tag></item><item>y<tag>out.y=2</tag></item></one-of></rule>",
    );
    assert_eq!(means(&grammar, "x y"), json!({"a": {"x": 1}, "b": {"y": 2}}));
}

#[test]
fn a_rule_referred_to_twice_means_its_last_match() {
    // SISR §3.3.2
    let grammar = grammar(
        SCRIPT,
        "<rule id='r'><item repeat='1-'><ruleref uri='#s'/></item><tag>out=rules.s</tag></rule><rule id='s'><one-of><item>x<tag>out='x'</tag></item><item>y<tag>out='y'</tag></item></one-of></rule>",
    );
    assert_eq!(means(&grammar, "x y x y"), "y");
}

#[test]
fn without_tags_a_rule_means_its_last_reference_or_its_words() {
    // SISR §5: GARBAGE and NULL are no references, what they match belongs to the words
    let grammar = grammar(SCRIPT, "<rule id='r'><ruleref special='GARBAGE'/> billing <ruleref special='NULL'/></rule>");
    assert_eq!(means(&grammar, "um well billing"), "um well billing");
    let nested = self::grammar(SCRIPT, "<rule id='r'>to <ruleref uri='#c'/> please</rule><rule id='c'>boston</rule>");
    assert_eq!(means(&nested, "to boston please"), "boston");
}

#[test]
fn literals_hold_no_script() {
    // SISR §7: the last tag that was passed is the value of its rule
    let grammar = grammar(
        "tag-format='semantics/1.0-literals'",
        "<rule id='r'>a <ruleref uri='#s'/><item repeat='0-1'>c<tag>{not: 'code'}</tag></item></rule><rule id='s'>b<tag> two words </tag></rule>",
    );
    assert_eq!(means(&grammar, "a b"), "two words");
    assert_eq!(means(&grammar, "a b c"), "{not: 'code'}");
}

#[test]
fn the_work_grows_with_the_input_and_no_faster() {
    let digits = "<one-of><item>0</item><item>1</item><item>2</item><item>3</item></one-of>";
    let keypad = dtmf(&format!("<item repeat='1-'>{digits}</item>"));
    let right =
        grammar("mode='dtmf'", &format!("<rule id='r'>{digits}<item repeat='0-1'><ruleref uri='#r'/></item></rule>"));
    let left =
        grammar("mode='dtmf'", &format!("<rule id='r'><item repeat='0-1'><ruleref uri='#r'/></item>{digits}</rule>"));
    let garbage = dtmf("<ruleref special='GARBAGE'/> # <ruleref special='GARBAGE'/>");
    let pin = Grammar::builtin("digits?minlength=1;maxlength=400", InputMode::Dtmf, "en").unwrap();
    for (name, grammar, worst) in [
        ("repeat", &keypad, 2.2),
        ("left", &left, 2.2),
        ("garbage", &garbage, 2.2),
        ("length", &pin, 2.2),
        ("right", &right, 4.2),
    ] {
        let steps = |length: usize| grammar.steps_for_keys(&"0123".repeat(length / 4)).unwrap() as f64;
        let growth = steps(200) / steps(100);
        assert!(growth < worst, "{name}: twice the input takes {growth} times the steps");
        assert!(steps(200) < 100_000.0, "{name}");
    }
}

#[test]
fn hostile_grammars_end_after_a_bounded_number_of_steps() {
    let choices = "<item><ruleref uri='#r'/><ruleref uri='#r'/></item><item><ruleref uri='#r'/><ruleref uri='#r'/><ruleref uri='#r'/></item>";
    let bomb = grammar("mode='dtmf'", &format!("<rule id='r'><one-of>{choices}<item>1</item><item/></one-of></rule>"));
    for length in [10, 100, 500] {
        let steps = bomb.steps_for_keys(&"1".repeat(length));
        assert!(steps.is_none_or(|steps| steps <= matcher::MOST_STEPS), "{length}: {steps:?}");
        let _ = bomb.match_keys(&"1".repeat(length));
    }
    let nested = dtmf(&format!("{}1{}", "<item repeat='0-'>".repeat(100), "</item>".repeat(100)));
    let _ = nested.match_keys(&"1".repeat(500));
}
