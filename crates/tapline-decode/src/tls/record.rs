//! Record headers (RFC 8446 §5.1).
//!
//! ```text
//! +----------------+-----------------------+-------------------------+
//! | content type 8 | legacy version (16)   | length (16)             | fragment …
//! +----------------+-----------------------+-------------------------+
//! ```

use nom::number::streaming::{be_u8, be_u16};
use nom::{IResult, Parser};

use super::{ContentType, Version};
use crate::limits::TLS_RECORD_MAX;
use crate::resync::Measure;

/// Octets of a record header.
pub(super) const HEADER_SIZE: usize = 5;

/// A record header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) content: ContentType,
    pub(super) version: Version,
    pub(super) length: u16,
}

/// The five octets before every fragment. The one parser here that may say `Incomplete`.
pub(super) fn header(input: &[u8]) -> IResult<&[u8], Header> {
    let (input, content) = be_u8.map(ContentType).parse(input)?;
    let (input, version) = be_u16.map(Version).parse(input)?;
    let (input, length) = be_u16.parse(input)?;
    Ok((input, Header { content, version, length }))
}

/// Whether this can be a record where one is due: the content type may be unassigned.
pub(super) fn is_record(header: Header) -> bool {
    (0x0300..=0x0304).contains(&header.version.0) && header.length <= TLS_RECORD_MAX
}

/// The unit that begins here, if it can be a record: for finding records after a gap.
pub(super) fn measure(octets: &[u8]) -> Measure {
    match header(octets) {
        Ok((_, header)) => {
            let assigned = (20..=24).contains(&header.content.0) && header.length > 0;
            let fits = header.content != ContentType::CHANGE_CIPHER_SPEC || header.length == 1;
            if assigned && fits && is_record(header) {
                Measure::Unit(HEADER_SIZE + usize::from(header.length))
            } else {
                Measure::Implausible
            }
        }
        Err(_) => Measure::Incomplete,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers() {
        let (rest, parsed) = header(&[22, 3, 1, 0, 5, 9]).unwrap();
        let expected = Header { content: ContentType::HANDSHAKE, version: Version(0x0301), length: 5 };
        assert_eq!((rest, parsed), (&[9][..], expected));
        for cut in 0..HEADER_SIZE {
            assert!(header(&[22, 3, 1, 0, 5][..cut]).unwrap_err().is_incomplete());
        }
    }

    #[test]
    fn only_records_are_plausible() {
        let check = |octets: [u8; 5], expected| {
            assert_eq!(matches!(measure(&octets), Measure::Unit(_)), expected, "{octets:02x?}");
        };
        check([23, 3, 3, 0x48, 0x00], true);
        check([23, 3, 3, 0x48, 0x01], false);
        check([23, 3, 5, 0, 1], false);
        check([20, 3, 3, 0, 1], true);
        check([20, 3, 3, 0, 2], false);
        check([25, 3, 3, 0, 1], false);
        check([23, 3, 3, 0, 0], false);
    }
}
