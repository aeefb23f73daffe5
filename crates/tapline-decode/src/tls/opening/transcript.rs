//! The handshake messages that Finished stands for (RFC 8446 §4.4.1, RFC 5246 §7.4.9).

use tapline_crypto::{Suite, message_hash};

use crate::limits::TLS_TRANSCRIPT_MAX;
use crate::parse::length;
use crate::tls::HandshakeType;

/// Messages with their headers, in order.
#[derive(Debug, Default)]
pub(super) struct Transcript {
    octets: Vec<u8>,
    /// A message is missing or one too many.
    broken: bool,
}

impl Transcript {
    pub(super) fn add(&mut self, kind: HandshakeType, body: &[u8]) {
        if self.broken {
            return;
        }
        let [_, size @ ..] = length(body.len()).to_be_bytes();
        self.octets.push(kind.0);
        self.octets.extend_from_slice(&size);
        self.octets.extend_from_slice(body);
        if self.octets.len() > TLS_TRANSCRIPT_MAX {
            self.give_up();
        }
    }

    /// A hello in the form of SSL 2.0 counts without its length (RFC 5246 appendix E.2).
    pub(super) fn add_without_header(&mut self, body: &[u8]) {
        if !self.broken {
            self.octets.extend_from_slice(body);
        }
    }

    /// A `HelloRetryRequest` follows: what came before stands as its hash.
    pub(super) fn retried(&mut self, suite: Option<Suite>) {
        match suite {
            Some(suite) if !self.broken => self.octets = message_hash(suite, &self.octets),
            _ => self.give_up(),
        }
    }

    /// A message was lost, or nothing is to be verified any more.
    pub(super) fn give_up(&mut self) {
        *self = Self { octets: Vec::new(), broken: true };
    }

    /// Everything so far; `None` where something is missing.
    pub(super) fn octets(&self) -> Option<&[u8]> {
        (!self.broken).then_some(self.octets.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transcript_that_is_too_long_proves_nothing() {
        let kept = |octets: usize| {
            let mut transcript = Transcript::default();
            transcript.add(HandshakeType::FINISHED, &vec![0; octets - 4]);
            transcript.octets().map(<[u8]>::len)
        };
        assert_eq!(kept(TLS_TRANSCRIPT_MAX), Some(TLS_TRANSCRIPT_MAX));
        assert_eq!(kept(TLS_TRANSCRIPT_MAX + 1), None);
    }
}
