//! Octets as a head: where it ends, and whether it is one.

use crate::anomaly::Anomaly;
use crate::http1::head::{self, RequestHead, ResponseHead};
use crate::http1::lines::{Scan, Start, first_line, is_simple_request, start};
use crate::limits::HTTP1_HEAD_MAX;

/// A head, or why there is none.
pub(super) enum Head {
    Request(RequestHead),
    Response(ResponseHead),
    NoStartLine,
    TooLong,
}

/// A head from its first octet on, as soon as it can be told; with it, how many octets it has.
pub(super) fn read_head(
    octets: &[u8],
    is_client: Option<bool>,
    scan: &mut Scan,
    oddities: &mut Vec<Anomaly>,
) -> Option<(usize, Head)> {
    let request = match start(octets) {
        Start::Request if is_client != Some(false) => true,
        Start::Response if is_client != Some(true) => false,
        Start::Undecided if octets.len() <= HTTP1_HEAD_MAX => return None,
        Start::Undecided => return Some((HTTP1_HEAD_MAX + 1, Head::TooLong)),
        _ => return Some((0, Head::NoStartLine)),
    };
    let simple = first_line(octets).filter(|(line, _)| request && is_simple_request(line));
    let end = match simple {
        Some((_, end)) => Some(end),
        None => scan.end(octets),
    };
    let head = match end {
        Some(end) if end <= HTTP1_HEAD_MAX => octets.get(..end)?,
        _ if octets.len() > HTTP1_HEAD_MAX => return Some((HTTP1_HEAD_MAX + 1, Head::TooLong)),
        _ => return None,
    };
    let read = if request {
        Head::Request(head::request(head, *scan, oddities))
    } else {
        head::response(head, *scan, oddities).map_or(Head::NoStartLine, Head::Response)
    };
    Some((head.len(), read))
}

/// Whether a line can start a message; `None` until that is known.
pub(super) fn begins_message(line: &[u8], is_client: Option<bool>) -> Option<bool> {
    match start(line) {
        Start::Undecided => None,
        Start::Response => Some(is_client != Some(true)),
        Start::Request if is_client == Some(false) => Some(false),
        Start::Request => first_line(line).map(|(line, _)| !is_simple_request(line)),
        Start::Other => Some(false),
    }
}
