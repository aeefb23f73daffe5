//! The order of the stages: packet, segment, octets, message, event.

use tapline_decode::crypto::KeyLog;
use tapline_packet::Packet;

use crate::{Event, Intake, Merger, Options, Shard, Task, Told, Totals};

/// Takes packets in capture order and gathers what they mean: all stages, called one after the other.
///
/// ```text
///   packet ── Intake ──> Task ── Shard (one of some) ──> Told ── Merger ──> events
/// ```
pub struct Analyzer {
    intake: Intake,
    shards: Vec<Shard>,
    told: Told,
    merger: Merger,
    events: Vec<Event>,
    finishing: bool,
}

impl Analyzer {
    /// An analyzer that has seen nothing.
    pub fn new(options: &Options) -> Self {
        Self::with(options, false)
    }

    /// The same, and [`Self::snapshot`] shows connections before they end.
    pub fn watching(options: &Options) -> Self {
        Self::with(options, true)
    }

    fn with(options: &Options, watch: bool) -> Self {
        Self {
            intake: Intake::new(options),
            shards: Shard::all(options, watch),
            told: Told::default(),
            merger: Merger::new(options),
            events: Vec::new(),
            finishing: false,
        }
    }

    /// Takes one packet.
    pub fn packet(&mut self, packet: &Packet<'_>) {
        let Self { intake, shards, told, .. } = self;
        intake.packet(packet, &mut |Task { shard, here, time_passes, work }| {
            if time_passes {
                for shard in &mut *shards {
                    shard.pass_time(here, told);
                }
            }
            if let Some(shard) = shards.get_mut(shard) {
                shard.take(work, here, told);
            }
        });
    }

    /// Takes secrets that came behind the newest packet.
    pub fn secrets(&mut self, secrets: &KeyLog) {
        let Self { intake, shards, told, .. } = self;
        for shard in shards {
            shard.secrets(secrets, intake.here(), told);
        }
    }

    /// The capture is over: everything that is open ends.
    pub fn finish(&mut self) {
        while self.finish_some(usize::MAX) {}
    }

    /// The same for some connections, whether more are left: their events need not all wait at once. No packet
    /// may come after the first call.
    pub fn finish_some(&mut self, connections: usize) -> bool {
        self.merge();
        let Self { intake, shards, told, merger, finishing, .. } = self;
        if !std::mem::replace(finishing, true) {
            merger.finish(shards.iter_mut().map(|shard| (shard.number(), shard.unfinished())));
        }
        if let Some(counts) = merger.next_to_finish(connections) {
            for (shard, count) in shards.iter_mut().zip(counts) {
                shard.finish_some(count, intake.here(), told);
            }
        }
        self.merge();
        let unfinished = self.merger.is_unfinished();
        if !unfinished {
            self.merger.conclude(&mut self.events);
        }
        unfinished
    }

    /// What was learned since the last call, in order.
    pub fn take_events(&mut self) -> Vec<Event> {
        self.merge();
        std::mem::take(&mut self.events)
    }

    /// How many events wait to be taken.
    pub fn pending_events(&self) -> usize {
        self.events.len() + self.told.events()
    }

    /// Nothing was captured for a while: what only waited for time to pass is told.
    pub fn be_quiet(&mut self) {
        self.merge();
        let Self { shards, told, .. } = self;
        for shard in shards {
            shard.be_quiet(told);
        }
    }

    /// Memory is short: an eighth of the connections is given up, those that were silent longest.
    pub fn make_room(&mut self) {
        self.merge();
        let Self { shards, told, .. } = self;
        for shard in shards {
            shard.make_room(told);
        }
    }

    /// Adds the present state of every connection that changed since the last snapshot to the events.
    pub fn snapshot(&mut self) {
        self.merge();
        let Self { shards, told, .. } = self;
        for shard in shards {
            shard.snapshot(told);
        }
    }

    /// What was counted so far.
    pub fn totals(&mut self) -> Totals {
        self.merge();
        Totals {
            connections: self.merger.opened(),
            evicted_connections: self.shards.iter().map(Shard::evicted).sum(),
            ..self.intake.totals()
        }
    }

    fn merge(&mut self) {
        self.merger.merge(std::slice::from_mut(&mut self.told), &mut self.events);
    }
}
