//! The suites of the registry by what they do, by number.

use super::Cipher::{
    self, Aes128Cbc, Aes128Ccm, Aes128Ccm8, Aes128Gcm, Aes256Cbc, Aes256Ccm, Aes256Ccm8, Aes256Gcm,
    Aria128Cbc, Aria128Gcm, Aria256Cbc, Aria256Gcm, Camellia128Cbc, Camellia128Gcm, Camellia256Cbc,
    Camellia256Gcm, ChaCha20Poly1305, Des, Idea, Null, Rc4, Sm4Ccm, Sm4Gcm, TripleDes,
};
use super::Suite;
use crate::hash::Hash::{self, Md5, Sha1, Sha256, Sha384, Sm3};

/// RFC 5246 §5 and RFC 5288 §3: the PRF has SHA-256 unless the suite names SHA-384.
#[rustfmt::skip]
pub(super) fn of(number: u16) -> Option<Suite> {
    let maced = |cipher: Cipher, mac: Option<Hash>| Suite {
        cipher, mac, prf: if mac == Some(Sha384) { Sha384 } else { Sha256 }, number,
    };
    let aead = |cipher: Cipher, prf: Hash| Suite { cipher, mac: None, prf, number };
    Some(match number {
        0x0000 => maced(Null, None),
        0x0001 => maced(Null, Some(Md5)),
        0x0002 | 0x002c..=0x002e | 0xc001 | 0xc006 | 0xc00b | 0xc010 | 0xc015 | 0xc039 => maced(Null, Some(Sha1)),
        0x003b | 0x00b0 | 0x00b4 | 0x00b8 | 0xc03a => maced(Null, Some(Sha256)),
        0x00b1 | 0x00b5 | 0x00b9 | 0xc03b => maced(Null, Some(Sha384)),
        0x0004 | 0x0018 | 0x0024 => maced(Rc4, Some(Md5)),
        0x0005 | 0x0020 | 0x0066 | 0x008a | 0x008e | 0x0092 | 0xc002 | 0xc007 | 0xc00c | 0xc011 | 0xc016
        | 0xc033 => maced(Rc4, Some(Sha1)),
        0x0009 | 0x000c | 0x000f | 0x0012 | 0x0015 | 0x001a | 0x001e => maced(Des, Some(Sha1)),
        0x0022 => maced(Des, Some(Md5)),
        0x000a | 0x000d | 0x0010 | 0x0013 | 0x0016 | 0x001b | 0x001f | 0x008b | 0x008f | 0x0093 | 0xc003
        | 0xc008 | 0xc00d | 0xc012 | 0xc017 | 0xc01a..=0xc01c | 0xc034 => maced(TripleDes, Some(Sha1)),
        0x0023 => maced(TripleDes, Some(Md5)),
        0x0007 | 0x0021 => maced(Idea, Some(Sha1)),
        0x0025 => maced(Idea, Some(Md5)),
        0x002f..=0x0034 | 0x008c | 0x0090 | 0x0094 | 0xc004 | 0xc009 | 0xc00e | 0xc013 | 0xc018
        | 0xc01d..=0xc01f | 0xc035 => maced(Aes128Cbc, Some(Sha1)),
        0x003c | 0x003e..=0x0040 | 0x0067 | 0x006c | 0x00ae | 0x00b2 | 0x00b6 | 0xc023 | 0xc025 | 0xc027
        | 0xc029 | 0xc037 => maced(Aes128Cbc, Some(Sha256)),
        0x0035..=0x003a | 0x008d | 0x0091 | 0x0095 | 0xc005 | 0xc00a | 0xc00f | 0xc014 | 0xc019
        | 0xc020..=0xc022 | 0xc036 => maced(Aes256Cbc, Some(Sha1)),
        0x003d | 0x0068..=0x006b | 0x006d => maced(Aes256Cbc, Some(Sha256)),
        0x00af | 0x00b3 | 0x00b7 | 0xc024 | 0xc026 | 0xc028 | 0xc02a | 0xc038 => maced(Aes256Cbc, Some(Sha384)),
        0x0041..=0x0046 => maced(Camellia128Cbc, Some(Sha1)),
        0x00ba..=0x00bf | 0xc072 | 0xc074 | 0xc076 | 0xc078 | 0xc094 | 0xc096 | 0xc098 | 0xc09a
            => maced(Camellia128Cbc, Some(Sha256)),
        0x0084..=0x0089 => maced(Camellia256Cbc, Some(Sha1)),
        0x00c0..=0x00c5 => maced(Camellia256Cbc, Some(Sha256)),
        0xc073 | 0xc075 | 0xc077 | 0xc079 | 0xc095 | 0xc097 | 0xc099 | 0xc09b
            => maced(Camellia256Cbc, Some(Sha384)),
        0xc03c | 0xc03e | 0xc040 | 0xc042 | 0xc044 | 0xc046 | 0xc048 | 0xc04a | 0xc04c | 0xc04e | 0xc064
        | 0xc066 | 0xc068 | 0xc070 => maced(Aria128Cbc, Some(Sha256)),
        0xc03d | 0xc03f | 0xc041 | 0xc043 | 0xc045 | 0xc047 | 0xc049 | 0xc04b | 0xc04d | 0xc04f | 0xc065
        | 0xc067 | 0xc069 | 0xc071 => maced(Aria256Cbc, Some(Sha384)),
        0x009c | 0x009e | 0x00a0 | 0x00a2 | 0x00a4 | 0x00a6 | 0x00a8 | 0x00aa | 0x00ac | 0x1301 | 0xc02b
        | 0xc02d | 0xc02f | 0xc031 | 0xc0b0 | 0xd001 => aead(Aes128Gcm, Sha256),
        0x009d | 0x009f | 0x00a1 | 0x00a3 | 0x00a5 | 0x00a7 | 0x00a9 | 0x00ab | 0x00ad | 0x1302 | 0xc02c
        | 0xc02e | 0xc030 | 0xc032 | 0xc0b1 | 0xd002 => aead(Aes256Gcm, Sha384),
        0xc07a | 0xc07c | 0xc07e | 0xc080 | 0xc082 | 0xc084 | 0xc086 | 0xc088 | 0xc08a | 0xc08c | 0xc08e
        | 0xc090 | 0xc092 => aead(Camellia128Gcm, Sha256),
        0xc07b | 0xc07d | 0xc07f | 0xc081 | 0xc083 | 0xc085 | 0xc087 | 0xc089 | 0xc08b | 0xc08d | 0xc08f
        | 0xc091 | 0xc093 => aead(Camellia256Gcm, Sha384),
        0xc050 | 0xc052 | 0xc054 | 0xc056 | 0xc058 | 0xc05a | 0xc05c | 0xc05e | 0xc060 | 0xc062 | 0xc06a
        | 0xc06c | 0xc06e => aead(Aria128Gcm, Sha256),
        0xc051 | 0xc053 | 0xc055 | 0xc057 | 0xc059 | 0xc05b | 0xc05d | 0xc05f | 0xc061 | 0xc063 | 0xc06b
        | 0xc06d | 0xc06f => aead(Aria256Gcm, Sha384),
        0x00c6 => aead(Sm4Gcm, Sm3),
        0x1304 | 0xc09c | 0xc09e | 0xc0a4 | 0xc0a6 | 0xc0ac | 0xc0b2 | 0xd005 => aead(Aes128Ccm, Sha256),
        0xc09d | 0xc09f | 0xc0a5 | 0xc0a7 | 0xc0ad => aead(Aes256Ccm, Sha256),
        0xc0b3 => aead(Aes256Ccm, Sha384),
        0x1305 | 0xc0a0 | 0xc0a2 | 0xc0a8 | 0xc0aa | 0xc0ae | 0xc0ff | 0xd003 => aead(Aes128Ccm8, Sha256),
        0xc0a1 | 0xc0a3 | 0xc0a9 | 0xc0ab | 0xc0af => aead(Aes256Ccm8, Sha256),
        0x00c7 => aead(Sm4Ccm, Sm3),
        0x1303 | 0xcca8..=0xccae => aead(ChaCha20Poly1305, Sha256),
        _ => return None,
    })
}

