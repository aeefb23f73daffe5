//! Segments that are odd beside tshark's verdicts: other octets, wrong checksums, the same packet twice, and
//! connections that are given up.

use crate::journal::{Journal, Summary, feed, track, track_with};
use tapline_packet::Timestamp;
use tapline_reassembly::limits::{IDLE_MAX_NS, OPENING_IDLE_MAX_NS, PENDING_PIECES_MAX};
use tapline_reassembly::{Conflict, Direction, Left, Oddity, Own, Tracker};
use tapline_testkit::Speaker::{Client, Server};
use tapline_testkit::{Checksums, Frame, Odd, Talk};

const MS: i64 = 1_000_000;
const S: i64 = 1000 * MS;

fn from(port: u16, at: i64) -> Talk {
    let client = format!("10.0.0.1:{port}").parse().unwrap();
    Talk::new(client, "10.0.0.2:80".parse().unwrap(), at)
}

fn talk() -> Talk {
    from(40_000, MS)
}

fn only(journal: &Journal) -> &Summary {
    assert_eq!(journal.closed.len(), 1);
    &journal.closed[0]
}

#[test]
fn other_octets_at_the_same_place_are_told_with_both_packets() {
    let other = Odd { ahead: -6, payload: b"abXdef", ..Odd::default() };
    let delivered = talk().handshake().server(b"abcdef").odd(Server, &other);
    let journal = track(&delivered.frames);
    assert_eq!(journal.octets[0][1], b"abcdef");
    let [(Direction::Reverse, Oddity::Conflict(Conflict { offset: 2, length: 1, first }))] =
        journal.oddities[..]
    else {
        panic!("{:?}", journal.oddities)
    };
    assert_eq!(first.packet, 4);
    let ahead = |payload| Odd { ahead: 3, payload, ..Odd::default() };
    let waiting = talk().handshake().odd(Server, &ahead(b"def")).odd(Server, &ahead(b"dEf")).server(b"abc");
    let journal = track(&waiting.frames);
    assert_eq!(journal.octets[0][1], b"abcdef");
    assert!(
        matches!(journal.oddities[..], [(_, Oddity::Conflict(Conflict { offset: 4, length: 1, .. }))]),
        "{:?}",
        journal.oddities
    );
    let same = Odd { ahead: -6, payload: b"abcdef", ..Odd::default() };
    assert!(track(&talk().handshake().server(b"abcdef").odd(Server, &same).frames).oddities.is_empty());
}

#[test]
fn an_injected_answer_is_told_when_the_real_one_comes_acknowledged() {
    let real = Odd { ahead: -8, payload: b"the real answer", ..Odd::default() };
    let raced = talk().handshake().client(b"q").server(b"injected").client_ack().odd(Server, &real);
    let journal = track(&raced.frames);
    assert!(
        matches!(journal.oddities[0], (_, Oddity::Conflict(Conflict { offset: 0, length: 8, .. }))),
        "{:?}",
        journal.oddities
    );
    assert_eq!(
        journal.octets[0][1],
        b"injectedanswer ".split_at(8).0.iter().chain(b" answer").copied().collect::<Vec<_>>()
    );
}

#[test]
fn octets_of_a_gap_that_come_late_are_told_once() {
    let late = Odd { ahead: -7, payload: b"defg", ..Odd::default() };
    let gap =
        talk().handshake().server(b"abc").missed(Server, 4).client_ack().server(b"hij").odd(Server, &late);
    let journal = track(&gap.frames);
    assert_eq!((journal.octets[0][1].as_slice(), journal.missing[0][1]), (&b"abchij"[..], 4));
    assert_eq!(journal.oddities, [(Direction::Reverse, Oddity::Late { offset: 3, length: 4 })]);
}

