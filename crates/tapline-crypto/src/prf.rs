//! The pseudorandom function of SSL 3.0 to TLS 1.2.

use crate::hash::Hash;

/// The versions whose record protection is derived from a master secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Version {
    Ssl30,
    Tls10,
    Tls11,
    Tls12,
}

impl Version {
    /// As the `ServerHello` has it.
    pub(crate) fn of(number: u16) -> Option<Self> {
        Some(match number {
            0x0300 => Self::Ssl30,
            0x0301 => Self::Tls10,
            0x0302 => Self::Tls11,
            0x0303 => Self::Tls12,
            _ => return None,
        })
    }
}

/// A function for a version and the hash of a suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prf {
    /// RFC 6101 §6.1: no labels, letters in their place.
    Ssl30,
    /// RFC 2246 §5, RFC 4346 §5: MD5 and SHA-1, each with one half of the secret.
    Tls10,
    /// RFC 5246 §5: the suite's hash.
    Tls12(Hash),
}

impl Prf {
    /// The function of a version; `hash` is what the suite names for TLS 1.2. Versions that are not known are taken for
    /// TLS 1.2.
    pub(crate) fn of(version: u16, hash: Hash) -> Self {
        match Version::of(version) {
            Some(Version::Ssl30) => Self::Ssl30,
            Some(Version::Tls10 | Version::Tls11) => Self::Tls10,
            Some(Version::Tls12) | None => Self::Tls12(hash),
        }
    }

    /// `length` octets of PRF(secret, label, seed); the seed in parts. SSL 3.0 has no label.
    pub(crate) fn output(self, secret: &[u8], label: &[u8], seed: &[&[u8]], length: usize) -> Vec<u8> {
        let mut labelled = vec![label];
        labelled.extend_from_slice(seed);
        match self {
            Self::Ssl30 => ssl30(secret, seed, length),
            Self::Tls12(hash) => expand(hash, secret, &labelled, length),
            Self::Tls10 => {
                // RFC 2246 §5: the halves share the middle octet of an odd secret.
                let half = secret.len().div_ceil(2);
                let first = secret.get(..half).unwrap_or_default();
                let second = secret.get(secret.len() - half..).unwrap_or_default();
                let mut output = expand(Hash::Md5, first, &labelled, length);
                let other = expand(Hash::Sha1, second, &labelled, length);
                output.iter_mut().zip(other).for_each(|(octet, other)| *octet ^= other);
                output
            }
        }
    }
}

/// `P_hash` (RFC 5246 §5).
fn expand(hash: Hash, secret: &[u8], seed: &[&[u8]], length: usize) -> Vec<u8> {
    let keyed = hash.keyed(secret);
    let mut chain = keyed.code(seed);
    let mut output = Vec::with_capacity(length + hash.length());
    while output.len() < length {
        let mut parts: Vec<&[u8]> = vec![&chain];
        parts.extend_from_slice(seed);
        output.extend_from_slice(&keyed.code(&parts));
        chain = keyed.code(&[&chain]);
    }
    output.truncate(length);
    output
}

/// RFC 6101 §6.1 and §6.2.2: MD5(secret + SHA('A' + secret + seed)) + MD5(secret + SHA('BB' + secret + seed)) + …
fn ssl30(secret: &[u8], seed: &[&[u8]], length: usize) -> Vec<u8> {
    let mut output = Vec::with_capacity(length + 16);
    for (letter, times) in (b'A'..=b'Z').zip(1..) {
        if output.len() >= length {
            break;
        }
        let letters = vec![letter; times];
        let mut parts: Vec<&[u8]> = vec![&letters, secret];
        parts.extend_from_slice(seed);
        let inner = Hash::Sha1.of(&parts);
        output.extend_from_slice(&Hash::Md5.of(&[secret, &inner]));
    }
    output.truncate(length);
    output
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::octets;

    #[test]
    fn tls12_gives_the_published_octets() {
        // The vector for P_SHA256 that was sent to the TLS working group's list.
        let secret = octets("9bbe436ba940f017b17652849a71db35");
        let seed = octets("a0ba9f936cda311827a6f796ffd5198c");
        let output = octets(
            "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af
             0fa022f7077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff701
             87347b66",
        );
        assert_eq!(output.len(), 100);
        let (front, back) = seed.split_at(5);
        let prf = Prf::of(0x0303, Hash::Sha256);
        assert_eq!(prf.output(&secret, b"test label", &[front, back], 100), output);
        assert_eq!(prf.output(&secret, b"test label", &[&seed], 33), output[..33]);
    }

    #[test]
    fn tls10_halves_share_the_middle_octet() {
        let seed: &[u8] = b"seed";
        let both = |first: &[u8], second: &[u8]| -> Vec<u8> {
            let md5 = expand(Hash::Md5, first, &[b"label", seed], 40);
            let sha1 = expand(Hash::Sha1, second, &[b"label", seed], 40);
            md5.iter().zip(sha1).map(|(one, other)| one ^ other).collect()
        };
        assert_eq!(Prf::Tls10.output(b"abcd", b"label", &[seed], 40), both(b"ab", b"cd"));
        assert_eq!(Prf::Tls10.output(b"abcde", b"label", &[seed], 40), both(b"abc", b"cde"));
    }

    #[test]
    fn the_function_goes_by_the_version() {
        assert_eq!(Prf::of(0x0300, Hash::Sha256), Prf::Ssl30);
        assert_eq!(Prf::of(0x0301, Hash::Sha384), Prf::Tls10);
        assert_eq!(Prf::of(0x0302, Hash::Sha256), Prf::Tls10);
        assert_eq!(Prf::of(0x0303, Hash::Sha384), Prf::Tls12(Hash::Sha384));
    }

    #[test]
    fn ssl30_ends_with_the_alphabet() {
        assert_eq!(Prf::Ssl30.output(b"secret", b"", &[b"seed"], 1000).len(), 26 * 16);
        let inner = Hash::Sha1.of(&[b"Asecretseed"]);
        assert_eq!(Prf::Ssl30.output(b"secret", b"", &[b"seed"], 16), Hash::Md5.of(&[b"secret", &inner]));
    }
}
