//! One connection as a ladder: what its two sides sent, an arrow an event, in the order of the packets.
//!
//! ```text
//!   a close look ──> Close: sorted ──> segments (telling ones) ─┐
//!                                      messages of TLS          ├─> rungs in order ─> runs of the same folded
//!                                      messages of HTTP        ─┘
//! ```
//!
//! The ladder of the dashboard and the diagrams that are exported are drawn from the same rungs.

mod close;
mod fold;
mod messages;
mod segments;

use tapline_analysis::{Origin, Sender};

pub use close::{Body, Close, Octets, Record, side};

/// Which of the layers an arrow belongs to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Layer {
    /// Segments.
    Tcp,
    /// Records and handshake messages.
    Tls,
    /// Requests, responses, frames, and what else is carried.
    Http,
}

/// How much of TCP is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Segments {
    /// Nothing of it.
    None,
    /// Those that open, close, or are odd.
    #[default]
    Telling,
    /// Everything.
    All,
}

/// How an arrow is to be taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mood {
    /// As it should be.
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
pub enum What {
    /// One of [`Close::segments`].
    Segment(usize),
    /// One of [`Close::messages`].
    Message(usize),
}

/// An arrow.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rung {
    /// The packet that completed it; of a run, of the first in it.
    pub at: Origin,
    /// The packet that completed the last of a run.
    pub until: Origin,
    /// Who sent it.
    pub from: Sender,
    /// The layer it belongs to.
    pub layer: Layer,
    /// What it is of.
    pub what: What,
    /// `ClientHello`, `HEADERS[1] GET /`.
    pub label: String,
    /// What else is worth a word.
    pub detail: String,
    /// How it is to be taken.
    pub mood: Mood,
    /// Octets that it carries.
    pub octets: u64,
    /// How many events it stands for.
    pub count: u32,
    /// It left and did not arrive, as what was sent later proves.
    pub lost: bool,
    /// Events that stand one behind another and are called the same become one; `None` for those that do not.
    run: Option<(&'static str, u32)>,
}

/// What is shown of the ladder.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shown {
    /// How much of TCP.
    pub segments: Segments,
    /// Messages of TLS.
    pub tls: bool,
    /// Messages of HTTP and of what else is carried.
    pub http: bool,
    /// Runs of the same as one arrow.
    pub folded: bool,
}

impl Default for Shown {
    fn default() -> Self {
        Self { segments: Segments::Telling, tls: true, http: true, folded: true }
    }
}

/// Every arrow that is to be shown, in the order of the packets.
pub fn rungs(close: &Close, shown: Shown) -> Vec<Rung> {
    let has_messages = !close.messages.is_empty();
    let mut rungs = segments::rungs(close, shown.segments, has_messages);
    rungs.extend(messages::rungs(close, shown));
    // What was opened late was complete earlier; a segment goes before what it carries.
    rungs.sort_by_key(|rung| (rung.at.packet, rung.layer));
    if shown.folded { fold::folded(rungs) } else { rungs }
}
