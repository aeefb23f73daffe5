//! TCP (RFC 9293 §3.1).

use super::{Cursor, Field, tcp_options};
use crate::Flags;

/// Octets of the header without options.
const FIXED: usize = 20;

/// A segment: its header, then its payload.
pub(super) fn tcp(cursor: &mut Cursor<'_>) {
    cursor.heading("tcp", "Transmission Control Protocol", header);
    cursor.describe_way("tcp.srcport", "tcp.dstport");
    cursor.rest("tcp.payload", "TCP Payload");
}

/// A segment that an ICMP message quotes: its first eight octets are there (RFC 1122 §3.2.2), and not always more.
pub(super) fn quoted(cursor: &mut Cursor<'_>) {
    let claimed = cursor.left().get(12).map_or(FIXED, |offset| 4 * usize::from(offset >> 4));
    if cursor.left().len() >= claimed.max(FIXED) {
        return tcp(cursor);
    }
    cursor.heading("tcp", "Transmission Control Protocol", |cursor| {
        ends_and_sequence(cursor)?;
        cursor.rest("tapline.icmp.quoted_header", "Header, as far as it is quoted");
        Some(())
    });
}

fn header(cursor: &mut Cursor<'_>) -> Option<()> {
    ends_and_sequence(cursor)?;
    cursor.u32("tcp.ack_raw", "Acknowledgment Number")?;
    let length = offset_and_flags(cursor)?;
    cursor.u16("tcp.window_size_value", "Window")?;
    cursor.u16_as("tcp.checksum", "Checksum", |sum| format!("0x{sum:04x}"))?;
    cursor.u16("tcp.urgent_pointer", "Urgent Pointer")?;
    match length.checked_sub(FIXED) {
        Some(0) => {}
        Some(options) => cursor.group("tcp.options", "Options", options, tcp_options::options),
        None => cursor.refuse("Header Length", "fewer than 20 octets"),
    }
    Some(())
}

fn ends_and_sequence(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.u16("tcp.srcport", "Source Port")?;
    cursor.u16("tcp.dstport", "Destination Port")?;
    cursor.u32("tcp.seq_raw", "Sequence Number").map(|_| ())
}

/// The header's length in words, reserved bits, control bits.
///
/// ```text
/// | data offset 4 | reserved 3 | AE | CWR | ECE | URG | ACK | PSH | RST | SYN | FIN |
/// ```
fn offset_and_flags(cursor: &mut Cursor<'_>) -> Option<usize> {
    let ([high, low], at) = cursor.take("Header Length")?;
    let (first, second) = (at.start..at.start + 1, at.start + 1..at.end);
    let length = 4 * usize::from(high >> 4);
    cursor.push(Field::leaf("tcp.hdr_len", "Header Length", format!("{length} octets"), first.clone()));
    let flags = Flags(u16::from_be_bytes([high & 1, low]));
    let bit = |name, label, flag| {
        let octets = if flag == Flags::AE { first.clone() } else { second.clone() };
        Field::leaf(name, label, u8::from(flags.has(flag)).to_string(), octets)
    };
    let fields = vec![
        Field::leaf("tcp.flags.res", "Reserved", (high >> 1 & 7).to_string(), first.clone()),
        bit("tcp.flags.ae", "Accurate ECN", Flags::AE),
        bit("tcp.flags.cwr", "Congestion Window Reduced", Flags::CWR),
        bit("tcp.flags.ece", "ECN-Echo", Flags::ECE),
        bit("tcp.flags.urg", "Urgent", Flags::URG),
        bit("tcp.flags.ack", "Acknowledgment", Flags::ACK),
        bit("tcp.flags.push", "Push", Flags::PSH),
        bit("tcp.flags.reset", "Reset", Flags::RST),
        bit("tcp.flags.syn", "Syn", Flags::SYN),
        bit("tcp.flags.fin", "Fin", Flags::FIN),
    ];
    let value = format!("0x{:03x} ({flags})", u16::from_be_bytes([high & 0xf, low]));
    cursor.push(Field { fields, ..Field::leaf("tcp.flags", "Flags", value, at) });
    Some(length)
}
