//! Every way to open a connection, and every way not to.

use crate::journal::{Journal, Summary, track};
use tapline_packet::Timestamp;
use tapline_reassembly::{Captured, Direction, FastOpen, Oddity};
use tapline_testkit::Speaker::{Client, Server};
use tapline_testkit::{Frame, Odd, Talk};

const MS: i64 = 1_000_000;
const SYN: u8 = 2;
const SYN_ACK: u8 = 18;

fn talk() -> Talk {
    Talk::new("10.0.0.1:40000".parse().unwrap(), "10.0.0.2:80".parse().unwrap(), MS)
}

fn only(journal: &Journal) -> &Summary {
    assert_eq!(journal.closed.len(), 1);
    &journal.closed[0]
}

/// How it was opened, its state, and the state of each half.
fn check(talk: &Talk, kind: &str, state: &str, halves: [&str; 2]) {
    let journal = track(&talk.frames);
    let connection = only(&journal);
    assert_eq!((connection.handshake_kind, connection.state, connection.half_states), (kind, state, halves));
}

#[test]
fn each_kind_has_its_name_and_its_states() {
    check(&talk().syn(), "unanswered", "opening", ["SYN-SENT", "unseen"]);
    check(&talk().syn().syn_ack(), "half_open", "half_open", ["ESTABLISHED", "SYN-RECEIVED"]);
    check(&talk().handshake(), "three_way", "established", ["ESTABLISHED", "ESTABLISHED"]);
    check(&talk().syn().server_reset(), "refused", "refused", ["CLOSED", "CLOSED"]);
    check(&talk().syn_ack().client_ack(), "syn_not_captured", "established", ["ESTABLISHED", "ESTABLISHED"]);
    let answer_missed = talk().syn().missed(Client, 1).client(b"q").server(b"a");
    check(&answer_missed, "answer_not_captured", "established", ["ESTABLISHED", "ESTABLISHED"]);
    check(&talk().client(b"q").server(b"a"), "not_captured", "established", ["ESTABLISHED", "ESTABLISHED"]);
    check(&talk().syn().missed(Client, 1).client_reset(), "unanswered", "reset", ["CLOSED", "unseen"]);
}

#[test]
fn both_sides_may_open_at_once() {
    let syn = Odd { flags: SYN, ..Odd::default() };
    let answer = Odd { ahead: -1, flags: SYN_ACK, ..Odd::default() };
    let crossed = talk().odd(Client, &syn).odd(Server, &syn).missed(Client, 1).missed(Server, 1);
    let both = crossed.clone().odd(Client, &answer).odd(Server, &answer);
    check(&both.client_ack(), "simultaneous", "established", ["ESTABLISHED", "ESTABLISHED"]);
    let split = crossed.odd(Client, &answer).server_ack();
    check(&split, "split", "established", ["ESTABLISHED", "ESTABLISHED"]);
}

#[test]
fn every_retry_has_its_time_and_each_half_of_the_way_its_own() {
    let again = Odd { ahead: -1, flags: SYN_ACK, ..Odd::default() };
    let slow = talk().syn().wait_ns(999 * MS).syn().wait_ns(19 * MS).syn_ack();
    let journal = track(&slow.wait_ns(499 * MS).odd(Server, &again).wait_ns(7 * MS).client_ack().frames);
    let steps = &only(&journal).handshake;
    let retries: Vec<_> =
        steps.retries().iter().map(|retry| (retry.seen.packet, retry.seen.at.0 / MS)).collect();
    assert_eq!(retries, [(2, 1001), (4, 1521)]);
    assert_eq!((steps.syn_retries, steps.syn_ack_retries), (1, 1));
    assert_eq!((steps.server_rtt_ns(), steps.client_rtt_ns()), (Some(20 * MS), Some(8 * MS)));
    assert_eq!(steps.total_ns(), Some(1528 * MS));
}

/// A cookie option of that length (RFC 7413 §4.1.1), filled up to a multiple of four.
fn cookie(octets: usize) -> Vec<u8> {
    let mut option = vec![34, u8::try_from(octets + 2).unwrap()];
    option.resize(octets + 2, 7);
    option.resize(option.len().next_multiple_of(4), 1);
    option
}

