//! What opens a connection's records: the secrets of its handshake, and how far each direction has come with them.
//!
//! ```text
//! TLS 1.0–1.2   Clear ──ChangeCipherSpec──► Changed ──ChangeCipherSpec──► Changed (renegotiated)
//! TLS 1.3       Clear ──► Early (client) ──ServerHello──► Handshake ──Finished──► Application
//! ```
//!
//! A record is tried under the secret that is due, then under those that come later: so a lost Finished, early data
//! that nobody has the secret of, or a key log with application secrets alone stop nothing.

mod agreement;
mod protection;
mod transcript;

use agreement::{Agreement, Choice, Offer, encrypted_premaster};
pub(super) use protection::Content;
use protection::{Epoch, Protection};
use tapline_crypto::{Master, Opener, Side, Suite, verify_data13};
use transcript::Transcript;

use super::record::Header;
use super::{Access, Closed, Handshake, HandshakeType, Opened, ServerHello};
use crate::Keyring;

/// The secrets of a connection.
#[derive(Debug, Default)]
pub(super) struct Opening {
    agreement: Agreement,
    transcript: Transcript,
    /// The master secret of TLS 1.0–1.2, and where it came from.
    master: Option<(Master, Opened)>,
    client: Protection,
    server: Protection,
    early: Early,
}

/// What became of early data (RFC 8446 §4.2.10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) enum Early {
    /// Not known yet, or there is none.
    #[default]
    Open,
    /// The server took it.
    Accepted,
    /// The server did not.
    Refused,
}

/// What came of trying to open a record.
#[derive(Debug)]
pub(super) enum Attempt {
    /// It opened.
    Opened(Content),
    /// A secret was there and does not fit.
    Refused,
    /// There was none.
    Keyless,
}

