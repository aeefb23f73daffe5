//! One frame against one state (RFC 9113 §5.1).
//!
//! ```text
//!                   idle
//!        PUSH_PROMISE │ HEADERS
//!         ┌───────────┴──────────┐
//!     reserved                 open ──────────┐
//!         │ HEADERS              │ END_STREAM │
//!         └──► half-closed ◄─────┘            │ RST_STREAM
//!                   │ END_STREAM, RST_STREAM  │
//!                closed ◄─────────────────────┘
//! ```

use super::{Closed, StreamState};
use crate::Sender;

/// What a frame does to its stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Act {
    /// HEADERS.
    Headers { end: End },
    /// DATA.
    Data { end: End },
    /// RST_STREAM.
    Reset,
    /// WINDOW_UPDATE.
    WindowUpdate,
    /// PRIORITY, or PRIORITY_UPDATE that names it.
    Priority,
    /// PUSH_PROMISE that promises this stream.
    Promised,
    /// PUSH_PROMISE on this stream, that promises another one.
    Promises,
}

/// Whether a frame is the last of its sender on the stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum End {
    /// More may follow.
    Open,
    /// END_STREAM.
    Ended,
}

impl End {
    pub(crate) fn of(flags: u8) -> Self {
        if flags & tapline_decode::http2::END_STREAM == 0 { Self::Open } else { Self::Ended }
    }
}

/// Whether the sender may send it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Verdict {
    Fine,
    Wrong,
}

/// The state after a frame, and whether its sender may send it. A wrong frame changes nothing, except that RST_STREAM
/// and END_STREAM mean what they mean.
pub(super) fn next(state: StreamState, act: Act, from: Sender) -> (StreamState, Verdict) {
    use StreamState::{Closed as Over, HalfClosed, Idle, Open, Reserved};
    use Verdict::{Fine, Wrong};
    match (state, act) {
        (_, Act::Priority) => (state, Fine),
        (Idle, Act::Headers { end: End::Open }) => (Open, by(from)),
        (Idle, Act::Headers { end: End::Ended }) => (HalfClosed(from), by(from)),
        (Idle, Act::Promised) => (Reserved(from), promise(from)),
        (Idle, _) => (Idle, Wrong),
        (Over(closed), act) => (state, late(closed, act, from)),
        (_, Act::Reset) => (Over(Closed::Reset(from)), Fine),
        (Reserved(promised), Act::Headers { end }) if promised == from => match end {
            // Who is promised a stream sends nothing on it.
            End::Open => (HalfClosed(other(from)), Fine),
            End::Ended => (Over(Closed::Ended), Fine),
        },
        (Reserved(promised), Act::WindowUpdate) if promised != from => (state, Fine),
        (Reserved(_), _) | (_, Act::Promised) => (state, Wrong),
        (Open, Act::Headers { end: End::Ended } | Act::Data { end: End::Ended }) => (HalfClosed(from), Fine),
        (Open, Act::Promises) => (state, promise(from)),
        (Open, _) | (HalfClosed(_), Act::WindowUpdate) => (state, Fine),
        (HalfClosed(ended), _) if ended == from => (state, Wrong),
        (HalfClosed(_), Act::Headers { end: End::Ended } | Act::Data { end: End::Ended }) => {
            (Over(Closed::Ended), Fine)
        }
        (HalfClosed(_), Act::Promises) => (state, promise(from)),
        (HalfClosed(_), _) => (state, Fine),
    }
}

/// HEADERS on an idle stream: servers open none but by promises.
fn by(from: Sender) -> Verdict {
    if from == Sender::Client { Verdict::Fine } else { Verdict::Wrong }
}

/// Only servers promise (RFC 9113 §8.4).
fn promise(from: Sender) -> Verdict {
    if from == Sender::Server { Verdict::Fine } else { Verdict::Wrong }
}

/// What comes for a closed stream. What was sent before its sender heard of a reset is nobody's mistake; credit and
/// resets may cross the end of a stream.
fn late(closed: Closed, act: Act, from: Sender) -> Verdict {
    match (closed, act) {
        (Closed::Reset(by), act) if by != from && act != Act::Promised => Verdict::Fine,
        (Closed::Forgotten, _) | (Closed::Ended | Closed::Reset(_), Act::WindowUpdate | Act::Reset) => {
            Verdict::Fine
        }
        _ => Verdict::Wrong,
    }
}

fn other(sender: Sender) -> Sender {
    match sender {
        Sender::Client => Sender::Server,
        Sender::Server => Sender::Client,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Sender::{Client, Server};

    const STATES: [StreamState; 9] = [
        StreamState::Idle,
        StreamState::Reserved(Server),
        StreamState::Open,
        StreamState::HalfClosed(Client),
        StreamState::HalfClosed(Server),
        StreamState::Closed(Closed::Ended),
        StreamState::Closed(Closed::Reset(Client)),
        StreamState::Closed(Closed::Reset(Server)),
        StreamState::Closed(Closed::Skipped),
    ];

    /// One letter a state: after the frame, in the order of `STATES`; small where it is wrong.
    fn check(act: Act, from: Sender, expected: &str) {
        let mut row = String::new();
        for state in STATES {
            let (after, verdict) = next(state, act, from);
            let letter = match after {
                StreamState::Idle => 'I',
                StreamState::Reserved(_) => 'P',
                StreamState::Open => 'O',
                StreamState::HalfClosed(Client) => 'C',
                StreamState::HalfClosed(Server) => 'S',
                StreamState::Closed(Closed::Ended) => 'E',
                StreamState::Closed(Closed::Reset(Client)) => 'R',
                StreamState::Closed(Closed::Reset(Server)) => 'T',
                StreamState::Closed(_) => 'X',
            };
            row.push(if verdict == Verdict::Fine { letter } else { letter.to_ascii_lowercase() });
        }
        assert_eq!(row, expected, "{act:?} by {from:?}");
    }

    #[test]
    fn every_frame_in_every_state() {
        let (open, ended) = (End::Open, End::Ended);
        // States before:                                   IPOCSERTX
        check(Act::Headers { end: open }, Client, /*     */ "OpOcSerTx");
        check(Act::Headers { end: ended }, Client, /*    */ "CpCcEerTx");
        check(Act::Headers { end: open }, Server, /*     */ "oCOCseRtx");
        check(Act::Headers { end: ended }, Server, /*    */ "sESEseRtx");
        check(Act::Data { end: open }, Client, /*        */ "ipOcSerTx");
        check(Act::Data { end: ended }, Client, /*       */ "ipCcEerTx");
        check(Act::Data { end: open }, Server, /*        */ "ipOCseRtx");
        check(Act::Data { end: ended }, Server, /*       */ "ipSEseRtx");
        check(Act::Reset, Client, /*                     */ "iRRRRERTx");
        check(Act::Reset, Server, /*                     */ "iTTTTERTx");
        check(Act::WindowUpdate, Client, /*              */ "iPOCSERTx");
        check(Act::WindowUpdate, Server, /*              */ "ipOCSERTx");
        check(Act::Priority, Client, /*                  */ "IPOCSERTX");
        check(Act::Priority, Server, /*                  */ "IPOCSERTX");
        check(Act::Promised, Client, /*                  */ "ppocsertx");
        check(Act::Promised, Server, /*                  */ "Ppocsertx");
        check(Act::Promises, Client, /*                  */ "ipocserTx");
        check(Act::Promises, Server, /*                  */ "ipOCseRtx");
    }
}
