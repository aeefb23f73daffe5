//! Dates as certificates have them: whole seconds, up to the year 9999, which is beyond nanoseconds in 64 bits.

use std::fmt;

use tapline_packet::Timestamp;

/// Seconds since 1970-01-01T00:00:00Z. `Display` is RFC 3339 in UTC.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct Date(pub i64);

pub(super) const DAY_S: i64 = 24 * 60 * 60;

impl Date {
    /// The day it is on, `2026-11-24`.
    pub fn day(self) -> impl fmt::Display {
        let (year, month, day) = civil(self.0.div_euclid(DAY_S));
        format!("{year:04}-{month:02}-{day:02}")
    }

    /// Whole days from `earlier` to this one, rounded towards the past.
    pub fn days_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0).div_euclid(DAY_S)
    }

    /// A GeneralizedTime as RFC 5280 §4.1.2.5.2 has it: `YYYYMMDDHHMMSSZ`.
    pub(super) fn generalized(octets: &[u8]) -> Option<Self> {
        let digits: &[u8; 14] = octets.strip_suffix(b"Z")?.try_into().ok()?;
        if !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let number = |from: usize, to: usize| {
            digits.iter().take(to).skip(from).fold(0, |number, digit| number * 10 + i64::from(digit - b'0'))
        };
        let (year, month, day) = (number(0, 4), number(4, 6), number(6, 8));
        let (hour, minute, second) = (number(8, 10), number(10, 12), number(12, 14));
        let fits = (1..=12).contains(&month) && (1..=31).contains(&day);
        if !fits || hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let days = days(year, month, day);
        (civil(days) == (year, month, day)).then_some(Self(days * DAY_S + hour * 3600 + minute * 60 + second))
    }
}

impl From<Timestamp> for Date {
    fn from(at: Timestamp) -> Self {
        Self(at.0.div_euclid(1_000_000_000))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let second = self.0.rem_euclid(DAY_S);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        write!(f, "{}T{hour:02}:{minute:02}:{second:02}Z", self.day())
    }
}

/// Days of 400 years, which the calendar repeats after.
const ERA_DAYS: i64 = 146_097;
/// From 0000-03-01 to 1970-01-01: years are counted from March, so that the leap day is the last.
const EPOCH_DAYS: i64 = 719_468;

/// Year, month and day of a day since 1970-01-01, in the Gregorian calendar.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days.saturating_add(EPOCH_DAYS);
    let (era, day) = (days.div_euclid(ERA_DAYS), days.rem_euclid(ERA_DAYS));
    // Every fourth year is a day longer, every hundredth is not, every four hundredth is.
    let year = (day - day / 1460 + day / 36_524 - day / (ERA_DAYS - 1)) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    // From March on, months have 31, 30, 31, 30, 31 days in turn: 153 in five.
    let march_month = (5 * day + 2) / 153;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    (era * 400 + year + i64::from(month <= 2), month, day - (153 * march_month + 2) / 5 + 1)
}

/// The day since 1970-01-01.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let march_month = (month + 9) % 12;
    let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
    let day = 365 * year + year / 4 - year / 100 + (153 * march_month + 2) / 5 + day - 1;
    era * ERA_DAYS + day - EPOCH_DAYS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(generalized: &str, expected: Option<&str>) {
        let date = Date::generalized(generalized.as_bytes());
        assert_eq!(date.map(|date| date.to_string()).as_deref(), expected, "{generalized}");
    }

    #[test]
    fn dates_are_read_and_written() {
        check("19700101000000Z", Some("1970-01-01T00:00:00Z"));
        check("20240229235959Z", Some("2024-02-29T23:59:59Z"));
        check("20000229120000Z", Some("2000-02-29T12:00:00Z"));
        check("99991231235959Z", Some("9999-12-31T23:59:59Z"));
        check("19500101000000Z", Some("1950-01-01T00:00:00Z"));
        assert_eq!(Date::generalized(b"20261124183252Z"), Some(Date(1_795_545_172)));
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in
            ["20230229000000Z", "21000229000000Z", "20241301000000Z", "20240431000000Z", "20240101240000Z"]
        {
            check(text, None);
        }
        for text in ["", "Z", "20240101000000", "2024010100000Z", "2024010100000xZ", "20240101000000+0100"] {
            check(text, None);
        }
    }

    #[test]
    fn no_second_is_out_of_range() {
        for second in [i64::MIN, i64::MAX] {
            assert!(Date(second).to_string().ends_with('Z'));
        }
        assert_eq!(Date::from(Timestamp(-1)).to_string(), "1969-12-31T23:59:59Z");
    }

    #[test]
    fn days_are_whole_ones() {
        assert_eq!(Date(DAY_S).days_since(Date(0)), 1);
        assert_eq!(Date(DAY_S - 1).days_since(Date(0)), 0);
        assert_eq!(Date(0).days_since(Date(1)), -1);
    }
}
