//! What analysis says.

use std::borrow::Cow;
use std::sync::Arc;

use tapline_decode::tls::{
    Alert, CipherSuite, Closed, ContentType, HandshakeType, NamedGroup, Opened, SignatureScheme, Version,
};
use tapline_decode::{Fields, http1, http2, websocket};
use tapline_reassembly::{Origin, Sample, Verdict};

use crate::certificate::{Chain, ChainVerdict, LogTimestamp, OcspResponse};
use crate::http2::{FrameEffect, Http2Connection};
use crate::{
    Carried, ClientCertificate, ConnectionRecord, DnsSaid, EarlyData, Exchange, Finding, Flight, HelloRetry,
    Introduction, Lookup, MessageSeen, PskMode, Renegotiation, SegmentSeen, Sender, StepKind, TlsKind,
    TlsOutcome,
};

/// Something that was learned. Events come in the order of the packets that completed them.
#[derive(Clone, Debug)]
pub enum Event {
    /// What a connection is known by, before its other events; a later one with the same id replaces it.
    Introduction(Box<Introduction>),
    /// A connection as it stands; a later one with the same id replaces it.
    ConnectionProgress(Box<ConnectionRecord>),
    /// A connection, last word.
    Connection(Box<ConnectionRecord>),
    /// A TCP segment that is odd.
    Tcp(Box<TcpVerdict>),
    /// A moment of what a side of a connection sends.
    TcpSample(Box<TcpSample>),
    /// A TCP segment, odd or not.
    Segment(Box<SegmentSeen>),
    /// Octets that a side sent.
    Carried(Box<Carried>),
    /// A message as its decoder told it, before what follows from it.
    Message(Box<MessageSeen>),
    /// A TLS record or handshake message.
    TlsMessage(Box<TlsMessage>),
    /// A TLS handshake at the moment it ends, and before that where early data was accepted, which may be answered
    /// ahead of the end; the last word comes as [`Event::TlsSession`] with the same `start`.
    TlsSessionProgress(Box<TlsSession>),
    /// A TLS handshake, done or failed, last word: when the connection is over or its next handshake begins.
    TlsSession(Box<TlsSession>),
    /// An HTTP/1 message, whole or as far as it came.
    Http1Message(Box<Http1Message>),
    /// An HTTP/2 frame.
    Http2Frame(Box<Http2Frame>),
    /// A WebSocket frame.
    WebSocketFrame(Box<WebSocketFrame>),
    /// An HTTP/2 connection as a whole, when it is over: after its last exchange.
    Http2Connection(Box<Http2Connection>),
    /// A request with its response.
    Exchange(Box<Exchange>),
    /// A DNS message: told by shards, and put together to lookups by the [`crate::Merger`], which hands none of them on.
    DnsSaid(Box<DnsSaid>),
    /// A DNS lookup, answered or not.
    Lookup(Box<Lookup>),
    /// Something worth telling.
    Finding(Box<Finding>),
    /// Something that its RFC forbids or that could not be read.
    Anomaly(Box<AnomalyRecord>),
}

impl Event {
    /// The id of its connection; `None` for what has none.
    pub fn connection(&self) -> Option<u64> {
        Some(match self {
            Self::DnsSaid(_) | Self::Lookup(_) => return None,
            Self::Finding(finding) => return finding.connection,
            Self::Introduction(introduction) => introduction.connection,
            Self::ConnectionProgress(record) | Self::Connection(record) => record.id,
            Self::Tcp(verdict) => verdict.connection,
            Self::TcpSample(sample) => sample.connection,
            Self::Segment(segment) => segment.connection,
            Self::Carried(carried) => carried.connection,
            Self::Message(message) => message.connection,
            Self::TlsMessage(message) => message.connection,
            Self::TlsSessionProgress(session) | Self::TlsSession(session) => session.connection,
            Self::Http1Message(message) => message.connection,
            Self::Http2Frame(frame) => frame.connection,
            Self::WebSocketFrame(frame) => frame.connection,
            Self::Http2Connection(connection) => connection.connection,
            Self::Exchange(exchange) => exchange.connection,
            Self::Anomaly(anomaly) => anomaly.connection,
        })
    }

