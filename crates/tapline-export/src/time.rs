//! Packet time as text.

use jiff::tz::Offset;
use tapline_engine::analysis::Timestamp;

/// RFC 3339 in UTC with nine decimals: `2026-11-20T18:40:12.123456789Z`.
pub fn rfc3339(at: Timestamp) -> String {
    String::from_utf8_lossy(&octets(at)).into_owned()
}

/// The same without memory of its own.
pub(crate) fn octets(at: Timestamp) -> [u8; 30] {
    // Every i64 of nanoseconds is within jiff's range.
    let instant = jiff::Timestamp::from_nanosecond(i128::from(at.0)).unwrap_or_default();
    let time = Offset::UTC.to_datetime(instant);
    let mut text = *b"0000-00-00T00:00:00.000000000Z";
    for (place, number) in [
        (0..4, i32::from(time.year())),
        (5..7, i32::from(time.month())),
        (8..10, i32::from(time.day())),
        (11..13, i32::from(time.hour())),
        (14..16, i32::from(time.minute())),
        (17..19, i32::from(time.second())),
        (20..29, time.subsec_nanosecond()),
    ] {
        let mut rest = number.unsigned_abs();
        for digit in text[place].iter_mut().rev() {
            *digit += u8::try_from(rest % 10).unwrap_or_default();
            rest /= 10;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nine_decimals_always() {
        assert_eq!(rfc3339(Timestamp(0)), "1970-01-01T00:00:00.000000000Z");
        assert_eq!(rfc3339(Timestamp(1_700_000_000_123_456_789)), "2023-11-14T22:13:20.123456789Z");
        assert_eq!(rfc3339(Timestamp(-1)), "1969-12-31T23:59:59.999999999Z");
        assert_eq!(rfc3339(Timestamp(i64::MAX)), "2262-04-11T23:47:16.854775807Z");
        assert_eq!(rfc3339(Timestamp(i64::MIN)), "1677-09-21T00:12:43.145224192Z");
    }
}
