//! A TLS handshake put together from its messages.

use tapline_decode::tls::{
    self, Body, ClientHello, ContentType, ExtensionBody, Handshake, ServerHello, Version,
};
use tapline_reassembly::Origin;

use crate::certificate::Seen;
use crate::story::Moment;
use crate::{Event, Sender, TlsMessage, TlsSession, text};

/// The handshake so far.
///
/// ```text
///   full TLS 1.2                     TLS 1.3                       resumed TLS 1.2
///   ClientHello       ->             ClientHello       ->          ClientHello       ->
///        <- ServerHello…Done              <- ServerHello, {…Fin}        <- ServerHello, CCS, Fin
///   CKE, CCS, Fin     ->             {Fin}, [data]     ->          CCS, Fin, [data]  ->
///        <- CCS, Fin
///   two round trips                  one round trip                one round trip
/// ```
#[expect(clippy::struct_excessive_bools, reason = "independent observations, not states")]
pub(crate) struct Tls {
    session: TlsSession,
    told: bool,
    /// Whether a `ServerHello` that is not a retry was seen.
    answered: bool,
    certificates: Seen,
    /// Who sent ChangeCipherSpec: client, server.
    changed_cipher: [bool; 2],
    /// Who sent its encrypted Finished (TLS 1.2 and before): client, server.
    finished: [bool; 2],
    server_data_seen: bool,
    /// The direction of the newest handshake flight, to count round trips.
    flight: Option<Sender>,
    round_trips: u8,
    client_data_seen: bool,
}

impl Tls {
    pub(crate) fn new(connection: u64, start: Origin) -> Self {
        Self {
            session: TlsSession { connection, start, ..TlsSession::default() },
            told: false,
            answered: false,
            certificates: Seen::default(),
            changed_cipher: [false; 2],
            finished: [false; 2],
            server_data_seen: false,
            flight: None,
            round_trips: 0,
            client_data_seen: false,
        }
    }

    pub(crate) fn server_name(&self) -> Option<&str> {
        self.session.server_name.as_deref()
    }

    pub(crate) fn handshake_ns(&self) -> Option<i64> {
        self.session.handshake_ns
    }

    /// Whether records open from here on.
    pub(crate) fn access(&mut self, access: tls::Access) {
        let _ = access;
    }

    pub(crate) fn see(&mut self, message: &tls::Message, moment: &mut Moment<'_>) {
        let handshake = match &message.body {
            Body::Handshake(handshake) => Some(handshake.kind()),
            _ => None,
        };
        if !self.told {
            self.count_flight(message, moment.from);
            self.follow(message, moment);
        }
        if message.content == ContentType::APPLICATION_DATA {
            self.session.application_records += 1;
        }
        if moment.options.interests.tls_messages {
            moment.events.push(Event::TlsMessage(Box::new(TlsMessage {
                connection: moment.connection.id,
                origin: moment.here,
                first: moment.first,
                from: moment.from,
                record_version: message.record_version,
                content: message.content,
                handshake,
                alert: if let Body::Alert(alert) = message.body { Some(alert) } else { None },
                length_bytes: message.length,
                decrypted: message.decrypted,
            })));
        }
    }

    /// The connection is over: a handshake that never ended is told as far as it came.
    pub(crate) fn close(&mut self, moment: &mut Moment<'_>) {
        self.tell(None, moment);
    }

    fn follow(&mut self, message: &tls::Message, moment: &mut Moment<'_>) {
        self.certificates.see(message, moment);
        match &message.body {
            Body::Handshake(Handshake::ClientHello(hello)) => self.client_hello(hello),
            Body::Handshake(Handshake::ServerHello(hello)) => self.server_hello(hello),
            Body::ChangeCipherSpec => set(&mut self.changed_cipher, moment.from),
            Body::Encrypted if self.changed_cipher.get(moment.from.index()) == Some(&true) => {
                set(&mut self.finished, moment.from);
                if self.finished == [true; 2] {
                    self.tell(Some(moment.here), moment);
                }
            }
            Body::Alert(alert) => {
                self.session.alert.get_or_insert((moment.from, *alert));
            }
            Body::ApplicationData => self.application_data(moment),
            _ => {}
        }
    }

    fn client_hello(&mut self, hello: &ClientHello) {
        self.session.server_name = hello.server_name().map(text::text);
        self.session.alpn_offered = hello.alpn().iter().map(|name| text::text(name)).collect();
        self.session.early_data |= hello.early_data();
        self.session.ja3 = Some(tls::ja3(hello));
        self.session.ja4 = Some(tls::ja4(hello));
    }

    fn server_hello(&mut self, hello: &ServerHello) {
        for extension in &hello.extensions {
            match &extension.body {
                ExtensionBody::KeyShare(group, _) | ExtensionBody::RetryGroup(group) => {
                    self.session.group = Some(*group);
                }
                ExtensionBody::Alpn(names) => self.session.alpn = names.first().map(|name| text::text(name)),
                ExtensionBody::SelectedPreSharedKey(_) => self.session.resumed = Some(true),
                _ => {}
            }
        }
        if hello.is_hello_retry_request() {
            self.session.hello_retry = true;
            return;
        }
        self.answered = true;
        self.session.alpn = hello.alpn().map(text::text);
        self.session.version = Some(hello.negotiated_version());
        self.session.cipher_suite = Some(hello.cipher_suite);
        self.session.ja3s = Some(tls::ja3s(hello));
    }

    /// In TLS 1.3 the client's first record of application data after the server's carries its Finished.
    fn application_data(&mut self, moment: &mut Moment<'_>) {
        match moment.from {
            Sender::Server => self.server_data_seen = true,
            Sender::Client => {
                self.client_data_seen = true;
                if self.server_data_seen && self.is_tls13() {
                    self.tell(Some(moment.here), moment);
                }
            }
        }
    }

    /// A round trip is a client flight that the server answered before the client could send data.
    fn count_flight(&mut self, message: &tls::Message, from: Sender) {
        if self.client_data_seen && !self.session.early_data || matches!(message.body, Body::Alert(_)) {
            return;
        }
        if from == Sender::Server && self.flight == Some(Sender::Client) {
            self.round_trips = self.round_trips.saturating_add(1);
        }
        self.flight = Some(from);
    }

    fn is_tls13(&self) -> bool {
        self.session.version.is_some_and(Version::is_tls13)
    }

    fn tell(&mut self, end: Option<Origin>, moment: &mut Moment<'_>) {
        if self.told {
            return;
        }
        self.told = true;
        let session = &mut self.session;
        session.end = end;
        if self.answered {
            let [_, server_changed] = self.changed_cipher;
            if session.version.is_some_and(Version::is_tls13) {
                session.resumed.get_or_insert(false);
            } else if server_changed || self.certificates.has_server() {
                // Without a certificate the server can only have taken up an earlier session (or none is
                // used at all, in the anonymous and PSK suites that nobody offers).
                session.resumed = Some(!self.certificates.has_server());
            }
        }
        session.handshake_ns = end.map(|end| end.at.since(session.start.at));
        session.handshake_rtts = end.map(|_| self.round_trips);
        if moment.options.interests.tls_sessions {
            self.certificates.settle(session, moment);
            moment.events.push(Event::TlsSession(Box::new(session.clone())));
        }
    }
}

fn set(flags: &mut [bool; 2], sender: Sender) {
    if let Some(flag) = flags.get_mut(sender.index()) {
        *flag = true;
    }
}
