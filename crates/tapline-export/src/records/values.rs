//! Values that many records have in them.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use tapline_engine::analysis::decode::Fields;
use tapline_engine::analysis::{Origin, Sender, Timestamp};

use crate::redact::Redactor;
use crate::time;

/// A time as RFC 3339.
#[derive(Clone, Copy)]
pub(crate) struct At(pub(crate) Timestamp);

impl Serialize for At {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(std::str::from_utf8(&time::octets(self.0)).unwrap_or_default())
    }
}

/// Anything with a `Display`, as a string.
pub(crate) struct Shown<T>(pub(crate) T);

impl<T: std::fmt::Display> Serialize for Shown<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// Header fields as pairs of texts, without secrets.
pub(crate) struct Headers<'a>(pub(crate) &'a Fields, pub(crate) &'a Redactor);

impl Serialize for Headers<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(fields, redactor) = self;
        serializer
            .collect_seq(fields.iter().map(|(name, octets)| (Octets(name), Value { name, octets, redactor })))
    }
}

/// The value of a header field, without secrets.
pub(crate) struct Value<'a> {
    pub(crate) name: &'a [u8],
    pub(crate) octets: &'a [u8],
    pub(crate) redactor: &'a Redactor,
}

impl Serialize for Value<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.redactor.field(self.name, self.octets) {
            Some(redacted) => serializer.serialize_str(&redacted),
            None => serializer.serialize_bytes(self.octets),
        }
    }
}

/// Octets that the serializer writes as text.
pub(crate) struct Octets<'a>(pub(crate) &'a [u8]);

impl Serialize for Octets<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

/// Octets in hexadecimal.
pub(crate) fn hex(octets: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or_default();
    octets.iter().flat_map(|octet| [digit(octet >> 4), digit(octet & 15)]).collect()
}

/// `packet` and `at` of where something was seen.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Place {
    packet: u64,
    at: At,
}

impl From<Origin> for Place {
    fn from(origin: Origin) -> Self {
        Self { packet: origin.packet, at: At(origin.at) }
    }
}

/// Where and by whom a message was said: the same in every record of one.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Said {
    packet: u64,
    at: At,
    first_packet: u64,
    connection: u64,
    from: &'static str,
}

impl Said {
    pub(crate) fn new(connection: u64, first: Origin, last: Origin, from: Sender) -> Self {
        let Origin { packet, at } = last;
        Self { packet, at: At(at), first_packet: first.packet, connection, from: from.name() }
    }
}

/// How a value of our own looks to a reader of the schema.
macro_rules! schema {
    ($($type:ty, $name:literal, $schema:tt;)*) => {
        $(impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }

            fn inline_schema() -> bool {
                true
            }
        })*
    };
}

schema! {
    At, "At", { "type": "string", "format": "date-time" };
    Octets<'_>, "Octets", { "type": "string" };
    Value<'_>, "Value", { "type": "string" };
    Headers<'_>, "Headers", {
        "type": "array",
        "items": {
            "type": "array",
            "prefixItems": [{ "type": "string" }, { "type": "string" }],
            "minItems": 2,
            "maxItems": 2
        }
    };
}

impl<T> JsonSchema for Shown<T> {
    fn schema_name() -> Cow<'static, str> {
        "Shown".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }

    fn inline_schema() -> bool {
        true
    }
}
