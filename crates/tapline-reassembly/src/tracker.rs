//! Segments to connections.

use std::collections::VecDeque;

use tapline_packet::{Flags, Segment, Timestamp};

use crate::flow::{FlowKey, FlowTable};
use crate::limits::{CLOSED_LINGER_NS, CONNECTIONS_MAX};
use crate::stream::Piece;
use crate::verdict::{Circumstances, Judge};
use crate::zeek::Observer;
use crate::{
    Completeness, Connection, Direction, End, Gap, Handshake, Orientation, Origin, Reset, Side, Sink,
    Teardown,
};

/// Every connection that is open or closed not long ago.
pub struct Tracker {
    connections_max: usize,
    flows: FlowTable,
    slots: Vec<Option<Box<Connection>>>,
    free: Vec<u32>,
    /// Connections that ended, oldest first, by slot and id.
    closed: VecDeque<(u32, u64)>,
    opened: u64,
    evicted: u64,
    /// Once the capture is over: who is still to be told, by id and slot.
    last_words: Option<VecDeque<(u64, u32)>>,
}

impl Default for Tracker {
    fn default() -> Self {
        Self::bounded(CONNECTIONS_MAX)
    }
}

impl Tracker {
    /// A tracker that holds at most so many connections at once; the default is [`CONNECTIONS_MAX`].
    pub fn bounded(connections_max: usize) -> Self {
        Self {
            connections_max,
            flows: FlowTable::default(),
            slots: Vec::new(),
            free: Vec::new(),
            closed: VecDeque::new(),
            opened: 0,
            evicted: 0,
            last_words: None,
        }
    }

    /// Takes one segment, the packet `here`, and gives the slot of its connection.
    pub fn segment(&mut self, segment: &Segment<'_>, here: Origin, sink: &mut impl Sink) -> u32 {
        self.forget_closed(here.at, sink);
        let key = FlowKey::of(segment);
        let known = self.flows.find(&key).or_else(|| self.other_way(key, segment));
        let slot = match known {
            Some(slot) if !self.is_new_attempt(slot, segment) => slot,
            Some(old) => {
                self.finish(old, sink);
                self.open(key, segment, here, true, sink)
            }
            None => self.open(key, segment, here, false, sink),
        };
        if let Some(connection) = self.slots.get_mut(slot as usize).and_then(Option::as_deref_mut) {
            let was_over = is_over(connection);
            take(connection, segment, here, sink);
            if !was_over && is_over(connection) {
                connection.judge.shrink();
                let closed = (slot, connection.id);
                self.note_closed(closed);
            }
        }
        slot
    }

    /// The capture is over: every direction ends, every connection is handed to [`Sink::closed`] in order of
    /// its first packet.
    pub fn finish_all(&mut self, sink: &mut impl Sink) {
        while self.finish_some(usize::MAX, sink) {}
    }

    /// The same for at most `count` connections; whether more are left. No segment may come after the first
    /// call.
    pub fn finish_some(&mut self, count: usize, sink: &mut impl Sink) -> bool {
        if self.last_words.is_none() {
            let mut open: Vec<(u64, u32)> = self.slots.iter().flatten().map(|c| (c.id, c.slot)).collect();
            open.sort_unstable();
            self.last_words = Some(open.into());
        }
        for _ in 0..count {
            let Some((_, slot)) = self.last_words.as_mut().and_then(VecDeque::pop_front) else {
                return false;
            };
            self.finish(slot, sink);
        }
        self.last_words.as_ref().is_some_and(|left| !left.is_empty())
    }

    /// The connection in a slot.
    pub fn slot(&self, slot: u32) -> Option<&Connection> {
        self.slots.get(slot as usize)?.as_deref()
    }

    /// Connections seen so far.
    pub fn opened(&self) -> u64 {
        self.opened
    }

    /// Connections given up because there were too many.
    pub fn evicted(&self) -> u64 {
        self.evicted
    }

    /// A bare SYN with another initial sequence number starts a new connection, as in tshark.
    fn is_new_attempt(&self, slot: u32, segment: &Segment<'_>) -> bool {
        if !segment.has(Flags::SYN) || segment.has(Flags::ACK) {
            return false;
        }
        self.slot(slot).is_some_and(|connection| {
            let direction = direction_of(connection, segment);
            connection.side(direction).base.is_some_and(|base| base != segment.sequence)
        })
    }

    /// The connection whose other direction this segment begins, where that comes by another VLAN or tunnel.
    fn other_way(&mut self, key: FlowKey, segment: &Segment<'_>) -> Option<u32> {
        if segment.has(Flags::SYN) && !segment.has(Flags::ACK) {
            return None;
        }
        let slot = self.flows.find_elsewhere(&key)?;
        let connection = self.slots.get_mut(slot as usize)?.as_deref_mut()?;
        if connection.side(direction_of(connection, segment)).packets > 0 {
            return None;
        }
        connection.other_key = Some(key);
        self.flows.set(key, slot);
        Some(slot)
    }

