//! The kinds of files that private keys come in.

use base64ct::{Base64, Encoding};
use p12_keystore::Pkcs12Archive;
use pkcs8::der::Decode;
use pkcs8::der::asn1::AnyRef;
use pkcs8::{EncryptedPrivateKeyInfoRef, ObjectIdentifier, PrivateKeyInfoRef};
use rsa::pkcs1::{self, RsaPrivateKeyRef};

use super::{KeyError, RsaKey, traditional};
use crate::limits::KEYS_OF_A_FILE_MAX;

/// RFC 4055 §1.2: keys for RSASSA-PSS alone are RSA keys too.
const RSASSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");

pub(super) fn read(bytes: &[u8], password: Option<&str>) -> Result<Vec<RsaKey>, KeyError> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.contains(BEGIN));
    let keys = match text {
        Some(text) => pem(text, password),
        None if is_pkcs12(bytes) => pkcs12(bytes, password)?,
        None => vec![der(bytes, password)],
    };
    let mut read = Vec::new();
    let mut first_other = KeyError::NoKey;
    for key in keys.into_iter().take(KEYS_OF_A_FILE_MAX) {
        match key {
            Ok(key) => read.push(key),
            Err(KeyError::NotRsa) => first_other = KeyError::NotRsa,
            Err(error) => return Err(error),
        }
    }
    if read.is_empty() { Err(first_other) } else { Ok(read) }
}

const BEGIN: &str = "-----BEGIN ";

/// Each private key of a PEM text (RFC 7468); certificates and parameters beside them are passed over.
fn pem(text: &str, password: Option<&str>) -> Vec<Result<RsaKey, KeyError>> {
    let blocks = text.split(BEGIN).skip(1).filter_map(|block| block.split_once("-----"));
    blocks.filter_map(|(label, rest)| pem_key(label, rest.split("-----END").next()?, password)).collect()
}

/// None for what is no private key.
fn pem_key(label: &str, body: &str, password: Option<&str>) -> Option<Result<RsaKey, KeyError>> {
    let read: fn(&[u8], Option<&str>) -> Result<RsaKey, KeyError> = match label {
        "RSA PRIVATE KEY" if body.contains("DEK-Info:") => return Some(of_traditional(body, password)),
        "RSA PRIVATE KEY" => |der, _| of_pkcs1(der),
        "PRIVATE KEY" => |der, _| of_pkcs8(der),
        "ENCRYPTED PRIVATE KEY" => of_encrypted_pkcs8,
        _ if label.ends_with("PRIVATE KEY") => return Some(Err(KeyError::NotRsa)),
        _ => return None,
    };
    let body: String = body.split_ascii_whitespace().collect();
    let der = Base64::decode_vec(&body).map_err(|_| KeyError::Damaged);
    Some(der.and_then(|der| read(&der, password)))
}

/// DER of any kind but PKCS#12: told apart by what parses.
fn der(bytes: &[u8], password: Option<&str>) -> Result<RsaKey, KeyError> {
    if RsaPrivateKeyRef::from_der(bytes).is_ok() {
        of_pkcs1(bytes)
    } else if PrivateKeyInfoRef::from_der(bytes).is_ok() {
        of_pkcs8(bytes)
    } else if EncryptedPrivateKeyInfoRef::from_der(bytes).is_ok() {
        of_encrypted_pkcs8(bytes, password)
    } else {
        Err(KeyError::NoKey)
    }
}

fn of_pkcs1(der: &[u8]) -> Result<RsaKey, KeyError> {
    RsaKey::of_pkcs1(RsaPrivateKeyRef::from_der(der).map_err(|_| KeyError::Damaged)?)
}

/// PKCS#1 as OpenSSL encrypts it by itself. A wrong password is told by what comes out.
fn of_traditional(body: &str, password: Option<&str>) -> Result<RsaKey, KeyError> {
    let der = traditional::decrypted(body, password.ok_or(KeyError::PasswordNeeded)?)?;
    of_pkcs1(&der).map_err(wrong_password)
}

