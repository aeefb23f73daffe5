//! Extensions about certificates: which will do, what is known of them, what stands in for them.

use tapline_packet::field::Cursor;

use crate::tls::fields::certificate::show_scheme;
use crate::tls::fields::vectors::{blob, codes, length, list, named, opaque};
use crate::tls::{CachedInformationType, CertificateStatusType, CertificateType, TrustedAuthorityType};

/// RFC 6066 §6: nothing in a server's answer.
pub(super) fn trusted_authorities(cursor: &mut Cursor<'_>) -> Option<()> {
    if cursor.is_empty() {
        return Some(());
    }
    let names = ["tls.trusted_ca_keys.length", "tls.trusted_ca_keys"];
    list(cursor, 2, names, "Trusted Authorities", |cursor| {
        let show = |kind| named(TrustedAuthorityType(kind).name(), kind);
        let kind = cursor.u8_as("tls.trusted_ca_keys.type", "Identifier Type", show)?;
        match TrustedAuthorityType(kind) {
            TrustedAuthorityType::PRE_AGREED => Some(()),
            TrustedAuthorityType::KEY_SHA1_HASH | TrustedAuthorityType::CERT_SHA1_HASH => {
                cursor.octets("tls.trusted_ca_keys.sha1", "SHA1 Hash", 20).map(|_| ())
            }
            TrustedAuthorityType::X509_NAME => {
                let names = ["tls.handshake.dname_len", "tls.handshake.dname"];
                opaque(cursor, 2, names, "Distinguished Name").map(|_| ())
            }
            _ => {
                cursor.refuse("Identifier", "its type has no form");
                None
            }
        }
    })
}

fn status_type(cursor: &mut Cursor<'_>) -> Option<CertificateStatusType> {
    let show = |kind| named(CertificateStatusType(kind).name(), kind);
    let name = "tls.handshake.extensions_status_request_type";
    cursor.u8_as(name, "Certificate Status Type", show).map(CertificateStatusType)
}

/// RFC 6066 §8, in a `ClientHello`.
pub(super) fn status_request(cursor: &mut Cursor<'_>) -> Option<()> {
    if status_type(cursor)? != CertificateStatusType::OCSP {
        cursor.refuse("Certificate Status Request", "its type has no form");
        return None;
    }
    ocsp_request(cursor)
}

/// RFC 6961 §2.2: nothing in a server's answer.
pub(super) fn status_requests(cursor: &mut Cursor<'_>) -> Option<()> {
    if cursor.is_empty() {
        return Some(());
    }
    let names =
        ["tls.handshake.extensions_status_request_list_len", "tls.handshake.extensions_status_request_list"];
    list(cursor, 2, names, "Certificate Status Requests", |cursor| {
        let kind = status_type(cursor)?;
        if kind != CertificateStatusType::OCSP && kind != CertificateStatusType::OCSP_MULTI {
            cursor.refuse("Certificate Status Request", "its type has no form");
            return None;
        }
        let name = "tls.handshake.extensions_status_request_len";
        let count = length(cursor, 2, name, "Certificate Status Request")?;
        cursor.part(count, ocsp_request)
    })
}

fn ocsp_request(cursor: &mut Cursor<'_>) -> Option<()> {
    let names = [
        "tls.handshake.extensions_status_request_responder_ids_len",
        "tls.handshake.extensions_status_request_responder_ids",
    ];
    list(cursor, 2, names, "Responder IDs", |cursor| {
        let names = ["tls.status_request.responder_id_len", "tls.status_request.responder_id"];
        opaque(cursor, 2, names, "Responder ID").map(|_| ())
    })?;
    let names =
        ["tls.handshake.extensions_status_request_exts_len", "tls.handshake.extensions_status_request_exts"];
    opaque(cursor, 2, names, "Request Extensions").map(|_| ())
}

/// RFC 6091 §3.1, RFC 7250 §3: a list in a `ClientHello`, one type in a server's answer.
pub(super) fn certificate_type(cursor: &mut Cursor<'_>, offered: bool) -> Option<()> {
    let show = |kind| named(CertificateType(kind).name(), kind);
    if !offered {
        return cursor.u8_as("tls.handshake.cert_type.type", "Certificate Type", show).map(|_| ());
    }
    let names = [
        "tls.handshake.cert_type.types_len",
        "tls.handshake.cert_type.types",
        "tls.handshake.cert_type.type",
    ];
    codes(cursor, 1, names, ["Certificate Types", "Certificate Type"], show)
}

