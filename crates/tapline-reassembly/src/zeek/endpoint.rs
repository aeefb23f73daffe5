//! One side of a connection as Zeek sees it.

use tapline_packet::{Flags, Segment};

use crate::seq::distance;

/// What an observer knows of a side.
///
/// ```text
///                    SYN (originator)          SYN-ACK of the peer
///  Inactive ───────────────────────> SynSent ──────────────────────> Established
///     │ │ └─ SYN, SYN-ACK (responder) ───────────────────────────────────^  │
///     │ └─── anything else, no SYN known ──────> Partial ────────────┐      │
///     │                                                              v      v
///     └── FIN, RST from every state ──────────────────────────> Closed · Reset
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) enum State {
    /// Not heard of.
    #[default]
    Inactive,
    /// A SYN, no answer.
    SynSent,
    /// A SYN-ACK of the originator.
    SynAckSent,
    /// Data or ACKs without a SYN.
    Partial,
    /// SYN and SYN-ACK were seen, or enough of them.
    Established,
    /// A FIN.
    Closed,
    /// A RST.
    Reset,
}

/// Which side.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Role {
    Originator,
    Responder,
}

impl Role {
    /// The letter in this side's case.
    pub(super) fn letter(self, letter: char) -> char {
        match self {
            Self::Originator => letter.to_ascii_uppercase(),
            Self::Responder => letter,
        }
    }
}

/// Counts something that is told again at ten, a hundred, ….
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Scaled(u32);

impl Scaled {
    pub(super) fn count(&mut self, letter: char, mut tell: impl FnMut(char)) {
        self.0 = self.0.saturating_add(1);
        if self.0 == 10_u32.pow(self.0.ilog10()) {
            tell(letter);
        }
    }
}

/// One side.
#[derive(Debug, Default)]
pub(super) struct Endpoint {
    pub(super) state: State,
    before: State,
    /// Which letters it has had.
    had: u8,
    /// Sequence numbers of the newest SYN, FIN and RST: the letter comes again with another number.
    newest: [u32; 3],
    /// One past the highest octet; `None` before its first segment.
    last: Option<u32>,
    repeats: Scaled,
    pub(super) gaps: Scaled,
    pub(super) zero_windows: Scaled,
    pub(super) bad_checksums: Scaled,
}

impl Endpoint {
    /// Tells the letter of a segment's flags and payload, if it is due.
    pub(super) fn note(&mut self, segment: &Segment<'_>, mut tell: impl FnMut(char)) {
        let (syn, fin, rst) = (segment.has(Flags::SYN), segment.has(Flags::FIN), segment.has(Flags::RST));
        let sequence = segment.sequence;
        let (bit, letter, place) = match (syn, fin, rst) {
            (false, false, false) if segment.payload_length > 0 => (1, 'd', None),
            (false, false, false) if segment.has(Flags::ACK) => (2, 'a', None),
            (false, false, false) => return,
            (_, true, true) => (4, 'i', None),
            (true, true, _) | (true, _, true) => (8, 'q', None),
            (true, ..) => (16, if segment.has(Flags::ACK) { 'h' } else { 's' }, Some((0, sequence))),
            (_, true, _) => (32, 'f', Some((1, sequence.wrapping_add(segment.payload_length)))),
            (.., true) => (64, 'r', Some((2, sequence))),
        };
        let first_time = self.had & bit == 0;
        self.had |= bit;
        let newest = place.and_then(|(index, number)| Some((self.newest.get_mut(index)?, number)));
        let elsewhere = newest.is_some_and(|(newest, number)| std::mem::replace(newest, number) != number);
        if first_time || elsewhere {
            tell(letter);
        }
    }

    /// Moves on behind the segment; payload that lies before is payload again.
    pub(super) fn advance(&mut self, segment: &Segment<'_>, tell: impl FnMut(char)) {
        let marks = u32::from(segment.has(Flags::SYN)) + u32::from(segment.has(Flags::FIN));
        let payload = if segment.has(Flags::RST) { 0 } else { segment.payload_length };
        let end = segment.sequence.wrapping_add(payload).wrapping_add(marks);
        match self.last {
            None => self.last = Some(end),
            Some(_) if self.state == State::Reset => {}
            Some(last) if distance(last, end) > 0 => self.last = Some(end),
            Some(_) if payload > 0 => self.repeats.count('t', tell),
            Some(_) => {}
        }
    }

    fn go(&mut self, state: State) {
        self.before = std::mem::replace(&mut self.state, state);
    }
}

/// What a segment of `endpoint` makes of both sides.
#[inline]
pub(super) fn transition(
    endpoint: &mut Endpoint,
    peer: &mut Endpoint,
    role: Role,
    flags: Flags,
    payload: bool,
) {
    if endpoint.state != State::Inactive && !flags.any(Flags::SYN | Flags::FIN | Flags::RST) {
        return;
    }
    let (syn, ack) = (flags.has(Flags::SYN), flags.has(Flags::ACK));
    let (fin, rst) = (flags.has(Flags::FIN), flags.has(Flags::RST));
    match endpoint.state {
        State::Inactive => {
            if syn {
                open(endpoint, peer, role, ack);
            }
            if fin {
                endpoint.go(State::Closed);
            }
            if rst {
                endpoint.go(State::Reset);
            }
            // Some servers acknowledge a SYN before they answer it.
            let early = role == Role::Responder && !payload && peer.state == State::SynSent;
            if endpoint.state == State::Inactive && !early {
                let answered = ack && peer.state == State::Established;
                endpoint.go(if answered { State::Established } else { State::Partial });
            }
        }
        State::SynSent | State::SynAckSent | State::Established | State::Partial => {
            if syn && !ack && endpoint.state == State::Partial && peer.state == State::Inactive {
                endpoint.go(State::SynSent);
            }
            if rst {
                endpoint.go(State::Reset);
            } else if fin {
                endpoint.go(State::Closed);
                // A FIN and then a RST of the peer, and now this FIN: a normal end after all.
                if peer.state == State::Reset && peer.before == State::Closed {
                    peer.go(State::Closed);
                }
            }
        }
        State::Closed if rst && peer.state != State::Closed => endpoint.go(State::Reset),
        State::Closed | State::Reset => {}
    }
}

/// A side's first segment is a SYN or SYN-ACK.
fn open(endpoint: &mut Endpoint, peer: &mut Endpoint, role: Role, ack: bool) {
    match role {
        Role::Originator => endpoint.go(if ack { State::SynAckSent } else { State::SynSent }),
        Role::Responder => {
            if peer.state == State::SynSent {
                peer.go(State::Established);
            }
            endpoint.go(State::Established);
        }
    }
}
