//! Session variables as other platforms call them. Each line of these tables is in `docs/dialects.md`.

use crate::dialogue::Dialect;
use serde_json::{Map, Value as Json, json};

/// What a platform's own session variable is here.
#[derive(Debug, Clone, Copy)]
enum Given {
    /// The call's id.
    Call,
    /// Another session variable.
    Same(&'static str),
    /// An object without anything in it: what a document looks for in it is `undefined`, and no error.
    Nothing,
    /// A list of nothing.
    Empty,
}

const CISCO: &[(&str, Given)] = &[("com.cisco.protoHeaders", Given::Nothing), ("com.cisco.params", Given::Nothing)];

const GENESYS: &[(&str, Given)] = &[
    ("com.genesyslab.sessionid", Given::Call),
    ("com.genesyslab.userdata", Given::Nothing),
    ("genesys.sessionid", Given::Call),
    ("genesys.userdata", Given::Nothing),
    ("connection.uuid", Given::Call),
    ("connection.protocol.sip.headers", Given::Nothing),
    ("connection.protocol.sip.requesturi", Given::Nothing),
];

const AVAYA: &[(&str, Given)] = &[
    ("avaya.telephone.ani", Given::Same("telephone.ani")),
    ("avaya.telephone.dnis", Given::Same("telephone.dnis")),
    ("avaya.telephone.callid", Given::Call),
    ("avaya.telephone.call_tag", Given::Call),
    ("avaya.ucid", Given::Call),
    ("avaya.uui.shared", Given::Empty),
    ("connection.call_tag", Given::Call),
];

const VOXIMAL: &[(&str, Given)] = &[("telephone.id", Given::Call), ("telephone.session", Given::Call)];

fn table(dialect: Dialect) -> &'static [(&'static str, Given)] {
    match dialect {
        Dialect::Cisco => CISCO,
        Dialect::Genesys => GENESYS,
        Dialect::Avaya => AVAYA,
        Dialect::Voximal => VOXIMAL,
        Dialect::Standard | Dialect::Nuance => &[],
    }
}

/// The session variables of a call, with those that documents of the dialect ask for beside them.
pub(super) fn session_variables(session: &Json, dialect: Dialect, call: &str) -> Json {
    let mut variables = session.clone();
    for (path, given) in table(dialect) {
        let value = match given {
            Given::Call => Some(Json::from(call)),
            Given::Same(other) => session.pointer(&format!("/{}", other.replace('.', "/"))).cloned(),
            Given::Nothing => Some(json!({})),
            Given::Empty => Some(json!([])),
        };
        if let Some(value) = value {
            put(&mut variables, path, value);
        }
    }
    variables
}

/// Puts a value at a path of names, unless something is there, or in the way.
fn put(variables: &mut Json, path: &str, value: Json) {
    let mut place = variables;
    let mut names = path.split('.').peekable();
    while let (Some(name), Some(inside)) = (names.next(), place.as_object_mut()) {
        if names.peek().is_none() {
            inside.entry(name).or_insert(value);
            return;
        }
        place = inside.entry(name).or_insert_with(|| Json::Object(Map::new()));
    }
}
