//! What all pure parsers here share: nom over complete slices, with a fault that says who fell short.

use std::fmt;

use nom::IResult;
use nom::error::{ErrorKind, ParseError};

/// What a parser of a body returns. Running short inside a body is a fault, never a wait.
pub(crate) type Parsed<'a, T> = IResult<&'a [u8], T, Fault>;

/// Why a body does not fit its type: which field, how much it needed and how much there was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The field, in the RFC's words.
    pub(crate) field: &'static str,
    /// Octets the field needed, 0 where its value was the fault.
    pub(crate) needed: usize,
    /// Octets that were left from the field's start to the end of its enclosure.
    pub(crate) available: usize,
}

impl ParseError<&[u8]> for Fault {
    fn from_error_kind(input: &[u8], _: ErrorKind) -> Self {
        Self { field: "octets", needed: 0, available: input.len() }
    }

    fn append(_: &[u8], _: ErrorKind, other: Self) -> Self {
        other
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.needed == 0 {
            write!(f, "{} has no valid value, {} octets before the end", self.field, self.available)
        } else {
            write!(f, "{} needs {} octets where {} are left", self.field, self.needed, self.available)
        }
    }
}

/// The fault of a field whose octets are there and say something impossible.
pub(crate) fn refuse<'a, T>(field: &'static str, input: &'a [u8]) -> Parsed<'a, T> {
    Err(nom::Err::Error(Fault { field, needed: 0, available: input.len() }))
}

/// `count` octets of a field.
pub(crate) fn octets<'a>(field: &'static str, count: usize, input: &'a [u8]) -> Parsed<'a, &'a [u8]> {
    match input.split_at_checked(count) {
        Some((taken, rest)) => Ok((rest, taken)),
        None => Err(nom::Err::Error(Fault { field, needed: count, available: input.len() })),
    }
}

/// A field of exactly `N` octets.
pub(crate) fn array<'a, const N: usize>(field: &'static str, input: &'a [u8]) -> Parsed<'a, [u8; N]> {
    match input.split_first_chunk::<N>() {
        Some((taken, rest)) => Ok((rest, *taken)),
        None => Err(nom::Err::Error(Fault { field, needed: N, available: input.len() })),
    }
}

/// An unsigned number of one octet.
pub(crate) fn u8<'a>(field: &'static str, input: &'a [u8]) -> Parsed<'a, u8> {
    array::<1>(field, input).map(|(rest, [value])| (rest, value))
}

/// An unsigned number of two octets, network order.
pub(crate) fn u16<'a>(field: &'static str, input: &'a [u8]) -> Parsed<'a, u16> {
    array(field, input).map(|(rest, value)| (rest, u16::from_be_bytes(value)))
}

/// An unsigned number of three octets, network order.
pub(crate) fn u24<'a>(field: &'static str, input: &'a [u8]) -> Parsed<'a, u32> {
    array(field, input).map(|(rest, [a, b, c])| (rest, u32::from_be_bytes([0, a, b, c])))
}

/// An unsigned number of four octets, network order.
pub(crate) fn u32<'a>(field: &'static str, input: &'a [u8]) -> Parsed<'a, u32> {
    array(field, input).map(|(rest, value)| (rest, u32::from_be_bytes(value)))
}

/// A vector preceded by its length in one octet.
pub(crate) fn vector8<'a>(field: &'static str, input: &'a [u8]) -> Parsed<'a, &'a [u8]> {
    let (input, length) = u8(field, input)?;
    octets(field, usize::from(length), input)
}

/// A vector preceded by its length in two octets.
pub(crate) fn vector16<'a>(field: &'static str, input: &'a [u8]) -> Parsed<'a, &'a [u8]> {
    let (input, length) = u16(field, input)?;
    octets(field, usize::from(length), input)
}

/// A vector preceded by its length in three octets.
pub(crate) fn vector24<'a>(field: &'static str, input: &'a [u8]) -> Parsed<'a, &'a [u8]> {
    let (input, length) = u24(field, input)?;
    octets(field, size(length), input)
}

/// Reads items until the input is used up.
pub(crate) fn all<'a, T>(
    mut input: &'a [u8],
    item: impl Fn(&'a [u8]) -> Parsed<'a, T>,
) -> Result<Vec<T>, nom::Err<Fault>> {
    let mut items = Vec::new();
    while !input.is_empty() {
        let (rest, one) = item(input)?;
        items.push(one);
        input = rest;
    }
    Ok(items)
}

/// The fault inside a nom error; complete parsers never say `Incomplete`.
pub(crate) fn fault(error: &nom::Err<Fault>) -> Fault {
    match error {
        nom::Err::Error(fault) | nom::Err::Failure(fault) => *fault,
        nom::Err::Incomplete(_) => Fault { field: "octets", needed: 1, available: 0 },
    }
}

/// A wire length as a size in memory.
pub(crate) fn size(length: u32) -> usize {
    usize::try_from(length).unwrap_or(usize::MAX)
}

/// A size in memory as a wire length; what no field can hold saturates.
pub(crate) fn length(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}

/// A size in memory as a number of stream octets.
pub(crate) fn span(size: usize) -> u64 {
    u64::try_from(size).unwrap_or(u64::MAX)
}

/// How much of `available` octets a run of `left` stream octets takes.
pub(crate) fn portion(left: u64, available: usize) -> usize {
    usize::try_from(left).map_or(available, |left| left.min(available))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vector_longer_than_its_enclosure_says_what_it_needed() {
        let error = vector8("session_id", &[4, 1, 2]).unwrap_err();
        assert_eq!(fault(&error), Fault { field: "session_id", needed: 4, available: 2 });
    }

    #[test]
    fn numbers_are_in_network_order() {
        assert_eq!(u16("n", &[1, 2, 3]).unwrap(), (&[3][..], 0x0102));
        assert_eq!(u24("n", &[1, 2, 3]).unwrap(), (&[][..], 0x01_0203));
        assert_eq!(u32("n", &[1, 2, 3, 4]).unwrap(), (&[][..], 0x0102_0304));
    }
}
