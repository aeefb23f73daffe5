//! Places that somebody wants to come back to.

use std::collections::BTreeMap;

use super::Page;

/// A place: a screen, a connection, and the line one stood on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Marked {
    pub(crate) page: Page,
    pub(crate) connection: Option<u32>,
    pub(crate) line: usize,
}

/// The marks, by letter: as many as there are letters and digits.
#[derive(Clone, Debug, Default)]
pub(crate) struct Marks {
    by_letter: BTreeMap<char, Marked>,
}

impl Marks {
    /// Remembers a place; whether the character may stand for one.
    pub(crate) fn set(&mut self, letter: char, spot: Marked) -> bool {
        let may = letter.is_ascii_alphanumeric();
        if may {
            self.by_letter.insert(letter, spot);
        }
        may
    }

    /// The place of a letter.
    pub(crate) fn get(&self, letter: char) -> Option<Marked> {
        self.by_letter.get(&letter).copied()
    }
}
