//! Encrypted Client Hello (RFC 9849 §4, §5).

use tapline_packet::field::{Cursor, hex};

use super::show_type;
use crate::tls::extension::Context;
use crate::tls::fields::vectors::{length, list, named, named16, opaque, text};
use crate::tls::{ExtensionType, HpkeAead, HpkeKdf, HpkeKem};

pub(super) fn extension(cursor: &mut Cursor<'_>, context: Context) -> Option<()> {
    match context {
        Context::ClientHello => hello(cursor),
        Context::HelloRetryRequest => cursor.octets("tls.ech.confirmation", "Confirmation", 8).map(|_| ()),
        _ => list(cursor, 2, ["tls.ech.retry_configs_len", "tls.ech.retry_configs"], "Retry Configs", config),
    }
}

fn hello(cursor: &mut Cursor<'_>) -> Option<()> {
    let show = |kind| named([Some("outer"), Some("inner")].get(usize::from(kind)).copied().flatten(), kind);
    match cursor.u8_as("tls.ech.client_hello_type", "Client Hello Type", show)? {
        0 => {}
        1 => return Some(()),
        _ => {
            cursor.refuse("Encrypted Client Hello", "its type has no form");
            return None;
        }
    }
    suite(cursor)?;
    cursor.u8("tls.ech.config_id", "Config Id")?;
    opaque(cursor, 2, ["tls.ech.enc_length", "tls.ech.enc"], "Enc")?;
    opaque(cursor, 2, ["tls.ech.payload_length", "tls.ech.payload"], "Payload").map(|_| ())
}

fn suite(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.u16_as("tls.ech.kdf_id", "KDF Id", |id| named16(HpkeKdf(id).name(), id))?;
    cursor.u16_as("tls.ech.aead_id", "AEAD Id", |id| named16(HpkeAead(id).name(), id)).map(|_| ())
}

/// A configuration; of another version than the one that is read, its octets.
fn config(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.heading("tls.ech.config", "ECH Config", |cursor| {
        let version = cursor.u16_as("tls.ech.config.version", "Version", |v| format!("0x{v:04x}"))?;
        let count = length(cursor, 2, "tls.ech.config.length", "Contents")?;
        if ExtensionType(version) == ExtensionType::ENCRYPTED_CLIENT_HELLO {
            cursor.part(count, contents)
        } else {
            cursor.part(count, |cursor| cursor.rest_as("tls.ech.config.contents", "Contents", hex));
            Some(())
        }
    })
}

fn contents(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.u8("tls.ech.config_id", "Config Id")?;
    cursor.u16_as("tls.ech.kem_id", "KEM Id", |id| named16(HpkeKem(id).name(), id))?;
    opaque(cursor, 2, ["tls.ech.public_key_len", "tls.ech.public_key"], "Public Key")?;
    let names = ["tls.ech.cipher_suites_len", "tls.ech.cipher_suites"];
    list(cursor, 2, names, "Cipher Suites", suite)?;
    cursor.u8("tls.ech.maximum_name_length", "Maximum Name Length")?;
    text(cursor, 1, ["tls.ech.public_name_len", "tls.ech.public_name"], "Public Name")?;
    let names = ["tls.ech.extensions_len", "tls.ech.extensions"];
    list(cursor, 2, names, "Extensions", |cursor| {
        cursor.u16_as("tls.ech.extension.type", "Type", show_type)?;
        opaque(cursor, 2, ["tls.ech.extension.len", "tls.ech.extension.data"], "Data").map(|_| ())
    })
}
