//! Subdialogs (2.0 §2.3.4): a dialog called like a function, in an execution context of its own.

use super::{
    Session,
    flow::{Flow, Returned, Run},
};
use crate::dialogue::{Item, Name, Param, ParamValue, Subdialog};
use crate::script::{Chain, Handle};

/// Subdialogs that may be open at once: a document that calls itself must end some day.
const DEPTH: usize = 32;

impl Session {
    /// Calls a subdialog and fills the item with what it returns.
    pub(super) async fn call_subdialog(&mut self, item: &Item, subdialog: &Subdialog) -> Run {
        if self.contexts.len() >= DEPTH {
            return Err(Flow::semantic(format!("more than {DEPTH} subdialogs are open at once")));
        }
        let Some(index) = self.here().item else { return Ok(()) };
        let chain = self.here().chain.clone();
        let params = self.params(&chain, &subdialog.params)?;
        let reference = self.source_text(&chain, &subdialog.src)?;
        let names: &[Name] = subdialog.namelist.as_deref().unwrap_or_default();
        let fields = self.fields(&chain, names)?;
        let mut target = if fields.is_empty() && reference.trim().starts_with('#') {
            self.target_of(&reference, &subdialog.fetch).await?
        } else {
            let url = self.absolute(&reference)?;
            let program =
                self.fetch_program(&url, &subdialog.fetch, subdialog.method, fields, subdialog.enctype.clone()).await?;
            self.target_in(program, &url).await?
        };
        target.reload = true;
        let left = Box::pin(self.run_context(target, params, true)).await;
        let Err(flow) = left;
        match flow {
            Flow::Return(Returned::Values(values)) => {
                let result = self.engine.object(&values)?;
                self.filled_by_result(index, &item.name, &result).await
            }
            Flow::Return(Returned::Event(event, message)) => Err(Flow::event(event, message)),
            other => Err(other),
        }
    }

    /// The values of some parameters (2.0 §6.4).
    pub(super) fn params(&self, chain: &Chain, params: &[Param]) -> Run<Vec<(String, Handle)>> {
        let value = |param: &Param| -> Run<(String, Handle)> {
            let value = match &param.value {
                ParamValue::Literal(text) => self.engine.value(&text.as_str().into())?,
                ParamValue::Expr(expr) => self.engine.eval(chain, expr)?,
            };
            Ok((param.name.clone(), value))
        };
        params.iter().map(value).collect()
    }
}
