//! Frames of WebSocket.

use super::Explanation;

/// A frame by its opcode, four bits.
pub(crate) fn websocket_opcode(opcode: u8) -> Explanation {
    match opcode {
        0x0 => Explanation::new(
            "continuation",
            "A further part of a message that did not fit one frame, or whose length was not known when it \
             began. Control frames may come in between.",
            "RFC 6455 §5.4",
        ),
        0x1 => Explanation::new(
            "text",
            "A message in UTF-8, or its beginning. What the client sends is masked, so that proxies cannot \
             take it for HTTP.",
            "RFC 6455 §5.6",
        ),
        0x2 => Explanation::new(
            "binary",
            "A message of octets, or its beginning; the application says what they mean.",
            "RFC 6455 §5.6",
        ),
        0x8 => Explanation::new(
            "close",
            "The sender will send nothing more, with a code and perhaps a reason. The other side answers \
             with a close, then the server ends TCP.",
            "RFC 6455 §5.5.1",
        ),
        0x9 => Explanation::new(
            "ping",
            "Asks the other side for a pong with the same octets. It measures a round trip and keeps an idle \
             connection from being forgotten.",
            "RFC 6455 §5.5.2",
        ),
        0xa => {
            Explanation::new("pong", "The answer to a ping; without one, a sign of life.", "RFC 6455 §5.5.3")
        }
        0x3..=0x7 => Explanation::new(
            "reserved data frame",
            "An opcode that is kept for data frames to come. A receiver that does not know it has to fail \
             the connection.",
            "RFC 6455 §5.2",
        ),
        _ => Explanation::new(
            "reserved control frame",
            "An opcode that is kept for control frames to come. A receiver that does not know it has to fail \
             the connection.",
            "RFC 6455 §5.2",
        ),
    }
}
