//! One record as cells.

use std::io;
use std::ops::Range;

use serde::ser::{self, Impossible, Serialize, Serializer};
use tapline_engine::analysis::shown;

use super::{Place, Table};
use crate::ndjson::json::{self, NoJson};

/// The cells of one record. Made once and filled again for each.
#[derive(Debug)]
pub struct Row {
    cells: Cells,
}

/// A value; `text` of numbers and times is as in NDJSON.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cell<'a> {
    /// Not known, or not there.
    Null,
    /// A whole number. One above what 64 bits with a sign hold is the largest of them.
    Integer(i64),
    /// Yes or no.
    Boolean(bool),
    /// Text, a time or JSON, as the column's kind says.
    Text(&'a str),
}

#[derive(Debug, Default)]
struct Cells {
    held: Vec<Held>,
    /// What is in cells of text, one behind the other.
    text: String,
    json: Vec<u8>,
}

#[derive(Clone, Debug)]
enum Held {
    Null,
    Integer(i64),
    Boolean(bool),
    Text(Range<usize>),
}

impl Row {
    /// A row of nothing, for a table.
    pub fn of(table: &Table) -> Self {
        let cells = Cells { held: vec![Held::Null; table.columns.len()], ..Cells::default() };
        Self { cells }
    }

    /// Fills it with a record of the type of the table that it was made for.
    pub fn fill(&mut self, table: &Table, record: &impl Serialize) -> io::Result<()> {
        let Self { cells } = self;
        cells.text.clear();
        cells.held.fill(Held::Null);
        record.serialize(Filler { cells, place: &table.root }).map_err(io::Error::other)
    }

    /// The cells, in the order of the columns.
    pub fn cells(&self) -> impl Iterator<Item = Cell<'_>> {
        self.cells.held.iter().map(|held| self.cells.cell(held))
    }

    /// The cell of a column; nothing where there is no such column.
    pub fn cell(&self, column: usize) -> Cell<'_> {
        self.cells.held.get(column).map_or(Cell::Null, |held| self.cells.cell(held))
    }
}

impl Cells {
    fn cell(&self, held: &Held) -> Cell<'_> {
        match held {
            Held::Null => Cell::Null,
            &Held::Integer(number) => Cell::Integer(number),
            &Held::Boolean(value) => Cell::Boolean(value),
            Held::Text(range) => Cell::Text(self.text.get(range.clone()).unwrap_or_default()),
        }
    }

    fn put(&mut self, column: usize, held: Held) {
        if let Some(cell) = self.held.get_mut(column) {
            *cell = held;
        }
    }

    fn put_text(&mut self, column: usize, text: &str) {
        let from = self.text.len();
        self.text.push_str(text);
        self.put(column, Held::Text(from..self.text.len()));
    }

    /// Puts a value where it belongs.
    fn fill(&mut self, place: &Place, value: &(impl Serialize + ?Sized)) -> Result<(), NoJson> {
        match place {
            &Place::Json(column) => {
                let mut json = std::mem::take(&mut self.json);
                json.clear();
                json::append(&mut json, value)?;
                if json != b"null" {
                    self.put_text(column, std::str::from_utf8(&json).unwrap_or_default());
                }
                self.json = json;
                Ok(())
            }
            Place::Column(_) | Place::Inside(_) => value.serialize(Filler { cells: self, place }),
            Place::Nowhere => Ok(()),
        }
    }
}

/// Puts a value, or what is inside of it, where it belongs.
struct Filler<'a> {
    cells: &'a mut Cells,
    place: &'a Place,
}

impl<'a> Filler<'a> {
    fn put(self, held: Held) -> Result<(), NoJson> {
        match self.place {
            &Place::Column(column) => self.cells.put(column, held),
            _ => return no("value where the schema has an object"),
        }
        Ok(())
    }

    fn inside(self) -> Result<Inside<'a>, NoJson> {
        match self.place {
            Place::Inside(places) => Ok(Inside { cells: self.cells, places, next: 0, key: None }),
            _ => no("object where the schema has a value"),
        }
    }
}

/// What no record has in it.
fn no<T>(what: &str) -> Result<T, NoJson> {
    Err(ser::Error::custom(format_args!("records have no {what}")))
}

/// An object whose values are put where they belong.
struct Inside<'a> {
    cells: &'a mut Cells,
    places: &'a [(String, Place)],
    /// Where the next value probably belongs.
    next: usize,
    key: Option<usize>,
}

