use super::*;
use serde_json::json;

const SCRIPT: &str = "tag-format='semantics/1.0'";

fn program(grammar: &Grammar, words: &str) -> String {
    match grammar.match_words(words).parse().unwrap().semantics() {
        Semantics::Program(program) => program,
        other => panic!("no program: {other:?}"),
    }
}

#[test]
fn without_tags_the_words_are_the_value() {
    let city = voice("new york <item repeat='0-1'>city</item>");
    let verdict = city.match_words("New York City!");
    assert_eq!(verdict.parse().unwrap().semantics(), Semantics::None);
    assert_eq!(verdict.parse().unwrap().utterance(), "new york city");
    let declared = grammar_of(SCRIPT, "new york <item repeat='0-1'>city</item>");
    assert_eq!(means(&declared, "new york city"), "new york city");
    let digits = grammar(
        "mode='dtmf'",
        "<rule id='r'><item repeat='1-'><ruleref uri='#d'/></item></rule><rule id='d'><one-of><item>1</item><item>2</item></one-of></rule>",
    );
    let verdict = digits.match_keys("1221");
    assert_eq!(verdict.parse().unwrap().semantics(), Semantics::None);
    assert_eq!(verdict.parse().unwrap().utterance(), "1221");
}

fn grammar_of(attributes: &str, rule: &str) -> Grammar {
    grammar(attributes, &format!("<rule id='r'>{rule}</rule>"))
}

#[test]
fn a_rule_without_tags_means_the_last_rule_it_refers_to() {
    let grammar = grammar(
        SCRIPT,
        "<rule id='r'><item repeat='0-1'>ah</item><one-of><ruleref uri='#yes'/><ruleref uri='#no'/></one-of></rule>
         <rule id='no'>nope<tag>out='no'</tag></rule><rule id='yes'><item repeat='1-2'>yes</item></rule>",
    );
    assert_eq!(means(&grammar, "ah nope"), "no");
    assert_eq!(means(&grammar, "Yes. Yes!"), "yes yes");
    assert_eq!(grammar.diagnostics().len(), 2);
}

#[test]
fn literals_are_the_last_string() {
    let grammar = grammar(
        "tag-format='semantics/1.0-literals'",
        "<rule id='r'><one-of><item>yeah<tag> out=yes; </tag></item><item>ok<tag>a</tag><tag>b</tag></item><item><ruleref uri='#s'/></item></one-of></rule><rule id='s'>s</rule>",
    );
    assert_eq!(means(&grammar, "yeah"), "out=yes;");
    assert_eq!(means(&grammar, "OK"), "b");
    assert_eq!(means(&grammar, "s"), "s");
}

#[test]
fn plain_scripts_need_no_engine() {
    let grammar = grammar(
        SCRIPT,
        "<rule id='r'><ruleref uri='#size'/> tea <tag>out.drink = {name:'tea', sugar: [1, -2.5, true, null]}; out.size = rules.size; out['n'] = rules.latest()</tag></rule>
         <rule id='size'><one-of><item>large<tag>out=\"L\";</tag></item><item>small<tag>out=1</tag></item></one-of></rule>",
    );
    assert_eq!(
        means(&grammar, "large tea"),
        json!({"drink": {"name": "tea", "sugar": [1, -2.5, true, null]}, "size": "L", "n": "L"})
    );
    assert_eq!(means(&grammar, "small tea")["size"], json!(1));
    let spelled = grammar_of(SCRIPT, "<tag>out = '';</tag><item repeat='1-'>go<tag>out += 'g';</tag></item>");
    assert_eq!(means(&spelled, "go go"), "gg");
}

#[test]
fn other_scripts_become_a_program() {
    let grammar = grammar(
        SCRIPT,
        "<tag>var prefix = 'x';</tag>
         <rule id='r'><ruleref uri='#d'/><tag>out.first = meta.current().text; out.n = prefix + rules.d</tag> end</rule>
         <rule id='d'>two<tag>out=2;</tag></rule>",
    );
    let program = program(&grammar, "two end");
    assert!(program.starts_with("(function(){var prefix = 'x';\n;return (function("), "{program}");
    assert!(program.contains("__latest=rules[\"d\"]=") && program.contains("__text=\"two\";"), "{program}");
    assert!(program.ends_with("return out;})([]);})()"), "{program}");
}

#[test]
fn undeclared_tags_are_understood_by_their_look() {
    let city = grammar_of(
        "",
        "<one-of><item>a<tag>city='BOS'</tag></item><item>b<tag>$.x='1'</tag></item><item>c<tag>{a:'x'}</tag></item><item>d<tag>boston</tag></item><item>e<tag>$='e'</tag></item><item>f<tag>out.a='valA'; </tag></item></one-of>",
    );
    assert_eq!(means(&city, "a"), json!({"city": "BOS"}));
    assert_eq!(means(&city, "b"), json!({"x": "1"}));
    assert_eq!(means(&city, "c"), json!({"a": "x"}));
    assert_eq!(means(&city, "d"), "boston");
    assert_eq!(means(&city, "e"), "e");
    assert_eq!(means(&city, "f"), json!({"a": "valA"}));
    let vendor = grammar_of("tag-format='swi-semantics/1.0'", "sales<tag>sr='sales'</tag>");
    assert_eq!(means(&vendor, "sales"), json!({"sr": "sales"}));
}

