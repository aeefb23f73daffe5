//! Connections and requests built by hand, for tests.

use std::net::Ipv4Addr;

use tapline_analysis::decode::tls::{CipherSuite, NamedGroup, Version};
use tapline_analysis::{
    CATALOGUE, Cause, ClientProof, Completeness, ConnState, ConnectionRecord, Direction, Endpoint, Event,
    Exchange, Finding, Flight, FlightStep, Handshake, HandshakeKind, History, MessagePart, Origin, Protocol,
    Reset, ResetPhase, Sender, SideRecord, State, StepKind, SynOptions, Teardown, Timestamp, Timings,
    TlsKind, TlsOutcome, TlsSession, Vlans, Wait,
};

use crate::model::{Before, ExchangeOutcome, ExchangeRow, Row, Rows, StallRow, Stalled};

pub(crate) const MS: i64 = 1_000_000;

pub(crate) fn at(packet: u64, ms: i64) -> Origin {
    Origin { packet, at: Timestamp(ms * MS) }
}

fn side(last: u8, port: u16, bytes: u64) -> SideRecord {
    let address = Ipv4Addr::new(10, 0, 0, last).into();
    SideRecord {
        endpoint: Endpoint { address, port },
        packets: 5,
        payload_bytes: bytes,
        missing_bytes: 0,
        tcp_state: "ESTABLISHED",
        offloaded_segments: 0,
        unanswered_keep_alives: 0,
        series: None,
    }
}

/// A connection of 100 ms from `start_ms` on, its handshake taking the first 10.
pub(crate) fn record(id: u64, start_ms: i64) -> ConnectionRecord {
    let first = id * 10 + 1;
    let mut handshake = Handshake::default();
    let options = SynOptions {
        mss: Some(1460),
        window_scale: Some(7),
        sack_permitted: true,
        timestamps: true,
        fast_open_cookie: None,
    };
    handshake.syn = at(first, start_ms).into();
    handshake.syn_ack = at(first + 1, start_ms + 9).into();
    handshake.ack = at(first + 2, start_ms + 10).into();
    handshake.client_options = Some(options);
    handshake.server_options = Some(SynOptions { mss: Some(1400), timestamps: false, ..options });
    ConnectionRecord {
        id,
        client: side(1, 50_000 + u16::try_from(id % 10_000).unwrap(), 400),
        server: side(2, 443, 12_000),
        client_direction: Direction::Forward,
        orientation: ClientProof::Syn,
        vlans: Vlans::default(),
        first: at(first, start_ms),
        last: at(first + 9, start_ms + 100),
        state: State::Established,
        completeness: Completeness(15),
        conn_state: ConnState::S1,
        history: History::default(),
        verdicts: Vec::new(),
        handshake_kind: HandshakeKind::ThreeWay,
        handshake,
        teardown: Teardown::default(),
        only: None,
        unreachable: None,
        copy_of: None,
        gap: None,
        same_packets: 0,
        not_resent: 0,
        bad_checksums: 0,
        left: None,
        reused_ports: false,
        protocols: [Protocol::Tls, Protocol::Http1].into_iter().collect(),
        server_name: Some("www.example.org".into()),
        requests: 1,
        anomalies: Vec::new(),
    }
}

/// A connection in that state, its reset, if it has one, at 50 ms.
pub(crate) fn record_in(state: State) -> ConnectionRecord {
    let mut record = record(0, 0);
    record.state = state;
    if matches!(state, State::Reset | State::Refused) {
        record.teardown.reset = Some(reset(at(6, 50)));
    }
    record
}

/// A reset of the server in mid-transfer.
pub(crate) fn reset(seen: Origin) -> Reset {
    Reset::new(seen, Direction::Reverse, ResetPhase::MidTransfer)
}

fn part(first: Origin, last: Origin, body_bytes: u64) -> MessagePart {
    MessagePart {
        first,
        last,
        headers: tapline_analysis::decode::Fields::default(),
        header_bytes: 100,
        header_bytes_decoded: 100,
        body_bytes,
        complete: true,
        content_encoding: None,
        body_bytes_decoded: None,
        body_sha256: None,
    }
}

