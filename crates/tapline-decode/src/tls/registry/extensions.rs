//! The registry of extension types.

use crate::tls::ExtensionType;

impl ExtensionType {
    /// RFC 6066 §3.
    pub const SERVER_NAME: Self = Self(0);
    /// RFC 8446 §4.2.7.
    pub const SUPPORTED_GROUPS: Self = Self(10);
    /// RFC 8422 §5.1.2.
    pub const EC_POINT_FORMATS: Self = Self(11);
    /// RFC 8446 §4.2.3.
    pub const SIGNATURE_ALGORITHMS: Self = Self(13);
    /// RFC 7301.
    pub const ALPN: Self = Self(16);
    /// RFC 7366.
    pub const ENCRYPT_THEN_MAC: Self = Self(22);
    /// RFC 7627.
    pub const EXTENDED_MASTER_SECRET: Self = Self(23);
    /// RFC 5077.
    pub const SESSION_TICKET: Self = Self(35);
    /// Key shares before draft 23 of TLS 1.3.
    pub const KEY_SHARE_OLD: Self = Self(40);
    /// RFC 8446 §4.2.11.
    pub const PRE_SHARED_KEY: Self = Self(41);
    /// RFC 8446 §4.2.10.
    pub const EARLY_DATA: Self = Self(42);
    /// RFC 8446 §4.2.1.
    pub const SUPPORTED_VERSIONS: Self = Self(43);
    /// RFC 8446 §4.2.9.
    pub const PSK_KEY_EXCHANGE_MODES: Self = Self(45);
    /// RFC 8446 §4.2.8.
    pub const KEY_SHARE: Self = Self(51);
    /// RFC 5746.
    pub const RENEGOTIATION_INFO: Self = Self(0xff01);
}

/// By number.
#[rustfmt::skip]
pub(super) const NAMES: &[(u16, &str)] = &[
    (0, "server_name"), (1, "max_fragment_length"), (2, "client_certificate_url"), (3, "trusted_ca_keys"),
    (4, "truncated_hmac"), (5, "status_request"), (6, "user_mapping"), (7, "client_authz"),
    (8, "server_authz"), (9, "cert_type"), (10, "supported_groups"), (11, "ec_point_formats"), (12, "srp"),
    (13, "signature_algorithms"), (14, "use_srtp"), (15, "heartbeat"),
    (16, "application_layer_protocol_negotiation"), (17, "status_request_v2"),
    (18, "signed_certificate_timestamp"), (19, "client_certificate_type"), (20, "server_certificate_type"),
    (21, "padding"), (22, "encrypt_then_mac"), (23, "extended_master_secret"), (24, "token_binding"),
    (25, "cached_info"), (26, "tls_lts"), (27, "compress_certificate"), (28, "record_size_limit"),
    (29, "pwd_protect"), (30, "pwd_clear"), (31, "password_salt"), (32, "ticket_pinning"),
    (33, "tls_cert_with_extern_psk"), (34, "delegated_credential"), (35, "session_ticket"), (36, "TLMSP"),
    (37, "TLMSP_proxying"), (38, "TLMSP_delegate"), (39, "supported_ekt_ciphers"), (40, "key_share_old"),
    (41, "pre_shared_key"), (42, "early_data"), (43, "supported_versions"), (44, "cookie"),
    (45, "psk_key_exchange_modes"), (47, "certificate_authorities"), (48, "oid_filters"),
    (49, "post_handshake_auth"), (50, "signature_algorithms_cert"), (51, "key_share"),
    (52, "transparency_info"), (53, "connection_id_deprecated"), (54, "connection_id"),
    (55, "external_id_hash"), (56, "external_session_id"), (57, "quic_transport_parameters"),
    (58, "ticket_request"), (59, "dnssec_chain"), (60, "sequence_number_encryption_algorithms"), (61, "rrc"),
    (62, "tls_flags"), (0x3374, "next_protocol_negotiation"), (0x4469, "application_settings_old"),
    (0x44cd, "application_settings"), (0x754f, "channel_id_old"), (0x7550, "channel_id"),
    (0xca34, "trust_anchors"), (0xfd00, "ech_outer_extensions"), (0xfe0d, "encrypted_client_hello"),
    (0xff01, "renegotiation_info"), (0xffa5, "quic_transport_parameters_draft"),
    (0xffce, "encrypted_server_name"),
];
