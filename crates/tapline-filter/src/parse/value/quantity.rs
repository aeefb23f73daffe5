//! Numbers, octets and durations as they are written.

/// A number: decimal, or hexadecimal with `0x`.
pub(super) fn number(text: &str) -> Option<u64> {
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) if digits.bytes().all(|digit| digit.is_ascii_hexdigit()) => {
            u64::from_str_radix(digits, 16).ok()
        }
        Some(_) => None,
        None => text.bytes().all(|digit| digit.is_ascii_digit()).then(|| text.parse().ok())?,
    }
}

/// So many octets: a number, perhaps with a unit.
pub(super) fn octets(text: &str) -> Option<u64> {
    if let Some(plain) = number(text) {
        return Some(plain);
    }
    let (digits, unit) = split(text)?;
    let unit = match unit.to_ascii_lowercase().as_str() {
        "b" => 1,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "tb" => 1_000_000_000_000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        "tib" => 1 << 40,
        _ => return None,
    };
    u64::try_from(scaled(digits, unit)?).ok()
}

/// A duration in nanoseconds; a number without a unit is seconds.
pub(super) fn duration(text: &str) -> Option<i64> {
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (digits, unit) = split(text)?;
    let unit = match unit {
        "" | "s" => 1_000_000_000,
        "ms" => 1_000_000,
        "us" | "µs" | "μs" => 1_000,
        "ns" => 1,
        "min" | "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    };
    i64::try_from(sign * scaled(digits, unit)?).ok()
}

/// Digits with perhaps a point among them, and the unit behind.
fn split(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len());
    text.split_at_checked(end).filter(|(digits, _)| digits.bytes().any(|digit| digit.is_ascii_digit()))
}

/// `1.5` of a unit, exactly; what is smaller than one is cut off.
fn scaled(digits: &str, unit: i128) -> Option<i128> {
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    if part.contains('.') {
        return None;
    }
    let plain = |digits: &str| if digits.is_empty() { Some(0) } else { digits.parse::<i128>().ok() };
    let part = part.get(..part.len().min(18))?;
    let of_part = plain(part)?.checked_mul(unit)? / 10_i128.checked_pow(u32::try_from(part.len()).ok()?)?;
    plain(whole)?.checked_mul(unit)?.checked_add(of_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        let check = |text: &str, expected| assert_eq!(number(text), expected, "{text}");
        check("443", Some(443));
        check("0x1bb", Some(443));
        check("0x", None);
        check("+1", None);
        check("", None);
        check("18446744073709551615", Some(u64::MAX));
        check("18446744073709551616", None);
    }

    #[test]
    fn sizes_have_units_of_ten_and_of_two() {
        let check = |text: &str, expected| assert_eq!(octets(text), expected, "{text}");
        check("10", Some(10));
        check("10kB", Some(10_000));
        check("1.5MB", Some(1_500_000));
        check("1MiB", Some(1 << 20));
        check("0.5KiB", Some(512));
        check("10 kB", None);
        check("10k", None);
        check("1e3", None);
        check("99999999TB", None);
    }

    #[test]
    fn durations_are_exact() {
        let check = |text: &str, expected| assert_eq!(duration(text), expected, "{text}");
        check("200ms", Some(200_000_000));
        check("1.5s", Some(1_500_000_000));
        check("10us", Some(10_000));
        check("10µs", Some(10_000));
        check("0.2", Some(200_000_000));
        check(".000000001", Some(1));
        check("-1", Some(-1_000_000_000));
        check("2min", Some(120_000_000_000));
        check("1.2.3", None);
        check(".", None);
        check("ms", None);
        check("5 ms", None);
        check("300000000000", None);
    }
}
