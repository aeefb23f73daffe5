//! How a side shows that a certificate is its own: request, signature, and the end of the handshake
//! (RFC 5246 §7.4.4, §7.4.8, §7.4.9; RFC 8446 §4.3.2, §4.4.3, §4.4.4).

use super::Era;
use super::hello::extension_block;
use super::key_exchange::{Signature, signature};
use super::vectors::{first_whole, numbers16, opaque8, opaque16};
use crate::anomaly::Anomaly;
use crate::parse::{Parsed, all, refuse, vector8, vector16};
use crate::tls::extension::Context;
use crate::tls::{CipherSuite, ClientCertificateType, Extension, KeyExchange, Negotiated, SignatureScheme};

/// A server asks for its client's certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CertificateRequest {
    /// RFC 5246 §7.4.4, RFC 2246 §7.4.4.
    Tls12 {
        /// The kinds of certificate that will do.
        certificate_types: Vec<ClientCertificateType>,
        /// TLS 1.2 only: the signatures that will do.
        signature_algorithms: Option<Vec<SignatureScheme>>,
        /// Names of authorities, in DER; any will do where there is none.
        authorities: Vec<Vec<u8>>,
    },
    /// RFC 8446 §4.3.2.
    Tls13 {
        /// What the answer has to repeat; empty during the handshake.
        request_context: Vec<u8>,
        /// Extensions in wire order.
        extensions: Vec<Extension>,
    },
}

/// RFC 5246 §7.4.8, RFC 8446 §4.4.3: a signature over the handshake so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateVerify {
    /// The signature.
    pub signature: Signature,
}

/// RFC 5246 §7.4.9, RFC 8446 §4.4.4: a code over the handshake so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// 12 octets before TLS 1.3 (36 in SSL 3.0), then as long as the suite's hash.
    pub verify_data: Vec<u8>,
}

pub(super) fn certificate_request<'a>(
    input: &'a [u8],
    eras: &[Era],
    oddities: &mut Vec<Anomaly>,
) -> Parsed<'a, CertificateRequest> {
    first_whole(eras, input, oddities, |era: Era, input, oddities| {
        if era == Era::Tls13 {
            let (input, request_context) = opaque8("certificate_request_context", input)?;
            let (input, extensions) = extension_block(input, Context::CertificateRequest, oddities)?;
            return Ok((input, CertificateRequest::Tls13 { request_context, extensions }));
        }
        let (input, types) = vector8("certificate_types", input)?;
        let (input, signature_algorithms) = if era.names_algorithm() {
            numbers16("supported_signature_algorithms", SignatureScheme, input)
                .map(|(rest, schemes)| (rest, Some(schemes)))?
        } else {
            (input, None)
        };
        let (input, list) = vector16("certificate_authorities", input)?;
        let authorities = all(list, |input| opaque16("DistinguishedName", input))?;
        let certificate_types = types.iter().copied().map(ClientCertificateType).collect();
        Ok((input, CertificateRequest::Tls12 { certificate_types, signature_algorithms, authorities }))
    })
}

pub(super) fn certificate_verify<'a>(input: &'a [u8], eras: &[Era]) -> Parsed<'a, CertificateVerify> {
    let (input, signature) = first_whole(eras, input, &mut Vec::new(), |era: Era, input, _| {
        signature(era.names_algorithm(), input)
    })?;
    Ok((input, CertificateVerify { signature }))
}

pub(super) fn finished(input: &[u8], negotiated: Negotiated) -> Parsed<'_, Finished> {
    if !is_verify_data_size(input.len(), negotiated) {
        return refuse("verify_data", input);
    }
    Ok((&[], Finished { verify_data: input.to_vec() }))
}

/// Whether a Finished may have so many octets.
pub(in crate::tls) fn is_verify_data_size(size: usize, negotiated: Negotiated) -> bool {
    match Era::possible(negotiated.version) {
        [Era::Ssl3] => size == 36,
        [Era::Tls10 | Era::Tls12] => {
            // RFC 9189 §4.2.6 gives the newer GOST suites 32.
            let gost = negotiated.cipher_suite.and_then(CipherSuite::key_exchange) == Some(KeyExchange::Gost);
            size == 12 || gost && size == 32
        }
        [Era::Tls13] => hash_sizes(negotiated.cipher_suite).contains(&size),
        _ => size > 0,
    }
}

