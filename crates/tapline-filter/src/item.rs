//! What a filter is asked of.

use std::net::IpAddr;

use crate::FieldId;

/// A value of a field.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Value<'a> {
    /// The field is there; that is all it can say.
    Present,
    /// A boolean.
    Bool(bool),
    /// A number; octets too, and the number of what has a name.
    Number(u64),
    /// A duration or a time since 1970, nanoseconds.
    Duration(i64),
    /// A text.
    Text(&'a str),
    /// An address.
    Address(IpAddr),
}

/// Something that has values of fields.
pub trait Item {
    /// Tells every value that the item has of a field; nothing where it has none.
    fn values(&self, field: FieldId, tell: &mut dyn FnMut(Value<'_>));
    /// Tells every text that a plain search looks in.
    fn texts(&self, tell: &mut dyn FnMut(&str));
}

/// Several items as one: it has the values and texts of all.
#[derive(Clone, Copy)]
pub struct Chain<'a>(pub &'a [&'a dyn Item]);

impl Item for Chain<'_> {
    fn values(&self, field: FieldId, tell: &mut dyn FnMut(Value<'_>)) {
        self.0.iter().for_each(|item| item.values(field, tell));
    }

    fn texts(&self, tell: &mut dyn FnMut(&str)) {
        self.0.iter().for_each(|item| item.texts(tell));
    }
}

impl<T: Item + ?Sized> Item for &T {
    fn values(&self, field: FieldId, tell: &mut dyn FnMut(Value<'_>)) {
        (**self).values(field, tell);
    }

    fn texts(&self, tell: &mut dyn FnMut(&str)) {
        (**self).texts(tell);
    }
}
