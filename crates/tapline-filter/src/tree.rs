//! A filter that was read: what it asks, typed.

use std::net::IpAddr;

use regex::Regex;

use crate::words::Words;
use crate::{FieldId, Item, Value};

/// A filter or a part of it.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    /// All of them hold; true where there is none.
    All(Vec<Node>),
    /// One of them holds.
    Any(Vec<Node>),
    /// It does not hold.
    Not(Box<Node>),
    /// The field is there, and is not `false`.
    Has(FieldId),
    /// A field's values are what is asked for.
    Compare { field: FieldId, relation: Relation, with: With },
    /// A plain search.
    Words(Words),
}

/// How the values of a field must be to what they are compared with. Where there is no value, none holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Relation {
    /// `==` and all others: one is so.
    OneIs,
    /// `===`: each is so.
    EachIs,
    /// `!=`: each is not so.
    EachIsNot,
    /// `!==`: one is not so.
    OneIsNot,
}

/// What values are compared with.
#[derive(Clone, Debug)]
pub(crate) enum With {
    Bool(bool),
    /// First and last of each range.
    Numbers(Vec<(u64, u64)>),
    Durations(Vec<(i64, i64)>),
    Addresses(Vec<(IpAddr, IpAddr)>),
    Texts(Vec<String>),
    Contains(String),
    Matches(Regex),
}

impl Node {
    pub(crate) fn holds(&self, item: &dyn Item) -> bool {
        match self {
            Self::All(nodes) => nodes.iter().all(|node| node.holds(item)),
            Self::Any(nodes) => nodes.iter().any(|node| node.holds(item)),
            Self::Not(node) => !node.holds(item),
            Self::Words(words) => words.hold(item),
            Self::Has(field) => {
                let mut has = false;
                item.values(*field, &mut |value| has |= value != Value::Bool(false));
                has
            }
            Self::Compare { field, relation, with } => relation.holds(*field, with, item),
        }
    }

    /// Every field that it asks for; a field that is asked for twice comes twice.
    pub(crate) fn fields(&self, tell: &mut dyn FnMut(FieldId)) {
        match self {
            Self::All(nodes) | Self::Any(nodes) => nodes.iter().for_each(|node| node.fields(tell)),
            Self::Not(node) => node.fields(tell),
            Self::Has(field) | Self::Compare { field, .. } => tell(*field),
            Self::Words(_) => {}
        }
    }

    /// Whether it is, or has in it, a plain search.
    pub(crate) fn searches(&self) -> bool {
        match self {
            Self::All(nodes) | Self::Any(nodes) => nodes.iter().any(Self::searches),
            Self::Not(node) => node.searches(),
            Self::Words(_) => true,
            Self::Has(_) | Self::Compare { .. } => false,
        }
    }
}

impl Relation {
    fn holds(self, field: FieldId, with: &With, item: &dyn Item) -> bool {
        let (mut one_is, mut one_is_not) = (false, false);
        item.values(field, &mut |value| {
            if with.has(&value) {
                one_is = true;
            } else {
                one_is_not = true;
            }
        });
        match self {
            Self::OneIs => one_is,
            Self::EachIs => one_is && !one_is_not,
            Self::EachIsNot => one_is_not && !one_is,
            Self::OneIsNot => one_is_not,
        }
    }
}

impl With {
    /// Whether a value is one of these. Kinds were compared when the filter was read.
    fn has(&self, value: &Value<'_>) -> bool {
        match (self, value) {
            (Self::Bool(wanted), Value::Bool(value)) => wanted == value,
            (Self::Numbers(ranges), Value::Number(value)) => is_within(ranges, value),
            (Self::Durations(ranges), Value::Duration(value)) => is_within(ranges, value),
            (Self::Addresses(ranges), Value::Address(value)) => ranges
                .iter()
                .any(|(first, last)| first.is_ipv4() == value.is_ipv4() && first <= value && value <= last),
            (Self::Texts(texts), Value::Text(value)) => texts.iter().any(|text| text == value),
            (Self::Contains(text), Value::Text(value)) => value.contains(text),
            (Self::Matches(regex), Value::Text(value)) => regex.is_match(value),
            _ => false,
        }
    }
}

fn is_within<T: Ord>(ranges: &[(T, T)], value: &T) -> bool {
    ranges.iter().any(|(first, last)| first <= value && value <= last)
}
