//! Field trees of HTTP/1 messages: the start line by part, each field line, the empty line, the body (RFC 9112 §2, §7.1).

use memchr::memchr;
use tapline_packet::Field;
use tapline_packet::field::{Cursor, printable, size};

use super::framing::chunk_line;
use super::lines::{FieldLine, field_line};
use crate::parse::portion;

/// The fields of a message that begins with its head, as far as it is there. What stands behind the head is its body;
/// where the head says that it comes in chunks, each of them.
pub fn head_fields(octets: &[u8]) -> Vec<Field> {
    let mut cursor = Cursor::new(octets);
    if octets.is_empty() {
        return Vec::new();
    }
    let is_response = octets.starts_with(b"HTTP/");
    start_line(&mut cursor, is_response);
    let name = if is_response { "http.response.line" } else { "http.request.line" };
    let chunked = field_lines(&mut cursor, name, ("tapline.http.head_end", "End of Head"));
    if chunked {
        chunks(&mut cursor);
        cursor.rest("tapline.http.behind", "Octets behind the Message");
    } else {
        cursor.rest("http.file_data", "Body");
    }
    cursor.finish()
}

/// A line with its end, and how many octets the end has; `None` where it is not over.
fn line(octets: &[u8]) -> Option<(&[u8], usize)> {
    let end = memchr(b'\n', octets)? + 1;
    let line = octets.get(..end)?;
    Some((line, if line.ends_with(b"\r\n") { 2 } else { 1 }))
}

/// Says that a line breaks off; it covers all that is left.
fn broken_off(cursor: &mut Cursor<'_>, label: &'static str) {
    let show = |octets: &[u8]| format!("cut short: {}", printable(octets));
    cursor.octets_as(Field::SHORT, label, cursor.left().len(), show);
}

fn start_line(cursor: &mut Cursor<'_>, is_response: bool) {
    let label = if is_response { "Status Line" } else { "Request Line" };
    let name = if is_response { "tapline.http.status_line" } else { "tapline.http.request_line" };
    let Some((whole, end)) = line(cursor.left()) else { return broken_off(cursor, label) };
    let text = whole.get(..whole.len() - end).unwrap_or_default();
    cursor.group(name, label, whole.len(), |cursor| {
        if is_response {
            status(cursor, text.len());
        } else {
            request(cursor, text);
        }
        cursor.rest_as("tapline.http.line_end", "Line End", printable);
    });
    cursor.describe(printable(text));
}

/// Method, target and version with what is between them (RFC 9112 §3).
fn request(cursor: &mut Cursor<'_>, text: &[u8]) {
    let words = text.split(|&octet| octet == b' ').filter(|word| !word.is_empty()).count();
    let versioned = text.rsplit(|&octet| octet == b' ').next().is_some_and(|word| word.starts_with(b"HTTP/"));
    let (mut left, mut nth) = (text.len(), 0);
    while left > 0 {
        left -= blanks(cursor, left);
        let (name, label) = match nth {
            0 => ("http.request.method", "Request Method"),
            _ if versioned && nth + 1 == words => ("http.request.version", "Request Version"),
            1 => ("http.request.uri", "Request URI"),
            // With spaces inside, the first part is the target, as servers take it.
            _ => ("tapline.http.odd", "Octets"),
        };
        left -= word(cursor, left, name, label);
        nth += 1;
    }
}

/// Version, status code and reason phrase (RFC 9112 §4).
fn status(cursor: &mut Cursor<'_>, mut left: usize) {
    left -= word(cursor, left, "http.response.version", "Response Version");
    left -= blanks(cursor, left);
    left -= word(cursor, left, "http.response.code", "Status Code");
    if left > 0 {
        cursor.octets_as("tapline.http.separator", "Space", 1, |blank| size(blank.len()));
        left -= 1;
    }
    if left > 0 {
        cursor.octets_as("http.response.phrase", "Response Phrase", left, printable);
    }
}

/// Octets up to the next space, at most so many; how many there are.
fn word(cursor: &mut Cursor<'_>, most: usize, name: &'static str, label: &'static str) -> usize {
    let text = cursor.left().get(..most).unwrap_or_default();
    let count = memchr(b' ', text).unwrap_or(text.len());
    if count > 0 {
        cursor.octets_as(name, label, count, printable);
    }
    count
}

/// Spaces, at most so many; how many there are.
fn blanks(cursor: &mut Cursor<'_>, most: usize) -> usize {
    let text = cursor.left().get(..most).unwrap_or_default();
    let count = text.iter().take_while(|&&octet| octet == b' ').count();
    if count > 0 {
        cursor.octets_as("tapline.http.separator", "Space", count, |blanks| size(blanks.len()));
    }
    count
}

/// Field lines with the empty one that ends them; whether the last transfer coding among them is chunked.
fn field_lines(
    cursor: &mut Cursor<'_>,
    name: &'static str,
    (end_name, end_label): (&'static str, &'static str),
) -> bool {
    let mut chunked = false;
    while !cursor.is_empty() {
        let Some((whole, end)) = line(cursor.left()) else {
            broken_off(cursor, "Field Line");
            break;
        };
        let text = whole.get(..whole.len() - end).unwrap_or_default();
        if text.is_empty() {
            cursor.octets_as(end_name, end_label, whole.len(), printable);
            break;
        }
        let (label, value) = match field_line(text) {
            Some(FieldLine { name: field, value, .. })
                if !field.is_empty() && !text.starts_with(b" ") && !text.starts_with(b"\t") =>
            {
                let value = value.trim_ascii();
                if field.eq_ignore_ascii_case(b"transfer-encoding") {
                    chunked = ends_in_chunked(value);
                }
                (printable(field), printable(value))
            }
            _ => ("Line without a Field Name".to_owned(), printable(text)),
        };
        cursor.octets_as(name, label, whole.len(), |_| value);
    }
    chunked
}

