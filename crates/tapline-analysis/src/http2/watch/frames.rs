//! Frame by frame: what each means for the parts of a connection.

use tapline_decode::http2::{ACK, Frame, FrameType, Setting};
use tapline_reassembly::Direction;

use super::{Act, End, Kind, Leave, Place, Seen, StreamState, View, Watch, direction_of, other, words};
use crate::Sender;
use crate::http2::settings::NO_RFC7540_PRIORITIES;

impl Watch {
    /// The first frame of each side is SETTINGS (RFC 9113 §3.4); where it is not, earlier ones were not seen.
    pub(super) fn first_frame(&mut self, frame: &Frame, place: Place) {
        let Some(has_spoken) = self.has_spoken.get_mut(place.direction.index()) else { return };
        let is_first = !std::mem::replace(has_spoken, true);
        if is_first && (frame.kind != FrameType::SETTINGS || frame.flags & ACK != 0) {
            self.lose();
        }
    }

    pub(super) fn data(&mut self, frame: &Frame, content_length: u32, place: Place, seen: &mut Seen) {
        let Place { first, here, direction, from, .. } = place;
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
        let before = self.states.state(frame.stream);
        if matches!(before, Some(StreamState::Closed(_))) {
            // It comes late for a stream that was reset: the connection's window counts it nevertheless.
            self.windows.late(direction, frame.length, here);
        } else {
            seen.standstill = self.windows.data(direction, frame.stream, frame.length, [first, here]);
        }
        seen.after.windows = self.levels(direction, Some(frame.stream), place);
        // A sender may have applied a larger initial window and not said so yet.
        if place.view == View::Behind || self.settings.are_pending(direction.flip()) {
            self.windows.take_fault();
        } else {
            self.window_fault(frame.stream);
        }
        if let Some(standstill) = &seen.standstill {
            self.stood_still(from, standstill);
        }
        if end == End::Open && before.is_some_and(|state| state.is_open_to(from)) {
            // The usual case, which changes nothing.
            seen.after.stream_state = before;
            return;
        }
        self.act(frame.stream, Act::Data { end }, place, seen);
        self.end(frame.stream, end, place);
    }

    pub(super) fn headers(&mut self, frame: &Frame, place: Place, seen: &mut Seen) {
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
    pub(super) fn end(&mut self, stream: u32, end: End, place: Place) {
        if end == End::Open {
            return;
        }
        self.windows.forget(place.direction, stream);
        if place.from == Sender::Server {
            self.priorities.end(stream);
            self.pushes.end(stream);
        }
    }

    pub(super) fn promise(&mut self, stream: u32, promised: u32, place: Place, seen: &mut Seen) {
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

    pub(super) fn reset(&mut self, stream: u32, place: Place, seen: &mut Seen) {
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

    pub(super) fn settings_sent(&mut self, settings: &[Setting], place: Place) {
        self.flood(Kind::Settings, place);
        if settings.iter().any(|setting| setting.id == NO_RFC7540_PRIORITIES && setting.value == 1) {
            self.priorities.forbid_tree();
        }
        if !self.settings.sent(place.direction, settings, place.here) {
            self.windows.lose();
        }
    }

    pub(super) fn settings_applied(&mut self, place: Place, seen: &mut Seen) {
        if let Some(applied) = self.settings.acknowledged(place.direction, place.here) {
            seen.after.acknowledged_ns = applied.after_ns;
            self.windows.shift(place.direction, applied.after.initial_window_size, place.here);
            self.window_fault(0);
            if applied.before.max_concurrent_streams != applied.after.max_concurrent_streams {
                self.states.limited(place.from, applied.after.max_concurrent_streams, place.here);
            }
        }
        seen.after.windows = self.levels(place.direction, None, place);
    }

    pub(super) fn update(&mut self, stream: u32, increment: u32, place: Place, seen: &mut Seen) {
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
        seen.after.windows = self.levels(sender, on_stream, place);
    }

    /// What a frame said that cannot be read is not known: it may have opened or shut windows and streams.
    pub(super) fn malformed(&mut self, frame: &Frame, place: Place, seen: &mut Seen) {
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
}
