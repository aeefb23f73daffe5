//! ServerKeyExchange (RFC 5246 §7.4.3) in the form of the suite's key exchange.

use super::Era;
use super::key_exchange::{Curve, Signature, curve, signature};
use super::vectors::{first_whole, opaque8, opaque16};
use crate::parse::{Parsed, refuse};
use crate::tls::{KeyExchange, Negotiated};

/// RFC 5246 §7.4.3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerKeyExchange {
    /// `psk_identity_hint` (RFC 4279), in the exchanges with a pre-shared key.
    pub psk_identity_hint: Option<Vec<u8>>,
    /// The server's part of the exchange.
    pub exchange: ServerExchange,
    /// The signature over both randoms and the exchange; absent in anonymous exchanges, with a pre-shared key
    /// and with a password.
    pub signature: Option<Signature>,
}

/// The server's part of a key exchange. Numbers are unsigned, network order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerExchange {
    /// RFC 8422 §5.4.
    Ecdh {
        /// The curve.
        curve: Curve,
        /// The public key's point.
        point: Vec<u8>,
    },
    /// RFC 5246 §7.4.3.
    DiffieHellman {
        /// The prime.
        p: Vec<u8>,
        /// The generator.
        g: Vec<u8>,
        /// The public value.
        public: Vec<u8>,
    },
    /// RFC 2246 §7.4.3: a short key for export.
    Rsa {
        /// The modulus.
        modulus: Vec<u8>,
        /// The public exponent.
        exponent: Vec<u8>,
    },
    /// RFC 5054 §2.5.3.
    Srp {
        /// The prime N.
        n: Vec<u8>,
        /// The generator.
        g: Vec<u8>,
        /// The user's salt.
        salt: Vec<u8>,
        /// The public value B.
        public: Vec<u8>,
    },
    /// Nothing but the hint.
    Psk,
    /// An exchange that is not known (begun in the middle, private suites) or has a form of its own
    /// (GOST, Kerberos, EC J-PAKE, passwords on curves): the octets.
    Unknown(Vec<u8>),
}

pub(super) fn server_key_exchange<'a>(
    input: &'a [u8],
    negotiated: Negotiated,
) -> Parsed<'a, ServerKeyExchange> {
    let eras = Era::possible(negotiated.version);
    let exchange = |exchange: KeyExchange, input: &'a [u8]| {
        first_whole(eras, input, &mut Vec::new(), |era: Era, input, _| message(exchange, era, input))
    };
    let unknown = || {
        let exchange = ServerExchange::Unknown(input.to_vec());
        (&[][..], ServerKeyExchange { psk_identity_hint: None, exchange, signature: None })
    };
    if let Some(suite) = negotiated.cipher_suite {
        let kind = suite.key_exchange().filter(|kind| kind.has_server_form());
        return kind.map_or_else(|| Ok(unknown()), |kind| exchange(kind, input));
    }
    // The others do not tell themselves apart: three numbers may be an export key or anonymous.
    let guesses = [KeyExchange::Ecdhe, KeyExchange::Dhe, KeyExchange::EcdhAnon];
    let mut whole = guesses.into_iter().filter_map(|kind| exchange(kind, input).ok());
    Ok(whole.find(|(rest, _)| rest.is_empty()).unwrap_or_else(unknown))
}

impl KeyExchange {
    /// Whether it has a server's part whose form is read here.
    pub(in crate::tls) fn has_server_form(self) -> bool {
        match self {
            Self::RsaExport
            | Self::Dhe
            | Self::DhAnon
            | Self::Ecdhe
            | Self::EcdhAnon
            | Self::Psk
            | Self::DhePsk
            | Self::RsaPsk
            | Self::EcdhePsk
            | Self::Srp
            | Self::SrpSigned => true,
            Self::Rsa
            | Self::Dh
            | Self::Ecdh
            | Self::Krb5
            | Self::Gost
            | Self::EccPwd
            | Self::EcJpake
            | Self::Fortezza => false,
        }
    }
}

