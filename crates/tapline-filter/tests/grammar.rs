//! What texts mean: each operator, kind of value and rule, in tables.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::{exchange, read};

/// Texts that hold for the exchange, or do not.
fn check(expected: bool, texts: &[&str]) {
    for text in texts {
        let filter = read(text).unwrap_or_else(|error| panic!("{text}\n{}\n{error}", error.carets(text)));
        assert_eq!(filter.matches(&exchange()), expected, "{text}");
    }
}

#[test]
fn a_field_alone_is_there_or_not() {
    check(
        true,
        &["http", "tcp.analysis.retransmission", "http.time", "tapline.complete", "not tls", "! tls", "!tls"],
    );
    check(false, &["tls", "tcp.analysis.zero_window", "not http", "not not tls"]);
    // What is told to be false is there, and not true.
    check(false, &["tapline.inferred"]);
}

#[test]
fn operators_compare_signs_or_words() {
    check(
        true,
        &[
            "tcp.stream == 3",
            "tcp.stream eq 3",
            "tcp.stream != 4",
            "tcp.stream ne 4",
            "tcp.stream < 4",
            "tcp.stream lt 4",
            "tcp.stream <= 3",
            "tcp.stream le 3",
            "tcp.stream > 2",
            "tcp.stream gt 2",
            "tcp.stream >= 3",
            "tcp.stream ge 3",
            "tcp.stream==0x3",
        ],
    );
    check(
        false,
        &[
            "tcp.stream == 4",
            "tcp.stream != 3",
            "tcp.stream < 3",
            "tcp.stream <= 2",
            "tcp.stream > 3",
            "tcp.stream >= 4",
            "tcp.stream < 0",
            "tcp.stream > 18446744073709551615",
        ],
    );
}

#[test]
fn several_values_are_taken_as_wireshark_4_does() {
    check(
        true,
        &[
            "tcp.port == 443",
            "tcp.port == 40000",
            "tcp.port !== 443",
            "tcp.port any_ne 443",
            "tcp.port != 80",
        ],
    );
    check(
        false,
        &[
            "tcp.port != 443",
            "tcp.port === 443",
            "tcp.port all_eq 443",
            "tcp.port == 80",
            "tcp.port all_ne 443",
        ],
    );
    check(true, &["tcp.port > 1000", "tcp.port < 1000", "not tcp.port == 80", "tcp.stream === 3"]);
    check(false, &["not tcp.port == 443"]);
    // Where there is no value, no comparison holds: neither this nor its opposite.
    check(false, &["dns.qry.name == a", "dns.qry.name != a", "dns.qry.name === a", "dns.qry.name !== a"]);
    check(true, &["not dns.qry.name == a", "not dns.qry.name != a"]);
}

#[test]
fn not_binds_closest_and_closer_than_or() {
    check(
        true,
        &["tls and tls or http", "http or tls and tls", "not tls and http", "(tls or http) and http"],
    );
    check(false, &["(http or tls) and tls", "not (http or tls)", "not http or tls", "tls && http || tls"]);
    check(true, &["!(tls)&&(http)", "http AND NOT tls", "! ! http", "((((http))))"]);
    // A comparison is one thing for `not`.
    check(true, &["not tcp.stream == 4", "!tcp.stream == 4", "!http.host contains \"nowhere\""]);
}

#[test]
fn texts_compare_by_letter_and_match_without_case() {
    check(
        true,
        &[
            "http.host == \"Example.org\"",
            "http.host == Example.org",
            "http.host contains \"ample\"",
            "http.host contains ample",
            "http.host matches \"^example\\.ORG$\"",
            "http.host matches r\"^example\\.org$\"",
            "http.host ~ \"org$\"",
            "http.host matches \"^example\\\\.org$\"",
            "http.request.method == GET",
            "http.request.method in {GET, \"POST\"}",
        ],
    );
    check(
        false,
        &[
            "http.host == \"example.org\"",
            "http.host contains \"AMPLE\"",
            "http.host matches \"^ample\"",
            "http.host matches \"(?-i)^example\"",
            "http.request.method in {PUT POST}",
            "http.host != Example.org",
        ],
    );
}

