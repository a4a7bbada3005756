//! The ABNF form of SRGS 1.0, by the sections of the recommendation.

use super::*;
use serde_json::json;

fn abnf(rules: &str) -> Grammar {
    read(&format!("#ABNF 1.0;\nlanguage en-US;\nroot $r;\n{rules}"), None)
}

fn all(grammar: &Grammar, expected: &[(&str, &str)]) {
    for (input, verdict) in expected {
        let found = if grammar.mode() == InputMode::Dtmf { keys(grammar, input) } else { says(grammar, input) };
        assert_eq!(found, *verdict, "{input:?}");
    }
}

#[test]
fn tokens_are_words_with_or_without_quotes() {
    let grammar = abnf("$r = hello | \"New York\" | what's up | don't-know | 21;");
    all(
        &grammar,
        &[
            ("hello", "match"),
            ("new york", "match"),
            ("What's up?", "match"),
            ("twenty one", "match"),
            ("new", "prefix"),
        ],
    );
}

#[test]
fn sequences_groups_and_options_nest() {
    let grammar = abnf("$r = [please] call ( Jean Francois | ( John | Jack ) Paul ) [ thanks [ very much ] ];");
    all(
        &grammar,
        &[
            ("call john paul", "match+"),
            ("please call jean francois thanks very much", "match"),
            ("call jack", "prefix"),
            ("please call", "prefix"),
            ("call john thanks", "no"),
        ],
    );
}

#[test]
fn repeats_have_counts_and_probabilities() {
    all(&abnf("$r = go<2-3>;"), &[("go", "prefix"), ("go go", "match+"), ("go go go", "match"), ("go go go go", "no")]);
    all(&abnf("$r = go <2>;"), &[("go", "prefix"), ("go go", "match")]);
    all(&abnf("$r = (very)<0-> good;"), &[("good", "match"), ("very very very good", "match")]);
    all(&abnf("$r = very <0-1 /0.6/> good <1- /.25/>;"), &[("very good good", "match+"), ("very", "prefix")]);
    all(&abnf("$r = [a b]<0-2> c;"), &[("c", "match"), ("a b a b c", "match"), ("a c", "no")]);
    all(&abnf("$r = a <0> b;"), &[("b", "match"), ("a b", "no")]);
}

#[test]
fn alternatives_may_have_weights() {
    let grammar = abnf("$r = /10/ small | /2.5/ medium | /0.1/ large | huge;");
    all(&grammar, &[("small", "match"), ("medium", "match"), ("huge", "match"), ("10 small", "no")]);
}

#[test]
fn rules_are_referred_to_before_and_after_their_definition() {
    let grammar = abnf("private $who = me | $other; public $r = tell $who; $other = you $GARBAGE now | $NULL us;");
    all(&grammar, &[("tell me", "match"), ("tell you right now", "match+"), ("tell us", "match"), ("tell", "prefix")]);
    assert_eq!(says(&abnf("$r = yes $VOID | no;"), "yes"), "no");
    assert_eq!(grammar.match_words("tell me").parse().unwrap().rules().collect::<Vec<_>>(), ["r", "who"]);
    assert!(grammar.starting_at("who").is_none() && grammar.starting_at("r").is_some());
}

#[test]
fn references_lead_to_other_grammars() {
    let text = "#ABNF 1.0; base <http://other.example/x/>; root $r; \
        $r = $<y.gram#rule> $<z.gram>~<application/srgs> $<http://third.example/w.grxml#a>~<application/srgs+xml>;";
    assert_eq!(
        read(text, None).references(),
        ["http://other.example/x/y.gram", "http://other.example/x/z.gram", "http://third.example/w.grxml"]
    );
    let builtin = abnf("$r = pin $<builtin:grammar/digits?length=2>;");
    assert_eq!(says(&builtin, "pin 12"), "match");
    let parent = abnf("$r = want $<child.gram#pets>;");
    let uri = "http://example.com/app/child.gram";
    let child = "#ABNF 1.0; root $other; public $pets = dogs | cats; $other = x;";
    let child = Grammar::read(child, None, &Setting { uri, base: uri, ..setting() }).unwrap();
    let linked = parent.link(&HashMap::from([(uri.to_owned(), Arc::new(child))])).unwrap();
    assert_eq!(says(&linked, "want cats"), "match");
    let old = read("#ABNF 1.0; alias $(child.gram#pets) $$pets; root $r; $r = $$pets;", None);
    assert_eq!(old.references(), [uri]);
}

