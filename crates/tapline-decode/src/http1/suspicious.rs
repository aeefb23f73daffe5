//! Heads that two readers may take for different messages: request smuggling (RFC 9112 §11.2), a target that
//! says another host than the Host field (RFC 9112 §3.2), response splitting (RFC 9112 §11.1).

use memchr::{memchr, memchr_iter};

use super::head::RequestHead;
use super::lines::is_token;
use crate::Fields;
use crate::anomaly::{self, Anomaly};

/// The fields that decide where a message ends and whom it is for.
#[derive(Default)]
struct Deciding<'a> {
    transfer_encodings: u32,
    /// A value of Transfer-Encoding that is no plain list of codings.
    obfuscated: bool,
    /// Codings that say chunked, in all values together.
    chunked: u32,
    /// Content-Length values: fields, and members of lists.
    content_lengths: u32,
    hosts: u32,
    host: Option<&'a [u8]>,
}

/// What is suspicious of a request; its fields, if one of them says a length.
pub(super) fn of_request<'a>(head: &'a RequestHead, oddities: &mut Vec<Anomaly>) -> Option<&'a Fields> {
    let deciding = Deciding::of(&head.fields);
    deciding.note_lengths(head.minor_version.unwrap_or(0), oddities);
    if deciding.hosts > 1 {
        let detail = "Host stands there more than once";
        oddities.push(Anomaly::new(anomaly::HTTP1_HOST_REPEATED, detail));
    }
    match deciding.host {
        None if head.minor_version.is_some_and(|minor| minor > 0) => {
            let detail = "a request of HTTP/1.1 has no Host";
            oddities.push(Anomaly::new(anomaly::HTTP1_HOST_MISSING, detail));
        }
        Some(host) if authority(&head.target).is_some_and(|target| !is_same_host(target, host)) => {
            let detail = "the target names another host than Host does";
            oddities.push(Anomaly::new(anomaly::HTTP1_HOST_DIFFERS, detail));
        }
        _ => {}
    }
    deciding.says_length().then_some(&head.fields)
}

/// What is suspicious of a response; its fields, if one of them says a length.
pub(super) fn of_response<'a>(
    minor_version: u8,
    fields: &'a Fields,
    oddities: &mut Vec<Anomaly>,
) -> Option<&'a Fields> {
    let deciding = Deciding::of(fields);
    deciding.note_lengths(minor_version, oddities);
    deciding.says_length().then_some(fields)
}

/// Whether a target has an escaped line end in it: put into a field of the response, it begins another one.
pub(super) fn has_escaped_line_end(target: &[u8]) -> bool {
    memchr_iter(b'%', target).any(|at| {
        matches!(target.get(at + 1..at + 3), Some([b'0', digit]) if matches!(digit, b'a' | b'A' | b'd' | b'D'))
    })
}

/// What of the octets of a head no reader may pass on (RFC 9110 §5.5, RFC 9112 §2.2).
pub(super) fn note_octets(head: &[u8], oddities: &mut Vec<Anomaly>) {
    if has_bare_cr(head) {
        let detail = "a CR stands in a head without LF behind it";
        oddities.push(Anomaly::new(anomaly::HTTP1_BARE_CR, detail));
    }
    // Without a way out of the middle, many octets are looked at in one step.
    if head.iter().fold(false, |found, &octet| found | is_control(octet)) {
        let detail = "a control character stands in a head";
        oddities.push(Anomaly::new(anomaly::HTTP1_CONTROL_CHARACTER, detail));
    }
}

/// Whether a CR stands where no LF follows.
pub(super) fn has_bare_cr(octets: &[u8]) -> bool {
    // As above.
    let pairs = octets.iter().zip(octets.get(1..).unwrap_or_default());
    octets.last() == Some(&b'\r')
        || pairs.fold(false, |found, pair| found | matches!(pair, (b'\r', next) if *next != b'\n'))
}

/// Whether a field decides where a message ends.
pub(super) fn decides_framing(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"transfer-encoding") || name.eq_ignore_ascii_case(b"content-length")
}

/// Whether an octet stands in no head: not HTAB, CR or LF.
fn is_control(octet: u8) -> bool {
    octet.is_ascii_control() && !matches!(octet, b'\t' | b'\r' | b'\n')
}

