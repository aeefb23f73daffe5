//! Built HTTP/2 connections in; what is told of them as a whole out.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use tapline_analysis::decode::http2::{ErrorCode, Setting};
use tapline_analysis::limits::{
    FLOOD_CONTINUATIONS, FLOOD_EMPTY_DATA, FLOOD_PINGS, FLOOD_PRIORITIES, FLOOD_RESETS, FLOOD_SETTINGS,
    FLOOD_WINDOW_UPDATES, UPDATE_DELAY_MIN_NS,
};
use tapline_analysis::{
    Analyzer, Event, Exchange, Http2Connection, Http2Frame, Interests, Options, PriorityScheme, Sender,
    WindowLevels,
};
use tapline_testkit::{Speaker, Talk};

const MS: i64 = 1_000_000;
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// `:method: GET`, `:scheme: http`, `:path: /`.
const GET: &[u8] = &[0x82, 0x86, 0x84];
/// `:status: 200`.
const OK: &[u8] = &[0x88];

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let mut octets = u32::try_from(payload.len()).unwrap().to_be_bytes()[1..].to_vec();
    octets.extend([kind, flags]);
    octets.extend(stream.to_be_bytes());
    octets.extend_from_slice(payload);
    octets
}

fn data(stream: u32, length: usize, flags: u8) -> Vec<u8> {
    frame(0, flags, stream, &vec![b'x'; length])
}

fn get(stream: u32) -> Vec<u8> {
    frame(1, 5, stream, GET)
}

fn ok(stream: u32) -> Vec<u8> {
    frame(1, 4, stream, OK)
}

fn settings(list: &[(u16, u32)]) -> Vec<u8> {
    let octets = |&(id, value): &(u16, u32)| [&id.to_be_bytes()[..], &value.to_be_bytes()].concat();
    frame(4, 0, 0, &list.iter().flat_map(octets).collect::<Vec<_>>())
}

fn ack() -> Vec<u8> {
    frame(4, 1, 0, &[])
}

fn update(stream: u32, increment: u32) -> Vec<u8> {
    frame(8, 0, stream, &increment.to_be_bytes())
}

fn talk() -> Talk {
    Talk::new("10.0.0.1:40000".parse().unwrap(), "10.0.0.2:8080".parse().unwrap(), 0)
}

/// The client's preface and settings, and the server's, all acknowledged.
fn begun(client: &[(u16, u32)], server: &[(u16, u32)]) -> Talk {
    let hello = [PREFACE, &settings(client)].concat();
    let answer = [settings(server), ack()].concat();
    talk().handshake().client(&hello).server(&answer).client(&ack())
}

#[derive(Default)]
struct Told {
    connections: Vec<Http2Connection>,
    frames: Vec<Http2Frame>,
    exchanges: Vec<Exchange>,
    codes: Vec<&'static str>,
}

fn analyse(talk: &Talk, interests: Interests) -> Told {
    let mut analyzer = Analyzer::new(&Options::of(interests));
    for (frame, number) in talk.frames.iter().zip(1..) {
        analyzer.packet(&frame.packet(number));
    }
    analyzer.finish();
    let mut told = Told::default();
    for event in analyzer.take_events() {
        match event {
            Event::Http2Connection(connection) => told.connections.push(*connection),
            Event::Http2Frame(frame) => told.frames.push(*frame),
            Event::Exchange(exchange) => told.exchanges.push(*exchange),
            Event::Anomaly(anomaly) if anomaly.code.starts_with("http2") => told.codes.push(anomaly.code),
            _ => {}
        }
    }
    told
}

fn full(talk: &Talk) -> Told {
    analyse(talk, Interests::FULL)
}

fn levels(told: &Told) -> Vec<(Option<i64>, Option<i64>)> {
    let windows = told.frames.iter().filter_map(|frame| frame.after.windows);
    windows.map(|WindowLevels { connection, stream }| (connection, stream)).collect()
}

