//! Which extension may stand where (RFC 8446 §4.2, and the column "TLS 1.3" of the registry), and that each
//! stands once.

use super::{Context, Extension, ExtensionBody};
use crate::anomaly::{self, Anomaly};
use crate::tls::ExtensionType as T;

const CH: u8 = 1;
const SH: u8 = 2;
const HRR: u8 = 4;
const EE: u8 = 8;
const CT: u8 = 16;
const CR: u8 = 32;
const NST: u8 = 64;

impl Context {
    fn bit(self) -> u8 {
        match self {
            Self::ClientHello => CH,
            Self::ServerHello => SH,
            Self::HelloRetryRequest => HRR,
            Self::EncryptedExtensions => EE,
            Self::CertificateEntry => CT,
            Self::CertificateRequest => CR,
            Self::NewSessionTicket => NST,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::ClientHello => "a ClientHello",
            Self::ServerHello => "a ServerHello of TLS 1.3",
            Self::HelloRetryRequest => "a HelloRetryRequest",
            Self::EncryptedExtensions => "EncryptedExtensions",
            Self::CertificateEntry => "a Certificate",
            Self::CertificateRequest => "a CertificateRequest",
            Self::NewSessionTicket => "a NewSessionTicket",
        }
    }
}

/// The messages of TLS 1.3 that extensions may stand in. Those that TLS 1.3 does not use may stand in a
/// `ClientHello`, which offers older versions too.
#[rustfmt::skip]
const PLACES: &[(u8, &[T])] = &[
    (CH, &[
        T::PADDING, T::PSK_KEY_EXCHANGE_MODES, T::POST_HANDSHAKE_AUTH, T::ECH_OUTER_EXTENSIONS,
        T::CLIENT_CERTIFICATE_URL, T::TRUSTED_CA_KEYS, T::TRUNCATED_HMAC, T::USER_MAPPING, T::CLIENT_AUTHZ,
        T::SERVER_AUTHZ, T::CERT_TYPE, T::EC_POINT_FORMATS, T::SRP, T::STATUS_REQUEST_V2,
        T::ENCRYPT_THEN_MAC, T::EXTENDED_MASTER_SECRET, T::TOKEN_BINDING, T::CACHED_INFO, T::SESSION_TICKET,
        T::NEXT_PROTOCOL_NEGOTIATION, T::RENEGOTIATION_INFO, T::PWD_PROTECT, T::PWD_CLEAR,
    ]),
    (CH | EE, &[
        T::SERVER_NAME, T::MAX_FRAGMENT_LENGTH, T::SUPPORTED_GROUPS, T::USE_SRTP, T::HEARTBEAT, T::ALPN,
        T::CLIENT_CERTIFICATE_TYPE, T::SERVER_CERTIFICATE_TYPE, T::RECORD_SIZE_LIMIT, T::EXTERNAL_ID_HASH,
        T::EXTERNAL_SESSION_ID, T::QUIC_TRANSPORT_PARAMETERS, T::TICKET_REQUEST, T::APPLICATION_SETTINGS,
        T::APPLICATION_SETTINGS_OLD, T::TICKET_PINNING,
    ]),
    (CH | SH | HRR, &[T::SUPPORTED_VERSIONS, T::KEY_SHARE, T::PASSWORD_SALT]),
    (CH | CR, &[
        T::SIGNATURE_ALGORITHMS, T::SIGNATURE_ALGORITHMS_CERT, T::COMPRESS_CERTIFICATE,
        T::CERTIFICATE_AUTHORITIES,
    ]),
    (CH | CR | CT, &[T::STATUS_REQUEST, T::SIGNED_CERTIFICATE_TIMESTAMP, T::DELEGATED_CREDENTIAL]),
    (CH | SH, &[T::TLS_CERT_WITH_EXTERN_PSK, T::PRE_SHARED_KEY, T::CONNECTION_ID, T::RRC]),
    (CH | CT, &[T::DNSSEC_CHAIN]),
    (CH | EE | CR | CT, &[T::TRUST_ANCHORS]),
    (CH | EE | NST, &[T::EARLY_DATA]),
    (CH | HRR, &[T::COOKIE]),
    (CR, &[T::OID_FILTERS]),
    (CH | HRR | EE, &[T::ENCRYPTED_CLIENT_HELLO]),
];

/// The messages that an extension may stand in; `None` where that is not known.
fn allowed(kind: T) -> Option<u8> {
    PLACES.iter().find_map(|(places, kinds)| kinds.contains(&kind).then_some(*places))
}

