//! Addresses, networks and ranges as they are written.

use std::net::IpAddr;

/// The first and the last address of `10.0.0.1`, `10.0.0.0/8` or `10.0.0.1..10.0.0.9`.
pub(super) fn range(text: &str) -> Option<(IpAddr, IpAddr)> {
    if let Some((first, last)) = text.split_once("..") {
        let (first, last): (IpAddr, IpAddr) = (first.parse().ok()?, last.parse().ok()?);
        return (first.is_ipv4() == last.is_ipv4()).then_some((first, last));
    }
    match text.split_once('/') {
        None => text.parse().ok().map(|address| (address, address)),
        Some((address, length)) => {
            let digits = length.bytes().all(|digit| digit.is_ascii_digit());
            network(address.parse().ok()?, if digits { length.parse().ok()? } else { return None })
        }
    }
}

/// The addresses that have the first so many bits in common.
fn network(address: IpAddr, length: u32) -> Option<(IpAddr, IpAddr)> {
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shr(length).or((length == 32).then_some(0))?;
            let bits = address.to_bits();
            Some((IpAddr::V4((bits & !mask).into()), IpAddr::V4((bits | mask).into())))
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shr(length).or((length == 128).then_some(0))?;
            let bits = address.to_bits();
            Some((IpAddr::V6((bits & !mask).into()), IpAddr::V6((bits | mask).into())))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_ranges() {
        let check = |text: &str, expected: Option<(&str, &str)>| {
            let told = range(text).map(|(first, last)| (first.to_string(), last.to_string()));
            let expected = expected.map(|(first, last)| (first.to_owned(), last.to_owned()));
            assert_eq!(told, expected, "{text}");
        };
        check("10.0.0.1", Some(("10.0.0.1", "10.0.0.1")));
        check("10.1.2.3/8", Some(("10.0.0.0", "10.255.255.255")));
        check("10.1.2.3/32", Some(("10.1.2.3", "10.1.2.3")));
        check("1.2.3.4/0", Some(("0.0.0.0", "255.255.255.255")));
        check("fe80::1/10", Some(("fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff")));
        check("::1/128", Some(("::1", "::1")));
        check("::/0", Some(("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")));
        check("10.0.0.1..10.0.0.9", Some(("10.0.0.1", "10.0.0.9")));
        for wrong in ["10.0.0", "10.0.0.1/33", "::1/129", "10.0.0.1/+8", "10.0.0.1..::1", "a", ""] {
            check(wrong, None);
        }
    }
}
