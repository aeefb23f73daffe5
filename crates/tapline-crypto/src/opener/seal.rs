//! The other side of record protection, for tests: written after the RFCs, with other libraries than the opener's
//! where there are any.
#![expect(clippy::cast_possible_truncation, reason = "samples are short")]

use aes_gcm::AesGcm;
use aes_gcm::aead::consts::{U8, U12, U16};
use aes_gcm::aead::{Aead, KeyInit, Nonce, Payload};
use cbc::cipher::{Array, BlockCipherEncrypt, BlockModeEncrypt, InnerIvInit};
use ccm::Ccm;
use chacha20poly1305::ChaCha20Poly1305;
use hmac::{Hmac, Mac};
use rc4::StreamCipher;

use crate::hash::Hash;
use crate::prf::Prf;
use crate::suite::Cipher;
use crate::{Master, Randoms, Suite};

/// Seals the records of the client.
pub(super) struct Sealer {
    pub(super) version: u16,
    suite: Suite,
    mac: Vec<u8>,
    key: Vec<u8>,
    iv: Vec<u8>,
    pub(super) encrypt_then_mac: bool,
    pub(super) sequence: u64,
    /// What the explicit nonce is more than the sequence number.
    pub(super) offset: u64,
    /// What the first octet of a block cipher's padding is changed by.
    pub(super) padding_change: u8,
    stream: Option<rc4::Rc4>,
}

impl Sealer {
    pub(super) fn tls12(version: u16, suite: Suite, master: &Master, randoms: &Randoms) -> Self {
        let mac = suite.mac.map_or(0, Hash::length);
        let key = suite.cipher.key_length();
        let iv = match suite.cipher {
            Cipher::ChaCha20Poly1305 => 12,
            _ if suite.mac.is_none() => 4,
            _ if version <= 0x0301 => block(suite.cipher).unwrap_or(0),
            _ => 0,
        };
        let seed: [&[u8]; 2] = [&randoms.server, &randoms.client];
        let all =
            Prf::of(version, suite.prf).output(master.bytes(), b"key expansion", &seed, 2 * (mac + key + iv));
        let stream = (suite.cipher == Cipher::Rc4)
            .then(|| rc4::Rc4::new_from_slice(&all[2 * mac..2 * mac + key]).unwrap());
        Self {
            version,
            suite,
            mac: all[..mac].to_vec(),
            key: all[2 * mac..2 * mac + key].to_vec(),
            iv: all[2 * mac + 2 * key..2 * mac + 2 * key + iv].to_vec(),
            encrypt_then_mac: false,
            sequence: 0,
            offset: 0,
            padding_change: 0,
            stream,
        }
    }

    /// For RFC 8446, without HKDF's code of the crate: HMAC with a counter of 1 gives as much as any key needs.
    pub(super) fn tls13(suite: Suite, secret: &[u8]) -> Self {
        let key = suite.cipher.key_length();
        Self {
            version: 0x0303,
            suite,
            mac: Vec::new(),
            key: label13(suite.prf, secret, "key", key),
            iv: label13(suite.prf, secret, "iv", 12),
            encrypt_then_mac: false,
            sequence: 0,
            offset: 0,
            padding_change: 0,
            stream: None,
        }
    }

    /// The fragment of the next record; `padding` octets of zeros in TLS 1.3, blocks more than needed in CBC.
    pub(super) fn seal(&mut self, content: u8, plain: &[u8], padding: usize) -> Vec<u8> {
        let fragment = if self.suite.is_tls13() {
            self.seal13(content, plain, padding)
        } else if self.suite.mac.is_none() && !self.suite.is_null() {
            self.seal_aead(content, plain)
        } else if let Some(block) = block(self.suite.cipher) {
            self.seal_block(content, plain, block, padding)
        } else {
            let mut both = [plain, &self.code(content, plain)].concat();
            if let Some(stream) = &mut self.stream {
                stream.apply_keystream(&mut both);
            }
            both
        };
        self.sequence += 1;
        fragment
    }

    fn seal13(&self, content: u8, plain: &[u8], padding: usize) -> Vec<u8> {
        let inner = [plain, &[content], &vec![0; padding]].concat();
        let tag = if self.suite.cipher == Cipher::Aes128Ccm8 { 8 } else { 16 };
        let header = [&[23, 3, 3][..], &((inner.len() + tag) as u16).to_be_bytes()].concat();
        self.encrypt(&self.masked_iv(), &header, &inner)
    }

