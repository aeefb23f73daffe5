//! HTTP/2 (RFC 9113, RFC 7541).

mod decoder;
mod fields;
mod frame;
pub mod hpack;
mod plausible;
mod registry;

use crate::Fields;

pub(crate) use decoder::{Decoder, PREFACE};
pub use fields::frame_fields;
pub(crate) use frame::{header as frame_header, setting_list};
pub(crate) use plausible::is_plausible;
pub use registry::*;

/// What the decoder says of an HTTP/2 connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// The client's connection preface (RFC 9113 §3.4).
    Preface,
    /// An upgrade from HTTP/1.1, said by the direction that agreed: the client's first settings, which its request
    /// carried and the 101 response acknowledges (RFC 7540 §3.2.1).
    Upgraded(Vec<Setting>),
    /// A frame.
    Frame(Frame),
}

/// A frame (RFC 9113 §4.1); its span in the stream covers the nine octets of its header and its payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Octets of the payload, as the header says.
    pub length: u32,
    /// The type; unassigned types live.
    pub kind: FrameType,
    /// The flags as sent, unassigned ones too.
    pub flags: u8,
    /// The reserved bit before the stream identifier.
    pub reserved: bool,
    /// The stream identifier.
    pub stream: u32,
    /// What the payload says.
    pub payload: Payload,
}

/// A frame type of the HTTP/2 registry, by number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct FrameType(pub u8);

/// A payload by frame type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// RFC 9113 §6.1.
    Data {
        /// Octets of content, padding excluded.
        content_length: u32,
        /// Padding octets, the Pad Length field excluded; `None` without the PADDED flag.
        padding: Option<u8>,
        /// Whether all octets were seen.
        complete: bool,
    },
    /// RFC 9113 §6.2.
    Headers {
        /// The deprecated priority fields, where the PRIORITY flag is set.
        priority: Option<Priority>,
        /// Padding octets; `None` without the PADDED flag.
        padding: Option<u8>,
        /// Octets of the field block fragment in this frame.
        fragment_length: u32,
        /// The decoded block, on the frame that ends it (this one, or the last CONTINUATION).
        block: Option<Box<HeaderBlock>>,
    },
    /// RFC 9113 §6.3.
    Priority(Priority),
    /// RFC 9113 §6.4.
    RstStream {
        /// Why the stream was ended.
        error: ErrorCode,
    },
    /// RFC 9113 §6.5. Empty for an acknowledgement.
    Settings(Vec<Setting>),
    /// RFC 9113 §6.6.
    PushPromise {
        /// The stream that is reserved.
        promised_stream: u32,
        /// Padding octets; `None` without the PADDED flag.
        padding: Option<u8>,
        /// Octets of the field block fragment in this frame.
        fragment_length: u32,
        /// The decoded block, on the frame that ends it.
        block: Option<Box<HeaderBlock>>,
    },
    /// RFC 9113 §6.7.
    Ping([u8; 8]),
    /// RFC 9113 §6.8.
    GoAway {
        /// The highest stream that was or may be processed.
        last_stream: u32,
        /// Why the connection ends.
        error: ErrorCode,
        /// Opaque debug data, as sent.
        debug: Vec<u8>,
    },
    /// RFC 9113 §6.9.
    WindowUpdate {
        /// Octets added to the window; 0 is a protocol error.
        increment: u32,
    },
    /// RFC 9113 §6.10.
    Continuation {
        /// Octets of the field block fragment in this frame.
        fragment_length: u32,
        /// The decoded block, where this frame ends it.
        block: Option<Box<HeaderBlock>>,
    },
    /// RFC 7838 §4.
    AltSvc {
        /// The origin it is for; empty means the stream's own.
        origin: Vec<u8>,
        /// The `Alt-Svc` field value.
        value: Vec<u8>,
    },
    /// RFC 8336 §2: the origins, as sent.
    Origin(Vec<Vec<u8>>),
    /// RFC 9218 §7.1.
    PriorityUpdate {
        /// The stream it is for.
        prioritized_stream: u32,
        /// The `Priority` field value.
        value: Vec<u8>,
    },
    /// An unassigned type: its payload, up to [`crate::limits`].
    Unknown(Vec<u8>),
    /// The payload does not fit its type; an anomaly with the reason stands beside it.
    Malformed(Vec<u8>),
}

/// The deprecated priority fields (RFC 7540 §5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Priority {
    /// Whether the stream becomes the only child.
    pub exclusive: bool,
    /// The stream it depends on.
    pub dependency: u32,
    /// Weight 1 to 256 (the octet on the wire plus one).
    pub weight: u16,
}

/// One setting (RFC 9113 §6.5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Identifier of the HTTP/2 settings registry.
    pub id: u16,
    /// Its value.
    pub value: u32,
}

/// A setting's identifier of the HTTP/2 registry, by number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct SettingId(pub u16);

/// An error code of the HTTP/2 registry (RFC 9113 §7).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ErrorCode(pub u32);

/// A field block, decoded (RFC 7541).
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct HeaderBlock {
    /// The fields in wire order, pseudo-fields first where the sender kept to the rules.
    pub fields: Fields,
    /// How each of `fields` was represented, in the same order.
    pub representations: Vec<Representation>,
    /// Octets of the whole block on the wire, all its fragments together.
    pub wire_bytes: u32,
    /// Octets of all names and values, decoded.
    pub decoded_bytes: u32,
    /// Dynamic table size updates at the block's start (RFC 7541 §6.3).
    pub size_updates: Vec<u32>,
    /// Fields that are not known in full: their table entry was never seen (they stand as placeholders), the
    /// block broke off, or it was longer than is kept (they are left out).
    pub missing_fields: u32,
    /// The first frame of the block carried `END_STREAM`.
    pub end_stream: bool,
    /// What the block did to its sender's dynamic table.
    pub table: TableEffect,
    /// The dynamic table after the block, newest entry (index 62) first, where [`crate::Sink::wants_tables`].
    pub table_entries: Option<Vec<hpack::Entry>>,
}

/// A dynamic table after a block, and what the block did to it (RFC 7541 §2.3.2). Entries that were inserted before
/// the capture began are not among the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct TableEffect {
    /// Entries in the table.
    pub entries: u32,
    /// What they count: octets of names and values, and 32 for each entry (RFC 7541 §4.1).
    pub size_bytes: u32,
    /// What they may count; `None` where the capture began later or lost octets, and no update has said it since.
    pub size_max_bytes: Option<u32>,
    /// Entries that the block inserted.
    pub inserted: u32,
    /// Entries that left: to make room, by a size update, or because the receiver lowered its limit before the block.
    pub evicted: u32,
}

/// How a field was represented (RFC 7541 §6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Representation {
    /// Which of the four forms.
    pub form: Form,
    /// The index of the whole field or of its name; `None` where the name was literal.
    pub index: Option<u32>,
    /// Whether the literal name was Huffman-coded.
    pub name_huffman: bool,
    /// Whether the literal value was Huffman-coded.
    pub value_huffman: bool,
    /// Octets of this representation on the wire.
    pub wire_bytes: u32,
    /// Whether the entry it points at was inserted before the capture began, so that name or value stand as
    /// a placeholder.
    pub unknown_entry: bool,
}

/// The four forms of a field representation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// RFC 7541 §6.1.
    Indexed,
    /// RFC 7541 §6.2.1.
    IncrementalIndexing,
    /// RFC 7541 §6.2.2.
    WithoutIndexing,
    /// RFC 7541 §6.2.3.
    NeverIndexed,
}
