//! Extensions about names, protocols and sizes.

use tapline_packet::field::{Cursor, size};

use super::show_group;
use crate::tls::fields::vectors::{codes, list, named, named16, numbers, opaque, text};
use crate::tls::{
    AuthzDataFormat, CertificateCompression, EcPointFormat, HeartbeatMode, MaxFragmentLength,
    SrtpProtectionProfile, TokenBindingKeyParameter, UserMappingType,
};

/// RFC 6066 §3: nothing in a server's answer.
pub(super) fn server_name(cursor: &mut Cursor<'_>) -> Option<()> {
    if cursor.is_empty() {
        return Some(());
    }
    let names =
        ["tls.handshake.extensions_server_name_list_len", "tls.handshake.extensions_server_name_list"];
    list(cursor, 2, names, "Server Names", |cursor| {
        let show = |kind| named((kind == 0).then_some("host_name"), kind);
        let kind = cursor.u8_as("tls.handshake.extensions_server_name_type", "Server Name Type", show)?;
        if kind != 0 {
            cursor.refuse("Server Name", "its type has no form");
            return None;
        }
        let names = ["tls.handshake.extensions_server_name_len", "tls.handshake.extensions_server_name"];
        text(cursor, 2, names, "Server Name").map(|_| ())
    })
}

/// RFC 6066 §4.
pub(super) fn max_fragment_length(cursor: &mut Cursor<'_>) -> Option<()> {
    let show = |code| named(MaxFragmentLength(code).name(), code);
    cursor.u8_as("tls.handshake.max_fragment_length", "Maximum Fragment Length", show).map(|_| ())
}

/// RFC 4681.
pub(super) fn user_mapping(cursor: &mut Cursor<'_>) -> Option<()> {
    let names = ["tls.user_mapping.types_len", "tls.user_mapping.types", "tls.user_mapping.type"];
    let show = |kind| named(UserMappingType(kind).name(), kind);
    codes(cursor, 1, names, ["User Mapping Types", "User Mapping Type"], show)
}

/// RFC 5878 §2.3.
pub(super) fn authz(cursor: &mut Cursor<'_>) -> Option<()> {
    let names = ["tls.authz.formats_len", "tls.authz.formats", "tls.authz.format"];
    let show = |kind| named(AuthzDataFormat(kind).name(), kind);
    codes(cursor, 1, names, ["Authorization Data Formats", "Authorization Data Format"], show)
}

/// RFC 8446 §4.2.7.
pub(super) fn supported_groups(cursor: &mut Cursor<'_>) -> Option<()> {
    let names = [
        "tls.handshake.extensions_supported_groups_length",
        "tls.handshake.extensions_supported_groups",
        "tls.handshake.extensions_supported_group",
    ];
    numbers(cursor, 2, names, ["Supported Groups", "Supported Group"], show_group)
}

/// RFC 8422 §5.1.2.
pub(super) fn point_formats(cursor: &mut Cursor<'_>) -> Option<()> {
    let names = [
        "tls.handshake.extensions_ec_point_formats_length",
        "tls.handshake.extensions_ec_point_formats",
        "tls.handshake.extensions_ec_point_format",
    ];
    let show = |format| named(EcPointFormat(format).name(), format);
    codes(cursor, 1, names, ["EC Point Formats", "EC Point Format"], show)
}

/// RFC 5054 §2.8.1.
pub(super) fn srp(cursor: &mut Cursor<'_>) -> Option<()> {
    let names = ["tls.handshake.extensions_srp_len", "tls.handshake.extensions_srp_username"];
    text(cursor, 1, names, "SRP Username").map(|_| ())
}

/// RFC 5764 §4.1.1.
pub(super) fn use_srtp(cursor: &mut Cursor<'_>) -> Option<()> {
    let names = [
        "tls.use_srtp.protection_profiles_length",
        "tls.use_srtp.profiles",
        "tls.use_srtp.protection_profile",
    ];
    let show = |profile| named16(SrtpProtectionProfile(profile).name(), profile);
    numbers(cursor, 2, names, ["SRTP Protection Profiles", "SRTP Protection Profile"], show)?;
    opaque(cursor, 1, ["tls.use_srtp.mki_length", "tls.use_srtp.mki"], "MKI").map(|_| ())
}

/// RFC 6520 §2.
pub(super) fn heartbeat(cursor: &mut Cursor<'_>) -> Option<()> {
    let show = |mode| named(HeartbeatMode(mode).name(), mode);
    cursor.u8_as("tls.handshake.extension.heartbeat.mode", "Mode", show).map(|_| ())
}

/// RFC 7301 §3.1.
pub(super) fn alpn(cursor: &mut Cursor<'_>) -> Option<()> {
    let names = ["tls.handshake.extensions_alpn_len", "tls.handshake.extensions_alpn_list"];
    list(cursor, 2, names, "ALPN Protocols", |cursor| {
        let names = ["tls.handshake.extensions_alpn_str_len", "tls.handshake.extensions_alpn_str"];
        text(cursor, 1, names, "ALPN Protocol").map(|_| ())
    })
}

/// draft-vvv-tls-alps, in a `ClientHello`.
pub(super) fn alps(cursor: &mut Cursor<'_>) -> Option<()> {
    let names = ["tls.handshake.extensions_alps_len", "tls.handshake.extensions_alps_alpn_list"];
    list(cursor, 2, names, "Supported ALPN", |cursor| {
        let names = ["tls.handshake.extensions_alps_alpn_str_len", "tls.handshake.extensions_alps_alpn_str"];
        text(cursor, 1, names, "Supported ALPN").map(|_| ())
    })
}

/// draft-agl-tls-nextprotoneg: names without a length around them.
pub(super) fn next_protocols(cursor: &mut Cursor<'_>) -> Option<()> {
    while !cursor.is_empty() {
        let names = ["tls.handshake.extensions_npn_str_len", "tls.handshake.extensions_npn"];
        if text(cursor, 1, names, "Next Protocol")?.is_empty() {
            cursor.refuse("Next Protocol", "empty");
            return None;
        }
    }
    Some(())
}

/// RFC 7685 §3: octets of 0.
pub(super) fn padding(cursor: &mut Cursor<'_>) -> Option<()> {
    if cursor.left().iter().any(|&octet| octet != 0) {
        cursor.refuse("Padding Data", "not all octets are 0");
        return None;
    }
    cursor.rest_as("tls.handshake.extensions_padding_data", "Padding Data", |zeros| size(zeros.len()));
    Some(())
}

/// RFC 8472 §2.
pub(super) fn token_binding(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.u8("tls.token_binding.version_major", "Protocol Major Version")?;
    cursor.u8("tls.token_binding.version_minor", "Protocol Minor Version")?;
    let names = [
        "tls.token_binding.key_parameters_length",
        "tls.token_binding.key_parameters",
        "tls.token_binding.key_parameter",
    ];
    let show = |key| named(TokenBindingKeyParameter(key).name(), key);
    codes(cursor, 1, names, ["Key Parameters", "Key Parameter"], show)
}

/// RFC 8879 §3.
pub(super) fn compress_certificate(cursor: &mut Cursor<'_>) -> Option<()> {
    let names = [
        "tls.compress_certificate.algorithms_length",
        "tls.compress_certificate.algorithms",
        "tls.compress_certificate.algorithm",
    ];
    let show = |algorithm| named(CertificateCompression(algorithm).name(), algorithm);
    numbers(cursor, 1, names, ["Algorithms", "Algorithm"], show)
}
