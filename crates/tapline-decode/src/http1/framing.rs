//! How long a body is (RFC 9112 §6.3).

use super::Framing;
use crate::Fields;
use crate::anomaly::{self, Anomaly};

/// The framing of a request's body, given its fields if one of them says a length.
pub(super) fn of_request(fields: Option<&Fields>, oddities: &mut Vec<Anomaly>) -> Framing {
    let Some(fields) = fields else { return Framing::None };
    match coded(fields, oddities) {
        Some(true) => Framing::Chunked,
        // RFC 9112 §6.3: the length cannot be known; a server answers 400 and closes.
        Some(false) => Framing::UntilClose,
        None => length(fields, oddities).map_or(Framing::None, Framing::Length),
    }
}

/// The framing of a response's body, given the status and what the request's method was.
pub(super) fn of_response(
    status: u16,
    to: super::pending::Asked,
    fields: Option<&Fields>,
    oddities: &mut Vec<Anomaly>,
) -> Framing {
    use super::pending::Asked;
    match (status, to) {
        (101, _) | (200..300, Asked::Connect) => return Framing::Tunnel,
        (100..200 | 204 | 304, _) | (_, Asked::Head) => return Framing::None,
        _ => {}
    }
    let Some(fields) = fields else { return Framing::UntilClose };
    match coded(fields, oddities) {
        Some(true) => Framing::Chunked,
        Some(false) => Framing::UntilClose,
        None => length(fields, oddities).map_or(Framing::UntilClose, Framing::Length),
    }
}

/// Whether Transfer-Encoding ends in chunked; `None` where there is none.
fn coded(fields: &Fields, oddities: &mut Vec<Anomaly>) -> Option<bool> {
    let value = fields.all("transfer-encoding").last()?;
    let last = value.rsplit(|&b| b == b',').next().unwrap_or_default().trim_ascii();
    let chunked = last.eq_ignore_ascii_case(b"chunked");
    if !chunked {
        if last.eq_ignore_ascii_case(b"identity") {
            return None;
        }
        let detail = "the last transfer coding is not chunked";
        oddities.push(Anomaly::new(anomaly::HTTP1_TRANSFER_CODING, detail));
    }
    if fields.get("content-length").is_some() {
        let detail = "Transfer-Encoding and Content-Length stand in one head; the former counts";
        oddities.push(Anomaly::new(anomaly::HTTP1_LENGTH_AND_CHUNKED, detail));
    }
    Some(chunked)
}

/// The Content-Length; the first of several that differ.
fn length(fields: &Fields, oddities: &mut Vec<Anomaly>) -> Option<u64> {
    let mut found = None;
    let (mut conflict, mut invalid) = (false, false);
    for text in fields.all("content-length").flat_map(|value| value.split(|&b| b == b',')) {
        match decimal(text.trim_ascii()) {
            Some(length) => conflict |= *found.get_or_insert(length) != length,
            None => invalid = true,
        }
    }
    if conflict {
        let detail = "Content-Length stands there with several values; the first counts";
        oddities.push(Anomaly::new(anomaly::HTTP1_CONTENT_LENGTH_CONFLICT, detail));
    }
    if invalid {
        let detail = "Content-Length is no number below 2^64";
        oddities.push(Anomaly::new(anomaly::HTTP1_CONTENT_LENGTH_INVALID, detail));
    }
    found
}

fn decimal(text: &[u8]) -> Option<u64> {
    number(text, 10)
}

/// A chunk-size line (RFC 9112 §7.1).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ChunkLine {
    pub(super) size: u64,
    pub(super) has_extension: bool,
    /// The gravest of what is odd about it: code and sentence.
    pub(super) odd: Option<(&'static str, &'static str)>,
}

/// A chunk-size line with its end; `None` where it begins with no number below 2^64.
pub(super) fn chunk_line(octets: &[u8]) -> Option<ChunkLine> {
    let line = octets.strip_suffix(b"\n").unwrap_or(octets);
    let (line, ends_in_lf) = line.strip_suffix(b"\r").map_or((line, true), |line| (line, false));
    let text = line.split(|&b| b == b';').next().unwrap_or_default();
    let digits = text.trim_ascii();
    let has_extension = text.len() < line.len();
    let odd = if ends_in_lf && has_extension {
        let detail = "a chunk-size line with extensions ends in LF without CR";
        Some((anomaly::HTTP1_CHUNK_EXTENSION_LF, detail))
    } else if line.contains(&b'\r') {
        Some((anomaly::HTTP1_BARE_CR, "a CR stands in a chunk-size line without LF behind it"))
    } else if text.first() != digits.first() || digits.len() > 16 {
        Some((anomaly::HTTP1_CHUNK_SIZE_ODD, "a chunk size stands behind white space or has too many digits"))
    } else {
        ends_in_lf.then_some((anomaly::HTTP1_BARE_LF, "a chunk-size line ends in LF without CR"))
    };
    Some(ChunkLine { size: number(digits, 16)?, has_extension, odd })
}

