//! A connection as a whole, frame by frame: everything that is not an exchange.

mod blocks;
mod frames;
mod words;

use tapline_decode::Anomaly;
use tapline_decode::http2::{ACK, Frame, FrameType, Payload, Setting};
use tapline_reassembly::{Connection, Direction, Origin};

use super::floods::{self, Floods, Kind};
use super::flow::Flow;
use super::pings::Pings;
use super::priority::{Priorities, Says};
use super::push::{Leave, Pushes};
use super::settings::Settings;
use super::states::{Act, End, SlotWait, States, StreamState, opener};
use super::told::{FrameEffect, GoAwaySeen, Http2Connection};
use super::windows::{Levels, Standstill, Which};
use crate::Sender;
use crate::story::Moment;

/// What is known of a connection and its streams.
#[derive(Debug)]
pub(crate) struct Watch {
    settings: Settings,
    windows: Flow,
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
    /// The direction in which the client sends.
    client: Direction,
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
    first: Origin,
    here: Origin,
    direction: Direction,
    from: Sender,
    view: View,
    detail: Detail,
}

/// Whether somebody looks at single frames.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Detail {
    Frames,
    Connection,
}

impl Detail {
    fn of(moment: &Moment<'_>) -> Self {
        if moment.options.interests.http2_frames { Self::Frames } else { Self::Connection }
    }
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
    pub(crate) fn new(connection: &Connection, start: Origin) -> Self {
        let (windows, mut states) = (Flow::begin(connection), States::default());
        // A server may speak before the client's preface is there.
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
            client: Direction::Forward,
            has_spoken: [false; 2],
            told: Http2Connection::new(connection.id, start),
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
        let place = Place {
            first: moment.first,
            here,
            direction,
            from,
            view: View::of(moment),
            detail: Detail::of(moment),
        };
        if here.packet < self.told.end.packet {
            // Opened late, one direction after the other: what crossed on the wire is not known.
            self.lose();
        }
        self.told.end = here;
        self.client = direction_of(Sender::Client, place);
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
        if place.detail == Detail::Frames && frame.stream != 0 && seen.after.stream_state.is_none() {
            seen.after.stream_state = self.states.state(frame.stream);
        }
        if place.view == View::Behind && direction_of_windows(frame, place) == place.direction {
            seen.after.windows = seen.after.windows.map(|_| Levels::default());
        }
        seen
    }

    /// The standstill of a stream that is still shut.
    pub(crate) fn waiting(&self, sender: Direction, stream: u32) -> Option<Standstill> {
        self.windows.waiting(sender, stream)
    }

    /// What was wrong with the newest frame.
    pub(crate) fn take_anomalies(&mut self) -> Vec<Anomaly> {
        std::mem::take(&mut self.anomalies)
    }

    /// The connection is over: what it came to.
    pub(crate) fn close(mut self) -> Http2Connection {
        let client = self.client;
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
        (self.told.priorities, self.told.left_out.priorities) = self.priorities.given();
        self.told.priority_followed = self.priorities.followed();
        self.told.whole = self.began && !self.lost;
        self.told
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

    /// The windows after a frame, for those who look.
    fn levels(&self, sender: Direction, stream: Option<u32>, place: Place) -> Option<Levels> {
        (place.detail == Detail::Frames).then(|| self.windows.levels(sender, stream))
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