    /// Gives every connection that it names another id. `id` knows the one of the event's own connection; another
    /// one that it does not know is not named any more.
    pub(crate) fn renumber(&mut self, id: impl Fn(u64) -> Option<u64>) {
        let connection = match self {
            Self::DnsSaid(_) | Self::Lookup(_) => return,
            Self::Finding(finding) => {
                finding.connection = finding.connection.and_then(id);
                return;
            }
            Self::ConnectionProgress(record) | Self::Connection(record) => {
                record.copy_of = record.copy_of.and_then(&id);
                &mut record.id
            }
            Self::Introduction(introduction) => &mut introduction.connection,
            Self::Tcp(verdict) => &mut verdict.connection,
            Self::TcpSample(sample) => &mut sample.connection,
            Self::Segment(segment) => &mut segment.connection,
            Self::Carried(carried) => &mut carried.connection,
            Self::Message(message) => &mut message.connection,
            Self::TlsMessage(message) => &mut message.connection,
            Self::TlsSessionProgress(session) | Self::TlsSession(session) => &mut session.connection,
            Self::Http1Message(message) => &mut message.connection,
            Self::Http2Frame(frame) => &mut frame.connection,
            Self::WebSocketFrame(frame) => &mut frame.connection,
            Self::Http2Connection(connection) => &mut connection.connection,
            Self::Exchange(exchange) => &mut exchange.connection,
            Self::Anomaly(anomaly) => &mut anomaly.connection,
        };
        *connection = id(*connection).unwrap_or(*connection);
    }
}

/// A TCP segment that is odd, and why.
#[derive(Clone, Copy, Debug)]
pub struct TcpVerdict {
    /// Connection id.
    pub connection: u64,
    /// Its packet.
    pub origin: Origin,
    /// Who sent it.
    pub from: Sender,
    /// What is odd about it; its `Display` is the sentence that says why.
    pub verdict: Verdict,
}

/// A moment of what a side of a connection sends.
#[derive(Clone, Copy, Debug)]
pub struct TcpSample {
    /// Connection id.
    pub connection: u64,
    /// The packet that shows it: octets that the side sent, or an ACK of the other one.
    pub origin: Origin,
    /// The side that sends, whoever sent the packet.
    pub from: Sender,
    /// What it shows.
    pub sample: Sample,
}

/// A TLS record or handshake message.
#[derive(Clone, Debug)]
pub struct TlsMessage {
    /// Connection id.
    pub connection: u64,
    /// The packet that completed it.
    pub origin: Origin,
    /// The packet that carried its first octet.
    pub first: Origin,
    /// Who sent it.
    pub from: Sender,
    /// Version in the record header.
    pub record_version: Version,
    /// Content type of the record.
    pub content: ContentType,
    /// Handshake message type, for handshake messages that could be read.
    pub handshake: Option<HandshakeType>,
    /// The alert, where it could be read.
    pub alert: Option<Alert>,
    /// Octets: a handshake message's body, else the record's fragment.
    pub length_bytes: u32,
    /// Whether it travelled encrypted and was decrypted.
    pub decrypted: bool,
    /// For Finished: whether it says what the handshake gives, where that is known.
    pub verified: Option<bool>,
}

