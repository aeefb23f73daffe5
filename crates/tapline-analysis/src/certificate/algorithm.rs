//! Names of signature algorithms and keys, and which of them are weak.

use x509_parser::asn1_rs::Any;
use x509_parser::public_key::PublicKey;
use x509_parser::x509::{AlgorithmIdentifier, SubjectPublicKeyInfo};

use super::der::{Reader, Tag};

/// Bits of an RSA key below which it is weak: what NIST SP 800-131A and the CA/Browser Forum's Baseline
/// Requirements §6.1.5 ask for.
pub const RSA_BITS_MIN: u32 = 2048;

/// Bits of an EC key below which it is weak (NIST SP 800-131A).
pub const EC_BITS_MIN: u32 = 224;

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// `RSA`, `EC`, `Ed25519`, or the OID of another one.
    pub kind: String,
    /// Its size; `None` where the kind has but one, or it cannot be read.
    pub bits: Option<u32>,
    /// The curve of an EC key, by its name or OID.
    pub curve: Option<String>,
}

impl Key {
    pub(super) fn of(info: &SubjectPublicKeyInfo<'_>) -> Self {
        let oid = info.algorithm.algorithm.to_id_string();
        let parameters = info.algorithm.parameters.as_ref();
        let plain = |kind: &str| Self { kind: kind.to_owned(), bits: None, curve: None };
        match &*oid {
            "1.2.840.113549.1.1.1" => Self { bits: rsa_bits(info), ..plain("RSA") },
            "1.2.840.113549.1.1.10" => Self { bits: rsa_bits(info), ..plain("RSASSA-PSS") },
            "1.2.840.10040.4.1" => Self { bits: parameters.and_then(dsa_bits), ..plain("DSA") },
            "1.2.840.10045.2.1" => elliptic(info, parameters),
            "1.3.101.112" => plain("Ed25519"),
            "1.3.101.113" => plain("Ed448"),
            "2.16.840.1.101.3.4.3.17" => plain("ML-DSA-44"),
            "2.16.840.1.101.3.4.3.18" => plain("ML-DSA-65"),
            "2.16.840.1.101.3.4.3.19" => plain("ML-DSA-87"),
            _ => plain(&oid),
        }
    }

    /// Why it is weak, if it is.
    pub fn weakness(&self) -> Option<String> {
        let least = match &*self.kind {
            "RSA" | "RSASSA-PSS" => RSA_BITS_MIN,
            "EC" => EC_BITS_MIN,
            "DSA" => return Some("DSA is not used any more".to_owned()),
            _ => return None,
        };
        let bits = self.bits.filter(|bits| *bits < least)?;
        Some(format!("{bits} bits of {}, fewer than {least}", self.kind))
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (&self.curve, self.bits) {
            (Some(curve), _) => write!(f, "{} {curve}", self.kind),
            (None, Some(bits)) => write!(f, "{} {bits}", self.kind),
            (None, None) => f.write_str(&self.kind),
        }
    }
}

/// Bits of the modulus, its leading zeros not counted.
fn rsa_bits(info: &SubjectPublicKeyInfo<'_>) -> Option<u32> {
    let mut inside = Reader::new(&info.subject_public_key.data).enter(Tag::SEQUENCE)?;
    bits_of(inside.take(Tag::INTEGER)?.contents)
}

/// Bits of `p` (RFC 3279 §2.3.2).
fn dsa_bits(parameters: &Any<'_>) -> Option<u32> {
    bits_of(Reader::new(parameters.data).take(Tag::INTEGER)?.contents)
}

fn bits_of(number: &[u8]) -> Option<u32> {
    let zeros = number.iter().take_while(|octet| **octet == 0).count();
    let number = number.get(zeros..)?;
    let first = number.first()?;
    Some(u32::try_from(number.len()).ok()?.checked_mul(8)? - first.leading_zeros())
}

/// RFC 5480 §2.1.1; a curve by its parameters has no name.
fn elliptic(info: &SubjectPublicKeyInfo<'_>, parameters: Option<&Any<'_>>) -> Key {
    let oid = parameters.and_then(|curve| curve.clone().oid().ok()).map(|oid| oid.to_id_string());
    let known = oid.as_deref().and_then(curve);
    let point = || match info.parsed() {
        Ok(PublicKey::EC(point)) => u32::try_from(point.key_size()).ok().filter(|bits| *bits > 0),
        _ => None,
    };
    let curve = known.map(|(name, _)| name.to_owned()).or(oid);
    Key { kind: "EC".to_owned(), bits: known.map(|(_, bits)| bits).or_else(point), curve }
}

fn curve(oid: &str) -> Option<(&'static str, u32)> {
    Some(match oid {
        "1.2.840.10045.3.1.1" => ("P-192", 192),
        "1.3.132.0.33" => ("P-224", 224),
        "1.2.840.10045.3.1.7" => ("P-256", 256),
        "1.3.132.0.34" => ("P-384", 384),
        "1.3.132.0.35" => ("P-521", 521),
        "1.3.132.0.10" => ("secp256k1", 256),
        "1.3.36.3.3.2.8.1.1.7" => ("brainpoolP256r1", 256),
        "1.3.36.3.3.2.8.1.1.11" => ("brainpoolP384r1", 384),
        "1.3.36.3.3.2.8.1.1.13" => ("brainpoolP512r1", 512),
        "1.2.156.10197.1.301" => ("SM2", 256),
        _ => return None,
    })
}

