//! From frames to ordered octets.

use std::hint::black_box;
use std::net::{Ipv4Addr, SocketAddr};

use tapline_packet::{Dissected, dissect_packet};
use tapline_reassembly::{Connection, Direction, End, Gap, Left, Origin, Sink, Tracker};
use tapline_testkit::{Frame, Talk};

use super::Round;

/// Connections that are open at once where they are looked up.
const CONNECTIONS: u32 = 20_000;

/// Octets of the answer that is put together.
const ANSWER_BYTES: usize = 1 << 20;

/// Rounds for which connections are prepared.
const ROUNDS_MAX: u32 = 4;

/// Segments that come backwards where they are out of order.
const BACKWARDS: usize = 8;

/// Hears all and keeps nothing.
struct Deaf;

impl Sink for Deaf {
    fn opened(&mut self, _: &Connection) {}
    fn octets(&mut self, _: &Connection, _: Direction, _: u64, octets: &[u8], _: Origin) {
        black_box(octets);
    }
    fn gap(&mut self, _: &Connection, _: Direction, _: u64, _: u64, _: Gap) {}
    fn ended(&mut self, _: &Connection, _: Direction, _: End) {}
    fn closed(&mut self, _: &Connection, _: Left) {}
}

/// A client by number, to the one server.
fn talk(number: u32) -> Talk {
    let client = SocketAddr::from((Ipv4Addr::from(0x0a00_0001 + number), 40_000));
    let server = SocketAddr::from(([192, 0, 2, 80], 80));
    Talk::new(client, server, 1_700_000_000_000_000_000 + i64::from(number) * 1_000)
}

/// Shows a tracker frames as packets.
fn show(tracker: &mut Tracker, frames: &[Frame]) -> u64 {
    for (number, frame) in (1..).zip(frames) {
        if let Dissected::Tcp(segment) = dissect_packet(&frame.packet(number)) {
            tracker.segment(&segment, 0, Origin { packet: number, at: frame.at }, &mut Deaf);
        }
    }
    frames.len() as u64
}

pub(super) fn dissect() -> Round {
    let frames = talk(1).handshake().server(&vec![b'x'; ANSWER_BYTES]).client_ack().close().frames;
    Box::new(move || {
        for (number, frame) in (1..).zip(&frames) {
            black_box(dissect_packet(&frame.packet(number)));
        }
        frames.len() as u64
    })
}

/// One acknowledgment on each of many connections, in an order that no cache guesses.
pub(super) fn flows() -> Round {
    let mut tracker = Tracker::bounded(usize::MAX >> 1);
    let talks: Vec<Talk> = (0..CONNECTIONS).map(|number| talk(number).handshake()).collect();
    for talk in &talks {
        show(&mut tracker, &talk.frames);
    }
    // 7919 has no divisor in common with the number of connections.
    let order = (0..CONNECTIONS as usize).map(|index| index * 7919 % CONNECTIONS as usize);
    let acknowledgments: Vec<Frame> =
        order.filter_map(|index| talks.get(index)?.frames.last().cloned()).collect();
    Box::new(move || show(&mut tracker, &acknowledgments))
}

pub(super) fn in_order() -> Round {
    answers(|_| ())
}

/// The same with every eight segments of the answer backwards.
pub(super) fn out_of_order() -> Round {
    answers(|frames| {
        let answer = 3..frames.len().saturating_sub(8);
        for some in frames.get_mut(answer).unwrap_or_default().chunks_mut(BACKWARDS) {
            let times: Vec<_> = some.iter().map(|frame| frame.at).collect();
            some.reverse();
            some.iter_mut().zip(times).for_each(|(frame, at)| frame.at = at);
        }
    })
}

/// A connection with a large answer a round, changed by `disturb`, in one table: what grows has grown in the first.
fn answers(disturb: impl Fn(&mut Vec<Frame>)) -> Round {
    let frames = |number| {
        let talk = talk(number).handshake().server(&vec![b'x'; ANSWER_BYTES]).client_ack().close();
        let mut frames = talk.frames;
        disturb(&mut frames);
        frames
    };
    let mut rounds: Vec<_> = (0..ROUNDS_MAX).map(frames).collect();
    let mut tracker = Tracker::bounded(1 << 10);
    Box::new(move || rounds.pop().map_or(0, |frames| show(&mut tracker, &frames)))
}
