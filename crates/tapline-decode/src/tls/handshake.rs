//! Handshake messages in clear (RFC 8446 §4, RFC 5246 §7.4): a body and what was negotiated in, a message out.
//! The form of many hangs on the version and the cipher suite; where the capture does not show them, the form
//! that uses the body up is taken.

mod authentication;
mod certificate;
mod client_key_exchange;
mod hello;
mod key_exchange;
mod server_key_exchange;
mod session;
mod sslv2;
#[cfg(test)]
pub(super) mod testing;
pub(super) mod vectors;

pub(super) use authentication::is_verify_data_size;
pub use authentication::{CertificateRequest, CertificateVerify, Finished};
pub use certificate::{
    Certificate, CertificateEntry, CertificateStatus, CertificateUrl, CompressedCertificate, UrlAndHash,
};
pub(super) use certificate::{certificate_status, is_one_sequence};
pub use client_key_exchange::{ClientExchange, ClientKeyExchange};
pub(super) use hello::HELLO_RETRY_REQUEST;
pub use hello::{ClientHello, EncryptedExtensions, ServerHello};
pub use key_exchange::{Char2Basis, Curve, Signature};
pub use server_key_exchange::{ServerExchange, ServerKeyExchange};
pub use session::{KeyUpdate, NewSessionTicket, NextProtocol, SupplementalData, SupplementalDataEntry};
pub use sslv2::ClientHelloV2;
#[allow(unused_imports, reason = "called by the decoder as soon as it holds such a record")]
pub(super) use sslv2::sslv2_hello;

use super::{Handshake, HandshakeType, Negotiated, Version};
use crate::anomaly::{self, Anomaly};
use crate::limits::OPAQUE_KEPT_MAX;
use crate::parse::{Parsed, fault};

/// Versions whose messages have one form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Era {
    Ssl3,
    /// TLS 1.0 and 1.1.
    Tls10,
    Tls12,
    /// And its drafts.
    Tls13,
}

impl Era {
    /// The eras a connection may be of, the likeliest first.
    pub(super) fn possible(version: Option<Version>) -> &'static [Self] {
        match version {
            None => &[Self::Tls12, Self::Tls10, Self::Tls13],
            Some(version) if version.is_tls13() => &[Self::Tls13],
            Some(Version(number)) if number >= 0x0303 => &[Self::Tls12],
            Some(Version(number)) if number > 0x0300 => &[Self::Tls10],
            Some(_) => &[Self::Ssl3],
        }
    }

    /// Whether a signature says its algorithm.
    pub(super) fn names_algorithm(self) -> bool {
        matches!(self, Self::Tls12 | Self::Tls13)
    }
}

/// A handshake message from its body, whole; what it breaks goes to `oddities`.
pub(super) fn message(
    kind: HandshakeType,
    body: &[u8],
    negotiated: Negotiated,
    oddities: &mut Vec<Anomaly>,
) -> Handshake {
    let parsed = by_type(kind, body, negotiated, oddities);
    concluded(kind, body, parsed, oddities)
}

fn by_type<'a>(
    kind: HandshakeType,
    body: &'a [u8],
    negotiated: Negotiated,
    oddities: &mut Vec<Anomaly>,
) -> Parsed<'a, Handshake> {
    use Handshake as H;
    let eras = Era::possible(negotiated.version);
    match kind {
        HandshakeType::HELLO_REQUEST => Ok((body, H::HelloRequest)),
        HandshakeType::CLIENT_HELLO => boxed(hello::client_hello(body, oddities), H::ClientHello),
        HandshakeType::SERVER_HELLO => boxed(hello::server_hello(body, oddities), H::ServerHello),
        HandshakeType::NEW_SESSION_TICKET => {
            boxed(session::new_session_ticket(body, eras, oddities), H::NewSessionTicket)
        }
        HandshakeType::END_OF_EARLY_DATA => Ok((body, H::EndOfEarlyData)),
        HandshakeType::ENCRYPTED_EXTENSIONS => {
            plain(hello::encrypted_extensions(body, oddities), H::EncryptedExtensions)
        }
        HandshakeType::CERTIFICATE => boxed(certificate::certificate(body, eras, oddities), H::Certificate),
        HandshakeType::SERVER_KEY_EXCHANGE => {
            boxed(server_key_exchange::server_key_exchange(body, negotiated), H::ServerKeyExchange)
        }
        HandshakeType::CERTIFICATE_REQUEST => {
            boxed(authentication::certificate_request(body, eras, oddities), H::CertificateRequest)
        }
        HandshakeType::SERVER_HELLO_DONE => Ok((body, H::ServerHelloDone)),
        HandshakeType::CERTIFICATE_VERIFY => {
            plain(authentication::certificate_verify(body, eras), H::CertificateVerify)
        }
        HandshakeType::CLIENT_KEY_EXCHANGE => {
            plain(client_key_exchange::client_key_exchange(body, negotiated), H::ClientKeyExchange)
        }
        HandshakeType::FINISHED => plain(authentication::finished(body, negotiated), H::Finished),
        HandshakeType::CERTIFICATE_URL => plain(certificate::certificate_url(body), H::CertificateUrl),
        HandshakeType::CERTIFICATE_STATUS => plain(certificate_status(body), H::CertificateStatus),
        HandshakeType::SUPPLEMENTAL_DATA => plain(session::supplemental_data(body), H::SupplementalData),
        HandshakeType::KEY_UPDATE => plain(session::key_update(body), H::KeyUpdate),
        HandshakeType::COMPRESSED_CERTIFICATE => {
            boxed(certificate::compressed_certificate(body, oddities), H::CompressedCertificate)
        }
        HandshakeType::NEXT_PROTOCOL => plain(session::next_protocol(body), H::NextProtocol),
        HandshakeType::MESSAGE_HASH => {
            let detail = "message_hash stands in the transcript only and was sent";
            oddities.push(Anomaly::new(anomaly::TLS_BAD_HANDSHAKE, detail));
            Ok((&[], H::MessageHash(kept(body))))
        }
        _ => Ok((&[], H::Other { kind, body: kept(body) })),
    }
}

