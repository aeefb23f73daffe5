//! Text that is nothing but text in a diagram.

use std::fmt::Write;

use tapline_engine::analysis::printable;

/// Characters of one line of an arrow: more does not fit between two lifelines.
const LINE_CHARS: usize = 120;

/// A line of text. What Mermaid would take for something else (the end of a statement, markup, a directive) is written as
/// an entity of its own kind, `#59;`.
pub(super) fn safe(text: &str) -> String {
    let text = printable(text);
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    for c in chars.by_ref().take(LINE_CHARS) {
        match c {
            'a'..='z'
            | 'A'..='Z'
            | '0'..='9'
            | ' '
            | '.'
            | ','
            | ':'
            | '/'
            | '_'
            | '-'
            | '+'
            | '='
            | '('
            | ')'
            | '?' => {
                out.push(c);
            }
            c if c.is_ascii() => {
                let _ = write!(out, "#{};", u32::from(c));
            }
            c => out.push(c),
        }
    }
    if chars.next().is_some() {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_a_statement_or_begins_another() {
        assert_eq!(safe("GET /a?b=c"), "GET /a?b=c");
        assert_eq!(safe("a; b#c"), "a#59; b#35;c");
        assert_eq!(safe("<img onerror=x>"), "#60;img onerror=x#62;");
        assert_eq!(safe("%%{init: {}}%%"), "#37;#37;#123;init: #123;#125;#125;#37;#37;");
        assert!(!safe("a\nb\u{1b}[31m").contains(['\n', '\u{1b}']));
        assert_eq!(safe(&"x".repeat(500)).chars().count(), 121);
    }
}
