//! Options of TCP (RFC 9293 §3.2, IANA "TCP Option Kind Numbers").

use super::names::named;
use super::{Cursor, hex};

/// A list of options, up to its end or to the one that ends it.
pub(super) fn options(cursor: &mut Cursor<'_>) {
    while let Some(&kind) = cursor.left().first() {
        let (name, label) = names(kind);
        let read = cursor.heading(name, label, |cursor| option(cursor, kind));
        match read {
            Some(()) if kind != 0 => {}
            _ => break,
        }
    }
    // What stands behind the end of the list only fills up the header.
    cursor.rest_as("tcp.options.padding", "Padding", hex);
}

/// Kind, then length and value where there are such.
fn option(cursor: &mut Cursor<'_>, kind: u8) -> Option<()> {
    cursor.u8_as("tcp.option_kind", "Kind", |kind| named(Some(names(kind).1), kind))?;
    if kind <= 1 {
        return Some(());
    }
    let length = cursor.u8("tcp.option_len", "Length")?;
    let Some(rest) = usize::from(length).checked_sub(2) else {
        cursor.refuse("Length", "an option has at least two octets");
        return None;
    };
    if rest > 0 {
        value(cursor, kind, rest);
    }
    Some(())
}

fn value(cursor: &mut Cursor<'_>, kind: u8, length: usize) -> Option<()> {
    match (kind, length) {
        (2, 2) => {
            cursor.u16("tcp.options.mss_val", "MSS Value")?;
        }
        (3, 1) => {
            cursor.u8("tcp.options.wscale.shift", "Shift Count")?;
        }
        (5, 8 | 16 | 24 | 32) => {
            for _ in 0..length / 8 {
                cursor.u32("tcp.options.sack_le", "Left Edge")?;
                cursor.u32("tcp.options.sack_re", "Right Edge")?;
            }
        }
        (8, 8) => {
            cursor.u32("tcp.options.timestamp.tsval", "Timestamp Value")?;
            cursor.u32("tcp.options.timestamp.tsecr", "Timestamp Echo Reply")?;
        }
        (34, _) => {
            cursor.octets("tcp.options.tfo.cookie", "Fast Open Cookie", length)?;
        }
        (253 | 254, 2..) => {
            cursor.u16_as("tcp.options.experimental.exid", "Experiment Identifier", |id| {
                format!("0x{id:04x}")
            })?;
            cursor.octets("tcp.options.experimental.data", "Data", length - 2)?;
        }
        _ => {
            cursor.octets("tcp.options.data", "Data", length)?;
        }
    }
    Some(())
}

/// The name of an option's heading, and the one in the registry.
fn names(kind: u8) -> (&'static str, &'static str) {
    match kind {
        0 => ("tcp.options.eol", "End of Option List (EOL)"),
        1 => ("tcp.options.nop", "No-Operation (NOP)"),
        2 => ("tcp.options.mss", "Maximum Segment Size"),
        3 => ("tcp.options.wscale", "Window Scale"),
        4 => ("tcp.options.sack_perm", "SACK Permitted"),
        5 => ("tcp.options.sack", "SACK"),
        6 => ("tcp.options.echo", "Echo"),
        7 => ("tcp.options.echoreply", "Echo Reply"),
        8 => ("tcp.options.timestamp", "Timestamps"),
        11 => ("tcp.options.cc", "CC"),
        12 => ("tcp.options.ccnew", "CC.NEW"),
        13 => ("tcp.options.ccecho", "CC.ECHO"),
        19 => ("tcp.options.md5", "MD5 Signature"),
        20 => ("tcp.options.scps", "SCPS Capabilities"),
        21 => ("tcp.options.snack", "Selective Negative Acknowledgments"),
        27 => ("tcp.options.qs", "Quick-Start Response"),
        28 => ("tcp.options.user_to", "User Timeout"),
        29 => ("tcp.options.ao", "Authentication Option (TCP-AO)"),
        30 => ("tcp.options.mptcp", "Multipath TCP"),
        34 => ("tcp.options.tfo", "Fast Open"),
        69 => ("tcp.options.eno", "Encryption Negotiation (TCP-ENO)"),
        172 => ("tcp.options.acc_ecn", "Accurate ECN Order 0"),
        174 => ("tcp.options.acc_ecn", "Accurate ECN Order 1"),
        253 | 254 => ("tcp.options.experimental", "Experiment"),
        _ => ("tcp.options.unknown", "Unknown Option"),
    }
}
