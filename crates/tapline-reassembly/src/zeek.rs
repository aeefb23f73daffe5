//! A connection in Zeek's words: `conn_state` and `history` of its `conn.log`.
//!
//! The sender of the SYN (else as the connection is oriented) is Zeek's originator. A segment with a wrong
//! checksum has the letter `c` beside its own: Zeek leaves it out of everything else, where tapline, like
//! tshark, reads it. Nothing cuts the analysis short, so `x` does not come.

mod endpoint;
mod history;

use tapline_packet::{Flags, Segment};

use endpoint::{Endpoint, Role, State};
pub use history::History;

use crate::Direction;

/// Zeek's `conn_state`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ConnState {
    /// An attempt without a reply.
    S0,
    /// Established, not ended.
    S1,
    /// Established and ended normally.
    Sf,
    /// Refused.
    Rej,
    /// Established, the originator closed, the responder did not.
    S2,
    /// Established, the responder closed, the originator did not.
    S3,
    /// Established, the originator reset it.
    Rsto,
    /// The responder reset it.
    Rstr,
    /// A SYN, then a RST of the originator; no SYN-ACK.
    Rstos0,
    /// A SYN-ACK, then a RST of the responder; no SYN.
    Rstrh,
    /// A SYN, then a FIN; no SYN-ACK.
    Sh,
    /// A SYN-ACK, then a FIN; no SYN.
    Shr,
    /// No SYN: the capture began in the middle.
    Oth,
}

impl ConnState {
    /// Zeek's code.
    pub fn name(self) -> &'static str {
        match self {
            Self::S0 => "S0",
            Self::S1 => "S1",
            Self::Sf => "SF",
            Self::Rej => "REJ",
            Self::S2 => "S2",
            Self::S3 => "S3",
            Self::Rsto => "RSTO",
            Self::Rstr => "RSTR",
            Self::Rstos0 => "RSTOS0",
            Self::Rstrh => "RSTRH",
            Self::Sh => "SH",
            Self::Shr => "SHR",
            Self::Oth => "OTH",
        }
    }
}

/// Both endpoints as Zeek would see them.
#[derive(Debug, Default)]
pub(crate) struct Observer {
    endpoints: [Endpoint; 2],
    history: History,
}

impl Observer {
    /// Learns from a segment.
    pub(crate) fn see(&mut self, segment: &Segment<'_>, direction: Direction) {
        let Self { endpoints: [originator, responder], history } = self;
        let (endpoint, peer, role) = match direction {
            Direction::Forward => (originator, responder, Role::Originator),
            Direction::Reverse => (responder, originator, Role::Responder),
        };
        if history.is_empty() && role == Role::Responder {
            history.push('^');
        }
        endpoint.note(segment, |letter| history.push(role.letter(letter)));
        if segment.window == 0
            && !segment.has(Flags::RST)
            && peer.state != State::Closed
            && endpoint.state != State::Reset
        {
            endpoint.zero_windows.count('w', |letter| history.push(role.letter(letter)));
        }
        endpoint.advance(segment, |letter| history.push(role.letter(letter)));
        endpoint::transition(endpoint, peer, role, segment.flags, segment.payload_length > 0);
    }

    /// Octets of a direction were acknowledged and not captured.
    pub(crate) fn gap(&mut self, direction: Direction) {
        let (endpoint, role, history) = self.side(direction);
        endpoint.gaps.count('g', |letter| history.push(role.letter(letter)));
    }

    /// A segment of a direction has a wrong checksum.
    pub(crate) fn bad_checksum(&mut self, direction: Direction) {
        let (endpoint, role, history) = self.side(direction);
        endpoint.bad_checksums.count('c', |letter| history.push(role.letter(letter)));
    }

    fn side(&mut self, direction: Direction) -> (&mut Endpoint, Role, &mut History) {
        let Self { endpoints: [originator, responder], history } = self;
        match direction {
            Direction::Forward => (originator, Role::Originator, history),
            Direction::Reverse => (responder, Role::Responder, history),
        }
    }

    pub(crate) fn history(&self) -> &History {
        &self.history
    }

    /// The code for the endpoints' states; `silent` where neither side sent payload.
    pub(crate) fn conn_state(&self, silent: bool) -> ConnState {
        let [originator, responder] = &self.endpoints;
        let unheard = |state| matches!(state, State::Inactive | State::Partial);
        match (originator.state, responder.state) {
            (State::SynSent | State::SynAckSent, State::Reset) => ConnState::Rej,
            (State::Reset, State::Reset) if silent => ConnState::Rej,
            (before, State::Reset) if unheard(before) => ConnState::Rstrh,
            (_, State::Reset) => ConnState::Rstr,
            (State::Reset, other) if !unheard(other) => ConnState::Rsto,
            (State::Reset, _) if self.history.is_lone_syn_and_reset() => ConnState::Rstos0,
            (State::Reset, _) => ConnState::Oth,
            (State::Closed, State::Closed) => ConnState::Sf,
            (State::Closed, other) if unheard(other) => ConnState::Sh,
            (State::Closed, _) => ConnState::S2,
            (other, State::Closed) if unheard(other) => ConnState::Shr,
            (_, State::Closed) => ConnState::S3,
            (State::SynSent, State::Inactive) => ConnState::S0,
            (State::Established, State::Established) => ConnState::S1,
            _ => ConnState::Oth,
        }
    }
}
