//! What cannot be read yet: records whose secrets may still come, early data that the server may refuse.

use std::collections::VecDeque;
use std::ops::Range;

use crate::limits::TLS_EARLY_HELD_MAX;
use crate::tls::Body;
use crate::tls::record::Header;
use crate::{Direction, Origin};

/// What a waiting record takes beside its octets.
pub(super) const ITEM_BYTES: usize = 128;

/// Records of both directions that wait, in the order in which they came, each with its packet.
#[derive(Debug, Default)]
pub(super) struct Withheld {
    pub(super) items: VecDeque<(Origin, Item)>,
    /// What the items take.
    pub(super) octets: usize,
    /// Too much waited, or for too long: nothing is held back any more.
    pub(super) given_up: bool,
}

/// Something that waits for its turn.
#[derive(Debug)]
pub(super) enum Item {
    Record(WithheldRecord),
    /// Octets of records that are missing.
    Lost(Direction, u64),
    /// The end of a direction, and whether it was a clean one.
    End(Direction, bool),
}

#[derive(Debug)]
pub(super) struct WithheldRecord {
    pub(super) direction: Direction,
    pub(super) header: Header,
    /// What it is while it is closed; `None` for one in clear.
    pub(super) body: Option<Body>,
    /// Part of it is missing.
    pub(super) cut: bool,
    pub(super) fragment: Vec<u8>,
    pub(super) start: u64,
    pub(super) end: u64,
}

impl Item {
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Record(record) => record.fragment.len() + ITEM_BYTES,
            Self::Lost(..) | Self::End(..) => ITEM_BYTES,
        }
    }
}

/// A record's range and its content, and the packet that it was complete with.
pub(super) type Piece = (Origin, Range<u64>, Vec<u8>);

/// Early data that was opened, until the server's answer says whether it counts.
#[derive(Debug, Default)]
pub(super) struct WithheldEarly {
    pub(super) pieces: Vec<Piece>,
    octets: usize,
}

impl WithheldEarly {
    /// Takes a piece; whether there is room for more.
    pub(super) fn push(&mut self, here: Origin, range: Range<u64>, octets: &[u8]) -> bool {
        self.octets += octets.len() + ITEM_BYTES;
        self.pieces.push((here, range, octets.to_vec()));
        self.octets < TLS_EARLY_HELD_MAX
    }

    pub(super) fn take(&mut self) -> Vec<Piece> {
        std::mem::take(self).pieces
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn early_data_waits_until_there_is_too_much_of_it() {
        let mut early = WithheldEarly::default();
        let most = TLS_EARLY_HELD_MAX - 2 * ITEM_BYTES - 1;
        assert!(early.push(Origin::default(), 0..1, &vec![0; most]));
        assert!(!early.push(Origin::default(), 1..2, &[0]));
        assert_eq!(early.take().len(), 2);
        assert!(early.push(Origin::default(), 2..3, &[0]), "there is room again");
    }
}
