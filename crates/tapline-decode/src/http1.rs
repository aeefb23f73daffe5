//! HTTP/1.0 and HTTP/1.1 (RFC 9110, 9112).

mod body;
mod decoder;
mod fields;
mod framing;
mod head;
mod lines;
mod pending;
mod suspicious;
mod upgrade;

use smallvec::SmallVec;

use crate::Fields;

pub(crate) use decoder::Decoder;
pub use fields::head_fields;
pub(crate) use lines::{Start, start};
pub(crate) use upgrade::Switch;

/// What the decoder says of an HTTP/1 message: its head as soon as that is whole, then its end. The span of a
/// head is the head's octets, the span of an end is the body's (empty where there is none).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// A request's head.
    Request(Box<Request>),
    /// A response's head, final or interim.
    Response(Box<Response>),
    /// The message whose head came last in this direction is over. Interim responses have one too.
    End(End),
}

/// A few octets: a method, or a reason phrase.
pub type Token = SmallVec<[u8; 16]>;

/// A request head (RFC 9112 §3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method as sent; methods are case-sensitive.
    pub method: Token,
    /// The request target as sent: origin, absolute, authority or asterisk form.
    pub target: Vec<u8>,
    /// Minor version: 0 or 1. `None` for the HTTP/0.9 form, a bare `GET /path`.
    pub minor_version: Option<u8>,
    /// Header fields.
    pub fields: Fields,
    /// How the body's end is found.
    pub framing: Framing,
    /// Octets of the head. (Inside TLS the span is that of the records.)
    pub octets: u64,
}

/// A response head (RFC 9112 §4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// Minor version: 0 or 1.
    pub minor_version: u8,
    /// The status code as sent.
    pub status: u16,
    /// The reason phrase as sent, perhaps empty.
    pub reason: Token,
    /// Header fields.
    pub fields: Fields,
    /// How the body's end is found.
    pub framing: Framing,
    /// Octets of the head.
    pub octets: u64,
    /// Whether a request of this capture is the one it answers (pipelining: the oldest unanswered).
    pub answers_request: bool,
    /// Requests older than the one it answers whose responses were lost in a gap: they will have none.
    pub lost_responses: u32,
}

impl Response {
    /// Whether another response to the same request follows (1xx but 101, RFC 9110 §15.2).
    pub fn is_interim(&self) -> bool {
        (100..200).contains(&self.status) && self.status != 101
    }
}

/// How the end of a body is found (RFC 9112 §6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// No body: 1xx, 204, 304, an answer to HEAD, a request without length.
    None,
    /// `Content-Length` octets.
    Length(u64),
    /// The chunked transfer coding.
    Chunked,
    /// Everything up to the end of the connection.
    UntilClose,
    /// After 101 or a 2xx to CONNECT the connection speaks something else.
    Tunnel,
}

/// The end of a message.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct End {
    /// Octets of content that were seen, transfer coding removed.
    pub body_bytes: u64,
    /// Whether the body came whole: no gap, no early end.
    pub complete: bool,
    /// Trailer fields (RFC 9112 §7.1.2).
    pub trailers: Fields,
    /// Chunks whose size line has extensions (RFC 9112 §7.1.1).
    pub chunk_extensions: u32,
}
