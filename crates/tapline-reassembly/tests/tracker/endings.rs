//! Every way a connection ends.

use crate::journal::{Journal, Summary, track, track_with};
use tapline_reassembly::{Bounds, Direction, End, Oddity, ResetPhase, Tracker};
use tapline_testkit::Speaker::{Client, Server};
use tapline_testkit::{Frame, Odd, Talk};

const MS: i64 = 1_000_000;
const RST: u8 = 4;

fn talk() -> Talk {
    Talk::new("10.0.0.1:40000".parse().unwrap(), "10.0.0.2:80".parse().unwrap(), MS)
}

fn only(journal: &Journal) -> &Summary {
    assert_eq!(journal.closed.len(), 1);
    &journal.closed[0]
}

#[test]
fn fins_come_in_four_ways() {
    let check = |talk: Talk, kind: &str, halves: [&str; 2]| {
        let journal = track(&talk.frames);
        assert_eq!((only(&journal).teardown, only(&journal).half_states), (kind, halves));
    };
    check(talk().handshake().close(), "four_way", ["TIME-WAIT", "CLOSED"]);
    check(
        talk().handshake().client_fin().server_fin().client_ack(),
        "three_segment",
        ["TIME-WAIT", "CLOSED"],
    );
    let crossed = Odd { acknowledges: -1, flags: 17, ..Odd::default() };
    let both = talk().handshake().client_fin().odd(Server, &crossed).missed(Server, 1);
    check(both.clone(), "simultaneous", ["FIN-WAIT-1", "LAST-ACK"]);
    check(both.client_ack().server_ack(), "simultaneous", ["TIME-WAIT", "CLOSED"]);
    check(talk().handshake().client_fin(), "half_closed", ["FIN-WAIT-1", "CLOSE-WAIT"]);
    check(talk().handshake().client_fin().server_ack(), "half_closed", ["FIN-WAIT-2", "CLOSE-WAIT"]);
    check(talk().handshake(), "none", ["ESTABLISHED", "ESTABLISHED"]);
}

#[test]
fn how_long_it_was_half_closed_is_measured() {
    let talk =
        talk().handshake().client_fin().server_ack().wait_ns(300 * MS).server(b"a").server_fin().client_ack();
    assert_eq!(only(&track(&talk.frames)).ending.half_closed_ns(), Some(303 * MS));
}

#[test]
fn a_reset_is_told_by_whom_and_when() {
    let check = |talk: Talk, phase: ResetPhase| {
        let journal = track(&talk.frames);
        assert_eq!(only(&journal).ending.reset.map(|reset| reset.phase), Some(phase));
    };
    check(talk().syn().server_reset(), ResetPhase::Handshake);
    check(talk().syn().syn_ack().client_reset(), ResetPhase::Handshake);
    check(talk().handshake().client_reset(), ResetPhase::BeforeData);
    check(talk().handshake().client(b"q").server_reset(), ResetPhase::Idle);
    check(talk().handshake().client(b"q").client_reset(), ResetPhase::MidTransfer);
    check(talk().handshake().client(b"q").server(b"a").client_ack().client_reset(), ResetPhase::Idle);
    check(talk().handshake().client_fin().server_reset(), ResetPhase::AfterFin);
    check(talk().handshake().close().client_reset(), ResetPhase::AfterClose);
}

#[test]
fn a_reset_ends_both_directions_a_moment_later() {
    let reset = talk().handshake().client(b"q").server(b"half").server_reset();
    let journal = track(&reset.clone().frames);
    assert_eq!(journal.ends, [(0, Direction::Forward, End::Reset), (0, Direction::Reverse, End::Reset)]);
    // Nothing else of it comes, but time passes: another connection, which began earlier, goes on.
    let other = Talk::new("10.0.0.9:9".parse().unwrap(), "10.0.0.2:80".parse().unwrap(), 0).handshake();
    let later = other.clone().wait_ns(3000 * MS).client(b"later");
    let last = later.frames.last().unwrap().clone();
    let frames: Vec<Frame> = other.frames.into_iter().chain(reset.frames).chain([last]).collect();
    let ends = track(&frames).ends;
    assert_eq!(ends[..2], [(1, Direction::Forward, End::Reset), (1, Direction::Reverse, End::Reset)]);
}

#[test]
fn a_reset_whose_number_nobody_expects_is_ignored() {
    let stray = Odd { ahead: 100_000_000, flags: RST, ..Odd::default() };
    let journal = track(&talk().handshake().client(b"one").odd(Server, &stray).server(b"two").close().frames);
    assert_eq!((only(&journal).state, only(&journal).ending.stray_resets), ("closed", 1));
    assert_eq!(journal.oddities, [(Direction::Reverse, Oddity::StrayReset)]);
    assert_eq!(journal.octets[0], [b"one".to_vec(), b"two".to_vec()]);
}

