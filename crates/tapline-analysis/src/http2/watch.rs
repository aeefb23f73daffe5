//! A connection as a whole, frame by frame: everything that is not an exchange.

mod words;

use tapline_decode::Anomaly;
use tapline_decode::http2::{ACK, Frame, FrameType, HeaderBlock, Payload, Setting};
use tapline_reassembly::{Direction, Origin};

use super::floods::{self, Floods, Kind};
use super::pings::Pings;
use super::priority::{Priorities, Says};
use super::push::{Leave, Pushes};
use super::settings::Settings;
use super::states::{Act, End, SlotWait, States, StreamState, opener};
use super::told::{FrameEffect, GoAwaySeen, Http2Connection};
use super::windows::{Levels, Standstill, Which, Windows};
use crate::Sender;
use crate::story::Moment;

/// What is known of a connection and its streams.
#[derive(Debug)]
pub(crate) struct Watch {
    settings: Settings,
    windows: Windows,
    states: States,
    priorities: Priorities,
    pings: Pings,
    pushes: Pushes,
    floods: Floods,
    /// The block that CONTINUATION frames of a sender go on with: its stream, and what it promises.
    open_blocks: [Option<(u32, Option<u32>)>; 2],
    /// Frames may be missing.
    lost: bool,
    /// The preface was seen, or the upgrade.
    began: bool,
    /// Which directions have begun to send frames.
    has_spoken: [bool; 2],
    told: Http2Connection,
    /// The newest standstill of each sender for the connection's window: streams wait for it together.
    counted: [Option<Standstill>; 2],
    anomalies: Vec<Anomaly>,
}

/// What a frame meant.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) after: FrameEffect,
    /// DATA: the standstill of its sender that ended with it. RST_STREAM: the one that it ended, of whichever side.
    pub(crate) standstill: Option<Standstill>,
    /// HEADERS that open a stream: the place that it may have waited for.
    pub(crate) slot_wait: Option<SlotWait>,
}

/// Where a frame stands.
#[derive(Clone, Copy)]
struct Place {
    here: Origin,
    direction: Direction,
    from: Sender,
    view: View,
}

/// Whether the sender of a frame had heard more of the other side than was seen so far: octets that it acknowledged
/// and that are still waited for, or were not captured. They may hold frames that changed its windows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum View {
    Level,
    Behind,
}

impl View {
    fn of(moment: &Moment<'_>) -> Self {
        let heard = &moment.connection.side(moment.direction.flip()).stream;
        // A FIN is acknowledged too.
        if heard.acknowledged() > heard.length() + 1 { Self::Behind } else { Self::Level }
    }
}

impl Watch {
    /// Of a connection that begins with the packet.
    pub(crate) fn new(connection: u64, start: Origin) -> Self {
        let (mut windows, mut states) = (Windows::default(), States::default());
        // A server may speak before the client's preface is there.
        windows.begin();
        states.begin();
        Self {
            settings: Settings::default(),
            windows,
            states,
            priorities: Priorities::default(),
            pings: Pings::default(),
            pushes: Pushes::default(),
            floods: Floods::default(),
            open_blocks: [None; 2],
            lost: false,
            began: false,
            has_spoken: [false; 2],
            told: Http2Connection::new(connection, start),
            counted: [None; 2],
            anomalies: Vec::new(),
        }
    }

    /// The preface: the connection begins here.
    pub(crate) fn begin(&mut self) {
        self.began = true;
    }

    /// Frames may be missing.
    pub(crate) fn lose(&mut self) {
        self.lost = true;
        self.windows.lose();
        self.states.lose();
    }

    /// An upgrade from HTTP/1.1, whose request is stream 1 (RFC 7540 §3.2).
    pub(crate) fn upgraded(&mut self, client: Direction, settings: &[Setting], here: Origin) {
        self.begin();
        self.settings.upgraded(client, settings, here);
        self.windows.shift(client.flip(), self.settings.of(client).initial_window_size, here);
        if !self.lost {
            self.states.upgraded(here);
        }
    }

