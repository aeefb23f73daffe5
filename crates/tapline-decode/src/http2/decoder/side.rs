//! One direction of an HTTP/2 connection.
//!
//! ```text
//! Preface ──► Header ──► Payload ──► Header …        gap inside a payload: on at its end
//! other octets: First ──► Header | Search
//!                └─────► Data ─────► Header …        any other gap: Search ──► Header | Nothing
//! ```

mod frames;
mod resume;

use std::collections::VecDeque;
use std::ops::Range;

use super::block::OpenBlock;
use super::data::Data;
use super::{Notice, PREFACE, frame_size, preface, table_sizes};
use crate::anomaly::{self, Anomaly};
use crate::http2::frame::{self, HEADER_SIZE, Header};
use crate::http2::plausible::{is_plausible, measure};
use crate::http2::{FrameType, Setting, hpack};
use crate::input::Input;
use crate::limits::{HTTP2_FRAME_HELD_MAX, HTTP2_SETTINGS_PENDING_MAX};
use crate::parse::{portion, span};
use crate::resync::Search;
use crate::{Direction, Sink};

/// `SETTINGS_MAX_FRAME_SIZE` before anybody says otherwise.
const FRAME_SIZE_INITIAL: u32 = 16384;

/// Frames that have to follow one another after a gap.
const CHAIN: usize = 3;

/// What comes next in this direction.
#[derive(Debug)]
enum Expect {
    /// The client's preface; without certainty that it is the client, or that this is the beginning, frames
    /// will do.
    Preface { certain: bool },
    /// What is no preface and may be a frame header.
    First,
    /// A frame header.
    Header,
    /// The payload of a frame other than DATA. `cut`: part of it is missing, or more than is held.
    Payload { header: Header, left: u64, cut: bool },
    /// A DATA payload.
    Data(Data),
    /// After a gap: anything.
    Search(Search),
    /// Nothing that could be read.
    Nothing,
}

/// One direction.
#[derive(Debug)]
pub(super) struct Side {
    expect: Expect,
    /// The beginning of a preface, header or payload whose rest has not come.
    held: Vec<u8>,
    /// Where the frame in progress starts.
    start: u64,
    /// Where the next octet is expected.
    next: u64,
    hpack: hpack::Decoder,
    block: Option<OpenBlock>,
    /// Table sizes of each SETTINGS this side sent that was not acknowledged.
    unacknowledged: VecDeque<Vec<u32>>,
    frame_size_max: u32,
    /// Something for the other direction, taken after each step.
    pub(super) notice: Option<Notice>,
}

impl Side {
    pub(super) fn new(is_client: Option<bool>) -> Self {
        let expect = match is_client {
            Some(true) => Expect::Preface { certain: true },
            Some(false) => Expect::Header,
            None => Expect::Preface { certain: false },
        };
        Self {
            expect,
            held: Vec::new(),
            start: 0,
            next: 0,
            hpack: hpack::Decoder::default(),
            block: None,
            unacknowledged: VecDeque::new(),
            frame_size_max: FRAME_SIZE_INITIAL,
            notice: None,
        }
    }

    /// The other direction proved to be the client's before this one began.
    pub(super) fn is_server(&mut self) {
        if matches!(self.expect, Expect::Preface { .. }) && self.held.is_empty() {
            self.expect = Expect::Header;
        }
    }

    /// The largest payload this side takes.
    pub(super) fn frame_size_max(&self) -> u32 {
        self.frame_size_max
    }

    /// Settings this side sent; they bind the other once it acknowledges.
    pub(super) fn note_settings(&mut self, settings: &[Setting]) {
        if self.unacknowledged.len() < HTTP2_SETTINGS_PENDING_MAX {
            self.unacknowledged.push_back(table_sizes(settings).collect());
        }
        self.frame_size_max = frame_size(settings).unwrap_or(self.frame_size_max);
    }

    /// The table sizes of the oldest SETTINGS that was not acknowledged until now.
    pub(super) fn acknowledged(&mut self) -> Vec<u32> {
        self.unacknowledged.pop_front().unwrap_or_default()
    }

    pub(super) fn set_table_limit(&mut self, size: u32) {
        self.hpack.set_limit(size);
    }

    /// Goes as far as the next state; false when it needs more octets.
    pub(super) fn step(
        &mut self,
        direction: Direction,
        allowed: u32,
        input: &mut Input<'_>,
        sink: &mut impl Sink,
    ) -> bool {
        let goes_on = match &mut self.expect {
            Expect::Preface { certain } => {
                let certain = *certain;
                self.preface(certain, direction, input, sink)
            }
            Expect::First => self.first(input),
            Expect::Header => self.header(direction, allowed, input, sink),
            Expect::Payload { .. } => self.payload(direction, input, sink),
            Expect::Data(data) => {
                data.feed(direction, input, sink);
                let over = data.left() == 0;
                if over {
                    self.data_over(direction, input.offset, sink);
                }
                over
            }
            Expect::Search(_) => return self.search(direction, allowed, input, sink),
            Expect::Nothing => {
                input.take_all();
                false
            }
        };
        self.next = input.offset;
        goes_on
    }

