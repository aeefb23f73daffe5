//! Values as they are written, by the kind of the field that they are compared with.

mod address;
mod quantity;

use regex::RegexBuilder;

use super::Operator;
use super::sentence::how;
use crate::lexer::{Kind, Token};
use crate::limits::REGEX_BYTES_MAX;
use crate::nearest::nearest;
use crate::tree::With;
use crate::{FieldId, FieldInfo, FieldKind, FilterError, Names};
use quantity::{duration, number, octets};

/// What a field is compared with by an operator that takes one value.
pub(crate) fn compared(
    text: &str,
    token: &Token,
    field: &FieldInfo,
    operator: Operator,
) -> Result<With, FilterError> {
    match operator {
        Operator::Contains => Ok(With::Contains(written(text, token, field)?.to_owned())),
        Operator::Matches => matching(token, written(text, token, field)?),
        _ => {
            let mut set = Set::new(field);
            set.push(text, token)?;
            let with = set.end().unwrap_or(With::Numbers(Vec::new()));
            Ok(bounded(with, operator))
        }
    }
}

/// The range that an order asks for.
fn bounded(with: With, operator: Operator) -> With {
    match with {
        With::Numbers(values) => With::Numbers(ranges(&values, operator, u64::MIN, u64::MAX, |n, up| {
            if up { n.checked_add(1) } else { n.checked_sub(1) }
        })),
        With::Durations(values) => With::Durations(ranges(&values, operator, i64::MIN, i64::MAX, |n, up| {
            if up { n.checked_add(1) } else { n.checked_sub(1) }
        })),
        other => other,
    }
}

fn ranges<T: Copy>(
    values: &[(T, T)],
    operator: Operator,
    least: T,
    most: T,
    step: impl Fn(T, bool) -> Option<T>,
) -> Vec<(T, T)> {
    let range = |&(first, last): &(T, T)| match operator {
        Operator::Less => Some((least, step(first, false)?)),
        Operator::LessOrEqual => Some((least, last)),
        Operator::Greater => Some((step(last, true)?, most)),
        Operator::GreaterOrEqual => Some((first, most)),
        _ => Some((first, last)),
    };
    values.iter().filter_map(range).collect()
}

fn matching(token: &Token, pattern: &str) -> Result<With, FilterError> {
    let mut builder = RegexBuilder::new(pattern);
    builder.case_insensitive(true).size_limit(REGEX_BYTES_MAX).dfa_size_limit(REGEX_BYTES_MAX);
    builder.build().map(With::Matches).map_err(|error| {
        let message = match error {
            regex::Error::CompiledTooBig(_) => {
                "this regular expression is too large: repeat less inside repetitions".to_owned()
            }
            // The first lines show the place; the last says what is wrong.
            error => {
                let error = error.to_string();
                let why = error.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
                format!("this is no regular expression: {why}")
            }
        };
        FilterError::new(token.at.clone(), message)
    })
}

/// A value as text: what stood in quotes, or the word.
fn written<'a>(text: &'a str, token: &'a Token, field: &FieldInfo) -> Result<&'a str, FilterError> {
    let shown = text.get(token.at.clone()).unwrap_or_default();
    match &token.kind {
        Kind::Quoted(value) => Ok(value),
        Kind::Word => match FieldId::named(shown) {
            Some(_) if matches!(field.kind, FieldKind::Text) => {
                let message = format!(
                    "{shown} is a field, and fields are compared with values: put it in quotes if it is a text"
                );
                Err(FilterError::new(token.at.clone(), message))
            }
            _ => Ok(shown),
        },
        Kind::Unfinished => {
            Err(FilterError::new(token.at.clone(), "the quotation mark is not closed: add another"))
        }
        Kind::Sign(sign) => {
            let message = match *sign {
                "=" | "&" | "|" => format!("{sign} stands in no value without quotes: {}", how(field)),
                "{" => format!("a list in braces belongs behind in: write {} in {{…}}", field.name),
                _ => format!("a value is missing before {sign}: {}", how(field)),
            };
            Err(FilterError::new(token.at.clone(), message))
        }
    }
}

