//! Flow control from where a sender stands: what its receiver allows reaches it later than the capture point.
//!
//! ```text
//!   sender          capture point     receiver
//!     │ DATA ───────────│───────────────►│
//!     │                 │◄─WINDOW_UPDATE │      seen here,
//!     │◄────────────────│                │      heard there half a round trip later,
//!     │ DATA ───────────│───────────────►│      seen to have been heard a round trip to the sender later
//! ```
//!
//! What a frame may have seen of the windows is told as it stands at the capture point; whether a sender stood still
//! is judged by what it had heard.

use std::collections::VecDeque;

use tapline_packet::Timestamp;
use tapline_reassembly::{Connection, Direction, Origin};

use super::windows::{Fault, Levels, Standstill, Windows};
use crate::limits::{UPDATE_DELAY_MIN_NS, UPDATES_ON_THE_WAY_MAX};
use crate::stall::Trips;

/// The windows of a connection, as seen here and, where senders are far away, as they hear of them.
#[derive(Debug, Default)]
pub(crate) struct Flow {
    seen: Windows,
    heard: Option<Box<Heard>>,
}

/// What senders have heard.
#[derive(Debug)]
struct Heard {
    windows: Windows,
    /// How long it takes from here to the sender of a direction, and back, nanoseconds.
    trips_ns: [i64; 2],
    on_the_way: [VecDeque<Update>; 2],
}

/// A WINDOW_UPDATE that its receiver, the sender of DATA, does not know of yet.
#[derive(Clone, Copy, Debug)]
struct Update {
    stream: Option<u32>,
    increment: u32,
    /// Its packet, at the time from which on DATA can show that it was heard.
    at: Origin,
}

impl Flow {
    /// A connection whose beginning was seen.
    pub(crate) fn begin(connection: &Connection) -> Self {
        let trips_ns = Direction::BOTH.map(|sender| Trips::of(connection, sender).sender_ns.unwrap_or(0));
        let far = trips_ns.iter().any(|&ns| ns >= UPDATE_DELAY_MIN_NS);
        let heard =
            far.then(|| Heard { windows: Windows::default(), trips_ns, on_the_way: Default::default() });
        let mut flow = Self { seen: Windows::default(), heard: heard.map(Box::new) };
        flow.each(Windows::begin);
        flow
    }

    /// Frames may be missing: nothing is known of the windows any more.
    pub(crate) fn lose(&mut self) {
        self.each(Windows::lose);
        self.heard = None;
    }

    /// The sender began to send on a stream: HEADERS.
    pub(crate) fn headers(&mut self, sender: Direction, stream: u32, here: Origin) {
        self.each(|windows| windows.headers(sender, stream, here));
    }

    /// A DATA frame of `length` octets that began with the packet `first`. Whether its sender stood still before it for
    /// want of a window: see [`Windows::data`]. Where it is far away, `opened` stands at the time from which on that
    /// could be seen here.
    pub(crate) fn data(
        &mut self,
        sender: Direction,
        stream: u32,
        length: u32,
        [first, here]: [Origin; 2],
    ) -> Option<Standstill> {
        let standstill = self.seen.data(sender, stream, length, here);
        match &mut self.heard {
            Some(heard) => heard.data(sender, stream, length, [first, here]),
            None => standstill,
        }
    }

    /// DATA on a stream that is over.
    pub(crate) fn late(&mut self, sender: Direction, length: u32, here: Origin) {
        self.each(|windows| windows.late(sender, length, here));
    }

    /// A WINDOW_UPDATE for DATA of `sender`: on a stream, or on the connection (`None`).
    pub(crate) fn update(&mut self, sender: Direction, stream: Option<u32>, increment: u32, here: Origin) {
        self.seen.update(sender, stream, increment, here);
        if let Some(heard) = &mut self.heard {
            heard.update(sender, stream, increment, here);
        }
    }

    /// The initial window of streams changed for DATA of `sender`, which acknowledged that.
    pub(crate) fn shift(&mut self, sender: Direction, initial: u32, here: Origin) {
        self.each(|windows| windows.shift(sender, initial, here));
    }

    /// The sender will send no more on a stream.
    pub(crate) fn forget(&mut self, sender: Direction, stream: u32) {
        self.each(|windows| windows.forget(sender, stream));
    }

    /// The standstill of a stream that is still shut.
    pub(crate) fn waiting(&self, sender: Direction, stream: u32) -> Option<Standstill> {
        self.seen.waiting(sender, stream)
    }

    /// Streams of a sender that stand still: for want of the connection's window, and of their own.
    pub(crate) fn still_shut(&self, sender: Direction) -> (u64, u64) {
        self.seen.still_shut(sender)
    }

    /// Whether a stream of `sender` could send an octet now; `None` where that is not known.
    pub(crate) fn is_open(&self, sender: Direction, stream: u32) -> Option<bool> {
        let windows = self.heard.as_ref().map_or(&self.seen, |heard| &heard.windows);
        windows.is_open(sender, stream)
    }

