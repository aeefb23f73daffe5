//! The list of known differences.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;

use super::rows::Topic;
use crate::captures::{Capture, corpus};

/// `tests/peer-differences.toml`.
#[derive(Deserialize)]
pub(crate) struct Known {
    #[serde(default)]
    capture: Vec<CaptureNote>,
    #[serde(default)]
    keyed: Vec<Keyed>,
    #[serde(default)]
    difference: Vec<Difference>,
}

/// A capture of the corpus that is read with a key log of the corpus, too.
#[derive(Deserialize)]
struct Keyed {
    capture: String,
    keylog: String,
}

/// What both programs must be told about a capture.
#[derive(Deserialize)]
struct CaptureNote {
    name: String,
    decode_as: Vec<String>,
}

/// A difference that has a reason.
#[derive(Deserialize)]
struct Difference {
    capture: String,
    topic: String,
    #[serde(default)]
    tshark_only: usize,
    #[serde(default)]
    tapline_only: usize,
    reason: String,
}

impl Known {
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        toml::from_str(&text).with_context(|| format!("cannot understand {}", path.display()))
    }

    pub(crate) fn decode_as(&self, name: &str) -> &[String] {
        let name = name.split_once(" with ").map_or(name, |(name, _)| name);
        self.capture.iter().find(|note| note.name == name).map_or(&[], |note| &note.decode_as)
    }

    /// The key logs that a capture is also read with: the one beside it, and those that are listed.
    pub(crate) fn keylogs(&self, capture: &Capture) -> Vec<PathBuf> {
        let beside = Some(capture.path.with_extension("keys")).filter(|path| path.is_file());
        let listed = self.keyed.iter().filter(|keyed| keyed.capture == capture.name);
        let listed = listed.filter_map(|keyed| Some(corpus()?.join(keyed.keylog.strip_prefix("corpus/")?)));
        beside.into_iter().chain(listed).collect()
    }

    /// What is listed of captures that are not there.
    pub(crate) fn unvisited(&self, captures: &[Capture]) -> Vec<String> {
        let differences = self.difference.iter().map(|difference| &difference.capture);
        let notes = self.capture.iter().map(|note| &note.name);
        let listed = differences.chain(notes).chain(self.keyed.iter().map(|keyed| &keyed.capture));
        listed
            .filter(|name| !captures.iter().any(|capture| capture.name == **name))
            .map(|name| format!("LISTED {name}: there is no such capture"))
            .collect()
    }

    /// How many rows differ as listed, or what is wrong.
    pub(crate) fn check(&self, name: &str, topic: &Topic) -> Result<usize, String> {
        let listed = self.difference.iter().find(|d| d.capture == name && d.topic == topic.name);
        let found = (topic.tshark_only.len(), topic.tapline_only.len());
        let expected = listed.map_or((0, 0), |d| (d.tshark_only, d.tapline_only));
        if found == expected && listed.is_none_or(|d| !d.reason.trim().is_empty() && found != (0, 0)) {
            return Ok(found.0.max(found.1));
        }
        let mut text = format!(
            "DIFFERS {name}: {}: {found:?} rows only in (tshark, tapline), listed {expected:?}",
            topic.name
        );
        for (mark, rows) in [("tshark ", &topic.tshark_only), ("tapline", &topic.tapline_only)] {
            for row in rows.iter().take(8) {
                let start: String = row.chars().take(220).collect();
                text.extend(["\n    ", mark, " ", &start]);
            }
        }
        Err(text)
    }
}
