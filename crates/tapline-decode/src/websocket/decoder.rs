//! The memory of a WebSocket connection: where each direction stands in its frames and its messages.
//!
//! ```text
//! header ──► payload ──► header …      gap within a payload: it goes on; elsewhere: Lost
//! ```

use std::ops::Range;

use super::header::{Header, header};
use super::rules::{self, bad_close};
use super::{Close, CloseCode, Frame, Opcode};
use crate::anomaly::{self, Anomaly};
use crate::input::Input;
use crate::limits::WEBSOCKET_CONTROL_MAX;
use crate::pair::Pair;
use crate::parse::{portion, span};
use crate::{Direction, Message, Sink};

/// What the handshake says of the reserved bits (RFC 6455 §9.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extensions {
    /// No extension: the bits are 0.
    None,
    /// permessage-deflate alone: RSV1 begins a compressed message (RFC 7692 §6).
    Deflate,
    /// The handshake was not seen, or names an extension that is not known here.
    Unknown,
}

impl Extensions {
    /// By the values of Sec-WebSocket-Extensions in the 101 response.
    pub(crate) fn of<'a>(values: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut found = Self::None;
        for extension in values.flat_map(|value| value.split(|&b| b == b',')) {
            let name = extension.split(|&b| b == b';').next().unwrap_or_default().trim_ascii();
            match (name, found) {
                (b"", _) => {}
                (b"permessage-deflate", Self::None | Self::Deflate) => found = Self::Deflate,
                _ => found = Self::Unknown,
            }
        }
        found
    }
}

/// A frame whose payload streams past.
#[derive(Debug)]
struct Open {
    header: Header,
    left: u64,
    /// The payload so far, of a close frame.
    held: Vec<u8>,
    complete: bool,
    compressed: bool,
}

/// Whether a direction is over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Closing {
    #[default]
    Open,
    /// A close frame was sent.
    Closed,
    /// Another frame came behind it, and was said.
    Overrun,
}

#[derive(Debug, Default)]
struct Side {
    open: Option<Open>,
    /// A header whose rest has not come.
    held: Vec<u8>,
    /// Where the frame in progress starts.
    start: u64,
    /// Where the next octet is expected.
    next: u64,
    /// A message has begun and not ended.
    within_message: bool,
    closing: Closing,
    /// Where frames begin is not known any more.
    lost: bool,
}

/// Both directions of a WebSocket connection.
#[derive(Debug)]
pub(crate) struct Decoder {
    sides: Pair<Side>,
    client: Option<Direction>,
    extensions: Extensions,
}

impl Decoder {
    pub(crate) fn new(client: Option<Direction>, extensions: Extensions) -> Self {
        Self { sides: Pair::default(), client, extensions }
    }

    pub(crate) fn bytes(&mut self, direction: Direction, offset: u64, octets: &[u8], sink: &mut impl Sink) {
        let mut input = Input { offset, octets };
        while !input.octets.is_empty() && !self.sides.of(direction).lost {
            if self.sides.of(direction).open.is_none() && !self.begin(direction, &mut input, sink) {
                break;
            }
            self.payload(direction, &mut input, sink);
        }
        self.sides.of_mut(direction).next = offset.saturating_add(span(octets.len()));
    }

    /// `length` octets from `offset` on will never come.
    pub(crate) fn gap(&mut self, direction: Direction, offset: u64, length: u64, sink: &mut impl Sink) {
        let side = self.sides.of_mut(direction);
        let end = offset.saturating_add(length);
        side.next = end;
        if side.lost {
            return;
        }
        say(sink, direction, offset..end, anomaly::WEBSOCKET_GAP, "octets are missing");
        if let Some(open) = side.open.as_mut().filter(|open| length <= open.left) {
            open.left -= length;
            open.complete = false;
            if open.left == 0 {
                self.over(direction, end, sink);
            }
            return;
        }
        self.cut(direction, offset, sink);
        self.sides.of_mut(direction).lost = true;
        let detail = "where frames begin is not known behind a gap; the direction is not read further";
        say(sink, direction, end..end, anomaly::WEBSOCKET_LOST, detail);
    }

    /// The direction has ended.
    pub(crate) fn end(&mut self, direction: Direction, sink: &mut impl Sink) {
        let side = self.sides.of(direction);
        if side.open.is_some() || !side.held.is_empty() {
            let (range, detail) = (side.start..side.next, "the stream ends inside a frame");
            say(sink, direction, range.clone(), anomaly::WEBSOCKET_FRAME_CUT, detail);
            self.cut(direction, range.end, sink);
        }
        self.sides.of_mut(direction).lost = true;
    }

    /// What came of the frame in progress is told as it is.
    fn cut(&mut self, direction: Direction, at: u64, sink: &mut impl Sink) {
        let side = self.sides.of_mut(direction);
        side.held = Vec::new();
        if let Some(open) = &mut side.open {
            open.complete = false;
            self.over(direction, at, sink);
        }
    }