    fn seal_aead(&self, content: u8, plain: &[u8]) -> Vec<u8> {
        let header = [&self.sequence.to_be_bytes()[..], &self.head(content, plain.len())].concat();
        if self.suite.cipher == Cipher::ChaCha20Poly1305 {
            return self.encrypt(&self.masked_iv(), &header, plain);
        }
        let explicit = self.sequence.wrapping_add(self.offset).to_be_bytes();
        let nonce = [&self.iv[..], &explicit].concat();
        [&explicit[..], &self.encrypt(&nonce, &header, plain)].concat()
    }

    fn seal_block(&mut self, content: u8, plain: &[u8], block: usize, more: usize) -> Vec<u8> {
        let mut inner = plain.to_vec();
        if !self.encrypt_then_mac {
            inner.extend(self.code(content, plain));
        }
        let padding = block - 1 - inner.len() % block + more * block;
        inner.push(padding as u8 ^ self.padding_change);
        inner.extend(vec![padding as u8; padding]);
        let explicit = self.version > 0x0301;
        let iv =
            if explicit { (0..block as u8).map(|octet| octet ^ 0x5a).collect() } else { self.iv.clone() };
        self.cbc(&iv, &mut inner);
        if !explicit {
            self.iv = inner[inner.len() - block..].to_vec();
        }
        let mut fragment = if explicit { [iv, inner].concat() } else { inner };
        if self.encrypt_then_mac {
            fragment.extend(self.code(content, &fragment));
        }
        fragment
    }

    fn head(&self, content: u8, length: usize) -> Vec<u8> {
        [&[content][..], &self.version.to_be_bytes(), &(length as u16).to_be_bytes()].concat()
    }

    fn masked_iv(&self) -> Vec<u8> {
        let mut iv = self.iv.clone();
        for (place, octet) in self.sequence.to_be_bytes().iter().enumerate() {
            iv[4 + place] ^= octet;
        }
        iv
    }

    fn code(&self, content: u8, plain: &[u8]) -> Vec<u8> {
        if self.suite.mac.is_none() {
            return Vec::new();
        }
        if self.version == 0x0300 {
            return self.ssl30_code(content, plain);
        }
        let text = [&self.sequence.to_be_bytes()[..], &self.head(content, plain.len()), plain].concat();
        match self.suite.mac {
            Some(Hash::Md5) => hmac::<Hmac<md5::Md5>>(&self.mac, &text),
            Some(Hash::Sha1) => hmac::<Hmac<sha1::Sha1>>(&self.mac, &text),
            Some(Hash::Sha256) => hmac::<Hmac<sha2::Sha256>>(&self.mac, &text),
            Some(Hash::Sha384) => hmac::<Hmac<sha2::Sha384>>(&self.mac, &text),
            other => panic!("{other:?}"),
        }
    }

    fn ssl30_code(&self, content: u8, plain: &[u8]) -> Vec<u8> {
        let hash = self.suite.mac.unwrap();
        let pads = if hash == Hash::Md5 { 48 } else { 40 };
        let length = (plain.len() as u16).to_be_bytes();
        let head = [&self.sequence.to_be_bytes()[..], &[content], &length].concat();
        let inner = hash.of(&[&self.mac, &vec![0x36; pads], &head, plain]);
        hash.of(&[&self.mac, &vec![0x5c; pads], &inner])
    }

    fn cbc(&self, iv: &[u8], octets: &mut [u8]) {
        match self.suite.cipher {
            Cipher::Des => cbc_of::<des::Des>(&self.key, iv, octets),
            Cipher::TripleDes => cbc_of::<des::TdesEde3>(&self.key, iv, octets),
            Cipher::Idea => cbc_of::<idea::Idea>(&self.key, iv, octets),
            Cipher::Aes128Cbc => cbc_of::<aes::Aes128>(&self.key, iv, octets),
            Cipher::Aes256Cbc => cbc_of::<aes::Aes256>(&self.key, iv, octets),
            Cipher::Camellia128Cbc => cbc_of::<camellia::Camellia128>(&self.key, iv, octets),
            Cipher::Camellia256Cbc => cbc_of::<camellia::Camellia256>(&self.key, iv, octets),
            Cipher::Aria128Cbc => cbc_of::<aria::Aria128>(&self.key, iv, octets),
            Cipher::Aria256Cbc => cbc_of::<aria::Aria256>(&self.key, iv, octets),
            other => panic!("{other:?}"),
        }
    }

