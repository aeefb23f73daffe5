//! Every field that there is: the one list that parser, completion, documentation and items go by.

mod fields;
mod names;

pub use fields::{CATALOGUE, FieldId};
pub use names::Names;
pub(crate) use names::number_of;

/// A field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FieldInfo {
    /// Its number.
    pub id: FieldId,
    /// Its name: tshark's where tshark has it.
    pub name: &'static str,
    /// What its values are.
    pub kind: FieldKind,
    /// The records that have it. A connection's own facts are those of everything in it.
    pub records: Records,
    /// What it is, in a sentence without a full stop.
    pub about: &'static str,
}

/// What the values of a field are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FieldKind {
    /// It is there or it is not.
    Presence,
    /// Alone it says that it is true.
    Boolean,
    /// A number.
    Number,
    /// A number whose values have names.
    Named(Names),
    /// A number of octets.
    Octets,
    /// A duration, or a time since 1970.
    Duration,
    /// Text from the wire or about it.
    Text,
    /// One of a few words.
    Word(Names),
    /// An IPv4 or IPv6 address.
    Address,
}

impl FieldKind {
    /// What it is, for a sentence.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Presence => "there or not there",
            Self::Boolean => "true or false",
            Self::Number => "a number",
            Self::Named(_) => "a number with a name",
            Self::Octets => "a number of octets",
            Self::Duration => "a duration",
            Self::Text => "a text",
            Self::Word(_) => "one of a few words",
            Self::Address => "an address",
        }
    }

    /// How a value is written.
    pub fn example(self) -> &'static str {
        match self {
            Self::Presence => "nothing behind it",
            Self::Boolean => "true or false",
            Self::Number => "443 or 0x1bb",
            Self::Named(_) => "its name or its number",
            Self::Octets => "1500, 10kB or 1MiB",
            Self::Duration => "200ms or 0.2",
            Self::Text => "the text in quotes",
            Self::Word(_) => "one of its words",
            Self::Address => "10.0.0.1, 10.0.0.0/8 or fe80::/10",
        }
    }

    /// The operators that go with it, as they are usually written.
    pub fn operators(self) -> &'static [&'static str] {
        match self {
            Self::Presence => &[],
            Self::Boolean => &["==", "!="],
            Self::Number | Self::Named(_) | Self::Octets | Self::Duration => {
                &["==", "!=", "<", "<=", ">", ">=", "in"]
            }
            Self::Text | Self::Word(_) => &["==", "!=", "contains", "matches", "in"],
            Self::Address => &["==", "!=", "in"],
        }
    }

    /// The names of its values, where they have some.
    pub fn names(self) -> Option<Names> {
        match self {
            Self::Named(names) | Self::Word(names) => Some(names),
            _ => None,
        }
    }
}

/// A sort of record that a filter is asked of. Its name is the `type` of NDJSON.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum RecordKind {
    /// A connection.
    Connection,
    /// A TCP segment that is odd.
    Tcp,
    /// A moment of what a side of a connection sends.
    TcpSample,
    /// A TLS record or handshake message.
    TlsMessage,
    /// A TLS handshake.
    TlsSession,
    /// An HTTP/1 message.
    Http1Message,
    /// An HTTP/2 frame.
    Http2Frame,
    /// A WebSocket frame.
    WebSocketFrame,
    /// An HTTP/2 connection as a whole.
    Http2Connection,
    /// A request with its response.
    HttpExchange,
    /// A DNS lookup.
    DnsLookup,
    /// Something worth telling.
    Finding,
    /// Something that its RFC forbids or that could not be read.
    Anomaly,
}

impl RecordKind {
    /// Every kind.
    pub const ALL: [Self; 13] = [
        Self::Connection,
        Self::Tcp,
        Self::TcpSample,
        Self::TlsMessage,
        Self::TlsSession,
        Self::Http1Message,
        Self::Http2Frame,
        Self::WebSocketFrame,
        Self::Http2Connection,
        Self::HttpExchange,
        Self::DnsLookup,
        Self::Finding,
        Self::Anomaly,
    ];

    /// The name, that of NDJSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Connection => "connection",
            Self::Tcp => "tcp",
            Self::TcpSample => "tcp_sample",
            Self::TlsMessage => "tls_message",
            Self::TlsSession => "tls_session",
            Self::Http1Message => "http1_message",
            Self::Http2Frame => "http2_frame",
            Self::WebSocketFrame => "websocket_frame",
            Self::Http2Connection => "http2_connection",
            Self::HttpExchange => "http_exchange",
            Self::DnsLookup => "dns_lookup",
            Self::Finding => "finding",
            Self::Anomaly => "anomaly",
        }
    }

    const fn bit(self) -> u16 {
        1 << (self as u8)
    }
}

/// A set of sorts of record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Records(u16);

impl Records {
    /// All of these.
    pub const fn of(kinds: &[RecordKind]) -> Self {
        let (mut bits, mut rest) = (0, kinds);
        while let [kind, others @ ..] = rest {
            bits |= kind.bit();
            rest = others;
        }
        Self(bits)
    }

    /// Whether it is one of them.
    pub const fn has(self, kind: RecordKind) -> bool {
        self.0 & kind.bit() != 0
    }

    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = RecordKind> {
        RecordKind::ALL.into_iter().filter(move |&kind| self.has(kind))
    }
}