    /// A frame. To be called before what the frame ends is told.
    pub(crate) fn see(&mut self, frame: &Frame, moment: &Moment<'_>) -> Seen {
        let (here, direction, from) = (moment.here, moment.direction, moment.from);
        let place = Place { here, direction, from, view: View::of(moment) };
        if here.packet < self.told.end.packet {
            // Opened late, one direction after the other: what crossed on the wire is not known.
            self.lose();
        }
        self.told.end = here;
        self.first_frame(frame, place);
        let mut seen = Seen::default();
        match &frame.payload {
            Payload::Data { content_length, .. } => self.data(frame, *content_length, place, &mut seen),
            Payload::Headers { priority, block, .. } => {
                if let Some(priority) = priority {
                    self.priorities.depend(frame.stream, *priority);
                }
                self.headers(frame, place, &mut seen);
                self.fragment(frame.stream, None, block.as_deref(), place);
            }
            Payload::PushPromise { promised_stream, block, .. } => {
                self.promise(frame.stream, *promised_stream, place, &mut seen);
                self.fragment(frame.stream, Some(*promised_stream), block.as_deref(), place);
            }
            Payload::Continuation { block, .. } => self.continuation(block.as_deref(), place),
            Payload::RstStream { error } => {
                self.told.reset(place.from, *error);
                self.reset(frame.stream, place, &mut seen);
            }
            Payload::Settings(_) if frame.flags & ACK != 0 => self.settings_applied(place, &mut seen),
            Payload::Settings(settings) => self.settings_sent(settings, place),
            Payload::Ping(opaque) if frame.flags & ACK != 0 => {
                seen.after.round_trip_ns = self.pings.answered(place.from, *opaque, place.here);
            }
            Payload::Ping(opaque) => {
                self.pings.sent(place.from, *opaque, place.here);
                self.flood(Kind::Ping, place);
            }
            Payload::GoAway { last_stream, error, .. } => self.told.go_away(GoAwaySeen {
                from: place.from,
                origin: place.here,
                last_stream: *last_stream,
                error: *error,
            }),
            Payload::WindowUpdate { increment } => self.update(frame.stream, *increment, place, &mut seen),
            Payload::Priority(priority) => {
                self.flood(Kind::Priority, place);
                self.priorities.depend(frame.stream, *priority);
                self.act(frame.stream, Act::Priority, place, &mut seen);
            }
            Payload::PriorityUpdate { prioritized_stream, value } => {
                self.flood(Kind::Priority, place);
                self.priorities.urgency(*prioritized_stream, value, Says::Client);
            }
            Payload::Malformed(_) => self.malformed(frame, place, &mut seen),
            Payload::AltSvc { .. } | Payload::Origin(_) | Payload::Unknown(_) => {}
        }
        if frame.stream != 0 && seen.after.stream_state.is_none() {
            seen.after.stream_state = self.states.state(frame.stream);
        }
        if place.view == View::Behind && direction_of_windows(frame, place) == place.direction {
            seen.after.windows = seen.after.windows.map(|_| Levels::default());
        }
        seen
    }

    /// The standstill of a stream that is still shut.
    #[expect(dead_code, reason = "exchanges that are not over will be asked for their stalls")]
    pub(crate) fn waiting(&self, sender: Direction, stream: u32) -> Option<Standstill> {
        self.windows.waiting(sender, stream)
    }

    /// What was wrong with the newest frame.
    pub(crate) fn take_anomalies(&mut self) -> Vec<Anomaly> {
        std::mem::take(&mut self.anomalies)
    }

    /// The connection is over: what it came to. `client`: the direction in which the client sends.
    pub(crate) fn close(mut self, client: Direction) -> Http2Connection {
        for (sender, direction) in [(Sender::Client, client), (Sender::Server, client.flip())] {
            let (settings, settings_frames) = self.settings.take(direction);
            let (of_connection, of_stream) = self.windows.still_shut(direction);
            let side = self.told.side_mut(sender);
            (side.settings, side.settings_frames) = (settings, settings_frames);
            side.in_force = self.settings.of(direction);
            side.pings = self.pings.times(sender);
            side.streams_opened = self.states.opened(sender);
            side.streams_most_at_once = self.states.most_at_once(sender);
            side.connection_standstills.unended += of_connection;
            side.stream_standstills.unended += of_stream;
        }
        self.told.pushes = self.pushes.close();
        self.told.priority_scheme = self.priorities.scheme();
        self.told.priority_followed = self.priorities.followed();
        self.told.whole = self.began && !self.lost;
        self.told
    }

    /// The first frame of each side is SETTINGS (RFC 9113 §3.4); where it is not, earlier ones were not seen.
    fn first_frame(&mut self, frame: &Frame, place: Place) {
        let Some(has_spoken) = self.has_spoken.get_mut(place.direction.index()) else { return };
        let is_first = !std::mem::replace(has_spoken, true);
        if is_first && (frame.kind != FrameType::SETTINGS || frame.flags & ACK != 0) {
            self.lose();
        }
    }

