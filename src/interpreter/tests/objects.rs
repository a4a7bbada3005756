//! `<object>` (2.0 §2.3.5).

use super::*;

const RATES: &str = r#"{"rate": 1.5, "asOf": "noon"}"#;

fn call(object: &str) -> Call {
    let body = format!(
        r#"<form><catch event="error"><log expr="_event + ': ' + _message"/><exit/></catch>{object}
           <block>It is <value expr="o.rate"/> at <value expr="o.asOf"/>.</block></form>"#
    );
    Call::start(&[("main.vxml", &vxml(&body)), ("rates.json", RATES), ("note.txt", " All is well. ")])
}

#[test]
fn a_configured_object_is_asked_by_its_parameters_and_answers_with_json() {
    let mut call = call(
        r#"<object name="o" classid="method://rates"><param name="currency" expr="'EU' + 'R'"/>
             <param name="rules" value="rules.txt" valuetype="ref"/>
             <filled><log expr="o$.text.length"/></filled></object>"#,
    );
    call.hears("It is 1.5 at noon.");
    let request = call.fetched.last().unwrap();
    assert_eq!((request.url.as_str(), request.method), ("http://example.com/app/rates.json", Method::Post));
    let sent: Vec<_> = request.fields.iter().map(|field| (field.name.as_str(), field.as_text())).collect();
    assert_eq!(sent, [("currency", "EUR"), ("rules", "http://example.com/app/rules.txt")]);
    assert_eq!(call.logs(), [RATES.len().to_string()]);
}

#[test]
fn missing_and_odd_parameters_are_told_by_name() {
    let object = |params: &str| call(&format!(r#"<object name="o" classid="method://rates">{params}</object>"#)).logs();
    assert_eq!(object(""), ["error.semantic: the object 'method://rates' needs a <param name=\"currency\">"]);
    let odd = object(r#"<param name="currency" value="1"/><param name="rules" value="2"/><param name="x" value="3"/>"#);
    assert_eq!(odd, ["error.semantic: the object 'method://rates' has no parameter 'x'; it takes currency, rules"]);
}

#[test]
fn an_object_that_cannot_be_reached_is_a_bad_fetch() {
    let logs = call(r#"<object name="o" classid="extern:http" data="gone.json"/>"#).logs();
    assert!(logs[0].starts_with("error.badfetch.http.404: "), "{logs:?}");
}

#[test]
fn any_service_is_asked_the_way_voximal_documents_do() {
    let mut asked = call(
        r#"<object name="o" classid="extern:curl" codebase="sub/"><param name="_src" expr="'../rates.json'"/>
             <param name="_method" expr="'post'"/><param name="arg1" expr="[1, 2]"/></object>"#,
    );
    asked.hears("It is 1.5 at noon.");
    let request = asked.fetched.last().unwrap();
    assert_eq!((request.url.as_str(), request.method), ("http://example.com/app/rates.json", Method::Post));
    let sent: Vec<_> = request.fields.iter().map(|field| (field.name.as_str(), field.as_text())).collect();
    assert_eq!(sent, [("arg1.0", "1"), ("arg1.1", "2")]);
    let text =
        call(r#"<object name="o" classid="extern:http" data="note.txt"><filled><log expr="o"/></filled></object>"#);
    assert_eq!(text.logs(), ["All is well."]);
    for wrong in [r#"data="rates.json"><param name="_method" value="put"/>"#, ">"] {
        let logs = call(&format!("<object name=\"o\" classid=\"extern:curl\" {wrong}</object>")).logs();
        assert!(logs[0].starts_with("error.semantic: "), "{logs:?}");
    }
}
