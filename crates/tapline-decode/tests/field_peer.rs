//! Every field that tshark has, too, stands where tshark puts it, with the same value.
//!
//! Packets are compared whole. Of what TCP carries, those segments are that begin and end with a message: there tshark
//! counts octets from the packet's first one, as in a packet.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "field_peer/pdml.rs"]
mod pdml;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use pdml::Theirs;
use tapline_capture::{Item, open};
use tapline_decode::{Field, dns, http1, http2, tls, websocket};
use tapline_packet::field::printable;
use tapline_packet::packet_fields;
use tapline_testkit::{fixtures, installed};

/// Packets of a capture that are compared.
const PACKETS_MAX: usize = 120;

/// What of a field is not tshark's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Differs {
    /// Where it stands; what it says is the same.
    Place,
    /// Also what it says, or whether it is there.
    All,
}

/// Where tshark 4.0 has something else, and why that is so.
const DIFFERENT: &[(&str, Differs, &str)] = &[
    ("http2.header.name", Differs::Place, "tshark puts what it decoded into a buffer, and counts there"),
    ("http2.header.value", Differs::Place, "the same"),
    ("http2.header.name.length", Differs::All, "the same; it is the length of what was decoded"),
    ("http2.header.value.length", Differs::All, "the same"),
    (
        "http2.header.index",
        Differs::All,
        "tshark gives an integer of several octets one, and leaves some out",
    ),
    ("http2.data.data", Differs::All, "tshark counts in the body that it put together"),
    ("dns.flags.authoritative", Differs::All, "tshark leaves it out of queries, which have the bit as well"),
    ("dns.flags.recavail", Differs::All, "the same"),
    ("dns.flags.rcode", Differs::All, "the same"),
    ("tls.handshake.dname", Differs::All, "tshark counts the name from behind its tag and length"),
    ("tls.change_cipher_spec", Differs::Place, "tshark takes the first octet of an encrypted one for it"),
    ("websocket.payload.close", Differs::Place, "tshark counts in the octets that it unmasked"),
    ("websocket.payload.close.status_code", Differs::Place, "the same"),
    ("websocket.payload.close.reason", Differs::Place, "the same"),
];

/// What tshark calls otherwise where it knows more or less of the connection.
const CALLED_OTHERWISE: &[(&str, &str, &str)] = &[
    ("tls.record.content_type", "tls.record.opaque_type", "records alone do not say that they are TLS 1.3"),
    (
        "tcp.seq_raw",
        "tcp.seq",
        "tshark has no raw number of a segment that is quoted, nor where it is told to",
    ),
    ("tcp.ack_raw", "tcp.ack", "the same"),
];

/// tshark opens what is closed here, by secrets in the files.
const OPENED: [&str; 2] = ["embedded-secrets.pcapng", "slow-among-500.pcapng"];

/// What was held against tshark.
#[derive(Default)]
struct Compared {
    fields: usize,
    /// By protocol: the messages that were compared.
    messages: BTreeMap<&'static str, usize>,
    known: BTreeSet<&'static str>,
    wrong: Vec<String>,
}

#[test]
fn fields_stand_where_tshark_puts_them() {
    if !installed(&["tshark"]) {
        return;
    }
    let names = pdml::names();
    let captures = fixtures();
    let next = AtomicUsize::new(0);
    let all = Mutex::new(Compared::default());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(capture) = captures.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let compared = compare(capture, &names);
                    let mut all = all.lock().unwrap();
                    all.fields += compared.fields;
                    all.known.extend(compared.known);
                    all.wrong.extend(compared.wrong);
                    for (protocol, count) in compared.messages {
                        *all.messages.entry(protocol).or_default() += count;
                    }
                }
            });
        }
    });
    let Compared { fields, messages, known, wrong } = all.into_inner().unwrap();
    println!("{fields} fields agree; messages: {messages:?}");
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong[..wrong.len().min(60)].join("\n"));
    assert!(fields > 50_000, "{fields}");
    for (protocol, least) in [("tls", 100), ("http2", 100), ("http", 100), ("websocket", 4), ("dns", 4)] {
        assert!(messages.get(protocol).is_some_and(|&count| count >= least), "{protocol}: {messages:?}");
    }
    let stale: Vec<_> = DIFFERENT.iter().filter(|(name, ..)| !known.contains(name)).collect();
    assert!(stale.is_empty(), "tshark does not differ there any more: {stale:?}");
}

fn compare(capture: &Path, names: &HashSet<String>) -> Compared {
    let mut compared = Compared::default();
    let theirs = pdml::packets(capture, PACKETS_MAX);
    let mut source = open(&[PathBuf::from(capture)]).unwrap();
    let mut number = 0;
    while let Item::Packet(packet) = source.next() {
        let Some(theirs) = theirs.get(number) else { break };
        number += 1;
        let place = format!("{} packet {number}", capture.file_name().unwrap().to_string_lossy());
        let fields = packet_fields(packet.link_type, packet.data);
        compared.hold(&fields, 0, theirs, names, &place);
        let payload = fields.iter().find(|field| field.name == "tcp.payload" || field.name == "udp.payload");
        if let Some(Field { octets, name, .. }) = payload
            && !OPENED.iter().any(|name| capture.ends_with(name))
            && let Some((protocol, fields)) = messages(name, &packet.data[octets.clone()])
            // What tshark takes for something else, or for the middle of a message, is not compared.
            && theirs.iter().any(|field| field.name == protocol && field.start == octets.start)
        {
            *compared.messages.entry(protocol).or_default() += 1;
            compared.hold(&fields, octets.start, theirs, names, &place);
        }
    }
    compared
}

