//! Built TLS connections in, sessions out: what kind of handshake it was, what came of it, who waited for whom.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use tapline_analysis::limits::KEY_SHARES_KEPT_MAX;
use tapline_analysis::{
    Analyzer, ClientCertificate, EarlyData, Event, Interests, Options, PskMode, Sender, TlsKind, TlsOutcome,
    TlsSession,
};
use tapline_testkit::{Frame, Talk};

const MS: i64 = 1_000_000;

/// Extension types.
const SUPPORTED_GROUPS: u16 = 10;
const SESSION_TICKET: u16 = 35;
const PRE_SHARED_KEY: u16 = 41;
const EARLY_DATA: u16 = 42;
const SUPPORTED_VERSIONS: u16 = 43;
const COOKIE: u16 = 44;
const KEY_SHARE: u16 = 51;

const X25519: u16 = 29;
const SECP256R1: u16 = 23;

/// RFC 8446 §4.1.3: the random of a `HelloRetryRequest`.
const RETRY_RANDOM: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2,
    0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

fn opaque16(octets: &[u8]) -> Vec<u8> {
    [&u16::try_from(octets.len()).unwrap().to_be_bytes(), octets].concat()
}

fn record(content: u8, fragment: &[u8]) -> Vec<u8> {
    [&[content, 3, 3], &opaque16(fragment)[..]].concat()
}

fn handshake(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    record(22, &[&[kind], &length[1..], body].concat())
}

fn extensions(list: &[(u16, Vec<u8>)]) -> Vec<u8> {
    let block: Vec<u8> =
        list.iter().flat_map(|(kind, data)| [&kind.to_be_bytes()[..], &opaque16(data)].concat()).collect();
    opaque16(&block)
}

/// A `ClientHello` that offers `TLS_AES_128_GCM_SHA256` and `TLS_RSA_WITH_AES_128_GCM_SHA256`.
fn client_hello(session_id: &[u8], list: &[(u16, Vec<u8>)]) -> Vec<u8> {
    let id = [&[u8::try_from(session_id.len()).unwrap()], session_id].concat();
    let suites = [0, 4, 0x13, 0x01, 0x00, 0x9c, 1, 0];
    handshake(1, &[&[3, 3][..], &[7; 32], &id, &suites, &extensions(list)].concat())
}

fn server_hello(random: &[u8; 32], session_id: &[u8], suite: u16, list: &[(u16, Vec<u8>)]) -> Vec<u8> {
    let id = [&[u8::try_from(session_id.len()).unwrap()], session_id].concat();
    handshake(2, &[&[3, 3][..], random, &id, &suite.to_be_bytes(), &[0], &extensions(list)].concat())
}

fn shares(groups: &[u16]) -> (u16, Vec<u8>) {
    let list: Vec<u8> =
        groups.iter().flat_map(|group| [&group.to_be_bytes()[..], &[0, 1, 9]].concat()).collect();
    (KEY_SHARE, opaque16(&list))
}

/// What a client of TLS 1.3 offers.
fn offer13(groups: &[u16], more: &[(u16, Vec<u8>)]) -> Vec<u8> {
    let groups_offered = (SUPPORTED_GROUPS, opaque16(&[0, 29, 0, 23]));
    let list = [&[(SUPPORTED_VERSIONS, vec![2, 3, 4]), groups_offered, shares(groups)], more].concat();
    client_hello(&[], &list)
}

fn pre_shared_keys(ages: &[u32]) -> (u16, Vec<u8>) {
    let identities: Vec<u8> =
        ages.iter().flat_map(|age| [&[0, 1, 5][..], &age.to_be_bytes()].concat()).collect();
    let binders: Vec<u8> = ages.iter().flat_map(|_| [vec![32], vec![4; 32]].concat()).collect();
    (PRE_SHARED_KEY, [opaque16(&identities), opaque16(&binders)].concat())
}

/// The answer of a server of TLS 1.3 with a key share for X25519, and what it encrypts.
fn answer13(more: &[(u16, Vec<u8>)]) -> Vec<u8> {
    let share = (KEY_SHARE, [&X25519.to_be_bytes()[..], &[0, 1, 9]].concat());
    answer13_without_share(&[&[share], more].concat())
}

