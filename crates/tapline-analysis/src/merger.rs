//! What shards tell, in the order of the packets.

mod ids;

use std::iter::Peekable;
use std::vec::Drain;

use crate::finding::{self, Hosts};
use crate::limits::SHARDS;
use crate::lookup::Lookups;
use crate::{Event, Interests, Options};
use ids::Ids;

/// What some shards told, in order. Filled by shards, emptied by a [`Merger`].
#[derive(Default)]
pub struct Told {
    marks: Vec<Mark>,
    events: Vec<Event>,
    left: Vec<u64>,
}

/// When something was told. What happens at one moment in several shards comes in the order of the connections,
/// because which shard a connection is in means nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Moment {
    /// By the time of that packet, before the packet itself.
    BeforePacket(u64),
    /// By the packet.
    Packet(u64),
    /// By secrets that came behind that packet.
    AfterPacket(u64),
    /// By no packet, after all of them so far.
    Afterwards,
}

impl Moment {
    /// Moments by packet first, then as they are declared.
    fn key(self) -> (u64, Self) {
        match self {
            Self::BeforePacket(packet) | Self::Packet(packet) | Self::AfterPacket(packet) => (packet, self),
            Self::Afterwards => (u64::MAX, self),
        }
    }
}

/// What one shard told at one moment.
#[derive(Clone, Copy, Debug)]
struct Mark {
    moment: Moment,
    shard: usize,
    /// Whether a connection began.
    opened: bool,
    /// How many of the events are of this moment.
    events: usize,
    /// How many of the connections that left did so at this moment.
    left: usize,
}

impl Told {
    /// How many events wait.
    pub fn events(&self) -> usize {
        self.events.len()
    }

    pub(crate) fn add(
        &mut self,
        moment: Moment,
        shard: usize,
        opened: bool,
        events: &mut Vec<Event>,
        left: &mut Vec<u64>,
    ) {
        if opened || !events.is_empty() || !left.is_empty() {
            self.marks.push(Mark { moment, shard, opened, events: events.len(), left: left.len() });
            self.events.append(events);
            self.left.append(left);
        }
    }
}

/// Puts what shards tell in the order of the packets, and gives connections their ids: 0, 1, … in the order of
/// their first packets, whichever shard they are in.
///
/// ```text
///   shard 0   ──5──────9───────>
///   shard 1   ────7────9──12───>     5 7 9 9 12      by packet, then by connection
///   shard 2   ─────────────────>
/// ```
pub struct Merger {
    ids: Vec<Ids>,
    opened: u64,
    /// Once the capture is over: the connections that are still to be told, each its id times [`SHARDS`] and its
    /// shard, because there may be a million.
    unfinished: Option<std::vec::IntoIter<u64>>,
    lookups: Lookups,
    hosts: Hosts,
    interests: Interests,
}

impl Merger {
    /// A merger that was told nothing.
    pub fn new(options: &Options) -> Self {
        Self {
            ids: (0..SHARDS).map(|_| Ids::default()).collect(),
            opened: 0,
            unfinished: None,
            lookups: Lookups::default(),
            hosts: Hosts::default(),
            interests: options.interests,
        }
    }

    /// Appends what was told to `events`. All that is told of a packet must be told in one call, and of no later
    /// packet in an earlier one.
    pub fn merge(&mut self, told: &mut [Told], events: &mut Vec<Event>) {
        let mut parts: Vec<Part<'_>> = told.iter_mut().map(Part::of).collect();
        // The moment at hand, and where its events begin.
        let (mut moment, mut begin) = (Moment::Packet(0), events.len());
        while let Some((part, mark)) = next(&mut parts) {
            if moment != mark.moment {
                self.settle(moment, events, begin);
                (moment, begin) = (mark.moment, events.len());
            }
            self.take(&mark, part, events);
        }
        self.settle(moment, events, begin);
    }

    /// All was merged: what is left to tell of no connection in particular.
    pub fn conclude(&mut self, events: &mut Vec<Event>) {
        let begin = events.len();
        events.extend(self.lookups.finish().map(|lookup| Event::Lookup(Box::new(lookup))));
        self.see_across(events, begin);
        let mut found = Vec::new();
        self.hosts.conclude(&mut found);
        if self.interests.findings {
            events.extend(found.into_iter().map(|finding| Event::Finding(Box::new(finding))));
        }
    }

    /// Connections that began.
    pub fn opened(&self) -> u64 {
        self.opened
    }

