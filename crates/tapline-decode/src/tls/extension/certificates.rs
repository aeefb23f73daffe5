//! Extensions about certificates: which will do, what is known of them, what stands in for them.

use super::body::ExtensionBody;
use crate::parse::{Parsed, all, array, refuse, u8, u16, u32, vector8, vector16, vector24};
use crate::tls::handshake::vectors::{opaque8, opaque16};
use crate::tls::{
    CachedInformationType, CertificateStatusType, CertificateType, SignatureScheme, TrustedAuthorityType,
};

/// RFC 6066 §6: an authority that the client has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedAuthority {
    /// How it is named.
    pub identifier_type: TrustedAuthorityType,
    /// A SHA-1 of 20 octets or a name in DER; empty where the authority was agreed on.
    pub identifier: Vec<u8>,
}

/// RFC 6066 §8, RFC 6961 §2.2: a client asks for a certificate's status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateStatusRequest {
    /// The kind of status; both kinds ask for OCSP.
    pub status_type: CertificateStatusType,
    /// OCSP responders that the client trusts, in DER; none where the server is to know.
    pub responder_ids: Vec<Vec<u8>>,
    /// OCSP extensions in DER.
    pub request_extensions: Vec<u8>,
}

/// RFC 7924 §3: what a client has in its cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CachedObject {
    /// What it is.
    pub kind: CachedInformationType,
    /// Its SHA-256.
    pub hash_value: Vec<u8>,
}

/// RFC 8446 §4.2.5: an X.509 extension that the client's certificate has to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OidFilter {
    /// The extension's object identifier in DER.
    pub certificate_extension_oid: Vec<u8>,
    /// The values it has to have, in DER; empty where any will do.
    pub certificate_extension_values: Vec<u8>,
}

/// RFC 9345 §4: a key that a certificate's owner signed for a few days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DelegatedCredential {
    /// Seconds from the certificate's `notBefore`.
    pub valid_time_s: u32,
    /// The scheme that the key signs the handshake with.
    pub expected_cert_verify_algorithm: SignatureScheme,
    /// `SubjectPublicKeyInfo` in DER.
    pub public_key: Vec<u8>,
    /// The scheme of the owner's signature.
    pub algorithm: SignatureScheme,
    /// The owner's signature.
    pub signature: Vec<u8>,
}

impl TrustedAuthorityType {
    /// RFC 6066 §6.
    pub const PRE_AGREED: Self = Self(0);
    /// RFC 6066 §6.
    pub const KEY_SHA1_HASH: Self = Self(1);
    /// RFC 6066 §6.
    pub const X509_NAME: Self = Self(2);
    /// RFC 6066 §6.
    pub const CERT_SHA1_HASH: Self = Self(3);
}

/// Nothing in a server's answer.
pub(super) fn trusted_authorities(input: &[u8]) -> Parsed<'_, Vec<TrustedAuthority>> {
    if input.is_empty() {
        return Ok((input, Vec::new()));
    }
    let (input, list) = vector16("trusted_authorities_list", input)?;
    Ok((input, all(list, trusted_authority)?))
}

fn trusted_authority(input: &[u8]) -> Parsed<'_, TrustedAuthority> {
    let (rest, kind) = u8("identifier_type", input)?;
    let identifier_type = TrustedAuthorityType(kind);
    let (rest, identifier) = match identifier_type {
        TrustedAuthorityType::PRE_AGREED => (rest, Vec::new()),
        TrustedAuthorityType::KEY_SHA1_HASH | TrustedAuthorityType::CERT_SHA1_HASH => {
            array::<20>("SHA1Hash", rest).map(|(rest, hash)| (rest, hash.to_vec()))?
        }
        TrustedAuthorityType::X509_NAME => opaque16("DistinguishedName", rest)?,
        _ => return refuse("identifier_type", input),
    };
    Ok((rest, TrustedAuthority { identifier_type, identifier }))
}

/// RFC 6066 §8.
pub(super) fn status_request(input: &[u8]) -> Parsed<'_, CertificateStatusRequest> {
    let (rest, kind) = u8("status_type", input)?;
    if CertificateStatusType(kind) != CertificateStatusType::OCSP {
        return refuse("status_type", input);
    }
    ocsp_request(CertificateStatusType(kind), rest)
}

