//! Extensions about names, protocols and sizes.

use super::body::ExtensionBody;
use crate::parse::{Parsed, all, array, refuse, u8, u16, vector8, vector16};
use crate::tls::handshake::vectors::{numbers8, numbers16, opaque8, opaque16};
use crate::tls::{CertificateCompression, SrtpProtectionProfile, TokenBindingKeyParameter};

pub(super) fn octet<'a>(field: &'static str, input: &'a [u8]) -> Parsed<'a, u8> {
    u8(field, input)
}

/// RFC 6066 §3: a list in a `ClientHello`, nothing in a `ServerHello`. No other type of name was ever given a
/// form, so a list with one stays octets.
pub(super) fn server_name(input: &[u8]) -> Parsed<'_, ExtensionBody> {
    if input.is_empty() {
        return Ok((input, ExtensionBody::ServerName(Vec::new())));
    }
    let (input, list) = vector16("server_name_list", input)?;
    let names = all(list, |input| {
        let (rest, kind) = u8("name_type", input)?;
        if kind == 0 { opaque16("host_name", rest) } else { refuse("name_type", input) }
    })?;
    Ok((input, ExtensionBody::ServerName(names)))
}

/// RFC 7301 §3.1.
pub(super) fn alpn(input: &[u8]) -> Parsed<'_, Vec<Vec<u8>>> {
    let (input, list) = vector16("protocol_name_list", input)?;
    Ok((input, all(list, |input| opaque8("protocol_name", input))?))
}

/// draft-agl-tls-nextprotoneg: names without a length around them, none of them empty.
pub(super) fn next_protocols(input: &[u8]) -> Parsed<'_, ExtensionBody> {
    let names = all(input, |input| match opaque8("protocol", input)? {
        (_, name) if name.is_empty() => refuse("protocol", input),
        named => Ok(named),
    })?;
    Ok((&[], ExtensionBody::NextProtocols(names)))
}

/// RFC 5764 §4.1.1.
pub(super) fn use_srtp(input: &[u8]) -> Parsed<'_, ExtensionBody> {
    let (input, profiles) = numbers16("SRTPProtectionProfiles", SrtpProtectionProfile, input)?;
    let (input, mki) = opaque8("srtp_mki", input)?;
    Ok((input, ExtensionBody::UseSrtp { profiles, mki }))
}

/// RFC 7685 §3: octets of 0, as many as there are.
pub(super) fn padding(input: &[u8]) -> Parsed<'_, ExtensionBody> {
    if input.iter().any(|&octet| octet != 0) {
        return refuse("padding", input);
    }
    Ok((&[], ExtensionBody::Padding(u16::try_from(input.len()).unwrap_or(u16::MAX))))
}

/// RFC 8472 §2.
pub(super) fn token_binding(input: &[u8]) -> Parsed<'_, ExtensionBody> {
    let (input, version) = array("token_binding_version", input)?;
    let (input, list) = vector8("key_parameters_list", input)?;
    let key_parameters = list.iter().copied().map(TokenBindingKeyParameter).collect();
    Ok((input, ExtensionBody::TokenBinding { version, key_parameters }))
}

/// RFC 8879 §3.
pub(super) fn compress_certificate(input: &[u8]) -> Parsed<'_, ExtensionBody> {
    let (input, algorithms) = numbers8("algorithms", CertificateCompression, input)?;
    Ok((input, ExtensionBody::CompressCertificate(algorithms)))
}

/// RFC 8449 §4.
pub(super) fn record_size_limit(input: &[u8]) -> Parsed<'_, ExtensionBody> {
    u16("RecordSizeLimit", input).map(|(rest, limit)| (rest, ExtensionBody::RecordSizeLimit(limit)))
}

#[cfg(test)]
mod tests {
    use super::super::Context::{CertificateRequest, ClientHello, EncryptedExtensions, ServerHello};
    use super::super::testing::{check, check_but, read, refused};
    use super::ExtensionBody as B;
    use super::*;
    use crate::tls::{
        AuthzDataFormat, ExtensionType as T, HeartbeatMode, MaxFragmentLength, NamedGroup, SignatureScheme,
        UserMappingType, Version,
    };

    #[test]
    fn names() {
        let names = B::ServerName(vec![b"a.b".to_vec()]);
        check_but(&[0], T::SERVER_NAME, ClientHello, "0006 00 0003 612e62", &names);
        check(T::SERVER_NAME, ServerHello, "", &B::ServerName(vec![]));
        refused(T::SERVER_NAME, ClientHello, "0006 01 0003 612e62");
        check(T::SRP, ClientHello, "02 6d65", &B::Srp(b"me".to_vec()));
        check(T::USER_MAPPING, ClientHello, "01 40", &B::UserMapping(vec![UserMappingType(64)]));
        let formats = B::Authz([0, 1].map(AuthzDataFormat).to_vec());
        check(T::CLIENT_AUTHZ, ClientHello, "02 0001", &formats);
        check(T::SERVER_AUTHZ, ServerHello, "02 0001", &formats);
        check(T::COOKIE, ClientHello, "0002 0102", &B::Cookie(vec![1, 2]));
        check(T::CONNECTION_ID, ClientHello, "02 0102", &B::ConnectionId(vec![1, 2]));
        check(T::EXTERNAL_ID_HASH, ClientHello, "02 0102", &B::ExternalIdHash(vec![1, 2]));
        check(T::EXTERNAL_SESSION_ID, ClientHello, "02 0102", &B::ExternalSessionId(vec![1, 2]));
        check(T::RENEGOTIATION_INFO, ClientHello, "00", &B::RenegotiationInfo(vec![]));
        check(T::RENEGOTIATION_INFO, ServerHello, "02 0102", &B::RenegotiationInfo(vec![1, 2]));
    }

