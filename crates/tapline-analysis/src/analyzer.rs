//! The order of the stages: packet, segment, octets, message, event.

use tapline_packet::{Dissected, Packet, Timestamp, dissect_datagram, dissect_packet};
use tapline_reassembly::{
    Connection, Datagrams, Direction, End, Gap, Inflater, Left, Oddity, Origin, Sample, Sink, Tracker,
    Verdict,
};

use crate::changed::Changed;
use crate::story::{Story, Talk};
use crate::{ConnectionRecord, Event, Options, Sender, TcpSample, TcpVerdict, Totals, oddity};

/// Takes packets in capture order and gathers what they mean.
pub struct Analyzer {
    datagrams: Datagrams,
    inflater: Inflater,
    tracker: Tracker,
    stage: Stage,
    totals: Totals,
    /// Connections that changed since the last snapshot, where somebody wants snapshots.
    changed: Option<Changed>,
}

/// Everything behind the tracker.
struct Stage {
    options: Options,
    /// By the tracker's slots.
    talks: Vec<Option<Box<Talk>>>,
    here: Origin,
    events: Vec<Event>,
}

impl Analyzer {
    /// An analyzer that has seen nothing.
    pub fn new(options: Options) -> Self {
        Self {
            datagrams: Datagrams::default(),
            inflater: Inflater::default(),
            tracker: Tracker::default(),
            stage: Stage { options, talks: Vec::new(), here: Origin::default(), events: Vec::new() },
            totals: Totals::default(),
            changed: None,
        }
    }

    /// Makes [`Self::snapshot`] possible: connections can be shown before they end.
    pub fn watch(&mut self) {
        self.changed = Some(Changed::default());
    }

    /// Takes one packet.
    pub fn packet(&mut self, packet: &Packet<'_>) {
        let at = self.count(packet);
        self.stage.here = Origin { packet: packet.number, at };
        self.dissected(dissect_packet(packet), packet.interface);
    }

    /// Takes what a packet, or a datagram that it completed, turned out to be. Calls itself for what was inside
    /// a datagram, which `tapline_packet::limits::LAYERS_MAX` bounds.
    fn dissected(&mut self, dissected: Dissected<'_>, interface: u32) {
        match dissected {
            Dissected::Tcp(segment) => {
                self.totals.tcp_packets += 1;
                let here = self.stage.here;
                let slot = self.tracker.segment(&segment, interface, here, &mut self.stage);
                self.mark_changed(slot);
            }
            // What was inside counts for the packet that completed it.
            Dissected::Fragment(fragment) => match self.datagrams.fragment(&fragment, self.stage.here.at) {
                Some(whole) => self.dissected(dissect_datagram(&whole.datagram()), interface),
                None => self.count_other("IP fragment"),
            },
            Dissected::Compressed(compressed) => match self.inflater.inflate(&compressed) {
                Some(whole) => self.dissected(dissect_datagram(&whole.datagram()), interface),
                None => self.count_undecoded("IP payload that cannot be inflated"),
            },
            Dissected::IcmpError(error) => {
                self.count_other(error.carrier().name());
                if let Some(slot) = self.tracker.unreachable(&error, self.stage.here, &mut self.stage) {
                    self.mark_changed(slot);
                }
            }
            Dissected::Other(other) => self.count_other(other.name()),
            Dissected::Undecoded(why) => self.count_undecoded(why.reason()),
        }
    }

    fn mark_changed(&mut self, slot: u32) {
        if let Some(changed) = &mut self.changed {
            changed.mark(slot);
        }
    }

    fn count_undecoded(&mut self, why: &'static str) {
        *self.totals.undecoded_packets.entry(why).or_default() += 1;
    }

    fn count_other(&mut self, what: &'static str) {
        *self.totals.other_packets.entry(what).or_default() += 1;
    }

    /// The capture is over: everything that is open ends.
    pub fn finish(&mut self) {
        while self.finish_some(usize::MAX) {}
    }

    /// The same for some connections, whether more are left: their events need not all wait at once. No packet
    /// may come after the first call.
    pub fn finish_some(&mut self, connections: usize) -> bool {
        self.tracker.finish_some(connections, &mut self.stage)
    }

    /// What was learned since the last call, in order.
    pub fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.stage.events)
    }

    /// How many events wait to be taken.
    pub fn pending_events(&self) -> usize {
        self.stage.events.len()
    }

    /// Adds the present state of every connection that changed since the last snapshot to the events.
    pub fn snapshot(&mut self) {
        let Self { tracker, stage, changed, .. } = self;
        for slot in changed.iter_mut().flat_map(Changed::take) {
            if let Some(connection) = tracker.slot(slot) {
                let record = stage.record(&connection, None);
                stage.events.push(Event::ConnectionProgress(Box::new(record)));
            }
        }
    }

    /// What was counted so far.
    pub fn totals(&self) -> Totals {
        Totals {
            connections: self.tracker.opened(),
            evicted_connections: self.tracker.evicted(),
            datagrams: self.datagrams.counts(),
            ..self.totals.clone()
        }
    }

    /// Counts the packet and gives its time: its own, else that of the packet before.
    fn count(&mut self, packet: &Packet<'_>) -> Timestamp {
        let totals = &mut self.totals;
        totals.packets += 1;
        totals.bytes += u64::from(packet.wire_length);
        totals.truncated_packets += u64::from((packet.data.len() as u64) < u64::from(packet.wire_length));
        *totals.link_types.entry(packet.link_type).or_default() += 1;
        let before = self.stage.here.at;
        let Some(at) = packet.at else {
            totals.untimed_packets += 1;
            return before;
        };
        totals.clock_steps_back += u64::from(totals.start.is_some() && at < before);
        totals.start = Some(totals.start.map_or(at, |start| start.min(at)));
        totals.end = Some(totals.end.map_or(at, |end| end.max(at)));
        at
    }
}