#[test]
fn external_rules_keep_their_own_format_and_globals() {
    let parent = grammar(
        SCRIPT,
        "<rule id='r'>want <ruleref uri='child.grxml#d'/> <ruleref uri='child.grxml'/><tag>out.n=rules.d; out.t=rules.things</tag></rule>",
    );
    assert_eq!(parent.references(), ["http://example.com/app/child.grxml"]);
    assert_eq!(says(&parent, "want two dogs"), "no");
    let child = "http://example.com/app/child.grxml";
    let text = "<grammar root='things' tag-format='semantics/1.0-literals' version='1.0'><rule id='things'>dogs<tag>dog</tag></rule><rule id='d' scope='public'>two<tag>2</tag></rule><rule id='hidden'>x</rule></grammar>";
    let found = Grammar::srgs_xml(text, &Setting { uri: child, base: child, ..setting() }).unwrap();
    let found = HashMap::from([(child.to_owned(), Arc::new(found))]);
    let linked = parent.link(&found).unwrap();
    assert!(linked.references().is_empty());
    assert_eq!(means(&linked, "want two dogs"), json!({"n": "2", "t": "dog"}));
    let peeking =
        grammar(SCRIPT, "<rule id='r'><ruleref uri='child.grxml#hidden'/><ruleref uri='child.grxml#none'/></rule>");
    let errors = peeking.link(&found).unwrap_err();
    assert_eq!(errors.iter().map(|error| error.code.as_str()).collect::<Vec<_>>(), ["private-rule", "undefined-rule"]);
    assert_eq!(errors[0].position.unwrap().line, 1);
}

#[test]
fn grammars_that_refer_to_each_other_link() {
    let other = "http://example.com/app/o.grxml";
    let a = grammar("", "<rule id='r' scope='public'>a <item repeat='0-1'><ruleref uri='o.grxml'/></item></rule>");
    let text = "<grammar root='o' version='1.0'><rule id='o'>b <item repeat='0-1'><ruleref uri='g.grxml#r'/></item><item repeat='0-1'><ruleref uri='third.grxml'/></item></rule></grammar>";
    let b = Grammar::srgs_xml(text, &Setting { uri: other, base: other, ..setting() }).unwrap();
    let linked = a.link(&HashMap::from([(other.to_owned(), Arc::new(b))])).unwrap();
    assert_eq!(linked.references(), ["http://example.com/app/third.grxml"]);
    assert_eq!(says(&linked, "a b a b"), "match+");
    assert_eq!(says(&linked, "a a"), "no");
    let itself = grammar("", "<rule id='r'>a <item repeat='0-1'><ruleref uri='g.grxml'/></item></rule>");
    assert!(itself.references().is_empty());
    assert_eq!(says(&itself, "a a a"), "match+");
}

#[test]
fn builtins_can_be_referred_to() {
    let grammar = grammar(
        "tag-format='semantics/1.0'",
        "<rule id='r'>pin <ruleref uri='builtin:grammar/digits?length=4'/><tag>out.pin=rules.digits</tag></rule>",
    );
    assert_eq!(means(&grammar, "PIN 1234"), json!({"pin": "1234"}));
}

#[test]
fn another_public_rule_can_be_the_start() {
    let grammar = grammar("", "<rule id='r'>a</rule><rule id='s' scope='public'>b</rule><rule id='p'>c</rule>");
    assert_eq!(says(&grammar.starting_at("s").unwrap(), "b"), "match");
    assert_eq!(says(&grammar.starting_at("r").unwrap(), "a"), "match");
    assert!(grammar.starting_at("p").is_none() && grammar.starting_at("x").is_none());
}

#[test]
fn values_that_double_from_rule_to_rule_are_left_to_the_script_engine_which_has_limits() {
    for tag in ["out.a=rules.latest();out.b=rules.latest();", "out=rules.latest();out+=rules.latest();"] {
        let rules: String = (0..60)
            .map(|rule| format!("<rule id='r{rule}'><ruleref uri='#r{}'/><tag>{tag}</tag></rule>", rule + 1))
            .collect();
        let first = "<rule id='r'><ruleref uri='#r0'/></rule>";
        let last = "<rule id='r60'>go<tag>out='gone'</tag></rule>";
        let grammar = grammar("mode='voice' tag-format='semantics/1.0'", &format!("{first}{rules}{last}"));
        let semantics = grammar.match_words("go").parse().unwrap().semantics();
        assert!(matches!(semantics, Semantics::Program(code) if code.len() < 1_000_000), "{tag}");
    }
}
