//! Why an exchange stood still.

use tapline_analysis::Cause;

use super::Explanation;

/// A cause of a stall.
pub(crate) fn cause(cause: Cause) -> Explanation {
    match cause {
        Cause::NetworkRoundTrip => Explanation::new(
            "round trip",
            "The way to the other side and back: nothing could come sooner. Only a nearer server, or fewer \
             round trips, makes it shorter.",
            "RFC 6298 §3",
        ),
        Cause::Loss => Explanation::new(
            "loss",
            "Octets were lost and had to be sent again. After three duplicate ACKs that costs about one \
             round trip; after a timeout it costs 200 ms on most systems and often more, because the sender \
             waits for its timer.",
            "RFC 5681 §3.2",
        ),
        Cause::ZeroWindow => Explanation::new(
            "zero window",
            "The receiver announced a window of zero: its buffer is full because its application does not \
             read. The sender has to stop until a window update comes, and may only probe.",
            "RFC 9293 §3.8.6",
        ),
        Cause::ReceiveWindow => Explanation::new(
            "receive window",
            "The sender had filled the receiver's window, which is smaller than what a round trip carries. \
             It then gets one window through in each round trip, however fast the network is; a larger \
             buffer helps.",
            "RFC 7323 §2",
        ),
        Cause::CongestionWindow => Explanation::new(
            "congestion window",
            "The sender had as much in flight as its congestion window allows, and waited for ACKs. On a new \
             connection that is about ten segments, doubled in each round trip until a loss cuts it. \
             Inferred from the timing.",
            "RFC 5681 §3.1",
        ),
        Cause::DelayedAck => Explanation::new(
            "delayed ACK",
            "A small segment waited until the one before it was acknowledged, and the receiver held that ACK \
             back: often for 40 ms, at most 500 ms. TCP_NODELAY, or one write instead of two, avoids it. \
             Inferred from the timing.",
            "RFC 9293 §3.8.6.3",
        ),
        Cause::Http2ConnectionWindow => Explanation::new(
            "connection window",
            "The streams together had used up the connection's window, so none could send DATA until a \
             WINDOW_UPDATE on stream 0. That window begins with 65,535 octets, and SETTINGS cannot enlarge \
             it.",
            "RFC 9113 §6.9.2",
        ),
        Cause::Http2StreamWindow => Explanation::new(
            "stream window",
            "The stream had used up its window and waited for WINDOW_UPDATE, while other streams could go \
             on. It costs up to a round trip each time; a larger SETTINGS_INITIAL_WINDOW_SIZE of the \
             receiver avoids it.",
            "RFC 9113 §6.9.1",
        ),
        Cause::HeadOfLine => Explanation::new(
            "head of line",
            "The connection was busy with something else: an earlier answer, as HTTP/1.1 answers in order, \
             other streams, or a stream that had to become free. It lasts as long as what is ahead.",
            "RFC 9112 §9.3.2",
        ),
        Cause::Server => Explanation::new(
            "server",
            "The server had nothing to send, and the network's part is taken off: it computed, or waited for \
             a database or another server. Only its own logs can tell more.",
            "RFC 9110 §3.3",
        ),
        Cause::Client => Explanation::new(
            "client",
            "The client had nothing to send: it paused in the middle of its request. Neither the network nor \
             the server can make that shorter.",
            "RFC 9110 §3.3",
        ),
        Cause::ClientNotReading => Explanation::new(
            "client not reading",
            "The answer had arrived and filled the client's receive buffer, and the application did not take \
             it from there. Until it reads, TCP makes the server wait.",
            "RFC 9293 §3.8.6",
        ),
        Cause::ServerNotReading => Explanation::new(
            "server not reading",
            "The request had arrived and filled the server's receive buffer, and the application did not \
             take it from there. Until it reads, TCP makes the client wait.",
            "RFC 9293 §3.8.6",
        ),
        Cause::Unknown => Explanation::new(
            "not known",
            "The capture does not tell: octets of this stretch are missing from it. A capture with a larger \
             buffer, or nearer to the host, may show the cause.",
            "RFC 9293 §3.4",
        ),
    }
}
