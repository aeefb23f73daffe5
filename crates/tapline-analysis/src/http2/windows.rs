//! The flow-control windows of both senders of DATA, after every frame (RFC 9113 §5.2, §6.9).
//!
//! ```text
//!        DATA            WINDOW_UPDATE, SETTINGS ACK
//! open ───────► shut ─────────────────────────────► open ── DATA: stood still from ► to ►
//! ```
//!
//! An observer sees a changed initial window size bind a sender from its acknowledgment on. Windows are known where
//! the connection's beginning was seen and no frame is missing; else nothing is said of them.

mod gauge;

use foldhash::fast::RandomState;
use gauge::{Gauge, Span};
use hashbrown::HashMap;
use tapline_reassembly::{Direction, Origin};

use crate::limits::{STREAMS_MAX, WINDOW_SHIFTS_MAX};

/// Octets of the connection's window at the beginning, and of a stream's until SETTINGS say otherwise
/// (RFC 9113 §6.9.2).
const WINDOW_INITIAL: i64 = 65_535;

/// Octets of the largest window (RFC 9113 §6.9.1).
const WINDOW_MAX: i64 = (1 << 31) - 1;

/// A window that held a sender up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Which {
    /// The connection's.
    Connection,
    /// The stream's.
    Stream,
}

/// A sender stood still for want of a window.
///
/// It did where the window, after what was sent last, was smaller than what was sent next and than 16,384 octets
/// (the largest frame that every receiver takes: senders avoid smaller ones), nothing of the stream was sent between,
/// and a WINDOW_UPDATE or an acknowledged SETTINGS made it larger between. A window that is used up is the usual case.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Standstill {
    pub(crate) window: Which,
    /// The packet of the DATA that used it up, or of the HEADERS where it was shut from the beginning.
    pub(crate) since: Origin,
    /// The packet of the frame that opened it: the first one after which it held what was sent next, else the newest.
    /// `None` where it is shut still.
    pub(crate) opened: Option<Origin>,
}

impl Standstill {
    /// How long it lasted, nanoseconds; `None` where it did not end.
    pub(crate) fn duration_ns(&self) -> Option<i64> {
        self.opened?.at.after(self.since.at)
    }
}

/// What is wrong with a frame by the windows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fault {
    /// DATA of more octets than the window held.
    Exceeded { window: Which, length: u32, held: i64 },
    /// A window beyond 2^31-1 octets; the stream's where one is named.
    Overflow { stream: Option<u32> },
}

/// The windows of a sender of DATA after a frame, octets; they may be negative.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Levels {
    /// The connection's; `None` where it is not known.
    pub connection: Option<i64>,
    /// The stream's; `None` where it is not known or the frame is not about a stream.
    pub stream: Option<i64>,
}

/// The windows of both senders.
#[derive(Debug)]
pub(crate) struct Windows {
    /// By the direction of DATA.
    sides: [Side; 2],
    known: bool,
    fault: Option<Fault>,
    shifts_left: u32,
}

impl Default for Windows {
    /// Nothing known, as before a preface.
    fn default() -> Self {
        let sides = [Side::default(), Side::default()];
        Self { sides, known: false, fault: None, shifts_left: WINDOW_SHIFTS_MAX }
    }
}

/// The windows of one sender.
#[derive(Debug)]
struct Side {
    /// What a new stream's window holds. Streams count relative to it, so that a changed one shifts all.
    initial: i64,
    connection: Gauge,
    /// The newest time that the connection's window held somebody up, who went on: others may still wait since then.
    past: Option<Span>,
    streams: HashMap<u32, Stream, RandomState>,
    /// Counts frames, because several may come in a packet.
    tick: u64,
}

impl Default for Side {
    fn default() -> Self {
        Self {
            initial: WINDOW_INITIAL,
            connection: Gauge::holding(WINDOW_INITIAL),
            past: None,
            streams: HashMap::default(),
            tick: 0,
        }
    }
}

