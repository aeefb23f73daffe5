//! Field blocks (RFC 7541 §6): each representation at its octets, with the field that the decoder made of it.

use tapline_packet::Field;
use tapline_packet::field::{Cursor, hex, printable, size as octets};

use crate::http2::hpack::STATIC;
use crate::http2::hpack::huffman;
use crate::http2::hpack::integer::integer;
use crate::http2::{Form, HeaderBlock, Representation};
use crate::limits::HEADER_BLOCK_WIRE_MAX;
use crate::parse::{fault, size};

const LABEL: &str = "Header Block Fragment";

/// The fragment of HEADERS or PUSH_PROMISE; `whole` where it is the whole block.
pub(super) fn fragment(
    cursor: &mut Cursor<'_>,
    name: &'static str,
    whole: bool,
    block: Option<&HeaderBlock>,
) {
    let count = cursor.left().len();
    if !whole || count == 0 {
        cursor.rest(name, LABEL);
        return;
    }
    let known = block.filter(|block| size(block.wire_bytes) == count);
    let mut known = Known::of(known);
    cursor.group(name, LABEL, count, |cursor| {
        while !cursor.is_empty() {
            representation(cursor, &mut known)?;
        }
        Some(())
    });
    cursor.describe(octets(count));
}

/// The fields of the decoder that were not told yet.
struct Known<'a> {
    left: Vec<(&'a [u8], &'a [u8], Representation)>,
}

impl<'a> Known<'a> {
    fn of(block: Option<&'a HeaderBlock>) -> Self {
        let mut left: Vec<_> = block.map_or_else(Vec::new, |block| {
            let fields = block.fields.iter().zip(&block.representations);
            fields.map(|((name, value), &how)| (name, value, how)).collect()
        });
        left.reverse();
        Self { left }
    }

    /// The next one, if it was made of such a representation. (The decoder leaves out what is too long to keep.)
    fn next(&mut self, form: Form, index: Option<u32>, wire_bytes: usize) -> Option<(&'a [u8], &'a [u8])> {
        let &(name, value, how) = self.left.last()?;
        let same = how.form == form && how.index == index && size(how.wire_bytes) == wire_bytes;
        same.then(|| self.left.pop()).map(|_| (name, value))
    }
}

/// The four forms and the size update, by the first octet.
fn form_of(first: u8) -> Option<(Form, u32)> {
    match first {
        0x80.. => Some((Form::Indexed, 7)),
        0x40.. => Some((Form::IncrementalIndexing, 6)),
        0x20.. => None,
        0x10.. => Some((Form::NeverIndexed, 4)),
        _ => Some((Form::WithoutIndexing, 4)),
    }
}

fn form_name(form: Form, indexed_name: bool) -> String {
    let name = match form {
        Form::Indexed => return "Indexed Header Field".to_owned(),
        Form::IncrementalIndexing => "Literal Header Field with Incremental Indexing",
        Form::WithoutIndexing => "Literal Header Field without Indexing",
        Form::NeverIndexed => "Literal Header Field never Indexed",
    };
    format!("{name} - {} Name", if indexed_name { "Indexed" } else { "New" })
}

fn representation(cursor: &mut Cursor<'_>, known: &mut Known<'_>) -> Option<()> {
    let first = *cursor.left().first()?;
    let Some((form, prefix_bits)) = form_of(first) else {
        return cursor.heading("http2.header_table_size_update", "Dynamic Table Size Update", |cursor| {
            number(cursor, 5, "http2.header_table_size_update.header_table_size", "Maximum Size").map(|_| ())
        });
    };
    let start = cursor.position();
    let read = cursor.heading("http2.header", "Header", |cursor| field(cursor, form, prefix_bits));
    let (index, name, value) = read?;
    let (name, value) = match known.next(form, index, cursor.position() - start) {
        Some((name, value)) => (printable(name), printable(value)),
        None => (name, value),
    };
    cursor.describe(format!("{name}: {value}"));
    Some(())
}

/// Index, name and value, as far as they stand there.
fn field(cursor: &mut Cursor<'_>, form: Form, prefix_bits: u32) -> Option<(Option<u32>, String, String)> {
    let start = cursor.position();
    let index = peek(cursor, prefix_bits)?;
    let how = form_name(form, index > 0);
    cursor.push(Field::leaf("http2.header.repr", "Representation", how, start..start + 1));
    number(cursor, prefix_bits, "http2.header.index", "Index")?;
    if form == Form::Indexed {
        let (name, value) = entry(index);
        return Some((Some(index), name, value));
    }
    let name = if index > 0 {
        entry(index).0
    } else {
        string(cursor, ["http2.header.name.length", "http2.header.name"], "Name")?
    };
    let value = string(cursor, ["http2.header.value.length", "http2.header.value"], "Value")?;
    Some(((index > 0).then_some(index), name, value))
}