    /// Reads a header; false where more octets are needed.
    fn begin(&mut self, direction: Direction, input: &mut Input<'_>, sink: &mut impl Sink) -> bool {
        let side = self.sides.of_mut(direction);
        if side.held.is_empty() {
            side.start = input.offset;
        }
        let Some(header) = input.with_held(&mut side.held, header) else { return false };
        let at = side.start;
        self.found_client(direction, header.mask.is_some(), at, sink);
        self.judge(direction, &header, at, sink);
        let side = self.sides.of_mut(direction);
        let begins_message = !header.opcode.is_control() && header.opcode != Opcode::CONTINUATION;
        let compressed = begins_message && header.reserved & 4 != 0 && self.extensions == Extensions::Deflate;
        if !header.opcode.is_control() {
            side.within_message = !header.fin;
        }
        if header.opcode == Opcode::CLOSE && side.closing == Closing::Open {
            side.closing = Closing::Closed;
        }
        side.open = Some(Open { header, left: header.length, held: Vec::new(), complete: true, compressed });
        true
    }

    /// Only clients mask (RFC 6455 §5.1), so a frame proves who the client is where nothing else did.
    fn found_client(&mut self, direction: Direction, masked: bool, at: u64, sink: &mut impl Sink) {
        if self.client.is_none() {
            let client = if masked { direction } else { direction.flip() };
            self.client = Some(client);
            sink.message(direction, at..at, Message::Client(client));
        }
    }

    /// Says what a header breaks.
    fn judge(&mut self, direction: Direction, header: &Header, at: u64, sink: &mut impl Sink) {
        let side = self.sides.of_mut(direction);
        let after_close = side.closing == Closing::Closed;
        if after_close {
            side.closing = Closing::Overrun;
        }
        let judged =
            rules::broken(header, self.client == Some(direction), self.extensions, side.within_message);
        let after_close =
            after_close.then_some((anomaly::WEBSOCKET_AFTER_CLOSE, "a frame follows a close frame"));
        for (code, detail) in judged.into_iter().chain([after_close]).flatten() {
            say(sink, direction, at..at, code, detail);
        }
    }

    /// Takes octets of the payload, and tells the frame where that is over.
    fn payload(&mut self, direction: Direction, input: &mut Input<'_>, sink: &mut impl Sink) {
        let Some(open) = &mut self.sides.of_mut(direction).open else { return };
        let octets = input.take(portion(open.left, usize::MAX));
        open.left -= span(octets.len());
        if open.header.opcode == Opcode::CLOSE {
            let room = WEBSOCKET_CONTROL_MAX.saturating_sub(open.held.len());
            open.held.extend_from_slice(octets.get(..room).unwrap_or(octets));
        }
        if open.left == 0 {
            self.over(direction, input.offset, sink);
        }
    }

    /// The frame in progress is over.
    fn over(&mut self, direction: Direction, end: u64, sink: &mut impl Sink) {
        let side = self.sides.of_mut(direction);
        let Some(open) = side.open.take() else { return };
        let Open { header, held, complete, compressed, .. } = open;
        let Header { fin, reserved, opcode, length, mask, .. } = header;
        let range = side.start..end;
        let close = (complete && opcode == Opcode::CLOSE).then(|| close(held, mask)).flatten();
        if let Some(detail) = close.as_ref().and_then(bad_close).or((opcode == Opcode::CLOSE && length == 1)
            .then_some("a close frame has one octet, which is no code"))
        {
            say(sink, direction, range.clone(), anomaly::WEBSOCKET_BAD_CLOSE, detail);
        }
        let (masked, close) = (mask.is_some(), close.map(Box::new));
        let frame = Frame { fin, reserved, opcode, masked, length, compressed, complete, close };
        sink.message(direction, range, Message::WebSocket(frame));
    }
}

/// What a close frame says, unmasked; `None` where it says nothing.
fn close(mut payload: Vec<u8>, mask: Option<[u8; 4]>) -> Option<Close> {
    if let Some(key) = mask {
        payload.iter_mut().zip(key.into_iter().cycle()).for_each(|(octet, key)| *octet ^= key);
    }
    let (code, reason) = payload.split_first_chunk::<2>()?;
    Some(Close { code: CloseCode(u16::from_be_bytes(*code)), reason: reason.to_vec() })
}

fn say(
    sink: &mut impl Sink,
    direction: Direction,
    range: Range<u64>,
    code: &'static str,
    detail: &'static str,
) {
    sink.message(direction, range, Message::Anomaly(Anomaly::new(code, detail)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_of_a_handshake() {
        let check = |values: &[&str], expected| {
            let found = Extensions::of(values.iter().map(|value| value.as_bytes()));
            assert_eq!(found, expected, "{values:?}");
        };
        check(&[], Extensions::None);
        check(&["permessage-deflate; server_max_window_bits=12"], Extensions::Deflate);
        check(&["permessage-deflate, x-other"], Extensions::Unknown);
        check(&["x-other", "permessage-deflate"], Extensions::Unknown);
    }
}