/// Values of one field.
pub(crate) struct Set<'a> {
    field: &'a FieldInfo,
    with: With,
    count: usize,
}

impl<'a> Set<'a> {
    pub(crate) fn new(field: &'a FieldInfo) -> Self {
        let with = match field.kind {
            FieldKind::Presence | FieldKind::Boolean => With::Bool(true),
            FieldKind::Number | FieldKind::Named(_) | FieldKind::Octets => With::Numbers(Vec::new()),
            FieldKind::Duration => With::Durations(Vec::new()),
            FieldKind::Text | FieldKind::Word(_) => With::Texts(Vec::new()),
            FieldKind::Address => With::Addresses(Vec::new()),
        };
        Self { field, with, count: 0 }
    }

    /// Adds a value or a range of them.
    pub(crate) fn push(&mut self, text: &str, token: &Token) -> Result<(), FilterError> {
        let value = written(text, token, self.field)?;
        self.count += 1;
        let field = self.field;
        let wrong = |message: String| FilterError::new(token.at.clone(), message);
        match &mut self.with {
            With::Bool(wanted) => {
                *wanted = match value {
                    "true" | "True" | "TRUE" | "1" | "yes" => true,
                    "false" | "False" | "FALSE" | "0" | "no" => false,
                    _ => return Err(wrong(not_so(field, value))),
                };
            }
            With::Numbers(ranges) => {
                let one = if field.kind == FieldKind::Octets { octets } else { number };
                match (range(value, one), field.kind) {
                    (Some(range), _) => ranges.push(range),
                    (None, FieldKind::Named(names)) if !names.numbers(value).is_empty() => {
                        ranges.extend(names.numbers(value).into_iter().map(|number| (number, number)));
                    }
                    _ => return Err(wrong(not_so(field, value))),
                }
            }
            With::Durations(ranges) => {
                ranges.push(range(value, duration).ok_or_else(|| wrong(not_so(field, value)))?);
            }
            With::Addresses(ranges) => {
                ranges.push(address::range(value).ok_or_else(|| wrong(not_so(field, value)))?);
            }
            With::Texts(texts) => texts.push(match field.kind {
                FieldKind::Word(names) => {
                    names.name(value).ok_or_else(|| wrong(not_so(field, value)))?.to_owned()
                }
                _ => value.to_owned(),
            }),
            With::Contains(_) | With::Matches(_) => {}
        }
        Ok(())
    }

    /// All of them; `None` where there is none.
    pub(crate) fn end(self) -> Option<With> {
        (self.count > 0).then_some(self.with)
    }
}

/// `10..20`, or one value.
fn range<T: PartialOrd>(text: &str, one: impl Fn(&str) -> Option<T>) -> Option<(T, T)> {
    match text.split_once("..") {
        Some((first, last)) => Some((one(first)?, one(last)?)),
        None => Some((one(text)?, one(text)?)),
    }
}

/// Why a value is none of a field's.
fn not_so(field: &FieldInfo, value: &str) -> String {
    let FieldInfo { name, kind, .. } = field;
    match kind.names() {
        None => format!("{name} is {}, and {value} is not: {}", kind.noun(), how(field)),
        Some(names) => {
            let next = next_of(names, value);
            match kind {
                FieldKind::Word(_) => format!("{name} is never {value}: {next}"),
                _ => format!("{name} has no {value}: {next}"),
            }
        }
    }
}

/// What to write instead of an unknown name.
fn next_of(names: Names, value: &str) -> String {
    let all = names.all();
    match nearest(value, all.iter().copied()) {
        Some(meant) => format!("did you mean {meant}?"),
        None if all.len() <= 14 => format!("write {}", all.join(", ")),
        None => {
            let some: Vec<&str> = all.iter().copied().take(3).collect();
            format!("write one of {} names, as {}", all.len(), some.join(", "))
        }
    }
}
