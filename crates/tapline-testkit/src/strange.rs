//! What of a program's output would do something in a terminal that the program does not do itself.

/// The first such piece: a control character that ends no line, an escape whose last character is none of `finals`, or
/// a mark that turns the writing direction.
pub fn strange(output: &[u8], finals: &str) -> Option<String> {
    let text = String::from_utf8_lossy(output);
    let mut rest = text.as_ref();
    while let Some((_, here)) =
        rest.find(|c: char| c.is_control() || turns(c)).and_then(|at| rest.split_at_checked(at))
    {
        let parameters = |c: char| "0123456789;?".contains(c);
        let behind = match here.strip_prefix("\x1b[").map(|after| after.trim_start_matches(parameters)) {
            // Cut by whoever read it.
            Some("") => Some(""),
            Some(after) => after.strip_prefix(|c| finals.contains(c)),
            None => here.strip_prefix("\r\n").or_else(|| here.strip_prefix('\n')),
        };
        let Some(behind) = behind else {
            return Some(here.chars().take(20).collect::<String>().escape_debug().to_string());
        };
        rest = behind;
    }
    None
}

/// Unicode's Bidi_Control, and what ends lines and paragraphs.
fn turns(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_strange_is_seen() {
        let check = |output: &str, expected: Option<&str>| {
            assert_eq!(strange(output.as_bytes(), "mHJKhl").as_deref(), expected);
        };
        check("\x1b[?1049h\x1b[38;5;172mwords\x1b[0m\x1b[2;3H\r\n", None);
        check("cut \x1b[38;", None);
        check("fine\x1b]0;title\x07", Some("\\u{1b}]0;title\\u{7}"));
        check("fine \u{9b}5m", Some("\\u{9b}5m"));
        check("a\x07b", Some("\\u{7}b"));
        check("\x1bc", Some("\\u{1b}c"));
        check("\x1b[5q", Some("\\u{1b}[5q"));
        check("a\u{202e}b", Some("\\u{202e}b"));
        check("over\rwritten", Some("\\rwritten"));
    }
}
