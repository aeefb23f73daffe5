//! Numbers of the TLS registries and their names.

mod cipher_suites;
mod codes;
mod extensions;
mod groups;
mod hellos;
mod key_exchange;

use std::fmt;

use super::{
    Alert, CipherSuite, ContentType, ExtensionType, HandshakeType, NamedGroup, SignatureScheme, Version,
};
pub use codes::{
    AuthzDataFormat, CachedInformationType, CertificateChainType, CertificateCompression,
    CertificateStatusType, CertificateType, ClientCertificateType, CompressionMethod, CurveType,
    EcPointFormat, HeartbeatMode, HpkeAead, HpkeKdf, HpkeKem, MaxFragmentLength, PskKeyExchangeMode,
    SrtpProtectionProfile, Sslv2CipherKind, SupplementalDataType, TokenBindingKeyParameter,
    TrustedAuthorityType, UserMappingType,
};
pub use key_exchange::KeyExchange;

/// Whether a number of two octets is reserved so that peers learn to ignore the unknown (RFC 8701):
/// 0x0a0a, 0x1a1a, … 0xfafa.
pub fn is_grease(number: u16) -> bool {
    let [high, low] = number.to_be_bytes();
    high == low && low & 0x0f == 0x0a
}

/// A name looked up in a table sorted by number.
fn look_up(table: &[(u16, &'static str)], number: u16) -> Option<&'static str> {
    if is_grease(number) {
        return Some("GREASE");
    }
    let nth = table.binary_search_by_key(&number, |&(number, _)| number).ok()?;
    table.get(nth).map(|&(_, name)| name)
}

impl CipherSuite {
    /// The IANA name: `TLS_AES_128_GCM_SHA256`; `GREASE` for reserved numbers.
    pub fn name(self) -> Option<&'static str> {
        look_up(cipher_suites::NAMES, self.0)
    }

    /// Every number that has a name, in order.
    pub fn named() -> impl Iterator<Item = (Self, &'static str)> {
        cipher_suites::NAMES.iter().map(|&(number, name)| (Self(number), name))
    }
}

impl NamedGroup {
    /// The IANA name: `x25519`; `GREASE` for reserved numbers.
    pub fn name(self) -> Option<&'static str> {
        look_up(groups::NAMES, self.0)
    }

    /// Every number that has a name, in order.
    pub fn named() -> impl Iterator<Item = (Self, &'static str)> {
        groups::NAMES.iter().map(|&(number, name)| (Self(number), name))
    }
}

impl SignatureScheme {
    /// The IANA name: `ecdsa_secp256r1_sha256`; `GREASE` for reserved numbers.
    pub fn name(self) -> Option<&'static str> {
        look_up(groups::SCHEMES, self.0)
    }

    /// Every number that has a name, in order.
    pub fn named() -> impl Iterator<Item = (Self, &'static str)> {
        groups::SCHEMES.iter().map(|&(number, name)| (Self(number), name))
    }
}

impl ExtensionType {
    /// The IANA name: `server_name`; `GREASE` for reserved numbers.
    pub fn name(self) -> Option<&'static str> {
        look_up(extensions::NAMES, self.0)
    }
}