#[test]
fn a_stall_for_a_window_is_told_with_its_length() {
    let talk = begun(&[(4, 1_000)], &[]).client(&get(1)).server(&[ok(1), data(1, 1_000, 0)].concat());
    let talk = talk.wait_ns(50 * MS).client(&update(1, 5_000)).server(&data(1, 500, 1)).close();
    let told = full(&talk);
    let server = &told.connections[0].server;
    assert_eq!((server.stream_standstills.count, server.stream_standstills.total_ns), (1, 52 * MS));
    assert_eq!((server.connection_standstills.count, told.codes.len()), (0, 0));
    let expected = [
        (Some(65_535), None), // The server's ACK: its own DATA.
        (Some(65_535), None), // The client's.
        (Some(64_535), Some(0)),
        (Some(64_535), Some(5_000)),
        (Some(64_035), Some(4_500)),
    ];
    assert_eq!(levels(&told), expected);
    assert_eq!(told.connections[0].client.settings[0].acknowledged_ns(), Some(MS));
}

#[test]
fn a_window_counts_padding_and_binds_from_the_acknowledgment_on() {
    // The client's settings come after DATA was sent, and are acknowledged after more of it.
    let padded = frame(0, 8, 1, &[&[9][..], &[b'x'; 10], &[0; 9]].concat());
    let talk = begun(&[], &[]).client(&get(1)).server(&[ok(1), padded].concat());
    let talk = talk.client(&settings(&[(4, 100)])).server(&[data(1, 100, 0), ack(), data(1, 0, 1)].concat());
    let told = full(&talk.close());
    assert_eq!(
        levels(&told)[2..],
        [
            (Some(65_515), Some(65_515)),
            (Some(65_415), Some(65_415)),
            (Some(65_415), None),
            (Some(65_415), Some(-20)),
        ]
    );
}

#[test]
fn where_octets_are_missing_windows_are_not_known() {
    let before = begun(&[], &[]).client(&get(1)).server(&[ok(1), data(1, 100, 0)].concat());
    let lost = before.missed(Speaker::Client, 13).client(&frame(6, 0, 0, b"12345678"));
    let pings = [frame(6, 0, 0, b"abcdefgh"), frame(6, 0, 0, b"ijklmnop")].concat();
    let talk = lost.client(&pings).server(&data(1, 100_000, 1)).client_ack().close();
    let told = full(&talk);
    assert_eq!(levels(&told).last(), Some(&(None, None)));
    assert!(!told.connections[0].whole);
    assert!(!told.codes.contains(&"http2_window_exceeded"), "{:?}", told.codes);
    // Begun in the middle: the handshake and the preface are missing.
    let whole = begun(&[], &[]).client(&get(1)).server(&[ok(1), data(1, 70_000, 1)].concat()).close();
    let mut middle = whole.clone();
    middle.frames.drain(..6);
    let told = full(&middle);
    assert!(told.codes.iter().all(|code| !code.contains("window")), "{:?}", told.codes);
    assert!(full(&whole).codes.contains(&"http2_window_exceeded"));
}

#[test]
fn states_follow_the_frames() {
    let talk = begun(&[], &[]).client(&get(1)).server(&[ok(1), data(1, 5, 1)].concat());
    let talk = talk.client(&frame(1, 4, 3, GET)).client(&frame(3, 0, 3, &[0, 0, 0, 8]));
    let told = full(&talk.close());
    let states: Vec<_> =
        told.frames.iter().filter_map(|frame| Some(frame.after.stream_state?.name())).collect();
    assert_eq!(states, ["half_closed_client", "half_closed_client", "closed", "open", "closed"]);
    assert_eq!(told.connections[0].resets, [(Sender::Client, ErrorCode::CANCEL, 1)]);
    assert_eq!(told.codes, Vec::<&str>::new());
}

