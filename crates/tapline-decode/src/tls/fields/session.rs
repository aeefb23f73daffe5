//! What goes with a session: tickets (RFC 5077, RFC 8446 §4.6.1), Finished, key updates (RFC 8446 §4.6.3), the next
//! protocol (NPN), supplemental data (RFC 4680).

use tapline_packet::field::{Cursor, hex};

use super::hello;
use super::vectors::{list, named, named16, opaque, text};
use crate::tls::extension::Context;
use crate::tls::handshake::{Era, is_verify_data_size};
use crate::tls::{Negotiated, SupplementalDataType};

const TICKET: [&str; 2] = ["tls.handshake.session_ticket_length", "tls.handshake.session_ticket"];

pub(super) fn ticket(cursor: &mut Cursor<'_>, eras: &[Era]) {
    cursor.first_whole(eras, |era, cursor| {
        ticket_form(cursor, era);
    });
}

fn ticket_form(cursor: &mut Cursor<'_>, era: Era) -> Option<()> {
    let show = |seconds| format!("{seconds} s");
    cursor.u32_as("tls.handshake.session_ticket_lifetime_hint", "Session Ticket Lifetime", show)?;
    if era != Era::Tls13 {
        return opaque(cursor, 2, TICKET, "Session Ticket").map(|_| ());
    }
    cursor.u32("tls.handshake.session_ticket_age_add", "Session Ticket Age Add")?;
    let names = ["tls.handshake.session_ticket_nonce_length", "tls.handshake.session_ticket_nonce"];
    opaque(cursor, 1, names, "Session Ticket Nonce")?;
    opaque(cursor, 2, TICKET, "Session Ticket")?;
    hello::extensions(cursor, Context::NewSessionTicket)
}

pub(super) fn finished(cursor: &mut Cursor<'_>, negotiated: Negotiated) {
    if is_verify_data_size(cursor.left().len(), negotiated) {
        cursor.rest_as("tls.handshake.verify_data", "Verify Data", hex);
    } else {
        cursor.refuse("Verify Data", "not as long as the version and the suite say");
    }
}

pub(super) fn key_update(cursor: &mut Cursor<'_>) -> Option<()> {
    let show = |request| {
        let name = match request {
            0 => Some("update_not_requested"),
            1 => Some("update_requested"),
            _ => None,
        };
        named(name, request)
    };
    let request = cursor.u8_as("tls.handshake.key_update.request_update", "Key Update Request", show)?;
    if request > 1 {
        cursor.refuse("Key Update Request", "neither 0 nor 1");
    }
    Some(())
}

pub(super) fn next_protocol(cursor: &mut Cursor<'_>) -> Option<()> {
    let names = ["tls.handshake.npn_selected_protocol_len", "tls.handshake.npn_selected_protocol"];
    text(cursor, 1, names, "Selected Protocol")?;
    opaque(cursor, 1, ["tls.handshake.npn_padding_len", "tls.handshake.npn_padding"], "Padding").map(|_| ())
}

pub(super) fn supplemental_data(cursor: &mut Cursor<'_>) -> Option<()> {
    let names = ["tls.handshake.supplemental_data_len", "tls.handshake.supplemental_data"];
    list(cursor, 3, names, "Supplemental Data", |cursor| {
        let show = |kind| named16(SupplementalDataType(kind).name(), kind);
        cursor.u16_as("tls.handshake.supplemental_data.type", "Type", show)?;
        let names = ["tls.handshake.supplemental_data.entry_len", "tls.handshake.supplemental_data.entry"];
        opaque(cursor, 2, names, "Data").map(|_| ())
    })
}
