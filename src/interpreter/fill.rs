//! The process phase: what was understood fills variables, and `<filled>` actions run (2.0 §2.4, appendix C).

use super::{
    Session,
    collect::Owner,
    flow::{Flow, Level, Run, Target},
    program::Meaning,
    recognise::{Recognition, mode_name},
};
use crate::{
    dialogue::{Dialog, Filled, Item, ItemKind, Link, MenuChoice, Source},
    script::Handle,
};
use serde_json::json;
use std::sync::Arc;

impl Session {
    /// Acts on an input.
    pub(super) async fn process(&mut self, recognition: Recognition) -> Run {
        if let Meaning::Link(link) = &recognition.meaning {
            return self.follow_link(&recognition.owner, &link.clone()).await;
        }
        if let Meaning::Universal(event) = &recognition.meaning {
            return Err(Flow::event(*event, ""));
        }
        if let Owner::Elsewhere { program, dialog } = &recognition.owner {
            let target = self.elsewhere(program.clone(), *dialog, recognition);
            return Err(Flow::Dialog(Box::new(target)));
        }
        if let Meaning::Choice(index) = &recognition.meaning {
            return self.take_choice(*index).await;
        }
        self.here_mut().just_filled.clear();
        let dialog = self.dialog();
        match (&recognition.meaning, self.here().item) {
            (Meaning::Option(option), Some(index)) => {
                let item = dialog.items[index].clone();
                let ItemKind::Field(field) = &item.kind else { return Ok(()) };
                let value = field.options.get(*option).map(|option| option.value.clone()).unwrap_or_default();
                let value = self.engine.value(&value.into())?;
                self.fill(index, &item, &value, &recognition)?;
            }
            (Meaning::Item, Some(index)) => {
                let item = dialog.items[index].clone();
                let value = self.engine.property(&recognition.value, slot_of(&item))?;
                // A result without the slot fills the field as a whole (2.0 §3.1.6.1).
                let value = value.unwrap_or_else(|| recognition.value.clone());
                self.fill(index, &item, &value, &recognition)?;
            }
            _ => self.fill_form(&recognition)?,
        }
        if !self.here().just_filled.is_empty() {
            self.finish_initials(&dialog)?;
        }
        self.run_filled().await
    }

    /// Once the caller has filled anything, every `<initial>` is done with (2.0 appendix C).
    fn finish_initials(&self, dialog: &Dialog) -> Run {
        for initial in dialog.items.iter().filter(|item| matches!(item.kind, ItemKind::Initial)) {
            let visited = self.engine.value(&true.into())?;
            self.engine.set(&self.here().dialog_scope, &initial.name, &visited)?;
        }
        Ok(())
    }

    /// Spreads the result of a form-level grammar over the fields (2.0 §3.1.6.1).
    fn fill_form(&mut self, recognition: &Recognition) -> Run {
        let dialog = self.dialog();
        for (index, item) in dialog.items.iter().enumerate().filter(|(_, item)| item.kind.is_input()) {
            if let Some(value) = self.engine.property(&recognition.value, slot_of(item))? {
                self.fill(index, item, &value, recognition)?;
            }
        }
        Ok(())
    }

    /// Gives an item its value and its shadow variable.
    fn fill(&mut self, index: usize, item: &Item, value: &Handle, recognition: &Recognition) -> Run {
        let scope = self.here().dialog_scope.clone();
        self.engine.set(&scope, &item.name, value)?;
        let shadow = self.engine.value(&json!({
            "confidence": recognition.confidence,
            "utterance": recognition.utterance,
            "inputmode": mode_name(recognition.mode),
            "interpretation": self.engine.json(value)?,
        }))?;
        self.engine.set(&scope, &format!("{}$", item.name), &shadow)?;
        if item.named {
            self.note_mark(&format!("dialog.{}$", item.name))?;
        }
        let here = self.here_mut();
        here.just_filled.insert(index);
        here.attempts.remove(&index);
        Ok(())
    }

    /// Marks an item as filled by something other than the caller's words and runs what follows from it.
    pub(super) async fn filled_by_result(&mut self, index: usize, name: &str, value: &Handle) -> Run {
        self.engine.set(&self.here().dialog_scope, name, value)?;
        self.here_mut().just_filled = std::iter::once(index).collect();
        self.run_filled().await
    }

