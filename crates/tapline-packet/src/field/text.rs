//! Octets as values: text that is safe to print, short hex, sizes.

use std::fmt::Write;

use crate::limits::{FIELD_HEX_MAX, FIELD_TEXT_MAX};

/// Octets as text: what is not UTF-8 is percent-escaped (`%ff`), control characters, escapes and marks that turn
/// the writing direction stand as `\u{…}` or `\n`. What is longer than [`FIELD_TEXT_MAX`] ends in its size.
pub fn printable(octets: &[u8]) -> String {
    let shown = octets.get(..FIELD_TEXT_MAX).unwrap_or(octets);
    let mut out = String::with_capacity(shown.len());
    for chunk in shown.utf8_chunks() {
        for c in chunk.valid().chars() {
            if is_unsafe(c) { out.extend(c.escape_default()) } else { out.push(c) }
        }
        for octet in chunk.invalid() {
            let _ = write!(out, "%{octet:02x}");
        }
    }
    if shown.len() < octets.len() {
        let _ = write!(out, "… ({})", size(octets.len()));
    }
    out
}

fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}' | '\u{feff}')
}

/// Octets in hex; of more than [`FIELD_HEX_MAX`] the first ones and how many there are.
pub fn hex(octets: &[u8]) -> String {
    let shown = octets.get(..FIELD_HEX_MAX).unwrap_or(octets);
    let mut out = String::with_capacity(2 * shown.len() + 16);
    for octet in shown {
        let _ = write!(out, "{octet:02x}");
    }
    if shown.len() < octets.len() {
        let _ = write!(out, "… ({})", size(octets.len()));
    }
    out
}

/// How many octets: `1 octet`, `1460 octets`.
pub fn size(octets: usize) -> String {
    if octets == 1 { "1 octet".to_owned() } else { format!("{octets} octets") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_the_wire_moves_the_cursor() {
        assert_eq!(printable("plain é".as_bytes()), "plain é");
        assert_eq!(printable("a\x1b[31mb\nc\u{202e}d".as_bytes()), "a\\u{1b}[31mb\\nc\\u{202e}d");
        assert_eq!(printable(b"caf\xc3\xa9 a\xffb\xc3"), "café a%ffb%c3");
    }

    #[test]
    fn long_values_are_cut_and_say_so() {
        assert_eq!(hex(&[0xab; 2]), "abab");
        assert!(hex(&[0; 33]).ends_with("00… (33 octets)"));
        let long = printable(&vec![b'a'; FIELD_TEXT_MAX + 1]);
        assert!(long.ends_with("a… (2049 octets)") && long.len() < FIELD_TEXT_MAX + 30);
    }
}
