//! Field trees of frames (RFC 9113 §4.1): header, flags one by one, the payload of each type.

mod block;
mod payload;

use tapline_packet::Field;
use tapline_packet::field::{Cursor, printable};

use super::decoder::PREFACE;
use super::{ACK, END_HEADERS, END_STREAM, Frame, FrameType, PADDED, PRIORITY, flag_names};
use crate::parse::size;

const STREAM_MASK: u32 = 0x7fff_ffff;

/// The fields of a frame, header included; of the client's preface, where that comes first; of more frames, where more
/// follow.
///
/// What `frame` says of the first one is the decoder's: it knows the tables that a field block points into. Without it
/// the fields are told as far as they stand in the frame.
pub fn frame_fields(octets: &[u8], frame: Option<&Frame>) -> Vec<Field> {
    let mut cursor = Cursor::new(octets);
    if !octets.is_empty() && PREFACE.starts_with(octets.get(..PREFACE.len()).unwrap_or(octets)) {
        cursor.octets_as("http2.magic", "Magic", PREFACE.len(), printable);
    }
    let mut known = frame;
    while !cursor.is_empty() {
        one(&mut cursor, known.take());
    }
    cursor.finish()
}

/// What a frame's header says, for the payload.
#[derive(Clone, Copy)]
struct Header {
    kind: FrameType,
    flags: u8,
}

fn one(cursor: &mut Cursor<'_>, known: Option<&Frame>) {
    let read = cursor.heading("http2.stream", "Frame", |cursor| {
        let length = cursor.u24("http2.length", "Length")?;
        let kind = FrameType(cursor.u8_as("http2.type", "Type", show_kind)?);
        let flags = flags(cursor, kind)?;
        let stream = stream(cursor, ["http2.r", "http2.streamid"], "Stream Identifier")?;
        cursor.part(size(length), |cursor| payload::payload(cursor, Header { kind, flags }, known));
        Some((kind, stream, length))
    });
    if let Some((kind, stream, length)) = read
        && let Some(field) = cursor.last()
    {
        field.label = format!("Frame: {kind}").into();
        field.value = format!("stream {stream}, {length} octets");
    }
}

fn show_kind(number: u8) -> String {
    match FrameType(number).name() {
        Some(name) => format!("{name} ({number})"),
        None => number.to_string(),
    }
}

/// Every flag of the type, the highest bit first, and the bits that it does not define.
fn flags(cursor: &mut Cursor<'_>, kind: FrameType) -> Option<u8> {
    let ([flags], at) = cursor.take("Flags")?;
    let (names, unused) = flags_of(kind);
    let defined = names.iter().fold(0, |bits, (bit, ..)| bits | bit);
    let value = format!("0x{:02x}", flags & !defined);
    let mut fields = vec![Field::leaf(unused, "Unused", value, at.clone())];
    for &(bit, name, label) in names {
        fields.push(Field::leaf(name, label, u8::from(flags & bit != 0).to_string(), at.clone()));
    }
    let set: Vec<_> = flag_names(kind, flags).collect();
    let value =
        if set.is_empty() { format!("0x{flags:02x}") } else { format!("0x{flags:02x} ({})", set.join(", ")) };
    cursor.push(Field { fields, ..Field::leaf("http2.flags", "Flags", value, at) });
    Some(flags)
}

/// Bit, tshark's name, label.
type Flag = (u8, &'static str, &'static str);

/// The flags of a type, the highest bit first, and tshark's name of the others.
fn flags_of(kind: FrameType) -> (&'static [Flag], &'static str) {
    const PRIORITY_FLAG: Flag = (PRIORITY, "http2.flags.priority", "PRIORITY");
    const PADDED_FLAG: Flag = (PADDED, "http2.flags.padded", "PADDED");
    const END_HEADERS_FLAG: Flag = (END_HEADERS, "http2.flags.eh", "END_HEADERS");
    const END_STREAM_FLAG: Flag = (END_STREAM, "http2.flags.end_stream", "END_STREAM");
    match kind {
        FrameType::DATA => (&[PADDED_FLAG, END_STREAM_FLAG], "http2.flags.unused_data"),
        FrameType::HEADERS => {
            (&[PRIORITY_FLAG, PADDED_FLAG, END_HEADERS_FLAG, END_STREAM_FLAG], "http2.flags.unused_headers")
        }
        FrameType::SETTINGS => (&[(ACK, "http2.flags.ack.settings", "ACK")], "http2.flags.unused_settings"),
        FrameType::PING => (&[(ACK, "http2.flags.ack.ping", "ACK")], "http2.flags.unused_ping"),
        FrameType::PUSH_PROMISE => (&[PADDED_FLAG, END_HEADERS_FLAG], "http2.flags.unused_push_promise"),
        FrameType::CONTINUATION => (&[END_HEADERS_FLAG], "http2.flags.unused_continuation"),
        _ => (&[], "http2.flags.unused"),
    }
}

