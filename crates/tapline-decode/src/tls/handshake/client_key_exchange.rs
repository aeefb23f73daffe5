//! ClientKeyExchange (RFC 5246 §7.4.7) in the form of the suite's key exchange.

use super::Era;
use super::vectors::{opaque8, opaque16};
use crate::parse::{Parsed, refuse};
use crate::tls::{KeyExchange, Negotiated};

/// RFC 5246 §7.4.7.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientKeyExchange {
    /// `psk_identity` (RFC 4279), in the exchanges with a pre-shared key.
    pub psk_identity: Option<Vec<u8>>,
    /// The client's part of the exchange.
    pub exchange: ClientExchange,
}

/// The client's part of a key exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientExchange {
    /// RFC 5246 §7.4.7.1: the premaster secret, encrypted to the server's key.
    Rsa(Vec<u8>),
    /// RFC 5246 §7.4.7.2: the public value; `None` where it stands in the client's certificate.
    DiffieHellman(Option<Vec<u8>>),
    /// RFC 8422 §5.7: the public key's point; `None` where it stands in the client's certificate.
    Ecdh(Option<Vec<u8>>),
    /// RFC 5054 §2.5.4: the public value A.
    Srp(Vec<u8>),
    /// Nothing but the identity.
    Psk,
    /// An exchange that is not known or has a form of its own: the octets.
    Unknown(Vec<u8>),
}

pub(super) fn client_key_exchange(input: &[u8], negotiated: Negotiated) -> Parsed<'_, ClientKeyExchange> {
    let Some(suite) = negotiated.cipher_suite else { return Ok((&[], guess(input))) };
    let ssl3 = Era::possible(negotiated.version) == [Era::Ssl3];
    match suite.key_exchange() {
        Some(kind) => message(kind, ssl3, input),
        None => Ok((&[], unknown(input))),
    }
}

/// A point fills its vector of one octet and has the size of a usual curve's. Everything else is one vector of
/// two octets and may be a secret, a public value or an identity.
fn guess(input: &[u8]) -> ClientKeyExchange {
    match opaque8("ecdh_Yc", input) {
        Ok(([], point)) if matches!(point.len(), 32 | 56 | 65 | 97 | 133) => {
            ClientKeyExchange { psk_identity: None, exchange: ClientExchange::Ecdh(Some(point)) }
        }
        _ => unknown(input),
    }
}

fn unknown(input: &[u8]) -> ClientKeyExchange {
    ClientKeyExchange { psk_identity: None, exchange: ClientExchange::Unknown(input.to_vec()) }
}

