//! Connections from handshake to teardown.

use crate::journal::{Journal, track, track_with};
use tapline_reassembly::{Direction, End, Tracker};
use tapline_testkit::Talk;

const MS: i64 = 1_000_000;

fn talk() -> Talk {
    Talk::new("10.0.0.1:40000".parse().unwrap(), "10.0.0.2:80".parse().unwrap(), MS)
}

fn only(journal: &Journal) -> &crate::journal::Summary {
    assert_eq!(journal.closed.len(), 1);
    &journal.closed[0]
}

#[test]
fn a_whole_life_is_told_step_by_step() {
    let journal = track(&talk().handshake().client(b"hello").server(b"world").close().frames);
    let connection = only(&journal);
    assert_eq!((connection.state, connection.teardown), ("closed", "four_way"));
    assert_eq!(connection.closed_first, Some(Direction::Forward));
    assert_eq!(connection.completeness, 31);
    assert_eq!((connection.server_rtt_ns, connection.client_rtt_ns), (Some(MS), Some(MS)));
    assert_eq!(connection.initial_rtt_ns, Some(2 * MS));
    assert_eq!((connection.packets, connection.payload_bytes), ([5, 4], [5, 5]));
    assert_eq!(journal.octets, [[b"hello".to_vec(), b"world".to_vec()]]);
    assert_eq!(journal.ends, [(0, Direction::Forward, End::Fin), (0, Direction::Reverse, End::Fin)]);
}

#[test]
fn a_retried_syn_is_counted_and_its_answer_measured_from_the_last() {
    let journal = track(&talk().syn().wait_ns(1000 * MS).syn().syn_ack().client_ack().frames);
    let connection = only(&journal);
    assert_eq!((connection.syn_retries, connection.state), (1, "established"));
    assert_eq!((connection.server_rtt_ns, connection.initial_rtt_ns), (Some(MS), Some(2 * MS)));
}

#[test]
fn refused_unanswered_and_reset_are_told_apart() {
    let mut refused = talk().syn();
    let syn = refused.frames.clone();
    refused = refused.sequences(1001, 0).server_reset();
    assert_eq!(only(&track(&refused.frames)).state, "refused");
    assert_eq!(only(&track(&syn)).state, "opening");
    let reset = talk().handshake().client(b"GET").server_reset();
    let journal = track(&reset.frames);
    assert_eq!((only(&journal).state, only(&journal).teardown), ("reset", "reset"));
    assert_eq!(only(&journal).closed_first, Some(Direction::Reverse));
    assert!(journal.ends.iter().all(|(_, _, end)| *end == End::Reset));
}

#[test]
fn a_half_close_lets_the_other_side_finish() {
    let talk = talk().handshake().client(b"q").client_fin().server_ack().server(b"answer");
    let journal = track(&talk.frames);
    assert_eq!((only(&journal).state, only(&journal).teardown), ("closing", "half_closed"));
    let journal = track(&talk.server_fin().client_ack().frames);
    assert_eq!((only(&journal).state, only(&journal).teardown), ("closed", "four_way"));
    assert_eq!(journal.octets[0][1], b"answer");
}

#[test]
fn used_ports_make_a_new_connection() {
    let first = talk().handshake().client(b"one").close();
    let second = talk().sequences(77_000, 99_000).handshake().client(b"two").close();
    let journal = track(first.frames.iter().chain(&second.frames));
    assert_eq!(journal.closed.len(), 2);
    assert_eq!((&journal.octets[0][0], &journal.octets[1][0]), (&b"one".to_vec(), &b"two".to_vec()));
    assert_eq!(journal.closed[1].completeness, 31);
}

#[test]
fn a_capture_that_begins_in_the_middle_takes_the_higher_port_for_the_client() {
    let whole = talk().handshake().client(b"hello").server(b"world").close();
    let journal = track(&whole.frames[4..]);
    let connection = only(&journal);
    assert_eq!((connection.client_port, connection.initial_rtt_ns), (40000, None));
    assert_eq!(journal.octets, [[vec![], b"world".to_vec()]]);
    assert_eq!(connection.teardown, "four_way");
}

#[test]
fn acknowledged_octets_that_were_never_captured_become_a_gap() {
    let whole =
        talk().handshake().server(b"abc").server(b"defg").client_ack().server(b"hij").client_ack().close();
    let lossy: Vec<_> =
        whole.frames.iter().enumerate().filter(|(index, _)| *index != 4).map(|(_, f)| f).collect();
    let journal = track(lossy);
    assert_eq!((journal.octets[0][1].as_slice(), journal.missing[0][1]), (&b"abchij"[..], 4));
}

/// The same frame in a VLAN.
fn in_vlan(frame: &tapline_testkit::Frame, id: u8) -> tapline_testkit::Frame {
    let (addresses, rest) = frame.octets.split_at(12);
    tapline_testkit::Frame { at: frame.at, octets: [addresses, &[0x81, 0, 0, id], rest].concat() }
}

#[test]
fn equal_addresses_in_two_networks_are_two_connections() {
    let plain = talk().handshake().client(b"hello").server(b"world").close().frames;
    let mut both = Vec::new();
    for frame in &plain {
        both.extend([in_vlan(frame, 1), in_vlan(frame, 2)]);
    }
    let journal = track(&both);
    assert_eq!(journal.closed.len(), 2);
    assert!(
        journal.closed.iter().all(|connection| connection.state == "closed" && connection.packets == [5, 4])
    );
}

#[test]
fn directions_that_come_by_different_networks_are_one_connection() {
    let plain = talk().handshake().client(b"hello").server(b"world").close().frames;
    let from_server = |frame: &tapline_testkit::Frame| frame.octets[26..30] == [10, 0, 0, 2];
    let ways: Vec<_> =
        plain.iter().map(|frame| in_vlan(frame, if from_server(frame) { 7 } else { 9 })).collect();
    assert_eq!((only(&track(&ways)).state, only(&track(&ways)).packets), ("closed", [5, 4]));
    let half_tagged: Vec<_> = plain
        .iter()
        .map(|frame| if from_server(frame) { in_vlan(frame, 7) } else { frame.clone() })
        .collect();
    assert_eq!(only(&track(&half_tagged)).packets, [5, 4]);
}

#[test]
fn a_full_table_gives_up_the_longest_idle_and_keeps_the_new() {
    let open = |port: u16, start| {
        let client = format!("10.0.0.1:{port}").parse().unwrap();
        Talk::new(client, "10.0.0.2:80".parse().unwrap(), start).handshake()
    };
    let mut frames: Vec<_> = (0..4).flat_map(|n| open(1000 + n, i64::from(n) * 1000 * MS).frames).collect();
    // The longest idle one's ports are used again just when the table is full.
    frames.extend(
        open(1000, 9000 * MS).sequences(70_000, 90_000).handshake().client(b"new").frames.split_off(3),
    );
    let mut tracker = Tracker::bounded(4);
    let journal = track_with(&mut tracker, &frames);
    assert_eq!((journal.closed.len(), tracker.evicted()), (5, 0));
    assert_eq!(journal.octets[4][0], b"new");
    let frames: Vec<_> = (0..6).flat_map(|n| open(1000 + n, i64::from(n) * 1000 * MS).frames).collect();
    let mut tracker = Tracker::bounded(4);
    let journal = track_with(&mut tracker, &frames);
    assert_eq!((journal.closed.len(), tracker.evicted()), (6, 2));
    assert_eq!(journal.closed.iter().map(|connection| connection.id).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
}
