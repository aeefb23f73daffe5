//! What priorities clients ask for, by either scheme, and whether the server keeps to them.

mod tree;
mod urgency;

use std::collections::BTreeMap;

use tapline_decode::http2::Priority;
use tree::Tree;
use urgency::Signal;
pub use urgency::Urgency;

use crate::limits::{PRIORITIES_TOLD_MAX, PRIORITY_NODES_MAX, PRIORITY_PAIRS_MAX, PRIORITY_READY_MAX};

/// Octets of a frame: how far a stream may be ahead of its share without being out of order.
const FRAME_BYTES: u64 = 16_384;

/// The scheme of priorities that is in force on a connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum PriorityScheme {
    /// Nobody spoke of priorities.
    #[default]
    None,
    /// Dependencies and weights (RFC 7540 §5.3).
    Tree,
    /// Urgency (RFC 9218).
    Urgency,
}

impl PriorityScheme {
    /// The name as it is written in exports.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Tree => "rfc7540",
            Self::Urgency => "rfc9218",
        }
    }
}

/// Whether a server kept to the priorities it was given. Inferred: a stream is taken to have octets ready from its
/// response's header to its end wherever its window is open, because an observer does not see what a server has.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct PriorityFollowed {
    /// Octets of DATA that were sent while other streams waited, none of them before it.
    pub octets_in_order: u64,
    /// Octets of DATA that were sent while a stream waited that goes before it: one of higher urgency, one that it
    /// depends on, or one with the same parent and a higher weight that had less than its share.
    pub octets_out_of_order: u64,
    /// The two streams with the most octets out of order between them.
    pub worst: Option<OutOfOrder>,
}

/// The priority of a stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StreamPriority {
    /// The stream.
    pub stream: u32,
    /// The stream that it depends on, 0 for the root, and its weight (RFC 7540 §5.3), as the tree stood at the end.
    pub place: Option<(u32, u16)>,
    /// Its urgency (RFC 9218 §4).
    pub urgency: Option<Urgency>,
}

/// A stream that was sent while another one waited that goes before it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OutOfOrder {
    /// The stream that was sent.
    pub sent: u32,
    /// The stream that waited.
    pub waited: u32,
    /// Octets of DATA.
    pub octets: u64,
}

/// Who speaks of urgency.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Says {
    /// The client, in a request's field or in PRIORITY_UPDATE: all of it counts, and what it leaves out is the default.
    Client,
    /// The server, in a response's field: what it leaves out stays.
    Server,
}

/// The priorities of one connection.
#[derive(Debug, Default)]
pub(crate) struct Priorities {
    tree: Tree,
    urgencies: BTreeMap<u32, Urgency>,
    /// What was spoken of.
    speaks_tree: bool,
    speaks_urgency: bool,
    /// Either side said so in its SETTINGS.
    tree_forbidden: bool,
    ready: BTreeMap<u32, Ready>,
    followed: PriorityFollowed,
    pairs: BTreeMap<(u32, u32), u64>,
}

/// A stream that is taken to have octets ready.
#[derive(Clone, Copy, Debug)]
struct Ready {
    /// Octets by weight, 256 times: who has its share is as far as its siblings.
    share: u64,
}

impl Priorities {
    /// HEADERS or PRIORITY gives a stream a place in the tree.
    pub(crate) fn depend(&mut self, stream: u32, priority: Priority) {
        self.speaks_tree = true;
        self.tree.depend(stream, priority);
    }

    /// A `Priority` field or PRIORITY_UPDATE.
    pub(crate) fn urgency(&mut self, stream: u32, value: &[u8], says: Says) {
        self.speaks_urgency = true;
        let known = match says {
            Says::Client => Urgency::default(),
            Says::Server => self.urgency_of(stream),
        };
        let urgency = Signal::of(value).over(known);
        self.urgencies.insert(stream, urgency);
        if self.urgencies.len() > PRIORITY_NODES_MAX {
            self.urgencies.pop_first();
        }
    }

    /// A side does without the tree (`SETTINGS_NO_RFC7540_PRIORITIES`).
    pub(crate) fn forbid_tree(&mut self) {
        self.tree_forbidden = true;
    }

    /// The scheme in force: what is spoken of, unless it is forbidden; urgency where both are.
    pub(crate) fn scheme(&self) -> PriorityScheme {
        match (self.speaks_urgency, self.speaks_tree && !self.tree_forbidden) {
            (true, _) => PriorityScheme::Urgency,
            (false, true) => PriorityScheme::Tree,
            (false, false) => PriorityScheme::None,
        }
    }

    /// The urgency of a stream.
    pub(crate) fn urgency_of(&self, stream: u32) -> Urgency {
        self.urgencies.get(&stream).copied().unwrap_or_default()
    }

    /// A response begins.
    pub(crate) fn begin(&mut self, stream: u32) {
        if self.ready.len() < PRIORITY_READY_MAX {
            let share = self.ready.values().map(|ready| ready.share).max().unwrap_or(0);
            self.ready.entry(stream).or_insert(Ready { share });
        }
    }

