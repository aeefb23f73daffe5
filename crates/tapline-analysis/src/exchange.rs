//! A request with its response, and where its time went.

mod facts;
mod timing;

use std::borrow::Cow;

use tapline_decode::{Fields, http2};
use tapline_packet::Endpoint;
use tapline_reassembly::Origin;

use crate::{Grpc, Stalls};

pub use facts::HeadFacts;

/// One half of an exchange.
#[derive(Clone, Debug)]
pub struct MessagePart {
    /// The packet that carried its first octet.
    pub first: Origin,
    /// The packet that carried its last octet so far.
    pub last: Origin,
    /// Header fields; empty where nobody asked for them.
    pub headers: Fields,
    /// Octets of the header on the wire: the head of HTTP/1, the field blocks of HTTP/2.
    pub header_bytes: u64,
    /// Octets of names and values, decoded.
    pub header_bytes_decoded: u64,
    /// Octets of the body, transfer coding and padding removed.
    pub body_bytes: u64,
    /// Content codings of the body, in order of application.
    pub content_encoding: Option<String>,
    /// Octets of the body's content, its codings undone, where that was asked for and can be told.
    pub body_bytes_decoded: Option<u64>,
    /// SHA-256 of the body, where that was asked for.
    pub body_sha256: Option<[u8; 32]>,
    /// Whether it came whole, its body included.
    pub complete: bool,
}

/// A stretch of the capture.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Span {
    /// The packet with which it begins.
    pub from: Origin,
    /// The packet with which it ends.
    pub until: Origin,
}

impl Span {
    /// How long it is, nanoseconds; never below 0.
    pub fn ns(&self) -> i64 {
        self.until.at.since(self.from.at).max(0)
    }
}

/// What had to be there before an exchange: told on the first one of a connection, unless the connection had been
/// ready for [`crate::limits::OPENED_AHEAD_NS`] by then.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Setup {
    /// The client's and the server's end of the connection.
    pub ends: [Endpoint; 2],
    /// The DNS lookup that led here, from its query to its answer.
    pub dns: Option<Span>,
    /// The TCP handshake, from the first SYN to the ACK of the SYN-ACK.
    pub connect: Option<Span>,
    /// The TLS handshake, from the `ClientHello` to its end.
    pub tls: Option<Span>,
}

/// Where an exchange's time went, nanoseconds: stretches that follow one another, so their sum is the whole.
/// `None`: not applicable (no new connection) or not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timings {
    /// Waiting for something else: between the steps of [`Setup`], for a stream of HTTP/2 to become free, or behind
    /// the answer to an earlier request (HTTP/1.1 answers in order). What a client holds back without a trace in
    /// the capture is not known.
    pub blocked: Option<i64>,
    /// The DNS lookup.
    pub dns: Option<i64>,
    /// The TCP handshake.
    pub connect: Option<i64>,
    /// The TLS handshake.
    pub tls: Option<i64>,
    /// First to last octet of the request.
    pub send: Option<i64>,
    /// Last octet of the request to first of the response; to what cut it short where none came.
    pub wait: Option<i64>,
    /// First to last octet of the response, or to what cut it short.
    pub receive: Option<i64>,
}

impl Timings {
    /// All of them in the order in which they follow one another, with the names they have in exports.
    pub fn phases(&self) -> [(&'static str, Option<i64>); 7] {
        [
            ("blocked", self.blocked),
            ("dns", self.dns),
            ("connect", self.connect),
            ("tls", self.tls),
            ("send", self.send),
            ("wait", self.wait),
            ("receive", self.receive),
        ]
    }

    /// Their sum.
    pub fn total_ns(&self) -> i64 {
        self.phases().iter().filter_map(|(_, ns)| *ns).fold(0, i64::saturating_add)
    }
}

/// A request with its response.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent observations, not states")]
pub struct Exchange {
    /// Connection id.
    pub connection: u64,
    /// HTTP/2 stream.
    pub stream: Option<u32>,
    /// `0.9`, `1.0`, `1.1` or `2`; where it was inferred, what the offered protocols make likely.
    pub version: &'static str,
    /// The method; `None` where the request was not seen.
    pub method: Option<Cow<'static, str>>,
    /// Scheme, host and target, as far as they are known.
    pub url: Option<String>,
    /// The final status.
    pub status: Option<u16>,
    /// The reason phrase beside it, perhaps empty; `None` in HTTP/2, which has none. What is longer than
    /// [`REASON_BYTES_MAX`](crate::limits::REASON_BYTES_MAX) ends in `…`.
    pub reason: Option<Cow<'static, str>>,
    /// The request; `None` where it was not seen.
    pub request: Option<MessagePart>,
    /// The response; `None` where it was not seen.
    pub response: Option<MessagePart>,
    /// `content-type` of the response.
    pub content_type: Option<String>,
    /// The gRPC call that it is.
    pub grpc: Option<Box<Grpc>>,
    /// What the heads say that findings are made of.
    pub facts: HeadFacts,
    /// Whether it travelled inside TLS.
    pub is_secure: bool,
    /// What had to be there first.
    pub setup: Option<Box<Setup>>,
    /// While it was held back: behind the answer to an earlier request (HTTP/1.1), or because all streams that the
    /// server allows were in use (HTTP/2; inferred: that the request was there by then is not seen).
    pub held_back: Option<Span>,
    /// The packet that ended it before it was over: RST_STREAM, or the end of the connection.
    pub cut: Option<Origin>,
    /// Where the time went.
    pub timings: Timings,
    /// Stretches of it in which nothing came, and why.
    pub stalls: Stalls,
    /// Whether it was inferred from sizes and directions of TLS records that stayed closed. Then `body_bytes` of its
    /// parts is everything inside of them, heads too, and it may stand for several exchanges of HTTP/2.
    pub inferred: bool,
    /// Whether the server promised it (RFC 9113 §8.4).
    pub pushed: bool,
    /// The stream of the request with which it was promised.
    pub promised_on: Option<u32>,
    /// Whether request and response both came whole.
    pub complete: bool,
    /// Why the stream was reset, HTTP/2.
    pub reset: Option<http2::ErrorCode>,
}

impl Exchange {
    /// The packet with which its time begins, what it waited for included.
    pub fn start(&self) -> Option<Origin> {
        let setup = self.setup.as_deref().and_then(Setup::start);
        let request = self.request.as_ref().or(self.response.as_ref()).map(|part| part.first);
        let held_back = self.held_back.map(|span| span.from);
        [setup, held_back, request].into_iter().flatten().min_by_key(|origin| (origin.at, origin.packet))
    }

    /// The latest packet of it.
    pub fn end(&self) -> Option<Origin> {
        let parts = self.request.iter().chain(&self.response).map(|part| part.last);
        parts.chain(self.cut).max_by_key(|origin| (origin.at, origin.packet))
    }

    /// From its start to its end, nanoseconds; `None` where the request is missing, or how it ended.
    pub fn duration_ns(&self) -> Option<i64> {
        (self.request.is_some() && (self.response.is_some() || self.cut.is_some()))
            .then(|| self.timings.total_ns())
    }
}

impl Setup {
    /// The packet with which it begins.
    pub fn start(&self) -> Option<Origin> {
        [self.dns, self.connect, self.tls].into_iter().flatten().next().map(|span| span.from)
    }

    /// The packet with which the connection was ready.
    pub fn ready(&self) -> Option<Origin> {
        self.tls.or(self.connect).map(|span| span.until)
    }
}
