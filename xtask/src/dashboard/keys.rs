//! What is pressed: keys of every screen, those that make lists anew among them.

use std::time::Duration;

use crate::bench::load::Random;

const ENTER: &str = "\r";
const ESC: &str = "\x1b";

/// In this order, again and again. A text is typed letter by letter.
const MIX: [&[&str]; 9] = [
    &["2", "j", "j", "G", "g", "s", "r", "s", "x", "G"],
    &["3", "j", "G", "+", "+", "-", "g", "j", "s", "r", "x"],
    &["/", "w", "w", "w", "7", ENTER, ESC],
    &["1", "j", "j", "G", "4", "j", "j", "G", "g"],
    &["2", "G", "5", "j", "j", "7", "6", ESC, "3"],
    &["s", "x", "s", "r", "d", "j", "d"],
    &["/", "h", "t", "t", "p", ".", "r", "e", "s", "p", "o", "n", "s", "e", ".", "c", "o", "d", "e"],
    &[" ", ">", "=", " ", "4", "0", "0", ENTER, "G", ESC],
    &["?", ESC, ":", "s", "o", ESC, "f", "0", "x", "1"],
];

/// How many there are before they come again.
pub(super) fn count() -> usize {
    MIX.iter().map(|part| part.len()).sum()
}

/// Keys in order and without end, from the beginning of a part on.
pub(super) fn from(part: usize) -> impl Iterator<Item = &'static [u8]> {
    MIX.iter().cycle().skip(part % MIX.len()).flat_map(|part| part.iter().map(|key| key.as_bytes()))
}

/// How fast keys follow each other.
#[derive(Clone, Copy)]
pub(super) enum Hand {
    /// 50 to 100 ms: as fast as people are.
    Fast,
    /// 10 to 30 ms: a key that is held down.
    Hurried,
}

impl Hand {
    /// Between two keys. An `Esc` and a key at once would be one key with Alt.
    pub(super) fn pause(self, random: &mut Random) -> Duration {
        let (least, more) = match self {
            Self::Fast => (50, 50),
            Self::Hurried => (10, 20),
        };
        Duration::from_millis(least + u64::from(random.below(more)))
    }
}
