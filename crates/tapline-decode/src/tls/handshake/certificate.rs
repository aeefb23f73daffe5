//! Certificates (RFC 5246 §7.4.2, RFC 8446 §4.4.2), compressed ones (RFC 8879), addresses of certificates
//! (RFC 6066 §5), and their status (RFC 6066 §8, RFC 6961).

mod compressed;
mod status;
mod url;

pub use compressed::CompressedCertificate;
pub(super) use compressed::compressed_certificate;
pub use status::CertificateStatus;
pub(in crate::tls) use status::certificate_status;
pub(super) use url::certificate_url;
pub use url::{CertificateUrl, UrlAndHash};

use super::Era;
use super::hello::extension_block;
use super::vectors::{first_whole, opaque8};
use crate::anomaly::Anomaly;
use crate::parse::{Parsed, vector24};
use crate::tls::Extension;
use crate::tls::extension::Context;

/// The certificates a side sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// TLS 1.3 only: `certificate_request_context`.
    pub request_context: Vec<u8>,
    /// The sender's own first, as it came: the order is not checked.
    pub chain: Vec<CertificateEntry>,
}

/// One certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateEntry {
    /// X.509 in DER; or a raw public key or an OpenPGP key where the hellos agreed on one.
    pub data: Vec<u8>,
    /// TLS 1.3 only: the status, certificate timestamps and more, in wire order.
    pub extensions: Vec<Extension>,
}

pub(super) fn certificate<'a>(
    input: &'a [u8],
    eras: &[Era],
    oddities: &mut Vec<Anomaly>,
) -> Parsed<'a, Certificate> {
    first_whole(eras, input, oddities, |era, input, oddities| {
        if era == Era::Tls13 { certificate_tls13(input, oddities) } else { certificate_tls12(input) }
    })
}

/// RFC 5246 §7.4.2; a raw public key (RFC 7250 §3) stands where the list would.
fn certificate_tls12(input: &[u8]) -> Parsed<'_, Certificate> {
    let (input, mut list) = vector24("certificate_list", input)?;
    let mut chain = Vec::new();
    if is_one_sequence(list) {
        chain.push(CertificateEntry { data: list.to_vec(), extensions: Vec::new() });
        return Ok((input, Certificate { request_context: Vec::new(), chain }));
    }
    while !list.is_empty() {
        let (rest, data) = vector24("certificate", list)?;
        chain.push(CertificateEntry { data: data.to_vec(), extensions: Vec::new() });
        list = rest;
    }
    Ok((input, Certificate { request_context: Vec::new(), chain }))
}

/// Whether the octets are one SEQUENCE of DER, of two octets of length at most. A list cannot look like one: its
/// first certificate would have three million octets.
pub(in crate::tls) fn is_one_sequence(octets: &[u8]) -> bool {
    match *octets {
        [0x30, length @ 0..=0x7f, ref rest @ ..] | [0x30, 0x81, length, ref rest @ ..] => {
            rest.len() == usize::from(length)
        }
        [0x30, 0x82, high, low, ref rest @ ..] => rest.len() == usize::from(u16::from_be_bytes([high, low])),
        _ => false,
    }
}

