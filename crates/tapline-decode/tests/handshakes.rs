//! TLS handshakes in clear, as a passive observer sees them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "helpers of tests are tests")]

mod common;

use common::{Forward, Heard, Reverse, client_hello, handshake, hex, play, record, server_hello, tls12};
use tapline_decode::tls::{Body, Handshake};
use tapline_decode::{Conversation, Direction, Keyring, Message, Protocol};

/// What a direction said, a word each.
fn words(heard: &Heard, direction: Direction) -> Vec<String> {
    heard
        .of(direction)
        .iter()
        .map(|(_, message)| match message {
            Message::Protocol(protocol) => protocol.name().to_owned(),
            Message::Client(_) => "client".to_owned(),
            Message::Anomaly(anomaly) => anomaly.code.to_owned(),
            Message::Tls(message) => match &message.body {
                Body::Handshake(Handshake::ClientHello(_)) => "client_hello".to_owned(),
                Body::Handshake(Handshake::ServerHello(hello)) if hello.is_hello_retry_request() => {
                    "retry".to_owned()
                }
                Body::Handshake(Handshake::ServerHello(_)) => "server_hello".to_owned(),
                Body::Handshake(Handshake::Certificate(_)) => "certificate".to_owned(),
                Body::Handshake(Handshake::Malformed { .. }) => "malformed".to_owned(),
                Body::Handshake(handshake) => handshake.kind().to_string(),
                Body::ChangeCipherSpec => "ccs".to_owned(),
                Body::Alert(alert) => alert.to_string(),
                Body::ApplicationData => "data".to_owned(),
                Body::Encrypted => format!("encrypted {}", message.content),
                other => format!("{other:?}"),
            },
            other => format!("{other:?}"),
        })
        .collect()
}

#[test]
fn tls_1_2() {
    let heard = play(Conversation::default(), &tls12(), &[usize::MAX]);
    let forward = [
        "tls",
        "client",
        "client_hello",
        "client_key_exchange",
        "ccs",
        "encrypted handshake",
        "data",
        "encrypted alert",
    ];
    assert_eq!(words(&heard, Forward), forward);
    let reverse = [
        "server_hello",
        "certificate",
        "server_key_exchange",
        "server_hello_done",
        "ccs",
        "encrypted handshake",
        "data",
    ];
    assert_eq!(words(&heard, Reverse), reverse);
    let Message::Tls(message) = &heard.forward[2].1 else { panic!() };
    let Body::Handshake(Handshake::ClientHello(hello)) = &message.body else { panic!() };
    assert_eq!(hello.server_name(), Some(&b"localhost"[..]));
    assert_eq!(hello.alpn(), [b"h2".to_vec()]);
    assert_eq!(hello.supported_versions().len(), 2);
}

#[test]
fn tls_1_3_with_a_retry_and_dummy_changes_of_cipher() {
    let mut retry = server_hello(true);
    let random = hex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c");
    retry[6..38].copy_from_slice(&random);
    let turns = [
        (Forward, [record(22, &client_hello()), record(20, &[1])].concat()),
        (Reverse, [record(22, &retry), record(20, &[1])].concat()),
        (Forward, record(22, &client_hello())),
        (Reverse, [record(22, &server_hello(true)), record(23, &[0; 90])].concat()),
        (Forward, [record(21, &[2, 40]), record(23, &[0; 50])].concat()),
    ];
    let heard = play(Conversation::default(), &turns, &[3]);
    assert_eq!(
        words(&heard, Forward),
        ["tls", "client", "client_hello", "ccs", "client_hello", "handshake_failure", "data"]
    );
    assert_eq!(words(&heard, Reverse), ["retry", "ccs", "server_hello", "data"]);
}

#[test]
fn only_one_direction_was_captured() {
    let turns: Vec<_> = tls12().into_iter().filter(|(direction, _)| *direction == Forward).collect();
    let heard = play(Conversation::default(), &turns, &[usize::MAX]);
    assert_eq!(words(&heard, Forward)[4..], ["ccs", "encrypted handshake", "data", "encrypted alert"]);
}

#[test]
fn begun_in_the_middle() {
    let turns =
        [(Forward, record(23, &[1; 40])), (Reverse, [record(23, &[1; 40]), record(21, &[7; 26])].concat())];
    let heard = play(Conversation::default(), &turns, &[usize::MAX]);
    assert_eq!(words(&heard, Forward), ["tls", "data"]);
    assert_eq!(words(&heard, Reverse), ["data", "encrypted alert"]);
}

#[test]
fn behind_a_gap_records_are_found_again() {
    let mut heard = Heard::default();
    let mut conversation = Conversation::new(Some(Protocol::Tls));
    let records = [record(23, &[0xaa; 500]), record(23, &[0xbb; 100]), record(23, &[0xcc; 50])].concat();
    conversation.bytes(Forward, 0, &records[..100], &mut Keyring::default(), &mut heard);
    conversation.gap(Forward, 100, 300, &mut Keyring::default(), &mut heard);
    conversation.bytes(Forward, 400, &records[400..], &mut Keyring::default(), &mut heard);
    assert_eq!(words(&heard, Forward), ["tls", "tls_gap", "data", "data", "data"]);
    conversation.gap(Forward, 665, 10, &mut Keyring::default(), &mut heard);
    conversation.bytes(Forward, 675, &records[7..], &mut Keyring::default(), &mut heard);
    assert_eq!(words(&heard, Forward)[5..], ["tls_gap", "tls_resynchronised", "data", "data"]);
}

#[test]
fn a_hello_of_ssl_2_is_said() {
    let mut hello = hex("802e 01 0301 0015 0000 0010");
    hello.extend([0; 21 + 16]);
    let heard = play(Conversation::default(), &[(Forward, hello)], &[4]);
    assert_eq!(words(&heard, Forward), ["tls", "client", "tls_sslv2_hello", "client_hello"]);
}

#[test]
fn what_does_not_fit_is_said_and_the_next_message_read() {
    let mut bad = client_hello();
    bad[3 + 1 + 34 + 1] = 40;
    let octets = [
        record(22, &client_hello()),
        record(22, &bad),
        record(22, &handshake(14, &[])),
        record(24, &[1, 0x40, 0]),
    ];
    let heard = play(Conversation::default(), &[(Forward, octets.concat())], &[usize::MAX]);
    let expected = [
        "tls_bad_handshake",
        "malformed",
        "server_hello_done",
        "tls_heartbeat_claim",
        "Heartbeat { kind: 1, claimed_length: 16384 }",
    ];
    assert_eq!(words(&heard, Forward)[3..], expected);
}
