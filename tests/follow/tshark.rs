//! The same streams as `tshark -z follow` gives them.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use tapline_packet::Endpoint;

use crate::{Conversation, Text};

/// Streams asked for in one run: each one costs a filter a packet.
const STREAMS_AT_ONCE: usize = 64;

pub(crate) fn is_there() -> bool {
    Command::new("tshark").arg("--version").output().is_ok()
}

/// The first `count` TCP streams of a capture, by their numbers.
pub(crate) fn conversations(path: &Path, count: usize) -> BTreeMap<usize, Conversation> {
    let streams: Vec<usize> = (0..count).collect();
    let runs = streams.chunks(STREAMS_AT_ONCE).map(|streams| run(path, streams));
    runs.flat_map(|text| parse(&text)).collect()
}

fn run(path: &Path, streams: &[usize]) -> String {
    let mut command = Command::new("tshark");
    command.args(["-n", "-q", "-o", "tcp.reassemble_out_of_order:TRUE", "-r"]).arg(path);
    for stream in streams {
        command.args(["-z", &format!("follow,tcp,raw,{stream}")]);
    }
    String::from_utf8_lossy(&command.output().unwrap().stdout).into_owned()
}

/// Blocks of a `Filter:` line, two `Node` lines and lines of hexadecimal digits, the second node's after a tab.
fn parse(text: &str) -> Vec<(usize, Conversation)> {
    let mut found: Vec<(usize, Conversation)> = Vec::new();
    let mut stream = 0;
    let mut first = None;
    for line in text.lines() {
        if let Some(number) = line.strip_prefix("Filter: tcp.stream eq ") {
            stream = number.trim().parse().unwrap();
        } else if let Some(node) = line.strip_prefix("Node 0: ") {
            first = endpoint(node);
        } else if let Some(node) = line.strip_prefix("Node 1: ") {
            let nodes = first.take().zip(endpoint(node));
            found.extend(nodes.map(|(a, b)| (stream, Conversation::between([a, b]))));
        } else if let (Some((_, last)), Some(octets)) = (found.last_mut(), octets(line.trim_start())) {
            add(&mut last.texts[usize::from(line.starts_with('\t'))], &octets);
        }
    }
    found
}

/// `10.0.0.1:80`, `[fd00::1]:80`; a stream that does not exist has `:0`.
fn endpoint(text: &str) -> Option<Endpoint> {
    let (address, port) = text.trim().rsplit_once(':')?;
    let address = address.trim_start_matches('[').trim_end_matches(']');
    Some(Endpoint { address: address.parse().ok()?, port: port.parse().ok()? })
}

fn octets(line: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = line.chars().map(|digit| digit.to_digit(16)).collect();
    let digits = digits.filter(|digits| !digits.is_empty() && digits.len() % 2 == 0)?;
    Some(digits.chunks(2).map(|pair| u8::try_from(pair[0] << 4 | pair[1]).unwrap()).collect())
}

/// What is missing stands among the octets as a sentence that ends with a zero.
fn add(text: &mut Text, octets: &[u8]) {
    let sentence = std::str::from_utf8(octets).ok();
    let count = sentence
        .and_then(|sentence| sentence.strip_suffix(" bytes missing in capture file]\0"))
        .and_then(|begin| begin.strip_prefix('[')?.parse().ok());
    match count {
        Some(count) => text.missing(count),
        None => text.octets(octets),
    }
}