impl Opening {
    fn side(&mut self, from: Side) -> &mut Protection {
        match from {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    /// A handshake message, in clear or opened; for Finished, whether it is the right one.
    pub(super) fn see(
        &mut self,
        from: Side,
        kind: HandshakeType,
        body: &[u8],
        handshake: &Handshake,
        keyring: &mut Keyring,
    ) -> Option<bool> {
        match handshake {
            Handshake::ClientHello(hello) => self.offered(Offer::of(hello)),
            Handshake::ClientHelloV2(hello) => self.offered(Offer::of_v2(hello)),
            Handshake::ServerHello(hello) => self.server_hello(hello),
            _ => {}
        }
        if kind == HandshakeType::HELLO_REQUEST || self.side(from).epoch == Epoch::Application {
            if kind == HandshakeType::KEY_UPDATE
                && let Some(opener) = &mut self.side(from).opener
            {
                opener.update();
            }
            return None;
        }
        let finished = (kind == HandshakeType::FINISHED).then(|| self.finished(from, body, keyring));
        if matches!(handshake, Handshake::ClientHelloV2(_)) {
            self.transcript.add_without_header(body);
        } else {
            self.transcript.add(kind, body);
        }
        match handshake {
            Handshake::EncryptedExtensions(extensions) => {
                self.early_data(if extensions.is_early_data_accepted() {
                    Early::Accepted
                } else {
                    Early::Refused
                });
            }
            Handshake::Certificate(_) if from == Side::Server => self.agreement.has_certificate = true,
            Handshake::ClientKeyExchange(_) => {
                self.agreement.encrypted_premaster = Some(encrypted_premaster(body));
                self.agreement.session = self.transcript.octets().map(<[u8]>::to_vec);
            }
            Handshake::NewSessionTicket(ticket) if !self.is_tls13() => {
                self.agreement.ticket.clone_from(&ticket.ticket);
            }
            Handshake::EndOfEarlyData => {
                self.early_data(Early::Accepted);
                self.client.begin(Epoch::Handshake);
            }
            _ => {}
        }
        if kind == HandshakeType::FINISHED {
            self.finish(from, keyring);
        }
        finished.flatten()
    }

    fn offered(&mut self, offer: Offer) {
        let again = self.agreement.choice.is_some();
        if again && self.is_tls13() {
            return;
        }
        if again {
            (self.agreement, self.transcript, self.master) = Default::default();
        }
        let retried = self.agreement.offer.is_some();
        if !again {
            let early = offer.early_data && !retried;
            self.client.begin(if early { Epoch::Early } else { Epoch::Clear });
        }
        self.agreement.offer = Some(offer);
    }

    fn server_hello(&mut self, hello: &ServerHello) {
        let choice = Choice::of(hello);
        if hello.is_hello_retry_request() {
            self.transcript.retried(choice.suite);
            self.early_data(Early::Refused);
            return;
        }
        if choice.is_tls13() {
            self.server.begin(Epoch::Handshake);
            let resumed = hello.selected_pre_shared_key().is_some();
            if !resumed {
                self.early_data(Early::Refused);
            }
            if self.client.epoch != Epoch::Early {
                self.client.begin(Epoch::Handshake);
            }
        } else {
            self.early_data(Early::Refused);
            if self.client.epoch == Epoch::Early {
                self.client.begin(Epoch::Clear);
            }
        }
        self.agreement.choice = Some(choice);
    }

    /// What became of early data is said once.
    fn early_data(&mut self, early: Early) {
        if self.early == Early::Open {
            self.early = early;
        }
    }

    /// Nothing said that the server refused early data, and the connection went on.
    pub(super) fn assume_early_data_accepted(&mut self) {
        self.early_data(Early::Accepted);
    }

    pub(super) fn early(&self) -> Early {
        self.early
    }

    /// A `ChangeCipherSpec` of TLS 1.0–1.2.
    pub(super) fn change_cipher_spec(&mut self, from: Side) {
        if !self.is_tls13() && self.agreement.choice.is_some() {
            self.side(from).begin(Epoch::Changed);
        }
    }

    fn is_tls13(&self) -> bool {
        self.agreement.choice.as_ref().is_some_and(Choice::is_tls13)
    }

    /// Messages are missing: nothing can be verified.
    pub(super) fn lose_messages(&mut self) {
        self.transcript.give_up();
    }

    /// So many octets of a direction's records are missing.
    pub(super) fn lose(&mut self, from: Side, octets: u64) {
        self.side(from).lose(octets);
    }

    /// Whether records of a direction may be missing before the next one.
    pub(super) fn is_behind_gap(&mut self, from: Side) -> bool {
        self.side(from).is_behind_gap()
    }

    /// A record passes that is not opened. `tail`: what of its end is there.
    pub(super) fn pass(&mut self, from: Side, header: Header, tail: &[u8]) {
        let content = self.agreement.choice.as_ref().and_then(|choice| {
            let suite = choice.suite?;
            suite.plain_length(choice.version.0, usize::from(header.length))
        });
        self.side(from).pass(header, tail, content);
    }

    /// Whether an encrypted record of that direction is worth having.
    pub(super) fn wants(&mut self, from: Side, keyring: &Keyring) -> bool {
        (self.is_null() || !keyring.is_idle())
            && self.agreement.offer.is_some()
            && self.side(from).is_worth_trying()
    }

    /// Whether the suite does not encrypt.
    pub(super) fn is_null(&self) -> bool {
        self.agreement.choice.as_ref().and_then(|choice| choice.suite).is_some_and(Suite::is_null)
    }

    /// Whether that direction is encrypted: a secret would open it.
    pub(super) fn may_open(&mut self, from: Side) -> bool {
        self.side(from).epoch != Epoch::Clear
    }

    /// No secret is there for that direction. Where none will come, nothing more is tried.
    pub(super) fn give_up_keyless(&mut self, from: Side, keyring: &Keyring) {
        if self.agreement.choice.is_some() && !keyring.expects_more() {
            self.side(from).give_up();
        }
    }

    /// Whether a record that no secret opens shows that they are wrong: the secret that is due was there. (Records
    /// of the handshake in TLS 1.3 stay closed where only application secrets are given.)
    pub(super) fn should_have_opened(&self, from: Side, keyring: &Keyring) -> bool {
        let side = if from == Side::Client { &self.client } else { &self.server };
        match side.epoch {
            Epoch::Clear => false,
            Epoch::Changed => true,
            epoch => self.secret13(from, epoch, keyring).is_some(),
        }
    }

    /// Whether that direction has opened something.
    pub(super) fn has_opened(&mut self, from: Side) -> bool {
        self.side(from).has_opened
    }

    /// Secrets came.
    pub(super) fn try_again(&mut self) {
        self.client.try_again();
        self.server.try_again();
    }

    /// Tries to open a record; its content is then in `out`.
    pub(super) fn open(
        &mut self,
        from: Side,
        header: Header,
        fragment: &[u8],
        keyring: &mut Keyring,
        out: &mut Vec<u8>,
    ) -> Attempt {
        let mut tried = self.side(from).opener.is_some();
        if let Some(opened) = self.side(from).open(header, fragment, out) {
            return Attempt::Opened(self.content(from, opened));
        }
        for epoch in self.due(from) {
            for opener in self.openers(from, epoch, keyring) {
                tried = true;
                if let Some(opened) = self.side(from).advance(epoch, opener, header, fragment, out) {
                    return Attempt::Opened(self.content(from, opened));
                }
            }
        }
        if tried {
            self.side(from).refuse();
            return Attempt::Refused;
        }
        Attempt::Keyless
    }

    fn content(&mut self, from: Side, opened: tapline_crypto::Opened) -> Content {
        let records =
            self.agreement.choice.as_ref().and_then(|choice| Some((choice.version.0, choice.suite?)));
        let content_of =
            |fragment| records.and_then(|(version, suite)| suite.plain_length(version, fragment));
        self.side(from).content(opened, content_of)
    }

    /// The epochs whose secrets may fit the next record, in order, without the one that has its opener.
    fn due(&mut self, from: Side) -> impl Iterator<Item = Epoch> + use<> {
        let side = self.side(from);
        let (now, has_opener) = (side.epoch, side.opener.is_some());
        let all: &[Epoch] = match now {
            Epoch::Clear => &[],
            Epoch::Changed => &[Epoch::Changed],
            _ => &[Epoch::Early, Epoch::Handshake, Epoch::Application],
        };
        all.iter().copied().filter(move |epoch| *epoch > now || *epoch == now && !has_opener)
    }

    /// What may open records of an epoch from its beginning on.
    fn openers(&mut self, from: Side, epoch: Epoch, keyring: &mut Keyring) -> Vec<Opener> {
        match epoch {
            Epoch::Clear => Vec::new(),
            Epoch::Changed => self.opener12(from, keyring).into_iter().collect(),
            Epoch::Early => self.early_openers(keyring),
            Epoch::Handshake | Epoch::Application => {
                let Some(choice) = &self.agreement.choice else { return Vec::new() };
                let secret = self.secret13(from, epoch, keyring);
                let opener = secret.zip(choice.suite);
                opener
                    .and_then(|(secret, suite)| Opener::tls13(choice.version.0, suite, secret))
                    .into_iter()
                    .collect()
            }
        }
    }

    fn secret13<'a>(&self, from: Side, epoch: Epoch, keyring: &'a Keyring) -> Option<&'a [u8]> {
        let secrets = keyring.secrets(&self.agreement.offer.as_ref()?.random)?;
        let secret = match (from, epoch) {
            (Side::Client, Epoch::Handshake) => &secrets.client_handshake,
            (Side::Server, Epoch::Handshake) => &secrets.server_handshake,
            (Side::Client, Epoch::Application) => &secrets.client_application,
            (Side::Server, Epoch::Application) => &secrets.server_application,
            (Side::Client, Epoch::Early) => &secrets.client_early,
            _ => return None,
        };
        secret.as_deref()
    }

