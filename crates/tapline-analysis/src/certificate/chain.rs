//! The certificates a side sent.

use sha2::{Digest, Sha256};

use super::path::Link;
use super::{Certificate, parse};
use crate::limits::CHAIN_CERTIFICATES_MAX;

/// The certificates a side sent, its own first, as they came.
#[derive(Debug)]
pub struct Chain {
    certificates: Vec<Certificate>,
    /// What paths are made of; `None` where the certificate cannot be read.
    pub(super) links: Vec<Option<Link>>,
    left_out: usize,
    /// Of all the DER with its lengths.
    pub(super) sha256: [u8; 32],
}

impl Chain {
    /// Reads a list of certificates: the first [`CHAIN_CERTIFICATES_MAX`] of them.
    pub fn read<'a>(list: impl IntoIterator<Item = &'a [u8]> + Clone) -> Self {
        let sha256 = Self::fingerprint(list.clone());
        let (mut certificates, mut links, mut left_out) = (Vec::new(), Vec::new(), 0);
        for der in list {
            if certificates.len() >= CHAIN_CERTIFICATES_MAX {
                left_out += 1;
                continue;
            }
            links.push(parse(der).ok().map(|certificate| Link::of(der, &certificate)));
            certificates.push(Certificate::read(der));
        }
        Self { certificates, links, left_out, sha256 }
    }

    /// What tells one list from another.
    pub(super) fn fingerprint<'a>(list: impl IntoIterator<Item = &'a [u8]>) -> [u8; 32] {
        let mut hash = Sha256::new();
        for der in list {
            hash.update((der.len() as u64).to_be_bytes());
            hash.update(der);
        }
        hash.finalize().into()
    }

    /// Each certificate, the sender's own first.
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// The sender's own certificate.
    pub fn leaf(&self) -> Option<&Certificate> {
        self.certificates.first()
    }

    /// Certificates behind the first [`CHAIN_CERTIFICATES_MAX`].
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// Octets that it keeps, about.
    pub(super) fn kept_bytes(&self) -> usize {
        self.certificates.iter().map(|certificate| certificate.length_bytes * 4 + 1024).sum()
    }
}
