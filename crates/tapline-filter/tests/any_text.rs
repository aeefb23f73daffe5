//! Any text is read or refused at a place in it, and is completed.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{exchange, read};
use proptest::prelude::*;
use tapline_filter::{CATALOGUE, complete};

fn check(text: &str) {
    match read(text) {
        Ok(filter) => {
            filter.matches(&exchange());
            assert_eq!(filter.text(), text);
        }
        Err(error) => {
            assert!(text.get(error.at.clone()).is_some(), "{text:?}: {error:?}");
            assert!(!error.carets(text).is_empty() && !error.message.is_empty());
        }
    }
    for cursor in (0..=text.len() + 1).step_by(1 + text.len() / 16) {
        let completion = complete(text, cursor);
        assert!(text.get(completion.replace.clone()).is_some(), "{text:?} at {cursor}: {completion:?}");
    }
}

/// A piece of the language.
fn piece() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "and",
        "or",
        "not",
        "!",
        "&&",
        "||",
        "(",
        ")",
        "{",
        "}",
        ",",
        "==",
        "===",
        "!=",
        "<",
        ">=",
        "=",
        "&",
        "|",
        "in",
        "contains",
        "matches",
        "~",
        "eq",
        "..",
        "1..5",
        "10.0.0.0/8",
        "::1",
        "200ms",
        "1.5",
        "-1",
        "10kB",
        "0x1f",
        "\"a b\"",
        "\"",
        "\\",
        "r\"",
        "r\"\\d\"",
        "true",
        "GET",
        "HEADERS",
        "\"TLS 1.3\"",
        "é",
        "\u{202e}",
        "not in",
    ]);
    let field = (0..CATALOGUE.len()).prop_map(|nth| CATALOGUE.get(nth).unwrap().name);
    prop_oneof![word, field].prop_map(str::to_owned)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_octets_of_text(text in "\\PC{0,60}") {
        check(&text);
    }

    #[test]
    fn any_pieces_of_the_language(pieces in prop::collection::vec(piece(), 0..12), glue in "[ ]?") {
        check(&pieces.join(&glue));
    }

    /// What follows a value that is read may be joined with it, and both mean what they meant.
    #[test]
    fn joining_is_logic(one in piece(), other in piece()) {
        let (Ok(a), Ok(b)) = (read(&format!("({one})")), read(&format!("({other})"))) else { return Ok(()) };
        let item = exchange();
        let (a, b) = (a.matches(&item), b.matches(&item));
        let holds = |text: String| read(&text).unwrap().matches(&item);
        prop_assert_eq!(holds(format!("({one}) and ({other})")), a && b);
        prop_assert_eq!(holds(format!("({one}) || ({other})")), a || b);
        prop_assert_eq!(holds(format!("not ({one})")), !a);
    }
}

#[test]
fn texts_that_are_wide_or_deep() {
    check(&"(".repeat(5000));
    check(&"!".repeat(5000));
    check(&"\"".repeat(101));
    check(&"tls or ".repeat(500));
}
