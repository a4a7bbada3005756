//! The main loop of the form interpretation algorithm (2.0 appendix C): select, collect, process.

use super::{
    Session,
    flow::{Flow, Level, Run, Thrown},
    recognise::Recognition,
};
use crate::dialogue::{Action, Dialog, Item, ItemKind, Reason};
use std::{convert::Infallible, sync::Arc};

/// Errors in a row that handlers of errors throw themselves. A handler that submits to a page that is gone would ask for
/// it for ever; one that counts to three and gives up is left to.
const FAILING_HANDLERS: u32 = 20;

/// How the loop goes on.
#[derive(Default)]
pub(super) struct Onward {
    /// The item a `<goto nextitem>` named; otherwise the first one is visited whose guard holds.
    forced: Option<usize>,
    /// A handler ended the last iteration and did not reprompt: prompts are not played again (2.0 §5.3.6).
    quiet: bool,
}

impl Session {
    /// Runs the current dialog until a flow leaves it. `heard` is what the caller said to get here, if that is how.
    pub(super) async fn run_dialog(&mut self, heard: Option<Recognition>) -> Run<Infallible> {
        let dialog = self.dialog();
        self.trace_dialog();
        let mut result = self.initialise_dialog(&dialog).await.map_err(|flow| flow.at(Level::Dialog));
        let mut heard = heard;
        loop {
            let onward = match result {
                Ok(()) => Onward::default(),
                Err(flow) => self.recover(flow).await?,
            };
            self.count_transition()?;
            result = match heard.take() {
                Some(recognition) => self.process(recognition).await,
                None => match self.select(&dialog, onward.forced) {
                    Ok(Some(index)) => self.visit(&dialog, index, onward.quiet).await,
                    // The form is done: as if by `<exit>`, also in a subdialog (2.0 §2.3.4).
                    Ok(None) => return Err(Flow::End(Reason::Finished, Vec::new())),
                    Err(flow) => Err(flow),
                },
            };
        }
    }

    /// Handles an event until it is dealt with; passes on what leaves the dialog.
    pub(super) async fn recover(&mut self, flow: Flow) -> Run<Onward> {
        let mut flow = flow;
        // Whether a handler has run: then only `<reprompt>` makes prompts heard again.
        let mut caught = false;
        let mut failing = 0;
        loop {
            flow = match flow {
                Flow::Event(thrown) if failing == FAILING_HANDLERS => return Err(self.give_up(thrown)),
                Flow::Event(thrown) => {
                    caught = true;
                    failing += u32::from(thrown.is_error());
                    match self.handle_event(thrown).await {
                        Ok(reprompt) => return Ok(Onward { forced: None, quiet: !reprompt }),
                        Err(flow) => flow,
                    }
                }
                Flow::Item(name) => match self.dialog().items.iter().position(|item| *item.name == *name) {
                    Some(index) => {
                        return Ok(Onward { forced: Some(index), quiet: caught && !self.here().reprompt });
                    }
                    None => Flow::event("error.badfetch", format!("the form has no item '{name}'")),
                },
                Flow::Return(_) if !self.here().called => Flow::semantic("<return> outside of a subdialog"),
                other => return Err(other),
            };
            self.count_transition()?;
        }
    }

    /// The end of a document whose handlers of errors do nothing but fail.
    fn give_up(&mut self, thrown: Thrown) -> Flow {
        let message = format!("{}; the handlers of errors fail again and again", self.placed(&thrown));
        self.say_default("error");
        Flow::End(Reason::Event { event: thrown.name, message }, Vec::new())
    }

    /// Declares the dialog's variables and form item variables, in document order.
    async fn initialise_dialog(&mut self, dialog: &Arc<Dialog>) -> Run {
        self.refresh_chain()?;
        self.stand_at(dialog.at);
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
            Action::Data(data) => data.at,
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
    fn select(&mut self, dialog: &Dialog, forced: Option<usize>) -> Run<Option<usize>> {
        if forced.is_some() {
            return Ok(forced);
        }
        self.here_mut().item = None;
        for (index, item) in dialog.items.iter().enumerate() {
            self.stand_at(item.at);
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
        self.stand_at(item.at);
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
            // Boxed, because a visit is on the stack once for each subdialog that is open.
            ItemKind::Record(record) => Box::pin(self.record(&item, index, record)).await,
            ItemKind::Transfer(transfer) => Box::pin(self.transfer(&item, index, transfer)).await,
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
}
