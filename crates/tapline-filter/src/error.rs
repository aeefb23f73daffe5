//! Why a text is no filter.

use std::ops::Range;

/// Why a text is no filter, and where.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{message}")]
pub struct FilterError {
    /// The offending place: octets of the text, at borders of characters. Empty at the end of the text where something
    /// is missing.
    pub at: Range<usize>,
    /// A plain sentence without a full stop that names the thing and the next step. May quote the text.
    pub message: String,
}

impl FilterError {
    pub(crate) fn new(at: Range<usize>, message: impl Into<String>) -> Self {
        Self { at, message: message.into() }
    }

    /// The place as a line of carets to stand below the text: `     ^^^^^^^^`.
    pub fn carets(&self, text: &str) -> String {
        let columns = |range: Range<usize>| text.get(range).map_or(0, |part| part.chars().count());
        let (before, wide) = (columns(0..self.at.start), columns(self.at.clone()));
        format!("{}{}", " ".repeat(before), "^".repeat(wide.max(1)))
    }
}
