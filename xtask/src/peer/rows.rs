//! What compare.py printed.

use std::collections::HashMap;
use std::process::Command;

use anyhow::{Context, Result};

use crate::captures::Capture;

/// A topic's result.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Topic {
    pub(crate) name: String,
    pub(crate) agree: usize,
    pub(crate) tshark_only: Vec<String>,
    pub(crate) tapline_only: Vec<String>,
}

/// Reads `topic: agree N, differ M` lines, each followed by its rows.
pub(crate) fn topics(text: &str) -> Vec<Topic> {
    let mut topics: Vec<Topic> = Vec::new();
    for line in text.lines() {
        if let Some(row) = line.strip_prefix("  tshark only ") {
            topics
                .iter_mut()
                .next_back()
                .into_iter()
                .for_each(|topic| topic.tshark_only.push(row.trim().to_owned()));
        } else if let Some(row) = line.strip_prefix("  tapline only") {
            topics
                .iter_mut()
                .next_back()
                .into_iter()
                .for_each(|topic| topic.tapline_only.push(row.trim().to_owned()));
        } else if let Some((name, rest)) = line.split_once(": agree ") {
            let agree = rest.split(',').next().and_then(|count| count.parse().ok()).unwrap_or(0);
            topics.push(Topic { name: name.to_owned(), agree, ..Topic::default() });
        }
    }
    topics
}

impl Topic {
    /// Leaves out the connections that differ in completeness alone, and there by what their last packet adds:
    /// tshark prints the value as it stood before each packet, so that never shows.
    pub(crate) fn without_proven(mut self, capture: &Capture) -> Result<Self> {
        if self.name != "connections" || self.tapline_only.is_empty() {
            return Ok(self);
        }
        let last_adds = last_packets(capture)?;
        let (theirs, mine) = (std::mem::take(&mut self.tshark_only), std::mem::take(&mut self.tapline_only));
        let mut theirs: Vec<Option<String>> = theirs.into_iter().map(Some).collect();
        for row in mine {
            let twin = theirs.iter_mut().find(|other| {
                other.as_ref().is_some_and(|other| differs_by_the_last_packet(other, &row, &last_adds))
            });
            match twin {
                Some(twin) => {
                    *twin = None;
                    self.agree += 1;
                }
                None => self.tapline_only.push(row),
            }
        }
        self.tshark_only = theirs.into_iter().flatten().collect();
        Ok(self)
    }
}

/// `(id, ends, completeness, rtt)` of a connection's row.
fn split(row: &str) -> Option<(&str, &str, &str, &str)> {
    let (id, rest) = row.strip_prefix('(')?.split_once(", ")?;
    let (rest, rtt) = rest.strip_suffix(')')?.rsplit_once(", ")?;
    let (ends, completeness) = rest.rsplit_once(", ")?;
    Some((id, ends, completeness, rtt))
}

fn differs_by_the_last_packet(theirs: &str, mine: &str, last_adds: &HashMap<String, u8>) -> bool {
    let (Some(theirs), Some(mine)) = (split(theirs), split(mine)) else { return false };
    let bits = |text: &str| text.parse::<u8>().ok();
    let added = last_adds.get(mine.0).copied();
    (theirs.0, theirs.1, theirs.3) == (mine.0, mine.1, mine.3)
        && bits(mine.2).is_some()
        && bits(theirs.2).zip(added).map(|(before, added)| before | added) == bits(mine.2)
}

/// What the last packet of each stream adds to its completeness, by tshark's rules.
fn last_packets(capture: &Capture) -> Result<HashMap<String, u8>> {
    let output = Command::new("tshark")
        .args([
            "-n",
            "-Y",
            "tcp.stream",
            "-T",
            "fields",
            "-e",
            "tcp.stream",
            "-e",
            "tcp.flags",
            "-e",
            "tcp.len",
            "-r",
        ])
        .arg(&capture.path)
        .output()
        .context("cannot run tshark")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut last = HashMap::new();
    for line in text.lines() {
        let mut fields = line.split('\t');
        if let (Some(stream), Some(flags), Some(length)) = (fields.next(), fields.next(), fields.next()) {
            let flags = flags.strip_prefix("0x").and_then(|digits| u16::from_str_radix(digits, 16).ok());
            let first = !last.contains_key(stream);
            let data = length != "0";
            last.insert(stream.to_owned(), flags.map_or(0, |flags| adds(flags, data, first)));
        }
    }
    Ok(last)
}

/// SYN-ACK 2, ACK 4, data 8, FIN 16, RST 32; of a stream's first packet only SYN 1 and its data.
fn adds(flags: u16, data: bool, first: bool) -> u8 {
    let (fin, syn, rst, ack) = (flags & 1 != 0, flags & 2 != 0, flags & 4 != 0, flags & 16 != 0);
    if first {
        return if syn && !ack { 1 | if data { 8 } else { 0 } } else { 0 };
    }
    let open = match (syn, ack) {
        (true, true) => 2,
        (false, true) if data => 8,
        (false, true) => 4,
        _ => 0,
    };
    open | if fin && ack { 16 } else { 0 } | if rst { 32 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_belong_to_the_topic_above() {
        let text = "tls: agree 5, differ 2\n  tshark only  (8, 20)\n  tapline only (9, 1)\nhttp1: agree 1, differ 0\n";
        let topics = topics(text);
        assert_eq!(
            (topics[0].agree, topics[0].tshark_only.len(), topics[0].tapline_only[0].as_str()),
            (5, 1, "(9, 1)")
        );
        assert_eq!((topics[1].name.as_str(), topics[1].tshark_only.len()), ("http1", 0));
    }

    #[test]
    fn only_what_the_last_packet_adds_is_excused() {
        let theirs = "(0, (('10.0.0.1', 1, 2, 3), ('10.0.0.2', 4, 5, 6)), 31, 79579)";
        let last = HashMap::from([("0".to_owned(), adds(0x14, false, false))]);
        assert!(differs_by_the_last_packet(theirs, &theirs.replace("31", "63"), &last));
        assert!(!differs_by_the_last_packet(theirs, &theirs.replace("31", "15"), &last));
        assert!(!differs_by_the_last_packet(theirs, &theirs.replace("79579", "None"), &last));
        assert!(!differs_by_the_last_packet(theirs, &theirs.replace("31", "63"), &HashMap::new()));
    }
}