#[test]
fn a_side_that_goes_on_did_not_send_its_reset() {
    let forged = Odd { flags: RST, ..Odd::default() };
    let went_on = talk().handshake().client(b"one").odd(Server, &forged).server(b"two").client(b"three");
    let journal = track(&went_on.clone().frames);
    assert_eq!((only(&journal).state, only(&journal).teardown), ("established", "none"));
    assert_eq!(only(&journal).ending.reset.unwrap().went_on.map(|origin| origin.packet), Some(6));
    assert!(only(&journal).ending.reset.unwrap().looks_injected());
    assert_eq!(journal.oddities, [(Direction::Reverse, Oddity::ResetDisproved)]);
    assert_eq!(journal.octets[0], [b"onethree".to_vec(), b"two".to_vec()], "it is read on");
    let journal = track(&went_on.server_reset().frames);
    assert_eq!(
        (only(&journal).state, only(&journal).ending.reset.unwrap().went_on),
        ("reset", None),
        "its own"
    );
}

#[test]
fn a_reset_that_was_injected_and_obeyed_ends_the_connection() {
    let forged = Odd { flags: RST, ..Odd::default() };
    let obeyed = talk().handshake().client(b"one").odd(Server, &forged).server(b"two").client_reset();
    let journal = track(&obeyed.frames);
    let reset = only(&journal).ending.reset.unwrap();
    assert_eq!((only(&journal).state, reset.seen.packet, reset.from), ("reset", 5, Direction::Reverse));
    assert!(reset.looks_injected());
    assert_eq!(reset.confirmed.map(|origin| origin.packet), Some(7));
}

#[test]
fn a_reset_ahead_of_its_sender_is_stray_where_nothing_was_missed() {
    let ahead = Odd { ahead: 5000, flags: RST, ..Odd::default() };
    let went_on = talk().handshake().client(b"one").odd(Server, &ahead).client_ack().server(b"two").close();
    let journal = track(&went_on.frames);
    assert_eq!((only(&journal).state, only(&journal).ending.stray_resets), ("closed", 1));
    assert_eq!(
        (only(&journal).ending.reset, &journal.oddities[..]),
        (None, &[(Direction::Reverse, Oddity::StrayReset)][..])
    );
    let missed = talk().handshake().client(b"one").missed(Server, 5000).server_reset();
    assert_eq!(only(&track(&missed.frames)).state, "reset", "octets before it may have been missed");
}

#[test]
fn a_stray_number_makes_no_retransmission_of_what_is_sent_once() {
    let stray = Odd { ahead: 100_000_000, flags: RST, ..Odd::default() };
    let sent = talk().handshake().odd(Server, &stray).wait_ns(900 * MS).server(b"two").client_ack();
    let journal = track(&sent.frames);
    let own: Vec<_> = journal.verdicts.iter().map(|(packet, verdict)| (*packet, verdict.own)).collect();
    assert_eq!(own, [(5, Some(tapline_reassembly::Own::SentOnce))]);
    assert_eq!(only(&journal).not_resent, 1);
}

#[test]
fn octets_in_flight_behind_a_reset_disprove_nothing() {
    let again = Odd { ahead: -3, payload: b"two", ..Odd::default() };
    let reset = talk().handshake().server(b"two").server_reset().odd(Server, &again).client(b"in flight");
    let journal = track(&reset.frames);
    assert_eq!((only(&journal).state, only(&journal).ending.reset.unwrap().went_on), ("reset", None));
}

#[test]
fn another_hop_limit_speaks_against_the_sender() {
    let mut frames = talk().handshake().client(b"q").server(b"a").server_reset().frames;
    assert_eq!(only(&track(&frames)).ending.reset.unwrap().hop_limits, None);
    let ttl = 14 + 8;
    frames.last_mut().unwrap().octets[ttl] = 51;
    let reset = only(&track(&frames)).ending.reset.unwrap();
    assert_eq!((reset.hop_limits, reset.looks_injected()), (Some((51, 64)), true));
}

#[test]
fn keep_alives_that_nobody_answers_are_counted() {
    let probe = Odd { ahead: -1, ..Odd::default() };
    let alive = talk().handshake().client(b"q").server(b"a").client_ack();
    let dying = (0..3).fold(alive, |talk, _| talk.wait_ns(75_000 * MS).odd(Client, &probe));
    assert_eq!(only(&track(&dying.frames)).unanswered_keep_alives, [3, 0]);
    assert_eq!(only(&track(&dying.server_ack().frames)).unanswered_keep_alives, [0, 0]);
}

/// Late segments belong to the connection that is over, unless more have ended since than are kept.
#[test]
fn of_many_connections_that_are_over_the_oldest_leave() {
    let server = "10.0.0.2:80".parse().unwrap();
    let talk = |port: u16| Talk::new(([10, 0, 0, 1], port).into(), server, MS).handshake().close();
    let connections = |late: u16| {
        let mut frames: Vec<Frame> = (40_000..40_004).flat_map(|port| talk(port).frames).collect();
        frames.extend(talk(late).frames.last().cloned());
        let bounds = Bounds { closed_max: 2, ..Bounds::default() };
        track_with(&mut Tracker::within(bounds), &frames).closed.len()
    };
    assert_eq!([40_000, 40_001, 40_002, 40_003].map(connections), [5, 5, 4, 4]);
}
