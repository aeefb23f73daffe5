//! The TLS of a connection: what was agreed on, how the handshake went, what could be read.

use tapline_analysis::{
    ClientCertificate, Decrypted, EarlyData, Sender, TlsKind, TlsOutcome, TlsSession, human, printable,
};

use super::{Facts, Piece, certificates, dim, flights, plain, warn};
use crate::model::{Later, Tls};
use crate::theme::Role;
use crate::words;

/// ```text
///  TLS       TLS 1.3 · full · 2 round trips · 11.2 ms · #4–#12
///            HelloRetryRequest: the client sent a key share for x25519; the
///            server asked for secp384r1
///            TLS_AES_128_GCM_SHA256 · secp384r1 · SNI www.example.test
///            decrypted: opened with the key log
///  flights   4 flights                            waited  network   itself
///    client  ClientHello
///    server  HelloRetryRequest, ChangeCipherSpec 3.45 ms  43.0 µs  3.41 ms
///            kept waiting by the server for 12.1 ms
///  chain     trusted · www.example.test · by Example Root
/// ```
pub(super) fn say(tls: &Tls, facts: &mut Facts) {
    let session = tls.session();
    if words::began_earlier(session) {
        let text = format!("its handshake is not in the capture; first record #{}", session.start.packet);
        facts.say("TLS", vec![dim(text)]);
    } else {
        facts.say("TLS", head(session));
        facts.say("", outcome(session).into_iter().collect());
        facts.say("", reasons(session));
        facts.say("", agreed(session));
        facts.say("", special(session));
    }
    facts.say("", later(tls.later()));
    facts.say("", opened(session));
    flights::say(session, facts);
    facts.say("", waiting(session).into_iter().map(plain).collect());
    certificates::say(tls, facts);
}

/// Version, kind, what it took.
fn head(session: &TlsSession) -> Vec<Piece> {
    let mut pieces = Vec::new();
    match session.version {
        Some(version) => pieces.push((version.to_string(), Role::Strong)),
        None if session.end.is_some() => pieces.push(warn("version not seen")),
        None => pieces.push(warn("no version agreed on")),
    }
    if session.kind != TlsKind::NotKnown {
        pieces.push(plain(session.kind.words()));
    }
    pieces.extend(session.handshake_rtts.map(|trips| plain(human::plural(trips.into(), "round trip"))));
    pieces.extend(session.handshake_ns.map(|ns| plain(human::duration(ns))));
    let range = session.end.map(|end| format!("–#{}", end.packet)).unwrap_or_default();
    pieces.push(dim(format!("#{}{range}", session.start.packet)));
    // A failure names its alert itself.
    if let Some((from, alert)) = session.alert.filter(|_| session.outcome != TlsOutcome::Failed) {
        pieces.push(warn(format!("{alert} alert by {}", from.name())));
    }
    pieces
}

/// What came of it, where that is not that it was established.
fn outcome(session: &TlsSession) -> Option<Piece> {
    let role = match session.outcome {
        TlsOutcome::Established => return None,
        TlsOutcome::Failed | TlsOutcome::Refused | TlsOutcome::Abandoned => Role::Bad,
        TlsOutcome::Cut => Role::Warn,
        TlsOutcome::NotSeen => Role::Dim,
    };
    Some((session.outcome_text(), role))
}

/// Why it took more than one round trip.
fn reasons(session: &TlsSession) -> Vec<Piece> {
    let mut reasons = session.rtt_reasons();
    // Of a handshake without an end nothing took a number of round trips.
    if session.handshake_rtts.is_none() {
        reasons.extend(session.retry_text().map(|retry| format!("HelloRetryRequest: {retry}")));
    }
    reasons.into_iter().map(warn).collect()
}

/// What both sides agreed on, or one of them asked for.
fn agreed(session: &TlsSession) -> Vec<Piece> {
    let mut pieces = Vec::new();
    pieces.extend(session.cipher_suite.map(|suite| plain(suite.to_string())));
    pieces.extend(session.group.map(|group| plain(group.to_string())));
    pieces.extend(session.server_name.as_deref().map(|name| plain(format!("SNI {}", printable(name)))));
    match (&session.alpn, session.alpn_offered.as_slice()) {
        (Some(chosen), _) => pieces.push(plain(format!("ALPN {}", printable(chosen)))),
        (None, []) => {}
        (None, offered) => pieces.push(plain(format!("ALPN offered {}", printable(&offered.join(", "))))),
    }
    pieces
}

/// What not every handshake has: early data, a certificate of the client.
fn special(session: &TlsSession) -> Vec<Piece> {
    let octets = human::bytes(session.early_data_bytes);
    let early = match session.early_data_outcome {
        EarlyData::None => None,
        EarlyData::Sent => {
            Some(plain(format!("early data: {octets} sent; what the server did with it is encrypted")))
        }
        EarlyData::Accepted => Some(plain(format!("early data: {octets} sent, accepted"))),
        EarlyData::Refused => Some(warn(format!("early data: {octets} sent, refused: it is sent again"))),
    };
    let client = match session.client_certificate {
        ClientCertificate::NotKnown | ClientCertificate::NotRequested => None,
        ClientCertificate::Requested => Some(warn("client certificate requested, no answer seen")),
        ClientCertificate::Refused => Some(warn("client certificate requested, none sent")),
        ClientCertificate::Sent(1) => Some(plain("client certificate sent")),
        ClientCertificate::Sent(count) => Some(plain(format!("client certificate sent, a chain of {count}"))),
    };
    early.into_iter().chain(client).collect()
}

