//! Field trees of records and handshake messages: the same forms as in `handshake/` and `extension/`, each octet at its
//! place.

mod certificate;
mod extension;
mod handshake;
mod hello;
mod key_exchange;
mod records;
mod session;
mod vectors;

use tapline_packet::Field;
use tapline_packet::field::Cursor;

use super::{Negotiated, Version};
use records::Records;

/// Whether the records of a direction are encrypted, as far as their reader knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Protection {
    /// It is told by what is in them: what cannot be a message in clear is encrypted.
    #[default]
    Unknown,
    /// The first ones are in clear.
    Clear,
    /// They are not in clear.
    Encrypted,
}

impl From<Option<Version>> for Negotiated {
    fn from(version: Option<Version>) -> Self {
        Self { version, cipher_suite: None }
    }
}

/// The fields of records as they lie in the stream, one or more (RFC 8446 §5.1): those in clear with the messages inside
/// them, the others as they are.
///
/// A message that is split over records is a fragment in each; put together, [`handshake_fields`] tells it.
pub fn record_fields(octets: &[u8]) -> Vec<Field> {
    record_fields_with(octets, Negotiated::default(), Protection::Unknown)
}

/// The same, knowing what was negotiated before them and whether they are encrypted.
pub fn record_fields_with(octets: &[u8], negotiated: Negotiated, protection: Protection) -> Vec<Field> {
    let mut cursor = Cursor::new(octets);
    let mut records = Records::new(negotiated, protection);
    while !cursor.is_empty() {
        records.record(&mut cursor);
    }
    cursor.finish()
}

/// The fields of handshake messages one after another, without record headers: what was inside records that were opened,
/// or what was put together of several. The form of many hangs on what was negotiated; where that is not known, the form
/// that uses the message up is taken.
pub fn handshake_fields(octets: &[u8], negotiated: impl Into<Negotiated>) -> Vec<Field> {
    let mut cursor = Cursor::new(octets);
    let mut negotiated = negotiated.into();
    while !cursor.is_empty() {
        handshake::message(&mut cursor, &mut negotiated);
    }
    cursor.finish()
}

/// Holds a tree against the parser of the same octets: two readings of one RFC have to refuse the same.
#[cfg(test)]
pub(super) mod testing {
    use super::*;
    use crate::anomaly::{self, Anomaly};
    use crate::tls::extension::Context;
    use crate::tls::{Handshake, HandshakeType};

    /// Whether the parser found the octets whole.
    fn is_whole<'a>(mut codes: impl Iterator<Item = &'a str>) -> bool {
        let faults = [anomaly::TLS_TRAILING_OCTETS, anomaly::TLS_BAD_EXTENSION, anomaly::TLS_BAD_HANDSHAKE];
        !codes.any(|code| faults.contains(&code))
    }

    /// A message's body, as it was read.
    pub(in crate::tls) fn message_agrees(
        kind: HandshakeType,
        negotiated: Negotiated,
        body: &[u8],
        (message, oddities): (&Handshake, &[Anomaly]),
    ) {
        let [_, a, b, c] = u32::try_from(body.len()).unwrap().to_be_bytes();
        let octets = [&[kind.0, a, b, c], body].concat();
        let fields = handshake_fields(&octets, negotiated);
        // It is read, and has no place in any message.
        let forbidden = kind == HandshakeType::MESSAGE_HASH;
        let whole = forbidden
            || !matches!(message, Handshake::Malformed { .. })
                && is_whole(oddities.iter().map(|oddity| oddity.code));
        let damaged = fields.iter().any(Field::is_damaged);
        assert_eq!(whole, !damaged, "{message:?}, {oddities:?}, {fields:#?}");
    }

    /// A block of extensions without its length, as it was read.
    pub(in crate::tls) fn extensions_agree(context: Context, block: &[u8], codes: &[&'static str]) {
        let mut cursor = Cursor::new(block);
        while !cursor.is_empty() && extension::extension(&mut cursor, context).is_some() {}
        let fields = cursor.finish();
        let damaged = fields.iter().any(Field::is_damaged);
        assert_eq!(is_whole(codes.iter().copied()), !damaged, "{context:?}, {codes:?}, {fields:#?}");
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::handshake::message;
    use super::super::{CipherSuite, HandshakeType, Version};
    use super::*;

    fn agree(kind: u8, body: &[u8], negotiated: Negotiated) {
        let mut oddities = Vec::new();
        let read = message(HandshakeType(kind), body, negotiated, &mut oddities);
        testing::message_agrees(HandshakeType(kind), negotiated, body, (&read, &oddities));
    }

    fn negotiated() -> impl Strategy<Value = Negotiated> {
        let version = prop::sample::select(&[0x0300, 0x0301, 0x0303, 0x0304, 0x7f1c][..]);
        let suite = prop::sample::select(
            &[0x002f, 0x0003, 0x0033, 0x0018, 0xc02f, 0xc018, 0x008c, 0xc035, 0xc01e, 0x1301, 0xc106][..],
        );
        (prop::option::of(version), prop::option::of(suite)).prop_map(|(version, suite)| Negotiated {
            version: version.map(Version),
            cipher_suite: suite.map(CipherSuite),
        })
    }

    /// Vectors in vectors, as everything is made of them.
    fn vectors() -> impl Strategy<Value = Vec<u8>> {
        let octets = prop::collection::vec(prop_oneof![0_u8..5, any::<u8>()], 0..9);
        octets.prop_recursive(3, 24, 4, |inner| {
            (prop::collection::vec(inner, 0..4), 0..4_usize).prop_map(|(parts, size)| {
                let content = parts.concat();
                let length = u32::try_from(content.len()).unwrap().to_be_bytes();
                [&length[4 - size..], &content].concat()
            })
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4000, ..ProptestConfig::default() })]

        #[test]
        fn the_tree_of_a_message_is_damaged_where_its_parser_refuses(
            kind in prop_oneof![0_u8..26, Just(67), any::<u8>()],
            body in prop::collection::vec(vectors(), 0..4),
            negotiated in negotiated(),
        ) {
            agree(kind, &body.concat(), negotiated);
        }

        #[test]
        fn the_tree_of_extensions_is_damaged_where_their_parser_refuses(
            kind in prop_oneof![0_u16..70, Just(0xfe0d), Just(0xff01), Just(0x0a0a), Just(13172), any::<u16>()],
            data in prop::collection::vec(vectors(), 0..4),
            place in 0..5_usize,
        ) {
            let client = [&[3, 3][..], &[7; 32], &[0, 0, 2, 0x13, 1, 1, 0]].concat();
            let server = [&[3, 3][..], &[7; 32], &[0, 0x13, 1, 0]].concat();
            let ticket = vec![0, 0, 0, 9, 0, 0, 0, 9, 0, 0, 1, 5];
            let (message, before) =
                [(1, client), (2, server), (8, vec![]), (13, vec![0]), (4, ticket)][place].clone();
            let data = data.concat();
            let lengths = [data.len() + 4, data.len()].map(|n| u16::try_from(n).unwrap().to_be_bytes());
            let body = [&before[..], &lengths[0], &kind.to_be_bytes(), &lengths[1], &data].concat();
            agree(message, &body, Some(Version(0x0304)).into());
        }
    }
}