    /// A stream is over.
    pub(crate) fn end(&mut self, stream: u32) {
        self.ready.remove(&stream);
    }

    /// The server sends octets of DATA. `is_open`: whether the windows let a stream send.
    pub(crate) fn data(&mut self, stream: u32, octets: u32, is_open: impl Fn(u32) -> bool) {
        let scheme = self.scheme();
        if scheme == PriorityScheme::None || octets == 0 || !self.ready.contains_key(&stream) {
            return;
        }
        let others = self.ready.keys().any(|&other| other != stream && is_open(other));
        let before = match scheme {
            PriorityScheme::Urgency => self.more_urgent(stream, &is_open),
            PriorityScheme::Tree => self.above(stream, &is_open),
            PriorityScheme::None => None,
        };
        let octets = u64::from(octets);
        match before {
            Some(waited) => self.out_of_order(stream, waited, octets),
            None if others => self.followed.octets_in_order += octets,
            None => {}
        }
        let (_, weight) = self.tree.place(stream);
        if let Some(ready) = self.ready.get_mut(&stream) {
            ready.share = ready.share.saturating_add(by_weight(octets, weight));
        }
    }

    /// What every stream was given, as far as it is remembered: by both schemes where both were spoken of. With it, how many
    /// streams are left out.
    pub(crate) fn given(&self) -> (Vec<StreamPriority>, u64) {
        let mut given: BTreeMap<u32, StreamPriority> = BTreeMap::new();
        let none = |stream| StreamPriority { stream, place: None, urgency: None };
        for (stream, parent, weight) in self.tree.places() {
            given.entry(stream).or_insert(none(stream)).place = Some((parent, weight));
        }
        for (&stream, &urgency) in &self.urgencies {
            given.entry(stream).or_insert(none(stream)).urgency = Some(urgency);
        }
        let left_out = given.len().saturating_sub(PRIORITIES_TOLD_MAX) as u64;
        (given.into_values().take(PRIORITIES_TOLD_MAX).collect(), left_out)
    }

    /// Whether the server kept to them.
    pub(crate) fn followed(&self) -> PriorityFollowed {
        let worst = self.pairs.iter().max_by_key(|&(&pair, &octets)| (octets, std::cmp::Reverse(pair)));
        let worst = worst.map(|(&(sent, waited), &octets)| OutOfOrder { sent, waited, octets });
        PriorityFollowed { worst, ..self.followed }
    }

    /// The most urgent stream that waits and is more urgent.
    fn more_urgent(&self, stream: u32, is_open: impl Fn(u32) -> bool) -> Option<u32> {
        let own = self.urgency_of(stream).urgency;
        let urgent = self.ready.keys().map(|&other| (self.urgency_of(other).urgency, other));
        urgent.filter(|&(urgency, other)| urgency < own && is_open(other)).min().map(|(_, other)| other)
    }

    /// A stream that waits and goes before this one by the tree.
    fn above(&self, stream: u32, is_open: impl Fn(u32) -> bool) -> Option<u32> {
        let waits = |other: &u32| self.ready.contains_key(other) && is_open(*other);
        if let Some(ancestor) = self.tree.ancestors(stream).find(waits) {
            return Some(ancestor);
        }
        let (parent, weight) = self.tree.place(stream);
        let own = self.ready.get(&stream)?.share;
        let is_behind = |&(&other, ready): &(&u32, &Ready)| {
            let (its_parent, its_weight) = self.tree.place(other);
            let ahead = own.saturating_sub(ready.share);
            its_parent == parent && its_weight > weight && ahead >= by_weight(FRAME_BYTES, weight)
        };
        self.ready.iter().filter(is_behind).map(|(&other, _)| other).find(waits)
    }

    fn out_of_order(&mut self, sent: u32, waited: u32, octets: u64) {
        self.followed.octets_out_of_order += octets;
        let room = self.pairs.len() < PRIORITY_PAIRS_MAX || self.pairs.contains_key(&(sent, waited));
        if room {
            *self.pairs.entry((sent, waited)).or_default() += octets;
        }
    }
}

