//! Field trees: what every octet of one packet or one message says, for people who look at that one.
//!
//! A tree is made of octets that are there; nothing else of this crate depends on it, and it is the one thing
//! here that allocates. Whatever the octets are,
//!
//! - the fields of one level stand in the order of their octets, and overlap only where they are bits of one word;
//! - a field's fields lie inside it;
//! - every octet lies in a field that has no further ones.

mod cursor;
mod icmp;
mod ip;
mod ip_options;
mod ipv6;
mod link;
mod names;
mod packet;
mod tcp;
mod tcp_options;
mod text;
mod tunnel;

use std::borrow::Cow;
use std::ops::Range;

pub use cursor::Cursor;
pub use packet::packet_fields;
pub use text::{hex, is_unsafe, printable, push_safe, size};

/// One line of a field tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// tshark's abbreviation where tshark has the field (`tcp.flags.syn`), else a name of ours in the same manner.
    pub name: &'static str,
    /// What the line says first: "Source Port", "Cipher Suites (17)".
    pub label: Cow<'static, str>,
    /// Its value for people, safe to print; empty for a heading.
    pub value: String,
    /// Its octets, in those that the tree was made of.
    pub octets: Range<usize>,
    /// Its parts.
    pub fields: Vec<Field>,
}

impl Field {
    /// The name of what breaks off where the octets end.
    pub const SHORT: &'static str = "_ws.short";
    /// The name of what needs more octets than its enclosure has, or says something impossible.
    pub const MALFORMED: &'static str = "_ws.malformed";

    /// A field without parts.
    pub fn leaf(
        name: &'static str,
        label: impl Into<Cow<'static, str>>,
        value: impl Into<String>,
        octets: Range<usize>,
    ) -> Self {
        Self { name, label: label.into(), value: value.into(), octets, fields: Vec::new() }
    }

    /// Whether it, or any of its parts, breaks off or says something impossible.
    pub fn is_damaged(&self) -> bool {
        self.name == Self::SHORT || self.name == Self::MALFORMED || self.fields.iter().any(Self::is_damaged)
    }

    /// The value of the first part of that name.
    pub fn value_of(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|field| field.name == name).map(|field| field.value.as_str())
    }

    /// Itself and all its parts, each before its own.
    pub fn walk(&self, visit: &mut impl FnMut(&Field)) {
        visit(self);
        self.fields.iter().for_each(|field| field.walk(visit));
    }
}

/// The way from the top of a tree to the innermost field that has an octet: which of the fields, which of its parts, and
/// so on. Of several that share the octet, as bits do, the first; empty where none has it.
pub fn path_to(fields: &[Field], octet: usize) -> Vec<usize> {
    let mut path = Vec::new();
    let mut level = fields;
    while let Some((nth, field)) = level.iter().enumerate().find(|(_, field)| field.octets.contains(&octet)) {
        path.push(nth);
        level = &field.fields;
    }
    path
}
