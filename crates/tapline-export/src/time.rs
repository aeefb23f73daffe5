//! Packet time as text.

use jiff::fmt::temporal::DateTimePrinter;
use tapline_engine::analysis::Timestamp;

static PRINTER: DateTimePrinter = DateTimePrinter::new().precision(Some(9));

/// RFC 3339 in UTC with nine decimals: `2026-11-20T18:40:12.123456789Z`.
pub fn rfc3339(at: Timestamp) -> String {
    let mut out = String::with_capacity(30);
    // Every i64 of nanoseconds is within jiff's range, and a String takes whatever is printed.
    if let Ok(at) = jiff::Timestamp::from_nanosecond(i128::from(at.0)) {
        let _ = PRINTER.print_timestamp(&at, &mut out);
    }
    out
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
