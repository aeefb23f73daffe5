//! The streams of a connection through their states, as far as an observer can know them (RFC 9113 §5.1).

mod transition;

use std::collections::VecDeque;

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use tapline_reassembly::Origin;

use crate::Sender;
use crate::limits::{SLOT_FRESH_NS, SLOTS_FREED_MAX, STREAMS_CLOSED_MAX, STREAMS_MAX};
pub(crate) use transition::{Act, End};
use transition::{Verdict, next};

/// The state of a stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StreamState {
    /// Nobody opened it.
    Idle,
    /// The sender promised it.
    Reserved(Sender),
    /// Both may send.
    Open,
    /// The sender has ended, the other one may send.
    HalfClosed(Sender),
    /// Over.
    Closed(Closed),
}

/// Why a stream is closed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Closed {
    /// Both sides ended it.
    Ended,
    /// The sender reset it.
    Reset(Sender),
    /// A stream with a higher identifier was opened before it (RFC 9113 §5.1.1).
    Skipped,
    /// It was closed so long ago that why is not remembered.
    Forgotten,
}

impl StreamState {
    /// The name as it is written in exports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Reserved(Sender::Client) => "reserved_by_client",
            Self::Reserved(Sender::Server) => "reserved_by_server",
            Self::Open => "open",
            Self::HalfClosed(Sender::Client) => "half_closed_client",
            Self::HalfClosed(Sender::Server) => "half_closed_server",
            Self::Closed(_) => "closed",
        }
    }

    /// Whether the sender may send DATA.
    pub(crate) fn can_send(self, sender: Sender) -> bool {
        match self {
            Self::Open => true,
            Self::HalfClosed(ended) => ended != sender,
            Self::Reserved(by) => by == sender,
            Self::Idle | Self::Closed(_) => false,
        }
    }

    /// Whether the sender may send DATA and anything else that a message has.
    pub(crate) fn is_open_to(self, sender: Sender) -> bool {
        self.counts() && self.can_send(sender)
    }

    /// Whether it counts towards the streams that are open at once (RFC 9113 §5.1.2).
    fn counts(self) -> bool {
        matches!(self, Self::Open | Self::HalfClosed(_))
    }
}

/// What is wrong with a frame by the state of its stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fault {
    /// It may not come in this state.
    State(StreamState),
    /// It opens a stream whose identifier is not above those before, or not its sender's.
    Identifier,
    /// It opens more streams than the peer allows at once.
    TooMany { open: u32, limit: u32 },
}

/// A place among the streams that may be open at once, which a stream took that may have waited for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct SlotWait {
    /// The packet that opened the stream with which the limit was reached.
    pub(crate) since: Origin,
    /// The stream whose end freed the place.
    pub(crate) freed_by: u32,
    /// The packet that ended it.
    pub(crate) freed: Origin,
}

/// The streams of one connection.
#[derive(Debug, Default)]
pub(crate) struct States {
    streams: HashMap<u32, Stream, RandomState>,
    /// Those of `streams` that are closed, the oldest first.
    closed: VecDeque<u32>,
    /// The highest stream that was forgotten.
    forgotten: u32,
    /// Whether the connection's beginning was seen and no frame is missing.
    whole: bool,
    /// By who opens streams.
    openers: [Opener; 2],
    slot_wait: Option<SlotWait>,
}

#[derive(Debug)]
struct Stream {
    state: StreamState,
    opened: Origin,
}

/// The streams that one side opens, or promises.
#[derive(Debug, Default)]
struct Opener {
    /// The highest identifier.
    highest: u32,
    opened: u64,
    open_now: u32,
    open_most: u32,
    /// Since when as many are open as the peer allows.
    at_limit_since: Option<Origin>,
    /// What was freed since then and not taken.
    freed: VecDeque<SlotWait>,
}

/// What an observer knows of a stream after a frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct After {
    /// `None` where the stream began before the capture, or frames may be missing, or there is no room.
    pub(crate) state: Option<StreamState>,
    pub(crate) fault: Option<Fault>,
    /// When the stream was opened that this frame closed.
    pub(crate) closed: Option<Origin>,
}

