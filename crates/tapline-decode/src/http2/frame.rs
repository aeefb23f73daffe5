//! Frames: the header first, then the payload of each type (RFC 9113 §4.1, §6).
//!
//! ```text
//! +-----------------------------------------------+
//! |                 Length (24)                   |
//! +---------------+---------------+---------------+
//! |   Type (8)    |   Flags (8)   |
//! +-+-------------+---------------+-------------------------------+
//! |R|                 Stream Identifier (31)                      |
//! +=+=============================================================+
//! |                   Frame Payload (0...)                      ...
//! +---------------------------------------------------------------+
//! ```

use nom::number::streaming::{be_u8, be_u24, be_u32};
use nom::{IResult, Parser};

use super::registry::{ACK, PADDED, PRIORITY};
use super::{ErrorCode, FrameType, Payload, Priority, Setting};
use crate::limits::OPAQUE_KEPT_MAX;
use crate::parse::{Fault, Parsed, all, array, length, octets, refuse, u8, u16, u32, vector16};

/// Octets of a frame header.
pub(crate) const HEADER_SIZE: usize = 9;

const STREAM_MASK: u32 = 0x7fff_ffff;

/// A frame header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) length: u32,
    pub(crate) kind: FrameType,
    pub(crate) flags: u8,
    pub(crate) reserved: bool,
    pub(crate) stream: u32,
}

/// The nine octets before every payload. The one parser here that may say `Incomplete`.
pub(crate) fn header(input: &[u8]) -> IResult<&[u8], Header> {
    let (input, length) = be_u24.parse(input)?;
    let (input, kind) = be_u8.map(FrameType).parse(input)?;
    let (input, flags) = be_u8.parse(input)?;
    let (input, word) = be_u32.parse(input)?;
    let stream = word & STREAM_MASK;
    Ok((input, Header { length, kind, flags, reserved: word != stream, stream }))
}

/// What a payload says, and the field block fragment where it carries one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Parts<'a> {
    pub(crate) payload: Payload,
    pub(crate) fragment: &'a [u8],
}

/// The payload of a frame whose header is known, whole. DATA is not among these: it is never held.
pub(crate) fn payload(header: Header, input: &[u8]) -> Result<Parts<'_>, nom::Err<Fault>> {
    let (rest, payload) = match header.kind {
        FrameType::HEADERS => return headers(header.flags, input),
        FrameType::PUSH_PROMISE => return push_promise(header.flags, input),
        FrameType::CONTINUATION => {
            let payload = Payload::Continuation { fragment_length: length(input.len()), block: None };
            return Ok(Parts { payload, fragment: input });
        }
        FrameType::PRIORITY => priority(input).map(|(rest, priority)| (rest, Payload::Priority(priority)))?,
        FrameType::RST_STREAM => u32("error code", input)
            .map(|(rest, code)| (rest, Payload::RstStream { error: ErrorCode(code) }))?,
        FrameType::SETTINGS => settings(header.flags, input)?,
        FrameType::PING => array("opaque data", input).map(|(rest, data)| (rest, Payload::Ping(data)))?,
        FrameType::GOAWAY => go_away(input)?,
        FrameType::WINDOW_UPDATE => {
            let (rest, increment) = u32("window size increment", input)?;
            (rest, Payload::WindowUpdate { increment: increment & STREAM_MASK })
        }
        FrameType::ALTSVC => alt_svc(input)?,
        FrameType::ORIGIN => {
            let origins = all(input, |input| vector16("origin", input))?;
            (&[][..], Payload::Origin(origins.into_iter().map(<[u8]>::to_vec).collect()))
        }
        FrameType::PRIORITY_UPDATE => {
            let (value, stream) = u32("prioritized stream", input)?;
            let prioritized_stream = stream & STREAM_MASK;
            (&[][..], Payload::PriorityUpdate { prioritized_stream, value: value.to_vec() })
        }
        _ => (&[][..], Payload::Unknown(kept(input))),
    };
    if rest.is_empty() { Ok(Parts { payload, fragment: &[] }) } else { too_long(rest) }
}

/// The part of an uninterpreted payload that is kept.
pub(crate) fn kept(input: &[u8]) -> Vec<u8> {
    input.get(..OPAQUE_KEPT_MAX).unwrap_or(input).to_vec()
}

fn too_long<T>(rest: &[u8]) -> Result<T, nom::Err<Fault>> {
    refuse("end of payload", rest).map(|(_, never)| never)
}

/// The content between Pad Length and padding (RFC 9113 §6.1).
fn unpadded(flags: u8, input: &[u8]) -> Parsed<'_, Option<u8>> {
    if flags & PADDED == 0 {
        return Ok((input, None));
    }
    let (input, pad_length) = u8("pad length", input)?;
    match input.len().checked_sub(usize::from(pad_length)) {
        Some(content) => octets("padding", content, input).map(|(_, content)| (content, Some(pad_length))),
        None => refuse("padding", input),
    }
}

fn headers(flags: u8, input: &[u8]) -> Result<Parts<'_>, nom::Err<Fault>> {
    let (input, padding) = unpadded(flags, input)?;
    let (fragment, priority) = if flags & PRIORITY == 0 {
        (input, None)
    } else {
        priority(input).map(|(rest, priority)| (rest, Some(priority)))?
    };
    let payload =
        Payload::Headers { priority, padding, fragment_length: length(fragment.len()), block: None };
    Ok(Parts { payload, fragment })
}

