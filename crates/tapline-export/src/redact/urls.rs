//! Where the secrets stand in a URL: what is before the host, and parameters whose names say so.
//!
//! ```text
//!   https://user:password@host/path;jsessionid=…?access_token=…&next=https%3A%2F%2F…%3Ftoken%3D…#id_token=…
//! ```

use std::borrow::Cow;
use std::ops::Range;

use tapline_engine::analysis::decode::percent;

use super::Places;
use super::names::is_secret_parameter;
use crate::limits::URLS_INSIDE_MAX;

/// The places of what is secret, in order. All of the octets are the URL.
pub(super) fn secrets(url: &[u8]) -> Places {
    let mut places = Vec::new();
    // Nearly no URL has any of these, and without a way out of the middle many octets are looked at in one step.
    if url.iter().fold(false, |found, &octet| found | matches!(octet, b'?' | b'#' | b';' | b'@')) {
        find(url, 0, URLS_INSIDE_MAX, &mut places);
    }
    places
}

/// The same of every word of a text. A URL ends where it must (RFC 3986 appendix C).
pub(super) fn secrets_in_words(text: &[u8]) -> Places {
    let mut places = Vec::new();
    let mut start = 0;
    for word in text.split(|octet| b" \t\"<>".contains(octet)) {
        find(word, start, URLS_INSIDE_MAX, &mut places);
        start += word.len() + 1;
    }
    places
}

/// Where the userinfo of an authority stands (RFC 3986 §3.2.1). Names are no less telling than passwords: some services
/// take a token in their place.
pub(super) fn userinfo(authority: &[u8]) -> Places {
    let at = authority.iter().rposition(|&octet| octet == b'@').filter(|&at| at > 0);
    at.map(|at| 0..at).into_iter().collect()
}

/// Finds what is secret in a URL that begins at `start`.
fn find(url: &[u8], start: usize, decoded: u8, places: &mut Places) {
    let end = url.iter().position(|octet| b"?#;".contains(octet)).unwrap_or(url.len());
    let (head, parameters) = url.split_at_checked(end).unwrap_or((url, &[]));
    before_host(head, start, places);
    let mut next = start + end;
    for piece in parameters.split(|octet| b"&?#".contains(octet)) {
        parameter(piece, next, decoded, places);
        next += piece.len() + 1;
    }
}

/// Finds what stands before a host.
fn before_host(head: &[u8], start: usize, places: &mut Places) {
    let scheme = head.windows(3).position(|three| three == b"://").map(|at| at + 3);
    let from = scheme.or(head.starts_with(b"//").then_some(2));
    let behind = head.get(from.unwrap_or(0)..).unwrap_or_default();
    let authority = behind.split(|&octet| octet == b'/').next().unwrap_or_default();
    for place in userinfo(authority) {
        // Without a scheme it may as well be somebody's address; a password tells.
        if from.is_some() || authority.get(place.clone()).unwrap_or_default().contains(&b':') {
            places.push(moved(place, start + from.unwrap_or(0)));
        }
    }
}

/// Finds what is secret in what stands between two `&`; `;` may part names as well.
fn parameter(piece: &[u8], start: usize, decoded: u8, places: &mut Places) {
    let mut at = start;
    for part in piece.split(|&octet| octet == b';') {
        let Some(equals) = part.iter().position(|&octet| octet == b'=') else {
            at += part.len() + 1;
            continue;
        };
        let (name, value) = (part.get(..equals).unwrap_or_default(), at + equals + 1);
        if is_secret_parameter(last_word(&percent::decoded(name))) {
            // A secret may have `;` in it.
            places.extend(Some(value..start + piece.len()).filter(|place| value < place.end));
            return;
        }
        inside(part.get(equals + 1..).unwrap_or_default(), value, decoded, places);
        at += part.len() + 1;
    }
}

/// Finds what is secret in a URL that is a parameter's value. Of one that is encoded all is taken.
fn inside(value: &[u8], start: usize, decoded: u8, places: &mut Places) {
    let (mut hidden, mut plain) = (Vec::new(), Cow::Borrowed(value));
    for _ in 0..decoded {
        if plain.contains(&b'%') {
            plain = percent::decoded(&plain).into();
            find(&plain, 0, 0, &mut hidden);
        }
    }
    if hidden.is_empty() {
        before_host(value, start, places);
    } else {
        places.push(start..start + value.len());
    }
}