fn ends_in_chunked(codings: &[u8]) -> bool {
    let last = codings.rsplit(|&octet| octet == b',').next().unwrap_or_default();
    last.trim_ascii().eq_ignore_ascii_case(b"chunked")
}

/// RFC 9112 §7.1: chunks, the last one of size 0, trailers.
fn chunks(cursor: &mut Cursor<'_>) {
    while !cursor.is_empty() {
        let Some(length) = cursor.heading("http.chunk", "Chunk", chunk) else { return };
        cursor.describe(format!("{length} octets"));
        if length == 0 {
            field_lines(cursor, "http.chunked_trailer_part", ("tapline.http.body_end", "End of Body"));
            return;
        }
    }
}

/// One chunk, and how much its size line says it has.
fn chunk(cursor: &mut Cursor<'_>) -> Option<u64> {
    let Some((whole, _)) = line(cursor.left()) else {
        broken_off(cursor, "Chunk Size");
        return None;
    };
    let Some(read) = chunk_line(whole) else {
        cursor.refuse("Chunk Size", "no number");
        return None;
    };
    cursor.octets_as("http.chunk_size", "Chunk Size", whole.len(), |_| format!("{} octets", read.size))?;
    if read.size > 0 {
        // Nothing that is here is as long as what does not fit.
        let count = portion(read.size, usize::MAX);
        cursor.octets_as("http.chunk_data", "Chunk Data", count, |data| size(data.len()))?;
        match line(cursor.left()) {
            Some((b"\r\n" | b"\n", count)) => {
                cursor.octets_as("http.chunk_boundary", "Chunk Boundary", count, printable);
            }
            _ if cursor.is_empty() || cursor.left() == b"\r" => broken_off(cursor, "Chunk Boundary"),
            _ => {
                cursor.refuse("Chunk Boundary", "no line end");
                return None;
            }
        }
    }
    Some(read.size)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(octets: &[u8]) -> Vec<String> {
        let mut lines = Vec::new();
        for field in head_fields(octets) {
            field.walk(&mut |field| lines.push(format!("{} {} {:?}", field.name, field.value, field.octets)));
        }
        lines
    }

    #[test]
    fn a_request_by_part() {
        let expected = [
            "tapline.http.request_line GET /a?b HTTP/1.1 0..19",
            "http.request.method GET 0..3",
            "tapline.http.separator 1 octet 3..4",
            "http.request.uri /a?b 4..8",
            "tapline.http.separator 1 octet 8..9",
            "http.request.version HTTP/1.1 9..17",
            "tapline.http.line_end \\r\\n 17..19",
            "http.request.line a\\u{1b}b 19..27",
            "tapline.http.head_end \\n 27..28",
            "http.file_data 4 octets 28..32",
        ];
        assert_eq!(lines(b"GET /a?b HTTP/1.1\r\nX: a\x1bb\r\n\nbody"), expected);
    }

    #[test]
    fn a_response_by_part_with_its_chunks() {
        let octets = b"HTTP/1.1 200 All right\r\nTransfer-Encoding: gzip, chunked\r\n\r\n\
            4;x=y\r\nabcd\r\n0\r\nT: u\r\n\r\nHTTP/1.1";
        let expected = [
            "tapline.http.status_line HTTP/1.1 200 All right 0..24",
            "http.response.version HTTP/1.1 0..8",
            "tapline.http.separator 1 octet 8..9",
            "http.response.code 200 9..12",
            "tapline.http.separator 1 octet 12..13",
            "http.response.phrase All right 13..22",
            "tapline.http.line_end \\r\\n 22..24",
            "http.response.line gzip, chunked 24..58",
            "tapline.http.head_end \\r\\n 58..60",
            "http.chunk 4 octets 60..73",
            "http.chunk_size 4 octets 60..67",
            "http.chunk_data 4 octets 67..71",
            "http.chunk_boundary \\r\\n 71..73",
            "http.chunk 0 octets 73..76",
            "http.chunk_size 0 octets 73..76",
            "http.chunked_trailer_part u 76..82",
            "tapline.http.body_end \\r\\n 82..84",
            "tapline.http.behind 8 octets 84..92",
        ];
        assert_eq!(lines(octets), expected);
    }

    #[test]
    fn what_breaks_off_or_is_no_chunk_is_said() {
        let damaged = |octets: &[u8]| head_fields(octets).iter().any(Field::is_damaged);
        assert!(damaged(b"GET / HT") && damaged(b"GET / HTTP/1.1\r\nHost"));
        let head = b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
        for body in ["5\r\nabc", "5", "x\r\n", "1\r\nabc\r\n", "ffffffffffffffff\r\na", "1\r\na"] {
            assert!(damaged(&[&head[..], body.as_bytes()].concat()), "{body:?}");
        }
        assert!(!damaged(&[&head[..], b"1\r\na\r\n0\r\n\r\n"].concat()));
    }
}