#[test]
fn a_wrong_checksum_is_told_unless_a_card_explains_it() {
    let with = |checksums, octets: &[u8]| {
        let journal = track(&talk().handshake().checksums(checksums).server(octets).frames);
        (only(&journal).bad_checksums, only(&journal).history.clone(), journal.oddities.len())
    };
    assert_eq!(with(Checksums::Right, b"abc"), (0, "ShAd".into(), 0));
    assert_eq!(with(Checksums::Partial, b"abc"), (0, "ShAd".into(), 0));
    assert_eq!(with(Checksums::Wrong, b"abc"), (1, "ShAdc".into(), 1));
    let large = Odd { payload: &[7; 4000], ..Odd::default() };
    let merged = talk().handshake().checksums(Checksums::Wrong).odd(Server, &large);
    let journal = track(&merged.frames);
    assert_eq!((only(&journal).bad_checksums, only(&journal).offloaded_segments), (0, [0, 1]));
}

#[test]
fn a_damaged_segment_is_left_out_where_others_of_its_sender_are_right() {
    let again = Odd { ahead: -3, payload: b"abc", ..Odd::default() };
    let damaged = Odd { payload: b"aXc", ..Odd::default() };
    let sent = |first: Checksums| {
        let talk = talk().checksums(first).handshake().checksums(Checksums::Wrong).odd(Server, &damaged);
        talk.missed(Server, 3).checksums(first).odd(Server, &again)
    };
    let journal = track(&sent(Checksums::Right).frames);
    assert_eq!(
        (journal.octets[0][1].as_slice(), &journal.oddities[..]),
        (&b"abc"[..], &[(Direction::Reverse, Oddity::BadChecksum)][..])
    );
    let taken = talk().handshake().checksums(Checksums::Wrong).server(b"abc").checksums(Checksums::Right);
    let journal = track(&taken.client_ack().server(b"def").frames);
    assert_eq!(journal.octets[0][1], b"abcdef", "acknowledged without a good copy");
    let journal = track(&sent(Checksums::Wrong).frames);
    assert_eq!(journal.octets[0][1], b"aXc", "a capture that somebody rewrote is read all the same");
}

#[test]
fn a_teardown_with_wrong_checksums_is_still_one() {
    let rewritten = talk().handshake().client(b"q").server(b"a").checksums(Checksums::Wrong).close();
    let journal = track(&rewritten.frames);
    assert_eq!(
        (only(&journal).state, only(&journal).teardown, only(&journal).bad_checksums),
        ("closed", "four_way", 4)
    );
}

/// The same frames with an IP identification each, as hosts number them.
fn numbered(mut frames: Vec<Frame>) -> Vec<Frame> {
    for (frame, number) in frames.iter_mut().zip(1000_u16..) {
        frame.octets[18..20].copy_from_slice(&number.to_be_bytes());
    }
    frames
}

#[test]
fn a_packet_captured_twice_is_no_retransmission() {
    let once = numbered(talk().handshake().client(b"q").server(b"answer").close().frames);
    let twice: Vec<Frame> = once
        .iter()
        .flat_map(|frame| [frame.clone(), Frame { at: Timestamp(frame.at.0 + 20_000), ..frame.clone() }])
        .collect();
    let journal = track(&twice);
    let connection = only(&journal);
    assert_eq!(connection.same_packets, u32::try_from(once.len()).unwrap());
    assert_eq!((connection.syn_retries, connection.state), (0, "closed"));
    assert!(
        journal.verdicts.iter().all(|(packet, verdict)| packet % 2 == 0
            && verdict.own == Some(Own::SamePacket { packet: packet - 1 }))
    );
    let sent_again = numbered([once.clone(), once].concat());
    assert_eq!(only(&track(&sent_again)).same_packets, 0, "another IP packet with the same octets");
}