/// The window of a stream.
#[derive(Debug)]
struct Stream {
    /// Relative to the initial window.
    gauge: Gauge,
    /// When the sender sent something on it last.
    last_tick: Option<u64>,
}

impl Default for Stream {
    fn default() -> Self {
        Self { gauge: Gauge::holding(0), last_tick: None }
    }
}

impl Windows {
    /// The connection's first octets were seen.
    pub(crate) fn begin(&mut self) {
        self.known = true;
    }

    /// Frames may be missing: nothing is known of the windows any more.
    pub(crate) fn lose(&mut self) {
        *self = Self { shifts_left: self.shifts_left, ..Self::default() };
    }

    /// The sender began to send on a stream: HEADERS.
    pub(crate) fn headers(&mut self, sender: Direction, stream: u32, here: Origin) {
        if !self.known {
            return;
        }
        let side = self.side_mut(sender);
        side.tick += 1;
        let (tick, initial) = (side.tick, side.initial);
        if let Some(stream) = side.stream(stream) {
            stream.last_tick = Some(tick);
            stream.gauge.begin(here, initial);
        }
    }

    /// A DATA frame of `length` octets, padding included. Whether its sender stood still before it for want of a
    /// window; where both were shut, the one that opened last.
    pub(crate) fn data(
        &mut self,
        sender: Direction,
        stream: u32,
        length: u32,
        here: Origin,
    ) -> Option<Standstill> {
        if !self.known {
            return None;
        }
        let side = self.side_mut(sender);
        side.tick += 1;
        let (tick, initial, octets) = (side.tick, side.initial, i64::from(length));
        let of_connection = side.connection.span(octets);
        let past = of_connection.or(side.past);
        side.past = past;
        let mut held = [(Which::Connection, side.connection.level(0)), (Which::Stream, i64::MAX)];
        side.connection.take(octets, here, 0);
        let mut standstill = None;
        if let Some(stream) = side.stream(stream) {
            held[1].1 = stream.gauge.level(initial);
            let waited = past.filter(|span| stream.last_tick.is_some_and(|last| last < span.opened_tick));
            standstill = latest(waited, stream.gauge.span(octets));
            stream.gauge.take(octets, here, initial);
            stream.last_tick = Some(tick);
        }
        if let Some((window, held)) = held.into_iter().find(|&(_, held)| octets > held.max(0)) {
            self.fault = Some(Fault::Exceeded { window, length, held });
        }
        standstill
    }

    /// DATA on a stream that is over: only the connection's window counts it (RFC 9113 §5.1).
    pub(crate) fn late(&mut self, sender: Direction, length: u32, here: Origin) {
        if !self.known {
            return;
        }
        let side = self.side_mut(sender);
        side.tick += 1;
        let (octets, held) = (i64::from(length), side.connection.level(0));
        side.past = side.connection.span(octets).or(side.past);
        side.connection.take(octets, here, 0);
        if octets > held.max(0) {
            self.fault = Some(Fault::Exceeded { window: Which::Connection, length, held });
        }
    }

    /// A WINDOW_UPDATE for DATA of `sender`: on a stream, or on the connection (`None`).
    pub(crate) fn update(&mut self, sender: Direction, stream: Option<u32>, increment: u32, here: Origin) {
        if !self.known {
            return;
        }
        let side = self.side_mut(sender);
        side.tick += 1;
        let (tick, initial) = (side.tick, side.initial);
        let (gauge, base) = match stream {
            None => (Some(&mut side.connection), 0),
            Some(stream) => (side.stream(stream).map(|stream| &mut stream.gauge), initial),
        };
        let Some(gauge) = gauge else { return };
        gauge.add(increment.into(), (here, tick), base);
        if gauge.level(base) > WINDOW_MAX {
            self.fault = Some(Fault::Overflow { stream });
        }
    }

