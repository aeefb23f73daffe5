//! Options of pcapng blocks (§3.5): code (2), length (2), value filled up to a multiple of four.

use nom::Parser;
use nom::number::Endianness;

use crate::parse::{Malformed, Parsed, number16, padded, value};

/// The end of the options; everything after it in the block is no option.
const END: u16 = 0;
/// A comment, in every block.
pub(crate) const COMMENT: u16 = 1;

/// Shows `visit` each option's code and value, up to the end of options or of the block.
pub(crate) fn each(
    mut input: &[u8],
    order: Endianness,
    mut visit: impl FnMut(u16, &[u8]),
) -> Result<(), Malformed> {
    while !input.is_empty() {
        let (rest, (code, octets)) = match option(input, order) {
            Ok(read) => read,
            Err(error) => return value(Err(error)),
        };
        if code == END {
            break;
        }
        visit(code, octets);
        input = rest;
    }
    Ok(())
}

fn option(input: &[u8], order: Endianness) -> Parsed<'_, (u16, &[u8])> {
    let (input, code) = number16(order, "an option's code").parse(input)?;
    let (input, length) = number16(order, "an option's length").parse(input)?;
    let (input, octets) = padded(input, usize::from(length), "an option's value")?;
    Ok((input, (code, octets)))
}

/// The option's value as an unsigned 64-bit number; `None` where it has another size.
pub(crate) fn number(octets: &[u8], order: Endianness) -> Option<u64> {
    let octets: [u8; 8] = octets.try_into().ok()?;
    Some(if order == Endianness::Big { u64::from_be_bytes(octets) } else { u64::from_le_bytes(octets) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(input: &[u8]) -> (Vec<(u16, Vec<u8>)>, bool) {
        let mut options = Vec::new();
        let result = each(input, Endianness::Big, |code, octets| options.push((code, octets.to_vec())));
        (options, result.is_ok())
    }

    #[test]
    fn options_end_at_the_end_of_options_or_of_the_block() {
        let two = vec![(1, b"hello".to_vec()), (2, Vec::new())];
        let bytes = b"\0\x01\0\x05hello\0\0\0\0\x02\0\0";
        assert_eq!(read(bytes), (two.clone(), true));
        assert_eq!(read(&[bytes.as_slice(), b"\0\0\0\0\0\x07\xff\xff"].concat()), (two, true));
        assert_eq!(read(b""), (Vec::new(), true));
    }

    #[test]
    fn an_option_beyond_its_block_is_malformed_and_those_before_it_are_read() {
        assert_eq!(read(b"\0\x01\0\0\0\x02\0\x09short"), (vec![(1, Vec::new())], false));
        assert_eq!(read(b"\0\x01"), (Vec::new(), false));
    }

    #[test]
    fn numbers_have_eight_octets() {
        assert_eq!(number(b"\0\0\0\0\0\0\0\x4d", Endianness::Big), Some(77));
        assert_eq!(number(b"\x4d\0\0\0\0\0\0\0", Endianness::Little), Some(77));
        assert_eq!(number(b"\x4d\0\0\0", Endianness::Little), None);
    }
}
