//! Quantities as people read them: three significant digits, the unit behind a space.

use tapline_packet::Endpoint;

/// Nanoseconds as `840 ns`, `12.3 µs`, `1.05 ms`, `2.50 s`, `3 min 20 s`, `2 h 05 min`.
pub fn duration(ns: i64) -> String {
    let sign = if ns < 0 { "-" } else { "" };
    let ns = ns.unsigned_abs();
    let text = match ns {
        0..1_000 => format!("{ns} ns"),
        1_000..999_500 => digits(ns, 1_000, "µs"),
        999_500..999_500_000 => digits(ns, 1_000_000, "ms"),
        999_500_000..119_500_000_000 => digits(ns, 1_000_000_000, "s"),
        _ => {
            let s = ns / 1_000_000_000;
            if s < 7200 {
                format!("{} min {:02} s", s / 60, s % 60)
            } else {
                format!("{} h {:02} min", s / 3600, s / 60 % 60)
            }
        }
    };
    format!("{sign}{text}")
}

/// Octets as `312 B`, `1.05 kB`, `12.3 MB` (powers of ten, as network people count).
pub fn bytes(n: u64) -> String {
    match n {
        0..1_000 => format!("{n} B"),
        1_000..999_500 => digits(n, 1_000, "kB"),
        999_500..999_500_000 => digits(n, 1_000_000, "MB"),
        999_500_000..999_500_000_000 => digits(n, 1_000_000_000, "GB"),
        _ => digits(n, 1_000_000_000_000, "TB"),
    }
}

/// A count with its thousands apart: `1,070,000`.
pub fn count(n: u64) -> String {
    let plain = n.to_string();
    let mut out = String::with_capacity(plain.len() + plain.len() / 3);
    for (index, digit) in plain.chars().enumerate() {
        if index > 0 && (plain.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 packet`, `2 packets`.
pub fn plural(n: u64, noun: &str) -> String {
    format!("{} {noun}{}", count(n), if n == 1 { "" } else { "s" })
}

/// A server's name with its port, which a Host header may have said already; the address where there is no name.
pub fn with_port(name: Option<&str>, endpoint: Endpoint) -> String {
    let port = endpoint.port;
    match name {
        Some(name) if name.ends_with(&format!(":{port}")) => name.to_owned(),
        Some(name) => format!("{name}:{port}"),
        None => endpoint.to_string(),
    }
}

fn digits(n: u64, unit: u64, name: &str) -> String {
    #[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
    let value = n as f64 / unit as f64;
    if value < 9.995 {
        format!("{value:.2} {name}")
    } else if value < 99.95 {
        format!("{value:.1} {name}")
    } else {
        format!("{value:.0} {name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_three_digits() {
        let check = |ns, expected: &str| assert_eq!(duration(ns), expected);
        check(0, "0 ns");
        check(-1_500, "-1.50 µs");
        check(999_499, "999 µs");
        check(999_500, "1.00 ms");
        check(1_050_000, "1.05 ms");
        check(12_340_000, "12.3 ms");
        check(99_960_000, "100 ms");
        check(2_500_000_000, "2.50 s");
        check(200_000_000_000, "3 min 20 s");
        check(7_500_000_000_000, "2 h 05 min");
    }

    #[test]
    fn bytes_and_counts() {
        assert_eq!((bytes(312).as_str(), bytes(1_050).as_str()), ("312 B", "1.05 kB"));
        assert_eq!(bytes(12_345_678), "12.3 MB");
        assert_eq!((count(1_070_000).as_str(), count(999).as_str()), ("1,070,000", "999"));
        assert_eq!(
            (plural(1, "packet").as_str(), plural(1_000, "packet").as_str()),
            ("1 packet", "1,000 packets")
        );
    }
}