fn message(kind: KeyExchange, era: Era, input: &[u8]) -> Parsed<'_, ServerKeyExchange> {
    use KeyExchange as K;
    let (input, psk_identity_hint) = match kind {
        K::Psk | K::DhePsk | K::RsaPsk | K::EcdhePsk => {
            opaque16("psk_identity_hint", input).map(|(rest, hint)| (rest, Some(hint)))?
        }
        _ => (input, None),
    };
    let (input, exchange) = match kind {
        K::Ecdhe | K::EcdhAnon | K::EcdhePsk => ecdh(input)?,
        K::Dhe | K::DhAnon | K::DhePsk => diffie_hellman(input)?,
        K::RsaExport => rsa(input)?,
        K::Srp | K::SrpSigned => srp(input)?,
        K::Psk | K::RsaPsk => (input, ServerExchange::Psk),
        _ => return refuse("key exchange", input),
    };
    let (input, signature) = match kind {
        K::Ecdhe | K::Dhe | K::RsaExport | K::SrpSigned => {
            signature(era.names_algorithm(), input).map(|(rest, signature)| (rest, Some(signature)))?
        }
        _ => (input, None),
    };
    Ok((input, ServerKeyExchange { psk_identity_hint, exchange, signature }))
}

fn ecdh(input: &[u8]) -> Parsed<'_, ServerExchange> {
    let (input, curve) = curve(input)?;
    let (input, point) = opaque8("point", input)?;
    Ok((input, ServerExchange::Ecdh { curve, point }))
}

fn diffie_hellman(input: &[u8]) -> Parsed<'_, ServerExchange> {
    let (input, p) = opaque16("dh_p", input)?;
    let (input, g) = opaque16("dh_g", input)?;
    let (input, public) = opaque16("dh_Ys", input)?;
    Ok((input, ServerExchange::DiffieHellman { p, g, public }))
}

fn rsa(input: &[u8]) -> Parsed<'_, ServerExchange> {
    let (input, modulus) = opaque16("rsa_modulus", input)?;
    let (input, exponent) = opaque16("rsa_exponent", input)?;
    Ok((input, ServerExchange::Rsa { modulus, exponent }))
}

