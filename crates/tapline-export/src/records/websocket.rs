//! The `websocket_frame` record.

use schemars::JsonSchema;
use serde::Serialize;
use tapline_engine::analysis::decode::websocket::{Close, Opcode};
use tapline_engine::analysis::{WebSocketFrame, shown};

use super::{RecordType, Said, Shown};
use crate::redact::Redactor;

#[derive(Serialize, JsonSchema)]
#[expect(clippy::struct_excessive_bools, reason = "bits of the header, each a field of the record")]
pub(super) struct Line {
    r#type: &'static str,
    #[serde(flatten)]
    said: Said,
    frame: Shown<Opcode>,
    opcode: u8,
    fin: bool,
    reserved: u8,
    masked: bool,
    compressed: bool,
    length_bytes: u64,
    complete: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    close: Option<CloseLine>,
}

#[derive(Serialize, JsonSchema)]
struct CloseLine {
    code: u16,
    name: Option<&'static str>,
    reason: Option<String>,
}

impl Line {
    pub(super) fn of(event: &WebSocketFrame, redactor: &Redactor) -> Self {
        let frame = &event.frame;
        Self {
            r#type: RecordType::WebSocketFrame.name(),
            said: Said::new(event.connection, event.first, event.origin, event.from),
            frame: Shown(frame.opcode),
            opcode: frame.opcode.0,
            fin: frame.fin,
            reserved: frame.reserved,
            masked: frame.masked,
            compressed: frame.compressed,
            length_bytes: frame.length,
            complete: frame.complete,
            close: frame.close.as_deref().map(|close| close_line(close, redactor)),
        }
    }
}

fn close_line(close: &Close, redactor: &Redactor) -> CloseLine {
    CloseLine {
        code: close.code.0,
        name: close.code.name(),
        reason: (!close.reason.is_empty()).then(|| redactor.sentence(&shown(&close.reason)).into_owned()),
    }
}
