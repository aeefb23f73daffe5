//! What people type.

use tapline_filter::{Filter, complete};

/// A display filter: it is parsed or refused with a place in the text, its own text parses to the same, and there is a
/// completion at every place.
pub(crate) fn filter(octets: &[u8]) {
    let Ok(text) = std::str::from_utf8(octets) else { return };
    match Filter::parse(text) {
        Ok(filter) => assert_eq!(filter.text(), text),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    for (cursor, _) in text.char_indices().take(64) {
        let _ = complete(text, cursor);
    }
}
