//! Law 5: on any number of threads, and in batches of any size, the output is the same to the octet.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Cursor;
use std::net::SocketAddr;
use std::ops::ControlFlow;

use proptest::prelude::*;
use tapline_engine::analysis::{Interests, Options};
use tapline_engine::capture::open_reader;
use tapline_engine::{RunOptions, run};
use tapline_export::ndjson::Writer;
use tapline_export::records::RecordType;
use tapline_export::{Choice, Exporter};
use tapline_filter::{Filter, Sieve};
use tapline_packet::Timestamp;
use tapline_testkit::{Frame, Odd, Speaker, Talk, capture, fixtures};

const GET: &[u8] = b"GET /a HTTP/1.1\r\nHost: a.example\r\n\r\n";
const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

/// Nanoseconds between two packets: within a burst, a settled reset, a forgotten attempt, a pause, a clock set
/// back.
const STEPS_NS: [i64; 8] =
    [0, 1_000, 70_000, 40_000_000, 1_100_000_000, 250_000_000_000, 8_000_000_000_000, -3_000_000_000];

/// Asks for what is known of a connection, when, and what is found across connections.
const FILTER: &str = "frame.time_relative > 1ms and (tapline.server_name == a.example or tapline.finding)";

/// Everything that is told, as NDJSON, what a filter lets through of it, and the counts.
fn told(octets: &[u8], threads: usize, batch_packets: u64) -> String {
    let mut source = open_reader("capture", Box::new(Cursor::new(octets.to_vec()))).unwrap();
    let options = RunOptions { threads, batch_packets, ..RunOptions::new(Options::of(Interests::FULL)) };
    let choices = [None, Some(Sieve::new(Filter::parse(FILTER).unwrap()))];
    let mut exports =
        choices.map(|sieve| (Choice::of(&RecordType::ALL).through(sieve), Writer::new(Vec::new())));
    let outcome = run(&mut *source, &options, |batch| {
        for (choice, writer) in &mut exports {
            choice.write(&batch, writer).unwrap();
        }
        ControlFlow::Continue(())
    });
    let [all, some] =
        exports.map(|(_, writer)| String::from_utf8(writer.finish(&outcome, true).unwrap()).unwrap());
    format!("{all}{some}{:?}", outcome.totals)
}

fn check(name: &str, octets: &[u8]) {
    let expected = told(octets, 1, 4096);
    for (threads, batch_packets) in [(1, 1), (1, 7), (2, 4096), (2, 1), (3, 5), (8, 4096), (8, 64)] {
        let other = told(octets, threads, batch_packets);
        // Not `assert_eq`: only the first line that differs is worth reading.
        let differs = expected.lines().zip(other.lines()).find(|(one, other)| one != other);
        assert_eq!(differs, None, "{name}: {threads} threads, batches of {batch_packets}");
        assert_eq!(expected.len(), other.len(), "{name}: {threads} threads, batches of {batch_packets}");
    }
}

/// A connection of one of many kinds.
fn talk(kind: u8, client: u8, server: u8, sequence: u32) -> Talk {
    let client = SocketAddr::from(([10, 0, 0, client % 3], 40_000 + u16::from(client)));
    let talk = Talk::new(client, SocketAddr::from(([10, 0, 1, server], 80)), 0);
    let talk = talk.sequences(sequence, sequence.wrapping_mul(3));
    let reset = Odd { flags: 4, ..Odd::default() };
    let again = Odd { ahead: -36, payload: GET, ..Odd::default() };
    let early = Odd { ahead: 10, payload: b"early", ..Odd::default() };
    match kind {
        0 => talk.handshake().client(GET).server(OK).client_ack().close(),
        1 => talk.handshake().client(GET).server(OK).client(GET).server(OK).client_fin().server_fin(),
        2 => talk.handshake().client(GET).server_reset(),
        3 => talk.handshake().client(GET).odd(Speaker::Server, &reset).server(OK).close(),
        4 => talk.syn(),
        5 => talk.syn().syn().syn(),
        6 => talk.syn().server_reset(),
        7 => talk.syn().syn_ack(),
        8 => talk.client(GET).server(OK).client_ack(),
        9 => talk.handshake().client(GET).missed(Speaker::Server, 7).server(OK).client_ack().close(),
        10 => talk.handshake().client(GET).odd(Speaker::Client, &again).server(OK).client_reset(),
        11 => talk.handshake().client(GET).odd(Speaker::Server, &early).server(OK).client_ack(),
        _ => talk.handshake().client(GET).server(&OK.repeat(200)).client_ack().close(),
    }
}

/// Puts the frame into a VLAN; 0 leaves it as it is.
fn in_vlan(frame: &Frame, vlan: u8) -> Frame {
    let mut octets = frame.octets.clone();
    if vlan > 0 {
        octets.splice(12..12, [0x81, 0, 0, vlan]);
    }
    Frame { octets, ..frame.clone() }
}

/// What becomes of the next frame.
#[derive(Clone, Copy, Debug)]
struct Fate {
    /// Of which connection it is, among those that have frames left.
    talk: prop::sample::Index,
    step: usize,
    /// 0: comes twice; 1: comes after the next one of its connection; 2: comes again in another VLAN; 3: is lost.
    mishap: u8,
    vlan: u8,
}

fn fates() -> impl Strategy<Value = Vec<Fate>> {
    let step = prop_oneof![9 => 0..4_usize, 1 => 4..STEPS_NS.len()];
    let vlan = prop_oneof![9 => Just(0), 1 => 1..3_u8];
    let fate = (any::<prop::sample::Index>(), step, 0..30_u8, vlan);
    let fate = fate.prop_map(|(talk, step, mishap, vlan)| Fate { talk, step, mishap, vlan });
    prop::collection::vec(fate, 50..500)
}

/// Connections among each other, with mishaps.
fn interleave(mut talks: Vec<std::collections::VecDeque<Frame>>, fates: &[Fate]) -> Vec<Frame> {
    let mut now_ns = 1_700_000_000_000_000_000;
    let mut frames = Vec::new();
    for fate in fates.iter().cycle() {
        talks.retain(|talk| !talk.is_empty());
        if talks.is_empty() {
            break;
        }
        let index = fate.talk.index(talks.len());
        let talk = talks.get_mut(index).unwrap();
        if fate.mishap == 1 && talk.len() > 1 {
            talk.swap(0, 1);
        }
        let frame = in_vlan(&talk.pop_front().unwrap(), fate.vlan);
        now_ns += STEPS_NS.get(fate.step).unwrap();
        let frame = Frame { at: Timestamp(now_ns), ..frame };
        match fate.mishap {
            0 => frames.extend([frame.clone(), frame]),
            2 => frames.extend([frame.clone(), in_vlan(&frame, 9)]),
            3 => {}
            _ => frames.push(frame),
        }
    }
    frames
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn generated_captures_give_the_same_on_any_number_of_threads(
        kinds in prop::collection::vec((0..13_u8, 0..40_u8, 0..3_u8, any::<u32>()), 1..80),
        fates in fates(),
    ) {
        let talks = kinds.iter().map(|&(kind, client, server, sequence)| {
            talk(kind, client, server, sequence).frames.into()
        });
        let frames = interleave(talks.collect(), &fates);
        check("generated", &capture(Vec::new(), &frames).unwrap());
    }
}

#[test]
fn fixtures_give_the_same_on_any_number_of_threads() {
    for path in fixtures() {
        check(&path.display().to_string(), &std::fs::read(&path).unwrap());
    }
}