    fn open(
        &mut self,
        key: FlowKey,
        segment: &Segment<'_>,
        here: Origin,
        reused: bool,
        sink: &mut impl Sink,
    ) -> u32 {
        if self.slots.len() - self.free.len() >= self.connections_max {
            self.evict_idle(sink);
        }
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX)
        });
        let connection = Box::new(new_connection(self.opened, slot, key, segment, here, reused));
        self.opened += 1;
        sink.opened(&connection);
        if let Some(place) = self.slots.get_mut(slot as usize) {
            *place = Some(connection);
        }
        self.flows.set(key, slot);
        slot
    }

    /// Makes room by giving up the connections that were idle longest: an eighth of the table at once, so that
    /// the search for them is paid once in many connections.
    fn evict_idle(&mut self, sink: &mut impl Sink) {
        let mut idle: Vec<(Timestamp, u64, u32)> =
            self.slots.iter().flatten().map(|c| (c.last.at, c.id, c.slot)).collect();
        let count = (self.connections_max / 8).max(1).min(idle.len());
        if count > 0 && count < idle.len() {
            idle.select_nth_unstable(count);
        }
        idle.truncate(count);
        idle.sort_unstable_by_key(|&(_, id, _)| id);
        for (_, _, slot) in idle {
            self.finish(slot, sink);
            self.evicted += 1;
        }
    }

    /// Queues a connection that ended. Connections may leave the table by other ways than this queue, and time
    /// may stand still: entries of those that left are cleared before they outnumber the table.
    fn note_closed(&mut self, closed: (u32, u64)) {
        if self.closed.len() >= self.connections_max.saturating_mul(2) {
            let slots = &self.slots;
            self.closed.retain(|&(slot, id)| {
                slots.get(slot as usize).and_then(Option::as_deref).is_some_and(|held| held.id == id)
            });
        }
        self.closed.push_back(closed);
    }

    fn forget_closed(&mut self, now: Timestamp, sink: &mut impl Sink) {
        while let Some(&(slot, id)) = self.closed.front() {
            match self.slot(slot).filter(|connection| connection.id == id) {
                Some(connection) if now.since(connection.last.at) < CLOSED_LINGER_NS => return,
                Some(_) => self.finish(slot, sink),
                None => {}
            }
            self.closed.pop_front();
        }
    }

    /// Ends what has not ended and frees the slot.
    fn finish(&mut self, slot: u32, sink: &mut impl Sink) {
        let Some(mut connection) = self.slots.get_mut(slot as usize).and_then(Option::take) else { return };
        for direction in Direction::BOTH {
            flush(&mut connection, direction, sink);
            end(&mut connection, direction, End::Unseen, sink);
        }
        sink.closed(&connection);
        self.flows.remove(&connection.key, slot);
        if let Some(key) = connection.other_key {
            self.flows.remove(&key, slot);
        }
        self.free.push(slot);
    }
}

/// Whether only late segments can follow.
fn is_over(connection: &Connection) -> bool {
    connection.teardown.is_complete() || connection.teardown.reset.is_some()
}

fn direction_of(connection: &Connection, segment: &Segment<'_>) -> Direction {
    if segment.source == connection.client { Direction::Forward } else { Direction::Reverse }
}

fn new_connection(
    id: u64,
    slot: u32,
    key: FlowKey,
    segment: &Segment<'_>,
    here: Origin,
    reused_ports: bool,
) -> Connection {
    let (source, destination) = (segment.source, segment.destination);
    let (client, server, orientation) = match (segment.has(Flags::SYN), segment.has(Flags::ACK)) {
        (true, false) => (source, destination, Orientation::Syn),
        (true, true) => (destination, source, Orientation::Syn),
        _ if source.port >= destination.port => (source, destination, Orientation::Port),
        _ => (destination, source, Orientation::Port),
    };
    Connection {
        id,
        slot,
        client,
        server,
        vlans: segment.vlans,
        orientation,
        first: here,
        last: here,
        handshake: Handshake::default(),
        teardown: Teardown::default(),
        completeness: Completeness::default(),
        reused_ports,
        sides: [Side::default(), Side::default()],
        key,
        other_key: None,
        ended: [false; 2],
        judge: Judge::default(),
        zeek: Observer::default(),
    }
}

