//! What may stand at the cursor.

use std::ops::Range;

use crate::lexer::{Kind, Token, tokens};
use crate::limits::SUGGESTIONS_MAX;
use crate::parse::Operator;
use crate::{CATALOGUE, FieldId, FieldInfo, FieldKind};

/// What may stand at the cursor.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Completion {
    /// The octets of the text that a suggestion stands for: the word at the cursor, or nothing there.
    pub replace: Range<usize>,
    /// What may stand there, the likeliest first, at most [`SUGGESTIONS_MAX`].
    pub suggestions: Vec<Suggestion>,
    /// What belongs there where it cannot be listed: `a duration: 200ms or 0.2`.
    pub hint: Option<String>,
}

/// Something that may stand at the cursor.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Suggestion {
    /// The text, in quotes where it needs them.
    pub text: String,
    /// What it is, in a few words; empty where it says so itself.
    pub about: &'static str,
}

/// What may stand at the cursor, octets from the text's beginning. What stands behind it does not matter.
pub fn complete(text: &str, cursor: usize) -> Completion {
    let cursor = (0..=cursor.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let before = text.get(..cursor).unwrap_or_default();
    let mut read = tokens(before);
    let open =
        read.pop_if(|token| token.at.end == cursor && matches!(token.kind, Kind::Word | Kind::Unfinished));
    let begin = open.as_ref().map_or(cursor, |token| token.at.start);
    let typed = before.get(begin..).unwrap_or_default();
    let replace = begin..end_of_word(text, begin, cursor);
    let Some(place) = Place::behind(before, &read) else {
        return Completion { replace, ..Completion::default() };
    };
    let mut suggestions = place.suggestions(typed);
    suggestions.truncate(SUGGESTIONS_MAX);
    Completion { replace, suggestions, hint: place.hint() }
}

/// Where the word that begins there ends, at the cursor or behind it.
fn end_of_word(text: &str, begin: usize, cursor: usize) -> usize {
    let word = tokens(text).into_iter().find(|token| token.at.start == begin && token.kind == Kind::Word);
    word.map_or(cursor, |word| word.at.end.max(cursor))
}

/// What belongs at a place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Place {
    /// A field, `not` or `(`.
    Field,
    /// An operator, or what stands behind a comparison.
    Operator(&'static FieldInfo),
    /// `in`, behind a field and `not`.
    In(&'static FieldInfo),
    /// `{`.
    Brace(&'static FieldInfo),
    /// A value.
    Value(&'static FieldInfo),
    /// A value of a list, or its end.
    Listed(&'static FieldInfo),
    /// `and`, `or` or `)`.
    Joint,
}

impl Place {
    /// What belongs behind these tokens; `None` where they are no beginning of an expression.
    fn behind(text: &str, tokens: &[Token]) -> Option<Self> {
        tokens.iter().try_fold(Self::Field, |place, token| {
            let word = if token.kind == Kind::Word { text.get(token.at.clone()) } else { None };
            let sign = if let Kind::Sign(sign) = token.kind { Some(sign) } else { None };
            let joins = matches!(sign, Some("&&" | "||"))
                || word
                    .is_some_and(|word| ["and", "or"].iter().any(|joint| word.eq_ignore_ascii_case(joint)));
            match place {
                Self::Field if matches!(sign, Some("!" | "(")) => Some(Self::Field),
                Self::Field if word.is_some_and(|word| word.eq_ignore_ascii_case("not")) => Some(Self::Field),
                Self::Field => Some(Self::Operator(FieldId::named(word?)?.info())),
                Self::Operator(_) | Self::Joint if joins => Some(Self::Field),
                Self::Operator(_) | Self::Joint if sign == Some(")") => Some(Self::Joint),
                Self::Operator(field) if word == Some("not") => Some(Self::In(field)),
                Self::Operator(field) => {
                    match sign.map_or_else(|| Operator::of_word(word?), Operator::of_sign)? {
                        Operator::In | Operator::NotIn => Some(Self::Brace(field)),
                        _ => Some(Self::Value(field)),
                    }
                }
                Self::In(field) => (word == Some("in")).then_some(Self::Brace(field)),
                Self::Brace(field) => (sign == Some("{")).then_some(Self::Listed(field)),
                Self::Listed(_) if sign == Some("}") => Some(Self::Joint),
                Self::Listed(field) => Some(Self::Listed(field)),
                Self::Value(_) => Some(Self::Joint),
                Self::Joint => None,
            }
        })
    }

    fn suggestions(self, typed: &str) -> Vec<Suggestion> {
        match self {
            Self::Field => fields(typed),
            Self::Operator(field) => {
                let operators = field.kind.operators().iter().chain(&["and", "or"]);
                beginning(operators.map(|operator| (*operator, about(operator))), typed)
            }
            Self::In(_) => beginning([("in", about("in"))], typed),
            Self::Brace(_) => beginning([("{", "")], typed),
            Self::Joint => beginning([("and", about("and")), ("or", about("or"))], typed),
            Self::Value(field) | Self::Listed(field) => values(field, typed),
        }
    }

    fn hint(self) -> Option<String> {
        match self {
            Self::Value(field) | Self::Listed(field) => {
                Some(format!("{}: {}", field.kind.noun(), field.kind.example()))
            }
            _ => None,
        }
    }
}

/// Fields that begin so, then those that have it in their name. Where nothing was typed, protocols come first.
fn fields(typed: &str) -> Vec<Suggestion> {
    let typed = typed.to_ascii_lowercase();
    let rank =
        |field: &FieldInfo| match (field.name.to_ascii_lowercase().find(&typed)?, field.name.contains('.')) {
            (0, dotted) => Some(u8::from(dotted && typed.is_empty())),
            _ => Some(2),
        };
    let mut found: Vec<_> = CATALOGUE.iter().filter_map(|field| Some((rank(field)?, field))).collect();
    found.sort_by_key(|&(rank, _)| rank);
    let suggestion = |(_, field): (u8, &&'static FieldInfo)| Suggestion {
        text: field.name.to_owned(),
        about: field.about,
    };
    found.into_iter().map(suggestion).chain(beginning([("not", about("not"))], &typed)).collect()
}

fn values(field: &FieldInfo, typed: &str) -> Vec<Suggestion> {
    let typed = typed.trim_start_matches('"');
    let named = |name: &'static str| {
        let is_word = !name.contains(' ');
        Suggestion { text: if is_word { name.to_owned() } else { format!("\"{name}\"") }, about: "" }
    };
    match field.kind {
        FieldKind::Boolean => beginning([("true", ""), ("false", "")], typed),
        kind => {
            let typed = typed.to_ascii_lowercase();
            let names = kind.names().map(crate::Names::all).unwrap_or_default();
            let begins = |name: &&'static str| name.to_ascii_lowercase().starts_with(&typed);
            let has = |name: &&'static str| !begins(name) && name.to_ascii_lowercase().contains(&typed);
            let (first, then) = (names.iter().copied().filter(begins), names.iter().copied().filter(has));
            first.chain(then).map(named).collect()
        }
    }
}

fn beginning<'a>(words: impl IntoIterator<Item = (&'a str, &'static str)>, typed: &str) -> Vec<Suggestion> {
    let words = words.into_iter().filter(|(word, _)| word.starts_with(typed));
    words.map(|(word, about)| Suggestion { text: word.to_owned(), about }).collect()
}

/// What a word of the language says.
fn about(word: &str) -> &'static str {
    match word {
        "==" => "a value is",
        "!=" => "no value is",
        "<" => "less than",
        "<=" => "at most",
        ">" => "more than",
        ">=" => "at least",
        "in" => "one of a list: {1, 2, 10..20}",
        "contains" => "has the text in it",
        "matches" => "the regular expression fits",
        "and" => "both hold",
        "or" => "one of them holds",
        "not" => "it does not hold",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands at `|` may become these, the first ones; `[…]` is what they replace.
    fn check(marked: &str, expected: &[&str]) {
        let cursor = marked.find('|').unwrap();
        let text = marked.replace('|', "");
        let Completion { replace, suggestions, .. } = complete(&text, cursor);
        let told: Vec<_> =
            suggestions.iter().map(|one| one.text.as_str()).take(expected.len().max(1)).collect();
        assert_eq!(told, expected, "{marked} replacing {:?}", &text[replace]);
    }

    #[test]
    fn fields_come_where_fields_belong() {
        check("|", &["ip", "ipv6", "vlan", "icmp", "tcp", "tls"]);
        check("http.ti|", &["http.time"]);
        check(
            "tls and http.resp|",
            &["http.response", "http.response.code", "http.response.phrase", "http.response.line"],
        );
        check("not (dns.|", &["dns.qry.name"]);
        check("retrans|", &["tcp.analysis.retransmission", "tcp.analysis.fast_retransmission"]);
        check("HTTP.TIME|", &["http.time"]);
        let not = complete("no", 2).suggestions.pop().unwrap();
        assert_eq!((not.text.as_str(), not.about), ("not", "it does not hold"));
    }

    #[test]
    fn operators_and_values_go_with_their_field() {
        check("http.time |", &["==", "!=", "<", "<=", ">", ">=", "in", "and", "or"]);
        check("tls |", &["and", "or"]);
        check("http.host con|", &["contains"]);
        check("http.host not |", &["in"]);
        check("http2.type == |", &["DATA", "HEADERS", "PRIORITY"]);
        check("http2.type == he|", &["HEADERS"]);
        check("http2.type in {DATA, win|", &["WINDOW_UPDATE"]);
        check(
            "tls.handshake.version == \"TLS 1.|",
            &["\"TLS 1.0\"", "\"TLS 1.1\"", "\"TLS 1.2\"", "\"TLS 1.3\""],
        );
        check("tls.handshake.version == |", &["\"SSL 2.0\""]);
        check("tapline.pushed == |", &["true", "false"]);
        check("tapline.finding == los|", &["tcp_loss", "tcp_loss_rate"]);
        check("http.time > 3 |", &["and", "or"]);
        check("http.time > 3 a|", &["and"]);
        check("tcp.port in {80} and tl|", &["tls"]);
    }

    #[test]
    fn words_that_are_no_expression_become_nothing() {
        check("example.org slow|", &[]);
        check("http.host == a b |", &[]);
        check("tcp.port == 4|", &[]);
    }

    #[test]
    fn the_whole_word_is_replaced_and_values_are_hinted_at() {
        let completion = complete("tls and http.ti == 3", 13);
        assert_eq!(completion.replace, 8..15);
        assert_eq!(complete("http.time > ", 12).hint.as_deref(), Some("a duration: 200ms or 0.2"));
        assert_eq!(complete("tls ", 4).replace, 4..4);
        assert_eq!(complete("é", 1).replace, 0..2);
        assert!(complete("", 99).suggestions.len() <= SUGGESTIONS_MAX);
    }
}