fn by_weight(octets: u64, weight: u16) -> u64 {
    octets * 256 / u64::from(weight.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(dependency: u32, weight: u16) -> Priority {
        Priority { exclusive: false, dependency, weight }
    }

    fn octets(priorities: &Priorities) -> (u64, u64) {
        let followed = priorities.followed();
        (followed.octets_in_order, followed.octets_out_of_order)
    }

    #[test]
    fn the_scheme_is_what_is_spoken_and_not_forbidden() {
        let mut priorities = Priorities::default();
        assert_eq!(priorities.scheme(), PriorityScheme::None);
        priorities.depend(1, place(0, 16));
        assert_eq!(priorities.scheme(), PriorityScheme::Tree);
        priorities.forbid_tree();
        assert_eq!(priorities.scheme(), PriorityScheme::None);
        priorities.urgency(1, b"u=1", Says::Client);
        assert_eq!(priorities.scheme(), PriorityScheme::Urgency);
    }

    #[test]
    fn the_more_urgent_stream_goes_first() {
        let mut priorities = Priorities::default();
        priorities.urgency(1, b"u=5", Says::Client);
        priorities.urgency(3, b"u=1", Says::Client);
        for stream in [1, 3, 5] {
            priorities.begin(stream);
        }
        priorities.data(3, 100, |_| true);
        priorities.data(1, 30, |_| true);
        priorities.data(5, 7, |_| true);
        assert_eq!(octets(&priorities), (100, 37));
        assert_eq!(priorities.followed().worst, Some(OutOfOrder { sent: 1, waited: 3, octets: 30 }));
        priorities.data(5, 7, |stream| stream != 3);
        priorities.end(3);
        priorities.data(5, 7, |_| true);
        assert_eq!(octets(&priorities), (114, 37));
        // Nobody else waits.
        priorities.end(1);
        priorities.data(5, 1_000, |_| true);
        assert_eq!(octets(&priorities), (114, 37));
    }

    #[test]
    fn a_response_changes_what_the_request_asked_for() {
        let mut priorities = Priorities::default();
        priorities.urgency(1, b"u=5, i", Says::Client);
        priorities.urgency(1, b"u=0", Says::Server);
        assert_eq!(priorities.urgency_of(1), Urgency { urgency: 0, incremental: true });
        priorities.urgency(1, b"u=2", Says::Client);
        assert_eq!(priorities.urgency_of(1), Urgency { urgency: 2, incremental: false });
    }

    #[test]
    fn who_is_depended_on_goes_first() {
        let mut priorities = Priorities::default();
        priorities.depend(1, place(0, 16));
        priorities.depend(3, place(1, 256));
        priorities.depend(5, place(3, 256));
        for stream in [1, 5] {
            priorities.begin(stream);
        }
        priorities.data(5, 10, |_| true);
        priorities.data(1, 20, |_| true);
        priorities.data(5, 40, |stream| stream != 1);
        assert_eq!(octets(&priorities), (20, 10));
    }

    #[test]
    fn siblings_share_by_weight() {
        let mut priorities = Priorities::default();
        priorities.depend(1, place(0, 64));
        priorities.depend(3, place(0, 16));
        for stream in [1, 3] {
            priorities.begin(stream);
        }
        // Four octets to one: as it should be.
        for _ in 0..10 {
            priorities.data(3, 4_000, |_| true);
            priorities.data(1, 16_000, |_| true);
        }
        assert_eq!(octets(&priorities), (200_000, 0));
        // Only the lighter one: a frame ahead is its turn, more is not.
        for _ in 0..10 {
            priorities.data(3, 16_384, |_| true);
        }
        assert_eq!(octets(&priorities), (200_000 + 16_384, 9 * 16_384));
    }

    #[test]
    fn streams_beyond_those_that_are_compared_wait_for_nobody() {
        let waited = |streams: usize| {
            let mut priorities = Priorities::default();
            let last = u32::try_from(streams).unwrap() - 1;
            priorities.urgency(last, b"u=0", Says::Client);
            (0..=last).for_each(|stream| priorities.begin(stream));
            priorities.data(0, 10, |_| true);
            octets(&priorities)
        };
        assert_eq!(waited(PRIORITY_READY_MAX), (0, 10));
        assert_eq!(waited(PRIORITY_READY_MAX + 1), (10, 0));
    }

    #[test]
    fn pairs_beyond_those_that_are_told_apart_count_in_sum() {
        let mut priorities = Priorities::default();
        let last = u32::try_from(PRIORITY_PAIRS_MAX).unwrap() + 1;
        priorities.urgency(1000, b"u=0", Says::Client);
        (1..=last).chain([1000]).for_each(|stream| priorities.begin(stream));
        (1..last).for_each(|stream| priorities.data(stream, stream, |other| other == 1000));
        let worst = OutOfOrder { sent: last - 1, waited: 1000, octets: u64::from(last) - 1 };
        assert_eq!(priorities.followed().worst, Some(worst));
        let before = octets(&priorities).1;
        priorities.data(last, 5000, |other| other == 1000);
        assert_eq!((priorities.followed().worst, octets(&priorities).1), (Some(worst), before + 5000));
    }

    #[test]
    fn what_streams_were_given_is_told_up_to_a_number() {
        let told = |streams: usize| {
            let mut priorities = Priorities::default();
            (1..=streams)
                .for_each(|stream| priorities.urgency(u32::try_from(stream).unwrap(), b"u=1", Says::Client));
            let (told, left_out) = priorities.given();
            (told.len(), left_out)
        };
        assert_eq!(told(PRIORITIES_TOLD_MAX), (PRIORITIES_TOLD_MAX, 0));
        assert_eq!(told(PRIORITIES_TOLD_MAX + 1), (PRIORITIES_TOLD_MAX, 1));
    }
}
