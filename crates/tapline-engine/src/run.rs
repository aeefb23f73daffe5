//! The loop from source to events.

use std::ops::ControlFlow;

use tapline_analysis::{Analyzer, Event, Options, Totals};
use tapline_capture::{Facts, Item, Progress, Source};

use crate::limits::{BATCH_CONNECTIONS, BATCH_EVENTS, BATCH_PACKETS, FIRST_BATCH_PACKETS};

/// How to run.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// What to analyse and how.
    pub analysis: Options,
    /// Whether connections are shown before they end ([`Event::ConnectionProgress`]), in small first batches.
    pub watch: bool,
    /// Stop after so many packets.
    pub packets_max: Option<u64>,
}

impl RunOptions {
    /// The whole source, nobody watching.
    pub fn new(analysis: Options) -> Self {
        Self { analysis, watch: false, packets_max: None }
    }
}

/// Some packets' worth of events.
#[derive(Debug)]
pub struct Batch {
    /// What was learned, in packet order.
    pub events: Vec<Event>,
    /// How far the source was read.
    pub progress: Progress,
    /// What was counted so far.
    pub totals: Totals,
}

/// How a run ended.
#[derive(Debug)]
pub struct Outcome {
    /// What was counted.
    pub totals: Totals,
    /// What the capture says beside its packets.
    pub facts: Facts,
    /// Whether the receiver stopped it.
    pub stopped: bool,
}

/// Reads a source to its end, or until `receive` breaks. Events arrive in packet order and are the same for
/// the same packets, always. The last batch holds what ended with the capture.
pub fn run(
    source: &mut dyn Source,
    options: &RunOptions,
    mut receive: impl FnMut(Batch) -> ControlFlow<()>,
) -> Outcome {
    let watch = options.watch;
    let mut analyzer =
        if watch { Analyzer::watching(&options.analysis) } else { Analyzer::new(&options.analysis) };
    let mut batch_packets = if options.watch { FIRST_BATCH_PACKETS } else { BATCH_PACKETS };
    let (mut packets, mut in_batch) = (0, 0);
    let mut stopped = false;
    while options.packets_max.is_none_or(|max| packets < max) {
        match source.next() {
            Item::Packet(packet) => {
                analyzer.packet(&packet);
                packets += 1;
                in_batch += 1;
                if in_batch < batch_packets && analyzer.pending_events() < BATCH_EVENTS {
                    continue;
                }
            }
            Item::Idle => {}
            Item::End => break,
        }
        in_batch = 0;
        batch_packets = (batch_packets * 2).min(BATCH_PACKETS);
        if options.watch {
            analyzer.snapshot();
        }
        if receive(batch(&mut analyzer, source)).is_break() {
            stopped = true;
            break;
        }
    }
    while !stopped {
        let more = analyzer.finish_some(BATCH_CONNECTIONS);
        stopped = receive(batch(&mut analyzer, source)).is_break();
        if !more {
            break;
        }
    }
    Outcome { totals: analyzer.totals(), facts: source.facts().clone(), stopped }
}

fn batch(analyzer: &mut Analyzer, source: &dyn Source) -> Batch {
    Batch { events: analyzer.take_events(), progress: source.progress(), totals: analyzer.totals() }
}
