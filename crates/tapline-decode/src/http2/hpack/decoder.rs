//! Field blocks against the tables (RFC 7541 §3, §6).

use super::huffman;
use super::integer::{integer, is_too_large};
use super::table::{Entry, STATIC, Table};
use super::{Fault, UNKNOWN_NAME, UNKNOWN_VALUE};
use crate::Fields;
use crate::http2::{Form, HeaderBlock, Representation, TableEffect};
use crate::limits::{HEADER_BLOCK_DECODED_MAX, HPACK_TABLE_SIZE_MAX};
use crate::parse::{self, length, octets, size, u8};

/// The table size both sides start with (RFC 9113 §6.5.2).
const INITIAL_TABLE_SIZE: u32 = 4096;

/// Decodes the field blocks that one side of a connection sends, in order.
///
/// It never gives up: a block that is wrong yields what could be read and the faults, and the next block is
/// decoded against the table as it stands.
#[derive(Debug)]
pub struct Decoder {
    table: Table,
    /// What the receiver of the blocks allows (`SETTINGS_HEADER_TABLE_SIZE`, acknowledged).
    limit: u32,
    /// The limit fell below the table's maximum: the next block must begin with an update (RFC 7541 §4.2).
    update_due: bool,
    /// Whether the table's maximum is what its sender holds to, and not only as large as it gets.
    size_max_known: bool,
    /// Fields of the newest block and their octets: the next one is likely to have as many.
    usual: (usize, usize),
    // Scratch, empty between fields.
    name: Vec<u8>,
    value: Vec<u8>,
}

/// A block is given no more room than this before it needs it: fields, octets.
const USUAL_MAX: (usize, usize) = (64, 4096);

/// A decoded block and what was wrong with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decoded {
    /// The fields and how they were represented.
    pub block: HeaderBlock,
    /// What was wrong, in wire order; at most one of a kind.
    pub faults: Vec<Fault>,
}

impl Default for Decoder {
    fn default() -> Self {
        Self {
            table: Table::new(size(INITIAL_TABLE_SIZE)),
            limit: INITIAL_TABLE_SIZE,
            update_due: false,
            size_max_known: true,
            usual: (0, 0),
            name: Vec::new(),
            value: Vec::new(),
        }
    }
}

impl Decoder {
    /// What the receiver of the blocks allows from the next block on. A limit below the table's maximum
    /// evicts at once; one above it changes nothing until an update says so.
    pub fn set_limit(&mut self, limit: u32) {
        self.limit = limit;
        if size(limit) < self.table.size_max() {
            self.table.set_size_max(size(limit));
            self.update_due = true;
        }
    }

    /// Forgets every entry, because a block was lost or the capture began later: what is pointed at from now
    /// on may be unknown. How large the table was made is not known either, so it is kept as large as it
    /// gets: indices count from the newest entry, and entries too many do no harm.
    pub fn forget(&mut self) {
        self.table.clear();
        self.table.set_size_max(HPACK_TABLE_SIZE_MAX);
        self.limit = u32::MAX;
        self.update_due = false;
        self.size_max_known = false;
    }

