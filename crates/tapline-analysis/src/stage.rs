//! Everything behind the tracker: what a connection's octets mean.

use std::collections::BTreeSet;

use tapline_decode::crypto::KeyLog;
use tapline_decode::{Keyring, Protocol, dns};
use tapline_reassembly::{
    Connection, Direction, End, Gap, Left, Oddity, Origin, Sample, Seen, Sink, Verdict,
};

use crate::certificate::Judge;
use crate::heads::Heads;
use crate::story::Story;
use crate::talk::{Surroundings, Talk};
use crate::{
    Carried, ConnectionRecord, Course, Event, Introduction, Options, SegmentSeen, Sender, TcpSample,
    TcpVerdict, finding, oddity,
};

/// Why a connection that waits for secrets is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Patience {
    /// Some came.
    SecretsCame,
    /// It may have waited too long.
    TimePassed,
}

/// Everything behind the tracker.
pub(crate) struct Stage {
    options: Options,
    /// By the tracker's slots.
    talks: Vec<Option<Box<Talk>>>,
    /// What TLS is opened with.
    keyring: Keyring,
    /// Who reads certificates.
    judge: Judge,
    /// Room for fields.
    heads: Heads,
    /// The slots of connections that wait for secrets.
    waiting: BTreeSet<u32>,
    /// The current packet.
    pub(crate) here: Origin,
    /// A gap that was given up: its connection's slot, its direction, and the packet at which that was.
    given_up: Option<(u32, Direction, u64)>,
    /// What was learned, until it is taken.
    pub(crate) events: Vec<Event>,
    /// Connections that left the table, by id, until they are taken.
    pub(crate) left: Vec<u64>,
}

impl Stage {
    pub(crate) fn new(options: Options) -> Self {
        let keyring = Keyring::new(options.keys.clone());
        let judge = Judge::new(options.trust.clone());
        Self {
            options,
            judge,
            heads: Heads::default(),
            talks: Vec::new(),
            keyring,
            waiting: BTreeSet::new(),
            here: Origin::default(),
            given_up: None,
            events: Vec::new(),
            left: Vec::new(),
        }
    }

    /// Whether nothing waits to be taken.
    pub(crate) fn is_silent(&self) -> bool {
        self.events.is_empty() && self.left.is_empty()
    }

    /// Adds what is worth telling of what was told.
    pub(crate) fn look_for_findings(&mut self) {
        if !self.options.interests.findings {
            return;
        }
        let mut found = Vec::new();
        for event in &self.events {
            finding::look_at(event, &mut found);
        }
        self.events.extend(found.into_iter().map(|finding| Event::Finding(Box::new(finding))));
    }

    /// The talk of a connection, made when there is first something to remember, with the rest of the stage
    /// that it needs.
    fn talk(&mut self, connection: &Connection) -> Option<(&mut Talk, Surroundings<'_>)> {
        let Self { options, talks, keyring, judge, heads, here, events, .. } = self;
        let slot = connection.slot as usize;
        if slot >= talks.len() {
            talks.resize_with(slot + 1, || None);
        }
        let talk = talks.get_mut(slot)?.get_or_insert_with(|| {
            let stated = options.stated([connection.server.port, connection.client.port]);
            let dns = (connection.server.port == dns::PORT).then_some(Protocol::Dns);
            Box::new(Talk::new(connection, stated.or(dns)))
        });
        Some((talk, Surroundings { here: *here, options, keyring, judge, heads, events }))
    }

    /// Takes secrets that came now.
    pub(crate) fn adopt(&mut self, secrets: &KeyLog) {
        self.keyring.adopt(secrets);
    }

    /// The slots of connections that wait for secrets.
    pub(crate) fn waiting(&self) -> Vec<u32> {
        self.waiting.iter().copied().collect()
    }

