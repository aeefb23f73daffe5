//! Frames once their payload is there: what they say, what they mean for what follows, and what is wrong.

use std::ops::Range;

use super::super::block::{self, Step};
use super::super::{Notice, emit};
use super::{Expect, Side, say};
use crate::anomaly;
use crate::http2::frame::{self, Header};
use crate::http2::{
    ACK, ENABLE_PUSH, Frame, FrameType, INITIAL_WINDOW_SIZE, MAX_FRAME_SIZE, Message, Payload, Setting,
};
use crate::limits::HTTP2_FRAME_HELD_MAX;
use crate::parse;
use crate::{Direction, Sink};

impl Side {
    /// A frame whose payload is not all there.
    pub(super) fn cut_frame(
        &mut self,
        header: Header,
        held: &[u8],
        direction: Direction,
        end: u64,
        sink: &mut impl Sink,
    ) {
        self.fragment(header, None, direction, end, sink);
        if held.len() == HTTP2_FRAME_HELD_MAX && header.kind.name().is_some() {
            let detail = format!("{} of {} octets is longer than is held", header.kind, header.length);
            say(sink, direction, self.start..end, anomaly::HTTP2_BLOCK_TOO_LONG, detail);
        }
        let payload = if header.kind.name().is_none() {
            Payload::Unknown(frame::kept(held))
        } else {
            Payload::Malformed(frame::kept(held))
        };
        emit(sink, direction, self.start..end, Message::Frame(framed(header, payload)));
    }

    /// A frame other than DATA, whole.
    pub(super) fn frame(
        &mut self,
        header: Header,
        octets: Option<&[u8]>,
        direction: Direction,
        end: u64,
        sink: &mut impl Sink,
    ) {
        let octets = octets.unwrap_or_default();
        let range = self.start..end;
        check_stream(header, direction, &range, sink);
        let payload = match frame::payload(header, octets) {
            Ok(mut parts) => {
                let decoded = self.fragment(header, Some(parts.fragment), direction, end, sink);
                if let Payload::Headers { block, .. }
                | Payload::PushPromise { block, .. }
                | Payload::Continuation { block, .. } = &mut parts.payload
                {
                    *block = decoded;
                }
                self.note(header, &parts.payload, direction, &range, sink);
                parts.payload
            }
            Err(error) => {
                let fault = parse::fault(&error);
                let code =
                    if fault.field == "padding" { anomaly::HTTP2_PADDING } else { anomaly::HTTP2_FRAME_SIZE };
                say(
                    sink,
                    direction,
                    range,
                    code,
                    format!("{} of {} octets: {fault}", header.kind, header.length),
                );
                self.fragment(header, None, direction, end, sink);
                Payload::Malformed(frame::kept(octets))
            }
        };
        emit(sink, direction, self.start..end, Message::Frame(framed(header, payload)));
    }

    /// Puts a fragment where it belongs; the block, where it is whole. `None`: the fragment is not known.
    fn fragment(
        &mut self,
        header: Header,
        fragment: Option<&[u8]>,
        direction: Direction,
        end: u64,
        sink: &mut impl Sink,
    ) -> Option<Box<crate::http2::HeaderBlock>> {
        let open = self.block.take();
        let continues = header.kind == FrameType::CONTINUATION;
        let interrupted = open.as_ref().is_some_and(|open| !continues || open.stream != header.stream);
        let range = self.start..end;
        if interrupted {
            let detail = format!("{} stands inside the field block of another frame", header.kind);
            say(sink, direction, range.clone(), anomaly::HTTP2_BLOCK_INTERRUPTED, detail);
        }
        let step = match (header.kind, open) {
            (FrameType::HEADERS | FrameType::PUSH_PROMISE, open) => {
                if open.is_some() {
                    self.hpack.forget();
                }
                block::begin(header, fragment, &mut self.hpack)
            }
            (FrameType::CONTINUATION, Some(open)) if !interrupted => {
                block::go_on(open, header, fragment, &mut self.hpack)
            }
            (kind, open) => {
                if kind == FrameType::CONTINUATION && open.is_none() {
                    let detail = "CONTINUATION stands where no field block is open";
                    say(sink, direction, range, anomaly::HTTP2_CONTINUATION_UNEXPECTED, detail);
                }
                self.block = open;
                return None;
            }
        };
        match step {
            Step::Open(open) => {
                self.block = Some(open);
                None
            }
            Step::Whole(mut block, faults) => {
                block.table_entries = sink.wants_tables().then(|| self.hpack.entries().cloned().collect());
                for fault in &faults {
                    sink.message(direction, range.clone(), crate::Message::Anomaly(fault.into()));
                }
                Some(block)
            }
            Step::Lost { too_long } => {
                self.hpack.forget();
                if too_long {
                    let detail = "a field block is longer than is held";
                    say(sink, direction, range, anomaly::HTTP2_BLOCK_TOO_LONG, detail);
                }
                None
            }
        }
    }