    /// Early data travels under a suite of the earlier session, one that the client offers again: which one, the
    /// first record tells.
    fn early_openers(&self, keyring: &Keyring) -> Vec<Opener> {
        let Some(offer) = &self.agreement.offer else { return Vec::new() };
        let Some(secret) = self.secret13(Side::Client, Epoch::Early, keyring) else { return Vec::new() };
        let version = offer.version13.map_or(0x0304, |version| version.0);
        offer.early_suites.iter().filter_map(|&suite| Opener::tls13(version, suite, secret)).collect()
    }

    fn opener12(&mut self, from: Side, keyring: &mut Keyring) -> Option<Opener> {
        self.settle_master(keyring);
        let (offer, choice) = (self.agreement.offer.as_ref()?, self.agreement.choice.as_ref()?);
        match &self.master {
            Some((master, _)) => {
                let randoms = choice.randoms(offer.random);
                Opener::tls12(
                    choice.version.0,
                    choice.suite?,
                    master,
                    &randoms,
                    from,
                    choice.encrypt_then_mac,
                )
            }
            None => choice.null_opener(),
        }
    }

    /// Finds the master secret: given, derived from the premaster secret, or that of the session resumed.
    fn settle_master(&mut self, keyring: &mut Keyring) {
        if self.master.is_none() {
            self.master = self.find_master(keyring);
        }
    }

