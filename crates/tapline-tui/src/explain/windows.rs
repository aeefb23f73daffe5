//! What holds a sender back, and what waits behind it.

use super::Explanation;

/// What a sender may have on its way at once, by who says so.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Window {
    /// TCP's receiver.
    Receive,
    /// TCP's sender itself.
    Congestion,
    /// The receiver of an HTTP/2 stream.
    Http2Stream,
    /// The receiver of an HTTP/2 connection.
    Http2Connection,
}

/// A window.
pub(crate) fn window(window: Window) -> Explanation {
    match window {
        Window::Receive => Explanation::new(
            "receive window",
            "How many octets the receiver has room for; each of its segments says so. A sender gets at most \
             one window through in a round trip; from 64 KiB on both sides must have agreed on a scale in \
             the handshake.",
            "RFC 7323 §2",
        ),
        Window::Congestion => Explanation::new(
            "congestion window",
            "How many octets the sender dares to have in flight; it travels in no packet. It begins with \
             about ten segments, doubles in each round trip, and shrinks with each loss.",
            "RFC 5681 §3.1",
        ),
        Window::Http2Stream => Explanation::new(
            "stream window",
            "How many octets of DATA the receiver still takes on this stream. It begins with \
             SETTINGS_INITIAL_WINDOW_SIZE, 65,535 if that is not said; at 0 the stream waits for \
             WINDOW_UPDATE.",
            "RFC 9113 §6.9.1",
        ),
        Window::Http2Connection => Explanation::new(
            "connection window",
            "How many octets of DATA the receiver still takes on all streams together. It begins with 65,535 \
             and grows only by WINDOW_UPDATE on stream 0; at 0 every stream waits.",
            "RFC 9113 §6.9.1",
        ),
    }
}

/// That one thing has to wait for another in the same line.
pub(crate) fn head_of_line() -> Explanation {
    Explanation::new(
        "head-of-line blocking",
        "What is first in a line holds up what is behind it, ready or not. HTTP/1.1 answers in order; HTTP/2 \
         does not, but its streams share one TCP connection, where one lost segment makes all of them wait a \
         round trip or more.",
        "RFC 9113 §1",
    )
}