/// Octets of the hash that a suite of TLS 1.3 names, or of any hash.
fn hash_sizes(suite: Option<CipherSuite>) -> &'static [usize] {
    match suite.and_then(CipherSuite::name) {
        Some(name) if name.ends_with("_SHA384") => &[48],
        Some(name) if name.ends_with("_SHA512") => &[64],
        Some(name) if name.ends_with("_SHA256") || name.ends_with("_SM3") => &[32],
        _ => &[32, 48, 64],
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{LATE, SSL3, TLS11, TLS12, TLS13, check, hex, negotiated, read, refused};
    use super::*;
    use crate::tls::{ExtensionBody, ExtensionType, Handshake, HandshakeType};

    #[test]
    fn a_request_in_each_version() {
        let older = |schemes: Option<&[u16]>| {
            Handshake::CertificateRequest(Box::new(CertificateRequest::Tls12 {
                certificate_types: vec![ClientCertificateType(1), ClientCertificateType(64)],
                signature_algorithms: schemes.map(|list| list.iter().copied().map(SignatureScheme).collect()),
                authorities: vec![vec![0x30, 0]],
            }))
        };
        let schemes = ExtensionBody::SignatureAlgorithms(vec![SignatureScheme(0x0403)]);
        let kind = ExtensionType::SIGNATURE_ALGORITHMS;
        let newer = Handshake::CertificateRequest(Box::new(CertificateRequest::Tls13 {
            request_context: vec![7],
            extensions: vec![Extension { kind, length: 4, body: schemes }],
        }));
        for (form, body, expected) in [
            (TLS11, "02 0140 0004 0002 3000", older(None)),
            (TLS12, "02 0140 0002 0403 0004 0002 3000", older(Some(&[0x0403]))),
            (TLS13, "01 07 0008 000d 0004 0002 0403", newer),
        ] {
            check(form, body, &expected);
            assert_eq!(read(HandshakeType::CERTIFICATE_REQUEST, LATE, &hex(body)), (expected, vec![]));
        }
    }

    #[test]
    fn a_signature_in_each_version() {
        let verify = |algorithm: Option<u16>| {
            let signature = Signature { algorithm: algorithm.map(SignatureScheme), octets: vec![1, 2] };
            Handshake::CertificateVerify(CertificateVerify { signature })
        };
        check(SSL3, "0002 0102", &verify(None));
        check(TLS11, "0002 0102", &verify(None));
        check(TLS12, "0401 0002 0102", &verify(Some(0x0401)));
        check(TLS13, "0804 0002 0102", &verify(Some(0x0804)));
        for (body, expected) in [("0002 0102", None), ("0401 0002 0102", Some(0x0401))] {
            let kind = HandshakeType::CERTIFICATE_VERIFY;
            assert_eq!(read(kind, LATE, &hex(body)), (verify(expected), vec![]));
        }
    }

    #[test]
    fn finished_is_as_long_as_version_and_suite_say() {
        let fits = |form, size: usize| {
            let verify_data = vec![7; size];
            let expected = Handshake::Finished(Finished { verify_data: verify_data.clone() });
            assert_eq!(read(HandshakeType::FINISHED, form, &verify_data), (expected, vec![]));
            let kind = HandshakeType::FINISHED;
            refused(kind, form, &"07".repeat(size - 1));
            refused(kind, form, &"07".repeat(size + 1));
        };
        fits(SSL3, 36);
        fits(TLS11, 12);
        fits(TLS12, 12);
        fits(TLS13, 32);
        fits(negotiated(0x0304, 0x1302), 48);
        fits(negotiated(0x0304, 0x1306), 64);
        fits(negotiated(0x0304, 0x00c6), 32);
        fits(negotiated(0x0303, 0xc100), 32);
        fits(negotiated(0x0303, 0xc100), 12);
        check(
            TLS12,
            "000102030405060708090a0b",
            &Handshake::Finished(Finished { verify_data: (0..12).collect() }),
        );
    }
}
