//! Where a request stood still, as little of it as a view needs.

use tapline_analysis::{Cause, Stall, Stalls};

use crate::limits::STALLS_KEPT_MAX;

/// Where a request stood still.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Stalled {
    /// The cause that cost most, and how much over all its stalls, nanoseconds.
    pub(crate) worst: (Cause, i64),
    /// The longest in the order of the capture, at most [`STALLS_KEPT_MAX`].
    pub(crate) kept: Box<[StallRow]>,
    /// How many others there were, and what they came to, nanoseconds.
    pub(crate) left_out: (u32, i64),
}

/// A stall.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct StallRow {
    pub(crate) cause: Cause,
    /// Its beginning, nanoseconds since 1970.
    pub(crate) from: i64,
    /// Its end.
    pub(crate) until: i64,
    /// The packets before and after it.
    pub(crate) packets: (u64, u64),
}

impl Stalled {
    /// `None` where nothing stood still.
    pub(super) fn of(stalls: &Stalls) -> Option<Self> {
        let worst = stalls.worst()?;
        let mut longest: Vec<&Stall> = stalls.list().iter().collect();
        longest.sort_by_key(|stall| std::cmp::Reverse(stall.ns()));
        let others = longest.split_off(longest.len().min(STALLS_KEPT_MAX));
        longest.sort_by_key(|stall| stall.span.from.at);
        let (count, ns) = stalls.left_out();
        let count = count.saturating_add(u32::try_from(others.len()).unwrap_or(u32::MAX));
        let ns = others.iter().fold(ns, |ns, stall| ns.saturating_add(stall.ns()));
        Some(Self { worst, kept: longest.into_iter().map(StallRow::of).collect(), left_out: (count, ns) })
    }
}

impl StallRow {
    fn of(stall: &Stall) -> Self {
        let (from, until) = (stall.span.from, stall.span.until);
        Self { cause: stall.cause, from: from.at.0, until: until.at.0, packets: (from.packet, until.packet) }
    }

    /// How long it is, nanoseconds.
    pub(crate) fn ns(&self) -> i64 {
        self.until.saturating_sub(self.from).max(0)
    }

    /// Whether something was in the way. Else nothing was to be had: waiting for the way there and back, or for a
    /// peer that had nothing to send, is what the phase itself says.
    pub(crate) fn is_hindrance(&self) -> bool {
        !matches!(self.cause, Cause::NetworkRoundTrip | Cause::Server | Cause::Client | Cause::Unknown)
    }
}
