//! The HTTP/2 streams of a connection: which there are, their windows, and the header tables at a moment.

mod table;
mod windows;

use tapline_analysis::decode::http2::{FrameType, HeaderBlock, Payload};
use tapline_analysis::{Cause, Http2Frame, Sender, printable, text};

pub(crate) use table::{HeaderTable, table_at};
pub(crate) use windows::{WindowPoints, windows};

use super::{Close, Place};

/// What is shown below the lanes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Pane {
    /// The windows of one sender over time.
    #[default]
    Windows,
    /// The header table at the cursor.
    Headers,
    /// Settings, priorities and pushes.
    Settings,
}

impl Pane {
    /// The one that comes after it.
    pub(crate) fn next(self) -> Self {
        match self {
            Self::Windows => Self::Headers,
            Self::Headers => Self::Settings,
            Self::Settings => Self::Windows,
        }
    }
}

/// The streams and where one is among them.
#[derive(Default)]
pub(crate) struct Streams {
    pub(crate) lanes: Vec<Lane>,
    pub(crate) place: Place,
    pub(crate) pane: Pane,
    /// The side whose windows or blocks are shown; `None` for the server's.
    pub(crate) from: Option<Sender>,
}

/// A stream; 0 is the connection.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Lane {
    pub(crate) stream: u32,
    /// `GET /`, safe to print.
    pub(crate) request: String,
    pub(crate) status: Option<String>,
    /// Octets of DATA of both sides.
    pub(crate) data_bytes: u64,
    /// Places of its frames in [`Close::frames`].
    pub(crate) frames: Vec<usize>,
    /// Where its sender stood still for want of a window, nanoseconds since 1970.
    pub(crate) standstills: Vec<(i64, i64)>,
    /// It was promised by the server.
    pub(crate) pushed: bool,
    /// It was reset.
    pub(crate) reset: bool,
    /// Nothing but its priority was ever told: it groups others (RFC 7540 §5.3.1).
    pub(crate) is_placeholder: bool,
}

impl Streams {
    /// The side whose windows or blocks are shown.
    pub(crate) fn side(&self) -> Sender {
        self.from.unwrap_or(Sender::Server)
    }

    /// Sorts a connection's frames by stream.
    pub(crate) fn build(&mut self, close: &Close) {
        self.lanes = lanes(close);
        self.place = Place::default();
    }

    /// The selected stream.
    pub(crate) fn selected(&self) -> Option<&Lane> {
        self.lanes.get(self.place.selected)
    }
}

/// The connection and its streams, in the order in which they began.
fn lanes(close: &Close) -> Vec<Lane> {
    let mut lanes: Vec<Lane> = Vec::new();
    let mut places = std::collections::BTreeMap::new();
    for (index, frame) in close.frames.iter().enumerate() {
        let stream = frame.frame.stream;
        let place = *places.entry(stream).or_insert_with(|| {
            lanes.push(Lane { stream, ..Lane::default() });
            lanes.len() - 1
        });
        if let Some(lane) = lanes.get_mut(place) {
            lane.take(frame, index);
        }
        if let Payload::PushPromise { promised_stream, block, .. } = &frame.frame.payload {
            let place = *places.entry(*promised_stream).or_insert_with(|| {
                lanes.push(Lane { stream: *promised_stream, ..Lane::default() });
                lanes.len() - 1
            });
            if let Some(lane) = lanes.get_mut(place) {
                lane.pushed = true;
                if let Some(block) = block {
                    lane.name(block);
                }
            }
        }
    }
    for exchange in &close.exchanges {
        let place = exchange.stream.and_then(|stream| places.get(&stream));
        let Some(lane) = place.and_then(|&place| lanes.get_mut(place)) else { continue };
        let waits =
            exchange.stalls.list().iter().filter(|stall| {
                matches!(stall.cause, Cause::Http2ConnectionWindow | Cause::Http2StreamWindow)
            });
        lane.standstills.extend(waits.map(|stall| (stall.span.from.at.0, stall.span.until.at.0)));
    }
    // The connection's own frames first, whenever they began.
    lanes.sort_by_key(|lane| lane.stream != 0);
    lanes
}

impl Lane {
    fn take(&mut self, frame: &Http2Frame, index: usize) {
        let is_priority = frame.frame.kind == FrameType::PRIORITY;
        self.is_placeholder = is_priority && (self.is_placeholder || self.frames.is_empty());
        self.frames.push(index);
        match &frame.frame.payload {
            Payload::Data { content_length, .. } => self.data_bytes += u64::from(*content_length),
            Payload::Headers { block: Some(block), .. }
            | Payload::Continuation { block: Some(block), .. } => {
                self.name(block);
            }
            Payload::RstStream { .. } => self.reset = true,
            _ => {}
        }
    }

    /// What a block says of the request and of its answer.
    fn name(&mut self, block: &HeaderBlock) {
        let field = |name| block.fields.get(name).map(|value| printable(&text(value)).into_owned());
        if let (Some(method), true) = (field(":method"), self.request.is_empty()) {
            self.request = format!("{method} {}", field(":path").or(field(":authority")).unwrap_or_default());
        }
        if let Some(status) = field(":status") {
            self.status = Some(status);
        }
    }
}

/// The letter of a frame on its lane; DATA has blocks instead.
pub(crate) fn letter(kind: FrameType) -> Option<&'static str> {
    Some(match kind {
        FrameType::DATA => return None,
        FrameType::HEADERS | FrameType::CONTINUATION => "H",
        FrameType::PRIORITY | FrameType::PRIORITY_UPDATE => "p",
        FrameType::RST_STREAM => "R",
        FrameType::SETTINGS => "S",
        FrameType::PUSH_PROMISE => "P",
        FrameType::PING => "i",
        FrameType::GOAWAY => "G",
        FrameType::WINDOW_UPDATE => "w",
        _ => "?",
    })
}