/// What an index points at: an entry of the static table, or one of the dynamic table, which is not here.
fn entry(index: u32) -> (String, String) {
    match size(index).checked_sub(1).and_then(|nth| STATIC.get(nth)) {
        Some(&(name, value)) => (name.to_owned(), value.to_owned()),
        None => (format!("<entry {index}>"), format!("<entry {index}>")),
    }
}

/// The integer that comes next; says what is wrong with it where it is none.
fn peek(cursor: &mut Cursor<'_>, prefix_bits: u32) -> Option<u32> {
    match integer(prefix_bits, cursor.left()) {
        Ok((_, number)) => Some(number),
        Err(error) => {
            cursor.refuse("Integer", fault(&error).to_string());
            None
        }
    }
}

/// An integer with a prefix (RFC 7541 §5.1).
fn number(cursor: &mut Cursor<'_>, prefix_bits: u32, name: &'static str, label: &'static str) -> Option<u32> {
    let number = peek(cursor, prefix_bits)?;
    let rest = integer(prefix_bits, cursor.left()).map_or(0, |(rest, _)| rest.len());
    cursor.octets_as(name, label, cursor.left().len() - rest, |_| number.to_string())?;
    Some(number)
}

/// A string literal (RFC 7541 §5.2).
fn string(
    cursor: &mut Cursor<'_>,
    [length_name, name]: [&'static str; 2],
    label: &'static str,
) -> Option<String> {
    let huffman = cursor.left().first().is_some_and(|first| first & 0x80 != 0);
    let length_label = if label == "Name" { "Name Length" } else { "Value Length" };
    let count = size(number(cursor, 7, length_name, length_label)?);
    if huffman {
        cursor.describe(format!("{count} (Huffman)"));
    }
    let mut text = String::new();
    if count > 0 {
        cursor.octets_as(name, label, count, |coded| {
            text = decoded(coded, huffman);
            text.clone()
        })?;
    }
    Some(text)
}

fn decoded(coded: &[u8], huffman: bool) -> String {
    if !huffman {
        return printable(coded);
    }
    if coded.len() > HEADER_BLOCK_WIRE_MAX {
        return hex(coded);
    }
    let mut plain = Vec::new();
    match huffman::decode(coded, &mut plain) {
        Ok(()) => printable(&plain),
        Err(_) => format!("{} (wrong Huffman code)", printable(&plain)),
    }
}

/// The fragment of CONTINUATION. On the one that ends its block, the decoder has told all fields: those that stand in
/// frames before have no octets here.
pub(super) fn last_fragment(cursor: &mut Cursor<'_>, name: &'static str, block: Option<&HeaderBlock>) {
    let count = cursor.left().len();
    let Some(block) = block else {
        cursor.rest(name, LABEL);
        return;
    };
    let before = size(block.wire_bytes).saturating_sub(count);
    let mut at: usize = block.size_updates.iter().map(|&update| update_size(update)).sum();
    let origin = cursor.position();
    cursor.group(name, LABEL, count, |cursor| {
        if at > before {
            cursor.octets(
                "http2.header_table_size_update",
                "Dynamic Table Size Update",
                (at - before).min(count),
            );
        }
        for ((name, value), how) in block.fields.iter().zip(&block.representations) {
            let end = at + size(how.wire_bytes);
            let text = format!("{}: {}", printable(name), printable(value));
            let here = end.saturating_sub(before).min(count) + origin;
            let label = if at < before { "Header, from a frame before" } else { "Header" };
            let taken = here.saturating_sub(cursor.position());
            cursor.octets_as("http2.header", label, taken, |_| text);
            at = end;
        }
        cursor.rest("http2.header.unread", "Octets");
    });
    cursor.describe(octets(count));
}

/// Octets of a size update, written in as few as it can be.
fn update_size(size: u32) -> usize {
    let Some(mut rest) = size.checked_sub(31) else { return 1 };
    let mut count = 2;
    while rest >= 128 {
        rest >>= 7;
        count += 1;
    }
    count
}
