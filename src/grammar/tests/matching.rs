use super::*;

#[test]
fn keys_are_a_prefix_until_they_are_complete() {
    let pin = dtmf("1234");
    for (input, expected) in [("", "prefix"), ("12", "prefix"), ("1 2 3 4", "match"), ("12345", "no"), ("2", "no")] {
        assert_eq!(keys(&pin, input), expected, "{input:?}");
    }
    assert_eq!(pin.extent(), Extent { shortest: 4, longest: Some(4) });
    assert!(pin.uses_key('3') && !pin.uses_key('5'));
}

#[test]
fn a_match_says_whether_it_may_go_on() {
    let digits = dtmf("<item repeat='2-4'><one-of><item>1</item><item>2</item></one-of></item>");
    for (input, expected) in [("1", "prefix"), ("12", "match+"), ("1212", "match"), ("12121", "no"), ("3", "no")] {
        assert_eq!(keys(&digits, input), expected, "{input:?}");
    }
    assert_eq!(digits.extent(), Extent { shortest: 2, longest: Some(4) });
    let endless = dtmf("<item repeat='1-'>5</item>");
    assert_eq!(keys(&endless, "5555"), "match+");
    assert_eq!(endless.extent(), Extent { shortest: 1, longest: None });
}

#[test]
fn star_and_pound_have_names() {
    let grammar = dtmf("* <item repeat='0-1'>pound</item> dtmf-7");
    assert_eq!(keys(&grammar, "*#7"), "match");
    assert_eq!(keys(&grammar, "*7"), "match");
    assert!(grammar.uses_key('#'));
}

#[test]
fn modes_do_not_mix() {
    assert_eq!(keys(&voice("1"), "1"), "no");
    assert_eq!(says(&dtmf("1"), "1"), "no");
}

#[test]
fn recognisers_punctuate_and_capitalise() {
    let city = voice("<one-of><item>yes</item><item>\"San Francisco\"</item><item>what's up</item></one-of>");
    for input in ["Yes.", "San Francisco!", "san  francisco", "What’s up?", "Whats up"] {
        assert_eq!(says(&city, input), "match", "{input}");
    }
    assert_eq!(says(&city, "San"), "prefix");
    assert_eq!(heard(&city, "SAN FRANCISCO."), "San Francisco");
    assert_eq!(city.extent(), Extent { shortest: 1, longest: Some(2) });
}

#[test]
fn figures_match_number_words_and_the_other_way_round() {
    let digits = voice("<item repeat='1-'><one-of><item>one</item><item>two</item><item>3</item></one-of></item>");
    for input in ["1 2 3", "123", "one two three", "1, 2, 3.", "One 23"] {
        assert_eq!(says(&digits, input), "match+", "{input}");
    }
    let amounts = voice("<one-of><item>twenty one dollars</item><item>250</item><item>four thirty p m</item></one-of>");
    for input in ["$21", "21 dollars", "twenty-one dollars", "two hundred and fifty", "250", "4:30 p.m.", "4:30 PM"] {
        assert!(amounts.match_words(input).parse().is_some(), "{input}");
    }
    let spanish =
        grammar("xml:lang='es-ES'", "<rule id='r'>opción <one-of><item>dos</item><item>21</item></one-of></rule>");
    for input in ["Opción 2", "opcion dos.", "opción veintiuno"] {
        assert_eq!(says(&spanish, input), "match", "{input}");
    }
}

#[test]
fn garbage_takes_as_little_as_it_can() {
    let grammar = voice(
        "<item repeat='0-1'><ruleref special='GARBAGE'/></item> billing <tag>x</tag> <ruleref special='GARBAGE'/>",
    );
    for input in ["billing", "um billing", "well I want billing please", "billing billing"] {
        assert_eq!(says(&grammar, input), "match+", "{input}");
    }
    assert_eq!(says(&grammar, "well"), "prefix");
    assert_eq!(heard(&grammar, "Um, billing please"), "um billing please");
    assert_eq!(grammar.extent(), Extent { shortest: 1, longest: None });
}

#[test]
fn null_and_void_are_what_they_say() {
    let grammar =
        voice("a <ruleref special='NULL'/> <one-of><item>b</item><item>c <ruleref special='VOID'/></item></one-of>");
    assert_eq!(says(&grammar, "a b"), "match");
    assert_eq!(says(&grammar, "a c"), "no");
    assert_eq!(grammar.extent(), Extent { shortest: 2, longest: Some(2) });
    let nothing = voice("a <ruleref special='VOID'/>");
    assert_eq!(says(&nothing, "a"), "no");
    assert_eq!(nothing.extent(), Extent { shortest: 0, longest: Some(0) });
    assert_eq!(nothing.enumerate(10).unwrap().len(), 0);
}

#[test]
fn recursion_of_every_kind_matches() {
    let left =
        grammar("mode='dtmf'", "<rule id='r'><one-of><item><ruleref uri='#r'/>1</item><item>2</item></one-of></rule>");
    assert_eq!(keys(&left, "2111"), "match+");
    assert_eq!(keys(&left, "12"), "no");
    assert_eq!(left.extent(), Extent { shortest: 1, longest: None });
    let middle = grammar("mode='dtmf'", "<rule id='r'>1<item repeat='0-1'><ruleref uri='#r'/></item>2</rule>");
    assert_eq!(keys(&middle, "111222"), "match");
    assert_eq!(keys(&middle, "11122"), "prefix");
    let right = grammar("mode='dtmf'", "<rule id='r'>1<item repeat='0-1'><ruleref uri='#r'/></item></rule>");
    assert_eq!(keys(&right, &"1".repeat(500)), "match+");
    let circle = grammar(
        "mode='dtmf'",
        "<rule id='r'><one-of><item><ruleref uri='#s'/></item><item>1</item></one-of></rule><rule id='s'><ruleref uri='#r'/></rule>",
    );
    assert_eq!(keys(&circle, "1"), "match");
    assert_eq!(circle.extent(), Extent { shortest: 1, longest: Some(1) });
    let endless = grammar("mode='dtmf'", "<rule id='r'>1<ruleref uri='#r'/></rule>");
    assert_eq!(keys(&endless, "1"), "no");
}