fn push_promise(flags: u8, input: &[u8]) -> Result<Parts<'_>, nom::Err<Fault>> {
    let (input, padding) = unpadded(flags, input)?;
    let (fragment, stream) = u32("promised stream", input)?;
    let promised_stream = stream & STREAM_MASK;
    let fragment_length = length(fragment.len());
    Ok(Parts {
        payload: Payload::PushPromise { promised_stream, padding, fragment_length, block: None },
        fragment,
    })
}

fn priority(input: &[u8]) -> Parsed<'_, Priority> {
    let (input, word) = u32("stream dependency", input)?;
    let (input, weight) = u8("weight", input)?;
    let dependency = word & STREAM_MASK;
    Ok((input, Priority { exclusive: word != dependency, dependency, weight: u16::from(weight) + 1 }))
}

fn settings(flags: u8, input: &[u8]) -> Parsed<'_, Payload> {
    if flags & ACK != 0 {
        return Ok((input, Payload::Settings(Vec::new())));
    }
    setting_list(input).map(|settings| (&[][..], Payload::Settings(settings)))
}

/// A list of settings, as in a SETTINGS payload and in HTTP2-Settings (RFC 7540 §3.2.1).
pub(crate) fn setting_list(input: &[u8]) -> Result<Vec<Setting>, nom::Err<Fault>> {
    all(input, |input| {
        let (input, id) = u16("setting identifier", input)?;
        let (input, value) = u32("setting value", input)?;
        Ok((input, Setting { id, value }))
    })
}

fn go_away(input: &[u8]) -> Parsed<'_, Payload> {
    let (input, last_stream) = u32("last stream", input)?;
    let (debug, code) = u32("error code", input)?;
    let last_stream = last_stream & STREAM_MASK;
    Ok((&[], Payload::GoAway { last_stream, error: ErrorCode(code), debug: debug.to_vec() }))
}

fn alt_svc(input: &[u8]) -> Parsed<'_, Payload> {
    let (value, origin) = vector16("origin", input)?;
    Ok((&[], Payload::AltSvc { origin: origin.to_vec(), value: value.to_vec() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_keeps_the_reserved_bit_and_unknown_flags() {
        let (_, parsed) = header(&[0, 0, 5, 0xfa, 0xff, 0x80, 0, 0, 3]).unwrap();
        let expected = Header { length: 5, kind: FrameType(0xfa), flags: 0xff, reserved: true, stream: 3 };
        assert_eq!(parsed, expected);
    }

    #[test]
    fn a_header_cut_anywhere_is_incomplete() {
        let whole = [0, 0, 5, 1, 4, 0, 0, 0, 3];
        for cut in 0..whole.len() {
            assert!(header(&whole[..cut]).unwrap_err().is_incomplete(), "{cut}");
        }
    }

    #[expect(clippy::needless_pass_by_value, reason = "tables read better")]
    fn check(kind: FrameType, flags: u8, input: &[u8], expected: Result<Payload, &str>) {
        let header = Header { length: length(input.len()), kind, flags, reserved: false, stream: 1 };
        let result = payload(header, input).map(|parts| parts.payload);
        assert_eq!(
            result.map_err(|e| crate::parse::fault(&e).field),
            expected,
            "{kind} {flags:#x} {input:02x?}"
        );
    }

    #[test]
    fn sizes_that_do_not_fit_are_faults() {
        check(FrameType::PING, 0, &[0; 7], Err("opaque data"));
        check(FrameType::PING, 0, &[0; 9], Err("end of payload"));
        check(FrameType::RST_STREAM, 0, &[0; 3], Err("error code"));
        check(FrameType::RST_STREAM, 0, &[0; 5], Err("end of payload"));
        check(FrameType::SETTINGS, 0, &[0; 5], Err("setting value"));
        check(FrameType::SETTINGS, ACK, &[0; 6], Err("end of payload"));
        check(FrameType::PRIORITY, 0, &[0; 4], Err("weight"));
        check(FrameType::WINDOW_UPDATE, 0, &[0; 5], Err("end of payload"));
        check(FrameType::GOAWAY, 0, &[0; 7], Err("error code"));
        check(FrameType::HEADERS, PADDED, &[], Err("pad length"));
        check(FrameType::HEADERS, PADDED, &[2, 0], Err("padding"));
        check(FrameType::PUSH_PROMISE, 0, &[0; 3], Err("promised stream"));
        check(FrameType::ALTSVC, 0, &[0, 2, b'a'], Err("origin"));
        check(FrameType::ORIGIN, 0, &[0, 1, b'a', 0, 1], Err("origin"));
    }

    #[test]
    fn reserved_bits_inside_payloads_are_not_part_of_numbers() {
        let zero = Payload::WindowUpdate { increment: 1 };
        check(FrameType::WINDOW_UPDATE, 0, &[0x80, 0, 0, 1], Ok(zero));
        let priority = Priority { exclusive: true, dependency: 3, weight: 256 };
        check(FrameType::PRIORITY, 0, &[0x80, 0, 0, 3, 255], Ok(Payload::Priority(priority)));
    }
}
