//! What somebody else must not read, taken out of what is written: credentials, cookies, keys and tokens, in header
//! fields and in URLs.
//!
//! ```text
//!   name, value ──> names: what sort of secret ──> values, urls: where it stands ──> Redactor: what stands there instead
//! ```
//!
//! What helps to understand an exchange stays: the scheme of credentials, names of cookies and of parameters, attributes
//! of Set-Cookie, and how long each secret was. Every exporter of texts asks the same [`Redactor`]; filters come first and
//! see everything. Bodies and packets are not its matter.

mod names;
mod urls;
mod values;

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt::Write;
use std::ops::Range;

use tapline_engine::analysis::shown;

/// Whether secrets are shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Secrets {
    /// A mark stands in their place.
    #[default]
    Redacted,
    /// As they are.
    Shown,
}

/// Takes secrets out of texts, and counts them.
#[derive(Debug, Default)]
pub struct Redactor {
    secrets: Secrets,
    count: Cell<u64>,
}

/// What stands in the place of a secret.
#[derive(Clone, Copy)]
enum Mark {
    /// `[redacted, 12 octets]`
    Words,
    /// `(redacted,12-octets)`: what a URL may have in it (RFC 3986 §2.2), so that it stays one.
    Url,
}

/// Where secrets stand in a text.
type Places = Vec<Range<usize>>;

impl Redactor {
    /// One that does as it is told.
    pub fn new(secrets: Secrets) -> Self {
        Self { secrets, count: Cell::new(0) }
    }

    /// How many values were taken out so far; `None` where secrets are shown.
    pub fn count(&self) -> Option<u64> {
        (self.secrets == Secrets::Redacted).then(|| self.count.get())
    }

    /// What to write instead of a header field's value; `None` where nothing in it is secret.
    pub fn field(&self, name: &[u8], value: &[u8]) -> Option<String> {
        let form = names::form(name)?;
        match form {
            names::Form::Url => self.replace(value, urls::secrets, Mark::Url),
            names::Form::Urls => self.replace(value, urls::secrets_in_words, Mark::Url),
            names::Form::Authority => self.replace(value, urls::userinfo, Mark::Url),
            names::Form::Secret(secret) => {
                self.replace(value, |value| values::secrets(secret, value), Mark::Words)
            }
        }
    }

    /// A URL or a target without its secrets.
    pub fn url<'a>(&self, url: &'a str) -> Cow<'a, str> {
        self.replaced(url, urls::secrets)
    }

    /// A host without what stands before it.
    pub fn host<'a>(&self, host: &'a str) -> Cow<'a, str> {
        self.replaced(host, urls::userinfo)
    }

    /// A sentence that may have URLs in it.
    pub fn sentence<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.replaced(text, urls::secrets_in_words)
    }

    fn replaced<'a>(&self, text: &'a str, find: impl Fn(&[u8]) -> Places) -> Cow<'a, str> {
        self.replace(text.as_bytes(), find, Mark::Url).map_or(Cow::Borrowed(text), Cow::Owned)
    }

    fn replace(&self, octets: &[u8], find: impl Fn(&[u8]) -> Places, mark: Mark) -> Option<String> {
        if self.secrets == Secrets::Shown {
            return None;
        }
        let places = find(octets);
        if places.is_empty() {
            return None;
        }
        self.count.set(self.count.get() + places.len() as u64);
        let (mut text, mut done) = (String::with_capacity(octets.len()), 0);
        for place in places {
            text += &shown(octets.get(done..place.start).unwrap_or_default());
            mark.write(&mut text, place.len());
            done = place.end;
        }
        text += &shown(octets.get(done..).unwrap_or_default());
        Some(text)
    }
}

impl Mark {
    fn write(self, text: &mut String, octets: usize) {
        let s = if octets == 1 { "" } else { "s" };
        let _ = match self {
            Self::Words => write!(text, "[redacted, {octets} octet{s}]"),
            Self::Url => write!(text, "(redacted,{octets}-octet{s})"),
        };
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn fields_keep_what_is_no_secret() {
        let check = |name: &str, value: &str, expected: Option<&str>| {
            let redactor = Redactor::default();
            let seen = redactor.field(name.as_bytes(), value.as_bytes());
            assert_eq!(seen.as_deref(), expected, "{name}: {value}");
            assert_eq!(Redactor::new(Secrets::Shown).field(name.as_bytes(), value.as_bytes()), None);
        };
        check("Authorization", "Bearer abcdef", Some("Bearer [redacted, 6 octets]"));
        check("authorization", "a b", Some("[redacted, 3 octets]"));
        check("proxy-authorization", "Basic x", Some("Basic [redacted, 1 octet]"));
        check("cookie", "a=1; bc=22", Some("a=[redacted, 1 octet]; bc=[redacted, 2 octets]"));
        check("X-API-Key", "k123", Some("[redacted, 4 octets]"));
        check("x-api-key", "", None);
        check("location", "/cb#access_token=abc&n=1", Some("/cb#access_token=(redacted,3-octets)&n=1"));
        check("link", "</a?sig=x>; rel=next, </b>", Some("</a?sig=(redacted,1-octet)>; rel=next, </b>"));
        check("host", "u:p@h.example", Some("(redacted,3-octets)@h.example"));
        check("host", "h.example:80", None);
        check("accept", "token=abc", None);
    }

    #[test]
    fn values_are_counted_one_by_one() {
        let redactor = Redactor::default();
        redactor.field(b"cookie", b"a=1; b=2");
        redactor.url("/?token=a&key=b");
        redactor.url("/?q=a");
        assert_eq!(redactor.count(), Some(4));
        assert_eq!(Redactor::new(Secrets::Shown).count(), None);
    }

    #[test]
    fn what_is_no_text_stays_what_it_is() {
        let seen = Redactor::default().field(b"cookie", b"\xff=\xfe\xfe; b");
        assert_eq!(seen.as_deref(), Some("%ff=[redacted, 2 octets]; [redacted, 1 octet]"));
    }

    proptest! {
        #[test]
        fn no_secret_gets_through(secret in "[A-Z0-9]{5}[ -~]{0,12}", before in "[ -~]{0,12}") {
            let redactor = Redactor::default();
            let head = &secret[..5];
            for name in ["authorization", "cookie", "set-cookie", "x-auth-token", "x-api-key"] {
                let seen = redactor.field(name.as_bytes(), format!("n={secret}").as_bytes());
                prop_assert!(seen.is_some_and(|text| !text.contains(head)), "{name}");
            }
            prop_assume!(!before.contains(head));
            for url in [
                format!("https://h/p?{before}&access_token={secret}"),
                format!("https://h/p#a=1&id_token={secret}"),
                format!("/p;jsessionid={secret}"),
            ] {
                let seen = redactor.url(&url);
                // A fragment or parameter of its own is none of the secret's.
                let own = secret.split(['&', '#', '?']).next().unwrap_or_default();
                prop_assert!(!seen.contains(own), "{url}: {seen}");
            }
        }

        #[test]
        fn any_octets_are_taken(name in prop::collection::vec(any::<u8>(), 0..20), value in ".*") {
            let redactor = Redactor::default();
            redactor.field(&name, value.as_bytes());
            redactor.sentence(&value);
            redactor.host(&value);
        }
    }
}
