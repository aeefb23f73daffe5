//! Where a connection is in its life, how it began and how it ended.

use tapline_analysis::{HandshakeKind, ResetPhase, State, TeardownKind};

use super::Explanation;

/// Where a connection is in its life.
pub(crate) fn connection_state(state: State) -> Explanation {
    match state {
        State::Opening => Explanation::new(
            "no answer",
            "A SYN was sent and nothing came back yet. The client repeats it after about a second, then \
             after pauses that double.",
            "RFC 6298 §5",
        ),
        State::HalfOpen => Explanation::new(
            "half-open",
            "The server answered the SYN, and the client's ACK was not seen. The client may have vanished, \
             may have forged its address, or its ACK was lost or not captured.",
            "RFC 9293 §3.5",
        ),
        State::Established => Explanation::new(
            "open",
            "The handshake is over and neither side has closed: data may flow both ways. It was open at the \
             last packet seen.",
            "RFC 9293 §3.3.2",
        ),
        State::Closing => Explanation::new(
            "closing",
            "A FIN was seen, and not yet one of each side with its ACK. The side that has not closed may \
             still send.",
            "RFC 9293 §3.6",
        ),
        State::Closed => Explanation::new(
            "closed",
            "Both sides sent FIN and both FINs were acknowledged: everything that was sent has arrived. The \
             side that closed first remembers the connection for a while, in TIME-WAIT.",
            "RFC 9293 §3.6",
        ),
        State::Refused => Explanation::new(
            "refused",
            "The SYN was answered with RST: nobody listens at that port, or a firewall rejects it. The \
             client knows after one round trip.",
            "RFC 9293 §3.10.7.1",
        ),
        State::Reset => Explanation::new(
            "reset",
            "A RST ended the connection: both sides forget it at once, and what was on its way may be lost. \
             Requests without an answer have to be sent again on a new connection.",
            "RFC 9293 §3.5.3",
        ),
    }
}

/// How a connection was opened, or was not.
pub(crate) fn handshake(kind: HandshakeKind) -> Explanation {
    match kind {
        HandshakeKind::ThreeWay => Explanation::new(
            "three-way handshake",
            "SYN, SYN-ACK, ACK: both sides learn that the other one is there, and where its numbers begin. \
             It costs one round trip before the client's first octet.",
            "RFC 9293 §3.5",
        ),
        HandshakeKind::Simultaneous => Explanation::new(
            "simultaneous open",
            "Both sides sent a SYN before they saw the other's, and each answered with SYN-ACK. It is rare, \
             since both must use the ports that the other expects; programs that go through address \
             translators do it.",
            "RFC 9293 §3.5",
        ),
        HandshakeKind::Split => Explanation::new(
            "split handshake",
            "The server answered the SYN with a SYN of its own, and the client answered that: the roles look \
             exchanged. Hosts accept it, but firewalls and detectors have lost track of the direction.",
            "RFC 9293 §3.5",
        ),
        HandshakeKind::HalfOpen => Explanation::new(
            "no ACK",
            "SYN and SYN-ACK came, the client's ACK did not. The server repeats its SYN-ACK after about a \
             second and gives up in the end; many of these are a sign of a SYN flood.",
            "RFC 9293 §3.5",
        ),
        HandshakeKind::Unanswered => Explanation::new(
            "no answer",
            "A SYN without an answer: the host is down, a firewall drops it, or the answer takes another \
             way. The client loses seconds to minutes until it gives up.",
            "RFC 6298 §5",
        ),
        HandshakeKind::Refused => Explanation::new(
            "refused",
            "The SYN was answered with RST: nobody listens at that port, or a firewall rejects it. It costs \
             one round trip.",
            "RFC 9293 §3.10.7.1",
        ),
        HandshakeKind::SynNotCaptured => Explanation::new(
            "SYN not captured",
            "The SYN-ACK is here, its SYN is not: the capture began between them or sees one direction only. \
             The round trip to the server is not known then.",
            "RFC 9293 §3.5",
        ),
        HandshakeKind::AnswerNotCaptured => Explanation::new(
            "SYN-ACK not captured",
            "The SYN and later segments are here, the SYN-ACK is not: the capture missed it or sees one \
             direction only. The server's options, and so the scale of its window, are not known.",
            "RFC 7323 §2.2",
        ),
        HandshakeKind::NotCaptured => Explanation::new(
            "begun earlier",
            "No SYN of either side: the connection was open when the capture began. Round trips of the \
             handshake and the scale of the windows are not known.",
            "RFC 7323 §2.2",
        ),
    }
}

