//! Segments to connections.

mod bounds;
mod idle;
mod table;

use std::collections::VecDeque;
use std::ops::Deref;

use tapline_packet::{Flags, IcmpError, Segment, Timestamp};

use crate::attempt::Attempt;
use crate::connection::{Around, end_all, take};
use crate::flow::FlowKey;
use crate::limits::{CLOSED_LINGER_NS, IDLE_MAX_NS, OPENING_IDLE_MAX_NS, RESET_SETTLE_NS};
use crate::recent::Recent;
use crate::same::{Same, SamePackets};
use crate::{Connection, Direction, End, Left, Oddity, Origin, Sink};
pub use bounds::Bounds;
use idle::Idle;
use table::{Held, Table};

/// Every connection that is open or closed not long ago.
///
/// ```text
///   segment ──> attempt ──> connection ──┬─ both directions ended ──> lingers ──> Left::Over
///                  │            │        └─ same ports, another SYN ──────────> Left::PortsReused
///                  └────────────┴── silent too long, or no room ──> Left::Idle, TableFull, MemoryShort
/// ```
pub struct Tracker {
    connections_max: usize,
    closed_max: usize,
    table: Table,
    recent: Recent,
    same_packets: SamePackets,
    /// Connections that ended, oldest first, by slot, id and time.
    closed: VecDeque<(u32, u64, Timestamp)>,
    /// Connections that were reset and not ended yet, oldest first, by slot, id and time.
    reset: VecDeque<(u32, u64, Timestamp)>,
    idle: Idle,
    opened: u64,
    evicted: u64,
    /// Once the capture is over: who is still to be told, by slot, in order of ids.
    last_words: Option<VecDeque<u32>>,
}

impl Default for Tracker {
    fn default() -> Self {
        Self::within(Bounds::default())
    }
}

/// A connection in a slot.
pub enum Shown<'a> {
    /// As it is held.
    Held(&'a Connection),
    /// Made from what is held of an attempt.
    Made(Box<Connection>),
}

impl Deref for Shown<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        match self {
            Self::Held(connection) => connection,
            Self::Made(connection) => connection,
        }
    }
}

impl Tracker {
    /// A tracker that holds at most so many connections at once, and else what [`Bounds::default`] allows.
    pub fn bounded(connections_max: usize) -> Self {
        Self::within(Bounds { connections_max, ..Bounds::default() })
    }

    /// A tracker that holds no more than this.
    pub fn within(bounds: Bounds) -> Self {
        Self {
            connections_max: bounds.connections_max,
            closed_max: bounds.closed_max,
            table: Table::default(),
            recent: Recent::of(bounds.recent_bytes_max),
            same_packets: SamePackets::of(bounds.same_packets_max),
            closed: VecDeque::new(),
            reset: VecDeque::new(),
            idle: Idle::default(),
            opened: 0,
            evicted: 0,
            last_words: None,
        }
    }

    /// Takes one segment, the packet `here`, which came by an interface, and gives the slot of its connection.
    pub fn segment(
        &mut self,
        segment: &Segment<'_>,
        interface: u32,
        here: Origin,
        sink: &mut impl Sink,
    ) -> u32 {
        self.pass_time(here.at, sink);
        let (print, same) = self.same_packets.find(segment, interface, here);
        let key = FlowKey::of(segment);
        let known = self.table.find(&key).or_else(|| self.other_way(key, segment, sink));
        let slot = match known {
            Some(slot) if !self.is_new_attempt(slot, segment) => slot,
            Some(old) => {
                self.finish(old, Left::PortsReused, sink);
                self.open(segment, here, true, same, sink)
            }
            None => self.open(segment, here, false, same, sink),
        };
        self.take(slot, segment, here, same, sink);
        if let Some(held) = self.table.get(slot) {
            self.same_packets.remember(print, here, held.id());
        }
        slot
    }

    /// Takes an ICMP error, the packet `here`, and gives the slot of the connection that it is about, if there
    /// is one.
    pub fn unreachable(&mut self, error: &IcmpError, here: Origin, sink: &mut impl Sink) -> Option<u32> {
        let key = FlowKey::between(error.source, error.destination, error.vlans, error.tunnel);
        let slot = self.table.find(&key).or_else(|| self.table.find_elsewhere(&key))?;
        self.promote(slot, sink);
        let connection = self.table.connection_mut(slot)?;
        let told = connection.note_unreachable(error, here)?;
        sink.oddity(connection, connection.direction_from(error.source), Oddity::Unreachable(told));
        Some(slot)
    }