    pub(super) fn data_over(&mut self, direction: Direction, end: u64, sink: &mut impl Sink) {
        let Expect::Data(data) = std::mem::replace(&mut self.expect, Expect::Header) else { return };
        let range = self.start..end;
        if data.is_malformed() {
            say(sink, direction, range.clone(), anomaly::HTTP2_PADDING, "DATA is padded by more than it has");
        }
        check_stream(data.header, direction, &range, sink);
        if self.block.is_some() {
            self.fragment(data.header, None, direction, end, sink);
        }
        emit(sink, direction, range, Message::Frame(framed(data.header, data.payload())));
    }

    /// What a payload means for what follows, and values that no sender may send.
    fn note(
        &mut self,
        header: Header,
        payload: &Payload,
        direction: Direction,
        range: &Range<u64>,
        sink: &mut impl Sink,
    ) {
        match payload {
            Payload::Settings(_) if header.flags & ACK != 0 => {
                self.notice = Some(Notice::SettingsAcknowledged);
            }
            Payload::Settings(settings) => {
                self.note_settings(settings);
                for setting in settings.iter().filter(|setting| !is_in_range(**setting)) {
                    let name = crate::http2::setting_name(setting.id).unwrap_or_default();
                    let detail = format!("SETTINGS_{name} is {}, outside its range", setting.value);
                    say(sink, direction, range.clone(), anomaly::HTTP2_SETTING_VALUE, detail);
                }
            }
            Payload::WindowUpdate { increment: 0 } => {
                let detail = format!("WINDOW_UPDATE of stream {} adds nothing", header.stream);
                say(sink, direction, range.clone(), anomaly::HTTP2_WINDOW_INCREMENT_ZERO, detail);
            }
            Payload::Priority(priority) | Payload::Headers { priority: Some(priority), .. }
                if priority.dependency == header.stream =>
            {
                let detail = format!("stream {} depends on itself", header.stream);
                say(sink, direction, range.clone(), anomaly::HTTP2_SELF_DEPENDENCY, detail);
            }
            _ => {}
        }
    }
}

fn check_stream(header: Header, direction: Direction, range: &Range<u64>, sink: &mut impl Sink) {
    let wrong = match header.kind {
        FrameType::SETTINGS | FrameType::PING | FrameType::GOAWAY | FrameType::PRIORITY_UPDATE => {
            header.stream != 0
        }
        FrameType::DATA
        | FrameType::HEADERS
        | FrameType::PRIORITY
        | FrameType::RST_STREAM
        | FrameType::PUSH_PROMISE
        | FrameType::CONTINUATION => header.stream == 0,
        _ => false,
    };
    if wrong {
        let detail = format!("{} stands on stream {}", header.kind, header.stream);
        say(sink, direction, range.clone(), anomaly::HTTP2_WRONG_STREAM, detail);
    }
}

fn framed(header: Header, payload: Payload) -> Frame {
    let Header { length, kind, flags, reserved, stream } = header;
    Frame { length, kind, flags, reserved, stream, payload }
}

fn is_in_range(setting: Setting) -> bool {
    match setting.id {
        ENABLE_PUSH => setting.value <= 1,
        INITIAL_WINDOW_SIZE => setting.value <= 0x7fff_ffff,
        MAX_FRAME_SIZE => (1 << 14..1 << 24).contains(&setting.value),
        _ => true,
    }
}