    /// Runs the `<filled>` actions that the input triggers, in document order.
    async fn run_filled(&mut self) -> Run {
        let dialog = self.dialog();
        let of_items = dialog
            .items
            .iter()
            .enumerate()
            .flat_map(|(index, item)| item.filled.iter().map(move |filled| (Some(index), filled)));
        let mut actions: Vec<(Option<usize>, Arc<Filled>)> =
            of_items.map(|(index, filled)| (index, filled.clone())).collect();
        actions.extend(dialog.filled.iter().map(|filled| (None, filled.clone())));
        actions.sort_by_key(|(_, filled)| filled.at.offset);
        for (index, filled) in actions {
            if self.is_triggered(&dialog.items, index, &filled)? {
                let visited = self.here().item;
                if index.is_some() {
                    self.here_mut().item = index;
                }
                self.stand_at(filled.at);
                let chain = self.anonymous()?;
                let level = if index.is_some() { Level::Item } else { Level::Dialog };
                self.exec(&chain, &filled.body).await.map_err(|flow| flow.at(level))?;
                self.here_mut().item = visited;
            }
        }
        Ok(())
    }

    fn is_triggered(&self, items: &[Arc<Item>], own: Option<usize>, filled: &Filled) -> Run<bool> {
        let just = |index: &usize| self.here().just_filled.contains(index);
        let named: Vec<usize> = match (&filled.namelist, own) {
            (Some(names), _) => {
                let of = |name: &str| items.iter().position(|item| *item.name == *name);
                names.iter().filter_map(|name| of(name.text.trim_start_matches("dialog."))).collect()
            }
            (None, Some(own)) => vec![own],
            (None, None) => (0..items.len()).filter(|index| items[*index].kind.is_input()).collect(),
        };
        if !named.iter().any(just) {
            return Ok(false);
        }
        // An earlier action may have cleared what was just filled.
        let mut missing = 0;
        for index in &named {
            missing += usize::from(self.engine.is_undefined(&self.here().dialog_scope, &items[*index].name)?);
        }
        Ok(if filled.all { missing == 0 } else { missing < named.len() })
    }

    async fn take_choice(&mut self, index: usize) -> Run {
        let dialog = self.dialog();
        let Some(choice) = dialog.menu().and_then(|menu| menu.choices.get(index)) else { return Ok(()) };
        if let Some(item) = self.here().item {
            // What listened was answered: should it listen again, it does so for the first time.
            self.here_mut().attempts.remove(&item);
        }
        let MenuChoice { next, event, message, fetch, .. } = choice;
        self.go_or_throw(&Owner::Here, next.as_ref(), event.as_ref(), message.as_ref(), fetch).await
    }

    async fn follow_link(&mut self, owner: &Owner, link: &Link) -> Run {
        self.go_or_throw(owner, link.next.as_ref(), link.event.as_ref(), link.message.as_ref(), &link.fetch).await
    }

    /// What a choice or a link does; where it leads is relative to the document it stands in.
    async fn go_or_throw(
        &mut self,
        owner: &Owner,
        next: Option<&Source>,
        event: Option<&Source>,
        message: Option<&Source>,
        fetch: &crate::dialogue::FetchHints,
    ) -> Run {
        let chain = self.here().chain.clone();
        if let Some(event) = event {
            let event = self.source_text(&chain, event)?;
            return Err(Flow::event(event, self.message(&chain, message)?));
        }
        let Some(next) = next else { return Err(Flow::event("error.badfetch", "a choice without a target")) };
        let reference = self.source_text(&chain, next)?;
        let target = match owner {
            Owner::Document(home) if !Arc::ptr_eq(home, &self.here().program) => {
                let base = if reference.trim().starts_with('#') { &home.document.uri } else { &home.base };
                let url = super::resolve(base, &reference).map_err(|why| Flow::event("error.badfetch", why))?;
                self.load(&url, fetch).await?
            }
            _ => self.target_of(&reference, fetch).await?,
        };
        Err(Flow::Dialog(Box::new(target)))
    }

    /// The way to a dialog with document scope whose grammar was matched; it is filled with what was said.
    fn elsewhere(&self, program: Arc<super::program::Program>, dialog: usize, mut recognition: Recognition) -> Target {
        let here = self.here();
        let reload = !Arc::ptr_eq(&program, &here.program);
        recognition.owner = Owner::Here;
        let root = if reload { None } else { here.root.clone() };
        Target { program, root, dialog, reload, submitted: false, heard: Some(recognition) }
    }
}

/// The slot of the interpretation that fills an item.
fn slot_of(item: &Item) -> &str {
    match &item.kind {
        ItemKind::Field(field) => field.slot.as_deref().unwrap_or(&item.name),
        _ => &item.name,
    }
}
