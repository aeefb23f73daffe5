//! A handshake, message by message.

use tapline_decode::tls::{Alert, Body, CipherSuite, ContentType, Handshake, Message};

use super::flight::Step;
use super::{ClientCertificate, EarlyData, Flight, StepKind, Tls, Wait};
use crate::limits::FLIGHTS_MAX;
use crate::story::Moment;
use crate::{Event, Sender, Span, TlsOutcome, text};

const CLOSE_NOTIFY: u8 = 0;
const NO_CERTIFICATE: u8 = 41;
const USER_CANCELED: u8 = 90;
const NO_RENEGOTIATION: u8 = 100;

impl Tls {
    pub(super) fn follow(&mut self, message: &Message, moment: &mut Moment<'_>) {
        match &message.body {
            Body::Handshake(handshake) => self.handshake(handshake, message, moment),
            Body::ChangeCipherSpec => self.change_cipher_spec(message, moment),
            Body::Encrypted => match message.content {
                ContentType::CHANGE_CIPHER_SPEC => self.change_cipher_spec(message, moment),
                ContentType::ALERT => self.hidden_alert(message, moment),
                ContentType::HANDSHAKE => self.hidden_handshake(message, moment),
                _ => {}
            },
            Body::Alert(alert) => self.alert(*alert, message, moment),
            Body::ApplicationData => self.application_data(message, moment),
            Body::Heartbeat { .. } | Body::Unknown(_) => {}
        }
    }

    fn handshake(&mut self, handshake: &Handshake, message: &Message, moment: &mut Moment<'_>) {
        let kind = match handshake {
            Handshake::ServerHello(hello) if hello.is_hello_retry_request() => StepKind::HelloRetryRequest,
            Handshake::Finished(_) => StepKind::Finished(message.verified),
            _ => StepKind::Handshake(handshake.kind()),
        };
        self.step(kind, message, moment);
        match handshake {
            Handshake::ClientHello(hello) => self.client_hello(hello),
            Handshake::ClientHelloV2(_) => self.progress.hello_seen = true,
            Handshake::ServerHello(hello) => self.server_hello(hello),
            Handshake::EncryptedExtensions(extensions) => {
                self.session.alpn = extensions.alpn().map(text::text);
                if extensions.is_early_data_accepted() {
                    self.session.early_data_outcome = EarlyData::Accepted;
                    // The server may answer it before the handshake ends.
                    self.tell_progress(moment);
                } else {
                    self.refuse_early_data();
                }
            }
            Handshake::Certificate(certificate) => self.certificate(certificate.chain.len(), moment.from),
            Handshake::CompressedCertificate(compressed) => {
                self.progress.is_full |= moment.from == Sender::Server;
                if let Some(certificate) = &compressed.certificate {
                    self.certificate(certificate.chain.len(), moment.from);
                }
            }
            Handshake::CertificateRequest(_) => {
                self.session.client_certificate = ClientCertificate::Requested;
            }
            Handshake::ServerKeyExchange(exchange) => {
                self.progress.is_full = true;
                self.session.group = exchange.group().or(self.session.group);
                let signature = exchange.signature.as_ref();
                self.session.signature_scheme = signature.and_then(|signature| signature.algorithm);
            }
            Handshake::ServerHelloDone => {
                self.progress.is_full = true;
                self.not_requested();
            }
            Handshake::CertificateVerify(proof) if moment.from == Sender::Server => {
                self.session.signature_scheme = proof.signature.algorithm;
            }
            Handshake::NewSessionTicket(ticket) => {
                self.session.tickets = self.session.tickets.saturating_add(1);
                // 0 says nothing in TLS 1.2 (RFC 5077 §3.3), and in TLS 1.3 that the ticket is not to be used.
                self.session.ticket_lifetime_s =
                    Some(ticket.lifetime_s).filter(|&lifetime| lifetime > 0 || self.is_tls13());
                self.progress.server_went_on |= self.progress.ended;
            }
            Handshake::KeyUpdate(_) => {
                if let Some(count) = self.session.key_updates.get_mut(moment.from.index()) {
                    *count = count.saturating_add(1);
                }
            }
            Handshake::Finished(_) => self.finished(moment),
            _ => {}
        }
    }

    fn certificate(&mut self, certificates: usize, from: Sender) {
        match from {
            Sender::Server => self.progress.is_full = true,
            Sender::Client if certificates == 0 => {
                self.session.client_certificate = ClientCertificate::Refused;
            }
            Sender::Client => self.session.client_certificate = ClientCertificate::Sent(certificates),
        }
    }

