//! The recogniser: which stretches of the input each node can match, found top-down with a table, so that every
//! question is answered once, left recursion included (the method of Johnson 1995; costs as Earley's). Nothing
//! recurses, and the work is bounded: see [`MOST_STEPS`].

use super::analysis::NO_WORD;
use super::input::Input;
use super::rules::{Node, NodeId, Rules};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// Steps after which a match is given up; ordinary grammars need some thousands at the very most.
pub(super) const MOST_STEPS: usize = 500_000;

/// What was found out about one input.
#[derive(Debug)]
pub(super) struct Table<'a> {
    pub(super) rules: &'a Rules,
    pub(super) input: &'a Input,
    cells: Vec<Cell>,
    index: HashMap<u64, u32, BuildHasherDefault<Mixer>>,
    seen: HashSet<(u64, u32), BuildHasherDefault<Mixer>>,
    work: Vec<Work>,
    /// Whether a longer input could match.
    pub(super) more: bool,
    next_fact: u32,
    /// How many steps were taken; see [`MOST_STEPS`].
    pub(super) steps: usize,
}

/// A node at a place: where its matches end, and who waits to hear of them.
#[derive(Debug)]
struct Cell {
    node: NodeId,
    place: u32,
    /// Ends in the order found, each with its running number among all facts.
    ends: Vec<(u32, u32)>,
    waiting: Vec<Frame>,
}

/// A place in the expansion of a cell's node: how many children or rounds are done when the awaited one is.
#[derive(Debug, Clone, Copy)]
struct Frame {
    cell: u32,
    progress: u32,
    place: u32,
}

#[derive(Debug)]
enum Work {
    Start(u32),
    Resume(Frame, u32),
}

impl<'a> Table<'a> {
    /// Finds all that `start` can match from the beginning of the input; `None` if that takes too long.
    pub(super) fn fill(rules: &'a Rules, input: &'a Input, start: NodeId) -> Option<Self> {
        let mut table = Self {
            rules,
            input,
            cells: Vec::new(),
            index: HashMap::default(),
            seen: HashSet::default(),
            work: Vec::new(),
            more: false,
            next_fact: 0,
            steps: 0,
        };
        let top = Frame { cell: u32::MAX, progress: 0, place: 0 };
        table.call(start, 0, top);
        while let Some(work) = table.work.pop() {
            match work {
                Work::Start(cell) => table.start(cell),
                Work::Resume(frame, end) => table.resume(frame, end),
            }
            table.steps += 1;
            if table.steps > MOST_STEPS {
                return None;
            }
        }
        Some(table)
    }

    /// Where the matches of a node that begin at a place end, with the running number of the finding; a token's and a
    /// tag's matches need no finding and have number 0.
    pub(super) fn ends(&self, node: NodeId, place: u32) -> Vec<(u32, u32)> {
        match &self.rules.nodes[node as usize] {
            Node::Token { word, .. } => self.input.after(place, *word).map(|end| (end, 0)).collect(),
            Node::Any => self.input.after_any(place).map(|end| (end, 0)).into_iter().collect(),
            Node::Tag(_) => vec![(place, 0)],
            _ => self.index.get(&key(node, place)).map_or(Vec::new(), |cell| self.cells[*cell as usize].ends.clone()),
        }
    }

    /// The running number of the finding that a node matches from `place` to `end`, if it does.
    pub(super) fn fact(&self, node: NodeId, place: u32, end: u32) -> Option<u32> {
        self.ends(node, place).iter().find(|(found, _)| *found == end).map(|(_, fact)| *fact)
    }