/// How a connection ended.
pub(crate) fn teardown(kind: TeardownKind) -> Explanation {
    match kind {
        TeardownKind::FourWay => Explanation::new(
            "four-way close",
            "FIN, ACK, FIN, ACK: each side closes its own direction when it has nothing left to send. \
             Between the two FINs the second side could still send.",
            "RFC 9293 §3.6",
        ),
        TeardownKind::ThreeSegment => Explanation::new(
            "three-segment close",
            "FIN, FIN with ACK, ACK: the second side had nothing left to send and closed with the same \
             segment that acknowledged the first FIN. It is the usual end, and takes one round trip.",
            "RFC 9293 §3.6",
        ),
        TeardownKind::Simultaneous => Explanation::new(
            "simultaneous close",
            "Both sides sent FIN before they saw the other's. Nothing is lost, and both sides remember the \
             connection for a while afterwards.",
            "RFC 9293 §3.6",
        ),
        TeardownKind::HalfClosed => Explanation::new(
            "half-closed",
            "Only one side has closed: it sends nothing more, the other one may. Where that lasts, an \
             application has not noticed the FIN and keeps its socket open.",
            "RFC 9293 §3.6.1",
        ),
        TeardownKind::Reset => Explanation::new(
            "reset",
            "A RST ended the connection, whether a FIN had been sent or not. Unlike a FIN it does not wait \
             for data on its way: that may be lost.",
            "RFC 9293 §3.5.3",
        ),
        TeardownKind::None => Explanation::new(
            "not ended",
            "Neither FIN nor RST was seen: the connection outlives the capture, or the capture missed its \
             end.",
            "RFC 9293 §3.3.2",
        ),
    }
}

/// When in a connection's life it was reset.
pub(crate) fn reset(phase: ResetPhase) -> Explanation {
    match phase {
        ResetPhase::Handshake => Explanation::new(
            "reset in the handshake",
            "The RST came before the handshake was over: the port is closed, the server's queue was full, or \
             a firewall intervened. No request was lost.",
            "RFC 9293 §3.5.2",
        ),
        ResetPhase::BeforeData => Explanation::new(
            "reset before any data",
            "The handshake succeeded, and a RST came before either side had sent an octet: a health check, a \
             port scan, or a server that takes no more connections.",
            "RFC 9293 §3.5.2",
        ),
        ResetPhase::MidTransfer => Explanation::new(
            "reset in mid-transfer",
            "The RST came while octets were on their way, and these are lost. A crash, a time limit, a full \
             proxy or a firewall does it; HTTP clients may repeat only what is safe to repeat.",
            "RFC 9293 §3.5.3",
        ),
        ResetPhase::Idle => Explanation::new(
            "reset with nothing in flight",
            "Everything that was sent had been acknowledged: an application aborted instead of closing, or \
             its process died. It spares the wait in TIME-WAIT and loses nothing.",
            "RFC 9293 §3.10.5",
        ),
        ResetPhase::AfterFin => Explanation::new(
            "reset after a FIN",
            "One side had closed, and the RST came before the other one had: most often the first side \
             closed completely and then got data that nobody would read.",
            "RFC 9293 §3.6.1",
        ),
        ResetPhase::AfterClose => Explanation::new(
            "reset after the close",
            "Both sides had closed before the RST came. It answers a segment that came too late, and nothing \
             is lost.",
            "RFC 9293 §3.5.2",
        ),
    }
}