#[test]
fn lists_have_values_and_ranges() {
    check(
        true,
        &[
            "tcp.stream in {1, 2, 3}",
            "tcp.stream in {1 2 3}",
            "tcp.stream in {3..5}",
            "tcp.stream in {0..3}",
            "tcp.stream in{0x3}",
            "tcp.stream not in {4..9}",
            "http.time in {0.1..1}",
            "tcp.port in {443}",
            "ip.addr in {192.0.2.0/24, ::1}",
            "ip.addr in {10.0.0.0..10.255.255.255}",
        ],
    );
    check(
        false,
        &["tcp.stream in {4..9, 1}", "tcp.stream not in {3}", "tcp.stream in {5..1}", "ip.addr in {::/0}"],
    );
}

#[test]
fn addresses_are_in_networks() {
    check(
        true,
        &[
            "ip.addr == 10.0.0.0/8",
            "ip.addr == 10.1.2.3",
            "ip.addr == 192.0.2.7",
            "ip.src == 10.1.2.3",
            "ip.src != 192.0.2.0/24",
            "ipv6.addr == fe80::/10",
            "ip.addr != 172.16.0.0/12",
        ],
    );
    check(
        false,
        &["ip.addr == 11.0.0.0/8", "ip.addr != 10.0.0.0/8", "ip.src == 192.0.2.7", "ipv6.addr == 0.0.0.0/0"],
    );
}

#[test]
fn quantities_have_units() {
    check(
        true,
        &[
            "http.time == 300ms",
            "http.time == 0.3",
            "http.time == 0.3s",
            "http.time > 299999us",
            "http.time < 1min",
            "http.time >= 300000000ns",
            "tapline.bytes == 20kB",
            "tapline.bytes > 19KiB",
            "tapline.bytes == 20000",
            "frame.time_relative < 0",
            "frame.time_relative == -5ns",
            "frame.time_relative > -1",
        ],
    );
    check(false, &["http.time > 300ms", "http.time > 0.3", "tapline.bytes >= 20KiB", "http.time == 300"]);
}

#[test]
fn numbers_have_names() {
    check(
        true,
        &[
            "tls.handshake.version == \"TLS 1.3\"",
            "tls.handshake.version >= \"TLS 1.2\"",
            "tls.handshake.version == 0x0304",
            "http2.type == HEADERS",
            "http2.type == headers",
            "http2.type == 1",
            "http2.type in {DATA, HEADERS}",
            "tapline.finding.severity >= warning",
            "tapline.stall == zero_window",
            "tapline.stall == \"zero window\"",
            "tapline.stall contains window",
            "tapline.complete == true",
            "tapline.complete == 1",
            "tapline.inferred == false",
            "tapline.complete != false",
        ],
    );
    check(
        false,
        &[
            "tls.handshake.version < \"TLS 1.3\"",
            "http2.type == DATA",
            "tapline.finding.severity == error",
            "tapline.stall != zero_window",
            "tapline.complete == false",
            "tapline.inferred == 1",
        ],
    );
}

#[test]
fn other_texts_are_words_to_look_for() {
    check(
        true,
        &["example.org slow", "SLOW", "404", "10.1.2.3:40000", "?a=b", "\"slow?a\"", "HÉLLO", "get slow 404"],
    );
    check(false, &["example.com", "slow fast", "\"org slow\"", "dns.google", "error in handshake"]);
    let is_search = |text: &str| read(text).unwrap().is_search();
    for text in [
        "example.org slow",
        "dns.google",
        "error in handshake",
        "a=b&c",
        "in",
        "and",
        "http/2",
        "\"tls\"",
        "contains x",
    ] {
        assert!(is_search(text), "{text}");
    }
    for text in ["tls", "not tls", "!tls", "(tls)", "tcp.stream==3", "http.host contains x"] {
        assert!(!is_search(text), "{text}");
    }
}

#[test]
fn nothing_asks_nothing() {
    check(true, &["", "  ", "\n"]);
    assert!(read(" ").unwrap().is_empty() && !read("tls").unwrap().is_empty());
    assert_eq!(read(" tls ").unwrap().text(), " tls ");
    let fields: Vec<_> =
        read("tls or tls and not tcp.port in {1}").unwrap().fields().map(|id| id.info().name).collect();
    assert_eq!(fields, ["tcp.port", "tls"]);
    assert_eq!(read("some words").unwrap().fields().count(), 0);
}