/// A request that takes 1 ms, waits 19 and is answered in 20.
pub(crate) fn exchange(connection: u64, start_ms: i64, method: &str, url: &str) -> Exchange {
    Exchange {
        connection,
        stream: None,
        version: "1.1",
        method: Some(method.to_owned().into()),
        url: Some(url.into()),
        status: Some(200),
        reason: None,
        request: Some(part(at(5, start_ms), at(5, start_ms + 1), 0)),
        response: Some(part(at(6, start_ms + 20), at(8, start_ms + 40), 11_000)),
        grpc: None,
        content_type: Some("text/html".into()),
        facts: tapline_analysis::HeadFacts::default(),
        is_secure: false,
        setup: None,
        held_back: None,
        cut: None,
        timings: Timings {
            send: Some(MS),
            wait: Some(19 * MS),
            receive: Some(20 * MS),
            ..Timings::default()
        },
        stalls: tapline_analysis::Stalls::default(),
        inferred: false,
        pushed: false,
        promised_on: None,
        complete: true,
        reset: None,
    }
}

pub(crate) fn exchange_row() -> ExchangeRow {
    let row = ExchangeRow::of(&exchange(0, 0, "GET", "http://a.example/"));
    assert_eq!(row.outcome, ExchangeOutcome::Whole);
    row
}

/// A request that waited, for nothing yet, and was sent at `begun`.
pub(crate) fn before(begun: i64) -> Before {
    Before { begun, dns: None, connect: None, tls: None, held_back: None, timings: Timings::default() }
}

/// Stalls from one moment to another, the first of them the worst.
pub(crate) fn stalled(stalls: &[(Cause, i64, i64)]) -> Stalled {
    let row = |&(cause, from, until): &(Cause, i64, i64)| StallRow { cause, from, until, packets: (3, 7) };
    let (cause, from, until) = stalls[0];
    Stalled { worst: (cause, until - from), kept: stalls.iter().map(row).collect(), left_out: (0, 0) }
}

/// A finding on a connection, at the packet in which [`exchange`] begins.
pub(crate) fn finding(code: &str, connection: u64, cost_ns: Option<i64>) -> Finding {
    Finding {
        kind: CATALOGUE.iter().find(|kind| kind.code == code).unwrap(),
        explanation: format!("{code} was found").into(),
        connection: Some(connection),
        stream: None,
        at: at(5, 0),
        packets: vec![6, 8],
        cost_ns,
    }
}

fn session(connection: u64, start_ms: i64) -> TlsSession {
    TlsSession {
        connection,
        start: at(connection * 10 + 4, start_ms + 11),
        end: Some(at(connection * 10 + 5, start_ms + 35)),
        version: Some(Version(0x0304)),
        cipher_suite: Some(CipherSuite(0x1301)),
        group: Some(NamedGroup(0x001d)),
        server_name: Some("www.example.org".into()),
        alpn: Some("http/1.1".into()),
        handshake_rtts: Some(1),
        handshake_ns: Some(24 * MS),
        kind: TlsKind::Full,
        outcome: TlsOutcome::Established,
        ..TlsSession::default()
    }
}

/// A flight of these messages.
pub(crate) fn flight(from: Sender, kinds: &[StepKind], wait: Option<Wait>) -> Flight {
    Flight {
        from,
        steps: kinds.iter().map(|&kind| FlightStep { kind, count: 1, octets: 100 }).collect(),
        left_out: 0,
        first: at(4, 11),
        last: at(4, 11),
        octets: 100,
        wait,
        round_trips: None,
    }
}

/// What an HTTPS connection of 100 ms with one request says.
pub(crate) fn https_events(id: u64, start_ms: i64) -> Vec<Event> {
    vec![
        Event::TlsSession(Box::new(session(id, start_ms))),
        Event::Exchange(Box::new(exchange(id, start_ms + 40, "GET", "https://www.example.org/index.html"))),
        Event::Connection(Box::new(record(id, start_ms))),
    ]
}

/// The same as a row.
pub(crate) fn https_row(id: u64, start_ms: i64) -> Row {
    let mut rows = Rows::default();
    for event in https_events(id, start_ms) {
        rows.take(event);
    }
    rows.into_row(u32::try_from(id).unwrap()).unwrap()
}

/// A connection with a TLS session.
pub(crate) fn row_of(record: ConnectionRecord, session: TlsSession) -> Row {
    let mut rows = Rows::default();
    rows.take(Event::TlsSession(Box::new(session)));
    rows.take(Event::Connection(Box::new(record)));
    rows.into_row(0).unwrap()
}
