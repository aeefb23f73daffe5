//! What analysis tells, as items: one file a sort of record.
//!
//! A record by itself has the values of its own fields. An event in its place among the others ([`item_of`]) has those
//! of its connection too, and knows when the capture began.

mod connection;
mod dns;
mod exchange;
mod finding;
mod http1;
mod http2;
mod tcp;
mod tls;
mod websocket;

use std::net::IpAddr;

use tapline_analysis::{Endpoint, Event, Origin, Sender, look_for_findings};

use crate::catalogue::RecordKind;
use crate::known::{Known, is_of_findings};
use crate::{FieldId, Item, Value};

/// An event with what its connection is known by.
pub struct Told<'a> {
    event: &'a Event,
    known: &'a Known,
}

/// An event as an item, with what its connection is known by so far.
pub fn item_of<'a>(event: &'a Event, known: &'a Known) -> Told<'a> {
    Told { event, known }
}

impl Item for Told<'_> {
    fn values(&self, field: FieldId, tell: &mut dyn FnMut(Value<'_>)) {
        let Self { event, known } = self;
        match field {
            FieldId::FrameTimeRelative => {
                let Some(start) = known.start else { return };
                event.values(FieldId::FrameTimeEpoch, &mut |value| {
                    if let Value::Duration(ns) = value {
                        tell(Value::Duration(ns.saturating_sub(start.0)));
                    }
                });
            }
            _ => event.values(field, tell),
        }
        let Some(facts) = event.connection().and_then(|id| known.facts(id)) else { return };
        match event {
            // It says better what it is known by.
            Event::Connection(_) | Event::ConnectionProgress(_) => {
                if is_of_findings(field) {
                    facts.findings().iter().for_each(|&(kind, cost)| finding::found(field, kind, cost, tell));
                }
            }
            event => facts.values(field, sender(event), tell),
        }
    }

    fn texts(&self, tell: &mut dyn FnMut(&str)) {
        self.event.texts(tell);
        if let Some(facts) = self.event.connection().and_then(|id| self.known.facts(id)) {
            facts.texts(tell);
            if let Event::Connection(_) | Event::ConnectionProgress(_) = self.event {
                facts.findings().iter().for_each(|(kind, _)| tell(kind.code));
            }
        }
    }
}

