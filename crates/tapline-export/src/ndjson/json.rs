//! A record as JSON, without white space.
//!
//! The serializer is our own: it writes into memory, names of fields as they are (they are ours), and text in one
//! piece where nothing in it has to be escaped, which is nearly all text.

use std::fmt::{self, Display};
use std::io::Write;

use serde::ser::{self, Impossible, Serialize};
use tapline_engine::analysis::{is_unsafe, shown};

/// Appends a record to a line.
pub(crate) fn append(line: &mut Vec<u8>, record: &(impl Serialize + ?Sized)) -> Result<(), NoJson> {
    record.serialize(Json(line))
}

/// Why something cannot be written.
#[derive(Debug)]
pub(crate) struct NoJson(String);

impl Display for NoJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NoJson {}

impl ser::Error for NoJson {
    fn custom<T: Display>(why: T) -> Self {
        Self(why.to_string())
    }
}

/// What no record has in it.
fn unused<T>(what: &str) -> Result<T, NoJson> {
    Err(NoJson(format!("records have no {what}")))
}

struct Json<'a>(&'a mut Vec<u8>);

/// An array or an object that is open.
struct Open<'a> {
    out: &'a mut Vec<u8>,
    is_empty: bool,
    end: u8,
}

impl<'a> Open<'a> {
    fn begin(out: &'a mut Vec<u8>, [begin, end]: [u8; 2]) -> Self {
        out.push(begin);
        Self { out, is_empty: true, end }
    }

    fn separate(&mut self) {
        if !std::mem::replace(&mut self.is_empty, false) {
            self.out.push(b',');
        }
    }

    fn value(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), NoJson> {
        value.serialize(Json(self.out))
    }

    fn close(self) {
        self.out.push(self.end);
    }
}

/// Whether an octet of text has to be looked at. Those of ASCII are escaped (RFC 8259 §7), DEL as well.
fn is_odd(octet: u8) -> bool {
    // One comparison for what lies outside of the printable part of ASCII.
    octet.wrapping_sub(b' ') > b'~' - b' ' || octet == b'"' || octet == b'\\'
}

/// Text as a string.
fn string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    // Without a way out of the middle, many octets are looked at in one step.
    let is_plain = !text.bytes().fold(false, |found, octet| found | is_odd(octet));
    let rest = if is_plain { text } else { odd(out, text) };
    out.extend_from_slice(rest.as_bytes());
    out.push(b'"');
}

/// Text up to where nothing odd follows, which is given back. What would do something in a terminal is escaped, so that
/// a line can be printed in one.
fn odd<'a>(out: &mut Vec<u8>, text: &'a str) -> &'a str {
    let mut rest = text;
    while let Some((plain, from)) = rest.bytes().position(is_odd).and_then(|at| rest.split_at_checked(at)) {
        out.extend_from_slice(plain.as_bytes());
        let mut chars = from.chars();
        match chars.next() {
            Some(c) if c.is_ascii() || is_unsafe(c) => escape(out, c),
            Some(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            None => {}
        }
        rest = chars.as_str();
    }
    rest
}