/// The fields of a payload that is messages from its first octet to its last, or begins with the head of one.
fn messages(carrier: &str, octets: &[u8]) -> Option<(&'static str, Vec<Field>)> {
    if carrier == "udp.payload" {
        return (octets.len() > 12).then(|| ("dns", dns::message_fields(octets)));
    }
    if chain(octets, |octets| match octets {
        [20..=23, 3, 0..=4, high, low, ..] => Some(5 + usize::from(u16::from_be_bytes([*high, *low]))),
        _ => None,
    }) {
        return Some(("tls", tls::record_fields(octets)));
    }
    let frames = octets.strip_prefix(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").unwrap_or(octets);
    if chain(frames, |octets| match octets {
        [high, middle, low, 0..=9, _, stream @ 0..=0x7f, _, _, _, ..] if *stream == 0 => {
            Some(9 + usize::try_from(u32::from_be_bytes([0, *high, *middle, *low])).unwrap())
        }
        _ => None,
    }) {
        return Some(("http2", http2::frame_fields(octets, None)));
    }
    if [&b"GET "[..], b"POST ", b"HEAD ", b"HTTP/1."].iter().any(|start| octets.starts_with(start)) {
        let head = octets.windows(4).position(|end| end == b"\r\n\r\n")? + 4;
        return Some(("http", http1::head_fields(&octets[..head])));
    }
    let frames = chain(octets, |octets| match octets {
        [0x80..=0x8a | 0xc1 | 0xc2 | 1 | 0x41, length @ 0..126, ..] => Some(2 + usize::from(*length)),
        [0 | 1 | 0x41 | 0x80..=0x8a | 0xc1 | 0xc2, length @ 128..254, ..] => {
            Some(6 + usize::from(length & 0x7f))
        }
        _ => None,
    });
    frames.then(|| ("websocket", websocket::frame_fields(octets)))
}

/// Whether octets are units one after another, the last one ending with them.
fn chain(mut octets: &[u8], unit: impl Fn(&[u8]) -> Option<usize>) -> bool {
    let any = !octets.is_empty();
    while !octets.is_empty() {
        match unit(octets).and_then(|length| octets.get(length..)) {
            Some(rest) => octets = rest,
            None => return false,
        }
    }
    any
}

impl Compared {
    fn hold(
        &mut self,
        fields: &[Field],
        base: usize,
        theirs: &[Theirs],
        names: &HashSet<String>,
        place: &str,
    ) {
        let mut ours = Vec::new();
        for field in fields {
            field.walk(&mut |field| ours.push(field.clone()));
        }
        for field in ours.iter().filter(|field| names.contains(field.name) && !field.name.starts_with("_ws."))
        {
            match agrees(field, base, theirs) {
                Ok(()) => self.fields += 1,
                Err(why) => match DIFFERENT.iter().find(|(name, ..)| *name == field.name) {
                    Some((name, differs, _)) if *differs == Differs::All || says_the_same(field, theirs) => {
                        self.known.insert(name);
                    }
                    _ => self.wrong.push(format!("{place}: {why}")),
                },
            }
        }
    }
}

/// Whether a field of that name says that somewhere in the packet.
fn says_the_same(field: &Field, theirs: &[Theirs]) -> bool {
    theirs.iter().any(|other| other.name == field.name && same_value(field, &other.show))
}

fn agrees(field: &Field, base: usize, theirs: &[Theirs]) -> Result<(), String> {
    let (start, size) = (field.octets.start + base, field.octets.len());
    let other_name =
        CALLED_OTHERWISE.iter().find(|(ours, ..)| *ours == field.name).map(|(_, theirs, _)| *theirs);
    let is_name = |name: &str| name == field.name || Some(name) == other_name;
    let named: Vec<_> = theirs.iter().filter(|other| is_name(&other.name)).collect();
    let there = named.iter().filter(|other| other.start == start && other.size == size);
    let mut values = there.map(|other| &other.show).peekable();
    if values.peek().is_none() {
        let places: Vec<_> = named.iter().map(|other| (other.start, other.size)).collect();
        return Err(format!("{} at {start}, {size} octets: tshark has it at {places:?}", field.name));
    }
    let shown: Vec<_> = values.collect();
    if shown.iter().any(|show| same_value(field, show)) {
        return Ok(());
    }
    Err(format!("{} is {:?}, tshark has {shown:?}", field.name, field.value))
}

/// Whether our words have tshark's number, or its text. Octets in hex are the same where place and size are.
fn same_value(field: &Field, theirs: &str) -> bool {
    let ours = field.value.as_str();
    if let Some(number) = number(theirs) {
        let words = ours.split(|c: char| !c.is_ascii_alphanumeric());
        return words.filter_map(self::number).any(|ours| ours == number);
    }
    if theirs.is_empty() || theirs.split(':').all(|pair| pair.len() == 2) {
        return true;
    }
    let theirs = printable(theirs.as_bytes());
    ours.contains(&theirs) || format!("{}: {ours}\\r\\n", field.label) == theirs
}

fn number(text: &str) -> Option<u64> {
    match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}
