//! Distinguished names as text (RFC 4514).

use std::fmt::Write;

use x509_parser::asn1_rs::Tag;
use x509_parser::x509::{AttributeTypeAndValue, X509Name};

use crate::printable;

/// A distinguished name, the most specific part first, as RFC 4514 §2 writes it. Control characters and marks that
/// turn the writing direction are escaped, so nothing of it moves a cursor.
pub(super) fn text(name: &X509Name<'_>) -> String {
    let parts: Vec<String> =
        name.iter_rdn().map(|part| part.iter().map(attribute).collect::<Vec<_>>().join("+")).collect();
    let text = parts.into_iter().rev().collect::<Vec<_>>().join(",");
    printable(&text).into_owned()
}

/// The part of a distinguished name that tells it from others of its kind: the first (RFC 4514 §2), without its type
/// where that is the common name.
pub fn common_name(name: &str) -> &str {
    let is_escaped = |at: usize| name.get(..at).is_some_and(|before| before.ends_with('\\'));
    let end = name.match_indices(',').map(|(at, _)| at).find(|&at| !is_escaped(at));
    let first = name.get(..end.unwrap_or(name.len())).unwrap_or(name);
    first.strip_prefix("CN=").unwrap_or(first)
}

fn attribute(attribute: &AttributeTypeAndValue<'_>) -> String {
    let oid = attribute.attr_type().to_id_string();
    let value = attribute.attr_value();
    match (short_name(&oid), decoded(value.tag(), value.data)) {
        (Some(name), Some(value)) => format!("{name}={}", escaped(&value)),
        (None, Some(value)) => format!("{oid}={}", escaped(&value)),
        (name, None) => {
            let mut out = format!("{}=#", name.unwrap_or(&oid));
            for octet in value.data {
                let _ = write!(out, "{octet:02x}");
            }
            out
        }
    }
}

/// RFC 4514 §3, and the two that certificates have beside them.
fn short_name(oid: &str) -> Option<&'static str> {
    Some(match oid {
        "2.5.4.3" => "CN",
        "2.5.4.5" => "serialNumber",
        "2.5.4.6" => "C",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        "2.5.4.9" => "STREET",
        "2.5.4.10" => "O",
        "2.5.4.11" => "OU",
        "0.9.2342.19200300.100.1.1" => "UID",
        "0.9.2342.19200300.100.1.25" => "DC",
        "1.2.840.113549.1.9.1" => "emailAddress",
        _ => return None,
    })
}

/// A string of one of the types of X.520; nothing where it is none or not what its type allows.
fn decoded(tag: Tag, octets: &[u8]) -> Option<String> {
    match tag {
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String | Tag::NumericString | Tag::VisibleString => {
            String::from_utf8(octets.to_vec()).ok()
        }
        // Named T.61, written as Latin 1 by everybody.
        Tag::T61String => Some(octets.iter().map(|&octet| char::from(octet)).collect()),
        Tag::BmpString => {
            let (units, rest) = octets.as_chunks::<2>();
            let units: Vec<u16> = units.iter().map(|unit| u16::from_be_bytes(*unit)).collect();
            rest.is_empty().then(|| String::from_utf16(&units).ok())?
        }
        Tag::UniversalString => {
            let (units, rest) = octets.as_chunks::<4>();
            rest.is_empty()
                .then(|| units.iter().map(|unit| char::from_u32(u32::from_be_bytes(*unit))).collect())?
        }
        _ => None,
    }
}

/// RFC 4514 §2.4.
fn escaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let last = value.chars().count().saturating_sub(1);
    for (place, c) in value.chars().enumerate() {
        match c {
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => out.extend(['\\', c]),
            ' ' if place == 0 || place == last => out.push_str("\\ "),
            '#' if place == 0 => out.push_str("\\#"),
            c if c.is_control() => {
                for octet in c.encode_utf8(&mut [0; 4]).bytes() {
                    let _ = write!(out, "\\{octet:02x}");
                }
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: &str, expected: &str) {
        assert_eq!(escaped(value), expected);
    }

    #[test]
    fn what_would_be_read_otherwise_is_escaped() {
        check("plain é", "plain é");
        check("James \"Jim\" Smith, III", "James \\\"Jim\\\" Smith\\, III");
        check("#1 ", "\\#1\\ ");
        check(" ", "\\ ");
        check("a#b c", "a#b c");
        check("Before\rAfter\0", "Before\\0dAfter\\00");
        check("\x1b[31m\u{85}", "\\1b[31m\\c2\\85");
    }

    #[test]
    fn strings_of_every_type_are_read() {
        assert_eq!(decoded(Tag::BmpString, &[0, b'a', 0, 0xe9]).as_deref(), Some("aé"));
        assert_eq!(decoded(Tag::BmpString, &[0, b'a', 0]), None);
        assert_eq!(decoded(Tag::UniversalString, &[0, 0, 0, b'a']).as_deref(), Some("a"));
        assert_eq!(decoded(Tag::UniversalString, &[0xff, 0, 0, b'a']), None);
        assert_eq!(decoded(Tag::T61String, &[0xe9]).as_deref(), Some("é"));
        assert_eq!(decoded(Tag::Utf8String, &[0xff]), None);
        assert_eq!(decoded(Tag::Integer, &[1]), None);
    }

    #[test]
    fn the_first_part_tells_a_name_from_others() {
        let check = |name, expected| assert_eq!(common_name(name), expected);
        check("CN=Root,O=Example", "Root");
        check("CN=A\\, B,O=Example", "A\\, B");
        check("OU=Only", "OU=Only");
        check("", "");
    }
}
