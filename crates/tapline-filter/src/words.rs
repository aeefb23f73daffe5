//! A plain search: every word must stand somewhere in an item's texts.

use crate::Item;
use crate::limits::WORDS_MAX;

/// The words of a plain search.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Words(Vec<Needle>);

/// A word, whatever its letter case.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Needle {
    lower: String,
    is_ascii: bool,
}

impl Words {
    /// These words; none of them is empty, and there are at most [`WORDS_MAX`].
    pub(crate) fn new(words: impl IntoIterator<Item = String>) -> Self {
        let needle = |word: String| Needle { is_ascii: word.is_ascii(), lower: word.to_lowercase() };
        Self(words.into_iter().filter(|word| !word.is_empty()).take(WORDS_MAX).map(needle).collect())
    }

    /// Whether every word stands somewhere in the texts.
    pub(crate) fn hold(&self, item: &dyn Item) -> bool {
        let mut missing: u64 = self.0.iter().enumerate().fold(0, |bits, (nth, _)| bits | 1 << nth);
        item.texts(&mut |text| {
            if missing == 0 {
                return;
            }
            for (nth, needle) in self.0.iter().enumerate() {
                if missing & 1 << nth != 0 && needle.stands_in(text) {
                    missing &= !(1 << nth);
                }
            }
        });
        missing == 0
    }
}

impl Needle {
    fn stands_in(&self, text: &str) -> bool {
        if !self.is_ascii {
            return text.to_lowercase().contains(&self.lower);
        }
        let (needle, text) = (self.lower.as_bytes(), text.as_bytes());
        let Some(&first) = needle.first() else { return true };
        let is_here =
            |at: usize| text.get(at..at + needle.len()).is_some_and(|part| part.eq_ignore_ascii_case(needle));
        memchr::memchr2_iter(first, first.to_ascii_uppercase(), text).any(is_here)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FieldId, Value};

    struct Texts(&'static [&'static str]);

    impl Item for Texts {
        fn values(&self, _: FieldId, _: &mut dyn FnMut(Value<'_>)) {}

        fn texts(&self, tell: &mut dyn FnMut(&str)) {
            self.0.iter().for_each(|text| tell(text));
        }
    }

    #[test]
    fn every_word_must_stand_somewhere() {
        let item = Texts(&["https://Example.org/Straße", "10.0.0.1:443"]);
        let check = |words: &[&str], expected| {
            let words = Words::new(words.iter().map(|&word| word.to_owned()));
            assert_eq!(words.hold(&item), expected, "{words:?}");
        };
        check(&["example.ORG"], true);
        check(&["org", "443"], true);
        check(&["org", "444"], false);
        check(&["STRASSE"], false);
        check(&["STRAßE"], true);
        check(&["", "1:4"], true);
        check(&[], true);
    }
}
