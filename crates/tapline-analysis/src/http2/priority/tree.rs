//! The dependency tree of RFC 7540 §5.3.

use std::collections::{BTreeMap, VecDeque};

use tapline_decode::http2::Priority;

use crate::limits::PRIORITY_NODES_MAX;

/// Of a stream that nobody gave a weight (RFC 7540 §5.3.5).
const WEIGHT_DEFAULT: u16 = 16;

/// The root.
const ROOT: u32 = 0;

/// Streams by what they depend on.
#[derive(Debug, Default)]
pub(super) struct Tree {
    nodes: BTreeMap<u32, Node>,
    /// In the order in which they came: the oldest leaves where there is no room.
    order: VecDeque<u32>,
    /// The highest stream that left.
    left: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Node {
    parent: u32,
    weight: u16,
}

impl Tree {
    /// What a stream depends on and its weight.
    pub(super) fn place(&self, stream: u32) -> (u32, u16) {
        self.nodes.get(&stream).map_or((ROOT, WEIGHT_DEFAULT), |node| (node.parent, node.weight))
    }

    /// What a stream depends on, directly first, without the root.
    pub(super) fn ancestors(&self, stream: u32) -> impl Iterator<Item = u32> {
        let above = |stream| Some(self.place(stream).0).filter(|&parent| parent != ROOT);
        std::iter::successors(above(stream), move |&stream| above(stream))
    }

    /// Every stream that has a place: what it depends on, and its weight.
    pub(super) fn places(&self) -> impl Iterator<Item = (u32, u32, u16)> {
        self.nodes.iter().map(|(&stream, node)| (stream, node.parent, node.weight))
    }

    /// A stream is prioritised. Itself it cannot depend on; an idle stream that it depends on groups others; one that
    /// left the tree gives it the default priority (RFC 7540 §5.3.1, §5.3.4).
    pub(super) fn depend(&mut self, stream: u32, priority: Priority) {
        let Priority { exclusive, dependency, weight } = priority;
        if dependency == stream || stream == ROOT {
            return;
        }
        let is_gone = dependency <= self.left && dependency != ROOT && !self.nodes.contains_key(&dependency);
        if is_gone {
            return self.set(stream, Node { parent: ROOT, weight: WEIGHT_DEFAULT });
        }
        if dependency != ROOT && !self.nodes.contains_key(&dependency) {
            self.set(dependency, Node { parent: ROOT, weight: WEIGHT_DEFAULT });
        }
        if self.ancestors(dependency).any(|above| above == stream) {
            // Its own descendant first takes its place (RFC 7540 §5.3.3).
            let (parent, _) = self.place(stream);
            let (_, weight) = self.place(dependency);
            self.set(dependency, Node { parent, weight });
        }
        if exclusive {
            for (_, node) in
                self.nodes.iter_mut().filter(|(id, node)| node.parent == dependency && **id != stream)
            {
                node.parent = stream;
            }
        }
        self.set(stream, Node { parent: dependency, weight });
    }

    fn set(&mut self, stream: u32, node: Node) {
        if self.nodes.insert(stream, node).is_some() {
            return;
        }
        self.order.push_back(stream);
        if self.order.len() > PRIORITY_NODES_MAX {
            self.remove_oldest();
        }
    }

