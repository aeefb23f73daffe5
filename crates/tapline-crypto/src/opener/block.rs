//! Block ciphers in CBC mode: padded, chained, with a MAC inside (RFC 5246 §6.2.3.2) or outside (RFC 7366).

use std::sync::Arc;

use super::keys::Keys;
use super::mac::RecordMac;
use super::plain::split;
use super::steps::{Speed, Steps};
use super::{Found, Record, Refusal};
use crate::block_cipher::{Cbc, keyed};
use crate::prf::Version;
use crate::suite::{Cipher, Kind};

#[derive(Clone)]
pub(super) struct Form {
    cipher: Arc<dyn Cbc>,
    block: usize,
    mac: RecordMac,
    order: Order,
    iv: Iv,
    padding: Padding,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    MacThenEncrypt,
    EncryptThenMac,
}

/// Where the IV of a record comes from.
#[derive(Clone)]
enum Iv {
    /// It is the first block of each (RFC 4346 §6.2.3.2).
    Explicit,
    /// It is the last block of the record before (RFC 2246 §6.2.3.2).
    Chained(Vec<u8>),
    /// That record was lost.
    Lost,
}

/// What padding must look like.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Padding {
    /// Each octet is their number.
    Tls,
    /// Anything, but less than a block (RFC 6101 §5.2.3.2).
    Ssl30,
}

impl Form {
    pub(super) fn new(
        version: Version,
        cipher: Cipher,
        keys: &Keys,
        mac: RecordMac,
        encrypt_then_mac: bool,
    ) -> Option<Self> {
        let Kind::Block(block) = cipher.kind() else { return None };
        Some(Self {
            cipher: keyed(cipher, &keys.key)?,
            block,
            mac,
            // SSL 3.0 has no extensions to agree on it with (RFC 7366 §2).
            order: if encrypt_then_mac && version != Version::Ssl30 {
                Order::EncryptThenMac
            } else {
                Order::MacThenEncrypt
            },
            iv: if version < Version::Tls11 { Iv::Chained(keys.iv.clone()) } else { Iv::Explicit },
            padding: if version == Version::Ssl30 { Padding::Ssl30 } else { Padding::Tls },
        })
    }

    pub(super) fn open(
        &mut self,
        steps: &Steps,
        record: &Record<'_>,
        out: &mut Vec<u8>,
    ) -> Result<Found, Refusal> {
        let found = match self.order {
            Order::MacThenEncrypt => self.mac_then_encrypt(steps, record, out),
            Order::EncryptThenMac => self.encrypt_then_mac(steps, record, out),
        };
        if found.is_ok() {
            self.skip(record.fragment);
        }
        found
    }

    fn mac_then_encrypt(
        &self,
        steps: &Steps,
        record: &Record<'_>,
        out: &mut Vec<u8>,
    ) -> Result<Found, Refusal> {
        self.decrypt(record.fragment, out)?;
        let padding = self.padding(out)?;
        let (content, code) = split(out, self.mac.length())?;
        let fits = |count: &u64| self.mac.verifies(steps.number(*count), record, content, code);
        let count = steps.counts(self.smallest(), Speed::Slow).find(fits).ok_or(Refusal::BadMac)?;
        let content = content.len();
        out.truncate(content);
        Ok(found(steps, count, record, padding))
    }

    fn encrypt_then_mac(
        &self,
        steps: &Steps,
        record: &Record<'_>,
        out: &mut Vec<u8>,
    ) -> Result<Found, Refusal> {
        let (ciphertext, code) = split(record.fragment, self.mac.length())?;
        if matches!(self.iv, Iv::Lost) {
            return Err(Refusal::NoIv);
        }
        let fits = |count: &u64| self.mac.verifies(steps.number(*count), record, ciphertext, code);
        let count = steps.counts(self.smallest(), Speed::Slow).find(fits).ok_or(Refusal::BadMac)?;
        self.decrypt(ciphertext, out)?;
        let padding = self.padding(out)?;
        Ok(found(steps, count, record, padding))
    }

    /// Octets of the smallest fragment there can be.
    fn smallest(&self) -> u64 {
        let iv = if matches!(self.iv, Iv::Explicit) { self.block } else { 0 };
        let inside = match self.order {
            Order::MacThenEncrypt => (self.mac.length() + 1).next_multiple_of(self.block),
            Order::EncryptThenMac => self.mac.length() + self.block,
        };
        (iv + inside) as u64
    }

    fn decrypt(&self, ciphertext: &[u8], out: &mut Vec<u8>) -> Result<(), Refusal> {
        let (iv, blocks) = match &self.iv {
            Iv::Explicit => ciphertext.split_at_checked(self.block).ok_or(Refusal::TooShort)?,
            Iv::Chained(iv) => (iv.as_slice(), ciphertext),
            Iv::Lost => return Err(Refusal::NoIv),
        };
        if blocks.is_empty() {
            return Err(Refusal::TooShort);
        }
        if !blocks.len().is_multiple_of(self.block) {
            return Err(Refusal::PartialBlock);
        }
        out.clear();
        out.extend_from_slice(blocks);
        self.cipher.decrypt(iv, out).ok_or(Refusal::PartialBlock)
    }

    /// Takes the padding away and tells its length.
    fn padding(&self, out: &mut Vec<u8>) -> Result<usize, Refusal> {
        let length = *out.last().ok_or(Refusal::TooShort)?;
        let (rest, padding) = split(out, usize::from(length) + 1).map_err(|_| Refusal::BadPadding)?;
        let fits = match self.padding {
            Padding::Tls => padding.iter().all(|octet| *octet == length),
            Padding::Ssl30 => usize::from(length) < self.block,
        };
        if !fits || (self.order == Order::MacThenEncrypt && rest.len() < self.mac.length()) {
            return Err(Refusal::BadPadding);
        }
        let rest = rest.len();
        out.truncate(rest);
        Ok(usize::from(length))
    }

    /// Keeps the last block of a record, or of what is there of it, for the next one.
    pub(super) fn skip(&mut self, fragment: &[u8]) {
        if matches!(self.iv, Iv::Explicit) {
            return;
        }
        let outside = if self.order == Order::EncryptThenMac { self.mac.length() } else { 0 };
        let last = fragment
            .len()
            .checked_sub(outside)
            .and_then(|end| fragment.get(end.checked_sub(self.block)?..end));
        self.iv = last.map_or(Iv::Lost, |last| Iv::Chained(last.to_vec()));
    }

    pub(super) fn lose_chain(&mut self) {
        if matches!(self.iv, Iv::Chained(_)) {
            self.iv = Iv::Lost;
        }
    }
}

fn found(steps: &Steps, count: u64, record: &Record<'_>, padding: usize) -> Found {
    Found {
        sequence: steps.number(count),
        skipped: count,
        content: record.content,
        padding,
        authenticated: true,
    }
}
