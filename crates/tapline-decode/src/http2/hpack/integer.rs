//! Integers with a prefix (RFC 7541 §5.1).

use crate::parse::{Fault, Parsed, refuse, u8};

/// Octets after the first that are read: five carry 35 bits, one more lets a zero pad.
const CONTINUATION_MAX: u32 = 6;

/// An integer whose first octet lends its low `prefix_bits` to it. Values above 32 bits are refused.
pub(in crate::http2) fn integer(prefix_bits: u32, input: &[u8]) -> Parsed<'_, u32> {
    let (mut rest, first) = u8("integer", input)?;
    let mask = 0xff_u8.checked_shr(8 - prefix_bits).unwrap_or(0xff);
    let mut value = u64::from(first & mask);
    if value < u64::from(mask) {
        return Ok((rest, u32::from(first & mask)));
    }
    for nth in 0..CONTINUATION_MAX {
        let (after, octet) = u8("integer", rest)?;
        rest = after;
        value += u64::from(octet & 0x7f) << (7 * nth);
        if octet & 0x80 == 0 {
            return match u32::try_from(value) {
                Ok(value) => Ok((rest, value)),
                Err(_) => refuse(TOO_LARGE, input),
            };
        }
    }
    refuse(TOO_LARGE, input)
}

/// The field of the fault of an integer that is too large, to tell it from one that broke off.
pub(super) const TOO_LARGE: &str = "integer above 32 bits";

/// Whether a fault says that the integer was too large.
pub(super) fn is_too_large(fault: &Fault) -> bool {
    fault.field == TOO_LARGE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(prefix_bits: u32, input: &[u8], expected: Option<u32>) {
        assert_eq!(integer(prefix_bits, input).ok().map(|(_, value)| value), expected, "{input:02x?}");
    }

    #[test]
    fn samples_of_the_rfc_appendix_c1() {
        check(5, &[0x0a], Some(10));
        check(5, &[0x1f, 0x9a, 0x0a], Some(1337));
        check(8, &[0x2a], Some(42));
    }

    #[test]
    fn bounds() {
        check(7, &[0x7f, 0x80, 0xff, 0xff, 0xff, 0x0f], Some(u32::MAX));
        check(7, &[0x7f, 0x81, 0xff, 0xff, 0xff, 0x0f], None);
        check(5, &[0x1f, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00], Some(31));
        check(5, &[0x1f, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00], None);
        check(5, &[0x1f], None);
        check(5, &[], None);
    }
}
