//! Which parser reads which extension in which message.

use super::body::ExtensionBody as B;
use super::offers::{
    alpn, compress_certificate, next_protocols, octet, padding, record_size_limit, server_name,
    token_binding, use_srtp,
};
use super::{Context, certificates, ech, keys, rare, timestamps};
use crate::parse::{Parsed, vector8};
use crate::tls::handshake::kept;
use crate::tls::handshake::vectors::{numbers8, numbers16, opaque8, opaque16};
use crate::tls::{
    AuthzDataFormat, ExtensionType as T, HeartbeatMode, MaxFragmentLength, NamedGroup, SignatureScheme,
    UserMappingType, Version,
};

/// What the octets of an extension say.
pub(super) fn body(kind: T, context: Context, input: &[u8]) -> Parsed<'_, B> {
    let offered = context == Context::ClientHello;
    let beside_certificate = context == Context::CertificateEntry;
    match kind {
        T::SERVER_NAME => server_name(input),
        T::MAX_FRAGMENT_LENGTH => {
            to(octet("max_fragment_length", input), |n| B::MaxFragmentLength(MaxFragmentLength(n)))
        }
        T::CLIENT_CERTIFICATE_URL => Ok((input, B::ClientCertificateUrl)),
        T::TRUSTED_CA_KEYS => to(certificates::trusted_authorities(input), B::TrustedCaKeys),
        T::TRUNCATED_HMAC => Ok((input, B::TruncatedHmac)),
        T::STATUS_REQUEST if beside_certificate => {
            to(crate::tls::handshake::certificate_status(input), B::CertificateStatus)
        }
        T::STATUS_REQUEST if offered => {
            to(certificates::status_request(input), |request| B::StatusRequest(Some(request)))
        }
        T::STATUS_REQUEST => Ok((input, B::StatusRequest(None))),
        T::STATUS_REQUEST_V2 => to(certificates::status_requests(input), B::StatusRequestV2),
        T::USER_MAPPING => to(octets8("user_mapping_types", UserMappingType, input), B::UserMapping),
        T::CLIENT_AUTHZ | T::SERVER_AUTHZ => {
            to(octets8("authz_format_list", AuthzDataFormat, input), B::Authz)
        }
        T::CERT_TYPE | T::CLIENT_CERTIFICATE_TYPE | T::SERVER_CERTIFICATE_TYPE => {
            certificates::certificate_type(offered, input)
        }
        T::SUPPORTED_GROUPS => to(numbers16("named_group_list", NamedGroup, input), B::SupportedGroups),
        T::EC_POINT_FORMATS => to(opaque8("ec_point_format_list", input), B::EcPointFormats),
        T::SRP => to(opaque8("srp_I", input), B::Srp),
        T::SIGNATURE_ALGORITHMS => to(schemes(input), B::SignatureAlgorithms),
        T::SIGNATURE_ALGORITHMS_CERT => to(schemes(input), B::SignatureAlgorithmsCert),
        T::USE_SRTP => use_srtp(input),
        T::HEARTBEAT => to(octet("mode", input), |mode| B::Heartbeat(HeartbeatMode(mode))),
        T::ALPN => to(alpn(input), B::Alpn),
        T::SIGNED_CERTIFICATE_TIMESTAMP => {
            to(timestamps::signed_certificate_timestamps(input), B::SignedCertificateTimestamps)
        }
        T::PADDING => padding(input),
        T::ENCRYPT_THEN_MAC => Ok((input, B::EncryptThenMac)),
        T::EXTENDED_MASTER_SECRET => Ok((input, B::ExtendedMasterSecret)),
        T::TOKEN_BINDING => token_binding(input),
        T::CACHED_INFO if offered => to(certificates::cached_objects(input), B::CachedInfo),
        T::CACHED_INFO => to(certificates::cached_types(input), B::CachedInfoTypes),
        T::COMPRESS_CERTIFICATE => compress_certificate(input),
        T::RECORD_SIZE_LIMIT => record_size_limit(input),
        T::PWD_PROTECT => to(opaque8("protected_name", input), B::PwdProtect),
        T::PWD_CLEAR => to(opaque8("name", input), B::PwdClear),
        T::PASSWORD_SALT => to(opaque16("salt", input), B::PasswordSalt),
        T::TICKET_PINNING => rare::ticket_pinning(offered, input),
        T::DNSSEC_CHAIN => rare::dnssec_chain(offered, input),
        T::RRC => Ok((input, B::ReturnRoutabilityCheck)),
        T::ENCRYPTED_SERVER_NAME => rare::encrypted_server_name(offered, input),
        T::TLS_CERT_WITH_EXTERN_PSK => Ok((input, B::TlsCertWithExternPsk)),
        T::DELEGATED_CREDENTIAL if beside_certificate => {
            to(certificates::delegated_credential(input), |credential| {
                B::DelegatedCredential(Box::new(credential))
            })
        }
        T::DELEGATED_CREDENTIAL => to(schemes(input), B::DelegatedCredentialSchemes),
        T::SESSION_TICKET => Ok((&[], B::SessionTicket(input.to_vec()))),
        T::KEY_SHARE | T::KEY_SHARE_OLD => keys::key_share(context, input),
        T::PRE_SHARED_KEY if offered => to(keys::pre_shared_keys(input), B::PreSharedKeys),
        T::PRE_SHARED_KEY => to(keys::selected_identity(input), B::SelectedPreSharedKey),
        T::PSK_KEY_EXCHANGE_MODES => to(opaque8("ke_modes", input), B::PskKeyExchangeModes),
        T::EARLY_DATA => keys::early_data(context, input),
        T::SUPPORTED_VERSIONS if offered => to(numbers8("versions", Version, input), B::SupportedVersions),
        T::SUPPORTED_VERSIONS => {
            to(crate::parse::u16("selected_version", input), |v| B::SelectedVersion(Version(v)))
        }
        T::COOKIE => to(opaque16("cookie", input), B::Cookie),
        T::CERTIFICATE_AUTHORITIES => to(certificates::authorities(input), B::CertificateAuthorities),
        T::OID_FILTERS => to(certificates::oid_filters(input), B::OidFilters),
        T::POST_HANDSHAKE_AUTH => Ok((input, B::PostHandshakeAuth)),
        T::CONNECTION_ID => to(opaque8("cid", input), B::ConnectionId),
        T::EXTERNAL_ID_HASH => to(opaque8("binding_hash", input), B::ExternalIdHash),
        T::EXTERNAL_SESSION_ID => to(opaque8("session_id", input), B::ExternalSessionId),
        T::QUIC_TRANSPORT_PARAMETERS | T::QUIC_TRANSPORT_PARAMETERS_DRAFT => {
            Ok((&[], B::QuicTransportParameters(input.to_vec())))
        }
        T::TICKET_REQUEST => keys::ticket_request(offered, input),
        T::TLS_FLAGS => to(opaque8("flags", input), B::TlsFlags),
        T::APPLICATION_SETTINGS | T::APPLICATION_SETTINGS_OLD if offered => {
            to(alpn(input), B::ApplicationSettings)
        }
        T::APPLICATION_SETTINGS | T::APPLICATION_SETTINGS_OLD => {
            Ok((&[], B::ApplicationSettingsValue(input.to_vec())))
        }
        T::NEXT_PROTOCOL_NEGOTIATION => next_protocols(input),
        T::CHANNEL_ID | T::CHANNEL_ID_OLD => Ok((input, B::ChannelId)),
        T::TRUST_ANCHORS if beside_certificate => Ok((input, B::TrustAnchors(Vec::new()))),
        T::TRUST_ANCHORS => to(certificates::trust_anchors(input), B::TrustAnchors),
        T::ENCRYPTED_CLIENT_HELLO => to(ech::extension(context, input), B::EncryptedClientHello),
        T::ECH_OUTER_EXTENSIONS => to(numbers8("OuterExtensions", T, input), B::EchOuterExtensions),
        T::RENEGOTIATION_INFO => to(opaque8("renegotiated_connection", input), B::RenegotiationInfo),
        _ => Ok((&[], B::Other(kept(input)))),
    }
}

fn to<T>(parsed: Parsed<'_, T>, wrap: impl Fn(T) -> B) -> Parsed<'_, B> {
    parsed.map(|(rest, value)| (rest, wrap(value)))
}

fn schemes(input: &[u8]) -> Parsed<'_, Vec<SignatureScheme>> {
    numbers16("supported_signature_algorithms", SignatureScheme, input)
}

fn octets8<'a, N>(field: &'static str, make: impl Fn(u8) -> N, input: &'a [u8]) -> Parsed<'a, Vec<N>> {
    vector8(field, input).map(|(rest, list)| (rest, list.iter().copied().map(make).collect()))
}
