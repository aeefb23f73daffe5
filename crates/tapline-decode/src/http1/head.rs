//! Heads: start line and fields (RFC 9112 §3–§5), read leniently: what breaks the rules is said.

use std::borrow::Cow;

use super::Token;
use super::lines::{
    FieldLine, Scan, field_line, first_line, is_field_name, lines, request_line, status_line,
};
use super::suspicious::{decides_framing, note_octets, trim_blanks};
use crate::Fields;
use crate::anomaly::{self, Anomaly};

/// A request's parts.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RequestHead {
    pub(super) method: Token,
    pub(super) target: Vec<u8>,
    pub(super) minor_version: Option<u8>,
    pub(super) fields: Fields,
}

/// A response's parts.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ResponseHead {
    pub(super) minor_version: u8,
    pub(super) status: u16,
    pub(super) reason: Token,
    pub(super) fields: Fields,
}

/// A request head, whole; what it breaks goes to `oddities`.
pub(super) fn request(head: &[u8], scan: Scan, oddities: &mut Vec<Anomaly>) -> RequestHead {
    note_lines(scan, oddities);
    note_octets(head, oddities);
    let (line, rest) = split_first_line(head);
    let line = request_line(line);
    RequestHead {
        method: Token::from_slice(line.method),
        target: line.target.to_vec(),
        minor_version: line.minor_version,
        fields: fields(rest, scan, oddities),
    }
}

/// A response head, whole; `None` where its first line is no status line.
pub(super) fn response(head: &[u8], scan: Scan, oddities: &mut Vec<Anomaly>) -> Option<ResponseHead> {
    note_lines(scan, oddities);
    let (line, rest) = split_first_line(head);
    let (minor_version, status, reason) = status_line(line)?;
    note_octets(head, oddities);
    let reason = Token::from_slice(reason);
    Some(ResponseHead { minor_version, status, reason, fields: fields(rest, scan, oddities) })
}

fn split_first_line(head: &[u8]) -> (&[u8], &[u8]) {
    let (line, used) = first_line(head).unwrap_or((head, head.len()));
    (line, head.get(used..).unwrap_or_default())
}

/// The field lines of a section that was scanned: folded ones are joined, those without a colon are left out and said.
pub(super) fn fields(section: &[u8], scan: Scan, oddities: &mut Vec<Anomaly>) -> Fields {
    let mut fields = Fields::with_capacity(scan.lines, section.len());
    let mut open: Option<(&[u8], Cow<'_, [u8]>)> = None;
    let mut found = Found::default();
    for line in lines(section) {
        if let ([b' ' | b'\t', ..], Some((name, value))) = (line, &mut open) {
            found.obfuscated |= decides_framing(name);
            let value = value.to_mut();
            value.push(b' ');
            value.extend_from_slice(line.trim_ascii());
            continue;
        }
        if let Some((name, value)) = open.take() {
            fields.push(name, &value);
        }
        match field_line(line) {
            Some(line) => {
                found.look_at(line);
                open = Some((line.name, Cow::Borrowed(line.value.trim_ascii())));
            }
            None => found.bad = Some("a field line has no colon"),
        }
    }
    if let Some((name, value)) = open {
        fields.push(name, &value);
    }
    found.note(oddities);
    fields
}

/// What field lines break, said once a section.
#[derive(Default)]
struct Found {
    bad: Option<&'static str>,
    spaced: bool,
    /// A field that decides the framing is written so that not everybody reads it.
    obfuscated: bool,
}

impl Found {
    fn look_at(&mut self, line: FieldLine<'_>) {
        let FieldLine { name, is_token, value } = line;
        let bare = if is_token { name } else { name.trim_ascii_end() };
        let decides = decides_framing(bare);
        if !is_token && is_field_name(bare) {
            self.spaced = true;
            self.obfuscated |= decides;
        } else if !is_token {
            self.bad = Some("a field name is no token");
        }
        // White space that is no blank belongs to the value for some readers.
        self.obfuscated |= decides && trim_blanks(value) != value.trim_ascii();
    }

    fn note(self, oddities: &mut Vec<Anomaly>) {
        oddities.extend(self.bad.map(|detail| Anomaly::new(anomaly::HTTP1_BAD_FIELD, detail)));
        if self.spaced {
            let detail = "white space stands between a field name and its colon";
            oddities.push(Anomaly::new(anomaly::HTTP1_SPACE_BEFORE_COLON, detail));
        }
        if self.obfuscated {
            let detail = "a field that says where the message ends is written so that not everybody reads it";
            oddities.push(Anomaly::new(anomaly::HTTP1_TRANSFER_ENCODING_OBFUSCATED, detail));
        }
    }
}

/// What the lines of a section break.
pub(super) fn note_lines(scan: Scan, oddities: &mut Vec<Anomaly>) {
    if scan.bare_lf {
        oddities.push(Anomaly::new(anomaly::HTTP1_BARE_LF, "a line ends in LF without CR"));
    }
    if scan.folded {
        oddities.push(Anomaly::new(anomaly::HTTP1_OBS_FOLD, "a field value goes on in the next line"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(head: &str, fields: &[(&str, &str)], codes: &[&str]) {
        let mut scan = Scan::default();
        assert_eq!(scan.end(head.as_bytes()), Some(head.len()));
        let mut oddities = Vec::new();
        let parsed = request(head.as_bytes(), scan, &mut oddities);
        let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
        let seen: Vec<_> = parsed.fields.iter().map(|(n, v)| (text(n), text(v))).collect();
        let expected: Vec<_> = fields.iter().map(|&(n, v)| (n.to_owned(), v.to_owned())).collect();
        assert_eq!(seen, expected, "{head:?}");
        assert_eq!(oddities.iter().map(|o| o.code).collect::<Vec<_>>(), codes, "{head:?}");
    }

    #[test]
    fn odd_heads_are_read_and_said() {
        check("GET / HTTP/1.1\r\nHost: a\r\n\r\n", &[("Host", "a")], &[]);
        check("GET / HTTP/1.1\nHost: a\n\n", &[("Host", "a")], &[anomaly::HTTP1_BARE_LF]);
        check("GET / HTTP/1.1\r\nA: b\r\n  c\r\n\r\n", &[("A", "b c")], &[anomaly::HTTP1_OBS_FOLD]);
        check("GET / HTTP/1.1\r\nbad\r\nA: b\r\n\r\n", &[("A", "b")], &[anomaly::HTTP1_BAD_FIELD]);
        check("GET / HTTP/1.1\r\nA : b\r\n\r\n", &[("A ", "b")], &[anomaly::HTTP1_SPACE_BEFORE_COLON]);
        check("GET / HTTP/1.1\r\nA B: c\r\n\r\n", &[("A B", "c")], &[anomaly::HTTP1_BAD_FIELD]);
        check("GET HTTP/1.1\r\nA: b\r\n\r\n", &[("A", "b")], &[]);
        let many = "A: b\r\n".repeat(200);
        check(&format!("GET / HTTP/1.1\r\n{many}\r\n"), &[("A", "b"); 200], &[]);
    }
}
