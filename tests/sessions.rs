//! What is told of the TLS sessions of real programs, with keys and without.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use std::process::Command;

use serde_json::Value;
use tapline_testkit::root;

/// The sessions of a fixture in `fixtures/tls`.
fn sessions(fixture: &str, with_keys: bool) -> Vec<Value> {
    let folder = root().join("fixtures/tls");
    let mut command = Command::new(env!("CARGO_BIN_EXE_tapline"));
    command.args(["export", "--to", "ndjson", "--types", "tls_session"]).env_remove("SSLKEYLOGFILE");
    if with_keys {
        command.arg("--keylog").arg(folder.join(format!("{fixture}.keys")));
    }
    let output = command.arg(folder.join(format!("{fixture}.pcapng"))).output().unwrap();
    assert!(output.status.success(), "{fixture}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// `outcome, kind, round trips, decrypted`.
fn facts(session: &Value) -> String {
    let text = |field: &str| session[field].as_str().unwrap_or("-").to_owned();
    let trips = session["handshake_rtts"].as_u64().map_or_else(|| "-".to_owned(), |trips| trips.to_string());
    format!("{}, {}, {trips}, {}", text("outcome_text"), text("kind"), text("decrypted"))
}

/// The flights, a line each: `client client_hello`.
fn story(session: &Value) -> Vec<String> {
    let flights = session["flights"].as_array().unwrap().iter();
    flights
        .map(|flight| {
            let messages = flight["messages"].as_array().unwrap().iter().map(|message| {
                let name = message["message"].as_str().unwrap();
                assert_ne!(message["verified"], false, "Finished is wrong");
                match message["count"].as_u64().unwrap() {
                    1 => name.to_owned(),
                    count => format!("{count} {name}"),
                }
            });
            format!("{} {}", flight["from"].as_str().unwrap(), messages.collect::<Vec<_>>().join(" "))
        })
        .collect()
}

/// Every session of a fixture, with its keys: facts and flights.
fn check_opened(fixture: &str, expected: &[(&str, &[&str])]) {
    check(fixture, true, expected);
}

/// The same without keys.
fn check_closed(fixture: &str, expected: &[(&str, &[&str])]) {
    check(fixture, false, expected);
}

fn check(fixture: &str, with_keys: bool, expected: &[(&str, &[&str])]) {
    let sessions = sessions(fixture, with_keys);
    let seen: Vec<_> = sessions.iter().map(|session| (facts(session), story(session))).collect();
    let expected: Vec<_> = expected
        .iter()
        .map(|(facts, story)| {
            ((*facts).to_owned(), story.iter().map(|flight| (*flight).to_owned()).collect::<Vec<_>>())
        })
        .collect();
    assert_eq!(seen, expected, "{fixture}");
    for session in &sessions {
        waits_add_up(session);
        let records =
            session["records_closed"].as_u64().unwrap() + session["messages_opened"].as_u64().unwrap();
        assert_eq!(session["decrypted"].is_null(), records == 0, "{fixture}");
    }
}

/// The nanosecond of its day.
fn time_ns(at: &Value) -> i64 {
    let (_, time) = at.as_str().unwrap().trim_end_matches('Z').split_once('T').unwrap();
    let (clock, fraction) = time.split_once('.').unwrap();
    let seconds = clock.split(':').fold(0, |sum, part| sum * 60 + part.parse::<i64>().unwrap());
    seconds * 1_000_000_000 + fraction.parse::<i64>().unwrap()
}

/// Flights follow one another; what each waited is the way and the side itself; waits and flights are the handshake.
fn waits_add_up(session: &Value) {
    let flights = session["flights"].as_array().unwrap();
    let mut total_ns: i64 =
        flights.iter().map(|flight| time_ns(&flight["end_at"]) - time_ns(&flight["at"])).sum();
    for pair in flights.windows(2) {
        assert!(pair[0]["end_packet"].as_u64() <= pair[1]["packet"].as_u64());
        assert_ne!(pair[0]["from"], pair[1]["from"]);
        let [waited, network, own] =
            ["waited_ns", "network_ns", "own_ns"].map(|field| pair[1][field].as_i64().unwrap());
        assert_eq!(waited, network + own);
        assert_eq!(waited, time_ns(&pair[1]["at"]) - time_ns(&pair[0]["end_at"]));
        total_ns += waited;
    }
    if let Some(handshake_ns) = session["handshake_ns"].as_i64() {
        assert_eq!(total_ns, handshake_ns);
    }
}

const HELLO: &str = "client client_hello";
const ANSWER12: &str = "server server_hello certificate server_key_exchange server_hello_done";
const ANSWER13: &str =
    "server server_hello change_cipher_spec encrypted_extensions certificate certificate_verify finished";
const HIDDEN13: &str = "server server_hello change_cipher_spec 4 encrypted";
const END12: &str = "client client_key_exchange change_cipher_spec finished";
const END13: &str = "client change_cipher_spec finished";
const HIDDEN_END13: &str = "client change_cipher_spec encrypted";

#[test]
fn full_handshakes() {
    let full = "established, full, 1, full";
    check_opened("tls13", &[(full, &[HELLO, ANSWER13, END13])]);
    check_closed("tls13", &[("established, full, 1, none", &[HELLO, HIDDEN13, HIDDEN_END13])]);
    // The keys are in the capture.
    check_closed("embedded-secrets", &[(full, &[HELLO, ANSWER13, END13])]);
    let flights = [HELLO, ANSWER12, END12, "server change_cipher_spec finished"];
    check_opened("tls12-ecdhe", &[("established, full, 2, full", &flights)]);
    let hidden = [
        HELLO,
        ANSWER12,
        "client client_key_exchange change_cipher_spec encrypted",
        "server change_cipher_spec encrypted",
    ];
    check_closed("tls12-ecdhe", &[("established, full, 2, none", &hidden)]);
    let session = &sessions("tls12-ecdhe", false)[0];
    assert_eq!(
        session["rtt_reasons"][0],
        "a full handshake of TLS 1.2 takes two round trips; TLS 1.3 takes one"
    );
    assert_eq!(session["decryption_note"], "no keys were given: --keylog FILE opens it");
    assert_eq!(
        (&session["signature_scheme"], &session["group"]),
        (&"rsa_pss_rsae_sha256".into(), &"x25519".into())
    );
    let cbc = ["tls12-cbc", "tls12-cbc-mac-then-encrypt"].map(|fixture| sessions(fixture, false).remove(0));
    assert_eq!(cbc.map(|session| session["encrypt_then_mac"].as_bool()), [Some(true), Some(false)]);
}

#[test]
fn resumed_sessions() {
    let ticket = "server new_session_ticket change_cipher_spec finished";
    let resumed = ["server server_hello change_cipher_spec finished", "client change_cipher_spec finished"];
    let (first, again) = ([HELLO, ANSWER12, END12, ticket], [HELLO, resumed[0], resumed[1]]);
    check_opened(
        "tls12-resumed",
        &[("established, full, 2, full", &first), ("established, resumed_ticket, 1, full", &again)],
    );
    let first = [HELLO, ANSWER12, END12, "server change_cipher_spec finished"];
    check_opened(
        "tls12-resumed-id",
        &[("established, full, 2, full", &first), ("established, resumed_session_id, 1, full", &again)],
    );
    let hidden = sessions("tls12-resumed-id", false);
    assert_eq!(facts(&hidden[1]), "established, resumed_session_id, 1, none");
    let (first, again) = (
        [HELLO, ANSWER13, END13],
        [HELLO, "server server_hello change_cipher_spec encrypted_extensions finished", END13],
    );
    check_opened(
        "tls13-resumed",
        &[("established, full, 1, full", &first), ("established, resumed_psk, 1, full", &again)],
    );
    let [opened, closed] = [true, false].map(|with_keys| sessions("tls13-resumed", with_keys).remove(1));
    assert_eq!((&opened["psk_mode"], &closed["psk_mode"]), (&"psk_dhe_ke".into(), &"psk_dhe_ke".into()));
    assert_eq!((&opened["session_tickets"], &closed["session_tickets"]), (&1.into(), &0.into()));
}

#[test]
fn early_data() {
    let flights = [
        "client client_hello change_cipher_spec early_data",
        "server server_hello change_cipher_spec encrypted_extensions finished alert",
        "client end_of_early_data finished",
    ];
    let first = ("established, full, 1, full", &[HELLO, ANSWER13, END13][..]);
    check_opened("tls13-early-data", &[first, ("established, resumed_psk, 1, full", &flights)]);
    let [opened, closed] = [true, false].map(|with_keys| sessions("tls13-early-data", with_keys).remove(1));
    assert_eq!(
        (&opened["early_data_outcome"], &opened["early_data_bytes"]),
        (&"accepted".into(), &87.into())
    );
    assert_eq!((&closed["early_data_outcome"], &closed["early_data_bytes"]), (&"sent".into(), &87.into()));
    assert_eq!(story(&closed)[2], "client 2 encrypted", "EndOfEarlyData holds no Finished");
}

#[test]
fn a_group_that_was_not_guessed() {
    let flights = [
        HELLO,
        "server hello_retry_request change_cipher_spec",
        "client change_cipher_spec client_hello",
        "server server_hello encrypted_extensions certificate certificate_verify finished",
        "client finished",
    ];
    check_opened("tls13-hello-retry", &[("established, full, 2, full", &flights)]);
    for with_keys in [true, false] {
        let session = &sessions("tls13-hello-retry", with_keys)[0];
        let reason =
            "HelloRetryRequest: the client sent a key share for x25519; the server asked for secp384r1";
        assert_eq!(session["rtt_reasons"], Value::from(vec![reason]));
        assert_eq!(session["hello_retry_reason"]["asked_group"], "secp384r1");
        assert_eq!(session["kept_waiting_by"], "server");
    }
}

#[test]
fn renegotiation() {
    let ticket = "server new_session_ticket change_cipher_spec finished";
    let full = ("established, full, 2, full", &[HELLO, ANSWER12, END12, ticket][..]);
    check_opened("tls12-renegotiated", &[full, full]);
    let hidden = [
        "client encrypted",
        "server 4 encrypted",
        "client encrypted change_cipher_spec encrypted",
        "server encrypted change_cipher_spec encrypted",
    ];
    let sessions = [true, false].map(|with_keys| sessions("tls12-renegotiated", with_keys));
    assert_eq!(story(&sessions[1][1]), hidden);
    for (sessions, inferred) in sessions.iter().zip([false, true]) {
        assert!(sessions[0]["renegotiation"].is_null());
        let again = &sessions[1]["renegotiation"];
        let seen = (&again["by"], &again["inferred"], &again["number"]);
        assert_eq!(seen, (&"client".into(), &inferred.into(), &1.into()));
    }
    assert_eq!(sessions[0][1]["server_name"], "www.example.test");
    assert!(sessions[1][1]["server_name"].is_null() && sessions[1][1]["client_certificate"].is_null());
}

#[test]
fn client_certificates() {
    let check = |fixture, with_keys, expected: &[Option<&str>]| {
        let sessions = sessions(fixture, with_keys);
        let seen: Vec<_> = sessions.iter().map(|session| session["client_certificate"].as_str()).collect();
        assert_eq!(seen, expected, "{fixture}");
    };
    check("client-certificate", false, &[Some("sent")]);
    check("client-certificate", true, &[Some("sent")]);
    check("tls13-client-certificate", true, &[Some("sent"), Some("refused")]);
    check("tls13-client-certificate", false, &[None, None]);
    check("tls12-ecdhe", false, &[Some("not_requested")]);
    check("tls12-resumed", false, &[Some("not_requested"), Some("not_requested")]);
    check("tls13", true, &[Some("not_requested")]);
}

#[test]
fn failed_handshakes() {
    let flights = [HELLO, "server alert"];
    let failed = |text| [(text, &flights[..])];
    check_closed(
        "failed-handshake",
        &failed("failed: handshake_failure by server after ClientHello, not_known, -, -"),
    );
    check_closed(
        "failed-protocol-version",
        &failed("failed: protocol_version by server after ClientHello, not_known, -, -"),
    );
    check_closed(
        "failed-unknown-name",
        &failed("failed: unrecognized_name by server after ClientHello, not_known, -, -"),
    );
    let second = (
        "failed: unknown_ca by client after the server's Certificate, full, -, -",
        &[HELLO, ANSWER12, "client alert"][..],
    );
    check_closed(
        "failed-unknown-ca",
        &[
            (
                "failed: unknown_ca by client after the server's encrypted records, full, -, none",
                &[HELLO, HIDDEN13, "client alert"],
            ),
            second,
        ],
    );
    check_opened(
        "failed-unknown-ca",
        &[
            (
                "failed: unknown_ca by client after the server's Certificate, full, -, full",
                &[HELLO, ANSWER13, "client alert"],
            ),
            second,
        ],
    );
}

#[test]
fn what_comes_after_the_handshake() {
    let [opened, closed] = [true, false].map(|with_keys| sessions("tls13-key-update", with_keys).remove(0));
    assert_eq!(opened["key_updates"], serde_json::json!({"client": 1, "server": 1}));
    assert_eq!(closed["key_updates"], serde_json::json!({"client": 0, "server": 0}));
    assert_eq!((&opened["session_tickets"], &opened["session_ticket_lifetime_s"]), (&2.into(), &7200.into()));
    assert_eq!(opened["close_notify"]["client"], true);
    assert!(closed["close_notify"]["client"].is_null(), "an alert of TLS 1.3 looks like data");
    // nginx closes without a word.
    let nginx = &sessions("http1-over-tls", true)[0];
    assert_eq!(nginx["close_notify"], serde_json::json!({"client": true, "server": false}));
}

#[test]
fn keys_that_open_nothing_say_so() {
    let folder = root().join("fixtures/tls");
    let output = Command::new(env!("CARGO_BIN_EXE_tapline"))
        .args(["export", "--to", "ndjson", "--types", "tls_session", "--keylog"])
        .args([folder.join("tls13-ccm.keys"), folder.join("tls13.pcapng")])
        .output()
        .unwrap();
    let session: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(session["decrypted"], "none");
    assert_eq!(session["decryption_note"], "the key log has no secret for this connection");
}

#[test]
fn a_finished_message_is_verified_where_its_secrets_are_known() {
    let path = root().join("fixtures/tls/tls13.pcapng");
    let verified = |arguments: &[&str]| -> Vec<Value> {
        let output = Command::new(env!("CARGO_BIN_EXE_tapline"))
            .args(["export", "--to", "ndjson", "--types", "tls_message"])
            .args(arguments)
            .arg(&path)
            .current_dir(root())
            .env_remove("SSLKEYLOGFILE")
            .output()
            .unwrap();
        let lines = String::from_utf8(output.stdout).unwrap();
        let messages = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        messages.filter(|message| !message["verified"].is_null()).collect()
    };
    let messages = verified(&["--keylog", "fixtures/tls/tls13.keys"]);
    let seen: Vec<_> = messages.iter().map(|message| (&message["message"], &message["verified"])).collect();
    assert_eq!(seen, [(&Value::from("finished"), &Value::from(true)), (&"finished".into(), &true.into())]);
    assert!(verified(&[]).is_empty());
}
