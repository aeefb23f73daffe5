//! What a connection's messages add up to.

use std::ops::Range;

use tapline_decode::{Anomaly, Conversation, Keyring, Message, Protocol, Sink, anomaly, dns, http1, tls};
use tapline_packet::Timestamp;
use tapline_reassembly::{Connection, Direction, End, Orientation, Origin};

use crate::certificate::Judge;
use crate::http1::Http1;
use crate::http2::Http2;
use crate::inferred::{Inferred, Record};
use crate::limits::{
    ANOMALY_EVENTS_MAX, ANOMALY_KINDS_MAX, OPENED_AHEAD_NS, PROTOCOLS_MAX, SECRETS_AWAITED_NS, STREAMS_MAX,
};
use crate::stall::{Pulse, Question, Trips, attribute, stretch};
use crate::tls::Tls;
use crate::trail::Trail;
use crate::{AnomalyRecord, DnsSaid, Event, Exchange, HeadFacts, Options, Sender, Setup, Span, websocket};

/// A connection's decoders and its story.
pub(crate) struct Talk {
    /// Until both directions have ended: what comes later says nothing new.
    conversation: Option<Conversation>,
    ended: [bool; 2],
    /// Since when octets wait for secrets that may still come.
    waits_since: Option<Timestamp>,
    pub(crate) story: Story,
}

/// What a talk is held in.
pub(crate) struct Surroundings<'a> {
    /// The current packet.
    pub(crate) here: Origin,
    pub(crate) options: &'a Options,
    /// What TLS is opened with.
    pub(crate) keyring: &'a mut Keyring,
    /// Who reads certificates.
    pub(crate) judge: &'a mut Judge,
    /// Where events go.
    pub(crate) events: &'a mut Vec<Event>,
}

impl Talk {
    pub(crate) fn new(connection: &Connection, stated: Option<Protocol>) -> Self {
        Self {
            conversation: Some(Conversation::new(stated)),
            ended: [false; 2],
            waits_since: None,
            story: Story::of(connection),
        }
    }

    pub(crate) fn octets(
        &mut self,
        connection: &Connection,
        direction: Direction,
        offset: u64,
        octets: &[u8],
        origin: Origin,
        surroundings: Surroundings<'_>,
    ) {
        self.story.trail(direction).push(offset + octets.len() as u64, origin);
        self.story.go_on(connection, direction, octets.len() as u64, surroundings.here);
        self.listen(connection, surroundings, |conversation, keyring, listener| {
            conversation.bytes(direction, offset, octets, keyring, listener);
        });
        self.story.trail(direction).forget();
    }

    pub(crate) fn gap(
        &mut self,
        connection: &Connection,
        direction: Direction,
        offset: u64,
        length: u64,
        surroundings: Surroundings<'_>,
    ) {
        self.story.pulse.gap(direction, surroundings.here);
        self.listen(connection, surroundings, |conversation, keyring, listener| {
            conversation.gap(direction, offset, length, keyring, listener);
        });
    }

    pub(crate) fn ended(
        &mut self,
        connection: &Connection,
        direction: Direction,
        end: End,
        mut surroundings: Surroundings<'_>,
    ) {
        let clean = end == End::Fin;
        self.story.end_unseen |= end == End::Unseen;
        self.listen(connection, surroundings.again(), |conversation, keyring, listener| {
            conversation.end(direction, clean, keyring, listener);
        });
        if let Some(ended) = self.ended.get_mut(direction.index()) {
            *ended = true;
        }
        self.close_if_over(connection, surroundings);
    }

    /// Since when it waits for secrets, if it does.
    pub(crate) fn waits_since(&self) -> Option<Timestamp> {
        self.waits_since
    }

    /// Secrets came that it may have waited for.
    pub(crate) fn try_again(&mut self, connection: &Connection, mut surroundings: Surroundings<'_>) {
        self.listen(connection, surroundings.again(), |conversation, keyring, listener| {
            conversation.try_again(keyring, listener);
        });
        self.close_if_over(connection, surroundings);
    }

