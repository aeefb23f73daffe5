//! The loop from source to events.

use std::ops::ControlFlow;

use tapline_analysis::{Event, Options, Totals};
use tapline_capture::{Facts, Heard, Item, Progress, Source};

use crate::keys::KeyFiles;
use crate::limits::{BATCH_CONNECTIONS, BATCH_PACKETS, FIRST_BATCH_PACKETS, IDLES_QUIET, LOOK_PACKETS};
use crate::secrets::Secrets;
use crate::team::{Team, Then};

/// How to run.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// What to analyse and how. Its keys are added to those of [`Self::keys`].
    pub analysis: Options,
    /// Files with keys, as they were opened.
    pub keys: KeyFiles,
    /// Whether connections are shown before they end ([`Event::ConnectionProgress`]), in small first batches.
    pub watch: bool,
    /// Threads that analyse; with 1 it is the calling one, else that one only reads. More than
    /// [`SHARDS`](tapline_analysis::limits::SHARDS) have nothing to do. The events are the same for any number.
    pub threads: usize,
    /// Packets in a batch, if its octets and events are not many. The events are the same for any number.
    pub batch_packets: u64,
}

impl RunOptions {
    /// The whole source, nobody watching, on the calling thread.
    pub fn new(analysis: Options) -> Self {
        let keys = KeyFiles::default();
        Self { analysis, keys, watch: false, threads: 1, batch_packets: BATCH_PACKETS }
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
    /// What the capture has said beside its packets since the batch before, without secrets, names and comments; only
    /// where somebody watches.
    pub news: Option<Box<Facts>>,
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
/// the same packets, always, on any number of threads. The last batch holds what ended with the capture.
pub fn run(
    source: &mut dyn Source,
    options: &RunOptions,
    mut receive: impl FnMut(Batch) -> ControlFlow<()>,
) -> Outcome {
    let (mut secrets, keys) = Secrets::begin(options.keys.clone(), source);
    let analysis = Options { keys, ..options.analysis.clone() };
    let mut team = Team::new(options, &analysis, source.mapped());
    let stopped = read(source, options, &mut secrets, &mut team, &mut receive).is_break()
        || finish(source, &mut team, &mut receive).is_break();
    source.conclude();
    Outcome { totals: team.totals(), facts: source.facts().clone(), stopped }
}

fn read(
    source: &mut dyn Source,
    options: &RunOptions,
    secrets: &mut Secrets,
    team: &mut Team,
    receive: &mut impl FnMut(Batch) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let whole = options.batch_packets.max(1);
    let mut batch_packets = if options.watch { FIRST_BATCH_PACKETS.min(whole) } else { whole };
    let (mut packets, mut in_batch) = (0, 0);
    let mut heard = options.watch.then(Heard::default);
    // How often in a row there was nothing.
    let mut idles = 0_u32;
    loop {
        let idle = match source.next() {
            Item::Packet(packet) => {
                idles = 0;
                team.packet(&packet);
                packets += 1;
                in_batch += 1;
                if secrets.stand_in(source.facts()) {
                    secrets.give(source.facts(), team);
                }
                if in_batch < batch_packets && !team.is_full() {
                    if packets % LOOK_PACKETS == 0 {
                        // The only one that is asked for is what the memory is for.
                        if options.analysis.only.is_none() {
                            team.keep_within_memory();
                        }
                        hand_out(team, false, || news(source, &mut heard), receive)?;
                    }
                    continue;
                }
                false
            }
            Item::Idle => {
                idles = idles.saturating_add(1);
                true
            }
            Item::End => break,
        };
        // A batch that is handed over early shows nothing yet: what changes fast would be shown too often.
        let complete = idle || in_batch >= batch_packets;
        if complete {
            in_batch = 0;
            batch_packets = (batch_packets * 2).min(whole);
        }
        secrets.give(source.facts(), team);
        let then = Then { be_quiet: idles == IDLES_QUIET, snapshot: complete && options.watch };
        team.hand_over(source.progress(), then);
        hand_out(team, idle, || news(source, &mut heard), receive)?;
    }
    secrets.give(source.facts(), team);
    team.hand_over(source.progress(), Then::default());
    hand_out(team, true, || news(source, &mut heard), receive)
}

/// What a source has said since the last call, for who watches.
fn news(source: &dyn Source, heard: &mut Option<Heard>) -> Option<Box<Facts>> {
    let heard = heard.as_mut()?;
    let facts = source.facts();
    *heard = heard.but_texts(facts);
    facts.since(heard).map(Box::new)
}

/// Gives the receiver what is ready, or everything that is under way, each with its news.
fn hand_out(
    team: &mut Team,
    all: bool,
    mut news: impl FnMut() -> Option<Box<Facts>>,
    receive: &mut impl FnMut(Batch) -> ControlFlow<()>,
) -> ControlFlow<()> {
    while let Some(batch) = team.ready(all) {
        receive(Batch { news: news(), ..batch })?;
    }
    ControlFlow::Continue(())
}

fn finish(
    source: &dyn Source,
    team: &mut Team,
    receive: &mut impl FnMut(Batch) -> ControlFlow<()>,
) -> ControlFlow<()> {
    loop {
        let (events, more) = team.finish_some(BATCH_CONNECTIONS);
        receive(Batch { events, progress: source.progress(), totals: team.totals(), news: None })?;
        if !more {
            return ControlFlow::Continue(());
        }
    }
}

#[cfg(test)]
mod tests;
