//! Vectors (RFC 8446 §3.4) as fields: the length, then what it counts.

use tapline_packet::Field;
use tapline_packet::field::{Cursor, hex, printable, size as octets};

/// `TLS_AES_128_GCM_SHA256 (0x1301)`, `GREASE (0x1a1a)`, or the number alone.
pub(super) fn named16(name: Option<&str>, number: u16) -> String {
    match name {
        Some(name) => format!("{name} (0x{number:04x})"),
        None => format!("0x{number:04x}"),
    }
}

/// `uncompressed (0)`, or the number alone.
pub(super) fn named(name: Option<&str>, number: impl std::fmt::Display) -> String {
    match name {
        Some(name) => format!("{name} ({number})"),
        None => number.to_string(),
    }
}

/// The length of a vector: `size` octets, 1 to 3.
pub(super) fn length(cursor: &mut Cursor<'_>, size: usize, name: &'static str, label: &str) -> Option<usize> {
    let label = format!("{label} Length");
    match size {
        1 => cursor.u8(name, label).map(usize::from),
        2 => cursor.u16(name, label).map(usize::from),
        _ => cursor.u24(name, label).map(crate::parse::size),
    }
}

/// A vector whose items `inside` reads, under a heading.
pub(super) fn vector(
    cursor: &mut Cursor<'_>,
    size: usize,
    [length_name, name]: [&'static str; 2],
    label: &'static str,
    inside: impl FnOnce(&mut Cursor<'_>) -> Option<()>,
) -> Option<()> {
    let count = length(cursor, size, length_name, label)?;
    if count > 0 {
        cursor.group(name, label, count, inside);
        cursor.describe(octets(count));
    }
    Some(())
}

/// A vector of items of one kind, under a heading that says how many there are.
pub(super) fn list(
    cursor: &mut Cursor<'_>,
    size: usize,
    names: [&'static str; 2],
    label: &'static str,
    mut item: impl FnMut(&mut Cursor<'_>) -> Option<()>,
) -> Option<()> {
    let mut count = 0;
    let before = cursor.position();
    vector(cursor, size, names, label, |cursor| {
        while !cursor.is_empty() {
            item(cursor)?;
            count += 1;
        }
        Some(())
    })?;
    if cursor.position() > before + size
        && let Some(heading) = cursor.last()
    {
        heading.label = format!("{label} ({count})").into();
    }
    Some(())
}

/// A vector of numbers of two octets.
pub(super) fn numbers(
    cursor: &mut Cursor<'_>,
    size: usize,
    [length_name, name, item]: [&'static str; 3],
    [label, item_label]: [&'static str; 2],
    show: impl Fn(u16) -> String,
) -> Option<()> {
    list(cursor, size, [length_name, name], label, |cursor| {
        cursor.u16_as(item, item_label, &show).map(|_| ())
    })
}

/// A vector of numbers of one octet.
pub(super) fn codes(
    cursor: &mut Cursor<'_>,
    size: usize,
    [length_name, name, item]: [&'static str; 3],
    [label, item_label]: [&'static str; 2],
    show: impl Fn(u8) -> String,
) -> Option<()> {
    list(cursor, size, [length_name, name], label, |cursor| cursor.u8_as(item, item_label, &show).map(|_| ()))
}

/// A vector of octets, in hex.
pub(super) fn opaque<'a>(
    cursor: &mut Cursor<'a>,
    size: usize,
    names: [&'static str; 2],
    label: &'static str,
) -> Option<&'a [u8]> {
    shown(cursor, size, names, label, hex)
}

/// A vector of octets that are text.
pub(super) fn text<'a>(
    cursor: &mut Cursor<'a>,
    size: usize,
    names: [&'static str; 2],
    label: &'static str,
) -> Option<&'a [u8]> {
    shown(cursor, size, names, label, printable)
}

/// A vector of octets that somebody else reads: shown by their number.
pub(super) fn blob<'a>(
    cursor: &mut Cursor<'a>,
    size: usize,
    names: [&'static str; 2],
    label: &'static str,
) -> Option<&'a [u8]> {
    shown(cursor, size, names, label, |content| octets(content.len()))
}

fn shown<'a>(
    cursor: &mut Cursor<'a>,
    size: usize,
    [length_name, name]: [&'static str; 2],
    label: &'static str,
    show: impl FnOnce(&[u8]) -> String,
) -> Option<&'a [u8]> {
    let count = length(cursor, size, length_name, label)?;
    if count == 0 { Some(&[]) } else { cursor.octets_as(name, label, count, show) }
}

/// A heading of an item of a list, with what it is about as its value.
pub(super) fn item(
    cursor: &mut Cursor<'_>,
    name: &'static str,
    label: &'static str,
    inside: impl FnOnce(&mut Cursor<'_>) -> Option<String>,
) -> Option<()> {
    let value = cursor.heading(name, label, inside)?;
    if let Some(Field { value: heading, .. }) = cursor.last() {
        *heading = value;
    }
    Some(())
}