#[test]
fn what_may_not_be_sent_is_said() {
    let check = |talk: Talk, expected: &[&str]| assert_eq!(full(&talk.close()).codes, expected);
    check(begun(&[], &[]).client(&get(3)).client(&get(1)), &["http2_stream_id"]);
    check(begun(&[], &[]).client(&get(2)), &["http2_stream_id"]);
    check(begun(&[], &[]).client(&data(5, 1, 0)), &["http2_stream_state"]);
    check(begun(&[], &[]).client(&[get(1), data(1, 1, 0)].concat()), &["http2_stream_state"]);
    check(begun(&[], &[(3, 1)]).client(&[get(1), get(3)].concat()), &["http2_too_many_streams"]);
    let over = [frame(1, 4, 1, GET), data(1, 1_001, 1)].concat();
    check(begun(&[], &[(4, 1_000)]).client(&over), &["http2_window_exceeded"]);
    check(begun(&[], &[]).client(&update(0, 0x7fff_ffff)), &["http2_window_overflow"]);
    let promise = frame(5, 4, 1, &[&[0, 0, 0, 2][..], GET].concat());
    check(begun(&[(2, 0)], &[]).client(&get(1)).server(&promise), &["http2_push_disabled"]);
    check(begun(&[], &[]).client(&get(1)).server(&promise), &[]);
}

#[test]
fn what_crosses_a_reset_is_nobodys_mistake() {
    let talk = begun(&[], &[]).client(&get(1)).server(&[ok(1), data(1, 5, 0)].concat());
    let talk = talk.client(&frame(3, 0, 1, &[0, 0, 0, 8])).server(&data(1, 5, 1)).close();
    let told = full(&talk);
    assert_eq!(told.codes, Vec::<&str>::new());
    // The connection's window counts what came late.
    assert_eq!(levels(&told).last().unwrap().0, Some(65_525));
}

#[test]
fn a_pushed_exchange_knows_its_request() {
    let promise = |promised: u8| frame(5, 4, 1, &[&[0, 0, 0, promised][..], GET].concat());
    let push = [promise(2), promise(4), promise(6), ok(2), data(2, 3, 1), ok(1), data(1, 3, 1)].concat();
    let refuse = frame(3, 0, 4, &[0, 0, 0, 8]);
    let told = full(&begun(&[], &[]).client(&get(1)).server(&push).client(&refuse).close());
    let of = |stream| told.exchanges.iter().find(|exchange| exchange.stream == Some(stream)).unwrap();
    assert_eq!((of(1).promised_on, of(2).promised_on), (None, Some(1)));
    let pushes = told.connections[0].pushes;
    assert_eq!((pushes.promised, pushes.accepted, pushes.refused, pushes.never_begun), (3, 1, 1, 1));
}

#[test]
fn pings_and_goaways_are_told() {
    let ping = begun(&[], &[]).client(&frame(6, 0, 0, b"12345678")).wait_ns(9 * MS);
    let talk = ping.server(&frame(6, 1, 0, b"12345678")).server(&frame(6, 0, 0, b"unanswer"));
    let bye = [&[0, 0, 0, 0][..], &[0, 0, 0, 11], b"calm"].concat();
    let told = full(&talk.server(&frame(7, 0, 0, &bye)).close());
    let connection = &told.connections[0];
    assert_eq!(connection.client.pings.min_ns, Some(10 * MS));
    assert_eq!((connection.server.pings.sent, connection.server.pings.unanswered()), (1, 1));
    let goaway = connection.goaways[0];
    assert_eq!((goaway.from, goaway.error), (Sender::Server, ErrorCode::ENHANCE_YOUR_CALM));
    let round_trips: Vec<_> = told.frames.iter().filter_map(|frame| frame.after.round_trip_ns).collect();
    assert_eq!(round_trips, [10 * MS]);
}

