//! What else of its form a turn can fill: one sentence may answer several questions, or correct an answer given before.

use super::{
    Session,
    collect::{Owner, field_slot},
    flow::Run,
    program::{GrammarForm, Hearing, Program},
    recognise::Recognition,
};
use crate::dialogue::{Dialog, Expr, Heard, Item, ItemKind, Slot};

/// The other fields of a form.
#[derive(Debug, Default)]
pub(super) struct OtherFields {
    /// Still to be filled.
    pub(super) open: Vec<Slot>,
    /// Filled before.
    pub(super) filled: Vec<Slot>,
}

impl Session {
    /// The fields of the running form besides the item that listens. A modal item wants to hear of nothing else.
    pub(super) fn other_fields(&self, item: &Item, index: usize) -> OtherFields {
        let mut found = OtherFields::default();
        if item.modal || !matches!(item.kind, ItemKind::Field(_) | ItemKind::Initial) {
            return found;
        }
        let (program, dialog) = (self.here().program.clone(), self.dialog());
        let slots = program.dialog(self.here().dialog).slots(&dialog, &program);
        for (other, (item, slot)) in dialog.items.iter().zip(slots).enumerate() {
            let Some(slot) = slot.as_ref().filter(|_| other != index) else { continue };
            match self.engine.is_undefined(&self.here().dialog_scope, &item.name) {
                Ok(true) if self.may_be_asked(item) => found.open.push(slot.clone()),
                Ok(false) => found.filled.push(slot.clone()),
                _ => {}
            }
        }
        found
    }

    /// Whether nothing is known that keeps an item from being visited: its condition is looked at where that changes
    /// nothing.
    fn may_be_asked(&self, item: &Item) -> bool {
        match &item.cond {
            Some(cond) if only_looks(cond) => self.engine.eval_bool(&self.here().chain, cond).unwrap_or(false),
            _ => true,
        }
    }

    /// The other field of the form that the caller has answered, by what was found in his words.
    pub(super) fn answered_elsewhere(&self, heard: &Heard, index: usize) -> Option<usize> {
        let Heard::Speech { finding, .. } = heard else { return None };
        let name = &finding.slots.first()?.slot;
        let dialog = self.dialog();
        let found = dialog.items.iter().position(|item| item.named && *item.name == **name)?;
        (found != index && matches!(dialog.items[found].kind, ItemKind::Field(_))).then_some(found)
    }

    /// Understands the caller as if the form had asked for the field at `other`, which is from now on the item visited;
    /// what its grammars do not take is an event of the item that asked.
    pub(super) async fn recognise_elsewhere(&mut self, other: usize, heard: Heard, level: f64) -> Run<Recognition> {
        let (item, chain) = (self.dialog().items[other].clone(), self.here().chain.clone());
        let asked = self.here_mut().item.replace(other);
        let recognised = match self.activate(&item, &chain).await {
            Ok(mut active) => {
                active.retain(|active| matches!(active.owner, Owner::Here) && active.meaning.is_of_item());
                self.recognise(&active, heard, level)
            }
            Err(flow) => Err(flow),
        };
        match (&recognised, asked) {
            // The question stands, but what was said was an answer.
            (Ok(_), Some(asked)) => drop(self.here_mut().attempts.remove(&asked)),
            _ => self.here_mut().item = asked,
        }
        recognised
    }
}

/// The slots of a form's fields, in the order of its items; `None` for what is no field or has no grammar.
pub(super) fn slots_of(dialog: &Dialog, program: &Program, items: &[Vec<Hearing>]) -> Vec<Option<Slot>> {
    let slot = |(item, hearings): (&std::sync::Arc<Item>, &Vec<Hearing>)| {
        let mut own = hearings.iter().filter(|hearing| hearing.meaning.is_of_item()).peekable();
        if !item.named || !matches!(item.kind, ItemKind::Field(_)) || own.peek().is_none() {
            return None;
        }
        let ready = own.filter_map(|hearing| match &hearing.form {
            GrammarForm::Ready(compiled) => Some((compiled.clone(), hearing.meaning.clone())),
            _ => None,
        });
        Some(field_slot(item, program, ready))
    };
    dialog.items.iter().zip(items).map(slot).collect()
}

/// Whether an expression does nothing but look: it calls nothing, makes nothing and assigns nothing.
fn only_looks(expr: &Expr) -> bool {
    let code = expr.source.as_bytes();
    let at = |place: usize| code.get(place).copied().unwrap_or(b' ');
    let changes = code.iter().enumerate().any(|(place, byte)| match byte {
        b'=' => {
            let before = if place == 0 { b' ' } else { at(place - 1) };
            let compares = at(place + 1) == b'=' || matches!(before, b'=' | b'!' | b'<' | b'>');
            let shifts = place > 1 && matches!((at(place - 2), before), (b'<', b'<') | (b'>', b'>'));
            !compares || shifts
        }
        b'+' | b'-' => at(place + 1) == *byte,
        b'(' => {
            let before = code[..place].iter().rev().find(|byte| !byte.is_ascii_whitespace());
            before.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b')' | b']'))
        }
        b'`' => true,
        _ => false,
    });
    let words = expr.source.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '$');
    !changes && !words.into_iter().any(|word| matches!(word, "new" | "delete" | "function"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::Position;

    #[test]
    fn a_condition_that_may_change_something_is_not_looked_at() {
        let looks =
            |source: &str| only_looks(&Expr { source: source.into(), at: Position { line: 1, column: 1, offset: 0 } });
        for harmless in
            ["a == 1", "a != 'x' && !(b || c)", "trip === 'round'", "a <= 2", "x.length > 0", "true", "a - -b"]
        {
            assert!(looks(harmless), "{harmless}");
        }
        for changing in
            ["a = 1", "f()", "(f)(1)", "i++", "--i", "a += 1", "new X", "delete a.b", "a <<= 1", "a >>= 1", "`x`"]
        {
            assert!(!looks(changing), "{changing}");
        }
    }
}
