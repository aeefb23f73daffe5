//! Attributes of spans and events: what is not known is not there.

use std::borrow::Cow;
use std::net::IpAddr;

use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, ArrayValue, KeyValue};

use crate::limits::{ENTRIES_MAX, TEXT_BYTES_MAX};

/// A list of attributes that is being written.
#[derive(Default, Debug)]
pub(crate) struct Attributes(Vec<KeyValue>);

impl Attributes {
    /// Adds an attribute, unless its value is not known.
    pub(crate) fn put(&mut self, key: impl Into<String>, value: impl Known) {
        if let Some(value) = value.known() {
            let value = Some(AnyValue { value: Some(value) });
            self.0.push(KeyValue { key: key.into(), value, ..KeyValue::default() });
        }
    }

    /// Adds a list, unless it is empty.
    pub(crate) fn put_all<V: Known>(&mut self, key: impl Into<String>, values: impl IntoIterator<Item = V>) {
        let known = values.into_iter().filter_map(Known::known).take(ENTRIES_MAX);
        let values: Vec<AnyValue> = known.map(|value| AnyValue { value: Some(value) }).collect();
        if !values.is_empty() {
            self.put(key, Value::ArrayValue(ArrayValue { values }));
        }
    }

    /// What was added, in order.
    pub(crate) fn into_inner(self) -> Vec<KeyValue> {
        self.0
    }
}

/// A text, its end left out where it is too long.
pub(crate) fn bound(text: &str) -> Cow<'_, str> {
    if text.len() <= TEXT_BYTES_MAX {
        return text.into();
    }
    let kept = text.get(..text.floor_char_boundary(TEXT_BYTES_MAX)).unwrap_or_default();
    format!("{kept}…").into()
}

/// What may be the value of an attribute, if it is known.
pub(crate) trait Known {
    /// The value.
    fn known(self) -> Option<Value>;
}

impl Known for Value {
    fn known(self) -> Option<Value> {
        Some(self)
    }
}

impl<T: Known> Known for Option<T> {
    fn known(self) -> Option<Value> {
        self.and_then(Known::known)
    }
}

impl Known for &str {
    fn known(self) -> Option<Value> {
        Some(Value::StringValue(bound(self).into_owned()))
    }
}

impl Known for String {
    fn known(self) -> Option<Value> {
        if self.len() <= TEXT_BYTES_MAX { Some(Value::StringValue(self)) } else { self.as_str().known() }
    }
}

impl Known for Cow<'_, str> {
    fn known(self) -> Option<Value> {
        self.as_ref().known()
    }
}

impl Known for IpAddr {
    fn known(self) -> Option<Value> {
        self.to_string().known()
    }
}

impl Known for bool {
    fn known(self) -> Option<Value> {
        Some(Value::BoolValue(self))
    }
}

/// Numbers: those that OTLP cannot write are left out.
macro_rules! numbers {
    ($($number:ty),*) => {
        $(impl Known for $number {
            fn known(self) -> Option<Value> {
                i64::try_from(self).ok().map(Value::IntValue)
            }
        })*
    };
}

numbers!(u8, u16, u32, u64, usize, i64);

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(attributes: Attributes) -> Vec<(String, Value)> {
        let attributes = attributes.into_inner().into_iter();
        attributes.filter_map(|attribute| Some((attribute.key, attribute.value?.value?))).collect()
    }

    #[test]
    fn what_is_not_known_is_not_there() {
        let mut attributes = Attributes::default();
        attributes.put("a", None::<u64>);
        attributes.put("b", Some(0_u64));
        attributes.put("c", u64::MAX);
        attributes.put_all("d", Vec::<u64>::new());
        assert_eq!(texts(attributes), [("b".to_owned(), Value::IntValue(0))]);
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let mut attributes = Attributes::default();
        attributes.put("a", "ä".repeat(TEXT_BYTES_MAX));
        attributes.put("b", "ä".repeat(TEXT_BYTES_MAX / 2));
        let [(_, Value::StringValue(long)), (_, Value::StringValue(fits))] = &texts(attributes)[..] else {
            panic!("two texts");
        };
        assert!(long.len() <= TEXT_BYTES_MAX + '…'.len_utf8() && long.ends_with("ä…"));
        assert_eq!(fits.len(), TEXT_BYTES_MAX);
    }

    #[test]
    fn a_long_list_ends() {
        let mut attributes = Attributes::default();
        attributes.put_all("a", 0..10_000_u64);
        let [(_, Value::ArrayValue(list))] = &texts(attributes)[..] else { panic!("a list") };
        assert_eq!(list.values.len(), ENTRIES_MAX);
    }
}
