//! WebSocket frames.

use tapline_analysis::WebSocketFrame;

use super::{frames, number, numbers, present};
use crate::{FieldId, Item, Value};

impl Item for WebSocketFrame {
    fn values(&self, field: FieldId, tell: &mut dyn FnMut(Value<'_>)) {
        use FieldId as F;
        let frame = &self.frame;
        match field {
            F::FrameNumber | F::FrameTimeEpoch => frames(field, [self.first, self.origin], tell),
            F::TcpStream => number(self.connection, tell),
            F::WebSocket => present(true, tell),
            F::WebSocketOpcode => number(frame.opcode.0, tell),
            F::WebSocketFin => tell(Value::Bool(frame.fin)),
            F::WebSocketMask => tell(Value::Bool(frame.masked)),
            F::WebSocketPayloadLength => number(frame.length, tell),
            F::WebSocketCloseCode => numbers(frame.close.as_deref().map(|close| close.code.0), tell),
            _ => {}
        }
    }

    fn texts(&self, tell: &mut dyn FnMut(&str)) {
        tell(&self.frame.opcode.to_string());
        if let Some(close) = &self.frame.close {
            tell(&close.code.to_string());
            tell(&tapline_analysis::text(&close.reason));
        }
    }
}
