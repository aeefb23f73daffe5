//! Lines of HTTP/1: where a head ends, what a start line says, what a field line says (RFC 9112 §2–§5).

use memchr::memchr;

/// Methods that begin a request line whatever follows: RFC 9110, PATCH, `WebDAV` and its kin, SSDP.
const METHODS: &[&str] = &[
    "GET",
    "POST",
    "HEAD",
    "PUT",
    "DELETE",
    "OPTIONS",
    "CONNECT",
    "TRACE",
    "PATCH",
    "PROPFIND",
    "PROPPATCH",
    "MKCOL",
    "COPY",
    "MOVE",
    "LOCK",
    "UNLOCK",
    "REPORT",
    "SEARCH",
    "MERGE",
    "CHECKOUT",
    "MKACTIVITY",
    "SUBSCRIBE",
    "UNSUBSCRIBE",
    "NOTIFY",
    "M-SEARCH",
    "CCM_POST",
    "RPC_IN_DATA",
    "RPC_OUT_DATA",
    "BPROPFIND",
    "BPROPPATCH",
    "BCOPY",
    "BMOVE",
    "BDELETE",
    "POLL",
    "LINK",
    "UNLINK",
    "QUERY",
];

/// The longest method that is believed outside that list.
const METHOD_MAX: usize = 32;

/// How far the end of a head has been looked for, and what was odd on the way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Scan {
    /// Octets that need no second look; the one before them is a line end, or there are none.
    scanned: usize,
    /// Lines so far, the empty one not among them.
    pub(super) lines: usize,
    /// A line ended in LF without CR.
    pub(super) bare_lf: bool,
    /// A line began with a space or tab.
    pub(super) folded: bool,
}

impl Scan {
    /// Looks for the empty line that ends a section of lines; how long the section is, that line included.
    /// Call it again with the same octets and more.
    pub(super) fn end(&mut self, octets: &[u8]) -> Option<usize> {
        while let Some(line) = octets.get(self.scanned..) {
            let length = memchr(b'\n', line)?;
            let line = line.get(..length).unwrap_or_default();
            let text = line.strip_suffix(b"\r");
            self.bare_lf |= text.is_none();
            self.scanned += length + 1;
            match text.unwrap_or(line) {
                [] => return Some(self.scanned),
                [b' ' | b'\t', ..] if self.lines > 0 => self.folded = true,
                _ => {}
            }
            self.lines += 1;
        }
        None
    }
}

/// The first line of some octets, without its end; `None` until the end is there.
pub(super) fn first_line(octets: &[u8]) -> Option<(&[u8], usize)> {
    let length = memchr(b'\n', octets)?;
    let line = octets.get(..length)?;
    Some((line.strip_suffix(b"\r").unwrap_or(line), length + 1))
}

/// The lines of a section, without their ends.
pub(super) fn lines(section: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = section;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let unfinished = || (rest.strip_suffix(b"\r").unwrap_or(rest), rest.len());
            let (line, used) = first_line(rest).unwrap_or_else(unfinished);
            rest = rest.get(used..).unwrap_or_default();
            if !line.is_empty() {
                return Some(line);
            }
        }
        None
    })
}

/// What a line is, as far as it can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// More octets are needed to tell.
    Undecided,
    Request,
    Response,
    /// Neither.
    Other,
}

