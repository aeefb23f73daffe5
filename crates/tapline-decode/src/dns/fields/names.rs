//! Domain names (RFC 1035 §4.1.4) and the registry's names of types and classes.

use tapline_packet::field::{Cursor, printable};

/// Octets of a name at most (RFC 1035 §3.1); what is longer goes in a circle.
const NAME_MAX: usize = 255;

/// Pointers that are followed in one name: no name has more labels.
const POINTERS_MAX: usize = 128;

/// A name where the cursor stands; `None`, and said, where it has no end.
pub(super) fn name(
    cursor: &mut Cursor<'_>,
    whole: &[u8],
    field: &'static str,
    label: &'static str,
) -> Option<String> {
    let Some(count) = in_place(cursor.left()) else {
        cursor.refuse(label, "the name has no end");
        return None;
    };
    let Some(text) = text(whole, cursor.left()) else {
        cursor.refuse(label, "the name points to no name");
        return None;
    };
    cursor.octets_as(field, label, count, |_| text.clone())?;
    Some(text)
}

/// Octets of a name where it stands: labels up to the empty one or to a pointer.
fn in_place(octets: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        match *octets.get(at)? {
            0 => return Some(at + 1),
            0xc0.. => return octets.get(at + 1).map(|_| at + 2),
            length @ 1..=0x3f => at += 1 + usize::from(length),
            _ => return None,
        }
    }
}

/// The labels of a name, pointers followed.
fn text<'a>(whole: &'a [u8], mut octets: &'a [u8]) -> Option<String> {
    let mut labels = Vec::new();
    let (mut pointers, mut size) = (0, 1);
    loop {
        match *octets {
            [0, ..] => break,
            [high @ 0xc0..=0xff, low, ..] => {
                pointers += 1;
                let target = usize::from(u16::from_be_bytes([high & 0x3f, low]));
                octets = whole.get(target..).filter(|_| pointers <= POINTERS_MAX)?;
            }
            [length @ 1..=0x3f, ref rest @ ..] => {
                let (label, rest) = rest.split_at_checked(length.into())?;
                size += 1 + label.len();
                if size > NAME_MAX {
                    return None;
                }
                labels.push(printable(label));
                octets = rest;
            }
            _ => return None,
        }
    }
    Some(if labels.is_empty() { "<Root>".to_owned() } else { labels.join(".") })
}

pub(super) fn type_name(number: u16) -> Option<&'static str> {
    Some(match number {
        1 => "A",
        2 => "NS",
        5 => "CNAME",
        6 => "SOA",
        12 => "PTR",
        13 => "HINFO",
        15 => "MX",
        16 => "TXT",
        28 => "AAAA",
        29 => "LOC",
        33 => "SRV",
        35 => "NAPTR",
        39 => "DNAME",
        41 => "OPT",
        43 => "DS",
        44 => "SSHFP",
        46 => "RRSIG",
        47 => "NSEC",
        48 => "DNSKEY",
        50 => "NSEC3",
        51 => "NSEC3PARAM",
        52 => "TLSA",
        64 => "SVCB",
        65 => "HTTPS",
        250 => "TSIG",
        251 => "IXFR",
        252 => "AXFR",
        255 => "ANY",
        257 => "CAA",
        _ => return None,
    })
}

pub(super) fn class_name(number: u16) -> Option<&'static str> {
    Some(match number {
        1 => "IN",
        3 => "CH",
        4 => "HS",
        254 => "NONE",
        255 => "ANY",
        _ => return None,
    })
}

/// RFC 6895 §2.3.
pub(super) fn rcode_name(number: u16) -> Option<&'static str> {
    Some(match number {
        0 => "NoError",
        1 => "FormErr",
        2 => "ServFail",
        3 => "NXDomain",
        4 => "NotImp",
        5 => "Refused",
        6 => "YXDomain",
        7 => "YXRRSet",
        8 => "NXRRSet",
        9 => "NotAuth",
        10 => "NotZone",
        _ => return None,
    })
}
