//! Field trees of WebSocket frames (RFC 6455 §5.2).

use tapline_packet::Field;
use tapline_packet::field::{Cursor, hex, printable, size};

use super::{CloseCode, Opcode};
use crate::limits::WEBSOCKET_CONTROL_MAX;
use crate::parse::portion;

/// The fields of a frame, header included, or of several. A payload stays one field, but for what a close frame says.
pub fn frame_fields(octets: &[u8]) -> Vec<Field> {
    let mut cursor = Cursor::new(octets);
    while !cursor.is_empty() {
        cursor.heading("websocket", "WebSocket Frame", frame);
    }
    cursor.finish()
}

fn frame(cursor: &mut Cursor<'_>) -> Option<()> {
    let opcode = first_octet(cursor)?;
    let (masked, length) = length(cursor)?;
    let key = if masked { Some(cursor.octets("websocket.masking_key", "Masking Key", 4)?) } else { None };
    // What does not fit into memory is not here, either.
    let count = portion(length, usize::MAX);
    if count == 0 {
        return Some(());
    }
    if opcode == Opcode::CLOSE && count <= WEBSOCKET_CONTROL_MAX {
        cursor.group("websocket.payload.close", "Close", count, |cursor| close(cursor, key));
        return Some(());
    }
    let (name, label) = if masked {
        ("websocket.masked_payload", "Masked Payload")
    } else {
        ("websocket.payload", "Payload")
    };
    cursor.octets_as(name, label, count, |payload| size(payload.len())).map(|_| ())
}

/// FIN, three reserved bits, opcode.
fn first_octet(cursor: &mut Cursor<'_>) -> Option<Opcode> {
    let ([octet], at) = cursor.take("Opcode")?;
    let opcode = Opcode(octet & 15);
    let show = opcode.name().map_or_else(|| opcode.0.to_string(), |name| format!("{name} ({})", opcode.0));
    cursor.push(Field::leaf("websocket.fin", "Fin", (octet >> 7).to_string(), at.clone()));
    cursor.push(Field::leaf("websocket.rsv", "Reserved", format!("0x{:x}", octet >> 4 & 7), at.clone()));
    cursor.push(Field::leaf("websocket.opcode", "Opcode", show, at));
    Some(opcode)
}

/// Whether there is a mask, and the length in 7, 16 or 64 bits.
fn length(cursor: &mut Cursor<'_>) -> Option<(bool, u64)> {
    let ([octet], at) = cursor.take("Payload Length")?;
    let short = octet & 0x7f;
    cursor.push(Field::leaf("websocket.mask", "Mask", (octet >> 7).to_string(), at.clone()));
    cursor.push(Field::leaf("websocket.payload_length", "Payload Length", short.to_string(), at));
    let length = match short {
        126 => cursor.u16("websocket.payload_length_ext_16", "Extended Payload Length").map(u64::from)?,
        127 => cursor.u64("websocket.payload_length_ext_64", "Extended Payload Length")?,
        _ => u64::from(short),
    };
    Some((octet & 0x80 != 0, length))
}

/// RFC 6455 §5.5.1: a code and a reason, unmasked for their reader.
fn close(cursor: &mut Cursor<'_>, key: Option<&[u8]>) -> Option<()> {
    let key = key.unwrap_or(&[0]);
    let plain: Vec<u8> =
        cursor.left().iter().zip(key.iter().cycle()).map(|(octet, mask)| octet ^ mask).collect();
    let code = plain.first_chunk().map(|&code| CloseCode(u16::from_be_bytes(code)));
    let show = |octets: &[u8]| match code {
        Some(code) if code.name().is_some() => format!("{code} ({})", code.0),
        Some(code) => code.0.to_string(),
        None => hex(octets),
    };
    cursor.octets_as("websocket.payload.close.status_code", "Status Code", 2, show)?;
    let reason = plain.get(2..).unwrap_or_default();
    cursor.rest_as("websocket.payload.close.reason", "Reason", |_| printable(reason));
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(octets: &[u8]) -> Vec<String> {
        let mut lines = Vec::new();
        for field in frame_fields(octets) {
            field.walk(&mut |field| lines.push(format!("{} {} {:?}", field.name, field.value, field.octets)));
        }
        lines
    }

    #[test]
    fn the_masked_hello_of_the_rfc() {
        let octets = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
        let expected = [
            "websocket  0..11",
            "websocket.fin 1 0..1",
            "websocket.rsv 0x0 0..1",
            "websocket.opcode text (1) 0..1",
            "websocket.mask 1 1..2",
            "websocket.payload_length 5 1..2",
            "websocket.masking_key 37fa213d 2..6",
            "websocket.masked_payload 5 octets 6..11",
        ];
        assert_eq!(lines(&octets), expected);
    }

    #[test]
    fn a_close_frame_says_why() {
        let expected = [
            "websocket.payload.close  6..11",
            "websocket.payload.close.status_code going away (1001) 6..8",
            "websocket.payload.close.reason bye 8..11",
        ];
        let octets = [0x88, 0x85, 1, 2, 3, 4, 3 ^ 1, 0xe9 ^ 2, b'b' ^ 3, b'y' ^ 4, b'e' ^ 1];
        assert_eq!(lines(&octets)[7..], expected);
    }

    #[test]
    fn longer_lengths_and_cut_payloads() {
        let there = lines(&[0x82, 126, 0, 3, 7, 7, 7, 0x89, 0]);
        assert_eq!(
            there[6..8],
            ["websocket.payload_length_ext_16 3 2..4", "websocket.payload 3 octets 4..7"]
        );
        assert_eq!(there[8], "websocket  7..9");
        let fields = frame_fields(&[0x82, 127, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]);
        assert!(fields.iter().any(Field::is_damaged));
    }
}
