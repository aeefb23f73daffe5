//! What the pure parsers share: their error, and values as both formats lay them out.

use std::fmt;

use nom::error::{ContextError, ErrorKind, ParseError};
use nom::number::Endianness;
use nom::{Err, IResult, Parser};

/// A parser's answer.
pub(crate) type Parsed<'a, T> = IResult<&'a [u8], T, Malformed>;

/// A body that does not hold what it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Malformed {
    /// A field runs over the end.
    Short {
        /// The innermost field that could not be read; "" before it is known.
        field: &'static str,
        /// Bytes that were left for it.
        available: usize,
    },
    /// A field has a value that means nothing.
    Meaningless(&'static str),
    /// An interface that the section did not describe.
    UndescribedInterface(u32),
    /// A version of pcapng that nobody has defined; reading goes on as if it were 1.0.
    UnknownVersion((u16, u16)),
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Short { field, available } => {
                write!(f, "{field} does not fit into the {available} bytes that are left for it")
            }
            Self::Meaningless(field) => write!(f, "{field} has no meaning"),
            Self::UndescribedInterface(id) => write!(f, "interface {id} is not described in its section"),
            Self::UnknownVersion((major, minor)) => {
                write!(f, "version {major}.{minor} is unknown: read as 1.0")
            }
        }
    }
}

impl<'a> ParseError<&'a [u8]> for Malformed {
    fn from_error_kind(input: &'a [u8], _: ErrorKind) -> Self {
        Self::Short { field: "", available: input.len() }
    }

    fn append(_: &'a [u8], _: ErrorKind, other: Self) -> Self {
        other
    }
}

impl<'a> ContextError<&'a [u8]> for Malformed {
    fn add_context(_: &'a [u8], field: &'static str, other: Self) -> Self {
        match other {
            Self::Short { field: "", available } => Self::Short { field, available },
            named => named,
        }
    }
}

/// The value, when what is left after it does not matter.
pub(crate) fn value<T>(parsed: Parsed<'_, T>) -> Result<T, Malformed> {
    match parsed {
        Ok((_, value)) => Ok(value),
        Err(Err::Error(malformed) | Err::Failure(malformed)) => Err(malformed),
        Err(Err::Incomplete(_)) => Err(Malformed::Short { field: "the body", available: 0 }),
    }
}

fn short(field: &'static str, input: &[u8]) -> Err<Malformed> {
    Err::Error(Malformed::Short { field, available: input.len() })
}

/// As many 32-bit numbers as there are fields, one after the other.
#[inline]
pub(crate) fn numbers32<'a, const N: usize>(
    order: Endianness,
    fields: &'static [&'static str; N],
    input: &'a [u8],
) -> Parsed<'a, [u32; N]> {
    let octets = input.as_chunks().0.first_chunk::<N>();
    let Some(octets) = octets else {
        let there = input.len() / 4;
        return Err(short(fields.get(there).unwrap_or(&""), input.get(4 * there..).unwrap_or_default()));
    };
    let number = |octets: &[u8; 4]| match order {
        Endianness::Big => u32::from_be_bytes(*octets),
        _ => u32::from_le_bytes(*octets),
    };
    Ok((input.get(4 * N..).unwrap_or_default(), octets.each_ref().map(number)))
}

/// A 16-bit number.
pub(crate) fn number16<'a>(
    order: Endianness,
    field: &'static str,
) -> impl Parser<&'a [u8], Output = u16, Error = Malformed> {
    move |input: &'a [u8]| match input.split_first_chunk() {
        Some((number, rest)) if order == Endianness::Big => Ok((rest, u16::from_be_bytes(*number))),
        Some((number, rest)) => Ok((rest, u16::from_le_bytes(*number))),
        None => Err(short(field, input)),
    }
}

/// A 32-bit number.
pub(crate) fn number32<'a>(
    order: Endianness,
    field: &'static str,
) -> impl Parser<&'a [u8], Output = u32, Error = Malformed> {
    move |input: &'a [u8]| match input.split_first_chunk() {
        Some((number, rest)) if order == Endianness::Big => Ok((rest, u32::from_be_bytes(*number))),
        Some((number, rest)) => Ok((rest, u32::from_le_bytes(*number))),
        None => Err(short(field, input)),
    }
}

/// So many octets.
pub(crate) fn octets<'a>(
    length: usize,
    field: &'static str,
) -> impl Parser<&'a [u8], Output = &'a [u8], Error = Malformed> {
    move |input: &'a [u8]| match input.split_at_checked(length) {
        Some((octets, rest)) => Ok((rest, octets)),
        None => Err(short(field, input)),
    }
}

/// So many octets and what fills them up to a multiple of four, as pcapng lays everything out. Filling that is
/// missing at the very end is forgiven.
pub(crate) fn padded<'a>(input: &'a [u8], length: usize, field: &'static str) -> Parsed<'a, &'a [u8]> {
    let (input, octets) = octets(length, field).parse(input)?;
    let filling = length.next_multiple_of(4).saturating_sub(length).min(input.len());
    Ok((input.get(filling..).unwrap_or_default(), octets))
}

#[cfg(test)]
mod tests {
    use nom::error::context;

    use super::*;

    #[test]
    fn filling_goes_with_the_octets_before_it() {
        assert_eq!(padded(b"abc.de", 3, "x"), Ok((&b"de"[..], &b"abc"[..])));
        assert_eq!(padded(b"abcd", 4, "x"), Ok((&b""[..], &b"abcd"[..])));
        assert_eq!(padded(b"abc", 3, "x"), Ok((&b""[..], &b"abc"[..])), "missing at the end");
        assert_eq!(value(padded(b"abc", 4, "x")).unwrap_err(), Malformed::Short { field: "x", available: 3 });
    }

    #[test]
    fn an_error_names_the_innermost_field() {
        let error = value(context("outer", number32(Endianness::Big, "inner")).parse(b"\x01")).unwrap_err();
        assert_eq!(error.to_string(), "inner does not fit into the 1 bytes that are left for it");
    }
}
