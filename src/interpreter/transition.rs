//! Between documents and dialogs: application roots, scopes that stay and scopes that start anew (2.0 §1.5.2, §5.1.2).

use super::{
    Session, TraceLine,
    flow::{Flow, Level, Run, Target},
    library::without_fragment,
    program::Program,
    recognise::Recognition,
    session::Execution,
};
use crate::{
    dialogue::{FetchHints, Position, Reason},
    script::{Chain, Scope},
};
use std::{
    collections::{HashMap, HashSet},
    convert::Infallible,
    sync::Arc,
};

impl Session {
    /// Runs the application that starts at `url`; it ends with an error, for every end is one of the flows.
    pub(super) async fn run_application(&mut self, url: &str) -> Run<Infallible> {
        let target = self.load(url, &FetchHints::default()).await?;
        self.run_context(target, Vec::new(), false).await
    }

    /// Runs dialog after dialog in a new execution context until a flow leaves it.
    pub(super) async fn run_context(
        &mut self,
        target: Target,
        params: Vec<(String, crate::script::Handle)>,
        called: bool,
    ) -> Run<Infallible> {
        let depth = self.contexts.len();
        let entered = self.begin(target, params, called).await;
        let left = self.run_dialogs(entered).await;
        // The outermost context stays: what ends a call is still looked at there.
        self.contexts.truncate(depth.max(1));
        left
    }

    /// Goes on from the entry of a document, which may itself have led elsewhere, until a flow leaves the context.
    async fn run_dialogs(&mut self, mut entered: Run<Option<Recognition>>) -> Run<Infallible> {
        loop {
            let left = match entered {
                Ok(heard) => {
                    let Err(flow) = self.run_dialog(heard).await;
                    flow
                }
                Err(flow) => flow,
            };
            entered = match left {
                Flow::Dialog(target) => self.enter(*target).await,
                other => return Err(other),
            };
        }
    }

    /// A new execution context at `target`.
    async fn begin(
        &mut self,
        target: Target,
        params: Vec<(String, crate::script::Handle)>,
        called: bool,
    ) -> Run<Option<Recognition>> {
        let (application, document) = self.fresh_scopes(target.root.is_some())?;
        let dialog_scope = self.engine.scope()?;
        let chain = self.chain_of(&application, &document, &dialog_scope)?;
        self.contexts.push(Execution {
            program: target.program,
            root: target.root,
            application,
            document,
            chain,
            dialog_scope,
            dialog: target.dialog,
            item: None,
            prompt_counts: HashMap::new(),
            event_counts: HashMap::new(),
            attempts: HashMap::new(),
            just_filled: HashSet::new(),
            reprompt: false,
            params,
            called,
        });
        self.initialise(true, true).await?;
        Ok(target.heard)
    }

    /// Goes to another dialog, and document if need be, in the same execution context.
    async fn enter(&mut self, target: Target) -> Run<Option<Recognition>> {
        self.count_transition()?;
        if !target.reload {
            let here = self.here_mut();
            here.dialog = target.dialog;
            here.item = None;
            return Ok(target.heard);
        }
        let here = self.here();
        let root_uri =
            |root: &Option<Arc<Program>>, own: &Arc<Program>| root.as_ref().unwrap_or(own).document.uri.clone();
        // Leaf to leaf, root to leaf and leaf to root of one application keep its variables; a root left for itself does not.
        let same_application = root_uri(&here.root, &here.program) == root_uri(&target.root, &target.program)
            && (here.root.is_some() || target.root.is_some())
            && !(target.submitted && target.root.is_none());
        let to_leaf = target.root.is_some();
        let (application, document) = match (same_application, to_leaf) {
            (true, true) => (here.application.clone(), self.engine.scope()?),
            (true, false) => (here.application.clone(), here.application.clone()),
            (false, leaf) => self.fresh_scopes(leaf)?,
        };
        let here = self.here_mut();
        here.program = target.program;
        here.root = target.root;
        here.application = application;
        here.document = document;
        here.dialog = target.dialog;
        here.item = None;
        self.initialise(!same_application, to_leaf || !same_application).await?;
        Ok(target.heard)
    }

    /// Runs the document-level variables and scripts of the root and of the document.
    async fn initialise(&mut self, root: bool, document: bool) -> Run {
        let here = self.here();
        let (program, root_program) = (here.program.clone(), here.root.clone());
        let mut parts: Vec<(Arc<Program>, Scope)> = Vec::new();
        if let (true, Some(root_program)) = (root, root_program) {
            parts.push((root_program, here.application.clone()));
        }
        if document {
            parts.push((program, here.document.clone()));
        }
        for (program, scope) in parts {
            let application = self.here().application.clone();
            let chain =
                self.engine.chain(&[("session", &self.scope), ("application", &application), ("document", &scope)])?;
            self.standing = Some((program.clone(), Position { line: 1, column: 1, offset: 0 }));
            if let Err(flow) = self.exec(&chain, &program.document.init).await {
                self.refresh_chain()?;
                self.recover(flow.at(Level::Document)).await?;
                // A document whose variables are not there cannot run; its handlers did not lead elsewhere.
                return Err(Flow::End(Reason::Finished, Vec::new()));
            }
        }
        self.refresh_chain()
    }