fn answer13_without_share(more: &[(u16, Vec<u8>)]) -> Vec<u8> {
    let list = [&[(SUPPORTED_VERSIONS, vec![3, 4])], more].concat();
    [server_hello(&[8; 32], &[], 0x1301, &list), data(500)].concat()
}

fn retry(list: &[(u16, Vec<u8>)]) -> Vec<u8> {
    let list = [&[(SUPPORTED_VERSIONS, vec![3, 4])], list].concat();
    server_hello(&RETRY_RANDOM, &[], 0x1301, &list)
}

/// An encrypted record of TLS 1.3 of so many octets.
fn data(octets: usize) -> Vec<u8> {
    record(23, &vec![0xaa; octets])
}

/// Finished of TLS 1.3 with SHA-256 and a tag of 16 octets.
fn finished13() -> Vec<u8> {
    data(4 + 32 + 1 + 16)
}

fn change_cipher_spec() -> Vec<u8> {
    record(20, &[1])
}

/// An encrypted handshake record before TLS 1.3.
fn hidden() -> Vec<u8> {
    record(22, &[0xbb; 40])
}

fn alert(level: u8, description: u8) -> Vec<u8> {
    record(21, &[level, description])
}

fn certificate() -> Vec<u8> {
    handshake(11, &[0, 0, 6, 0, 0, 3, 1, 2, 3])
}

fn flight12(session_id: &[u8]) -> Vec<u8> {
    [server_hello(&[8; 32], session_id, 0x009c, &[]), certificate(), handshake(14, &[])].concat()
}

fn client_end12() -> Vec<u8> {
    let exchange = handshake(16, &[0, 2, 5, 5]);
    [exchange, change_cipher_spec(), hidden()].concat()
}

fn end12() -> Vec<u8> {
    [change_cipher_spec(), hidden()].concat()
}

fn talk() -> Talk {
    Talk::new("10.0.0.1:40000".parse().unwrap(), "10.0.0.2:443".parse().unwrap(), 0).handshake()
}

/// Everything that is told of a talk.
fn events(frames: &[Frame], interests: Interests) -> Vec<Event> {
    let mut analyzer = Analyzer::new(&Options::of(interests));
    for (frame, number) in frames.iter().zip(1..) {
        analyzer.packet(&frame.packet(number));
    }
    analyzer.finish();
    analyzer.take_events()
}

/// The sessions of a talk, and how many were told when their handshake ended.
fn told(frames: &[Frame]) -> (Vec<TlsSession>, usize) {
    let (mut sessions, mut progress) = (Vec::new(), 0);
    for event in events(frames, Interests::SUMMARY) {
        match event {
            Event::TlsSession(session) => sessions.push(*session),
            Event::TlsSessionProgress(session) => {
                assert!(session.end.is_some() && session.outcome == TlsOutcome::Established);
                progress += 1;
            }
            _ => {}
        }
    }
    (sessions, progress)
}

fn sessions(talk: &Talk) -> Vec<TlsSession> {
    told(&talk.frames).0
}

fn session(talk: &Talk) -> TlsSession {
    let mut sessions = sessions(talk);
    assert_eq!(sessions.len(), 1);
    sessions.remove(0)
}

/// The flights as `client client_hello; server …`.
fn story(session: &TlsSession) -> String {
    let flights = session.flights.iter().map(|flight| {
        let steps = flight.steps.iter().map(|step| match step.count {
            1 => step.kind.code(),
            count => format!("{count} {}", step.kind.code()),
        });
        format!("{} {}", flight.from.name(), steps.collect::<Vec<_>>().join(" "))
    });
    flights.collect::<Vec<_>>().join("; ")
}

fn full13() -> Talk {
    talk().client(&offer13(&[X25519], &[])).server(&answer13(&[])).client(&finished13())
}

fn full12() -> Talk {
    talk()
        .client(&client_hello(&[], &[]))
        .server(&flight12(&[6; 32]))
        .client(&client_end12())
        .server(&end12())
}