macro_rules! constants {
    ($type:ident: $($(#[$doc:meta])+ $name:ident = $number:literal;)*) => {
        impl $type {
            $($(#[$doc])+ pub const $name: Self = Self($number);)*
        }
    };
}

constants! { ContentType:
    /// RFC 8446 §5.1.
    CHANGE_CIPHER_SPEC = 20;
    /// RFC 8446 §6.
    ALERT = 21;
    /// RFC 8446 §4.
    HANDSHAKE = 22;
    /// RFC 8446 §5.1.
    APPLICATION_DATA = 23;
    /// RFC 6520.
    HEARTBEAT = 24;
}

impl ContentType {
    /// The IANA name.
    pub fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::CHANGE_CIPHER_SPEC => "change_cipher_spec",
            Self::ALERT => "alert",
            Self::HANDSHAKE => "handshake",
            Self::APPLICATION_DATA => "application_data",
            Self::HEARTBEAT => "heartbeat",
            Self(25) => "tls12_cid",
            Self(26) => "ack",
            Self(27) => "return_routability_check",
            _ => return None,
        })
    }
}

constants! { HandshakeType:
    /// RFC 5246 §7.4.1.1.
    HELLO_REQUEST = 0;
    /// RFC 8446 §4.1.2.
    CLIENT_HELLO = 1;
    /// RFC 8446 §4.1.3.
    SERVER_HELLO = 2;
    /// RFC 6347 §4.2.1, DTLS only.
    HELLO_VERIFY_REQUEST = 3;
    /// RFC 8446 §4.6.1.
    NEW_SESSION_TICKET = 4;
    /// RFC 8446 §4.5.
    END_OF_EARLY_DATA = 5;
    /// Drafts of TLS 1.3 before 19.
    HELLO_RETRY_REQUEST = 6;
    /// RFC 8446 §4.3.1.
    ENCRYPTED_EXTENSIONS = 8;
    /// RFC 9147 §9, DTLS only.
    REQUEST_CONNECTION_ID = 9;
    /// RFC 9147 §9, DTLS only.
    NEW_CONNECTION_ID = 10;
    /// RFC 8446 §4.4.2.
    CERTIFICATE = 11;
    /// RFC 5246 §7.4.3.
    SERVER_KEY_EXCHANGE = 12;
    /// RFC 8446 §4.3.2.
    CERTIFICATE_REQUEST = 13;
    /// RFC 5246 §7.4.5.
    SERVER_HELLO_DONE = 14;
    /// RFC 8446 §4.4.3.
    CERTIFICATE_VERIFY = 15;
    /// RFC 5246 §7.4.7.
    CLIENT_KEY_EXCHANGE = 16;
    /// RFC 9261 §4.
    CLIENT_CERTIFICATE_REQUEST = 17;
    /// RFC 8446 §4.4.4.
    FINISHED = 20;
    /// RFC 6066 §5.
    CERTIFICATE_URL = 21;
    /// RFC 6066 §8.
    CERTIFICATE_STATUS = 22;
    /// RFC 4680.
    SUPPLEMENTAL_DATA = 23;
    /// RFC 8446 §4.6.3.
    KEY_UPDATE = 24;
    /// RFC 8879 §4.
    COMPRESSED_CERTIFICATE = 25;
    /// RFC 8870 §5.2.1.
    EKT_KEY = 26;
    /// draft-agl-tls-nextprotoneg.
    NEXT_PROTOCOL = 67;
    /// RFC 8446 §4.4.1.
    MESSAGE_HASH = 254;
}

impl HandshakeType {
    /// The IANA name: `client_hello`.
    pub fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0 => "hello_request",
            1 => "client_hello",
            2 => "server_hello",
            3 => "hello_verify_request",
            4 => "new_session_ticket",
            5 => "end_of_early_data",
            6 => "hello_retry_request",
            8 => "encrypted_extensions",
            9 => "request_connection_id",
            10 => "new_connection_id",
            11 => "certificate",
            12 => "server_key_exchange",
            13 => "certificate_request",
            14 => "server_hello_done",
            15 => "certificate_verify",
            16 => "client_key_exchange",
            17 => "client_certificate_request",
            20 => "finished",
            21 => "certificate_url",
            22 => "certificate_status",
            23 => "supplemental_data",
            24 => "key_update",
            25 => "compressed_certificate",
            26 => "ekt_key",
            67 => "next_protocol",
            254 => "message_hash",
            _ => return None,
        })
    }
}

impl Version {
    /// The usual name: `TLS 1.3`.
    pub fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x0002 => "SSL 2.0",
            0x0300 => "SSL 3.0",
            0x0301 => "TLS 1.0",
            0x0302 => "TLS 1.1",
            0x0303 => "TLS 1.2",
            0x0304 => "TLS 1.3",
            number if is_grease(number) => "GREASE",
            _ => return None,
        })
    }

    /// Whether this is TLS 1.3 or one of its drafts.
    pub fn is_tls13(self) -> bool {
        self.0 == 0x0304 || self.draft().is_some()
    }

    /// The number of a draft of TLS 1.3: 0x7f1c is draft 28.
    pub fn draft(self) -> Option<u8> {
        let [high, draft] = self.0.to_be_bytes();
        (high == 0x7f).then_some(draft)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.name(), self.draft()) {
            (Some(name), _) => f.pad(name),
            (None, Some(draft)) => f.pad(&format!("TLS 1.3 draft {draft}")),
            (None, None) => f.pad(&format!("0x{:04x}", self.0)),
        }
    }
}

