//! How fast records of 16 KiB of TLS 1.3 open: `cargo run --release -p tapline-crypto --example speed`.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement by hand")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use aws_lc_rs::aead::{self, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{self, KeyType, Prk};
use tapline_crypto::{Opener, Suite};

const OCTETS: u16 = 1 << 14;

fn main() {
    measure("AES-128-GCM", 0x1301, &aead::AES_128_GCM, hkdf::HKDF_SHA256);
    measure("AES-256-GCM", 0x1302, &aead::AES_256_GCM, hkdf::HKDF_SHA384);
    measure("ChaCha20-Poly1305", 0x1303, &aead::CHACHA20_POLY1305, hkdf::HKDF_SHA256);
}

fn measure(name: &str, number: u16, cipher: &'static aead::Algorithm, hash: hkdf::Algorithm) {
    let secret = vec![3; hash.len()];
    let sealed = sealed(cipher, hash, &secret);
    let opener = Opener::tls13(0x0304, Suite::of(number).unwrap(), &secret).unwrap();
    let mut out = Vec::new();
    let (mut records, mut spent) = (0_u32, Duration::ZERO);
    while spent < Duration::from_millis(500) {
        // Always the first record, so that one is enough.
        let mut opener = opener.clone();
        let began = Instant::now();
        black_box(opener.open(23, 0x0303, black_box(&sealed), &mut out)).unwrap();
        spent += began.elapsed();
        records += 1;
    }
    println!("{name:18} {:6.2} GB/s", f64::from(records) * f64::from(OCTETS) / spent.as_secs_f64() / 1e9);
}

/// The first record under a traffic secret (RFC 8446 §5.2).
fn sealed(cipher: &'static aead::Algorithm, hash: hkdf::Algorithm, secret: &[u8]) -> Vec<u8> {
    let prk = Prk::new_less_safe(hash, secret);
    let mut iv = [0; 12];
    prk.expand(&[&label("iv", 12)], Length(12)).unwrap().fill(&mut iv).unwrap();
    let key = UnboundKey::from(prk.expand(&[&label("key", cipher.key_len())], cipher).unwrap());
    let mut octets = vec![7; usize::from(OCTETS)];
    octets.push(23);
    let [high, low] = u16::try_from(octets.len() + 16).unwrap().to_be_bytes();
    let nonce = Nonce::assume_unique_for_key(iv);
    LessSafeKey::new(key)
        .seal_in_place_append_tag(nonce, Aad::from([23, 3, 3, high, low]), &mut octets)
        .unwrap();
    octets
}

fn label(label: &str, length: usize) -> Vec<u8> {
    let label = format!("tls13 {label}");
    let lengths = [0, u8::try_from(length).unwrap(), u8::try_from(label.len()).unwrap()];
    [&lengths, label.as_bytes(), &[0]].concat()
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}
