//! `<object>` (2.0 §2.3.5): what the platform can do besides VoiceXML. Here that is to ask web services.

use super::{
    Session,
    flow::{Flow, Run},
};
use crate::dialogue::{FetchRequest, Item, Method, Object, Purpose};
use crate::script::Handle;
use serde_json::{Value as Json, json};
use std::sync::Arc;

/// The classes by which Voximal's documents ask any web service: its URL is in `data` or the parameter `_src`, the method
/// in `_method`.
const ANY_SERVICE: [&str; 2] = ["extern:http", "extern:curl"];

/// A web service that documents know as an object: its parameters are sent as a form's fields are, its answer is the item's
/// value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebObject {
    /// `classid` by which documents name it.
    pub classid: String,
    /// The absolute URL.
    pub url: String,
    /// GET or POST.
    pub method: Method,
    /// The parameters it takes, all of which must be given; `None` leaves it to the service.
    pub params: Option<Arc<[String]>>,
}

/// What a request to a service consists of.
struct Call {
    url: String,
    method: Method,
    params: Vec<(String, Handle)>,
}

impl Session {
    /// Asks the object and fills the item with what it says.
    pub(super) async fn object(&mut self, item: &Item, index: usize, object: &Object) -> Run {
        let call = self.object_call(object)?;
        let mut fields = Vec::new();
        for (name, value) in &call.params {
            self.add_field(name, value, &mut fields)?;
        }
        let request = self.request(&call.url, Purpose::Data, &object.fetch);
        let resource = self.fetch(FetchRequest { method: call.method, fields, ..request }).await?;
        let text = crate::vxml::decode(&resource.body, resource.content_type.as_deref());
        let answer = serde_json::from_str(&text).unwrap_or_else(|_| Json::String(text.trim().to_owned()));
        let shadow = self.engine.value(&json!({ "mimetype": resource.content_type, "text": text }))?;
        self.engine.set(&self.here().dialog_scope, &format!("{}$", item.name), &shadow)?;
        let value = self.engine.value(&answer)?;
        self.filled_by_result(index, &item.name, &value).await
    }

    fn object_call(&self, object: &Object) -> Run<Call> {
        let chain = self.here().chain.clone();
        let classid = object.classid.as_deref().unwrap_or_default().trim();
        let known = self.settings.objects.iter().find(|known| known.classid == classid).cloned();
        if known.is_none() && !ANY_SERVICE.contains(&classid) {
            let message = format!("no object '{classid}' is known: an [[app.object]] of the configuration makes one");
            return Err(Flow::event("error.unsupported.objectname", message));
        }
        let mut params = self.params(&chain, &object.params)?;
        for (value, param) in params.iter_mut().map(|(_, value)| value).zip(&object.params) {
            if param.by_reference {
                let reference = self.engine.text(value)?.unwrap_or_default();
                *value = self.engine.value(&self.absolute(&reference)?.into())?;
            }
        }
        match known {
            Some(known) => {
                let given: Vec<&str> = params.iter().map(|(name, _)| name.as_str()).collect();
                agree(&known, &given)?;
                Ok(Call { url: known.url, method: known.method, params })
            }
            None => self.any_service(object, params),
        }
    }

    fn any_service(&self, object: &Object, params: Vec<(String, Handle)>) -> Run<Call> {
        let own = |wanted: &str| -> Run<Option<String>> {
            match params.iter().find(|(name, _)| name == wanted) {
                Some((_, value)) => Ok(self.engine.text(value)?),
                None => Ok(None),
            }
        };
        let Some(reference) = object.data.clone().map_or_else(|| own("_src"), |data| Ok(Some(data)))? else {
            return Err(Flow::semantic("the object has neither `data` nor a parameter `_src` with the service's URL"));
        };
        let base = match &object.codebase {
            Some(codebase) => self.absolute(codebase)?,
            None => self.here().program.base.clone(),
        };
        let url = super::resolve(&base, &reference).map_err(|why| Flow::event("error.badfetch", why))?;
        let method = match own("_method")?.unwrap_or_default().to_ascii_lowercase().as_str() {
            "" | "get" => Method::Get,
            "post" => Method::Post,
            other => return Err(Flow::semantic(format!("an object cannot ask by '{other}': write get or post"))),
        };
        let sent = params.into_iter().filter(|(name, _)| !name.starts_with('_')).collect();
        Ok(Call { url, method, params: sent })
    }
}

/// What a service takes must be given, and nothing else.
fn agree(object: &WebObject, given: &[&str]) -> Run {
    let Some(wanted) = &object.params else { return Ok(()) };
    let classid = &object.classid;
    if let Some(missing) = wanted.iter().find(|name| !given.contains(&name.as_str())) {
        return Err(Flow::semantic(format!("the object '{classid}' needs a <param name=\"{missing}\">")));
    }
    match given.iter().find(|name| !wanted.iter().any(|wanted| wanted == *name)) {
        Some(odd) => {
            let known = wanted.join(", ");
            Err(Flow::semantic(format!("the object '{classid}' has no parameter '{odd}'; it takes {known}")))
        }
        None => Ok(()),
    }
}
