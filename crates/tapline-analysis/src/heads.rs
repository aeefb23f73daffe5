//! Room for the fields of HTTP/2 until they are told.
//!
//! A few octets can name one large entry of the header table again and again (RFC 7541 §7.3), and what they became is kept:
//! with a stream until that ends, with an event until its batch is told. What is far longer than it was on the wire takes
//! room, which all connections of a shard share; where there is none, a block keeps its short fields.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tapline_decode::http2::{HeaderBlock, Message, Payload};
use tapline_decode::{Anomaly, Fields};

use crate::limits::{HEADS_GROWN_BYTES_MAX, HEADS_GROWTH, HEADS_SHORT_BYTES, HEADS_WINDOW_PACKETS};

/// The octets of a frame's head, which belong to a block.
const FRAME_HEAD_BYTES: u64 = 9;

/// The room of a shard.
#[derive(Default)]
pub(crate) struct Heads {
    /// What batches may hold is counted by packets: which packets make a batch depends on threads.
    window: u64,
    in_window: u64,
    /// What streams hold that have not ended.
    open: Arc<AtomicU64>,
}

/// What a stream holds; given back when it is dropped.
#[derive(Default)]
pub(crate) struct Held {
    bytes: u64,
    of: Option<Arc<AtomicU64>>,
}

impl Heads {
    /// Cuts a message's fields to what there is room for by the packet that completed it; says so where that is less.
    pub(crate) fn fit(&mut self, message: &mut Message, packet: u64) -> Option<Anomaly> {
        let Message::Frame(frame) = message else { return None };
        let block = match &mut frame.payload {
            Payload::Headers { block, .. }
            | Payload::PushPromise { block, .. }
            | Payload::Continuation { block, .. } => block.as_deref_mut()?,
            _ => return None,
        };
        let grown = grown(block);
        if grown == 0 {
            return None;
        }
        let window = packet / HEADS_WINDOW_PACKETS;
        if window != self.window {
            (self.window, self.in_window) = (window, 0);
        }
        let used = self.in_window.max(self.open.load(Ordering::Relaxed));
        if used + grown <= HEADS_GROWN_BYTES_MAX {
            self.in_window += grown;
            return None;
        }
        let before = block.fields.len();
        keep_short(block);
        let left_out = before - block.fields.len();
        let detail = format!(
            "{left_out} of {before} fields are not kept: blocks here are far longer than on the wire"
        );
        Some(Anomaly { code: "http2_fields_not_kept", detail: detail.into() })
    }

    /// A stream holds a block's fields from now on.
    pub(crate) fn hold(&self, held: &mut Held, block: &HeaderBlock) {
        let bytes = grown(block);
        if bytes > 0 {
            held.bytes += bytes;
            held.of.get_or_insert_with(|| Arc::clone(&self.open)).fetch_add(bytes, Ordering::Relaxed);
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(open) = &self.of {
            open.fetch_sub(self.bytes, Ordering::Relaxed);
        }
    }
}

/// Octets by which a block is longer than what is usual for one of its size on the wire.
fn grown(block: &HeaderBlock) -> u64 {
    let table = block.table_entries.as_ref().map_or(0, |_| u64::from(block.table.size_bytes));
    let decoded = block.fields.octets_len() as u64 + table;
    decoded.saturating_sub(HEADS_GROWTH * (u64::from(block.wire_bytes) + FRAME_HEAD_BYTES))
}

/// Leaves of a block what is short, in all and each.
fn keep_short(block: &mut HeaderBlock) {
    let (mut fields, mut representations) = (Fields::default(), Vec::new());
    let mut room = HEADS_SHORT_BYTES;
    for ((name, value), representation) in block.fields.iter().zip(&block.representations) {
        match room.checked_sub(name.len() + value.len()) {
            Some(left) => {
                room = left;
                fields.push(name, value);
                representations.push(*representation);
            }
            None => block.missing_fields += 1,
        }
    }
    (block.fields, block.representations) = (fields, representations);
    block.table_entries = None;
}

#[cfg(test)]
mod tests {
    use tapline_decode::http2::{Form, Frame, Representation};

    use super::*;

    /// A block of one field whose value is so long, of so many octets on the wire.
    fn block(octets: usize, wire_bytes: u32) -> HeaderBlock {
        let mut fields = Fields::default();
        fields.push(b"a", &vec![b'x'; octets - 1]);
        let representation = Representation {
            form: Form::Indexed,
            index: Some(62),
            name_huffman: false,
            value_huffman: false,
            wire_bytes: 1,
            unknown_entry: false,
        };
        HeaderBlock { fields, representations: vec![representation], wire_bytes, ..HeaderBlock::default() }
    }

    #[test]
    fn what_is_so_many_times_as_long_as_on_the_wire_takes_no_room() {
        let usual = usize::try_from(HEADS_GROWTH).unwrap() * 100;
        assert_eq!([usual, usual + 1].map(|octets| grown(&block(octets, 91))), [0, 1]);
    }

    #[test]
    fn where_there_is_no_room_short_fields_stay() {
        let kept = |octets: usize| {
            let mut block = block(octets, 10);
            keep_short(&mut block);
            (block.fields.len(), block.representations.len(), block.missing_fields)
        };
        assert_eq!(kept(HEADS_SHORT_BYTES), (1, 1, 0));
        assert_eq!(kept(HEADS_SHORT_BYTES + 1), (0, 0, 1));
    }

    #[test]
    fn what_may_wait_to_be_told_is_counted_by_the_batch() {
        let headers = || {
            let block = Some(Box::new(block(usize::try_from(HEADS_GROWN_BYTES_MAX).unwrap() / 2, 10)));
            let payload = Payload::Headers { priority: None, padding: None, fragment_length: 10, block };
            let kind = tapline_decode::http2::FrameType::HEADERS;
            Message::Frame(Frame { length: 10, kind, flags: 4, reserved: false, stream: 1, payload })
        };
        let mut heads = Heads::default();
        let mut fits = |packet| heads.fit(&mut headers(), packet).is_none();
        assert!(fits(1) && fits(2) && !fits(HEADS_WINDOW_PACKETS - 1));
        assert!(fits(HEADS_WINDOW_PACKETS), "a batch later there is room again");
    }
}
