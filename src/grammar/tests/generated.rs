//! Generated grammars against the plainest possible definition of a language: the set of its members.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

/// An expansion over two keys.
#[derive(Debug, Clone)]
enum Expansion {
    Key(char),
    Null,
    Void,
    Seq(Vec<Expansion>),
    OneOf(Vec<Expansion>),
    Repeat(Box<Expansion>, u32, u32),
    /// Some rule, by number.
    Rule(usize),
}

fn expansion() -> impl Strategy<Value = Expansion> {
    let leaf = prop_oneof![
        6 => prop_oneof![Just('1'), Just('2')].prop_map(Expansion::Key),
        1 => Just(Expansion::Null),
        1 => Just(Expansion::Void),
        2 => (0usize..3).prop_map(Expansion::Rule),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(Expansion::Seq),
            prop::collection::vec(inner.clone(), 1..4).prop_map(Expansion::OneOf),
            (inner, 0u32..3, 0u32..3).prop_map(|(body, min, more)| Expansion::Repeat(Box::new(body), min, min + more)),
        ]
    })
}

impl Expansion {
    fn xml(&self) -> String {
        let all = |list: &[Self], before: &str, after: &str| {
            list.iter().map(|one| format!("{before}{}{after}", one.xml())).collect::<String>()
        };
        match self {
            Self::Key(key) => format!("{key} "),
            Self::Null => "<ruleref special='NULL'/>".to_owned(),
            Self::Void => "<ruleref special='VOID'/>".to_owned(),
            Self::Seq(list) => format!("<item>{}</item>", all(list, "", "")),
            Self::OneOf(list) => format!("<one-of>{}</one-of>", all(list, "<item>", "</item>")),
            Self::Repeat(body, min, max) => format!("<item repeat='{min}-{max}'>{}</item>", body.xml()),
            Self::Rule(rule) => format!("<ruleref uri='#r{rule}'/>"),
        }
    }

    /// The members of at most `longest` keys, given those of the rules.
    fn members(&self, rules: &[BTreeSet<String>], longest: usize) -> BTreeSet<String> {
        let product = |heads: &BTreeSet<String>, tails: &BTreeSet<String>| -> BTreeSet<String> {
            let pairs = heads.iter().flat_map(|head| tails.iter().map(move |tail| format!("{head}{tail}")));
            pairs.filter(|member| member.len() <= longest).collect()
        };
        let empty = BTreeSet::from([String::new()]);
        match self {
            Self::Key(key) => BTreeSet::from([key.to_string()]),
            Self::Null => empty,
            Self::Void => BTreeSet::new(),
            Self::Seq(list) => list.iter().fold(empty, |heads, one| product(&heads, &one.members(rules, longest))),
            Self::OneOf(list) => list.iter().flat_map(|one| one.members(rules, longest)).collect(),
            Self::Repeat(body, min, max) => {
                let once = body.members(rules, longest);
                let (mut round, mut all) = (empty, BTreeSet::new());
                for count in 0..=*max {
                    if count >= *min {
                        all.extend(round.iter().cloned());
                    }
                    round = product(&round, &once);
                }
                all
            }
            Self::Rule(rule) => rules[*rule].clone(),
        }
    }
}

const LONGEST: usize = 9;

/// The members of up to [`LONGEST`] keys of three rules that may refer to each other, the rules' least fixed point.
fn language(rules: &[Expansion]) -> BTreeSet<String> {
    let mut sets = vec![BTreeSet::new(); rules.len()];
    loop {
        let next: Vec<_> = rules.iter().map(|rule| rule.members(&sets, LONGEST)).collect();
        if next == sets {
            return sets.swap_remove(0);
        }
        sets = next;
    }
}

fn read(rules: &[Expansion]) -> Grammar {
    let rules: String =
        rules.iter().enumerate().map(|(id, rule)| format!("<rule id='r{id}'>{}</rule>", rule.xml())).collect();
    Grammar::srgs_xml(&format!("<grammar root='r0' mode='dtmf'>{rules}</grammar>"), &setting()).unwrap()
}

