//! The ladder: what a connection's two sides sent, an arrow an event, in the order of the packets.
//!
//! ```text
//!   segments (telling ones) ─┐
//!   messages of TLS          ├─> rungs in order ─> runs of the same folded
//!   messages of HTTP        ─┘
//! ```

mod fold;
mod messages;
mod segments;

use tapline_analysis::{Origin, Sender};

use super::{Close, Place};

/// Which of the layers an arrow belongs to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Layer {
    Tcp,
    Tls,
    Http,
}

/// How much of TCP is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Segments {
    None,
    /// Those that open, close, or are odd.
    #[default]
    Telling,
    All,
}

/// How an arrow is to be taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mood {
    Fine,
    /// Something is odd.
    Odd,
    /// Something failed.
    Bad,
    /// Nothing was sent: something is said of what was.
    Note,
}

/// What an arrow is of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum What {
    /// One of [`Close::segments`].
    Segment(usize),
    /// One of [`Close::messages`].
    Message(usize),
}

/// An arrow.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Rung {
    /// The packet that completed it; of a run, of the first in it.
    pub(crate) at: Origin,
    /// The packet that completed the last of a run.
    pub(crate) until: Origin,
    pub(crate) from: Sender,
    pub(crate) layer: Layer,
    pub(crate) what: What,
    /// `ClientHello`, `HEADERS[1] GET /`.
    pub(crate) label: String,
    /// What else is worth a word.
    pub(crate) detail: String,
    pub(crate) mood: Mood,
    /// Octets that it carries.
    pub(crate) octets: u64,
    /// How many events it stands for.
    pub(crate) count: u32,
    /// It left and did not arrive, as what was sent later proves.
    pub(crate) lost: bool,
    /// Events that stand one behind another and are called the same become one; `None` for those that do not.
    run: Option<(&'static str, u32)>,
}

/// What is shown of the ladder.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Shown {
    pub(crate) segments: Segments,
    pub(crate) tls: bool,
    pub(crate) http: bool,
    pub(crate) folded: bool,
}

impl Default for Shown {
    fn default() -> Self {
        Self { segments: Segments::Telling, tls: true, http: true, folded: true }
    }
}

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

/// Every arrow that is to be shown, in the order of the packets.
fn rungs(close: &Close, shown: Shown) -> Vec<Rung> {
    let has_messages = !close.messages.is_empty();
    let mut rungs = segments::rungs(close, shown.segments, has_messages);
    rungs.extend(messages::rungs(close, shown));
    // What was opened late was complete earlier; a segment goes before what it carries.
    rungs.sort_by_key(|rung| (rung.at.packet, rung.layer));
    if shown.folded { fold::folded(rungs) } else { rungs }
}