/// RFC 5208 §5.
fn of_pkcs8(der: &[u8]) -> Result<RsaKey, KeyError> {
    let info = PrivateKeyInfoRef::from_der(der).map_err(|_| KeyError::Damaged)?;
    if ![pkcs1::ALGORITHM_OID, RSASSA_PSS].contains(&info.algorithm.oid) {
        return Err(KeyError::NotRsa);
    }
    of_pkcs1(info.private_key.as_bytes())
}

/// RFC 5208 §6.
fn of_encrypted_pkcs8(der: &[u8], password: Option<&str>) -> Result<RsaKey, KeyError> {
    // What is well-formed and does not parse has an algorithm that the crate does not know.
    let unread =
        if AnyRef::from_der(der).is_ok() { KeyError::UnsupportedEncryption } else { KeyError::Damaged };
    let info = EncryptedPrivateKeyInfoRef::from_der(der).map_err(|_| unread)?;
    if info.encryption_algorithm.pbes2().is_none() {
        return Err(KeyError::UnsupportedEncryption);
    }
    let password = password.ok_or(KeyError::PasswordNeeded)?;
    let decrypted = info.encryption_algorithm.decrypt(password, info.encrypted_data.as_bytes());
    match decrypted {
        // A wrong password is mostly told by the padding; else by what is no key.
        Ok(der) => of_pkcs8(&der).map_err(wrong_password),
        Err(pkcs8::pkcs5::Error::DecryptFailed) => Err(KeyError::WrongPassword),
        Err(_) => Err(KeyError::UnsupportedEncryption),
    }
}

/// What a password made of a file is no key.
fn wrong_password(error: KeyError) -> KeyError {
    if error == KeyError::Damaged { KeyError::WrongPassword } else { error }
}

/// A PFX begins with its version, 3, and a `ContentInfo` (RFC 7292 §4).
fn is_pkcs12(bytes: &[u8]) -> bool {
    bytes.first() == Some(&0x30)
        && bytes.get(..12).is_some_and(|head| head.windows(4).any(|four| four == [2, 1, 3, 0x30]))
}