    /// The chain of the current scopes, with a new dialog scope.
    pub(super) fn refresh_chain(&mut self) -> Run {
        let dialog_scope = self.engine.scope()?;
        let here = self.here();
        let chain = self.chain_of(&here.application, &here.document, &dialog_scope)?;
        let here = self.here_mut();
        here.chain = chain;
        here.dialog_scope = dialog_scope;
        Ok(())
    }

    fn chain_of(&self, application: &Scope, document: &Scope, dialog: &Scope) -> Run<Chain> {
        let named =
            [("session", &self.scope), ("application", application), ("document", document), ("dialog", dialog)];
        Ok(self.engine.chain(&named)?)
    }

    /// New application and document scopes; a document without a root is its own, so both are one.
    fn fresh_scopes(&self, leaf: bool) -> Run<(Scope, Scope)> {
        let application = self.engine.scope()?;
        let lastresult = self.engine.undefined()?;
        self.engine.set(&application, "lastresult$", &lastresult)?;
        let document = if leaf { self.engine.scope()? } else { application.clone() };
        Ok((application, document))
    }

    /// Finds where a reference leads: a dialog of this document, or another document, fetched with its root.
    ///
    /// A document that cannot be had, or has no such dialog, is `error.badfetch` here, in the caller (2.0 §5.2.6).
    pub(super) async fn target_of(&mut self, reference: &str, hints: &FetchHints) -> Run<Target> {
        let reference = reference.trim();
        if let Some(id) = reference.strip_prefix('#') {
            let here = self.here();
            let Some(dialog) = here.program.dialog_index(id) else {
                let uri = &here.program.document.uri;
                return Err(Flow::event("error.badfetch", format!("{uri} has no dialog '{id}'")));
            };
            return Ok(Target {
                program: here.program.clone(),
                root: here.root.clone(),
                dialog,
                reload: false,
                submitted: false,
                heard: None,
            });
        }
        let url = self.absolute(reference)?;
        self.load(&url, hints).await
    }

    /// Fetches a document and its application root.
    pub(super) async fn load(&mut self, url: &str, hints: &FetchHints) -> Run<Target> {
        let program = self.fetch_program(url, hints, crate::dialogue::Method::Get, Vec::new(), None).await?;
        self.target_in(program, url).await
    }

    /// The dialog of a fetched document that a URL's fragment names, with the document's root.
    pub(super) async fn target_in(&mut self, program: Arc<Program>, url: &str) -> Run<Target> {
        let dialog = match url.split_once('#').map(|(_, id)| id).filter(|id| !id.is_empty()) {
            Some(id) => program.dialog_index(id).ok_or_else(|| {
                Flow::event("error.badfetch", format!("{} has no dialog '{id}'", program.document.uri))
            })?,
            None if program.document.dialogs.is_empty() => {
                let message = format!("{}:1:1: the document has no dialog to begin with", program.document.uri);
                return Err(Flow::event("error.badfetch", message));
            }
            None => 0,
        };
        let root = match program.document.application.clone() {
            Some(application) => Some(self.fetch_root(&program, &application).await?),
            None => None,
        };
        Ok(Target { program, root, dialog, reload: true, submitted: false, heard: None })
    }

    async fn fetch_root(&mut self, leaf: &Arc<Program>, application: &str) -> Run<Arc<Program>> {
        let place = format!("{}:1:1: application root", leaf.document.uri);
        let url = super::resolve(&leaf.base, application)
            .map_err(|why| Flow::event("error.badfetch", format!("{place}: {why}")))?;
        let known = self.contexts.last().and_then(|here| {
            let root = here.root.as_ref().unwrap_or(&here.program);
            (root.document.uri == without_fragment(&url)).then(|| root.clone())
        });
        match known {
            Some(root) => Ok(root),
            None => {
                let hints = FetchHints::default();
                let fetched = self.fetch_program(&url, &hints, crate::dialogue::Method::Get, Vec::new(), None).await;
                let root = fetched.map_err(|flow| flow.because(&place))?;
                if root.document.application.is_some() {
                    let message = format!("{place}: {url} names a root itself, and a root cannot have one");
                    return Err(Flow::semantic(message));
                }
                Ok(root)
            }
        }
    }

    /// A reference of the running document as an absolute URL.
    pub(super) fn absolute(&self, reference: &str) -> Run<String> {
        super::resolve(&self.here().program.base, reference).map_err(|why| Flow::event("error.badfetch", why))
    }

    /// Notes which dialog is entered.
    pub(super) fn trace_dialog(&self) {
        self.port.trace(TraceLine::Dialog(self.dialog_name()));
    }

    /// The running dialog as `document#dialog`, the document without its query.
    pub(super) fn dialog_name(&self) -> String {
        let here = self.here();
        let document = &here.program.document;
        let url = document.uri.split(['?', '#']).next().unwrap_or_default();
        match &document.dialogs[here.dialog].id {
            Some(id) => format!("{url}#{id}"),
            None => format!("{url}#@{}", here.dialog + 1),
        }
    }
}
