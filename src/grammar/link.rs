//! Copying external grammars in.

use super::analysis::Analysis;
use super::rules::{Node, Rules};
use crate::dialogue::Diagnostic;
use std::collections::HashMap;
use std::sync::Arc;

/// Resolves every external reference that `found` has a grammar for, and those of the grammars copied in, each grammar
/// once: references in a circle end at the copy. Errors: a rule that is not there or not public, another input mode.
pub(super) fn link(rules: &Rules, found: &HashMap<String, Arc<Rules>>) -> Result<Rules, Vec<Diagnostic>> {
    let mut linked = rules.clone();
    let mut errors = Vec::new();
    let mut next = 0;
    let mut resolved: Vec<Option<u32>> = Vec::new();
    // Copying a grammar in may append references, which are looked at in their turn.
    while let Some(external) = linked.externals.get(next).cloned() {
        next += 1;
        let known = linked.sources.iter().position(|source| *source.uri == *external.uri).map(|index| index as u32);
        let source = match (known, found.get(&external.uri)) {
            (Some(source), _) => source,
            (None, Some(other)) if other.mode == rules.mode => linked.append(other, &external.uri),
            (None, Some(_)) => {
                errors.push(blame(&external.blame, "mixed-modes", "it is a grammar of the other input mode"));
                continue;
            }
            (None, None) => continue,
        };
        let rule = match &external.rule {
            None => Some(linked.sources[source as usize].root),
            Some(name) => linked.rule(source, name),
        };
        let root = linked.sources[source as usize].root;
        match rule {
            Some(rule) if rule == root || linked.rules[rule as usize].public || source == 0 => {
                resolved.resize(next, None);
                resolved[next - 1] = Some(rule);
            }
            Some(_) => {
                let name = external.rule.as_deref().unwrap_or_default();
                let message = format!("its rule \"{name}\" is private");
                errors.push(
                    blame(&external.blame, "private-rule", &message)
                        .help(format!("write scope=\"public\" at the rule \"{name}\" of {}", external.uri)),
                );
            }
            None => {
                let name = external.rule.as_deref().unwrap_or_default();
                errors.push(blame(&external.blame, "undefined-rule", &format!("it has no rule \"{name}\"")));
            }
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let mut open = Vec::new();
    for node in &mut linked.nodes {
        let Node::External(index) = *node else { continue };
        *node = match resolved.get(index as usize).copied().flatten() {
            Some(rule) => Node::Rule(rule),
            None => {
                open.push(linked.externals[index as usize].clone());
                Node::External(open.len() as u32 - 1)
            }
        };
    }
    linked.externals = open;
    linked.analysis = Analysis::of(&linked);
    Ok(linked)
}

fn blame(reference: &Diagnostic, code: &str, why: &str) -> Diagnostic {
    let mut diagnostic = reference.clone();
    diagnostic.code = code.to_owned();
    diagnostic.message = format!("{}: {why}", diagnostic.message);
    diagnostic
}