    /// The initial window of streams changed for DATA of `sender`, which acknowledged that.
    pub(crate) fn shift(&mut self, sender: Direction, initial: u32, here: Origin) {
        let (shifts_left, side) = (self.shifts_left, self.side_mut(sender));
        let streams = u32::try_from(side.streams.len()).unwrap_or(u32::MAX);
        if i64::from(initial) == side.initial || !self.known {
            return;
        }
        let Some(left) = shifts_left.checked_sub(streams) else { return self.lose() };
        self.shifts_left = left;
        let side = self.side_mut(sender);
        side.tick += 1;
        side.initial = initial.into();
        let (tick, initial) = (side.tick, side.initial);
        let mut overflown = None;
        for (&id, stream) in &mut side.streams {
            stream.gauge.rebase((here, tick), initial);
            if stream.gauge.level(initial) > WINDOW_MAX {
                overflown = overflown.max(Some(id));
            }
        }
        if overflown.is_some() {
            self.fault = Some(Fault::Overflow { stream: overflown });
        }
    }

    /// The sender will send no more on a stream.
    pub(crate) fn forget(&mut self, sender: Direction, stream: u32) {
        self.side_mut(sender).streams.remove(&stream);
    }

    /// The standstill of a stream that is still shut.
    pub(crate) fn waiting(&self, sender: Direction, stream: u32) -> Option<Standstill> {
        let side = self.side(sender);
        let entry = side.streams.get(&stream).filter(|stream| self.known && stream.last_tick.is_some())?;
        let of_stream = entry.gauge.shut_since(side.initial).map(|since| (Which::Stream, since));
        let of_connection = || side.connection.shut_since(0).map(|since| (Which::Connection, since));
        let (window, since) = of_stream.or_else(of_connection)?;
        Some(Standstill { window, since, opened: None })
    }

    /// Streams of a sender that stand still: for want of the connection's window, and of their own.
    pub(crate) fn still_shut(&self, sender: Direction) -> (u64, u64) {
        let waiting = self.side(sender).streams.keys().filter_map(|&stream| self.waiting(sender, stream));
        waiting.fold((0, 0), |(connection, stream), standstill| match standstill.window {
            Which::Connection => (connection + 1, stream),
            Which::Stream => (connection, stream + 1),
        })
    }

    /// Whether a stream of `sender` could send an octet now; `None` where that is not known.
    pub(crate) fn is_open(&self, sender: Direction, stream: u32) -> Option<bool> {
        let levels = self.levels(sender, Some(stream));
        Some(levels.connection? > 0 && levels.stream? > 0)
    }

    /// The windows of a sender of DATA.
    pub(crate) fn levels(&self, sender: Direction, stream: Option<u32>) -> Levels {
        if !self.known {
            return Levels::default();
        }
        let side = self.side(sender);
        let of_stream = |stream| Some(side.streams.get(&stream)?.gauge.level(side.initial));
        Levels { connection: Some(side.connection.level(0)), stream: stream.and_then(of_stream) }
    }

    /// What was wrong with the newest frame.
    pub(crate) fn take_fault(&mut self) -> Option<Fault> {
        self.fault.take()
    }

    fn side(&self, sender: Direction) -> &Side {
        let [forward, reverse] = &self.sides;
        if sender == Direction::Forward { forward } else { reverse }
    }

    fn side_mut(&mut self, sender: Direction) -> &mut Side {
        let [forward, reverse] = &mut self.sides;
        if sender == Direction::Forward { forward } else { reverse }
    }
}

impl Side {
    /// A stream, made where there is room.
    fn stream(&mut self, id: u32) -> Option<&mut Stream> {
        if self.streams.len() >= STREAMS_MAX && !self.streams.contains_key(&id) {
            return None;
        }
        Some(self.streams.entry(id).or_default())
    }
}

/// The standstill that ended last.
fn latest(connection: Option<Span>, stream: Option<Span>) -> Option<Standstill> {
    let told = |window, span: Span| Standstill { window, since: span.since, opened: Some(span.opened) };
    match (connection, stream) {
        (Some(connection), Some(stream)) if connection.opened_tick > stream.opened_tick => {
            Some(told(Which::Connection, connection))
        }
        (_, Some(stream)) => Some(told(Which::Stream, stream)),
        (Some(connection), None) => Some(told(Which::Connection, connection)),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests;
