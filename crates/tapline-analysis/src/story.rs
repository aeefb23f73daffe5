//! What a connection's messages add up to.

mod listener;
mod unpaid;

use std::ops::Range;

use tapline_decode::{Protocol, anomaly, http1, tls};
use tapline_reassembly::{Connection, Direction, End, Orientation, Origin};

use crate::certificate::Judge;
use crate::heads::Heads;
use crate::http1::Http1;
use crate::http2::Http2;
use crate::inferred::{Inferred, Record};
use crate::limits::{ANOMALY_KINDS_MAX, PROTOCOLS_MAX};
use crate::stall::{Pulse, Question, Trips, attribute, stretch};
use crate::tls::Tls;
use crate::{Event, Exchange, HeadFacts, Options, Protocols, Sender};
pub(crate) use listener::Listener;
use listener::tell_anomaly;
use unpaid::Unpaid;

/// What anomalies are counted as where so many kinds came before that theirs has no place.
const OTHER_KINDS: &str = "other_kinds";

/// What is known of a connection above TCP.
#[derive(Default)]
pub(crate) struct Story {
    /// The SYN tells who is the client.
    syn_seen: bool,
    /// Else the octets do.
    client: Option<Direction>,
    protocols: Protocols,
    anomalies: Vec<(&'static str, u32)>,
    tls: Option<Box<Tls>>,
    /// What TLS that stays closed carries.
    inferred: Option<Box<Inferred>>,
    /// Something that is no HTTP came before TLS, which carries it on (STARTTLS): no requests are inferred.
    is_no_http: bool,
    http1: Http1,
    http2: Option<Box<Http2>>,
    /// What the connection cost and no exchange was told to have paid.
    unpaid: Unpaid,
    pub(crate) pulse: Pulse,
    /// The capture ended before the connection did.
    end_unseen: bool,
}

/// A message's circumstances.
pub(crate) struct Moment<'a> {
    pub(crate) connection: &'a Connection,
    /// The packet that completed it.
    pub(crate) here: Origin,
    /// The packet that carried its first octet.
    pub(crate) first: Origin,
    pub(crate) direction: Direction,
    pub(crate) from: Sender,
    /// Whether it travelled inside TLS.
    pub(crate) is_secure: bool,
    pub(crate) options: &'a Options,
    pub(crate) judge: &'a mut Judge,
    pub(crate) heads: &'a Heads,
    pub(crate) events: &'a mut Vec<Event>,
}

impl Story {
    /// Nothing known above TCP.
    pub(crate) fn of(connection: &Connection) -> Self {
        Self { syn_seen: connection.orientation == Orientation::Syn, ..Self::default() }
    }

    /// The direction in which the client sends, where the octets prove it and no SYN does.
    pub(crate) fn client(&self) -> Option<Direction> {
        self.client.filter(|_| !self.syn_seen)
    }

    pub(crate) fn protocols(&self) -> &Protocols {
        &self.protocols
    }