/// RFC 6961 §2.2: nothing in a server's answer. Each request has its length before it, and so unknown kinds
/// can be stepped over, but none was ever given a form.
pub(super) fn status_requests(input: &[u8]) -> Parsed<'_, Vec<CertificateStatusRequest>> {
    if input.is_empty() {
        return Ok((input, Vec::new()));
    }
    let (input, list) = vector16("certificate_status_req_list", input)?;
    let requests = all(list, |input| {
        let (rest, kind) = u8("status_type", input)?;
        if !matches!(kind, 1 | 2) {
            return refuse("status_type", input);
        }
        let (rest, request) = vector16("request", rest)?;
        match ocsp_request(CertificateStatusType(kind), request)? {
            ([], request) => Ok((rest, request)),
            (left, _) => refuse("request", left),
        }
    })?;
    Ok((input, requests))
}

fn ocsp_request(status_type: CertificateStatusType, input: &[u8]) -> Parsed<'_, CertificateStatusRequest> {
    let (input, list) = vector16("responder_id_list", input)?;
    let responder_ids = all(list, |input| opaque16("ResponderID", input))?;
    let (input, request_extensions) = opaque16("request_extensions", input)?;
    Ok((input, CertificateStatusRequest { status_type, responder_ids, request_extensions }))
}

/// RFC 6091 §3.1, RFC 7250 §3: a list in a `ClientHello`, one type in a server's answer.
pub(super) fn certificate_type(offered: bool, input: &[u8]) -> Parsed<'_, ExtensionBody> {
    if !offered {
        return u8("certificate_type", input)
            .map(|(rest, kind)| (rest, ExtensionBody::SelectedCertificateType(CertificateType(kind))));
    }
    let (input, list) = vector8("certificate_types", input)?;
    Ok((input, ExtensionBody::CertificateTypes(list.iter().copied().map(CertificateType).collect())))
}

/// RFC 7924 §3, from a client.
pub(super) fn cached_objects(input: &[u8]) -> Parsed<'_, Vec<CachedObject>> {
    let (input, list) = vector16("cached_info", input)?;
    let objects = all(list, |input| {
        let (input, kind) = u8("type", input)?;
        let (input, hash_value) = opaque8("hash_value", input)?;
        Ok((input, CachedObject { kind: CachedInformationType(kind), hash_value }))
    })?;
    Ok((input, objects))
}

/// RFC 7924 §3, from a server.
pub(super) fn cached_types(input: &[u8]) -> Parsed<'_, Vec<CachedInformationType>> {
    let (input, list) = vector16("cached_info", input)?;
    Ok((input, list.iter().copied().map(CachedInformationType).collect()))
}

/// RFC 8446 §4.2.4.
pub(super) fn authorities(input: &[u8]) -> Parsed<'_, Vec<Vec<u8>>> {
    let (input, list) = vector16("authorities", input)?;
    Ok((input, all(list, |input| opaque16("DistinguishedName", input))?))
}

/// draft-ietf-tls-trust-anchor-ids §4.1.
pub(super) fn trust_anchors(input: &[u8]) -> Parsed<'_, Vec<Vec<u8>>> {
    let (input, list) = vector16("TrustAnchorIDList", input)?;
    Ok((input, all(list, |input| opaque8("TrustAnchorID", input))?))
}

/// RFC 8446 §4.2.5.
pub(super) fn oid_filters(input: &[u8]) -> Parsed<'_, Vec<OidFilter>> {
    let (input, list) = vector16("filters", input)?;
    let filters = all(list, |input| {
        let (input, certificate_extension_oid) = opaque8("certificate_extension_oid", input)?;
        let (input, certificate_extension_values) = opaque16("certificate_extension_values", input)?;
        Ok((input, OidFilter { certificate_extension_oid, certificate_extension_values }))
    })?;
    Ok((input, filters))
}

/// RFC 9345 §4.
pub(super) fn delegated_credential(input: &[u8]) -> Parsed<'_, DelegatedCredential> {
    let (input, valid_time_s) = u32("valid_time", input)?;
    let (input, expected) = u16("dc_cert_verify_algorithm", input)?;
    let (input, public_key) = vector24("ASN1_subjectPublicKeyInfo", input)?;
    let (input, algorithm) = u16("algorithm", input)?;
    let (input, signature) = opaque16("signature", input)?;
    let credential = DelegatedCredential {
        valid_time_s,
        expected_cert_verify_algorithm: SignatureScheme(expected),
        public_key: public_key.to_vec(),
        algorithm: SignatureScheme(algorithm),
        signature,
    };
    Ok((input, credential))
}

#[cfg(test)]
mod tests {
    use super::super::Context::{
        CertificateEntry, CertificateRequest, ClientHello, EncryptedExtensions, ServerHello,
    };
    use super::super::testing::{check, check_but, refused};
    use super::ExtensionBody as B;
    use super::*;
    use crate::tls::{CertificateStatus, ExtensionType as T};