    /// The secrets may have come that a connection waits for, or it has waited long enough.
    pub(crate) fn wait_no_more(&mut self, connection: &Connection, patience: Patience) {
        let now = self.here.at;
        let Some((talk, surroundings)) = self.talk(connection) else { return };
        match patience {
            Patience::SecretsCame => talk.try_again(connection, surroundings),
            Patience::TimePassed if talk.has_waited_long(now) => {
                talk.give_up_waiting(connection, surroundings);
            }
            Patience::TimePassed => return,
        }
        if talk.waits_since().is_none() {
            self.waiting.remove(&connection.slot);
        }
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

    /// A connection as it stands.
    pub(crate) fn record(&self, connection: &Connection, left: Option<Left>) -> ConnectionRecord {
        match self.story(connection) {
            Some(story) => ConnectionRecord::of(connection, story, left),
            None => ConnectionRecord::of(connection, &Story::of(connection), left),
        }
    }

    /// Tells octets, or that they are missing, where somebody looks so closely.
    fn carried(
        &mut self,
        connection: &Connection,
        direction: Direction,
        origin: Origin,
        of: Course,
        octets: &[u8],
    ) {
        if self.options.interests.wire {
            let from = self.sender(connection, direction);
            let octets = octets.to_vec();
            self.events.push(Event::Carried(Box::new(Carried {
                connection: connection.id,
                origin,
                from,
                of,
                octets,
            })));
        }
    }

    fn anomaly(&mut self, connection: &Connection, direction: Direction, anomaly: oddity::TcpAnomaly) {
        if let Some((talk, Surroundings { here, options, events, .. })) = self.talk(connection) {
            oddity::tell(connection, &mut talk.story, (direction, here), anomaly, options, events);
        }
    }
}

impl Sink for Stage {
    fn opened(&mut self, connection: &Connection) {
        if self.options.interests.introductions {
            let introduction = Introduction::of(connection, &Story::of(connection));
            self.events.push(Event::Introduction(Box::new(introduction)));
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
        self.carried(connection, direction, origin, Course::Stream(offset), octets);
        // What waited behind a gap that nothing fills came when it came, and not when nobody waited any more.
        let is_behind_gap = self.given_up == Some((connection.slot, direction, self.here.packet));
        let here = if is_behind_gap { origin } else { self.here };
        if let Some((talk, surroundings)) = self.talk(connection) {
            let surroundings = Surroundings { here, ..surroundings };
            let waited = talk.waits_since().is_some();
            talk.octets(connection, direction, offset, octets, origin, surroundings);
            if !waited && talk.waits_since().is_some() {
                self.waiting.insert(connection.slot);
            }
        }
    }

    fn gap(&mut self, connection: &Connection, direction: Direction, offset: u64, length: u64, why: Gap) {
        self.carried(connection, direction, self.here, Course::Missing(offset, length, why), &[]);
        if why == Gap::Overflow {
            self.anomaly(connection, direction, oddity::overflow(offset, length));
        }
        self.given_up = Some((connection.slot, direction, self.here.packet));
        if let Some((talk, surroundings)) = self.talk(connection) {
            talk.gap(connection, direction, offset, length, surroundings);
        }
    }

    fn verdict(&mut self, connection: &Connection, direction: Direction, here: Origin, verdict: &Verdict) {
        if let Some(Some(talk)) = self.talks.get_mut(connection.slot as usize) {
            talk.story.pulse.verdict(direction, here, verdict);
        }
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

    fn wants_segments(&self) -> bool {
        self.options.interests.wire
    }

    fn segment(&mut self, connection: &Connection, direction: Direction, here: Origin, seen: &Seen) {
        self.events.push(Event::Segment(Box::new(SegmentSeen {
            connection: connection.id,
            origin: here,
            from: self.sender(connection, direction),
            seen: seen.clone(),
        })));
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
        if let Some((talk, surroundings)) = self.talk(connection) {
            let surroundings = Surroundings { here, ..surroundings };
            talk.ended(connection, direction, end, surroundings);
        }
    }

    fn closed(&mut self, connection: &Connection, left: Left) {
        if left.is_eviction() {
            self.anomaly(connection, Direction::Forward, oddity::evicted(left));
        }
        if self.waiting.remove(&connection.slot)
            && let Some((talk, surroundings)) = self.talk(connection)
        {
            talk.give_up_waiting(connection, surroundings);
        }
        if self.options.interests.connections {
            let record = self.record(connection, Some(left));
            self.events.push(Event::Connection(Box::new(record)));
        }
        if let Some(place) = self.talks.get_mut(connection.slot as usize) {
            *place = None;
        }
        self.left.push(connection.id);
    }
}
