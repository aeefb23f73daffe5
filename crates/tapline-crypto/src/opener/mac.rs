//! The MAC of records that are not protected by an AEAD.

use crate::hash::{Hash, Keyed};
use crate::prf::Version;

use super::Record;

/// A record MAC with its key.
#[derive(Clone)]
pub(super) enum RecordMac {
    /// HMAC (RFC 5246 §6.2.3.1).
    Tls(Keyed),
    /// Before HMAC was settled (RFC 6101 §5.2.3.1); the version is not authenticated.
    Ssl30 { hash: Hash, secret: Vec<u8> },
}

impl RecordMac {
    pub(super) fn new(version: Version, hash: Hash, secret: &[u8]) -> Self {
        match version {
            Version::Ssl30 => Self::Ssl30 { hash, secret: secret.to_vec() },
            Version::Tls10 | Version::Tls11 | Version::Tls12 => Self::Tls(hash.keyed(secret)),
        }
    }

    /// Octets of a code.
    pub(super) fn length(&self) -> usize {
        match self {
            Self::Tls(keyed) => keyed.length(),
            Self::Ssl30 { hash, .. } => hash.length(),
        }
    }

    /// Whether this is the code of that content, or in encrypt-then-MAC of that ciphertext (RFC 7366 §3).
    pub(super) fn verifies(&self, sequence: u64, record: &Record<'_>, octets: &[u8], code: &[u8]) -> bool {
        let sequence = sequence.to_be_bytes();
        let length = u16::try_from(octets.len()).unwrap_or(u16::MAX).to_be_bytes();
        let content = [record.content];
        match self {
            Self::Tls(keyed) => {
                let version = record.version.to_be_bytes();
                keyed.code(&[&sequence, &content, &version, &length, octets]) == code
            }
            Self::Ssl30 { hash, secret } => {
                let padding = if *hash == Hash::Md5 { 48 } else { 40 };
                let (one, two) = (vec![0x36; padding], vec![0x5c; padding]);
                let inner = hash.of(&[secret, &one, &sequence, &content, &length, octets]);
                hash.of(&[secret, &two, &inner]) == code
            }
        }
    }
}
