//! What is spoken above TCP.

use std::hash::{DefaultHasher, Hasher};

use arbitrary::{Arbitrary, Unstructured};
use tapline_decode::content::{self, Fault};
use tapline_decode::http2::hpack::Decoder;
use tapline_decode::{Conversation, Direction, Field, Protocol, dns, http1, http2, tls, websocket};

use crate::heard::{Turn, play};

/// A turn as the fuzzer makes it.
#[derive(Debug, Arbitrary)]
enum Made<'a> {
    Client(&'a [u8]),
    Server(&'a [u8]),
    ClientLost(u16),
    ServerLost(u16),
}

impl<'a> Made<'a> {
    fn turn(self) -> Turn<'a> {
        match self {
            Self::Client(said) => Turn::Said(Direction::Forward, said),
            Self::Server(said) => Turn::Said(Direction::Reverse, said),
            Self::ClientLost(length) => Turn::Lost(Direction::Forward, u64::from(length) + 1),
            Self::ServerLost(length) => Turn::Lost(Direction::Reverse, u64::from(length) + 1),
        }
    }
}

/// A conversation in any protocol, with gaps. How octets are cut into segments changes nothing.
pub(crate) fn conversation(octets: &[u8]) {
    const STATED: [Option<Protocol>; 6] = [
        None,
        Some(Protocol::Tls),
        Some(Protocol::Http1),
        Some(Protocol::Http2),
        Some(Protocol::WebSocket),
        Some(Protocol::Dns),
    ];
    let made = <(u8, Vec<Made<'_>>)>::arbitrary_take_rest(Unstructured::new(octets));
    let Ok((stated, made)) = made else { return };
    let turns: Vec<Turn<'_>> = made.into_iter().map(Made::turn).collect();
    hold(STATED[usize::from(stated) % STATED.len()], &turns);
}

/// The same in one piece, and in several.
fn hold(stated: Option<Protocol>, turns: &[Turn<'_>]) {
    let whole = play(Conversation::new(stated), turns, usize::MAX);
    for piece in [1, 7] {
        assert_eq!(play(Conversation::new(stated), turns, piece), whole, "in pieces of {piece}");
    }
}

/// Both sides say the same.
fn both(stated: Protocol, octets: &[u8]) {
    let turns = [Turn::Said(Direction::Forward, octets), Turn::Said(Direction::Reverse, octets)];
    hold(Some(stated), &turns);
}

/// A field tree of octets: every field lies in them.
fn in_bounds(fields: &[Field], octets: &[u8]) {
    for field in fields {
        field.walk(&mut |field| {
            assert!(field.octets.start <= field.octets.end && field.octets.end <= octets.len(), "{field:?}");
        });
    }
}

pub(crate) fn tls_records(octets: &[u8]) {
    both(Protocol::Tls, octets);
    in_bounds(&tls::record_fields(octets), octets);
}

/// A handshake message of any type in a record of its own, from either side.
pub(crate) fn tls_handshake(octets: &[u8]) {
    let Some((kind, body)) = octets.split_first() else { return };
    let body = &body[..body.len().min(0x3f00)];
    let length = u32::try_from(body.len()).unwrap_or(0).to_be_bytes();
    let message = [&[*kind][..], &length[1..], body].concat();
    let length = u16::try_from(message.len()).unwrap_or(0).to_be_bytes();
    let record = [&[22, 3, 3][..], &length, &message].concat();
    both(Protocol::Tls, &record);
    for version in [0x0300, 0x0303, 0x0304] {
        in_bounds(&tls::handshake_fields(&message, Some(tls::Version(version))), &message);
    }
}

pub(crate) fn http1(octets: &[u8]) {
    both(Protocol::Http1, octets);
    in_bounds(&http1::head_fields(octets), octets);
}

/// Frames behind the preface.
pub(crate) fn http2_frames(octets: &[u8]) {
    let client = [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", octets].concat();
    let turns = [Turn::Said(Direction::Forward, &client), Turn::Said(Direction::Reverse, octets)];
    hold(Some(Protocol::Http2), &turns);
    in_bounds(&http2::frame_fields(octets, None), octets);
}

pub(crate) fn websocket(octets: &[u8]) {
    both(Protocol::WebSocket, octets);
    in_bounds(&websocket::frame_fields(octets), octets);
}

/// Field blocks for one decoder, each with its length before it.
pub(crate) fn hpack(octets: &[u8]) {
    let (mut decoder, mut rest) = (Decoder::default(), octets);
    while let Some((length, more)) = rest.split_first() {
        let (block, more) = more.split_at(usize::from(*length).min(more.len()));
        rest = more;
        let decoded = decoder.decode(block);
        assert_eq!(decoded.block.fields.len(), decoded.block.representations.len());
        assert!(decoder.table_size() <= decoder.table_size_max());
    }
}

/// A body in the codings that the first octet picks. In one piece and in several it has the same fault, and as much of the
/// same content where that can be told.
pub(crate) fn content(octets: &[u8]) {
    const CODINGS: [&[u8]; 7] =
        [b"gzip", b"deflate", b"br", b"zstd", b"gzip, br", b"zstd, gzip", b"br, deflate, gzip"];
    let Some((coding, body)) = octets.split_first() else { return };
    let coding = CODINGS[usize::from(*coding) % CODINGS.len()];
    let decoded = |piece: usize| {
        let mut decoder = content::Decoder::of(coding);
        let mut content = DefaultHasher::new();
        for piece in body.chunks(piece) {
            decoder.push(piece, &mut |octets| content.write(octets));
        }
        decoder.end();
        let told = decoder.decoded_bytes().map(|length| (length, content.finish()));
        // Of two codings that are both broken, the one is found first that comes as far by one piece.
        let is_broken = matches!(decoder.fault(), Some(Fault::Broken(_)));
        (is_broken, decoder.fault().filter(|_| !is_broken).cloned(), told)
    };
    assert_eq!(decoded(usize::MAX), decoded(3));
}

pub(crate) fn dns(octets: &[u8]) {
    let _ = dns::message(octets);
    in_bounds(&dns::message_fields(octets), octets);
    in_bounds(&dns::stream_fields(octets), octets);
    both(Protocol::Dns, octets);
}
