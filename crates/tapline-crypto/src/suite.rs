//! Cipher suites: what each does to records.

mod table;

use crate::hash::Hash;

/// What a cipher suite does to records, whatever way the keys were agreed on.
///
/// Not supported, because no kept library computes them or no registry tells how: the suites for export (keys of 40
/// and 56 bits), RC2, SEED (whose one crate writes through unaligned pointers), FORTEZZA, GOST, AEGIS, the ChaCha20-Poly1305 of the drafts (0xcc13 to 0xcc15), those of
/// Netscape's FIPS mode, those of GB/T 38636 (0xe011 to 0xe053) and those of RFC 9150, which only authenticate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suite {
    pub(crate) cipher: Cipher,
    /// The hash of the record MAC; none where the cipher authenticates, and in `TLS_NULL_WITH_NULL_NULL`.
    pub(crate) mac: Option<Hash>,
    /// The hash of the PRF of TLS 1.2, or of HKDF.
    pub(crate) prf: Hash,
    number: u16,
}

/// The bulk ciphers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cipher {
    Null,
    Rc4,
    Des,
    TripleDes,
    Idea,
    Aes128Cbc,
    Aes256Cbc,
    Camellia128Cbc,
    Camellia256Cbc,
    Aria128Cbc,
    Aria256Cbc,
    Aes128Gcm,
    Aes256Gcm,
    Camellia128Gcm,
    Camellia256Gcm,
    Aria128Gcm,
    Aria256Gcm,
    Sm4Gcm,
    Aes128Ccm,
    Aes256Ccm,
    Aes128Ccm8,
    Aes256Ccm8,
    Sm4Ccm,
    ChaCha20Poly1305,
}

/// How a cipher makes a fragment of a content (RFC 5246 §6.2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The content in clear, and a MAC.
    Null,
    /// A key stream over content and MAC.
    Stream,
    /// Padded blocks of so many octets, chained.
    Block(usize),
    /// Authenticated encryption with a tag of so many octets.
    Aead(usize),
}

impl Suite {
    /// The suite of a number of the registry; none where it is not supported.
    pub fn of(cipher_suite: u16) -> Option<Self> {
        table::of(cipher_suite)
    }

    /// `TLS_RSA_WITH_…`: the premaster secret is encrypted to the server's RSA key (RFC 5246 §7.4.7.1).
    pub fn is_rsa_key_exchange(self) -> bool {
        table::is_rsa_key_exchange(self.number)
    }

    /// Contents stand in clear; with a MAC but in `TLS_NULL_WITH_NULL_NULL`.
    pub fn is_null(self) -> bool {
        self.cipher == Cipher::Null
    }

    /// A suite of TLS 1.3, which names no key exchange (RFC 8446 §B.4, RFC 8998 §2).
    pub(crate) fn is_tls13(self) -> bool {
        matches!(self.number, 0x00c6 | 0x00c7 | 0x1300..=0x13ff)
    }

    /// Octets of the content of a record whose fragment has so many; none where it is too short. Where that depends on
    /// padding, the likely number: in TLS 1.3 as if there were none, for block ciphers a full record's where it may be
    /// one, else the most that fits.
    pub fn plain_length(self, version: u16, fragment: usize) -> Option<usize> {
        let around = match self.cipher.kind() {
            Kind::Block(block) => {
                let vector = if version >= 0x0302 { block } else { 0 };
                // At least the octet that tells the length of the padding.
                let most = fragment.checked_sub(vector + self.mac.map_or(0, Hash::length) + 1)?;
                let full = (FULL_RECORD..FULL_RECORD + block).contains(&most);
                return Some(if full { FULL_RECORD } else { most });
            }
            Kind::Null | Kind::Stream => self.mac.map_or(0, Hash::length),
            Kind::Aead(tag) if is_tls13_version(version) => tag + 1,
            Kind::Aead(tag) => tag + self.cipher.explicit_nonce(),
        };
        fragment.checked_sub(around)
    }
}

/// Octets of content in a full record (RFC 8446 §5.1).
const FULL_RECORD: usize = 1 << 14;

