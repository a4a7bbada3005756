//! Grammars of all notations, as a caller meets them.

use super::*;

#[test]
fn a_grammar_in_a_notation_that_is_not_read_is_an_unsupported_format() {
    let document = |grammar: &str| {
        format!(
            r#"<form><field name="x">{grammar}</field><catch event="error.unsupported.format">other format<exit/></catch></form>"#
        )
    };
    Call::of(&document(r#"<grammar type="application/verbio-text">1 uno</grammar>"#)).hears("other format");
    let main = vxml(&document(r#"<grammar src="a.txt" type="application/isolated"/>"#));
    Call::start(&[("main.vxml", &main), ("a.txt", "uno\ndos")]).hears("other format");
}

#[test]
fn a_grammar_is_read_in_whichever_notation_it_is_written() {
    let document = |grammar: &str| {
        vxml(&format!(
            r#"<form><field name="x">{grammar}<filled>got <value expr="x"/><exit/></filled></field>
            <catch event="error">broken<exit/></catch></form>"#
        ))
    };
    for (grammar, file) in [
        (r#"<grammar>#ABNF 1.0; root $a; $a = yes {right};</grammar>"#, ""),
        (r#"<grammar type="application/x-jsgf">#JSGF V1.0; grammar g; public &lt;a&gt; = yes {right};</grammar>"#, ""),
        (r#"<grammar type="application/x-jsgf">yes {right} | no {wrong}</grammar>"#, ""),
        (r#"<grammar>yes {right} | no {wrong}</grammar>"#, ""),
        (r#"<grammar type="application/x-nuance-gsl">[yes {return(right)} no {return(wrong)}]</grammar>"#, ""),
        (r#"<grammar type="text/gsl">[(yes) {&lt;x right&gt;} no]</grammar>"#, ""),
        (r#"<grammar src="a.gram"/>"#, "#ABNF 1.0;\nroot $a;\n$a = yes {right};"),
        (r#"<grammar src="a.gram#b"/>"#, "#ABNF 1.0; root $a; $a = no; public $b = yes {right};"),
        (r#"<grammar src="a.gram"/>"#, "#JSGF V1.0;\ngrammar g;\npublic <a> = yes {right};"),
        (r#"<grammar src="a.gram"/>"#, ";GSL2.0;\n.Answer [yes no] {return(right)}"),
    ] {
        let main = document(grammar);
        Call::start(&[("main.vxml", &main), ("a.gram", file)]).say("Yes.").hears("got right");
    }
}

#[test]
fn old_dtmf_grammars_are_alternatives_of_keys() {
    for grammar in [
        r#"<grammar mode="dtmf">1 | 2 | *</grammar>"#,
        r#"<grammar type="text/x-grammar-choice-dtmf">1|2|*</grammar>"#,
        r#"<grammar type="application/x-nuance-gsl" mode="dtmf">[dtmf-1 dtmf-2 dtmf-star]</grammar>"#,
        r#"<grammar>#ABNF 1.0; mode dtmf; root $k; $k = 1 | 2 | "*";</grammar>"#,
    ] {
        let document =
            format!(r#"<form><field name="x">{grammar}<filled>got <value expr="x"/></filled></field></form>"#);
        Call::of(&document).press("*").hears("got *");
    }
}

#[test]
fn builtin_parameters_that_contradict_each_other_are_a_bad_fetch() {
    for grammar in [
        "<grammar src=\"builtin:dtmf/digits?length=4;maxlength=5\"/>",
        "<grammar src=\"builtin:dtmf/boolean?y=1;n=1\"/>",
    ] {
        let field = format!(
            "<form><field name=\"x\">{grammar}</field><catch event=\"error.badfetch\">bad<exit/></catch></form>"
        );
        Call::of(&field).hears("bad");
    }
    Call::of(r#"<form><field name="x" type="digits?minlength=5;maxlength=3"/><catch event="error.badfetch">bad<exit/></catch></form>"#)
        .hears("bad");
    Call::of(
        r#"<form><field name="x" type="colour"/><catch event="error.unsupported.builtin">none<exit/></catch></form>"#,
    )
    .hears("none");
}
