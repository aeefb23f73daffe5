//! What the first octets of a direction are, by themselves and not by port.
//!
//! Every answer depends on the octets from the beginning on and never on how they were cut: a longer
//! beginning only turns [`Verdict::Undecided`] into something else.

use crate::http1::{Start, start};
use crate::http2::{FrameType, PREFACE, frame_header, is_plausible};
use crate::limits::TLS_RECORD_MAX;

/// What a direction begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// More octets are needed.
    Undecided,
    /// A TLS record; whether it carries the client's or the server's hello, where it carries one.
    Tls(Option<Sender>),
    /// An HTTP/1 start line.
    Http1(Sender),
    /// The HTTP/2 preface.
    Http2,
    /// What a server of HTTP/2 sends first; worth nothing until the preface is seen.
    PerhapsHttp2Server,
    /// The request for TLS that `PostgreSQL` clients begin with.
    PostgresTlsRequest,
    Unknown,
}

/// Who sends what was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sender {
    Client,
    Server,
}

/// How the octets compare with a pattern.
enum Match {
    Yes,
    No,
    SoFar,
}

/// Judges the octets that a direction begins with.
pub(super) fn judge(octets: &[u8]) -> Verdict {
    let starts = [begins_with(octets, PREFACE), begins_with(octets, POSTGRES_TLS_REQUEST), settings(octets)];
    let verdicts = [Verdict::Http2, Verdict::PostgresTlsRequest, Verdict::PerhapsHttp2Server];
    for (matching, verdict) in starts.iter().zip(verdicts) {
        match matching {
            Match::Yes => return verdict,
            Match::SoFar => return Verdict::Undecided,
            Match::No => {}
        }
    }
    match tls(octets) {
        Verdict::Unknown => {}
        verdict => return verdict,
    }
    match client_hello_v2(octets) {
        Match::Yes => return Verdict::Tls(Some(Sender::Client)),
        Match::SoFar => return Verdict::Undecided,
        Match::No => {}
    }
    match start(skip_empty_lines(octets)) {
        Start::Undecided => Verdict::Undecided,
        Start::Request => Verdict::Http1(Sender::Client),
        Start::Response => Verdict::Http1(Sender::Server),
        Start::Other => Verdict::Unknown,
    }
}

/// Length 8, code 1234.5679.
const POSTGRES_TLS_REQUEST: &[u8] = &[0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];

/// A SETTINGS frame longer than this is no beginning.
const FIRST_SETTINGS_MAX: u32 = 6 * 32;

fn begins_with(octets: &[u8], pattern: &[u8]) -> Match {
    if octets.iter().zip(pattern).any(|(a, b)| a != b) {
        Match::No
    } else if octets.len() < pattern.len() {
        Match::SoFar
    } else {
        Match::Yes
    }
}

fn settings(octets: &[u8]) -> Match {
    match frame_header(octets) {
        Ok((_, header)) => {
            let first = header.kind == FrameType::SETTINGS && header.flags == 0;
            if first && header.length <= FIRST_SETTINGS_MAX && is_plausible(header) {
                Match::Yes
            } else {
                Match::No
            }
        }
        // 24 bits of length, type 4, no flags, stream 0.
        Err(_) => match octets {
            [] | [0] | [0, 0] | [0, 0, _] | [0, 0, _, 4] | [0, 0, _, 4, 0] => Match::SoFar,
            [0, 0, _, 4, 0, stream @ ..] if stream.iter().all(|&b| b == 0) => Match::SoFar,
            _ => Match::No,
        },
    }
}

/// A TLS record: content type, version 3.0 to 3.4, a length, and for handshakes the message type.
fn tls(octets: &[u8]) -> Verdict {
    let fits = |nth: usize, ok: &dyn Fn(u8) -> bool| octets.get(nth).is_none_or(|&octet| ok(octet));
    if !fits(0, &|b| (20..=24).contains(&b)) || !fits(1, &|b| b == 3) || !fits(2, &|b| b <= 4) {
        return Verdict::Unknown;
    }
    match octets {
        [content, _, _, high, low, rest @ ..] => {
            let length = u16::from_be_bytes([*high, *low]);
            let fits = match content {
                20 => length == 1,
                21 => (2..=256).contains(&length),
                _ => (1..=TLS_RECORD_MAX).contains(&length),
            };
            match (content, rest) {
                _ if !fits => Verdict::Unknown,
                (22, []) => Verdict::Undecided,
                (22, [1, ..]) => Verdict::Tls(Some(Sender::Client)),
                (22, [2, ..]) => Verdict::Tls(Some(Sender::Server)),
                _ => Verdict::Tls(None),
            }
        }
        _ => Verdict::Undecided,
    }
}

