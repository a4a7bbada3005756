//! Executable content (VoiceXML 2.0 §5.3), and what contains it.

use super::element::{Element, Reader, words};
use super::prompt::{Pieces, as_prompt, pieces, prompt};
use super::vocabulary::class;
use crate::dialogue::{
    Action, Branch, Clear, Data, Disconnect, Exit, Expr, Filled, Foreach, Goto, Handler, Log, Return, Script, Source,
    Submit, Throw, Var,
};
use roxmltree::Node;
use std::sync::Arc;

/// Builds executable content. Text and speech that stand directly in it become prompts, adjacent pieces one prompt.
pub(super) fn actions<'r>(reader: &'r Reader<'r>, nodes: &[Node<'r, 'r>]) -> Vec<Action> {
    let mut actions = Vec::new();
    let mut spoken = Pieces::default();
    for node in nodes {
        if node.is_text() {
            spoken.text(node.text().unwrap_or_default());
            continue;
        }
        let element = Element { node: *node, reader };
        let Some(rule) = Some(element).filter(|_| node.is_element()).and_then(Element::rule) else { continue };
        if rule.class & class::SPEECH != 0 {
            spoken.element(element);
        } else if let Some(action) = action(element) {
            actions.extend(as_prompt(std::mem::take(&mut spoken)).map(Action::Prompt));
            actions.push(action);
        }
    }
    actions.extend(as_prompt(spoken).map(Action::Prompt));
    actions
}

/// Builds an event handler.
pub(super) fn handler(element: Element<'_>) -> Handler {
    let events = match element.name() {
        "catch" => caught_events(element),
        name => vec![name.to_owned()],
    };
    Handler { events, count: element.count(), cond: element.expr("cond"), body: body(element), at: element.at() }
}

/// Builds a `<filled>`.
pub(super) fn filled(element: Element<'_>) -> Filled {
    Filled {
        all: element.one_of("mode", &[("all", true), ("any", false)]).unwrap_or(true),
        namelist: element.variables("namelist"),
        body: body(element),
        at: element.at(),
    }
}

fn body(element: Element<'_>) -> Vec<Action> {
    actions(element.reader, &element.nodes())
}

/// The events of a `<catch>`: trailing dots mean nothing, and what is then empty catches everything (VoiceXML 2.0
/// §5.2.4). The caller's going had another name in VoiceXML 1.0.
fn caught_events(element: Element<'_>) -> Vec<String> {
    let written = element.attribute("event").unwrap_or_default();
    let mut events = Vec::new();
    for event in words(written).map(|event| event.trim_end_matches(['.', '*'])) {
        events.push(event.to_owned());
        if let Some(rest) = event.strip_prefix("telephone.disconnect") {
            let now = format!("connection.disconnect{rest}");
            let message = format!("the event `{event}` is VoiceXML 1.0");
            element.warning("outdated-event", message, &format!("use {now}, which is caught, too"));
            events.push(now);
        }
    }
    if events.iter().any(String::is_empty) { Vec::new() } else { events }
}

/// Builds one action; `None` for what is none, or lacks what it must have (which `check` has reported).
fn action(element: Element<'_>) -> Option<Action> {
    let at = element.at();
    Some(match element.name() {
        "var" => Action::Var(Var { name: element.variable("name")?, expr: element.expr("expr") }),
        "assign" => Action::Assign { name: element.variable("name")?, expr: element.expr("expr")? },
        "clear" => Action::Clear(Clear { namelist: element.variables("namelist"), at }),
        "if" => Action::If(branches(element)),
        "prompt" => Action::Prompt(Arc::new(prompt(element))),
        "reprompt" => Action::Reprompt,
        "throw" => Action::Throw(Throw {
            event: element.target("event", "eventexpr")?,
            message: element.target("message", "messageexpr"),
            at,
        }),
        "goto" => Action::Goto(Goto {
            next: element.target("next", "expr"),
            item: element.target("nextitem", "expritem"),
            fetch: element.fetch(),
            at,
        }),
        "submit" => Action::Submit(Submit {
            next: element.target("next", "expr")?,
            namelist: element.variables("namelist"),
            method: element.method(),
            enctype: element.string("enctype"),
            fetch: element.fetch(),
            at,
        }),
        "exit" => Action::Exit(Exit { expr: element.expr("expr"), namelist: element.variables("namelist"), at }),
        "return" => Action::Return(Return {
            event: element.target("event", "eventexpr"),
            message: element.target("message", "messageexpr"),
            namelist: element.variables("namelist"),
            at,
        }),
        "disconnect" => Action::Disconnect(Disconnect { namelist: element.variables("namelist"), at }),
        "script" => Action::Script(script(element)?),
        "log" => {
            Action::Log(Log { label: element.string("label"), expr: element.expr("expr"), content: pieces(element) })
        }
        "data" => Action::Data(Data {
            name: element.variable("name"),
            src: element.target("src", "srcexpr")?,
            method: element.method(),
            enctype: element.string("enctype"),
            namelist: element.variables("namelist"),
            fetch: element.fetch(),
            at,
        }),
        "foreach" => Action::Foreach(Foreach {
            item: element.variable("item")?,
            array: element.expr("array")?,
            body: body(element),
            at,
        }),
        _ => return None,
    })
}