/// The name in `user[password]`, else the name.
fn last_word(name: &[u8]) -> &[u8] {
    let inner = name.strip_suffix(b"]").and_then(|name| name.rsplit(|&octet| octet == b'[').next());
    inner.filter(|inner| !inner.is_empty()).unwrap_or(name)
}

fn moved(place: Range<usize>, by: usize) -> Range<usize> {
    place.start + by..place.end + by
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(find: fn(&[u8]) -> Places, text: &str, expected: &[&str]) {
        let seen: Vec<_> = find(text.as_bytes()).into_iter().map(|place| &text[place]).collect();
        assert_eq!(seen, expected, "{text}");
    }

    #[test]
    fn parameters_are_found_by_their_names() {
        check(secrets, "/a/b", &[]);
        check(secrets, "/?q=token&page=2", &[]);
        check(secrets, "/?access_token=abc&page=2", &["abc"]);
        check(secrets, "/?page=2&API_KEY=a=b==", &["a=b=="]);
        check(secrets, "/?a=1;token=x;y&z", &["x;y"]);
        check(secrets, "/?token=&token", &[]);
        check(secrets, "/?access%5Ftoken=abc", &["abc"]);
        check(secrets, "/?user[password]=abc&b[]=1", &["abc"]);
        check(secrets, "https://h/cb#access_token=abc&token_type=bearer", &["abc"]);
        check(secrets, "/a;jsessionid=ABC?x=1", &["ABC"]);
        check(secrets, "/?x=1?token=abc#code=def", &["abc", "def"]);
    }

    #[test]
    fn what_stands_before_a_host_is_found() {
        check(secrets, "http://user:pw@h.example/a@b", &["user:pw"]);
        check(secrets, "https://t0ken@h.example", &["t0ken"]);
        check(secrets, "//u:p@h/", &["u:p"]);
        check(secrets, "u:p@h:443", &["u:p"]);
        check(secrets, "/a/b@c", &[]);
        check(secrets, "http://h.example/@a", &[]);
        check(secrets, "http://a@b@h/", &["a@b"]);
    }

    #[test]
    fn urls_in_parameters_are_looked_into() {
        check(secrets, "/?next=https%3A%2F%2Fh%2F%3Ftoken%3Dabc&a=1", &["https%3A%2F%2Fh%2F%3Ftoken%3Dabc"]);
        check(
            secrets,
            "/?next=https%253A%252F%252Fh%252F%253Ftoken%253Dabc",
            &["https%253A%252F%252Fh%252F%253Ftoken%253Dabc"],
        );
        check(secrets, "/?next=https://u:p@h/", &["u:p"]);
        check(secrets, "/?q=100%25&mail=a%40h.example&to=a@h.example", &[]);
    }

    #[test]
    fn urls_in_a_text_end_where_they_must() {
        check(secrets_in_words, "GET http://h/?sig=abc stood still", &["abc"]);
        check(secrets_in_words, "</a?sig=x>; rel=\"next\"", &["x"]);
        check(secrets_in_words, "5; url=/a?code=x", &["x"]);
        check(secrets_in_words, "nothing here; really", &[]);
    }

    #[test]
    fn chains_of_encoding_cost_no_more_than_a_few_looks() {
        let chain = format!("/?a=%{}3Dx", "25".repeat(100_000));
        assert!(secrets(chain.as_bytes()).is_empty());
    }

    #[test]
    fn encodings_are_undone_so_often() {
        let encoded = |times: u8| {
            let mut inner = "https://h/?token=abc".to_owned();
            for _ in 0..times {
                inner = inner.replace('%', "%25").replace('?', "%3F").replace('=', "%3D");
            }
            let url = format!("/?next={inner}");
            secrets(url.as_bytes()).len()
        };
        assert_eq!([1, URLS_INSIDE_MAX, URLS_INSIDE_MAX + 1].map(encoded), [1, 1, 0]);
    }
}
