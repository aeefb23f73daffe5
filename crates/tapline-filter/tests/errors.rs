//! What is wrong with a text: where, and in which words.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::read;
use tapline_filter::limits::{DEPTH_MAX, REGEX_BYTES_MAX, TEXT_MAX, WORDS_MAX};

/// A text, the part of it that is wrong, and the sentence.
fn check(text: &str, part: &str, sentence: &str) {
    let Err(error) = read(text) else { panic!("{text} is read") };
    assert_eq!((&text[error.at.clone()], error.message.as_str()), (part, sentence), "{text}");
    assert!(!error.message.ends_with('.'), "{text}: {error}");
}

#[test]
fn unknown_fields() {
    check("http.tme > 200ms", "http.tme", "there is no field http.tme: did you mean http.time?");
    check(
        "tcp.analysis.retransmision",
        "tcp.analysis.retransmision",
        "there is no field tcp.analysis.retransmision: did you mean tcp.analysis.retransmission?",
    );
    check(
        "tls and foo.bar == 1",
        "foo.bar",
        "there is no field foo.bar: docs/filter.md lists those that there are",
    );
    check("not found", "found", "there is no field found: docs/filter.md lists those that there are");
    check("tls and and http", "and", "a field must stand before and, as http.time > 200ms");
    check("== 3", "==", "a field must stand before ==, as http.time > 200ms");
    check("\"a\" == http.host", "\"a\"", "\"a\" is a text: a field comes first, as http.host == \"a\"");
    check("tls and", "", "something is missing here: name a field, as http.time");
    check("(", "", "something is missing here: name a field, as http.time");
}

#[test]
fn values_of_another_kind() {
    check("http.time > fast", "fast", "http.time is a duration, and fast is not: write 200ms or 0.2");
    check("http.time > 200kB", "200kB", "http.time is a duration, and 200kB is not: write 200ms or 0.2");
    check("tcp.port == https", "https", "tcp.port is a number, and https is not: write 443 or 0x1bb");
    check("tcp.port in {80, x}", "x", "tcp.port is a number, and x is not: write 443 or 0x1bb");
    check(
        "tapline.bytes > 10ms",
        "10ms",
        "tapline.bytes is a number of octets, and 10ms is not: write 1500, 10kB or 1MiB",
    );
    check(
        "ip.addr == example.org",
        "example.org",
        "ip.addr is an address, and example.org is not: write 10.0.0.1, 10.0.0.0/8 or fe80::/10",
    );
    check(
        "ip.addr == 10.0.0.0/33",
        "10.0.0.0/33",
        "ip.addr is an address, and 10.0.0.0/33 is not: write 10.0.0.1, 10.0.0.0/8 or fe80::/10",
    );
    check(
        "tapline.pushed == maybe",
        "maybe",
        "tapline.pushed is true or false, and maybe is not: write true or false",
    );
    check(
        "tapline.finding == tcp_los",
        "tcp_los",
        "tapline.finding is never tcp_los: did you mean tcp_loss?",
    );
    check("http2.type == HEADER", "HEADER", "http2.type has no HEADER: did you mean HEADERS?");
    check(
        "tls.alert_message.level == bad",
        "bad",
        "tls.alert_message.level has no bad: write warning, fatal",
    );
    check(
        "tls.handshake.ciphersuite == x",
        "x",
        "tls.handshake.ciphersuite has no x: write one of 406 names, as TLS_NULL_WITH_NULL_NULL, TLS_RSA_WITH_NULL_MD5, TLS_RSA_WITH_NULL_SHA",
    );
    check(
        "http.host == http.host",
        "http.host",
        "http.host is a field, and fields are compared with values: put it in quotes if it is a text",
    );
}

#[test]
fn operators_that_do_not_fit() {
    check("tls == 1", "==", "tls is there or it is not, so == compares nothing: write tls alone, or not tls");
    check(
        "tcp.port contains 44",
        "contains",
        "tcp.port is a number, which contains does not go with: == != < <= > >= in",
    );
    check("http.host > a", ">", "http.host is a text, which > does not go with: == != contains matches in");
    check("ip.addr < 10.0.0.1", "<", "ip.addr is an address, which < does not go with: == != in");
    check("tapline.pushed in {1}", "in", "tapline.pushed is true or false, which in does not go with: == !=");
    check("http.host = a", "=", "a single = compares nothing: write == instead");
    check("http.host contians a", "contians", "contians is no operator: did you mean contains?");
    check(
        "http.host a",
        "a",
        "an operator is missing between http.host and a: == != contains matches in, and, or",
    );
    check(
        "http slow",
        "slow",
        "http stands alone: write and or or before slow, or put http in quotes to look for words",
    );
    check("1 < tcp.port < 80", "1", "there is no field 1: docs/filter.md lists those that there are");
    check("tcp.port > 1 < 80", "<", "one comparison ends before <: write and, then the field again");
}

