//! SSL 3.0 and TLS 1.0–1.3 (RFC 5246, RFC 8446): records and plaintext handshake messages.

mod decoder;
mod extension;
mod fingerprint;
mod handshake;
mod record;
mod registry;

pub(crate) use decoder::Decoder;
pub use fingerprint::{ja3, ja3_string, ja3s, ja3s_string, ja4, ja4_raw};
pub use registry::is_grease;

/// A TLS message; its span covers the record or records that carry it (record headers included).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The version in the record header.
    pub record_version: Version,
    /// The record's content type.
    pub content: ContentType,
    /// Octets of the message: a handshake message's body without its four octets of header, else the
    /// record's fragment.
    pub length: u32,
    /// True where it travelled encrypted and was decrypted. (What stays closed is [`Body::Encrypted`].)
    pub decrypted: bool,
    /// What it says.
    pub body: Body,
}

/// A protocol version as two octets: 0x0303 is TLS 1.2.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Version(pub u16);

/// A record content type (RFC 8446 §5.1), by number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ContentType(pub u8);

/// A handshake message type (RFC 8446 §4), by number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct HandshakeType(pub u8);

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// A handshake message in clear.
    Handshake(Handshake),
    /// RFC 5246 §7.1.
    ChangeCipherSpec,
    /// RFC 8446 §6.
    Alert(Alert),
    /// Application data; without keys only its size is known.
    ApplicationData,
    /// RFC 6520, in clear: type and claimed payload length.
    Heartbeat {
        /// 1 request, 2 response.
        kind: u8,
        /// The length that the sender claims, more than what is there in CVE-2014-0160.
        claimed_length: u16,
    },
    /// A record that is encrypted and was not opened (a TLS 1.2 Finished, an encrypted alert).
    Encrypted,
    /// An unassigned content type, or one that does not parse; an anomaly says which.
    Unknown(Vec<u8>),
}

/// An alert (RFC 8446 §6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alert {
    /// 1 warning, 2 fatal.
    pub level: u8,
    /// The description's number.
    pub description: u8,
}

/// A handshake message in clear, every field by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handshake {
    /// RFC 8446 §4.1.2.
    ClientHello(Box<ClientHello>),
    /// RFC 8446 §4.1.3; a `HelloRetryRequest` is told apart by [`ServerHello::is_hello_retry_request`].
    ServerHello(Box<ServerHello>),
    /// RFC 5246 §7.4.2, RFC 8446 §4.4.2: the certificates in DER, leaf first.
    Certificate(Box<Certificate>),
    /// Every other message by type with its body; not read further yet.
    Other {
        /// The message type.
        kind: HandshakeType,
        /// Its body, up to [`crate::limits`].
        body: Vec<u8>,
    },
    /// The body does not fit its type; an anomaly with the reason stands beside it.
    Malformed {
        /// The message type.
        kind: HandshakeType,
        /// Its body, up to [`crate::limits`].
        body: Vec<u8>,
    },
}

/// RFC 8446 §4.1.2, RFC 5246 §7.4.1.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientHello {
    /// `legacy_version`.
    pub version: Version,
    /// 32 octets.
    pub random: [u8; 32],
    /// `legacy_session_id`, at most 32 octets.
    pub session_id: Vec<u8>,
    /// Cipher suites in order of preference, GREASE included.
    pub cipher_suites: Vec<CipherSuite>,
    /// Compression methods.
    pub compression_methods: Vec<u8>,
    /// Extensions in wire order.
    pub extensions: Vec<Extension>,
}

/// RFC 8446 §4.1.3, RFC 5246 §7.4.1.3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerHello {
    /// `legacy_version`.
    pub version: Version,
    /// 32 octets.
    pub random: [u8; 32],
    /// `legacy_session_id_echo`, or the session id of TLS 1.2.
    pub session_id: Vec<u8>,
    /// The chosen cipher suite.
    pub cipher_suite: CipherSuite,
    /// The chosen compression method.
    pub compression_method: u8,
    /// Extensions in wire order.
    pub extensions: Vec<Extension>,
}

/// The certificates a side sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// TLS 1.3 only: `certificate_request_context`.
    pub request_context: Vec<u8>,
    /// DER, leaf first.
    pub chain: Vec<Vec<u8>>,
}

/// A cipher suite of the IANA registry, by number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct CipherSuite(pub u16);

/// A named group of the IANA registry, by number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct NamedGroup(pub u16);

/// A signature scheme of the IANA registry, by number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct SignatureScheme(pub u16);

/// An extension type of the IANA registry, by number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ExtensionType(pub u16);

/// An extension: its type, its octets and what they say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// The type; unassigned ones and GREASE live.
    pub kind: ExtensionType,
    /// Octets of `extension_data`.
    pub length: u16,
    /// What they say.
    pub body: ExtensionBody,
}

/// Extensions that are read so far; everything else stays as octets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExtensionBody {
    /// RFC 6066 §3: host names; empty in a `ServerHello`.
    ServerName(Vec<Vec<u8>>),
    /// RFC 7301: offered or chosen protocols.
    Alpn(Vec<Vec<u8>>),
    /// RFC 8446 §4.2.1 in a `ClientHello`: offered versions.
    SupportedVersions(Vec<Version>),
    /// RFC 8446 §4.2.1 in a `ServerHello`: the chosen version.
    SelectedVersion(Version),
    /// RFC 8446 §4.2.7.
    SupportedGroups(Vec<NamedGroup>),
    /// RFC 8422 §5.1.2.
    EcPointFormats(Vec<u8>),
    /// RFC 8446 §4.2.3.
    SignatureAlgorithms(Vec<SignatureScheme>),
    /// RFC 8446 §4.2.8 in a `ClientHello`: group and octets of each share.
    KeyShares(Vec<(NamedGroup, u16)>),
    /// RFC 8446 §4.2.8 in a `ServerHello`: group and octets of the share.
    KeyShare(NamedGroup, u16),
    /// RFC 8446 §4.2.8 in a `HelloRetryRequest`: the group to use.
    RetryGroup(NamedGroup),
    /// RFC 8446 §4.2.11 in a `ClientHello`: how many identities were offered.
    PreSharedKeys(u16),
    /// RFC 8446 §4.2.11 in a `ServerHello`: which identity was chosen.
    SelectedPreSharedKey(u16),
    /// RFC 8446 §4.2.9.
    PskKeyExchangeModes(Vec<u8>),
    /// RFC 8446 §4.2.10.
    EarlyData,
    /// RFC 5077: octets of the ticket, 0 for an empty one.
    SessionTicket(u16),
    /// RFC 7627.
    ExtendedMasterSecret,
    /// RFC 7366.
    EncryptThenMac,
    /// RFC 5746.
    RenegotiationInfo(Vec<u8>),
    /// Anything else, as octets.
    Other(Vec<u8>),
}

impl ServerHello {
    /// Whether this is a `HelloRetryRequest`: the random is SHA-256("HelloRetryRequest") (RFC 8446 §4.1.3).
    pub fn is_hello_retry_request(&self) -> bool {
        const RETRY: [u8; 32] = [
            0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
            0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
        ];
        self.random == RETRY
    }
}
