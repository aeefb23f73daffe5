//! WebSocket frames as events.

use tapline_decode::websocket::Frame;

use crate::story::Moment;
use crate::{Event, WebSocketFrame};

/// Tells a frame where somebody wants them.
pub(crate) fn tell(frame: Frame, moment: &mut Moment<'_>) {
    if moment.options.interests.websocket_frames {
        moment.events.push(Event::WebSocketFrame(Box::new(WebSocketFrame {
            connection: moment.connection.id,
            origin: moment.here,
            first: moment.first,
            from: moment.from,
            frame,
        })));
    }
}
