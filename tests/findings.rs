//! Every kind of finding: a capture that raises it, and one that is like it and does not.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tapline_analysis::CATALOGUE;
use tapline_testkit::{Frame, Odd, Speaker, Talk, capture, datagram_frame, root};

const MS: i64 = 1_000_000;
const ACK: u8 = 16;

/// A capture that is kept, or built here.
enum Seen {
    Fixture(&'static str),
    Built(Vec<Frame>),
}
use Seen::{Built, Fixture};

fn codes(seen: &Seen) -> BTreeSet<String> {
    findings(seen).iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
}

fn findings(seen: &Seen) -> Vec<Value> {
    match seen {
        Fixture(name) => export(&root().join("fixtures").join(name).with_extension("pcapng")),
        Built(frames) => {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("built.pcapng");
            fs::write(&path, capture(Vec::new(), frames).unwrap()).unwrap();
            export(&path)
        }
    }
}

fn export(path: &Path) -> Vec<Value> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tapline"));
    command.args(["export", "--to", "ndjson", "--types", "finding"]).arg(path).env_remove("SSLKEYLOGFILE");
    let keys = path.with_extension("keys");
    if keys.is_file() {
        command.arg("--keylog").arg(keys);
    }
    let text = String::from_utf8(command.output().unwrap().stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn talk(port: u16) -> Talk {
    Talk::new(([10, 0, 0, 1], port).into(), ([10, 0, 0, 2], 80).into(), 1_700_000_000_000_000_000).step_ns(MS)
}

/// A connection of one request and its answer.
fn asked(request: &str, answer: &str) -> Vec<Frame> {
    let request = request.replace('\n', "\r\n");
    let answer = answer.replace('\n', "\r\n");
    talk(40_000).handshake().client(request.as_bytes()).server(answer.as_bytes()).client_ack().close().frames
}

const GET: &str = "GET /a HTTP/1.1\nHost: example.test\n\n";
const OK: &str = "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello";

fn ok() -> Seen {
    Built(asked(GET, OK))
}

fn text_of(length: usize, fields: &str) -> String {
    let body = "text ".repeat(length / 5);
    format!("HTTP/1.1 200 OK\nContent-Type: text/html\n{fields}Content-Length: {}\n\n{body}", body.len())
}

/// So many octets of an answer, the last of them after a while, behind what an ACK of the client says.
fn download(octets: usize, pause_ms: i64, ack: &Odd<'_>) -> Vec<Frame> {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", octets + 1460);
    let talk = talk(40_000).handshake().client(GET.replace('\n', "\r\n").as_bytes());
    let talk = talk.server(head.as_bytes()).client_ack().step_ns(10_000).server(&vec![b'x'; octets]);
    let talk = talk.wait_ns(pause_ms * MS).odd(Speaker::Client, ack).server(&[b'x'; 1460]);
    talk.client_ack().close().frames
}

/// What fills the window of 512 times 2^7 octets.
const WINDOW: usize = 512 << 7;

/// A DNS message: a query, or an answer with this code and, where that is 0, an address.
fn dns(answer: Option<u8>) -> Vec<u8> {
    let mut octets = vec![0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    if let Some(code) = answer {
        octets[2..4].copy_from_slice(&[0x81, 0x80 | code]);
        octets[7] = u8::from(code == 0);
    }
    octets.extend_from_slice(b"\x07example\x04test\0\0\x01\0\x01");
    if answer == Some(0) {
        octets.extend_from_slice(b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\x0a\0\0\x02");
    }
    octets
}

/// Queries and answers at these milliseconds.
fn lookup(said: &[(i64, Option<u8>)]) -> Seen {
    let (client, server) = ("10.0.0.1:5353".parse().unwrap(), "10.0.0.53:53".parse().unwrap());
    let frame = |&(ms, answer): &(i64, Option<u8>)| {
        let ends = if answer.is_some() { (server, client) } else { (client, server) };
        let at = tapline_analysis::Timestamp(1_700_000_000_000_000_000 + ms * MS);
        Frame { at, octets: datagram_frame(ends.0, ends.1, &dns(answer)) }
    };
    Built(said.iter().map(frame).collect())
}

/// The connections one after the other, or all at once, of one request each.
fn many(count: u16, at_once: bool) -> Seen {
    let one = |n: u16| {
        let talk = talk(40_000 + n).wait_ns(if at_once { i64::from(n) } else { i64::from(n) * 100 * MS });
        let talk = talk.handshake().client(GET.replace('\n', "\r\n").as_bytes());
        talk.server(OK.replace('\n', "\r\n").as_bytes()).close().frames
    };
    let mut frames: Vec<Frame> = (0..count).flat_map(one).collect();
    frames.sort_by_key(|frame| frame.at);
    Built(frames)
}

/// Two connections, to one server by these names.
fn named(names: [&str; 2]) -> Seen {
    let mut frames = asked(&GET.replace("example.test", names[0]), OK);
    let second = GET.replace("example.test", names[1]).replace('\n', "\r\n");
    frames.extend(
        talk(40_001).wait_ns(500 * MS).handshake().client(second.as_bytes()).server(b"").close().frames,
    );
    Built(frames)
}

/// A connection without some of TCP's options, in which so many octets are sent and one segment twice.
fn bare(options: &'static [u8], octets: usize) -> Seen {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {octets}\r\n\r\n");
    let mut talk = talk(40_000).syn_options(options).handshake().client(GET.replace('\n', "\r\n").as_bytes());
    talk = talk.server(head.as_bytes());
    for part in vec![b'x'; octets].chunks(1460) {
        talk = talk.server(part).client_ack();
    }
    let again = Odd { ahead: -1460, payload: &[b'x'; 1460], flags: ACK, ..Odd::default() };
    Built(talk.wait_ns(300 * MS).odd(Speaker::Server, &again).client_ack().close().frames)
}

const MSS: &[u8] = &[2, 4, 5, 0xb4];
const MSS_SACK: &[u8] = &[2, 4, 5, 0xb4, 4, 2, 1, 1];
const MSS_SACK_SCALE: &[u8] = &[2, 4, 5, 0xb4, 4, 2, 1, 1, 1, 3, 3, 7];

/// A code, what raises it, and what does not.
fn cases() -> Vec<(&'static str, Seen, Seen)> {
    let mut cases = capture_and_dns();
    cases.extend(tcp());
    cases.extend(tls());
    cases.extend(http());
    cases.extend(http2());
    cases.extend(across());
    cases
}

fn capture_and_dns() -> Vec<(&'static str, Seen, Seen)> {
    let one_side = asked(GET, OK).into_iter().filter(|frame| frame.octets[26..30] == [10, 0, 0, 1]).collect();
    vec![
        ("capture_missing_bytes", Fixture("link/capture-missed"), Fixture("link/lossy-server-side")),
        ("capture_one_side", Built(one_side), ok()),
        ("dns_slow", lookup(&[(0, None), (150, Some(0))]), lookup(&[(0, None), (50, Some(0))])),
        ("dns_retried", lookup(&[(0, None), (50, None), (60, Some(0))]), lookup(&[(0, None), (60, Some(0))])),
        ("dns_unanswered", lookup(&[(0, None)]), lookup(&[(0, None), (60, Some(0))])),
        ("dns_failed", lookup(&[(0, None), (60, Some(3))]), lookup(&[(0, None), (60, Some(0))])),
    ]
}

fn tcp() -> Vec<(&'static str, Seen, Seen)> {
    let more = Odd { window: 1024, ..Odd::default() };
    let reset = talk(40_000).handshake().client(GET.replace('\n', "\r\n").as_bytes());
    let reset = reset.server(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\nhel").server_reset().frames;
    vec![
        ("tcp_no_answer", Fixture("http1/no-answer"), Fixture("http1/syn-retried")),
        ("tcp_refused", Fixture("http1/refused"), Fixture("http1/reset-by-server")),
        ("tcp_unreachable", Fixture("link/icmp-unreachable"), Fixture("link/path-mtu")),
        ("tcp_path_mtu", Fixture("link/path-mtu"), Fixture("link/icmp-unreachable")),
        ("tcp_syn_retried", Fixture("http1/syn-retried"), Fixture("http1/no-answer")),
        ("tcp_fast_open_ignored", Fixture("http1/fast-open"), Fixture("http1/syn-cookies")),
        ("tcp_loss", Fixture("link/lossy"), Fixture("link/delayed")),
        ("tcp_loss_rate", Fixture("link/lossy-server-side"), Fixture("http1/syn-retried")),
        ("tcp_spurious_retransmission", Fixture("link/duplicated"), Fixture("link/lossy")),
        ("tcp_reordering", Fixture("link/stray-reset"), Fixture("link/delayed")),
        ("tcp_zero_window", Fixture("link/zero-window"), Fixture("link/delayed")),
        (
            "tcp_receive_window_small",
            Built(download(WINDOW, 40, &more)),
            Built(download(WINDOW - 1460, 40, &more)),
        ),
        ("tcp_receiver_not_reading", Built(download(WINDOW, 400, &more)), Built(download(WINDOW, 40, &more))),
        ("tcp_slow_start", Fixture("link/delayed"), Fixture("http1/slow-body")),
        ("tcp_delayed_ack", Built(download(700, 45, &more)), Built(download(700, 15, &more))),
        ("tcp_no_window_scaling", bare(MSS_SACK, 70_080), bare(MSS_SACK, 14_600)),
        ("tcp_no_sack", bare(MSS, 14_600), bare(MSS_SACK_SCALE, 14_600)),
        ("tcp_reset_in_transfer", Built(reset), Fixture("http1/refused")),
        ("tcp_reset_after_close", Fixture("tls/failed-unknown-ca"), Fixture("http1/four-way-close")),
        ("tcp_reset_injected", Fixture("link/injected-reset"), Fixture("http1/reset-by-server")),
        ("tcp_overlap_conflict", Fixture("link/overlap-conflict"), Fixture("link/duplicated")),
        ("tcp_bad_checksums", Fixture("link/bad-checksum"), Fixture("http1/large-offload")),
        ("tcp_peer_gone", Fixture("link/keep-alive-death"), Fixture("http1/keep-alive")),
    ]
}

/// The kinds whose captures would take a server that nobody runs any more, or a certificate that is made at test
/// time, are raised by sessions in `analysis/src/finding/session.rs`.
const BY_SESSION: [&str; 7] = [
    "tls_certificate_expiring",
    "tls_certificates_large",
    "tls_early_data_refused",
    "tls_handshake_slow",
    "tls_not_resumed",
    "tls_old_version",
    "tls_weak_cipher_suite",
];

fn tls() -> Vec<(&'static str, Seen, Seen)> {
    vec![
        ("tls_handshake_failed", Fixture("tls/failed-protocol-version"), Fixture("tls/tls13")),
        ("tls_hello_retry", Fixture("tls/tls13-hello-retry"), Fixture("tls/tls13")),
        ("tls_two_round_trips", Fixture("tls/tls12-ecdhe"), Fixture("tls/tls13")),
        ("tls_no_forward_secrecy", Fixture("tls/tls12-rsa"), Fixture("tls/tls12-ecdhe")),
        ("tls_certificate_invalid", Fixture("tls/tls12-ecdhe"), Fixture("tls/failed-handshake")),
    ]
}

fn http() -> Vec<(&'static str, Seen, Seen)> {
    let with = |fields: &str| Built(asked(&GET.replace("Host", &format!("{fields}\nHost")), OK));
    let answered = |answer: &str| Built(asked(GET, answer));
    let takes = GET.replace("Host", "Accept-Encoding: gzip\nHost");
    let cookie = format!("Cookie: {}", "x".repeat(5000));
    let split = |pause_ms| {
        let (head, body) = (b"POST /a HTTP/1.1\r\nHost: example.test\r\nContent-Length: 8\r\n", b"\r\nabcd");
        let talk = talk(40_000).handshake().client(head).server_ack().client(body).server_ack();
        let talk = talk.wait_ns(pause_ms * MS).client(b"efgh").server(OK.replace('\n', "\r\n").as_bytes());
        Built(talk.close().frames)
    };
    let expects = |pause_ms| {
        let head = b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n";
        let talk = talk(40_000).handshake().client(head).wait_ns(pause_ms * MS);
        let talk = talk.server(b"HTTP/1.1 100 Continue\r\n\r\n").step_ns(MS / 10).client(b"abcd");
        Built(talk.server(OK.replace('\n', "\r\n").as_bytes()).close().frames)
    };
    let unanswered = talk(40_000).handshake().client(GET.replace('\n', "\r\n").as_bytes()).server_ack();
    vec![
        ("http_server_slow", Fixture("http1/slow-server"), Fixture("http1/keep-alive")),
        ("http_client_slow", split(300), split(30)),
        ("http_server_error", Fixture("http1/not-found-and-error"), Fixture("http1/keep-alive")),
        ("http_no_response", Built(unanswered.close().frames), ok()),
        ("http_response_cut", Fixture("http1/reset-by-server"), Fixture("link/capture-missed")),
        ("http_redirect", Fixture("http2/not-found"), Fixture("http2/many-streams")),
        ("http_headers_large", with(&cookie), with("Cookie: x")),
        (
            "http_body_uncompressed",
            Built(asked(&takes, &text_of(12_000, ""))),
            Built(asked(&takes, &text_of(12_000, "Content-Encoding: gzip\n"))),
        ),
        ("http_cleartext_credentials", with("Authorization: Basic dTpw"), ok()),
        ("http_expect_continue", expects(50), expects(1)),
        ("http1_head_of_line", pipelined(50), pipelined(1)),
        ("http1_connection_close", answered(&OK.replace("Content", "Connection: close\nContent")), ok()),
        (
            "http1_ambiguous_framing",
            Built(asked(
                &GET.replace("\n\n", "\nContent-Length: 5\nTransfer-Encoding: chunked\n\n0\n\n"),
                OK,
            )),
            ok(),
        ),
    ]
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut octets = length[1..].to_vec();
    octets.extend_from_slice(&[kind, flags]);
    octets.extend_from_slice(&stream.to_be_bytes());
    octets.extend_from_slice(payload);
    octets
}

const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

fn settings(list: &[(u16, u32)]) -> Vec<u8> {
    let octets =
        list.iter().flat_map(|(id, value)| [&id.to_be_bytes()[..], &value.to_be_bytes()[..]].concat());
    frame(4, 0, 0, &octets.collect::<Vec<u8>>())
}

/// A literal field that is not put in the table, or one that is (RFC 7541 §6.2).
fn field(first: u8, name: &str, value: &str) -> Vec<u8> {
    let mut octets = vec![first, u8::try_from(name.len()).unwrap()];
    octets.extend_from_slice(name.as_bytes());
    octets.push(u8::try_from(value.len()).unwrap());
    octets.extend_from_slice(value.as_bytes());
    octets
}

/// GET of `/` with one more field.
fn get(stream: u32, more: &[u8]) -> Vec<u8> {
    let block = [&[0x82, 0x86, 0x84], &field(0, ":authority", "example.test")[..], more].concat();
    frame(1, END_STREAM | END_HEADERS, stream, &block)
}

fn status_200(stream: u32) -> Vec<u8> {
    frame(1, END_HEADERS, stream, &[0x88])
}

fn data(stream: u32, length: usize, flags: u8) -> Vec<u8> {
    frame(0, flags, stream, &vec![0; length])
}

fn reset(stream: u32, error: u32) -> Vec<u8> {
    frame(3, 0, stream, &error.to_be_bytes())
}

/// A connection on which both sides said and acknowledged their settings.
fn http2_talk(client: &[(u16, u32)], server: &[(u16, u32)]) -> Talk {
    let preface = [&b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..], &settings(client)].concat();
    let ack = frame(4, 1, 0, &[]);
    talk(40_000).handshake().client(&preface).server(&[settings(server), ack.clone()].concat()).client(&ack)
}

fn http2() -> Vec<(&'static str, Seen, Seen)> {
    let limited = |limit| {
        let talk = http2_talk(&[], &[(3, limit)]).client(&get(1, &[])).wait_ns(100 * MS);
        let talk = talk.server(&[status_200(1), data(1, 5, END_STREAM)].concat()).client(&get(3, &[]));
        Built(talk.server(&[status_200(3), data(3, 5, END_STREAM)].concat()).close().frames)
    };
    let answered_by_reset = |error| {
        let talk = http2_talk(&[], &[]).client(&get(1, &[])).server(&reset(1, error));
        Built(talk.close().frames)
    };
    let slow_ack = |ms| {
        let preface = [&b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..], &settings(&[])].concat();
        let talk = talk(40_000).handshake().client(&preface).server(&settings(&[])).wait_ns(ms * MS);
        Built(talk.server(&frame(4, 1, 0, &[])).client(&frame(4, 1, 0, &[])).close().frames)
    };
    let inserting = |first: u8| {
        let requests =
            (0..100_u32).map(|n| get(2 * n + 1, &field(first, &format!("x-{n}"), &"v".repeat(90))));
        let talk = http2_talk(&[], &[]).client(&requests.collect::<Vec<_>>().concat());
        Built(talk.close().frames)
    };
    let promise = frame(
        5,
        END_HEADERS,
        1,
        &[&[0, 0, 0, 2, 0x82, 0x86, 0x84][..], &field(0, ":authority", "a")].concat(),
    );
    let pushing = |push: u32, refused: bool| {
        let talk = http2_talk(&[(2, push)], &[]).client(&get(1, &[])).server(&promise);
        let talk = if refused { talk.client(&reset(2, 8)) } else { talk };
        Built(talk.server(&[status_200(1), data(1, 5, END_STREAM)].concat()).close().frames)
    };
    let turns = |first, second| {
        let urgent = |stream, value: &str| get(stream, &field(0, "priority", value));
        let asked = [urgent(1, "u=1"), urgent(3, "u=6")].concat();
        let talk = http2_talk(&[], &[]).client(&asked).server(&[status_200(1), status_200(3)].concat());
        let parts = [data(first, 16_384, 0), data(first, 16_384, END_STREAM), data(second, 5, END_STREAM)];
        Built(talk.server(&parts.concat()).close().frames)
    };
    let many_settings =
        |count| Built(http2_talk(&[], &[]).client(&settings(&[]).repeat(count)).close().frames);
    vec![
        (
            "http2_stream_window_small",
            Fixture("http2/slow-stream-window"),
            Fixture("http2/slow-connection-window"),
        ),
        (
            "http2_connection_window_small",
            Fixture("http2/slow-connection-window"),
            Fixture("http2/slow-stream-window"),
        ),
        ("http2_stream_limit", limited(1), limited(2)),
        ("http2_goaway_error", Fixture("http2/connection-error"), Fixture("http2/goaway")),
        ("http2_goaway_in_use", Fixture("http2/goaway"), Fixture("http2/connection-error")),
        ("http2_streams_refused", answered_by_reset(7), answered_by_reset(8)),
        ("http2_settings_slow", slow_ack(600), slow_ack(60)),
        ("hpack_table_small", inserting(0x40), inserting(0)),
        ("http2_push_forbidden", pushing(0, false), pushing(1, false)),
        ("http2_push_refused", pushing(1, true), pushing(1, false)),
        ("http2_priority_ignored", turns(3, 1), turns(1, 3)),
        ("http2_flood", many_settings(60), many_settings(6)),
        ("grpc_error", Fixture("http2/grpc"), Fixture("http2/many-streams")),
    ]
}

/// Two requests at once; the first one's answer takes a while.
fn pipelined(wait_ms: i64) -> Seen {
    let (get, ok) = (GET.replace('\n', "\r\n"), OK.replace('\n', "\r\n"));
    let talk = talk(40_000).handshake().client(get.repeat(2).as_bytes()).server_ack();
    let talk = talk.wait_ns(wait_ms * MS).server(ok.as_bytes()).server(ok.as_bytes());
    Built(talk.close().frames)
}

fn across() -> Vec<(&'static str, Seen, Seen)> {
    vec![
        ("http_connections_not_reused", many(5, false), many(5, true)),
        ("http_parallel_connections", many(8, true), many(8, false)),
        ("http_sharded_hosts", named(["a.test", "b.test"]), named(["a.test", "a.test"])),
    ]
}

#[test]
fn each_kind_is_raised_where_it_should_be_and_only_there() {
    let mut wrong = Vec::new();
    for (code, raises, calm) in cases() {
        for (seen, expected) in [(raises, true), (calm, false)] {
            let found = codes(&seen);
            if found.contains(code) != expected {
                let is = if expected { "is not" } else { "is" };
                wrong.push(format!("{code} {is} among {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_kind_has_a_case() {
    let cases = cases();
    let tested: BTreeSet<&str> = cases.iter().map(|(code, ..)| *code).chain(BY_SESSION).collect();
    let known: BTreeSet<&str> = CATALOGUE.iter().map(|kind| kind.code).collect();
    assert_eq!(tested, known);
    assert!(known.len() >= 30);
}

/// What a finding says can be looked up: its packets are there, and its cost is not more than what there was.
#[test]
fn findings_point_at_packets_of_the_capture() {
    let mut seen = 0;
    for path in tapline_testkit::fixtures() {
        let capture = capture_of(&path);
        for finding in export(&path) {
            let packets = finding["packets"].as_array().unwrap();
            assert!(!packets.is_empty(), "{finding}");
            assert!(packets.iter().all(|packet| packet.as_u64().unwrap() <= capture), "{finding}");
            assert!(finding["cost_ns"].as_i64().is_none_or(|ns| ns > 0), "{finding}");
            assert!(!finding["explanation"].as_str().unwrap().ends_with('.'), "{finding}");
            seen += 1;
        }
    }
    assert!(seen > 50, "only {seen}");
}

fn capture_of(path: &Path) -> u64 {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tapline"));
    command.args(["export", "--to", "ndjson", "--types", "capture"]).arg(path);
    let text = String::from_utf8(command.output().unwrap().stdout).unwrap();
    let record: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    record["packets"].as_u64().unwrap()
}

/// `docs/findings.md` is the catalogue; `INSTA_UPDATE=always` writes it anew.
#[test]
fn the_documentation_has_every_kind() {
    let path: PathBuf = root().join("docs/findings.md");
    let text = documentation();
    if std::env::var("INSTA_UPDATE").as_deref() == Ok("always") {
        fs::write(&path, &text).unwrap();
    }
    // The whole page twice would be no help.
    let is_true = fs::read_to_string(&path).unwrap_or_default() == text;
    assert!(is_true, "docs/findings.md is stale: INSTA_UPDATE=always writes it anew");
}

fn documentation() -> String {
    let mut text = String::from(
        "# Findings\n\nWhat `tapline report` lists under Findings, and `tapline export --to ndjson --types finding` as \
         records: every kind by its code,\nwhen it is raised, and the section that explains it. A finding names the packets \
         that prove it and, where it cost time, how much;\nthe report ranks by that. *Inferred* marks what the packets \
         suggest and do not prove.\n\n| code | severity | | explained in |\n| --- | --- | --- | --- |\n",
    );
    for kind in CATALOGUE {
        let (severity, title, meaning) = (kind.severity.name(), kind.title, kind.meaning);
        writeln!(text, "| `{}` | {severity} | **{title}.** {meaning} | {} |", kind.code, kind.reference)
            .unwrap();
    }
    text
}