    /// It waits for secrets no longer than is held out for, or not at all any more.
    pub(crate) fn give_up_waiting(&mut self, connection: &Connection, mut surroundings: Surroundings<'_>) {
        self.listen(connection, surroundings.again(), |conversation, keyring, listener| {
            conversation.give_up(keyring, listener);
        });
        self.close_if_over(connection, surroundings);
    }

    /// Whether it has waited too long by `now`.
    pub(crate) fn has_waited_long(&self, now: Timestamp) -> bool {
        self.waits_since.is_some_and(|since| now.since(since) >= SECRETS_AWAITED_NS)
    }

    /// Once both directions have ended and nothing waits, what is open is told as it stands, and what only served
    /// to read on is freed.
    fn close_if_over(&mut self, connection: &Connection, surroundings: Surroundings<'_>) {
        if self.ended != [true; 2] || self.waits_since.is_some() || self.conversation.is_none() {
            return;
        }
        let Surroundings { here, options, judge, events, .. } = surroundings;
        let (direction, from) = (Direction::Forward, Sender::Client);
        let first = here;
        let is_secure = self.story.is_secure();
        let mut moment =
            Moment { connection, here, first, direction, from, is_secure, options, judge, events };
        self.story.close(&mut moment);
        self.conversation = None;
    }

    fn listen(
        &mut self,
        connection: &Connection,
        surroundings: Surroundings<'_>,
        speak: impl FnOnce(&mut Conversation, &mut Keyring, &mut Listener<'_>),
    ) {
        let Surroundings { here, options, keyring, judge, events } = surroundings;
        if let Some(conversation) = &mut self.conversation {
            let mut listener = Listener { story: &mut self.story, connection, here, options, judge, events };
            speak(conversation, keyring, &mut listener);
            let waits = conversation.is_waiting();
            self.waits_since = waits.then(|| self.waits_since.unwrap_or(here.at));
        }
    }
}

impl Surroundings<'_> {
    fn again(&mut self) -> Surroundings<'_> {
        let Self { here, options, keyring, judge, events } = self;
        Surroundings { here: *here, options, keyring, judge, events }
    }
}

/// What is known of a connection above TCP.
#[derive(Default)]
pub(crate) struct Story {
    /// The SYN tells who is the client.
    syn_seen: bool,
    /// Else the octets do.
    client: Option<Direction>,
    protocols: Vec<Protocol>,
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
    trails: [Trail; 2],
}

/// Which parts of what a connection cost are still to be told.
#[derive(Debug)]
struct Unpaid {
    connect: bool,
    tls: bool,
}

impl Default for Unpaid {
    fn default() -> Self {
        Self { connect: true, tls: true }
    }
}

impl Unpaid {
    /// What an exchange that begins with the packet `begun` waited for, and no earlier one.
    fn take(
        &mut self,
        connection: &Connection,
        tls: Option<Span>,
        begun: Option<Origin>,
    ) -> Option<Box<Setup>> {
        let begun = begun?;
        let handshake = &connection.handshake;
        let connect = handshake.syn.seen().zip(handshake.ack.seen());
        let connect = connect.map(|(from, until)| Span { from, until });
        let connect = connect.filter(|_| std::mem::take(&mut self.connect));
        // Inside of a tunnel that a CONNECT opened, TLS comes later.
        let tls = tls.filter(|tls| tls.from.packet <= begun.packet && std::mem::take(&mut self.tls));
        let ends = [connection.client, connection.server];
        let setup = Setup { ends, dns: None, connect, tls };
        let ready = setup.ready()?;
        (begun.at.since(ready.at) <= OPENED_AHEAD_NS).then(|| Box::new(setup))
    }
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