#[test]
fn kinds() {
    let check = |talk: Talk, kind, resumed, psk_mode, rtts| {
        let session = session(&talk.close());
        let seen = (session.kind, session.resumed, session.psk_mode, session.handshake_rtts, session.outcome);
        assert_eq!(
            seen,
            (kind, resumed, psk_mode, Some(rtts), TlsOutcome::Established),
            "{}",
            story(&session)
        );
    };
    check(full13(), TlsKind::Full, Some(false), None, 1);
    check(full12(), TlsKind::Full, Some(false), None, 2);
    let resumed12 = |hello: Vec<u8>, echo: &[u8]| {
        let answer = [server_hello(&[8; 32], echo, 0x009c, &[]), end12()].concat();
        talk().client(&hello).server(&answer).client(&end12())
    };
    let ticket = (SESSION_TICKET, vec![1, 2, 3]);
    let wish = (SESSION_TICKET, vec![]);
    check(resumed12(client_hello(&[6; 32], &[]), &[6; 32]), TlsKind::ResumedSessionId, Some(true), None, 1);
    check(
        resumed12(client_hello(&[6; 32], &[wish]), &[6; 32]),
        TlsKind::ResumedSessionId,
        Some(true),
        None,
        1,
    );
    check(
        resumed12(client_hello(&[6; 32], std::slice::from_ref(&ticket)), &[6; 32]),
        TlsKind::ResumedTicket,
        Some(true),
        None,
        1,
    );
    check(resumed12(client_hello(&[], &[ticket]), &[]), TlsKind::ResumedTicket, Some(true), None, 1);
    let psk = |ages: &[u32], nth: u16, share: bool| {
        let chosen = [(PRE_SHARED_KEY, nth.to_be_bytes().to_vec())];
        let answer = if share { answer13(&chosen) } else { answer13_without_share(&chosen) };
        talk().client(&offer13(&[X25519], &[pre_shared_keys(ages)])).server(&answer).client(&finished13())
    };
    check(psk(&[77, 0], 0, true), TlsKind::ResumedPsk, Some(true), Some(PskMode::DheKe), 1);
    check(psk(&[77, 0], 1, true), TlsKind::ExternalPsk, Some(false), Some(PskMode::DheKe), 1);
    check(psk(&[77], 0, false), TlsKind::ResumedPsk, Some(true), Some(PskMode::Ke), 1);
}

#[test]
fn no_session_id_resumes_nothing() {
    let answer = server_hello(&[8; 32], &[], 0x009c, &[]);
    let session = session(&talk().client(&client_hello(&[], &[])).server(&answer).client_reset());
    assert_eq!((session.kind, session.resumed), (TlsKind::NotKnown, None));
}

#[test]
fn a_retry_says_which_group_was_not_guessed() {
    let check = |groups: &[u16], list: &[(u16, Vec<u8>)], expected: &str| {
        let talk = talk().client(&offer13(groups, &[])).server(&[retry(list), change_cipher_spec()].concat());
        let talk = talk.client(&offer13(&[X25519], &[])).server(&answer13(&[])).client(&finished13()).close();
        let session = session(&talk);
        assert_eq!((session.hello_retry, session.handshake_rtts), (true, Some(2)));
        assert_eq!(session.rtt_reasons(), [format!("HelloRetryRequest: {expected}")]);
        let flights = "client client_hello; server hello_retry_request change_cipher_spec; client client_hello; \
                       server server_hello encrypted; client encrypted";
        assert_eq!(story(&session), flights);
    };
    let group = (KEY_SHARE, X25519.to_be_bytes().to_vec());
    check(
        &[SECP256R1],
        std::slice::from_ref(&group),
        "the client sent a key share for secp256r1; the server asked for x25519",
    );
    check(&[], std::slice::from_ref(&group), "the client sent no key share; the server asked for x25519");
    // GREASE is no guess.
    check(
        &[0x1a1a, SECP256R1],
        &[group],
        "the client sent a key share for secp256r1; the server asked for x25519",
    );
    check(&[X25519], &[(COOKIE, vec![0, 1, 3])], "the server wants its cookie back before it goes on");
}

