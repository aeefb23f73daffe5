//! A walk over octets that leaves a field for each piece.

use std::borrow::Cow;
use std::ops::Range;

use super::{Field, hex, size};

/// Walks octets from first to last and makes a field of each piece.
///
/// Every read answers `None` where the octets do not suffice, and has then left a field that says so and covers what
/// there was: a reader that gives up by `?` leaves a tree that is whole.
#[derive(Debug)]
pub struct Cursor<'a> {
    left: &'a [u8],
    /// Where `left` begins in the octets that the tree is made of.
    at: usize,
    end: End,
    fields: Vec<Field>,
}

/// Why there are no more octets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum End {
    /// Nothing more was given: what needs more was cut.
    Given,
    /// A length before them says so: what needs more is malformed.
    Claimed,
}

/// A big-endian number of an unsigned type.
macro_rules! number {
    ($($name:ident, $name_as:ident: $type:ty, $size:literal, $read:expr;)*) => {
        $(
            /// A number in network order, shown in decimal.
            pub fn $name(&mut self, name: &'static str, label: impl Into<Cow<'static, str>>) -> Option<$type> {
                self.$name_as(name, label, |number| number.to_string())
            }

            /// A number in network order, shown by `show`.
            pub fn $name_as(
                &mut self,
                name: &'static str,
                label: impl Into<Cow<'static, str>>,
                show: impl FnOnce($type) -> String,
            ) -> Option<$type> {
                let label = label.into();
                let Some((octets, range)) = self.split::<$size>() else {
                    self.short(label, $size);
                    return None;
                };
                let number = $read(octets);
                self.push(Field::leaf(name, label, show(number), range));
                Some(number)
            }
        )*
    };
}

impl<'a> Cursor<'a> {
    /// Over all octets of a tree.
    pub fn new(octets: &'a [u8]) -> Self {
        Self::at(0, octets)
    }

    /// Over octets that stand at `at` in those of the tree, and behind which there may have been more.
    pub fn at(at: usize, octets: &'a [u8]) -> Self {
        Self { left: octets, at, end: End::Given, fields: Vec::new() }
    }

    /// Over octets that stand at `at` in those of the tree, and that a length says are all.
    pub fn claimed(at: usize, octets: &'a [u8]) -> Self {
        Self { end: End::Claimed, ..Self::at(at, octets) }
    }

