//! Which events a filter lets through, by what is known of their connections at that moment.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "common/capture.rs"]
mod capture;

use capture::{built, connections, events, fixture};
use tapline_analysis::{Event, Interests, Timestamp};
use tapline_filter::limits::{CLOSED_MAX, FINDINGS_MAX};
use tapline_filter::{Filter, Item, Known, Sieve, Value, item_of};
use tapline_testkit::{Frame, Talk};

const GET: &[u8] = b"GET /a HTTP/1.1\r\nHost: example.test\r\n\r\n";
const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
const MISSING: &[u8] = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";

fn talk(client: u16) -> Talk {
    let ends = (([10, 0, 0, 1], client).into(), ([10, 0, 0, 2], 80).into());
    Talk::new(ends.0, ends.1, i64::from(client) * 1_000_000_000).step_ns(1_000_000)
}

/// One request a connection, the second is answered with 404.
fn two() -> Vec<Frame> {
    let of = |client, answer| talk(client).handshake().client(GET).server(answer).client_ack().close().frames;
    [of(1000, OK), of(1001, MISSING)].concat()
}

/// The records that go through, in order: sort, connection.
fn through(filter: &str, events: &[Event]) -> Vec<(String, Option<u64>)> {
    let mut sieve = Sieve::new(Filter::parse(filter).unwrap());
    let mut told = Vec::new();
    for event in events {
        if sieve.holds(event) && !matches!(event, Event::TcpSample(_)) {
            told.push((record(event), event.connection()));
        }
    }
    told
}

fn record(event: &Event) -> String {
    let mut record = String::new();
    event.values(tapline_filter::FieldId::TaplineRecord, &mut |value| {
        if let Value::Text(name) = value {
            name.clone_into(&mut record);
        }
    });
    record
}

fn check(filter: &str, events: &[Event], expected: &[(&str, u64)]) {
    let told = through(filter, events);
    let told: Vec<_> = told.iter().map(|(kind, id)| (kind.as_str(), id.unwrap())).collect();
    assert_eq!(told, expected, "{filter}");
}

#[test]
fn a_record_goes_through_by_itself_and_takes_its_connection_with_it() {
    let events = built(&two());
    check(
        "http.response.code == 404",
        &events,
        &[("http1_message", 1), ("http_exchange", 1), ("connection", 1)],
    );
    check(
        "http.request and http.response and tcp.stream == 0",
        &events,
        &[("http_exchange", 0), ("connection", 0)],
    );
    check("tapline.record == connection and tapline.client.port == 1001", &events, &[("connection", 1)]);
    check("http.response.code == 404 and http.response.code == 200", &events, &[]);
}

#[test]
fn what_is_of_the_connection_is_of_everything_in_it() {
    let events = built(&two());
    let of_first = |filter: &str| {
        let told = through(filter, &events);
        assert!(told.iter().all(|(_, id)| *id == Some(0)), "{filter}: {told:?}");
        told.iter().map(|(kind, _)| kind.clone()).collect::<Vec<_>>()
    };
    assert_eq!(
        of_first("tcp.port == 1000"),
        ["http1_message", "http1_message", "http_exchange", "connection"]
    );
    // Who sent it counts, where somebody did.
    assert_eq!(of_first("tcp.srcport == 1000 and tapline.record == http1_message and http.request").len(), 2);
    assert_eq!(
        of_first("tcp.dstport == 1000 and tapline.record == http1_message and http.request"),
        Vec::<String>::new()
    );
    assert_eq!(
        of_first("tapline.server_name == example.test and tcp.stream == 0").len(),
        4,
        "known before its request is told"
    );
}

#[test]
fn the_connections_that_go_through_need_no_other_records() {
    let filters = [
        ("http1/not-found-and-error", "http.response.code == 404"),
        ("http1/not-found-and-error", "http.user_agent contains curl"),
        ("http1/not-found-and-error", "404"),
        ("http2/goaway", "http2.type == GOAWAY"),
        ("link/zero-window", "tapline.finding == tcp_zero_window"),
        ("link/zero-window", "tapline.stall == zero_window"),
        ("link/tail-lost", "tcp.analysis.rto > 1ms"),
        ("tls/tls13", "tls.handshake.type == client_hello"),
        ("tls/failed-unknown-name", "tls.alert_message"),
        ("http1/websocket", "websocket.opcode == close"),
        ("http1/refused", "tapline.finding.severity == error"),
        ("http1/bad-request", "tapline.anomaly"),
    ];
    for (name, filter) in filters {
        let needed = connections(&fixture(name), filter, true);
        let (all, _) = events(&fixture(name), Interests::FULL, true);
        let all = through(filter, &all)
            .into_iter()
            .filter(|(kind, _)| kind == "connection")
            .map(|(_, id)| id.unwrap());
        let mut all: Vec<u64> = all.collect();
        all.sort_unstable();
        assert_eq!(needed, all, "{filter} on {name}");
        assert!(!needed.is_empty(), "{filter} on {name}");
    }
}

