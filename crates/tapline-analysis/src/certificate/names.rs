//! Whether a certificate is valid for a name (RFC 9525 §6).

use std::net::IpAddr;

use super::{Contents, NameKind};
use crate::printable;

/// Names of a certificate that a sentence lists.
const NAMES_SHOWN: usize = 3;

impl Contents {
    /// Whether a client that asked for this name, a domain name or an address, gets what it asked for.
    pub fn is_valid_for(&self, name: &str) -> bool {
        match name.parse() {
            Ok(address) => self.is_valid_for_address(address),
            Err(_) => self.of_kind(NameKind::Dns).any(|pattern| matches(pattern, name)),
        }
    }

    /// Whether it names this address (RFC 9525 §6.5).
    pub fn is_valid_for_address(&self, address: IpAddr) -> bool {
        self.of_kind(NameKind::Ip).any(|own| own.parse() == Ok(address))
    }

    /// What it is valid for instead, as a sentence part.
    pub(super) fn valid_names(&self) -> String {
        let mut names: Vec<_> = self.of_kind(NameKind::Dns).chain(self.of_kind(NameKind::Ip)).collect();
        if names.is_empty() {
            let has = self.extensions.iter().any(|extension| extension.name == "subjectAltName");
            let has = if has { "names no host" } else { "has no subjectAltName" };
            return format!("the certificate of {} {has}", self.subject);
        }
        let more = names.len().saturating_sub(NAMES_SHOWN) + self.names_left_out;
        names.truncate(NAMES_SHOWN);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("the certificate is valid for {}{more}", printable(&names.join(", ")))
    }

    fn of_kind(&self, kind: NameKind) -> impl Iterator<Item = &str> {
        self.names.iter().filter(move |name| name.kind == kind).map(|name| &*name.value)
    }
}

/// RFC 9525 §6.3: letters count without their case, and `*` is the whole first label or nothing special.
fn matches(pattern: &str, name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    match pattern.strip_prefix("*.") {
        None => !pattern.is_empty() && pattern.eq_ignore_ascii_case(name),
        Some(parent) => name.split_once('.').is_some_and(|(label, rest)| {
            !label.is_empty() && !parent.contains('*') && rest.eq_ignore_ascii_case(parent)
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, name: &str, expected: bool) {
        assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
    }

    #[test]
    fn names_match_without_case() {
        check("www.example.test", "WWW.example.TEST", true);
        check("www.example.test", "www.example.test.", true);
        check("www.example.test", "example.test", false);
        check("", "", false);
        check("xn--bcher-kva.example", "xn--bcher-KVA.example", true);
    }

    #[test]
    fn a_wildcard_is_one_whole_label() {
        check("*.example.test", "www.example.test", true);
        check("*.example.test", "a.b.example.test", false);
        check("*.example.test", "example.test", false);
        check("*.example.test", ".example.test", false);
        check("w*.example.test", "www.example.test", false);
        check("*.*.test", "www.example.test", false);
        check("www.*.test", "www.example.test", false);
        check("*", "example", false);
    }
}
