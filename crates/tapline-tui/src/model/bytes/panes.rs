//! The octets of an event: as they were captured, as they lay in the stream, and as they were opened.

use std::ops::Range;

use tapline_analysis::decode::tls::{
    Body, ContentType, Negotiated, Protection, handshake_fields, record_fields_with,
};
use tapline_analysis::decode::{Message, dns, http1, http2, tls, websocket};
use tapline_analysis::{Field, MessageSeen, packet_fields};

use crate::limits::PANE_BYTES_MAX;
use crate::model::{Close, What};
use tapline_ladder::side;

/// Octets and what they say.
pub(crate) struct Pane {
    /// What they are: `packet`, `stream`, `opened`.
    pub(crate) name: &'static str,
    pub(crate) octets: Vec<u8>,
    /// Where they begin in their stream; 0 for a packet.
    pub(crate) offset: u64,
    pub(crate) fields: Vec<Field>,
    /// What is not there of them, in a few words.
    pub(crate) lacks: Option<String>,
}

impl Pane {
    fn new(name: &'static str, offset: u64, (octets, is_whole): (Vec<u8>, bool)) -> Self {
        let lacks = (!is_whole).then(|| "octets are missing".to_owned());
        Self { name, octets, offset, fields: Vec::new(), lacks }
    }

    fn with(self, fields: impl FnOnce(&[u8]) -> Vec<Field>) -> Self {
        let fields = fields(&self.octets);
        Self { fields, ..self }
    }
}

/// The panes of an event, the one that says most first.
pub(super) fn panes(close: &Close, what: What) -> Vec<Pane> {
    match what {
        What::Segment(index) => {
            let packet = close.segments.get(index).map(|segment| segment.origin.packet);
            packet.and_then(|packet| of_packet(close, packet)).into_iter().collect()
        }
        What::Message(index) => {
            close.messages.get(index).map(|seen| of_message(close, seen)).unwrap_or_default()
        }
    }
}

fn of_packet(close: &Close, number: u64) -> Option<Pane> {
    let packet = close.packet(number)?;
    let mut pane = Pane::new("packet", 0, (packet.octets.to_vec(), true));
    let missing = u64::from(packet.wire_length).saturating_sub(packet.octets.len() as u64);
    pane.lacks = (missing > 0).then(|| format!("{missing} octets were not captured"));
    Some(pane.with(|octets| packet_fields(packet.link_type, octets)))
}

fn of_message(close: &Close, seen: &MessageSeen) -> Vec<Pane> {
    let mut panes = Vec::new();
    match &seen.message {
        Message::Tls(message) => of_tls(close, seen, message, &mut panes),
        message => {
            if let Some(inside) = &seen.inside {
                let pane = part(close, seen, "inside TLS", inside);
                panes.push(pane.with(|octets| fields(message, octets)));
                panes.push(records(close, seen, Protection::Encrypted));
            } else {
                let pane = part(close, seen, "stream", &seen.span);
                panes.push(pane.with(|octets| fields(message, octets)));
            }
        }
    }
    panes.extend(of_packet(close, seen.origin.packet));
    panes.retain(|pane| !pane.octets.is_empty());
    panes
}

/// What a message's octets say.
fn fields(message: &Message, octets: &[u8]) -> Vec<Field> {
    match message {
        Message::Http1(http1::Message::End(_)) => {
            vec![Field::leaf("http.file_data", "Body", format!("{} octets", octets.len()), 0..octets.len())]
        }
        Message::Http1(_) => http1::head_fields(octets),
        Message::Http2(message) => match &**message {
            http2::Message::Frame(frame) => http2::frame_fields(octets, Some(frame)),
            http2::Message::Preface | http2::Message::Upgraded(_) => http2::frame_fields(octets, None),
        },
        Message::WebSocket(_) => websocket::frame_fields(octets),
        Message::Dns(_) => dns::stream_fields(octets),
        _ => vec![Field::leaf("data", "Data", format!("{} octets", octets.len()), 0..octets.len())],
    }
}

