//! Stream ciphers: a key stream over content and MAC (RFC 5246 §6.2.3.1).

use super::mac::RecordMac;
use super::plain::split;
use super::rc4::Rc4;
use super::steps::{HEADER, Speed, Steps};
use super::{Found, Record, Refusal};
use crate::limits::RESUME_KEY_STREAM_MAX;

#[derive(Clone)]
pub(super) struct Form {
    cipher: Rc4,
    mac: RecordMac,
}

impl Form {
    pub(super) fn new(key: &[u8], mac: RecordMac) -> Self {
        Self { cipher: Rc4::new(key), mac }
    }

    /// The key stream runs through the fragments of lost records, not their headers: each number of lost records has its
    /// place in it.
    pub(super) fn open(
        &mut self,
        steps: &Steps,
        record: &Record<'_>,
        out: &mut Vec<u8>,
    ) -> Result<Found, Refusal> {
        if record.fragment.len() < self.mac.length() {
            return Err(Refusal::TooShort);
        }
        if steps.lost > RESUME_KEY_STREAM_MAX {
            return Err(Refusal::Lost);
        }
        let smallest = self.mac.length() as u64;
        let fragment = record.fragment.len();
        let mut ahead = self.cipher.clone();
        let lost = usize::try_from(steps.lost).map_err(|_| Refusal::Lost)?;
        let key_stream: Vec<u8> = (0..lost + fragment).map(|_| ahead.octet()).collect();
        for count in steps.counts(smallest, Speed::Slow) {
            let place = steps.lost.checked_sub(count.saturating_mul(HEADER));
            let Some(place) = place.and_then(|place| usize::try_from(place).ok()) else { continue };
            let key_octets = key_stream.get(place..).unwrap_or_default();
            out.clear();
            out.extend(record.fragment.iter().zip(key_octets).map(|(octet, key)| octet ^ key));
            let (content, code) = split(out, self.mac.length())?;
            if self.mac.verifies(steps.number(count), record, content, code) {
                let content = content.len();
                out.truncate(content);
                if count == 0 {
                    self.cipher = ahead;
                } else {
                    self.skip(place + fragment);
                }
                return Ok(Found {
                    sequence: steps.number(count),
                    skipped: count,
                    content: record.content,
                    padding: 0,
                    authenticated: true,
                });
            }
        }
        Err(Refusal::BadMac)
    }

    pub(super) fn skip(&mut self, length: usize) {
        for _ in 0..length {
            self.cipher.octet();
        }
    }
}
