//! The order of the stages: packet, segment, octets, message, event.

use tapline_packet::{Dissected, Packet, Timestamp, dissect_datagram, dissect_packet};
use tapline_reassembly::{
    Connection, Datagrams, Direction, End, Gap, Inflater, Origin, Sink, Tracker, Verdict,
};

use crate::story::Talk;
use crate::{ConnectionRecord, Event, Options, TcpVerdict, Totals};

/// Takes packets in capture order and gathers what they mean.
pub struct Analyzer {
    datagrams: Datagrams,
    inflater: Inflater,
    tracker: Tracker,
    stage: Stage,
    totals: Totals,
    /// Whether connections that changed since the last snapshot are remembered.
    watched: bool,
}

/// Everything behind the tracker.
struct Stage {
    options: Options,
    /// By the tracker's slots.
    talks: Vec<Option<Box<Talk>>>,
    here: Origin,
    events: Vec<Event>,
    /// Slots that changed since the last snapshot; each once.
    changed: Vec<u32>,
}

impl Analyzer {
    /// An analyzer that has seen nothing.
    pub fn new(options: Options) -> Self {
        Self {
            datagrams: Datagrams::default(),
            inflater: Inflater::default(),
            tracker: Tracker::default(),
            stage: Stage {
                options,
                talks: Vec::new(),
                here: Origin::default(),
                events: Vec::new(),
                changed: Vec::new(),
            },
            totals: Totals::default(),
            watched: false,
        }
    }

    /// Makes [`Self::snapshot`] possible: connections can be shown before they end.
    pub fn watch(&mut self) {
        self.watched = true;
    }

    /// Takes one packet.
    pub fn packet(&mut self, packet: &Packet<'_>) {
        let at = self.count(packet);
        self.stage.here = Origin { packet: packet.number, at };
        self.dissected(dissect_packet(packet));
    }

    /// Takes what a packet, or a datagram that it completed, turned out to be. Calls itself for what was inside
    /// a datagram, which `tapline_packet::limits::LAYERS_MAX` bounds.
    fn dissected(&mut self, dissected: Dissected<'_>) {
        match dissected {
            Dissected::Tcp(segment) => {
                self.totals.tcp_packets += 1;
                let slot = self.tracker.segment(&segment, self.stage.here, &mut self.stage);
                if self.watched {
                    self.stage.mark_changed(slot);
                }
            }
            // What was inside counts for the packet that completed it.
            Dissected::Fragment(fragment) => match self.datagrams.fragment(&fragment, self.stage.here.at) {
                Some(whole) => self.dissected(dissect_datagram(&whole.datagram())),
                None => self.count_other("IP fragment"),
            },
            Dissected::Compressed(compressed) => match self.inflater.inflate(&compressed) {
                Some(whole) => self.dissected(dissect_datagram(&whole.datagram())),
                None => self.count_undecoded("IP payload that cannot be inflated"),
            },
            Dissected::IcmpError(error) => self.count_other(error.carrier().name()),
            Dissected::Other(other) => self.count_other(other.name()),
            Dissected::Undecoded(why) => self.count_undecoded(why.reason()),
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
        let Self { tracker, stage, .. } = self;
        for slot in std::mem::take(&mut stage.changed) {
            let talk = stage.talks.get_mut(slot as usize).and_then(Option::as_deref_mut);
            if let (Some(connection), Some(talk)) = (tracker.slot(slot), talk) {
                talk.story.changed = false;
                let record = ConnectionRecord::of(connection, &talk.story);
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
    fn mark_changed(&mut self, slot: u32) {
        if let Some(talk) = self.talks.get_mut(slot as usize).and_then(Option::as_deref_mut)
            && !talk.story.changed
        {
            talk.story.changed = true;
            self.changed.push(slot);
        }
    }

    /// The talk of a connection, with the rest of the stage that it needs.
    fn talk(&mut self, connection: &Connection) -> Option<(&mut Talk, Origin, &Options, &mut Vec<Event>)> {
        let Self { options, talks, here, events, .. } = self;
        let talk = talks.get_mut(connection.slot as usize)?.as_deref_mut()?;
        Some((talk, *here, options, events))
    }
}

impl Sink for Stage {
    fn opened(&mut self, connection: &Connection) {
        let slot = connection.slot as usize;
        if slot >= self.talks.len() {
            self.talks.resize_with(slot + 1, || None);
        }
        let stated = self.options.stated([connection.server.port, connection.client.port]);
        if let Some(place) = self.talks.get_mut(slot) {
            *place = Some(Box::new(Talk::new(connection, stated)));
        }
    }

    fn octets(
        &mut self,
        connection: &Connection,
        direction: Direction,
        offset: u64,
        octets: &[u8],
        origin: Origin,
    ) {
        if let Some((talk, here, options, events)) = self.talk(connection) {
            talk.octets(connection, direction, offset, octets, origin, (here, options, events));
        }
    }

    fn gap(&mut self, connection: &Connection, direction: Direction, offset: u64, length: u64, _why: Gap) {
        if let Some((talk, here, options, events)) = self.talk(connection) {
            talk.gap(connection, direction, offset, length, (here, options, events));
        }
    }

    fn verdict(&mut self, connection: &Connection, direction: Direction, here: Origin, verdict: &Verdict) {
        if !self.options.interests.tcp {
            return;
        }
        if let Some((talk, _, _, events)) = self.talk(connection) {
            events.push(Event::Tcp(Box::new(TcpVerdict {
                connection: connection.id,
                origin: here,
                from: talk.story.sender(direction),
                verdict: *verdict,
            })));
        }
    }

    fn ended(&mut self, connection: &Connection, direction: Direction, end: End) {
        if let Some((talk, here, options, events)) = self.talk(connection) {
            talk.ended(connection, direction, end == End::Fin, (here, options, events));
        }
    }

    fn closed(&mut self, connection: &Connection) {
        if let Some((talk, _, options, events)) = self.talk(connection)
            && options.interests.connections
        {
            events.push(Event::Connection(Box::new(ConnectionRecord::of(connection, &talk.story))));
        }
        if let Some(place) = self.talks.get_mut(connection.slot as usize) {
            *place = None;
        }
    }
}
