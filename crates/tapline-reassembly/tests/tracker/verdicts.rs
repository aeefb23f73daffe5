//! One exchange a flag that raises it, and beside it a near miss that does not.

use crate::journal::{Journal, track};
use proptest::prelude::*;
use tapline_reassembly::Own;
use tapline_testkit::Speaker::{Client, Server};
use tapline_testkit::{Odd, Talk};

const MS: i64 = 1_000_000;
const FIN_ACK: u8 = 17;

fn talk() -> Talk {
    Talk::new("10.0.0.1:40000".parse().unwrap(), "10.0.0.2:80".parse().unwrap(), MS)
}

/// Three packets; the round trip is 2 ms, the server's window 512 octets.
fn open() -> Talk {
    talk().handshake()
}

fn at(ahead: i32, payload: &[u8]) -> Odd<'_> {
    Odd { ahead, payload, ..Odd::default() }
}

fn window(window: u16) -> Odd<'static> {
    Odd { window, ..Odd::default() }
}

fn acknowledges(acknowledges: i32) -> Odd<'static> {
    Odd { acknowledges, ..Odd::default() }
}

fn told(journal: &Journal) -> Vec<(u64, String)> {
    let names = |verdict: &tapline_reassembly::Verdict| {
        verdict.flags.iter().map(tapline_reassembly::Flag::name).collect::<Vec<_>>().join("+")
    };
    journal.verdicts.iter().map(|(packet, verdict)| (*packet, names(verdict))).collect()
}

/// Every verdict of the exchange: its packet and its flags.
fn check(talk: &Talk, expected: &[(u64, &str)]) {
    let told = told(&track(&talk.frames));
    assert_eq!(told.iter().map(|(packet, flags)| (*packet, flags.as_str())).collect::<Vec<_>>(), expected);
}

#[test]
fn retransmission() {
    check(&open().client(b"abc").wait_ns(200 * MS).odd(Client, &at(-3, b"abc")), &[(5, "retransmission")]);
    check(&open().client(b"abc").wait_ns(200 * MS).client(b"abc"), &[]);
    check(
        &open().client_fin().wait_ns(200 * MS).odd(Client, &Odd { ahead: -1, flags: FIN_ACK, ..at(0, b"") }),
        &[(5, "retransmission")],
    );
}

#[test]
fn fast_retransmission() {
    let sent = open().client(b"abc").client(b"def").client(b"ghi").odd(Server, &acknowledges(-6));
    let asked = sent.clone().odd(Server, &acknowledges(-6)).odd(Server, &acknowledges(-6));
    let (seventh, eighth) = ((8, "duplicate_ack"), (9, "duplicate_ack"));
    let fast = (10, "retransmission+fast_retransmission");
    check(&asked.clone().odd(Client, &at(-6, b"def")), &[seventh, eighth, fast]);
    check(
        &asked.clone().wait_ns(20 * MS).odd(Client, &at(-6, b"def")),
        &[seventh, eighth, (10, "retransmission")],
    );
    check(&asked.odd(Client, &at(-3, b"ghi")), &[seventh, eighth, (10, "retransmission")]);
    let once = sent.odd(Server, &acknowledges(-6)).odd(Client, &at(-6, b"def"));
    check(&once, &[seventh, (9, "retransmission")]);
}

#[test]
fn spurious_retransmission() {
    let spurious = "retransmission+spurious_retransmission";
    check(&open().client(b"abc").server_ack().odd(Client, &at(-3, b"abc")), &[(6, spurious)]);
    check(&open().client(b"abc").odd(Client, &at(-3, b"abc")), &[(5, "retransmission")]);
}

#[test]
fn out_of_order_and_lost_segment() {
    let early = open().odd(Client, &at(3, b"def"));
    check(&early.clone().client(b"abc"), &[(4, "lost_segment"), (5, "out_of_order")]);
    check(&early.wait_ns(5 * MS).client(b"abc"), &[(4, "lost_segment"), (5, "retransmission")]);
    check(&open().odd(Client, &Odd { flags: 4, ..at(3, b"") }), &[]);
}