/// What begins here; `line` may not be whole yet. Depends only on the octets up to the line's end.
pub(crate) fn start(octets: &[u8]) -> Start {
    let (line, whole) = match first_line(octets) {
        Some((line, _)) => (line, true),
        None => (octets, false),
    };
    if is_status_line(line) {
        return Start::Response;
    }
    if !whole
        && b"HTTP/1.1 2".iter().zip(line).all(|(a, b)| a == b || (a.is_ascii_digit() && b.is_ascii_digit()))
    {
        return Start::Undecided;
    }
    let Some(space) = memchr(b' ', line) else {
        let undecided = !whole && line.len() <= METHOD_MAX && line.iter().all(|&b| is_token(b));
        return if undecided { Start::Undecided } else { Start::Other };
    };
    let (method, rest) = line.split_at(space);
    let known = METHODS.iter().any(|known| known.as_bytes() == method);
    if method.is_empty() || method.len() > METHOD_MAX || !method.iter().all(|&b| is_token(b)) {
        return Start::Other;
    }
    match rest.get(1) {
        Some(b'/' | b'*') if known => Start::Request,
        Some(byte) if !byte.is_ascii_graphic() && *byte != b' ' => Start::Other,
        _ if !whole => Start::Undecided,
        _ if version_text(line).is_some() || (known && contains(rest, b"HTTP/")) => Start::Request,
        _ => Start::Other,
    }
}

fn is_status_line(line: &[u8]) -> bool {
    matches!(line, [b'H', b'T', b'T', b'P', b'/', major, b'.', minor, b' ', status, ..]
        if major.is_ascii_digit() && minor.is_ascii_digit() && status.is_ascii_digit())
}

/// Whether an octet may stand in a token (RFC 9110 §5.6.2).
pub(super) fn is_token(byte: u8) -> bool {
    TOKEN.get(usize::from(byte)).is_some_and(|&is_token| is_token)
}

/// [`is_token`] of each octet.
#[expect(clippy::indexing_slicing, reason = "runs while compiling: out of bounds would not compile")]
const TOKEN: [bool; 256] = {
    let mut table = [false; 256];
    let mut octets: &[u8] = b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    while let [octet, rest @ ..] = octets {
        table[*octet as usize] = true;
        octets = rest;
    }
    table
};

fn contains(octets: &[u8], part: &[u8]) -> bool {
    octets.windows(part.len()).any(|window| window == part)
}

/// The version at the end of a request line, as it stands there: `HTTP/1.1`, `HTTP/1.`
fn version_text(line: &[u8]) -> Option<&[u8]> {
    let space = memchr::memrchr(b' ', line)?;
    let version = line.get(space + 1..)?;
    // With a single space there is no target: what looks like a version is one.
    (version.starts_with(b"HTTP/") && memchr(b' ', line) != Some(space)).then_some(version)
}

/// A request line in its parts (RFC 9112 §3).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RequestLine<'a> {
    pub(super) method: &'a [u8],
    pub(super) target: &'a [u8],
    pub(super) minor_version: Option<u8>,
}

/// The parts of a request line, whatever it lacks.
pub(super) fn request_line(line: &[u8]) -> RequestLine<'_> {
    let space = memchr(b' ', line).unwrap_or(line.len());
    let (method, rest) = line.split_at(space);
    let version = version_text(line);
    // With spaces inside, the first part is the target, as servers and tshark take it.
    let target = rest.trim_ascii().split(|&b| b == b' ').next().unwrap_or_default();
    RequestLine { method, target, minor_version: version.map(minor_version) }
}

fn minor_version(version: &[u8]) -> u8 {
    // "HTTP/1." is said by senders that mean 1.1; 0.9 and 1.0 say 0.
    match version.strip_prefix(b"HTTP/") {
        Some([b'1', b'.', minor, ..]) if minor.is_ascii_digit() => minor - b'0',
        Some([b'0', ..]) => 0,
        _ => 1,
    }
}

/// Whether the head ends with its first line: a method and a target, and no version anywhere (HTTP/0.9).
pub(super) fn is_simple_request(line: &[u8]) -> bool {
    version_text(line).is_none() && !contains(line, b"HTTP/")
}

/// A status line in its parts (RFC 9112 §4): minor version, status, reason.
pub(super) fn status_line(line: &[u8]) -> Option<(u8, u16, &[u8])> {
    if !is_status_line(line) {
        return None;
    }
    let mut parts = line.splitn(3, |&b| b == b' ');
    let version = minor_version(parts.next()?);
    let status = std::str::from_utf8(parts.next()?).ok()?.parse().ok()?;
    Some((version, status, parts.next().unwrap_or_default()))
}

