//! Octets from the wire as text that is safe to keep and to print.

use std::borrow::Cow;
use std::fmt::Write;

use tapline_packet::field::push_safe;

use crate::limits::REASON_BYTES_MAX;

/// Octets as text: what is not UTF-8 is percent-escaped (`%ff`), nothing is dropped.
pub fn text(octets: &[u8]) -> String {
    shown(octets).into_owned()
}

/// A method as text: the usual ones need no memory.
pub(crate) fn method(octets: &[u8]) -> Cow<'static, str> {
    const USUAL: [&str; 9] =
        ["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "CONNECT", "PATCH", "PROPFIND"];
    let usual = USUAL.into_iter().find(|usual| usual.as_bytes() == octets);
    usual.map_or_else(|| text(octets).into(), Cow::Borrowed)
}

/// A reason phrase as text: the usual ones need no memory, and what is longer than any is cut.
pub(crate) fn reason(octets: &[u8]) -> Cow<'static, str> {
    // RFC 9110 §15.
    const USUAL: [&str; 17] = [
        "OK",
        "",
        "Not Modified",
        "Not Found",
        "Found",
        "Moved Permanently",
        "No Content",
        "Partial Content",
        "Created",
        "Accepted",
        "Unauthorized",
        "Forbidden",
        "Bad Request",
        "Internal Server Error",
        "Bad Gateway",
        "Service Unavailable",
        "Switching Protocols",
    ];
    if let Some(usual) = USUAL.into_iter().find(|usual| usual.as_bytes() == octets) {
        return usual.into();
    }
    match octets.get(..REASON_BYTES_MAX) {
        Some(kept) if kept.len() < octets.len() => (text(kept) + "…").into(),
        _ => text(octets).into(),
    }
}

/// As [`text`], borrowed where nothing has to be escaped.
pub fn shown(octets: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(octets) {
        return text.into();
    }
    let mut out = String::with_capacity(octets.len() + 8);
    for chunk in octets.utf8_chunks() {
        out.push_str(chunk.valid());
        for octet in chunk.invalid() {
            let _ = write!(out, "%{octet:02x}");
        }
    }
    out.into()
}

/// Text as a terminal may see it, so that nothing from the wire moves the cursor or sets a colour: [`push_safe`].
pub fn printable(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|octet| (b' '..=b'~').contains(&octet)) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len() + 8);
    push_safe(&mut out, text);
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_that_are_no_text_are_escaped_not_dropped() {
        assert_eq!(text(b"caf\xc3\xa9"), "café");
        assert_eq!(text(b"a\xffb\xc3"), "a%ffb%c3");
    }

    #[test]
    fn a_reason_is_kept_as_it_was_sent_up_to_its_bound() {
        let check = |octets: &[u8], expected: &str| assert_eq!(reason(octets), expected);
        check(b"OK", "OK");
        check(b"", "");
        check(b"Not found", "Not found");
        check(b"all\xff \x1b[2J", "all%ff \x1b[2J");
        let longest = "a".repeat(REASON_BYTES_MAX);
        check(longest.as_bytes(), &longest);
        check(format!("{longest}b").as_bytes(), &format!("{longest}…"));
    }

    #[test]
    fn nothing_printable_moves_the_cursor() {
        assert_eq!(printable("plain é"), "plain é");
        assert_eq!(printable("a\x1b[31mb\nc\u{202e}d"), "a\\u{1b}[31mb\\nc\\u{202e}d");
    }
}