#[test]
fn duplicate_ack_counts() {
    let journal = track(&open().client(b"abc").server_ack().server_ack().server_ack().frames);
    assert_eq!(told(&journal), [(6, "duplicate_ack".to_owned()), (7, "duplicate_ack".to_owned())]);
    let duplicate = journal.verdicts[1].1.facts.duplicate.unwrap();
    assert_eq!((duplicate.number, duplicate.packet), (2, 5));
    assert_eq!(journal.closed[0].verdicts, [("duplicate_ack", 2)]);
    check(&open().client(b"abc").server_ack().odd(Server, &Odd { flags: FIN_ACK, ..at(0, b"") }), &[]);
}

#[test]
fn ack_lost_segment_is_told_once() {
    check(&open().missed(Client, 10).server_ack(), &[(4, "ack_lost_segment")]);
    check(
        &open().missed(Client, 10).server_ack().missed(Client, 10).server_ack(),
        &[(4, "ack_lost_segment")],
    );
    check(&open().client(b"abc").server_ack(), &[]);
}

#[test]
fn zero_window_probe_and_its_answer() {
    let full = open().odd(Server, &window(0));
    check(&full, &[(4, "zero_window")]);
    check(&open().odd(Server, &Odd { flags: FIN_ACK, ..window(0) }), &[]);
    let probed = full.clone().odd(Client, &at(0, b"x"));
    check(&probed, &[(4, "zero_window"), (5, "zero_window_probe")]);
    check(&full.clone().odd(Client, &at(0, b"xy")), &[(4, "zero_window")]);
    let answer = "zero_window+zero_window_probe_ack";
    check(&probed.odd(Server, &window(0)), &[(4, "zero_window"), (5, "zero_window_probe"), (6, answer)]);
    check(&full.odd(Server, &window(0)), &[(4, "zero_window"), (5, "zero_window")]);
}

#[test]
fn window_full_ends_where_the_window_ends() {
    check(&open().client(&[b'x'; 512]), &[(4, "window_full")]);
    check(&open().client(&[b'x'; 511]), &[]);
    let scaled = open().client(b"a").odd(Server, &window(1));
    check(&scaled.clone().client(&[b'x'; 128]), &[(6, "window_full")]);
    check(&scaled.client(&[b'x'; 129]), &[]);
}

#[test]
fn window_update() {
    check(&open().odd(Client, &window(600)), &[(4, "window_update")]);
    check(&open().odd(Client, &Odd { payload: b"abc", ..window(600) }), &[]);
}

#[test]
fn keep_alive_and_its_answer() {
    let idle = open().client(b"abc").server_ack();
    let asked = idle.clone().odd(Client, &at(-1, b"c"));
    check(&asked, &[(6, "keep_alive")]);
    check(&idle.clone().odd(Client, &at(-1, b"")), &[(6, "keep_alive")]);
    check(&idle.clone().odd(Client, &at(-2, b"bc")), &[(6, "retransmission+spurious_retransmission")]);
    check(&asked.server_ack(), &[(6, "keep_alive"), (7, "keep_alive_ack")]);
    check(&idle.server_ack(), &[(6, "duplicate_ack")]);
}

#[test]
fn reused_ports() {
    check(&open().close().sequences(90_000, 70_000).syn(), &[(8, "reused_ports")]);
    check(&talk().syn().wait_ns(1000 * MS).syn(), &[(2, "retransmission")]);
    let other_answer = talk().syn().syn_ack().sequences(1000, 8000).syn_ack();
    check(&other_answer, &[(3, "lost_segment+reused_ports")]);
    let repeated = other_answer.sequences(1000, 8000).syn_ack();
    check(&repeated, &[(3, "lost_segment+reused_ports"), (4, "retransmission")]);
}