    fn preface(
        &mut self,
        certain: bool,
        direction: Direction,
        input: &mut Input<'_>,
        sink: &mut impl Sink,
    ) -> bool {
        if self.held.is_empty() {
            self.start = input.offset;
        }
        let matching =
            PREFACE.iter().skip(self.held.len()).zip(input.octets).take_while(|(a, b)| a == b).count();
        let differs = matching < input.octets.len() && self.held.len() + matching < PREFACE.len();
        self.held.extend_from_slice(input.take(matching));
        if self.held.len() == PREFACE.len() {
            self.held.clear();
            self.notice = Some(Notice::IsClient);
            if !certain {
                sink.message(direction, self.start..self.start, crate::Message::Client(direction));
            }
            preface(sink, direction, self.start..input.offset);
            self.expect = Expect::Header;
            return true;
        }
        if !differs {
            return false;
        }
        if certain {
            let detail = "the client's first octets are not the connection preface";
            say(sink, direction, self.start..input.offset, anomaly::HTTP2_BAD_PREFACE, detail);
        }
        // Begun in the middle: what is there may be frames, against a table that was never seen.
        sink.frames_lost(direction);
        self.hpack.forget();
        // A preface that began is no frame.
        self.expect = if self.held.is_empty() { Expect::First } else { self.search_from_start() };
        true
    }

    fn first(&mut self, input: &mut Input<'_>) -> bool {
        self.held.extend_from_slice(input.take(HEADER_SIZE - self.held.len()));
        let Ok((_, header)) = frame::header(&self.held) else { return false };
        self.expect = if is_plausible(header) { Expect::Header } else { self.search_from_start() };
        true
    }

    /// Frames are searched for in what is held and what follows.
    fn search_from_start(&mut self) -> Expect {
        let mut search = Search::new(self.start, CHAIN);
        // At most 23 octets cannot hold a chain.
        let _ = search.feed(&std::mem::take(&mut self.held), measure);
        Expect::Search(search)
    }

    fn header(
        &mut self,
        direction: Direction,
        allowed: u32,
        input: &mut Input<'_>,
        sink: &mut impl Sink,
    ) -> bool {
        let header = if self.held.is_empty() {
            self.start = input.offset;
            let Ok((_, header)) = frame::header(input.octets) else {
                self.held.extend_from_slice(input.take_all());
                return false;
            };
            input.take(HEADER_SIZE);
            header
        } else {
            self.held.extend_from_slice(input.take(HEADER_SIZE - self.held.len()));
            let Ok((_, header)) = frame::header(&self.held) else { return false };
            self.held = Vec::new();
            header
        };
        if header.length > allowed.max(FRAME_SIZE_INITIAL) {
            let detail = format!("{} of {} octets where {allowed} are allowed", header.kind, header.length);
            say(sink, direction, self.start..input.offset, anomaly::HTTP2_FRAME_TOO_LARGE, detail);
        }
        self.expect = if header.kind == FrameType::DATA {
            Expect::Data(Data::new(header))
        } else {
            Expect::Payload { header, left: u64::from(header.length), cut: false }
        };
        true
    }

    fn payload(&mut self, direction: Direction, input: &mut Input<'_>, sink: &mut impl Sink) -> bool {
        let Expect::Payload { header, left, cut } = &mut self.expect else { return false };
        let (header, taken) = (*header, input.take(portion(*left, usize::MAX)));
        *left -= span(taken.len());
        let over = *left == 0;
        if over && self.held.is_empty() && !*cut {
            self.expect = Expect::Header;
            self.frame(header, Some(taken), direction, input.offset, sink);
            return true;
        }
        if !*cut {
            let room = HTTP2_FRAME_HELD_MAX.saturating_sub(self.held.len());
            *cut = taken.len() > room;
            self.held.extend_from_slice(taken.get(..room).unwrap_or(taken));
        }
        if over {
            let held = std::mem::take(&mut self.held);
            let whole = (!*cut).then_some(&held[..]);
            self.expect = Expect::Header;
            match whole {
                Some(_) => self.frame(header, whole, direction, input.offset, sink),
                None => self.cut_frame(header, &held, direction, input.offset, sink),
            }
        }
        over
    }

    pub(super) fn end(&mut self, direction: Direction, sink: &mut impl Sink) {
        let cut = match &self.expect {
            Expect::Payload { .. } | Expect::Data(_) => true,
            Expect::Preface { .. } | Expect::Header => !self.held.is_empty(),
            Expect::First | Expect::Search(_) | Expect::Nothing => false,
        };
        let end = self.next;
        if matches!(self.expect, Expect::Data(_)) {
            self.data_over(direction, end, sink);
        }
        if cut {
            say(sink, direction, self.start..end, anomaly::HTTP2_FRAME_CUT, "the stream ends inside a frame");
        }
        self.held = Vec::new();
        self.expect = Expect::Nothing;
    }
}

fn say(
    sink: &mut impl Sink,
    direction: Direction,
    range: Range<u64>,
    code: &'static str,
    detail: impl Into<std::borrow::Cow<'static, str>>,
) {
    sink.message(direction, range, crate::Message::Anomaly(Anomaly::new(code, detail)));
}