    /// What is due at a time: resets that nothing disproved, connections that closed long ago or are silent.
    /// Every segment tells the time of itself; this is for a tracker that gets none because others do.
    #[inline]
    pub fn pass_time(&mut self, now: Timestamp, sink: &mut impl Sink) {
        self.settle_resets(now, sink);
        self.forget_closed(now, sink);
        if self.idle.is_due(now, self.table.len()) {
            self.forget_silent(now, sink);
        }
    }

    /// The capture is over: every direction ends, every connection is handed to [`Sink::closed`] in order of
    /// its first packet.
    pub fn finish_all(&mut self, sink: &mut impl Sink) {
        while self.finish_some(usize::MAX, sink) {}
    }

    /// The same for at most `count` connections; whether more are left. No segment may come after the first
    /// call.
    pub fn finish_some(&mut self, count: usize, sink: &mut impl Sink) -> bool {
        for _ in 0..count {
            let Some(slot) = self.last_words().pop_front() else { break };
            self.finish(slot, Left::CaptureEnd, sink);
        }
        !self.last_words().is_empty()
    }

    /// The connections that [`Self::finish_some`] will hand over, by id, in its order. No segment may come after
    /// this call.
    pub fn unfinished(&mut self) -> impl Iterator<Item = u64> {
        self.last_words();
        let slots = self.last_words.iter().flatten();
        slots.filter_map(|&slot| self.table.get(slot)).map(Held::id)
    }

    fn last_words(&mut self) -> &mut VecDeque<u32> {
        let table = &self.table;
        self.last_words.get_or_insert_with(|| {
            let mut open: Vec<u32> = table.iter().map(|(slot, _)| slot).collect();
            open.sort_unstable_by_key(|&slot| table.get(slot).map(Held::id));
            open.into()
        })
    }