/// One segment of a known connection.
fn take(connection: &mut Connection, segment: &Segment<'_>, here: Origin, sink: &mut impl Sink) {
    let direction = direction_of(connection, segment);
    let first = connection.first.packet == here.packet;
    let new_on_used_ports = first && connection.reused_ports;
    let shows_reuse = note_other_answer(connection, direction, segment);
    note_base(connection, direction, segment);
    let base = |direction| connection.side(direction).base.unwrap_or_default();
    let around = Circumstances {
        direction,
        here,
        round_trip_ns: connection.handshake.initial_rtt_ns,
        reused_ports: new_on_used_ports || shows_reuse,
        bases: [base(direction), base(direction.flip())],
    };
    connection.zeek.see(segment, direction);
    if let Some(verdict) = connection.judge.judge(segment, around) {
        sink.verdict(connection, direction, here, &verdict);
    }
    connection.last = here;
    connection.completeness.see(segment, first || new_on_used_ports);
    connection.handshake.see(segment, direction, here);
    let side = connection.side_mut(direction);
    side.packets += 1;
    side.payload_bytes += u64::from(segment.payload_length);
    if segment.has(Flags::ACK)
        && connection.side_mut(direction.flip()).stream.acknowledge(segment.acknowledgment)
    {
        connection.teardown.see_fin_acknowledged(direction.flip(), here);
    }
    if segment.has(Flags::RST) {
        reset(connection, direction, here, sink);
        return;
    }
    let fin = segment.has(Flags::FIN);
    if fin {
        connection.teardown.see_fin(direction, here);
    }
    octets(connection, direction, segment, here, fin, sink);
    if connection.side(direction).stream.is_finished() {
        end(connection, direction, End::Fin, sink);
    }
    if connection.teardown.is_complete() {
        // Both sides have everything: what did not come by now is lost to the capture.
        for direction in Direction::BOTH {
            flush(connection, direction, sink);
            end(connection, direction, End::Fin, sink);
        }
    }
}

/// Whether this is a SYN-ACK with another initial sequence number than its side had: the server took the SYN
/// for a new connection, or answers an earlier one. Its number counts from here on, as in tshark.
fn note_other_answer(connection: &mut Connection, direction: Direction, segment: &Segment<'_>) -> bool {
    let base = &mut connection.side_mut(direction).base;
    let other = segment.has(Flags::SYN | Flags::ACK) && base.is_some_and(|base| base != segment.sequence);
    if other {
        *base = Some(segment.sequence);
    }
    other
}

/// The numbers that either side's first packets fix.
fn note_base(connection: &mut Connection, direction: Direction, segment: &Segment<'_>) {
    let syn = segment.has(Flags::SYN);
    let own = if syn { segment.sequence } else { segment.sequence.wrapping_sub(1) };
    connection.side_mut(direction).base.get_or_insert(own);
    if segment.has(Flags::ACK) && !syn {
        connection.side_mut(direction.flip()).base.get_or_insert(segment.acknowledgment.wrapping_sub(1));
    }
}

fn octets(
    connection: &mut Connection,
    direction: Direction,
    segment: &Segment<'_>,
    here: Origin,
    fin: bool,
    sink: &mut impl Sink,
) {
    let syn = segment.has(Flags::SYN);
    let sequence = if syn { segment.sequence.wrapping_add(1) } else { segment.sequence };
    with_stream(connection, direction, sink, |stream, out| {
        // A lone zero octet is a keep-alive, which stands one before the next octet: it does not say where a
        // stream begins.
        let keep_alive = segment.payload_length == 0 || segment.payload == [0];
        if syn || fin || !keep_alive {
            stream.start_at(sequence);
        }
        if stream.is_started() {
            stream.segment(sequence, segment.payload, segment.payload_length, fin, here, out);
        }
    });
}

fn reset(connection: &mut Connection, direction: Direction, here: Origin, sink: &mut impl Sink) {
    connection.teardown.reset.get_or_insert(Reset { seen: here, from: direction });
    for direction in Direction::BOTH {
        flush(connection, direction, sink);
        end(connection, direction, End::Reset, sink);
    }
}

fn flush(connection: &mut Connection, direction: Direction, sink: &mut impl Sink) {
    with_stream(connection, direction, sink, |stream, out| stream.flush(out));
}

fn end(connection: &mut Connection, direction: Direction, end: End, sink: &mut impl Sink) {
    let ended = connection.ended.get_mut(direction.index());
    if let Some(ended @ false) = ended {
        *ended = true;
        sink.ended(connection, direction, end);
    }
}

/// Lets a stream work while the connection it belongs to is shown to the sink: the stream is taken out for
/// that time and put back.
fn with_stream(
    connection: &mut Connection,
    direction: Direction,
    sink: &mut impl Sink,
    work: impl FnOnce(&mut crate::Stream, &mut dyn FnMut(Piece<'_>)),
) {
    let mut stream = std::mem::take(&mut connection.side_mut(direction).stream);
    work(&mut stream, &mut |piece| match piece {
        Piece::Octets { offset, octets, origin } => {
            sink.octets(connection, direction, offset, octets, origin);
        }
        Piece::Gap { offset, length, why } => {
            if why == Gap::NotCaptured {
                connection.zeek.gap(direction);
            }
            sink.gap(connection, direction, offset, length, why);
        }
    });
    connection.side_mut(direction).stream = stream;
}