/// A TLS handshake and what came of it.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent observations, not states")]
pub struct TlsSession {
    /// Connection id.
    pub connection: u64,
    /// The packet that carried the `ClientHello`'s first octet, or the first record seen.
    pub start: Origin,
    /// The packet that ended the handshake; `None` where it did not end in the capture.
    pub end: Option<Origin>,
    /// The negotiated version.
    pub version: Option<Version>,
    /// The chosen suite.
    pub cipher_suite: Option<CipherSuite>,
    /// The key exchange group.
    pub group: Option<NamedGroup>,
    /// SNI of the client.
    pub server_name: Option<String>,
    /// The chosen application protocol; `None` where none was chosen or it was not seen (in TLS 1.3 it travels
    /// encrypted).
    pub alpn: Option<String>,
    /// The offered application protocols.
    pub alpn_offered: Vec<String>,
    /// How the session's keys came about.
    pub kind: TlsKind,
    /// Whether an earlier session was resumed; `None` where that was not seen.
    pub resumed: Option<bool>,
    /// How a pre-shared key of TLS 1.3 was used.
    pub psk_mode: Option<PskMode>,
    /// Whether the client sent the early data extension.
    pub early_data: bool,
    /// What became of early data.
    pub early_data_outcome: EarlyData,
    /// Octets of the records with early data, as they travelled.
    pub early_data_bytes: u64,
    /// Whether the server asked for another `ClientHello`.
    pub hello_retry: bool,
    /// Why it did.
    pub retry: Option<Box<HelloRetry>>,
    /// Where it is not the connection's first handshake.
    pub renegotiation: Option<Renegotiation>,
    /// The random value of the client, by which key logs name a session.
    pub client_random: Option<[u8; 32]>,
    /// JA3 of the `ClientHello`.
    pub ja3: Option<String>,
    /// JA3S of the `ServerHello`.
    pub ja3s: Option<String>,
    /// JA4 of the `ClientHello`.
    pub ja4: Option<String>,
    /// Whether the `ClientHello` has GREASE values (RFC 8701).
    pub grease: bool,
    /// Whether the `ClientHello` carries an encrypted one, or octets that look like one: an observer cannot tell
    /// (RFC 9849 §6.2).
    pub ech_outer: bool,
    /// RFC 7627; `None` where it was not negotiated in sight, or goes without saying (TLS 1.3).
    pub extended_master_secret: Option<bool>,
    /// RFC 7366; `None` as above.
    pub encrypt_then_mac: Option<bool>,
    /// How the server signed, where it was seen.
    pub signature_scheme: Option<SignatureScheme>,
    /// The certificates that the server sent; `None` where none was seen.
    pub certificates: Option<Arc<Chain>>,
    /// Whether they hold, or why there are none.
    pub chain: ChainVerdict,
    /// The certificates that the client sent; `None` where it was not asked, or that was not seen.
    pub client_certificates: Option<Arc<Chain>>,
    /// The OCSP response that the server stapled (RFC 6066 §8).
    pub ocsp: Option<OcspResponse>,
    /// What logs said of the server's certificate, in the handshake and not in the certificate (RFC 6962 §3.3.1).
    pub certificate_timestamps: Vec<LogTimestamp>,
    /// Whether the client showed a certificate.
    pub client_certificate: ClientCertificate,
    /// What came of it.
    pub outcome: TlsOutcome,
    /// Who ended the connection where the handshake was refused or abandoned.
    pub closed_by: Option<Sender>,
    /// Whether a reset did that.
    pub was_reset: bool,
    /// The newest handshake message and who sent it, until the handshake ended.
    pub reached: Option<(Sender, StepKind)>,
    /// What was sent in turn, at most [`crate::limits::FLIGHTS_MAX`].
    pub flights: Vec<Flight>,
    /// Flights beyond these.
    pub flights_left_out: u32,
    /// How often the client waited for the server before its first application data.
    pub handshake_rtts: Option<u8>,
    /// From the `ClientHello` to the end of the handshake, nanoseconds.
    pub handshake_ns: Option<i64>,
    /// The first alert that could be read and is not `close_notify`, and who sent it.
    pub alert: Option<(Sender, Alert)>,
    /// Who sent an alert during the handshake that stays encrypted. In TLS 1.3 inferred: a record that short
    /// holds no Finished.
    pub encrypted_alert: Option<Sender>,
    /// Whether client and server said that they have nothing more to send (RFC 8446 §6.1); `None` where that is not
    /// known, as where alerts stay encrypted.
    pub close_notify: [Option<bool>; 2],
    /// Key updates of client and server that could be read (RFC 8446 §4.6.3).
    pub key_updates: [u32; 2],
    /// Tickets the server gave that could be read.
    pub tickets: u32,
    /// The lifetime of the newest of them, seconds; in TLS 1.2 a hint.
    pub ticket_lifetime_s: Option<u32>,
    /// Records of application data, both directions.
    pub application_records: u64,
    /// Messages that travelled encrypted and were opened: handshake messages, and records of other kinds.
    pub messages_opened: u64,
    /// Records that stayed encrypted.
    pub records_closed: u64,
    /// Where the newest secret came from that opened some.
    pub opened: Option<Opened>,
    /// Why some stayed encrypted, the newest reason; `None` also where no keys were given.
    pub closed: Option<Closed>,
}

