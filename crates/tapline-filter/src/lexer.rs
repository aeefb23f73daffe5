//! A text in; its tokens, each with its place, out. Never fails: what is wrong is a token of its own, because
//! completion reads texts that are not finished.

use std::ops::Range;

/// A piece of the text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Token {
    /// Octets of the text.
    pub(crate) at: Range<usize>,
    pub(crate) kind: Kind,
}

/// What a piece is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// A field, a word operator, or a value without quotes.
    Word,
    /// What stood in quotes, its escapes undone.
    Quoted(String),
    /// Quotes that do not end.
    Unfinished,
    /// `==`, `!=`, `<`, `&&` …; also `=`, `&` and `|`, which mean nothing.
    Sign(&'static str),
}

/// The longest come first.
const SIGNS: [&str; 18] =
    ["===", "!==", "==", "!=", "<=", ">=", "&&", "||", "<", ">", "!", "(", ")", "{", "}", ",", "=", "&"];

/// The pieces of a text.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut begin = 0;
    while let Some(rest) = text.get(begin..) {
        let Some(first) = rest.chars().next() else { break };
        if first.is_whitespace() {
            begin += first.len_utf8();
            continue;
        }
        let (length, kind) = token(rest);
        tokens.push(Token { at: begin..begin + length, kind });
        begin += length;
    }
    tokens
}

/// The token that a text begins with, and its length.
fn token(rest: &str) -> (usize, Kind) {
    if rest.starts_with("r\"") {
        return raw(rest);
    }
    if rest.starts_with('"') {
        return quoted(rest);
    }
    if let Some(sign) = sign(rest) {
        return (sign.len(), Kind::Sign(sign));
    }
    let is_over = |letter: char| letter.is_whitespace() || letter == '"';
    let ends = |(at, letter): &(usize, char)| is_over(*letter) || rest.get(*at..).and_then(sign).is_some();
    let end = rest.char_indices().find(ends).map_or(rest.len(), |(at, _)| at);
    (end, Kind::Word)
}

fn sign(rest: &str) -> Option<&'static str> {
    if rest.starts_with('|') && !rest.starts_with("||") {
        return Some("|");
    }
    SIGNS.into_iter().find(|sign| rest.starts_with(sign))
}

/// `"…"`: `\"`, `\\`, `\n`, `\t`, `\r` and `\xhh` are undone; before anything else a backslash stays, because it
/// belongs to a regular expression.
fn quoted(rest: &str) -> (usize, Kind) {
    let mut value = String::new();
    let mut letters = rest.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return (at + 1, Kind::Quoted(value)),
            '\\' => match letters.next() {
                Some((_, 'n')) => value.push('\n'),
                Some((_, 't')) => value.push('\t'),
                Some((_, 'r')) => value.push('\r'),
                Some((_, escaped @ ('"' | '\\'))) => value.push(escaped),
                Some((at, 'x')) => match rest.get(at + 1..at + 3).and_then(hexadecimal) {
                    Some(octet) => {
                        value.push(char::from(octet));
                        letters.nth(1);
                    }
                    None => value.push_str("\\x"),
                },
                Some((_, other)) => value.extend(['\\', other]),
                None => break,
            },
            other => value.push(other),
        }
    }
    (rest.len(), Kind::Unfinished)
}

/// `r"…"`: nothing is undone.
fn raw(rest: &str) -> (usize, Kind) {
    let inside = rest.get(2..).unwrap_or_default();
    match inside.find('"') {
        Some(end) => (end + 3, Kind::Quoted(inside.get(..end).unwrap_or_default().to_owned())),
        None => (rest.len(), Kind::Unfinished),
    }
}

fn hexadecimal(digits: &str) -> Option<u8> {
    digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| u8::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let told: Vec<String> = tokens(text)
            .into_iter()
            .map(|token| match token.kind {
                Kind::Word => text[token.at].to_owned(),
                Kind::Quoted(value) => format!("“{value}”"),
                Kind::Unfinished => format!("unfinished {}", &text[token.at]),
                Kind::Sign(sign) => format!("[{sign}]"),
            })
            .collect();
        assert_eq!(told, expected, "{text}");
    }

    #[test]
    fn words_and_signs_need_no_spaces_between_them() {
        check(
            "tcp.port==80&&!(http||tls)",
            &["tcp.port", "[==]", "80", "[&&]", "[!]", "[(]", "http", "[||]", "tls", "[)]"],
        );
        check("a===b !==c<=d", &["a", "[===]", "b", "[!==]", "c", "[<=]", "d"]);
        check(
            "tcp.port in {80,443 8000..8100}",
            &["tcp.port", "in", "[{]", "80", "[,]", "443", "8000..8100", "[}]"],
        );
        check("ip.addr == fe80::1/10", &["ip.addr", "[==]", "fe80::1/10"]);
        check("/a?b=c&d | e", &["/a?b", "[=]", "c", "[&]", "d", "[|]", "e"]);
        check("  é\u{a0}ß ", &["é", "ß"]);
        check("", &[]);
    }

    #[test]
    fn quotes_keep_what_regular_expressions_need() {
        check(r#""a b" "say \"hi\"" "\x41\x4""#, &["“a b”", "“say \"hi\"”", "“A\\x4”"]);
        check(r#""\d+\\.\n""#, &["“\\d+\\.\n”"]);
        check(r#"r"\d\"x"#, &["“\\d\\”", "x"]);
        check(r#"a "open"#, &["a", "unfinished \"open"]);
        check(r#"r"open \"#, &["unfinished r\"open \\"]);
        check(r#"r "a""#, &["r", "“a”"]);
    }
}