    /// The entries of the dynamic table, newest (index 62) first.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = &Entry> {
        self.table.entries()
    }

    /// The dynamic table's size (RFC 7541 §4.1).
    pub fn table_size(&self) -> usize {
        self.table.size()
    }

    /// The dynamic table's maximum, as the last update or limit set it.
    pub fn table_size_max(&self) -> usize {
        self.table.size_max()
    }

    /// Decodes a whole block, all its fragments together.
    pub fn decode(&mut self, wire: &[u8]) -> Decoded {
        let (fields, octets) = self.usual;
        let mut decoded = Decoded::default();
        decoded.block.fields = Fields::with_capacity(fields, octets);
        decoded.block.representations.reserve_exact(fields);
        decoded.block.wire_bytes = length(wire.len());
        let mut input = wire;
        while let Some(&first) = input.first() {
            let step = if first & 0xe0 == 0x20 {
                self.size_update(input, &mut decoded)
            } else {
                self.field(first, input, &mut decoded)
            };
            match step {
                Ok((rest, ())) => input = rest,
                Err(error) => {
                    let fault = parse::fault(&error);
                    decoded.block.missing_fields += 1;
                    decoded.say(if is_too_large(&fault) { Fault::IntegerTooLarge } else { Fault::BrokenOff });
                    break;
                }
            }
        }
        if std::mem::take(&mut self.update_due) {
            decoded.say(Fault::SizeUpdateMissing);
        }
        decoded.block.table = self.table_effect();
        let fields = &decoded.block.fields;
        self.usual = (fields.len().min(USUAL_MAX.0), fields.octets_len().min(USUAL_MAX.1));
        decoded
    }

    /// The table as it stands, and what became of it since this was asked last.
    fn table_effect(&mut self) -> TableEffect {
        let turnover = self.table.take_turnover();
        TableEffect {
            entries: length(self.table.entries().len()),
            size_bytes: length(self.table.size()),
            size_max_bytes: self.size_max_known.then(|| length(self.table.size_max())),
            inserted: turnover.inserted,
            evicted: turnover.evicted,
        }
    }

    fn size_update<'a>(&mut self, input: &'a [u8], decoded: &mut Decoded) -> parse::Parsed<'a, ()> {
        let (input, size_max) = integer(5, input)?;
        if !decoded.block.representations.is_empty() {
            decoded.say(Fault::SizeUpdateLate);
        }
        if size_max > self.limit {
            decoded.say(Fault::SizeUpdateAboveLimit(size_max));
        }
        self.update_due = false;
        self.size_max_known = true;
        self.table.set_size_max(size(size_max).min(HPACK_TABLE_SIZE_MAX));
        decoded.block.size_updates.push(size_max);
        Ok((input, ()))
    }

    fn field<'a>(&mut self, first: u8, start: &'a [u8], decoded: &mut Decoded) -> parse::Parsed<'a, ()> {
        let mut representation = Representation {
            form: Form::Indexed,
            index: None,
            name_huffman: false,
            value_huffman: false,
            wire_bytes: 0,
            unknown_entry: false,
        };
        if first & 0x80 != 0 {
            let (input, index) = integer(7, start)?;
            let (name, value, known) = decoded.entry(index, &self.table);
            representation.index = Some(index);
            representation.wire_bytes = length(start.len() - input.len());
            representation.unknown_entry = !known;
            decoded.add(name, value, representation);
            return Ok((input, ()));
        }
        self.name.clear();
        self.value.clear();
        let (form, prefix_bits) = match first >> 4 {
            0 => (Form::WithoutIndexing, 4),
            1 => (Form::NeverIndexed, 4),
            _ => (Form::IncrementalIndexing, 6),
        };
        let (mut input, index) = integer(prefix_bits, start)?;
        representation.form = form;
        if index == 0 {
            (input, representation.name_huffman) = string(input, &mut self.name, decoded)?;
        } else {
            let (name, _, known) = decoded.entry(index, &self.table);
            self.name.extend_from_slice(name);
            representation.index = Some(index);
            representation.unknown_entry = !known;
        }
        (input, representation.value_huffman) = string(input, &mut self.value, decoded)?;
        representation.wire_bytes = length(start.len() - input.len());
        if form == Form::IncrementalIndexing {
            self.table.insert(&self.name, &self.value, representation.unknown_entry);
        }
        decoded.add(&self.name, &self.value, representation);
        Ok((input, ()))
    }
}

impl Decoded {
    fn say(&mut self, fault: Fault) {
        if !self.faults.iter().any(|said| said.code() == fault.code()) {
            self.faults.push(fault);
        }
    }

