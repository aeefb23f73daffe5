//! Segments of both sides in any order, and what a tracker makes of them, octet by octet.

use std::ops::Range;

use tapline_packet::{Dissected, LinkType, Timestamp, dissect};
use tapline_reassembly::{Connection, Direction, End, Gap, Left, Origin, Sink, Tracker};
use tapline_testkit::{Frame, FrameParts, Talk, frame};

const CLIENT: &str = "10.0.0.1:40000";
const SERVER: &str = "10.0.0.2:80";
const FIN: u8 = 1;
const ACK: u8 = 16;

/// xorshift64: a law's random choices, so that a case is its few numbers.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    /// A number below `bound`, which is not 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 32).unwrap() % bound
    }

    pub(crate) fn octets(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| u8::try_from(self.below(256)).unwrap()).collect()
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for index in (1..items.len()).rev() {
            items.swap(index, self.below(index + 1));
        }
    }
}

/// Some octets of a side's stream as one segment.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    pub(crate) direction: Direction,
    pub(crate) offset: usize,
    pub(crate) octets: Vec<u8>,
    pub(crate) fin: bool,
}

impl Piece {
    pub(crate) fn end(&self) -> usize {
        self.offset + self.octets.len()
    }

    /// The same octets in segments of one to `size_max` octets; the FIN goes with the last.
    pub(crate) fn cut(&self, size_max: usize, random: &mut Random) -> Vec<Self> {
        let mut parts = Vec::new();
        let mut begin = 0;
        while begin < self.octets.len() {
            let end = (begin + 1 + random.below(size_max)).min(self.octets.len());
            let (offset, fin) = (self.offset + begin, self.fin && end == self.octets.len());
            parts.push(Self { offset, octets: self.octets[begin..end].to_vec(), fin, ..*self });
            begin = end;
        }
        if parts.is_empty() { vec![self.clone()] } else { parts }
    }
}

/// How far the acknowledgments go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Acknowledged {
    /// Never past what was captured without a hole; the last two are for all of it.
    Captured,
    /// Anywhere: the capture missed what the receiver has.
    Anything,
}

/// One direction as far as it was captured.
#[derive(Default)]
struct Captured {
    there: Vec<bool>,
    fin: Option<usize>,
    /// Octets without a hole from the first one on.
    whole: usize,
}

impl Captured {
    fn see(&mut self, piece: &Piece) {
        let Range { start, end } = piece.offset..piece.end();
        if self.there.len() < end {
            self.there.resize(end, false);
        }
        self.there[start..end].fill(true);
        if piece.fin {
            self.fin = Some(end);
        }
        while self.there.get(self.whole) == Some(&true) {
            self.whole += 1;
        }
    }

    /// The highest acknowledgment that does not run ahead: the FIN has a number of its own.
    fn acknowledgeable(&self) -> usize {
        self.whole + usize::from(self.fin == Some(self.whole))
    }
}

/// A handshake with these initial sequence numbers, then the pieces in this order.
pub(crate) fn exchange(
    initial: [u32; 2],
    pieces: &[Piece],
    acknowledged: Acknowledged,
    random: &mut Random,
) -> Vec<Frame> {
    let (client, server) = (CLIENT.parse().unwrap(), SERVER.parse().unwrap());
    let [syn, syn_ack] = initial;
    let mut frames = Talk::new(client, server, 0).sequences(syn, syn_ack).handshake().frames;
    let opening = frames.clone();
    let mut captured: [Captured; 2] = Default::default();
    for piece in pieces {
        if random.below(16) == 0 {
            frames.push(opening[random.below(3)].clone());
        }
        captured[piece.direction.index()].see(piece);
        let reach = match acknowledged {
            Acknowledged::Captured => captured[piece.direction.flip().index()].acknowledgeable(),
            Acknowledged::Anything => 400,
        };
        frames.push(segment(initial, piece, random.below(reach + 1)));
    }
    for direction in Direction::BOTH {
        let offset = captured[direction.index()].acknowledgeable();
        let last = Piece { direction, offset, octets: Vec::new(), fin: false };
        frames.push(segment(initial, &last, captured[direction.flip().index()].acknowledgeable()));
    }
    frames
}

fn segment(initial: [u32; 2], piece: &Piece, acknowledged: usize) -> Frame {
    let [own, other] = match piece.direction {
        Direction::Forward => initial,
        Direction::Reverse => [initial[1], initial[0]],
    };
    let number = |initial: u32, offset| initial.wrapping_add(1).wrapping_add(u32::try_from(offset).unwrap());
    let (source, destination) = match piece.direction {
        Direction::Forward => (CLIENT, SERVER),
        Direction::Reverse => (SERVER, CLIENT),
    };
    let parts = FrameParts {
        source: source.parse().unwrap(),
        destination: destination.parse().unwrap(),
        sequence: number(own, piece.offset),
        acknowledgment: number(other, acknowledged),
        flags: ACK | if piece.fin { FIN } else { 0 },
        window: 1000,
        options: &[],
        payload: &piece.octets,
    };
    Frame { at: Timestamp(0), octets: frame(&parts) }
}

/// What a tracker told of one connection. Whatever it is told, octets come in order and never twice.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    /// Octets of both directions; `None` where one was given up.
    pub(crate) octets: [Vec<Option<u8>>; 2],
    pub(crate) ends: [Option<End>; 2],
    pub(crate) facts: Option<Facts>,
    opened: usize,
}

/// What a connection says of itself at its end that does not depend on the order of its segments.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) state: &'static str,
    pub(crate) completeness: u8,
    pub(crate) client_port: u16,
    /// Octets in order, given up ones counted, and given up ones alone.
    pub(crate) lengths: [(u64, u64); 2],
}

impl Sink for Told {
    fn opened(&mut self, _: &Connection) {
        self.opened += 1;
        assert_eq!(self.opened, 1, "the segments are one connection's");
    }

    fn octets(&mut self, _: &Connection, direction: Direction, offset: u64, octets: &[u8], _: Origin) {
        let so_far = &mut self.octets[direction.index()];
        assert_eq!(offset, so_far.len() as u64, "octets come in order");
        so_far.extend(octets.iter().copied().map(Some));
    }

    fn gap(&mut self, _: &Connection, direction: Direction, offset: u64, length: u64, _: Gap) {
        let so_far = &mut self.octets[direction.index()];
        assert_eq!(offset, so_far.len() as u64, "gaps come in order");
        so_far.resize(usize::try_from(offset + length).unwrap(), None);
    }

    fn ended(&mut self, _: &Connection, direction: Direction, end: End) {
        let told = self.ends[direction.index()].replace(end);
        assert_eq!(told, None, "a direction ends once");
    }

    fn closed(&mut self, connection: &Connection, _: Left) {
        let lengths = Direction::BOTH.map(|direction| {
            let stream = &connection.side(direction).stream;
            (stream.length(), stream.missing_bytes())
        });
        self.facts = Some(Facts {
            state: connection.state().name(),
            completeness: connection.completeness.0,
            client_port: connection.client.port,
            lengths,
        });
    }
}

/// Runs frames through a tracker to the end of the capture.
pub(crate) fn told(frames: &[Frame]) -> Told {
    let mut tracker = Tracker::default();
    let mut told = Told::default();
    for (frame, packet) in frames.iter().zip(1..) {
        let Dissected::Tcp(segment) = dissect(LinkType::ETHERNET, &frame.octets) else {
            panic!("packet {packet} is no segment");
        };
        tracker.segment(&segment, 0, Origin { packet, at: frame.at }, &mut told);
    }
    tracker.finish_all(&mut told);
    told
}
