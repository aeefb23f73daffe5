//! Extensions (RFC 8446 §4.2, RFC 6066 and others): type and length, then the data in the form that the type has in the
//! message it stands in.

mod certificates;
mod ech;
mod keys;
mod offers;
mod rare;

use tapline_packet::field::{Cursor, hex, size};

use super::certificate;
use super::vectors::{named, numbers, opaque};
use crate::tls::extension::Context;
use crate::tls::{ExtensionType as T, NamedGroup, is_grease};

fn show_type(number: u16) -> String {
    named(T(number).name(), number)
}

fn show_group(number: u16) -> String {
    super::vectors::named16(NamedGroup(number).name(), number)
}

/// One extension of a message.
pub(super) fn extension(cursor: &mut Cursor<'_>, context: Context) -> Option<()> {
    let kind = cursor.left().first_chunk().map(|&kind| T(u16::from_be_bytes(kind)));
    let label = kind.map_or_else(|| "Extension".to_owned(), |kind| format!("Extension: {kind}"));
    let length = cursor.heading("tls.handshake.extension", label, |cursor| {
        let kind = T(cursor.u16_as("tls.handshake.extension.type", "Type", show_type)?);
        let length = usize::from(cursor.u16("tls.handshake.extension.len", "Length")?);
        cursor.part(length, |cursor| data(cursor, kind, context));
        Some(length)
    })?;
    cursor.describe(size(length));
    Some(())
}

