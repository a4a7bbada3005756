//! The read-only DOM of `<data>` (VoiceXML 2.1 appendix D): classes in `dom.js`, over the tree of an [`Xml`].

use super::engine::{Engine, Handle, ScriptError, eval_sloppy};
use super::xml::{Id, Kind, Name, Xml};
use rquickjs::{Ctx, Function, Object, Persistent, Value};
use std::cell::RefCell;
use std::rc::{Rc, Weak};

/// Evaluates to the function that makes a document of the functions that read a tree.
const CLASSES: &str = include_str!("dom.js");

impl Engine {
    /// An XML document as scripts see it.
    ///
    /// # Errors
    /// [`ScriptError`] if the heap is exhausted, or the documents still in use are too large together.
    pub fn document(&self, xml: Xml) -> Result<Handle, ScriptError> {
        let xml = self.trees.admit(xml, || self.collect_garbage())?;
        self.run(|ctx| {
            let known = self.dom.borrow().clone();
            let make = match known {
                Some(make) => make.restore(ctx)?,
                None => {
                    let make: Function<'_> = eval_sloppy(ctx, CLASSES)?;
                    *self.dom.borrow_mut() = Some(Persistent::save(ctx, make.clone()));
                    make
                }
            };
            let document: Value<'_> = make.call((reader(ctx, xml)?,))?;
            Ok(self.keep(ctx, document))
        })
    }
}

/// The trees of a call. They lie outside of the engine's heap, which therefore does not limit them, and a document that
/// nobody needs any more goes only when the engine collects its garbage, as its nodes refer to each other.
#[derive(Default)]
pub(super) struct Trees(RefCell<Vec<(Weak<Xml>, usize)>>);

impl Trees {
    /// Bytes of all trees together.
    const MOST_BYTES: usize = 64 << 20;
    /// Bytes above which it is worth while to look for what is not needed any more.
    const ENOUGH_BYTES: usize = 8 << 20;

    fn admit(&self, xml: Xml, collect_garbage: impl FnOnce()) -> Result<Rc<Xml>, ScriptError> {
        let size = xml.size();
        let xml = Rc::new(xml);
        if self.bytes() + size > Self::ENOUGH_BYTES {
            collect_garbage();
        }
        if self.bytes() + size > Self::MOST_BYTES {
            return Err(ScriptError::Semantic("the XML documents of this call are too large together".to_owned()));
        }
        self.0.borrow_mut().push((Rc::downgrade(&xml), size));
        Ok(xml)
    }

    fn bytes(&self) -> usize {
        let mut trees = self.0.borrow_mut();
        trees.retain(|(tree, _)| tree.strong_count() > 0);
        trees.iter().map(|(_, size)| size).sum()
    }
}

/// The functions the classes read a tree by. A place that is none is -1.
fn reader<'js>(ctx: &Ctx<'js>, xml: Rc<Xml>) -> rquickjs::Result<Object<'js>> {
    let reader = Object::new(ctx.clone())?;
    macro_rules! function {
        ($name:literal, |$tree:ident $(, $argument:ident : $type:ty)*| $body:expr) => {{
            let $tree = Rc::clone(&xml);
            reader.set($name, Function::new(ctx.clone(), move |$($argument: $type),*| $body)?)?;
        }};
    }
    function!("kind", |tree, id: Id| tree.at(id).map_or(0, |id| tree.node(id).kind as u8));
    function!("name", |tree, id: Id, part: u8| tree.at(id).and_then(|id| part_of_name(&tree, id, part)));
    function!("value", |tree, id: Id| tree.at(id).map_or(String::new(), |id| tree.value(id).to_owned()));
    function!("text", |tree, id: Id| tree.at(id).map_or(String::new(), |id| tree.text(id)));
    function!("link", |tree, id: Id, which: u8| place(tree.at(id).and_then(|id| link(&tree, id, which))));
    function!("children", |tree, id: Id| tree.at(id).map_or(Vec::new(), |id| tree.children(id).collect()));
    function!("attributes", |tree, id: Id| tree.at(id).map_or(Vec::new(), |id| tree.attributes(id).collect()));
    function!("attribute", |tree, id: Id, name: String| place(attribute(&tree, id, |own| own.is(&name))));
    function!("attributeNs", |tree, id: Id, namespace: String, local: String| {
        place(attribute(&tree, id, |own| {
            own.namespace.as_deref().unwrap_or_default() == namespace && *own.local == *local
        }))
    });
    function!("named", |tree, id: Id, name: String| {
        tree.at(id).map_or(Vec::new(), |id| tree.elements(id, |own| name == "*" || own.is(&name)))
    });
    function!("namedNs", |tree, id: Id, namespace: String, local: String| {
        let wanted = |own: &Name| {
            (namespace == "*" || own.namespace.as_deref().unwrap_or_default() == namespace)
                && (local == "*" || *own.local == *local)
        };
        tree.at(id).map_or(Vec::new(), |id| tree.elements(id, wanted))
    });
    function!("root", |tree| place(tree.children(0).find(|&id| tree.node(id).kind == Kind::Element)));
    // Without a DTD nothing is of type ID; what is called so is meant to be.
    function!("byId", |tree, wanted: String| {
        let has = |id: &Id| {
            tree.attributes(*id).any(|own| matches!(&*tree.name(own).local, "id" | "ID") && tree.value(own) == wanted)
        };
        place(tree.elements(0, |_| true).into_iter().find(has))
    });
    Ok(reader)
}

fn place(id: Option<Id>) -> i64 {
    id.map_or(-1, i64::from)
}

fn attribute(tree: &Xml, id: Id, wanted: impl Fn(&Name) -> bool) -> Option<Id> {
    tree.attributes(tree.at(id)?).find(|&own| wanted(tree.name(own)))
}

fn link(tree: &Xml, id: Id, which: u8) -> Option<Id> {
    let node = tree.node(id);
    match which {
        0 => node.parent,
        1 => node.previous,
        2 => node.next,
        3 => node.first,
        _ => node.last,
    }
}

/// `nodeName`, `prefix`, `localName`, `namespaceURI`.
fn part_of_name(tree: &Xml, id: Id, part: u8) -> Option<String> {
    let name = tree.name(id);
    match part {
        0 => Some(match tree.node(id).kind {
            Kind::Text => "#text".to_owned(),
            Kind::CData => "#cdata-section".to_owned(),
            Kind::Comment => "#comment".to_owned(),
            Kind::Document => "#document".to_owned(),
            Kind::Element | Kind::Attribute | Kind::Instruction => name.qualified(),
        }),
        1 => name.prefix.as_deref().map(str::to_owned),
        2 => Some(name.local.to_string()),
        _ => name.namespace.as_deref().map(str::to_owned),
    }
}

#[cfg(test)]
#[path = "dom_tests.rs"]
mod tests;