fn number(text: &[u8], radix: u32) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    text.iter().try_fold(0_u64, |sum, &digit| {
        let digit = char::from(digit).to_digit(radix)?;
        sum.checked_mul(u64::from(radix))?.checked_add(u64::from(digit))
    })
}

#[cfg(test)]
mod tests {
    use super::super::pending::Asked;
    use super::*;

    fn fields(lines: &[(&str, &str)]) -> Fields {
        let mut fields = Fields::default();
        for (name, value) in lines {
            fields.push(name.as_bytes(), value.as_bytes());
        }
        fields
    }

    #[test]
    fn requests() {
        let check = |lines: &[(&str, &str)], expected, codes: &[&str]| {
            let mut oddities = Vec::new();
            assert_eq!(of_request(Some(&fields(lines)), &mut oddities), expected, "{lines:?}");
            assert_eq!(oddities.iter().map(|o| o.code).collect::<Vec<_>>(), codes, "{lines:?}");
        };
        check(&[], Framing::None, &[]);
        check(&[("Content-Length", "5")], Framing::Length(5), &[]);
        check(&[("Content-Length", "5, 5")], Framing::Length(5), &[]);
        let two = [("Content-Length", "5"), ("content-length", "6")];
        check(&two, Framing::Length(5), &[anomaly::HTTP1_CONTENT_LENGTH_CONFLICT]);
        let overflow = [("Content-Length", "18446744073709551616")];
        check(&overflow, Framing::None, &[anomaly::HTTP1_CONTENT_LENGTH_INVALID]);
        check(&[("Content-Length", "+5")], Framing::None, &[anomaly::HTTP1_CONTENT_LENGTH_INVALID]);
        check(&[("Transfer-Encoding", "gzip, Chunked")], Framing::Chunked, &[]);
        check(&[("Transfer-Encoding", "gzip")], Framing::UntilClose, &[anomaly::HTTP1_TRANSFER_CODING]);
        let both = [("Transfer-Encoding", "chunked"), ("Content-Length", "5")];
        check(&both, Framing::Chunked, &[anomaly::HTTP1_LENGTH_AND_CHUNKED]);
    }

    #[test]
    fn responses() {
        let check = |status, to, lines: &[(&str, &str)], expected| {
            let framing = of_response(status, to, Some(&fields(lines)), &mut Vec::new());
            assert_eq!(framing, expected, "{status} {to:?} {lines:?}");
        };
        let five = [("Content-Length", "5")];
        check(200, Asked::Other, &five, Framing::Length(5));
        check(200, Asked::Head, &five, Framing::None);
        check(304, Asked::Other, &five, Framing::None);
        check(204, Asked::Other, &five, Framing::None);
        check(103, Asked::Other, &five, Framing::None);
        check(101, Asked::Other, &five, Framing::Tunnel);
        check(200, Asked::Connect, &five, Framing::Tunnel);
        check(407, Asked::Connect, &five, Framing::Length(5));
        check(200, Asked::Other, &[], Framing::UntilClose);
    }

    #[test]
    fn chunk_sizes() {
        let check = |line: &str, size: Option<u64>| {
            let read = chunk_line(format!("{line}\r\n").as_bytes());
            assert_eq!(read.as_ref().map(|read| read.size), size, "{line}");
            assert!(read.is_none_or(|read| read.odd.is_none()), "{line}");
        };
        check("0", Some(0));
        check("1a;name=value", Some(26));
        check("FF  ", Some(255));
        check("ffffffffffffffff", Some(u64::MAX));
        check("10000000000000000", None);
        check("", None);
        check("-1", None);
        check("+1", None);
        check("0x10", None);
        check("5_0", None);
    }

    #[test]
    fn chunk_lines_that_readers_disagree_on() {
        let check = |line: &str, extension: bool, code: Option<&str>| {
            let read = chunk_line(line.as_bytes()).unwrap();
            assert_eq!((read.has_extension, read.odd.map(|odd| odd.0)), (extension, code), "{line:?}");
        };
        check("5;a=b\r\n", true, None);
        check("5;a=b\n", true, Some(anomaly::HTTP1_CHUNK_EXTENSION_LF));
        check("5;a\rb\r\n", true, Some(anomaly::HTTP1_BARE_CR));
        check("5\n", false, Some(anomaly::HTTP1_BARE_LF));
        check(" 5\r\n", false, Some(anomaly::HTTP1_CHUNK_SIZE_ODD));
        check("00000000000000005\r\n", false, Some(anomaly::HTTP1_CHUNK_SIZE_ODD));
    }
}