    #[test]
    fn protocols() {
        let names = vec![b"h2".to_vec(), b"x".to_vec()];
        check(T::ALPN, ClientHello, "0005 02 6832 01 78", &B::Alpn(names.clone()));
        for kind in [T::APPLICATION_SETTINGS, T::APPLICATION_SETTINGS_OLD] {
            check(kind, ClientHello, "0005 02 6832 01 78", &B::ApplicationSettings(names.clone()));
            let settings = B::ApplicationSettingsValue(vec![1, 2]);
            assert_eq!(read(kind, EncryptedExtensions, &[1, 2]), (settings, vec![]));
        }
        // Names without a length around them may end behind each.
        check_but(
            &[0, 3],
            T::NEXT_PROTOCOL_NEGOTIATION,
            ServerHello,
            "02 6832 01 78",
            &B::NextProtocols(names),
        );
        check(T::NEXT_PROTOCOL_NEGOTIATION, ClientHello, "", &B::NextProtocols(vec![]));
    }

    #[test]
    fn versions_groups_and_schemes() {
        let versions = B::SupportedVersions(vec![Version(0x0304), Version(0x0303)]);
        check(T::SUPPORTED_VERSIONS, ClientHello, "04 0304 0303", &versions);
        check(T::SUPPORTED_VERSIONS, ServerHello, "0304", &B::SelectedVersion(Version(0x0304)));
        let groups = B::SupportedGroups(vec![NamedGroup(0x11ec), NamedGroup(29)]);
        check(T::SUPPORTED_GROUPS, ClientHello, "0004 11ec 001d", &groups);
        refused(T::SUPPORTED_GROUPS, ClientHello, "0003 001d 00");
        check(T::EC_POINT_FORMATS, ClientHello, "02 0001", &B::EcPointFormats(vec![0, 1]));
        let schemes = vec![SignatureScheme(0x0403)];
        check(T::SIGNATURE_ALGORITHMS, ClientHello, "0002 0403", &B::SignatureAlgorithms(schemes.clone()));
        check(
            T::SIGNATURE_ALGORITHMS_CERT,
            ClientHello,
            "0002 0403",
            &B::SignatureAlgorithmsCert(schemes.clone()),
        );
        for context in [ClientHello, CertificateRequest] {
            let expected = B::DelegatedCredentialSchemes(schemes.clone());
            check(T::DELEGATED_CREDENTIAL, context, "0002 0403", &expected);
        }
    }

    #[test]
    fn sizes_and_switches() {
        check(T::MAX_FRAGMENT_LENGTH, ClientHello, "03", &B::MaxFragmentLength(MaxFragmentLength(3)));
        check(T::HEARTBEAT, ClientHello, "01", &B::Heartbeat(HeartbeatMode(1)));
        check(T::RECORD_SIZE_LIMIT, ClientHello, "4001", &B::RecordSizeLimit(0x4001));
        let algorithms = [1, 2].map(CertificateCompression).to_vec();
        check(T::COMPRESS_CERTIFICATE, ClientHello, "04 0001 0002", &B::CompressCertificate(algorithms));
        let profiles = [1, 7].map(SrtpProtectionProfile).to_vec();
        check(T::USE_SRTP, ClientHello, "0004 0001 0007 01 09", &B::UseSrtp { profiles, mki: vec![9] });
        let key_parameters = vec![TokenBindingKeyParameter(2)];
        check(
            T::TOKEN_BINDING,
            ClientHello,
            "0100 01 02",
            &B::TokenBinding { version: [1, 0], key_parameters },
        );
        check(T::TLS_FLAGS, ClientHello, "01 80", &B::TlsFlags(vec![0x80]));
        for (kind, expected) in [
            (T::CLIENT_CERTIFICATE_URL, B::ClientCertificateUrl),
            (T::TRUNCATED_HMAC, B::TruncatedHmac),
            (T::ENCRYPT_THEN_MAC, B::EncryptThenMac),
            (T::EXTENDED_MASTER_SECRET, B::ExtendedMasterSecret),
            (T::TLS_CERT_WITH_EXTERN_PSK, B::TlsCertWithExternPsk),
            (T::POST_HANDSHAKE_AUTH, B::PostHandshakeAuth),
            (T::RRC, B::ReturnRoutabilityCheck),
            (T::CHANNEL_ID, B::ChannelId),
            (T::CHANNEL_ID_OLD, B::ChannelId),
        ] {
            check(kind, ClientHello, "", &expected);
        }
        let parameters = B::QuicTransportParameters(vec![1, 2]);
        assert_eq!(read(T::QUIC_TRANSPORT_PARAMETERS, ClientHello, &[1, 2]), (parameters, vec![]));
    }

    #[test]
    fn padding_is_nothing_but_zero() {
        assert_eq!(read(T::PADDING, ClientHello, &[0; 9]), (B::Padding(9), vec![]));
        assert_eq!(read(T::PADDING, ClientHello, &[]), (B::Padding(0), vec![]));
        refused(T::PADDING, ClientHello, "000100");
    }
}
