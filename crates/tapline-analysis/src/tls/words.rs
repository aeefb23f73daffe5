//! A session in sentences, for reports and exports.

use tapline_decode::tls::{Closed, HandshakeType};

use super::{Decrypted, Flight, FlightStep, StepKind, TlsKind, TlsOutcome, Wait};
use crate::{Sender, TlsSession, human};

impl Flight {
    /// What it consists of, a piece a message, and whether that is what broke the handshake.
    pub fn pieces(&self) -> Vec<(String, bool)> {
        let mut pieces: Vec<_> = self.steps.iter().map(|step| (step.text(), step.is_failure())).collect();
        if self.left_out > 0 {
            pieces.push((format!("… {} more", self.left_out), false));
        }
        if let Some(trips) = self.round_trips.filter(|&trips| trips > 1)
            && let Some((last, _)) = pieces.last_mut()
        {
            last.push_str(&format!(" ({trips} round trips)"));
        }
        pieces
    }
}

impl FlightStep {
    fn text(&self) -> String {
        let amount =
            || format!("({}, {})", human::plural(self.count.into(), "record"), human::bytes(self.octets));
        match self.kind {
            StepKind::Finished(Some(true)) => "Finished ✓".to_owned(),
            StepKind::Finished(Some(false)) => "Finished ✗ wrong".to_owned(),
            StepKind::EarlyData => format!("early data {}", amount()),
            StepKind::Encrypted => format!("encrypted {}", amount()),
            kind => kind.name().unwrap_or_default(),
        }
    }

    fn is_failure(&self) -> bool {
        match self.kind {
            StepKind::Alert(alert) => alert.level == 2,
            StepKind::Finished(verified) => verified == Some(false),
            StepKind::EncryptedAlert => true,
            _ => false,
        }
    }
}

impl Wait {
    /// The whole, the network's part and its sender's own; `?` where that is not known.
    pub fn texts(self) -> [String; 3] {
        let known = |ns: Option<i64>| ns.map_or_else(|| "?".to_owned(), human::duration);
        [human::duration(self.total_ns), known(self.network_ns), known(self.own_ns())]
    }
}

impl TlsSession {
    /// How much of what travelled encrypted was opened; `None` where nothing encrypted was seen.
    pub fn decrypted(&self) -> Option<Decrypted> {
        Some(match (self.messages_opened, self.records_closed) {
            (0, 0) => return None,
            (_, 0) => Decrypted::Full,
            (0, _) => Decrypted::None,
            _ => Decrypted::Partial,
        })
    }

    /// How it was opened, and why what stays closed does.
    pub fn decryption_note(&self) -> String {
        let opened = self.opened.filter(|_| self.messages_opened > 0 || self.records_closed == 0);
        let mut note = opened.map(|how| how.text().to_owned()).unwrap_or_default();
        if self.records_closed > 0 {
            let why = match self.closed {
                Some(why) => why.to_string(),
                None if self.outcome == TlsOutcome::NotSeen => Closed::HelloMissing.to_string(),
                None if self.opened.is_some() => "some records could not be opened".to_owned(),
                None => "no keys were given: --keylog FILE opens it".to_owned(),
            };
            note = if note.is_empty() { why } else { format!("{note}; {why}") };
        }
        if note.is_empty() { "nothing encrypted was seen".to_owned() } else { note }
    }

    /// What came of it: `established`, `failed: unknown_ca by client after the server's Certificate`.
    pub fn outcome_text(&self) -> String {
        let after = self.after().map(|step| format!(" after {step}")).unwrap_or_default();
        let closed = || {
            let who = self.closed_by.map_or_else(String::new, |side| format!(" by {}", side.name()));
            format!("{}{who}{after}", if self.was_reset { "reset" } else { "closed" })
        };
        match self.outcome {
            TlsOutcome::NotSeen => "began before the capture".to_owned(),
            TlsOutcome::Established => "established".to_owned(),
            TlsOutcome::Failed => match (self.alert, self.encrypted_alert) {
                (Some((from, alert)), _) => format!("failed: {alert} by {}{after}", from.name()),
                (None, Some(from)) => format!("failed: encrypted alert by {}{after}", from.name()),
                (None, None) => format!("failed{after}"),
            },
            TlsOutcome::Refused => match self.alert {
                Some((from, alert)) if self.renegotiation.is_some() => {
                    format!("refused: {alert} by {}", from.name())
                }
                _ => format!("refused: {}", closed()),
            },
            TlsOutcome::Abandoned => format!("abandoned: {}", closed()),
            TlsOutcome::Cut => format!("not seen to its end{after}"),
        }
    }

