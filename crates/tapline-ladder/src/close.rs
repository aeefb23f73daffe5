//! One connection in full, as a close look at it found it.

mod octets;

use std::collections::BTreeMap;
use std::ops::Range;

use tapline_analysis::decode::http2::Payload;
use tapline_analysis::decode::tls::ContentType;
use tapline_analysis::decode::{Message, http1, http2};
use tapline_analysis::{
    AnomalyRecord, Carried, ConnectionRecord, Course, Event, Exchange, Http2Connection, Http2Frame,
    MessageSeen, Origin, SegmentSeen, Sender, TcpSample, TcpVerdict, TlsSession,
};
use tapline_engine::{CapturedPacket, CloseUp};

pub use octets::Octets;

/// One connection in full.
#[derive(Default)]
pub struct Close {
    /// Its record; `None` where it was not found.
    pub record: Option<Box<ConnectionRecord>>,
    /// In the order of their packets.
    pub segments: Vec<SegmentSeen>,
    /// In the order of their packets: what is odd about some segments.
    pub verdicts: Vec<TcpVerdict>,
    /// Round trips, octets in flight and windows, segment by segment.
    pub samples: Vec<TcpSample>,
    /// In the order in which they were complete.
    pub messages: Vec<MessageSeen>,
    /// HTTP/2 frames and what each brought about, in the same order.
    pub frames: Vec<Http2Frame>,
    /// TLS handshakes.
    pub sessions: Vec<TlsSession>,
    /// Requests with their responses.
    pub exchanges: Vec<Exchange>,
    /// What HTTP/2 shows as a whole.
    pub http2: Option<Box<Http2Connection>>,
    /// What RFCs forbid, or could not be read.
    pub anomalies: Vec<AnomalyRecord>,
    /// What client and server sent by TCP.
    pub stream: [Octets; 2],
    /// What they sent inside TLS, as far as it was opened.
    pub inside: [Octets; 2],
    /// What was in opened records that carry no application data, in their order.
    pub records: Vec<Record>,
    /// Bodies of HTTP messages, by the place of their head in `messages`.
    pub bodies: BTreeMap<usize, Body>,
    /// The place of the newest head of each side and stream.
    heads: BTreeMap<(usize, u32), usize>,
    /// Its packets as they were captured, by number.
    pub packets: Vec<CapturedPacket>,
    /// Events and octets that found no room.
    pub left_out: (u64, u64),
    /// Why it is not all that was read before.
    pub breaks_off: Option<String>,
}

/// An opened TLS record that carries no application data.
pub struct Record {
    /// Who sent it.
    pub from: Sender,
    /// Its octets in the TCP stream, with its header.
    pub outside: Range<u64>,
    /// What it says it carries.
    pub content: ContentType,
    /// What was in it.
    pub octets: Vec<u8>,
}

/// A body, transfer coding removed.
pub struct Body {
    /// Who sent it.
    pub from: Sender,
    /// Its HTTP/2 stream; 0 for HTTP/1.
    pub stream: u32,
    /// As far as they came.
    pub octets: Vec<u8>,
}

/// 0 for the client, 1 for the server.
pub fn side(from: Sender) -> usize {
    match from {
        Sender::Client => 0,
        Sender::Server => 1,
    }
}

/// The stream of a head; `None` for what is none.
fn head_of(message: &Message) -> Option<u32> {
    match message {
        Message::Http1(http1::Message::Request(_) | http1::Message::Response(_)) => Some(0),
        Message::Http2(message) => match &**message {
            http2::Message::Frame(frame) => match &frame.payload {
                Payload::Headers { block: Some(_), .. } | Payload::Continuation { block: Some(_), .. } => {
                    Some(frame.stream)
                }
                _ => None,
            },
            http2::Message::Preface | http2::Message::Upgraded(_) => None,
        },
        _ => None,
    }
}

impl Close {
    /// Sorts what was found.
    pub fn of(found: CloseUp) -> Self {
        let CloseUp { events, packets, events_left_out, octets_left_out, breaks_off } = found;
        let left_out = (events_left_out, octets_left_out);
        let mut close = Self { packets, left_out, breaks_off, ..Self::default() };
        for event in events {
            close.take(event);
        }
        // Those of attempts come when they are told apart from connections, which may be later.
        close.segments.sort_by_key(|segment| segment.origin.packet);
        close.verdicts.sort_by_key(|verdict| verdict.origin.packet);
        close
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Segment(segment) => self.segments.push(*segment),
            Event::Tcp(verdict) => self.verdicts.push(*verdict),
            Event::TcpSample(sample) => self.samples.push(*sample),
            Event::Message(message) => {
                if let Some(stream) = head_of(&message.message) {
                    self.heads.insert((side(message.from), stream), self.messages.len());
                }
                self.messages.push(*message);
            }
            Event::Http2Frame(frame) => self.frames.push(*frame),
            Event::TlsSession(session) => self.sessions.push(*session),
            Event::Exchange(exchange) => self.exchanges.push(*exchange),
            Event::Http2Connection(connection) => self.http2 = Some(connection),
            Event::Anomaly(anomaly) => self.anomalies.push(*anomaly),
            Event::Connection(record) => self.record = Some(record),
            Event::Carried(carried) => self.carry(*carried),
            Event::Introduction(_)
            | Event::ConnectionProgress(_)
            | Event::TlsMessage(_)
            | Event::TlsSessionProgress(_)
            | Event::Http1Message(_)
            | Event::WebSocketFrame(_)
            | Event::DnsSaid(_)
            | Event::Lookup(_)
            | Event::Finding(_) => {}
        }
    }

    fn carry(&mut self, carried: Carried) {
        let Carried { origin, from, of, octets, .. } = carried;
        let of_side = |sides: &mut [Octets; 2], offset, origin: Origin| {
            if let Some(stream) = sides.get_mut(side(from)) {
                stream.push(offset, &octets, origin);
            }
        };
        match of {
            Course::Stream(offset) => of_side(&mut self.stream, offset, origin),
            Course::Inside(_, offset) => of_side(&mut self.inside, offset, origin),
            // A hole shows by the offset of what comes behind it.
            Course::Missing(..) => {}
            Course::Body(stream) => {
                let head = self.heads.get(&(side(from), stream));
                if let Some(&head) = head {
                    let body =
                        self.bodies.entry(head).or_insert_with(|| Body { from, stream, octets: Vec::new() });
                    body.octets.extend_from_slice(&octets);
                }
            }
            Course::Record(outside, content) => {
                self.records.push(Record { from, outside, content, octets });
            }
        }
    }

    /// A packet as it was captured.
    pub fn packet(&self, number: u64) -> Option<&CapturedPacket> {
        let place = self.packets.binary_search_by_key(&number, |packet| packet.number).ok()?;
        self.packets.get(place)
    }

    /// What is odd about a segment.
    pub fn verdict(&self, packet: u64) -> Option<&TcpVerdict> {
        let place = self.verdicts.binary_search_by_key(&packet, |verdict| verdict.origin.packet).ok()?;
        self.verdicts.get(place)
    }
}
