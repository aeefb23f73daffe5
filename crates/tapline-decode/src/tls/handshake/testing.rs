//! What the tests of messages share: a body, what it says, and two laws that every body is held to.

use super::message;
use crate::anomaly::Anomaly;
use crate::tls::{CipherSuite, Handshake, HandshakeType, Negotiated, Version};

pub(super) const SSL3: Negotiated = negotiated(0x0300, 0x002f);
pub(super) const TLS11: Negotiated = negotiated(0x0302, 0xc013);
pub(super) const TLS12: Negotiated = negotiated(0x0303, 0xc02f);
pub(in crate::tls) const TLS13: Negotiated = negotiated(0x0304, 0x1301);
pub(super) const LATE: Negotiated = Negotiated { version: None, cipher_suite: None };

pub(super) const fn negotiated(version: u16, suite: u16) -> Negotiated {
    Negotiated { version: Some(Version(version)), cipher_suite: Some(CipherSuite(suite)) }
}

/// Octets from hexadecimal digits; blanks do not count.
pub(in crate::tls) fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

pub(super) fn read(kind: HandshakeType, negotiated: Negotiated, body: &[u8]) -> (Handshake, Vec<Anomaly>) {
    let mut oddities = Vec::new();
    let message = message(kind, body, negotiated, &mut oddities);
    crate::tls::fields::testing::message_agrees(kind, negotiated, body, (&message, &oddities));
    (message, oddities)
}

/// The body says this and breaks nothing; cut anywhere it breaks something; another octet anywhere says
/// something else or breaks something.
pub(in crate::tls) fn check(negotiated: Negotiated, body: &str, expected: &Handshake) {
    check_but(&[], negotiated, body, expected);
}

/// As [`check`], where the body cut at one of `whole` is whole, too.
pub(super) fn check_but(whole: &[usize], negotiated: Negotiated, body: &str, expected: &Handshake) {
    let (kind, body) = (expected.kind(), hex(body));
    let (message, oddities) = read(kind, negotiated, &body);
    assert_eq!(&message, expected, "{kind} {body:02x?}");
    assert_eq!(oddities, [], "{kind} {body:02x?}");
    for cut in 0..body.len() {
        let (message, oddities) = read(kind, negotiated, &body[..cut]);
        assert_eq!(oddities.is_empty(), whole.contains(&cut), "{kind} cut at {cut}: {message:?}");
    }
    for nth in 0..body.len() {
        for mask in [1, 0x80, 0xff] {
            let mut other = body.clone();
            other[nth] ^= mask;
            let (message, oddities) = read(kind, negotiated, &other);
            assert!(&message != expected || !oddities.is_empty(), "{kind} octet {nth} does not matter");
        }
    }
    let (message, oddities) = read(kind, negotiated, &[&body[..], &[0]].concat());
    assert!(&message != expected || !oddities.is_empty(), "{kind}: an octet too many");
}

/// The octets do not fit their type, and are kept.
pub(super) fn refused(kind: HandshakeType, negotiated: Negotiated, body: &str) {
    let body = hex(body);
    let (message, oddities) = read(kind, negotiated, &body);
    assert_eq!(message, Handshake::Malformed { kind, body });
    assert_eq!(oddities[0].code, crate::anomaly::TLS_BAD_HANDSHAKE);
}
