//! Vectors of vectors and of numbers, as most messages and extensions are made of them.

use crate::anomaly::Anomaly;
use crate::parse::{Fault, Parsed, all, refuse, u16, vector8, vector16};

/// Numbers of two octets that fill their vector.
pub(in crate::tls) fn numbers(field: &'static str, input: &[u8]) -> Result<Vec<u16>, nom::Err<Fault>> {
    if !input.len().is_multiple_of(2) {
        return refuse(field, input).map(|(_, never)| never);
    }
    all(input, |input| u16(field, input))
}

/// A vector of numbers of two octets, its length before it in two octets.
pub(in crate::tls) fn numbers16<'a, T>(
    field: &'static str,
    make: impl Fn(u16) -> T,
    input: &'a [u8],
) -> Parsed<'a, Vec<T>> {
    let (input, list) = vector16(field, input)?;
    Ok((input, numbers(field, list)?.into_iter().map(make).collect()))
}

/// A vector of numbers of two octets, its length before it in one octet.
pub(in crate::tls) fn numbers8<'a, T>(
    field: &'static str,
    make: impl Fn(u16) -> T,
    input: &'a [u8],
) -> Parsed<'a, Vec<T>> {
    let (input, list) = vector8(field, input)?;
    Ok((input, numbers(field, list)?.into_iter().map(make).collect()))
}

/// A vector of octets, owned, its length before it in one octet.
pub(in crate::tls) fn opaque8<'a>(field: &'static str, input: &'a [u8]) -> Parsed<'a, Vec<u8>> {
    vector8(field, input).map(|(rest, octets)| (rest, octets.to_vec()))
}

/// A vector of octets, owned, its length before it in two octets.
pub(in crate::tls) fn opaque16<'a>(field: &'static str, input: &'a [u8]) -> Parsed<'a, Vec<u8>> {
    vector16(field, input).map(|(rest, octets)| (rest, octets.to_vec()))
}

/// Reads a body in each of several forms until one uses it up; where none does, what the first one says.
/// For messages whose form hangs on what the capture does not show.
pub(super) fn first_whole<'a, F: Copy, T>(
    forms: &[F],
    input: &'a [u8],
    oddities: &mut Vec<Anomaly>,
    parse: impl Fn(F, &'a [u8], &mut Vec<Anomaly>) -> Parsed<'a, T>,
) -> Parsed<'a, T> {
    let mut first = None;
    for &form in forms {
        let mut said = Vec::new();
        let parsed = parse(form, input, &mut said);
        if matches!(parsed, Ok(([], _))) {
            oddities.append(&mut said);
            return parsed;
        }
        first.get_or_insert((parsed, said));
    }
    match first {
        Some((parsed, mut said)) => {
            oddities.append(&mut said);
            parsed
        }
        None => refuse("body", input),
    }
}