    /// Asks for the matches of `node` at `place`, to be handed to `frame`.
    fn call(&mut self, node: NodeId, place: u32, frame: Frame) {
        let analysis = &self.rules.analysis;
        if analysis.is_void(node) {
            return;
        }
        let first = analysis.first_word[node as usize];
        if first != NO_WORD {
            self.more |= place == self.input.end();
            if self.input.after(place, first).next().is_none() {
                return;
            }
        }
        match &self.rules.nodes[node as usize] {
            Node::Token { word, .. } => {
                self.work.extend(self.input.after(place, *word).map(|end| Work::Resume(frame, end)));
            }
            Node::Any => {
                self.more |= place == self.input.end();
                self.work.extend(self.input.after_any(place).map(|end| Work::Resume(frame, end)));
            }
            Node::Tag(_) => self.work.push(Work::Resume(frame, place)),
            _ => {
                let next = self.cells.len() as u32;
                let cell = match self.index.entry(key(node, place)) {
                    Entry::Occupied(known) => *known.get(),
                    Entry::Vacant(new) => {
                        new.insert(next);
                        self.cells.push(Cell { node, place, ends: Vec::new(), waiting: Vec::new() });
                        self.work.push(Work::Start(next));
                        next
                    }
                };
                let cell = &mut self.cells[cell as usize];
                cell.waiting.push(frame);
                self.work.extend(cell.ends.iter().map(|(end, _)| Work::Resume(frame, *end)));
            }
        }
    }

    fn start(&mut self, cell: u32) {
        let Cell { node, place, .. } = self.cells[cell as usize];
        let rules = self.rules;
        let frame = Frame { cell, progress: 1, place };
        match &rules.nodes[node as usize] {
            Node::Seq(children) => match children.first() {
                Some(first) => self.call(*first, place, frame),
                None => self.found(cell, place),
            },
            Node::Alt(children) => children.iter().for_each(|child| self.call(*child, place, frame)),
            Node::Repeat { body, .. } => {
                if self.fewest(node) == 0 {
                    self.found(cell, place);
                }
                self.call(*body, place, frame);
            }
            Node::Rule(rule) => self.call(rules.body(*rule), place, frame),
            Node::Token { .. } | Node::Any | Node::Tag(_) | Node::External(_) => {}
        }
    }

    fn resume(&mut self, frame: Frame, end: u32) {
        let Some(Cell { node, .. }) = self.cells.get(frame.cell as usize) else { return };
        let (node, rules) = (*node, self.rules);
        match &rules.nodes[node as usize] {
            Node::Seq(children) => match children.get(frame.progress as usize) {
                Some(child) if self.first_time(frame, end) => {
                    self.call(*child, end, Frame { progress: frame.progress + 1, place: end, ..frame });
                }
                Some(_) => {}
                None => self.found(frame.cell, end),
            },
            // A round that takes no input adds nothing: [`Table::fewest`] counts it as done already.
            Node::Repeat { .. } if end == frame.place => {}
            Node::Repeat { body, min, max } => {
                let rounds = if max.is_none() { frame.progress.min((*min).max(1)) } else { frame.progress };
                let frame = Frame { progress: rounds, ..frame };
                if !self.first_time(frame, end) {
                    return;
                }
                if rounds >= self.fewest(node) {
                    self.found(frame.cell, end);
                }
                if max.is_none_or(|max| rounds < max) {
                    self.call(*body, end, Frame { progress: rounds.saturating_add(1), place: end, ..frame });
                }
            }
            _ => self.found(frame.cell, end),
        }
    }

    fn found(&mut self, cell: u32, end: u32) {
        let cell = &mut self.cells[cell as usize];
        if cell.ends.iter().any(|(known, _)| *known == end) {
            return;
        }
        self.next_fact += 1;
        cell.ends.push((end, self.next_fact));
        self.work.extend(cell.waiting.iter().map(|frame| Work::Resume(*frame, end)));
    }

    fn first_time(&mut self, frame: Frame, end: u32) -> bool {
        self.seen.insert((key(frame.cell, end), frame.progress))
    }

    /// The rounds of a repeat that must take input: none if its body can be empty.
    pub(super) fn fewest(&self, repeat: NodeId) -> u32 {
        match &self.rules.nodes[repeat as usize] {
            Node::Repeat { body, min, .. } if self.rules.analysis.shortest[*body as usize] != Some(0) => *min,
            _ => 0,
        }
    }
}

fn key(high: u32, low: u32) -> u64 {
    u64::from(high) << 32 | u64::from(low)
}

/// A hash for small numbers that nobody outside chooses freely: the standard one takes most of a one-digit match.
#[derive(Debug, Default)]
struct Mixer(u64);

impl Hasher for Mixer {
    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(26) ^ number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}
