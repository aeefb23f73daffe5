//! Cookies of header fields (RFC 6265), without their secrets.

use serde::Serialize;
use tapline_engine::analysis::decode::Fields;

use crate::redact::Redactor;

/// A cookie that a client sent, or that a server set.
#[derive(Serialize, Default, PartialEq, Eq, Debug)]
#[serde(rename_all = "camelCase")]
pub(super) struct Cookie {
    name: String,
    value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    domain: Option<String>,
    /// As RFC 3339; left out where it is no date.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    http_only: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    secure: bool,
}

/// Those of the request's Cookie fields. HTTP/2 may send one field a cookie (RFC 9113 §8.2.3).
pub(super) fn sent(fields: &Fields, redactor: &Redactor) -> Vec<Cookie> {
    let values = fields.all("cookie").map(|value| redacted(b"cookie", value, redactor));
    let mut cookies = Vec::new();
    for value in values {
        for pair in value.split(';').map(str::trim).filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or(("", pair));
            cookies.push(Cookie { name: name.to_owned(), value: value.to_owned(), ..Cookie::default() });
        }
    }
    cookies
}

/// Those of the response's Set-Cookie fields.
pub(super) fn set(fields: &Fields, redactor: &Redactor) -> Vec<Cookie> {
    fields.all("set-cookie").map(|value| one(&redacted(b"set-cookie", value, redactor))).collect()
}

fn redacted(name: &[u8], value: &[u8], redactor: &Redactor) -> String {
    redactor.field(name, value).unwrap_or_else(|| tapline_engine::analysis::text(value))
}

fn one(value: &str) -> Cookie {
    let mut parts = value.split(';').map(str::trim);
    let (name, value) = parts.next().and_then(|pair| pair.split_once('=')).unwrap_or_default();
    let mut cookie = Cookie { name: name.to_owned(), value: value.to_owned(), ..Cookie::default() };
    for part in parts {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        match name.trim().to_ascii_lowercase().as_str() {
            "path" => cookie.path = Some(value.to_owned()),
            "domain" => cookie.domain = Some(value.to_owned()),
            "expires" => cookie.expires = date(value),
            "httponly" => cookie.http_only = true,
            "secure" => cookie.secure = true,
            _ => {}
        }
    }
    cookie
}

/// `Wed, 21 Oct 2026 07:28:00 GMT`; old servers write `-` between day, month and year.
fn date(value: &str) -> Option<String> {
    let value = value.trim().replace('-', " ");
    let zoned = jiff::fmt::rfc2822::parse(&value).ok()?;
    Some(zoned.timestamp().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redact::Secrets;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        let mut fields = Fields::default();
        for (name, value) in pairs {
            fields.push(name.as_bytes(), value.as_bytes());
        }
        fields
    }

    #[test]
    fn cookies_have_names_and_no_values() {
        let redactor = Redactor::default();
        let cookies = sent(&fields(&[("Cookie", "a=1; b=two"), ("cookie", "c=3")]), &redactor);
        let told: Vec<_> =
            cookies.iter().map(|cookie| (cookie.name.as_str(), cookie.value.as_str())).collect();
        let expected =
            [("a", "[redacted, 1 octet]"), ("b", "[redacted, 3 octets]"), ("c", "[redacted, 1 octet]")];
        assert_eq!(told, expected);
    }

    #[test]
    fn attributes_of_a_cookie_that_is_set_are_told() {
        let shown = Redactor::new(Secrets::Shown);
        let value =
            "id=x; Path=/a; Domain=a.example; Expires=Wed, 21 Oct 2026 07:28:00 GMT; HttpOnly; Secure";
        let cookies = set(&fields(&[("set-cookie", value)]), &shown);
        let expected = Cookie {
            name: "id".into(),
            value: "x".into(),
            path: Some("/a".into()),
            domain: Some("a.example".into()),
            expires: Some("2026-10-21T07:28:00Z".into()),
            http_only: true,
            secure: true,
        };
        assert_eq!(cookies, [expected]);
        assert_eq!(date("Wed, 21-Oct-2026 07:28:00 GMT").as_deref(), Some("2026-10-21T07:28:00Z"));
        assert_eq!(date("tomorrow"), None);
    }
}