#[test]
fn what_is_missing_or_too_much() {
    check("http.time >", "", "a value is missing behind >: write 200ms or 0.2");
    check("http.time > and tls", "and", "http.time is a duration, and and is not: write 200ms or 0.2");
    check("http.time > )", ")", "a value is missing before ): write 200ms or 0.2");
    check("(tls", "(", "this parenthesis is not closed: add )");
    check("(tls or (http)", "(", "this parenthesis is not closed: add )");
    check("tls)", ")", "nothing was opened that this closes: leave it out, or add ( before");
    check("()", ")", "something is missing before ): name a field");
    check("tcp.port in 80", "80", "a list in braces belongs behind in: write {80}");
    check("tcp.port in", "", "a list in braces is missing behind in: write {1, 2}");
    check("tcp.port in {80", "{", "this brace is not closed: add }");
    check("tcp.port in {}", "{}", "the list is empty: write 443 or 0x1bb");
    check("tcp.port == {80}", "{", "a list in braces belongs behind in: write tcp.port in {…}");
    check("http.host == \"a", "\"a", "the quotation mark is not closed: add another");
    check("http.host == /a?b=c", "=", "and or or is missing before =; a text with spaces stands in quotes");
    check("tls & http", "&", "a single & joins nothing: write &&, or put a text in quotes");
    check(
        "tcp.port == 80 tls",
        "tls",
        "and or or is missing before tls; a text with spaces stands in quotes",
    );
}

#[test]
fn regular_expressions() {
    check("http.host matches \"(\"", "\"(\"", "this is no regular expression: unclosed group");
    check(
        "http.host matches \"(x{1000}){1000}\"",
        "\"(x{1000}){1000}\"",
        "this regular expression is too large: repeat less inside repetitions",
    );
}

#[test]
fn bounds() {
    let deep = format!("{}tls{}", "(".repeat(65), ")".repeat(65));
    check(&deep, "(", "this is nested too deep: at most 64 inside one another");
    assert!(read(&format!("{}tls{}", "(".repeat(63), ")".repeat(63))).is_ok());
    check(&format!("{}tls", "!".repeat(100)), "!", "this is nested too deep: at most 64 inside one another");
    let long = "a".repeat(20_000);
    check(&long, &long, "the filter is too long: at most 16384 octets are read");
    let many = "a ".repeat(65);
    check(&many, &many, "too many words: at most 64 are looked for");
    assert!(read(&vec!["tls"; 2000].join(" or ")).is_ok(), "a long row is not deep");
}

#[test]
fn carets_stand_below_the_place() {
    let text = "http.host == é and http.tme";
    assert_eq!(read(text).unwrap_err().carets(text), "                   ^^^^^^^^");
    assert_eq!(read("tls and").unwrap_err().carets("tls and"), "       ^");
}

#[test]
fn texts_words_nesting_and_patterns_have_an_end() {
    let padded = |octets: usize| format!("{:octets$}", "tls");
    assert!(read(&padded(TEXT_MAX)).is_ok());
    let text = padded(TEXT_MAX + 1);
    check(&text, &text, &format!("the filter is too long: at most {TEXT_MAX} octets are read"));
    let words = |count: usize| (0..count).map(|nth| format!("w{nth}")).collect::<Vec<_>>().join(" ");
    assert!(read(&words(WORDS_MAX)).is_ok());
    let text = words(WORDS_MAX + 1);
    check(&text, &text, &format!("too many words: at most {WORDS_MAX} are looked for"));
    // The field is the innermost.
    let nested = |depth: usize| format!("{}tls{}", "(".repeat(depth - 1), ")".repeat(depth - 1));
    assert!(read(&nested(DEPTH_MAX)).is_ok());
    let Err(error) = read(&nested(DEPTH_MAX + 1)) else { panic!("is read") };
    assert_eq!(error.message, format!("this is nested too deep: at most {DEPTH_MAX} inside one another"));
    // A letter in either case takes some tens of octets.
    let repeated = |times: usize| format!("http.host matches \"a{{{times}}}\"");
    assert!(read(&repeated(REGEX_BYTES_MAX / 1000)).is_ok());
    let Err(error) = read(&repeated(REGEX_BYTES_MAX / 10)) else { panic!("is read") };
    assert_eq!(error.message, "this regular expression is too large: repeat less inside repetitions");
}