fn later(later: &Later) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = later.words().into_iter().map(plain).collect();
    pieces.extend(later.failure.as_deref().map(|failure| (failure.to_owned(), Role::Bad)));
    pieces
}

/// How much of what is encrypted was opened, and why not all.
fn opened(session: &TlsSession) -> Vec<Piece> {
    let note = session.decryption_note();
    match session.decrypted() {
        None => Vec::new(),
        Some(Decrypted::Full) => vec![plain(format!("decrypted: {note}"))],
        Some(Decrypted::Partial) => vec![warn(format!("partly decrypted: {note}"))],
        Some(Decrypted::None) => vec![dim(format!("encrypted: {note}"))],
    }
}

/// Who kept whom waiting beyond what the way takes, the longer first.
fn waiting(session: &TlsSession) -> Option<String> {
    let [client, server] = session.own_ns();
    let mut waits: Vec<(i64, Sender)> = [(client, Sender::Client), (server, Sender::Server)]
        .into_iter()
        .filter_map(|(ns, side)| Some((ns.filter(|&ns| ns > 0)?, side)))
        .collect();
    waits.sort_by_key(|&(ns, _)| std::cmp::Reverse(ns));
    let mut parts = waits.into_iter().map(|(ns, side)| (human::duration(ns), side));
    let (ns, side) = parts.next()?;
    let first = format!("kept waiting by the {} for {ns}", side.name());
    Some(match parts.next() {
        Some((ns, side)) => format!("{first}, by the {} for {ns}", side.name()),
        None => first,
    })
}

#[cfg(test)]
mod tests {
    use tapline_analysis::decode::tls::{Alert, Version};
    use tapline_analysis::{Flight, Wait};

    use super::*;
    use crate::testing;

    fn session() -> TlsSession {
        TlsSession { version: Some(Version(0x0304)), start: testing::at(4, 0), ..TlsSession::default() }
    }

    #[test]
    fn what_failed_says_so() {
        let check = |outcome, expected: &str, role| {
            let alert = Some((Sender::Client, Alert { level: 2, description: 48 }));
            let failed = TlsSession { outcome, alert, ..session() };
            assert_eq!(super::outcome(&failed), Some((expected.to_owned(), role)));
        };
        check(TlsOutcome::Failed, "failed: unknown_ca by client", Role::Bad);
        check(TlsOutcome::Refused, "refused: closed", Role::Bad);
        check(TlsOutcome::Abandoned, "abandoned: closed", Role::Bad);
        check(TlsOutcome::Cut, "not seen to its end", Role::Warn);
    }

    #[test]
    fn early_data_and_client_certificates_are_said_only_where_there_are_any() {
        let check = |early_data_outcome, client_certificate, expected: &[&str]| {
            let session =
                TlsSession { early_data_outcome, client_certificate, early_data_bytes: 90, ..session() };
            let texts: Vec<String> = special(&session).into_iter().map(|(text, _)| text).collect();
            assert_eq!(texts, expected);
        };
        check(EarlyData::None, ClientCertificate::NotRequested, &[]);
        check(EarlyData::Accepted, ClientCertificate::NotKnown, &["early data: 90 B sent, accepted"]);
        let refused = ["early data: 90 B sent, refused: it is sent again", "client certificate sent"];
        check(EarlyData::Refused, ClientCertificate::Sent(1), &refused);
        check(EarlyData::None, ClientCertificate::Refused, &["client certificate requested, none sent"]);
    }

    #[test]
    fn what_the_peers_wrote_moves_no_cursor() {
        let evil = "a\u{1b}[2J\u{202e}b".to_owned();
        let named = TlsSession { server_name: Some(evil.clone()), alpn: Some(evil.clone()), ..session() };
        let offered = TlsSession { alpn_offered: vec![evil], ..session() };
        let texts: Vec<String> = [named, offered].iter().flat_map(agreed).map(|(text, _)| text).collect();
        assert_eq!(texts.len(), 3);
        for text in texts {
            assert!(text.contains("u{1b}[2J") && !text.contains(['\u{1b}', '\u{202e}']), "{text}");
        }
    }

    #[test]
    fn the_side_that_took_longer_comes_first() {
        let check = |client_ms: Option<i64>, server_ms: Option<i64>, expected: Option<&str>| {
            let flight = |from, ms: Option<i64>| {
                let wait =
                    ms.map(|ms| Wait { total_ns: (ms + 3) * testing::MS, network_ns: Some(3 * testing::MS) });
                testing::flight(from, &[], wait)
            };
            let flights: Vec<Flight> = vec![
                flight(Sender::Client, None),
                flight(Sender::Server, server_ms),
                flight(Sender::Client, client_ms),
            ];
            assert_eq!(waiting(&TlsSession { flights, ..session() }).as_deref(), expected);
        };
        let server = "kept waiting by the server for 12.0 ms, by the client for 5.00 ms";
        check(Some(5), Some(12), Some(server));
        check(Some(7), Some(6), Some("kept waiting by the client for 7.00 ms, by the server for 6.00 ms"));
        check(None, Some(6), Some("kept waiting by the server for 6.00 ms"));
        check(Some(0), Some(6), Some("kept waiting by the server for 6.00 ms"));
        check(None, None, None);
    }
}
