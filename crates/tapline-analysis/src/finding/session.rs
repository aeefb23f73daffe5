//! What a TLS handshake gives to tell.

use tapline_decode::tls::Version;
use tapline_reassembly::Origin;

use super::catalogue as kind;
use super::{Finding, Kind};
use crate::certificate::{Note, Verdict};
use crate::limits::TLS_SLOW_NS;
use crate::{EarlyData, Flight, Sender, TlsOutcome, TlsSession, human, printable};

/// The oldest version that is still to be used (RFC 8996).
const TLS12: Version = Version(0x0303);

pub(super) fn look_at(session: &TlsSession, found: &mut Vec<Finding>) {
    let mut push = |kind: &'static Kind, explanation: String, at: Origin, cost_ns: Option<i64>| {
        let packets = session.end.iter().map(|end| end.packet);
        found.push(
            Finding::new(kind, explanation, at).on(session.connection).proven_by(packets).costs(cost_ns),
        );
    };
    failure(session, &mut push);
    round_trips(session, &mut push);
    slow_sides(session, &mut push);
    strength(session, &mut push);
    certificates(session, &mut push);
}

type Push<'a> = dyn FnMut(&'static Kind, String, Origin, Option<i64>) + 'a;

/// Whom the server is called by.
fn name(session: &TlsSession) -> String {
    session.server_name.as_deref().map_or_else(|| "no name given".to_owned(), |name| printable(name).into())
}

fn failure(session: &TlsSession, push: &mut Push<'_>) {
    let reached = session.reached.and_then(|(sender, step)| Some((sender, step.name()?)));
    let after =
        reached.map_or_else(String::new, |(sender, step)| format!(" after the {}’s {step}", sender.name()));
    let why = match (session.outcome, &session.alert) {
        (TlsOutcome::Failed, Some((sender, alert))) => {
            format!("the {} sent the alert {alert}{after}", sender.name())
        }
        (TlsOutcome::Failed, None) => match session.encrypted_alert {
            Some(sender) => format!("the {} sent an alert that stays encrypted{after}", sender.name()),
            None => format!("it failed{after}"),
        },
        (TlsOutcome::Refused | TlsOutcome::Abandoned, _) => {
            let who = session.closed_by.map_or("somebody", Sender::name);
            let how = if session.was_reset { "reset" } else { "closed" };
            format!("the {who} {how} the connection{after}")
        }
        _ => return,
    };
    let lost = session.flights.last().and_then(|flight| flight.last.at.after(session.start.at));
    push(
        &kind::TLS_FAILED,
        format!("{why} (server: {})", name(session)),
        session.end.unwrap_or(session.start),
        lost,
    );
}

fn round_trips(session: &TlsSession, push: &mut Push<'_>) {
    if let Some(retry) = &session.retry {
        let groups = retry.client_group_names();
        let asked = retry.asked.map_or_else(|| "a cookie".to_owned(), |group| group.to_string());
        let offered = if groups.is_empty() { "no key share".to_owned() } else { groups.join(", ") };
        let explanation = format!("the client offered {offered}, the server wants {asked}");
        let second = session.flights.get(2).and_then(|flight| flight.first.at.after(session.start.at));
        push(&kind::TLS_HELLO_RETRY, explanation, session.start, second);
    }
    let full = session.resumed == Some(false) && session.outcome == TlsOutcome::Established;
    if full && let Some(version) = session.version.filter(|version| !version.is_tls13()) {
        // What the second round trip took: from the client's second flight to the server's answer.
        let second = session.flights.get(2).zip(session.flights.get(3));
        let cost = second.and_then(|(asked, answered)| answered.last.at.after(asked.first.at));
        let took = session.handshake_ns.map(human::duration).unwrap_or_default();
        let explanation = format!(
            "a full handshake of {version} took {took}; the second round trip is what TLS 1.3 spares"
        );
        push(&kind::TLS_TWO_ROUND_TRIPS, explanation, session.start, cost);
    }
    let large =
        session.flights.iter().find(|flight| flight.from == Sender::Server && flight.round_trips > Some(1));
    if let Some(flight) = large {
        let explanation = format!(
            "the server’s flight of {} took {} round trips",
            human::bytes(flight.octets),
            flight.round_trips.unwrap_or_default()
        );
        push(&kind::TLS_LARGE_FLIGHT, explanation, flight.first, flight.last.at.after(flight.first.at));
    }
    if session.early_data_outcome == EarlyData::Refused {
        let explanation =
            format!("{} of early data were sent in vain", human::bytes(session.early_data_bytes));
        push(&kind::TLS_EARLY_DATA_REFUSED, explanation, session.start, session.handshake_ns);
    }
}

fn slow_sides(session: &TlsSession, push: &mut Push<'_>) {
    let own = |flight: &&Flight| flight.wait?.own_ns();
    let slow = session.flights.iter().filter(|flight| own(flight) >= Some(TLS_SLOW_NS)).max_by_key(own);
    if let Some(flight) = slow {
        let took = own(&flight).unwrap_or_default();
        let step = flight
            .steps
            .first()
            .and_then(|step| step.kind.name())
            .unwrap_or_else(|| "its next flight".into());
        let explanation = format!("the {} took {} before {step}", flight.from.name(), human::duration(took));
        push(&kind::TLS_SLOW_PEER, explanation, flight.first, Some(took));
    }
}