/// Says what repeats and what is misplaced; once a block each, however many there are.
pub(super) fn judge(extensions: &[Extension], context: Context, oddities: &mut Vec<Anomaly>) {
    let mut kinds: Vec<_> = extensions.iter().map(|extension| extension.kind.0).collect();
    kinds.sort_unstable();
    if let Some(kind) = kinds.windows(2).find_map(|pair| match pair {
        [one, other] if one == other => Some(T(*one)),
        _ => None,
    }) {
        let detail = format!("extension {kind} stands more than once in one message");
        oddities.push(Anomaly::new(anomaly::TLS_DUPLICATE_EXTENSION, detail));
    }
    if let Some(kind) = misplaced(extensions, context) {
        let detail = format!("extension {kind} has no place in {}", context.name());
        oddities.push(Anomaly::new(anomaly::TLS_MISPLACED_EXTENSION, detail));
    }
    let psk = extensions.iter().position(|extension| extension.kind == T::PRE_SHARED_KEY);
    if context == Context::ClientHello && psk.is_some_and(|nth| nth + 1 != extensions.len()) {
        let detail = "extension pre_shared_key is not the last one of a ClientHello";
        oddities.push(Anomaly::new(anomaly::TLS_MISPLACED_EXTENSION, detail));
    }
}

fn misplaced(extensions: &[Extension], context: Context) -> Option<T> {
    let older = context == Context::ServerHello && !extensions.iter().any(chooses_tls13);
    if older {
        return None;
    }
    let outside = |kind: &T| allowed(*kind).is_some_and(|bits| bits & context.bit() == 0);
    extensions.iter().map(|extension| extension.kind).find(outside)
}

fn chooses_tls13(extension: &Extension) -> bool {
    matches!(extension.body, ExtensionBody::SelectedVersion(version) if version.is_tls13())
}

#[cfg(test)]
mod tests {
    use super::super::extensions;
    use super::*;

    /// Extensions by type with these octets each.
    fn check(context: Context, list: &[(T, &[u8])], expected: &[&str]) {
        let mut block = Vec::new();
        for (kind, data) in list {
            block.extend(kind.0.to_be_bytes());
            block.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
            block.extend(*data);
        }
        let mut oddities = Vec::new();
        extensions(&block, context, &mut oddities).unwrap();
        let codes: Vec<_> = oddities.iter().map(|oddity| oddity.code).collect();
        assert_eq!(codes, expected, "{list:?} in {context:?}");
    }

    const MISPLACED: &[&str] = &[anomaly::TLS_MISPLACED_EXTENSION];

    #[test]
    fn each_stands_once() {
        let (one, other) = ((T::EXTENDED_MASTER_SECRET, &[][..]), (T::ENCRYPT_THEN_MAC, &[][..]));
        check(Context::ClientHello, &[one, other], &[]);
        check(Context::ClientHello, &[one, other, one], &[anomaly::TLS_DUPLICATE_EXTENSION]);
        check(Context::ClientHello, &[one, other, one, other, one], &[anomaly::TLS_DUPLICATE_EXTENSION]);
    }

    #[test]
    fn each_stands_where_it_may() {
        let alpn = (T::ALPN, &b"\x00\x03\x02h2"[..]);
        let version = (T::SUPPORTED_VERSIONS, &[3, 4][..]);
        check(Context::EncryptedExtensions, &[alpn], &[]);
        check(Context::ServerHello, &[alpn], &[]);
        check(Context::ServerHello, &[alpn, version], MISPLACED);
        check(Context::EncryptedExtensions, &[version], MISPLACED);
        check(Context::ClientHello, &[(T::OID_FILTERS, &[0, 0])], MISPLACED);
        check(Context::CertificateRequest, &[(T::OID_FILTERS, &[0, 0])], &[]);
        check(Context::NewSessionTicket, &[(T::EARLY_DATA, &[0, 0, 0, 9])], &[]);
        // Reserved and unassigned types may stand anywhere.
        check(Context::NewSessionTicket, &[(T(0x1a1a), &[]), (T(0x1234), &[])], &[]);
    }

    #[test]
    fn pre_shared_keys_come_last() {
        let keys = (T::PRE_SHARED_KEY, &[0, 7, 0, 1, 7, 0, 0, 0, 0, 0, 2, 1, 8][..]);
        let other = (T::ENCRYPT_THEN_MAC, &[][..]);
        check(Context::ClientHello, &[other, keys], &[]);
        check(Context::ClientHello, &[keys, other], MISPLACED);
    }
}
