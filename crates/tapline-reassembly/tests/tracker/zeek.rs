//! Zeek's codes and letters: one exchange for each.

use crate::journal::track;
use tapline_testkit::{Odd, Speaker, Talk};

fn talk() -> Talk {
    Talk::new("10.0.0.1:40000".parse().unwrap(), "10.0.0.2:80".parse().unwrap(), 0)
}

fn check(talk: &Talk, conn_state: &str, history: &str) {
    let journal = track(&talk.frames);
    let connection = &journal.closed[0];
    assert_eq!((connection.conn_state, connection.history.as_str()), (conn_state, history));
}

#[test]
fn each_state_has_its_exchange() {
    check(&talk().syn(), "S0", "S");
    check(&talk().handshake().client(b"q").server(b"a"), "S1", "ShADd");
    check(&talk().syn().syn_ack(), "S1", "Sh");
    check(&talk().handshake().client(b"q").server(b"a").close(), "SF", "ShADdFaf");
    check(&talk().syn().server_reset(), "REJ", "Sr");
    check(&talk().handshake().client_fin().server_ack(), "S2", "ShAFa");
    check(&talk().handshake().server_fin().client_ack(), "S3", "ShAf");
    check(&talk().handshake().client(b"q").client_reset(), "RSTO", "ShADR");
    check(&talk().handshake().client(b"q").server_reset(), "RSTR", "ShADr");
    check(&talk().syn().client_reset(), "RSTOS0", "SR");
    check(&talk().syn_ack().server_reset(), "RSTRH", "^hr");
    check(&talk().syn().client_fin(), "SH", "SF");
    check(&talk().syn_ack().server_fin(), "SHR", "^hf");
    check(&talk().client(b"q").server(b"a"), "OTH", "Dd");
}

#[test]
fn a_syn_that_was_missed_is_none_that_was_not_sent() {
    check(&talk().syn_ack().client_ack().client(b"q"), "S1", "^hAD");
    check(&talk().syn().missed(Speaker::Client, 1).client(b"q").client_reset(), "RSTOS0", "SDR");
    check(&talk().syn().client_ack().client_reset(), "OTH", "SAR");
}

#[test]
fn a_reset_after_both_fins_changes_nothing() {
    check(&talk().handshake().close().client_reset(), "SF", "ShAFafR");
    check(&talk().handshake().client_fin().client_reset().server_fin(), "SF", "ShAFRf");
}

#[test]
fn what_comes_again_is_told_at_one_ten_and_a_hundred() {
    let again = Odd { ahead: -1, payload: b"q", ..Odd::default() };
    let mut repeated = talk().handshake().client(b"q");
    for _ in 0..9 {
        repeated = repeated.odd(Speaker::Client, &again);
    }
    check(&repeated, "S1", "ShADT");
    check(&repeated.odd(Speaker::Client, &again), "S1", "ShADTT");
    let full = Odd { window: 0, ..Odd::default() };
    check(&talk().handshake().odd(Speaker::Server, &full).odd(Speaker::Server, &full), "S1", "ShAaw");
    let gap = talk().handshake().missed(Speaker::Server, 5).client_ack().server(b"a").server(b"b");
    check(&gap, "S1", "ShAdg");
}

#[test]
fn a_syn_with_another_number_is_told_again_and_strange_flags_have_letters() {
    check(&talk().syn().syn().syn_ack(), "S1", "Sh");
    let (syn_fin, fin_reset) = (Odd { flags: 3, ..Odd::default() }, Odd { flags: 21, ..Odd::default() });
    check(&talk().odd(Speaker::Client, &syn_fin), "SH", "Q");
    check(&talk().handshake().odd(Speaker::Client, &fin_reset), "RSTO", "ShAI");
}

#[test]
fn letters_are_bounded() {
    let mut talk = talk().handshake();
    for ahead in 0..100 {
        talk = talk.odd(Speaker::Server, &Odd { ahead, flags: 4, ..Odd::default() });
    }
    let journal = track(&talk.frames);
    assert_eq!(journal.closed[0].history.len(), tapline_reassembly::limits::HISTORY_LETTERS_MAX);
}
