use super::*;
use serde_json::json;

const GSL: Option<&str> = Some("application/x-nuance-gsl");

#[test]
fn slots_of_all_grammars_used_are_filled() {
    let grammar = read(
        ";GSL2.0;\n; what is seen\nColoredObject:public (Color Object)\nColor [\n [red pink] { <color red> }\n [yellow canary] { <color yellow> }\n]\n\
         Object [\n [truck car] { <object vehicle> }\n [ball (wooden block)] { <object toy> }\n]\n",
        None,
    );
    assert_eq!(means(&grammar, "pink truck"), json!({"color": "red", "object": "vehicle"}));
    assert_eq!(means(&grammar, "canary wooden block"), json!({"color": "yellow", "object": "toy"}));
    assert_eq!(says(&grammar, "red"), "prefix");
}

#[test]
fn operators_stand_before_what_they_apply_to() {
    let grammar = read(".Order (?please *very +go ?(right now))", GSL);
    for (input, expected) in
        [("go", "match+"), ("please very very go go right now", "match"), ("please", "prefix"), ("now", "no")]
    {
        assert_eq!(says(&grammar, input), expected, "{input}");
    }
}

#[test]
fn values_are_returned_and_bound_to_variables() {
    let grammar = read(
        ".Pair (Digit:a and Digit:b ~.3) {<both strcat($a $b)> <sum add($a $b)> <first $a>}\n\
         Digit [one {return(1)} two {return(2)} [\"thirty three\" ] {return(\"33\")}]",
        GSL,
    );
    assert_eq!(means(&grammar, "one and thirty three"), json!({"both": "133", "sum": "34", "first": "1"}));
    let answer = read("[yes {return(right)} (no way) {return(wrong)} maybe]", None);
    assert_eq!(means(&answer, "no way"), "wrong");
    assert_eq!(means(&answer, "maybe"), "maybe");
}

#[test]
fn an_expression_alone_is_a_grammar() {
    assert_eq!(says(&read("[(appeler)]", None), "appeler"), "match");
    assert_eq!(says(&read("[(New York) Boston]", None), "boston"), "match");
    let dtmf = read("[dtmf-1 dtmf-2 (dtmf-star dtmf-pound)]", GSL);
    assert_eq!(dtmf.mode(), InputMode::Dtmf);
    assert_eq!(keys(&dtmf, "*#"), "match");
}

#[test]
fn mistakes_are_told_with_their_place() {
    for (text, expected) in [
        (".A [yes\n.B no", "2:6 bad-gsl"),
        (".A (yes Nobody)", "1:9 undefined-rule"),
        (".A yes {<slot>}", "1:14 bad-gsl"),
        (".A yes {return(x}", "1:17 bad-gsl"),
        (".A yes {<s nothing(x)>}", "1:22 bad-gsl"),
        (".A yes\n.A no", "2:2 duplicate-rule"),
        ("[yes", "1:5 bad-gsl"),
        (".A yes ] x", "1:8 bad-gsl"),
    ] {
        assert_eq!(refused(text, GSL), expected, "{text}");
    }
}

#[test]
fn values_that_double_from_rule_to_rule_are_given_up() {
    for command in ["{return(strcat($x $x))}", "{<a $x> <b $x>}"] {
        let rules: String = (1..60).map(|rule| format!("R{rule} (R{}:x) {command}\n", rule - 1)).collect();
        let grammar = read(&format!(".Main R59\n{rules}R0 go {{return(gone)}}"), GSL);
        assert!(means(&grammar, "go").to_string().len() < 100_000, "{command}");
    }
}
