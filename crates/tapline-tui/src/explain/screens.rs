//! The screens and their columns.

use super::Explanation;
use crate::model::Page;

/// What a screen shows.
pub(crate) fn screen(page: Page) -> Explanation {
    match page {
        Page::Overview => Explanation::new(
            "Overview",
            "What is in the capture: counts, the slowest requests, the findings by what they cost, and who \
             talked to whom. Begin here, and press Enter on what looks odd.",
            "tapline",
        ),
        Page::Connections => Explanation::new(
            "Connections",
            "One row for each TCP connection, with the selected one in detail. Sorted by duration or \
             handshake, it shows where time went; by problems, what failed.",
            "RFC 9293 §3.3.2",
        ),
        Page::Timeline => Explanation::new(
            "Timeline",
            "The same connections as bars on one time axis, with their requests on demand. Colours are \
             phases; a long bar of one colour is where the time went.",
            "tapline",
        ),
        Page::Findings => Explanation::new(
            "Findings",
            "What went wrong or cost time, costliest first, each with its packets and the RFC that explains \
             it. What is inferred says so.",
            "tapline",
        ),
        Page::Ladder => Explanation::new(
            "Ladder",
            "The selected connection as a sequence diagram: client on one side, server on the other, an \
             arrow for each event in the order of time. A gap between two arrows is a wait.",
            "RFC 9293 §3.5",
        ),
        Page::Streams => Explanation::new(
            "Streams",
            "The HTTP/2 streams of the selected connection as lanes, with their windows, the header table \
             and priorities. Streams that stop together share a cause, such as the connection's window or a \
             loss.",
            "RFC 9113 §5",
        ),
        Page::Tcp => Explanation::new(
            "TCP",
            "What one side's TCP did over time: sequence numbers and ACKs, round trips, octets in flight. A \
             steep line is a fast transfer, a flat one a wait, a step back a retransmission.",
            "RFC 9293 §3.4",
        ),
        Page::Bytes => Explanation::new(
            "Bytes",
            "The selected event field by field beside its octets: in the packet, in the stream, and as \
             opened by TLS.",
            "tapline",
        ),
    }
}

/// A column of the tables, by what stands above it; `None` for what is none.
pub(crate) fn column(name: &str) -> Option<Explanation> {
    Some(match name {
        "#" => {
            Explanation::new("#", "The connection's number, in the order of their first packets.", "tapline")
        }
        "client" => Explanation::new(
            "client",
            "Address and port of the side that sent the SYN; where none was seen, of the side with the \
             higher port.",
            "RFC 9293 §3.5",
        ),
        "server" => Explanation::new(
            "server",
            "The name that the client asked for (SNI, Host), else address and port. The port is left out \
             where it is 80 or 443.",
            "RFC 6066 §3",
        ),
        "speaks" => Explanation::new(
            "speaks",
            "The protocols from the outside in, found by looking at the octets. Without keys, what is spoken \
             inside TLS may not be known.",
            "RFC 7301 §3.1",
        ),
        "state" => Explanation::new(
            "state",
            "What its TLS handshake failed at, else where TCP is in its life or how it ended.",
            "RFC 9293 §3.3.2",
        ),
        "reqs" => Explanation::new(
            "reqs",
            "HTTP requests on this connection. A number with ≈ is inferred from the sizes and times of \
             encrypted records.",
            "RFC 9112 §9.3",
        ),
        "handshake" => Explanation::new(
            "handshake",
            "The TCP handshake and that of TLS, together: what a request on a new connection waits for. With \
             TLS 1.3 it is about two round trips, with TLS 1.2 three.",
            "RFC 8446 §2",
        ),
        "data" => Explanation::new(
            "data",
            "Octets of payload in both directions, headers of packets left out, repeats counted.",
            "tapline",
        ),
        "lasted" => Explanation::new(
            "lasted",
            "First packet to last. A long time is not slow by itself: most of it may be idle.",
            "tapline",
        ),
        "status" => Explanation::new(
            "status",
            "The status of the answer, or what became of the request without one.",
            "RFC 9110 §15",
        ),
        "body" => Explanation::new(
            "body",
            "Octets of the answer's body as they travelled: a content coding such as gzip is not undone.",
            "RFC 9110 §6.4",
        ),
        "took" => Explanation::new(
            "took",
            "From the request's beginning to the end of its answer, with what it had to wait for before.",
            "RFC 9110 §3.4",
        ),
        "most of it" => Explanation::new(
            "most of it",
            "What took most of the request's time: its longest phase, or what it stood still for where that \
             is at least half as long.",
            "tapline",
        ),
        _ => return None,
    })
}