#[test]
fn real_data_after_a_probe_is_sent_for_the_first_time() {
    check(&open().client(b"abc").odd(Client, &at(-1, b"cdef")), &[]);
    let probed = open().odd(Server, &window(0)).odd(Client, &at(0, b"x")).odd(Client, &at(0, b"x"));
    check(&probed, &[(4, "zero_window"), (5, "zero_window_probe"), (6, "zero_window_probe")]);
}

#[test]
fn octets_that_the_capture_missed_are_told_again_only_behind_new_ones() {
    let missed = open().missed(Client, 10).server_ack().client(b"abc").server_ack();
    let told = [(4, "ack_lost_segment"), (5, "lost_segment"), (6, "ack_lost_segment")];
    check(&missed.client(b"def").server_ack(), &told);
    let row = open().client(b"abc").server_ack().server_ack().missed(Server, 10).client_ack();
    check(&row, &[(6, "duplicate_ack")]);
}

#[test]
fn where_the_capture_missed_octets_duplicates_are_taken_for_granted() {
    let missed = open().client(b"abc").missed(Server, 10).client_ack().odd(Client, &at(-3, b"abc"));
    check(&missed, &[(5, "ack_lost_segment"), (6, "retransmission+fast_retransmission")]);
}

/// A handshake with these options; three packets.
fn open_scaled(client: &[u8], server: &[u8]) -> Talk {
    let syn = Odd { flags: 2, options: client, ..Odd::default() };
    let syn_ack = Odd { flags: 18, acknowledges: 1, options: server, ..Odd::default() };
    talk().odd(Client, &syn).odd(Server, &syn_ack).missed(Client, 1).missed(Server, 1).client_ack()
}

#[test]
fn a_scale_counts_where_both_sides_offer_one_and_at_most_as_14() {
    let told = [(4, "window_update"), (5, "window_full")];
    let unanswered = open_scaled(&[1, 3, 3, 7], &[]).odd(Client, &window(8));
    check(&unanswered.server(b"12345678"), &told);
    let answered = open_scaled(&[1, 3, 3, 7], &[1, 3, 3, 0]).odd(Client, &window(8));
    check(&answered.server(b"12345678"), &[(4, "window_update")]);
    let large = open_scaled(&[1, 3, 3, 15], &[1, 3, 3, 0]).odd(Client, &window(1));
    check(&large.odd(Server, &at(0, &[b'x'; 1 << 14])), &told);
}

/// A segment with TSval.
fn stamped(ahead: i32, payload: &'static [u8], value: u8) -> impl Fn(Talk) -> Talk {
    move |talk| {
        let options = [1, 1, 8, 10, 0, 0, 0, value, 0, 0, 0, 0];
        talk.odd(Client, &Odd { options: &options, ..at(ahead, payload) })
    }
}

fn own(talk: &Talk) -> Option<Own> {
    track(&talk.frames).verdicts.last().and_then(|(_, verdict)| verdict.own)
}

#[test]
fn timestamps_tell_the_overtaken_from_the_repeated() {
    let early = stamped(3, b"def", 20)(open());
    assert_eq!(own(&stamped(0, b"abc", 10)(early.clone())), Some(Own::Reordered));
    assert_eq!(own(&stamped(0, b"abc", 30)(early.clone())), Some(Own::LostBeforeCapture));
    assert_eq!(own(&stamped(0, b"abc", 20)(early)), None, "the same tick proves nothing");
    let sent = stamped(0, b"abc", 20)(open()).wait_ns(200 * MS);
    assert_eq!(own(&stamped(0, b"abc", 30)(sent.clone())), Some(Own::LostAfterCapture));
    assert_eq!(own(&stamped(0, b"abc", 20)(sent)), None, "the same packet captured twice");
}

