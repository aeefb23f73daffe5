//! Octets as values: text that is safe to print, short hex, sizes.

use std::fmt::Write;

use crate::limits::{FIELD_HEX_MAX, FIELD_TEXT_MAX, MARKS_IN_A_ROW_MAX};

/// Octets as text: what is not UTF-8 is percent-escaped (`%ff`), the rest is made safe. What is longer than
/// [`FIELD_TEXT_MAX`] ends in its size.
pub fn printable(octets: &[u8]) -> String {
    let shown = octets.get(..FIELD_TEXT_MAX).unwrap_or(octets);
    let mut out = String::with_capacity(shown.len());
    for chunk in shown.utf8_chunks() {
        push_safe(&mut out, chunk.valid());
        for octet in chunk.invalid() {
            let _ = write!(out, "%{octet:02x}");
        }
    }
    if shown.len() < octets.len() {
        let _ = write!(out, "… ({})", size(octets.len()));
    }
    out
}

/// Appends text as a terminal may see it: what [`is_unsafe`] stands as `\u{…}` or `\n`, and so do marks beyond
/// [`MARKS_IN_A_ROW_MAX`] on one letter.
pub fn push_safe(out: &mut String, text: &str) {
    let mut marks = 0;
    for c in text.chars() {
        marks = if is_mark(c) { marks + 1 } else { 0 };
        if is_unsafe(c) || marks > MARKS_IN_A_ROW_MAX { out.extend(c.escape_default()) } else { out.push(c) }
    }
}

/// Whether a character does something other than stand there: controls of ASCII and ISO 6429, marks that turn the
/// writing direction or end a line, and what nobody sees although it makes another text.
pub fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Whether a character stands on the one before it, or is not drawn: the standard library shows neither by itself.
fn is_mark(c: char) -> bool {
    c >= '\u{300}' && c.escape_debug().len() > 1
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
        assert_eq!(printable("e\u{200b}x\u{2066}\u{9b}m".as_bytes()), "e\\u{200b}x\\u{2066}\\u{9b}m");
        assert_eq!(printable(b"caf\xc3\xa9 a\xffb\xc3"), "café a%ffb%c3");
    }

    #[test]
    fn marks_do_not_pile_up() {
        let usual = "a\u{301}\u{328}n\u{303} שָׁלוֹם कि 👩\u{200d}👧";
        assert_eq!(printable(usual.as_bytes()), usual);
        let pile = printable(format!("a{}b", "\u{300}".repeat(20)).as_bytes());
        assert_eq!(pile.chars().filter(|&c| c == '\u{300}').count(), MARKS_IN_A_ROW_MAX);
        assert!(pile.ends_with("\\u{300}b"), "{pile}");
    }

    #[test]
    fn long_values_are_cut_and_say_so() {
        assert_eq!(hex(&[0xab; 2]), "abab");
        assert_eq!(hex(&[0; FIELD_HEX_MAX]), "00".repeat(FIELD_HEX_MAX));
        let octets = FIELD_HEX_MAX + 1;
        assert_eq!(hex(&vec![0; octets]), format!("{}… ({octets} octets)", "00".repeat(FIELD_HEX_MAX)));
        let long = printable(&vec![b'a'; FIELD_TEXT_MAX + 1]);
        assert!(
            long.ends_with(&format!("a… ({} octets)", FIELD_TEXT_MAX + 1))
                && long.len() < FIELD_TEXT_MAX + 30
        );
    }
}