/// Whether a message asks or answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MessageKind {
    /// A request.
    Request,
    /// A response.
    Response,
}

/// An HTTP/1 message.
#[derive(Clone, Debug)]
pub struct Http1Message {
    /// Connection id.
    pub connection: u64,
    /// The packet that completed it.
    pub origin: Origin,
    /// The packet that carried its first octet.
    pub first: Origin,
    /// Who sent it.
    pub from: Sender,
    /// Which of the two.
    pub kind: MessageKind,
    /// The method, for requests.
    pub method: Option<String>,
    /// The request target as sent, for requests.
    pub target: Option<String>,
    /// The status code, for responses.
    pub status: Option<u16>,
    /// The reason phrase beside it, as that of an exchange.
    pub reason: Option<Cow<'static, str>>,
    /// `0.9`, `1.0` or `1.1`.
    pub version: &'static str,
    /// Header fields in wire order.
    pub headers: Fields,
    /// Octets of the head.
    pub header_bytes: u64,
    /// Octets of the body, transfer coding removed.
    pub body_bytes: u64,
    /// Octets of the body's content, its codings undone, where that was asked for and can be told.
    pub body_bytes_decoded: Option<u64>,
    /// Whether the body came whole.
    pub body_complete: bool,
    /// Chunks whose size line has extensions.
    pub chunk_extensions: u32,
    /// How the body's end was found.
    pub framing: http1::Framing,
}

/// An HTTP/2 frame.
#[derive(Clone, Debug)]
pub struct Http2Frame {
    /// Connection id.
    pub connection: u64,
    /// The packet that completed it.
    pub origin: Origin,
    /// The packet that carried its first octet.
    pub first: Origin,
    /// Who sent it.
    pub from: Sender,
    /// The frame by field.
    pub frame: http2::Frame,
    /// What it brought about.
    pub after: FrameEffect,
}

/// A WebSocket frame.
#[derive(Clone, Debug)]
pub struct WebSocketFrame {
    /// Connection id.
    pub connection: u64,
    /// The packet that completed it.
    pub origin: Origin,
    /// The packet that carried its first octet.
    pub first: Origin,
    /// Who sent it.
    pub from: Sender,
    /// The frame by field.
    pub frame: websocket::Frame,
}

/// Something that its RFC forbids or that could not be read.
#[derive(Clone, Debug)]
pub struct AnomalyRecord {
    /// Connection id.
    pub connection: u64,
    /// The packet at which it showed.
    pub origin: Origin,
    /// Who sent it.
    pub from: Sender,
    /// Stable code, `layer_what`.
    pub code: &'static str,
    /// One plain sentence.
    pub detail: std::borrow::Cow<'static, str>,
    /// Octet range of the direction's stream.
    pub span: std::ops::Range<u64>,
}
