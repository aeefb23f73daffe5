//! Hellos and their extensions (RFC 8446 §4.1, §4.3.1; RFC 5246 §7.4.1; appendix E.2 for SSL 2.0).

use tapline_packet::field::{Cursor, hex, size as octets};

use super::extension;
use super::handshake::HEADER_SIZE;
use super::vectors::{codes, length, named, named16, numbers};
use crate::tls::extension::Context;
use crate::tls::handshake::HELLO_RETRY_REQUEST;
use crate::tls::{CipherSuite, CompressionMethod, Sslv2CipherKind, Version};

/// Octets of a session id at most.
const SESSION_ID_MAX: usize = 32;

pub(super) fn version(cursor: &mut Cursor<'_>) -> Option<u16> {
    cursor.u16_as("tls.handshake.version", "Version", show_version)
}

/// `TLS 1.2 (0x0303)`.
pub(super) fn show_version(number: u16) -> String {
    let version = Version(number);
    let draft = version.draft().map(|draft| format!("TLS 1.3 draft {draft}"));
    named16(version.name().or(draft.as_deref()), number)
}

pub(super) fn show_suite(number: u16) -> String {
    named16(CipherSuite(number).name(), number)
}

fn show_compression(number: u8) -> String {
    named(CompressionMethod(number).name(), number)
}

/// Whether a whole message, header included, is a `HelloRetryRequest` if it is a `ServerHello`.
pub(super) fn is_retry(message: &[u8]) -> bool {
    message.get(HEADER_SIZE + 2..).is_some_and(|rest| rest.starts_with(&HELLO_RETRY_REQUEST))
}

pub(super) fn client(cursor: &mut Cursor<'_>) -> Option<()> {
    version(cursor)?;
    cursor.octets("tls.handshake.random", "Random", 32)?;
    session_id(cursor)?;
    let names =
        ["tls.handshake.cipher_suites_length", "tls.handshake.ciphersuites", "tls.handshake.ciphersuite"];
    numbers(cursor, 2, names, ["Cipher Suites", "Cipher Suite"], show_suite)?;
    let names =
        ["tls.handshake.comp_methods_length", "tls.handshake.comp_methods", "tls.handshake.comp_method"];
    codes(cursor, 1, names, ["Compression Methods", "Compression Method"], show_compression)?;
    optional_extensions(cursor, Context::ClientHello)
}

/// Before draft 22 of TLS 1.3 without session id and compression method.
pub(super) fn server(cursor: &mut Cursor<'_>) -> Option<()> {
    let early_draft = version(cursor)? >> 8 == 0x7f;
    let random = cursor.octets("tls.handshake.random", "Random", 32)?;
    let retry = random == HELLO_RETRY_REQUEST;
    if retry {
        cursor.describe(format!("{} (HelloRetryRequest)", hex(random)));
    }
    if !early_draft {
        session_id(cursor)?;
    }
    cursor.u16_as("tls.handshake.ciphersuite", "Cipher Suite", show_suite)?;
    if !early_draft {
        cursor.u8_as("tls.handshake.comp_method", "Compression Method", show_compression)?;
    }
    optional_extensions(cursor, if retry { Context::HelloRetryRequest } else { Context::ServerHello })
}

fn session_id(cursor: &mut Cursor<'_>) -> Option<()> {
    let count = length(cursor, 1, "tls.handshake.session_id_length", "Session ID")?;
    if count > SESSION_ID_MAX {
        cursor.refuse("Session ID", format!("{}, more than {SESSION_ID_MAX}", octets(count)));
        return None;
    }
    if count > 0 {
        cursor.octets("tls.handshake.session_id", "Session ID", count)?;
    }
    Some(())
}

/// SSL 3.0 has none, and says so by their absence.
fn optional_extensions(cursor: &mut Cursor<'_>, context: Context) -> Option<()> {
    if cursor.is_empty() { Some(()) } else { extensions(cursor, context) }
}

/// A block of extensions, its length before it.
pub(super) fn extensions(cursor: &mut Cursor<'_>, context: Context) -> Option<()> {
    let count = length(cursor, 2, "tls.handshake.extensions_length", "Extensions")?;
    cursor.part(count, |cursor| {
        while !cursor.is_empty() {
            extension::extension(cursor, context)?;
        }
        Some(())
    })
}

/// A `ClientHello` in the form of SSL 2.0, behind the record's length.
pub(super) fn sslv2(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.u8_as("tls.handshake.type", "Handshake Type", |kind| named(Some("client_hello"), kind))?;
    version(cursor)?;
    let specs = cursor.u16("tls.handshake.cipher_spec_len", "Cipher Specs Length")?;
    let id = cursor.u16("tls.handshake.session_id_length", "Session ID Length")?;
    let challenge = cursor.u16("tls.handshake.challenge_length", "Challenge Length")?;
    cursor.group("tls.handshake.cipherspecs", "Cipher Specs", specs.into(), |cursor| {
        while !cursor.is_empty() {
            cursor.u24_as("tls.handshake.cipherspec", "Cipher Spec", |number| {
                let kind = Sslv2CipherKind(number);
                let suite = kind.cipher_suite().and_then(CipherSuite::name);
                named(kind.name().or(suite), format_args!("0x{number:06x}"))
            })?;
        }
        Some(())
    });
    if id > 0 {
        cursor.octets("tls.handshake.session_id", "Session ID", id.into())?;
    }
    cursor.octets("tls.handshake.challenge", "Challenge", challenge.into())?;
    Some(())
}