    #[test]
    fn authorities_that_are_trusted() {
        let hash = "000102030405060708090a0b0c0d0e0f10111213";
        let authority = |kind, identifier: &[u8]| TrustedAuthority {
            identifier_type: TrustedAuthorityType(kind),
            identifier: identifier.to_vec(),
        };
        let sha1: Vec<u8> = (0..20).collect();
        let list = vec![authority(0, &[]), authority(1, &sha1), authority(2, &[0x30]), authority(3, &sha1)];
        let octets = format!("002f 00 01 {hash} 02 0001 30 03 {hash}");
        check_but(&[0], T::TRUSTED_CA_KEYS, ClientHello, &octets, &B::TrustedCaKeys(list));
        check(T::TRUSTED_CA_KEYS, ServerHello, "", &B::TrustedCaKeys(vec![]));
        refused(T::TRUSTED_CA_KEYS, ClientHello, "0001 04");
        let names = B::CertificateAuthorities(vec![vec![0x30, 0], vec![]]);
        check(T::CERTIFICATE_AUTHORITIES, ClientHello, "0006 0002 3000 0000", &names);
        let anchors = B::TrustAnchors(vec![vec![0x82, 0x37], vec![1]]);
        for context in [ClientHello, EncryptedExtensions, CertificateRequest] {
            check(T::TRUST_ANCHORS, context, "0005 02 8237 01 01", &anchors);
        }
        check(T::TRUST_ANCHORS, CertificateEntry, "", &B::TrustAnchors(vec![]));
    }

    #[test]
    fn status() {
        let request = |kind| CertificateStatusRequest {
            status_type: CertificateStatusType(kind),
            responder_ids: vec![vec![7]],
            request_extensions: vec![8],
        };
        let octets = "0003 0001 07 0001 08";
        check(T::STATUS_REQUEST, ClientHello, &format!("01 {octets}"), &B::StatusRequest(Some(request(1))));
        refused(T::STATUS_REQUEST, ClientHello, &format!("05 {octets}"));
        check(T::STATUS_REQUEST, ServerHello, "", &B::StatusRequest(None));
        check(T::STATUS_REQUEST, CertificateRequest, "", &B::StatusRequest(None));
        let ocsp = B::CertificateStatus(CertificateStatus::Ocsp(vec![0x30]));
        check(T::STATUS_REQUEST, CertificateEntry, "01 000001 30", &ocsp);
        let both = B::StatusRequestV2(vec![request(2), request(1)]);
        let list = format!("0016 02 0008 {octets} 01 0008 {octets}");
        check_but(&[0], T::STATUS_REQUEST_V2, ClientHello, &list, &both);
        refused(T::STATUS_REQUEST_V2, ClientHello, &format!("000c 02 0009 {octets} 00"));
        check(T::STATUS_REQUEST_V2, ServerHello, "", &B::StatusRequestV2(vec![]));
    }

    #[test]
    fn types_and_filters() {
        for kind in [T::CERT_TYPE, T::CLIENT_CERTIFICATE_TYPE, T::SERVER_CERTIFICATE_TYPE] {
            let offered = B::CertificateTypes([2, 0].map(CertificateType).to_vec());
            check(kind, ClientHello, "02 0200", &offered);
        }
        let chosen = B::SelectedCertificateType(CertificateType(2));
        check(T::CERT_TYPE, ServerHello, "02", &chosen);
        check(T::SERVER_CERTIFICATE_TYPE, EncryptedExtensions, "02", &chosen);
        let filter =
            OidFilter { certificate_extension_oid: vec![6], certificate_extension_values: vec![4, 0] };
        check(T::OID_FILTERS, CertificateRequest, "0006 01 06 0002 0400", &B::OidFilters(vec![filter]));
    }

    #[test]
    fn what_is_in_the_cache() {
        let objects = vec![CachedObject { kind: CachedInformationType(1), hash_value: vec![5, 6] }];
        check(T::CACHED_INFO, ClientHello, "0004 01 02 0506", &B::CachedInfo(objects));
        let types = B::CachedInfoTypes(vec![CachedInformationType(1)]);
        check(T::CACHED_INFO, ServerHello, "0001 01", &types);
    }

    #[test]
    fn a_delegated_credential() {
        let credential = DelegatedCredential {
            valid_time_s: 86400,
            expected_cert_verify_algorithm: SignatureScheme(0x0403),
            public_key: vec![0x30, 0],
            algorithm: SignatureScheme(0x0804),
            signature: vec![1, 2],
        };
        let octets = "00015180 0403 000002 3000 0804 0002 0102";
        check(
            T::DELEGATED_CREDENTIAL,
            CertificateEntry,
            octets,
            &B::DelegatedCredential(Box::new(credential)),
        );
    }
}
