//! Hears what a conversation says, and hands each message to the part of the story that it belongs to.

use std::ops::Range;

use tapline_decode::tls::ContentType;
use tapline_decode::{Anomaly, Keyring, Message, Protocol, Sink, dns};
use tapline_reassembly::{Connection, Direction, Origin};

use super::{Moment, Story};
use crate::certificate::Judge;
use crate::heads::Heads;
use crate::limits::{ANOMALY_EVENTS_MAX, PROTOCOLS_MAX, STREAMS_MAX};
use crate::talk::Surroundings;
use crate::trail::Trails;
use crate::{AnomalyRecord, Carried, Course, DnsSaid, Event, MessageSeen, Options, websocket};

/// Hears what a conversation says.
pub(crate) struct Listener<'a> {
    pub(crate) story: &'a mut Story,
    trails: &'a mut Trails,
    pub(crate) connection: &'a Connection,
    pub(crate) here: Origin,
    pub(crate) options: &'a Options,
    pub(crate) judge: &'a mut Judge,
    heads: &'a mut Heads,
    pub(crate) events: &'a mut Vec<Event>,
    /// Where the next message stands inside TLS.
    inside: Option<Range<u64>>,
}

impl<'a> Listener<'a> {
    pub(crate) fn new(
        story: &'a mut Story,
        trails: &'a mut Trails,
        connection: &'a Connection,
        surroundings: Surroundings<'a>,
    ) -> (Self, &'a mut Keyring) {
        let Surroundings { here, options, keyring, judge, heads, events } = surroundings;
        (Self { story, trails, connection, here, options, judge, heads, events, inside: None }, keyring)
    }

    /// Tells what was opened, where somebody looks so closely.
    fn carried(&mut self, direction: Direction, of: Course, octets: &[u8]) {
        if self.options.interests.wire {
            let (connection, origin, from) = (self.connection.id, self.here, self.story.sender(direction));
            let octets = octets.to_vec();
            self.events.push(Event::Carried(Box::new(Carried { connection, origin, from, of, octets })));
        }
    }
}

impl Sink for Listener<'_> {
    fn message(&mut self, direction: Direction, span: Range<u64>, mut message: Message) {
        let inside = self.inside.take();
        let Self { story, trails, connection, here, options, judge, heads, events, .. } = self;
        let here = *here;
        let trail = trails.of(direction);
        let first = trail.at(span.start).unwrap_or(here);
        let cut = match &mut message {
            Message::Http2(message) => heads.fit(message, here.packet),
            _ => None,
        };
        let from = story.sender(direction);
        if options.interests.wire {
            events.push(Event::Message(Box::new(MessageSeen {
                connection: connection.id,
                origin: here,
                first,
                from,
                span: span.clone(),
                inside,
                message: message.clone(),
            })));
        }
        let is_secure = story.is_secure();
        let mut moment =
            Moment { connection, here, first, direction, from, is_secure, options, judge, heads, events };
        match message {
            Message::Protocol(protocol) => {
                let begins_late = span.start > 0 && story.protocols.is_empty();
                story.is_no_http |= protocol == Protocol::Tls && begins_late;
                if !story.protocol(protocol) {
                    let detail =
                        format!("more than {PROTOCOLS_MAX} protocols: {} is not listed", protocol.name());
                    let anomaly = Anomaly { code: "protocols_not_listed", detail: detail.into() };
                    tell_anomaly(story, anomaly, span, &mut moment);
                }
            }
            Message::Client(direction) => story.client = Some(direction),
            Message::Tls(message) => {
                story.tls(&message, &mut moment);
                trail.settle(span.end);
            }
            Message::Access(access) => {
                if let Some(tls) = &mut story.tls {
                    tls.access(access);
                }
            }
            Message::Http1(message) => {
                story.http1(message, &mut moment);
                story.tell_body_faults(&span, &mut moment);
                story.rest();
                trail.settle(span.end);
            }
            Message::Http2(message) => {
                let mark = moment.events.len();
                let http2 = story.http2.get_or_insert_default();
                http2.see(*message, &story.pulse, &mut moment);
                let (left_out, anomalies) = (http2.take_left_out(), http2.take_anomalies());
                story.price_new_exchanges(mark, &mut moment);
                story.tell_body_faults(&span, &mut moment);
                trail.settle(span.end);
                for anomaly in anomalies.into_iter().chain(cut) {
                    tell_anomaly(story, anomaly, span.clone(), &mut moment);
                }
                if let Some(stream) = left_out {
                    let detail =
                        format!("more than {STREAMS_MAX} streams are open: stream {stream} is not followed");
                    let anomaly = Anomaly { code: "http2_streams_not_followed", detail: detail.into() };
                    tell_anomaly(story, anomaly, span, &mut moment);
                }
            }
            Message::Dns(message) => {
                if moment.options.interests.wants_lookups() {
                    moment.events.push(dns(*message, &moment));
                }
                trail.settle(span.end);
            }
            Message::WebSocket(frame) => {
                websocket::tell(frame, &mut moment);
                trail.settle(span.end);
            }
            Message::Anomaly(anomaly) => {
                story.gap_in_bodies(anomaly.code, direction);
                tell_anomaly(story, anomaly, span, &mut moment);
            }
        }
    }

    fn opened(&mut self, direction: Direction, outside: Range<u64>, content: ContentType, octets: &[u8]) {
        self.carried(direction, Course::Record(outside, content), octets);
    }

    fn inside(&mut self, direction: Direction, outside: Range<u64>, offset: u64, octets: &[u8]) {
        self.carried(direction, Course::Inside(outside, offset), octets);
    }

    fn at_inside(&mut self, _: Direction, span: Range<u64>) {
        self.inside = Some(span);
    }

    fn unfinished(&mut self, direction: Direction, from: u64) {
        self.trails.of(direction).unsettle(from);
    }

    fn frames_lost(&mut self, _: Direction) {
        self.story.http2.get_or_insert_default().lose();
    }

    fn wants_tables(&self) -> bool {
        self.options.hpack_tables
    }

    fn here(&self) -> Origin {
        self.here
    }

    fn back_to(&mut self, here: Origin) {
        self.here = here;
    }

    fn body(&mut self, direction: Direction, stream: u32, octets: &[u8]) {
        self.carried(direction, Course::Body(stream), octets);
        let from = self.story.sender(direction);
        match &mut self.story.http2 {
            Some(http2) if stream != 0 => http2.body(from, stream, octets),
            _ => self.story.http1.body(direction, octets),
        }
    }
}

/// What was said over TCP.
fn dns(message: dns::Message, moment: &Moment<'_>) -> Event {
    let connection = moment.connection;
    let (client, server) = (connection.client.address, connection.server.address);
    let ends = if moment.direction == Direction::Forward { [client, server] } else { [server, client] };
    Event::DnsSaid(Box::new(DnsSaid::between(ends, message, moment.here, true)))
}

pub(super) fn tell_anomaly(story: &mut Story, anomaly: Anomaly, span: Range<u64>, moment: &mut Moment<'_>) {
    let count = story.count_anomaly(anomaly.code);
    if moment.options.interests.anomalies && count <= ANOMALY_EVENTS_MAX {
        moment.events.push(Event::Anomaly(Box::new(AnomalyRecord {
            connection: moment.connection.id,
            origin: moment.here,
            from: moment.from,
            code: anomaly.code,
            detail: anomaly.detail,
            span,
        })));
    }
}