    /// The server's flight is over and asks for no certificate.
    fn not_requested(&mut self) {
        if self.session.client_certificate == ClientCertificate::NotKnown {
            self.session.client_certificate = ClientCertificate::NotRequested;
        }
    }

    fn finished(&mut self, moment: &mut Moment<'_>) {
        if self.progress.ended {
            return;
        }
        self.progress.finished.set(moment.from);
        if moment.from == Sender::Server && self.progress.answered {
            // Resumed handshakes ask for none (RFC 5246 §7.3, RFC 8446 §4.3.2).
            self.not_requested();
        }
        if self.progress.finished.both() || self.is_tls13() && moment.from == Sender::Client {
            self.end(moment);
        }
    }

    fn change_cipher_spec(&mut self, message: &Message, moment: &mut Moment<'_>) {
        self.step(StepKind::ChangeCipherSpec, message, moment);
        self.progress.changed_cipher.set(moment.from);
    }

    /// Before TLS 1.3: behind a change of cipher this is Finished.
    fn hidden_handshake(&mut self, message: &Message, moment: &mut Moment<'_>) {
        self.step(StepKind::Encrypted, message, moment);
        if self.progress.changed_cipher.of(moment.from) {
            self.finished(moment);
        }
    }

    fn hidden_alert(&mut self, message: &Message, moment: &mut Moment<'_>) {
        if self.progress.ended {
            self.progress.alert_hidden.set(moment.from);
        } else if self.is_followed() {
            self.step(StepKind::EncryptedAlert, message, moment);
            self.session.encrypted_alert.get_or_insert(moment.from);
        }
    }

    fn alert(&mut self, alert: Alert, message: &Message, moment: &mut Moment<'_>) {
        let from = moment.from;
        self.step(StepKind::Alert(alert), message, moment);
        match alert.description {
            CLOSE_NOTIFY => {
                if let Some(said) = self.session.close_notify.get_mut(from.index()) {
                    *said = Some(true);
                }
                return;
            }
            NO_CERTIFICATE if from == Sender::Client => {
                self.session.client_certificate = ClientCertificate::Refused;
            }
            NO_RENEGOTIATION if self.session.renegotiation.is_some() => {
                self.progress.declined = !self.progress.ended;
            }
            _ => {}
        }
        self.session.alert.get_or_insert((from, alert));
        // In TLS 1.3 the level says nothing (RFC 8446 §6).
        let fatal = alert.level == 2 || self.is_tls13() && alert.description != USER_CANCELED;
        // A server of TLS 1.3 judges the client's last flight when the client is already done.
        let judged = self.is_tls13() && from == Sender::Server && !self.progress.server_went_on;
        self.progress.failed |= fatal && (!self.progress.ended || judged);
    }

    fn application_data(&mut self, message: &Message, moment: &mut Moment<'_>) {
        let from = moment.from;
        if !message.decrypted && self.is_tls13() {
            self.progress.hidden.set(from);
        }
        match from {
            _ if self.progress.ended => self.progress.server_went_on |= from == Sender::Server,
            Sender::Server => {
                if self.is_tls13() && !message.decrypted {
                    self.step(StepKind::Encrypted, message, moment);
                    self.progress.server_data_seen = true;
                }
            }
            Sender::Client => self.client_data(message, moment),
        }
    }

    /// Data of a client whose handshake is not over: early data, what hides its last flight, or in TLS 1.2 a
    /// false start (RFC 7918).
    fn client_data(&mut self, message: &Message, moment: &mut Moment<'_>) {
        let early = self.session.early_data && !self.session.hello_retry;
        let server_done = self.progress.server_data_seen || self.progress.finished.of(Sender::Server);
        if early && (message.decrypted || !server_done) && (self.is_tls13() || !self.progress.answered) {
            self.session.early_data_bytes += u64::from(message.length);
            self.step(StepKind::EarlyData, message, moment);
            return;
        }
        self.progress.client_data_seen = true;
        if !self.is_tls13() || !server_done && !message.decrypted {
            return;
        }
        if message.decrypted {
            // Its Finished was not seen, and it must have been there.
            self.end(moment);
            return;
        }
        let sizes = Sizes::of(self.session.cipher_suite);
        if message.length >= sizes.finished {
            self.step(StepKind::Encrypted, message, moment);
            self.end(moment);
        } else if message.length == sizes.alert && !early {
            self.step(StepKind::EncryptedAlert, message, moment);
            self.session.encrypted_alert.get_or_insert(Sender::Client);
        } else {
            // The end of early data, a part of a message.
            self.step(StepKind::Encrypted, message, moment);
        }
    }

