//! Private keys of servers, for RSA key exchange.

mod file;
mod traditional;

use std::fmt;

use pkcs8::SubjectPublicKeyInfoRef;
use pkcs8::der::Decode;
use rsa::pkcs1::{RsaPrivateKeyRef, RsaPublicKeyRef, Version};
use rsa::rand_core::TryCryptoRng;
use rsa::traits::PublicKeyParts;
use rsa::{BoxedUint, hazmat};

use crate::limits::MODULUS_OCTETS_MAX;

/// A private key that premaster secrets are decrypted with.
#[derive(Clone)]
pub struct RsaKey {
    key: Box<rsa::PrivateKey>,
    /// Big-endian, without zeros before it.
    modulus: Vec<u8>,
}

/// Why no key could be had from a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// It is encrypted, and no password was given.
    #[error("the key is encrypted: give its password")]
    PasswordNeeded,
    /// It is encrypted with another password.
    #[error("the password does not open the key: give the one that it was encrypted with")]
    WrongPassword,
    /// Its encryption is old or rare.
    #[error("the way the key is encrypted is not supported: convert it with openssl pkcs8 -topk8 -v2 aes256")]
    UnsupportedEncryption,
    /// A key for signing, as nearly all connections use it.
    #[error("not an RSA key: only RSA key exchange can be opened by a private key, all else needs a key log")]
    NotRsa,
    /// Neither PEM nor DER of a private key, nor PKCS#12.
    #[error("no private key found: give PEM or DER (PKCS#1, PKCS#8) or PKCS#12")]
    NoKey,
    /// RFC 8017 allows them, and nobody makes them.
    #[error("an RSA key of more than two primes is not supported: log the secrets of its connections")]
    MultiPrime,
    /// It looks like a private key and is none.
    #[error("the private key is damaged: check it with openssl pkey -check")]
    Damaged,
    /// Its modulus is longer than anyone's.
    #[error("the private key is longer than {} bits: no TLS program uses such keys", MODULUS_OCTETS_MAX * 8)]
    TooLong,
}

impl RsaKey {
    /// The RSA keys of a file: PEM with any number of PKCS#1 and PKCS#8, DER of one, or PKCS#12. Keys of other algorithms
    /// beside them are passed over.
    pub fn read(bytes: &[u8], password: Option<&str>) -> Result<Vec<Self>, KeyError> {
        file::read(bytes, password)
    }

    /// From `RSAPrivateKey` (RFC 8017 §A.1.2).
    fn of_pkcs1(key: RsaPrivateKeyRef<'_>) -> Result<Self, KeyError> {
        if key.version() != Version::TwoPrime {
            return Err(KeyError::MultiPrime);
        }
        let modulus = key.modulus.as_bytes().to_vec();
        if modulus.len() > MODULUS_OCTETS_MAX {
            return Err(KeyError::TooLong);
        }
        let key = rsa::PrivateKey::try_from(key).map_err(|_| KeyError::Damaged)?;
        Ok(Self { key: Box::new(key), modulus })
    }

    /// The premaster secret of a `ClientKeyExchange` (RFC 5246 §7.4.7.1, RFC 8017 §7.2.2). None if it does not decrypt to
    /// 48 octets. `encrypted`: without the length before it, which SSL 3.0 does not send.
    pub fn decrypt_premaster(&self, encrypted: &[u8]) -> Option<[u8; 48]> {
        if encrypted.len() != self.modulus.len() {
            return None;
        }
        let encrypted = BoxedUint::from_be_slice(encrypted, self.key.n().bits_precision()).ok()?;
        // The padding is taken away here: the crate gives made-up octets for a wrong one, to tell attackers nothing, and
        // one time in two hundred these would be 48. No blinding: nobody can measure how long a capture takes to open.
        let no_blinding = None::<&mut dyn TryCryptoRng<Error = std::convert::Infallible>>;
        let padded = hazmat::rsa_decrypt(no_blinding, self.key.as_ref(), &encrypted).ok()?.to_be_bytes();
        let padded = padded.get(padded.len().checked_sub(self.modulus.len())?..)?;
        unpadded(padded)?.try_into().ok()
    }

    /// Whether this is the key to a certificate: the moduli are equal. Takes its `SubjectPublicKeyInfo`
    /// (RFC 5280 §4.1.2.7).
    pub fn matches(&self, subject_public_key_info_der: &[u8]) -> bool {
        let info = SubjectPublicKeyInfoRef::from_der(subject_public_key_info_der).ok();
        let key = info.as_ref().and_then(|info| info.subject_public_key.as_bytes());
        let key = key.and_then(|key| RsaPublicKeyRef::from_der(key).ok());
        key.is_some_and(|key| key.modulus.as_bytes() == self.modulus)
    }
}