/// `TLS_RSA_WITH_…`.
#[rustfmt::skip]
pub(super) fn is_rsa_key_exchange(number: u16) -> bool {
    matches!(
        number,
        0x0001 | 0x0002 | 0x0004 | 0x0005 | 0x0007 | 0x0009 | 0x000a | 0x002f | 0x0035 | 0x003b..=0x003d | 0x0041
        | 0x0084 | 0x009c | 0x009d | 0x00ba | 0x00c0 | 0xc03c | 0xc03d | 0xc050 | 0xc051 | 0xc07a | 0xc07b | 0xc09c
        | 0xc09d | 0xc0a0 | 0xc0a1
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Number and name of every suite of the registry, of the drafts and of SSL 3.0.
    const NAMES: &str = include_str!("names.txt");

    /// What a suite's name says: cipher, record MAC and hash of the PRF. None where it is not supported.
    fn told(name: &str) -> Option<(Cipher, Option<Hash>, Hash)> {
        let unsupported = [
            "EXPORT",
            "SEED",
            "FORTEZZA",
            "GOST",
            "AEGIS",
            "OLD",
            "SCSV",
            "FIPS",
            "SM4_CBC",
            "TLS_ECC_",
            "TLS_ECDHE_SM4",
            "TLS_SHA",
        ];
        if unsupported.iter().any(|word| name.contains(word)) {
            return None;
        }
        let (_, bulk) = name.split_once("_WITH_").unwrap_or(("", name.strip_prefix("TLS_")?));
        let (bulk, hash) = match bulk.rsplit_once('_')? {
            (bulk, "MD5") => (bulk, Some(Md5)),
            (bulk, "SHA") => (bulk, Some(Sha1)),
            (bulk, "SHA256") => (bulk, Some(Sha256)),
            (bulk, "SHA384") => (bulk, Some(Sha384)),
            (bulk, "SM3") => (bulk, Some(Sm3)),
            ("NULL", "NULL") => ("NULL", None),
            _ => (bulk, None),
        };
        let cipher = match bulk {
            "NULL" => Null,
            "RC4_128" => Rc4,
            "DES_CBC" => Des,
            "3DES_EDE_CBC" => TripleDes,
            "IDEA_CBC" => Idea,
            "AES_128_CBC" => Aes128Cbc,
            "AES_256_CBC" => Aes256Cbc,
            "CAMELLIA_128_CBC" => Camellia128Cbc,
            "CAMELLIA_256_CBC" => Camellia256Cbc,
            "ARIA_128_CBC" => Aria128Cbc,
            "ARIA_256_CBC" => Aria256Cbc,
            "AES_128_GCM" => Aes128Gcm,
            "AES_256_GCM" => Aes256Gcm,
            "CAMELLIA_128_GCM" => Camellia128Gcm,
            "CAMELLIA_256_GCM" => Camellia256Gcm,
            "ARIA_128_GCM" => Aria128Gcm,
            "ARIA_256_GCM" => Aria256Gcm,
            "SM4_GCM" => Sm4Gcm,
            "AES_128_CCM" => Aes128Ccm,
            "AES_256_CCM" => Aes256Ccm,
            "AES_128_CCM_8" => Aes128Ccm8,
            "AES_256_CCM_8" => Aes256Ccm8,
            "SM4_CCM" => Sm4Ccm,
            "CHACHA20_POLY1305" => ChaCha20Poly1305,
            other => panic!("{other} of {name}"),
        };
        let authenticates = ["GCM", "CCM", "POLY1305"].iter().any(|word| bulk.contains(word));
        let prf = match hash {
            Some(Sha384) => Sha384,
            Some(Sm3) => Sm3,
            _ => Sha256,
        };
        Some((cipher, hash.filter(|_| !authenticates), prf))
    }

    #[test]
    fn every_suite_does_what_its_name_says() {
        let mut supported = 0;
        for line in NAMES.lines() {
            let (number, name) = line.split_once(' ').unwrap();
            let number = u16::from_str_radix(number, 16).unwrap();
            let suite = of(number);
            assert_eq!(suite.map(|suite| (suite.cipher, suite.mac, suite.prf)), told(name), "{name}");
            if suite.is_some() {
                supported += 1;
                assert_eq!(is_rsa_key_exchange(number), name.starts_with("TLS_RSA_WITH_"), "{name}");
            }
        }
        assert_eq!(
            (0..=u16::MAX).filter(|number| of(*number).is_some()).count(),
            supported,
            "none without a name"
        );
        assert!(supported > 300, "{supported}");
    }
}