#[test]
fn where_the_first_copy_was_lost_is_known_without_timestamps() {
    let waited = open().client(b"abc").wait_ns(200 * MS);
    assert_eq!(own(&waited.odd(Client, &at(-3, b"abc"))), Some(Own::LostAfterCapture));
    let hole = open().missed(Client, 3).client(b"def").wait_ns(200 * MS);
    assert_eq!(own(&hole.odd(Client, &at(-6, b"abc"))), Some(Own::LostBeforeCapture));
    assert_eq!(own(&open().missed(Client, 10).server_ack()), Some(Own::NotCaptured));
}

#[test]
fn a_d_sack_proves_a_needless_retransmission() {
    let twice = open().client(b"abc").wait_ns(200 * MS).odd(Client, &at(-3, b"abc"));
    let block = |left: u16, right: u16| {
        let ([a, b], [c, d]) = (left.to_be_bytes(), right.to_be_bytes());
        [1, 1, 5, 10, 0, 0, a, b, 0, 0, c, d]
    };
    let answer = |options: &[u8]| twice.clone().odd(Server, &Odd { options, ..Odd::default() });
    let journal = track(&answer(&block(1001, 1004)).frames);
    let (packet, verdict) = journal.verdicts.last().unwrap();
    assert_eq!((*packet, verdict.flags.is_empty()), (6, true));
    assert_eq!(verdict.own, Some(Own::SpuriousByDsack { first: 1, end: 4, retransmitted_in: Some(5) }));
    assert_eq!(
        verdict.to_string(),
        "octets 1–3 reached the receiver twice: packet 5 sent them again without need"
    );
    assert_eq!(
        track(&answer(&block(1010, 1013)).frames).verdicts.len(),
        1,
        "a plain SACK block proves nothing"
    );
}

#[test]
fn the_sentence_has_the_numbers() {
    let why = |talk: &Talk| track(&talk.frames).verdicts.last().unwrap().1.to_string();
    assert_eq!(
        why(&open().client(b"abc").server_ack().odd(Client, &at(-3, b"abc"))),
        "octets 1–3 were acknowledged already: packet 5 acknowledges all before octet 4"
    );
    assert_eq!(
        why(&open().odd(Client, &at(3, b"def")).client(b"abc")),
        "octets 1–3 come 1.000 ms after packet 4, which went up to octet 7: less than the round trip of 2.000 ms"
    );
    assert_eq!(
        why(&open().client(b"abc").server_ack().server_ack()),
        "acknowledges octet 4 again, as packet 5 did: duplicate 1"
    );
    assert_eq!(
        why(&open().odd(Client, &window(600))),
        "acknowledges octet 1 again with a window of 76800 instead of 65536"
    );
}

/// Initial sequence numbers. Not the last one: an acknowledgment of 0 is "none yet" to tshark, so the first ACK
/// of such a handshake is a duplicate to it.
const FIRST: std::ops::Range<u32> = 0..u32::MAX;
const NEAR_WRAP: std::ops::Range<u32> = u32::MAX - 500..u32::MAX;

proptest! {
    #[test]
    fn an_undisturbed_exchange_has_no_verdict(
        sequences in prop_oneof![(FIRST, FIRST), (NEAR_WRAP, NEAR_WRAP)],
        turns in proptest::collection::vec((any::<bool>(), 1usize..4, 1usize..160), 0..40),
        closes in any::<bool>(),
    ) {
        let mut talk = open_with(sequences);
        for (client, segments, size) in turns {
            for _ in 0..segments {
                talk = if client { talk.client(&vec![b'x'; size]) } else { talk.server(&vec![b'x'; size]) };
            }
            talk = if client { talk.server_ack() } else { talk.client_ack() };
        }
        if closes {
            talk = talk.close();
        }
        prop_assert_eq!(told(&track(&talk.frames)), []);
    }
}

fn open_with((client, server): (u32, u32)) -> Talk {
    talk().sequences(client, server).handshake()
}
