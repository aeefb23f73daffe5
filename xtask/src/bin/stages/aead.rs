//! Records of TLS 1.3 under AES-128-GCM, opened and nothing else.

use anyhow::{Context, Result, anyhow, ensure};
use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use tapline_decode::crypto::{Opener, Suite};

use super::Round;

const TLS13: u16 = 0x0304;
const TLS_AES_128_GCM_SHA256: u16 = 0x1301;
const APPLICATION_DATA: u8 = 23;

/// Octets of a record's content, and records that are sealed.
const CONTENT_BYTES: usize = 1 << 14;
const RECORDS: u8 = 32;

const SECRET: [u8; 32] = [7; 32];

pub(super) fn aead() -> Result<Round> {
    let suite = Suite::of(TLS_AES_128_GCM_SHA256).context("the suite is not known")?;
    let records = (0..RECORDS).map(seal).collect::<Result<Vec<_>>>()?;
    let open = move || {
        let mut opener = Opener::tls13(TLS13, suite, &SECRET)?;
        let mut out = Vec::with_capacity(CONTENT_BYTES);
        let mut octets = 0;
        for record in &records {
            out.clear();
            opener.open(APPLICATION_DATA, 0x0303, record, &mut out).ok()?;
            octets += out.len() as u64;
        }
        Some(octets)
    };
    ensure!(open().is_some(), "what was sealed does not open");
    Ok(Box::new(move || open().unwrap_or(0)))
}

/// The record of that number (RFC 8446 §5.2).
fn seal(number: u8) -> Result<Vec<u8>> {
    let failed = |_| anyhow!("the record cannot be sealed");
    let key = UnboundKey::new(&AES_128_GCM, expand("key").get(..16).unwrap_or_default()).map_err(failed)?;
    let mut nonce = <[u8; 12]>::try_from(expand("iv").get(..12).unwrap_or_default())?;
    *nonce.last_mut().context("a nonce has octets")? ^= number;
    let mut record = vec![b'x'; CONTENT_BYTES];
    record.push(APPLICATION_DATA);
    let [high, low] = u16::try_from(record.len() + AES_128_GCM.tag_len())?.to_be_bytes();
    let header = [APPLICATION_DATA, 3, 3, high, low];
    let (key, nonce) = (LessSafeKey::new(key), Nonce::assume_unique_for_key(nonce));
    key.seal_in_place_append_tag(nonce, Aad::from(header), &mut record).map_err(failed)?;
    Ok(record)
}

/// `HKDF-Expand-Label` of the secret without a context (RFC 8446 §7.1), one block of the hash.
fn expand(label: &str) -> Vec<u8> {
    let length = if label == "key" { 16 } else { 12 };
    let label = [b"tls13 ", label.as_bytes()].concat();
    let counted = u8::try_from(label.len()).unwrap_or(u8::MAX);
    let info = [&[0, length, counted][..], &label, &[0, 1]].concat();
    hmac::sign(&hmac::Key::new(HMAC_SHA256, &SECRET), &info).as_ref().to_vec()
}
