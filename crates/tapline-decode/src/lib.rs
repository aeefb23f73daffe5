//! Ordered bytes of both directions in; TLS, HTTP/1.1 and HTTP/2 messages out.
//!
//! A [`Conversation`] is the stack of decoders of one connection. It never fails, never blocks and never asks
//! for more: what a peer did wrong comes out as an [`Anomaly`] with its place, and what could not be read is
//! said. Everything that comes out is owned; everything that goes in is borrowed, and only the unfinished
//! tail of a message is copied, up to the bounds of [`limits`].

#![warn(clippy::indexing_slicing)]

pub mod anomaly;
pub mod content;
mod conversation;
pub mod dns;
mod fields;
pub mod grpc;
pub mod http1;
pub mod http2;
mod input;
mod keyring;
pub mod limits;
mod pair;
mod parse;
pub mod percent;
mod protocol;
mod resync;
pub mod tls;
pub mod websocket;

use std::ops::Range;

pub use anomaly::Anomaly;
pub use conversation::Conversation;
pub use fields::Fields;
pub use keyring::{Keyring, Keys};
pub use protocol::Protocol;
pub use tapline_crypto as crypto;
pub use tapline_packet::Field;
pub use tapline_reassembly::{Direction, Origin};

/// Something that a conversation said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// The protocol of the bytes from here on, found by looking at them (or given by `--decode-as`).
    Protocol(Protocol),
    /// Which direction the client sends in, as the bytes prove it (a `ClientHello`, a request, a preface).
    /// Comes before any message of that protocol.
    Client(Direction),
    /// A TLS record or handshake message.
    Tls(Box<tls::Message>),
    /// Whether TLS is opened from here on. Not said where no keys were given.
    Access(tls::Access),
    /// A head or the end of an HTTP/1 message.
    Http1(http1::Message),
    /// The connection preface or a frame of HTTP/2.
    Http2(Box<http2::Message>),
    /// A DNS message over TCP.
    Dns(Box<dns::Message>),
    /// A frame of WebSocket.
    WebSocket(websocket::Frame),
    /// Something that its RFC forbids, or that could not be read.
    Anomaly(Anomaly),
}

/// Where a conversation's messages go.
pub trait Sink {
    /// `span` is the message's byte range in its direction's stream: offset 0 is the first octet after the
    /// SYN, or the first octet seen. For what travelled inside TLS it is the range of the records.
    fn message(&mut self, direction: Direction, span: Range<u64>, message: Message);

    /// Octets of an HTTP body, transfer coding removed, in order; `stream` is the HTTP/2 stream, 0 for
    /// HTTP/1. Most sinks do not care.
    fn body(&mut self, direction: Direction, stream: u32, octets: &[u8]) {
        let _ = (direction, stream, octets);
    }

    /// A record of TLS was opened that carries no application data: its content, before what is in it is told.
    /// `outside` is the record's range. Most sinks do not care.
    fn opened(
        &mut self,
        direction: Direction,
        outside: Range<u64>,
        content: tls::ContentType,
        octets: &[u8],
    ) {
        let _ = (direction, outside, content, octets);
    }

    /// The next octets of what is spoken inside TLS, at `offset` of the stream that they make; `outside` is the range
    /// of the record that they came in. Most sinks do not care.
    fn inside(&mut self, direction: Direction, outside: Range<u64>, offset: u64, octets: &[u8]) {
        let _ = (direction, outside, offset, octets);
    }

    /// The message that comes next stands at `span` of what is spoken inside TLS.
    fn at_inside(&mut self, direction: Direction, span: Range<u64>) {
        let _ = (direction, span);
    }

    /// The octets from `from` on belong to messages that are not over, although others behind it were told.
    fn unfinished(&mut self, direction: Direction, from: u64) {
        let _ = (direction, from);
    }

    /// HTTP/2 frames of a direction may be missing from here on, or were before the first one: what frames add up
    /// to is not known any more. Said anew at every gap.
    fn frames_lost(&mut self, direction: Direction) {
        let _ = direction;
    }

    /// Whether field blocks are to carry the dynamic table as they leave it; its numbers they always do.
    fn wants_tables(&self) -> bool {
        false
    }

    /// The packet at hand: what is said is complete with it.
    fn here(&self) -> Origin {
        Origin::default()
    }

    /// What is said from here on was complete with an earlier packet, but could not be read then.
    fn back_to(&mut self, here: Origin) {
        let _ = here;
    }
}