impl<'a> Inside<'a> {
    /// The place of a name. Names come in the order of the places, but some may be left out.
    fn find(&mut self, name: &str) -> Result<usize, NoJson> {
        let is_it = |(_, (key, _)): &(usize, &(String, Place))| key == name;
        let (before, behind) = self.places.split_at(self.next.min(self.places.len()));
        let mut found = (before.len()..).zip(behind).find(is_it);
        found = found.or_else(|| (0..).zip(before).find(is_it));
        let Some((index, _)) = found else { return no(&format!("field {name:?}")) };
        self.next = index + 1;
        Ok(index)
    }

    fn fill(&mut self, index: usize, value: &(impl Serialize + ?Sized)) -> Result<(), NoJson> {
        let places: &'a [(String, Place)] = self.places;
        places.get(index).map_or(Ok(()), |(_, place)| self.cells.fill(place, value))
    }
}

macro_rules! integers {
    ($($name:ident $number:ty),*) => {
        $(fn $name(self, number: $number) -> Result<(), NoJson> {
            self.put(Held::Integer(i64::try_from(number).unwrap_or(i64::MAX)))
        })*
    };
}

impl<'a> Serializer for Filler<'a> {
    type Ok = ();
    type Error = NoJson;
    type SerializeSeq = Impossible<(), NoJson>;
    type SerializeTuple = Impossible<(), NoJson>;
    type SerializeTupleStruct = Impossible<(), NoJson>;
    type SerializeTupleVariant = Impossible<(), NoJson>;
    type SerializeMap = Inside<'a>;
    type SerializeStruct = Inside<'a>;
    type SerializeStructVariant = Impossible<(), NoJson>;

    integers! {
        serialize_u8 u8, serialize_u16 u16, serialize_u32 u32, serialize_u64 u64,
        serialize_i8 i8, serialize_i16 i16, serialize_i32 i32, serialize_i64 i64
    }

    fn serialize_bool(self, value: bool) -> Result<(), NoJson> {
        self.put(Held::Boolean(value))
    }

    fn serialize_str(self, text: &str) -> Result<(), NoJson> {
        match self.place {
            &Place::Column(column) => self.cells.put_text(column, text),
            _ => return no("text where the schema has an object"),
        }
        Ok(())
    }

    fn serialize_bytes(self, octets: &[u8]) -> Result<(), NoJson> {
        self.serialize_str(&shown(octets))
    }

    fn serialize_char(self, c: char) -> Result<(), NoJson> {
        self.serialize_str(c.encode_utf8(&mut [0; 4]))
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, name: &'static str) -> Result<(), NoJson> {
        self.serialize_str(name)
    }

    /// Cells are empty before.
    fn serialize_none(self) -> Result<(), NoJson> {
        Ok(())
    }

    fn serialize_unit(self) -> Result<(), NoJson> {
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), NoJson> {
        Ok(())
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

    fn serialize_map(self, _: Option<usize>) -> Result<Inside<'a>, NoJson> {
        self.inside()
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Inside<'a>, NoJson> {
        self.inside()
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, NoJson> {
        no("list in a cell of its own kind")
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, NoJson> {
        no("list in a cell of its own kind")
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, NoJson> {
        no("list in a cell of its own kind")
    }

    fn serialize_f32(self, _: f32) -> Result<(), NoJson> {
        no("fractions")
    }

    fn serialize_f64(self, _: f64) -> Result<(), NoJson> {
        no("fractions")
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), NoJson> {
        no("variants with content")
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, NoJson> {
        no("variants with content")
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, NoJson> {
        no("variants with content")
    }
}

impl ser::SerializeStruct for Inside<'_> {
    type Ok = ();
    type Error = NoJson;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), NoJson> {
        let index = self.find(name)?;
        self.fill(index, value)
    }

    fn end(self) -> Result<(), NoJson> {
        Ok(())
    }
}

/// What serde writes of an object with another one flattened into it.
impl ser::SerializeMap for Inside<'_> {
    type Ok = ();
    type Error = NoJson;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), NoJson> {
        let mut name = Vec::new();
        json::append(&mut name, key)?;
        let name = name.strip_prefix(b"\"").and_then(|name| name.strip_suffix(b"\"")).unwrap_or_default();
        self.key = Some(self.find(std::str::from_utf8(name).unwrap_or_default())?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NoJson> {
        self.key.take().map_or(Ok(()), |index| self.fill(index, value))
    }

    fn end(self) -> Result<(), NoJson> {
        Ok(())
    }
}
