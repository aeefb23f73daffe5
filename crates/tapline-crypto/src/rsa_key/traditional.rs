//! OpenSSL's own encryption of PEM, from before PKCS#8: headers as in RFC 1421 §4.6, and a key that one round of MD5 makes of
//! the password.

use std::sync::Arc;

use base64ct::{Base64, Encoding};

use super::KeyError;
use crate::block_cipher::{Cbc, of};
use crate::hash::Hash;

/// What makes a cipher of a key.
type Keyed = fn(&[u8]) -> Option<Arc<dyn Cbc>>;

/// A cipher by its name in `DEK-Info`, with the length of its key.
fn cipher(name: &str) -> Option<(usize, Keyed)> {
    Some(match name {
        "DES-CBC" => (8, of::<des::Des>),
        "DES-EDE3-CBC" => (24, of::<des::TdesEde3>),
        "IDEA-CBC" => (16, of::<idea::Idea>),
        "AES-128-CBC" => (16, of::<aes::Aes128>),
        "AES-192-CBC" => (24, of::<aes::Aes192>),
        "AES-256-CBC" => (32, of::<aes::Aes256>),
        "CAMELLIA-128-CBC" => (16, of::<camellia::Camellia128>),
        "CAMELLIA-256-CBC" => (32, of::<camellia::Camellia256>),
        _ => return None,
    })
}

/// What was encrypted; `body` is all between the lines of `BEGIN` and `END`.
pub(super) fn decrypted(body: &str, password: &str) -> Result<Vec<u8>, KeyError> {
    let (_, rest) = body.split_once("DEK-Info:").ok_or(KeyError::Damaged)?;
    let (info, encoded) = rest.split_once('\n').ok_or(KeyError::Damaged)?;
    let (name, iv) = info.trim().split_once(',').ok_or(KeyError::Damaged)?;
    let (key_length, cipher) = cipher(name).ok_or(KeyError::UnsupportedEncryption)?;
    let iv = crate::key_log::octets(iv.as_bytes()).map_err(|_| KeyError::Damaged)?;
    let salt = iv.get(..8).ok_or(KeyError::Damaged)?;

    let encoded: String = encoded.split_ascii_whitespace().collect();
    let mut octets = Base64::decode_vec(&encoded).map_err(|_| KeyError::Damaged)?;
    let cipher = cipher(&key(password, salt, key_length)).ok_or(KeyError::UnsupportedEncryption)?;
    cipher.decrypt(&iv, &mut octets).ok_or(KeyError::Damaged)?;

    let padding = usize::from(*octets.last().ok_or(KeyError::Damaged)?);
    let end = octets.len().checked_sub(padding).filter(|_| padding > 0 && padding <= iv.len());
    octets.truncate(end.ok_or(KeyError::WrongPassword)?);
    Ok(octets)
}

/// MD5 of the password and the salt, then of that and both again, until it is long enough.
fn key(password: &str, salt: &[u8], length: usize) -> Vec<u8> {
    let mut key = Vec::with_capacity(length + 16);
    let mut round = Vec::new();
    while key.len() < length {
        round = Hash::Md5.of(&[&round, password.as_bytes(), salt]);
        key.extend_from_slice(&round);
    }
    key.truncate(length);
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_rounds_of_md5() {
        let first = Hash::Md5.of(&[b"pass", b"saltsalt"]);
        let second = Hash::Md5.of(&[&first, b"pass", b"saltsalt"]);
        assert_eq!(key("pass", b"saltsalt", 8), first[..8]);
        assert_eq!(key("pass", b"saltsalt", 32), [first, second].concat());
    }

    #[test]
    fn what_is_damaged_is_said() {
        let check = |body: &str, error: KeyError| assert_eq!(decrypted(body, "pass"), Err(error), "{body}");
        check("", KeyError::Damaged);
        check("DEK-Info: AES-128-CBC", KeyError::Damaged);
        check("DEK-Info: AES-128-CBC,00\n\nAAAA", KeyError::Damaged);
        check("DEK-Info: AES-128-CBC,zz\n\nAAAA", KeyError::Damaged);
        check("DEK-Info: RC2-CBC,0011223344556677\n\nAAAA", KeyError::UnsupportedEncryption);
        check("DEK-Info: DES-CBC,0011223344556677\n\nAAAA", KeyError::Damaged);
        check("DEK-Info: DES-CBC,0011223344556677\n\n", KeyError::Damaged);
    }
}
