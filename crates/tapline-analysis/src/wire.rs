//! What a close look at a connection is made of: every segment, every octet, every message as it was read.

use std::ops::Range;

use tapline_decode::Message;
use tapline_decode::tls::ContentType;
use tapline_reassembly::{Gap, Origin, Seen};

use crate::Sender;

/// A TCP segment, odd or not.
#[derive(Clone, Debug)]
pub struct SegmentSeen {
    /// Connection id.
    pub connection: u64,
    /// Its packet.
    pub origin: Origin,
    /// Who sent it.
    pub from: Sender,
    /// Its place in the streams.
    pub seen: Seen,
}

/// Octets that a side sent, in order.
#[derive(Clone, Debug)]
pub struct Carried {
    /// Connection id.
    pub connection: u64,
    /// The packet that carried them; for what was opened, the one that completed the record.
    pub origin: Origin,
    /// Who sent them.
    pub from: Sender,
    /// Of what they are.
    pub of: Course,
    /// The octets; none where they are missing.
    pub octets: Vec<u8>,
}

/// Where octets belong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Course {
    /// To the TCP stream, from this offset on.
    Stream(u64),
    /// So many octets of the TCP stream did not come, from this offset on.
    Missing(u64, u64, Gap),
    /// They are what was in an opened TLS record of this range that carries no application data.
    Record(Range<u64>, ContentType),
    /// To the body of the HTTP message whose head was told last on this stream, 0 for HTTP/1; its transfer coding is
    /// removed.
    Body(u32),
    /// To what is spoken inside TLS, from this offset on; they came in the record of this range.
    Inside(Range<u64>, u64),
}

/// A message of a decoder, every field of it.
#[derive(Clone, Debug)]
pub struct MessageSeen {
    /// Connection id.
    pub connection: u64,
    /// The packet that completed it.
    pub origin: Origin,
    /// The packet that carried its first octet.
    pub first: Origin,
    /// Who sent it.
    pub from: Sender,
    /// Its octets in the TCP stream; of what travelled inside TLS, those of the records.
    pub span: Range<u64>,
    /// Its octets in what is spoken inside TLS.
    pub inside: Option<Range<u64>>,
    /// What was read.
    pub message: Message,
}
