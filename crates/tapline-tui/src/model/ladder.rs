//! The ladder's place on the screen: what of it is shown and where one is on it.

use tapline_ladder::{Close, Rung, Shown, rungs};

use super::Place;

/// The ladder and where one is on it.
#[derive(Default)]
pub(crate) struct Ladder {
    pub(crate) shown: Shown,
    pub(crate) rungs: Vec<Rung>,
    pub(crate) place: Place,
    /// The packet to go to once the connection was read.
    pub(crate) go_to: Option<u64>,
}

impl Ladder {
    /// Builds the arrows anew; the one that is selected stays selected, or the one before it.
    pub(crate) fn build(&mut self, close: &Close) {
        let packet = self.rungs.get(self.place.selected).map(|rung| rung.at.packet);
        self.rungs = rungs(close, self.shown);
        let packet = self.go_to.take().or(packet);
        self.place = Place::default();
        if let Some(packet) = packet {
            self.place.selected = self.place_of(packet);
        }
    }

    /// The last arrow of a packet or of an earlier one. Of several the innermost is the last.
    fn place_of(&self, packet: u64) -> usize {
        let behind = self.rungs.partition_point(|rung| rung.at.packet <= packet);
        behind.saturating_sub(1)
    }

    /// The selected arrow.
    pub(crate) fn selected(&self) -> Option<&Rung> {
        self.rungs.get(self.place.selected)
    }
}
