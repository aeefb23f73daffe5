//! AEAD in TLS 1.3 (RFC 8446 §5.2), and its generations of keys.

use super::aead::Aead;
use super::nonce::over;
use super::steps::Steps;
use super::{Found, Record, Refusal};
use crate::Suite;
use crate::schedule::Dialect;

#[derive(Clone)]
pub(super) struct Form {
    dialect: Dialect,
    suite: Suite,
    generation: Generation,
}

#[derive(Clone)]
struct Generation {
    secret: Vec<u8>,
    aead: Aead,
    iv: [u8; 12],
}

impl Form {
    pub(super) fn new(dialect: Dialect, suite: Suite, secret: Vec<u8>) -> Option<Self> {
        Some(Self { dialect, suite, generation: Generation::new(dialect, suite, secret)? })
    }

    pub(super) fn open(
        &mut self,
        steps: &Steps,
        record: &Record<'_>,
        out: &mut Vec<u8>,
    ) -> Result<Found, Refusal> {
        let tag = self.generation.aead.tag();
        if record.fragment.len() <= tag {
            return Err(Refusal::TooShort);
        }
        let header = header(record);
        let header = if self.dialect.authenticates_header { header.as_slice() } else { &[] };
        let smallest = tag as u64 + 1;
        let speed = self.generation.aead.speed();
        for count in steps.counts(smallest, speed) {
            let sequence = steps.number(count);
            if self.generation.opens(sequence, header, record, out) {
                return inner(sequence, count, out);
            }
        }
        // A gap may have held a KeyUpdate, after which numbers begin again.
        let Some(next) = self.next().filter(|_| steps.lost > 0) else { return Err(Refusal::BadMac) };
        for sequence in steps.counts(smallest, speed) {
            if next.opens(sequence, header, record, out) {
                let found = inner(sequence, sequence.saturating_add(1), out)?;
                self.generation = next;
                return Ok(found);
            }
        }
        Err(Refusal::BadMac)
    }

    pub(super) fn update(&mut self) {
        if let Some(next) = self.next() {
            self.generation = next;
        }
    }

    fn next(&self) -> Option<Generation> {
        let secret = self.dialect.next_secret(self.suite.prf, &self.generation.secret);
        Generation::new(self.dialect, self.suite, secret)
    }
}

impl Generation {
    /// RFC 8446 §7.3.
    fn new(dialect: Dialect, suite: Suite, secret: Vec<u8>) -> Option<Self> {
        let key = dialect.expand_label(suite.prf, &secret, b"key", suite.cipher.key_length());
        let iv = dialect.expand_label(suite.prf, &secret, b"iv", 12);
        Some(Self { aead: Aead::new(suite.cipher, &key)?, iv: iv.try_into().ok()?, secret })
    }

    fn opens(&self, sequence: u64, header: &[u8], record: &Record<'_>, out: &mut Vec<u8>) -> bool {
        self.aead.open(&over(&self.iv, sequence), header, record.fragment, out).is_ok()
    }
}

/// What is authenticated beside the content: the record's header as it was sent.
fn header(record: &Record<'_>) -> [u8; 5] {
    let [major, minor] = record.version.to_be_bytes();
    let [high, low] = u16::try_from(record.fragment.len()).unwrap_or(u16::MAX).to_be_bytes();
    [record.content, major, minor, high, low]
}

/// The content type stands before the zeros at the end (RFC 8446 §5.4).
fn inner(sequence: u64, skipped: u64, out: &mut Vec<u8>) -> Result<Found, Refusal> {
    let end = out.iter().rposition(|octet| *octet != 0).ok_or(Refusal::NoContentType)?;
    let padding = out.len() - end - 1;
    out.truncate(end + 1);
    let content = out.pop().ok_or(Refusal::NoContentType)?;
    Ok(Found { sequence, skipped, content, padding, authenticated: true })
}