    /// The name and value that an index points at, and whether they were ever seen.
    fn entry<'a>(&mut self, index: u32, table: &'a Table) -> (&'a [u8], &'a [u8], bool) {
        let nth = size(index);
        let found = match nth.checked_sub(STATIC.len() + 1) {
            Some(dynamic) => table.entry(dynamic).map(|e| (e.name(), e.value(), !e.is_unknown())),
            None => nth
                .checked_sub(1)
                .and_then(|nth| STATIC.get(nth))
                .map(|(n, v)| (n.as_bytes(), v.as_bytes(), true)),
        };
        found.unwrap_or_else(|| {
            self.say(if index == 0 { Fault::IndexZero } else { Fault::UnknownIndex(index) });
            (UNKNOWN_NAME, UNKNOWN_VALUE, false)
        })
    }

    /// A field of the block, unless there are too many octets.
    fn add(&mut self, name: &[u8], value: &[u8], representation: Representation) {
        let block = &mut self.block;
        let decoded_bytes = size(block.decoded_bytes) + name.len() + value.len();
        if decoded_bytes > HEADER_BLOCK_DECODED_MAX {
            block.missing_fields += 1;
            self.say(Fault::DecodedTooLong);
            return;
        }
        block.missing_fields += u32::from(representation.unknown_entry);
        block.decoded_bytes = length(decoded_bytes);
        block.fields.push(name, value);
        block.representations.push(representation);
    }
}

