//! A `ClientHello` in the form of SSL 2.0 (RFC 5246 appendix E.2): how clients of the nineties said that they
//! also speak something newer.

use super::concluded;
use crate::anomaly::Anomaly;
use crate::parse::{Parsed, all, octets, refuse, u8, u16, u24};
use crate::tls::{Handshake, HandshakeType, Sslv2CipherKind, Version};

/// RFC 5246 appendix E.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientHelloV2 {
    /// The newest version the client speaks.
    pub version: Version,
    /// Cipher kinds of SSL 2.0 and suites of TLS, in order of preference.
    pub cipher_specs: Vec<Sslv2CipherKind>,
    /// The session to take up; empty with anything newer than SSL 2.0.
    pub session_id: Vec<u8>,
    /// 16 to 32 octets: right-justified, the random of SSL 3.0 and TLS.
    pub challenge: Vec<u8>,
}

/// A hello from the octets behind the record's two octets of length, `msg_type` first.
pub(in crate::tls) fn sslv2_hello(body: &[u8], oddities: &mut Vec<Anomaly>) -> Handshake {
    let parsed = client_hello(body).map(|(rest, hello)| (rest, Handshake::ClientHelloV2(Box::new(hello))));
    concluded(HandshakeType::CLIENT_HELLO, body, parsed, oddities)
}

fn client_hello(input: &[u8]) -> Parsed<'_, ClientHelloV2> {
    let (rest, kind) = u8("msg_type", input)?;
    if kind != HandshakeType::CLIENT_HELLO.0 {
        return refuse("msg_type", input);
    }
    let (input, version) = u16("version", rest)?;
    let (input, specs_length) = u16("cipher_spec_length", input)?;
    let (input, id_length) = u16("session_id_length", input)?;
    let (input, challenge_length) = u16("challenge_length", input)?;
    let (input, specs) = octets("cipher_specs", specs_length.into(), input)?;
    let (input, session_id) = octets("session_id", id_length.into(), input)?;
    let (input, challenge) = octets("challenge", challenge_length.into(), input)?;
    let hello = ClientHelloV2 {
        version: Version(version),
        cipher_specs: all(specs, |input| u24("cipher_specs", input))?
            .into_iter()
            .map(Sslv2CipherKind)
            .collect(),
        session_id: session_id.to_vec(),
        challenge: challenge.to_vec(),
    };
    Ok((input, hello))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anomaly;

    fn sample() -> Vec<u8> {
        let mut octets = vec![1, 3, 1, 0, 6, 0, 0, 0, 16, 0, 0, 0x2f, 1, 0, 0x80];
        octets.extend(0..16);
        octets
    }

    #[test]
    fn every_field() {
        let mut oddities = Vec::new();
        let hello = sslv2_hello(&sample(), &mut oddities);
        let expected = ClientHelloV2 {
            version: Version(0x0301),
            cipher_specs: vec![Sslv2CipherKind(0x2f), Sslv2CipherKind(0x01_0080)],
            session_id: vec![],
            challenge: (0..16).collect(),
        };
        assert_eq!(hello, Handshake::ClientHelloV2(Box::new(expected)));
        assert_eq!(hello.kind(), HandshakeType::CLIENT_HELLO);
        assert_eq!(oddities, []);
    }

    #[test]
    fn no_prefix_is_taken_for_a_whole() {
        let sample = sample();
        for cut in 0..sample.len() {
            let mut oddities = Vec::new();
            sslv2_hello(&sample[..cut], &mut oddities);
            assert_eq!(oddities[0].code, anomaly::TLS_BAD_HANDSHAKE, "{cut}");
        }
        let mut oddities = Vec::new();
        sslv2_hello(&[sample, vec![0]].concat(), &mut oddities);
        assert_eq!(oddities[0].code, anomaly::TLS_TRAILING_OCTETS);
    }
}
