//! The main loop of the form interpretation algorithm (2.0 appendix C): select, collect, process.

use super::{
    Session,
    flow::{Flow, Level, Run},
    recognise::Recognition,
};
use crate::dialogue::{Action, Dialog, Item, ItemKind, Reason};
use std::{convert::Infallible, sync::Arc};

/// What the select phase has to go by.
enum Selection {
    /// The first item whose guard holds.
    Next,
    /// The item a `<goto nextitem>` named.
    Forced(usize),
}

impl Session {
    /// Runs the current dialog until a flow leaves it. `heard` is what the caller said to get here, if that is how.
    pub(super) async fn run_dialog(&mut self, heard: Option<Recognition>) -> Run<Infallible> {
        let dialog = self.dialog();
        self.trace_dialog();
        if let Err(flow) = self.initialise_dialog(&dialog).await {
            self.recover(flow.at(Level::Dialog)).await?;
        }
        let mut selection = Selection::Next;
        // The last iteration ended in a handler that did not reprompt: prompts are not played again.
        let mut quiet = false;
        let mut heard = heard;
        loop {
            self.count_transition()?;
            let result = match heard.take() {
                Some(recognition) => self.process(recognition).await,
                None => match self.select(&dialog, &selection) {
                    Ok(Some(index)) => self.visit(&dialog, index, quiet).await,
                    Ok(None) => return Err(self.leave()),
                    Err(flow) => Err(flow),
                },
            };
            selection = Selection::Next;
            quiet = match result {
                Ok(()) => false,
                Err(flow) => match self.recover(flow).await? {
                    Recovered::Handled { reprompt } => !reprompt,
                    Recovered::NextItem(index) => {
                        selection = Selection::Forced(index);
                        false
                    }
                },
            };
        }
    }

    /// Handles an event until it is dealt with; passes on what leaves the dialog.
    async fn recover(&mut self, flow: Flow) -> Run<Recovered> {
        let mut flow = flow;
        loop {
            flow = match flow {
                Flow::Event(thrown) => match self.handle_event(thrown).await {
                    Ok(reprompt) => return Ok(Recovered::Handled { reprompt }),
                    Err(flow) => flow,
                },
                Flow::Item(name) => match self.dialog().items.iter().position(|item| *item.name == *name) {
                    Some(index) => return Ok(Recovered::NextItem(index)),
                    None => Flow::event("error.badfetch", format!("the form has no item '{name}'")),
                },
                other => return Err(other),
            };
            self.count_transition()?;
        }
    }

    /// Declares the dialog's variables and form item variables, in document order.
    async fn initialise_dialog(&mut self, dialog: &Arc<Dialog>) -> Run {
        self.refresh_chain()?;
        let here = self.here_mut();
        here.item = None;
        here.prompt_counts.clear();
        here.event_counts.clear();
        here.attempts.clear();
        here.just_filled.clear();
        let params = std::mem::take(&mut here.params);
        let chain = here.chain.clone();
        let scope = here.dialog_scope.clone();
        let place = |action: &Action| match action {
            Action::Var(var) => var.name.at,
            Action::Script(script) => script.at,
            _ => dialog.at,
        };
        // Two lists, each in document order, merged.
        let mut init = dialog.init.iter().peekable();
        let undefined = self.engine.undefined()?;
        for item in &dialog.items {
            while let Some(action) = init.next_if(|action| place(action) < item.at) {
                self.declare_param_or(&chain, action, &params).await?;
            }
            let value = match &item.expr {
                Some(expr) => self.engine.eval(&chain, expr)?,
                None => undefined.clone(),
            };
            self.engine.set(&scope, &item.name, &value)?;
        }
        for action in init {
            self.declare_param_or(&chain, action, &params).await?;
        }
        // A value nobody declared a variable for is an error (2.0 §2.3.4).
        let declared =
            |name: &str| dialog.init.iter().any(|action| matches!(action, Action::Var(var) if *var.name.text == *name));
        match params.iter().find(|(name, _)| !declared(name)) {
            Some((name, _)) => {
                Err(Flow::semantic(format!("the form has no <var name=\"{name}\"> for the <param> of that name")))
            }
            None => Ok(()),
        }
    }

    /// A `<var>` of a subdialog's form takes the `<param>` of its name (2.0 §6.4).
    async fn declare_param_or(
        &mut self,
        chain: &crate::script::Chain,
        action: &Action,
        params: &[(String, crate::script::Handle)],
    ) -> Run {
        if let Action::Var(var) = action
            && let Some((name, value)) = params.iter().find(|(name, _)| **name == *var.name.text)
        {
            let scope = self.here().dialog_scope.clone();
            return Ok(self.engine.declare(&scope, name, value)?);
        }
        self.exec(chain, std::slice::from_ref(action)).await
    }

    /// The select phase: the next item to visit; `None` ends the form.
    fn select(&mut self, dialog: &Dialog, selection: &Selection) -> Run<Option<usize>> {
        if let Selection::Forced(index) = selection {
            return Ok(Some(*index));
        }
        self.here_mut().item = None;
        for (index, item) in dialog.items.iter().enumerate() {
            if self.is_eligible(item).map_err(|flow| flow.at(Level::Dialog))? {
                return Ok(Some(index));
            }
        }
        Ok(None)
    }

    fn is_eligible(&self, item: &Item) -> Run<bool> {
        if !self.engine.is_undefined(&self.here().dialog_scope, &item.name)? {
            return Ok(false);
        }
        match &item.cond {
            Some(cond) => Ok(self.engine.eval_bool(&self.here().chain, cond)?),
            None => Ok(true),
        }
    }

    /// The collect and process phases for one item.
    async fn visit(&mut self, dialog: &Arc<Dialog>, index: usize, quiet: bool) -> Run {
        let item = dialog.items[index].clone();
        self.here_mut().item = Some(index);
        if let ItemKind::Block(body) = &item.kind {
            let visited = self.engine.value(&true.into())?;
            self.engine.set(&self.here().dialog_scope, &item.name, &visited)?;
            let chain = self.anonymous()?;
            return self.exec(&chain, body).await;
        }
        if !quiet {
            self.queue_item_prompts(&item, index).await?;
        }
        match &item.kind {
            ItemKind::Subdialog(subdialog) => self.call_subdialog(&item, subdialog).await,
            ItemKind::Record(_) => Err(Flow::event("error.unsupported.record", "recording is not supported")),
            ItemKind::Transfer(transfer) => {
                let kind = transfer.kind.as_deref().unwrap_or("blind");
                Err(Flow::event(format!("error.unsupported.transfer.{kind}"), "transfers are not supported"))
            }
            ItemKind::Object(object) => {
                let name = object.classid.as_deref().unwrap_or_default();
                Err(Flow::event("error.unsupported.objectname", format!("no object '{name}' is known")))
            }
            ItemKind::Block(_) | ItemKind::Initial | ItemKind::Field(_) | ItemKind::Menu(_) => {
                let recognition = self.collect(&item, index).await?;
                self.process(recognition).await
            }
        }
    }

    /// No item is left: a form ends as if by `<exit>`, a subdialog's form as if by `<return>` without values.
    fn leave(&self) -> Flow {
        if self.here().called {
            Flow::Return(super::flow::Returned::Values(Vec::new()))
        } else {
            Flow::End(Reason::Finished, Vec::new())
        }
    }
}

/// How the loop goes on after an event or `<goto nextitem>`.
enum Recovered {
    Handled { reprompt: bool },
    NextItem(usize),
}