#[test]
fn a_server_that_sends_the_less_urgent_first_is_found_out() {
    // `priority: u=5` and `u=1`, literals without indexing.
    let asks = |stream, urgency: u8| {
        let field = [&b"\x00\x08priority\x03u="[..], &[b'0' + urgency]].concat();
        frame(1, 5, stream, &[GET, &field].concat())
    };
    let requests = [asks(1, 5), asks(3, 1)].concat();
    let answers = [ok(1), ok(3), data(1, 1_000, 0), data(3, 500, 1), data(1, 10, 1)].concat();
    let told = full(&begun(&[], &[]).client(&requests).server(&answers).close());
    let connection = &told.connections[0];
    assert_eq!(connection.priority_scheme, PriorityScheme::Urgency);
    let followed = connection.priority_followed;
    assert_eq!((followed.octets_in_order, followed.octets_out_of_order), (500, 1_000));
    assert_eq!(followed.worst.map(|worst| (worst.sent, worst.waited)), Some((1, 3)));
}

#[test]
fn an_upgrade_counts_its_settings_and_its_stream() {
    let request = b"GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAQAAAPo\r\n\r\n";
    let answer = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";
    let server = [&answer[..], &settings(&[])].concat();
    let talk = talk().handshake().client(request).server(&server);
    let talk = talk.client(&[PREFACE, &settings(&[]), &ack()].concat());
    let talk = talk.server(&[ack(), ok(1), data(1, 1_000, 0)].concat()).client(&update(1, 10));
    let told = full(&talk.server(&data(1, 10, 1)).close());
    let connection = &told.connections[0];
    assert_eq!(
        (connection.client.settings_frames, connection.client.in_force.initial_window_size),
        (2, 1_000)
    );
    assert_eq!(connection.client.settings[0].settings, [Setting { id: 4, value: 1_000 }]);
    assert_eq!(connection.client.settings[0].acknowledged_ns(), Some(0));
    assert_eq!((connection.whole, connection.client.streams_opened), (true, 1));
    assert_eq!((told.codes.len(), connection.server.stream_standstills.count), (0, 1));
}

#[test]
fn header_tables_are_counted_by_side() {
    let block = [GET, b"\x40\x01a\x011"].concat();
    let told =
        full(&begun(&[], &[]).client(&frame(1, 5, 1, &block)).client(&frame(1, 5, 3, &[0x82, 0xbe])).close());
    let headers = told.connections[0].client.headers;
    assert_eq!((headers.blocks, headers.fields, headers.fields_indexed, headers.inserted), (2, 6, 5, 1));
    assert!(headers.wire_bytes < headers.decoded_bytes);
}

#[test]
fn floods_are_said_once_in_their_second() {
    let many = |count: u32, octets: &dyn Fn(u32) -> Vec<u8>| (0..=count).flat_map(octets).collect::<Vec<_>>();
    let reset = |n: u32| [get(2 * n + 1), frame(3, 0, 2 * n + 1, &[0, 0, 0, 8])].concat();
    let blocks = [frame(1, 1, 1, GET), many(FLOOD_CONTINUATIONS, &|_| frame(9, 0, 1, &[]))].concat();
    // An entry of 4,000 octets, and an index of it eighty times.
    let bomb = [&[0x40, 1, b'a', 0x7f, 0xa1, 0x1e][..], &[b'x'; 4_000], &[0xbe; 80]].concat();
    let table: Vec<(&str, Vec<u8>)> = vec![
        ("http2_flood_resets", many(FLOOD_RESETS, &reset)),
        ("http2_flood_settings", many(FLOOD_SETTINGS, &|_| settings(&[]))),
        ("http2_flood_pings", many(FLOOD_PINGS, &|_| frame(6, 0, 0, b"12345678"))),
        (
            "http2_flood_empty_data",
            [frame(1, 4, 1, GET), many(FLOOD_EMPTY_DATA, &|_| data(1, 0, 0))].concat(),
        ),
        ("http2_flood_window_updates", many(FLOOD_WINDOW_UPDATES, &|_| update(0, 1))),
        ("http2_flood_priorities", many(FLOOD_PRIORITIES, &|_| frame(2, 0, 1, &[0, 0, 0, 0, 1]))),
        ("http2_flood_continuations", blocks),
        ("http2_flood_header_bomb", frame(1, 5, 1, &bomb)),
    ];
    for (code, octets) in table {
        let told = full(&begun(&[], &[]).step_ns(0).client(&octets).close());
        assert_eq!(told.codes, [code]);
    }
}

