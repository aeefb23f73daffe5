//! The open field block of a direction, put together from its fragments (RFC 9113 §4.3).

use crate::http2::frame::Header;
use crate::http2::hpack::{self, Fault};
use crate::http2::{END_HEADERS, END_STREAM, FrameType, HeaderBlock};
use crate::limits::HEADER_BLOCK_WIRE_MAX;

/// A block whose `END_HEADERS` has not come.
#[derive(Debug)]
pub(super) struct OpenBlock {
    pub(super) stream: u32,
    octets: Vec<u8>,
    end_stream: bool,
    /// A fragment is missing or there are too many: it cannot be decoded.
    lost: bool,
}

/// What a fragment brought.
#[derive(Debug)]
pub(super) enum Step {
    /// The block goes on.
    Open(OpenBlock),
    /// The block is whole.
    Whole(Box<HeaderBlock>, Vec<Fault>),
    /// The block is over and cannot be decoded; true where it was longer than is held.
    Lost { too_long: bool },
}

/// The fragment of HEADERS or `PUSH_PROMISE`.
pub(super) fn begin(header: Header, fragment: Option<&[u8]>, hpack: &mut hpack::Decoder) -> Step {
    let end_stream = header.kind == FrameType::HEADERS && header.flags & END_STREAM != 0;
    let (lost, fragment) = (fragment.is_none(), fragment.unwrap_or_default());
    match (header.flags & END_HEADERS != 0, lost) {
        (true, false) => whole(fragment, end_stream, hpack),
        (true, true) => Step::Lost { too_long: false },
        (false, _) => {
            Step::Open(OpenBlock { stream: header.stream, octets: fragment.to_vec(), end_stream, lost })
        }
    }
}

/// The fragment of CONTINUATION.
pub(super) fn go_on(
    mut block: OpenBlock,
    header: Header,
    fragment: Option<&[u8]>,
    hpack: &mut hpack::Decoder,
) -> Step {
    let too_long = block.octets.len() + fragment.map_or(0, <[u8]>::len) > HEADER_BLOCK_WIRE_MAX;
    match fragment {
        Some(fragment) if !block.lost && !too_long => block.octets.extend_from_slice(fragment),
        _ => {
            block.lost = true;
            block.octets = Vec::new();
        }
    }
    match (header.flags & END_HEADERS != 0, block.lost) {
        (true, false) => whole(&block.octets, block.end_stream, hpack),
        (true, true) => Step::Lost { too_long },
        (false, _) if too_long => Step::Lost { too_long },
        (false, _) => Step::Open(block),
    }
}

fn whole(octets: &[u8], end_stream: bool, hpack: &mut hpack::Decoder) -> Step {
    let mut decoded = hpack.decode(octets);
    decoded.block.end_stream = end_stream;
    Step::Whole(Box::new(decoded.block), decoded.faults)
}
