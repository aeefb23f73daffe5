//! A DATA frame as it streams past (RFC 9113 §6.1).

use crate::Direction;
use crate::Sink;
use crate::http2::frame::Header;
use crate::http2::{PADDED, Payload};
use crate::input::Input;
use crate::parse::{length, portion};

/// Where a DATA frame stands: `[pad length] content padding`.
#[derive(Debug)]
pub(super) struct Data {
    pub(super) header: Header,
    /// The Pad Length octet has not come.
    expects_pad_length: bool,
    padding: Option<u8>,
    content_length: u32,
    content_left: u32,
    padding_left: u32,
    complete: bool,
    /// The padding claims more than the payload has.
    malformed: bool,
}

impl Data {
    pub(super) fn new(header: Header) -> Self {
        let padded = header.flags & PADDED != 0;
        Self {
            header,
            expects_pad_length: padded && header.length > 0,
            padding: None,
            content_length: header.length,
            content_left: header.length,
            padding_left: 0,
            complete: true,
            malformed: padded && header.length == 0,
        }
    }

    /// Octets of the payload that have not come.
    pub(super) fn left(&self) -> u64 {
        u64::from(self.content_left) + u64::from(self.padding_left)
    }

    pub(super) fn is_malformed(&self) -> bool {
        self.malformed
    }

    /// Takes what is there; content goes straight on.
    pub(super) fn feed(&mut self, direction: Direction, input: &mut Input<'_>, sink: &mut impl Sink) {
        if self.expects_pad_length
            && let Some(&[pad_length]) = input.take(1).first_chunk::<1>()
        {
            self.pad_length(pad_length);
        }
        let content = input.take(portion(u64::from(self.content_left), usize::MAX));
        if !content.is_empty() && !self.expects_pad_length {
            self.content_left -= length(content.len());
            sink.body(direction, self.header.stream, content);
        }
        let padding = input.take(portion(u64::from(self.padding_left), usize::MAX));
        self.padding_left -= length(padding.len());
    }

    fn pad_length(&mut self, pad_length: u8) {
        self.expects_pad_length = false;
        let rest = self.header.length - 1;
        self.padding = Some(pad_length);
        let content = rest.checked_sub(u32::from(pad_length));
        self.malformed = content.is_none();
        self.content_length = content.unwrap_or(0);
        self.padding_left = rest - self.content_length;
        self.content_left = self.content_length;
    }

    /// Steps over octets that will never come, not more than are left.
    pub(super) fn skip(&mut self, missing: u64) {
        self.complete = false;
        if self.expects_pad_length && missing > 0 {
            // How much is padding is lost with its octet: all counts as content.
            self.expects_pad_length = false;
        }
        let content = missing.min(u64::from(self.content_left));
        self.content_left -= u32::try_from(content).unwrap_or(self.content_left);
        let padding = (missing - content).min(u64::from(self.padding_left));
        self.padding_left -= u32::try_from(padding).unwrap_or(self.padding_left);
    }

    /// What the frame said, once it is over.
    pub(super) fn payload(&self) -> Payload {
        if self.malformed {
            return Payload::Malformed(Vec::new());
        }
        let complete = self.complete && self.left() == 0;
        Payload::Data { content_length: self.content_length, padding: self.padding, complete }
    }
}
