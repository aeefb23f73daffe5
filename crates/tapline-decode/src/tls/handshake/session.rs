//! What goes with a session beside its keys: tickets (RFC 5077, RFC 8446 §4.6.1), key updates (RFC 8446
//! §4.6.3), the next protocol (NPN), and supplemental data (RFC 4680).

use super::Era;
use super::hello::extension_block;
use super::vectors::{first_whole, opaque8, opaque16};
use crate::anomaly::Anomaly;
use crate::parse::{Parsed, all, refuse, u8, u16, u32, vector24};
use crate::tls::extension::Context;
use crate::tls::{Extension, SupplementalDataType};

/// RFC 5077 §3.3, RFC 8446 §4.6.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSessionTicket {
    /// How long the ticket may be used, in seconds; in TLS 1.2 a hint, and 0 says nothing.
    pub lifetime_s: u32,
    /// TLS 1.3 only: what the client adds to the ticket's age.
    pub age_add: Option<u32>,
    /// TLS 1.3 only: what makes the key of this ticket its own.
    pub nonce: Option<Vec<u8>>,
    /// The ticket; in TLS 1.2 empty where the server gives none after all.
    pub ticket: Vec<u8>,
    /// TLS 1.3 only, in wire order.
    pub extensions: Vec<Extension>,
}

/// RFC 8446 §4.6.3: what the sender sends from now on has new keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyUpdate {
    /// Whether the other side is to do the same.
    pub update_requested: bool,
}

/// draft-agl-tls-nextprotoneg: encrypted, before the client's Finished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextProtocol {
    /// The protocol the client takes, of the server's or not.
    pub selected_protocol: Vec<u8>,
    /// What hides the name's length.
    pub padding: Vec<u8>,
}

/// RFC 4680.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupplementalData {
    /// Entries in wire order.
    pub entries: Vec<SupplementalDataEntry>,
}

/// One piece of supplemental data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupplementalDataEntry {
    /// What it is.
    pub kind: SupplementalDataType,
    /// Its octets.
    pub data: Vec<u8>,
}

pub(super) fn new_session_ticket<'a>(
    input: &'a [u8],
    eras: &[Era],
    oddities: &mut Vec<Anomaly>,
) -> Parsed<'a, NewSessionTicket> {
    first_whole(eras, input, oddities, |era, input, oddities| {
        let (input, lifetime_s) = u32("ticket_lifetime", input)?;
        if era != Era::Tls13 {
            let (input, ticket) = opaque16("ticket", input)?;
            let (age_add, nonce, extensions) = (None, None, Vec::new());
            return Ok((input, NewSessionTicket { lifetime_s, age_add, nonce, ticket, extensions }));
        }
        let (input, age_add) = u32("ticket_age_add", input)?;
        let (input, nonce) = opaque8("ticket_nonce", input)?;
        let (input, ticket) = opaque16("ticket", input)?;
        let (input, extensions) = extension_block(input, Context::NewSessionTicket, oddities)?;
        let (age_add, nonce) = (Some(age_add), Some(nonce));
        Ok((input, NewSessionTicket { lifetime_s, age_add, nonce, ticket, extensions }))
    })
}

pub(super) fn key_update(input: &[u8]) -> Parsed<'_, KeyUpdate> {
    let (rest, request) = u8("request_update", input)?;
    match request {
        0 | 1 => Ok((rest, KeyUpdate { update_requested: request == 1 })),
        _ => refuse("request_update", input),
    }
}

pub(super) fn next_protocol(input: &[u8]) -> Parsed<'_, NextProtocol> {
    let (input, selected_protocol) = opaque8("selected_protocol", input)?;
    let (input, padding) = opaque8("padding", input)?;
    Ok((input, NextProtocol { selected_protocol, padding }))
}

pub(super) fn supplemental_data(input: &[u8]) -> Parsed<'_, SupplementalData> {
    let (input, list) = vector24("supp_data", input)?;
    let entries = all(list, |input| {
        let (input, kind) = u16("supp_data_type", input)?;
        let (input, data) = opaque16("supp_data_entry", input)?;
        Ok((input, SupplementalDataEntry { kind: SupplementalDataType(kind), data }))
    })?;
    Ok((input, SupplementalData { entries }))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{LATE, TLS12, TLS13, check, hex, read, refused};
    use super::*;
    use crate::tls::{ExtensionBody, ExtensionType, Handshake, HandshakeType};

    #[test]
    fn a_ticket_of_tls_1_2() {
        let (age_add, nonce, extensions) = (None, None, vec![]);
        let ticket = NewSessionTicket { lifetime_s: 7200, age_add, nonce, ticket: vec![1, 2], extensions };
        assert_eq!(ticket.early_data_max(), None);
        let expected = Handshake::NewSessionTicket(Box::new(ticket));
        check(TLS12, "00001c20 0002 0102", &expected);
        assert_eq!(read(HandshakeType::NEW_SESSION_TICKET, LATE, &hex("00001c20 0002 0102")).0, expected);
    }

    #[test]
    fn a_ticket_of_tls_1_3() {
        let early = ExtensionBody::EarlyData(Some(16384));
        let ticket = NewSessionTicket {
            lifetime_s: 7200,
            age_add: Some(5),
            nonce: Some(vec![0]),
            ticket: vec![1, 2],
            extensions: vec![Extension { kind: ExtensionType::EARLY_DATA, length: 4, body: early }],
        };
        assert_eq!(ticket.early_data_max(), Some(16384));
        let expected = Handshake::NewSessionTicket(Box::new(ticket));
        let body = "00001c20 00000005 01 00 0002 0102 0008 002a 0004 00004000";
        check(TLS13, body, &expected);
        assert_eq!(read(HandshakeType::NEW_SESSION_TICKET, LATE, &hex(body)).0, expected);
    }

    #[test]
    fn a_key_update_asks_or_does_not() {
        check(TLS13, "00", &Handshake::KeyUpdate(KeyUpdate { update_requested: false }));
        check(TLS13, "01", &Handshake::KeyUpdate(KeyUpdate { update_requested: true }));
        refused(HandshakeType::KEY_UPDATE, TLS13, "02");
    }

    #[test]
    fn the_next_protocol_and_its_padding() {
        let (selected_protocol, padding) = (b"spdy/3".to_vec(), vec![0; 2]);
        let expected = Handshake::NextProtocol(NextProtocol { selected_protocol, padding });
        check(TLS12, "06 737064792f33 02 0000", &expected);
    }
}
