//! What may stand between a field and a value.

use crate::FieldKind;
use crate::tree::Relation;

/// What may stand between a field and a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Operator {
    Equal,
    EachEqual,
    NotEqual,
    OneNotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Contains,
    Matches,
    In,
    NotIn,
}

impl Operator {
    /// The operators that are words.
    pub(crate) const WORDS: [&str; 13] = [
        "eq", "ne", "lt", "le", "gt", "ge", "contains", "matches", "in", "any_eq", "all_eq", "any_ne",
        "all_ne",
    ];

    pub(crate) fn of_sign(sign: &str) -> Option<Self> {
        Some(match sign {
            "==" => Self::Equal,
            "===" => Self::EachEqual,
            "!=" => Self::NotEqual,
            "!==" => Self::OneNotEqual,
            "<" => Self::Less,
            "<=" => Self::LessOrEqual,
            ">" => Self::Greater,
            ">=" => Self::GreaterOrEqual,
            _ => return None,
        })
    }

    pub(crate) fn of_word(word: &str) -> Option<Self> {
        Some(match word {
            "eq" | "any_eq" => Self::Equal,
            "all_eq" => Self::EachEqual,
            "ne" | "all_ne" => Self::NotEqual,
            "any_ne" => Self::OneNotEqual,
            "lt" => Self::Less,
            "le" => Self::LessOrEqual,
            "gt" => Self::Greater,
            "ge" => Self::GreaterOrEqual,
            "contains" => Self::Contains,
            "matches" | "~" => Self::Matches,
            "in" => Self::In,
            _ => return None,
        })
    }

    /// Whether values of that kind can be compared so.
    pub(crate) fn goes_with(self, kind: FieldKind) -> bool {
        use FieldKind::{Address, Duration, Named, Number, Octets, Presence, Text, Word};
        match self {
            Self::Equal | Self::EachEqual | Self::NotEqual | Self::OneNotEqual => kind != Presence,
            Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual => {
                matches!(kind, Number | Named(_) | Octets | Duration)
            }
            Self::Contains | Self::Matches => matches!(kind, Text | Word(_)),
            Self::In | Self::NotIn => {
                matches!(kind, Number | Named(_) | Octets | Duration | Text | Word(_) | Address)
            }
        }
    }

    /// How several values are taken together.
    pub(crate) fn relation(self) -> Relation {
        match self {
            Self::EachEqual => Relation::EachIs,
            Self::NotEqual => Relation::EachIsNot,
            Self::OneNotEqual => Relation::OneIsNot,
            _ => Relation::OneIs,
        }
    }
}
