//! Executable content (2.0 §5.3).

use super::{
    Session, TraceLine,
    flow::{Flow, Returned, Run},
};
use crate::{
    dialogue::{
        Action, Disconnect, Exit, Foreach, Goto, Happening, Log, Name, Next, Origin, Piece, Reason, Return, Script,
        Source, Step, Submit, Throw, Turn, Var,
    },
    script::{Chain, Handle},
};
use serde_json::Value as Json;
use std::{future::Future, pin::Pin};

/// Elements of one `<foreach>` at most: a script must not make a prompt endless.
const ELEMENTS: usize = 10_000;

/// Rounds of all `<foreach>` of a turn at most, for they may stand in each other.
const ROUNDS: u32 = 50_000;

/// Characters of one `<log>` that are kept.
const LOGGED: usize = 4_000;

impl Session {
    /// Runs executable content. Boxed, because `<if>` and `<foreach>` hold content again; the reader bounds the depth.
    pub(super) fn exec<'a>(
        &'a mut self,
        chain: &'a Chain,
        body: &'a [Action],
    ) -> Pin<Box<dyn Future<Output = Run> + 'a>> {
        Box::pin(async move {
            for action in body {
                if let (Some(at), Some((_, standing))) = (action.at(), &mut self.standing) {
                    *standing = at;
                }
                self.act(chain, action).await?;
            }
            Ok(())
        })
    }

    async fn act(&mut self, chain: &Chain, action: &Action) -> Run {
        match action {
            Action::Var(var) => self.var(chain, var),
            Action::Assign { name, expr } => {
                let value = self.engine.eval(chain, expr)?;
                Ok(self.engine.assign(chain, &name.text, &value)?)
            }
            Action::Clear(clear) => self.clear(chain, clear.namelist.as_deref()),
            Action::If(branches) => {
                for branch in branches {
                    let holds = match &branch.cond {
                        Some(cond) => self.engine.eval_bool(chain, cond)?,
                        None => true,
                    };
                    if holds {
                        return self.exec(chain, &branch.body).await;
                    }
                }
                Ok(())
            }
            Action::Prompt(prompt) => self.queue_prompt(chain, prompt, Origin::Application).await,
            Action::Reprompt => {
                self.here_mut().reprompt = true;
                Ok(())
            }
            Action::Throw(throw) => Err(self.throw(chain, throw)?),
            Action::Goto(goto) => self.goto(chain, goto).await,
            Action::Submit(submit) => self.submit(chain, submit).await,
            Action::Exit(exit) => Err(self.exit(chain, exit)?),
            Action::Return(returned) => Err(self.returned(chain, returned)?),
            Action::Disconnect(disconnect) => self.disconnect(chain, disconnect).await,
            Action::Script(script) => self.script(chain, script).await,
            Action::Log(log) => self.log(chain, log),
            Action::Data(data) => self.data(chain, data).await,
            Action::Foreach(foreach) => self.foreach(chain, foreach).await,
        }
    }

    fn var(&mut self, chain: &Chain, var: &Var) -> Run {
        let Some(scope) = chain.nearest() else { return Ok(()) };
        let value = match &var.expr {
            Some(expr) => self.engine.eval(chain, expr)?,
            // A second `<var>` without value keeps what is there (2.0 §5.3.1).
            None if !self.engine.is_undefined(scope, &var.name.text)? => return Ok(()),
            None => self.engine.undefined()?,
        };
        Ok(self.engine.declare(scope, &var.name.text, &value)?)
    }

    /// Undefines variables; of form items also the prompt and event counters start anew (2.0 §5.3.3).
    fn clear(&mut self, chain: &Chain, namelist: Option<&[Name]>) -> Run {
        let dialog = self.dialog();
        let undefined = self.engine.undefined()?;
        let item_of = |name: &str| dialog.items.iter().position(|item| *item.name == *name);
        let cleared: Vec<usize> = match namelist {
            Some(names) => {
                for name in names {
                    self.engine.assign(chain, &name.text, &undefined)?;
                }
                names.iter().filter_map(|name| item_of(name.text.trim_start_matches("dialog."))).collect()
            }
            None => {
                for item in &dialog.items {
                    self.engine.set(&self.here().dialog_scope, &item.name, &undefined)?;
                }
                (0..dialog.items.len()).collect()
            }
        };
        let here = self.here_mut();
        for item in cleared {
            here.prompt_counts.remove(&item);
            here.attempts.remove(&item);
            here.event_counts.retain(|(owner, _), _| *owner != Some(item));
        }
        Ok(())
    }

    fn throw(&self, chain: &Chain, throw: &Throw) -> Run<Flow> {
        let event = self.source_text(chain, &throw.event)?;
        Ok(Flow::event(event, self.message(chain, throw.message.as_ref())?))
    }

    /// The message of an event; an undefined one is none.
    pub(super) fn message(&self, chain: &Chain, message: Option<&Source>) -> Run<String> {
        match message {
            None => Ok(String::new()),
            Some(Source::Literal(text)) => Ok(text.clone()),
            Some(Source::Expr(expr)) => Ok(self.engine.eval_text(chain, expr)?.unwrap_or_default()),
        }
    }

    async fn goto(&mut self, chain: &Chain, goto: &Goto) -> Run {
        if let Some(item) = &goto.item {
            return Err(Flow::Item(self.source_text(chain, item)?));
        }
        let Some(next) = &goto.next else { return Err(Flow::event("error.badfetch", "<goto> without a target")) };
        let reference = self.source_text(chain, next)?;
        let target = self.target_of(&reference, &goto.fetch).await?;
        Err(Flow::Dialog(Box::new(target)))
    }

    async fn submit(&mut self, chain: &Chain, submit: &Submit) -> Run {
        let reference = self.source_text(chain, &submit.next)?;
        let fields = match &submit.namelist {
            Some(names) => self.fields(chain, names)?,
            None => {
                let dialog = self.dialog();
                let inputs = dialog.items.iter().filter(|item| item.named && item.kind.is_input());
                let names: Vec<Name> = inputs.map(|item| Name { text: item.name.clone(), at: item.at }).collect();
                self.fields(chain, &names)?
            }
        };
        let url = self.absolute(&reference)?;
        let program = self.fetch_program(&url, &submit.fetch, submit.method, fields, submit.enctype.clone()).await?;
        let target = self.target_in(program, &url).await?;
        Err(Flow::Dialog(Box::new(super::flow::Target { submitted: true, ..target })))
    }

    fn exit(&self, chain: &Chain, exit: &Exit) -> Run<Flow> {
        let mut values = self.named_values(chain, exit.namelist.as_deref())?;
        if let Some(expr) = &exit.expr {
            let value = self.engine.eval(chain, expr)?;
            values.push(("expr".to_owned(), self.engine.json(&value)?));
        }
        Ok(Flow::End(Reason::Exit, values))
    }

    fn named_values(&self, chain: &Chain, names: Option<&[Name]>) -> Run<Vec<(String, Json)>> {
        let value = |name: &Name| Ok((name.text.to_string(), self.engine.json(&self.variable(chain, name)?)?));
        names.unwrap_or_default().iter().map(value).collect()
    }

    fn returned(&self, chain: &Chain, returned: &Return) -> Run<Flow> {
        if let Some(event) = &returned.event {
            let event = self.source_text(chain, event)?;
            return Ok(Flow::Return(Returned::Event(event, self.message(chain, returned.message.as_ref())?)));
        }
        let names = returned.namelist.as_deref().unwrap_or_default();
        // The caller reads `item.x`, whatever scope the subdialog named it by.
        let plain = |name: &Name| match name.text.split_once('.') {
            Some(("application" | "document" | "dialog" | "session", variable)) => variable.to_owned(),
            _ => name.text.to_string(),
        };
        let values: Run<Vec<(String, Handle)>> =
            names.iter().map(|name| Ok((plain(name), self.variable(chain, name)?))).collect();
        Ok(Flow::Return(Returned::Values(values?)))
    }

    /// Plays what is queued and hangs up; the application goes on in its handlers (2.0 §5.3.11). What it hands back is told
    /// when it has ended (2.1 §8).
    async fn disconnect(&mut self, chain: &Chain, disconnect: &Disconnect) -> Run {
        self.handed_back = self.named_values(chain, disconnect.namelist.as_deref())?;
        if !self.hung_up {
            let prompts = std::mem::take(&mut self.queue);
            let mut event = self.port.exchange(Step::Turn(Turn { prompts, next: Next::Disconnect })).await;
            while !matches!(event.happening, Happening::HungUp | Happening::Resumed | Happening::Nothing) {
                event = self.port.exchange(Step::Turn(Turn { prompts: Vec::new(), next: Next::Disconnect })).await;
            }
            self.begin_turn();
        } else if self.farewell {
            // Nobody is there to be disconnected, and the application knows.
            return Err(Flow::End(Reason::HungUp, Vec::new()));
        }
        Err(self.hang_up())
    }

    async fn script(&mut self, chain: &Chain, script: &Script) -> Run {
        let program = match &script.program {
            Ok(inline) => inline.source.clone(),
            Err(source) => {
                let reference = self.source_text(chain, source)?;
                self.fetch_script(&reference, script.charset.as_deref(), &script.fetch).await?
            }
        };
        Ok(self.engine.run_program(chain, &program)?)
    }

    fn log(&mut self, chain: &Chain, log: &Log) -> Run {
        // In the order they are written: the attribute, then the content.
        let mut text = String::new();
        if let Some(expr) = &log.expr {
            text.push_str(&self.engine.eval_text(chain, expr)?.unwrap_or_else(|| "undefined".to_owned()));
            text.push(' ');
        }
        for piece in &log.content {
            match piece {
                Piece::Text(written) => text.push_str(written),
                Piece::Value(expr) => {
                    text.push_str(&self.engine.eval_text(chain, expr)?.unwrap_or_else(|| "undefined".to_owned()))
                }
                _ => {}
            }
        }
        let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LOGGED).collect();
        self.port.trace(TraceLine::Log { label: log.label.clone().unwrap_or_default(), text });
        Ok(())
    }

    async fn foreach(&mut self, chain: &Chain, foreach: &Foreach) -> Run {
        for element in self.elements(chain, &foreach.array)? {
            self.set_loop_variable(chain, &foreach.item, &element)?;
            self.exec(chain, &foreach.body).await?;
        }
        Ok(())
    }

    /// The elements a `<foreach>` walks: a copy, so that its content may change the array (2.1 §6).
    pub(super) fn elements(&self, chain: &Chain, array: &crate::dialogue::Expr) -> Run<Vec<Handle>> {
        let value = self.engine.eval(chain, array)?;
        let elements = self.engine.elements(&value, ELEMENTS)?;
        elements.ok_or_else(|| Flow::semantic(format!("'{}' is not an array", array.source)))
    }

    /// One more round of a `<foreach>`, with this element.
    pub(super) fn set_loop_variable(&mut self, chain: &Chain, item: &Name, element: &Handle) -> Run {
        self.rounds += 1;
        if self.rounds > ROUNDS {
            return Err(Flow::semantic(format!("<foreach> went round more than {ROUNDS} times in one turn")));
        }
        match chain.nearest() {
            Some(scope) => Ok(self.engine.declare(scope, &item.text, element)?),
            None => Ok(()),
        }
    }
}
