//! The clock of an interface: ticks to nanoseconds since 1970.

use tapline_packet::Timestamp;

const NANOSECONDS: i128 = 1_000_000_000;

/// How an interface counts time (pcapng `if_tsresol` and `if_tsoffset`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Clock {
    unit: Unit,
    offset_ns: i128,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    /// A tick is this many nanoseconds.
    Multiple(u32),
    /// A nanosecond is this many ticks; `None` where the number is beyond any tick count.
    Fraction(Option<u128>),
    /// A second is two to this power of ticks.
    Binary(u32),
}

impl Clock {
    /// The clock that `if_tsresol` and `if_tsoffset` (seconds) describe. The topmost bit of the resolution tells
    /// powers of two from powers of ten.
    pub(crate) fn new(resolution: u8, offset_s: i64) -> Self {
        let exponent = u32::from(resolution & 0x7f);
        let unit = match (resolution & 0x80 != 0, 9_u32.checked_sub(exponent)) {
            (true, _) => Unit::Binary(exponent),
            (false, Some(places)) => Unit::Multiple(10_u32.pow(places)),
            (false, None) => Unit::Fraction(10_u128.checked_pow(exponent - 9)),
        };
        Self { unit, offset_ns: i128::from(offset_s) * NANOSECONDS }
    }

    /// The time after so many ticks, rounded down; `None` where it is beyond the years 1678 to 2262.
    #[inline]
    pub(crate) fn time(self, ticks: u64) -> Option<Timestamp> {
        match (self.unit, self.offset_ns) {
            (Unit::Multiple(by), 0) => i64::try_from(ticks.checked_mul(by.into())?).ok().map(Timestamp),
            _ => self.unusual_time(ticks),
        }
    }

    fn unusual_time(self, ticks: u64) -> Option<Timestamp> {
        let nanoseconds = match self.unit {
            Unit::Multiple(by) => i128::from(ticks) * i128::from(by),
            Unit::Fraction(None) => 0,
            Unit::Fraction(Some(by)) => i128::try_from(u128::from(ticks) / by).ok()?,
            Unit::Binary(shift) => (i128::from(ticks) * NANOSECONDS) >> shift,
        };
        i64::try_from(nanoseconds + self.offset_ns).ok().map(Timestamp)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(resolution: u8, offset_s: i64, ticks: u64, expected_ns: i64) {
        assert_eq!(
            Clock::new(resolution, offset_s).time(ticks),
            Some(Timestamp(expected_ns)),
            "{resolution:#x} {offset_s} {ticks}"
        );
    }

    #[test]
    fn powers_of_ten_coarser_and_finer_than_nanoseconds() {
        check(0, 0, 3, 3_000_000_000);
        check(3, 0, 3, 3_000_000);
        check(6, 0, 3, 3_000);
        check(9, 0, 3, 3);
        check(12, 0, 3_999, 3);
        check(127, 0, u64::MAX, 0);
    }

    #[test]
    fn powers_of_two() {
        check(0x80, 0, 5, 5_000_000_000);
        check(0x94, 0, 1 << 20, 1_000_000_000);
        check(0x94, 0, 1, 953);
        check(0xff, 0, u64::MAX, 0);
    }

    #[test]
    fn an_offset_moves_either_way() {
        check(6, -3_600, 3_600_000_001, 1_000);
        check(6, 3_600, 1, 3_600_000_001_000);
        check(9, -1, 0, -1_000_000_000);
    }

    #[test]
    fn a_time_beyond_the_scale_is_none() {
        assert_eq!(Clock::new(0, 0).time(u64::MAX), None);
        assert_eq!(Clock::new(6, i64::MAX).time(0), None);
        assert_eq!(Clock::new(6, i64::MIN).time(u64::MAX), None);
    }
}
