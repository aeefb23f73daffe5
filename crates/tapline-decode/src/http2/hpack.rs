//! HPACK: field blocks decoded, each with its representation, against tables that can be looked at (RFC 7541).

mod decoder;
pub(super) mod huffman;
pub(super) mod integer;
mod table;

use std::borrow::Cow;

pub use decoder::{Decoded, Decoder};
pub use table::{Entry, STATIC};

use crate::anomaly::{self, Anomaly};

/// Stands for a name that was inserted before the capture began. No field name has this form.
pub const UNKNOWN_NAME: &[u8] = b"<unknown name>";
/// Stands for a value that was inserted before the capture began.
pub const UNKNOWN_VALUE: &[u8] = b"<unknown value>";

/// What was wrong with a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Index 0 (RFC 7541 §6.1).
    IndexZero,
    /// An index beyond the table: inserted before the capture began, or never.
    UnknownIndex(u32),
    /// An integer above 32 bits.
    IntegerTooLarge,
    /// The block ends inside a representation.
    BrokenOff,
    /// EOS inside a Huffman string (RFC 7541 §5.2).
    HuffmanEos,
    /// A Huffman string with wrong padding (RFC 7541 §5.2).
    HuffmanPadding,
    /// A table size update after a field (RFC 7541 §4.2).
    SizeUpdateLate,
    /// A table size update above what the receiver allows (RFC 7541 §6.3).
    SizeUpdateAboveLimit(u32),
    /// No table size update after the receiver lowered its limit (RFC 7541 §4.2).
    SizeUpdateMissing,
    /// More decoded octets than [`crate::limits::HEADER_BLOCK_DECODED_MAX`].
    DecodedTooLong,
}

impl Fault {
    /// The code it is reported with.
    pub fn code(&self) -> &'static str {
        match self {
            Self::IndexZero => anomaly::HPACK_INDEX_ZERO,
            Self::UnknownIndex(_) => anomaly::HPACK_UNKNOWN_INDEX,
            Self::IntegerTooLarge => anomaly::HPACK_INTEGER_TOO_LARGE,
            Self::BrokenOff => anomaly::HPACK_BROKEN_OFF,
            Self::HuffmanEos => anomaly::HPACK_HUFFMAN_EOS,
            Self::HuffmanPadding => anomaly::HPACK_HUFFMAN_PADDING,
            Self::SizeUpdateLate => anomaly::HPACK_SIZE_UPDATE_LATE,
            Self::SizeUpdateAboveLimit(_) => anomaly::HPACK_SIZE_UPDATE_ABOVE_LIMIT,
            Self::SizeUpdateMissing => anomaly::HPACK_SIZE_UPDATE_MISSING,
            Self::DecodedTooLong => anomaly::HPACK_DECODED_TOO_LONG,
        }
    }
}

impl From<&Fault> for Anomaly {
    fn from(fault: &Fault) -> Self {
        let detail: Cow<'static, str> = match fault {
            Fault::IndexZero => "the field block points at index 0, which names nothing".into(),
            Fault::UnknownIndex(index) => {
                format!("index {index} points at a table entry that this capture never saw").into()
            }
            Fault::IntegerTooLarge => "an integer of the field block is above 32 bits".into(),
            Fault::BrokenOff => "the field block ends inside a representation".into(),
            Fault::HuffmanEos => "a Huffman-coded string holds the EOS symbol".into(),
            Fault::HuffmanPadding => {
                "a Huffman-coded string is padded with other than up to 7 one bits".into()
            }
            Fault::SizeUpdateLate => "a table size update stands after the first field of its block".into(),
            Fault::SizeUpdateAboveLimit(size) => {
                format!("the table is set to {size} octets, more than the receiver allows").into()
            }
            Fault::SizeUpdateMissing => {
                "the receiver lowered the table size, but the next block does not begin with an update".into()
            }
            Fault::DecodedTooLong => "the decoded field block is longer than is kept".into(),
        };
        Self { code: fault.code(), detail }
    }
}