/// All inputs of up to five keys.
fn inputs() -> Vec<String> {
    let mut all = vec![String::new()];
    let mut from = 0;
    for _ in 0..5 {
        let to = all.len();
        for index in from..to {
            for key in ['1', '2'] {
                all.push(format!("{}{key}", all[index]));
            }
        }
        from = to;
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_grammar_agrees_with_the_set_of_its_members(rules in prop::collection::vec(expansion(), 3)) {
        let grammar = read(&rules);
        let members = language(&rules);
        let extent = grammar.extent();
        if let Some(shortest) = members.iter().map(String::len).min() {
            prop_assert_eq!(extent.shortest, shortest as u64);
        }
        // Members longer than were listed may make a prefix too; only inputs clearly shorter can be compared then.
        let complete = extent.longest.is_some_and(|longest| longest <= LONGEST as u64);
        if complete {
            let longest = members.iter().map(String::len).max().unwrap_or(0);
            prop_assert_eq!(extent.longest, Some(longest as u64));
            if let Some(listed) = grammar.enumerate(5000) {
                let listed: BTreeSet<String> = listed.iter().map(|(tokens, _)| tokens.concat()).collect();
                prop_assert_eq!(&listed, &members);
            }
        }
        for input in inputs() {
            let verdict = grammar.match_keys(&input);
            prop_assert_eq!(verdict.parse().is_some(), members.contains(&input), "{:?}", &input);
            if let Some(parse) = verdict.parse() {
                prop_assert_eq!(parse.utterance(), input.clone());
            }
            let goes_on = members.iter().any(|member| member.len() > input.len() && member.starts_with(&input));
            let says_more = matches!(verdict, Verdict::Prefix | Verdict::Match { more: true, .. });
            prop_assert!(says_more || !goes_on, "{:?} goes on", &input);
            if complete {
                prop_assert_eq!(says_more, goes_on, "{:?}", &input);
            }
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "(<grammar[^>]{0,20}>)?.{0,80}", rules in prop::collection::vec(expansion(), 3)) {
        let _ = Grammar::read(&text, None, &setting());
        let _ = Grammar::srgs_xml(&format!("<grammar root='r'><rule id='r'><tag>{}</tag>{}</rule></grammar>",
            text.replace(['<', '&'], " "), text.replace(['<', '&'], " ")), &setting());
        let _ = read(&rules).match_words(&text);
        let _ = Grammar::phrase(&text, true, Some(&text)).match_words(&text);
        let _ = Grammar::keys(&text, None).match_keys(&text);
        let _ = Grammar::builtin(&text, InputMode::Voice, &text);
    }

    #[test]
    fn any_text_is_read_or_refused_in_every_notation(
        text in r#"([$<>{}()\[\]|;/*+!~"'=?:.#a-zA-Z0-2 \n-]|\$r|<r>|\{<s v>\}|<0-2>|!en|public |root |mode |meta |é|return\(){0,60}"#,
        start in prop::sample::select(vec!["", "#ABNF 1.0;", "#ABNF 1.0; root $r; $r =", "#JSGF V1.0; grammar g;",
            "#JSGF V1.0; public <r> =", ";GSL2.0;\n", ".R (", "["]),
        media_type in prop::sample::select(vec![None, Some("application/srgs"), Some("application/x-jsgf"),
            Some("application/x-nuance-gsl"), Some("text/x-grammar-choice-dtmf"), Some("text/x-grammar-choice")]),
    ) {
        let text = format!("{start}{text}");
        for mode in [None, Some(InputMode::Dtmf)] {
            match Grammar::read(&text, media_type, &Setting { mode, ..setting() }) {
                Ok(grammar) => {
                    for input in ["", "a", "1 2", &text] {
                        let verdicts = [grammar.match_words(input), grammar.match_keys(input)];
                        verdicts.iter().filter_map(Verdict::parse).for_each(|parse| drop(parse.semantics()));
                    }
                    let _ = grammar.enumerate(20);
                }
                Err(errors) => prop_assert!(errors.iter().any(Diagnostic::is_error), "{:?}", &text),
            }
        }
    }

    #[test]
    fn any_name_of_a_builtin_is_known_or_refused(
        name in "(builtin:)?/?(dtmf/|grammar/|voice/|x/)?(digits|boolean|number|currency|date|time|phone|é)?[?;&=a-z0-9é]{0,20}\
            (;?(length|minlength|maxlength|y|n)=[0-9*]{0,4}){0,3}",
        lang in "(en|es|fr|)(-[A-Z]{2})?é?",
        said in ".{0,30}",
    ) {
        for mode in [InputMode::Dtmf, InputMode::Voice] {
            if let Ok(grammar) = Grammar::builtin(&name, mode, &lang) {
                let _ = (grammar.match_words(&said).parse().map(Parse::semantics), grammar.match_keys(&said), grammar.extent());
            }
        }
    }

    #[test]
    fn any_phrase_is_matched_by_itself(text in "[\\PC]{1,40}") {
        let grammar = Grammar::phrase(&text, false, None);
        if grammar.extent().shortest > 0 {
            prop_assert!(grammar.match_words(&text).parse().is_some(), "{:?}", &text);
        }
    }

    #[test]
    fn spoken_numbers_are_the_numbers(number in 0u64..1_000_000_000) {
        for (lang, scales) in [("en", ["hundred", "thousand", "million"]), ("es", ["cien", "mil", "millones"])] {
            let grammar = Grammar::builtin("number", InputMode::Voice, lang).unwrap();
            for numerals in Language::of(Some(lang)).spellings(number) {
                let word = |numeral: &String| match numeral.as_str() {
                    "100" => scales[0].to_owned(),
                    "1000" => scales[1].to_owned(),
                    "1000000" => scales[2].to_owned(),
                    other => other.to_owned(),
                };
                let words: Vec<String> = numerals.iter().map(word).collect();
                prop_assert_eq!(means(&grammar, &words.join(" ")), number.to_string());
            }
            prop_assert_eq!(means(&grammar, &number.to_string()), number.to_string());
        }
    }
}
