//! A sender's windows over time, as the frames leave them.

use tapline_analysis::decode::http2::FrameType;
use tapline_analysis::{Http2Frame, Sender};

use crate::model::Close;

/// A window over time: nanoseconds since 1970, and octets; each holds until the next.
pub(crate) type WindowPoints = Vec<(i64, i64)>;

/// The connection's window of a sender, and the one of a stream.
pub(crate) fn windows(close: &Close, sender: Sender, stream: u32) -> [WindowPoints; 2] {
    let (mut connection, mut of_stream) = (WindowPoints::new(), WindowPoints::new());
    for frame in &close.frames {
        let Some(levels) = frame.after.windows.filter(|_| concerns(frame) == Some(sender)) else { continue };
        let at = frame.origin.at.0;
        connection.extend(levels.connection.map(|level| (at, level)));
        if frame.frame.stream == stream && stream != 0 {
            of_stream.extend(levels.stream.map(|level| (at, level)));
        }
    }
    [connection, of_stream]
}

/// Whose windows a frame tells of: the sender of DATA, the other side of a WINDOW_UPDATE, and who acknowledges SETTINGS.
fn concerns(frame: &Http2Frame) -> Option<Sender> {
    let other = match frame.from {
        Sender::Client => Sender::Server,
        Sender::Server => Sender::Client,
    };
    match frame.frame.kind {
        FrameType::DATA | FrameType::SETTINGS => Some(frame.from),
        FrameType::WINDOW_UPDATE => Some(other),
        _ => None,
    }
}