/// `extension_data`, all of it.
fn data(cursor: &mut Cursor<'_>, kind: T, context: Context) -> Option<()> {
    let offered = context == Context::ClientHello;
    let beside_certificate = context == Context::CertificateEntry;
    match kind {
        T::SERVER_NAME => offers::server_name(cursor),
        T::MAX_FRAGMENT_LENGTH => offers::max_fragment_length(cursor),
        T::TRUSTED_CA_KEYS => certificates::trusted_authorities(cursor),
        T::STATUS_REQUEST if beside_certificate => certificate::status(cursor),
        T::STATUS_REQUEST if offered => certificates::status_request(cursor),
        T::STATUS_REQUEST_V2 => certificates::status_requests(cursor),
        T::USER_MAPPING => offers::user_mapping(cursor),
        T::CLIENT_AUTHZ | T::SERVER_AUTHZ => offers::authz(cursor),
        T::CERT_TYPE | T::CLIENT_CERTIFICATE_TYPE | T::SERVER_CERTIFICATE_TYPE => {
            certificates::certificate_type(cursor, offered)
        }
        T::SUPPORTED_GROUPS => offers::supported_groups(cursor),
        T::EC_POINT_FORMATS => offers::point_formats(cursor),
        T::SRP => offers::srp(cursor),
        T::USE_SRTP => offers::use_srtp(cursor),
        T::HEARTBEAT => offers::heartbeat(cursor),
        T::ALPN => offers::alpn(cursor),
        T::SIGNED_CERTIFICATE_TIMESTAMP => certificates::timestamps(cursor),
        T::PADDING => offers::padding(cursor),
        T::TOKEN_BINDING => offers::token_binding(cursor),
        T::CACHED_INFO => certificates::cached_info(cursor, offered),
        T::COMPRESS_CERTIFICATE => offers::compress_certificate(cursor),
        T::RECORD_SIZE_LIMIT => cursor.u16("tls.record_size_limit", "Record Size Limit").map(|_| ()),
        T::PWD_PROTECT => rare::octets8(cursor, "Protected Name"),
        T::PWD_CLEAR => rare::name8(cursor, "Name"),
        T::PASSWORD_SALT => rare::octets16(cursor, "Salt"),
        T::TICKET_PINNING => rare::ticket_pinning(cursor, offered),
        T::DNSSEC_CHAIN => rare::dnssec_chain(cursor, offered),
        T::ENCRYPTED_SERVER_NAME => rare::encrypted_server_name(cursor, offered),
        T::DELEGATED_CREDENTIAL if beside_certificate => certificates::delegated_credential(cursor),
        T::SIGNATURE_ALGORITHMS | T::SIGNATURE_ALGORITHMS_CERT | T::DELEGATED_CREDENTIAL => {
            certificate::schemes(cursor)
        }
        T::SESSION_TICKET => rest(cursor, "tls.handshake.extension.data", "Session Ticket"),
        T::KEY_SHARE | T::KEY_SHARE_OLD => keys::key_share(cursor, context),
        T::PRE_SHARED_KEY if offered => keys::pre_shared_keys(cursor),
        T::PRE_SHARED_KEY => {
            let name = "tls.handshake.extensions.psk.identity.selected";
            cursor.u16(name, "Selected Identity").map(|_| ())
        }
        T::PSK_KEY_EXCHANGE_MODES => keys::modes(cursor),
        T::EARLY_DATA if context == Context::NewSessionTicket => {
            cursor.u32("tls.early_data.max_early_data_size", "Maximum Early Data Size").map(|_| ())
        }
        T::SUPPORTED_VERSIONS if offered => keys::supported_versions(cursor),
        T::SUPPORTED_VERSIONS => keys::supported_version(cursor),
        T::COOKIE => {
            let names = ["tls.handshake.extensions.cookie_len", "tls.handshake.extensions.cookie"];
            opaque(cursor, 2, names, "Cookie").map(|_| ())
        }
        T::CERTIFICATE_AUTHORITIES => certificate::distinguished_names(cursor, "Authorities"),
        T::OID_FILTERS => certificates::oid_filters(cursor),
        T::CONNECTION_ID => {
            let names = ["tls.connection_id_length", "tls.connection_id"];
            opaque(cursor, 1, names, "Connection ID").map(|_| ())
        }
        T::EXTERNAL_ID_HASH => rare::octets8(cursor, "Binding Hash"),
        T::EXTERNAL_SESSION_ID => rare::octets8(cursor, "Session ID"),
        T::QUIC_TRANSPORT_PARAMETERS | T::QUIC_TRANSPORT_PARAMETERS_DRAFT => {
            rest(cursor, "tls.quic.parameters", "QUIC Transport Parameters")
        }
        T::TICKET_REQUEST => keys::ticket_request(cursor, offered),
        T::TLS_FLAGS => rare::octets8(cursor, "Flags"),
        T::APPLICATION_SETTINGS | T::APPLICATION_SETTINGS_OLD if offered => offers::alps(cursor),
        T::APPLICATION_SETTINGS | T::APPLICATION_SETTINGS_OLD => {
            rest(cursor, "tls.handshake.extensions_alps.settings", "ALPN Opaque Settings")
        }
        T::NEXT_PROTOCOL_NEGOTIATION => offers::next_protocols(cursor),
        // Empty, as the ones below.
        T::TRUST_ANCHORS if beside_certificate => Some(()),
        T::TRUST_ANCHORS => certificates::trust_anchors(cursor),
        T::ENCRYPTED_CLIENT_HELLO => ech::extension(cursor, context),
        T::ECH_OUTER_EXTENSIONS => {
            let names = ["tls.ech.outer_len", "tls.ech.outer_extensions", "tls.ech.outer_extension"];
            numbers(cursor, 1, names, ["Outer Extensions", "Extension Type"], show_type)
        }
        T::RENEGOTIATION_INFO => {
            let names = ["tls.handshake.extensions_reneg_info_len", "tls.handshake.extensions_reneg_info"];
            opaque(cursor, 1, names, "Renegotiation Info").map(|_| ())
        }
        T::STATUS_REQUEST
        | T::CLIENT_CERTIFICATE_URL
        | T::TRUNCATED_HMAC
        | T::ENCRYPT_THEN_MAC
        | T::EXTENDED_MASTER_SECRET
        | T::RRC
        | T::TLS_CERT_WITH_EXTERN_PSK
        | T::EARLY_DATA
        | T::POST_HANDSHAKE_AUTH
        | T::CHANNEL_ID
        | T::CHANNEL_ID_OLD => Some(()),
        T(number) if is_grease(number) => rest(cursor, "tls.handshake.extension.data", "GREASE"),
        _ => rest(cursor, "tls.handshake.extension.data", "Data"),
    }
}

/// All that is left, in hex; it fits whatever it is.
#[expect(clippy::unnecessary_wraps, reason = "it stands among those that may fall short")]
fn rest(cursor: &mut Cursor<'_>, name: &'static str, label: &'static str) -> Option<()> {
    cursor.rest_as(name, label, hex);
    Some(())
}