/// How a certificate was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureAlgorithm {
    /// Its name in the RFC that defines it, `sha256WithRSAEncryption`, or its OID.
    pub name: String,
    /// The digest where others can be made to it: `MD2`, `MD4`, `MD5` or `SHA-1`.
    pub weak_digest: Option<&'static str>,
}

impl SignatureAlgorithm {
    pub(super) fn of(algorithm: &AlgorithmIdentifier<'_>) -> Self {
        let oid = algorithm.algorithm.to_id_string();
        let (name, weak_digest) = match &*oid {
            "1.2.840.113549.1.1.2" => ("md2WithRSAEncryption", Some("MD2")),
            "1.2.840.113549.1.1.3" => ("md4WithRSAEncryption", Some("MD4")),
            "1.2.840.113549.1.1.4" => ("md5WithRSAEncryption", Some("MD5")),
            "1.2.840.113549.1.1.5" => ("sha1WithRSAEncryption", Some(SHA1)),
            "1.3.14.3.2.29" => ("sha1WithRSASignature", Some(SHA1)),
            "1.2.840.113549.1.1.14" => ("sha224WithRSAEncryption", None),
            "1.2.840.113549.1.1.11" => ("sha256WithRSAEncryption", None),
            "1.2.840.113549.1.1.12" => ("sha384WithRSAEncryption", None),
            "1.2.840.113549.1.1.13" => ("sha512WithRSAEncryption", None),
            "1.2.840.113549.1.1.10" => return Self::pss(algorithm.parameters.as_ref()),
            "1.2.840.10040.4.3" => ("dsa-with-sha1", Some(SHA1)),
            "2.16.840.1.101.3.4.3.1" => ("dsa-with-sha224", None),
            "2.16.840.1.101.3.4.3.2" => ("dsa-with-sha256", None),
            "1.2.840.10045.4.1" => ("ecdsa-with-SHA1", Some(SHA1)),
            "1.2.840.10045.4.3.1" => ("ecdsa-with-SHA224", None),
            "1.2.840.10045.4.3.2" => ("ecdsa-with-SHA256", None),
            "1.2.840.10045.4.3.3" => ("ecdsa-with-SHA384", None),
            "1.2.840.10045.4.3.4" => ("ecdsa-with-SHA512", None),
            "1.3.101.112" => ("Ed25519", None),
            "1.3.101.113" => ("Ed448", None),
            "2.16.840.1.101.3.4.3.17" => ("ML-DSA-44", None),
            "2.16.840.1.101.3.4.3.18" => ("ML-DSA-65", None),
            "2.16.840.1.101.3.4.3.19" => ("ML-DSA-87", None),
            "1.2.156.10197.1.501" => ("SM2-with-SM3", None),
            _ => (&*oid, None),
        };
        Self { name: name.to_owned(), weak_digest }
    }

    /// The digest stands in the parameters, and is SHA-1 where it does not (RFC 4055 §3.1).
    fn pss(parameters: Option<&Any<'_>>) -> Self {
        let digest = parameters.and_then(|parameters| {
            let mut digest = Reader::new(parameters.data).enter(Tag::constructed(0))?.enter(Tag::SEQUENCE)?;
            Some(digest.take(Tag::OBJECT_IDENTIFIER)?.contents)
        });
        let (digest, weak_digest) = match digest {
            None | Some([0x2b, 0x0e, 0x03, 0x02, 0x1a]) => (SHA1, Some(SHA1)),
            Some([0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01]) => ("SHA-256", None),
            Some([0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02]) => ("SHA-384", None),
            Some([0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03]) => ("SHA-512", None),
            Some(_) => ("another digest", None),
        };
        Self { name: format!("RSASSA-PSS with {digest}"), weak_digest }
    }
}

const SHA1: &str = "SHA-1";

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: &str, bits: Option<u32>, weak: Option<&str>) {
        let key = Key { kind: kind.to_owned(), bits, curve: None };
        assert_eq!(key.weakness().as_deref(), weak, "{key}");
    }

    #[test]
    fn keys_below_the_bounds_are_weak() {
        check("RSA", Some(2048), None);
        check("RSA", Some(2047), Some("2047 bits of RSA, fewer than 2048"));
        check("EC", Some(224), None);
        check("EC", Some(192), Some("192 bits of EC, fewer than 224"));
        check("EC", None, None);
        check("DSA", Some(3072), Some("DSA is not used any more"));
        check("Ed25519", None, None);
    }

    #[test]
    fn bits_are_counted_from_the_first_that_is_set() {
        for (number, bits) in [(&[0, 0x80, 0][..], 16), (&[1], 1), (&[0, 0, 7, 0xff], 11)] {
            assert_eq!(bits_of(number), Some(bits), "{number:02x?}");
        }
        assert_eq!(bits_of(&[0, 0]), None);
    }
}
