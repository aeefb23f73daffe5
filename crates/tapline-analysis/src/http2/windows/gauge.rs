//! One window: what it holds, and since when it held too little.

use tapline_reassembly::Origin;

/// Octets of the largest frame that every receiver takes (RFC 9113 §4.2). A sender with more to send waits for a
/// window of this size rather than send a smaller one.
const FULL_FRAME: i64 = 16_384;

/// A window. A stream's counts relative to its `base`, the initial window; the connection's base is 0.
#[derive(Debug)]
pub(super) struct Gauge {
    relative: i64,
    used: Option<Use>,
}

/// The newest use of a window, and what made it larger since.
#[derive(Clone, Copy, Debug)]
struct Use {
    at: Origin,
    /// What it left.
    left: i64,
    first: Option<Raise>,
    newest: Option<Raise>,
}

/// A frame that made a window larger.
#[derive(Clone, Copy, Debug)]
struct Raise {
    at: Origin,
    tick: u64,
    /// What it held then.
    level: i64,
}

/// From the use of a window to the frame that opened it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) since: Origin,
    pub(super) opened: Origin,
    pub(super) opened_tick: u64,
}

impl Gauge {
    pub(super) fn holding(relative: i64) -> Self {
        Self { relative, used: None }
    }

    pub(super) fn level(&self, base: i64) -> i64 {
        base.saturating_add(self.relative)
    }

    /// Something may be sent from here on.
    pub(super) fn begin(&mut self, here: Origin, base: i64) {
        if self.used.is_none() {
            self.used = Some(Use { at: here, left: self.level(base), first: None, newest: None });
        }
    }

    /// Octets were sent.
    pub(super) fn take(&mut self, octets: i64, here: Origin, base: i64) {
        self.relative = self.relative.saturating_sub(octets);
        self.used = Some(Use { at: here, left: self.level(base), first: None, newest: None });
    }

    /// The receiver allows more.
    pub(super) fn add(&mut self, octets: i64, (at, tick): (Origin, u64), base: i64) {
        self.relative = self.relative.saturating_add(octets);
        self.note((at, tick), base);
    }

    /// The base changed.
    pub(super) fn rebase(&mut self, (at, tick): (Origin, u64), base: i64) {
        self.note((at, tick), base);
    }

    /// How long a sender of so many octets was held up, if it was.
    pub(super) fn span(&self, octets: i64) -> Option<Span> {
        let used = self.used.as_ref()?;
        let enough = octets.min(FULL_FRAME);
        // A frame without octets needs no window.
        if used.left >= enough || octets == 0 {
            return None;
        }
        let first = used.first?;
        let raise = if first.level >= enough { first } else { used.newest.unwrap_or(first) };
        Some(Span { since: used.at, opened: raise.at, opened_tick: raise.tick })
    }

    /// Since when it is shut, where it is.
    pub(super) fn shut_since(&self, base: i64) -> Option<Origin> {
        self.used.filter(|_| self.level(base) <= 0).map(|used| used.at)
    }

    fn note(&mut self, (at, tick): (Origin, u64), base: i64) {
        let level = self.level(base);
        let Some(used) = &mut self.used else { return };
        if level <= 0 || level < used.left {
            // Settings made it smaller: whatever opened it before did so in vain.
            (used.left, used.first, used.newest) = (used.left.min(level), None, None);
        } else {
            let raise = Raise { at, tick, level };
            used.first.get_or_insert(raise);
            used.newest = Some(raise);
        }
    }
}
