//! The registry of extension types.

use crate::tls::ExtensionType;

impl ExtensionType {
    /// RFC 6066 §3.
    pub const SERVER_NAME: Self = Self(0);
    /// RFC 6066 §4.
    pub const MAX_FRAGMENT_LENGTH: Self = Self(1);
    /// RFC 6066 §5.
    pub const CLIENT_CERTIFICATE_URL: Self = Self(2);
    /// RFC 6066 §6.
    pub const TRUSTED_CA_KEYS: Self = Self(3);
    /// RFC 6066 §7.
    pub const TRUNCATED_HMAC: Self = Self(4);
    /// RFC 6066 §8.
    pub const STATUS_REQUEST: Self = Self(5);
    /// RFC 4681.
    pub const USER_MAPPING: Self = Self(6);
    /// RFC 5878.
    pub const CLIENT_AUTHZ: Self = Self(7);
    /// RFC 5878.
    pub const SERVER_AUTHZ: Self = Self(8);
    /// RFC 6091.
    pub const CERT_TYPE: Self = Self(9);
    /// RFC 8446 §4.2.7.
    pub const SUPPORTED_GROUPS: Self = Self(10);
    /// RFC 8422 §5.1.2.
    pub const EC_POINT_FORMATS: Self = Self(11);
    /// RFC 5054.
    pub const SRP: Self = Self(12);
    /// RFC 8446 §4.2.3.
    pub const SIGNATURE_ALGORITHMS: Self = Self(13);
    /// RFC 5764.
    pub const USE_SRTP: Self = Self(14);
    /// RFC 6520.
    pub const HEARTBEAT: Self = Self(15);
    /// RFC 7301.
    pub const ALPN: Self = Self(16);
    /// RFC 6961.
    pub const STATUS_REQUEST_V2: Self = Self(17);
    /// RFC 6962.
    pub const SIGNED_CERTIFICATE_TIMESTAMP: Self = Self(18);
    /// RFC 7250.
    pub const CLIENT_CERTIFICATE_TYPE: Self = Self(19);
    /// RFC 7250.
    pub const SERVER_CERTIFICATE_TYPE: Self = Self(20);
    /// RFC 7685.
    pub const PADDING: Self = Self(21);
    /// RFC 7366.
    pub const ENCRYPT_THEN_MAC: Self = Self(22);
    /// RFC 7627.
    pub const EXTENDED_MASTER_SECRET: Self = Self(23);
    /// RFC 8472.
    pub const TOKEN_BINDING: Self = Self(24);
    /// RFC 7924.
    pub const CACHED_INFO: Self = Self(25);
    /// RFC 8879.
    pub const COMPRESS_CERTIFICATE: Self = Self(27);
    /// RFC 8449.
    pub const RECORD_SIZE_LIMIT: Self = Self(28);
    /// RFC 8492.
    pub const PWD_PROTECT: Self = Self(29);
    /// RFC 8492.
    pub const PWD_CLEAR: Self = Self(30);
    /// RFC 8492.
    pub const PASSWORD_SALT: Self = Self(31);
    /// RFC 8672.
    pub const TICKET_PINNING: Self = Self(32);
    /// RFC 8773.
    pub const TLS_CERT_WITH_EXTERN_PSK: Self = Self(33);
    /// RFC 9345.
    pub const DELEGATED_CREDENTIAL: Self = Self(34);
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
    /// RFC 8446 §4.2.2.
    pub const COOKIE: Self = Self(44);
    /// RFC 8446 §4.2.9.
    pub const PSK_KEY_EXCHANGE_MODES: Self = Self(45);
    /// RFC 8446 §4.2.4.
    pub const CERTIFICATE_AUTHORITIES: Self = Self(47);
    /// RFC 8446 §4.2.5.
    pub const OID_FILTERS: Self = Self(48);
    /// RFC 8446 §4.2.6.
    pub const POST_HANDSHAKE_AUTH: Self = Self(49);
    /// RFC 8446 §4.2.3.
    pub const SIGNATURE_ALGORITHMS_CERT: Self = Self(50);
    /// RFC 8446 §4.2.8.
    pub const KEY_SHARE: Self = Self(51);
    /// RFC 9146.
    pub const CONNECTION_ID: Self = Self(54);
    /// RFC 8844.
    pub const EXTERNAL_ID_HASH: Self = Self(55);
    /// RFC 8844.
    pub const EXTERNAL_SESSION_ID: Self = Self(56);
    /// RFC 9001 §8.2.
    pub const QUIC_TRANSPORT_PARAMETERS: Self = Self(57);
    /// RFC 9149.
    pub const TICKET_REQUEST: Self = Self(58);
    /// RFC 9102.
    pub const DNSSEC_CHAIN: Self = Self(59);
    /// RFC 9853.
    pub const RRC: Self = Self(61);
    /// draft-ietf-tls-tlsflags.
    pub const TLS_FLAGS: Self = Self(62);
    /// draft-agl-tls-nextprotoneg.
    pub const NEXT_PROTOCOL_NEGOTIATION: Self = Self(0x3374);
    /// draft-vvv-tls-alps, the number that browsers used first.
    pub const APPLICATION_SETTINGS_OLD: Self = Self(0x4469);
    /// draft-vvv-tls-alps.
    pub const APPLICATION_SETTINGS: Self = Self(0x44cd);
    /// draft-balfanz-tls-channelid, the number used first.
    pub const CHANNEL_ID_OLD: Self = Self(0x754f);
    /// draft-balfanz-tls-channelid.
    pub const CHANNEL_ID: Self = Self(0x7550);
    /// draft-ietf-tls-trust-anchor-ids.
    pub const TRUST_ANCHORS: Self = Self(0xca34);
    /// RFC 9849 §5.1.
    pub const ECH_OUTER_EXTENSIONS: Self = Self(0xfd00);
    /// RFC 9849 §5.
    pub const ENCRYPTED_CLIENT_HELLO: Self = Self(0xfe0d);
    /// RFC 5746.
    pub const RENEGOTIATION_INFO: Self = Self(0xff01);
    /// draft-ietf-tls-esni before draft 6.
    pub const ENCRYPTED_SERVER_NAME: Self = Self(0xffce);
    /// The drafts of RFC 9001.
    pub const QUIC_TRANSPORT_PARAMETERS_DRAFT: Self = Self(0xffa5);
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
    (45, "psk_key_exchange_modes"), (46, "ticket_early_data_info"), (47, "certificate_authorities"), (48, "oid_filters"),
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