impl<'a> Deciding<'a> {
    fn of(fields: &'a Fields) -> Self {
        let mut deciding = Self::default();
        for (name, value) in fields.iter() {
            // Most names differ in length, which is told at once.
            match name.len() {
                4 if name.eq_ignore_ascii_case(b"host") => {
                    deciding.hosts += 1;
                    deciding.host = deciding.host.or(Some(value));
                }
                14 if name.eq_ignore_ascii_case(b"content-length") => {
                    let members = value.split(|&b| b == b',').count();
                    deciding.content_lengths += crate::parse::length(members);
                }
                17 if name.eq_ignore_ascii_case(b"transfer-encoding") => deciding.codings(value),
                _ => {}
            }
        }
        deciding
    }

    fn says_length(&self) -> bool {
        self.transfer_encodings > 0 || self.content_lengths > 0
    }

    /// One value of Transfer-Encoding.
    fn codings(&mut self, value: &[u8]) {
        self.transfer_encodings += 1;
        for coding in value.split(|&b| b == b',') {
            let coding = trim_blanks(coding);
            // Whatever stands behind chunked is read by some and passed over by others.
            self.obfuscated |= self.chunked > 0 && !coding.eq_ignore_ascii_case(b"chunked");
            if coding.eq_ignore_ascii_case(b"chunked") {
                self.chunked += 1;
            } else {
                self.obfuscated |= says_chunked(coding) || !is_coding(coding);
            }
        }
    }

    fn note_lengths(&self, minor_version: u8, oddities: &mut Vec<Anomaly>) {
        let mut note = |noted: bool, code, detail: &'static str| {
            if noted {
                oddities.push(Anomaly::new(code, detail));
            }
        };
        note(
            self.obfuscated,
            anomaly::HTTP1_TRANSFER_ENCODING_OBFUSCATED,
            "Transfer-Encoding is written so that some read chunked and others do not",
        );
        note(
            self.transfer_encodings > 1 || self.chunked > 1,
            anomaly::HTTP1_TRANSFER_ENCODING_REPEATED,
            "Transfer-Encoding stands there more than once, or says chunked twice",
        );
        note(
            self.transfer_encodings > 0 && minor_version == 0,
            anomaly::HTTP1_TRANSFER_ENCODING_IN_1_0,
            "Transfer-Encoding stands in a message of HTTP/1.0, whose receiver may not know it",
        );
        note(
            self.content_lengths > 1,
            anomaly::HTTP1_CONTENT_LENGTH_REPEATED,
            "Content-Length stands there more than once",
        );
    }
}

/// Blanks as a field value may have them around it (RFC 9110 §5.6.3); other white space is none.
pub(super) fn trim_blanks(value: &[u8]) -> &[u8] {
    let is_blank = |octet: &u8| matches!(octet, b' ' | b'\t');
    let start = value.iter().position(|octet| !is_blank(octet)).unwrap_or(value.len());
    let end = value.iter().rposition(|octet| !is_blank(octet)).map_or(start, |last| last + 1);
    value.get(start..end).unwrap_or_default()
}

/// Whether a coding that is not chunked has the word in it.
fn says_chunked(coding: &[u8]) -> bool {
    coding.windows(7).any(|window| window.eq_ignore_ascii_case(b"chunked"))
}

/// A coding by its rules (RFC 9112 §7): a token, perhaps with parameters.
fn is_coding(coding: &[u8]) -> bool {
    let name = coding.split(|&b| b == b';').next().unwrap_or_default();
    !coding.is_empty()
        && trim_blanks(name).iter().all(|&octet| is_token(octet))
        && !coding.iter().any(u8::is_ascii_control)
}

/// The authority of a target in absolute form (RFC 9112 §3.2.2), without user information.
fn authority(target: &[u8]) -> Option<&[u8]> {
    let (scheme, rest) = target.split_at_checked(memchr(b':', target)?)?;
    let rest = rest.strip_prefix(b"://").filter(|_| scheme.iter().all(|&octet| is_token(octet)))?;
    let end = rest.iter().position(|octet| matches!(octet, b'/' | b'?' | b'#')).unwrap_or(rest.len());
    let authority = rest.get(..end)?;
    Some(authority.rsplit(|&b| b == b'@').next().unwrap_or(authority))
}