/// A reserved bit and a number of 31.
fn stream(cursor: &mut Cursor<'_>, names: [&'static str; 2], label: &'static str) -> Option<u32> {
    word(cursor, names, ["Reserved", label], label)
}

/// A bit and a number of 31 in one word.
fn word(
    cursor: &mut Cursor<'_>,
    [bit_name, name]: [&'static str; 2],
    [bit_label, label]: [&'static str; 2],
    missing: &'static str,
) -> Option<u32> {
    let (octets, at) = cursor.take(missing)?;
    let word = u32::from_be_bytes(octets);
    cursor.push(Field::leaf(bit_name, bit_label, (word >> 31).to_string(), at.clone()));
    cursor.push(Field::leaf(name, label, (word & STREAM_MASK).to_string(), at));
    Some(word & STREAM_MASK)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http2::hpack::Decoder;
    use crate::http2::{HeaderBlock, Payload};

    /// A frame with that payload.
    fn frame(kind: FrameType, flags: u8, payload: &[u8]) -> Vec<u8> {
        let [_, a, b, c] = u32::try_from(payload.len()).unwrap().to_be_bytes();
        [&[a, b, c, kind.0, flags, 0, 0, 0, 5][..], payload].concat()
    }

    /// Every field as `name value start..end`, depth first.
    fn lines(fields: &[Field]) -> Vec<String> {
        let mut lines = Vec::new();
        for field in fields {
            field.walk(&mut |field| lines.push(format!("{} {} {:?}", field.name, field.value, field.octets)));
        }
        lines
    }

    fn check(octets: &[u8], known: Option<&Frame>, expected: &[&str]) {
        let fields = frame_fields(octets, known);
        let lines = lines(&fields);
        for line in expected {
            assert!(lines.iter().any(|there| there == line), "{line} is not among {lines:#?}");
        }
        assert!(!fields.iter().any(Field::is_damaged), "{lines:#?}");
    }

    /// What the decoder says of a frame that ends this block.
    fn known(kind: FrameType, block: HeaderBlock) -> Frame {
        let block = Some(Box::new(block));
        let payload = Payload::Headers { priority: None, padding: None, fragment_length: 0, block };
        Frame { length: 0, kind, flags: 0, reserved: false, stream: 5, payload }
    }

    /// RFC 7541 appendix C.3.2, after C.3.1; a size update before it.
    const SECOND: &[u8] =
        &[0x3f, 0xe1, 0x1f, 0x82, 0x86, 0x84, 0xbe, 0x58, 8, b'n', b'o', b'-', b'c', b'a', b'c', b'h', b'e'];

    fn decoded() -> HeaderBlock {
        let mut decoder = Decoder::default();
        decoder.decode(b"\x82\x86\x84\x41\x0fwww.example.com");
        decoder.decode(SECOND).block
    }

    #[test]
    fn a_block_in_one_frame_has_each_field_at_its_octets() {
        let octets = frame(FrameType::HEADERS, END_HEADERS | END_STREAM, SECOND);
        let frame = known(FrameType::HEADERS, decoded());
        let expected = [
            "http2.stream stream 5, 17 octets 0..26",
            "http2.flags 0x05 (END_STREAM, END_HEADERS) 4..5",
            "http2.flags.eh 1 4..5",
            "http2.flags.padded 0 4..5",
            "http2.streamid 5 5..9",
            "http2.headers 17 octets 9..26",
            "http2.header_table_size_update.header_table_size 4096 9..12",
            "http2.header :method: GET 12..13",
            "http2.header :authority: www.example.com 15..16",
            "http2.header.index 62 15..16",
            "http2.header cache-control: no-cache 16..26",
            "http2.header.repr Literal Header Field with Incremental Indexing - Indexed Name 16..17",
            "http2.header.value no-cache 18..26",
        ];
        check(&octets, Some(&frame), &expected);
    }

    #[test]
    fn without_the_decoder_what_stands_in_the_frame_is_told() {
        let octets = frame(FrameType::HEADERS, END_HEADERS, SECOND);
        let expected =
            ["http2.header <entry 62>: <entry 62> 15..16", "http2.header cache-control: no-cache 16..26"];
        check(&octets, None, &expected);
        let huffman = b"\x82\x41\x8c\xf1\xe3\xc2\xe5\xf2\x3a\x6b\xa0\xab\x90\xf4\xff";
        let octets = frame(FrameType::HEADERS, END_HEADERS, huffman);
        check(&octets, None, &["http2.header :authority: www.example.com 10..24"]);
    }

    #[test]
    fn the_last_continuation_tells_the_block() {
        let (first, last) = SECOND.split_at(10);
        let octets = frame(FrameType::HEADERS, 0, first);
        check(&octets, None, &["http2.headers 10 octets 9..19"]);
        let octets = frame(FrameType::CONTINUATION, END_HEADERS, last);
        let expected = [
            "http2.continuation.header 7 octets 9..16",
            "http2.header :method: GET 9..9",
            "http2.header cache-control: no-cache 9..16",
        ];
        check(&octets, Some(&known(FrameType::CONTINUATION, decoded())), &expected);
    }

    #[test]
    fn every_payload_has_its_fields() {
        check(PREFACE, None, &["http2.magic PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n 0..24"]);
        let data = frame(FrameType::DATA, PADDED, b"\x02datapp");
        check(
            &data,
            None,
            &["http2.padding 2 9..10", "http2.data.data 4 octets 10..14", "http2.data.padding 7070 14..16"],
        );
        let headers =
            frame(FrameType::HEADERS, PADDED | PRIORITY | END_HEADERS, b"\x01\x80\0\0\x03\xff\x82p");
        let expected = [
            "http2.exclusive 1 10..14",
            "http2.stream_dependency 3 10..14",
            "http2.headers.weight 255 14..15",
        ];
        check(&headers, None, &expected);
        let reset = frame(FrameType::RST_STREAM, 0, &[0, 0, 0, 8]);
        check(&reset, None, &["http2.rst_stream.error CANCEL (8) 9..13"]);
        let settings = frame(FrameType::SETTINGS, 0, &[0, 3, 0, 0, 0, 100, 0x0a, 0x0a, 0, 0, 0, 1]);
        let expected =
            ["http2.settings.max_concurrent_streams 100 11..15", "http2.settings.unknown 1 17..21"];
        check(&settings, None, &expected);
        let promise = frame(FrameType::PUSH_PROMISE, END_HEADERS, &[0, 0, 0, 2, 0x82]);
        check(
            &promise,
            None,
            &["http2.push_promise.promised_stream_id 2 9..13", "http2.header :method: GET 13..14"],
        );
        check(&frame(FrameType::PING, ACK, b"12345678"), None, &["http2.pong 3132333435363738 9..17"]);
        let away = frame(FrameType::GOAWAY, 0, b"\0\0\0\x07\0\0\0\x0bcalm");
        let expected =
            ["http2.goaway.error ENHANCE_YOUR_CALM (11) 13..17", "http2.goaway.addata calm 17..21"];
        check(&away, None, &expected);
        let update = frame(FrameType::WINDOW_UPDATE, 0, &[0x80, 0, 0, 9]);
        check(
            &update,
            None,
            &["http2.window_update.r 1 9..13", "http2.window_update.window_size_increment 9 9..13"],
        );
        check(
            &frame(FrameType::ALTSVC, 0, b"\0\x01ov"),
            None,
            &["http2.altsvc.origin o 11..12", "http2.altsvc.field_value v 12..13"],
        );
        check(&frame(FrameType::ORIGIN, 0, b"\0\x01o"), None, &["http2.origin.origin o 11..12"]);
        let priority = frame(FrameType::PRIORITY_UPDATE, 0, b"\0\0\0\x05u=1");
        check(&priority, None, &["http2.priority_update_field_value u=1 13..16"]);
        check(&frame(FrameType(0x77), 0xff, b"abc"), None, &["http2.unknown 616263 9..12"]);
    }

    #[test]
    fn what_does_not_fit_its_type_is_malformed() {
        let refused = |octets: &[u8]| assert!(frame_fields(octets, None).iter().any(Field::is_damaged));
        refused(&frame(FrameType::RST_STREAM, 0, &[0, 0, 8]));
        refused(&frame(FrameType::RST_STREAM, 0, &[0, 0, 0, 0, 8]));
        refused(&frame(FrameType::DATA, PADDED, &[9, 1]));
        refused(&frame(FrameType::HEADERS, END_HEADERS, &[0x41, 9, 1]));
        refused(&frame(FrameType::HEADERS, END_HEADERS, &[0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]));
        refused(&frame(FrameType::PING, 0, b"1234567")[..12]);
    }
}
