//! Extensions about keys and versions (RFC 8446 §4.2.1, §4.2.8–§4.2.11; RFC 9149).

use tapline_packet::field::Cursor;

use super::show_group;
use crate::tls::PskKeyExchangeMode;
use crate::tls::extension::Context;
use crate::tls::fields::hello::show_version;
use crate::tls::fields::vectors::{codes, item, list, named, numbers, opaque};

/// RFC 8446 §4.2.1.
pub(super) fn supported_versions(cursor: &mut Cursor<'_>) -> Option<()> {
    let names = [
        "tls.handshake.extensions.supported_versions_len",
        "tls.handshake.extensions.supported_versions",
        "tls.handshake.extensions.supported_version",
    ];
    numbers(cursor, 1, names, ["Supported Versions", "Supported Version"], show_version)
}

pub(super) fn supported_version(cursor: &mut Cursor<'_>) -> Option<()> {
    let name = "tls.handshake.extensions.supported_version";
    cursor.u16_as(name, "Supported Version", show_version).map(|_| ())
}

/// RFC 8446 §4.2.8.
pub(super) fn key_share(cursor: &mut Cursor<'_>, context: Context) -> Option<()> {
    match context {
        Context::ClientHello => {
            let names =
                ["tls.handshake.extensions_key_share_client_length", "tls.handshake.extensions_key_shares"];
            list(cursor, 2, names, "Client Key Shares", entry)
        }
        Context::HelloRetryRequest => {
            let name = "tls.handshake.extensions_key_share_selected_group";
            cursor.u16_as(name, "Selected Group", show_group).map(|_| ())
        }
        _ => entry(cursor),
    }
}

fn entry(cursor: &mut Cursor<'_>) -> Option<()> {
    item(cursor, "tls.handshake.extensions_key_share_entry", "Key Share Entry", |cursor| {
        let group = cursor.u16_as("tls.handshake.extensions_key_share_group", "Group", show_group)?;
        let names = [
            "tls.handshake.extensions_key_share_key_exchange_length",
            "tls.handshake.extensions_key_share_key_exchange",
        ];
        opaque(cursor, 2, names, "Key Exchange")?;
        Some(show_group(group))
    })
}

/// RFC 8446 §4.2.11: identities with their ticket ages, then as many binders.
pub(super) fn pre_shared_keys(cursor: &mut Cursor<'_>) -> Option<()> {
    let names = ["tls.handshake.extensions.psk.identities.length", "tls.handshake.extensions.psk.identities"];
    let (mut identities, mut binders) = (0, 0);
    list(cursor, 2, names, "Identities", |cursor| {
        identities += 1;
        let names = [
            "tls.handshake.extensions.psk.identity.identity_length",
            "tls.handshake.extensions.psk.identity.identity",
        ];
        opaque(cursor, 2, names, "Identity")?;
        let name = "tls.handshake.extensions.psk.identity.obfuscated_ticket_age";
        cursor.u32(name, "Obfuscated Ticket Age").map(|_| ())
    })?;
    let names = ["tls.handshake.extensions.psk.binders_len", "tls.handshake.extensions.psk.binders"];
    list(cursor, 2, names, "PSK Binders", |cursor| {
        binders += 1;
        let names = ["tls.handshake.extensions.psk.binder_len", "tls.handshake.extensions.psk.binder"];
        opaque(cursor, 1, names, "PSK Binder").map(|_| ())
    })?;
    if identities != binders {
        cursor.refuse("PSK Binders", format!("{binders} for {identities} identities"));
    }
    Some(())
}

/// RFC 8446 §4.2.9.
pub(super) fn modes(cursor: &mut Cursor<'_>) -> Option<()> {
    let names =
        ["tls.extension.psk_ke_modes_length", "tls.extension.psk_ke_modes", "tls.extension.psk_ke_mode"];
    let show = |mode| named(PskKeyExchangeMode(mode).name(), mode);
    codes(cursor, 1, names, ["PSK Key Exchange Modes", "PSK Key Exchange Mode"], show)
}

/// RFC 9149 §3.
pub(super) fn ticket_request(cursor: &mut Cursor<'_>, offered: bool) -> Option<()> {
    if !offered {
        return cursor.u8("tls.ticket_request.expected", "Expected Tickets").map(|_| ());
    }
    cursor.u8("tls.ticket_request.new_session", "New Session Count")?;
    cursor.u8("tls.ticket_request.resumption", "Resumption Count").map(|_| ())
}
