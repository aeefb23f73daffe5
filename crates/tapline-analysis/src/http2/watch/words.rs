//! What is wrong with the frames of a connection, in words.

use tapline_decode::Anomaly;

use super::{Act, StreamState};
use crate::http2::states::{self, Closed};
use crate::http2::windows::{self, Which};

/// A stream was promised although the client does not take any.
pub(super) fn push_disabled(promised: u32) -> Anomaly {
    let detail = format!("stream {promised} is promised, but SETTINGS_ENABLE_PUSH is 0");
    Anomaly { code: "http2_push_disabled", detail: detail.into() }
}

/// A frame and the state of its stream.
pub(super) fn of_state(stream: u32, act: Act, fault: states::Fault) -> Anomaly {
    let frame = frame_name(act);
    match fault {
        states::Fault::State(state) => {
            let detail = format!("{frame} on stream {stream}, which is {}", state_words(state));
            Anomaly { code: "http2_stream_state", detail: detail.into() }
        }
        states::Fault::Identifier => {
            let detail =
                format!("{frame} opens stream {stream}, whose number is not next or not its sender's");
            Anomaly { code: "http2_stream_id", detail: detail.into() }
        }
        states::Fault::TooMany { open, limit } => {
            let detail = format!("stream {stream} makes {open} at once where {limit} are allowed");
            Anomaly { code: "http2_too_many_streams", detail: detail.into() }
        }
    }
}

/// A frame and the windows.
pub(super) fn of_windows(stream: u32, fault: windows::Fault) -> Anomaly {
    match fault {
        windows::Fault::Exceeded { window, length, held } => {
            let of = match window {
                Which::Connection => "the connection",
                Which::Stream => "the stream",
            };
            let detail =
                format!("DATA of {length} octets on stream {stream}, where the window of {of} holds {held}");
            Anomaly { code: "http2_window_exceeded", detail: detail.into() }
        }
        windows::Fault::Overflow { stream } => {
            let of = stream.map_or("the connection".to_owned(), |stream| format!("stream {stream}"));
            let detail = format!("the window of {of} grows beyond 2147483647 octets");
            Anomaly { code: "http2_window_overflow", detail: detail.into() }
        }
    }
}

fn frame_name(act: Act) -> &'static str {
    match act {
        Act::Headers { .. } => "HEADERS",
        Act::Data { .. } => "DATA",
        Act::Reset => "RST_STREAM",
        Act::WindowUpdate => "WINDOW_UPDATE",
        Act::Priority => "PRIORITY",
        Act::Promised | Act::Promises => "PUSH_PROMISE",
    }
}

fn state_words(state: StreamState) -> &'static str {
    match state {
        StreamState::Idle => "idle: nobody opened it",
        StreamState::Reserved(_) => "promised and not answered",
        StreamState::Open => "open",
        StreamState::HalfClosed(_) => "ended by its sender",
        StreamState::Closed(Closed::Ended) => "closed: both sides ended it",
        StreamState::Closed(Closed::Reset(_)) => "closed: it was reset",
        StreamState::Closed(Closed::Skipped) => "closed: a later one was opened before it",
        StreamState::Closed(Closed::Forgotten) => "closed",
    }
}