/// A string literal (RFC 7541 §5.2), appended to `output`; says whether it was Huffman-coded.
fn string<'a>(input: &'a [u8], output: &mut Vec<u8>, decoded: &mut Decoded) -> parse::Parsed<'a, bool> {
    let (_, first) = u8("string", input)?;
    let (input, count) = integer(7, input)?;
    let (input, coded) = octets("string", size(count), input)?;
    let huffman = first & 0x80 != 0;
    if huffman {
        match huffman::decode(coded, output) {
            Ok(()) => {}
            Err(huffman::Fault::Eos) => decoded.say(Fault::HuffmanEos),
            Err(huffman::Fault::Padding) => decoded.say(Fault::HuffmanPadding),
        }
    } else {
        output.extend_from_slice(coded);
    }
    Ok((input, huffman))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
        digits
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect()
    }

    fn lines(decoded: &Decoded) -> Vec<String> {
        let text = |b: &[u8]| String::from_utf8_lossy(b).into_owned();
        decoded.block.fields.iter().map(|(n, v)| format!("{}: {}", text(n), text(v))).collect()
    }

    #[test]
    fn requests_of_the_rfc_appendix_c4() {
        let mut decoder = Decoder::default();
        let first = decoder.decode(&hex("8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff"));
        assert_eq!(
            lines(&first),
            [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"]
        );
        assert_eq!(decoder.table_size(), 57);
        let second = decoder.decode(&hex("8286 84be 5886 a8eb 1064 9cbf"));
        assert_eq!(lines(&second)[3..], [":authority: www.example.com", "cache-control: no-cache"]);
        let third = decoder.decode(&hex("8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf"));
        assert_eq!(
            lines(&third)[2..],
            [":path: /index.html", ":authority: www.example.com", "custom-key: custom-value"]
        );
        assert_eq!((decoder.table_size(), decoder.entries().len()), (164, 3));
        let last = third.block.representations[4];
        assert_eq!((last.form, last.index, last.wire_bytes), (Form::IncrementalIndexing, None, 20));
        assert!(last.name_huffman && last.value_huffman && !last.unknown_entry);
        assert!(third.faults.is_empty());
    }

    #[test]
    fn a_block_says_what_it_did_to_the_table() {
        // The responses of RFC 7541 Appendix C.6, whose table holds 256 octets.
        let mut decoder = Decoder::default();
        decoder.set_limit(256);
        let mut check = |wire: &str, entries, size_bytes, inserted, evicted| {
            let expected = TableEffect { entries, size_bytes, size_max_bytes: Some(256), inserted, evicted };
            assert_eq!(decoder.decode(&hex(wire)).block.table, expected, "{wire}");
        };
        let first =
            "3fe101 4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e
                     919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3";
        check(first, 4, 222, 4, 0);
        check("4883 640e ff c1 c0 bf", 4, 222, 1, 1);
        let mut lost = Decoder::default();
        lost.forget();
        assert_eq!(lost.decode(&[0x82]).block.table.size_max_bytes, None);
        assert_eq!(lost.decode(&[0x20, 0x82]).block.table.size_max_bytes, Some(0));
    }

    #[test]
    fn an_entry_never_seen_stands_as_a_placeholder() {
        let mut decoder = Decoder::default();
        let decoded = decoder.decode(&hex("82 be 7e 01 61 84"));
        assert_eq!(decoded.faults, [Fault::UnknownIndex(62)]);
        assert_eq!(decoded.block.missing_fields, 2);
        let unknown: Vec<_> = decoded.block.representations.iter().map(|r| r.unknown_entry).collect();
        assert_eq!(unknown, [false, true, true, false]);
        assert_eq!(lines(&decoded)[2], format!("{}: a", String::from_utf8_lossy(UNKNOWN_NAME)));
        assert!(decoder.entries().next().unwrap().is_unknown());
    }

    #[test]
    fn a_bad_block_does_not_end_the_decoding() {
        for (wire, fault) in [
            ("80", Fault::IndexZero),
            ("ffffffffffff0f", Fault::IntegerTooLarge),
            ("0005", Fault::BrokenOff),
            ("0081ff0161", Fault::HuffmanPadding),
            ("0084ffffffff0161", Fault::HuffmanEos),
            ("8220", Fault::SizeUpdateLate),
            ("3fe2ff03", Fault::SizeUpdateAboveLimit(65537)),
        ] {
            let mut decoder = Decoder::default();
            let decoded = decoder.decode(&hex(wire));
            assert_eq!(decoded.faults, std::slice::from_ref(&fault), "{wire}");
            assert_eq!(lines(&decoder.decode(&hex("82"))), [":method: GET"], "{wire}");
        }
    }

    #[test]
    fn a_lower_limit_asks_for_an_update() {
        let mut decoder = Decoder::default();
        decoder.set_limit(100);
        assert_eq!(decoder.decode(&[0x82]).faults, [Fault::SizeUpdateMissing]);
        decoder.set_limit(50);
        let decoded = decoder.decode(&[0x3f, 0x13, 0x82]);
        assert_eq!((decoded.faults, decoded.block.size_updates), (vec![], vec![50]));
    }

    #[test]
    fn a_small_block_cannot_grow_without_bound() {
        let mut decoder = Decoder::default();
        let mut wire = vec![0x40, 0x01, b'a', 0x7f, 0xd1, 0x1e];
        wire.extend(vec![b'x'; 4048]);
        wire.extend(vec![0xbe; 1000]);
        let decoded = decoder.decode(&wire);
        assert_eq!(decoded.faults, [Fault::DecodedTooLong]);
        assert!(size(decoded.block.decoded_bytes) <= HEADER_BLOCK_DECODED_MAX);
    }

    #[test]
    fn a_table_is_kept_up_to_a_size() {
        let mut decoder = Decoder::default();
        decoder.set_limit(u32::MAX);
        // Twice as large as is kept: an update to 2 MiB, then entries of 4096 octets, 32 of them not on the wire.
        let mut decoded = decoder.decode(&[0x3f, 0xe1, 0xff, 0x7f]);
        assert_eq!(decoded.block.size_updates, [2 << 20]);
        let mut field = vec![0x40, 0x01, b'a', 0x7f, 0xe0, 0x1e];
        field.extend(vec![b'x'; 4096 - 32 - 1]);
        for _ in 0..HPACK_TABLE_SIZE_MAX / 4096 {
            decoded = decoder.decode(&field);
            assert_eq!(decoded.faults, []);
        }
        assert_eq!(decoder.table_size(), HPACK_TABLE_SIZE_MAX);
        decoder.decode(&field);
        assert_eq!(decoder.table_size(), HPACK_TABLE_SIZE_MAX);
    }
}
