//! The payload of each type (RFC 9113 §6, RFC 7838, RFC 8336, RFC 9218).

use tapline_packet::field::{Cursor, hex, printable};

use super::{Header, block, stream, word};
use crate::http2::{
    ACK, ENABLE_PUSH, END_HEADERS, ErrorCode, Frame, FrameType, HEADER_TABLE_SIZE, HeaderBlock,
    INITIAL_WINDOW_SIZE, MAX_CONCURRENT_STREAMS, MAX_FRAME_SIZE, MAX_HEADER_LIST_SIZE, PADDED, PRIORITY,
    Payload, setting_name,
};

/// All of the cursor's octets.
pub(super) fn payload(cursor: &mut Cursor<'_>, header: Header, known: Option<&Frame>) -> Option<()> {
    let block = known.and_then(|frame| field_block(&frame.payload));
    match header.kind {
        FrameType::DATA => padded(cursor, header, "http2.data.padding", |cursor| {
            cursor.rest("http2.data.data", "Data");
            Some(())
        }),
        FrameType::HEADERS => padded(cursor, header, "http2.headers.padding", |cursor| {
            if header.flags & PRIORITY != 0 {
                priority(cursor)?;
            }
            block::fragment(cursor, "http2.headers", is_whole(header), block);
            Some(())
        }),
        FrameType::PUSH_PROMISE => padded(cursor, header, "http2.push_promise.padding", |cursor| {
            let names = ["http2.push_promise.r", "http2.push_promise.promised_stream_id"];
            stream(cursor, names, "Promised Stream ID")?;
            block::fragment(cursor, "http2.push_promise.header", is_whole(header), block);
            Some(())
        }),
        FrameType::CONTINUATION => {
            block::last_fragment(cursor, "http2.continuation.header", block);
            Some(())
        }
        FrameType::PRIORITY => priority(cursor),
        FrameType::RST_STREAM => error(cursor, "http2.rst_stream.error"),
        FrameType::SETTINGS => settings(cursor, header.flags & ACK != 0),
        FrameType::PING if header.flags & ACK != 0 => cursor.octets("http2.pong", "Pong", 8).map(|_| ()),
        FrameType::PING => cursor.octets("http2.ping", "Ping", 8).map(|_| ()),
        FrameType::GOAWAY => {
            stream(cursor, ["http2.goway.r", "http2.goaway.last_stream_id"], "Last Stream ID")?;
            error(cursor, "http2.goaway.error")?;
            cursor.rest_as("http2.goaway.addata", "Additional Debug Data", printable);
            Some(())
        }
        FrameType::WINDOW_UPDATE => {
            let names = ["http2.window_update.r", "http2.window_update.window_size_increment"];
            stream(cursor, names, "Window Size Increment").map(|_| ())
        }
        FrameType::ALTSVC => {
            text16(cursor, ["http2.altsvc.origin.len", "http2.altsvc.origin"])?;
            cursor.rest_as("http2.altsvc.field_value", "Field Value", printable);
            Some(())
        }
        FrameType::ORIGIN => {
            while !cursor.is_empty() {
                cursor.heading("http2.origin", "Origin", |cursor| {
                    text16(cursor, ["http2.origin.origin_len", "http2.origin.origin"])
                })?;
            }
            Some(())
        }
        FrameType::PRIORITY_UPDATE => {
            let names = ["http2.priority_update.r", "http2.priority_update_stream_id"];
            stream(cursor, names, "Prioritized Stream ID")?;
            cursor.rest_as("http2.priority_update_field_value", "Priority Field Value", printable);
            Some(())
        }
        _ => {
            cursor.rest_as("http2.unknown", "Unknown", hex);
            Some(())
        }
    }
}

/// Whether the frame has its whole field block, if it has one.
fn is_whole(header: Header) -> bool {
    header.flags & END_HEADERS != 0
}

fn field_block(payload: &Payload) -> Option<&HeaderBlock> {
    match payload {
        Payload::Headers { block, .. }
        | Payload::PushPromise { block, .. }
        | Payload::Continuation { block, .. } => block.as_deref(),
        _ => None,
    }
}

/// What stands between Pad Length and padding (RFC 9113 §6.1).
fn padded(
    cursor: &mut Cursor<'_>,
    header: Header,
    padding: &'static str,
    content: impl FnOnce(&mut Cursor<'_>) -> Option<()>,
) -> Option<()> {
    if header.flags & PADDED == 0 {
        return content(cursor);
    }
    let pad_length = usize::from(cursor.u8("http2.padding", "Pad Length")?);
    let Some(length) = cursor.left().len().checked_sub(pad_length) else {
        cursor.refuse("Padding", format!("{pad_length} octets, more than the payload has"));
        return None;
    };
    cursor.part(length, content);
    cursor.rest_as(padding, "Padding", hex);
    Some(())
}

/// RFC 7540 §5.3; the weight is one more than the octet.
fn priority(cursor: &mut Cursor<'_>) -> Option<()> {
    let names = ["http2.exclusive", "http2.stream_dependency"];
    word(cursor, names, ["Exclusive", "Stream Dependency"], "Stream Dependency")?;
    cursor.u8("http2.headers.weight", "Weight, less 1").map(|_| ())
}

fn error(cursor: &mut Cursor<'_>, name: &'static str) -> Option<()> {
    let show = |code| match ErrorCode(code).name() {
        Some(name) => format!("{name} ({code})"),
        None => code.to_string(),
    };
    cursor.u32_as(name, "Error", show).map(|_| ())
}

/// RFC 9113 §6.5.1; an acknowledgement has none.
fn settings(cursor: &mut Cursor<'_>, acknowledges: bool) -> Option<()> {
    if acknowledges {
        return Some(());
    }
    while !cursor.is_empty() {
        let said = cursor.heading("http2.settings", "Setting", |cursor| {
            let show = |id| match setting_name(id) {
                Some(name) => format!("{name} ({id})"),
                None => id.to_string(),
            };
            let id = cursor.u16_as("http2.settings.id", "Identifier", show)?;
            let value = cursor.u32(value_name(id), "Value")?;
            Some(format!("{}: {value}", show(id)))
        });
        cursor.describe(said?);
    }
    Some(())
}

fn value_name(id: u16) -> &'static str {
    match id {
        HEADER_TABLE_SIZE => "http2.settings.header_table_size",
        ENABLE_PUSH => "http2.settings.enable_push",
        MAX_CONCURRENT_STREAMS => "http2.settings.max_concurrent_streams",
        INITIAL_WINDOW_SIZE => "http2.settings.initial_window_size",
        MAX_FRAME_SIZE => "http2.settings.max_frame_size",
        MAX_HEADER_LIST_SIZE => "http2.settings.max_header_list_size",
        8 => "http2.settings.extended_connect",
        _ => "http2.settings.unknown",
    }
}

/// A text and its length in two octets.
fn text16(cursor: &mut Cursor<'_>, [length_name, name]: [&'static str; 2]) -> Option<()> {
    let length = usize::from(cursor.u16(length_name, "Origin Length")?);
    if length > 0 {
        cursor.octets_as(name, "Origin", length, printable)?;
    }
    Some(())
}