#[test]
fn a_second_view_by_another_network_is_told() {
    let once = numbered(talk().handshake().client(b"q").frames);
    let tagged = |frame: &Frame| {
        let (addresses, rest) = frame.octets.split_at(12);
        Frame { at: frame.at, octets: [addresses, &[0x81, 0, 0, 7], rest].concat() }
    };
    let both: Vec<Frame> = once.iter().flat_map(|frame| [frame.clone(), tagged(frame)]).collect();
    let journal = track(&both);
    assert_eq!(
        journal.closed.iter().map(|c| (c.id, c.copy_of)).collect::<Vec<_>>(),
        [(0, None), (1, Some(0))]
    );
}

#[test]
fn who_is_silent_too_long_is_given_up_unless_everybody_was() {
    let mut frames = from(1, MS).handshake().frames;
    frames.extend(from(2, MS).syn().frames);
    let minutes = OPENING_IDLE_MAX_NS / (60 * S) + 2;
    frames.extend((1..=minutes).flat_map(|minute| from(100, minute * 60 * S).client(b"alive").frames));
    let journal = track(&frames);
    let left = |journal: &Journal| journal.closed.iter().map(|c| (c.client_port, c.left)).collect::<Vec<_>>();
    assert_eq!(
        left(&journal),
        [(2, Left::Idle), (1, Left::CaptureEnd), (100, Left::CaptureEnd)],
        "an attempt has minutes, a connection a day"
    );
    let days =
        (1..=2 * IDLE_MAX_NS / (1800 * S)).flat_map(|half| from(100, half * 1800 * S).client(b"x").frames);
    let frames: Vec<Frame> = from(1, MS).handshake().frames.into_iter().chain(days).collect();
    assert_eq!(left(&track(&frames)), [(1, Left::Idle), (100, Left::CaptureEnd)]);
    let jumped: Vec<Frame> =
        [from(1, MS).handshake().frames, from(100, 900_000 * S).client(b"x").frames].concat();
    assert_eq!(left(&track(&jumped)), [(1, Left::CaptureEnd), (100, Left::CaptureEnd)], "the clock was set");
}

#[test]
fn a_full_table_says_why_a_connection_left() {
    let frames: Vec<Frame> =
        (0..6).flat_map(|n| from(1000 + n, i64::from(n) * S + MS).handshake().frames).collect();
    let mut tracker = Tracker::bounded(4);
    let journal = track_with(&mut tracker, &frames);
    let left: Vec<_> = journal.closed.iter().map(|connection| connection.left).collect();
    assert_eq!(left[..3], [Left::TableFull, Left::TableFull, Left::CaptureEnd]);
}

#[test]
fn where_memory_is_short_an_eighth_of_the_connections_leaves_the_most_silent_first() {
    let frames: Vec<Frame> =
        (0..9).flat_map(|n| from(1000 + n, i64::from(n) * S + MS).handshake().frames).collect();
    let mut tracker = Tracker::default();
    let mut journal = Journal::default();
    feed(&mut tracker, &frames, &mut journal);
    let mut ports = |tracker: &mut Tracker| {
        tracker.make_room(&mut journal);
        assert!(journal.closed.iter().all(|closed| closed.left == Left::MemoryShort));
        journal.closed.drain(..).map(|closed| closed.client_port).collect::<Vec<_>>()
    };
    assert_eq!(ports(&mut tracker), [1000, 1001]);
    assert_eq!((0..7).flat_map(|_| ports(&mut tracker)).count(), 7, "until nothing is left");
    assert_eq!(ports(&mut tracker), []);
    assert_eq!(tracker.evicted(), 9);
}

#[test]
fn too_much_that_waits_is_given_up_and_told() {
    let mut waiting = talk().handshake();
    for index in 0..=i32::try_from(PENDING_PIECES_MAX).unwrap() {
        waiting = waiting.odd(Client, &Odd { ahead: 1 + 2 * index, payload: b"x", ..Odd::default() });
    }
    let journal = track(&waiting.frames);
    assert!(journal.missing[0][0] >= 1);
    assert_eq!(journal.octets[0][0].len(), PENDING_PIECES_MAX + 1, "what was captured is handed over");
}