    fn data(&mut self, frame: &Frame, content_length: u32, place: Place, seen: &mut Seen) {
        let Place { here, direction, from, .. } = place;
        let end = End::of(frame.flags);
        if content_length == 0 && end == End::Open {
            self.flood(Kind::EmptyData, place);
        }
        self.floods.data(from, here.at);
        if from == Sender::Server {
            let windows = &self.windows;
            let is_open = |other| windows.is_open(direction, other) == Some(true);
            self.priorities.data(frame.stream, frame.length, is_open);
        }
        if matches!(self.states.state(frame.stream), Some(StreamState::Closed(_))) {
            // It comes late for a stream that was reset: the connection's window counts it nevertheless.
            self.windows.late(direction, frame.length, here);
        } else {
            seen.standstill = self.windows.data(direction, frame.stream, frame.length, here);
        }
        seen.after.windows = Some(self.windows.levels(direction, Some(frame.stream)));
        match place.view {
            View::Level => self.window_fault(frame.stream),
            View::Behind => drop(self.windows.take_fault()),
        }
        if let Some(standstill) = &seen.standstill {
            self.stood_still(from, standstill);
        }
        self.act(frame.stream, Act::Data { end }, place, seen);
        self.end(frame.stream, end, place);
    }

    fn headers(&mut self, frame: &Frame, place: Place, seen: &mut Seen) {
        let end = End::of(frame.flags);
        self.act(frame.stream, Act::Headers { end }, place, seen);
        seen.slot_wait = self.states.slot_waited_since();
        if seen.slot_wait.is_some() {
            self.told.side_mut(place.from).streams_at_limit += 1;
        }
        let may_go_on = seen.after.stream_state.is_none_or(|state| state.can_send(place.from));
        if end == End::Open && may_go_on {
            self.windows.headers(place.direction, frame.stream, place.here);
        }
        if place.from == Sender::Server {
            self.pushes.begin(frame.stream);
        }
        self.end(frame.stream, end, place);
    }

    /// A frame that may be its sender's last on the stream.
    fn end(&mut self, stream: u32, end: End, place: Place) {
        if end == End::Open {
            return;
        }
        self.windows.forget(place.direction, stream);
        if place.from == Sender::Server {
            self.priorities.end(stream);
            self.pushes.end(stream);
        }
    }

    fn promise(&mut self, stream: u32, promised: u32, place: Place, seen: &mut Seen) {
        let client = self.settings.of(direction_of(Sender::Client, place));
        let leave = if client.enable_push { Leave::Given } else { Leave::Denied };
        if leave == Leave::Denied {
            self.anomalies.push(words::push_disabled(promised));
        }
        self.pushes.promise(promised, leave);
        let mut of_promised = Seen::default();
        self.act(promised, Act::Promised, place, &mut of_promised);
        self.act(stream, Act::Promises, place, seen);
    }

    /// A piece of a field block: the block, where it is whole.
    fn fragment(&mut self, stream: u32, promised: Option<u32>, block: Option<&HeaderBlock>, place: Place) {
        self.floods.block(place.from);
        match block {
            Some(block) => self.block(stream, promised, block, place),
            None => *self.open_block(place.from) = Some((stream, promised)),
        }
    }

    fn continuation(&mut self, block: Option<&HeaderBlock>, place: Place) {
        let flood = self.floods.continuation(place.from);
        self.anomalies.extend(flood);
        if let Some(block) = block
            && let Some((stream, promised)) = self.open_block(place.from).take()
        {
            self.block(stream, promised, block, place);
        }
    }

    fn block(&mut self, stream: u32, promised: Option<u32>, block: &HeaderBlock, place: Place) {
        self.told.side_mut(place.from).headers.add(block);
        self.anomalies.extend(floods::header_bomb(block.wire_bytes, block.decoded_bytes));
        let says = if place.from == Sender::Client { Says::Client } else { Says::Server };
        if let Some(value) = block.fields.get("priority") {
            self.priorities.urgency(promised.unwrap_or(stream), value, says);
        }
        let is_final = || block.fields.get(":status").is_some_and(|status| !status.starts_with(b"1"));
        if place.from == Sender::Server && promised.is_none() && !block.end_stream && is_final() {
            self.priorities.begin(stream);
        }
    }

    fn reset(&mut self, stream: u32, place: Place, seen: &mut Seen) {
        for direction in Direction::BOTH {
            if let Some(standstill) = self.windows.waiting(direction, stream) {
                let sender = if direction == place.direction { place.from } else { other(place.from) };
                self.stood_still(sender, &standstill);
                seen.standstill = Some(standstill);
            }
            self.windows.forget(direction, stream);
        }
        self.priorities.end(stream);
        self.pushes.reset(stream, place.from);
        let opened = self.act(stream, Act::Reset, place, seen);
        if let Some(opened) = opened {
            let flood = self.floods.reset(opened.at, place.from, place.here.at);
            self.anomalies.extend(flood);
        }
    }

