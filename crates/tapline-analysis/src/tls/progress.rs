//! How far a handshake has come.

use tapline_decode::tls::NamedGroup;

use crate::Sender;

/// What is remembered of a handshake to understand what comes next, and is no part of its session.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent observations, not states")]
pub(super) struct Progress {
    /// A `ClientHello` was seen.
    pub(super) hello_seen: bool,
    /// A `ServerHello` that is not a retry was seen.
    pub(super) answered: bool,
    /// Both sides have finished.
    pub(super) ended: bool,
    /// What only a full handshake before TLS 1.3 has was seen: a certificate, a key exchange.
    pub(super) is_full: bool,
    pub(super) changed_cipher: Sides,
    pub(super) finished: Sides,
    /// An alert that stays encrypted was seen after the handshake.
    pub(super) alert_hidden: Sides,
    /// Records of TLS 1.3 that stay encrypted.
    pub(super) hidden: Sides,
    pub(super) server_data_seen: bool,
    pub(super) client_data_seen: bool,
    /// After the end: the server went on, so it was content.
    pub(super) server_went_on: bool,
    /// An alert ended it.
    pub(super) failed: bool,
    /// An alert says that there will be no renegotiation.
    pub(super) declined: bool,
    /// Who sent the newest flight.
    pub(super) speaker: Option<Sender>,
    pub(super) round_trips: u8,
    pub(super) offer: Offer,
}

/// What the newest `ClientHello` offers, as far as the answer is read by it.
#[derive(Default)]
pub(super) struct Offer {
    pub(super) session_id: Vec<u8>,
    /// A ticket (RFC 5077), not only the wish for one.
    pub(super) ticket: bool,
    /// Groups with a key share, GREASE left out.
    pub(super) groups: Vec<NamedGroup>,
    pub(super) groups_left_out: usize,
    /// Of the pre-shared keys, which have the age 0.
    pub(super) ageless_keys: Vec<bool>,
}

/// An observation of each side.
#[derive(Clone, Copy, Default)]
pub(super) struct Sides {
    client: bool,
    server: bool,
}

impl Sides {
    pub(super) fn set(&mut self, sender: Sender) {
        match sender {
            Sender::Client => self.client = true,
            Sender::Server => self.server = true,
        }
    }

    pub(super) fn of(self, sender: Sender) -> bool {
        match sender {
            Sender::Client => self.client,
            Sender::Server => self.server,
        }
    }

    pub(super) fn both(self) -> bool {
        self.client && self.server
    }
}
