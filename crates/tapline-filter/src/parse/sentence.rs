//! What is wrong and what to write instead: one sentence each.

use crate::lexer::{Kind, Token};
use crate::nearest::nearest;
use crate::{CATALOGUE, FieldInfo, FieldKind, FilterError};

use super::Operator;

/// What stands where a field must.
pub(super) fn no_field(token: &Token, shown: &str) -> FilterError {
    let message = match token.kind {
        Kind::Quoted(_) => format!("{shown} is a text: a field comes first, as http.host == {shown}"),
        Kind::Unfinished => "the quotation mark is not closed: add another".to_owned(),
        Kind::Sign(")" | "&&" | "||") => format!("something is missing before {shown}: name a field"),
        _ => format!("a field must stand before {shown}, as http.time > 200ms"),
    };
    FilterError::new(token.at.clone(), message)
}

/// A field that there is not.
pub(super) fn unknown(token: &Token, name: &str) -> FilterError {
    let message = match nearest(name, CATALOGUE.iter().map(|field| field.name)) {
        Some(meant) => format!("there is no field {name}: did you mean {meant}?"),
        None if Operator::of_word(name).is_some() || ["and", "or"].contains(&name) => {
            format!("a field must stand before {name}, as http.time > 200ms")
        }
        None => format!("there is no field {name}: docs/filter.md lists those that there are"),
    };
    FilterError::new(token.at.clone(), message)
}

/// What is neither an operator nor the end behind a field.
pub(super) fn no_operator(field: &FieldInfo, shown: &str) -> String {
    let meant = nearest(shown, Operator::WORDS);
    match (meant, field.kind) {
        (Some(meant), _) => format!("{shown} is no operator: did you mean {meant}?"),
        (None, FieldKind::Presence) => format!(
            "{name} stands alone: write and or or before {shown}, or put {name} in quotes to look for words",
            name = field.name
        ),
        (None, kind) => format!(
            "an operator is missing between {} and {shown}: {}, and, or",
            field.name,
            kind.operators().join(" ")
        ),
    }
}

/// What stands where `and`, `or` or the end must.
pub(super) fn misplaced(token: &Token, shown: &str) -> FilterError {
    let message = match &token.kind {
        Kind::Sign(")") => "nothing was opened that this closes: leave it out, or add ( before".to_owned(),
        Kind::Sign("&") => "a single & joins nothing: write &&, or put a text in quotes".to_owned(),
        Kind::Sign("|") => "a single | joins nothing: write ||, or put a text in quotes".to_owned(),
        Kind::Sign(sign) if Operator::of_sign(sign).is_some() => {
            format!("one comparison ends before {shown}: write and, then the field again")
        }
        Kind::Unfinished => "the quotation mark is not closed: add another".to_owned(),
        _ => format!("and or or is missing before {shown}; a text with spaces stands in quotes"),
    };
    FilterError::new(token.at.clone(), message)
}

/// How a field's values are written, for the end of a sentence.
pub(in crate::parse) fn how(field: &FieldInfo) -> String {
    format!("write {}", field.kind.example())
}

/// Why an operator does not go with a field.
pub(super) fn unfit(field: &FieldInfo, operator: &str) -> String {
    let FieldInfo { name, kind, .. } = field;
    match kind {
        FieldKind::Presence => {
            format!(
                "{name} is there or it is not, so {operator} compares nothing: write {name} alone, or not {name}"
            )
        }
        kind => format!(
            "{name} is {}, which {operator} does not go with: {}",
            kind.noun(),
            kind.operators().join(" ")
        ),
    }
}