    /// What depends on a stream that leaves shares its weight (RFC 7540 §5.3.4).
    fn remove_oldest(&mut self) {
        let Some(oldest) = self.order.pop_front() else { return };
        let Some(gone) = self.nodes.remove(&oldest) else { return };
        self.left = self.left.max(oldest);
        let children = || self.nodes.values().filter(|node| node.parent == oldest);
        let sum: u32 = children().map(|node| u32::from(node.weight)).sum();
        for node in self.nodes.values_mut().filter(|node| node.parent == oldest) {
            let share = u32::from(node.weight) * u32::from(gone.weight) / sum.max(1);
            *node = Node { parent: gone.parent, weight: u16::try_from(share.max(1)).unwrap_or(u16::MAX) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(steps: &[(u32, u32, u16, bool)]) -> Tree {
        let mut tree = Tree::default();
        for &(stream, dependency, weight, exclusive) in steps {
            tree.depend(stream, Priority { exclusive, dependency, weight });
        }
        tree
    }

    fn check(steps: &[(u32, u32, u16, bool)], expected: &[(u32, u32)]) {
        let tree = tree(steps);
        let parents: Vec<_> = tree.nodes.iter().map(|(&id, node)| (id, node.parent)).collect();
        assert_eq!(parents, expected, "{steps:?}");
    }

    #[test]
    fn streams_depend_on_others() {
        check(&[(1, 0, 16, false), (3, 1, 16, false), (5, 1, 16, false)], &[(1, 0), (3, 1), (5, 1)]);
        // RFC 7540 §5.3.1: D exclusively on A, whose children B and C go under D.
        check(
            &[(1, 0, 16, false), (3, 1, 16, false), (5, 1, 16, false), (7, 1, 16, true)],
            &[(1, 0), (3, 7), (5, 7), (7, 1)],
        );
        // An idle stream groups others; nobody depends on itself.
        check(&[(15, 3, 201, false)], &[(3, 0), (15, 3)]);
        check(&[(1, 1, 16, false)], &[]);
    }

    #[test]
    fn a_stream_may_go_under_its_own_descendant() {
        // RFC 7540 §5.3.3: A(B, C(D, E(F))), then A on D; not exclusive and exclusive.
        let before = [(1, 0), (3, 1), (5, 1), (7, 5), (9, 5), (11, 7)].map(|(s, d)| (s, d, 16, false));
        let moved = [&before[..], &[(1, 7, 16, false)]].concat();
        check(&moved, &[(1, 7), (3, 1), (5, 1), (7, 0), (9, 5), (11, 7)]);
        let alone = [&before[..], &[(1, 7, 16, true)]].concat();
        check(&alone, &[(1, 7), (3, 1), (5, 1), (7, 0), (9, 5), (11, 1)]);
    }

    #[test]
    fn ancestors_end_at_the_root() {
        let tree = tree(&[(1, 0, 16, false), (3, 1, 16, false), (5, 3, 16, false)]);
        assert_eq!(tree.ancestors(5).collect::<Vec<_>>(), [3, 1]);
        assert_eq!((tree.ancestors(1).count(), tree.ancestors(99).count()), (0, 0));
        assert_eq!(tree.place(99), (0, 16));
    }

    #[test]
    fn the_oldest_leave_and_their_children_share_their_weight() {
        let mut tree = tree(&[(1, 0, 100, false), (3, 1, 30, false), (5, 1, 10, false)]);
        for stream in 3..3 + u32::try_from(PRIORITY_NODES_MAX).unwrap() - 2 {
            tree.depend(2 * stream + 1, Priority { exclusive: false, dependency: 0, weight: 1 });
        }
        assert_eq!(tree.nodes.len(), PRIORITY_NODES_MAX);
        assert_eq!((tree.place(3), tree.place(5)), ((0, 75), (0, 25)));
        // Who is gone gives the default priority.
        tree.depend(3, Priority { exclusive: true, dependency: 1, weight: 200 });
        assert_eq!(tree.place(3), (0, 16));
    }

    #[test]
    fn whatever_is_said_is_a_tree() {
        let mut tree = Tree::default();
        let mut seed = 7_u32;
        for _ in 0..20_000 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let priority = Priority { exclusive: seed & 1 == 1, dependency: (seed >> 8) % 700, weight: 1 };
            tree.depend((seed >> 18) % 700, priority);
            assert!(
                tree.ancestors((seed >> 18) % 700).take(PRIORITY_NODES_MAX + 1).count() <= PRIORITY_NODES_MAX
            );
        }
    }
}
