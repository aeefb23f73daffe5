//! Whether a connection's records could be opened, and why not.

use std::fmt;

use super::CipherSuite;

/// Whether what is encrypted was opened. Said when it changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// From here on records are opened.
    Opened(Opened),
    /// From here on they are not.
    Closed(Closed),
}

/// Where the secrets came from that open records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// A key log, a file's or one in the capture.
    KeyLog,
    /// The server's private key opened the premaster secret (RFC 5246 §7.4.7.1).
    PrivateKey,
    /// The session was resumed, and an earlier connection told its master secret.
    EarlierSession,
    /// The suite does not encrypt.
    NotEncrypted,
}

/// Why records stay closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// No secret was given for the connection's client random.
    NoSecret,
    /// A secret was given that opens nothing.
    WrongSecret,
    /// The suite's records cannot be opened by this program.
    UnsupportedSuite(CipherSuite),
    /// A private key was given, and the keys were exchanged in a way that it does not help with.
    ForwardSecret,
    /// A private key was given, and the premaster secret was encrypted to another one.
    OtherPrivateKey,
    /// The session was resumed, and the connection that began it was not opened.
    SessionUnknown,
    /// The hellos were not seen: nothing tells which secrets are the connection's.
    HelloMissing,
    /// The secrets did not come before more had to wait for them than is held.
    TooLate,
}

impl Opened {
    /// The sentence part as it is shown.
    pub fn text(self) -> &'static str {
        match self {
            Self::KeyLog => "opened with the key log",
            Self::PrivateKey => "opened with the server's private key",
            Self::EarlierSession => "opened with the master secret of the session it resumes",
            Self::NotEncrypted => "the cipher suite does not encrypt",
        }
    }
}

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSecret => f.write_str("the key log has no secret for this connection"),
            Self::WrongSecret => {
                f.write_str("the secret that was given for this connection does not open it")
            }
            Self::UnsupportedSuite(suite) => write!(f, "records of {suite} cannot be opened"),
            Self::ForwardSecret => {
                f.write_str("the key exchange is not RSA: a private key cannot open it, a key log can")
            }
            Self::OtherPrivateKey => f.write_str("the private key is not the one that the server used"),
            Self::SessionUnknown => {
                f.write_str("it resumes a session whose first handshake was not seen or not opened")
            }
            Self::HelloMissing => {
                f.write_str("the hellos were not seen: nothing tells which secrets belong to it")
            }
            Self::TooLate => f.write_str("the secrets did not come before more waited for them than is held"),
        }
    }
}