/// EME-PKCS1-v1_5: 0, 2, at least eight octets other than 0, 0, message.
fn unpadded(padded: &[u8]) -> Option<&[u8]> {
    let rest = padded.strip_prefix(&[0, 2])?;
    let end = rest.iter().position(|octet| *octet == 0).filter(|end| *end >= 8)?;
    rest.get(end + 1..)
}

impl fmt::Debug for RsaKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RsaKey({} bits)", self.key.n().bit_width_vartime())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::OnceLock;

    use p12_keystore::rand;
    use rsa::pkcs8::EncodePublicKey;
    use rsa::{Pkcs1v15Encrypt, PrivateKey};

    use super::*;

    /// One key for all tests: making one takes its time.
    pub(super) fn private() -> &'static PrivateKey {
        static KEY: OnceLock<PrivateKey> = OnceLock::new();
        KEY.get_or_init(|| generated(1024))
    }

    pub(super) fn generated(bits: usize) -> PrivateKey {
        PrivateKey::new_unchecked(&mut rand::rng(), bits).unwrap()
    }

    pub(super) fn pkcs1(key: &PrivateKey) -> Vec<u8> {
        use rsa::pkcs1::EncodeRsaPrivateKey;
        key.to_pkcs1_der().unwrap().as_bytes().to_vec()
    }

    fn key(private: &PrivateKey) -> RsaKey {
        RsaKey::of_pkcs1(RsaPrivateKeyRef::from_der(&pkcs1(private)).unwrap()).unwrap()
    }

    fn encrypted(private: &PrivateKey, message: &[u8]) -> Vec<u8> {
        private.to_public_key().encrypt(&mut rand::rng(), Pkcs1v15Encrypt, message).unwrap()
    }

    #[test]
    fn premasters_decrypt_with_keys_of_every_size() {
        for bits in [512, 1000, 1024, 1025] {
            let private = generated(bits);
            let premaster = [0x3c; 48];
            let ciphertext = encrypted(&private, &premaster);
            assert_eq!(key(&private).decrypt_premaster(&ciphertext), Some(premaster), "{bits}");
        }
    }

    #[test]
    fn what_is_no_premaster_is_none() {
        let key = key(private());
        for length in [0, 1, 47, 49, 117] {
            assert_eq!(key.decrypt_premaster(&encrypted(private(), &vec![1; length])), None, "{length}");
        }
        let good = encrypted(private(), &[1; 48]);
        assert_eq!(key.decrypt_premaster(&good[1..]), None);
        assert_eq!(key.decrypt_premaster(&[0; 128]), None);
        assert_eq!(key.decrypt_premaster(&[0xff; 128]), None, "more than the modulus");
        // None of these may be taken for a secret, as made-up octets would be.
        let changed = (0..200_u8).filter_map(|change| {
            let mut changed = good.clone();
            changed[usize::from(change) % 100 + 20] ^= change / 100 + 1;
            key.decrypt_premaster(&changed)
        });
        assert_eq!(changed.count(), 0);
    }

    #[test]
    fn padding_is_as_the_standard_has_it() {
        let check =
            |padded: &[u8], message: Option<&[u8]>| assert_eq!(unpadded(padded), message, "{padded:?}");
        check(&[0, 2, 1, 1, 1, 1, 1, 1, 1, 1, 0, 7], Some(&[7]));
        check(&[0, 2, 1, 1, 1, 1, 1, 1, 1, 1, 0], Some(&[]));
        check(&[0, 2, 1, 1, 1, 1, 1, 1, 1, 0, 7], None);
        check(&[0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 7], None);
        check(&[1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 0, 7], None);
        check(&[0, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 7], None);
        check(&[], None);
    }

    #[test]
    fn a_key_matches_its_own_certificate() {
        let info = |key: &PrivateKey| key.to_public_key().to_public_key_der().unwrap().as_bytes().to_vec();
        let (own, other) = (info(private()), info(&generated(512)));
        assert!(key(private()).matches(&own));
        assert!(!key(private()).matches(&other));
        assert!(!key(private()).matches(&own[..own.len() - 1]) && !key(private()).matches(&[]));
    }

    #[test]
    fn nothing_of_a_key_is_shown() {
        assert_eq!(format!("{:?}", key(private())), "RsaKey(1024 bits)");
    }
}
