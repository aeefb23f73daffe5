//! What a request asks for, so that the same ones of two captures meet: parameters and ids aside.

use tapline_engine::analysis::Exchange;

/// Method, host and path, with `*` for what changes from one to the next.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Kind(String);

impl Kind {
    pub(super) fn of(exchange: &Exchange) -> Self {
        let method = exchange.method.as_deref().unwrap_or(if exchange.inferred { "≈" } else { "?" });
        let url = exchange.url.as_deref().unwrap_or_default();
        Self(format!("{method} {}", bare(url)))
    }

    pub(super) fn text(&self) -> &str {
        &self.0
    }
}

/// A URL without scheme, parameters and ids.
fn bare(url: &str) -> String {
    let url = url.split_once("://").map_or(url, |(_, rest)| rest);
    let url = url.split(['?', '#', ';']).next().unwrap_or_default();
    let mut parts = url.split('/');
    let host = parts.next().unwrap_or_default();
    // What stands before a host may be a password.
    let mut out = host.rsplit('@').next().unwrap_or_default().to_owned();
    for part in parts {
        out.push('/');
        out.push_str(if is_id(part) { "*" } else { part });
    }
    out
}

/// Whether a part of a path names one of many: a number, or long and hexadecimal, as UUIDs and hashes are.
fn is_id(part: &str) -> bool {
    const HEX_MIN: usize = 12;
    let is_number = !part.is_empty() && part.bytes().all(|c| c.is_ascii_digit());
    let is_hex = part.len() >= HEX_MIN && part.bytes().all(|c| c.is_ascii_hexdigit() || c == b'-');
    is_number || is_hex && part.bytes().any(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_from_one_to_the_next_is_left_out() {
        assert_eq!(bare("https://h.example/users/42/orders?page=2#x"), "h.example/users/*/orders");
        assert_eq!(bare("http://u:p@h:8080/a/550e8400-e29b-41d4-a716-446655440000"), "h:8080/a/*");
        assert_eq!(bare("h/feedfacecafe"), "h/feedfacecafe");
        assert_eq!(bare("h/v1/page-2.html"), "h/v1/page-2.html");
        assert_eq!(bare("/only/a/path"), "/only/a/path");
    }
}