/// RFC 8446 and its drafts (0x7f and the draft's number; 0xfb and the number in programs of one vendor).
pub(crate) fn is_tls13_version(version: u16) -> bool {
    matches!(version.to_be_bytes(), [0x03, 0x04] | [0x7f | 0xfb, _])
}

impl Cipher {
    /// Octets of the key.
    pub(crate) fn key_length(self) -> usize {
        match self {
            Self::Null => 0,
            Self::Des => 8,
            Self::TripleDes => 24,
            Self::Rc4
            | Self::Idea
            | Self::Aes128Cbc
            | Self::Camellia128Cbc
            | Self::Aria128Cbc
            | Self::Aes128Gcm
            | Self::Camellia128Gcm
            | Self::Aria128Gcm
            | Self::Sm4Gcm
            | Self::Aes128Ccm
            | Self::Aes128Ccm8
            | Self::Sm4Ccm => 16,
            Self::Aes256Cbc
            | Self::Camellia256Cbc
            | Self::Aria256Cbc
            | Self::Aes256Gcm
            | Self::Camellia256Gcm
            | Self::Aria256Gcm
            | Self::Aes256Ccm
            | Self::Aes256Ccm8
            | Self::ChaCha20Poly1305 => 32,
        }
    }

    pub(crate) fn kind(self) -> Kind {
        match self {
            Self::Null => Kind::Null,
            Self::Rc4 => Kind::Stream,
            Self::Des | Self::TripleDes | Self::Idea => Kind::Block(8),
            Self::Aes128Cbc
            | Self::Aes256Cbc
            | Self::Camellia128Cbc
            | Self::Camellia256Cbc
            | Self::Aria128Cbc
            | Self::Aria256Cbc => Kind::Block(16),
            Self::Aes128Ccm8 | Self::Aes256Ccm8 => Kind::Aead(8),
            Self::Aes128Gcm
            | Self::Aes256Gcm
            | Self::Camellia128Gcm
            | Self::Camellia256Gcm
            | Self::Aria128Gcm
            | Self::Aria256Gcm
            | Self::Sm4Gcm
            | Self::Aes128Ccm
            | Self::Aes256Ccm
            | Self::Sm4Ccm
            | Self::ChaCha20Poly1305 => Kind::Aead(16),
        }
    }

    /// Octets of the nonce that TLS 1.2 sends with each record: GCM (RFC 5288 §3) and CCM (RFC 6655 §3) send eight,
    /// ChaCha20-Poly1305 none (RFC 7905 §2).
    pub(crate) fn explicit_nonce(self) -> usize {
        if self == Self::ChaCha20Poly1305 { 0 } else { 8 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_are_as_long_as_the_fragment_tells() {
        let check = |suite: u16, version: u16, fragment: usize, plain: Option<usize>| {
            let suite = Suite::of(suite).unwrap();
            assert_eq!(suite.plain_length(version, fragment), plain, "{suite:?}");
        };
        check(0x1301, 0x0304, 17, Some(0));
        check(0x1301, 0x0304, 16, None);
        check(0x1305, 0x0304, 100, Some(91));
        check(0x1301, 0x7f1c, 117, Some(100));
        check(0xc02f, 0x0303, 124, Some(100));
        check(0xc0ae, 0x0303, 116, Some(100));
        check(0xcca8, 0x0303, 116, Some(100));
        check(0x0005, 0x0303, 120, Some(100));
        check(0x0004, 0x0301, 116, Some(100));
        check(0x003b, 0x0303, 132, Some(100));
        check(0x0000, 0x0301, 100, Some(100));
        // A block cipher's padding is not known: the most that fits, or what a full record has.
        check(0x002f, 0x0303, 128, Some(91));
        check(0x000a, 0x0301, 128, Some(107));
        check(0x002f, 0x0303, 16 + 16_416, Some(16_384));
        check(0x002f, 0x0303, 16 + 16_400, Some(16_379));
        check(0x002f, 0x0303, 36, None);
    }

    #[test]
    fn versions_of_tls13_are_told_from_the_others() {
        for (version, is) in
            [(0x0304, true), (0x7f12, true), (0xfb17, true), (0x0303, false), (0x0300, false)]
        {
            assert_eq!(is_tls13_version(version), is, "{version:04x}");
        }
    }
}
