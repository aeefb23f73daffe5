//! Which key exchange a cipher suite names: the key exchange messages before TLS 1.3 hang on it.

use crate::tls::CipherSuite;

/// The key exchange of a cipher suite before TLS 1.3.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum KeyExchange {
    /// RFC 5246 §7.4.7.1: the client encrypts to the server's certificate.
    Rsa,
    /// RFC 2246 §7.4.3: as [`Self::Rsa`], where need be to a short key that the server signs.
    RsaExport,
    /// RFC 5246 §8.1.2: Diffie–Hellman with the key in the certificate.
    Dh,
    /// RFC 5246 §7.4.3: ephemeral and signed.
    Dhe,
    /// RFC 5246 §7.4.3: ephemeral, not signed.
    DhAnon,
    /// RFC 4492 §2.1: with the key in the certificate.
    Ecdh,
    /// RFC 8422 §2: ephemeral and signed.
    Ecdhe,
    /// RFC 8422 §2.3: ephemeral, not signed.
    EcdhAnon,
    /// RFC 4279 §2.
    Psk,
    /// RFC 4279 §3.
    DhePsk,
    /// RFC 4279 §4.
    RsaPsk,
    /// RFC 5489 §2.
    EcdhePsk,
    /// RFC 5054, by password alone.
    Srp,
    /// RFC 5054, signed as well.
    SrpSigned,
    /// RFC 2712.
    Krb5,
    /// RFC 9189.
    Gost,
    /// RFC 8492 §4.
    EccPwd,
    /// draft-cragie-tls-ecjpake.
    EcJpake,
    /// FORTEZZA in SSL 3.0 (RFC 6101 §5.6.3).
    Fortezza,
}

impl CipherSuite {
    /// The key exchange; `None` for the suites of TLS 1.3, which name none, and for unassigned ones.
    pub fn key_exchange(self) -> Option<KeyExchange> {
        let name = self.name()?;
        let (_, name) = name.split_once('_')?;
        let (exchange, _) = name.split_once("_WITH_")?;
        // The export suites differ in the size of their keys, not in their messages; but RSA.
        let plain = exchange.trim_end_matches("1024").trim_end_matches("_EXPORT");
        Some(match plain {
            "RSA" if plain != exchange => KeyExchange::RsaExport,
            "RSA" | "RSA_FIPS" => KeyExchange::Rsa,
            "DH_DSS" | "DH_RSA" => KeyExchange::Dh,
            "DHE_DSS" | "DHE_RSA" => KeyExchange::Dhe,
            "DH_anon" => KeyExchange::DhAnon,
            "ECDH_ECDSA" | "ECDH_RSA" => KeyExchange::Ecdh,
            "ECDHE_ECDSA" | "ECDHE_RSA" => KeyExchange::Ecdhe,
            "ECDH_anon" => KeyExchange::EcdhAnon,
            "PSK" => KeyExchange::Psk,
            "DHE_PSK" | "PSK_DHE" => KeyExchange::DhePsk,
            "RSA_PSK" => KeyExchange::RsaPsk,
            "ECDHE_PSK" => KeyExchange::EcdhePsk,
            "SRP_SHA" => KeyExchange::Srp,
            "SRP_SHA_RSA" | "SRP_SHA_DSS" => KeyExchange::SrpSigned,
            "KRB5" => KeyExchange::Krb5,
            "ECCPWD" => KeyExchange::EccPwd,
            "ECJPAKE" => KeyExchange::EcJpake,
            "FORTEZZA_KEA" => KeyExchange::Fortezza,
            gost if gost.starts_with("GOSTR34") => KeyExchange::Gost,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::registry::cipher_suites;

    #[test]
    fn by_the_name_of_the_suite() {
        let check = |suite, expected| assert_eq!(CipherSuite(suite).key_exchange(), expected, "{suite:04x}");
        check(0x002f, Some(KeyExchange::Rsa));
        check(0x0003, Some(KeyExchange::RsaExport));
        check(0x0062, Some(KeyExchange::RsaExport));
        check(0x0014, Some(KeyExchange::Dhe));
        check(0x0017, Some(KeyExchange::DhAnon));
        check(0xc02f, Some(KeyExchange::Ecdhe));
        check(0xc0aa, Some(KeyExchange::DhePsk));
        check(0xc01e, Some(KeyExchange::SrpSigned));
        check(0xc106, Some(KeyExchange::Gost));
        check(0x1301, None);
        check(0x1a1a, None);
    }

    #[test]
    fn no_suite_with_an_exchange_in_its_name_is_forgotten() {
        for &(number, name) in cipher_suites::NAMES {
            let named = name.contains("_WITH_") && number != 0;
            assert_eq!(CipherSuite(number).key_exchange().is_some(), named, "{name}");
        }
    }
}
