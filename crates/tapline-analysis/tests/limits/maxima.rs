//! Bounds of what is kept of a connection.

use tapline_analysis::limits::{ANOMALY_EVENTS_MAX, IDLES_MAX, OPENED_AHEAD_NS, PIPELINED_MAX, STALL_MIN_NS};

use tapline_analysis::Cause;

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