macro_rules! display {
    ($digits:literal: $($type:ident),*) => {
        $(impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self.name() {
                    Some("GREASE") | None => {
                        let grease = if self.name().is_some() { "GREASE " } else { "" };
                        f.pad(&format!(concat!("{}0x{:0", $digits, "x}"), grease, self.0))
                    }
                    Some(name) => f.pad(name),
                }
            }
        })*
    };
}

display!("4": CipherSuite, NamedGroup, SignatureScheme, ExtensionType);
display!("2": ContentType, HandshakeType);

impl Alert {
    /// The IANA name of the description: `handshake_failure`.
    pub fn name(self) -> Option<&'static str> {
        Some(match self.description {
            0 => "close_notify",
            10 => "unexpected_message",
            20 => "bad_record_mac",
            21 => "decryption_failed",
            22 => "record_overflow",
            30 => "decompression_failure",
            40 => "handshake_failure",
            41 => "no_certificate",
            42 => "bad_certificate",
            43 => "unsupported_certificate",
            44 => "certificate_revoked",
            45 => "certificate_expired",
            46 => "certificate_unknown",
            47 => "illegal_parameter",
            48 => "unknown_ca",
            49 => "access_denied",
            50 => "decode_error",
            51 => "decrypt_error",
            52 => "too_many_cids_requested",
            60 => "export_restriction",
            70 => "protocol_version",
            71 => "insufficient_security",
            80 => "internal_error",
            86 => "inappropriate_fallback",
            90 => "user_canceled",
            100 => "no_renegotiation",
            109 => "missing_extension",
            110 => "unsupported_extension",
            111 => "certificate_unobtainable",
            112 => "unrecognized_name",
            113 => "bad_certificate_status_response",
            114 => "bad_certificate_hash_value",
            115 => "unknown_psk_identity",
            116 => "certificate_required",
            117 => "general_error",
            120 => "no_application_protocol",
            121 => "ech_required",
            _ => return None,
        })
    }

    /// `warning` or `fatal`.
    pub fn level_name(self) -> Option<&'static str> {
        match self.level {
            1 => Some("warning"),
            2 => Some("fatal"),
            _ => None,
        }
    }
}

impl fmt::Display for Alert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.pad(name),
            None => f.pad(&format!("0x{:02x}", self.description)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted() {
        for table in [cipher_suites::NAMES, groups::NAMES, groups::SCHEMES, extensions::NAMES] {
            for pair in table.windows(2) {
                assert!(pair[0].0 < pair[1].0, "{pair:x?}");
            }
        }
    }

    #[test]
    fn numbers_have_names_or_print_as_hex() {
        assert_eq!(CipherSuite(0x1301).name(), Some("TLS_AES_128_GCM_SHA256"));
        assert_eq!(CipherSuite(0xc02f).to_string(), "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
        assert_eq!(CipherSuite(0xcca8).to_string(), "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");
        assert_eq!(CipherSuite(0x1a1a).to_string(), "GREASE 0x1a1a");
        assert_eq!(CipherSuite(0x1a2b).to_string(), "0x1a2b");
        assert_eq!(NamedGroup(0x11ec).to_string(), "X25519MLKEM768");
        assert_eq!(SignatureScheme(0x0804).to_string(), "rsa_pss_rsae_sha256");
        assert_eq!(ExtensionType(0xfe0d).to_string(), "encrypted_client_hello");
        assert_eq!(HandshakeType(0x63).to_string(), "0x63");
        assert_eq!(Version(0x0304).to_string(), "TLS 1.3");
        assert_eq!(Version(0x7f1c).to_string(), "TLS 1.3 draft 28");
        assert_eq!(Version(0x0505).to_string(), "0x0505");
        assert!(is_grease(0xfafa) && !is_grease(0xfa0a) && !is_grease(0xfbfb));
    }
}
