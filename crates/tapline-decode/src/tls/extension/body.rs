//! An extension and all that one can say.

use super::{
    CachedObject, CertificateStatusRequest, DelegatedCredential, EchExtension, EncryptedServerName,
    OidFilter, PreSharedKeys, SignedCertificateTimestamp, TrustedAuthority,
};
use crate::tls::{
    AuthzDataFormat, CachedInformationType, CertificateCompression, CertificateStatus, CertificateType,
    ExtensionType, HeartbeatMode, MaxFragmentLength, NamedGroup, SignatureScheme, SrtpProtectionProfile,
    TokenBindingKeyParameter, UserMappingType, Version,
};

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

/// What an extension says; where a type has several forms, the message it stands in decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExtensionBody {
    /// RFC 6066 §3: host names; empty in a server's answer.
    ServerName(Vec<Vec<u8>>),
    /// RFC 6066 §4.
    MaxFragmentLength(MaxFragmentLength),
    /// RFC 6066 §5.
    ClientCertificateUrl,
    /// RFC 6066 §6; empty in a server's answer.
    TrustedCaKeys(Vec<TrustedAuthority>),
    /// RFC 6066 §7.
    TruncatedHmac,
    /// RFC 6066 §8 in a `ClientHello`; `None` where a server says that it will answer, or asks for it.
    StatusRequest(Option<CertificateStatusRequest>),
    /// RFC 6961 §2.2 in a `ClientHello`; empty in a server's answer.
    StatusRequestV2(Vec<CertificateStatusRequest>),
    /// RFC 8446 §4.4.2.1 beside a certificate: its status.
    CertificateStatus(CertificateStatus),
    /// RFC 4681.
    UserMapping(Vec<UserMappingType>),
    /// RFC 5878 §2.3: `client_authz` and `server_authz`.
    Authz(Vec<AuthzDataFormat>),
    /// RFC 6091 §3.1 and RFC 7250 §3 in a `ClientHello`: `cert_type`, `client_certificate_type` and
    /// `server_certificate_type`.
    CertificateTypes(Vec<CertificateType>),
    /// The same in a server's answer: the type it chose.
    SelectedCertificateType(CertificateType),
    /// RFC 8446 §4.2.7.
    SupportedGroups(Vec<NamedGroup>),
    /// RFC 8422 §5.1.2; [`crate::tls::EcPointFormat`] names them.
    EcPointFormats(Vec<u8>),
    /// RFC 5054 §2.8.1: the user's name.
    Srp(Vec<u8>),
    /// RFC 8446 §4.2.3.
    SignatureAlgorithms(Vec<SignatureScheme>),
    /// RFC 8446 §4.2.3, for certificates where they differ.
    SignatureAlgorithmsCert(Vec<SignatureScheme>),
    /// RFC 5764 §4.1.1: profiles and the master key identifier.
    UseSrtp {
        /// Profiles in order of preference; one in a server's answer.
        profiles: Vec<SrtpProtectionProfile>,
        /// `srtp_mki`.
        mki: Vec<u8>,
    },
    /// RFC 6520 §2.
    Heartbeat(HeartbeatMode),
    /// RFC 7301: offered or chosen protocols.
    Alpn(Vec<Vec<u8>>),
    /// RFC 6962 §3.3; empty where a client or a request asks for it.
    SignedCertificateTimestamps(Vec<SignedCertificateTimestamp>),
    /// RFC 7685: how many octets of 0.
    Padding(u16),
    /// RFC 7366.
    EncryptThenMac,
    /// RFC 7627.
    ExtendedMasterSecret,
    /// RFC 8472 §2.
    TokenBinding {
        /// Major and minor version of the protocol.
        version: [u8; 2],
        /// Offered or chosen keys.
        key_parameters: Vec<TokenBindingKeyParameter>,
    },
    /// RFC 7924 §3 in a `ClientHello`: what the client has.
    CachedInfo(Vec<CachedObject>),
    /// RFC 7924 §3 in a server's answer: what need not be sent.
    CachedInfoTypes(Vec<CachedInformationType>),
    /// RFC 8879 §3.
    CompressCertificate(Vec<CertificateCompression>),
    /// RFC 8449 §4: octets of the largest plaintext.
    RecordSizeLimit(u16),
    /// RFC 8492 §4.2: the user's name, encrypted.
    PwdProtect(Vec<u8>),
    /// RFC 8492 §4.2: the user's name.
    PwdClear(Vec<u8>),
    /// RFC 8492 §4.1: the password's salt.
    PasswordSalt(Vec<u8>),
    /// RFC 8672 §3 in a `ClientHello`; empty at the first connection.
    PinningTicket(Vec<u8>),
    /// RFC 8672 §3 in a server's answer.
    PinningProof {
        /// Shows that the server knows the ticket; empty at the first connection.
        proof: Vec<u8>,
        /// The next ticket; empty where there will be none.
        ticket: Vec<u8>,
        /// How long the server will take tickets, in seconds.
        lifetime_s: u32,
    },
    /// RFC 8773 §5.
    TlsCertWithExternPsk,
    /// RFC 9345 §4.1 in a `ClientHello` or a request: signatures that will do.
    DelegatedCredentialSchemes(Vec<SignatureScheme>),
    /// RFC 9345 §4 beside a certificate.
    DelegatedCredential(Box<DelegatedCredential>),
    /// RFC 5077: the ticket, empty where one is asked for or announced.
    SessionTicket(Vec<u8>),
    /// RFC 8446 §4.2.11 in a `ClientHello`.
    PreSharedKeys(PreSharedKeys),
    /// RFC 8446 §4.2.11 in a `ServerHello`: which identity was chosen.
    SelectedPreSharedKey(u16),
    /// RFC 8446 §4.2.10; in a `NewSessionTicket` the most octets that the server takes.
    EarlyData(Option<u32>),
    /// RFC 8446 §4.2.1 in a `ClientHello`: offered versions.
    SupportedVersions(Vec<Version>),
    /// RFC 8446 §4.2.1 in a `ServerHello`: the chosen version.
    SelectedVersion(Version),
    /// RFC 8446 §4.2.2.
    Cookie(Vec<u8>),
    /// RFC 8446 §4.2.9; [`crate::tls::PskKeyExchangeMode`] names them.
    PskKeyExchangeModes(Vec<u8>),
    /// RFC 8446 §4.2.4: names in DER.
    CertificateAuthorities(Vec<Vec<u8>>),
    /// RFC 8446 §4.2.5.
    OidFilters(Vec<OidFilter>),
    /// RFC 8446 §4.2.6.
    PostHandshakeAuth,
    /// RFC 8446 §4.2.8 in a `ClientHello`: each group with its share.
    KeyShares(Vec<(NamedGroup, Vec<u8>)>),
    /// RFC 8446 §4.2.8 in a `ServerHello`: the group with its share.
    KeyShare(NamedGroup, Vec<u8>),
    /// RFC 8446 §4.2.8 in a `HelloRetryRequest`: the group to use.
    RetryGroup(NamedGroup),
    /// RFC 9146 §3: the identifier that the other side is to use.
    ConnectionId(Vec<u8>),
    /// RFC 8844 §4: the hash of an assertion of identity.
    ExternalIdHash(Vec<u8>),
    /// RFC 8844 §5: an identifier of the session.
    ExternalSessionId(Vec<u8>),
    /// RFC 9001 §8.2: octets of QUIC.
    QuicTransportParameters(Vec<u8>),
    /// RFC 9102 §2.2 in a `ClientHello`: the port of the service.
    DnssecChainPort(u16),
    /// RFC 9102 §2.2 in a server's answer.
    DnssecChain {
        /// How long the server will go on with this, in hours.
        support_lifetime_h: u16,
        /// DNS records with their signatures.
        records: Vec<u8>,
    },
    /// RFC 9853 §3: both sides answer checks of the return path.
    ReturnRoutabilityCheck,
    /// RFC 9149 §3 in a `ClientHello`.
    TicketRequest {
        /// Tickets wanted after a full handshake.
        new_session_count: u8,
        /// Tickets wanted after a resumed one.
        resumption_count: u8,
    },
    /// RFC 9149 §3 in a server's answer: how many tickets will come.
    ExpectedTickets(u8),
    /// draft-ietf-tls-tlsflags §2: bits, the lowest of the first octet is flag 0.
    TlsFlags(Vec<u8>),
    /// draft-vvv-tls-alps in a `ClientHello`: protocols that have settings.
    ApplicationSettings(Vec<Vec<u8>>),
    /// draft-vvv-tls-alps in `EncryptedExtensions`: the settings of the chosen protocol.
    ApplicationSettingsValue(Vec<u8>),
    /// draft-ietf-tls-trust-anchor-ids §4.1: relative object identifiers of authorities, without tag and length;
    /// empty beside a certificate, whose issuer is one of those asked for.
    TrustAnchors(Vec<Vec<u8>>),
    /// draft-agl-tls-nextprotoneg: the server's protocols; empty in a `ClientHello`.
    NextProtocols(Vec<Vec<u8>>),
    /// draft-balfanz-tls-channelid.
    ChannelId,
    /// RFC 9849 §5.
    EncryptedClientHello(EchExtension),
    /// draft-ietf-tls-esni before draft 6, in a `ClientHello`.
    EncryptedServerName(Box<EncryptedServerName>),
    /// The same in a server's answer: the nonce that was encrypted with the name.
    EncryptedServerNameNonce([u8; 16]),
    /// RFC 9849 §5.1, inside an encrypted hello: what is taken from the outer one.
    EchOuterExtensions(Vec<ExtensionType>),
    /// RFC 5746.
    RenegotiationInfo(Vec<u8>),
    /// A type without a form that is read here, GREASE, and what does not fit its type: octets, up to
    /// [`crate::limits`].
    Other(Vec<u8>),
}
