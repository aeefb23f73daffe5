//! The phases of a bar and the marks on it.

use super::Explanation;
use crate::phases::{Mark, Phase};

/// A phase.
pub(crate) fn phase(phase: Phase) -> Explanation {
    match phase {
        Phase::Idle => Explanation::new(
            "idle",
            "The connection is open and no request is under way. That costs no time: the next request on it \
             spares the handshakes of TCP and TLS.",
            "RFC 9112 §9.3",
        ),
        Phase::Blocked => Explanation::new(
            "blocked",
            "The request had to wait for something else: an HTTP/1.1 answer ahead of it, a free HTTP/2 \
             stream, or what lies between the steps of DNS, TCP and TLS. It is time before this request's own \
             turn.",
            "RFC 9112 §9.3.2",
        ),
        Phase::Wait => Explanation::new(
            "wait",
            "From the last octet of the request to the first of its answer. One round trip of it belongs to \
             the network; the rest is mostly the server's, which had to work or to ask others.",
            "RFC 9110 §3.4",
        ),
        Phase::Send => Explanation::new(
            "send",
            "First to last octet of the request. It is short unless the body is large, or a window, a loss \
             or the client itself held it up.",
            "RFC 9110 §6.4",
        ),
        Phase::Receive => Explanation::new(
            "receive",
            "First to last octet of the answer. A large body takes several round trips, because the sender \
             may have only so much in flight and begins with about ten segments.",
            "RFC 5681 §3.1",
        ),
        Phase::Stalled => Explanation::new(
            "stalled",
            "Nothing of the request moved because something was in its way: a loss, a full window, or \
             another answer ahead of it. The request's facts name the cause.",
            "RFC 9293 §3.8",
        ),
        Phase::Dns => Explanation::new(
            "DNS",
            "The lookup of the name that led to this connection. It costs a round trip to the resolver, more \
             where the resolver must ask others; a lost query is repeated only after a second or several.",
            "RFC 1035 §4.2.1",
        ),
        Phase::Teardown => Explanation::new(
            "close",
            "From the first FIN to the last step that answers one. Each side closes its own direction, which \
             takes a round trip or more; no request waits for it.",
            "RFC 9293 §3.6",
        ),
        Phase::Connect => Explanation::new(
            "TCP",
            "First SYN to the last step of the handshake: one round trip before the client may send its \
             request. A lost SYN costs about a second more, because that is how long the client waits before \
             it repeats it.",
            "RFC 9293 §3.5",
        ),
        Phase::Tls => Explanation::new(
            "TLS",
            "ClientHello to the end of the handshake. In full it costs one round trip in TLS 1.3 and two in \
             TLS 1.2 before the request; resumption spares one of those two, and early data lets a TLS 1.3 \
             request go first.",
            "RFC 8446 §2",
        ),
    }
}

/// A moment that covers every phase.
pub(crate) fn mark(mark: Mark) -> Explanation {
    match mark {
        Mark::Reset => Explanation::new(
            "reset",
            "A RST ended the connection at once, and what was on its way may be lost. A process that died, \
             one that closed without reading, or a firewall sends it; requests without an answer have to be \
             repeated elsewhere.",
            "RFC 9293 §3.5.2",
        ),
        Mark::Refused => Explanation::new(
            "refused",
            "The SYN was answered with RST: nobody listens at that port, or a firewall rejects it. The \
             client knows after one round trip, so it loses little time.",
            "RFC 9293 §3.10.7.1",
        ),
        Mark::Unanswered => Explanation::new(
            "no answer",
            "The newest SYN, to which nothing came back: the host is down, a firewall drops it, or the \
             answer takes another way. It is repeated after about 1 s, then after pauses that double, until \
             the client gives up.",
            "RFC 6298 §5",
        ),
        Mark::Gap => Explanation::new(
            "gap in the capture",
            "Octets that the other side acknowledged are not in the capture: the capture lost them, not the \
             network, and it is seen here for the first time. What they said is unknown, so what follows may be \
             told less exactly; a larger capture buffer or a narrower capture filter avoids it.",
            "RFC 9293 §3.4",
        ),
        Mark::Dropped => Explanation::new(
            "dropped while capturing",
            "The interface or the operating system could not keep up and left packets out before this moment; the \
             capture file says so. Nobody knows which ones, so connections around it may miss data that did \
             arrive.",
            "draft-ietf-opsawg-pcapng §4.3",
        ),
        Mark::TlsFailed => Explanation::new(
            "TLS failed",
            "Here the TLS handshake came to nothing: an alert, or a close in the middle of it. The round \
             trips before it are lost, and the next attempt pays for them again.",
            "RFC 8446 §6.2",
        ),
    }
}
