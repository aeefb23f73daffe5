//! The hash functions of cipher suites, and HMAC (RFC 2104) with them.

use hmac::{Hmac, KeyInit};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384};
use sm3::Sm3;

/// A hash function by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hash {
    Md5,
    Sha1,
    Sha256,
    Sha384,
    Sm3,
}

impl Hash {
    /// Octets of its output.
    pub(crate) fn length(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Sha1 => 20,
            Self::Sha256 | Self::Sm3 => 32,
            Self::Sha384 => 48,
        }
    }

    /// The hash of these parts, one after the other.
    pub(crate) fn of(self, parts: &[&[u8]]) -> Vec<u8> {
        match self {
            Self::Md5 => digest::<Md5>(parts),
            Self::Sha1 => digest::<Sha1>(parts),
            Self::Sha256 => digest::<Sha256>(parts),
            Self::Sha384 => digest::<Sha384>(parts),
            Self::Sm3 => digest::<Sm3>(parts),
        }
    }

    /// HMAC with this hash under this key.
    pub(crate) fn keyed(self, key: &[u8]) -> Keyed {
        // HMAC takes keys of every length, so the conversions cannot fail.
        let keyed = match self {
            Self::Md5 => Hmac::new_from_slice(key).ok().map(|mac| State::Md5(Box::new(mac))),
            Self::Sha1 => Hmac::new_from_slice(key).ok().map(|mac| State::Sha1(Box::new(mac))),
            Self::Sha256 => Hmac::new_from_slice(key).ok().map(|mac| State::Sha256(Box::new(mac))),
            Self::Sha384 => Hmac::new_from_slice(key).ok().map(|mac| State::Sha384(Box::new(mac))),
            Self::Sm3 => Hmac::new_from_slice(key).ok().map(|mac| State::Sm3(Box::new(mac))),
        };
        Keyed { hash: self, state: keyed }
    }
}

fn digest<D: Digest>(parts: &[&[u8]]) -> Vec<u8> {
    let mut digest = D::new();
    for part in parts {
        digest.update(part);
    }
    digest.finalize().to_vec()
}

/// HMAC with its key worked in, for any number of messages.
#[derive(Clone)]
pub(crate) struct Keyed {
    hash: Hash,
    state: Option<State>,
}

#[derive(Clone)]
enum State {
    Md5(Box<Hmac<Md5>>),
    Sha1(Box<Hmac<Sha1>>),
    Sha256(Box<Hmac<Sha256>>),
    Sha384(Box<Hmac<Sha384>>),
    Sm3(Box<Hmac<Sm3>>),
}

impl Keyed {
    /// Octets of a code.
    pub(crate) fn length(&self) -> usize {
        self.hash.length()
    }

    /// The code of these parts, one after the other.
    pub(crate) fn code(&self, parts: &[&[u8]]) -> Vec<u8> {
        match &self.state {
            Some(State::Md5(mac)) => code(&**mac, parts),
            Some(State::Sha1(mac)) => code(&**mac, parts),
            Some(State::Sha256(mac)) => code(&**mac, parts),
            Some(State::Sha384(mac)) => code(&**mac, parts),
            Some(State::Sm3(mac)) => code(&**mac, parts),
            None => Vec::new(),
        }
    }
}

fn code<M: hmac::Mac + Clone>(mac: &M, parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = mac.clone();
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().to_vec()
}

/// Octets in hexadecimal, for the samples of tests.
#[cfg(test)]
pub(crate) fn octets(hex: &str) -> Vec<u8> {
    let digits: Vec<char> = hex.chars().filter(char::is_ascii_hexdigit).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(&String::from_iter(pair), 16).unwrap()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_their_standards() {
        let check = |hash: Hash, hex: &str| {
            assert_eq!(hash.of(&[b"a", b"", b"bc"]), octets(hex), "{hash:?}");
            assert_eq!(hash.length() * 2, hex.len(), "{hash:?}");
        };
        // RFC 1321 §A.5, FIPS 180-2 §A.1 and §B.1, GB/T 32905-2016 §A.1: all of "abc".
        check(Hash::Md5, "900150983cd24fb0d6963f7d28e17f72");
        check(Hash::Sha1, "a9993e364706816aba3e25717850c26c9cd0d89d");
        check(Hash::Sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        check(
            Hash::Sha384,
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
        );
        check(Hash::Sm3, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    }

    #[test]
    fn codes_are_those_of_their_standards() {
        let check = |hash: Hash, hex: &str| {
            let keyed = hash.keyed(b"Jefe");
            assert_eq!(keyed.code(&[b"what do ya want ", b"for nothing?"]), octets(hex), "{hash:?}");
        };
        // RFC 2202 §2 and §3, RFC 4231 §4.3: the second case of each.
        check(Hash::Md5, "750c783e6ab0b503eaa86e310a5db738");
        check(Hash::Sha1, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
        check(Hash::Sha256, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        check(
            Hash::Sha384,
            "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
        );
    }
}