#[test]
fn the_summary_tells_connections_and_no_frames() {
    let talk = begun(&[], &[]).client(&get(1)).server(&[ok(1), data(1, 5, 1)].concat()).close();
    let told = analyse(&talk, Interests::SUMMARY);
    assert_eq!((told.connections.len(), told.frames.len(), told.codes.len()), (1, 0, 0));
    let full = full(&talk);
    assert_eq!(told.connections, full.connections);
    let none = analyse(&talk, Interests { http2_connections: false, ..Interests::FULL });
    assert_eq!(none.connections.len(), 0);
}

#[test]
fn a_server_may_speak_before_the_preface() {
    let hello = [settings(&[]), update(0, 100)].concat();
    let talk = talk().handshake().server(&hello).client(&[PREFACE, &settings(&[]), &ack()].concat());
    let told = full(&talk.server(&ack()).close());
    assert_eq!(levels(&told), [(Some(65_635), None), (Some(65_635), None), (Some(65_535), None)]);
    assert_eq!((told.connections[0].whole, told.codes.len()), (true, 0));
}

#[test]
fn who_does_not_begin_with_settings_began_before() {
    let talk = talk().handshake().client(&[PREFACE, &get(1)].concat()).server(&ok(1)).close();
    let told = full(&talk);
    assert!(!told.connections[0].whole && told.codes.is_empty(), "{:?}", told.codes);
}

#[test]
fn without_a_syn_the_preface_tells_whose_settings_they_are() {
    // The server has the higher port.
    let talk = Talk::new("10.0.0.1:1000".parse().unwrap(), "10.0.0.2:50000".parse().unwrap(), 0).handshake();
    let mut talk = talk.client(&[PREFACE, &settings(&[(3, 7)])].concat()).server(&settings(&[])).close();
    talk.frames.drain(..3);
    let told = full(&talk);
    assert_eq!(told.connections[0].client.settings[0].settings, [Setting { id: 3, value: 7 }]);
    assert_eq!(told.connections[0].server.settings[0].settings, []);
}

/// A connection with a little of everything, by who sends what.
fn rich() -> Vec<(Speaker, Vec<u8>)> {
    let promise = frame(5, 4, 1, &[&[0, 0, 0, 2][..], GET].concat());
    let hello = [PREFACE, &settings(&[(4, 500), (3, 9)]), &update(0, 1_000), &get(1)].concat();
    vec![
        (Speaker::Client, hello),
        (Speaker::Server, [settings(&[(3, 2)]), ack(), promise, ok(1), data(1, 500, 0)].concat()),
        (Speaker::Client, [ack(), update(1, 300), frame(2, 0, 1, &[0, 0, 0, 0, 9]), get(3)].concat()),
        (Speaker::Server, [data(1, 300, 1), ok(2), data(2, 10, 1), frame(6, 0, 0, b"12345678")].concat()),
        (Speaker::Client, [frame(6, 1, 0, b"12345678"), frame(3, 0, 3, &[0, 0, 0, 8]), get(5)].concat()),
        (Speaker::Server, [frame(1, 0, 5, &[]), frame(9, 4, 5, OK), data(5, 40, 1)].concat()),
    ]
}

fn played(turns: &[(Speaker, Vec<u8>)], piece: usize) -> Talk {
    let mut talk = talk().handshake();
    for (speaker, octets) in turns {
        for part in octets.chunks(piece) {
            talk = match speaker {
                Speaker::Client => talk.client(part),
                Speaker::Server => talk.server(part),
            };
        }
    }
    talk
}

