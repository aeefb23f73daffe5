//! Certificate timestamps (RFC 6962 §3.2, §3.3).

use crate::parse::{Parsed, all, array, refuse, u8, u16, vector16};
use crate::tls::SignatureScheme;
use crate::tls::handshake::vectors::opaque16;

/// RFC 6962 §3.2: a log's promise to take up a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCertificateTimestamp {
    /// 0 is version 1, the only one in use.
    pub version: u8,
    /// The SHA-256 of the log's public key.
    pub log_id: [u8; 32],
    /// Milliseconds since 1970-01-01 00:00 UTC.
    pub timestamp_ms: u64,
    /// Extensions; none is defined.
    pub extensions: Vec<u8>,
    /// Hash and signature algorithm, as in TLS 1.2.
    pub algorithm: SignatureScheme,
    /// The log's signature.
    pub signature: Vec<u8>,
}

/// Nothing where a client or a request asks for them.
pub(super) fn signed_certificate_timestamps(input: &[u8]) -> Parsed<'_, Vec<SignedCertificateTimestamp>> {
    if input.is_empty() {
        return Ok((input, Vec::new()));
    }
    let (input, list) = vector16("sct_list", input)?;
    let timestamps = all(list, |input| {
        let (rest, octets) = vector16("SerializedSCT", input)?;
        match timestamp(octets)? {
            ([], timestamp) => Ok((rest, timestamp)),
            (left, _) => refuse("SerializedSCT", left),
        }
    })?;
    Ok((input, timestamps))
}

fn timestamp(input: &[u8]) -> Parsed<'_, SignedCertificateTimestamp> {
    let (rest, version) = u8("sct_version", input)?;
    if version != 0 {
        return refuse("sct_version", input);
    }
    let (input, log_id) = array("id", rest)?;
    let (input, timestamp) = array("timestamp", input)?;
    let (input, extensions) = opaque16("extensions", input)?;
    let (input, algorithm) = u16("algorithm", input)?;
    let (input, signature) = opaque16("signature", input)?;
    let timestamp = SignedCertificateTimestamp {
        version,
        log_id,
        timestamp_ms: u64::from_be_bytes(timestamp),
        extensions,
        algorithm: SignatureScheme(algorithm),
        signature,
    };
    Ok((input, timestamp))
}

#[cfg(test)]
mod tests {
    use super::super::Context::{CertificateEntry, ClientHello};
    use super::super::testing::{check, check_but, refused};
    use super::*;
    use crate::tls::{ExtensionBody, ExtensionType as T};

    #[test]
    fn each_field_of_each_timestamp() {
        let log = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
        let timestamp = SignedCertificateTimestamp {
            version: 0,
            log_id: std::array::from_fn(|nth| u8::try_from(nth).unwrap()),
            timestamp_ms: 1_700_000_000_000,
            extensions: vec![],
            algorithm: SignatureScheme(0x0403),
            signature: vec![1, 2],
        };
        let one = format!("0031 00 {log} 0000018bcfe56800 0000 0403 0002 0102");
        let expected = ExtensionBody::SignedCertificateTimestamps(vec![timestamp.clone(), timestamp]);
        let octets = format!("0066 {one} {one}");
        check_but(&[0], T::SIGNED_CERTIFICATE_TIMESTAMP, CertificateEntry, &octets, &expected);
        let none = ExtensionBody::SignedCertificateTimestamps(vec![]);
        check(T::SIGNED_CERTIFICATE_TIMESTAMP, ClientHello, "", &none);
        refused(T::SIGNED_CERTIFICATE_TIMESTAMP, CertificateEntry, "0003 0001 01");
        // One octet more inside a timestamp.
        let more = format!("0034 0032 00 {log} 0000018bcfe56800 0000 0403 0002 0102 00");
        refused(T::SIGNED_CERTIFICATE_TIMESTAMP, CertificateEntry, &more);
    }
}
