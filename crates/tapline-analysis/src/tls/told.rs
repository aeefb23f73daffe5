//! What a handshake turned out to be.

use tapline_decode::tls::NamedGroup;

use crate::Sender;

/// How the keys of a session came about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum TlsKind {
    /// Not seen far enough.
    #[default]
    NotKnown,
    /// A full handshake.
    Full,
    /// An earlier session was resumed by its session id (RFC 5246 §7.3).
    ResumedSessionId,
    /// An earlier session was resumed with a ticket (RFC 5077).
    ResumedTicket,
    /// An earlier session of TLS 1.3 was resumed with the key of its ticket (RFC 8446 §2.2).
    ResumedPsk,
    /// With a key that both sides had before. Inferred: its identity has the age 0, which RFC 8446 §4.2.11 asks for.
    ExternalPsk,
}

impl TlsKind {
    /// The name as it is written in exports.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotKnown => "not_known",
            Self::Full => "full",
            Self::ResumedSessionId => "resumed_session_id",
            Self::ResumedTicket => "resumed_ticket",
            Self::ResumedPsk => "resumed_psk",
            Self::ExternalPsk => "external_psk",
        }
    }

    /// The same in words for a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::NotKnown => "kind not known",
            Self::Full => "full",
            Self::ResumedSessionId => "resumed by session id",
            Self::ResumedTicket => "resumed with a ticket",
            Self::ResumedPsk => "resumed with a PSK",
            Self::ExternalPsk => "external PSK",
        }
    }
}

/// How a pre-shared key was used (RFC 8446 §4.2.9): the `ServerHello` has a key share or none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PskMode {
    /// The key alone: whoever learns it later reads the session.
    Ke,
    /// With (EC)DHE.
    DheKe,
}

impl PskMode {
    /// The name as it is written in exports, that of its RFC.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ke => "psk_ke",
            Self::DheKe => "psk_dhe_ke",
        }
    }
}

/// What came of a handshake.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum TlsOutcome {
    /// Its beginning was not seen.
    #[default]
    NotSeen,
    /// Both sides finished it.
    Established,
    /// An alert ended it.
    Failed,
    /// The connection was closed before a server's answer, or a new handshake was declined.
    Refused,
    /// The connection was closed before its end, without an alert.
    Abandoned,
    /// The capture ends before it does, or misses too much of it.
    Cut,
}

impl TlsOutcome {
    /// The name as it is written in exports.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotSeen => "not_seen",
            Self::Established => "established",
            Self::Failed => "failed",
            Self::Refused => "refused",
            Self::Abandoned => "abandoned",
            Self::Cut => "cut",
        }
    }
}

/// What became of data that the client sent before the server answered (RFC 8446 §2.3).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum EarlyData {
    /// None was offered.
    #[default]
    None,
    /// Offered, and what the server did with it stays encrypted.
    Sent,
    /// The server took it.
    Accepted,
    /// The server did not take it: the client sends it again.
    Refused,
}

impl EarlyData {
    /// The name as it is written in exports.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Sent => "sent",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
        }
    }
}

/// Whether the client showed a certificate.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ClientCertificate {
    /// Not seen: in TLS 1.3 it travels encrypted.
    #[default]
    NotKnown,
    /// The server did not ask.
    NotRequested,
    /// The server asked, and the answer was not seen.
    Requested,
    /// It did: so many certificates.
    Sent(usize),
    /// It was asked and sent an empty list, or refused (SSL 3.0: alert `no_certificate`).
    Refused,
}

impl ClientCertificate {
    /// The name as it is written in exports.
    pub fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::NotKnown => return None,
            Self::NotRequested => "not_requested",
            Self::Requested => "requested",
            Self::Sent(_) => "sent",
            Self::Refused => "refused",
        })
    }
}

/// Why a `HelloRetryRequest` was sent (RFC 8446 §4.1.4).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct HelloRetry {
    /// The groups of the first hello's key shares, GREASE left out, at most
    /// [`crate::limits::KEY_SHARES_KEPT_MAX`].
    pub client_groups: Vec<NamedGroup>,
    /// How many more there were.
    pub client_groups_left_out: usize,
    /// The group that the server asked for.
    pub asked: Option<NamedGroup>,
    /// Whether the server wants its cookie back.
    pub cookie: bool,
}

impl HelloRetry {
    /// The names of the client's groups, and how many there were beyond.
    pub(crate) fn client_group_names(&self) -> Vec<String> {
        let more = self.client_groups_left_out;
        let more = (more > 0).then(|| format!("{more} more"));
        self.client_groups.iter().map(ToString::to_string).chain(more).collect()
    }
}

/// A handshake on a connection that had one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Renegotiation {
    /// Who wanted it: the server with a `HelloRequest`, or the client.
    pub by: Sender,
    /// Its messages stay encrypted: that there are handshake records at all is all that is known.
    pub inferred: bool,
    /// 1 for the connection's first renegotiation.
    pub number: u32,
}

/// How much of what is encrypted was opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Decrypted {
    /// All of it.
    Full,
    /// Some.
    Partial,
    /// Nothing.
    None,
}

impl Decrypted {
    /// The name as it is written in exports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Partial => "partial",
            Self::None => "none",
        }
    }
}
