//! From the table to one parse: the sequence of rules entered and left, tokens and tags.
//!
//! Where several parses exist, each part takes, from left to right, as much as the rest allows (`GARBAGE` as little),
//! and among alternatives for the same stretch the first in the document wins.

use super::matcher::{MOST_STEPS, Table};
use super::rules::{Node, NodeId};

/// One step of a parse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// Into a rule, by its index.
    Enter(u32),
    /// A token, by the index of its text.
    Token(u32),
    /// A word that `GARBAGE` stepped over, as heard.
    Heard(Box<str>),
    /// A tag, by its index.
    Tag(u32),
    /// Out of the innermost rule.
    Leave,
}

/// A stretch of input that a node matches.
#[derive(Debug, Clone, Copy)]
struct Part {
    node: NodeId,
    place: u32,
    end: u32,
    /// The running number of the finding.
    fact: u32,
}

/// Which of several alternatives for the same stretch a parse takes: the first, where nothing is said.
#[derive(Debug, Default)]
pub(super) struct Decisions {
    /// By the running number of the decision.
    taken: Vec<usize>,
    /// How many alternatives each decision had.
    open: Vec<usize>,
}

impl Decisions {
    fn taken(&self, decision: usize) -> usize {
        self.taken.get(decision).copied().unwrap_or_default()
    }

    fn decide(&mut self, alternatives: &[Part]) -> Option<Part> {
        let index = self.taken(self.open.len());
        self.open.push(alternatives.len());
        alternatives.get(index).copied()
    }

    /// The decisions of the next parse, once these have led to one; `None` after the last.
    pub(super) fn next(&self) -> Option<Self> {
        let last = (0..self.open.len()).rev().find(|decision| self.taken(*decision) + 1 < self.open[*decision])?;
        let mut taken: Vec<usize> = (0..last).map(|decision| self.taken(decision)).collect();
        taken.push(self.taken(last) + 1);
        Some(Self { taken, open: Vec::new() })
    }
}