/// RFC 6962 §3.3: nothing where they are asked for.
pub(super) fn timestamps(cursor: &mut Cursor<'_>) -> Option<()> {
    if cursor.is_empty() {
        return Some(());
    }
    list(cursor, 2, ["tls.sct.scts_length", "tls.sct.scts"], "Certificate Timestamps", |cursor| {
        let count = length(cursor, 2, "tls.sct.sct_length", "Serialized SCT")?;
        cursor.group("tls.sct", "Signed Certificate Timestamp", count, timestamp)
    })
}

/// RFC 6962 §3.2.
fn timestamp(cursor: &mut Cursor<'_>) -> Option<()> {
    if cursor.u8("tls.sct.sct_version", "SCT Version")? != 0 {
        cursor.refuse("Signed Certificate Timestamp", "its version has no form");
        return None;
    }
    cursor.octets("tls.sct.sct_logid", "Log ID", 32)?;
    cursor
        .u64_as("tls.sct.sct_timestamp", "Timestamp", |ms| format!("{ms} ms since 1970-01-01 00:00 UTC"))?;
    opaque(cursor, 2, ["tls.sct.sct_extensions_length", "tls.sct.sct_extensions"], "Extensions")?;
    cursor.u16_as("tls.handshake.sig_hash_alg", "Signature Algorithm", show_scheme)?;
    let names = ["tls.sct.sct_signature_length", "tls.sct.sct_signature"];
    opaque(cursor, 2, names, "Signature").map(|_| ())
}

/// RFC 7924 §3: objects with their hashes from a client, types from a server.
pub(super) fn cached_info(cursor: &mut Cursor<'_>, offered: bool) -> Option<()> {
    list(cursor, 2, ["tls.cached_info.length", "tls.cached_info"], "Cached Information", |cursor| {
        let show = |kind| named(CachedInformationType(kind).name(), kind);
        cursor.u8_as("tls.cached_info.type", "Type", show)?;
        if !offered {
            return Some(());
        }
        opaque(cursor, 1, ["tls.cached_info.hash_len", "tls.cached_info.hash"], "Hash Value").map(|_| ())
    })
}

/// draft-ietf-tls-trust-anchor-ids §4.1.
pub(super) fn trust_anchors(cursor: &mut Cursor<'_>) -> Option<()> {
    list(cursor, 2, ["tls.trust_anchors.length", "tls.trust_anchors"], "Trust Anchor IDs", |cursor| {
        let names = ["tls.trust_anchors.id_len", "tls.trust_anchors.id"];
        opaque(cursor, 1, names, "Trust Anchor ID").map(|_| ())
    })
}

/// RFC 8446 §4.2.5.
pub(super) fn oid_filters(cursor: &mut Cursor<'_>) -> Option<()> {
    let names = ["tls.extension.oid_filters_length", "tls.extension.oid_filters"];
    list(cursor, 2, names, "OID Filters", |cursor| {
        let names = ["tls.extension.oid_filters.oid_length", "tls.extension.oid_filters.oid"];
        opaque(cursor, 1, names, "Certificate Extension OID")?;
        let names = ["tls.extension.oid_filters.values_length", "tls.extension.oid_filters.values"];
        opaque(cursor, 2, names, "Certificate Extension Values").map(|_| ())
    })
}

/// RFC 9345 §4.
pub(super) fn delegated_credential(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.u32_as("tls.handshake.cred.valid_time", "Valid Time", |seconds| format!("{seconds} s"))?;
    cursor.u16_as("tls.handshake.sig_hash_alg", "Signature Algorithm of the Handshake", show_scheme)?;
    let names = ["tls.handshake.cred.pubkey_len", "tls.handshake.cred.pubkey"];
    blob(cursor, 3, names, "Subject Public Key Info")?;
    cursor.u16_as("tls.handshake.sig_hash_alg", "Signature Algorithm", show_scheme)?;
    let names = ["tls.handshake.cred.signature_len", "tls.handshake.cred.signature"];
    opaque(cursor, 2, names, "Signature").map(|_| ())
}
