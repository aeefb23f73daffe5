//! Bounds of a tracker: what fits them, and what is told of one more.

use crate::journal::{Journal, Summary, feed, track};
use tapline_packet::Timestamp;
use tapline_reassembly::limits::{
    AHEAD_MAX, CLOSED_LINGER_NS, COMPARED_PIECES_MAX, DAMAGED_SEGMENTS_MAX, PENDING_BYTES_MAX,
    RECENT_STEPS_MAX, RESET_SETTLE_NS, RETRIES_MAX, SAME_PACKET_NS, SAME_PACKETS_MAX, SERIES_FROM_BYTES,
};
use tapline_reassembly::{Left, Oddity, Tracker};
use tapline_testkit::Speaker::{Client, Server};
use tapline_testkit::{Checksums, Frame, Odd, Talk};

const MS: i64 = 1_000_000;

fn from(port: u16) -> Talk {
    Talk::new(([10, 0, 0, 1], port).into(), "10.0.0.2:80".parse().unwrap(), MS)
}

fn talk() -> Talk {
    from(40_000)
}

fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap()
}

/// What was told while the capture goes on.
fn so_far(talk: &Talk) -> Journal {
    let mut journal = Journal::default();
    feed(&mut Tracker::default(), &talk.frames, &mut journal);
    journal
}

fn only(talk: &Talk) -> Summary {
    let mut closed = track(&talk.frames).closed;
    assert_eq!(closed.len(), 1);
    closed.remove(0)
}

#[test]
fn octets_wait_for_earlier_ones_up_to_a_number() {
    let waiting = |octets: usize| {
        so_far(&talk().handshake().missed(Client, 1).client(&vec![b'x'; octets])).missing[0][0]
    };
    assert_eq!([PENDING_BYTES_MAX, PENDING_BYTES_MAX + 1].map(waiting), [0, 1]);
}

#[test]
fn a_segment_lies_at_most_a_window_ahead() {
    let check = |ahead: u64, octets: &[u8]| {
        let odd = Odd { ahead: i32::try_from(ahead).unwrap(), payload: b"far", ..Odd::default() };
        let journal = track(&talk().handshake().odd(Client, &odd).frames);
        assert_eq!(journal.octets[0][0], octets, "{ahead}");
        assert_eq!(journal.missing[0][0], if octets.is_empty() { 0 } else { ahead });
    };
    check(AHEAD_MAX, b"far");
    check(AHEAD_MAX + 1, b"");
}

#[test]
fn damaged_segments_are_set_aside_up_to_a_number() {
    let read = |others: usize| {
        let talk = talk().handshake().checksums(Checksums::Wrong);
        let talk = (0..others).fold(talk, |talk, n| {
            talk.odd(Server, &Odd { ahead: 10 + count(n), payload: b"x", ..Odd::default() })
        });
        let talk = talk.odd(Server, &Odd { payload: b"aXc", ..Odd::default() });
        let journal = so_far(&talk.checksums(Checksums::Right).server(b"abc"));
        assert_eq!(
            journal.oddities[..=others],
            vec![(journal.oddities[0].0, Oddity::BadChecksum); others + 1]
        );
        String::from_utf8(journal.octets[0][1].clone()).unwrap()
    };
    assert_eq!([DAMAGED_SEGMENTS_MAX - 1, DAMAGED_SEGMENTS_MAX].map(read), ["abc", "aXc"]);
}

#[test]
fn a_segment_is_compared_with_so_many_others() {
    let conflicts = |talk: &Talk| so_far(talk).oddities.len();
    let waiting = |pieces: usize| {
        let talk = (0..pieces).fold(talk().handshake(), |talk, n| {
            talk.odd(Client, &Odd { ahead: 1 + count(n), payload: b"x", ..Odd::default() })
        });
        let again = [vec![b'x'; pieces - 1], b"Y".to_vec()].concat();
        conflicts(&talk.odd(Client, &Odd { ahead: 1, payload: &again, ..Odd::default() }))
    };
    assert_eq!([COMPARED_PIECES_MAX, COMPARED_PIECES_MAX + 1].map(waiting), [1, 0]);
    let delivered = |pieces: usize| {
        let talk = (0..pieces).fold(talk().handshake(), |talk, _| talk.client(b"x"));
        let again = [b"Y".to_vec(), vec![b'x'; pieces - 1]].concat();
        conflicts(&talk.odd(Client, &Odd { ahead: -count(pieces), payload: &again, ..Odd::default() }))
    };
    assert_eq!([RECENT_STEPS_MAX, RECENT_STEPS_MAX + 1].map(delivered), [1, 0]);
}

