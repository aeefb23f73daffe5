//! What is spoken inside TLS: a conversation of its own, whose messages are told by the records that carried them.

use std::collections::VecDeque;
use std::ops::Range;

use crate::limits::TLS_OPEN_RECORDS_MAX;
use crate::pair::Pair;
use crate::parse::span;
use crate::{Conversation, Direction, Keyring, Message, Origin, Sink};

/// The conversation inside, and where its octets came from.
#[derive(Debug)]
pub(super) struct Inside {
    conversation: Conversation,
    tracks: Pair<Track>,
}

/// Which records the octets of a direction came in, for as long as a message may begin in them.
#[derive(Debug, Default)]
struct Track {
    /// Where the next octet inside stands.
    next: u64,
    /// Octets inside before it belong to messages that were told.
    told: u64,
    /// Where the octets inside end that came with a record, and the record's range outside.
    records: VecDeque<(u64, Range<u64>)>,
}

impl Inside {
    pub(super) fn new(conversation: Conversation) -> Self {
        Self { conversation, tracks: Pair::default() }
    }

    /// The content of the record at `outside`.
    pub(super) fn bytes(
        &mut self,
        direction: Direction,
        outside: Range<u64>,
        octets: &[u8],
        keyring: &mut Keyring,
        sink: &mut impl Sink,
    ) {
        let track = self.tracks.of_mut(direction);
        let offset = track.next;
        track.push(span(octets.len()), outside.clone());
        sink.inside(direction, outside.clone(), offset, octets);
        let mut outward = Outward { tracks: &mut self.tracks, sink };
        self.conversation.bytes(direction, offset, octets, keyring, &mut outward);
        if let Some(open) = self.tracks.of_mut(direction).forget_told() {
            sink.unfinished(direction, open.min(outside.end));
        }
    }

    /// `length` octets inside are missing; the record behind them begins at `outside`.
    pub(super) fn gap(
        &mut self,
        direction: Direction,
        outside: Range<u64>,
        length: u64,
        keyring: &mut Keyring,
        sink: &mut impl Sink,
    ) {
        let track = self.tracks.of_mut(direction);
        let offset = track.next;
        track.push(length, outside);
        let mut outward = Outward { tracks: &mut self.tracks, sink };
        self.conversation.gap(direction, offset, length, keyring, &mut outward);
        self.tracks.of_mut(direction).forget_told();
    }

    pub(super) fn is_waiting(&self) -> bool {
        self.conversation.is_waiting()
    }

    pub(super) fn try_again(&mut self, keyring: &mut Keyring, sink: &mut impl Sink) {
        self.conversation.try_again(keyring, &mut Outward { tracks: &mut self.tracks, sink });
    }

    pub(super) fn give_up(&mut self, keyring: &mut Keyring, sink: &mut impl Sink) {
        self.conversation.give_up(keyring, &mut Outward { tracks: &mut self.tracks, sink });
    }

    pub(super) fn end(
        &mut self,
        direction: Direction,
        clean: bool,
        keyring: &mut Keyring,
        sink: &mut impl Sink,
    ) {
        let mut outward = Outward { tracks: &mut self.tracks, sink };
        self.conversation.end(direction, clean, keyring, &mut outward);
    }
}

impl Track {
    fn push(&mut self, length: u64, outside: Range<u64>) {
        self.next = self.next.saturating_add(length);
        if self.records.len() >= TLS_OPEN_RECORDS_MAX {
            // The first stays: a long message keeps its beginning.
            self.records.remove(1);
        }
        self.records.push_back((self.next, outside));
    }

    /// The record that carried an octet, or the newest.
    fn record(&self, inside: u64) -> Range<u64> {
        let index = self.records.partition_point(|(end, _)| *end <= inside);
        self.records.get(index).or(self.records.back()).map_or(0..0, |(_, outside)| outside.clone())
    }

    fn outward(&mut self, inside: &Range<u64>) -> Range<u64> {
        self.told = self.told.max(inside.end);
        let last = self.record(inside.end.saturating_sub(1).max(inside.start));
        self.record(inside.start).start..last.end
    }

    /// Forgets the records whose messages were told; where the first of the others begins.
    fn forget_told(&mut self) -> Option<u64> {
        while self.records.len() > 1 && self.records.front().is_some_and(|(end, _)| *end <= self.told) {
            self.records.pop_front();
        }
        let (end, outside) = self.records.front()?;
        (*end > self.told).then_some(outside.start)
    }
}

/// Tells outside what was said inside.
struct Outward<'a> {
    tracks: &'a mut Pair<Track>,
    sink: &'a mut dyn Sink,
}

impl Sink for Outward<'_> {
    fn message(&mut self, direction: Direction, span: Range<u64>, message: Message) {
        let outside = self.tracks.of_mut(direction).outward(&span);
        // Of TLS inside TLS only the outer place counts: its octets are those that were handed over.
        self.sink.at_inside(direction, span);
        self.sink.message(direction, outside, message);
    }

    fn body(&mut self, direction: Direction, stream: u32, octets: &[u8]) {
        self.sink.body(direction, stream, octets);
    }

    fn unfinished(&mut self, direction: Direction, from: u64) {
        let outside = self.tracks.of(direction).record(from);
        self.sink.unfinished(direction, outside.start);
    }

    fn frames_lost(&mut self, direction: Direction) {
        self.sink.frames_lost(direction);
    }

    fn wants_tables(&self) -> bool {
        self.sink.wants_tables()
    }

    fn here(&self) -> Origin {
        self.sink.here()
    }

    fn back_to(&mut self, here: Origin) {
        self.sink.back_to(here);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_told_by_the_records_that_carried_it() {
        let mut track = Track::default();
        track.push(10, 100..140);
        track.push(10, 140..180);
        assert_eq!(track.outward(&(0..10)), 100..140);
        assert_eq!(track.outward(&(5..15)), 100..180);
        assert_eq!(track.forget_told(), Some(140));
        assert_eq!(track.outward(&(15..20)), 140..180);
        assert_eq!(track.forget_told(), None);
        track.push(5, 180..200);
        assert_eq!(track.outward(&(20..25)), 180..200);
    }

    #[test]
    fn a_message_that_never_ends_holds_a_bounded_number_of_records() {
        let mut track = Track::default();
        for n in 0..10_000 {
            track.push(1, n * 10..n * 10 + 10);
            track.forget_told();
        }
        assert_eq!(track.records.len(), TLS_OPEN_RECORDS_MAX);
        assert_eq!(track.outward(&(0..10_000)), 0..100_000);
    }
}
