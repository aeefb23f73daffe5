//! HTTP/2 frames and connections.

use tapline_analysis::decode::http2::{END_STREAM, FrameType, HeaderBlock, Payload};
use tapline_analysis::{Http2Connection, Http2Frame, text as readable};

use super::{frames, number, numbers, present, text};
use crate::{FieldId, Item, Value};

impl Item for Http2Frame {
    fn values(&self, field: FieldId, tell: &mut dyn FnMut(Value<'_>)) {
        use FieldId as F;
        let frame = &self.frame;
        match field {
            F::FrameNumber | F::FrameTimeEpoch => frames(field, [self.first, self.origin], tell),
            F::TcpStream => number(self.connection, tell),
            F::Http2 => present(true, tell),
            F::Http2Streamid => number(frame.stream, tell),
            F::Http2Type => number(frame.kind.0, tell),
            F::Http2Length => number(frame.length, tell),
            F::Http2Flags => number(frame.flags, tell),
            F::Http2FlagsEndStream if matches!(frame.kind, FrameType::DATA | FrameType::HEADERS) => {
                tell(Value::Bool(frame.flags & END_STREAM != 0));
            }
            F::Http2RstStreamError | F::Http2GoawayError | F::Http2GoawayLastStreamId => {
                match (field, &frame.payload) {
                    (F::Http2RstStreamError, Payload::RstStream { error })
                    | (F::Http2GoawayError, Payload::GoAway { error, .. }) => number(error.0, tell),
                    (F::Http2GoawayLastStreamId, Payload::GoAway { last_stream, .. }) => {
                        number(*last_stream, tell);
                    }
                    _ => {}
                }
            }
            F::Http2WindowUpdateIncrement => {
                if let Payload::WindowUpdate { increment } = frame.payload {
                    number(increment, tell);
                }
            }
            F::Http2SettingsId => {
                if let Payload::Settings(settings) = &frame.payload {
                    numbers(settings.iter().map(|setting| setting.id), tell);
                }
            }
            F::Http2PushPromiseStream => {
                if let Payload::PushPromise { promised_stream, .. } = frame.payload {
                    number(promised_stream, tell);
                }
            }
            field => {
                if let Some(block) = block(&frame.payload) {
                    head(field, block, tell);
                }
            }
        }
    }

    fn texts(&self, tell: &mut dyn FnMut(&str)) {
        tell(&self.frame.kind.to_string());
        match &self.frame.payload {
            Payload::RstStream { error } | Payload::GoAway { error, .. } => tell(&error.to_string()),
            payload => {
                for (name, value) in block(payload).into_iter().flat_map(|block| block.fields.iter()) {
                    tell(&readable(name));
                    tell(&readable(value));
                }
            }
        }
    }
}

/// The field block that a frame ends.
fn block(payload: &Payload) -> Option<&HeaderBlock> {
    match payload {
        Payload::Headers { block, .. }
        | Payload::PushPromise { block, .. }
        | Payload::Continuation { block, .. } => block.as_deref(),
        _ => None,
    }
}

/// What a field block says of a field.
fn head(field: FieldId, block: &HeaderBlock, tell: &mut dyn FnMut(Value<'_>)) {
    let name = match field {
        FieldId::Http2HeadersMethod => ":method",
        FieldId::Http2HeadersPath => ":path",
        FieldId::Http2HeadersAuthority => ":authority",
        FieldId::Http2HeadersScheme => ":scheme",
        FieldId::Http2HeadersStatus => {
            let status = block.fields.get(":status").and_then(|value| std::str::from_utf8(value).ok());
            return numbers(status.and_then(|status| status.parse::<u16>().ok()), tell);
        }
        FieldId::Http2HeaderName => {
            return block.fields.iter().for_each(|(name, _)| tell(Value::Text(&readable(name))));
        }
        FieldId::Http2HeaderValue => {
            return block.fields.iter().for_each(|(_, value)| tell(Value::Text(&readable(value))));
        }
        _ => return,
    };
    block.fields.all(name).for_each(|value| tell(Value::Text(&readable(value))));
}

impl Item for Http2Connection {
    fn values(&self, field: FieldId, tell: &mut dyn FnMut(Value<'_>)) {
        use FieldId as F;
        match field {
            F::FrameNumber | F::FrameTimeEpoch => frames(field, [self.start, self.end], tell),
            F::TcpStream => number(self.connection, tell),
            F::TaplineRecord => text(["http2_connection"], tell),
            F::Http2 => present(true, tell),
            F::Http2GoawayError => numbers(self.goaways.iter().map(|goaway| goaway.error.0), tell),
            F::Http2GoawayLastStreamId => numbers(self.goaways.iter().map(|goaway| goaway.last_stream), tell),
            _ => {}
        }
    }

    fn texts(&self, tell: &mut dyn FnMut(&str)) {
        self.goaways.iter().for_each(|goaway| tell(&goaway.error.to_string()));
        self.resets.iter().for_each(|(_, error, _)| tell(&error.to_string()));
    }
}
