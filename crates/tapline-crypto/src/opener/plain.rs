//! Suites without encryption: the content in clear, and a MAC (RFC 5246 §6.2.3.1).

use super::mac::RecordMac;
use super::steps::{Speed, Steps};
use super::{Found, Record, Refusal};

#[derive(Clone)]
pub(super) enum Form {
    Verified(RecordMac),
    /// The octets of a MAC that cannot be verified.
    Unverified(usize),
}

impl Form {
    pub(super) fn verified(mac: RecordMac) -> Self {
        Self::Verified(mac)
    }

    pub(super) fn unverified(length: usize) -> Self {
        Self::Unverified(length)
    }

    pub(super) fn open(
        &self,
        steps: &Steps,
        record: &Record<'_>,
        out: &mut Vec<u8>,
    ) -> Result<Found, Refusal> {
        let (count, content) = match self {
            Self::Unverified(length) => (0, split(record.fragment, *length)?.0),
            Self::Verified(mac) => {
                let (content, code) = split(record.fragment, mac.length())?;
                let fits = |count: &u64| mac.verifies(steps.number(*count), record, content, code);
                let count = steps.counts(mac.length() as u64, Speed::Slow).find(fits);
                (count.ok_or(Refusal::BadMac)?, content)
            }
        };
        out.clear();
        out.extend_from_slice(content);
        Ok(Found {
            sequence: steps.number(count),
            skipped: count,
            content: record.content,
            padding: 0,
            authenticated: matches!(self, Self::Verified(_)),
        })
    }
}

/// What stands before the last `length` octets, and these.
pub(super) fn split(octets: &[u8], length: usize) -> Result<(&[u8], &[u8]), Refusal> {
    let front = octets.len().checked_sub(length).ok_or(Refusal::TooShort)?;
    octets.split_at_checked(front).ok_or(Refusal::TooShort)
}