    fn settings_sent(&mut self, settings: &[Setting], place: Place) {
        self.flood(Kind::Settings, place);
        if settings
            .iter()
            .any(|setting| setting.id == super::settings::NO_RFC7540_PRIORITIES && setting.value == 1)
        {
            self.priorities.forbid_tree();
        }
        if !self.settings.sent(place.direction, settings, place.here) {
            self.windows.lose();
        }
    }

    fn settings_applied(&mut self, place: Place, seen: &mut Seen) {
        if let Some(applied) = self.settings.acknowledged(place.direction, place.here) {
            seen.after.acknowledged_ns = Some(applied.after_ns);
            self.windows.shift(place.direction, applied.after.initial_window_size, place.here);
            self.window_fault(0);
            if applied.before.max_concurrent_streams != applied.after.max_concurrent_streams {
                self.states.limited(place.from, applied.after.max_concurrent_streams, place.here);
            }
        }
        seen.after.windows = Some(self.windows.levels(place.direction, None));
    }

    fn update(&mut self, stream: u32, increment: u32, place: Place, seen: &mut Seen) {
        self.flood(Kind::WindowUpdate, place);
        let sender = place.direction.flip();
        let on_stream = (stream != 0).then_some(stream);
        if let Some(stream) = on_stream {
            self.act(stream, Act::WindowUpdate, place, seen);
        }
        let is_of_use = on_stream.is_none()
            || seen.after.stream_state.is_none_or(|state| state.can_send(other(place.from)));
        if is_of_use {
            self.windows.update(sender, on_stream, increment, place.here);
            self.window_fault(stream);
        }
        seen.after.windows = Some(self.windows.levels(sender, on_stream));
    }

    /// What a frame said that cannot be read is not known: it may have opened or shut windows and streams.
    fn malformed(&mut self, frame: &Frame, place: Place, seen: &mut Seen) {
        match frame.kind {
            FrameType::DATA => self.data(frame, frame.length, place, seen),
            FrameType::HEADERS
            | FrameType::PUSH_PROMISE
            | FrameType::RST_STREAM
            | FrameType::SETTINGS
            | FrameType::WINDOW_UPDATE => self.lose(),
            _ => {}
        }
    }

    /// A frame on a stream; when the stream was opened that it closed.
    fn act(&mut self, stream: u32, act: Act, place: Place, seen: &mut Seen) -> Option<Origin> {
        if stream == 0 {
            return None;
        }
        let opener = opener(stream);
        let allows = direction_of(other(opener), place);
        let limit = self.settings.of(allows).max_concurrent_streams;
        let after = self.states.see(stream, act, place.from, limit, place.here);
        seen.after.stream_state = after.state;
        if let Some(fault) = after.fault.filter(|_| place.view == View::Level) {
            self.anomalies.push(words::of_state(stream, act, fault));
        }
        if matches!(after.state, Some(StreamState::Closed(_))) && after.closed.is_some() {
            for direction in Direction::BOTH {
                self.windows.forget(direction, stream);
            }
        }
        after.closed
    }

    fn window_fault(&mut self, stream: u32) {
        if let Some(fault) = self.windows.take_fault() {
            self.anomalies.push(words::of_windows(stream, fault));
        }
    }

    fn stood_still(&mut self, sender: Sender, standstill: &Standstill) {
        let side = self.told.side_mut(sender);
        match standstill.window {
            Which::Stream => side.stream_standstills.add(standstill),
            Which::Connection => {
                let counted = self.counted.get_mut(sender.index());
                if let Some(counted) = counted.filter(|counted| **counted != Some(*standstill)) {
                    *counted = Some(*standstill);
                    side.connection_standstills.add(standstill);
                }
            }
        }
    }

    fn flood(&mut self, kind: Kind, place: Place) {
        let flood = self.floods.count(kind, place.from, place.here.at);
        self.anomalies.extend(flood);
    }

    fn open_block(&mut self, from: Sender) -> &mut Option<(u32, Option<u32>)> {
        let [client, server] = &mut self.open_blocks;
        if from == Sender::Client { client } else { server }
    }
}

/// In which direction a side sends.
fn direction_of(sender: Sender, place: Place) -> Direction {
    if sender == place.from { place.direction } else { place.direction.flip() }
}

/// In which direction the DATA goes whose windows a frame is about.
fn direction_of_windows(frame: &Frame, place: Place) -> Direction {
    if frame.kind == FrameType::WINDOW_UPDATE { place.direction.flip() } else { place.direction }
}

fn other(sender: Sender) -> Sender {
    if sender == Sender::Client { Sender::Server } else { Sender::Client }
}