/// The branches of an `<if>`. `<elseif>` and `<else>` are empty elements; what a document writes inside them is read
/// as if it stood after them.
fn branches(element: Element<'_>) -> Vec<Branch> {
    let reader = element.reader;
    let mut branches = Vec::new();
    let mut cond = condition(element);
    let mut nodes = Vec::new();
    let mut after_else = false;
    for node in element.node.children() {
        let child = Element { node, reader };
        let is_branch = node.is_element() && child.rule().is_some_and(|rule| rule.class == class::BRANCH);
        if !is_branch {
            nodes.push(node);
            continue;
        }
        branches.push(Branch { cond: cond.take(), body: actions(reader, &nodes) });
        if after_else {
            child.error("misplaced-element", format!("<{}> after <else>", child.name()), "put <else> last");
        }
        after_else |= child.name() == "else";
        cond = if child.name() == "else" { None } else { condition(child) };
        nodes = child.nodes();
        if nodes.iter().any(|node| node.is_element() || node.text().is_some_and(|text| !text.trim().is_empty())) {
            let message = format!("<{}> should be empty", child.name());
            child.warning("branch-content", message, "its content is read as if it stood after it");
        }
    }
    branches.push(Branch { cond, body: actions(reader, &nodes) });
    branches
}

/// `cond`, or the `expr` that some documents write for it.
fn condition(element: Element<'_>) -> Option<Expr> {
    let cond = element.expr("cond");
    if cond.is_none() && element.attribute("expr").is_some() {
        element.warning("wrong-attribute", "the condition is written as `expr`", "it is taken; write cond=\"…\"");
        return element.expr("expr");
    }
    if cond.is_none() {
        element.error("missing-attribute", format!("<{}> needs `cond`", element.name()), "add cond=\"…\"");
    }
    cond
}

/// Exactly one of `src`, `srcexpr` and a program inside (VoiceXML 2.1 §3).
fn script(element: Element<'_>) -> Option<Script> {
    let inline = inline_program(element);
    let given = [element.attribute("src").is_some(), element.attribute("srcexpr").is_some(), inline.is_some()];
    match given.iter().filter(|given| **given).count() {
        // Hidden from browsers as in HTML; in XML that is a comment and nothing else.
        0 if element.node.descendants().any(|node| node.is_comment()) => {
            let help = "nothing is run; write the program as <![CDATA[ … ]]>";
            element.warning("commented-script", "the program of <script> is in a comment", help);
            return None;
        }
        0 => element.error("missing-attribute", "<script> has no program", "write it inside, or add `src`"),
        1 => {}
        _ => element.error(
            "exclusive-attributes",
            "<script> has more than one program",
            "keep only one of `src`, `srcexpr` and the content",
        ),
    }
    let reference = || element.target("src", "srcexpr").map(Err::<Expr, Source>);
    Some(Script {
        program: inline.map(Ok).or_else(reference)?,
        charset: element.string("charset"),
        fetch: element.fetch(),
        at: element.at(),
    })
}

/// The program inside a `<script>`, placed where it begins.
fn inline_program(element: Element<'_>) -> Option<Expr> {
    let text = element.text();
    if text.trim().is_empty() {
        return None;
    }
    let first = element.node.descendants().find(Node::is_text)?;
    let mut start = first.range().start;
    // The range of a CDATA section starts with its mark.
    if element.reader.prepared.text.get(start..).is_some_and(|text| text.starts_with("<![CDATA[")) {
        start += "<![CDATA[".len();
    }
    let at = element.reader.source.position(element.reader.place(start..start).start);
    Some(Expr { source: text.into(), at })
}
