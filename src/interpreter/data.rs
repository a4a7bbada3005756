//! `<data>` (2.1 §5): XML or JSON fetched into a variable, without leaving the document.

use super::{
    Session,
    flow::{Flow, Run},
    library::without_query,
};
use crate::{
    dialogue::{Data, Purpose, Resource},
    script::{Chain, Handle, Xml},
};
use serde_json::Value as Json;

/// Characters of an answer that an error message shows.
const SHOWN: usize = 40;

impl Session {
    /// Fetches; without a name the answer is not looked at.
    pub(super) async fn data(&mut self, chain: &Chain, data: &Data) -> Run {
        let reference = self.source_text(chain, &data.src)?;
        let url = self.absolute(&reference)?;
        let fields = self.fields(chain, data.namelist.as_deref().unwrap_or_default())?;
        let mut request = self.request(&url, Purpose::Data, &data.fetch);
        (request.method, request.fields, request.enctype) = (data.method, fields, data.enctype.clone());
        let resource = self.fetch(request).await?;
        let Some(name) = &data.name else { return Ok(()) };
        let value = self.parsed(&resource)?;
        // It has the scope that a <var> in its place would have (2.1 §5).
        match chain.nearest() {
            Some(scope) => Ok(self.engine.declare(scope, &name.text, &value)?),
            None => Ok(()),
        }
    }

    /// The DOM of XML, or the value of JSON, which the specification does not know and applications use.
    fn parsed(&self, resource: &Resource) -> Run<Handle> {
        let kind = resource.content_type.as_deref().unwrap_or_default();
        let text = crate::vxml::decode(&resource.body, resource.content_type.as_deref());
        let media_type = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let is_json = media_type.ends_with("json") || text.trim_start().starts_with(['{', '[']);
        let wrong = |what: &str, why: String| {
            let start: String = text.trim().chars().take(SHOWN).collect();
            let received = if start.is_empty() { "nothing".to_owned() } else { format!("`{start}`") };
            let kind = if kind.is_empty() { "no content type" } else { kind };
            let why = format!("{} is not {what}: {why}; received {received} ({kind})", without_query(&resource.url));
            Flow::event("error.badfetch", why)
        };
        if is_json {
            let json: Json = serde_json::from_str(text.trim_start_matches('\u{feff}'))
                .map_err(|error| wrong("JSON", error.to_string()))?;
            return Ok(self.engine.value(&json)?);
        }
        let xml = Xml::parse(&text).map_err(|why| wrong("well-formed XML", why))?;
        if !permits(&xml, &self.here().program.document.uri) {
            let why = format!(
                "{}: its <?access-control?> does not allow {}",
                without_query(&resource.url),
                host(&self.here().program.document.uri).unwrap_or_else(|| "local files".to_owned())
            );
            return Err(Flow::event("error.noauthorization", why));
        }
        Ok(self.engine.document(xml)?)
    }
}

/// Whether the data may be shown to a document: without an instruction to anybody who may fetch it, else to the hosts
/// it allows (W3C Note "Authorizing Read Access to XML Content Using the <?access-control?> Processing Instruction").
fn permits(xml: &Xml, document: &str) -> bool {
    let mut rules = xml.instructions().filter(|(target, _)| *target == "access-control").peekable();
    if rules.peek().is_none() {
        return true;
    }
    let host = host(document);
    let named = |data: &str, attribute: &str| {
        let hosts = pseudo_attribute(data, attribute).unwrap_or_default();
        hosts.split_ascii_whitespace().any(|pattern| matches(pattern, host.as_deref()))
    };
    let rules: Vec<&str> = rules.map(|(_, data)| data).collect();
    rules.iter().any(|data| named(data, "allow")) && !rules.iter().any(|data| named(data, "deny"))
}

/// `*`, a host, or `*.` and the end of one. A document that is a local file has no host.
fn matches(pattern: &str, host: Option<&str>) -> bool {
    if pattern == "*" {
        return true;
    }
    let pattern = pattern.to_ascii_lowercase();
    let pattern = pattern.split_once("://").map_or(pattern.as_str(), |(_, rest)| rest);
    let pattern = pattern.split(['/', ':']).next().unwrap_or_default();
    match (host, pattern.strip_prefix("*.")) {
        (Some(host), Some(domain)) => host.strip_suffix(domain).is_some_and(|front| front.ends_with('.')),
        (Some(host), None) => host == pattern,
        (None, _) => false,
    }
}

/// The value of `name="value"` in a processing instruction.
fn pseudo_attribute<'t>(data: &'t str, name: &str) -> Option<&'t str> {
    let mut rest = data;
    while let Some((before, after)) = rest.split_once('=') {
        let after = after.trim_start();
        let quote = after.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let (value, further) = after.get(1..)?.split_once(quote)?;
        if before.trim() == name {
            return Some(value);
        }
        rest = further;
    }
    None
}

fn host(url: &str) -> Option<String> {
    url::Url::parse(url).ok()?.host_str().map(str::to_ascii_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_shown_to_the_hosts_it_allows() {
        let permits = |rule: &str, document: &str| permits(&Xml::parse(&format!("{rule}<a/>")).unwrap(), document);
        let bank = "http://ivr.bank.example/main.vxml";
        assert!(permits("", bank) && permits("", "file:///app/main.vxml"));
        assert!(permits("<?access-control allow=\"*\"?>", "file:///app/main.vxml"));
        assert!(permits("<?access-control allow='a.example IVR.bank.example'?>", bank));
        assert!(permits("<?access-control allow='*.bank.example'?>", bank));
        assert!(permits("<?access-control allow='http://ivr.bank.example:80/'?>", bank));
        assert!(permits("<?access-control allow='a.example'?><?access-control allow='*'?>", bank));
        for rule in ["allow='bank.example'", "allow='*.ivr.bank.example'", "allow=''", "", "allow='*' deny='*.example'"]
        {
            assert!(!permits(&format!("<?access-control {rule}?>"), bank), "{rule}");
        }
        assert!(!permits("<?access-control allow='a.example'?>", "file:///app/main.vxml"));
    }
}
