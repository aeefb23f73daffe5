//! One connection again, in full: its packets are read once more, and nothing else is followed.
//!
//! ```text
//!   capture ── Excerpt: packets first ..= last ──> run, only these two ends ──> CloseUp
//! ```

mod excerpt;

use std::ops::ControlFlow;
use std::sync::Arc;

use tapline_analysis::{ConnectionRecord, Course, Endpoint, Event, Interests, LinkType, Options, Timestamp};
use tapline_capture::{CaptureError, Source};

use crate::limits::{CLOSE_EVENTS_MAX, CLOSE_OCTETS_MAX};
use crate::{Going, RunOptions, run};
use excerpt::Excerpt;

/// Opens the capture once more.
pub type Reopen = Arc<dyn Fn() -> Result<Box<dyn Source + Send>, CaptureError> + Send + Sync>;

/// The connection to look at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Subject {
    /// Its two ends, in either order.
    pub ends: [Endpoint; 2],
    /// Its first packet: of several connections between two ends it tells the one.
    pub first: u64,
    /// Its last packet.
    pub last: u64,
}

impl Subject {
    /// The connection that a record is of.
    pub fn of(record: &ConnectionRecord) -> Self {
        // An ICMP error may come behind the last segment.
        let icmp = record.unreachable.as_ref().map_or(0, |told| told.last.packet);
        Self {
            ends: [record.client.endpoint, record.server.endpoint],
            first: record.first.packet,
            last: record.last.packet.max(icmp),
        }
    }
}

/// A connection in full.
#[derive(Debug, Default)]
pub struct CloseUp {
    /// All that is told of it, in order; ids of connections mean nothing here.
    pub events: Vec<Event>,
    /// Its packets as they were captured, by number. Packets that came in IP fragments are not among them.
    pub packets: Vec<CapturedPacket>,
    /// Events that found no room.
    pub events_left_out: u64,
    /// Octets that found no room: of streams and of packets.
    pub octets_left_out: u64,
    /// Why its packets are not those that were read before, or not all of them: the capture was changed since.
    pub breaks_off: Option<String>,
}

/// What more may be kept.
struct Room {
    octets: u64,
    /// Who shows what was found makes as much of it again: sorted, and drawn.
    memory: tapline_memory::Half,
}

impl Room {
    fn now() -> Self {
        let octets = tapline_memory::within(CLOSE_OCTETS_MAX);
        Self { octets, memory: tapline_memory::Half::now() }
    }
}

/// A packet as it was captured.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CapturedPacket {
    /// Its number in the capture, from 1.
    pub number: u64,
    /// When it was captured; `None` where the capture does not say.
    pub at: Option<Timestamp>,
    /// How its octets begin.
    pub link_type: LinkType,
    /// Octets that were on the wire.
    pub wire_length: u32,
    /// The octets that were kept.
    pub octets: Box<[u8]>,
}

/// Looks at a connection of a capture, or at what is kept of it where the capture begins later; cut short where nobody wants it any more.
pub fn close_up(
    source: Box<dyn Source + Send>,
    options: &RunOptions,
    subject: Subject,
    going: &Going,
) -> CloseUp {
    let begins = source.first_number();
    let mut excerpt = Excerpt::new(source, subject, going.clone());
    let analysis =
        Options { interests: Interests::CLOSE, only: Some(subject.ends), ..options.analysis.clone() };
    let options = RunOptions { analysis, watch: false, threads: 1, ..options.clone() };
    let mut close_up = CloseUp::default();
    let mut room = Room::now();
    let outcome = run(&mut excerpt, &options, |batch| {
        for event in batch.events {
            close_up.keep(event, &mut room);
        }
        if going.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    close_up.only_of(subject, begins);
    close_up.breaks_off = excerpt.breaks_off(&outcome.facts);
    let (packets, left_out) = excerpt.into_packets();
    close_up.packets = packets;
    close_up.octets_left_out += left_out;
    close_up
}

impl Subject {
    /// Whether a record is of it, also where the capture that the record is of begins later.
    pub fn is_told_by(&self, record: &ConnectionRecord) -> bool {
        let ends = [record.client.endpoint, record.server.endpoint];
        let [a, b] = self.ends;
        let (first, last) = (record.first.packet, record.last.packet);
        (ends == [a, b] || ends == [b, a]) && first <= self.last && last >= self.first
    }
}

impl CloseUp {
    /// Keeps an event where there is room; the connection's own record always.
    fn keep(&mut self, event: Event, room: &mut Room) {
        let is_full = self.events.len() >= CLOSE_EVENTS_MAX || room.memory.is_full();
        if is_full && !matches!(event, Event::Connection(_)) {
            self.events_left_out += 1;
            return;
        }
        if let Event::Carried(carried) = &event
            && !matches!(carried.of, Course::Missing(..))
        {
            let length = carried.octets.len() as u64;
            let Some(left) = room.octets.checked_sub(length) else {
                self.octets_left_out += length;
                return;
            };
            room.octets = left;
        }
        self.events.push(event);
    }

    /// Drops what belongs to other connections between the same ends. Where the capture begins in the middle of the
    /// subject, it is the first of them.
    fn only_of(&mut self, subject: Subject, begins: u64) {
        let is_it = |first: u64| first == subject.first || begins > subject.first && first <= subject.last;
        let id = self.events.iter().find_map(|event| match event {
            Event::Connection(record) if is_it(record.first.packet) => Some(record.id),
            _ => None,
        });
        self.events.retain(|event| event.connection() == id && id.is_some());
    }
}

#[cfg(test)]
mod tests {
    use tapline_analysis::{AnomalyRecord, Carried, Origin, Sender};

    use super::*;

    fn anomaly() -> Event {
        Event::Anomaly(Box::new(AnomalyRecord {
            connection: 0,
            origin: Origin::default(),
            from: Sender::Client,
            code: "code",
            detail: "".into(),
            span: 0..0,
        }))
    }

    #[test]
    fn events_are_kept_up_to_a_number() {
        let (mut close_up, mut room) = (CloseUp::default(), Room::now());
        (0..CLOSE_EVENTS_MAX).for_each(|_| close_up.keep(anomaly(), &mut room));
        assert_eq!(close_up.events_left_out, 0);
        close_up.keep(anomaly(), &mut room);
        assert_eq!((close_up.events.len(), close_up.events_left_out), (CLOSE_EVENTS_MAX, 1));
    }

    #[test]
    fn octets_are_kept_up_to_a_number() {
        let (mut close_up, mut room) = (CloseUp::default(), Room::now());
        let mut keep = |octets: u64| {
            let octets = vec![0; usize::try_from(octets).unwrap()];
            let (connection, origin, from, of) = (0, Origin::default(), Sender::Client, Course::Stream(0));
            close_up
                .keep(Event::Carried(Box::new(Carried { connection, origin, from, of, octets })), &mut room);
            (close_up.events.len(), close_up.octets_left_out)
        };
        assert_eq!([keep(CLOSE_OCTETS_MAX), keep(1), keep(0)], [(1, 0), (1, 1), (2, 1)]);
    }
}