/// A `ClientHello` in the form of SSL 2.0 (RFC 5246 Appendix E.2), its lengths adding up.
fn client_hello_v2(octets: &[u8]) -> Match {
    let Some((header, _)) = octets.split_first_chunk::<11>() else {
        let plausible = match octets {
            [] => true,
            [first] | [first, _] => first & 0x80 != 0,
            [first, _, kind, ..] => first & 0x80 != 0 && *kind == 1,
        };
        return if plausible { Match::SoFar } else { Match::No };
    };
    let number = |high: u8, low: u8| u32::from(u16::from_be_bytes([high, low]));
    let [flag, low, kind, major, minor, lengths @ ..] = *header;
    let [ciphers, session, challenge] = match lengths {
        [c0, c1, s0, s1, r0, r1] => [number(c0, c1), number(s0, s1), number(r0, r1)],
    };
    let version = (major == 3 && minor <= 3) || (major, minor) == (0, 2);
    let sum = 9 + ciphers + session + challenge;
    let sums = number(flag & 0x7f, low) == sum && ciphers.is_multiple_of(3) && challenge >= 16;
    if flag & 0x80 != 0 && kind == 1 && version && sums { Match::Yes } else { Match::No }
}

fn skip_empty_lines(octets: &[u8]) -> &[u8] {
    let blank = octets.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
    octets.get(blank..).unwrap_or_default()
}

/// Whether a `ClientHello` record stands here: the record header, the message type, and a legacy version.
pub(super) fn client_hello(octets: &[u8]) -> Option<bool> {
    let pattern: [&dyn Fn(u8) -> bool; 11] = [
        &|b| b == 22,
        &|b| b == 3,
        &|b| b <= 4,
        &|b| b <= 0x40,
        &|_| true,
        &|b| b == 1,
        &|b| b <= 1,
        &|_| true,
        &|_| true,
        &|b| b == 3,
        &|b| b <= 4,
    ];
    if octets.iter().zip(&pattern).any(|(&octet, fits)| !fits(octet)) {
        Some(false)
    } else {
        (octets.len() >= pattern.len()).then_some(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings() {
        let check = |octets: &[u8], expected| assert_eq!(judge(octets), expected, "{octets:02x?}");
        check(&[22, 3, 1, 0, 200, 1], Verdict::Tls(Some(Sender::Client)));
        check(&[22, 3, 3, 0, 90, 2], Verdict::Tls(Some(Sender::Server)));
        check(&[23, 3, 3, 0x40, 0x18], Verdict::Tls(None));
        check(&[23, 3, 3, 0x48, 0x01], Verdict::Unknown);
        check(&[20, 3, 3, 0, 1], Verdict::Tls(None));
        check(&[0x80, 46, 1, 3, 1, 0, 21, 0, 0, 0, 16], Verdict::Tls(Some(Sender::Client)));
        check(&[0x80, 47, 1, 3, 1, 0, 21, 0, 0, 0, 16], Verdict::Unknown);
        check(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Verdict::Http2);
        check(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r", Verdict::Undecided);
        check(b"PRI * HTTP/2.0\r\nHost: a\r\n", Verdict::Http1(Sender::Client));
        check(&[0, 0, 6, 4, 0, 0, 0, 0, 0], Verdict::PerhapsHttp2Server);
        check(&[0, 0, 7, 4, 0, 0, 0, 0, 0], Verdict::Unknown);
        check(b"\r\nGET / HTTP/1.1\r\n", Verdict::Http1(Sender::Client));
        check(b"HTTP/1.1 200 OK\r\n", Verdict::Http1(Sender::Server));
        check(b"SSH-2.0-x\r\n", Verdict::Unknown);
        check(POSTGRES_TLS_REQUEST, Verdict::PostgresTlsRequest);
        check(b"", Verdict::Undecided);
    }

    #[test]
    fn a_verdict_is_final() {
        for octets in [
            &b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..],
            b"GET / HTTP/1.1\r\n\r\n",
            b"FROB x HTTP/1.1\r\n\r\n",
            b"HTTP/1.1 200 OK\r\n",
            b"\r\n\r\nPOST  http://a/ HTTP/1.0\r\n",
            b"220 hello\r\n",
            &[22, 3, 1, 0, 200, 1, 0],
            &[0, 0, 6, 4, 0, 0, 0, 0, 0, 0],
            &[0x80, 46, 1, 3, 1, 0, 21, 0, 0, 0, 16, 0],
        ] {
            let whole = judge(octets);
            for cut in 0..octets.len() {
                let verdict = judge(&octets[..cut]);
                assert!(verdict == Verdict::Undecided || verdict == whole, "{:?}", &octets[..cut]);
            }
        }
    }
}