#[test]
fn early_data_is_taken_or_not() {
    let hello = offer13(&[X25519], &[(EARLY_DATA, vec![]), pre_shared_keys(&[77])]);
    let first = [hello, data(100)].concat();
    let check = |talk: Talk, outcome, octets| {
        let session = session(&talk.close());
        let seen = (session.early_data, session.early_data_outcome, session.early_data_bytes);
        assert_eq!(seen, (true, outcome, octets), "{}", story(&session));
        session
    };
    let chosen = answer13(&[(PRE_SHARED_KEY, vec![0, 0])]);
    let end = [data(4 + 1 + 16), finished13()].concat();
    let sent = check(talk().client(&first).server(&chosen).client(&end), EarlyData::Sent, 100);
    assert_eq!(
        story(&sent),
        "client client_hello early_data; server server_hello encrypted; client 2 encrypted"
    );
    // Early data does not wait for the server: what comes behind its hello is still the first flight's.
    let (hello, hidden) = chosen.split_at(chosen.len() - data(500).len());
    let late = talk().client(&first).server(hello).client(&data(50)).server(hidden).client(&end);
    let late = check(late, EarlyData::Sent, 150);
    assert_eq!(
        story(&late),
        "client client_hello 2 early_data; server server_hello encrypted; client 2 encrypted"
    );
    assert_eq!(late.handshake_rtts, Some(1));
    // Nor is a short record of it an alert.
    let short = [data(2 + 1 + 16), finished13()].concat();
    let short = check(talk().client(&first).server(&chosen).client(&short), EarlyData::Sent, 100);
    assert_eq!((short.outcome, short.encrypted_alert), (TlsOutcome::Established, None));
    // The server takes none of the keys; asks for another hello; has TLS 1.2 only.
    check(talk().client(&first).server(&answer13(&[])).client(&finished13()), EarlyData::Refused, 100);
    let again =
        talk().client(&first).server(&retry(&[(COOKIE, vec![0, 1, 3])])).client(&offer13(&[X25519], &[]));
    check(again.server(&answer13(&[])).client(&finished13()), EarlyData::Refused, 100);
    check(talk().client(&first).server(&flight12(&[])).client(&client_end12()), EarlyData::Refused, 100);
    let session = session(&full13().close());
    assert_eq!((session.early_data_outcome, session.early_data_bytes), (EarlyData::None, 0));
}

#[test]
fn outcomes() {
    let check = |talk: Talk, outcome, text: &str| {
        let session = session(&talk);
        assert_eq!(
            (session.outcome, session.outcome_text().as_str()),
            (outcome, text),
            "{}",
            story(&session)
        );
    };
    let hello = || talk().client(&offer13(&[X25519], &[]));
    check(full13().close(), TlsOutcome::Established, "established");
    check(full13(), TlsOutcome::Established, "established");
    let text = "failed: handshake_failure by server after ClientHello";
    check(hello().server(&alert(2, 40)).close(), TlsOutcome::Failed, text);
    check(hello().server_reset(), TlsOutcome::Refused, "refused: reset by server after ClientHello");
    check(
        hello().server_fin().client_fin(),
        TlsOutcome::Refused,
        "refused: closed by server after ClientHello",
    );
    check(hello(), TlsOutcome::Cut, "not seen to its end after ClientHello");
    let flight = || talk().client(&client_hello(&[], &[])).server(&flight12(&[]));
    let text = "failed: unknown_ca by client after the server's Certificate";
    check(flight().client(&alert(2, 48)).close(), TlsOutcome::Failed, text);
    let text = "failed: internal_error by client after ServerHelloDone";
    check(flight().client(&alert(2, 80)).close(), TlsOutcome::Failed, text);
    check(flight().client_reset(), TlsOutcome::Abandoned, "abandoned: reset by client after ServerHelloDone");
    // A warning does not end it.
    let warned = talk().client(&client_hello(&[], &[])).server(&[alert(1, 112), flight12(&[])].concat());
    check(warned.client(&client_end12()).server(&end12()).close(), TlsOutcome::Established, "established");
    // What is shorter than Finished is an alert.
    let text = "failed: encrypted alert by client after the server's encrypted records";
    check(hello().server(&answer13(&[])).client(&data(2 + 1 + 16)).close(), TlsOutcome::Failed, text);
    // A server of TLS 1.3 judges the client's last flight when the client is done, unless it has gone on.
    let text = "failed: certificate_required by server after the client's encrypted records";
    check(full13().server(&alert(2, 116)).close(), TlsOutcome::Failed, text);
    check(
        full13().server(&[data(50), alert(2, 80)].concat()).close(),
        TlsOutcome::Established,
        "established",
    );
    check(full12().client(&alert(2, 80)).close(), TlsOutcome::Established, "established");
    // Nothing but records of a session that began earlier.
    check(
        talk().client(&data(60)).server(&data(60)).client(&data(60)).close(),
        TlsOutcome::NotSeen,
        "began before the capture",
    );
    let holes = hello().missed(tapline_testkit::Speaker::Server, 700).server_fin().client_fin();
    check(holes, TlsOutcome::Cut, "not seen to its end after ClientHello");
}