    /// Whether its beginning was seen, so that its messages mean something.
    fn is_followed(&self) -> bool {
        self.progress.hello_seen || self.session.renegotiation.is_some()
    }

    /// A message of the handshake, in its flight.
    fn step(&mut self, kind: StepKind, message: &Message, moment: &Moment<'_>) {
        let begins =
            matches!(message.body, Body::Handshake(Handshake::ClientHello(_) | Handshake::ClientHelloV2(_)));
        if self.progress.ended || !self.is_followed() && !begins {
            return;
        }
        let from = moment.from;
        if !matches!(kind, StepKind::ChangeCipherSpec | StepKind::Alert(_) | StepKind::EncryptedAlert) {
            self.session.reached = Some((from, kind));
        }
        // A handshake message's header has four octets.
        let header = if matches!(message.body, Body::Handshake(_)) { 4 } else { 0 };
        let octets = u64::from(message.length) + header;
        let step = Step { kind, octets, first: moment.first, last: moment.here };
        let flights = &mut self.session.flights;
        if kind == StepKind::EarlyData
            && let Some(flight) = flights.iter_mut().rev().find(|flight| flight.from == from)
            && self.progress.speaker != Some(from)
        {
            // It does not wait for the server, so it begins no flight.
            flight.note(step);
            return;
        }
        if self.progress.speaker != Some(from) {
            self.turn(step, moment);
        } else if self.session.flights_left_out == 0
            && let Some(flight) = flights.last_mut()
        {
            flight.push(step, round_trip_ns(moment));
        }
    }

    /// The other side speaks: a flight begins.
    fn turn(&mut self, step: Step, moment: &Moment<'_>) {
        let (from, progress) = (moment.from, &mut self.progress);
        // A round trip is a client flight that the server answered before the client could send data.
        if from == Sender::Server
            && progress.speaker == Some(Sender::Client)
            && !progress.client_data_seen
            && !matches!(step.kind, StepKind::Alert(_) | StepKind::EncryptedAlert)
        {
            progress.round_trips = progress.round_trips.saturating_add(1);
        }
        progress.speaker = Some(from);
        let flights = &mut self.session.flights;
        if flights.len() >= FLIGHTS_MAX {
            self.session.flights_left_out = self.session.flights_left_out.saturating_add(1);
            return;
        }
        let total_ns = flights.last().and_then(|before| step.first.at.after(before.last.at));
        let handshake = &moment.connection.handshake;
        let way_ns = match from {
            Sender::Server => handshake.server_rtt_ns(),
            Sender::Client => handshake.client_rtt_ns(),
        };
        // A flight that crosses the other one waited for nothing.
        let wait = total_ns.map(|total_ns| Wait { total_ns, network_ns: way_ns.map(|ns| ns.min(total_ns)) });
        flights.push(Flight::begin(from, step, wait, round_trip_ns(moment)));
    }

    /// Both sides have finished.
    fn end(&mut self, moment: &mut Moment<'_>) {
        self.progress.ended = true;
        self.settle();
        let session = &mut self.session;
        session.outcome = TlsOutcome::Established;
        session.end = Some(moment.here);
        session.handshake_ns = moment.here.at.after(session.start.at);
        session.handshake_rtts = Some(self.progress.round_trips);
        self.first_handshake.get_or_insert(Span { from: session.start, until: moment.here });
        self.tell_progress(moment);
    }

    /// Tells what is known by now, for those who cannot wait until the connection is over.
    fn tell_progress(&mut self, moment: &mut Moment<'_>) {
        if moment.options.interests.tls_progress {
            let mut session = self.session.clone();
            self.certificates.settle(&mut session, moment);
            moment.events.push(Event::TlsSessionProgress(Box::new(session)));
        }
    }
}

/// From end to end and back, by the TCP handshake.
fn round_trip_ns(moment: &Moment<'_>) -> Option<i64> {
    let handshake = &moment.connection.handshake;
    Some(handshake.server_rtt_ns()?.saturating_add(handshake.client_rtt_ns()?))
}

/// The least that records of TLS 1.3 hold, in octets of the fragment (RFC 8446 §5.2): what they carry, the octet of
/// its type, and the tag.
#[derive(Clone, Copy)]
struct Sizes {
    finished: u32,
    alert: u32,
}

impl Sizes {
    fn of(suite: Option<CipherSuite>) -> Self {
        let name = suite.map(|suite| suite.to_string()).unwrap_or_default();
        let hash = if name.ends_with("SHA384") { 48 } else { 32 };
        let tag = if name.contains("CCM_8") { 8 } else { 16 };
        Self { finished: 4 + hash + 1 + tag, alert: 2 + 1 + tag }
    }
}