#[test]
fn retries_are_remembered_up_to_a_number_and_counted_beyond() {
    let retries = |retries: usize| {
        let closed = only(&(0..=retries).fold(talk(), |talk, _| talk.syn()));
        (closed.handshake.retries().len(), usize::from(closed.syn_retries))
    };
    assert_eq!(retries(RETRIES_MAX), (RETRIES_MAX, RETRIES_MAX));
    assert_eq!(retries(RETRIES_MAX + 1), (RETRIES_MAX, RETRIES_MAX + 1));
}

#[test]
fn a_closed_connection_waits_for_late_segments_so_long() {
    let later = |ns: i64| {
        let mut frames = talk().handshake().close().frames;
        let last = frames.last().unwrap().clone();
        frames.push(Frame { at: Timestamp(last.at.0 + ns), ..last });
        track(&frames).closed.iter().map(|closed| closed.left).collect::<Vec<_>>()
    };
    assert_eq!(later(CLOSED_LINGER_NS - 1), [Left::CaptureEnd]);
    assert_eq!(later(CLOSED_LINGER_NS), [Left::Over, Left::CaptureEnd]);
}

#[test]
fn a_reset_settles_so_late() {
    let ends = |ns: i64| {
        let mut frames = talk().handshake().client(b"q").server_reset().frames;
        let reset = frames.last().unwrap().at.0;
        frames.extend(from(50_000).wait_ns(reset - MS + ns).syn().frames);
        let mut journal = Journal::default();
        feed(&mut Tracker::default(), &frames, &mut journal);
        journal.ends.len()
    };
    assert_eq!([RESET_SETTLE_NS - 1, RESET_SETTLE_NS].map(ends), [0, 2]);
}

#[test]
fn a_series_is_kept_of_what_the_first_window_does_not_hold() {
    let has = |octets: u64| {
        only(&talk().handshake().client(&vec![b'x'; usize::try_from(octets).unwrap()])).has_series
    };
    assert_eq!(has(SERIES_FROM_BYTES - 1), [false, false]);
    assert_eq!(has(SERIES_FROM_BYTES), [true, false]);
}

#[test]
fn a_packet_is_known_again_so_late_and_behind_so_many_others() {
    let numbered = |frames: Vec<Frame>| -> Vec<Frame> {
        let number = |(mut frame, number): (Frame, u16)| {
            frame.octets[18..20].copy_from_slice(&number.to_be_bytes());
            frame
        };
        frames.into_iter().zip((1..=u16::MAX).cycle()).map(number).collect()
    };
    let later = |ns: i64| {
        let mut frames = numbered(talk().handshake().frames);
        let last = frames[2].clone();
        frames.push(Frame { at: Timestamp(last.at.0 + ns), ..last });
        track(&frames).closed[0].same_packets
    };
    assert_eq!([SAME_PACKET_NS, SAME_PACKET_NS + 1].map(later), [1, 0]);
    // Places go by a hash, so the number is not met to the packet.
    let behind = |packets: usize| {
        let talk = (0..packets).fold(talk().step_ns(100).handshake(), |talk, _| talk.client(b"x"));
        let mut frames = numbered(talk.frames);
        frames.extend(frames[3..103].to_vec());
        track(&frames).closed[0].same_packets
    };
    assert!(behind(SAME_PACKETS_MAX / 4) > 90);
    assert_eq!(behind(SAME_PACKETS_MAX * 4), 0);
}