    /// The connection in a slot.
    pub fn slot(&self, slot: u32) -> Option<Shown<'_>> {
        Some(match self.table.get(slot)? {
            Held::Connection(connection) => Shown::Held(connection),
            Held::Attempt(attempt) => Shown::Made(made(attempt, slot, &mut Recent::default(), &mut Unheard)),
        })
    }

    /// Connections seen so far.
    pub fn opened(&self) -> u64 {
        self.opened
    }

    /// Connections given up because there were too many, or because they were silent too long.
    pub fn evicted(&self) -> u64 {
        self.evicted
    }

    /// A bare SYN with another initial sequence number starts a new connection, as in tshark.
    fn is_new_attempt(&self, slot: u32, segment: &Segment<'_>) -> bool {
        if !segment.has(Flags::SYN) || segment.has(Flags::ACK) {
            return false;
        }
        self.table.get(slot).is_some_and(|held| match held {
            Held::Attempt(attempt) => {
                segment.source == attempt.client && segment.sequence != attempt.sequence()
            }
            Held::Connection(connection) => {
                let direction = connection.direction_of(segment);
                connection.side(direction).base.is_some_and(|base| base != segment.sequence)
            }
        })
    }

    /// The connection whose other direction this segment begins, where that comes by another VLAN or tunnel.
    fn other_way(&mut self, key: FlowKey, segment: &Segment<'_>, sink: &mut impl Sink) -> Option<u32> {
        if segment.has(Flags::SYN) && !segment.has(Flags::ACK) {
            return None;
        }
        let slot = self.table.find_elsewhere(&key)?;
        let begins = match self.table.get(slot)? {
            Held::Attempt(attempt) => segment.source == attempt.server && !attempt.is_answered(),
            Held::Connection(connection) => connection.side(connection.direction_of(segment)).packets == 0,
        };
        if !begins {
            return None;
        }
        self.promote(slot, sink);
        self.table.connection_mut(slot)?.other_key = Some(Box::new(key));
        self.table.add_other_key(slot, key);
        Some(slot)
    }

    /// Makes a place for a connection that begins with this segment, which is not taken yet.
    fn open(
        &mut self,
        segment: &Segment<'_>,
        here: Origin,
        reused: bool,
        same: Option<Same>,
        sink: &mut impl Sink,
    ) -> u32 {
        if self.table.len() >= self.connections_max {
            // An eighth of the table at once, so that the search for them is paid once in many connections.
            self.give_up_idle(self.connections_max / 8, Left::TableFull, sink);
        }
        let id = self.opened;
        self.opened += 1;
        let slot = self.table.reserve();
        let attempt = Attempt::begin(id, segment, here).filter(|_| !reused && same.is_none());
        let held = attempt.map_or_else(
            || {
                let mut connection = Box::new(Connection::begin(id, slot, segment, here, reused));
                if let Some(same) = same {
                    connection.note_copy_of(same.connection);
                }
                sink.opened(&connection);
                Held::Connection(connection)
            },
            |attempt| Held::Attempt(Box::new(attempt)),
        );
        self.table.put(slot, held);
        slot
    }

    /// One segment of what is in a slot.
    fn take(
        &mut self,
        slot: u32,
        segment: &Segment<'_>,
        here: Origin,
        same: Option<Same>,
        sink: &mut impl Sink,
    ) {
        if let Some(Held::Attempt(attempt)) = self.table.get_mut(slot) {
            if attempt.begins_in(here) || same.is_none() && attempt.answered(segment, here) {
                return;
            }
            self.promote(slot, sink);
        }
        let Self { table, recent, .. } = self;
        let Some(connection) = table.connection_mut(slot) else { return };
        let (was_over, was_reset) = (connection.is_over(), connection.teardown().ending_reset().is_some());
        let same = same.filter(|same| same.connection == connection.id).map(|same| same.origin);
        take(connection, segment, Around { here, same, recent }, sink);
        let id = connection.id;
        if was_over {
            return;
        }
        if connection.is_over() {
            connection.shrink();
            self.note_closed((slot, id, here.at));
        } else if !was_reset && connection.teardown().ending_reset().is_some() {
            self.reset.push_back((slot, id, here.at));
        }
    }

    /// An attempt becomes a connection: its segments are taken as if they came now.
    fn promote(&mut self, slot: u32, sink: &mut impl Sink) {
        if let Some(Held::Attempt(attempt)) = self.table.get(slot) {
            let connection = made(attempt, slot, &mut self.recent, sink);
            self.table.replace(slot, Held::Connection(connection));
        }
    }

    /// Memory is short: gives up an eighth of the connections, those that were idle longest. Not more at once, because what
    /// is told of each takes memory itself. Whoever calls again while it stays short soon has none.
    pub fn make_room(&mut self, sink: &mut impl Sink) {
        self.give_up_idle(self.table.len().div_ceil(8), Left::MemoryShort, sink);
    }

    /// Gives up the connections that were idle longest, one at least.
    fn give_up_idle(&mut self, count: usize, why: Left, sink: &mut impl Sink) {
        let mut idle: Vec<(Timestamp, u64, u32)> =
            self.table.iter().map(|(slot, held)| (held.last_at(), held.id(), slot)).collect();
        let count = count.max(1).min(idle.len());
        if count > 0 && count < idle.len() {
            idle.select_nth_unstable(count);
        }
        idle.truncate(count);
        self.give_up(idle.into_iter().map(|(_, id, slot)| (id, slot)).collect(), why, sink);
    }

    fn forget_silent(&mut self, now: Timestamp, sink: &mut impl Sink) {
        let silent = |(slot, held): (u32, &Held)| {
            let patience = match held {
                Held::Attempt(_) => OPENING_IDLE_MAX_NS,
                Held::Connection(_) => IDLE_MAX_NS,
            };
            (self.idle.silent_ns(held.last_at(), now) >= patience).then(|| (held.id(), slot))
        };
        let silent: Vec<_> = self.table.iter().filter_map(silent).collect();
        self.give_up(silent, Left::Idle, sink);
    }

    /// Gives up connections, by id and slot, in order of their first packet.
    fn give_up(&mut self, mut connections: Vec<(u64, u32)>, why: Left, sink: &mut impl Sink) {
        connections.sort_unstable();
        for (_, slot) in connections {
            self.finish(slot, why, sink);
            self.evicted += 1;
        }
    }

    /// Queues a connection that ended. Connections may leave the table by other ways than this queue, and time
    /// may stand still: entries of those that left are cleared before they outnumber the table.
    fn note_closed(&mut self, closed: (u32, u64, Timestamp)) {
        if self.closed.len() >= self.connections_max.saturating_mul(2) {
            let table = &self.table;
            self.closed.retain(|&(slot, id, _)| table.holds(slot, id));
        }
        self.closed.push_back(closed);
    }

    /// Ends the connections whose reset nothing has disproved for a while. Where more wait than there can be
    /// connections, the oldest do not wait longer.
    #[inline]
    fn settle_resets(&mut self, now: Timestamp, sink: &mut impl Sink) {
        while let Some(&(.., at)) = self.reset.front() {
            if now.since(at) < RESET_SETTLE_NS && self.reset.len() <= self.connections_max {
                return;
            }
            self.settle_oldest_reset(now, sink);
        }
    }

    fn settle_oldest_reset(&mut self, now: Timestamp, sink: &mut impl Sink) {
        let Some((slot, id, _)) = self.reset.pop_front() else { return };
        let Self { table, recent, .. } = self;
        let Some(connection) = table.connection_mut(slot).filter(|connection| connection.id == id) else {
            return;
        };
        if connection.teardown().ending_reset().is_some() && !connection.is_over() {
            end_all(connection, End::Reset, recent, sink);
            connection.shrink();
            self.note_closed((slot, id, now));
        }
    }

    /// Nothing was captured for longer than [`RESET_SETTLE_NS`], as whoever waits for packets knows: nothing has
    /// disproved the resets so far.
    pub fn be_quiet(&mut self, sink: &mut impl Sink) {
        while let Some(&(.., at)) = self.reset.front() {
            self.settle_oldest_reset(at, sink);
        }
    }

    #[inline]
    fn forget_closed(&mut self, now: Timestamp, sink: &mut impl Sink) {
        while let Some(&(slot, id, at)) = self.closed.front() {
            let may_stay = self.closed.len() <= self.closed_max;
            // Late segments make it later, which costs a look at the connection.
            if may_stay && now.since(at) < CLOSED_LINGER_NS {
                return;
            }
            match self.table.get(slot).filter(|held| held.id() == id) {
                Some(held) if may_stay && now.since(held.last_at()) < CLOSED_LINGER_NS => return,
                Some(_) => self.finish(slot, Left::Over, sink),
                None => {}
            }
            self.closed.pop_front();
        }
    }

    /// Ends what has not ended and frees the slot.
    fn finish(&mut self, slot: u32, left: Left, sink: &mut impl Sink) {
        self.promote(slot, sink);
        let Some(Held::Connection(mut connection)) = self.table.remove(slot) else { return };
        let reset = connection.teardown().ending_reset().is_some();
        end_all(&mut connection, if reset { End::Reset } else { End::Unseen }, &mut self.recent, sink);
        sink.closed(&connection, left);
    }
}

/// The connection that an attempt is.
fn made(attempt: &Attempt, slot: u32, recent: &mut Recent, sink: &mut impl Sink) -> Box<Connection> {
    let (syn, here) = attempt.syn();
    let mut connection = Box::new(Connection::begin(attempt.id, slot, &syn, here, false));
    sink.opened(&connection);
    take(&mut connection, &syn, Around { here, same: None, recent }, sink);
    if let Some((answer, here)) = attempt.answer() {
        take(&mut connection, &answer, Around { here, same: None, recent }, sink);
    }
    connection.note_right_checksums(attempt.has_right_checksums());
    connection
}

/// Nobody listens.
struct Unheard;

impl Sink for Unheard {
    fn opened(&mut self, _: &Connection) {}
    fn octets(&mut self, _: &Connection, _: Direction, _: u64, _: &[u8], _: Origin) {}
    fn gap(&mut self, _: &Connection, _: Direction, _: u64, _: u64, _: crate::Gap) {}
    fn ended(&mut self, _: &Connection, _: Direction, _: End) {}
    fn closed(&mut self, _: &Connection, _: Left) {}
}