#[test]
fn hostile_grammars_cost_little() {
    let nested = dtmf("<item repeat='0-'><item repeat='0-'><item repeat='0-'>1</item></item></item>2");
    assert_eq!(keys(&nested, &"1".repeat(100)), "prefix");
    let huge = dtmf("<item repeat='4000000000'><item repeat='4000000000'>1</item></item>");
    assert_eq!(keys(&huge, "111"), "prefix");
    assert_eq!(huge.extent().longest, Some(16_000_000_000_000_000_000));
    let ambiguous = grammar(
        "mode='dtmf'",
        "<rule id='r'><one-of><item>1</item><item><ruleref uri='#r'/><ruleref uri='#r'/></item></one-of></rule>",
    );
    assert_eq!(keys(&ambiguous, &"1".repeat(40)), "match+");
    let _ = ambiguous.match_keys(&"1".repeat(500));
    assert_eq!(keys(&nested, &"1".repeat(100_000)), "no");
    assert_eq!(says(&voice("<item repeat='1-'>one</item>"), &"1".repeat(100_000)), "no");
    assert!(ambiguous.enumerate(100).is_none() && huge.enumerate(100).is_none());
}

#[test]
fn the_first_alternative_wins_and_repeats_are_greedy() {
    let grammar = voice("<one-of><item>go<tag>first</tag></item><item>go<tag>second</tag></item></one-of>");
    assert_eq!(means(&grammar, "go"), "first");
    let greedy = grammar_of_counts();
    assert_eq!(means(&greedy, "go go go"), "ggg-");
    assert_eq!(means(&greedy, "go"), "g-");
}

fn grammar_of_counts() -> Grammar {
    grammar(
        "tag-format='semantics/1.0'",
        "<rule id='r'><tag>out=''</tag><item repeat='1-'>go<tag>out+='g'</tag></item><tag>out+='-'</tag><item repeat='0-'>go<tag>out+='x'</tag></item></rule>",
    )
}

#[test]
fn phrases_match_whole_or_in_part() {
    let exact = Grammar::phrase("Stargazer astrophysics news", false, None);
    assert_eq!(says(&exact, "stargazer astrophysics news"), "match");
    assert_eq!(says(&exact, "stargazer"), "prefix");
    assert_eq!(exact.match_words("stargazer astrophysics news").parse().unwrap().semantics(), Semantics::None);
    let part = Grammar::phrase("Stargazer astrophysics news", true, Some("2"));
    for input in ["stargazer", "Astrophysics.", "stargazer news", "astrophysics news"] {
        assert_eq!(means(&part, input), "2", "{input}");
    }
    for input in ["news stargazer", "star", ""] {
        assert!(part.match_words(input).parse().is_none(), "{input}");
    }
    assert_eq!(part.enumerate(100).unwrap().len(), 7);
    assert_eq!(says(&Grammar::phrase(" ", true, None), ""), "no");
    assert_eq!(says(&Grammar::phrase("opción dos", false, None), "Opción 2"), "match");
    let keys_choice = Grammar::keys("1 2", Some("twelve"));
    assert_eq!(keyed(&keys_choice, "12"), "twelve");
    assert_eq!(keys(&keys_choice, "1"), "prefix");
}

#[test]
fn finite_grammars_are_listed_in_document_order() {
    let grammar = grammar(
        "mode='voice'",
        "<rule id='r'><item repeat='0-1'>the</item><one-of><item>cat<tag>C</tag></item><item>big dog<tag>D</tag></item><item>cat<tag>E</tag></item></one-of></rule>",
    );
    let list = grammar.enumerate(10).unwrap();
    let inputs: Vec<String> = list.iter().map(|(tokens, _)| tokens.join(" ")).collect();
    assert_eq!(inputs, ["cat", "big dog", "the cat", "the big dog"]);
    let meanings: Vec<Value> = list.iter().map(|(_, parse)| value(parse.semantics())).collect();
    assert_eq!(meanings, ["C", "D", "C", "D"]);
    assert!(grammar.enumerate(3).is_none());
    assert!(voice("<item repeat='1-'>a</item>").enumerate(1000).is_none());
}

#[test]
fn grammars_are_shared_between_threads() {
    fn shared<T: Send + Sync + Clone>(_: &T) {}
    shared(&voice("a"));
}

/// Rules that may be empty and begin with themselves, every way round.
#[test]
fn rules_that_may_be_empty_and_begin_with_themselves_match_nothing_said() {
    let again = |repeat: &str| format!("<item><item repeat='{repeat}'><ruleref uri='#r0'/></item></item>");
    for (one, other) in [("0-1", "1-2"), ("1-2", "0-1"), ("0-2", "1-"), ("2-3", "0-")] {
        let grammar = format!(
            "<grammar root='r0' mode='dtmf'><rule id='r0'><item><item><ruleref uri='#r1'/></item></item></rule>
             <rule id='r1'><one-of><item><ruleref uri='#r2'/></item></one-of></rule>
             <rule id='r2'><one-of>{}{}</one-of></rule></grammar>",
            again(one),
            again(other)
        );
        let grammar = Grammar::srgs_xml(&grammar, &setting()).unwrap();
        assert!(grammar.match_keys("").parse().is_some(), "{one} {other}");
        assert!(grammar.match_keys("1").parse().is_none(), "{one} {other}");
    }
}