impl States {
    /// The connection's first octets were seen.
    pub(crate) fn begin(&mut self) {
        self.whole = true;
    }

    /// Frames may be missing: what is known stays, and what does not fit it is not wrong any more.
    pub(crate) fn lose(&mut self) {
        self.whole = false;
    }

    /// The request of an upgrade is stream 1, half-closed (RFC 7540 §3.2).
    pub(crate) fn upgraded(&mut self, here: Origin) {
        self.open(1, Sender::Client, StreamState::HalfClosed(Sender::Client), None, here);
    }

    /// A frame on a stream. `limit`: how many streams its opener may have open at once.
    pub(crate) fn see(&mut self, id: u32, act: Act, from: Sender, limit: Option<u32>, here: Origin) -> After {
        self.slot_wait = None;
        let Some(before) = self.of(id, act, from) else { return After::default() };
        let opens = before == StreamState::Idle && matches!(act, Act::Headers { .. } | Act::Promised);
        let (state, verdict) = next(before, act, from);
        let wrong_id = self.whole && matches!(act, Act::Headers { .. } | Act::Promised) && {
            let reused =
                matches!(before, StreamState::Closed(Closed::Skipped)) || act == Act::Promised && !opens;
            reused || opens && opener(id) != from
        };
        let fault = match verdict {
            _ if wrong_id => Some(Fault::Identifier),
            Verdict::Wrong if self.whole => Some(Fault::State(before)),
            _ => None,
        };
        let mut after = After { state: Some(state), fault, closed: None };
        if state == before || matches!(before, StreamState::Closed(_)) {
            return after;
        }
        if opens {
            let room = self.open(id, opener(id), state, limit, here);
            after.state = after.state.filter(|_| room);
            after.fault = after.fault.or_else(|| self.too_many(id, state, limit));
        } else {
            after.closed = self.change(id, before, state, limit, here);
            if matches!(before, StreamState::Reserved(_)) && state.counts() {
                after.fault = after.fault.or_else(|| self.too_many(id, state, limit));
            }
        }
        after
    }

    /// A side acknowledged how many streams it may have open at once.
    pub(crate) fn limited(&mut self, opener: Sender, limit: Option<u32>, here: Origin) {
        let opener = self.opener_mut(opener);
        let full = limit.is_some_and(|limit| opener.open_now >= limit);
        opener.at_limit_since = full.then(|| opener.at_limit_since.unwrap_or(here));
    }

    /// The state of a stream; `None` where it is not known.
    pub(crate) fn state(&self, id: u32) -> Option<StreamState> {
        if let Some(stream) = self.streams.get(&id) {
            return Some(stream.state);
        }
        let highest = self.opener(opener(id)).highest;
        match id {
            _ if !self.whole => None,
            _ if id > highest => Some(StreamState::Idle),
            _ if id > self.forgotten => Some(StreamState::Closed(Closed::Skipped)),
            _ => Some(StreamState::Closed(Closed::Forgotten)),
        }
    }

    /// Streams that a side opened; promised ones count once they are answered.
    pub(crate) fn opened(&self, by: Sender) -> u64 {
        self.opener(by).opened
    }

    /// The most streams of a side that were open at once.
    pub(crate) fn most_at_once(&self, by: Sender) -> u32 {
        self.opener(by).open_most
    }