fn strength(session: &TlsSession, push: &mut Push<'_>) {
    if session.outcome != TlsOutcome::Established {
        return;
    }
    let server = name(session);
    if let Some(version) = session.version.filter(|version| version.0 < TLS12.0) {
        push(&kind::TLS_OLD_VERSION, format!("{version} with {server}"), session.start, None);
    }
    let Some(suite) = session.cipher_suite else { return };
    let text = suite.to_string();
    let weak = ["_NULL_", "_RC4_", "_DES_", "_3DES_", "_EXPORT_", "_anon_", "_MD5", "_RC2_"];
    if weak.iter().any(|weak| text.contains(weak)) {
        push(&kind::TLS_WEAK_SUITE, format!("{text} with {server}"), session.start, None);
    } else if text.starts_with("TLS_RSA_") {
        push(&kind::TLS_NO_FORWARD_SECRECY, format!("{text} with {server}"), session.start, None);
    }
}

fn certificates(session: &TlsSession, push: &mut Push<'_>) {
    let chain = &session.chain;
    if let Verdict::Fault(_) = chain.verdict {
        let faults: Vec<_> = chain.faults.iter().map(|fault| fault.detail.as_str()).collect();
        push(&kind::TLS_BAD_CERTIFICATE, faults.join("; "), session.start, None);
    }
    if let Some(note) = chain.notes.iter().find(|note| note.kind == Note::ExpiringSoon) {
        push(&kind::TLS_CERTIFICATE_EXPIRING, note.detail.clone(), session.start, None);
    }
}

#[cfg(test)]
mod tests {
    use tapline_decode::tls::{CipherSuite, HandshakeType};
    use tapline_packet::Timestamp;

    use super::*;
    use crate::certificate::{ChainVerdict, Finding as Said};
    use crate::{FlightStep, StepKind, Wait};

    const MS: i64 = 1_000_000;

    fn established() -> TlsSession {
        TlsSession {
            outcome: TlsOutcome::Established,
            version: Some(Version(0x0304)),
            cipher_suite: Some(CipherSuite(0x1301)),
            resumed: Some(false),
            handshake_ns: Some(40 * MS),
            ..TlsSession::default()
        }
    }

    fn codes(session: &TlsSession) -> Vec<&'static str> {
        let mut found = Vec::new();
        look_at(session, &mut found);
        found.iter().map(|finding| finding.kind.code).collect()
    }

    fn flight(octets: u64, round_trips: u8, own_ms: i64) -> Flight {
        let kind = StepKind::Handshake(HandshakeType::SERVER_HELLO);
        let at = |ms: i64| Origin { packet: 9, at: Timestamp(ms * MS) };
        Flight {
            from: Sender::Server,
            steps: vec![FlightStep { kind, count: 1, octets }],
            left_out: 0,
            first: at(0),
            last: at(60),
            octets,
            wait: Some(Wait { total_ns: (own_ms + 20) * MS, network_ns: Some(20 * MS) }),
            round_trips: Some(round_trips),
        }
    }

    #[test]
    fn an_ordinary_handshake_gives_nothing_to_tell() {
        let session = TlsSession { flights: vec![flight(4000, 1, 3)], ..established() };
        assert!(codes(&session).is_empty());
    }

    #[test]
    fn versions_and_suites_that_are_not_to_be_used_any_more() {
        let check = |version, suite, expected: &[&str]| {
            let session = TlsSession {
                version: Some(Version(version)),
                cipher_suite: Some(CipherSuite(suite)),
                resumed: Some(true),
                ..established()
            };
            assert_eq!(codes(&session), expected, "{version:04x} {suite:04x}");
        };
        check(0x0302, 0xc013, &["tls_old_version"]);
        check(0x0303, 0xc013, &[]);
        check(0x0303, 0x0005, &["tls_weak_cipher_suite"]);
        check(0x0303, 0x000a, &["tls_weak_cipher_suite"]);
        check(0x0303, 0x002f, &["tls_no_forward_secrecy"]);
        check(0x0300, 0x0005, &["tls_old_version", "tls_weak_cipher_suite"]);
    }

    #[test]
    fn flights_that_are_large_or_late() {
        let large = TlsSession { flights: vec![flight(30_000, 2, 3)], ..established() };
        assert_eq!(codes(&large), ["tls_certificates_large"]);
        let late = TlsSession { flights: vec![flight(4_000, 1, 130)], ..established() };
        let mut found = Vec::new();
        look_at(&late, &mut found);
        assert_eq!(
            (found.len(), found[0].kind.code, found[0].cost_ns),
            (1, "tls_handshake_slow", Some(130 * MS))
        );
    }

    #[test]
    fn early_data_in_vain() {
        let refused = TlsSession { early_data_outcome: EarlyData::Refused, ..established() };
        assert_eq!(codes(&refused), ["tls_early_data_refused"]);
        let accepted = TlsSession { early_data_outcome: EarlyData::Accepted, ..established() };
        assert!(codes(&accepted).is_empty());
    }

    #[test]
    fn certificates_that_expire() {
        let with = |kind| {
            let notes = vec![Said { kind, detail: "in 3 days".to_owned() }];
            TlsSession { chain: ChainVerdict { notes, ..ChainVerdict::default() }, ..established() }
        };
        assert_eq!(codes(&with(Note::ExpiringSoon)), ["tls_certificate_expiring"]);
        assert!(codes(&with(Note::NoRoots)).is_empty());
    }

    #[test]
    fn a_side_is_slow_from_a_time_on() {
        let slow = |own_ns: i64| {
            let mut flight = flight(4_000, 1, 0);
            flight.wait = Some(Wait { total_ns: own_ns + 20 * MS, network_ns: Some(20 * MS) });
            codes(&TlsSession { flights: vec![flight], ..established() })
        };
        assert_eq!(slow(TLS_SLOW_NS), ["tls_handshake_slow"]);
        assert!(slow(TLS_SLOW_NS - 1).is_empty());
    }
}