    /// The step behind which it failed: `ClientHello`, `the server's Certificate`, `the client's encrypted records`.
    pub fn after(&self) -> Option<String> {
        let (from, kind) = self.reached.filter(|_| self.outcome != TlsOutcome::Established)?;
        let about_certificate =
            self.alert.is_some_and(|(by, alert)| by != from && is_about_certificate(alert.description));
        let certificate = StepKind::Handshake(HandshakeType::CERTIFICATE);
        let showed = self
            .flights
            .iter()
            .any(|flight| flight.from == from && flight.steps.iter().any(|step| step.kind == certificate));
        let kind = if about_certificate && showed { certificate } else { kind };
        Some(match (kind, kind.name()) {
            (StepKind::EarlyData, _) => "early data".to_owned(),
            (_, None) => format!("the {}'s encrypted records", from.name()),
            (_, Some(name)) if name.starts_with("Server") || name.starts_with("Client") => name,
            (_, Some(name)) => format!("the {}'s {name}", from.name()),
        })
    }

    /// Why a `HelloRetryRequest` was sent (RFC 8446 §4.1.4).
    pub fn retry_text(&self) -> Option<String> {
        let retry = self.retry.as_deref()?;
        let names = retry.client_group_names();
        let shares = match names.as_slice() {
            [] => "no key share".to_owned(),
            [name] => format!("a key share for {name}"),
            names => format!("key shares for {}", names.join(" and ")),
        };
        Some(match retry.asked {
            Some(asked) => format!("the client sent {shares}; the server asked for {asked}"),
            None if retry.cookie => "the server wants its cookie back before it goes on".to_owned(),
            None => "the server asked for another ClientHello and does not say what for".to_owned(),
        })
    }

    /// Why the handshake took more than one round trip, the dearest reason first; empty where it took one, or did
    /// not end.
    pub fn rtt_reasons(&self) -> Vec<String> {
        let mut reasons = Vec::new();
        let Some(trips) = self.handshake_rtts else { return reasons };
        if let Some(retry) = self.retry_text() {
            reasons.push(format!("HelloRetryRequest: {retry}"));
        }
        if let Some(version) = self.version.filter(|version| trips > 1 && !version.is_tls13())
            && self.kind == TlsKind::Full
        {
            reasons.push(format!("a full handshake of {version} takes two round trips; TLS 1.3 takes one"));
        }
        reasons.extend(self.flights.iter().filter_map(long_flight));
        reasons
    }

    /// What each side itself took between flights, client and server, nanoseconds; `None` where a flight's way is
    /// not known or the side did not answer.
    pub fn own_ns(&self) -> [Option<i64>; 2] {
        [Sender::Client, Sender::Server].map(|side| {
            let waits: Vec<_> = self
                .flights
                .iter()
                .filter(|flight| flight.from == side)
                .filter_map(|flight| flight.wait)
                .collect();
            let sum = |sum: i64, wait: super::Wait| Some(sum.saturating_add(wait.own_ns()?));
            if waits.is_empty() { None } else { waits.into_iter().try_fold(0, sum) }
        })
    }

    /// The side that kept the other one waiting longer, beyond what the way takes, and how long, nanoseconds;
    /// `None` where that is not known of both.
    pub fn kept_waiting(&self) -> Option<(Sender, i64)> {
        let [client, server] = self.own_ns();
        let (client, server) = (client?, server?);
        Some(if client > server { (Sender::Client, client) } else { (Sender::Server, server) })
    }

    /// `TLS 1.3`, or what is known instead.
    pub fn version_text(&self) -> String {
        match (self.version, self.renegotiation) {
            (Some(version), _) => version.to_string(),
            (None, Some(again)) if again.inferred => "TLS, encrypted".to_owned(),
            (None, _) => "TLS".to_owned(),
        }
    }
}

/// A flight that waited for acknowledgments on its way.
fn long_flight(flight: &Flight) -> Option<String> {
    let trips = flight.round_trips.filter(|&trips| trips > 1)?;
    let certificate =
        [HandshakeType::CERTIFICATE, HandshakeType::COMPRESSED_CERTIFICATE].map(StepKind::Handshake);
    let what = if flight.steps.iter().any(|step| certificate.contains(&step.kind)) {
        "certificate flight"
    } else {
        "flight"
    };
    Some(format!(
        "the {}'s {what} of {} octets took {trips} round trips: it did not fit the congestion window (inferred)",
        flight.from.name(),
        flight.octets
    ))
}

