//! Handshake messages put together from fragments (RFC 8446 §5.1).

use crate::limits::TLS_HANDSHAKE_MAX;
use crate::parse::{octets, size, span, u8, u24};
use crate::tls::HandshakeType;

/// Octets of a handshake message's header.
const HEADER_SIZE: usize = 4;

/// The unfinished handshake message of a direction.
#[derive(Debug, Default)]
pub(super) struct Messages {
    held: Vec<u8>,
    /// Where the record starts that the unfinished message began in.
    start: u64,
    /// Octets to step over: the rest of a message longer than is held.
    skip: u64,
}

/// One step through the messages of a fragment.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A message, whole, and where the record starts that it began in.
    Message(HandshakeType, Vec<u8>, u64),
    /// A message that claims more octets than are held; it is stepped over.
    TooLong(HandshakeType, u32),
}

impl Messages {
    /// Whether a message has begun and not ended.
    pub(super) fn is_open(&self) -> bool {
        !self.held.is_empty() || self.skip > 0
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Takes a fragment whose record starts at `start`; `each` sees every step.
    pub(super) fn feed(&mut self, fragment: &[u8], start: u64, mut each: impl FnMut(Step)) {
        let skipped = crate::parse::portion(self.skip, fragment.len());
        self.skip -= span(skipped);
        let fragment = fragment.get(skipped..).unwrap_or_default();
        if self.held.is_empty() {
            self.start = start;
            let rest = self.read(fragment, start, &mut each);
            self.held = rest.to_vec();
        } else {
            self.held.extend_from_slice(fragment);
            let held = std::mem::take(&mut self.held);
            self.held = self.read(&held, start, &mut each).to_vec();
        }
    }

    /// Reads whole messages; what is left is the beginning of one.
    fn read<'a>(&mut self, mut input: &'a [u8], start: u64, each: &mut impl FnMut(Step)) -> &'a [u8] {
        while let Ok((body, (kind, length))) = header(input) {
            if size(length) > TLS_HANDSHAKE_MAX {
                each(Step::TooLong(kind, length));
                let here = body.len().min(size(length));
                self.skip = u64::from(length) - span(here);
                input = body.get(here..).unwrap_or_default();
            } else if let Ok((rest, body)) = octets("body", size(length), body) {
                each(Step::Message(kind, body.to_vec(), self.start));
                input = rest;
            } else {
                return input;
            }
            self.start = start;
        }
        input
    }
}

/// Type and length of a message.
pub(super) fn header(input: &[u8]) -> crate::parse::Parsed<'_, (HandshakeType, u32)> {
    let (input, kind) = u8("msg_type", input)?;
    let (input, length) = u24("length", input)?;
    Ok((input, (HandshakeType(kind), length)))
}

/// Whether a fragment can begin with a message in clear of one of these types.
pub(super) fn begins_with(fragment: &[u8], kinds: &[u8]) -> bool {
    let body = fragment.len().saturating_sub(HEADER_SIZE);
    header(fragment).is_ok_and(|(_, (kind, length))| {
        kinds.contains(&kind.0)
            && size(length) <= TLS_HANDSHAKE_MAX
            && (length > 0 || body == 0 || kind.0 == 14)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_the_same_however_they_are_fragmented() {
        let stream = [1, 0, 0, 2, 7, 7, 14, 0, 0, 0, 11, 0, 0, 1, 9];
        for cut in 1..stream.len() {
            let mut messages = Messages::default();
            let mut seen = Vec::new();
            messages.feed(&stream[..cut], 0, |step| seen.push(step));
            messages.feed(&stream[cut..], 100, |step| seen.push(step));
            let seen: Vec<_> = seen
                .into_iter()
                .map(|step| match step {
                    Step::Message(kind, body, _) => (kind.0, body),
                    Step::TooLong(..) => panic!("{cut}"),
                })
                .collect();
            assert_eq!(seen, [(1, vec![7, 7]), (14, vec![]), (11, vec![9])], "{cut}");
            assert!(!messages.is_open());
        }
    }

    #[test]
    fn a_message_begins_where_its_first_record_does() {
        let mut messages = Messages::default();
        let mut starts = Vec::new();
        let mut note = |step| {
            if let Step::Message(.., start) = step {
                starts.push(start);
            }
        };
        messages.feed(&[1, 0, 0, 2, 7], 10, &mut note);
        messages.feed(&[7, 2, 0, 0], 20, &mut note);
        messages.feed(&[0, 14, 0, 0, 0], 30, &mut note);
        assert_eq!(starts, [10, 20, 30]);
    }

    #[test]
    fn a_message_too_long_is_stepped_over() {
        let mut messages = Messages::default();
        let mut seen = Vec::new();
        messages.feed(&[1, 0x10, 0, 0, 7, 7], 0, |step| seen.push(step));
        for _ in 0..127 {
            messages.feed(&[0; 8192], 0, |step| seen.push(step));
        }
        assert!(messages.held.is_empty());
        messages.feed(&[0; 8190], 0, |step| seen.push(step));
        messages.feed(&[14, 0, 0, 0], 5, |step| seen.push(step));
        let expected =
            [Step::TooLong(HandshakeType(1), 0x10_0000), Step::Message(HandshakeType(14), vec![], 5)];
        assert_eq!(seen, expected);
    }
}
