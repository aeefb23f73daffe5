//! How much may be used.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::in_use;

/// The least that is of use, octets.
pub const LIMIT_BYTES_MIN: usize = 64 << 20;

/// What is left free for what is on its way between threads, and for what is not counted: a quarter, and never less than
/// this, octets.
pub const RESERVE_BYTES_MIN: usize = 24 << 20;

/// Nobody is near it.
const UNLIMITED: usize = usize::MAX;

static LIMIT: AtomicUsize = AtomicUsize::new(UNLIMITED);

/// The program may use so many octets, [`LIMIT_BYTES_MIN`] at least.
pub fn limit_to(bytes: usize) {
    LIMIT.store(bytes.max(LIMIT_BYTES_MIN), Ordering::Relaxed);
}

/// What may be used, octets; `None` where that is not limited.
pub fn limit() -> Option<usize> {
    let limit = LIMIT.load(Ordering::Relaxed);
    (limit != UNLIMITED).then_some(limit)
}

/// Whether there is room for more that stays until the end: five eighths of what is not left free.
#[inline]
pub fn has_room() -> bool {
    in_use() < counted() / 8 * 5
}

/// Whether so much is used that something has to be given up.
#[inline]
pub fn is_short() -> bool {
    in_use() >= counted()
}

/// So many octets for one purpose, or the eighth part of the limit where that is less.
pub fn within(bytes: u64) -> u64 {
    limit().and_then(|limit| u64::try_from(limit / 8).ok()).map_or(bytes, |part| bytes.min(part))
}

/// Half of what there was room for at some moment: who fills it leaves the other half to what is made of that.
#[derive(Clone, Copy, Debug)]
pub struct Half {
    /// What is in use when it is filled, octets.
    until: usize,
}

impl Half {
    /// Of what there is room for now.
    pub fn now() -> Self {
        let used = in_use();
        Self { until: used + counted().saturating_sub(used) / 2 }
    }

    /// Whether as much more is used now, by whomever.
    #[inline]
    pub fn is_full(self) -> bool {
        in_use() >= self.until
    }
}

/// What is not left free.
fn counted() -> usize {
    let limit = LIMIT.load(Ordering::Relaxed);
    limit - (limit / 4).max(RESERVE_BYTES_MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_limited_has_room() {
        assert_eq!(limit(), None);
        assert!(has_room() && !is_short());
        assert_eq!(within(5), 5);
        assert!(!Half::now().is_full());
    }
}
