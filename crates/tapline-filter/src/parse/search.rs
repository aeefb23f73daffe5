//! Whether a text is an expression or words to look for, and those words.

use crate::lexer::{Kind, Token};
use crate::limits::WORDS_MAX;
use crate::nearest::within;
use crate::tree::Node;
use crate::words::Words;
use crate::{CATALOGUE, FieldId, FilterError};

use super::Operator;

/// Whether a text is an expression: it begins with a field's name (or what is one but for a letter or two), `not`, `!`
/// or `(`; or a comparison, `&&` or `||` stands in it outside of quotes; or its second word is an operator.
pub(super) fn is_expression(text: &str, tokens: &[Token]) -> bool {
    let word = |token: &Token| if token.kind == Kind::Word { text.get(token.at.clone()) } else { None };
    let starts = match tokens.first().map(|token| &token.kind) {
        Some(Kind::Sign("!" | "(")) => true,
        Some(Kind::Word) => tokens.first().and_then(word).is_some_and(|word| {
            let is_like_a_field = |word: &str| {
                word.contains('.') && within(word, 2, CATALOGUE.iter().map(|field| field.name)).is_some()
            };
            word.eq_ignore_ascii_case("not") || FieldId::named(word).is_some() || is_like_a_field(word)
        }),
        _ => false,
    };
    let compares = |token: &Token| {
        let signs = ["===", "!==", "==", "!=", "<=", ">=", "<", ">", "&&", "||"];
        matches!(&token.kind, Kind::Sign(sign) if signs.contains(sign))
    };
    let second = tokens.get(1).and_then(word).is_some_and(|word| match word {
        "in" => tokens.get(2).is_some_and(|token| token.kind == Kind::Sign("{")),
        "~" => true,
        word => Operator::of_word(word).is_some(),
    });
    starts || tokens.iter().any(compares) || second
}

/// A plain search. Quotes hold words together; elsewhere every octet that is no space counts.
pub(super) fn words(text: &str) -> Result<Node, FilterError> {
    let mut words = Vec::new();
    let mut rest = text;
    while !rest.trim_start().is_empty() {
        rest = rest.trim_start();
        let (word, behind) = match rest.strip_prefix('"').and_then(|inside| inside.split_once('"')) {
            Some(split) => split,
            None => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
        };
        words.push(word.to_owned());
        rest = behind;
    }
    if words.len() > WORDS_MAX {
        let message = format!("too many words: at most {WORDS_MAX} are looked for");
        return Err(FilterError::new(0..text.len(), message));
    }
    Ok(Node::Words(Words::new(words)))
}
