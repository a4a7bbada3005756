//! Facts about the nodes of a grammar that matching and listening need, computed once when it is compiled.

use super::rules::{Node, NodeId, Rules};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// No word at all, or none in particular.
pub(super) const NO_WORD: u32 = u32::MAX;

/// One entry a node in each list.
#[derive(Debug, Clone, Default)]
pub(super) struct Analysis {
    /// The fewest tokens a node matches; `None` if it matches nothing at all (`VOID`, or recursion without end).
    pub(super) shortest: Vec<Option<u64>>,
    /// The most tokens; `None` is without limit.
    pub(super) longest: Vec<Option<u64>>,
    /// The group of nodes that contain each other by recursion; alone in it without recursion.
    pub(super) group: Vec<u32>,
    /// The word that anything the node matches begins with, or [`NO_WORD`].
    pub(super) first_word: Vec<u32>,
    /// Whether the node takes as little as possible: `GARBAGE` and what holds nothing else.
    pub(super) lazy: Vec<bool>,
}

impl Analysis {
    pub(super) fn of(rules: &Rules) -> Self {
        let shortest = shortest(rules);
        let (order, group) = groups(rules, &shortest);
        let mut analysis = Self {
            longest: vec![Some(0); shortest.len()],
            first_word: vec![NO_WORD; shortest.len()],
            lazy: vec![false; shortest.len()],
            shortest,
            group,
        };
        for members in &order {
            let longest = analysis.longest_of_group(rules, members);
            for member in members {
                analysis.longest[*member as usize] = longest;
            }
            if let [only] = members[..] {
                analysis.first_word[only as usize] = analysis.first_word_of(rules, only);
                analysis.lazy[only as usize] = analysis.is_lazy(rules, only);
            }
        }
        analysis
    }

    /// Whether the node matches nothing at all.
    pub(super) fn is_void(&self, node: NodeId) -> bool {
        self.shortest[node as usize].is_none()
    }

    /// Nodes that contain each other share their longest match: if going round once adds a token there is no limit.
    fn longest_of_group(&self, rules: &Rules, members: &[NodeId]) -> Option<u64> {
        let mut longest = Some(0);
        let mut multiplies = false;
        for &member in members {
            if self.is_void(member) {
                continue;
            }
            let inside = |child: NodeId| self.group[child as usize] == self.group[member as usize];
            let length = match &rules.nodes[member as usize] {
                Node::Token { .. } | Node::Any => Some(1),
                Node::Tag(_) | Node::External(_) => Some(0),
                Node::Seq(children) => {
                    let recursive = children.iter().filter(|child| inside(**child)).count();
                    let rest = children
                        .iter()
                        .filter(|child| !inside(**child))
                        .try_fold(0u64, |sum, child| Some(sum.saturating_add(self.longest[*child as usize]?)));
                    multiplies |= recursive > 1;
                    rest.filter(|rest| recursive == 0 || *rest == 0)
                }
                Node::Alt(children) => children
                    .iter()
                    .filter(|child| !inside(**child) && !self.is_void(**child))
                    .try_fold(0, |most, child| Some(self.longest[*child as usize]?.max(most))),
                Node::Repeat { body, .. } if self.is_void(*body) => Some(0),
                Node::Repeat { body, max, .. } if inside(*body) => {
                    multiplies |= *max != Some(1);
                    Some(0)
                }
                Node::Repeat { body, max, .. } => match (self.longest[*body as usize], max) {
                    (Some(0), _) => Some(0),
                    (Some(once), Some(max)) => Some(once.saturating_mul(u64::from(*max))),
                    _ => None,
                },
                Node::Rule(rule) => match rules.body(*rule) {
                    body if inside(body) => Some(0),
                    body => self.longest[body as usize],
                },
            };
            longest = Some(longest?.max(length?));
        }
        longest.filter(|longest| !multiplies || *longest == 0)
    }

    fn first_word_of(&self, rules: &Rules, node: NodeId) -> u32 {
        match &rules.nodes[node as usize] {
            Node::Token { word, .. } => *word,
            Node::Seq(children) => children.first().map_or(NO_WORD, |first| self.first_word[*first as usize]),
            Node::Repeat { body, min: 1.., .. } => self.first_word[*body as usize],
            Node::Rule(rule) => self.first_word[rules.body(*rule) as usize],
            _ => NO_WORD,
        }
    }

    fn is_lazy(&self, rules: &Rules, node: NodeId) -> bool {
        match &rules.nodes[node as usize] {
            Node::Any => true,
            Node::Seq(children) | Node::Alt(children) => {
                let takes_words = |child: &&NodeId| self.longest[**child as usize] != Some(0);
                children.iter().any(|child| self.lazy[*child as usize])
                    && children.iter().filter(takes_words).all(|child| self.lazy[*child as usize])
            }
            Node::Repeat { body, .. } => self.lazy[*body as usize],
            Node::Rule(rule) => self.lazy[rules.body(*rule) as usize],
            _ => false,
        }
    }
}

