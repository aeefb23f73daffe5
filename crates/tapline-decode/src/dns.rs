//! DNS messages (RFC 1035), as far as they tell which lookup led to a connection.

mod decoder;
mod fields;

use std::net::IpAddr;

use simple_dns::rdata::RData;
use simple_dns::{Packet, PacketFlag};

pub(crate) use decoder::Decoder;
pub use fields::{message_fields, stream_fields};

/// The port that DNS is asked at.
pub const PORT: u16 = 53;

/// A query or a response with one question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The query's number, which its response repeats.
    pub id: u16,
    /// Whether it answers.
    pub is_response: bool,
    /// The name that is asked for, labels as sent, without the last dot.
    pub name: Vec<u8>,
    /// The type that is asked for: 1 A, 28 AAAA, 65 HTTPS.
    pub kind: u16,
    /// The addresses in the answer, behind however many aliases.
    pub addresses: Vec<IpAddr>,
    /// How many more there were.
    pub addresses_left_out: u32,
    /// The response code (RFC 6895 §2.3): 0 no error, 2 server failure, 3 no such name.
    pub code: u16,
    /// Whether the answer was too long, so that the client asks again over TCP.
    pub is_truncated: bool,
}

/// Reads a message; `None` for what is none, or has not one question.
pub fn message(octets: &[u8]) -> Option<Message> {
    let packet = Packet::parse(octets).ok()?;
    let [question] = packet.questions.as_slice() else { return None };
    let labels: Vec<&[u8]> = question.qname.as_bytes().collect();
    let mut addresses = packet.answers.iter().filter_map(|answer| match &answer.rdata {
        RData::A(a) => Some(IpAddr::from(a.address.to_be_bytes())),
        RData::AAAA(aaaa) => Some(IpAddr::from(aaaa.address.to_be_bytes())),
        _ => None,
    });
    Some(Message {
        id: packet.id(),
        is_response: packet.has_flags(PacketFlag::RESPONSE),
        name: labels.join(&b'.'),
        kind: question.qtype.into(),
        addresses: addresses.by_ref().take(crate::limits::DNS_ADDRESSES_MAX).collect(),
        addresses_left_out: u32::try_from(addresses.count()).unwrap_or(u32::MAX),
        code: u16::from(octets.get(3)? & 0x0f),
        is_truncated: packet.has_flags(PacketFlag::TRUNCATION),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A query for example.com, by RFC 1035 §4.1.
    const QUERY: &[u8] = b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x07example\x03com\0\0\x01\0\x01";

    fn response() -> Vec<u8> {
        let mut octets = QUERY.to_vec();
        octets[2..4].copy_from_slice(&[0x81, 0x80]);
        octets[7] = 2;
        // An alias, then its address; names are pointers to the question's.
        octets.extend_from_slice(b"\xc0\x0c\0\x05\0\x01\0\0\0\x3c\0\x04\x01w\xc0\x0c");
        octets.extend_from_slice(b"\xc0\x29\0\x01\0\x01\0\0\0\x3c\0\x04\xc0\0\x02\x07");
        octets
    }

    #[test]
    fn a_query_and_its_response() {
        let query = message(QUERY).unwrap();
        assert_eq!((query.id, query.is_response, query.kind), (0x1234, false, 1));
        assert_eq!((query.name.as_slice(), query.addresses.as_slice()), (&b"example.com"[..], &[][..]));
        let response = message(&response()).unwrap();
        assert_eq!((response.id, response.is_response, response.code), (0x1234, true, 0));
        assert_eq!(response.addresses, [IpAddr::from([192, 0, 2, 7])]);
    }

    #[test]
    fn what_is_cut_or_something_else_is_none() {
        let whole = response();
        for cut in 0..whole.len() {
            assert_eq!(message(&whole[..cut]), None, "{cut}");
        }
        assert_eq!(message(b"GET / HTTP/1.1\r\n\r\n"), None);
        let mut two = QUERY.to_vec();
        two[5] = 2;
        assert_eq!(message(&two), None);
    }

    #[test]
    fn a_name_that_points_at_itself_ends() {
        let mut octets = QUERY[..12].to_vec();
        octets.extend_from_slice(b"\xc0\x0c\0\x01\0\x01");
        assert_eq!(message(&octets), None);
    }
}