/// Alerts about the other side's certificate (RFC 8446 §6.2).
fn is_about_certificate(description: u8) -> bool {
    matches!(description, 42..=46 | 48 | 111 | 113 | 114 | 116)
}

#[cfg(test)]
mod tests {
    use tapline_decode::tls::{Alert, Opened};

    use super::*;
    use crate::tls::Wait;

    #[test]
    fn how_much_was_opened_and_why_not_all() {
        let check =
            |opened, closed, messages_opened, records_closed, expected: Option<Decrypted>, note: &str| {
                let outcome = TlsOutcome::Established;
                let session = TlsSession {
                    outcome,
                    messages_opened,
                    records_closed,
                    opened,
                    closed,
                    ..TlsSession::default()
                };
                assert_eq!((session.decrypted(), session.decryption_note().as_str()), (expected, note));
            };
        let (log, none) = (Some(Opened::KeyLog), Some(Closed::NoSecret));
        check(None, None, 0, 0, None, "nothing encrypted was seen");
        check(None, None, 0, 3, Some(Decrypted::None), "no keys were given: --keylog FILE opens it");
        check(None, none, 0, 3, Some(Decrypted::None), "the key log has no secret for this connection");
        check(log, None, 3, 0, Some(Decrypted::Full), "opened with the key log");
        let both = "opened with the key log; the secret that was given for this connection does not open it";
        check(log, Some(Closed::WrongSecret), 3, 1, Some(Decrypted::Partial), both);
        let part = "opened with the key log; some records could not be opened";
        check(log, None, 3, 1, Some(Decrypted::Partial), part);
        // A reason that was overcome is none.
        check(log, none, 3, 0, Some(Decrypted::Full), "opened with the key log");
        check(Some(Opened::NotEncrypted), None, 0, 0, None, "the cipher suite does not encrypt");
        let before = TlsSession { records_closed: 1, ..TlsSession::default() };
        assert_eq!(before.decryption_note(), Closed::HelloMissing.to_string());
    }

    #[test]
    fn alerts_about_a_certificate_stand_behind_it() {
        let check = |description, by, expected: &str| {
            let kind = |kind| StepKind::Handshake(kind);
            let step = |kind| crate::FlightStep { kind, count: 1, octets: 0 };
            let steps =
                vec![step(kind(HandshakeType::CERTIFICATE)), step(kind(HandshakeType::SERVER_HELLO_DONE))];
            let (first, last) = Default::default();
            let flight = Flight {
                from: Sender::Server,
                steps,
                left_out: 0,
                first,
                last,
                octets: 0,
                wait: None,
                round_trips: None,
            };
            let session = TlsSession {
                outcome: TlsOutcome::Failed,
                reached: Some((Sender::Server, kind(HandshakeType::SERVER_HELLO_DONE))),
                alert: Some((by, Alert { level: 2, description })),
                flights: vec![flight],
                ..TlsSession::default()
            };
            assert_eq!(session.after().as_deref(), Some(expected), "{description}");
        };
        for description in [42, 43, 44, 45, 46, 48, 113] {
            check(description, Sender::Client, "the server's Certificate");
        }
        for description in [40, 47, 51, 80] {
            check(description, Sender::Client, "ServerHelloDone");
        }
        // Its own is not what a side complains of.
        check(48, Sender::Server, "ServerHelloDone");
    }

    #[test]
    fn one_way_that_is_not_known_leaves_the_side_unknown() {
        let flight = |from, network_ns| Flight {
            from,
            steps: Vec::new(),
            left_out: 0,
            first: tapline_reassembly::Origin::default(),
            last: tapline_reassembly::Origin::default(),
            octets: 0,
            wait: Some(Wait { total_ns: 10, network_ns }),
            round_trips: None,
        };
        let check = |networks: [Option<i64>; 3], own, kept| {
            let [first, second, client] = networks;
            let flights = vec![
                flight(Sender::Server, first),
                flight(Sender::Client, client),
                flight(Sender::Server, second),
            ];
            let session = TlsSession { flights, ..TlsSession::default() };
            assert_eq!((session.own_ns(), session.kept_waiting()), (own, kept));
        };
        check([Some(4), Some(9), Some(1)], [Some(9), Some(7)], Some((Sender::Client, 9)));
        check([Some(4), Some(4), Some(1)], [Some(9), Some(12)], Some((Sender::Server, 12)));
        check([Some(4), None, Some(1)], [Some(9), None], None);
        check([Some(4), Some(4), None], [None, Some(12)], None);
    }
}