impl Stage {
    /// The talk of a connection, made when there is first something to remember, with the rest of the stage
    /// that it needs.
    fn talk(&mut self, connection: &Connection) -> Option<(&mut Talk, &Options, &mut Vec<Event>)> {
        let Self { options, talks, events, .. } = self;
        let slot = connection.slot as usize;
        if slot >= talks.len() {
            talks.resize_with(slot + 1, || None);
        }
        let talk = talks.get_mut(slot)?.get_or_insert_with(|| {
            let stated = options.stated([connection.server.port, connection.client.port]);
            Box::new(Talk::new(connection, stated))
        });
        Some((talk, options, events))
    }

    /// What is known of a connection above TCP.
    fn story(&self, connection: &Connection) -> Option<&Story> {
        Some(&self.talks.get(connection.slot as usize)?.as_ref()?.story)
    }

    fn sender(&self, connection: &Connection, direction: Direction) -> Sender {
        match self.story(connection) {
            Some(story) => story.sender(direction),
            None if direction == Direction::Forward => Sender::Client,
            None => Sender::Server,
        }
    }

    fn record(&self, connection: &Connection, left: Option<Left>) -> ConnectionRecord {
        match self.story(connection) {
            Some(story) => ConnectionRecord::of(connection, story, left),
            None => ConnectionRecord::of(connection, &Story::of(connection), left),
        }
    }

    fn anomaly(&mut self, connection: &Connection, direction: Direction, anomaly: oddity::TcpAnomaly) {
        let here = self.here;
        if let Some((talk, options, events)) = self.talk(connection) {
            oddity::tell(connection, &mut talk.story, (direction, here), anomaly, options, events);
        }
    }
}

impl Sink for Stage {
    fn opened(&mut self, _: &Connection) {}

    fn octets(
        &mut self,
        connection: &Connection,
        direction: Direction,
        offset: u64,
        octets: &[u8],
        origin: Origin,
    ) {
        let here = self.here;
        if let Some((talk, options, events)) = self.talk(connection) {
            talk.octets(connection, direction, offset, octets, origin, (here, options, events));
        }
    }

    fn gap(&mut self, connection: &Connection, direction: Direction, offset: u64, length: u64, why: Gap) {
        let here = self.here;
        if why == Gap::Overflow {
            self.anomaly(connection, direction, oddity::overflow(offset, length));
        }
        if let Some((talk, options, events)) = self.talk(connection) {
            talk.gap(connection, direction, offset, length, (here, options, events));
        }
    }

    fn verdict(&mut self, connection: &Connection, direction: Direction, here: Origin, verdict: &Verdict) {
        if self.options.interests.tcp {
            self.events.push(Event::Tcp(Box::new(TcpVerdict {
                connection: connection.id,
                origin: here,
                from: self.sender(connection, direction),
                verdict: *verdict,
            })));
        }
    }

    fn oddity(&mut self, connection: &Connection, direction: Direction, oddity: Oddity) {
        self.anomaly(connection, direction, oddity::of(&oddity));
    }

    fn wants_samples(&self) -> bool {
        self.options.interests.tcp_samples
    }

    fn sample(&mut self, connection: &Connection, direction: Direction, here: Origin, sample: &Sample) {
        self.events.push(Event::TcpSample(Box::new(TcpSample {
            connection: connection.id,
            origin: here,
            from: self.sender(connection, direction),
            sample: *sample,
        })));
    }

    fn ended(&mut self, connection: &Connection, direction: Direction, end: End) {
        if self.story(connection).is_none() {
            return;
        }
        // A reset is settled later than it came, and the end of a capture is nobody's packet.
        let here = match (end, connection.teardown().reset) {
            (End::Fin, _) => self.here,
            (End::Reset, Some(reset)) => reset.seen,
            _ => connection.last,
        };
        if let Some((talk, options, events)) = self.talk(connection) {
            talk.ended(connection, direction, end == End::Fin, (here, options, events));
        }
    }

    fn closed(&mut self, connection: &Connection, left: Left) {
        if left.is_eviction() {
            self.anomaly(connection, Direction::Forward, oddity::evicted(left));
        }
        if self.options.interests.connections {
            let record = self.record(connection, Some(left));
            self.events.push(Event::Connection(Box::new(record)));
        }
        if let Some(place) = self.talks.get_mut(connection.slot as usize) {
            *place = None;
        }
    }
}
