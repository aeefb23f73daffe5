//! Certificates and how a side shows that one is its own (RFC 5246 §7.4.2, §7.4.4, §7.4.8; RFC 8446 §4.3.2, §4.4;
//! RFC 8879 §4; RFC 6066 §5, §8).

use tapline_packet::field::{Cursor, size as octets};

use super::hello;
use super::vectors::{blob, codes, item, length, list, named, named16, numbers, opaque, text, vector};
use crate::tls::extension::Context;
use crate::tls::handshake::{Era, is_one_sequence};
use crate::tls::{
    CertificateChainType, CertificateCompression, CertificateStatusType, ClientCertificateType,
    SignatureScheme,
};

pub(super) fn show_scheme(number: u16) -> String {
    named16(SignatureScheme(number).name(), number)
}

pub(super) fn certificate(cursor: &mut Cursor<'_>, eras: &[Era]) {
    cursor.first_whole(eras, |era, cursor| {
        if era == Era::Tls13 {
            certificate_tls13(cursor)
        } else {
            certificate_tls12(cursor)
        };
    });
}

const LIST: [&str; 2] = ["tls.handshake.certificates_length", "tls.handshake.certificates"];
const CERTIFICATE: [&str; 2] = ["tls.handshake.certificate_length", "tls.handshake.certificate"];

/// A raw public key (RFC 7250 §3) stands where the list would.
fn certificate_tls12(cursor: &mut Cursor<'_>) -> Option<()> {
    vector(cursor, 3, LIST, "Certificates", |cursor| {
        if is_one_sequence(cursor.left()) {
            cursor.rest("tls.handshake.certificate", "Raw Public Key");
        }
        while !cursor.is_empty() {
            blob(cursor, 3, CERTIFICATE, "Certificate")?;
        }
        Some(())
    })
}

fn certificate_tls13(cursor: &mut Cursor<'_>) -> Option<()> {
    request_context(cursor)?;
    vector(cursor, 3, LIST, "Certificates", |cursor| {
        while !cursor.is_empty() {
            blob(cursor, 3, CERTIFICATE, "Certificate")?;
            hello::extensions(cursor, Context::CertificateEntry)?;
        }
        Some(())
    })
}

fn request_context(cursor: &mut Cursor<'_>) -> Option<()> {
    let names =
        ["tls.handshake.certificate_request_context_length", "tls.handshake.certificate_request_context"];
    opaque(cursor, 1, names, "Certificate Request Context").map(|_| ())
}

/// What is inside is told by the message that it becomes; here it stays octets.
pub(super) fn compressed(cursor: &mut Cursor<'_>) -> Option<()> {
    let show = |number| named(CertificateCompression(number).name(), number);
    cursor.u16_as("tls.compress_certificate.algorithm", "Algorithm", show)?;
    cursor.u24("tls.compress_certificate.uncompressed_length", "Uncompressed Length")?;
    let names = [
        "tls.compress_certificate.compressed_certificate_message.length",
        "tls.compress_certificate.compressed_certificate_message",
    ];
    blob(cursor, 3, names, "Compressed Certificate Message").map(|_| ())
}

pub(super) fn request(cursor: &mut Cursor<'_>, eras: &[Era]) {
    cursor.first_whole(eras, |era, cursor| {
        if era == Era::Tls13 {
            request_context(cursor).and_then(|()| hello::extensions(cursor, Context::CertificateRequest));
        } else {
            request_tls12(cursor, era);
        }
    });
}

fn request_tls12(cursor: &mut Cursor<'_>, era: Era) -> Option<()> {
    let names = ["tls.handshake.cert_types_count", "tls.handshake.cert_types", "tls.handshake.cert_type"];
    let show = |kind| named(ClientCertificateType(kind).name(), kind);
    codes(cursor, 1, names, ["Certificate Types", "Certificate Type"], show)?;
    if era.names_algorithm() {
        schemes(cursor)?;
    }
    distinguished_names(cursor, "Distinguished Names")
}

