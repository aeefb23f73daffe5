//! WebSocket (RFC 6455), after the upgrade of an HTTP/1.1 connection.

mod decoder;
mod fields;
mod header;
mod registry;
mod rules;

pub(crate) use decoder::{Decoder, Extensions};
pub use fields::frame_fields;

/// A frame (RFC 6455 §5.2); its span in the stream covers its header and its payload. The payload is not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "bits of the header, and what was seen of the payload")]
pub struct Frame {
    /// Whether it ends its message.
    pub fin: bool,
    /// The three reserved bits, RSV1 the highest: 0 to 7.
    pub reserved: u8,
    /// What it is; reserved opcodes live.
    pub opcode: Opcode,
    /// Whether its payload is masked.
    pub masked: bool,
    /// Octets of the payload, as the header says.
    pub length: u64,
    /// Whether it begins a message that permessage-deflate compressed (RFC 7692 §6).
    pub compressed: bool,
    /// Whether all octets were seen.
    pub complete: bool,
    /// What a close frame says, where it came whole and says something.
    pub close: Option<Box<Close>>,
}

/// The payload of a close frame (RFC 6455 §5.5.1), unmasked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Close {
    /// Why the sender closes.
    pub code: CloseCode,
    /// The same in words, as sent.
    pub reason: Vec<u8>,
}

/// An opcode, 0 to 15 (RFC 6455 §11.8).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Opcode(pub u8);

/// A close code (RFC 6455 §7.4).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct CloseCode(pub u16);
