//! How much may be used.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::in_use;

/// The least that is of use, octets: a run over a small capture takes a third of it.
pub const LIMIT_BYTES_MIN: usize = 64 << 20;

/// Of a hundred: where what is kept until the end stops growing.
const KEPT_PERCENT: usize = 35;

/// Of a hundred: where what comes and goes is given up.
const FOLLOWED_PERCENT: usize = 55;

static LIMIT: AtomicUsize = AtomicUsize::new(usize::MAX);

/// The program may use so many octets, [`LIMIT_BYTES_MIN`] at least.
pub fn limit_to(bytes: usize) {
    LIMIT.store(bytes.max(LIMIT_BYTES_MIN), Ordering::Relaxed);
}

/// What may be used, octets; `None` where that is not limited.
pub fn limit() -> Option<usize> {
    let limit = LIMIT.load(Ordering::Relaxed);
    (limit != usize::MAX).then_some(limit)
}

/// Whether there is room for more that stays until the end.
#[inline]
pub fn has_room() -> bool {
    in_use() < part(KEPT_PERCENT)
}

/// Whether so much is used that something has to be given up.
#[inline]
pub fn is_short() -> bool {
    in_use() >= part(FOLLOWED_PERCENT)
}

/// So many octets for one purpose, or the eighth part of the limit where that is less.
pub fn within(bytes: u64) -> u64 {
    limit().and_then(|limit| u64::try_from(limit / 8).ok()).map_or(bytes, |part| bytes.min(part))
}

fn part(percent: usize) -> usize {
    LIMIT.load(Ordering::Relaxed) / 100 * percent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_limited_has_room() {
        assert_eq!(limit(), None);
        assert!(has_room() && !is_short());
        assert_eq!(within(5), 5);
    }
}