fn escape(out: &mut Vec<u8>, c: char) {
    let short = match c {
        '\n' => b'n',
        '\r' => b'r',
        '\t' => b't',
        '\u{8}' => b'b',
        '\u{c}' => b'f',
        '"' => b'"',
        '\\' => b'\\',
        _ => {
            for unit in c.encode_utf16(&mut [0; 2]) {
                out.extend_from_slice(format!("\\u{unit:04x}").as_bytes());
            }
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}

/// Numbers by their type.
macro_rules! numbers {
    ($($name:ident $number:ty),*) => {
        $(fn $name(self, number: $number) -> Result<(), NoJson> {
            self.0.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
            Ok(())
        })*
    };
}

impl<'a> ser::Serializer for Json<'a> {
    type Ok = ();
    type Error = NoJson;
    type SerializeSeq = Open<'a>;
    type SerializeTuple = Open<'a>;
    type SerializeTupleStruct = Open<'a>;
    type SerializeMap = Open<'a>;
    type SerializeStruct = Open<'a>;
    type SerializeTupleVariant = Impossible<(), NoJson>;
    type SerializeStructVariant = Impossible<(), NoJson>;

    numbers! {
        serialize_u8 u8, serialize_u16 u16, serialize_u32 u32, serialize_u64 u64,
        serialize_i8 i8, serialize_i16 i16, serialize_i32 i32, serialize_i64 i64
    }

    fn serialize_bool(self, value: bool) -> Result<(), NoJson> {
        self.0.extend_from_slice(if value { b"true" } else { b"false" });
        Ok(())
    }

    fn serialize_str(self, text: &str) -> Result<(), NoJson> {
        string(self.0, text);
        Ok(())
    }

    fn serialize_char(self, c: char) -> Result<(), NoJson> {
        self.serialize_str(c.encode_utf8(&mut [0; 4]))
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, name: &'static str) -> Result<(), NoJson> {
        self.serialize_str(name)
    }

    fn serialize_none(self) -> Result<(), NoJson> {
        self.0.extend_from_slice(b"null");
        Ok(())
    }

    fn serialize_unit(self) -> Result<(), NoJson> {
        self.serialize_none()
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), NoJson> {
        self.serialize_none()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), NoJson> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), NoJson> {
        value.serialize(self)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Open<'a>, NoJson> {
        Ok(Open::begin(self.0, *b"[]"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Open<'a>, NoJson> {
        Ok(Open::begin(self.0, *b"[]"))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Open<'a>, NoJson> {
        Ok(Open::begin(self.0, *b"[]"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Open<'a>, NoJson> {
        Ok(Open::begin(self.0, *b"{}"))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Open<'a>, NoJson> {
        Ok(Open::begin(self.0, *b"{}"))
    }

    fn serialize_f32(self, _: f32) -> Result<(), NoJson> {
        unused("fractions")
    }

    /// As short as it can be to be read as the same number.
    fn serialize_f64(self, number: f64) -> Result<(), NoJson> {
        if !number.is_finite() {
            return unused("numbers without end");
        }
        write!(self.0, "{number}").map_err(ser::Error::custom)
    }

    /// What stands on the wire where text is expected.
    fn serialize_bytes(self, octets: &[u8]) -> Result<(), NoJson> {
        self.serialize_str(&shown(octets))
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), NoJson> {
        unused("variants with content")
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, NoJson> {
        unused("variants with content")
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, NoJson> {
        unused("variants with content")
    }
}

impl ser::SerializeSeq for Open<'_> {
    type Ok = ();
    type Error = NoJson;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NoJson> {
        self.separate();
        self.value(value)
    }

    fn end(self) -> Result<(), NoJson> {
        self.close();
        Ok(())
    }
}

impl ser::SerializeTuple for Open<'_> {
    type Ok = ();
    type Error = NoJson;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NoJson> {
        ser::SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> Result<(), NoJson> {
        ser::SerializeSeq::end(self)
    }
}

impl ser::SerializeTupleStruct for Open<'_> {
    type Ok = ();
    type Error = NoJson;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NoJson> {
        ser::SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> Result<(), NoJson> {
        ser::SerializeSeq::end(self)
    }
}

/// Keys are text.
impl ser::SerializeMap for Open<'_> {
    type Ok = ();
    type Error = NoJson;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), NoJson> {
        self.separate();
        self.value(key)?;
        self.out.push(b':');
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NoJson> {
        self.value(value)
    }

    fn end(self) -> Result<(), NoJson> {
        self.close();
        Ok(())
    }
}

impl ser::SerializeStruct for Open<'_> {
    type Ok = ();
    type Error = NoJson;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), NoJson> {
        self.separate();
        self.out.push(b'"');
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\":");
        self.value(value)
    }

    fn end(self) -> Result<(), NoJson> {
        self.close();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Serialize;

    use super::*;

    #[derive(Serialize)]
    struct Inner {
        n: i64,
        #[serde(skip_serializing_if = "Option::is_none")]
        absent: Option<u8>,
    }

    #[derive(Serialize)]
    struct Record<'a> {
        r#type: &'static str,
        #[serde(flatten)]
        inner: Inner,
        list: Vec<(u16, &'a str)>,
        map: BTreeMap<&'a str, bool>,
        null: Option<u64>,
        nothing: [u8; 0],
        letter: char,
    }

    #[test]
    fn octets_are_written_as_text() {
        let check = |octets: &[u8], expected: &str| {
            let mut line = Vec::new();
            ser::Serializer::serialize_bytes(Json(&mut line), octets).unwrap();
            assert_eq!(String::from_utf8(line).unwrap(), expected);
        };
        check(b"a\"b", r#""a\"b""#);
        check(b"caf\xc3\xa9", "\"caf\u{e9}\"");
        check(b"\xff", r#""%ff""#);
    }

    #[test]
    fn nothing_in_a_line_moves_a_cursor() {
        let check = |text: &str, expected: &str| {
            let mut line = Vec::new();
            append(&mut line, &text).unwrap();
            assert_eq!(String::from_utf8(line.clone()).unwrap(), expected);
            assert_eq!(serde_json::from_slice::<String>(&line).unwrap(), text);
        };
        check("a\u{7f}\u{9b}31mb", r#""a\u007f\u009b31mb""#);
        check("\u{202e}gpj.exe é", "\"\\u202egpj.exe é\"");
        check("tag \u{e0041}", r#""tag \udb40\udc41""#);
        check("\u{85}", r#""\u0085""#);
    }

    #[test]
    fn records_are_written_as_serde_json_writes_them() {
        let check = |text: &str| {
            let inner = Inner { n: i64::MIN, absent: None };
            let (list, map) = (vec![(1, text), (u16::MAX, "")], BTreeMap::from([(text, true), ("b", false)]));
            let record = Record { r#type: "x", inner, list, map, null: None, nothing: [], letter: 'é' };
            let mut line = Vec::new();
            append(&mut line, &record).unwrap();
            assert_eq!(String::from_utf8(line).unwrap(), serde_json::to_string(&record).unwrap());
        };
        check("");
        check("plain");
        check("sixteen octets..and \"more\"");
        check("\\ at the end \\");
        for c in ('\0'..='\u{100}').filter(|c| !matches!(c, '\u{7f}'..='\u{9f}')) {
            check(&format!("{c}{}{c}x{c}", "-".repeat(20)));
        }
    }
}