/// The fewest tokens of every node, by settling the shortest first (Knuth's generalisation of Dijkstra's algorithm):
/// what is never settled matches nothing.
fn shortest(rules: &Rules) -> Vec<Option<u64>> {
    let count = rules.nodes.len();
    let mut containing = Vec::new();
    let mut pending = vec![0usize; count];
    let mut queue = BinaryHeap::new();
    for (id, node) in rules.nodes.iter().enumerate() {
        node.children(&rules.rules, |child| {
            containing.push((child, id as NodeId));
            pending[id] += 1;
        });
        match node {
            Node::Token { .. } | Node::Any => queue.push(Reverse((1u64, id as NodeId))),
            Node::Tag(_) | Node::Repeat { min: 0, .. } => queue.push(Reverse((0, id as NodeId))),
            Node::Seq(children) if children.is_empty() => queue.push(Reverse((0, id as NodeId))),
            _ => {}
        }
    }
    let parents = Lists::of(count, &containing);
    let mut settled: Vec<Option<u64>> = vec![None; count];
    while let Some(Reverse((length, id))) = queue.pop() {
        if settled[id as usize].is_some() {
            continue;
        }
        settled[id as usize] = Some(length);
        for &parent in parents.at(id) {
            pending[parent as usize] -= 1;
            let candidate = match &rules.nodes[parent as usize] {
                Node::Seq(_) if pending[parent as usize] > 0 => None,
                Node::Seq(children) => {
                    children.iter().try_fold(0u64, |sum, child| Some(sum.saturating_add(settled[*child as usize]?)))
                }
                Node::Repeat { min, .. } => Some(length.saturating_mul(u64::from(*min))),
                _ => Some(length),
            };
            if let Some(candidate) = candidate {
                queue.push(Reverse((candidate, parent)));
            }
        }
    }
    settled
}

/// The strongly connected components of the nodes (Tarjan's algorithm, without recursion), each after those it
/// contains, and the component of each node. What can never match connects nothing.
fn groups(rules: &Rules, shortest: &[Option<u64>]) -> (Vec<Vec<NodeId>>, Vec<u32>) {
    let count = rules.nodes.len();
    let mut contained = Vec::new();
    for (id, node) in rules.nodes.iter().enumerate().filter(|(id, _)| shortest[*id].is_some()) {
        node.children(&rules.rules, |child| contained.push((id as NodeId, child)));
    }
    let children = Lists::of(count, &contained);
    let (mut order, mut group) = (Vec::new(), vec![u32::MAX; count]);
    let (mut index, mut low) = (vec![u32::MAX; count], vec![0; count]);
    let (mut open, mut next) = (Vec::new(), 0);
    for root in 0..count as NodeId {
        if index[root as usize] != u32::MAX {
            continue;
        }
        let mut path: Vec<(NodeId, usize)> = vec![(root, 0)];
        while let Some((node, done)) = path.last_mut() {
            let id = *node as usize;
            if *done == 0 {
                index[id] = next;
                low[id] = next;
                next += 1;
                open.push(*node);
            }
            let children = children.at(*node);
            let unseen = children[*done..].iter().position(|child| {
                let child = *child as usize;
                if index[child] != u32::MAX && group[child] == u32::MAX {
                    low[id] = low[id].min(index[child]);
                }
                index[child] == u32::MAX
            });
            if let Some(ahead) = unseen {
                let child = children[*done + ahead];
                *done += ahead + 1;
                path.push((child, 0));
                continue;
            }
            path.pop();
            if let Some((parent, _)) = path.last() {
                low[*parent as usize] = low[*parent as usize].min(low[id]);
            }
            if low[id] == index[id] {
                let start = open.iter().rposition(|member| *member as usize == id).unwrap_or(0);
                let members = open.split_off(start);
                for member in &members {
                    group[*member as usize] = order.len() as u32;
                }
                order.push(members);
            }
        }
    }
    (order, group)
}

/// A list of nodes for every node, all in one piece of memory: most grammars are small, and there are many.
struct Lists {
    ends: Vec<usize>,
    nodes: Vec<NodeId>,
}

impl Lists {
    /// The lists of pairs of owner and member, the members in the order of the pairs.
    fn of(count: usize, pairs: &[(NodeId, NodeId)]) -> Self {
        let mut ends = vec![0; count];
        for (owner, _) in pairs {
            ends[*owner as usize] += 1;
        }
        let mut start = 0;
        for end in &mut ends {
            // For now the place of the list's next member; it ends up behind the last.
            start += std::mem::replace(end, start);
        }
        let mut nodes = vec![0; pairs.len()];
        for (owner, member) in pairs {
            nodes[ends[*owner as usize]] = *member;
            ends[*owner as usize] += 1;
        }
        Self { ends, nodes }
    }

    fn at(&self, owner: NodeId) -> &[NodeId] {
        let owner = owner as usize;
        let start = owner.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.nodes[start..self.ends[owner]]
    }
}
