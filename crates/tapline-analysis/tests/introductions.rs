//! What connections are known by is told before what they do.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use tapline_analysis::{Analyzer, Event, Interests, Introduction, Options, Protocol};
use tapline_testkit::{Frame, Talk};

const GET: &[u8] = b"GET /a HTTP/1.1\r\nHost: example.test\r\n\r\n";
const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

fn talk(client: &str, server: &str) -> Talk {
    Talk::new(client.parse().unwrap(), server.parse().unwrap(), 0)
}

fn analyse(frames: &[Frame], interests: Interests) -> Vec<Event> {
    let mut analyzer = Analyzer::new(&Options::of(interests));
    for (frame, number) in frames.iter().zip(1..) {
        analyzer.packet(&frame.packet(number));
    }
    analyzer.finish();
    analyzer.take_events()
}

fn introductions(events: &[Event]) -> Vec<(usize, &Introduction)> {
    let numbered = events.iter().enumerate();
    let told = numbered.filter_map(|(nth, event)| match event {
        Event::Introduction(one) => Some((nth, &**one)),
        _ => None,
    });
    told.collect()
}

#[test]
fn a_connection_is_introduced_before_and_again_when_more_is_known() {
    let frames = talk("10.0.0.1:40000", "10.0.0.2:80").handshake().client(GET).server(OK).close().frames;
    let events = analyse(&frames, Interests::FULL);
    let told = introductions(&events);
    assert_eq!(told[0].0, 0, "nothing comes before");
    assert_eq!((told[0].1.first.packet, &*told[0].1.protocols), (1, &[][..]));
    assert_eq!((told[0].1.client.port, told[0].1.server.port), (40_000, 80));
    let (last, known) = told[told.len() - 1];
    assert_eq!(
        (&*known.protocols, known.server_name.as_deref()),
        (&[Protocol::Http1][..], Some("example.test"))
    );
    let message = events.iter().position(|event| matches!(event, Event::Http1Message(_))).unwrap();
    assert!(last < message, "the request that shows the name comes behind it");
    assert!(told.len() <= 3, "not again and again: {told:?}");
}

#[test]
fn sides_that_the_octets_turn_round_are_introduced_again() {
    let frames = talk("10.0.0.1:80", "10.0.0.2:4000").client(GET).server(OK).frames;
    let events = analyse(&frames, Interests::FULL);
    let ports: Vec<_> = introductions(&events).iter().map(|(_, one)| one.client.port).collect();
    assert_eq!(ports.first().copied(), Some(4_000), "the higher port, as long as nothing else is known");
    assert_eq!(ports.last().copied(), Some(80), "who asks is the client");
}

#[test]
fn nobody_is_introduced_where_nobody_asks() {
    let frames = talk("10.0.0.1:40000", "10.0.0.2:80").handshake().client(GET).server(OK).close().frames;
    assert!(introductions(&analyse(&frames, Interests::SUMMARY)).is_empty());
    let attempt = talk("10.0.0.1:40000", "10.0.0.2:80").syn().frames;
    let only = Interests { introductions: true, ..Interests::NONE };
    assert_eq!(
        analyse(&attempt, only).len(),
        1,
        "an attempt is introduced when it ends, and nothing else is told"
    );
}