    pub(crate) fn anomalies(&self) -> &[(&'static str, u32)] {
        &self.anomalies
    }

    pub(crate) fn requests(&self) -> u64 {
        self.http1.requests() + self.http2.as_ref().map_or(0, |http2| http2.requests())
    }

    pub(crate) fn server_name(&self) -> Option<String> {
        let sni = self.tls.as_ref().and_then(|tls| tls.server_name());
        sni.or_else(|| self.http2.as_ref()?.host()).or_else(|| self.http1.host()).map(str::to_owned)
    }

    /// What changes when an [`crate::Introduction`] does: how many protocols, which side is the client, and where the
    /// server's name stands.
    pub(crate) fn known_by(&self) -> (usize, Option<Direction>, [bool; 3]) {
        let sni = self.tls.as_ref().is_some_and(|tls| tls.server_name().is_some());
        let authority = self.http2.as_ref().is_some_and(|http2| http2.host().is_some());
        (self.protocols.len(), self.client(), [sni, authority, self.http1.host().is_some()])
    }

    pub(crate) fn is_secure(&self) -> bool {
        self.protocols.contains(&Protocol::Tls)
    }

    pub(crate) fn sender(&self, direction: Direction) -> Sender {
        if direction == self.client().unwrap_or(Direction::Forward) { Sender::Client } else { Sender::Server }
    }

    /// Notes a protocol; gives whether it is listed.
    fn protocol(&mut self, protocol: Protocol) -> bool {
        let is_there = self.protocols.last() == Some(&protocol);
        let has_room = self.protocols.len() < PROTOCOLS_MAX;
        if has_room && !is_there {
            self.protocols.push(protocol);
        }
        has_room || is_there
    }

    /// Counts an anomaly and gives how often it was seen. Kinds that have no place of their own are counted together.
    pub(crate) fn count_anomaly(&mut self, code: &'static str) -> u32 {
        if let Some((_, count)) = self.anomalies.iter_mut().find(|(known, _)| *known == code) {
            *count = count.saturating_add(1);
            return *count;
        }
        if self.anomalies.len() + 1 >= ANOMALY_KINDS_MAX && code != OTHER_KINDS {
            return self.count_anomaly(OTHER_KINDS);
        }
        self.anomalies.push((code, 1));
        1
    }

    /// A direction ends.
    pub(crate) fn end(&mut self, end: End) {
        self.end_unseen |= end == End::Unseen;
    }

    /// A direction's octets go on.
    pub(crate) fn go_on(&mut self, connection: &Connection, direction: Direction, length: u64, here: Origin) {
        if let Some(idle) = self.pulse.octets(connection, direction, length, here) {
            self.http1.idle(&idle, self.sender(direction), Trips::of(connection, direction));
        }
    }

    fn tls(&mut self, message: &tls::Message, moment: &mut Moment<'_>) {
        let (id, start) = (moment.connection.id, moment.first);
        let tls = self.tls.get_or_insert_with(|| Box::new(Tls::new(id, start)));
        let was_established = tls.is_established();
        tls.see(message, moment);
        if message.decrypted {
            // What opens needs no inference, and closed records before it were the handshake's.
            self.inferred = None;
        }
        let (Some(setting), Some(octets)) = (tls.setting(), tls.closed_content(message)) else { return };
        if was_established && !self.is_no_http {
            let record = Record { from: moment.from, octets, first: moment.first, last: moment.here };
            let inferred = self.inferred.get_or_insert_default().see(&record, &setting);
            self.infer(inferred, moment);
        }
    }

    /// An exchange that was inferred is told.
    fn infer(&mut self, exchange: Option<Exchange>, moment: &mut Moment<'_>) {
        let Some(mut exchange) = exchange.filter(|_| moment.options.interests.exchanges) else { return };
        if let (Some(request), Some(response)) = (&exchange.request, &exchange.response)
            && let Some(span) = stretch(request.last, response.first)
        {
            let server = self.client().unwrap_or(Direction::Forward).flip();
            let evidence = self.pulse.evidence(server, span);
            let trips = Trips::of(moment.connection, server);
            let question = Question { span, sender: Sender::Server, answers: true, evidence, trips };
            exchange.stalls.push(attribute(&question));
        }
        let mark = moment.events.len();
        moment.events.push(Event::Exchange(Box::new(exchange)));
        self.price_new_exchanges(mark, moment);
    }

    fn http1(&mut self, message: http1::Message, moment: &mut Moment<'_>) {
        let secure = self.is_secure();
        if let http1::Message::Response(response) = &message
            && let Some(request) = self.http1.take_upgraded(response, secure)
        {
            self.http2.get_or_insert_default().upgraded(request);
        }
        let mark = moment.events.len();
        self.http1.see(message, secure, &self.pulse, moment);
        self.price_new_exchanges(mark, moment);
    }

    /// Frees what only busy connections need.
    fn rest(&mut self) {
        if self.http1.rest() && self.http2.is_none() {
            self.pulse.forget();
        }
    }

    /// Octets are missing: what bodies say behind them is not known.
    fn gap_in_bodies(&mut self, code: &str, direction: Direction) {
        let from = self.sender(direction);
        match &mut self.http2 {
            Some(http2) if code == anomaly::HTTP2_GAP => http2.gap(from),
            _ if code == anomaly::HTTP1_GAP => self.http1.gap(direction),
            _ => {}
        }
    }

    /// What was wrong with bodies that ended is told.
    fn tell_body_faults(&mut self, span: &Range<u64>, moment: &mut Moment<'_>) {
        let mut faults = self.http1.take_faults();
        if let Some(http2) = &mut self.http2 {
            faults.extend(http2.take_faults());
        }
        let said_by = moment.from;
        for (from, fault) in faults {
            moment.from = from;
            tell_anomaly(self, fault, span.clone(), moment);
        }
        moment.from = said_by;
    }

    /// Exchanges were told since `mark`: they are timed, and the connection's first carries what it cost.
    fn price_new_exchanges(&mut self, mark: usize, moment: &mut Moment<'_>) {
        if moment.events.len() == mark {
            return;
        }
        let tls = self.tls.as_ref().and_then(|tls| tls.first_handshake());
        let first_stream = self.http2.as_ref().and_then(|http2| http2.first_stream());
        for event in moment.events.iter_mut().skip(mark) {
            if let Event::Exchange(exchange) = event {
                // HTTP/1 answers in order, HTTP/2 in any.
                if exchange.stream.is_none_or(|stream| first_stream == Some(stream)) {
                    exchange.setup = self.unpaid.take(moment.connection, tls, exchange.start());
                }
                exchange.time();
                let begun = exchange.start().map_or(0, |origin| origin.packet);
                if self.pulse.misses_since(begun) {
                    exchange.facts = exchange.facts.and(HeadFacts::MISSES_OCTETS);
                }
                let asked = exchange.request.as_ref().filter(|_| exchange.response.is_none());
                let server = self.client().unwrap_or(Direction::Forward).flip();
                // Streams of HTTP/2 are answered side by side.
                if asked.is_some_and(|asked| self.pulse.went_on(server, asked.last.packet))
                    && exchange.stream.is_none()
                {
                    exchange.facts = exchange.facts.and(HeadFacts::UNREADABLE);
                }
                if self.end_unseen && !exchange.complete {
                    exchange.facts = exchange.facts.and(HeadFacts::CAPTURE_ENDED);
                }
            }
        }
    }

    pub(crate) fn close(&mut self, moment: &mut Moment<'_>) {
        if let (Some(mut inferred), Some(tls)) = (self.inferred.take(), &self.tls)
            && let Some(setting) = tls.setting()
        {
            let exchange = inferred.take(&setting);
            self.infer(exchange, moment);
        }
        if let Some(tls) = &mut self.tls {
            tls.close(moment);
        }
        let secure = self.is_secure();
        let mark = moment.events.len();
        let cut = (!self.end_unseen).then_some(moment.here);
        self.http1.close(secure, moment);
        if let Some(http2) = &mut self.http2 {
            http2.close(cut, moment);
        }
        for event in moment.events.iter_mut().skip(mark) {
            if let Event::Exchange(exchange) = event
                && !exchange.complete
            {
                exchange.cut = exchange.cut.or(cut);
            }
        }
        self.price_new_exchanges(mark, moment);
        self.tell_body_faults(&(0..0), moment);
        if let Some(http2) = &mut self.http2 {
            **http2 = http2.remember();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protocols_and_kinds_of_anomaly_are_kept_up_to_a_number() {
        let mut story = Story::default();
        for _ in 0..PROTOCOLS_MAX / 2 {
            assert!(story.protocol(Protocol::Http1) && story.protocol(Protocol::Tls));
        }
        assert!(story.protocol(Protocol::Tls) && !story.protocol(Protocol::Http2), "the last one is there");
        assert_eq!(story.protocols().len(), PROTOCOLS_MAX);
        let code = |nth: usize| -> &'static str { format!("kind_{nth}").leak() };
        let counts: Vec<_> = (1..ANOMALY_KINDS_MAX).map(|nth| story.count_anomaly(code(nth))).collect();
        assert_eq!(
            (story.anomalies().len(), counts),
            (ANOMALY_KINDS_MAX - 1, vec![1; ANOMALY_KINDS_MAX - 1])
        );
        // Others share the last place, and what may be told of one kind.
        let more = ["a", "b", "a"].map(|code| story.count_anomaly(code));
        assert_eq!((more, story.anomalies().last()), ([1, 2, 3], Some(&(OTHER_KINDS, 3))));
        let first = story.anomalies()[0].0;
        assert_eq!((story.count_anomaly(first), story.anomalies().len()), (2, ANOMALY_KINDS_MAX));
    }
}
