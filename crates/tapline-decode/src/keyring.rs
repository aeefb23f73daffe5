//! What connections are opened with: what was given, what came later, and what one connection learned for others.

use std::sync::Arc;

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use tapline_crypto::{KeyLog, Master, RsaKey, Secrets};

use crate::limits::{TLS_HELD_ALL_MAX, TLS_HELD_MAX, TLS_SESSIONS_MAX};

/// Keys and secrets as they were given, before the first packet.
#[derive(Debug, Default)]
pub struct Keys {
    /// Secrets of a key log (RFC 9850).
    pub log: KeyLog,
    /// Private keys of servers, for suites whose premaster secret is encrypted to them.
    pub private: Vec<RsaKey>,
    /// Whether secrets may come later: what cannot be opened yet is then held back, within
    /// [`TLS_HELD_MAX`] octets a connection.
    pub expects_more: bool,
}

impl Keys {
    /// Whether nothing can be opened, now or later.
    pub fn is_empty(&self) -> bool {
        self.log.is_empty() && self.private.is_empty() && !self.expects_more
    }

    /// Whether a connection may be opened by what another one said: a session resumed by its id or ticket is, where
    /// the keys only fit full handshakes.
    pub fn span_connections(&self) -> bool {
        !self.private.is_empty() || self.log.spans_connections()
    }
}

/// What some conversations are opened with, together.
#[derive(Debug, Default)]
pub struct Keyring {
    given: Arc<Keys>,
    late: KeyLog,
    sessions: Sessions,
    /// Octets that wait for secrets in all of the conversations.
    held: usize,
    /// Room for what a record is opened to, used again for the next.
    buffer: Vec<u8>,
}

impl Keyring {
    /// These keys, nothing learned.
    pub fn new(given: Arc<Keys>) -> Self {
        Self { given, ..Self::default() }
    }

    /// Takes secrets that came later.
    pub fn adopt(&mut self, log: &KeyLog) {
        self.late.adopt(log);
    }

    /// Octets that wait for secrets, in all of the conversations that have this keyring.
    pub fn waiting_bytes(&self) -> usize {
        self.held
    }

    /// Whether nothing can be opened, now or later.
    pub(crate) fn is_idle(&self) -> bool {
        self.given.is_empty() && self.late.is_empty()
    }

    /// Whether secrets may still come.
    pub(crate) fn expects_more(&self) -> bool {
        self.given.expects_more
    }

    /// Whether a private key was given and no more.
    pub(crate) fn has_only_private_keys(&self) -> bool {
        !self.given.private.is_empty() && self.given.log.is_empty() && self.late.is_empty()
    }

    pub(crate) fn secrets(&self, client_random: &[u8; 32]) -> Option<&Secrets> {
        self.late.of(client_random).or_else(|| self.given.log.of(client_random))
    }

    /// The premaster secret that was encrypted to a server's key: by a key log that names it, or by the key.
    pub(crate) fn premaster(&self, encrypted: &[u8]) -> Option<Vec<u8>> {
        let known =
            [&self.late, &self.given.log].into_iter().find_map(|log| log.by_encrypted_premaster(encrypted));
        known.map(<[u8]>::to_vec).or_else(|| {
            self.given
                .private
                .iter()
                .find_map(|key| key.decrypt_premaster(encrypted))
                .map(|octets| octets.to_vec())
        })
    }

    /// The master secret of an earlier session, by its id or its ticket.
    pub(crate) fn recall(&self, session: &[u8]) -> Option<Master> {
        if let Some(master) = self.sessions.recall(session) {
            return Some(master);
        }
        let known = [&self.late, &self.given.log].into_iter().find_map(|log| log.by_session_id(session));
        known.and_then(Master::given)
    }

    /// A session that may be resumed.
    pub(crate) fn remember(&mut self, session: &[u8], master: &Master) {
        self.sessions.remember(session, master);
    }

    /// Room for what a record is opened to; to be given back.
    pub(crate) fn take_buffer(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.buffer)
    }

    pub(crate) fn give_buffer(&mut self, buffer: Vec<u8>) {
        self.buffer = buffer;
    }

    /// Makes room for octets that wait, in a conversation that holds so many already; false where there is none.
    pub(crate) fn hold(&mut self, octets: usize, already: usize) -> bool {
        let room = already + octets <= TLS_HELD_MAX && self.held + octets <= TLS_HELD_ALL_MAX;
        if room {
            self.held += octets;
        }
        room
    }

    /// Octets wait no more.
    pub(crate) fn release(&mut self, octets: usize) {
        self.held = self.held.saturating_sub(octets);
    }
}

/// Master secrets by session id and by ticket: the newest, in two generations.
#[derive(Debug, Default)]
struct Sessions {
    newer: HashMap<Box<[u8]>, Master, RandomState>,
    older: HashMap<Box<[u8]>, Master, RandomState>,
}

impl Sessions {
    fn recall(&self, session: &[u8]) -> Option<Master> {
        self.newer.get(session).or_else(|| self.older.get(session)).cloned()
    }

    fn remember(&mut self, session: &[u8], master: &Master) {
        if self.newer.len() >= TLS_SESSIONS_MAX {
            self.older = std::mem::take(&mut self.newer);
        }
        self.newer.insert(session.into(), master.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_sessions_are_remembered() {
        let mut sessions = Sessions::default();
        let master = Master::given(&[7; 48]).unwrap();
        let id = |n: usize| n.to_be_bytes();
        for n in 0..=TLS_SESSIONS_MAX * 2 {
            sessions.remember(&id(n), &master);
        }
        assert!(sessions.recall(&id(TLS_SESSIONS_MAX * 2)).is_some());
        assert!(sessions.recall(&id(TLS_SESSIONS_MAX)).is_some());
        assert!(sessions.recall(&id(0)).is_none());
    }

    #[test]
    fn what_waits_is_bounded_for_one_and_for_all() {
        let mut keyring = Keyring::default();
        assert!(keyring.hold(TLS_HELD_MAX, 0) && !keyring.hold(1, TLS_HELD_MAX));
        let mut held = TLS_HELD_MAX;
        while keyring.hold(TLS_HELD_MAX, 0) {
            held += TLS_HELD_MAX;
        }
        assert_eq!(held, TLS_HELD_ALL_MAX);
        keyring.release(TLS_HELD_MAX);
        assert!(keyring.hold(TLS_HELD_MAX, 0));
    }
}
