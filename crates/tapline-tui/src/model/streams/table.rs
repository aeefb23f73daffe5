//! The dynamic header table of a side's blocks at a moment, put together again from the blocks before it: what is
//! inserted goes in front, and as many stay as the table then holds.

use std::collections::VecDeque;

use tapline_analysis::decode::http2::{Form, HeaderBlock, Payload};
use tapline_analysis::{Http2Frame, Sender, printable, text};

use crate::model::Close;

/// The table as a block left it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct HeaderTable {
    /// The newest first: the first has index 62.
    pub(crate) entries: Vec<TableEntry>,
    pub(crate) size_bytes: u32,
    /// `None` where it is not known.
    pub(crate) size_max_bytes: Option<u32>,
    /// The packet of the block that left it so; `None` before the first.
    pub(crate) packet: Option<u64>,
    /// That block's stream.
    pub(crate) stream: u32,
    /// Octets of that block on the wire, and of its names and values.
    pub(crate) block: (u64, u64),
    /// The same of all blocks so far.
    pub(crate) all: (u64, u64),
}

/// An entry, safe to print.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct TableEntry {
    pub(crate) name: String,
    pub(crate) value: String,
    /// The newest block inserted it.
    pub(crate) is_new: bool,
}

/// The table of the blocks that a side sent up to a time, nanoseconds since 1970.
pub(crate) fn table_at(close: &Close, from: Sender, at: i64) -> HeaderTable {
    let mut entries: VecDeque<TableEntry> = VecDeque::new();
    let mut table = HeaderTable::default();
    let blocks = close.frames.iter().filter(|frame| frame.from == from && frame.origin.at.0 <= at);
    for (frame, block) in blocks.filter_map(|frame| Some((frame, block(frame)?))) {
        for entry in &mut entries {
            entry.is_new = false;
        }
        for ((name, value), representation) in block.fields.iter().zip(&block.representations) {
            if representation.form == Form::IncrementalIndexing {
                let safe = |octets| printable(&text(octets)).into_owned();
                entries.push_front(TableEntry { name: safe(name), value: safe(value), is_new: true });
            }
        }
        entries.truncate(usize::try_from(block.table.entries).unwrap_or(usize::MAX));
        table.size_bytes = block.table.size_bytes;
        table.size_max_bytes = block.table.size_max_bytes;
        table.packet = Some(frame.origin.packet);
        table.stream = frame.frame.stream;
        table.block = (block.wire_bytes.into(), block.decoded_bytes.into());
        table.all.0 += table.block.0;
        table.all.1 += table.block.1;
    }
    table.entries = entries.into();
    table
}

fn block(frame: &Http2Frame) -> Option<&HeaderBlock> {
    match &frame.frame.payload {
        Payload::Headers { block, .. }
        | Payload::Continuation { block, .. }
        | Payload::PushPromise { block, .. } => block.as_deref(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use tapline_analysis::decode::Fields;
    use tapline_analysis::decode::http2::{Frame, FrameType, Representation, TableEffect};
    use tapline_analysis::{FrameEffect, Origin, Timestamp};

    use super::*;

    /// A block that inserts a field and leaves so many entries.
    fn frame(at: i64, value: &str, entries: u32) -> Http2Frame {
        let mut fields = Fields::default();
        fields.push(b"x", value.as_bytes());
        let inserted = Representation {
            form: Form::IncrementalIndexing,
            index: None,
            name_huffman: false,
            value_huffman: false,
            wire_bytes: 5,
            unknown_entry: false,
        };
        let table = TableEffect { entries, ..TableEffect::default() };
        let block = HeaderBlock {
            fields,
            representations: vec![inserted],
            wire_bytes: 5,
            decoded_bytes: 10,
            table,
            ..HeaderBlock::default()
        };
        let payload = Payload::Headers {
            priority: None,
            padding: None,
            fragment_length: 5,
            block: Some(Box::new(block)),
        };
        let origin = Origin { packet: at.unsigned_abs(), at: Timestamp(at) };
        Http2Frame {
            connection: 0,
            origin,
            first: origin,
            from: Sender::Client,
            frame: Frame {
                length: 5,
                kind: FrameType::HEADERS,
                flags: 0,
                reserved: false,
                stream: 1,
                payload,
            },
            after: FrameEffect::default(),
        }
    }

    #[test]
    fn what_left_the_table_is_not_shown() {
        let frames = vec![frame(1, "a", 1), frame(2, "b", 2), frame(3, "c", 2), frame(4, "d", 1)];
        let mut close = Close::default();
        close.frames = frames;
        let values = |at| {
            let table = table_at(&close, Sender::Client, at);
            let values: Vec<String> = table.entries.iter().map(|entry| entry.value.clone()).collect();
            (values.join(" "), table.packet, table.all)
        };
        assert_eq!(values(0), (String::new(), None, (0, 0)));
        assert_eq!(values(2), ("b a".into(), Some(2), (10, 20)));
        assert_eq!(values(3), ("c b".into(), Some(3), (15, 30)));
        assert_eq!(values(9), ("d".into(), Some(4), (20, 40)));
        assert_eq!(table_at(&close, Sender::Server, 9), HeaderTable::default());
    }
}
