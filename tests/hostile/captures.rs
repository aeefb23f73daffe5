//! Captures in which everything that has a text has one that nobody should print as it is.

use std::ffi::OsStr;
use std::net::{SocketAddr, SocketAddrV4};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use tapline_engine::capture::{Interface, PcapngWriter};
use tapline_packet::{LinkType, Packet, Timestamp};
use tapline_testkit::{Frame, Talk, datagram_frame};

use crate::wire::{dns, http2, tls, websocket};

/// Colours, a cleared screen, the clipboard (OSC 52), a link (OSC 8), a device control string; the same begun by C1
/// controls; DEL, BEL, NUL, backspace, VT; marks that turn the writing direction, characters that nobody sees, an accent;
/// what ends strings of JSON, tables and pages. No blank: it stands in targets.
pub(crate) const NASTY: &str = concat!(
    "\x1b[5;41m\x1b[2J\x1b]52;c;b3duZWQ=\x07\x1b]8;;http://evil.example\x1b\\link\x1bPq\x1b\\\x1bc",
    "\u{9b}5m\u{9d}0;title\u{9c}\u{90}\u{85}\x7f\x07\0\x08\x0b",
    "\u{202e}gpj.exe\u{202c}\u{2066}a\u{2067}b\u{2069}\u{200e}\u{200f}\u{61c}\u{2028}\u{2029}",
    "\u{200b}\u{200d}\u{2060}\u{feff}\u{e0041}e\u{301}",
    "\"'\\{}[]<script>alert(1)</script>`$(id)|@@@@",
);

/// What `@@@@` stands for: octets that are no UTF-8, the first of which begins an escape in a terminal of eight bits.
const NO_UTF8: &[u8] = b"\x9b\xff\xc0\xaf";

/// The text with its octets that are no text.
pub(crate) fn nasty() -> Vec<u8> {
    with_no_utf8(NASTY.as_bytes())
}

/// Fills in the octets that Rust's strings cannot have.
fn with_no_utf8(octets: &[u8]) -> Vec<u8> {
    let mut octets = octets.to_vec();
    for at in 0..octets.len() {
        if let Some(place) = octets.get_mut(at..at + NO_UTF8.len()).filter(|place| *place == b"@@@@") {
            place.copy_from_slice(NO_UTF8);
        }
    }
    octets
}

/// A file name that is no better.
pub(crate) fn nasty_name() -> Vec<u8> {
    [b"\x1b]0;owned\x07\x1b[2J\xe2\x80\xae\xc2\x9b5m\n\xff'\"$(id).pcapng".as_slice()].concat()
}

/// Writes the captures and gives their paths.
pub(crate) fn captures(folder: &Path) -> Vec<PathBuf> {
    let (texts, lengths) = (folder.join(OsStr::from_bytes(&nasty_name())), folder.join("lengths.pcapng"));
    std::fs::write(&texts, pcapng(&every_text())).unwrap();
    std::fs::write(&lengths, pcapng(&every_length())).unwrap();
    vec![texts, lengths]
}

/// One second after the other.
fn talk(number: u8) -> Talk {
    let port = [0, 80, 80, 443, 80, 80][usize::from(number)];
    let client = SocketAddr::from(([192, 0, 2, number], 50_000 + u16::from(number)));
    let start = 1_700_000_000_000_000_000 + i64::from(number) * 1_000_000_000;
    Talk::new(client, SocketAddr::from(([198, 51, 100, number], port)), start).handshake()
}

/// A request of HTTP/1.1 in which a text stands wherever one can, and its answer.
fn http1(target: &[u8], text: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let request = [
        b"GET /".as_slice(),
        target,
        b"?token=",
        target,
        b" HTTP/1.1\r\nHost: ",
        text,
        b".example\r\nX-",
        text,
        b": ",
        text,
        b"\r\nCookie: ",
        text,
        b"=1\r\nReferer: http://",
        text,
        b"/\r\n\r\n",
    ];
    let answer = [
        b"HTTP/1.1 404 ".as_slice(),
        text,
        b"\r\nServer: ",
        text,
        b"\r\nContent-Encoding: ",
        text,
        b"\r\nContent-Length: 7\r\n\r\n\x1b[5mhi\n",
    ];
    (request.concat(), answer.concat())
}

fn every_text() -> Vec<Frame> {
    let text = nasty();
    let (request, answer) = http1(&text, &text);
    let mut frames = talk(1).client(&request).server_ack().server(&answer).close().frames;
    let (client, server) = http2(&text);
    frames.extend(talk(2).client(&client).server_ack().server(&server).close().frames);
    let (hello, answer) = tls(&text);
    frames.extend(talk(3).client(&hello).server_ack().server(&answer).client_ack().close().frames);
    let (turns, close) = websocket(&text);
    let [request, answer] = turns;
    frames.extend(talk(4).client(&request).server(&answer).client(&close).server_ack().close().frames);
    frames.extend(lookup(&text));
    frames
}

/// As much of it as is held: heads of nearly 256 KiB, one mark on the other.
fn every_length() -> Vec<Frame> {
    let piles = ["e", &"\u{301}".repeat(15_000), &"\u{200d}".repeat(10_000), &"\u{202e}".repeat(5_000)];
    let (request, answer) = http1(&b"A".repeat(30_000), &piles.concat().into_bytes()[..30_000]);
    let mut frames = talk(1).client(&request).server_ack().server(&answer).client_ack().close().frames;
    let (client, server) = http2(&"\x1b[2J\u{9b}5m\u{202e}".repeat(1_000).into_bytes());
    frames.extend(talk(2).client(&client).server_ack().server(&server).close().frames);
    let (hello, answer) = tls(&"\u{301}".repeat(2_000).into_bytes());
    frames.extend(talk(3).client(&hello).server_ack().server(&answer).client_ack().close().frames);
    frames
}

/// A query for a name, and the answer that there is none.
fn lookup(text: &[u8]) -> Vec<Frame> {
    let (client, server): (SocketAddrV4, SocketAddrV4) =
        ("192.0.2.9:5353".parse().unwrap(), "198.51.100.53:53".parse().unwrap());
    let [query, answer] = dns(text);
    let at = |ns: i64| Timestamp(1_700_000_010_000_000_000 + ns);
    vec![
        Frame { at: at(0), octets: datagram_frame(client, server, &query) },
        Frame { at: at(500_000_000), octets: datagram_frame(server, client, &answer) },
    ]
}

/// Frames as a capture whose interface and packets are called the same.
fn pcapng(frames: &[Frame]) -> Vec<u8> {
    let mut writer = PcapngWriter::new(Vec::new(), NASTY).unwrap();
    let text = Some(NASTY.to_owned());
    let interface = Interface {
        link_type: Some(LinkType::ETHERNET),
        name: text.clone(),
        description: text.clone(),
        filter: text.clone(),
        os: text,
        ..Interface::default()
    };
    let interface = writer.interface(&interface).unwrap();
    for (frame, number) in frames.iter().zip(1..) {
        writer.packet(&Packet { interface, ..frame.packet(number) }, Some(NASTY)).unwrap();
    }
    with_no_utf8(&writer.into_inner())
}
