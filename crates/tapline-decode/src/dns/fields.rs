//! Field trees of DNS messages (RFC 1035 §4.1).

mod names;
mod rdata;

use tapline_packet::Field;
use tapline_packet::field::{Cursor, size};

use names::{class_name, name, rcode_name, type_name};

/// The fields of a message: header, questions, records.
pub fn message_fields(octets: &[u8]) -> Vec<Field> {
    let mut cursor = Cursor::new(octets);
    if !octets.is_empty() {
        message(&mut cursor, octets);
    }
    cursor.finish()
}

/// The fields of messages as they lie in a TCP stream, each behind its length (RFC 1035 §4.2.2).
pub fn stream_fields(octets: &[u8]) -> Vec<Field> {
    let mut cursor = Cursor::new(octets);
    while !cursor.is_empty() {
        cursor.heading("dns", "DNS Message", |cursor| {
            let length = usize::from(cursor.u16("dns.length", "Length")?);
            let whole = cursor.left();
            cursor.part(length, |cursor| message(cursor, whole.get(..length).unwrap_or(whole)));
            Some(())
        });
    }
    cursor.finish()
}

/// A message, all of the cursor's octets, which are `whole`.
fn message(cursor: &mut Cursor<'_>, whole: &[u8]) -> Option<()> {
    cursor.u16_as("dns.id", "Transaction ID", |id| format!("0x{id:04x}"))?;
    flags(cursor)?;
    let questions = cursor.u16("dns.count.queries", "Questions")?;
    let answers = cursor.u16("dns.count.answers", "Answer RRs")?;
    let authority = cursor.u16("dns.count.auth_rr", "Authority RRs")?;
    let additional = cursor.u16("dns.count.add_rr", "Additional RRs")?;
    for _ in 0..questions {
        let said = cursor.heading("dns.qry", "Question", |cursor| question(cursor, whole));
        cursor.describe(said?);
    }
    for (count, label) in
        [(answers, "Answer"), (authority, "Authority Record"), (additional, "Additional Record")]
    {
        for _ in 0..count {
            let said = cursor.heading("dns.resp", label, |cursor| record(cursor, whole));
            cursor.describe(said?);
        }
    }
    Some(())
}

/// RFC 1035 §4.1.1, RFC 4035 §3.
///
/// ```text
/// | QR | opcode 4 | AA | TC | RD | RA | Z | AD | CD | response code 4 |
/// ```
fn flags(cursor: &mut Cursor<'_>) -> Option<()> {
    let ([high, low], at) = cursor.take("Flags")?;
    let word = u16::from_be_bytes([high, low]);
    let bit = |name, label, nth: u32| Field::leaf(name, label, (word >> nth & 1).to_string(), at.clone());
    let (opcode, rcode) = (word >> 11 & 15, word & 15);
    let fields = vec![
        bit("dns.flags.response", "Response", 15),
        Field::leaf("dns.flags.opcode", "Opcode", opcode.to_string(), at.clone()),
        bit("dns.flags.authoritative", "Authoritative", 10),
        bit("dns.flags.truncated", "Truncated", 9),
        bit("dns.flags.recdesired", "Recursion Desired", 8),
        bit("dns.flags.recavail", "Recursion Available", 7),
        bit("dns.flags.z", "Z", 6),
        bit("dns.flags.authenticated", "Authenticated", 5),
        bit("dns.flags.checkdisable", "Checking Disabled", 4),
        Field::leaf("dns.flags.rcode", "Response Code", named(rcode_name(rcode), rcode), at.clone()),
    ];
    let value = format!("0x{word:04x}");
    cursor.push(Field { fields, ..Field::leaf("dns.flags", "Flags", value, at) });
    Some(())
}

/// `A (1)`, or the number alone.
fn named(name: Option<&str>, number: u16) -> String {
    name.map_or_else(|| number.to_string(), |name| format!("{name} ({number})"))
}

fn show_type(number: u16) -> String {
    named(type_name(number), number)
}

fn show_class(number: u16) -> String {
    match class_name(number) {
        Some(name) => format!("{name} (0x{number:04x})"),
        None => format!("0x{number:04x}"),
    }
}