#[test]
fn each_wait_is_divided_into_the_way_and_the_side_itself() {
    // To the server and back it takes 11 ms, to the client and back 1; the server thinks for 40 ms, the client for 5.
    let ends = ["10.0.0.1:40000", "10.0.0.2:443"].map(|end| end.parse().unwrap());
    let talk = Talk::new(ends[0], ends[1], 0).syn().wait_ns(10 * MS).syn_ack().client_ack();
    let talk = talk.client(&offer13(&[X25519], &[])).wait_ns(50 * MS).server(&answer13(&[]));
    let session = session(&talk.wait_ns(5 * MS).client(&finished13()).close());
    let parts = |wait: tapline_analysis::Wait| {
        [wait.total_ns, wait.network_ns.unwrap(), wait.own_ns().unwrap()].map(|ns| ns / MS)
    };
    let waits: Vec<_> = session.flights.iter().map(|flight| flight.wait.map(parts)).collect();
    assert_eq!(waits, [None, Some([51, 11, 40]), Some([6, 1, 5])]);
    assert_eq!(session.kept_waiting(), Some((Sender::Server, 40 * MS)));
    assert_eq!(session.own_ns(), [Some(5 * MS), Some(40 * MS)]);
    // Without the TCP handshake nobody knows.
    let frames = &full13().close().frames[3..];
    let (sessions, _) = told(frames);
    assert_eq!((sessions[0].kept_waiting(), sessions[0].own_ns()), (None, [None, None]));
    assert_eq!(sessions[0].flights[1].wait.map(|wait| wait.total_ns), Some(MS));
}

#[test]
fn a_flight_over_the_window_takes_round_trips() {
    let body = vec![1; 8_000];
    let certificate = [&[0, 0x1f, 0x43, 0, 0x1f, 0x40][..], &body].concat();
    let flight = [server_hello(&[8; 32], &[], 0x009c, &[]), handshake(11, &certificate)].concat();
    let (early, late) = flight.split_at(6_000);
    let check = |pause_ns, reasons: &[&str]| {
        let talk = talk().client(&client_hello(&[], &[])).server(early).wait_ns(pause_ns).server(late);
        let talk = talk.server(&handshake(14, &[])).client(&client_end12()).server(&end12()).close();
        let session = session(&talk);
        assert_eq!(session.rtt_reasons(), reasons);
        assert_eq!(session.handshake_rtts, Some(2));
    };
    let two = "a full handshake of TLS 1.2 takes two round trips; TLS 1.3 takes one";
    // From end to end and back takes 2 ms here, and each segment of the flight a millisecond.
    let long = |trips| {
        format!(
            "the server's certificate flight of 8058 octets took {trips} round trips: it did not fit the congestion \
             window (inferred)"
        )
    };
    check(100 * MS, &[two, &long(54)]);
    check(10 * MS, &[two, &long(9)]);
}