    /// Since when a side has as many streams open as its peer allows: the packet that opened the last one.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "exchanges that were not sent yet will be held against it")
    )]
    pub(crate) fn at_limit_since(&self, by: Sender) -> Option<Origin> {
        self.opener(by).at_limit_since
    }

    /// The place that the newest frame took, where it opened a stream and its opener had as many open as it may when
    /// the place was freed. So it may have waited, from its request's making or `since` (whichever is later) to
    /// `freed`; an observer cannot know when the request was made. Places are taken in the order in which they were
    /// freed; one that nobody took within [`crate::limits::SLOT_FRESH_NS`] was not waited for.
    pub(crate) fn slot_waited_since(&self) -> Option<SlotWait> {
        self.slot_wait
    }

    /// What is known of a stream before a frame.
    fn of(&self, id: u32, act: Act, from: Sender) -> Option<StreamState> {
        if let Some(state) = self.state(id) {
            return Some(state);
        }
        // Begun in the middle: a stream above all before it is new where its opener sends HEADERS.
        let begins = matches!(act, Act::Headers { .. }) && opener(id) == from && from == Sender::Client
            || act == Act::Promised;
        (begins && id > self.opener(opener(id)).highest).then_some(StreamState::Idle)
    }

    /// Opens a stream; false where there is no room to follow it.
    fn open(&mut self, id: u32, by: Sender, state: StreamState, limit: Option<u32>, here: Origin) -> bool {
        let highest = &mut self.opener_mut(by).highest;
        *highest = id.max(*highest);
        if self.streams.len() - self.closed.len() >= STREAMS_MAX {
            self.forgotten = self.forgotten.max(id);
            return false;
        }
        self.streams.insert(id, Stream { state, opened: here });
        if state.counts() {
            self.slot_wait = self.opener_mut(by).enter(limit, here);
        }
        true
    }

    /// A stream goes on to another state; when it was opened, where that closed it.
    fn change(
        &mut self,
        id: u32,
        before: StreamState,
        state: StreamState,
        limit: Option<u32>,
        here: Origin,
    ) -> Option<Origin> {
        let stream = self.streams.get_mut(&id)?;
        stream.state = state;
        let opened = stream.opened;
        match (before.counts(), state.counts()) {
            (false, true) => self.slot_wait = self.opener_mut(opener(id)).enter(limit, here),
            (true, false) => self.opener_mut(opener(id)).leave(id, here),
            _ => {}
        }
        if !matches!(state, StreamState::Closed(_)) {
            return None;
        }
        self.closed.push_back(id);
        if self.closed.len() > STREAMS_CLOSED_MAX
            && let Some(oldest) = self.closed.pop_front()
        {
            self.streams.remove(&oldest);
            self.forgotten = self.forgotten.max(oldest);
        }
        Some(opened)
    }

    fn too_many(&self, id: u32, state: StreamState, limit: Option<u32>) -> Option<Fault> {
        let (open, limit) = (self.opener(opener(id)).open_now, limit?);
        (self.whole && state.counts() && open > limit).then_some(Fault::TooMany { open, limit })
    }

    fn opener(&self, by: Sender) -> &Opener {
        let [client, server] = &self.openers;
        if by == Sender::Client { client } else { server }
    }

    fn opener_mut(&mut self, by: Sender) -> &mut Opener {
        let [client, server] = &mut self.openers;
        if by == Sender::Client { client } else { server }
    }
}

impl Opener {
    /// A stream counts from here on; the freed place that it takes.
    fn enter(&mut self, limit: Option<u32>, here: Origin) -> Option<SlotWait> {
        self.opened += 1;
        self.open_now += 1;
        self.open_most = self.open_most.max(self.open_now);
        let is_fresh = |slot: &SlotWait| here.at.since(slot.freed.at) <= SLOT_FRESH_NS;
        self.freed.retain(is_fresh);
        let taken = self.freed.pop_front();
        let full = limit.is_some_and(|limit| self.open_now >= limit);
        self.at_limit_since = full.then(|| self.at_limit_since.unwrap_or(here));
        taken
    }

    /// A stream counts no longer.
    fn leave(&mut self, id: u32, here: Origin) {
        self.open_now = self.open_now.saturating_sub(1);
        let since = self.at_limit_since.take().or_else(|| Some(self.freed.back()?.since));
        if let Some(since) = since.filter(|_| self.freed.len() < SLOTS_FREED_MAX) {
            self.freed.push_back(SlotWait { since, freed_by: id, freed: here });
        }
    }
}

/// Who may open a stream: clients odd ones, servers even ones (RFC 9113 §5.1.1).
pub(crate) fn opener(id: u32) -> Sender {
    if id % 2 == 1 { Sender::Client } else { Sender::Server }
}

#[cfg(test)]
mod tests;