#[test]
fn keys_are_tokens_of_the_dtmf_mode() {
    let grammar = read("#ABNF 1.0;\nmode dtmf;\nroot $r;\n$r = (1 | 2 | \"*\" | pound)<1-2> #;", None);
    all(&grammar, &[("1#", "match+"), ("**#", "match"), ("##", "match+"), ("3#", "no")]);
}

#[test]
fn tags_are_in_braces() {
    let script = "#ABNF 1.0; language en; tag-format <semantics/1.0>; root $r;";
    let grammar =
        read(&format!("{script} $r = large {{out.size = 'L';}} tea {{!{{ out.drink = {{name: 'tea'}}; }}!}};"), None);
    assert_eq!(means(&grammar, "large tea"), json!({"size": "L", "drink": {"name": "tea"}}));
    let nested = read(&format!("{script} $r = tea {{ out = {{name: {{x: 'tea'}}}}; }} | coffee {{ out = 1 }};"), None);
    assert_eq!(means(&nested, "tea"), json!({"name": {"x": "tea"}}));
    assert_eq!(means(&nested, "coffee"), 1);
    let strings = read("#ABNF 1.0; tag-format <semantics/1.0-literals>; root $r; $r = yeah {yes} | nope { no };", None);
    assert_eq!(means(&strings, "nope"), "no");
    let undeclared = abnf("$r = $yes {TRUE} | no {}; $yes = yes;");
    assert_eq!(means(&undeclared, "yes"), "TRUE");
    assert_eq!(undeclared.match_words("no").parse().unwrap().semantics(), Semantics::None);
    let global = read(&format!("{script} {{var x = 1;}}; $r = a {{out = x}};"), None);
    assert!(
        matches!(global.match_words("a").parse().unwrap().semantics(), Semantics::Program(code) if code.contains("var x = 1;"))
    );
}

#[test]
fn languages_are_declared_for_words_and_groups() {
    let grammar = abnf("$r = please!en-US ( oui | (dos | tres)!es-ES )!fr-CA [thanks]!en-US;");
    all(&grammar, &[("please oui", "match+"), ("please 2 thanks", "match"), ("please tres", "match+")]);
}

#[test]
fn declarations_of_every_kind_are_read() {
    let grammar = read(
        "#ABNF 1.0 ISO-8859-1;\n// a comment\n/* another */ /** documentation */\nlanguage es-ES;\nmode voice;\nroot $r;\n\
         tag-format <semantics/1.0>;\nbase <http://example.com/>;\nlexicon <a.lex>;\nlexicon <b.lex>~<application/x>;\n\
         meta \"a;b\" is 'c \"d\"';\nhttp-equiv \"Expires\" is \"0\";\n/** says yes @example sí */\npublic $r = sí /* yes */ | dos; // end",
        None,
    );
    assert_eq!(says(&grammar, "2"), "match");
    assert_eq!(grammar.tag_format(), TagFormat::Script);
    assert!(grammar.diagnostics().is_empty(), "{:?}", grammar.diagnostics());
}

#[test]
fn what_vendors_wrote_is_understood_with_a_warning() {
    let grammar = read(
        "/* made by a tool */\n#ABNF 1.0 ;\nroot $day = ($GARBAGE* $week)+;\n$week = Monday {1} | Tuesday {2};",
        None,
    );
    assert_eq!(says(&grammar, "um monday and tuesday"), "match+");
    assert!(grammar.diagnostics().iter().all(|diagnostic| diagnostic.code == "jsgf-repeat"));
    let digits = read(
        "#ABNF 1.0; tag-format <semantics/1.0>; root $n; $n = {out='';} $d {out+=rules.latest();}<4-4>; $d = one {out='1 '} | two {out='2 '};",
        None,
    );
    assert_eq!(means(&digits, "one two two one"), "1 2 2 1 ");
    let headless = read("root $a;\n$a = perro | gato;", None);
    assert_eq!(says(&headless, "gato"), "match");
}