#[test]
fn renegotiations_are_sessions_of_their_own() {
    let (sessions, progress) =
        told(&full12().client(&hidden()).server(&hidden()).client(&end12()).server(&end12()).close().frames);
    assert_eq!(sessions.len(), 2);
    assert_eq!(
        (sessions[0].renegotiation, sessions[0].outcome, progress),
        (None, TlsOutcome::Established, 2)
    );
    let again = sessions[1].renegotiation.unwrap();
    assert_eq!((again.by, again.inferred, again.number), (Sender::Client, true, 1));
    assert_eq!((sessions[1].outcome, sessions[1].handshake_rtts), (TlsOutcome::Established, Some(2)));
    assert_eq!((sessions[1].server_name.as_deref(), sessions[1].version), (None, None));
    assert_eq!(sessions[1].client_certificate, ClientCertificate::NotKnown);
    // Two of them.
    let again = || full12().client(&hidden()).server(&hidden()).client(&end12()).server(&end12());
    let twice = again().client(&hidden()).server(&hidden()).client(&end12()).server(&end12());
    let numbers: Vec<_> = told(&twice.close().frames).0.iter().map(|session| session.renegotiation).collect();
    assert_eq!(
        numbers.iter().map(|again| again.map(|again| again.number)).collect::<Vec<_>>(),
        [None, Some(1), Some(2)]
    );
    // The server asks, and the client closes.
    let (sessions, progress) = told(&full12().server(&hidden()).close().frames);
    assert_eq!(sessions[1].renegotiation.map(|again| again.by), Some(Sender::Server));
    assert_eq!((sessions[1].outcome, progress), (TlsOutcome::Abandoned, 1));
}

#[test]
fn client_certificates() {
    let check = |flight: Vec<u8>, answer: Vec<u8>, expected| {
        let talk = talk().client(&client_hello(&[], &[])).server(&flight);
        let talk = talk.client(&[answer, client_end12()].concat()).server(&end12()).close();
        assert_eq!(session(&talk).client_certificate, expected);
    };
    let request = handshake(13, &[1, 1, 0, 2, 4, 1, 0, 0]);
    let asking =
        [server_hello(&[8; 32], &[], 0x009c, &[]), certificate(), request, handshake(14, &[])].concat();
    check(flight12(&[]), vec![], ClientCertificate::NotRequested);
    check(asking.clone(), certificate(), ClientCertificate::Sent(1));
    check(asking.clone(), handshake(11, &[0, 0, 0]), ClientCertificate::Refused);
    check(asking, vec![], ClientCertificate::Requested);
    assert_eq!(session(&full13().close()).client_certificate, ClientCertificate::NotKnown);
}

#[test]
fn what_is_not_said_at_the_end() {
    let check = |talk: Talk, expected| assert_eq!(session(&talk).close_notify, expected);
    // No alert record at all, and a FIN: the data may be truncated. In TLS 1.3 nobody can tell.
    check(full12().close(), [Some(false); 2]);
    check(full13().close(), [None; 2]);
    check(full12().server(&record(21, &[9; 26])).close(), [Some(false), None]);
    check(full12().client_reset(), [None; 2]);
    check(full12(), [None; 2]);
}

#[test]
fn groups_of_a_client_are_kept_up_to_a_number() {
    let kept = |groups: usize| {
        let groups: Vec<u16> = (0x100..).take(groups).collect();
        let answer = retry(&[(KEY_SHARE, X25519.to_be_bytes().to_vec())]);
        let session = session(&talk().client(&offer13(&groups, &[])).server(&answer).close());
        let retry = session.retry.as_ref().unwrap();
        let is_said = session.retry_text().unwrap().contains(" and 2 more;");
        (retry.client_groups.len(), retry.client_groups_left_out, is_said)
    };
    let max = KEY_SHARES_KEPT_MAX;
    let expected = [(max - 1, 0, false), (max, 0, false), (max, 2, true)];
    assert_eq!([max - 1, max, max + 2].map(kept), expected);
}

#[test]
fn torn_handshakes_stay_bounded() {
    let mut talk = talk().client(&offer13(&[X25519], &[]));
    for _ in 0..100 {
        talk = talk.server(&change_cipher_spec()).client(&change_cipher_spec());
    }
    let session = session(&talk.close());
    assert_eq!(session.flights.len(), tapline_analysis::limits::FLIGHTS_MAX);
    assert_eq!(session.flights_left_out, 201 - 16);
}

#[test]
fn nothing_is_made_that_nobody_reads() {
    let interests = Interests { tls_sessions: false, tls_progress: false, ..Interests::SUMMARY };
    let events = events(&full12().close().frames, interests);
    let is_tls = |event: &Event| matches!(event, Event::TlsSession(_) | Event::TlsSessionProgress(_));
    assert!(!events.iter().any(is_tls));
}