fn of_tls(close: &Close, seen: &MessageSeen, message: &tls::Message, panes: &mut Vec<Pane>) {
    let closed = message.decrypted || message.body == Body::Encrypted;
    if message.decrypted {
        panes.extend(opened(close, seen));
    }
    let protection = if closed { Protection::Encrypted } else { Protection::Clear };
    let lies = records(close, seen, protection);
    if !closed && message.content == ContentType::HANDSHAKE {
        panes.extend(put_together(close, seen, &lies.octets));
    }
    panes.push(lies);
}

/// What was in the records of a message that were opened.
fn opened(close: &Close, seen: &MessageSeen) -> Option<Pane> {
    let inside = close.records.iter().filter(|record| {
        record.from == seen.from
            && seen.span.start <= record.outside.start
            && record.outside.end <= seen.span.end
    });
    let records: Vec<_> = inside.collect();
    let content = records.first()?.content;
    let octets: Vec<u8> = records.iter().flat_map(|record| record.octets.iter().copied()).collect();
    let pane = Pane::new("opened", records.first()?.outside.start, (octets, true));
    Some(pane.with(|octets| match content {
        ContentType::HANDSHAKE => handshake_fields(octets, negotiated(close)),
        _ => vec![Field::leaf("tls.record", content.to_string(), String::new(), 0..octets.len())],
    }))
}

/// The records of a message as they lie in the stream.
fn records(close: &Close, seen: &MessageSeen, protection: Protection) -> Pane {
    let pane = part(close, seen, "records", &seen.span);
    pane.with(|octets| record_fields_with(octets, negotiated(close), protection))
}

/// A handshake message in clear that several records carry, without their headers.
fn put_together(close: &Close, seen: &MessageSeen, records: &[u8]) -> Option<Pane> {
    let mut octets = Vec::new();
    let (mut rest, mut count) = (records, 0);
    while let [_, _, _, high, low, behind @ ..] = rest {
        let length = usize::from(u16::from_be_bytes([*high, *low])).min(behind.len());
        let (fragment, next) = behind.split_at(length);
        octets.extend_from_slice(fragment);
        (rest, count) = (next, count + 1);
    }
    let pane = (count > 1).then(|| Pane::new("handshake", seen.span.start, (octets, true)))?;
    Some(pane.with(|octets| handshake_fields(octets, negotiated(close))))
}

fn negotiated(close: &Close) -> Negotiated {
    let session = close.sessions.first();
    Negotiated {
        version: session.and_then(|session| session.version),
        cipher_suite: session.and_then(|session| session.cipher_suite),
    }
}

/// A part of the stream that a message stands in, as much as is shown.
fn part(close: &Close, seen: &MessageSeen, name: &'static str, range: &Range<u64>) -> Pane {
    let sides = if seen.inside.as_ref() == Some(range) { &close.inside } else { &close.stream };
    let shown = range.start..range.end.min(range.start.saturating_add(PANE_BYTES_MAX));
    let left_out = range.end - shown.end;
    let octets = sides.get(side(seen.from)).map_or((Vec::new(), false), |octets| octets.copy(shown));
    let mut pane = Pane::new(name, range.start, octets);
    if left_out > 0 {
        pane.lacks = Some(format!("{left_out} more octets are not shown"));
    }
    pane
}

#[cfg(test)]
mod tests {
    use tapline_analysis::decode::Protocol;
    use tapline_analysis::{Origin, Sender};

    use super::*;

    #[test]
    fn octets_of_a_message_are_shown_up_to_a_number() {
        let shown = |length: u64| {
            let mut close = Close::default();
            close.stream[0].push(0, &vec![b'x'; usize::try_from(length).unwrap()], Origin::default());
            let seen = MessageSeen {
                connection: 0,
                origin: Origin::default(),
                first: Origin::default(),
                from: Sender::Client,
                span: 0..length,
                inside: None,
                message: Message::Protocol(Protocol::Http1),
            };
            let pane = part(&close, &seen, "message", &seen.span);
            (pane.octets.len() as u64, pane.lacks)
        };
        assert_eq!(shown(PANE_BYTES_MAX), (PANE_BYTES_MAX, None));
        let lacks = Some("1 more octets are not shown".to_owned());
        assert_eq!(shown(PANE_BYTES_MAX + 1), (PANE_BYTES_MAX, lacks));
    }
}