/// RFC 5246 §7.4.4, RFC 8446 §4.2.4.
pub(super) fn distinguished_names(cursor: &mut Cursor<'_>, label: &'static str) -> Option<()> {
    list(cursor, 2, ["tls.handshake.dnames_len", "tls.handshake.dnames"], label, |cursor| {
        opaque(cursor, 2, ["tls.handshake.dname_len", "tls.handshake.dname"], "Distinguished Name")
            .map(|_| ())
    })
}

/// RFC 8446 §4.2.3.
pub(super) fn schemes(cursor: &mut Cursor<'_>) -> Option<()> {
    let names =
        ["tls.handshake.sig_hash_alg_len", "tls.handshake.sig_hash_algs", "tls.handshake.sig_hash_alg"];
    numbers(cursor, 2, names, ["Signature Algorithms", "Signature Algorithm"], show_scheme)
}

pub(super) fn verify(cursor: &mut Cursor<'_>, eras: &[Era]) {
    cursor.first_whole(eras, |era, cursor| {
        signature(
            cursor,
            era,
            ["tls.handshake.client_cert_vrfy.sig_len", "tls.handshake.client_cert_vrfy.sig"],
        );
    });
}

/// RFC 5246 §4.7; before TLS 1.2 without the algorithm.
pub(super) fn signature(cursor: &mut Cursor<'_>, era: Era, names: [&'static str; 2]) -> Option<()> {
    if era.names_algorithm() {
        cursor.u16_as("tls.handshake.sig_hash_alg", "Signature Algorithm", show_scheme)?;
    }
    opaque(cursor, 2, names, "Signature").map(|_| ())
}

/// RFC 6066 §5; the octet before the hash says whether there is one (RFC 4366 §3.3).
pub(super) fn url(cursor: &mut Cursor<'_>) -> Option<()> {
    let show = |kind| named(CertificateChainType(kind).name(), kind);
    cursor.u8_as("tls.handshake.cert_url_type", "Certificate Chain Type", show)?;
    let names = ["tls.handshake.cert_url.url_hash_len", "tls.handshake.cert_url.url_hash"];
    list(cursor, 2, names, "URLs and Hashes", |cursor| {
        text(cursor, 2, ["tls.handshake.cert_url.url_len", "tls.handshake.cert_url.url"], "URL")?;
        match cursor.u8("tls.handshake.cert_url.padding", "Padding")? {
            0 => {}
            1 => {
                cursor.octets("tls.handshake.cert_url.sha1", "SHA1 Hash", 20)?;
            }
            _ => {
                cursor.refuse("Padding", "neither 0 nor 1");
                return None;
            }
        }
        Some(())
    })
}

/// RFC 6066 §8, RFC 6961 §2.2.
pub(super) fn status(cursor: &mut Cursor<'_>) -> Option<()> {
    let show = |kind| named(CertificateStatusType(kind).name(), kind);
    let kind =
        cursor.u8_as("tls.handshake.extensions_status_request_type", "Certificate Status Type", show)?;
    let response = ["tls.handshake.ocsp_response_len", "tls.handshake.ocsp_response"];
    match CertificateStatusType(kind) {
        CertificateStatusType::OCSP => blob(cursor, 3, response, "OCSP Response").map(|_| ()),
        CertificateStatusType::OCSP_MULTI => {
            let names = ["tls.handshake.ocsp_response_list_len", "tls.handshake.ocsp_response_list"];
            list(cursor, 3, names, "OCSP Responses", |cursor| {
                item(cursor, "tls.handshake.ocsp_response_entry", "OCSP Response", |cursor| {
                    let count = length(cursor, 3, "tls.handshake.ocsp_response_len", "OCSP Response")?;
                    if count > 0 {
                        cursor.octets_as(
                            "tls.handshake.ocsp_response",
                            "OCSP Response",
                            count,
                            |response| octets(response.len()),
                        )?;
                    }
                    Some(octets(count))
                })
            })
        }
        _ => {
            cursor.refuse("Certificate Status", "its type has no form");
            None
        }
    }
}