fn srp(input: &[u8]) -> Parsed<'_, ServerExchange> {
    let (input, n) = opaque16("srp_N", input)?;
    let (input, g) = opaque16("srp_g", input)?;
    let (input, salt) = opaque8("srp_s", input)?;
    let (input, public) = opaque16("srp_B", input)?;
    Ok((input, ServerExchange::Srp { n, g, salt, public }))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{LATE, TLS11, TLS12, check, check_but, hex, negotiated, read, refused};
    use super::*;
    use crate::tls::{Char2Basis, Handshake, HandshakeType, NamedGroup, SignatureScheme};

    const KIND: HandshakeType = HandshakeType::SERVER_KEY_EXCHANGE;

    fn ske(hint: Option<&[u8]>, exchange: ServerExchange, signature: Option<Signature>) -> Handshake {
        let psk_identity_hint = hint.map(<[u8]>::to_vec);
        Handshake::ServerKeyExchange(Box::new(ServerKeyExchange { psk_identity_hint, exchange, signature }))
    }

    #[expect(clippy::unnecessary_wraps, reason = "tables read better")]
    fn signed(algorithm: Option<u16>) -> Option<Signature> {
        Some(Signature { algorithm: algorithm.map(SignatureScheme), octets: vec![0xaa, 0xbb] })
    }

    fn x25519() -> ServerExchange {
        ServerExchange::Ecdh { curve: Curve::Named(NamedGroup(29)), point: vec![1, 2] }
    }

    fn dh() -> ServerExchange {
        ServerExchange::DiffieHellman { p: vec![23], g: vec![5], public: vec![8] }
    }

    #[test]
    fn on_a_curve() {
        check(TLS12, "03 001d 02 0102 0804 0002 aabb", &ske(None, x25519(), signed(Some(0x0804))));
        check(TLS11, "03 001d 02 0102 0002 aabb", &ske(None, x25519(), signed(None)));
        check(negotiated(0x0303, 0xc018), "03 001d 02 0102", &ske(None, x25519(), None));
        check(negotiated(0x0303, 0xc035), "0001 68 03 001d 02 0102", &ske(Some(b"h"), x25519(), None));
    }

    #[test]
    fn on_a_curve_by_its_parameters() {
        let [a, b, base, order, cofactor] = [1, 2, 3, 4, 5].map(|octet| vec![octet]);
        let prime = vec![9];
        let curve = Curve::ExplicitPrime {
            prime,
            a: a.clone(),
            b: b.clone(),
            base: base.clone(),
            order: order.clone(),
            cofactor: cofactor.clone(),
        };
        let exchange = ServerExchange::Ecdh { curve, point: vec![6] };
        check(TLS11, "01 0109 0101 0102 0103 0104 0105 0106 0002 aabb", &ske(None, exchange, signed(None)));
        for (octets, basis) in [
            ("01 0107", Char2Basis::Trinomial(vec![7])),
            ("02 0107 0108 0109", Char2Basis::Pentanomial([vec![7], vec![8], vec![9]])),
        ] {
            let curve = Curve::ExplicitChar2 {
                m: 0x0101,
                basis,
                a: a.clone(),
                b: b.clone(),
                base: base.clone(),
                order: order.clone(),
                cofactor: cofactor.clone(),
            };
            let exchange = ServerExchange::Ecdh { curve, point: vec![6] };
            let body = format!("02 0101 {octets} 0101 0102 0103 0104 0105 0106 0002 aabb");
            check(TLS11, &body, &ske(None, exchange, signed(None)));
        }
    }

    #[test]
    fn over_a_prime() {
        let numbers = "0001 17 0001 05 0001 08";
        check(
            negotiated(0x0303, 0x009e),
            &format!("{numbers} 0401 0002 aabb"),
            &ske(None, dh(), signed(Some(0x0401))),
        );
        check(negotiated(0x0301, 0x0033), &format!("{numbers} 0002 aabb"), &ske(None, dh(), signed(None)));
        check(negotiated(0x0303, 0x0034), numbers, &ske(None, dh(), None));
        check(negotiated(0x0303, 0x00aa), &format!("0001 68 {numbers}"), &ske(Some(b"h"), dh(), None));
    }

    #[test]
    fn hints_export_keys_and_passwords() {
        check(negotiated(0x0303, 0x00a8), "0001 68", &ske(Some(b"h"), ServerExchange::Psk, None));
        check(negotiated(0x0303, 0x00ac), "0001 68", &ske(Some(b"h"), ServerExchange::Psk, None));
        let rsa = ServerExchange::Rsa { modulus: vec![15], exponent: vec![3] };
        check(negotiated(0x0301, 0x0003), "0001 0f 0001 03 0002 aabb", &ske(None, rsa, signed(None)));
        let srp = ServerExchange::Srp { n: vec![1], g: vec![2], salt: vec![3], public: vec![4] };
        let numbers = "0001 01 0001 02 01 03 0001 04";
        check(negotiated(0x0303, 0xc01d), numbers, &ske(None, srp.clone(), None));
        check(
            negotiated(0x0303, 0xc01e),
            &format!("{numbers} 0401 0002 aabb"),
            &ske(None, srp, signed(Some(0x0401))),
        );
    }

    #[test]
    fn begun_late_the_form_that_fits_is_taken() {
        let late = |body: &str, expected: &Handshake| {
            assert_eq!(read(KIND, LATE, &hex(body)), (expected.clone(), vec![]), "{body}");
        };
        late("03 001d 02 0102 0804 0002 aabb", &ske(None, x25519(), signed(Some(0x0804))));
        late("03 001d 02 0102 0002 aabb", &ske(None, x25519(), signed(None)));
        late("0001 17 0001 05 0001 08 0401 0002 aabb", &ske(None, dh(), signed(Some(0x0401))));
        // Three numbers may be an export key and its signature.
        let octets = "0001 17 0001 05 0001 08";
        late(octets, &ske(None, ServerExchange::Unknown(hex(octets)), None));
    }

    #[test]
    fn of_another_form_the_octets_are_kept() {
        let expected = ske(None, ServerExchange::Unknown(vec![1, 2]), None);
        for suite in [0x002f, 0xc0ff, 0x1301, 0xfff0] {
            assert_eq!(read(KIND, negotiated(0x0303, suite), &[1, 2]), (expected.clone(), vec![]));
        }
    }

    #[test]
    fn without_its_version_a_suite_takes_what_fits() {
        let suite = Negotiated { version: None, ..TLS12 };
        check_but(&[], suite, "03 001d 02 0102 0002 aabb", &ske(None, x25519(), signed(None)));
        refused(KIND, suite, "04 001d 02 0102 0002 aabb");
    }
}
