//! Extensions about keys: shares, pre-shared keys, early data, tickets (RFC 8446 §4.2.8–§4.2.11, RFC 9149).

use super::Context;
use super::body::ExtensionBody;
use crate::parse::{Parsed, all, refuse, u8, u16, u32, vector16};
use crate::tls::NamedGroup;
use crate::tls::handshake::vectors::{opaque8, opaque16};

/// RFC 8446 §4.2.11: `OfferedPsks`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreSharedKeys {
    /// The identities in order of preference.
    pub identities: Vec<PskIdentity>,
    /// A code over the hello with each key, one an identity.
    pub binders: Vec<Vec<u8>>,
}

/// RFC 8446 §4.2.11.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PskIdentity {
    /// A ticket, or the name of a key that both sides have.
    pub identity: Vec<u8>,
    /// The ticket's age in milliseconds with `ticket_age_add` on top, modulo 2^32; 0 for other keys.
    pub obfuscated_ticket_age: u32,
}

pub(super) fn key_share(context: Context, input: &[u8]) -> Parsed<'_, ExtensionBody> {
    let entry = |input| {
        let (input, group) = u16("group", input)?;
        let (input, share) = opaque16("key_exchange", input)?;
        Ok((input, (NamedGroup(group), share)))
    };
    match context {
        Context::ClientHello => {
            let (input, list) = vector16("client_shares", input)?;
            Ok((input, ExtensionBody::KeyShares(all(list, entry)?)))
        }
        Context::HelloRetryRequest => u16("selected_group", input)
            .map(|(rest, group)| (rest, ExtensionBody::RetryGroup(NamedGroup(group)))),
        _ => entry(input).map(|(rest, (group, share))| (rest, ExtensionBody::KeyShare(group, share))),
    }
}

/// Identities with their ticket ages, then as many binders.
pub(super) fn pre_shared_keys(input: &[u8]) -> Parsed<'_, PreSharedKeys> {
    let (input, list) = vector16("identities", input)?;
    let identities = all(list, |input| {
        let (input, identity) = opaque16("identity", input)?;
        let (input, obfuscated_ticket_age) = u32("obfuscated_ticket_age", input)?;
        Ok((input, PskIdentity { identity, obfuscated_ticket_age }))
    })?;
    let (input, list) = vector16("binders", input)?;
    let binders = all(list, |input| opaque8("binder", input))?;
    if binders.len() != identities.len() {
        return refuse("binders", list);
    }
    Ok((input, PreSharedKeys { identities, binders }))
}

pub(super) fn selected_identity(input: &[u8]) -> Parsed<'_, u16> {
    u16("selected_identity", input)
}

/// RFC 8446 §4.2.10: a number in a `NewSessionTicket`, nothing elsewhere.
pub(super) fn early_data(context: Context, input: &[u8]) -> Parsed<'_, ExtensionBody> {
    let (input, max) = if context == Context::NewSessionTicket {
        u32("max_early_data_size", input).map(|(rest, max)| (rest, Some(max)))?
    } else {
        (input, None)
    };
    Ok((input, ExtensionBody::EarlyData(max)))
}

/// RFC 9149 §3.
pub(super) fn ticket_request(offered: bool, input: &[u8]) -> Parsed<'_, ExtensionBody> {
    if !offered {
        return u8("expected_count", input)
            .map(|(rest, count)| (rest, ExtensionBody::ExpectedTickets(count)));
    }
    let (input, new_session_count) = u8("new_session_count", input)?;
    let (input, resumption_count) = u8("resumption_count", input)?;
    Ok((input, ExtensionBody::TicketRequest { new_session_count, resumption_count }))
}

#[cfg(test)]
mod tests {
    use super::super::Context::{
        ClientHello, EncryptedExtensions, HelloRetryRequest, NewSessionTicket, ServerHello,
    };
    use super::super::testing::{check, read, refused};
    use super::ExtensionBody as B;
    use super::*;
    use crate::tls::ExtensionType as T;

    #[test]
    fn shares() {
        let (x25519, p256) = (NamedGroup(29), NamedGroup(23));
        let shares = B::KeyShares(vec![(x25519, vec![9]), (p256, vec![])]);
        check(T::KEY_SHARE, ClientHello, "0009 001d 0001 09 0017 0000", &shares);
        check(T::KEY_SHARE, ServerHello, "001d 0001 09", &B::KeyShare(x25519, vec![9]));
        check(T::KEY_SHARE, HelloRetryRequest, "001d", &B::RetryGroup(x25519));
        check(T::KEY_SHARE_OLD, ServerHello, "001d 0001 09", &B::KeyShare(x25519, vec![9]));
    }

    #[test]
    fn pre_shared_keys() {
        let identity = |octet, age| PskIdentity { identity: vec![octet], obfuscated_ticket_age: age };
        let keys = PreSharedKeys {
            identities: vec![identity(7, 0x0102_0304), identity(8, 0)],
            binders: vec![vec![5, 6], vec![4]],
        };
        let octets = "000e 0001 07 01020304 0001 08 00000000 0005 02 0506 01 04";
        check(T::PRE_SHARED_KEY, ClientHello, octets, &B::PreSharedKeys(keys));
        check(T::PRE_SHARED_KEY, ServerHello, "0001", &B::SelectedPreSharedKey(1));
        // A binder without an identity.
        refused(T::PRE_SHARED_KEY, ClientHello, "0000 0002 01 08");
        check(T::PSK_KEY_EXCHANGE_MODES, ClientHello, "02 0100", &B::PskKeyExchangeModes(vec![1, 0]));
    }

    #[test]
    fn early_data_and_tickets() {
        check(T::EARLY_DATA, ClientHello, "", &B::EarlyData(None));
        check(T::EARLY_DATA, EncryptedExtensions, "", &B::EarlyData(None));
        check(T::EARLY_DATA, NewSessionTicket, "00004000", &B::EarlyData(Some(16384)));
        assert_eq!(read(T::SESSION_TICKET, ClientHello, &[1, 2]), (B::SessionTicket(vec![1, 2]), vec![]));
        let wanted = B::TicketRequest { new_session_count: 2, resumption_count: 1 };
        check(T::TICKET_REQUEST, ClientHello, "0201", &wanted);
        check(T::TICKET_REQUEST, EncryptedExtensions, "02", &B::ExpectedTickets(2));
    }
}
