//! The header of a frame (RFC 6455 §5.2).
//!
//! ```text
//! |F|R|R|R|opcode |M|  length 7   |  length 16 or 64 (where 126 or 127)  |  masking key 32 (where M)  |
//! ```

use super::Opcode;

/// A header, and what is odd about how its length is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) fin: bool,
    pub(super) reserved: u8,
    pub(super) opcode: Opcode,
    pub(super) length: u64,
    /// The masking key, where the payload is masked.
    pub(super) mask: Option<[u8; 4]>,
    pub(super) form: Form,
}

/// How a length is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// In as few octets as it can be.
    Shortest,
    /// In more.
    Longer,
    /// With the highest of 64 bits set, which is left out of the length.
    TooLarge,
}

/// A header and how many octets it has, as soon as it is whole.
pub(super) fn header(octets: &[u8]) -> Option<(usize, Header)> {
    let (&[first, second], rest) = octets.split_first_chunk()?;
    let (length, form, rest) = match second & 0x7f {
        126 => {
            let (field, rest) = rest.split_first_chunk::<2>()?;
            let length = u64::from(u16::from_be_bytes(*field));
            (length, if length < 126 { Form::Longer } else { Form::Shortest }, rest)
        }
        127 => {
            let (field, rest) = rest.split_first_chunk::<8>()?;
            let length = u64::from_be_bytes(*field);
            (length & (u64::MAX >> 1), form_of_64(length), rest)
        }
        short => (u64::from(short), Form::Shortest, rest),
    };
    let (mask, rest) = if second & 0x80 == 0 {
        (None, rest)
    } else {
        let (key, rest) = rest.split_first_chunk::<4>()?;
        (Some(*key), rest)
    };
    let (fin, reserved, opcode) = (first & 0x80 != 0, (first >> 4) & 7, Opcode(first & 0xf));
    Some((octets.len() - rest.len(), Header { fin, reserved, opcode, length, mask, form }))
}

fn form_of_64(length: u64) -> Form {
    match length {
        ..=0xffff => Form::Longer,
        0x1_0000..=0x7fff_ffff_ffff_ffff => Form::Shortest,
        _ => Form::TooLarge,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(octets: &[u8], length: u64, form: Form, mask: Option<[u8; 4]>) {
        let (used, read) = header(octets).unwrap();
        assert_eq!(
            (used, read.length, read.form, read.mask),
            (octets.len(), length, form, mask),
            "{octets:x?}"
        );
        for cut in 0..octets.len() {
            assert_eq!(header(&octets[..cut]), None, "{octets:x?} cut at {cut}");
        }
    }

    #[test]
    fn lengths_of_7_16_and_64_bits() {
        check(&[0x81, 5], 5, Form::Shortest, None);
        check(&[0x81, 0x85, 1, 2, 3, 4], 5, Form::Shortest, Some([1, 2, 3, 4]));
        check(&[0x82, 126, 1, 0], 256, Form::Shortest, None);
        check(&[0x82, 126, 0, 125], 125, Form::Longer, None);
        check(&[0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0], 65_536, Form::Shortest, None);
        check(&[0x82, 127, 0, 0, 0, 0, 0, 0, 0xff, 0xff], 65_535, Form::Longer, None);
        check(&[0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 7, 9, 9, 9, 9], 7, Form::TooLarge, Some([9; 4]));
    }

    #[test]
    fn bits_and_opcodes() {
        let (_, read) = header(&[0x5b, 0]).unwrap();
        assert_eq!((read.fin, read.reserved, read.opcode), (false, 5, Opcode(0xb)));
    }
}