fn question(cursor: &mut Cursor<'_>, whole: &[u8]) -> Option<String> {
    let name = name(cursor, whole, "dns.qry.name", "Name")?;
    let kind = cursor.u16_as("dns.qry.type", "Type", show_type)?;
    cursor.u16_as("dns.qry.class", "Class", show_class)?;
    Some(format!("{name}: type {}", type_name(kind).map_or_else(|| kind.to_string(), str::to_owned)))
}

/// RFC 1035 §4.1.3; in OPT (RFC 6891 §6.1.2) class and time to live say other things.
fn record(cursor: &mut Cursor<'_>, whole: &[u8]) -> Option<String> {
    let name = name(cursor, whole, "dns.resp.name", "Name")?;
    let kind = cursor.u16_as("dns.resp.type", "Type", show_type)?;
    if kind == 41 {
        cursor.u16("dns.rr.udp_payload_size", "UDP Payload Size")?;
        cursor
            .u8_as("dns.resp.ext_rcode", "Higher Bits in Extended RCODE", |bits| format!("0x{bits:02x}"))?;
        cursor.u8("dns.resp.edns0_version", "EDNS0 Version")?;
        cursor.u16_as("dns.resp.z", "Z", |bits| format!("0x{bits:04x}"))?;
    } else {
        cursor.u16_as("dns.resp.class", "Class", show_class)?;
        cursor.u32_as("dns.resp.ttl", "Time to Live", |seconds| format!("{seconds} s"))?;
    }
    let length = usize::from(cursor.u16("dns.resp.len", "Data Length")?);
    let data = cursor.part(length, |cursor| rdata::rdata(cursor, whole, kind));
    let kind = type_name(kind).map_or_else(|| kind.to_string(), str::to_owned);
    Some(format!("{name}: type {kind}, {}", data.unwrap_or_else(|| size(length))))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A question for example.com with an alias and its address, by RFC 1035 §4.1.
    const RESPONSE: &[u8] = b"\x12\x34\x81\x80\0\x01\0\x02\0\0\0\x01\x07example\x03com\0\0\x01\0\x01\
        \xc0\x0c\0\x05\0\x01\0\0\0\x3c\0\x04\x01w\xc0\x0c\xc0\x29\0\x01\0\x01\0\0\0\x3c\0\x04\xc0\0\x02\x07\
        \0\0\x29\x04\xd0\0\0\0\0\0\x06\0\x0a\0\x02ab";

    fn lines(fields: &[Field]) -> Vec<String> {
        let mut lines = Vec::new();
        for field in fields {
            field.walk(&mut |field| lines.push(format!("{} {} {:?}", field.name, field.value, field.octets)));
        }
        lines
    }

    #[test]
    fn a_response_with_pointers() {
        let fields = message_fields(RESPONSE);
        let lines = lines(&fields);
        let expected = [
            "dns.id 0x1234 0..2",
            "dns.flags 0x8180 2..4",
            "dns.flags.recavail 1 2..4",
            "dns.qry example.com: type A 12..29",
            "dns.qry.name example.com 12..25",
            "dns.resp example.com: type CNAME, w.example.com 29..45",
            "dns.resp.name example.com 29..31",
            "dns.cname w.example.com 41..45",
            "dns.resp w.example.com: type A, 192.0.2.7 45..61",
            "dns.resp.ttl 60 s 51..55",
            "dns.opt.data 6162 76..78",
        ];
        for line in expected {
            assert!(lines.iter().any(|there| there == line), "{line} is not among {lines:#?}");
        }
        assert!(!fields.iter().any(Field::is_damaged));
    }

    #[test]
    fn over_tcp_each_stands_behind_its_length() {
        let length = u8::try_from(RESPONSE.len()).unwrap();
        let octets = [&[0, length][..], RESPONSE, &[0, length], RESPONSE].concat();
        let fields = stream_fields(&octets);
        assert!(!fields.iter().any(Field::is_damaged));
        assert!(lines(&fields).contains(&"dns.cname w.example.com 43..47".to_owned()));
        assert_eq!(fields.len(), 2);
    }

    #[test]
    fn names_that_point_in_circles_and_messages_that_break_off_are_damaged() {
        let mut circle = RESPONSE.to_vec();
        circle[12..14].copy_from_slice(b"\xc0\x0c");
        assert!(message_fields(&circle).iter().any(Field::is_damaged));
        for cut in 1..RESPONSE.len() {
            assert!(message_fields(&RESPONSE[..cut]).iter().any(Field::is_damaged), "{cut}");
        }
    }
}