/// The keys of a PKCS#12 file. Without a password the empty one is tried, which is how many are made.
fn pkcs12(bytes: &[u8], password: Option<&str>) -> Result<Vec<Result<RsaKey, KeyError>>, KeyError> {
    use p12_keystore::error::Error;
    let archive = Pkcs12Archive::from_pkcs12(bytes, password.unwrap_or_default());
    let archive = archive.map_err(|error| match error {
        Error::MacError(_) | Error::UnpadError | Error::Pkcs5Error(_) | Error::InvalidPrivateKey => {
            if password.is_some() {
                KeyError::WrongPassword
            } else {
                KeyError::PasswordNeeded
            }
        }
        Error::UnsupportedEncryptionScheme | Error::UnsupportedMacAlgorithm => {
            KeyError::UnsupportedEncryption
        }
        _ => KeyError::Damaged,
    })?;
    Ok(archive.keys.iter().map(|bag| of_pkcs8(bag.key.as_der())).collect())
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
    use cbc::cipher::{Array, BlockModeEncrypt, KeyIvInit};
    use p12_keystore::{EncryptionAlgorithm, KeyStore, KeyStoreEntry, MacAlgorithm, PrivateKeyChain};
    use pkcs8::der::Encode;
    use pkcs8::pkcs5::pbes2;
    use rsa::pkcs8::{EncodePrivateKey, EncodePublicKey};

    use super::super::tests::{generated, pkcs1, private};
    use super::*;
    use crate::limits::MODULUS_OCTETS_MAX;

    const PASSWORD: &str = "correct horse";

    fn pkcs8() -> Vec<u8> {
        private().to_pkcs8_der().unwrap().as_bytes().to_vec()
    }

    fn encrypted_pkcs8() -> Vec<u8> {
        let scheme = pbes2::Parameters::generate_pbkdf2_sha256_aes256cbc(1000, &[7; 16], [9; 16]).unwrap();
        let der = pkcs8();
        let info = PrivateKeyInfoRef::from_der(&der).unwrap();
        info.encrypt_with_params(scheme, PASSWORD).unwrap().as_bytes().to_vec()
    }

    fn elliptic() -> Vec<u8> {
        let random = SystemRandom::new();
        EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap().as_ref().to_vec()
    }

    fn text(label: &str, der: &[u8]) -> String {
        let body = Base64::encode_string(der);
        let lines: Vec<&str> =
            (0..body.len()).step_by(64).map(|at| &body[at..body.len().min(at + 64)]).collect();
        format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
    }

    fn archive(der: &[u8], password: &str, encryption: EncryptionAlgorithm, mac: MacAlgorithm) -> Vec<u8> {
        let key = p12_keystore::PrivateKey::from_der(der).unwrap();
        let mut store = KeyStore::new();
        store.add_entry("server", KeyStoreEntry::PrivateKeyChain(PrivateKeyChain::new("1", key, [])));
        store.writer(password).encryption_algorithm(encryption).mac_algorithm(mac).write().unwrap()
    }

    /// Reads a file; what came of it is told by the number of keys that are the one it was made from.
    fn check(file: &[u8], password: Option<&str>, expected: Result<usize, KeyError>) {
        let public = private().to_public_key().to_public_key_der().unwrap();
        let keys = read(file, password);
        let own = keys.map(|keys| keys.iter().filter(|key| key.matches(public.as_bytes())).count());
        assert_eq!(own, expected);
    }

    #[test]
    fn keys_come_in_der() {
        check(&pkcs1(private()), None, Ok(1));
        check(&pkcs8(), None, Ok(1));
        check(&pkcs8(), Some("not needed"), Ok(1));
        check(&elliptic(), None, Err(KeyError::NotRsa));
    }

    #[test]
    fn keys_come_in_pem() {
        check(text("RSA PRIVATE KEY", &pkcs1(private())).as_bytes(), None, Ok(1));
        check(text("PRIVATE KEY", &pkcs8()).as_bytes(), None, Ok(1));
        check(text("PRIVATE KEY", &pkcs8()).replace('\n', "\r\n").as_bytes(), None, Ok(1));
        check(text("PRIVATE KEY", &elliptic()).as_bytes(), None, Err(KeyError::NotRsa));
        check(text("EC PRIVATE KEY", &elliptic()).as_bytes(), None, Err(KeyError::NotRsa));
        check(text("CERTIFICATE", &pkcs8()).as_bytes(), None, Err(KeyError::NoKey));
        check(text("PRIVATE KEY", &pkcs8()[..99]).as_bytes(), None, Err(KeyError::Damaged));
        check(
            b"-----BEGIN RSA PRIVATE KEY-----\n!!\n-----END RSA PRIVATE KEY-----",
            None,
            Err(KeyError::Damaged),
        );
    }

    #[test]
    fn several_keys_stand_in_one_text() {
        let other = generated(512);
        let all = [
            "Bag Attributes: none\n".to_owned(),
            text("CERTIFICATE", b"certificate"),
            text("PRIVATE KEY", &elliptic()),
            text("RSA PRIVATE KEY", &pkcs1(&other)),
            text("PRIVATE KEY", &pkcs8()),
            text("ENCRYPTED PRIVATE KEY", &encrypted_pkcs8()),
        ];
        let all = all.concat();
        assert_eq!(read(all.as_bytes(), Some(PASSWORD)).unwrap().len(), 3);
        check(all.as_bytes(), Some(PASSWORD), Ok(2));
        check(all.as_bytes(), None, Err(KeyError::PasswordNeeded));
    }

    #[test]
    fn a_password_opens_pkcs8() {
        for file in [encrypted_pkcs8(), text("ENCRYPTED PRIVATE KEY", &encrypted_pkcs8()).into_bytes()] {
            check(&file, Some(PASSWORD), Ok(1));
            check(&file, None, Err(KeyError::PasswordNeeded));
            check(&file, Some("wrong"), Err(KeyError::WrongPassword));
        }
        // pbeWithSHAAnd3-KeyTripleDES-CBC (RFC 7292 §C), which belongs to PKCS#12.
        let old = crate::hash::octets("3014 300c 060a 2a864886f70d010c0103 0404 00000000");
        let old = text("ENCRYPTED PRIVATE KEY", &old);
        check(old.as_bytes(), Some(PASSWORD), Err(KeyError::UnsupportedEncryption));
        check(old.replace("MB", "NB").as_bytes(), Some(PASSWORD), Err(KeyError::Damaged));
    }

    #[test]
    fn a_password_opens_what_openssl_encrypted_by_itself() {
        let (password, iv) = (PASSWORD.as_bytes(), [7; 16]);
        let key = crate::hash::Hash::Md5.of(&[password, &iv[..8]]);
        let mut octets = pkcs1(private());
        let padding = 16 - octets.len() % 16;
        octets.extend(vec![u8::try_from(padding).unwrap(); padding]);
        let (blocks, _) = Array::slice_as_chunks_mut(&mut octets);
        cbc::Encryptor::<aes::Aes128>::new_from_slices(&key, &iv).unwrap().encrypt_blocks(blocks);
        let headers = format!("-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,{}\n\n", "07".repeat(16));
        let file = text("RSA PRIVATE KEY", &octets).replacen("-----\n", &headers, 1);
        check(file.as_bytes(), Some(PASSWORD), Ok(1));
        check(file.as_bytes(), None, Err(KeyError::PasswordNeeded));
        check(file.as_bytes(), Some("wrong"), Err(KeyError::WrongPassword));
        check(file.replace('\n', "\r\n").as_bytes(), Some(PASSWORD), Ok(1));
        let other = file.replace("AES-128-CBC", "RC2-CBC");
        check(other.as_bytes(), Some(PASSWORD), Err(KeyError::UnsupportedEncryption));
    }

    #[test]
    fn a_password_opens_pkcs12() {
        let kinds = [
            (EncryptionAlgorithm::PbeWithHmacSha256AndAes256, MacAlgorithm::HmacSha256),
            (EncryptionAlgorithm::PbeWithShaAnd3KeyTripleDesCbc, MacAlgorithm::HmacSha1),
        ];
        for (encryption, mac) in kinds {
            let file = archive(&pkcs8(), PASSWORD, encryption, mac);
            check(&file, Some(PASSWORD), Ok(1));
            check(&file, None, Err(KeyError::PasswordNeeded));
            check(&file, Some("wrong"), Err(KeyError::WrongPassword));
            check(&archive(&pkcs8(), "", encryption, mac), None, Ok(1));
            check(&archive(&elliptic(), "", encryption, mac), None, Err(KeyError::NotRsa));
            check(&file[..file.len() / 2], Some(PASSWORD), Err(KeyError::Damaged));
        }
    }

    #[test]
    fn what_is_no_key_is_said() {
        check(b"", None, Err(KeyError::NoKey));
        check(b"# a key log", None, Err(KeyError::NoKey));
        check(&[0x30, 0x82, 0xff, 0xff], None, Err(KeyError::NoKey));
        check(&[0x30; 300], None, Err(KeyError::NoKey));
        let public = private().to_public_key().to_public_key_der().unwrap();
        check(public.as_bytes(), None, Err(KeyError::NoKey));
    }

    #[test]
    fn a_modulus_has_a_bound() {
        let integer =
            |length: usize| pkcs8::der::asn1::UintRef::new(&vec![0x55; length]).unwrap().to_der().unwrap();
        let fields =
            [vec![2, 1, 0], integer(MODULUS_OCTETS_MAX + 1), (0..7).flat_map(|_| integer(9)).collect()]
                .concat();
        let length = u16::try_from(fields.len()).unwrap().to_be_bytes();
        check(&[&[0x30, 0x82], &length[..], &fields].concat(), None, Err(KeyError::TooLong));
    }

    #[test]
    fn keys_of_three_primes_are_told_apart() {
        let integer = "020109";
        let der = format!("3028 020101 {} 300b 3009 {}", integer.repeat(8), integer.repeat(3));
        check(&crate::hash::octets(&der), None, Err(KeyError::MultiPrime));
    }

    #[test]
    fn a_text_gives_a_bounded_number_of_keys() {
        let key = text("RSA PRIVATE KEY", &pkcs1(&generated(512)));
        let keys = read(key.repeat(KEYS_OF_A_FILE_MAX + 1).as_bytes(), None).unwrap();
        assert_eq!(keys.len(), KEYS_OF_A_FILE_MAX);
    }
}