/// What an event says itself.
impl Item for Event {
    fn values(&self, field: FieldId, tell: &mut dyn FnMut(Value<'_>)) {
        match field {
            FieldId::TaplineRecord => text(record_kind(self).map(RecordKind::name), tell),
            FieldId::TaplineFrom => text(sender(self).map(Sender::name), tell),
            FieldId::TcpStream => numbers(self.connection(), tell),
            FieldId::Tcp => present(self.connection().is_some(), tell),
            field if is_of_findings(field) && !matches!(self, Self::Finding(_)) => self.found(field, tell),
            field => {
                if let Some(record) = record(self) {
                    record.values(field, tell);
                }
            }
        }
    }

    fn texts(&self, tell: &mut dyn FnMut(&str)) {
        if let Some(record) = record(self) {
            record.texts(tell);
        }
    }
}

/// What an event tells of findings.
trait Findings {
    fn found(&self, field: FieldId, tell: &mut dyn FnMut(Value<'_>));
}

impl Findings for Event {
    /// What is found of the record by itself. Of a connection [`Known`] has it already, with what was found before.
    fn found(&self, field: FieldId, tell: &mut dyn FnMut(Value<'_>)) {
        if let Self::Connection(_) = self {
            return;
        }
        let mut found = Vec::new();
        look_for_findings(self, &mut found);
        for one in &found {
            finding::found(field, one.kind, one.cost_ns, tell);
        }
    }
}

/// The record that an event carries, where it is one.
fn record(event: &Event) -> Option<&dyn Item> {
    Some(match event {
        Event::Introduction(_)
        | Event::DnsSaid(_)
        | Event::Segment(_)
        | Event::Carried(_)
        | Event::Message(_) => return None,
        Event::ConnectionProgress(record) | Event::Connection(record) => &**record,
        Event::Tcp(verdict) => &**verdict,
        Event::TcpSample(sample) => &**sample,
        Event::TlsMessage(message) => &**message,
        Event::TlsSessionProgress(session) | Event::TlsSession(session) => &**session,
        Event::Http1Message(message) => &**message,
        Event::Http2Frame(frame) => &**frame,
        Event::WebSocketFrame(frame) => &**frame,
        Event::Http2Connection(connection) => &**connection,
        Event::Exchange(exchange) => &**exchange,
        Event::Lookup(lookup) => &**lookup,
        Event::Finding(finding) => &**finding,
        Event::Anomaly(anomaly) => &**anomaly,
    })
}

/// The sort of record that an event is, if it is one.
pub(crate) fn record_kind(event: &Event) -> Option<RecordKind> {
    Some(match event {
        Event::Introduction(_)
        | Event::DnsSaid(_)
        | Event::Segment(_)
        | Event::Carried(_)
        | Event::Message(_) => return None,
        Event::ConnectionProgress(_) | Event::Connection(_) => RecordKind::Connection,
        Event::Tcp(_) => RecordKind::Tcp,
        Event::TcpSample(_) => RecordKind::TcpSample,
        Event::TlsMessage(_) => RecordKind::TlsMessage,
        Event::TlsSessionProgress(_) | Event::TlsSession(_) => RecordKind::TlsSession,
        Event::Http1Message(_) => RecordKind::Http1Message,
        Event::Http2Frame(_) => RecordKind::Http2Frame,
        Event::WebSocketFrame(_) => RecordKind::WebSocketFrame,
        Event::Http2Connection(_) => RecordKind::Http2Connection,
        Event::Exchange(_) => RecordKind::HttpExchange,
        Event::Lookup(_) => RecordKind::DnsLookup,
        Event::Finding(_) => RecordKind::Finding,
        Event::Anomaly(_) => RecordKind::Anomaly,
    })
}

/// Who sent it; `None` for what goes both ways.
fn sender(event: &Event) -> Option<Sender> {
    match event {
        Event::Tcp(verdict) => Some(verdict.from),
        Event::TcpSample(sample) => Some(sample.from),
        Event::TlsMessage(message) => Some(message.from),
        Event::Http1Message(message) => Some(message.from),
        Event::Http2Frame(frame) => Some(frame.from),
        Event::WebSocketFrame(frame) => Some(frame.from),
        Event::Anomaly(anomaly) => Some(anomaly.from),
        _ => None,
    }
}

/// Numbers and times of packets, where the field is one of these.
fn frames(field: FieldId, origins: impl IntoIterator<Item = Origin>, tell: &mut dyn FnMut(Value<'_>)) {
    for origin in origins {
        match field {
            FieldId::FrameNumber => tell(Value::Number(origin.packet)),
            FieldId::FrameTimeEpoch => tell(Value::Duration(origin.at.0)),
            _ => return,
        }
    }
}

pub(crate) fn present(is_there: bool, tell: &mut dyn FnMut(Value<'_>)) {
    if is_there {
        tell(Value::Present);
    }
}

pub(crate) fn number(number: impl Into<u64>, tell: &mut dyn FnMut(Value<'_>)) {
    tell(Value::Number(number.into()));
}

fn numbers<N: Into<u64>>(numbers: impl IntoIterator<Item = N>, tell: &mut dyn FnMut(Value<'_>)) {
    numbers.into_iter().for_each(|one| number(one, tell));
}

fn durations(durations: impl IntoIterator<Item = i64>, tell: &mut dyn FnMut(Value<'_>)) {
    durations.into_iter().for_each(|ns| tell(Value::Duration(ns)));
}

pub(crate) fn text<'a>(texts: impl IntoIterator<Item = &'a str>, tell: &mut dyn FnMut(Value<'_>)) {
    texts.into_iter().for_each(|text| tell(Value::Text(text)));
}

/// An address, where the field is not only for those of IPv6 or it is one.
pub(crate) fn address(field: FieldId, address: IpAddr, tell: &mut dyn FnMut(Value<'_>)) {
    if address.is_ipv6() || !matches!(field, FieldId::Ipv6Addr | FieldId::Ipv6Src | FieldId::Ipv6Dst) {
        tell(Value::Address(address));
    }
}

pub(crate) fn has_address(address: IpAddr, tell: &mut dyn FnMut(Value<'_>)) {
    tell(Value::Address(address));
}

pub(crate) fn port(end: &Endpoint, tell: &mut dyn FnMut(Value<'_>)) {
    number(end.port, tell);
}