/// RFC 8446 §4.4.2.
fn certificate_tls13<'a>(input: &'a [u8], oddities: &mut Vec<Anomaly>) -> Parsed<'a, Certificate> {
    let (input, request_context) = opaque8("certificate_request_context", input)?;
    let (input, mut list) = vector24("certificate_list", input)?;
    let mut chain = Vec::new();
    while !list.is_empty() {
        let (rest, data) = vector24("cert_data", list)?;
        let (rest, extensions) = extension_block(rest, Context::CertificateEntry, oddities)?;
        chain.push(CertificateEntry { data: data.to_vec(), extensions });
        list = rest;
    }
    Ok((input, Certificate { request_context, chain }))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{LATE, TLS12, TLS13, check, hex, read, refused};
    use super::*;
    use crate::tls::{
        CertificateChainType, ExtensionBody, ExtensionType, Handshake, HandshakeType, SupplementalDataType,
    };

    #[test]
    fn a_chain_of_tls_1_2() {
        let entry = |data: &[u8]| CertificateEntry { data: data.to_vec(), extensions: vec![] };
        let chain = vec![entry(&[1, 2]), entry(&[3])];
        let expected = Handshake::Certificate(Box::new(Certificate { request_context: vec![], chain }));
        let body = "000009 000002 0102 000001 03";
        check(TLS12, body, &expected);
        assert_eq!(read(HandshakeType::CERTIFICATE, LATE, &hex(body)).0, expected);
    }

    #[test]
    fn a_raw_public_key_in_place_of_a_list() {
        let raw = |data: Vec<u8>| {
            let chain = vec![CertificateEntry { data, extensions: vec![] }];
            Handshake::Certificate(Box::new(Certificate { request_context: vec![], chain }))
        };
        check(TLS12, "000004 3002 0500", &raw(hex("3002 0500")));
        check(TLS12, "000005 308102 0500", &raw(hex("308102 0500")));
        check(TLS12, "000006 30820002 0500", &raw(hex("30820002 0500")));
        refused(HandshakeType::CERTIFICATE, TLS12, "000004 3003 0500");
    }

    #[test]
    fn a_chain_of_tls_1_3_with_the_status_of_each() {
        let extension = Extension {
            kind: ExtensionType::STATUS_REQUEST,
            length: 5,
            body: ExtensionBody::CertificateStatus(CertificateStatus::Ocsp(vec![0x30])),
        };
        let chain = vec![
            CertificateEntry { data: vec![1, 2], extensions: vec![extension] },
            CertificateEntry { data: vec![3], extensions: vec![] },
        ];
        let certificate = Certificate { request_context: vec![7], chain };
        assert_eq!(certificate.der().collect::<Vec<_>>(), [&[1, 2][..], &[3]]);
        let expected = Handshake::Certificate(Box::new(certificate));
        let body = "01 07 000016 000002 0102 0009 0005 0005 01 000001 30 000001 03 0000";
        check(TLS13, body, &expected);
        assert_eq!(read(HandshakeType::CERTIFICATE, LATE, &hex(body)).0, expected);
    }

    #[test]
    fn status_of_one_and_of_many() {
        let one = Handshake::CertificateStatus(CertificateStatus::Ocsp(vec![0x30, 0]));
        check(TLS12, "01 000002 3000", &one);
        let many = CertificateStatus::OcspMulti(vec![vec![0x30], vec![]]);
        check(TLS12, "02 000007 000001 30 000000", &Handshake::CertificateStatus(many));
        refused(HandshakeType::CERTIFICATE_STATUS, TLS12, "03 000001 30");
    }

    #[test]
    fn addresses_of_certificates() {
        let sha1: [u8; 20] = std::array::from_fn(|nth| u8::try_from(nth).unwrap());
        let urls = vec![
            UrlAndHash { url: b"a".to_vec(), sha1: Some(sha1) },
            UrlAndHash { url: b"b".to_vec(), sha1: None },
        ];
        let expected = CertificateUrl { chain_type: CertificateChainType(1), urls };
        let hash = "000102030405060708090a0b0c0d0e0f10111213";
        let body = format!("01 001c 0001 61 01 {hash} 0001 62 00");
        check(TLS12, &body, &Handshake::CertificateUrl(expected));
    }

    #[test]
    fn supplemental_data() {
        let entry =
            crate::tls::SupplementalDataEntry { kind: SupplementalDataType(0x4002), data: vec![1, 2] };
        let expected = crate::tls::SupplementalData { entries: vec![entry] };
        check(TLS12, "000006 4002 0002 0102", &Handshake::SupplementalData(expected));
    }
}
