//! What the fuzzer begins with, made of captures and of files that others wrote.

use std::collections::BTreeMap;

use tapline_capture::read_bytes;
use tapline_packet::{Dissected, LinkType, dissect_packet};
use tapline_reassembly::{Connection, Direction, End, Gap, Left, Origin, Sink, Tracker};

/// Octets of a seed at most: large ones make a fuzzer slow and teach it nothing.
const SEED_BYTES_MAX: usize = 1 << 16;

/// Streams and frames that a capture gives at most.
const OF_CAPTURE_MAX: usize = 32;

/// Seeds by target.
pub type Seeds = BTreeMap<&'static str, Vec<Vec<u8>>>;

/// Adds what a file is good for: a capture for all that captures carry, anything for what takes any octets.
pub fn add(seeds: &mut Seeds, name: &str, octets: &[u8]) {
    let mut give = |target: &'static str, octets: &[u8]| {
        if !octets.is_empty() && octets.len() <= SEED_BYTES_MAX {
            seeds.entry(target).or_default().push(octets.to_vec());
        }
    };
    let ends_with = |end: &str| name.ends_with(end);
    if ends_with(".keys") || ends_with(".pem") {
        give("key-log", octets);
        return;
    }
    if ends_with(".der") || ends_with(".crt") {
        give("certificate", octets);
        return;
    }
    for target in ["pcap", "pcapng", "pipeline"] {
        give(target, octets);
    }
    let mut streams = Streams::default();
    let mut tracker = Tracker::bounded(1000);
    let mut frames: Vec<Vec<u8>> = Vec::new();
    // Files that are no captures have no packets.
    drop(read_bytes(name, octets, &mut |packet| {
        let dissected = dissect_packet(packet);
        if let (Dissected::Tcp(segment), Some(at)) = (&dissected, packet.at) {
            tracker.segment(segment, 0, Origin { packet: packet.number, at }, &mut streams);
        }
        if let Dissected::Dns(datagram) = &dissected {
            frames.push([b"d", datagram.payload].concat());
        }
        if frames.len() < OF_CAPTURE_MAX {
            let link = LinkType::READ.iter().position(|link| *link == packet.link_type).unwrap_or(0);
            frames.push([&[b'f', u8::try_from(link).unwrap_or(0), 0][..], packet.data].concat());
        }
    }));
    tracker.finish_all(&mut streams);
    for frame in frames {
        match frame.split_first() {
            Some((b'd', message)) => give("dns", message),
            Some((_, frame)) => give("dissect", frame),
            None => {}
        }
    }
    for stream in streams.0.into_values().take(OF_CAPTURE_MAX) {
        let stream = stream.get(..SEED_BYTES_MAX).unwrap_or(&stream);
        match stream {
            [20..=23, 3, ..] => {
                give("tls-records", stream);
                if let Some(message) = stream.get(5..) {
                    give("tls-handshake", message);
                }
            }
            [b'P', b'R', b'I', ..] => give("http2-frames", stream.get(24..).unwrap_or_default()),
            [0, _, _, 4, ..] => give("http2-frames", stream),
            _ => give("http1", stream),
        }
        // A turn of the client that takes all.
        give("conversation", &[&[0, 0, 0, 0, 0][..], stream].concat());
    }
}

/// Ordered octets by connection and direction.
#[derive(Default)]
struct Streams(BTreeMap<(u64, usize), Vec<u8>>);

impl Sink for Streams {
    fn opened(&mut self, _: &Connection) {}

    fn octets(&mut self, connection: &Connection, direction: Direction, _: u64, octets: &[u8], _: Origin) {
        let stream = self.0.entry((connection.id, direction.index())).or_default();
        if stream.len() < SEED_BYTES_MAX {
            stream.extend_from_slice(octets);
        }
    }

    fn gap(&mut self, _: &Connection, _: Direction, _: u64, _: u64, _: Gap) {}

    fn ended(&mut self, _: &Connection, _: Direction, _: End) {}

    fn closed(&mut self, _: &Connection, _: Left) {}
}
