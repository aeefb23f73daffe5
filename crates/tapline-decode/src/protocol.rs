//! The protocols a conversation can be in.

/// What the octets of a connection, or of the layer inside it, are.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Protocol {
    /// SSL 3.0 or TLS, any version.
    Tls,
    /// HTTP/1.0 or HTTP/1.1.
    Http1,
    /// HTTP/2, by prior knowledge, by upgrade, or inside TLS.
    Http2,
    /// DNS over TCP.
    Dns,
    /// `WebSocket` frames after an HTTP/1.1 upgrade.
    WebSocket,
}

impl Protocol {
    /// The name as it is written in reports, exports and `--decode-as`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tls => "tls",
            Self::Http1 => "http",
            Self::Http2 => "http2",
            Self::Dns => "dns",
            Self::WebSocket => "websocket",
        }
    }
}