    /// What was not walked yet.
    pub fn left(&self) -> &'a [u8] {
        self.left
    }

    /// Where the next octet stands in those of the tree.
    pub fn position(&self) -> usize {
        self.at
    }

    /// Whether all octets were walked.
    pub fn is_empty(&self) -> bool {
        self.left.is_empty()
    }

    /// The fields so far; what was not walked becomes one that says that it is left over.
    pub fn finish(mut self) -> Vec<Field> {
        if !self.left.is_empty() {
            let value = format!("{} left over", size(self.left.len()));
            let range = self.skip(self.left.len());
            self.push(Field::leaf(Field::MALFORMED, "Left Over", value, range));
        }
        self.fields
    }

    /// Appends a field that was made elsewhere; it must end before the next octet.
    pub fn push(&mut self, field: Field) {
        self.fields.push(field);
    }

    /// The field that was made last.
    pub fn last(&mut self) -> Option<&mut Field> {
        self.fields.last_mut()
    }

    /// Sets the value of the field that was made last.
    pub fn describe(&mut self, value: impl Into<String>) {
        if let Some(field) = self.last() {
            field.value = value.into();
        }
    }

    /// Sets the value of the field that was made last to those of two of its parts: `from → to`.
    pub fn describe_way(&mut self, from: &str, to: &str) {
        if let Some(field) = self.last()
            && let (Some(from), Some(to)) = (field.value_of(from), field.value_of(to))
        {
            field.value = format!("{from} → {to}");
        }
    }

    /// Whether a field so far breaks off or says something impossible.
    pub fn is_damaged(&self) -> bool {
        self.fields.iter().any(Field::is_damaged)
    }

    /// The next `N` octets and where they stand, without a field: for words whose bits are fields, which the caller
    /// makes. `label` is for the complaint that there are not so many.
    pub fn take<const N: usize>(&mut self, label: &'static str) -> Option<([u8; N], Range<usize>)> {
        let taken = self.split();
        if taken.is_none() {
            self.short(label.into(), N);
        }
        taken
    }

    number! {
        u8, u8_as: u8, 1, u8::from_be_bytes;
        u16, u16_as: u16, 2, u16::from_be_bytes;
        u24, u24_as: u32, 3, |[a, b, c]: [u8; 3]| u32::from_be_bytes([0, a, b, c]);
        u32, u32_as: u32, 4, u32::from_be_bytes;
        u64, u64_as: u64, 8, u64::from_be_bytes;
    }

    /// Octets, shown in hex.
    pub fn octets(
        &mut self,
        name: &'static str,
        label: impl Into<Cow<'static, str>>,
        count: usize,
    ) -> Option<&'a [u8]> {
        self.octets_as(name, label, count, hex)
    }

    /// Octets, shown by `show`.
    pub fn octets_as(
        &mut self,
        name: &'static str,
        label: impl Into<Cow<'static, str>>,
        count: usize,
        show: impl FnOnce(&[u8]) -> String,
    ) -> Option<&'a [u8]> {
        let Some(octets) = self.left.get(..count) else {
            self.short(label.into(), count);
            return None;
        };
        let range = self.skip(count);
        self.push(Field::leaf(name, label, show(octets), range));
        Some(octets)
    }

    /// All octets that are left, shown by their number; no field where there is none.
    pub fn rest(&mut self, name: &'static str, label: impl Into<Cow<'static, str>>) -> &'a [u8] {
        self.rest_as(name, label, |octets| size(octets.len()))
    }

    /// All octets that are left, shown by `show`; no field where there is none.
    pub fn rest_as(
        &mut self,
        name: &'static str,
        label: impl Into<Cow<'static, str>>,
        show: impl FnOnce(&[u8]) -> String,
    ) -> &'a [u8] {
        let octets = self.left;
        if !octets.is_empty() {
            let range = self.skip(octets.len());
            self.push(Field::leaf(name, label, show(octets), range));
        }
        octets
    }

    /// A heading over what `inside` reads; where that ends is found by reading.
    pub fn heading<T>(
        &mut self,
        name: &'static str,
        label: impl Into<Cow<'static, str>>,
        inside: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let start = self.at;
        let before = std::mem::take(&mut self.fields);
        let answer = inside(self);
        let fields = std::mem::replace(&mut self.fields, before);
        let (label, value) = (label.into(), String::new());
        self.push(Field { name, label, value, octets: start..self.at, fields });
        answer
    }

    /// A heading over so many octets, which `inside` has to use up, as in [`Self::part`].
    pub fn group<T>(
        &mut self,
        name: &'static str,
        label: impl Into<Cow<'static, str>>,
        count: usize,
        inside: impl FnOnce(&mut Self) -> T,
    ) -> T {
        self.heading(name, label, |cursor| cursor.part(count, inside))
    }

    /// So many octets, which `inside` has to use up: what it leaves is left over, and where they are not all there, that
    /// is said behind what could be read.
    pub fn part<T>(&mut self, count: usize, inside: impl FnOnce(&mut Self) -> T) -> T {
        let at = self.at;
        let left = self.left.get(..count).unwrap_or(self.left);
        let lacking = count - left.len();
        self.skip(left.len());
        let end = if lacking == 0 { End::Claimed } else { self.end };
        let mut part = Self { left, at, end, fields: Vec::new() };
        let answer = inside(&mut part);
        if lacking > 0 && !part.is_damaged() {
            part.short("End".into(), part.left.len() + lacking);
        }
        self.fields.extend(part.finish());
        answer
    }

    /// Says that what comes cannot be read, with the reason; it covers all that is left.
    pub fn refuse(&mut self, label: impl Into<Cow<'static, str>>, reason: impl Into<String>) {
        let range = self.skip(self.left.len());
        self.push(Field::leaf(Field::MALFORMED, label, reason, range));
    }

    /// Reads in each of several forms until one uses up all that is left without damage; where none does, the first
    /// counts. For octets whose form hangs on what was not captured.
    pub fn first_whole<F: Copy>(&mut self, forms: &[F], read: impl Fn(F, &mut Self)) {
        let attempt = |form: F| {
            let mut part = Self { left: self.left, at: self.at, end: self.end, fields: Vec::new() };
            read(form, &mut part);
            part
        };
        let fits = |part: &Self| part.left.is_empty() && !part.is_damaged();
        let chosen =
            forms.iter().copied().map(attempt).find(fits).or_else(|| forms.first().copied().map(attempt));
        if let Some(Cursor { left, at, fields, .. }) = chosen {
            self.left = left;
            self.at = at;
            self.fields.extend(fields);
        }
    }

    /// Says that a field needs more octets than are left; it covers those.
    fn short(&mut self, label: Cow<'static, str>, needed: usize) {
        let available = self.left.len();
        let range = self.skip(available);
        let (name, what) = match self.end {
            End::Given => (Field::SHORT, "cut short"),
            End::Claimed => (Field::MALFORMED, "malformed"),
        };
        let value = format!("{what}: needs {} where {available} are left", size(needed));
        self.push(Field::leaf(name, label, value, range));
    }

    /// The next `N` octets, if there are so many.
    fn split<const N: usize>(&mut self) -> Option<([u8; N], Range<usize>)> {
        let octets = *self.left.first_chunk::<N>()?;
        Some((octets, self.skip(N)))
    }

    /// Steps over octets; where they stand.
    fn skip(&mut self, count: usize) -> Range<usize> {
        let start = self.at;
        let (walked, left) = self.left.split_at_checked(count).unwrap_or((self.left, &[]));
        self.at += walked.len();
        self.left = left;
        start..self.at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(fields: &[Field]) -> Vec<(&'static str, &str, Range<usize>)> {
        fields.iter().map(|field| (field.name, field.value.as_str(), field.octets.clone())).collect()
    }

    #[test]
    fn each_piece_is_a_field_at_its_place() {
        let mut cursor = Cursor::at(10, &[1, 0, 2, 0, 0, 3, 9, 9]);
        assert_eq!(cursor.u8("a", "A"), Some(1));
        assert_eq!(cursor.u16_as("b", "B", |number| format!("0x{number:04x}")), Some(2));
        assert_eq!(cursor.u24("c", "C"), Some(3));
        cursor.rest("d", "D");
        let fields = cursor.finish();
        assert_eq!(
            lines(&fields),
            [("a", "1", 10..11), ("b", "0x0002", 11..13), ("c", "3", 13..16), ("d", "2 octets", 16..18)]
        );
    }

    #[test]
    fn running_short_is_said_and_covers_what_is_left() {
        let mut cursor = Cursor::new(&[1, 2]);
        assert_eq!(cursor.u32("a", "A"), None);
        assert_eq!(
            lines(&cursor.finish()),
            [(Field::SHORT, "cut short: needs 4 octets where 2 are left", 0..2)]
        );
        let mut cursor = Cursor::new(&[1, 2, 3]);
        cursor.group("g", "G", 1, |part| part.u16("a", "A"));
        cursor.u16("b", "B");
        let fields = cursor.finish();
        assert_eq!(lines(&fields), [("g", "", 0..1), ("b", "515", 1..3)]);
        assert_eq!(
            lines(&fields[0].fields),
            [(Field::MALFORMED, "malformed: needs 2 octets where 1 are left", 0..1)]
        );
    }

    #[test]
    fn what_a_group_leaves_is_left_over_and_what_it_lacks_is_said() {
        let mut cursor = Cursor::new(&[1, 2, 3, 4]);
        cursor.group("g", "G", 2, |part| part.u8("a", "A"));
        cursor.group("h", "H", 5, |part| part.rest("b", "B"));
        let fields = cursor.finish();
        assert_eq!(
            lines(&fields[0].fields),
            [("a", "1", 0..1), (Field::MALFORMED, "1 octet left over", 1..2)]
        );
        assert_eq!(
            lines(&fields[1].fields),
            [("b", "2 octets", 2..4), (Field::SHORT, "cut short: needs 3 octets where 0 are left", 4..4)]
        );
    }

    #[test]
    fn the_form_that_uses_up_all_octets_is_taken() {
        let check = |octets: &[u8], expected: &[&'static str]| {
            let mut cursor = Cursor::new(octets);
            cursor.first_whole(&[1, 2], |form, part| {
                (0..form).try_for_each(|_| part.u8(if form == 1 { "one" } else { "two" }, "N").map(|_| ()));
            });
            let names: Vec<_> = cursor.finish().iter().map(|field| field.name).collect();
            assert_eq!(names, expected);
        };
        check(&[1], &["one"]);
        check(&[1, 2], &["two", "two"]);
        check(&[1, 2, 3], &["one", Field::MALFORMED]);
    }
}
