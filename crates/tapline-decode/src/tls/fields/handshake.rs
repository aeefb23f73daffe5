//! Handshake messages: the header of four octets, then the body in the form of its type (RFC 8446 §4, RFC 5246 §7.4).

use tapline_packet::Field;
use tapline_packet::field::{Cursor, hex};

use super::vectors::named;
use super::{certificate, hello, key_exchange, session};
use crate::parse::size;
use crate::tls::extension::Context;
use crate::tls::handshake::{self, Era};
use crate::tls::{Handshake, HandshakeType, Negotiated};

/// Octets of the header.
pub(super) const HEADER_SIZE: usize = 4;

/// The type and the length that a header says.
pub(super) fn header(octets: &[u8]) -> Option<(HandshakeType, usize)> {
    let &[kind, a, b, c] = octets.first_chunk()?;
    Some((HandshakeType(kind), size(u32::from_be_bytes([0, a, b, c]))))
}

/// A message, as far as it is there; what it chooses is noted for those behind it.
pub(super) fn message(cursor: &mut Cursor<'_>, negotiated: &mut Negotiated) {
    let octets = cursor.left();
    let kind = octets.first().map_or(HandshakeType::HELLO_REQUEST, |&kind| HandshakeType(kind));
    if let Some((kind, length)) = header(octets)
        && let Some(body) = octets.get(HEADER_SIZE..).and_then(|rest| rest.get(..length))
    {
        note(kind, body, negotiated);
    }
    let known = *negotiated;
    cursor.heading("tls.handshake", format!("Handshake Protocol: {}", title(kind)), |cursor| {
        let kind = cursor.u8_as("tls.handshake.type", "Handshake Type", shown)?;
        let length = cursor.u24("tls.handshake.length", "Length")?;
        cursor.part(size(length), |cursor| body(cursor, HandshakeType(kind), known));
        Some(())
    });
    if kind == HandshakeType::SERVER_HELLO
        && hello::is_retry(octets)
        && let Some(Field { label, .. }) = cursor.last()
    {
        *label = "Handshake Protocol: Hello Retry Request".into();
    }
}

/// What a `ServerHello` chooses.
fn note(kind: HandshakeType, body: &[u8], negotiated: &mut Negotiated) {
    if kind != HandshakeType::SERVER_HELLO {
        return;
    }
    if let Handshake::ServerHello(hello) = handshake::message(kind, body, *negotiated, &mut Vec::new()) {
        let (version, cipher_suite) = (Some(hello.negotiated_version()), Some(hello.cipher_suite));
        *negotiated = Negotiated { version, cipher_suite };
    }
}

fn shown(kind: u8) -> String {
    named(HandshakeType(kind).name(), kind)
}

/// `Client Hello` of `client_hello`.
pub(super) fn title(kind: HandshakeType) -> String {
    let Some(name) = kind.name() else { return format!("Unknown Type {}", kind.0) };
    let words = name.split('_').map(|word| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    });
    words.collect::<Vec<_>>().join(" ")
}

/// A body alone, all of the cursor's octets.
pub(super) fn body(cursor: &mut Cursor<'_>, kind: HandshakeType, negotiated: Negotiated) -> Option<()> {
    let eras = Era::possible(negotiated.version);
    match kind {
        HandshakeType::HELLO_REQUEST
        | HandshakeType::SERVER_HELLO_DONE
        | HandshakeType::END_OF_EARLY_DATA => {}
        HandshakeType::CLIENT_HELLO => hello::client(cursor)?,
        HandshakeType::SERVER_HELLO => hello::server(cursor)?,
        HandshakeType::ENCRYPTED_EXTENSIONS => hello::extensions(cursor, Context::EncryptedExtensions)?,
        HandshakeType::NEW_SESSION_TICKET => session::ticket(cursor, eras),
        HandshakeType::CERTIFICATE => certificate::certificate(cursor, eras),
        HandshakeType::COMPRESSED_CERTIFICATE => certificate::compressed(cursor)?,
        HandshakeType::CERTIFICATE_REQUEST => certificate::request(cursor, eras),
        HandshakeType::CERTIFICATE_VERIFY => certificate::verify(cursor, eras),
        HandshakeType::CERTIFICATE_URL => certificate::url(cursor)?,
        HandshakeType::CERTIFICATE_STATUS => certificate::status(cursor)?,
        HandshakeType::SERVER_KEY_EXCHANGE => key_exchange::server(cursor, negotiated),
        HandshakeType::CLIENT_KEY_EXCHANGE => key_exchange::client(cursor, negotiated)?,
        HandshakeType::FINISHED => session::finished(cursor, negotiated),
        HandshakeType::SUPPLEMENTAL_DATA => session::supplemental_data(cursor)?,
        HandshakeType::KEY_UPDATE => session::key_update(cursor)?,
        HandshakeType::NEXT_PROTOCOL => session::next_protocol(cursor)?,
        HandshakeType::MESSAGE_HASH => {
            cursor.rest_as("tls.handshake.message_hash", "Message Hash", hex);
        }
        _ => {
            cursor.rest_as("tls.handshake.unknown", "Unknown Message", hex);
        }
    }
    Some(())
}