    fn find_master(&self, keyring: &Keyring) -> Option<(Master, Opened)> {
        let (offer, choice) = (self.agreement.offer.as_ref()?, self.agreement.choice.as_ref()?);
        let secrets = keyring.secrets(&offer.random);
        if let Some(master) = secrets.and_then(|secrets| Master::given(secrets.master.as_deref()?)) {
            return Some((master, Opened::KeyLog));
        }
        if let Some(encrypted) = &self.agreement.encrypted_premaster {
            let given = secrets.and_then(|secrets| secrets.premaster.clone());
            let source = if given.is_some() { Opened::KeyLog } else { Opened::PrivateKey };
            let premaster = given.or_else(|| keyring.premaster(encrypted))?;
            let (version, suite) = (choice.version.0, choice.suite?);
            let master = if choice.extended_master_secret {
                Master::derive_extended(version, suite, &premaster, self.agreement.session.as_deref()?)
            } else {
                Master::derive(version, suite, &premaster, &choice.randoms(offer.random))
            };
            return Some((master, source));
        }
        if self.agreement.has_certificate {
            return None;
        }
        let by_id = !offer.session_id.is_empty() && offer.session_id == choice.session_id;
        let by_id = by_id.then(|| keyring.recall(&offer.session_id)).flatten();
        let master =
            by_id.or_else(|| (!offer.ticket.is_empty()).then(|| keyring.recall(&offer.ticket)).flatten())?;
        Some((master, Opened::EarlierSession))
    }

    /// Whether a Finished says what it must (RFC 8446 §4.4.4, RFC 5246 §7.4.9); `None` where that cannot be known.
    fn finished(&mut self, from: Side, body: &[u8], keyring: &mut Keyring) -> Option<bool> {
        let choice = self.agreement.choice.clone()?;
        let suite = choice.suite?;
        let expected = if choice.is_tls13() {
            let secret = self.secret13(from, Epoch::Handshake, keyring)?;
            verify_data13(suite, secret, self.transcript.octets()?)?
        } else {
            self.settle_master(keyring);
            let (master, _) = self.master.as_ref()?;
            master.verify_data(choice.version.0, suite, from, self.transcript.octets()?)
        };
        Some(expected == body)
    }

    /// A direction's handshake is over.
    fn finish(&mut self, from: Side, keyring: &mut Keyring) {
        if self.is_tls13() {
            self.side(from).begin(Epoch::Application);
            if from == Side::Client {
                self.transcript.give_up();
            }
            return;
        }
        if let (Some((master, _)), Some(choice)) = (&self.master, &self.agreement.choice) {
            for session in [&choice.session_id, &self.agreement.ticket] {
                if !session.is_empty() {
                    keyring.remember(session, master);
                }
            }
        }
    }

    /// Where what opened the last record came from.
    pub(super) fn source(&self) -> Opened {
        match &self.master {
            Some((_, source)) => *source,
            None if self.is_tls13() || self.client.epoch == Epoch::Early => Opened::KeyLog,
            None => Opened::NotEncrypted,
        }
    }

    /// Why a record stays closed that no secret was there for.
    pub(super) fn why_closed(&self, keyring: &Keyring) -> Access {
        let Some(choice) = &self.agreement.choice else { return Access::Closed(Closed::HelloMissing) };
        let rsa = choice.suite.is_some_and(Suite::is_rsa_key_exchange);
        Access::Closed(match choice.suite {
            None => Closed::UnsupportedSuite(choice.cipher_suite),
            Some(_) if !keyring.has_only_private_keys() => Closed::NoSecret,
            Some(_) if !rsa => Closed::ForwardSecret,
            Some(_) if self.agreement.encrypted_premaster.is_some() => Closed::OtherPrivateKey,
            Some(_) => Closed::SessionUnknown,
        })
    }
}
