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
    /// Leaves out the connections that differ in completeness alone where tshark, asked for the value at the
    /// end of the capture, agrees after all: in one pass it prints the value as it stood before each packet,
    /// so what the last packet adds never shows.
    pub(crate) fn without_proven(mut self, capture: &Capture) -> Result<Self> {
        if self.name != "connections" || self.tapline_only.is_empty() {
            return Ok(self);
        }
        let final_values = final_completeness(capture)?;
        let (theirs, mine) = (std::mem::take(&mut self.tshark_only), std::mem::take(&mut self.tapline_only));
        let mut theirs: Vec<Option<String>> = theirs.into_iter().map(Some).collect();
        for row in mine {
            let twin = theirs
                .iter_mut()
                .find(|other| other.as_ref().is_some_and(|other| same_but_completeness(other, &row)));
            let proven = split(&row).is_some_and(|(id, _, completeness, _)| {
                final_values.get(id) == Some(&completeness.to_owned())
            });
            match twin.filter(|_| proven) {
                Some(twin) => *twin = None,
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

fn same_but_completeness(a: &str, b: &str) -> bool {
    match (split(a), split(b)) {
        (Some(a), Some(b)) => (a.0, a.1, a.3) == (b.0, b.1, b.3),
        _ => false,
    }
}

/// `tcp.completeness` by stream after a first pass over the whole capture.
fn final_completeness(capture: &Capture) -> Result<HashMap<String, String>> {
    let output = Command::new("tshark")
        .args([
            "-n",
            "-2",
            "-Y",
            "tcp.stream",
            "-T",
            "fields",
            "-e",
            "tcp.stream",
            "-e",
            "tcp.completeness",
            "-r",
        ])
        .arg(&capture.path)
        .output()
        .context("cannot run tshark")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let pairs = text.lines().filter_map(|line| line.split_once('\t'));
    Ok(pairs.map(|(stream, value)| (stream.to_owned(), value.to_owned())).collect())
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
    fn connections_are_twins_when_only_completeness_differs() {
        let theirs = "(0, (('10.0.0.1', 1, 2, 3), ('10.0.0.2', 4, 5, 6)), 31, 79579)";
        assert!(same_but_completeness(theirs, &theirs.replace("31", "63")));
        assert!(!same_but_completeness(theirs, &theirs.replace("79579", "None")));
    }
}