#[test]
fn fast_open_is_asked_for_granted_accepted_or_ignored() {
    let begin = |options: &[u8], data: &[u8], takes: i32, answer: &[u8]| {
        let syn = Odd { flags: SYN, options, payload: data, ..Odd::default() };
        let syn_ack = Odd { flags: SYN_ACK, acknowledges: takes, options: answer, ..Odd::default() };
        let journal = track(&talk().odd(Client, &syn).odd(Server, &syn_ack).frames);
        let steps = &only(&journal).handshake;
        (steps.fast_open(), steps.syn_data_bytes, journal.octets[0][0].clone())
    };
    assert_eq!(begin(&[], b"", 1, &[]), (None, 0, vec![]));
    assert_eq!(begin(&cookie(0), b"", 1, &[]), (Some(FastOpen::Asked), 0, vec![]));
    assert_eq!(begin(&cookie(0), b"", 1, &cookie(8)), (Some(FastOpen::Granted), 0, vec![]));
    assert_eq!(begin(&cookie(8), b"GET", 4, &[]), (Some(FastOpen::Accepted), 3, b"GET".to_vec()));
    assert_eq!(begin(&cookie(8), b"GET", 1, &[]), (Some(FastOpen::Ignored), 3, b"GET".to_vec()));
    assert_eq!(begin(&[], b"GET", 4, &[]), (None, 3, b"GET".to_vec()), "data without Fast Open");
}

#[test]
fn options_that_the_server_does_not_take_up_are_named() {
    let answer = Odd { flags: SYN_ACK, acknowledges: 1, options: &[2, 4, 5, 0xb4], ..Odd::default() };
    let journal = track(&talk().syn().odd(Server, &answer).frames);
    assert_eq!(only(&journal).handshake.options_not_taken(), ["wscale", "sack_perm"]);
    assert!(only(&track(&talk().handshake().frames)).handshake.options_not_taken().is_empty());
}

#[test]
fn one_side_alone_is_said() {
    let whole = talk().handshake().client(b"q").server(b"a").client_ack();
    let of_client = |frame: &&Frame| frame.octets[26..30] == [10, 0, 0, 1];
    let client: Vec<Frame> = whole.frames.iter().filter(of_client).cloned().collect();
    let server: Vec<Frame> = whole.frames.iter().filter(|frame| !of_client(frame)).cloned().collect();
    assert_eq!(only(&track(&client)).captured, Captured::Only(Direction::Forward));
    assert_eq!(only(&track(&server)).captured, Captured::Only(Direction::Reverse));
    assert_eq!(only(&track(&whole.frames)).captured, Captured::Both);
    assert_eq!(only(&track(&talk().syn().frames)).captured, Captured::Both, "nothing is acknowledged");
}

/// An ICMP port unreachable from a router, quoting the IP header and eight octets of TCP of a frame (RFC 792).
fn unreachable(frame: &Frame, at: i64) -> Frame {
    let quoted = &frame.octets[14..14 + 28];
    let length = u8::try_from(20 + 8 + quoted.len()).unwrap();
    let ip = [0x45, 0, 0, length, 0, 9, 0, 0, 60, 1, 0, 0, 10, 0, 0, 254, 10, 0, 0, 1];
    let icmp = [3, 13, 0, 0, 0, 0, 0, 0];
    Frame { at: Timestamp(at), octets: [&frame.octets[..14], &ip, &icmp, quoted].concat() }
}

#[test]
fn an_icmp_error_is_tied_to_the_connection_that_it_answers() {
    let syn = talk().syn().frames;
    let answered = [syn[0].clone(), unreachable(&syn[0], 2 * MS), unreachable(&syn[0], 3 * MS)];
    let journal = track(&answered);
    assert_eq!((only(&journal).state, only(&journal).handshake_kind), ("opening", "unanswered"));
    let [(direction, Oddity::Unreachable(error)), _] = journal.oddities[..] else {
        panic!("{:?}", journal.oddities)
    };
    assert_eq!((direction, error.reporter.to_string().as_str()), (Direction::Forward, "10.0.0.254"));
    assert_eq!(error.reason.to_string(), "communication administratively prohibited");
    assert_eq!(error.seen.packet, 2);
    let other = talk().sequences(900_000, 1).syn().frames;
    let journal = track(&[syn[0].clone(), unreachable(&other[0], 2 * MS)]);
    assert!(journal.oddities.is_empty(), "a number that the client never sent");
}
