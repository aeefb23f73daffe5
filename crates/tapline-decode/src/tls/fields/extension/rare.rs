//! Extensions that are seldom seen: passwords (RFC 8492), pinned tickets (RFC 8672), chains of DNSSEC (RFC 9102), the
//! encrypted server name that ECH came from, and whatever is one vector.

use tapline_packet::field::{Cursor, hex};

use super::show_group;
use crate::tls::fields::hello::show_suite;
use crate::tls::fields::vectors::{opaque, text};

const DATA: [&str; 2] = ["tls.handshake.extension.data_len", "tls.handshake.extension.data"];

/// One vector with a length of one octet.
pub(super) fn octets8(cursor: &mut Cursor<'_>, label: &'static str) -> Option<()> {
    opaque(cursor, 1, DATA, label).map(|_| ())
}

/// The same, of text.
pub(super) fn name8(cursor: &mut Cursor<'_>, label: &'static str) -> Option<()> {
    text(cursor, 1, DATA, label).map(|_| ())
}

/// One vector with a length of two octets.
pub(super) fn octets16(cursor: &mut Cursor<'_>, label: &'static str) -> Option<()> {
    opaque(cursor, 2, DATA, label).map(|_| ())
}

/// RFC 8672 §3.
pub(super) fn ticket_pinning(cursor: &mut Cursor<'_>, offered: bool) -> Option<()> {
    if offered {
        return octets16(cursor, "Ticket");
    }
    octets8(cursor, "Proof")?;
    octets16(cursor, "Ticket")?;
    cursor.u32_as("tls.ticket_pinning.lifetime", "Lifetime", |seconds| format!("{seconds} s")).map(|_| ())
}

/// RFC 9102 §2.2.
pub(super) fn dnssec_chain(cursor: &mut Cursor<'_>, offered: bool) -> Option<()> {
    if offered {
        return cursor.u16("tls.dnssec_chain.port", "Port Number").map(|_| ());
    }
    cursor.u16_as("tls.dnssec_chain.lifetime", "Support Lifetime", |hours| format!("{hours} h"))?;
    cursor.rest_as("tls.dnssec_chain.records", "Records", hex);
    Some(())
}

/// draft-ietf-tls-esni before draft 6.
pub(super) fn encrypted_server_name(cursor: &mut Cursor<'_>, offered: bool) -> Option<()> {
    if !offered {
        return cursor.octets("tls.esni.nonce", "Nonce", 16).map(|_| ());
    }
    cursor.u16_as("tls.esni.suite", "Cipher Suite", show_suite)?;
    cursor.u16_as("tls.handshake.extensions_key_share_group", "Group", show_group)?;
    let names = [
        "tls.handshake.extensions_key_share_key_exchange_length",
        "tls.handshake.extensions_key_share_key_exchange",
    ];
    opaque(cursor, 2, names, "Key Exchange")?;
    opaque(cursor, 2, ["tls.esni.record_digest_length", "tls.esni.record_digest"], "Record Digest")?;
    opaque(cursor, 2, ["tls.esni.encrypted_sni_length", "tls.esni.encrypted_sni"], "Encrypted SNI")
        .map(|_| ())
}
