//! Whether nine octets can be a frame header: for finding frames after a gap.

use super::frame::{HEADER_SIZE, Header, header};
use super::{FrameType, flags_of};
use crate::parse::size;
use crate::resync::Measure;

/// The largest payload that is believed before any SETTINGS says more.
const PAYLOAD_MAX: u32 = 16384;

/// The unit that begins here, if it can be a frame.
pub(super) fn measure(octets: &[u8]) -> Measure {
    match header(octets) {
        Ok((_, header)) if is_plausible(header) => Measure::Unit(HEADER_SIZE + size(header.length)),
        Ok(_) => Measure::Implausible,
        Err(_) => Measure::Incomplete,
    }
}

/// Whether a sender that keeps to the rules could have sent this header.
pub(crate) fn is_plausible(header: Header) -> bool {
    let defined = flags_of(header.kind).iter().fold(0, |all, (bit, _)| all | bit);
    let on_stream = header.stream != 0;
    let fits = match header.kind {
        FrameType::DATA | FrameType::HEADERS | FrameType::CONTINUATION => on_stream,
        FrameType::PUSH_PROMISE => on_stream && header.length >= 4,
        FrameType::PRIORITY => on_stream && header.length == 5,
        FrameType::RST_STREAM => on_stream && header.length == 4,
        FrameType::SETTINGS => {
            !on_stream && header.length.is_multiple_of(6) && (header.flags == 0 || header.length == 0)
        }
        FrameType::PING => !on_stream && header.length == 8,
        FrameType::GOAWAY => !on_stream && header.length >= 8,
        FrameType::WINDOW_UPDATE => header.length == 4,
        FrameType::ALTSVC => header.length >= 2,
        FrameType::ORIGIN => !on_stream,
        FrameType::PRIORITY_UPDATE => !on_stream && header.length >= 4,
        _ => false,
    };
    fits && !header.reserved && header.flags & !defined == 0 && header.length <= PAYLOAD_MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_could_have_been_sent_is_plausible() {
        let check = |octets: [u8; 9], expected| {
            assert_eq!(matches!(measure(&octets), Measure::Unit(_)), expected, "{octets:02x?}");
        };
        check([0, 0, 8, 6, 1, 0, 0, 0, 0], true);
        check([0, 0, 7, 6, 1, 0, 0, 0, 0], false);
        check([0, 0, 8, 6, 2, 0, 0, 0, 0], false);
        check([0, 0, 8, 6, 1, 0, 0, 0, 1], false);
        check([0, 0x40, 0, 0, 1, 0, 0, 0, 1], true);
        check([0, 0x40, 1, 0, 1, 0, 0, 0, 1], false);
        check([0, 0, 5, 0, 1, 0x80, 0, 0, 1], false);
        check([0, 0, 5, 0xbb, 0, 0, 0, 0, 1], false);
    }
}