/// Whether two authorities name one host; a default port may be left out.
fn is_same_host(one: &[u8], other: &[u8]) -> bool {
    let bare = |authority: &[u8]| -> Vec<u8> {
        let bare = authority.strip_suffix(b":80").or_else(|| authority.strip_suffix(b":443"));
        bare.unwrap_or(authority).to_ascii_lowercase()
    };
    bare(one) == bare(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(minor_version: u8, target: &str, lines: &[(&str, &str)]) -> Vec<&'static str> {
        let mut fields = Fields::default();
        for (name, value) in lines {
            fields.push(name.as_bytes(), value.as_bytes());
        }
        let target = target.as_bytes().to_vec();
        let head =
            RequestHead { method: b"GET"[..].into(), target, minor_version: Some(minor_version), fields };
        let mut oddities = Vec::new();
        of_request(&head, &mut oddities);
        oddities.iter().map(|oddity| oddity.code).collect()
    }

    #[test]
    fn transfer_encodings_that_readers_disagree_on() {
        let check = |values: &[&str], expected: &[&str]| {
            let mut lines = vec![("Host", "h")];
            lines.extend(values.iter().map(|&value| ("Transfer-Encoding", value)));
            assert_eq!(codes(1, "/", &lines), expected, "{values:?}");
        };
        let (obfuscated, repeated) =
            (anomaly::HTTP1_TRANSFER_ENCODING_OBFUSCATED, anomaly::HTTP1_TRANSFER_ENCODING_REPEATED);
        check(&["chunked"], &[]);
        check(&["gzip, Chunked"], &[]);
        check(&["gzip;level=\"9\", chunked"], &[]);
        check(&["identity"], &[]);
        check(&["\u{b}chunked"], &[obfuscated]);
        check(&["chunked, identity"], &[obfuscated]);
        check(&["xchunked"], &[obfuscated]);
        check(&["\"chunked\""], &[obfuscated]);
        check(&["chunked;q=1"], &[obfuscated]);
        check(&["chunked,"], &[obfuscated]);
        check(&["chunked", "chunked"], &[repeated]);
        check(&["chunked, chunked"], &[repeated]);
        check(&["chunked", "identity"], &[obfuscated, repeated]);
    }

    #[test]
    fn lengths_and_versions() {
        let te = ("Transfer-Encoding", "chunked");
        assert_eq!(codes(0, "/", &[te]), [anomaly::HTTP1_TRANSFER_ENCODING_IN_1_0]);
        let (host, five) = (("Host", "h"), ("Content-Length", "5"));
        assert_eq!(codes(1, "/", &[host, five]), [""; 0]);
        assert_eq!(codes(1, "/", &[host, five, five]), [anomaly::HTTP1_CONTENT_LENGTH_REPEATED]);
        let list = [host, ("Content-Length", "5, 5")];
        assert_eq!(codes(1, "/", &list), [anomaly::HTTP1_CONTENT_LENGTH_REPEATED]);
    }

    #[test]
    fn whom_a_request_is_for() {
        let (one, other) = (("Host", "a.test"), ("Host", "b.test"));
        assert_eq!(codes(1, "/", &[]), [anomaly::HTTP1_HOST_MISSING]);
        assert_eq!(codes(0, "/", &[]), [""; 0]);
        assert_eq!(codes(1, "/", &[one, other]), [anomaly::HTTP1_HOST_REPEATED]);
        let check = |target: &str, differs: bool| {
            assert_eq!(!codes(1, target, &[one]).is_empty(), differs, "{target}");
        };
        check("http://a.test/x", false);
        check("http://A.TEST:80/x", false);
        check("http://user@a.test", false);
        check("http://b.test/x", true);
        check("https://a.test:8443/x", true);
        check("/http://b.test/", false);
        check("a.test:443", false);
    }

    #[test]
    fn octets_that_have_no_place_in_a_head() {
        let check = |head: &str, expected: &[&str]| {
            let mut oddities = Vec::new();
            note_octets(head.as_bytes(), &mut oddities);
            assert_eq!(oddities.iter().map(|oddity| oddity.code).collect::<Vec<_>>(), expected, "{head:?}");
        };
        check("A: b\tc\r\n\r\n", &[]);
        check("A: b\rC: d\r\n", &[anomaly::HTTP1_BARE_CR]);
        check("A: b\0\r\n", &[anomaly::HTTP1_CONTROL_CHARACTER]);
        check("A: b\r", &[anomaly::HTTP1_BARE_CR]);
    }

    #[test]
    fn escaped_line_ends_are_found_in_any_case() {
        let check = |target: &str, expected| {
            assert_eq!(has_escaped_line_end(target.as_bytes()), expected, "{target}");
        };
        check("/?lang=a%0d%0aX:%20y", true);
        check("/?lang=a%0A", true);
        check("/?q=%20%00%0", false);
    }
}
