//! All inputs of a finite grammar.

use super::derive::Step;
use super::rules::{Node, NodeId, Rules};
use std::collections::HashSet;

/// Grammars whose longest input or whose nesting goes past these are not listed.
const LONGEST: u64 = 200;
const DEEPEST: usize = 400;

/// Steps of the inputs that `start` matches in document order, each input once; `None` if there are more than `limit`.
pub(super) fn all(rules: &Rules, start: NodeId, limit: usize) -> Option<Vec<Vec<Step>>> {
    if rules.analysis.is_void(start) {
        return Some(Vec::new());
    }
    rules.analysis.longest[start as usize].filter(|longest| *longest <= LONGEST)?;
    expand(rules, start, limit, DEEPEST)
}

/// The tokens on some steps, by vocabulary id.
fn words(steps: &[Item]) -> Vec<u32> {
    steps.iter().filter_map(|(_, word)| *word).collect()
}

/// A step, and the word it takes.
type Item = (Step, Option<u32>);

fn expand(rules: &Rules, start: NodeId, limit: usize, depth: usize) -> Option<Vec<Vec<Step>>> {
    let lists = Expander { rules, limit }.node(start, depth)?;
    Some(lists.into_iter().map(|list| list.into_iter().map(|(step, _)| step).collect()).collect())
}

struct Expander<'a> {
    rules: &'a Rules,
    limit: usize,
}

impl Expander<'_> {
    fn node(&self, node: NodeId, depth: usize) -> Option<Vec<Vec<Item>>> {
        let depth = depth.checked_sub(1)?;
        if self.rules.analysis.is_void(node) {
            return Some(Vec::new());
        }
        match &self.rules.nodes[node as usize] {
            Node::Token { word, text } => Some(vec![vec![(Step::Token(*text), Some(*word))]]),
            Node::Any => None,
            Node::Tag(tag) => Some(vec![vec![(Step::Tag(*tag), None)]]),
            Node::Seq(children) => {
                let start = vec![Vec::new()];
                children.iter().try_fold(start, |lists, child| self.product(&lists, &self.node(*child, depth)?))
            }
            Node::Alt(children) => {
                let mut lists = Vec::new();
                for child in children {
                    lists.extend(self.node(*child, depth)?);
                    lists = self.distinct(lists)?;
                }
                Some(lists)
            }
            Node::Repeat { body, min, max } => self.repeat(*body, *min, *max, depth),
            Node::Rule(rule) => {
                let inner = self.node(self.rules.body(*rule), depth)?;
                let wrap =
                    |list: Vec<Item>| [vec![(Step::Enter(*rule), None)], list, vec![(Step::Leave, None)]].concat();
                Some(inner.into_iter().map(wrap).collect())
            }
            Node::External(_) => Some(Vec::new()),
        }
    }

    fn repeat(&self, body: NodeId, min: u32, max: Option<u32>, depth: usize) -> Option<Vec<Vec<Item>>> {
        let once = self.node(body, depth)?;
        let mut round = vec![Vec::new()];
        let mut lists = if min == 0 { round.clone() } else { Vec::new() };
        // A body that takes no input makes nothing new after the first rounds.
        let useful = max.unwrap_or(u32::MAX).min(min.max(1) + LONGEST as u32);
        for count in 1..=useful {
            round = self.product(&round, &once)?;
            let before = lists.len();
            if count >= min {
                lists.extend(round.iter().cloned());
                lists = self.distinct(lists)?;
                if lists.len() == before {
                    break;
                }
            }
        }
        Some(lists)
    }

    fn product(&self, heads: &[Vec<Item>], tails: &[Vec<Item>]) -> Option<Vec<Vec<Item>>> {
        if heads.len().saturating_mul(tails.len()) > self.limit.saturating_mul(self.limit).min(MOST_PAIRS) {
            return None;
        }
        let pairs = heads.iter().flat_map(|head| tails.iter().map(move |tail| [&head[..], &tail[..]].concat()));
        self.distinct(pairs.collect())
    }

    /// Without inputs that came before; `None` if more than the limit remain.
    fn distinct(&self, lists: Vec<Vec<Item>>) -> Option<Vec<Vec<Item>>> {
        let mut seen = HashSet::new();
        let lists: Vec<_> = lists.into_iter().filter(|list| seen.insert(words(list))).collect();
        (lists.len() <= self.limit).then_some(lists)
    }
}

/// Pairs of partial inputs joined at once, at most.
const MOST_PAIRS: usize = 100_000;
