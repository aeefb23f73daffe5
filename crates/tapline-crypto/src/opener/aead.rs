//! Ciphers that authenticate what they encrypt.

use std::sync::Arc;

use aes_gcm::AesGcm;
use aes_gcm::aead::array::ArraySize;
use aes_gcm::aead::consts::{U8, U12, U16};
use aes_gcm::aead::{AeadInOut, KeyInit, Nonce, Tag};
use aws_lc_rs::aead::{self, Aad, LessSafeKey, UnboundKey};
use ccm::Ccm;

use super::Refusal;
use super::plain::split;
use super::steps::Speed;
use crate::suite::{Cipher, Kind};

/// A cipher with its key worked in.
#[derive(Clone)]
pub(super) struct Aead {
    key: Key,
    tag: usize,
}

#[derive(Clone)]
enum Key {
    /// The suites that nearly all connections have: reads where the packet lies and writes where the content shall be.
    Fast(Arc<LessSafeKey>),
    /// Everything else.
    Slow(Arc<dyn Slow>),
}

impl Aead {
    pub(super) fn new(cipher: Cipher, key: &[u8]) -> Option<Self> {
        let Kind::Aead(tag) = cipher.kind() else { return None };
        let key = match cipher {
            Cipher::Aes128Gcm => fast(&aead::AES_128_GCM, key),
            Cipher::Aes256Gcm => fast(&aead::AES_256_GCM, key),
            Cipher::ChaCha20Poly1305 => fast(&aead::CHACHA20_POLY1305, key),
            Cipher::Camellia128Gcm => slow::<AesGcm<camellia::Camellia128, U12>>(key),
            Cipher::Camellia256Gcm => slow::<AesGcm<camellia::Camellia256, U12>>(key),
            Cipher::Aria128Gcm => slow::<AesGcm<aria::Aria128, U12>>(key),
            Cipher::Aria256Gcm => slow::<AesGcm<aria::Aria256, U12>>(key),
            Cipher::Sm4Gcm => slow::<AesGcm<sm4::Sm4, U12>>(key),
            Cipher::Aes128Ccm => slow::<Ccm<aes::Aes128, U16, U12>>(key),
            Cipher::Aes256Ccm => slow::<Ccm<aes::Aes256, U16, U12>>(key),
            Cipher::Aes128Ccm8 => slow::<Ccm<aes::Aes128, U8, U12>>(key),
            Cipher::Aes256Ccm8 => slow::<Ccm<aes::Aes256, U8, U12>>(key),
            Cipher::Sm4Ccm => slow::<Ccm<sm4::Sm4, U16, U12>>(key),
            _ => None,
        }?;
        Some(Self { key, tag })
    }

    /// Octets of the tag.
    pub(super) fn tag(&self) -> usize {
        self.tag
    }

    pub(super) fn speed(&self) -> Speed {
        match self.key {
            Key::Fast(_) => Speed::Fast,
            Key::Slow(_) => Speed::Slow,
        }
    }

    /// Decrypts into `out`, which has no use on an error.
    pub(super) fn open(
        &self,
        nonce: &[u8; 12],
        header: &[u8],
        sealed: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), Refusal> {
        let (ciphertext, tag) = split(sealed, self.tag)?;
        let opened = match &self.key {
            Key::Fast(key) => {
                // Only what the vector grows by is written twice.
                out.resize(ciphertext.len(), 0);
                let nonce = aead::Nonce::assume_unique_for_key(*nonce);
                key.open_separate_gather(nonce, Aad::from(header), ciphertext, tag, out).ok()
            }
            Key::Slow(key) => {
                out.clear();
                out.extend_from_slice(ciphertext);
                key.open(nonce, header, out, tag)
            }
        };
        opened.ok_or(Refusal::BadMac)
    }
}

fn fast(algorithm: &'static aead::Algorithm, key: &[u8]) -> Option<Key> {
    Some(Key::Fast(Arc::new(LessSafeKey::new(UnboundKey::new(algorithm, key).ok()?))))
}

/// A cipher that decrypts in place.
trait Slow: Send + Sync {
    fn open(&self, nonce: &[u8; 12], header: &[u8], octets: &mut [u8], tag: &[u8]) -> Option<()>;
}

struct InPlace<A>(A);

impl<A> Slow for InPlace<A>
where
    A: AeadInOut<NonceSize = U12> + Send + Sync,
    A::TagSize: ArraySize,
{
    fn open(&self, nonce: &[u8; 12], header: &[u8], octets: &mut [u8], tag: &[u8]) -> Option<()> {
        let nonce: &Nonce<A> = nonce.into();
        let tag: &Tag<A> = tag.try_into().ok()?;
        self.0.decrypt_inout_detached(nonce, header, octets.into(), tag).ok()
    }
}

fn slow<A>(key: &[u8]) -> Option<Key>
where
    A: AeadInOut<NonceSize = U12> + KeyInit + Send + Sync + 'static,
{
    Some(Key::Slow(Arc::new(InPlace(A::new_from_slice(key).ok()?))))
}
