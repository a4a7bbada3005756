use super::*;
use crate::dialogue::Dialect;

/// A call at a document with this inside `<vxml>`, written in a dialect.
fn call_in(dialect: Dialect, body: &str) -> Call {
    let mut call = Call::of("<form><block/></form>");
    let settings = Settings { call: "CA1".into(), dialect, ..Settings::default() };
    call.interpreter = Interpreter::new(settings, Arc::new(Library::new()));
    call.files.insert(format!("{HOME}main.vxml"), vxml(body));
    call.trace.clear();
    let session = json!({"telephone": {"ani": "4155550100", "dnis": "4155550199"}});
    call.feed(Happening::Start { url: format!("{HOME}main.vxml"), session });
    call
}

#[test]
fn any_words_fill_a_field_of_free_text() {
    let body = r#"<form><field name="f" type="text"><prompt>Talk</prompt><filled>You said <value expr="f"/></filled></field></form>"#;
    Call::of(body).hears("Talk").say("the quick brown fox").hears("You said the quick brown fox");
    let call = Call::of(&body.replace("text", "free"));
    assert!(matches!(&call.ending().reason, Reason::Event { event, .. } if event == "error.unsupported.builtin"));
}

#[test]
fn session_variables_have_the_names_of_the_platform() {
    for (dialect, expr, heard) in [
        (Dialect::Avaya, "session.avaya.telephone.ani + ' ' + session.avaya.uui.shared.length", "4155550100 0"),
        (
            Dialect::Genesys,
            "session.com.genesyslab.sessionid + ' ' + session.com.genesyslab.userdata.x",
            "CA1 undefined",
        ),
        (Dialect::Cisco, "typeof session.com.cisco.protoHeaders['X-Any']", "undefined"),
        (Dialect::Voximal, "session.telephone.id + ' ' + session.telephone.dnis", "CA1 4155550199"),
    ] {
        let body = format!(r#"<form><block><value expr="{expr}"/></block></form>"#);
        call_in(dialect, &body).hears(heard);
    }
}

#[test]
fn the_hang_up_of_voicexml_1_is_heard() {
    let body = r#"<catch event="telephone.disconnect.hangup"><log>gone</log></catch><form><field name="f" type="digits"/></form>"#;
    let mut call = Call::of(body);
    call.hang_up();
    assert_eq!(call.logs(), ["gone"]);
}
