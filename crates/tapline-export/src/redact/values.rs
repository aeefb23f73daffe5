//! Where the secrets stand in a header field's value.

use std::ops::Range;

use super::Places;
use super::names::Secret;
use crate::limits::PROTOCOL_NAME_MAX;

/// Schemes that are shown: those of the IANA registry, and what is usual beside it. A word that is none of them may be
/// the secret itself.
const SCHEMES: [&str; 20] = [
    "ApiKey",
    "AWS4-HMAC-SHA256",
    "Basic",
    "Bearer",
    "Concealed",
    "Digest",
    "DPoP",
    "GNAP",
    "Hawk",
    "HOBA",
    "Mutual",
    "Negotiate",
    "NTLM",
    "OAuth",
    "PrivateToken",
    "SCRAM-SHA-1",
    "SCRAM-SHA-256",
    "SharedKey",
    "Token",
    "vapid",
];

/// Attributes of Set-Cookie, those of browsers included.
const ATTRIBUTES: [&str; 9] =
    ["domain", "expires", "httponly", "max-age", "partitioned", "path", "priority", "samesite", "secure"];

/// The places of what is secret, in order.
pub(super) fn secrets(secret: Secret, value: &[u8]) -> Places {
    let places: Places = match secret {
        Secret::Credentials => vec![credentials(value)],
        Secret::Cookies => pieces(value, b';').map(|piece| behind_name(value, piece)).collect(),
        Secret::SetCookie => {
            let attribute = |piece| secret_of_attribute(value, piece);
            let mut pieces = pieces(value, b';');
            let first = pieces.next().map(|piece| behind_name(value, piece));
            first.into_iter().chain(pieces.filter_map(attribute)).collect()
        }
        Secret::Protocols => pieces(value, b',').filter(|piece| piece.len() > PROTOCOL_NAME_MAX).collect(),
        Secret::Whole => vec![all(value)],
    };
    places.into_iter().filter(|place| !place.is_empty()).collect()
}

/// What stands behind the scheme.
fn credentials(value: &[u8]) -> Range<usize> {
    let scheme = value.split(|&octet| octet == b' ').next().unwrap_or_default();
    let is_known = SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known.as_bytes()));
    let blanks = value.iter().skip(scheme.len()).take_while(|&&octet| octet == b' ').count();
    if is_known && blanks > 0 { scheme.len() + blanks..value.len() } else { all(value) }
}

fn all(value: &[u8]) -> Range<usize> {
    0..value.len()
}

/// Where the pieces between separators stand, without white space around them.
fn pieces(value: &[u8], separator: u8) -> impl Iterator<Item = Range<usize>> {
    let mut next = 0;
    value.split(move |&octet| octet == separator).map(move |piece| {
        let start = next + (piece.len() - piece.trim_ascii_start().len());
        next += piece.len() + 1;
        start..start + piece.trim_ascii().len()
    })
}

/// What stands behind the name and `=`; all of it where there is no name.
fn behind_name(value: &[u8], piece: Range<usize>) -> Range<usize> {
    let name = name_of(value, &piece).map_or(0, |name| name.len() + 1);
    piece.start + name..piece.end
}

/// The name of a piece that has one.
fn name_of<'a>(value: &'a [u8], piece: &Range<usize>) -> Option<&'a [u8]> {
    let octets = value.get(piece.clone()).unwrap_or_default();
    octets.get(..octets.iter().position(|&octet| octet == b'=')?)
}

/// None of what is an attribute. Another cookie behind a comma is none.
fn secret_of_attribute(value: &[u8], piece: Range<usize>) -> Option<Range<usize>> {
    let place = behind_name(value, piece.clone());
    let name = name_of(value, &piece).unwrap_or_else(|| value.get(piece.clone()).unwrap_or_default());
    let is_known = ATTRIBUTES.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()));
    let is_more = place.start > piece.start && value.get(place.clone()).unwrap_or_default().contains(&b'=');
    (!is_known || is_more).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(secret: Secret, value: &str, expected: &[&str]) {
        let seen = secrets(secret, value.as_bytes());
        let seen: Vec<_> = seen.into_iter().map(|place| &value[place]).collect();
        assert_eq!(seen, expected, "{value}");
    }

    #[test]
    fn schemes_stay() {
        check(Secret::Credentials, "Bearer abc", &["abc"]);
        check(Secret::Credentials, "bASIC  abc==", &["abc=="]);
        check(
            Secret::Credentials,
            "Digest username=\"a\", response=\"b\"",
            &["username=\"a\", response=\"b\""],
        );
        check(Secret::Credentials, "opensesame now", &["opensesame now"]);
        check(Secret::Credentials, "Bearer", &["Bearer"]);
        check(Secret::Credentials, "Bearer ", &[]);
        check(Secret::Credentials, "", &[]);
    }

    #[test]
    fn names_of_cookies_stay() {
        check(Secret::Cookies, "a=1; b=x=y;c=", &["1", "x=y"]);
        check(Secret::Cookies, "alone; =nameless; ", &["alone", "nameless"]);
        check(Secret::Cookies, "q=\"in quotes\"", &["\"in quotes\""]);
    }

    #[test]
    fn attributes_stay() {
        check(Secret::SetCookie, "id=abc; Path=/; HttpOnly; SameSite=Lax", &["abc"]);
        check(Secret::SetCookie, "id=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0", &[]);
        check(
            Secret::SetCookie,
            "id=abc; Path=/, other=def; foo; bar=1",
            &["abc", "/, other=def", "foo", "1"],
        );
    }

    #[test]
    fn names_of_protocols_stay() {
        let token = "base64url.bearer.authorization.k8s.io.ZXlKaGJHY2lPaUpTVXpJMU5pSXNJbXRwWkNJNklu";
        check(Secret::Protocols, &format!("v4.channel.k8s.io, {token}"), &[token]);
    }

    #[test]
    fn protocols_with_usual_names_stay() {
        let (usual, long) = ("p".repeat(PROTOCOL_NAME_MAX), "t".repeat(PROTOCOL_NAME_MAX + 1));
        check(Secret::Protocols, &format!("{usual}, {long}"), &[&long]);
    }
}