    fn encrypt(&self, nonce: &[u8], header: &[u8], plain: &[u8]) -> Vec<u8> {
        let key = &self.key;
        match self.suite.cipher {
            Cipher::Aes128Gcm => aead_of::<AesGcm<aes::Aes128, U12>>(key, nonce, header, plain),
            Cipher::Aes256Gcm => aead_of::<AesGcm<aes::Aes256, U12>>(key, nonce, header, plain),
            Cipher::ChaCha20Poly1305 => aead_of::<ChaCha20Poly1305>(key, nonce, header, plain),
            Cipher::Camellia128Gcm => {
                aead_of::<AesGcm<camellia::Camellia128, U12>>(key, nonce, header, plain)
            }
            Cipher::Camellia256Gcm => {
                aead_of::<AesGcm<camellia::Camellia256, U12>>(key, nonce, header, plain)
            }
            Cipher::Aria128Gcm => aead_of::<AesGcm<aria::Aria128, U12>>(key, nonce, header, plain),
            Cipher::Aria256Gcm => aead_of::<AesGcm<aria::Aria256, U12>>(key, nonce, header, plain),
            Cipher::Sm4Gcm => aead_of::<AesGcm<sm4::Sm4, U12>>(key, nonce, header, plain),
            Cipher::Aes128Ccm => aead_of::<Ccm<aes::Aes128, U16, U12>>(key, nonce, header, plain),
            Cipher::Aes256Ccm => aead_of::<Ccm<aes::Aes256, U16, U12>>(key, nonce, header, plain),
            Cipher::Aes128Ccm8 => aead_of::<Ccm<aes::Aes128, U8, U12>>(key, nonce, header, plain),
            Cipher::Aes256Ccm8 => aead_of::<Ccm<aes::Aes256, U8, U12>>(key, nonce, header, plain),
            Cipher::Sm4Ccm => aead_of::<Ccm<sm4::Sm4, U16, U12>>(key, nonce, header, plain),
            other => panic!("{other:?}"),
        }
    }
}

/// A secret or key of TLS 1.3 (RFC 8446 §7.1).
pub(super) fn label13(hash: Hash, secret: &[u8], label: &str, length: usize) -> Vec<u8> {
    let label = format!("tls13 {label}");
    let info = [&(length as u16).to_be_bytes(), &[label.len() as u8][..], label.as_bytes(), &[0, 1]].concat();
    let block = match hash {
        Hash::Sha384 => hmac::<Hmac<sha2::Sha384>>(secret, &info),
        Hash::Sm3 => hmac::<Hmac<sm3::Sm3>>(secret, &info),
        _ => hmac::<Hmac<sha2::Sha256>>(secret, &info),
    };
    block[..length].to_vec()
}

fn block(cipher: Cipher) -> Option<usize> {
    match cipher {
        Cipher::Des | Cipher::TripleDes | Cipher::Idea => Some(8),
        Cipher::Null | Cipher::Rc4 => None,
        _ => Some(16),
    }
}

fn hmac<M: Mac + KeyInit>(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut mac = <M as KeyInit>::new_from_slice(key).unwrap();
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

fn cbc_of<C: BlockCipherEncrypt + KeyInit>(key: &[u8], iv: &[u8], octets: &mut [u8]) {
    let iv: &Array<u8, C::BlockSize> = iv.try_into().unwrap();
    let (blocks, rest) = Array::slice_as_chunks_mut(octets);
    assert!(rest.is_empty());
    cbc::Encryptor::inner_iv_init(C::new_from_slice(key).unwrap(), iv).encrypt_blocks(blocks);
}

fn aead_of<A: Aead + KeyInit>(key: &[u8], nonce: &[u8], header: &[u8], plain: &[u8]) -> Vec<u8> {
    let nonce: &Nonce<A> = nonce.try_into().unwrap();
    A::new_from_slice(key).unwrap().encrypt(nonce, Payload { msg: plain, aad: header }).unwrap()
}
