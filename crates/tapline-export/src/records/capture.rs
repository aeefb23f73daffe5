//! The `capture` record.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use tapline_engine::Outcome;
use tapline_engine::analysis::{DatagramCounts, text};

use super::{At, RecordType};

#[derive(Serialize, JsonSchema)]
pub(super) struct Line {
    r#type: &'static str,
    files: Vec<String>,
    format: Vec<String>,
    link_types: Vec<String>,
    packets: u64,
    bytes: u64,
    start: Option<At>,
    end: Option<At>,
    /// What the capture itself says was lost, all together; `null` where it says nothing.
    dropped_packets: Option<u64>,
    kernel_dropped_packets: Option<u64>,
    interface_dropped_packets: Option<u64>,
    /// What was captured and not analysed; `null` where nothing has to be left out.
    queue_dropped_packets: Option<u64>,
    truncated_packets: u64,
    untimed_packets: u64,
    tcp_packets: u64,
    other_packets: BTreeMap<&'static str, u64>,
    undecoded_packets: BTreeMap<&'static str, u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    datagrams: Option<Datagrams>,
    connections: u64,
    evicted_connections: u64,
    damages: Vec<String>,
    incidents: Vec<String>,
    /// What the capture has more of than is kept, by kind.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    left_out: BTreeMap<&'static str, u64>,
    /// `null` where secrets are shown.
    redacted_values: Option<u64>,
}

impl Line {
    pub(super) fn of(outcome: &Outcome, redacted_values: Option<u64>) -> Self {
        let (totals, facts) = (&outcome.totals, &outcome.facts);
        Self {
            r#type: RecordType::Capture.name(),
            files: facts.files.iter().map(|file| text(file.path.as_os_str().as_encoded_bytes())).collect(),
            format: facts.files.iter().map(tapline_engine::capture::FileFacts::format).collect(),
            link_types: totals.link_types.keys().map(ToString::to_string).collect(),
            packets: totals.packets,
            bytes: totals.bytes,
            start: totals.start.map(At),
            end: totals.end.map(At),
            dropped_packets: facts.dropped_packets(),
            kernel_dropped_packets: facts.os_dropped_packets(),
            interface_dropped_packets: facts.interface_dropped_packets(),
            queue_dropped_packets: facts.queue_dropped,
            truncated_packets: totals.truncated_packets,
            untimed_packets: totals.untimed_packets,
            tcp_packets: totals.tcp_packets,
            other_packets: totals.other_packets.clone(),
            undecoded_packets: totals.undecoded_packets.clone(),
            datagrams: Datagrams::of(&totals.datagrams),
            connections: totals.connections,
            evicted_connections: totals.evicted_connections,
            damages: facts.damages.iter().map(ToString::to_string).collect(),
            incidents: facts.incidents.iter().map(ToString::to_string).collect(),
            left_out: facts.left_out.clone(),
            redacted_values,
        }
    }
}

/// What became of IP datagrams that were sent in fragments.
#[derive(Serialize, JsonSchema)]
struct Datagrams {
    reassembled: u64,
    timed_out: u64,
    evicted: u64,
    dropped: u64,
    waiting: u64,
    overlapping: u64,
    cut_fragments: u64,
}

impl Datagrams {
    /// None where there was no fragment.
    fn of(counts: &DatagramCounts) -> Option<Self> {
        let &DatagramCounts { reassembled, timed_out, evicted, dropped, waiting, overlapping, cut_fragments } =
            counts;
        let line = Self { reassembled, timed_out, evicted, dropped, waiting, overlapping, cut_fragments };
        (*counts != DatagramCounts::default()).then_some(line)
    }
}
