//! What a URL names, as attributes.

use crate::attributes::Attributes;

/// A URL as far as it is known: `https://h:8443/a?b`, `/a?b` where no host was seen, `h:443` of CONNECT.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Target<'a> {
    url: &'a str,
    scheme: Option<&'a str>,
    /// Without square brackets; `None` where it was not seen.
    pub(super) host: Option<&'a str>,
    /// As it stands there, else the scheme's.
    pub(super) port: Option<u16>,
}

impl<'a> Target<'a> {
    /// Reads a URL.
    pub(super) fn of(url: &'a str) -> Self {
        let (scheme, rest) = match url.split_once("://") {
            Some((scheme, rest)) => (Some(scheme), rest),
            None => (None, url),
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let (host, port) = match authority.strip_prefix('[').and_then(|inside| inside.split_once(']')) {
            Some((host, rest)) => (host, rest.strip_prefix(':')),
            None => authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port))),
        };
        let usual = match scheme {
            Some("http" | "ws") => Some(80),
            Some("https" | "wss") => Some(443),
            _ => None,
        };
        let port = port.and_then(|port| port.parse().ok()).or(usual);
        Self { url, scheme, host: Some(host).filter(|host| !host.is_empty()), port }
    }

    /// Writes `url.full`, which must be absolute; of what is not, the parts that there are.
    pub(super) fn write(&self, attributes: &mut Attributes) {
        attributes.put("url.scheme", self.scheme);
        if self.scheme.is_some() && self.host.is_some() {
            attributes.put("url.full", self.url);
        } else if self.url.starts_with('/') {
            let (path, query) =
                self.url.split_once('?').map_or((self.url, None), |(path, query)| (path, Some(query)));
            attributes.put("url.path", path);
            attributes.put("url.query", query);
        } else {
            attributes.put("tapline.url", self.url);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_taken_apart() {
        let check = |url: &str, scheme: Option<&str>, host: Option<&str>, port: Option<u16>| {
            assert_eq!(Target::of(url), Target { url, scheme, host, port });
        };
        check("http://h.example/a?b=c:d@e", Some("http"), Some("h.example"), Some(80));
        check("https://h:8443", Some("https"), Some("h"), Some(8443));
        check("https://u:(redacted,1-octet)@h/", Some("https"), Some("h"), Some(443));
        check("http://[::1]:8080/a", Some("http"), Some("::1"), Some(8080));
        check("https://[::1]/a", Some("https"), Some("::1"), Some(443));
        check("/a?b", None, None, None);
        check("*", None, Some("*"), None);
        check("h:443", None, Some("h"), Some(443));
        check("http:///a", Some("http"), None, Some(80));
        check("http://h:99999/", Some("http"), Some("h"), Some(80));
    }
}
