//! The letters of what happened, in order.

use std::fmt;

use crate::limits::HISTORY_LETTERS_MAX;

/// Zeek's `history`: upper case is the originator's, lower case the responder's.
///
/// | letter | first time that side sent |
/// | --- | --- |
/// | s, h | SYN, SYN-ACK |
/// | a, d | an ACK without payload, payload |
/// | f, r | FIN, RST |
/// | t, g, w, c | payload again, a gap, a zero window, a wrong checksum; once more at ten, a hundred, … |
/// | i, q | FIN with RST, SYN with FIN or RST |
/// | ^ | the responder was heard first |
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct History {
    letters: [u8; HISTORY_LETTERS_MAX],
    count: u8,
}

impl History {
    /// The letters.
    pub fn as_str(&self) -> &str {
        let letters = self.letters.get(..usize::from(self.count)).unwrap_or_default();
        std::str::from_utf8(letters).unwrap_or_default()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Appends an ASCII letter while there is room.
    pub(super) fn push(&mut self, letter: char) {
        if let (Some(free), Ok(letter)) =
            (self.letters.get_mut(usize::from(self.count)), u8::try_from(letter))
        {
            *free = letter;
            self.count += 1;
        }
    }

    /// A SYN of the originator, and nothing but retries between it and its RST.
    pub(super) fn is_lone_syn_and_reset(&self) -> bool {
        let letters = self.as_str().trim_start_matches('^');
        letters
            .strip_prefix('S')
            .and_then(|rest| rest.split_once('R'))
            .is_some_and(|(between, _)| !between.contains(['H', 'A', 'F', 'G', 'I', 'Q']))
    }
}

impl fmt::Debug for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "History({})", self.as_str())
    }
}
