//! AEAD in TLS 1.2 (RFC 5246 §6.2.3.3), and how it makes nonces.

use super::aead::Aead;
use super::keys::Keys;
use super::steps::Steps;
use super::{Found, Record, Refusal};
use crate::suite::Cipher;

#[derive(Clone)]
pub(super) struct Form {
    aead: Aead,
    nonces: Nonces,
}

#[derive(Clone)]
enum Nonces {
    /// Four octets are secret, eight stand before the ciphertext (RFC 5288 §3).
    Explicit {
        salt: [u8; 4],
        /// The explicit part less the sequence number, as the last record had it: nearly all senders count on.
        offset: u64,
    },
    /// A secret, and the sequence number over its end (RFC 7905 §2).
    Implicit([u8; 12]),
}

impl Form {
    pub(super) fn new(cipher: Cipher, keys: &Keys) -> Option<Self> {
        let iv = keys.iv.as_slice();
        let nonces = if cipher.explicit_nonce() == 0 {
            Nonces::Implicit(iv.try_into().ok()?)
        } else {
            Nonces::Explicit { salt: iv.try_into().ok()?, offset: 0 }
        };
        Some(Self { aead: Aead::new(cipher, &keys.key)?, nonces })
    }

    pub(super) fn open(
        &mut self,
        steps: &Steps,
        record: &Record<'_>,
        out: &mut Vec<u8>,
    ) -> Result<Found, Refusal> {
        let (explicit, sealed) = match self.nonces {
            Nonces::Explicit { .. } => {
                let (explicit, sealed) = record.fragment.split_first_chunk().ok_or(Refusal::TooShort)?;
                (u64::from_be_bytes(*explicit), sealed)
            }
            Nonces::Implicit(_) => (0, record.fragment),
        };
        if sealed.len() < self.aead.tag() {
            return Err(Refusal::TooShort);
        }
        let smallest = (record.fragment.len() - sealed.len() + self.aead.tag()) as u64;
        // The explicit nonce tells how many records were lost.
        let told = match self.nonces {
            Nonces::Explicit { offset, .. } => {
                let count = explicit.wrapping_sub(offset).wrapping_sub(steps.first);
                Some(count).filter(|count| *count <= steps.most(smallest))
            }
            Nonces::Implicit(_) => None,
        };
        for count in told.into_iter().chain(steps.counts(smallest, self.aead.speed())) {
            let sequence = steps.number(count);
            let nonce = match &self.nonces {
                Nonces::Explicit { salt, .. } => joined(&[salt, &explicit.to_be_bytes()]),
                Nonces::Implicit(iv) => over(iv, sequence),
            };
            let header = header(sequence, record, sealed.len() - self.aead.tag());
            if self.aead.open(&nonce, &header, sealed, out).is_ok() {
                if let Nonces::Explicit { offset, .. } = &mut self.nonces {
                    *offset = explicit.wrapping_sub(sequence);
                }
                return Ok(Found {
                    sequence,
                    skipped: count,
                    content: record.content,
                    padding: 0,
                    authenticated: true,
                });
            }
        }
        Err(Refusal::BadMac)
    }
}

/// What is authenticated beside the content (RFC 5246 §6.2.3.3); `length` is the content's.
fn header(sequence: u64, record: &Record<'_>, length: usize) -> [u8; 13] {
    let length = u16::try_from(length).unwrap_or(u16::MAX);
    let parts: [&[u8]; 4] =
        [&sequence.to_be_bytes(), &[record.content], &record.version.to_be_bytes(), &length.to_be_bytes()];
    joined(&parts)
}

/// Parts one after the other, in an array of their length.
fn joined<const N: usize>(parts: &[&[u8]]) -> [u8; N] {
    let mut all = [0; N];
    all.iter_mut().zip(parts.iter().copied().flatten()).for_each(|(to, from)| *to = *from);
    all
}

/// The sequence number over the end of the IV (RFC 8446 §5.3).
pub(super) fn over(iv: &[u8; 12], sequence: u64) -> [u8; 12] {
    let mut nonce = *iv;
    nonce
        .iter_mut()
        .rev()
        .zip(sequence.to_be_bytes().iter().rev())
        .for_each(|(octet, other)| *octet ^= other);
    nonce
}