    pub(crate) fn protocols(&self) -> &[Protocol] {
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

    fn is_secure(&self) -> bool {
        self.protocols.contains(&Protocol::Tls)
    }

    pub(crate) fn sender(&self, direction: Direction) -> Sender {
        if direction == self.client().unwrap_or(Direction::Forward) { Sender::Client } else { Sender::Server }
    }

    fn trail(&mut self, direction: Direction) -> &mut Trail {
        let [forward, reverse] = &mut self.trails;
        match direction {
            Direction::Forward => forward,
            Direction::Reverse => reverse,
        }
    }

    fn settle(&mut self, direction: Direction, offset: u64) {
        self.trail(direction).settle(offset);
    }

    fn protocol(&mut self, protocol: Protocol) {
        if self.protocols.len() < PROTOCOLS_MAX && self.protocols.last() != Some(&protocol) {
            self.protocols.push(protocol);
        }
    }

    /// Counts an anomaly and gives how often it was seen.
    pub(crate) fn count_anomaly(&mut self, code: &'static str) -> u32 {
        if let Some((_, count)) = self.anomalies.iter_mut().find(|(known, _)| *known == code) {
            *count = count.saturating_add(1);
            return *count;
        }
        if self.anomalies.len() < ANOMALY_KINDS_MAX {
            self.anomalies.push((code, 1));
        }
        1
    }

    /// A direction's octets go on.
    fn go_on(&mut self, connection: &Connection, direction: Direction, length: u64, here: Origin) {
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
        if self.http1.is_silent() && self.http2.is_none() {
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
        faults.extend(self.http2.iter_mut().flat_map(|http2| http2.take_faults()));
        let said_by = moment.from;
        for (from, fault) in faults {
            moment.from = from;
            tell_anomaly(self, fault, span.clone(), moment);
        }
        moment.from = said_by;
    }

    /// Exchanges were told since `mark`: they are timed, and the connection's first carries what it cost.
    fn price_new_exchanges(&mut self, mark: usize, moment: &mut Moment<'_>) {
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

    fn close(&mut self, moment: &mut Moment<'_>) {
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
        self.trails = Default::default();
        if let Some(http2) = &mut self.http2 {
            **http2 = http2.remember();
        }
    }
}

/// Hears what a conversation says.
struct Listener<'a> {
    story: &'a mut Story,
    connection: &'a Connection,
    here: Origin,
    options: &'a Options,
    judge: &'a mut Judge,
    events: &'a mut Vec<Event>,
}

impl Sink for Listener<'_> {
    fn message(&mut self, direction: Direction, span: Range<u64>, message: Message) {
        let Self { story, connection, here, options, judge, events } = self;
        let here = *here;
        let first = story.trail(direction).at(span.start).unwrap_or(here);
        let from = story.sender(direction);
        let is_secure = story.is_secure();
        let mut moment =
            Moment { connection, here, first, direction, from, is_secure, options, judge, events };
        match message {
            Message::Protocol(protocol) => {
                let begins_late = span.start > 0 && story.protocols.is_empty();
                story.is_no_http |= protocol == Protocol::Tls && begins_late;
                story.protocol(protocol);
            }
            Message::Client(direction) => story.client = Some(direction),
            Message::Tls(message) => {
                story.tls(&message, &mut moment);
                story.settle(direction, span.end);
            }
            Message::Access(access) => {
                if let Some(tls) = &mut story.tls {
                    tls.access(access);
                }
            }
            Message::Http1(message) => {
                story.http1(message, &mut moment);
                story.tell_body_faults(&span, &mut moment);
                story.settle(direction, span.end);
            }
            Message::Http2(message) => {
                let mark = moment.events.len();
                let http2 = story.http2.get_or_insert_default();
                http2.see(*message, &story.pulse, &mut moment);
                let (left_out, anomalies) = (http2.take_left_out(), http2.take_anomalies());
                story.price_new_exchanges(mark, &mut moment);
                story.tell_body_faults(&span, &mut moment);
                story.settle(direction, span.end);
                for anomaly in anomalies {
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
                story.settle(direction, span.end);
            }
            Message::WebSocket(frame) => {
                websocket::tell(frame, &mut moment);
                story.settle(direction, span.end);
            }
            Message::Anomaly(anomaly) => {
                story.gap_in_bodies(anomaly.code, direction);
                tell_anomaly(story, anomaly, span, &mut moment);
            }
        }
    }

    fn unfinished(&mut self, direction: Direction, from: u64) {
        self.story.trail(direction).unsettle(from);
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

fn tell_anomaly(story: &mut Story, anomaly: Anomaly, span: Range<u64>, moment: &mut Moment<'_>) {
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
