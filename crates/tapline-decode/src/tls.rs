//! SSL 3.0 and TLS 1.0–1.3 (RFC 5246, RFC 8446): records and plaintext handshake messages.

mod access;
mod decoder;
mod extension;
mod fields;
mod fingerprint;
mod handshake;
mod inside;
mod opening;
mod record;
mod registry;

pub use access::{Access, Closed, Opened};
pub(crate) use decoder::Decoder;
pub use extension::{
    CachedObject, CertificateStatusRequest, DelegatedCredential, EchConfig, EchConfigContents, EchExtension,
    EchOuter, EncryptedClientHello, EncryptedServerName, Extension, ExtensionBody, HpkeSuite, OidFilter,
    PreSharedKeys, PskIdentity, SignedCertificateTimestamp, TrustedAuthority,
};
pub use fields::{Protection, handshake_fields, record_fields, record_fields_with};
pub use fingerprint::{ja3, ja3_string, ja3s, ja3s_string, ja4, ja4_raw};
pub use handshake::{
    Certificate, CertificateEntry, CertificateRequest, CertificateStatus, CertificateUrl, CertificateVerify,
    Char2Basis, ClientExchange, ClientHello, ClientHelloV2, ClientKeyExchange, CompressedCertificate, Curve,
    EncryptedExtensions, Finished, KeyUpdate, NewSessionTicket, NextProtocol, ServerExchange, ServerHello,
    ServerKeyExchange, Signature, SupplementalData, SupplementalDataEntry, UrlAndHash,
};
pub use registry::{
    AuthzDataFormat, CachedInformationType, CertificateChainType, CertificateCompression,
    CertificateStatusType, CertificateType, ClientCertificateType, CompressionMethod, CurveType,
    EcPointFormat, HeartbeatMode, HpkeAead, HpkeKdf, HpkeKem, KeyExchange, MaxFragmentLength,
    PskKeyExchangeMode, SrtpProtectionProfile, Sslv2CipherKind, SupplementalDataType,
    TokenBindingKeyParameter, TrustedAuthorityType, UserMappingType, is_grease,
};

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
    /// For Finished: whether it says what the handshake's messages and secrets give (RFC 8446 §4.4.4); `None` where
    /// that cannot be known.
    pub verified: Option<bool>,
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
    /// RFC 5246 §7.4.1.1: the server asks for a new handshake.
    HelloRequest,
    /// RFC 8446 §4.1.2.
    ClientHello(Box<ClientHello>),
    /// RFC 5246 appendix E.2: a hello in the form of SSL 2.0.
    ClientHelloV2(Box<ClientHelloV2>),
    /// RFC 8446 §4.1.3; a `HelloRetryRequest` is told apart by [`ServerHello::is_hello_retry_request`].
    ServerHello(Box<ServerHello>),
    /// RFC 5077 §3.3, RFC 8446 §4.6.1.
    NewSessionTicket(Box<NewSessionTicket>),
    /// RFC 8446 §4.5.
    EndOfEarlyData,
    /// RFC 8446 §4.3.1.
    EncryptedExtensions(EncryptedExtensions),
    /// RFC 5246 §7.4.2, RFC 8446 §4.4.2: the certificates in DER, leaf first.
    Certificate(Box<Certificate>),
    /// RFC 8879 §4.
    CompressedCertificate(Box<CompressedCertificate>),
    /// RFC 5246 §7.4.3.
    ServerKeyExchange(Box<ServerKeyExchange>),
    /// RFC 5246 §7.4.4, RFC 8446 §4.3.2.
    CertificateRequest(Box<CertificateRequest>),
    /// RFC 5246 §7.4.5.
    ServerHelloDone,
    /// RFC 5246 §7.4.8, RFC 8446 §4.4.3.
    CertificateVerify(CertificateVerify),
    /// RFC 5246 §7.4.7.
    ClientKeyExchange(ClientKeyExchange),
    /// RFC 5246 §7.4.9, RFC 8446 §4.4.4.
    Finished(Finished),
    /// RFC 6066 §5.
    CertificateUrl(CertificateUrl),
    /// RFC 6066 §8, RFC 6961.
    CertificateStatus(CertificateStatus),
    /// RFC 4680.
    SupplementalData(SupplementalData),
    /// RFC 8446 §4.6.3.
    KeyUpdate(KeyUpdate),
    /// draft-agl-tls-nextprotoneg: the protocol the client takes.
    NextProtocol(NextProtocol),
    /// RFC 8446 §4.4.1: stands for the first `ClientHello` in the transcript and never travels; an anomaly
    /// stands beside one that does.
    MessageHash(Vec<u8>),
    /// A type that is not assigned, or belongs to another protocol (DTLS), with its body.
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

/// What the `ServerHello` chose, as far as the capture shows it: the form of later messages hangs on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Negotiated {
    /// The protocol version.
    pub version: Option<Version>,
    /// The cipher suite.
    pub cipher_suite: Option<CipherSuite>,
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

impl Handshake {
    /// The message type.
    pub fn kind(&self) -> HandshakeType {
        match self {
            Self::HelloRequest => HandshakeType::HELLO_REQUEST,
            Self::ClientHello(_) | Self::ClientHelloV2(_) => HandshakeType::CLIENT_HELLO,
            Self::ServerHello(_) => HandshakeType::SERVER_HELLO,
            Self::NewSessionTicket(_) => HandshakeType::NEW_SESSION_TICKET,
            Self::EndOfEarlyData => HandshakeType::END_OF_EARLY_DATA,
            Self::EncryptedExtensions(_) => HandshakeType::ENCRYPTED_EXTENSIONS,
            Self::Certificate(_) => HandshakeType::CERTIFICATE,
            Self::CompressedCertificate(_) => HandshakeType::COMPRESSED_CERTIFICATE,
            Self::ServerKeyExchange(_) => HandshakeType::SERVER_KEY_EXCHANGE,
            Self::CertificateRequest(_) => HandshakeType::CERTIFICATE_REQUEST,
            Self::ServerHelloDone => HandshakeType::SERVER_HELLO_DONE,
            Self::CertificateVerify(_) => HandshakeType::CERTIFICATE_VERIFY,
            Self::ClientKeyExchange(_) => HandshakeType::CLIENT_KEY_EXCHANGE,
            Self::Finished(_) => HandshakeType::FINISHED,
            Self::CertificateUrl(_) => HandshakeType::CERTIFICATE_URL,
            Self::CertificateStatus(_) => HandshakeType::CERTIFICATE_STATUS,
            Self::SupplementalData(_) => HandshakeType::SUPPLEMENTAL_DATA,
            Self::KeyUpdate(_) => HandshakeType::KEY_UPDATE,
            Self::NextProtocol(_) => HandshakeType::NEXT_PROTOCOL,
            Self::MessageHash(_) => HandshakeType::MESSAGE_HASH,
            Self::Other { kind, .. } | Self::Malformed { kind, .. } => *kind,
        }
    }
}