#[test]
fn how_segments_cut_the_octets_changes_nothing() {
    let facts = |told: &Told| {
        let frames = told.frames.iter().map(|frame| (frame.after.stream_state, frame.after.windows));
        let connection = &told.connections[0];
        let sides = [Sender::Client, Sender::Server].map(|sender| {
            let side = connection.side(sender);
            (
                side.headers,
                side.in_force,
                side.streams_opened,
                side.stream_standstills.count,
                side.pings.answered,
            )
        });
        (frames.collect::<Vec<_>>(), sides, connection.pushes, connection.resets.clone(), told.codes.clone())
    };
    let whole = facts(&full(&played(&rich(), usize::MAX)));
    assert!(whole.0.len() > 20 && whole.1[1].3 == 1 && whole.4.is_empty(), "{whole:?}");
    for piece in 1..60 {
        assert_eq!(facts(&full(&played(&rich(), piece))), whole, "in pieces of {piece}");
    }
}

#[test]
fn every_prefix_and_every_lost_segment_is_told_to_its_end() {
    let talk = played(&rich(), 11);
    for frames in 3..talk.frames.len() {
        let mut prefix = talk.clone();
        prefix.frames.truncate(frames);
        assert!(full(&prefix).connections.len() <= 1);
        let mut holed = talk.clone();
        holed.frames.remove(frames);
        let told = full(&holed);
        // Without its preface nobody can tell that it is HTTP/2.
        assert!(told.connections.len() == 1 || frames < 6, "without segment {frames}");
        let forbidden = ["http2_stream", "http2_window", "http2_too_many", "http2_push", "http2_flood"];
        let wrong = told.codes.iter().find(|code| forbidden.iter().any(|one| code.starts_with(one)));
        assert_eq!(wrong, None, "without segment {frames}");
    }
}

#[test]
fn streams_that_wait_for_the_connection_together_count_once() {
    let full_window = [ok(1), ok(3), data(1, 65_535, 0)].concat();
    let talk = begun(&[(4, 1 << 20)], &[]).client(&[get(1), get(3)].concat()).server(&full_window);
    let talk = talk.client(&update(0, 100_000)).server(&[data(1, 10, 1), data(3, 10, 1)].concat());
    let server = &full(&talk.close()).connections[0].server;
    assert_eq!((server.connection_standstills.count, server.connection_standstills.unended), (1, 0));
    assert_eq!(server.stream_standstills.count, 0);
}

#[test]
fn a_larger_window_may_be_used_before_it_is_acknowledged() {
    let talk = begun(&[(4, 100)], &[]).client(&get(1)).client(&settings(&[(4, 1_000)]));
    let early = talk.server(&[ok(1), data(1, 500, 1), ack()].concat()).close();
    assert_eq!(full(&early).codes, Vec::<&str>::new());
}

/// An update that goes out just before DATA keeps a sender going where it is as near as that; one that is far had not heard
/// of it.
#[test]
fn a_sender_is_far_away_from_a_time_on() {
    let standstills = |ns: i64| {
        let talk = talk().step_ns(0).syn().wait_ns(ns).syn_ack().client_ack().wait_ns(MS);
        let talk = talk.client(&[PREFACE, &settings(&[(4, 1_000)])].concat()).wait_ns(MS);
        let talk =
            talk.server(&[settings(&[]), ack()].concat()).wait_ns(MS).client(&[ack(), get(1)].concat());
        let talk = talk.wait_ns(MS).server(&[ok(1), data(1, 999, 0)].concat()).wait_ns(50 * MS);
        let talk = talk.client(&update(1, 1)).wait_ns(ns / 2).server(&data(1, 1, 0)).wait_ns(MS);
        let talk = talk.client(&update(1, 500)).wait_ns(ns / 2).server(&data(1, 1, 1)).close();
        full(&talk).connections[0].server.stream_standstills.count
    };
    assert_eq!([UPDATE_DELAY_MIN_NS - 1, UPDATE_DELAY_MIN_NS].map(standstills), [0, 1]);
}