#[test]
fn mistakes_are_told_with_their_place() {
    let wrong = |rules: &str| refused(&format!("#ABNF 1.0;\nroot $r;\n{rules}"), None);
    for (rules, expected) in [
        ("$r = a\n$s = b;", "4:4 missing-semicolon"),
        ("$r = a", "3:7 missing-semicolon"),
        ("$r = (a | b;", "3:12 open-bracket"),
        ("$r = [a;", "3:8 open-bracket"),
        ("$r = a {tag;", "3:8 open-tag"),
        ("$r = \"a;", "3:6 open-quote"),
        ("$r = a $x b;", "3:8 undefined-rule"),
        ("$r = a <3-1>;", "3:8 bad-repeat"),
        ("$r = a <x>;", "3:8 bad-repeat"),
        ("$r = a <0-1 /2/>;", "3:8 bad-repeat"),
        ("$r = <2> a;", "3:6 bad-repeat"),
        ("$r = /x/ a;", "3:6 bad-weight"),
        ("$r = a!;", "3:7 bad-language"),
        ("$r = $< > a;", "3:7 bad-uri"),
        ("$r = ;", "3:6 empty-expansion"),
        ("$r = a | ;", "3:10 empty-expansion"),
        ("$r = a ( | b);", "3:10 empty-expansion"),
        ("$r = a; $r = b;", "3:9 duplicate-rule"),
        ("$NULL = a; $r = b;", "3:1 reserved-rule-name"),
        ("r = a;", "3:1 not-a-rule"),
        ("$r = a; language en;", "3:9 not-a-rule"),
        ("$s = a;", "1:1 undefined-root"),
        ("", "1:1 no-rule"),
        ("mode keys; $r = a;", "3:1 bad-declaration"),
        ("mode dtmf; $r = x;", "3:17 bad-key"),
        ("root $s; $r = a;", "3:1 duplicate-declaration"),
        ("$r = $<builtin:nothing>;", "3:6 unknown-builtin"),
    ] {
        assert_eq!(wrong(rules), expected, "{rules}");
    }
    let errors = Grammar::read("#ABNF 1.0; root $r; $r = (a; $s = <1>; $t = $nobody;", None, &setting()).unwrap_err();
    let codes: Vec<&str> = errors.iter().filter(|e| e.is_error()).map(|error| error.code.as_str()).collect();
    assert_eq!(codes, ["open-bracket", "bad-repeat", "undefined-rule"]);
    assert_eq!(errors[0].expected.as_deref(), Some(")"));
}

#[test]
fn deep_and_large_texts_are_refused_not_suffered() {
    let deep = format!("#ABNF 1.0; root $r; $r = {}a{};", "(".repeat(100_000), ")".repeat(100_000));
    assert!(refused(&deep, None).ends_with("too-deep"));
    let open = format!("#ABNF 1.0; root $r; $r = {}", "[ { ".repeat(20_000));
    assert!(Grammar::read(&open, None, &setting()).is_err());
}

#[test]
fn what_is_never_closed_is_not_looked_for_again_and_again() {
    // The time would grow with the square of these numbers, to minutes.
    assert_eq!(says(&abnf(&format!("$r = a {};", "{{} ".repeat(40_000))), "a"), "match");
    for open in ["$a=$<;", "$a={!{;", "$<"] {
        let text = format!("#ABNF 1.0;\nroot $r;\n$r = {};", open.repeat(200_000));
        assert!(Grammar::read(&text, None, &setting()).is_err(), "{open}");
    }
    let ahead: String = (0..20_000).map(|rule| format!("$r{rule} = $r{};\n", rule + 1)).collect();
    assert_eq!(says(&abnf(&format!("$r = a;\n{ahead}$r20000 = b;")), "a"), "match");
}