fn plain<T>(parsed: Parsed<'_, T>, wrap: impl Fn(T) -> Handshake) -> Parsed<'_, Handshake> {
    parsed.map(|(rest, message)| (rest, wrap(message)))
}

fn boxed<T>(parsed: Parsed<'_, T>, wrap: impl Fn(Box<T>) -> Handshake) -> Parsed<'_, Handshake> {
    parsed.map(|(rest, message)| (rest, wrap(Box::new(message))))
}

/// A message that was read, with what its octets break; or the octets.
fn concluded(
    kind: HandshakeType,
    body: &[u8],
    parsed: Parsed<'_, Handshake>,
    oddities: &mut Vec<Anomaly>,
) -> Handshake {
    match parsed {
        Ok((rest, message)) => {
            if !rest.is_empty() {
                let detail = format!("{} octets are left over behind the last field of {kind}", rest.len());
                oddities.push(Anomaly::new(anomaly::TLS_TRAILING_OCTETS, detail));
            }
            message
        }
        Err(error) => {
            let detail = format!("{kind} of {} octets: {}", body.len(), fault(&error));
            oddities.push(Anomaly::new(anomaly::TLS_BAD_HANDSHAKE, detail));
            Handshake::Malformed { kind, body: kept(body) }
        }
    }
}

/// The part of an uninterpreted body that is kept.
pub(super) fn kept(body: &[u8]) -> Vec<u8> {
    body.get(..OPAQUE_KEPT_MAX).unwrap_or(body).to_vec()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::testing::{TLS12, check, read};
    use super::*;
    use crate::tls::CipherSuite;

    #[test]
    fn messages_without_a_body() {
        for message in [Handshake::HelloRequest, Handshake::EndOfEarlyData, Handshake::ServerHelloDone] {
            check(TLS12, "", &message);
        }
    }

    #[test]
    fn a_type_that_is_not_assigned_keeps_its_octets() {
        for kind in [3, 9, 99, 255].map(HandshakeType) {
            let expected = Handshake::Other { kind, body: vec![1, 2, 3] };
            assert_eq!(read(kind, TLS12, &[1, 2, 3]), (expected, vec![]));
        }
    }

    #[test]
    fn a_message_hash_on_the_wire_is_said() {
        let (message, oddities) = read(HandshakeType::MESSAGE_HASH, TLS12, &[7]);
        assert_eq!(message, Handshake::MessageHash(vec![7]));
        assert_eq!(oddities[0].code, anomaly::TLS_BAD_HANDSHAKE);
    }

    #[test]
    fn the_version_decides_the_form() {
        let era = |number| Era::possible(Some(Version(number)));
        assert_eq!(era(0x0002), [Era::Ssl3]);
        assert_eq!(era(0x0300), [Era::Ssl3]);
        assert_eq!(era(0x0302), [Era::Tls10]);
        assert_eq!(era(0x0303), [Era::Tls12]);
        assert_eq!(era(0x7f1c), [Era::Tls13]);
    }

    proptest! {
        /// No body of any type stops the reading, and whatever is said of it has the message's own type.
        #[test]
        fn any_octets_are_a_message(
            kind: u8,
            version in proptest::option::of(prop_oneof![0x0300_u16..0x0306, any::<u16>()]),
            suite in proptest::option::of(prop_oneof![Just(0x1301_u16), Just(0xc02f), Just(0x009e), Just(0xc01e), Just(0x00aa), Just(0xc035), any::<u16>()]),
            body in proptest::collection::vec(prop_oneof![0_u8..6, any::<u8>()], 0..200),
        ) {
            let negotiated =
                Negotiated { version: version.map(Version), cipher_suite: suite.map(CipherSuite) };
            let (message, _) = read(HandshakeType(kind), negotiated, &body);
            prop_assert_eq!(message.kind(), HandshakeType(kind));
        }
    }
}
