//! Packet time.

/// Nanoseconds since 1970-01-01T00:00:00Z, as the capturing machine's clock gave them. The only clock there
/// is from here to the exports; it may go backwards, because clocks do.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Nanoseconds from `earlier` to `self`; negative where the clock went backwards.
    pub fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// How long it took from `earlier` to `self`, nanoseconds; `None` where the clock went backwards meanwhile.
    pub fn after(self, earlier: Self) -> Option<i64> {
        Some(self.since(earlier)).filter(|&ns| ns >= 0)
    }
}