    /// The windows of a sender of DATA, as seen here.
    pub(crate) fn levels(&self, sender: Direction, stream: Option<u32>) -> Levels {
        self.seen.levels(sender, stream)
    }

    /// What was wrong with the newest frame.
    pub(crate) fn take_fault(&mut self) -> Option<Fault> {
        self.seen.take_fault()
    }

    fn each(&mut self, act: impl Fn(&mut Windows)) {
        act(&mut self.seen);
        if let Some(heard) = &mut self.heard {
            act(&mut heard.windows);
        }
    }
}

impl Heard {
    fn update(&mut self, sender: Direction, stream: Option<u32>, increment: u32, here: Origin) {
        let trip_ns = self.trips_ns.get(sender.index()).copied().unwrap_or(0);
        let at = Origin { at: Timestamp(here.at.0.saturating_add(trip_ns)), ..here };
        let Some(on_the_way) = self.on_the_way.get_mut(sender.index()) else { return };
        on_the_way.push_back(Update { stream, increment, at });
        if on_the_way.len() > UPDATES_ON_THE_WAY_MAX {
            self.arrive(sender);
        }
    }

    fn data(
        &mut self,
        sender: Direction,
        stream: u32,
        length: u32,
        [first, here]: [Origin; 2],
    ) -> Option<Standstill> {
        while self.next(sender).is_some_and(|update| update.at.at <= first.at) {
            self.arrive(sender);
        }
        // Round trips differ: what it could not have sent otherwise shows that it had heard.
        while !self.allows(sender, stream, length) && self.next(sender).is_some() {
            self.arrive(sender);
        }
        let standstill = self.windows.data(sender, stream, length, here);
        self.windows.take_fault();
        standstill
    }

    fn allows(&self, sender: Direction, stream: u32, length: u32) -> bool {
        let levels = self.windows.levels(sender, Some(stream));
        let holds = |level: Option<i64>| level.is_none_or(|level| level >= i64::from(length));
        holds(levels.connection) && holds(levels.stream)
    }

    fn next(&self, sender: Direction) -> Option<&Update> {
        self.on_the_way.get(sender.index())?.front()
    }

    /// The oldest update that is on the way reaches the sender.
    fn arrive(&mut self, sender: Direction) {
        let update = self.on_the_way.get_mut(sender.index()).and_then(VecDeque::pop_front);
        if let Some(Update { stream, increment, at }) = update {
            self.windows.update(sender, stream, increment, at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::windows::Which;
    use super::*;
    use Direction::Reverse;

    fn at(ms: i64) -> Origin {
        Origin { packet: ms.unsigned_abs(), at: Timestamp(ms * 1_000_000) }
    }

    /// The sender is 20 ms away, there and back.
    fn flow(trip_ms: i64) -> Flow {
        let heard = Heard {
            windows: Windows::default(),
            trips_ns: [0, trip_ms * 1_000_000],
            on_the_way: Default::default(),
        };
        let mut flow = Flow { seen: Windows::default(), heard: Some(Box::new(heard)) };
        flow.each(Windows::begin);
        flow.shift(Reverse, 1_000, at(0));
        flow.headers(Reverse, 1, at(1));
        flow
    }

    fn data(flow: &mut Flow, ms: i64) -> Option<Standstill> {
        flow.data(Reverse, 1, 1_000, [at(ms), at(ms)])
    }

    #[test]
    fn an_update_that_is_on_the_way_does_not_keep_a_sender_going() {
        let mut flow = flow(20);
        flow.update(Reverse, Some(1), 1_000, at(9));
        assert_eq!(data(&mut flow, 10), None);
        assert_eq!(flow.levels(Reverse, Some(1)).stream, Some(1_000), "as seen here");
        let opened = Some(Origin { at: at(29).at, ..at(9) });
        assert_eq!(data(&mut flow, 30), Some(Standstill { window: Which::Stream, since: at(10), opened }));
    }

    #[test]
    fn one_that_arrived_before_does() {
        let mut flow = flow(20);
        flow.update(Reverse, Some(1), 1_000, at(9));
        assert_eq!(data(&mut flow, 29), None);
        assert_eq!(data(&mut flow, 30), None);
    }

    #[test]
    fn what_could_not_be_sent_otherwise_shows_that_it_arrived_early() {
        let mut flow = flow(20);
        flow.update(Reverse, Some(1), 1_000, at(9));
        assert_eq!(data(&mut flow, 10), None);
        assert_eq!(data(&mut flow, 25).map(|standstill| standstill.since), Some(at(10)));
    }

    #[test]
    fn of_many_updates_on_the_way_the_oldest_arrives_early() {
        let standstill = |updates: usize| {
            let mut flow = flow(20);
            // The first is for the stream, the others for the connection.
            flow.update(Reverse, Some(1), 1_000, at(9));
            (1..updates).for_each(|_| flow.update(Reverse, None, 1, at(9)));
            assert_eq!(data(&mut flow, 10), None);
            data(&mut flow, 30).is_some()
        };
        assert!(standstill(UPDATES_ON_THE_WAY_MAX) && !standstill(UPDATES_ON_THE_WAY_MAX + 1));
    }
}