#[test]
fn what_nobody_asks_for_is_not_made() {
    let needs = |filter: &str, wanted| Sieve::new(Filter::parse(filter).unwrap()).needs(wanted);
    let (connections, none) = (Interests { connections: true, ..Interests::NONE }, Interests::NONE);
    let only = Interests { introductions: true, ..Interests::NONE };
    assert_eq!(needs("ip.addr == 10.0.0.1 and tcp.analysis.retransmission", connections), only);
    assert_eq!(needs("http.response.code == 404", none), only, "no connection has to be judged by it");
    assert_eq!(
        needs("http.response.code == 404", connections),
        Interests { exchanges: true, headers: true, ..only }
    );
    assert_eq!(needs("http2.type == 0", connections), Interests { http2_frames: true, ..only });
    let findable = Interests { exchanges: true, tls_sessions: true, http2_connections: true, ..only };
    assert_eq!(needs("tapline.finding", connections), findable);
    assert_eq!(needs("some words", connections), findable);
    assert_eq!(needs("dns.qry.name", connections), only, "a lookup is of no connection");
}

#[test]
fn a_finding_behind_its_connection_still_knows_its_ends() {
    let refused = talk(1000).syn().server_reset().frames;
    let events = built(&refused);
    let place = |wanted: fn(&Event) -> bool| events.iter().position(wanted).unwrap();
    let (connection, finding) = (
        place(|event| matches!(event, Event::Connection(_))),
        place(|event| matches!(event, Event::Finding(_))),
    );
    assert!(connection < finding, "else this proves nothing");
    check(
        "tapline.finding == tcp_refused and tcp.port == 1000",
        &events,
        &[("connection", 0), ("finding", 0)],
    );
    check("tapline.record == finding and tapline.server_name == a", &events, &[]);
}

#[test]
fn findings_of_a_connection_are_remembered_up_to_a_number_and_every_kind() {
    let broken = b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n";
    let moved = b"HTTP/1.1 301 There\r\nContent-Length: 0\r\n\r\n";
    let slow =
        |talk: Talk, ms: i64, answer| talk.client(GET).wait_ns(ms * 1_000_000).server(answer).client_ack();
    for count in [FINDINGS_MAX, FINDINGS_MAX + 1] {
        let talk = (1..count).fold(talk(1000).handshake(), |talk, _| slow(talk, 10, broken));
        let events = built(&slow(slow(talk, 100, broken), 10, moved).close().frames);
        let knows = |filter: &str| {
            !through(&format!("{filter} and tapline.record == connection"), &events).is_empty()
        };
        assert!(knows("tapline.finding == http_redirect"), "{count}");
        assert_eq!(knows("tapline.finding.cost > 100ms"), count == FINDINGS_MAX, "{count}");
    }
}

#[test]
fn connections_that_are_long_over_are_forgotten() {
    let many: Vec<Frame> = (0..=u16::try_from(CLOSED_MAX).unwrap())
        .flat_map(|n| talk(1000 + n).handshake().close().frames)
        .collect();
    let events = built(&many);
    let mut known = Known::new(&Filter::default());
    for event in &events {
        known.see(event);
    }
    let knows = |id: u64| {
        let finding = events
            .iter()
            .find(|event| event.connection() == Some(id) && matches!(event, Event::Introduction(_)));
        let mut ports = 0;
        item_of(finding.unwrap(), &known).values(tapline_filter::FieldId::TcpPort, &mut |_| ports += 1);
        ports > 0
    };
    assert!(!knows(0) && knows(1) && knows(CLOSED_MAX as u64));
}

#[test]
fn time_counts_from_the_beginning_of_the_capture() {
    let events = built(&two());
    let mut sieve = Sieve::new(Filter::parse("frame.time_relative < 500ms and http.request").unwrap());
    assert!(!events.iter().any(|event| sieve.holds(event)), "not known yet");
    let mut sieve = Sieve::new(Filter::parse("frame.time_relative < 500ms and http.request").unwrap());
    sieve.begin(Timestamp(1_000_000_000_000));
    sieve.begin(Timestamp(0));
    let told: Vec<_> = events.iter().filter(|event| sieve.holds(event)).map(Event::connection).collect();
    assert_eq!(told, [Some(0); 3], "the request, the exchange, the connection");
}