/// A field line in its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FieldLine<'a> {
    /// Whatever stands before the colon.
    pub(super) name: &'a [u8],
    /// Whether that is a token (RFC 9110 §5.1).
    pub(super) is_token: bool,
    /// What stands behind the colon, white space around it included.
    pub(super) value: &'a [u8],
}

/// A field line in its parts; `None` without a colon.
pub(super) fn field_line(line: &[u8]) -> Option<FieldLine<'_>> {
    let end = line.iter().position(|&octet| !is_token(octet))?;
    let is_name = end > 0 && line.get(end) == Some(&b':');
    let colon = if is_name { end } else { memchr(b':', line)? };
    let (name, value) = line.split_at(colon);
    Some(FieldLine { name, is_token: is_name, value: value.get(1..).unwrap_or_default() })
}

/// Whether a field name is a token (RFC 9110 §5.1).
pub(super) fn is_field_name(name: &[u8]) -> bool {
    !name.is_empty() && name.iter().all(|&b| is_token(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn start_lines_are_told_apart() {
        let check = |octets: &str, expected| assert_eq!(start(octets.as_bytes()), expected, "{octets:?}");
        check("", Start::Undecided);
        check("GE", Start::Undecided);
        check("GET /", Start::Request);
        check("GET /path\r\n", Start::Request);
        check("OPTIONS * HTTP/1.1\r\n", Start::Request);
        check("OPTIONS HTTP/1.1\r\n", Start::Request);
        check("CONNECT host:443", Start::Undecided);
        check("CONNECT host:443 HTTP/1.1\r\n", Start::Request);
        check("get /x HTTP/1.1\r\n", Start::Request);
        check("FROB /x HTTP/1.", Start::Undecided);
        check("FROB /x HTTP/1.\r\n", Start::Request);
        check("FROB /x\r\n", Start::Other);
        check("HTTP/1.", Start::Undecided);
        check("HTTP/1.1 2", Start::Response);
        check("HTTP/1.0 404 Not Found\r\n", Start::Response);
        check("SSH-2.0-OpenSSH\r\n", Start::Other);
        check("220 mail ESMTP\r\n", Start::Other);
        check("EHLO there\r\n", Start::Other);
        check("\u{1}\u{2}", Start::Other);
    }

    #[test]
    fn request_lines_give_what_they_have() {
        let check = |line: &str, method: &str, target: &str, minor_version| {
            let (method, target) = (method.as_bytes(), target.as_bytes());
            assert_eq!(
                request_line(line.as_bytes()),
                RequestLine { method, target, minor_version },
                "{line}"
            );
        };
        check("GET / HTTP/1.1", "GET", "/", Some(1));
        check("GET / HTTP/1.0", "GET", "/", Some(0));
        check("GET /a b HTTP/1.1", "GET", "/a", Some(1));
        check("GET  /a  HTTP/1.1", "GET", "/a", Some(1));
        check("GET HTTP/1.1", "GET", "HTTP/1.1", None);
        check("GET /HTTP/1.1", "GET", "/HTTP/1.1", None);
        check("GET / HTTP/1.", "GET", "/", Some(1));
        check("GET /old", "GET", "/old", None);
    }

    #[test]
    fn a_section_ends_with_an_empty_line_however_it_comes() {
        let section = b"GET / HTTP/1.1\r\na: b\n c\r\n\r\nrest";
        for cut in 0..section.len() {
            let mut scan = Scan::default();
            let end = scan.end(&section[..cut]).or_else(|| scan.end(section));
            assert_eq!(end, Some(section.len() - 4), "{cut}");
            assert!(scan.bare_lf && scan.folded, "{cut}");
        }
    }
}
