//! TLS handshakes put together from their messages: the story of a session.

mod ending;
mod flight;
mod follow;
mod hellos;
mod progress;
mod told;
mod words;

use tapline_decode::crypto::Suite;
use tapline_decode::tls::{self, Access, Body, ContentType, Handshake, Opened, Version};
use tapline_reassembly::{Direction, Origin};

pub use flight::{Flight, FlightStep, StepKind, Wait};
use progress::Progress;
pub use told::{
    ClientCertificate, Decrypted, EarlyData, HelloRetry, PskMode, Renegotiation, TlsKind, TlsOutcome,
};

use crate::certificate::Seen;
use crate::inferred::Setting;
use crate::story::Moment;
use crate::{Event, Sender, Span, TlsMessage, TlsSession};

/// The handshakes of a connection, one after the other.
///
/// ```text
///   full TLS 1.2                     TLS 1.3                       resumed TLS 1.2
///   ClientHello       ->             ClientHello       ->          ClientHello       ->
///        <- ServerHello…Done              <- ServerHello, {…Fin}        <- ServerHello, CCS, Fin
///   CKE, CCS, Fin     ->             {Fin}, [data]     ->          CCS, Fin, [data]  ->
///        <- CCS, Fin
///   two round trips                  one round trip                one round trip
/// ```
///
/// Each is a session of its own. It is told when the connection is over or the next one begins, because alerts,
/// tickets and how much could be opened come later.
pub(crate) struct Tls {
    session: TlsSession,
    /// How far the session's handshake has come.
    progress: Progress,
    /// What was last said of whether records open.
    access: Option<Access>,
    /// The name that the connection's first hello asks for.
    first_name: Option<String>,
    /// The connection's first handshake.
    first_handshake: Option<Span>,
    /// The direction in which the client sends.
    client: Direction,
    told: bool,
    certificates: Seen,
}

impl Tls {
    pub(crate) fn new(connection: u64, start: Origin) -> Self {
        Self {
            session: TlsSession { connection, start, ..TlsSession::default() },
            progress: Progress::default(),
            access: None,
            first_name: None,
            first_handshake: None,
            client: Direction::Forward,
            told: false,
            certificates: Seen::default(),
        }
    }

    pub(crate) fn server_name(&self) -> Option<&str> {
        self.first_name.as_deref()
    }

    /// The connection's first handshake, once it has ended.
    pub(crate) fn first_handshake(&self) -> Option<Span> {
        self.first_handshake
    }

    /// Whether the handshake was seen to end.
    pub(crate) fn is_established(&self) -> bool {
        self.session.end.is_some()
    }

    /// What matters to what is inferred of records that stay closed.
    pub(crate) fn setting(&self) -> Option<Setting<'_>> {
        let session = &self.session;
        let http2 = match &session.alpn {
            Some(chosen) => chosen == "h2",
            None => session.version?.is_tls13() && session.alpn_offered.iter().any(|offered| offered == "h2"),
        };
        Some(Setting {
            connection: session.connection,
            http2,
            tls13: session.version?.is_tls13(),
            server_name: self.server_name(),
        })
    }

    /// Octets of application data in a record that stays closed, as far as its size tells.
    pub(crate) fn closed_content(&self, message: &tls::Message) -> Option<u64> {
        /// An alert of TLS 1.3, which looks like application data (RFC 8446 §5.2).
        const ALERT: usize = 2;
        if message.body != Body::ApplicationData || message.decrypted {
            return None;
        }
        let (version, suite) = (self.session.version?, self.session.cipher_suite?);
        let content = Suite::of(suite.0)?.plain_length(version.0, usize::try_from(message.length).ok()?)?;
        let is_alert = version.is_tls13() && content == ALERT;
        (!is_alert).then_some(content as u64)
    }

    /// Whether records open from here on.
    pub(crate) fn access(&mut self, access: Access) {
        self.access = Some(access);
        match access {
            Access::Opened(how) => self.session.opened = Some(how),
            Access::Closed(why) => self.session.closed = Some(why),
        }
    }

    pub(crate) fn see(&mut self, message: &tls::Message, moment: &mut Moment<'_>) {
        self.client = match moment.from {
            Sender::Client => moment.direction,
            Sender::Server => moment.direction.flip(),
        };
        self.begin_again(message, moment);
        self.count(message);
        self.certificates.see(message, moment);
        self.follow(message, moment);
        if moment.options.interests.tls_messages {
            moment.events.push(Event::TlsMessage(Box::new(told(message, moment))));
        }
    }

    /// The connection is over.
    pub(crate) fn close(&mut self, moment: &mut Moment<'_>) {
        if !self.told {
            self.told = true;
            self.conclude(moment);
            self.tell(moment);
        }
    }

    /// A handshake begins on a connection that has had one: that one's session is told, another begins.
    fn begin_again(&mut self, message: &tls::Message, moment: &mut Moment<'_>) {
        if !self.progress.ended {
            return;
        }
        let inferred = match &message.body {
            Body::Handshake(Handshake::ClientHello(_) | Handshake::ClientHelloV2(_)) => false,
            Body::Handshake(Handshake::HelloRequest) if !self.is_tls13() => false,
            Body::Encrypted if message.content == ContentType::HANDSHAKE => true,
            _ => return,
        };
        // What is not encrypted where all else is belongs to TLS inside of TLS, as behind a CONNECT.
        let again =
            inferred || message.decrypted || self.access == Some(Access::Opened(Opened::NotEncrypted));
        let number = self.session.renegotiation.map_or(0, |earlier| earlier.number).saturating_add(1);
        self.tell(moment);
        let access = self.access;
        self.session = TlsSession {
            connection: moment.connection.id,
            start: moment.first,
            renegotiation: again.then_some(Renegotiation { by: moment.from, inferred, number }),
            ..TlsSession::default()
        };
        if let Some(access) = access {
            self.access(access);
        }
    }

    /// Counts what travelled encrypted.
    fn count(&mut self, message: &tls::Message) {
        let session = &mut self.session;
        let is_data = message.content == ContentType::APPLICATION_DATA;
        if is_data {
            session.application_records += 1;
        }
        if message.decrypted {
            session.messages_opened += 1;
        } else if message.body == Body::Encrypted
            || is_data && self.access != Some(Access::Opened(Opened::NotEncrypted))
        {
            session.records_closed += 1;
        }
    }

    fn is_tls13(&self) -> bool {
        self.session.version.is_some_and(Version::is_tls13)
    }

    /// The session is told and given up: what the connection is asked for later is kept beside it.
    fn tell(&mut self, moment: &mut Moment<'_>) {
        let mut session = std::mem::take(&mut self.session);
        let certificates = std::mem::take(&mut self.certificates);
        self.progress = Progress::default();
        if moment.options.interests.tls_sessions {
            certificates.settle(&mut session, moment);
            moment.events.push(Event::TlsSession(Box::new(session)));
        }
    }
}

/// A message as an event.
fn told(message: &tls::Message, moment: &Moment<'_>) -> TlsMessage {
    TlsMessage {
        connection: moment.connection.id,
        origin: moment.here,
        first: moment.first,
        from: moment.from,
        record_version: message.record_version,
        content: message.content,
        handshake: if let Body::Handshake(handshake) = &message.body { Some(handshake.kind()) } else { None },
        alert: if let Body::Alert(alert) = message.body { Some(alert) } else { None },
        length_bytes: message.length,
        decrypted: message.decrypted,
        verified: message.verified,
    }
}