    /// The capture is over: `unfinished` is what each shard answered to that question, by shard.
    pub fn finish(&mut self, unfinished: impl IntoIterator<Item = (usize, Vec<u64>)>) {
        let mut all: Vec<u64> = Vec::new();
        for (shard, connections) in unfinished {
            if let Some(ids) = self.ids.get(shard) {
                let of_shard = |id| Some(ids.in_capture(id)? * SHARDS as u64 + shard as u64);
                all.reserve_exact(connections.len());
                all.extend(connections.into_iter().filter_map(of_shard));
            }
        }
        all.sort_unstable();
        self.unfinished = Some(all.into_iter());
    }

    /// How many connections each shard is to finish so that together they finish the next `connections` ones in
    /// order; `None` when all are.
    pub fn next_to_finish(&mut self, connections: usize) -> Option<[usize; SHARDS]> {
        let unfinished = self.unfinished.as_mut().filter(|unfinished| !unfinished.as_slice().is_empty())?;
        let mut counts = [0; SHARDS];
        for connection in unfinished.take(connections) {
            let shard = usize::try_from(connection % SHARDS as u64).unwrap_or_default();
            if let Some(count) = counts.get_mut(shard) {
                *count += 1;
            }
        }
        Some(counts)
    }

    /// Whether connections are left to finish.
    pub fn is_unfinished(&self) -> bool {
        self.unfinished.as_ref().is_some_and(|unfinished| !unfinished.as_slice().is_empty())
    }

    /// All events of a moment are there: where several shards speak, they come in the order of the connections.
    fn settle(&mut self, moment: Moment, events: &mut Vec<Event>, begin: usize) {
        if !matches!(moment, Moment::Packet(_))
            && let Some(events) = events.get_mut(begin..)
        {
            events.sort_by_key(Event::connection);
        }
        self.see_across(events, begin);
    }

    /// Takes from events what matters across connections, and leaves those that somebody wants.
    fn see_across(&mut self, events: &mut Vec<Event>, begin: usize) {
        let mut found = Vec::new();
        for event in events.iter_mut().skip(begin) {
            match event {
                Event::Exchange(exchange) => self.lookups.lead(exchange),
                Event::DnsSaid(said) => {
                    if let Some(lookup) = self.lookups.see(said) {
                        *event = Event::Lookup(Box::new(lookup));
                    }
                }
                _ => {}
            }
            if self.interests.findings {
                self.hosts.see(event, &mut found);
                if let Event::Lookup(_) = event {
                    finding::look_at(event, &mut found);
                }
            }
        }
        let wanted = |event: &Event| !matches!(event, Event::DnsSaid(_)) && self.interests.want(event);
        let mut kept = begin;
        for at in begin..events.len() {
            if events.get(at).is_some_and(wanted) {
                events.swap(kept, at);
                kept += 1;
            }
        }
        events.truncate(kept);
        events.extend(found.into_iter().map(|finding| Event::Finding(Box::new(finding))));
    }

    fn take(&mut self, mark: &Mark, part: &mut Part<'_>, events: &mut Vec<Event>) {
        let Some(ids) = self.ids.get_mut(mark.shard) else { return };
        if mark.opened {
            ids.push(self.opened);
            self.opened += 1;
        }
        for mut event in part.events.by_ref().take(mark.events) {
            event.renumber(|id| ids.in_capture(id));
            events.push(event);
        }
        for id in part.left.by_ref().take(mark.left) {
            ids.leave(id);
        }
    }
}

/// One of several parts that are merged.
struct Part<'a> {
    marks: Peekable<Drain<'a, Mark>>,
    events: Drain<'a, Event>,
    left: Drain<'a, u64>,
}

impl<'a> Part<'a> {
    fn of(told: &'a mut Told) -> Self {
        let Told { marks, events, left } = told;
        Self { marks: marks.drain(..).peekable(), events: events.drain(..), left: left.drain(..) }
    }
}

/// What was told earliest. There are as many parts as threads: few enough to look at each.
fn next<'a, 'b>(parts: &'a mut [Part<'b>]) -> Option<(&'a mut Part<'b>, Mark)> {
    let earliest = parts.iter_mut().filter_map(|part| {
        let key = part.marks.peek()?.moment.key();
        Some((key, part))
    });
    let (_, part) = earliest.min_by_key(|(key, _)| *key)?;
    let mark = part.marks.next()?;
    Some((part, mark))
}