fn message(kind: KeyExchange, ssl3: bool, input: &[u8]) -> Parsed<'_, ClientKeyExchange> {
    use KeyExchange as K;
    let (input, psk_identity) = match kind {
        K::Psk | K::DhePsk | K::RsaPsk | K::EcdhePsk => {
            opaque16("psk_identity", input).map(|(rest, identity)| (rest, Some(identity)))?
        }
        _ => (input, None),
    };
    let (input, exchange) = match kind {
        K::Rsa | K::RsaExport if ssl3 => (&[][..], ClientExchange::Rsa(input.to_vec())),
        K::Rsa | K::RsaExport | K::RsaPsk => {
            opaque16("EncryptedPreMasterSecret", input).map(|(rest, o)| (rest, ClientExchange::Rsa(o)))?
        }
        K::Dh if input.is_empty() => (input, ClientExchange::DiffieHellman(None)),
        K::Dh | K::Dhe | K::DhAnon | K::DhePsk => {
            opaque16("dh_Yc", input).map(|(rest, o)| (rest, ClientExchange::DiffieHellman(Some(o))))?
        }
        K::Ecdh if input.is_empty() => (input, ClientExchange::Ecdh(None)),
        K::Ecdh | K::Ecdhe | K::EcdhAnon | K::EcdhePsk => {
            opaque8("ecdh_Yc", input).map(|(rest, o)| (rest, ClientExchange::Ecdh(Some(o))))?
        }
        K::Srp | K::SrpSigned => opaque16("srp_A", input).map(|(rest, o)| (rest, ClientExchange::Srp(o)))?,
        K::Psk => (input, ClientExchange::Psk),
        K::Krb5 | K::Gost | K::EccPwd | K::EcJpake | K::Fortezza => {
            if input.is_empty() {
                return refuse("exchange_keys", input);
            }
            (&[][..], ClientExchange::Unknown(input.to_vec()))
        }
    };
    Ok((input, ClientKeyExchange { psk_identity, exchange }))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{LATE, SSL3, TLS12, check, check_but, hex, negotiated, read};
    use super::*;
    use crate::tls::{Handshake, HandshakeType};

    fn cke(identity: Option<&[u8]>, exchange: ClientExchange) -> Handshake {
        let psk_identity = identity.map(<[u8]>::to_vec);
        Handshake::ClientKeyExchange(ClientKeyExchange { psk_identity, exchange })
    }

    fn of(suite: u16) -> Negotiated {
        negotiated(0x0303, suite)
    }

    #[test]
    fn by_key_exchange() {
        let octets = vec![1, 2];
        check(of(0x002f), "0002 0102", &cke(None, ClientExchange::Rsa(octets.clone())));
        check(of(0x009e), "0002 0102", &cke(None, ClientExchange::DiffieHellman(Some(octets.clone()))));
        check(of(0x0034), "0002 0102", &cke(None, ClientExchange::DiffieHellman(Some(octets.clone()))));
        check(TLS12, "02 0102", &cke(None, ClientExchange::Ecdh(Some(octets.clone()))));
        check(of(0xc01e), "0002 0102", &cke(None, ClientExchange::Srp(octets)));
    }

    #[test]
    fn with_an_identity() {
        let identity: Option<&[u8]> = Some(b"me");
        let octets = vec![1, 2];
        check(of(0x00a8), "0002 6d65", &cke(identity, ClientExchange::Psk));
        check(of(0x00ac), "0002 6d65 0002 0102", &cke(identity, ClientExchange::Rsa(octets.clone())));
        let dh = ClientExchange::DiffieHellman(Some(octets.clone()));
        check(of(0x00aa), "0002 6d65 0002 0102", &cke(identity, dh));
        check(of(0xc035), "0002 6d65 02 0102", &cke(identity, ClientExchange::Ecdh(Some(octets))));
    }

    #[test]
    fn a_key_in_the_certificate_is_not_sent() {
        check(of(0x0031), "", &cke(None, ClientExchange::DiffieHellman(None)));
        check(of(0xc004), "", &cke(None, ClientExchange::Ecdh(None)));
        let sent = cke(None, ClientExchange::DiffieHellman(Some(vec![7])));
        check_but(&[0], of(0x0031), "0001 07", &sent);
    }

    #[test]
    fn ssl_3_has_no_length_before_the_secret() {
        let expected = cke(None, ClientExchange::Rsa(vec![0, 1, 7]));
        assert_eq!(read(HandshakeType::CLIENT_KEY_EXCHANGE, SSL3, &[0, 1, 7]), (expected, vec![]));
    }

    #[test]
    fn begun_late_only_a_point_is_told() {
        let late = |body: &[u8]| match read(HandshakeType::CLIENT_KEY_EXCHANGE, LATE, body) {
            (Handshake::ClientKeyExchange(message), oddities) if oddities.is_empty() => message.exchange,
            other => panic!("{other:?}"),
        };
        let point = vec![7; 32];
        assert_eq!(late(&[&[32], &point[..]].concat()), ClientExchange::Ecdh(Some(point)));
        assert_eq!(late(&hex("0002 0102")), ClientExchange::Unknown(hex("0002 0102")));
    }
}
