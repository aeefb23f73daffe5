//! Some of a capture's connections.

use tapline_decode::crypto::KeyLog;
use tapline_reassembly::{Bounds, Origin, Tracker};

use crate::changed::Changed;
use crate::intake::Work;
use crate::merger::{Moment, Told};
use crate::stage::{Patience, Stage};
use crate::{Event, Options};

/// The connections whose ends have the same hash: their tracker, and everything behind it. Shards know nothing of
/// each other, so each may work on a thread of its own; what they tell is put in order by
/// [`crate::Merger`], which also gives connections the ids that are theirs in the whole capture.
pub struct Shard {
    number: usize,
    tracker: Tracker,
    stage: Stage,
    /// Connections that changed since the last snapshot, where somebody wants snapshots.
    changed: Option<Changed>,
}

impl Shard {
    /// All shards of an analysis, having seen nothing. `watch` makes [`Self::snapshot`] possible.
    pub fn all(options: &Options, watch: bool) -> Vec<Self> {
        let count = options.shards();
        let needed = Options { interests: options.interests.needed(), ..options.clone() };
        let shard = |number| Self {
            number,
            tracker: Tracker::within(Bounds::default().share(count)),
            stage: Stage::new(needed.clone()),
            changed: watch.then(Changed::default),
        };
        (0..count).map(shard).collect()
    }

    /// Which it is, from 0.
    pub fn number(&self) -> usize {
        self.number
    }

    /// Takes what is its own of the packet `here`.
    #[inline]
    pub fn take(&mut self, work: Work<'_>, here: Origin, told: &mut Told) {
        let Self { tracker, stage, changed, .. } = self;
        stage.here = here;
        let before = tracker.opened();
        let slot = match work {
            Work::Segment(segment, interface) => Some(tracker.segment(segment, interface, here, stage)),
            Work::Unreachable(error) => tracker.unreachable(error, here, stage),
            Work::Dns(said) => {
                stage.events.push(Event::DnsSaid(Box::new(said.clone())));
                None
            }
        };
        if let (Some(changed), Some(slot)) = (changed, slot) {
            changed.mark(slot);
        }
        let opened = tracker.opened() > before;
        if opened || !self.stage.is_silent() {
            self.tell(Moment::Packet(here.packet), opened, told);
        }
    }

    /// Hears that it is as late as the packet `here`, which is another shard's or still to be taken.
    pub fn pass_time(&mut self, here: Origin, told: &mut Told) {
        self.stage.here = here;
        self.tracker.pass_time(here.at, &mut self.stage);
        self.look_at_waiting(Patience::TimePassed);
        self.tell(Moment::BeforePacket(here.packet), false, told);
    }

    /// Secrets came behind the packet `here`: what waited for them is read.
    pub fn secrets(&mut self, secrets: &KeyLog, here: Origin, told: &mut Told) {
        self.stage.here = here;
        self.stage.adopt(secrets);
        self.look_at_waiting(Patience::SecretsCame);
        self.tell(Moment::AfterPacket(here.packet), false, told);
    }

    fn look_at_waiting(&mut self, patience: Patience) {
        for slot in self.stage.waiting() {
            if let Some(connection) = self.tracker.slot(slot) {
                self.stage.wait_no_more(&connection, patience);
            }
        }
    }

    /// Nothing was captured for a while: what only waited for time to pass is told.
    pub fn be_quiet(&mut self, told: &mut Told) {
        self.tracker.be_quiet(&mut self.stage);
        self.tell(Moment::Afterwards, false, told);
    }

    /// Memory is short: an eighth of the connections is given up, those that were silent longest.
    pub fn make_room(&mut self, told: &mut Told) {
        self.tracker.make_room(&mut self.stage);
        self.tell(Moment::Afterwards, false, told);
    }

    /// Tells the present state of every connection that changed since the last snapshot.
    pub fn snapshot(&mut self, told: &mut Told) {
        let Self { tracker, stage, changed, .. } = self;
        for slot in changed.iter_mut().flat_map(Changed::take) {
            if let Some(connection) = tracker.slot(slot) {
                let record = stage.record(&connection, None);
                stage.events.push(Event::ConnectionProgress(Box::new(record)));
            }
        }
        self.tell(Moment::Afterwards, false, told);
    }

    /// The capture is over: the connections that are still to be told, by the ids they have here, in their order.
    pub fn unfinished(&mut self) -> Vec<u64> {
        self.tracker.unfinished().collect()
    }

    /// Ends so many of these; `here` is the capture's last packet.
    pub fn finish_some(&mut self, connections: usize, here: Origin, told: &mut Told) {
        self.stage.here = here;
        self.tracker.finish_some(connections, &mut self.stage);
        self.tell(Moment::Afterwards, false, told);
    }

    /// Connections given up to make room.
    pub fn evicted(&self) -> u64 {
        self.tracker.evicted()
    }

    fn tell(&mut self, moment: Moment, opened: bool, told: &mut Told) {
        self.stage.look_for_findings();
        told.add(moment, self.number, opened, &mut self.stage.events, &mut self.stage.left);
    }
}