impl Table<'_> {
    /// The steps of the match of `start` over the whole input; `None` if there is none (or it takes too long).
    pub(super) fn derive(&self, start: NodeId) -> Option<Vec<Step>> {
        self.derive_by(start, None)
    }

    /// The same, by other decisions than the first alternative everywhere.
    pub(super) fn derive_by(&self, start: NodeId, mut decisions: Option<&mut Decisions>) -> Option<Vec<Step>> {
        let end = self.input.end();
        let top = Part { node: start, place: 0, end, fact: self.fact(start, 0, end)? };
        let mut steps = Vec::new();
        let mut stack = vec![Some(top)];
        let mut budget = MOST_STEPS;
        while let Some(job) = stack.pop() {
            budget = budget.checked_sub(1)?;
            let Some(part) = job else {
                steps.push(Step::Leave);
                continue;
            };
            match &self.rules.nodes[part.node as usize] {
                Node::Token { text, .. } => steps.push(Step::Token(*text)),
                Node::Any => steps.push(Step::Heard(self.input.heard_at(part.place).unwrap_or_default().into())),
                Node::Tag(tag) => steps.push(Step::Tag(*tag)),
                Node::Rule(rule) => {
                    steps.push(Step::Enter(*rule));
                    stack.push(None);
                    stack.push(Some(self.same_stretch(&part, self.rules.body(*rule))?));
                }
                Node::Alt(children) => {
                    let mut fitting = children.iter().filter_map(|child| self.same_stretch(&part, *child));
                    let taken = match &mut decisions {
                        None => fitting.next(),
                        Some(decisions) => decisions.decide(&fitting.collect::<Vec<_>>()),
                    };
                    stack.push(Some(taken?));
                }
                Node::Seq(children) => {
                    let parts = self.split(&part, children.len(), |index| children[index], &mut budget)?;
                    stack.extend(parts.into_iter().rev().map(Some));
                }
                Node::Repeat { body, min, max } => {
                    let rounds = max.map_or(usize::MAX, |max| max as usize);
                    let parts = self.split(&part, rounds, |_| *body, &mut budget)?;
                    let empty_rounds = (*min as usize).saturating_sub(parts.len()).min(MOST_EMPTY_ROUNDS);
                    let empty = |fact| Part { node: *body, place: part.end, end: part.end, fact };
                    // A round that could only be empty by way of this very repeat has nothing to say.
                    let empty =
                        self.fact(*body, part.end, part.end).map(empty).filter(|empty| self.leads_on(&part, empty));
                    stack.extend(empty.into_iter().flat_map(|empty| std::iter::repeat_n(Some(empty), empty_rounds)));
                    stack.extend(parts.into_iter().rev().map(Some));
                }
                Node::External(_) => return None,
            }
        }
        Some(steps)
    }

    /// `node` as the reading of all of `whole`, if it is one.
    fn same_stretch(&self, whole: &Part, node: NodeId) -> Option<Part> {
        let fact = self.fact(node, whole.place, whole.end)?;
        let part = Part { node, fact, ..*whole };
        self.leads_on(whole, &part).then_some(part)
    }

    /// A rule that contains itself without taking input could be unrolled for ever; going back to earlier findings
    /// only, which a first parse never needs to break, ends it.
    fn leads_on(&self, whole: &Part, part: &Part) -> bool {
        let group = &self.rules.analysis.group;
        part.fact < whole.fact
            || (part.place, part.end) != (whole.place, whole.end)
            || group[part.node as usize] != group[whole.node as usize]
    }

    /// Cuts a stretch into parts for the children of a sequence or the rounds of a repeat.
    fn split(
        &self,
        whole: &Part,
        most: usize,
        child: impl Fn(usize) -> NodeId,
        budget: &mut usize,
    ) -> Option<Vec<Part>> {
        let repeat = matches!(self.rules.nodes[whole.node as usize], Node::Repeat { .. });
        let fewest = if repeat { self.fewest(whole.node) as usize } else { most };
        let done = |index: usize, place: u32| place == whole.end && index >= fewest;
        // Forwards: which parts can begin where.
        let mut layers: Vec<Vec<Part>> = Vec::new();
        let mut places = vec![whole.place];
        while layers.len() < most && !places.is_empty() {
            let node = child(layers.len());
            let mut layer = Vec::new();
            for place in places {
                layer.extend(self.ends(node, place).iter().filter_map(|(end, fact)| {
                    let part = Part { node, place, end: *end, fact: *fact };
                    (*end <= whole.end && !(repeat && *end == place) && self.leads_on(whole, &part)).then_some(part)
                }));
            }
            *budget = budget.checked_sub(layer.len() + 1)?;
            places = layer.iter().map(|part| part.end).collect();
            places.sort_unstable();
            places.dedup();
            layers.push(layer);
        }
        // Backwards: only what reaches the end.
        let mut useful: Vec<u32> = Vec::new();
        for (index, layer) in layers.iter_mut().enumerate().rev() {
            layer.retain(|part| done(index + 1, part.end) || useful.binary_search(&part.end).is_ok());
            useful = layer.iter().map(|part| part.place).collect();
            useful.sort_unstable();
            useful.dedup();
        }
        // And through, each as long (or as short) as it can be.
        let (mut parts, mut place) = (Vec::new(), whole.place);
        for layer in &layers {
            let here = layer.iter().filter(|part| part.place == place);
            let lazy = layer.first().is_some_and(|part| self.rules.analysis.lazy[part.node as usize]);
            let Some(part) = (if lazy { here.min_by_key(|part| part.end) } else { here.max_by_key(|part| part.end) })
            else {
                break;
            };
            place = part.end;
            parts.push(*part);
        }
        done(parts.len(), place).then_some(parts)
    }
}

/// How often the tags of a body without input are repeated at most, whatever the grammar asks.
const MOST_EMPTY_ROUNDS: usize = 64;
