//! Bounds of what is kept of a connection.

use tapline_analysis::limits::{ANOMALY_EVENTS_MAX, IDLES_MAX, OPENED_AHEAD_NS, PIPELINED_MAX, STALL_MIN_NS};

use tapline_analysis::{Analyzer, Cause, Event, Interests, Options};

use super::{GET, MS, OK, analyse, talk};

#[test]
fn anomalies_of_one_kind_are_told_up_to_a_number_and_counted() {
    let told = |count: u32| {
        let requests = b"GET / HTTP/1.1\r\n\r\n".repeat(usize::try_from(count).unwrap());
        let told = analyse(&talk().handshake().client(&requests).close().frames);
        let events = told.anomalies.iter().filter(|code| **code == "http1_host_missing").count();
        (u32::try_from(events).unwrap(), told.count("http1_host_missing"))
    };
    assert_eq!(told(ANOMALY_EVENTS_MAX), (ANOMALY_EVENTS_MAX, ANOMALY_EVENTS_MAX));
    assert_eq!(told(ANOMALY_EVENTS_MAX + 1), (ANOMALY_EVENTS_MAX, ANOMALY_EVENTS_MAX + 1));
}

#[test]
fn requests_wait_for_their_answers_up_to_a_number() {
    let check = |requests: usize, left_out: u32| {
        let talk = talk().handshake().client(&GET.repeat(requests)).server(&OK.repeat(requests));
        let told = analyse(&talk.close().frames);
        let asked = told.exchanges.iter().filter(|one| one.method.is_some() && one.status.is_some());
        assert_eq!((asked.count(), told.exchanges.len()), (PIPELINED_MAX, requests), "answers stand alone");
        assert_eq!(told.count("http1_requests_not_followed"), left_out);
    };
    check(PIPELINED_MAX, 0);
    check(PIPELINED_MAX + 1, 1);
}

/// The client goes on when some of too many were answered: what answers whom stays right.
#[test]
fn answers_to_requests_that_are_not_followed_are_not_taken_for_others() {
    let get = |nth: usize| format!("GET /{nth} HTTP/1.1\r\nHost: h\r\n\r\n");
    let answer =
        |nth: usize| format!("HTTP/1.1 200 OK\r\nContent-Type: t/{nth}\r\nContent-Length: 0\r\n\r\n");
    let (first, not_followed, answered, all) = (PIPELINED_MAX + 6, 6, 10, PIPELINED_MAX + 20);
    let text = |of: std::ops::Range<usize>, one: &dyn Fn(usize) -> String| of.map(one).collect::<String>();
    let talk = talk().handshake().client(text(0..first, &get).as_bytes());
    let talk = talk.server(text(0..answered, &answer).as_bytes());
    // As many as there is room for, then more that find none.
    let talk = talk.client(text(first..all, &get).as_bytes());
    let told = analyse(&talk.server(text(answered..all, &answer).as_bytes()).close().frames);
    let not_followed = not_followed + (all - first - answered);
    assert_eq!(told.count("http1_requests_not_followed"), u32::try_from(not_followed).unwrap());
    assert_eq!(told.exchanges.len(), all);
    let (paired, alone): (Vec<_>, Vec<_>) = told.exchanges.iter().partition(|one| one.url.is_some());
    for one in &paired {
        let nth = one.url.as_ref().unwrap().rsplit('/').next().unwrap();
        assert_eq!(one.content_type.as_deref(), Some(format!("t/{nth}").as_str()));
    }
    assert_eq!((alone.len(), alone.iter().all(|one| one.status == Some(200))), (not_followed, true));
}

/// A client that never ends its request, and a server that goes on answering: nothing of that waits.
#[test]
fn responses_without_requests_do_not_wait_for_a_request_that_is_not_over() {
    let talk = talk().handshake().client(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99\r\n\r\n");
    let mut analyzer = Analyzer::new(&Options::of(Interests::FULL));
    for (frame, number) in talk.server(&OK.repeat(10)).frames.iter().zip(1..) {
        analyzer.packet(&frame.packet(number));
    }
    let told = |events: Vec<Event>| events.iter().filter(|one| matches!(one, Event::Exchange(_))).count();
    assert_eq!(told(analyzer.take_events()), 9);
    analyzer.finish();
    assert_eq!(told(analyzer.take_events()), 1);
}

#[test]
fn a_connection_is_opened_for_the_request_that_follows_soon() {
    let connect = |ns: i64| {
        let talk = talk().handshake().wait_ns(ns - MS).client(GET).server(OK).close();
        analyse(&talk.frames).exchanges[0].timings.connect
    };
    assert_eq!([OPENED_AHEAD_NS, OPENED_AHEAD_NS + 1].map(connect), [Some(2 * MS), None]);
}

/// An answer of HTTP/2 that waits behind another one: a long pause, then short ones until it comes.
#[test]
fn pauses_are_remembered_up_to_a_number() {
    let frame = |kind: u8, flags: u8, stream: u8, payload: &[u8]| {
        let length = u8::try_from(payload.len()).unwrap();
        [&[0, 0, length, kind, flags, 0, 0, 0, stream][..], payload].concat()
    };
    let causes = |pauses: usize| {
        let get = |stream| frame(1, 5, stream, &[0x82, 0x86, 0x84]);
        let hello =
            [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), frame(4, 0, 0, &[]), get(1), get(3)].concat();
        let answer = [frame(4, 0, 0, &[]), frame(1, 4, 3, &[0x88])].concat();
        let talk = talk().handshake().client(&hello).server(&answer).client_ack();
        let talk = talk.wait_ns(10_000 * MS).server(&frame(0, 0, 3, b"x"));
        let talk = (1..pauses)
            .fold(talk, |talk, _| talk.client_ack().wait_ns(STALL_MIN_NS).server(&frame(0, 0, 3, b"x")));
        let told = analyse(&talk.server(&frame(1, 5, 1, &[0x88])).close().frames);
        let first = told.exchanges.iter().find(|exchange| exchange.stream == Some(1)).unwrap();
        first.stalls.list().iter().map(|stall| stall.cause).collect::<Vec<_>>()
    };
    assert_eq!(causes(IDLES_MAX), [Cause::Server]);
    assert_eq!(causes(IDLES_MAX + 1), [Cause::Unknown]);
}
