//! What of an HTTP/1 connection is under way: messages that are open, and requests that wait.

use std::collections::VecDeque;

use tapline_decode::grpc::Flavor;
use tapline_decode::http1::{End, Framing, Message, Request, Response};
use tapline_decode::{Anomaly, Fields};
use tapline_reassembly::{Direction, Origin};

use super::UpgradedRequest;
use super::pair::{Answered, Pair, Scheme, tell, url};
use crate::body::{Body, Outcome, Room};
use crate::grpc::flavor;
use crate::limits::PIPELINED_MAX;
use crate::stall::{Evidence, Idle, Pulse, Question, Trips, attribute};
use crate::story::Moment;
use crate::{Event, Exchange, Grpc, HeadFacts, Http1Message, MessageKind, MessagePart, Sender, text};

/// The messages of a connection that is busy.
#[derive(Default)]
pub(super) struct Going {
    pairs: VecDeque<Pair>,
    /// Requests behind the newest pair that are not followed.
    not_followed: u32,
    /// The message whose head came last, by direction.
    open: [Option<Open>; 2],
    /// When the newest final response was over, and the newest interim one.
    answered: Answered,
    /// What was wrong with bodies, until it is taken.
    faults: Vec<(Sender, Anomaly)>,
}

/// A message between its head and its end.
struct Open {
    kind: MessageKind,
    interim: bool,
    body: Option<Box<Body>>,
    /// Its record, where somebody wants those.
    message: Option<Box<Http1Message>>,
}

impl Going {
    /// Where a response says that the connection goes on as HTTP/2, takes out the request that it answers:
    /// HTTP/2 will answer it in full.
    pub(super) fn take_upgraded(&mut self, response: &Response, secure: bool) -> Option<UpgradedRequest> {
        if !is_upgrade_to_http2(response) {
            return None;
        }
        if self.not_followed > 0 {
            return None;
        }
        let exchange = self.pairs.pop_back()?.finish(secure);
        Some(UpgradedRequest { method: exchange.method, url: exchange.url, part: exchange.request? })
    }

    pub(super) fn see(&mut self, message: Message, secure: bool, pulse: &Pulse, moment: &mut Moment<'_>) {
        match message {
            Message::Request(request) => self.request(*request, moment),
            Message::Response(response) => self.response(*response, pulse, moment),
            Message::End(end) => self.end(&end, moment),
        }
        self.tell_finished(secure, moment);
    }

    /// Octets of the body that is open in a direction.
    pub(super) fn body(&mut self, direction: Direction, octets: &[u8]) {
        if let Some(body) = self.open_body(direction) {
            body.push(octets);
        }
    }

    /// A side that is in the middle of a message sent nothing for a while.
    pub(super) fn idle(&mut self, idle: &Idle, sender: Sender, trips: Trips) {
        let Some(Some(open)) = self.open.get(idle.direction.index()) else { return };
        let (kind, interim) = (open.kind, open.interim);
        if let Some(pair) = self.pair_in_progress(kind).filter(|_| !interim) {
            let evidence = Evidence::Idle(idle);
            let question = Question { span: idle.span, sender, answers: false, evidence, trips };
            pair.exchange.stalls.push(attribute(&question));
        }
    }

    /// Whether nothing is open, and no request waits for its response.
    pub(super) fn is_silent(&self) -> bool {
        self.pairs.is_empty()
            && self.not_followed == 0
            && self.open.iter().all(Option::is_none)
            && self.faults.is_empty()
    }

    /// Octets of a direction will never come.
    pub(super) fn gap(&mut self, direction: Direction) {
        if let Some(body) = self.open_body(direction) {
            body.gap();
        }
    }

    fn open_body(&mut self, direction: Direction) -> Option<&mut Body> {
        self.open.get_mut(direction.index())?.as_mut()?.body.as_deref_mut()
    }

    /// What was wrong with bodies that ended.
    pub(super) fn take_faults(&mut self) -> Vec<(Sender, Anomaly)> {
        std::mem::take(&mut self.faults)
    }

    /// Nothing more will come.
    pub(super) fn close(&mut self, secure: bool, moment: &mut Moment<'_>) {
        for pair in std::mem::take(&mut self.pairs) {
            tell(pair, secure, moment);
        }
        self.open = [None, None];
    }

    fn request(&mut self, request: Request, moment: &mut Moment<'_>) {
        let fields = &request.fields;
        let version = match request.minor_version {
            Some(0) => "1.0",
            Some(_) => "1.1",
            None => "0.9",
        };
        let message = moment.options.interests.http1_messages.then(|| {
            Box::new(Http1Message {
                method: Some(text::text(&request.method)),
                target: Some(text::text(&request.target)),
                framing: request.framing,
                ..new_message(MessageKind::Request, version, fields, request.octets, moment)
            })
        });
        // A call has a body.
        let has_body = request.framing != Framing::None;
        let flavor = if has_body { flavor(fields) } else { None };
        let body = Body::wanted(fields, flavor, Room::Left, moment.options);
        if self.pairs.len() < PIPELINED_MAX {
            let (url, scheme) = url(&request.target, fields.get("host"));
            let exchange = Exchange {
                connection: moment.connection.id,
                version,
                method: Some(text::method(&request.method)),
                url: Some(url),
                grpc: Grpc::of_request(flavor, Some(&request.target), fields),
                facts: HeadFacts::of_request(fields),
                request: Some(new_part(request.fields, request.octets, moment)),
                ..Exchange::default()
            };
            let not_followed_before = std::mem::take(&mut self.not_followed);
            self.insert(self.pairs.len(), Pair { not_followed_before, ..Pair::of(exchange, scheme) });
        } else {
            self.not_followed = self.not_followed.saturating_add(1);
            let detail = format!(
                "more than {PIPELINED_MAX} requests wait for an answer: this one is not followed, its answer stands alone"
            );
            let anomaly = Anomaly { code: "http1_requests_not_followed", detail: detail.into() };
            self.faults.push((moment.from, anomaly));
        }
        self.begin(Open { kind: MessageKind::Request, interim: false, body, message }, moment.direction);
    }

    fn response(&mut self, response: Response, pulse: &Pulse, moment: &mut Moment<'_>) {
        let fields = &response.fields;
        let version = if response.minor_version == 0 { "1.0" } else { "1.1" };
        let message = moment.options.interests.http1_messages.then(|| {
            Box::new(Http1Message {
                status: Some(response.status),
                reason: Some(text::reason(&response.reason)),
                framing: response.framing,
                ..new_message(MessageKind::Response, version, fields, response.octets, moment)
            })
        });
        let interim = response.is_interim() || is_upgrade_to_http2(&response);
        let mut body = None;
        if !interim {
            self.give_up_unanswered(response.lost_responses);
            let content_type = fields.get("content-type");
            let flavor = content_type.and_then(|value| Flavor::of(text::shown(value).as_bytes()));
            body = Body::wanted(fields, flavor, Room::Left, moment.options);
            let answered = self.answered;
            if let Some(pair) = self.pair_to_answer(version, moment) {
                pair.wait_over(answered, pulse, moment);
                let exchange = &mut *pair.exchange;
                exchange.status = Some(response.status);
                exchange.reason = Some(text::reason(&response.reason));
                exchange.content_type = content_type.map(text::text);
                exchange.facts = exchange.facts.and(HeadFacts::of_response(fields));
                if let Some(grpc) = &mut exchange.grpc {
                    grpc.respond(fields, false);
                }
                exchange.response = Some(new_part(response.fields, response.octets, moment));
            }
        }
        self.begin(Open { kind: MessageKind::Response, interim, body, message }, moment.direction);
    }

    /// The oldest requests whose responses fell into a gap will not be answered any more.
    fn give_up_unanswered(&mut self, mut count: u32) {
        for pair in self.pairs.iter_mut().filter(|pair| pair.waits()) {
            take_up_to(&mut pair.not_followed_before, &mut count);
            if count == 0 {
                return;
            }
            count -= 1;
            pair.response_done = true;
            pair.request_done = true;
        }
        take_up_to(&mut self.not_followed, &mut count);
    }

    /// The oldest request without a response; a new pair where that was not seen or is not followed.
    fn pair_to_answer(&mut self, version: &'static str, moment: &Moment<'_>) -> Option<&mut Pair> {
        let waiting = self.pairs.iter().position(Pair::waits);
        let index = waiting.unwrap_or(self.pairs.len());
        let not_followed = match waiting.and_then(|index| self.pairs.get_mut(index)) {
            Some(pair) => &mut pair.not_followed_before,
            None => &mut self.not_followed,
        };
        let is_followed = *not_followed == 0;
        *not_followed = not_followed.saturating_sub(1);
        if waiting.is_none() || !is_followed {
            let exchange = Exchange { connection: moment.connection.id, version, ..Exchange::default() };
            self.insert(index, Pair { request_done: true, ..Pair::of(exchange, Scheme::AsSent) });
        }
        self.pairs.get_mut(index)
    }

    fn insert(&mut self, index: usize, pair: Pair) {
        if self.pairs.is_empty() {
            // A queue of its own accord begins with room for four.
            self.pairs.reserve_exact(1);
        }
        self.pairs.insert(index, pair);
    }

    fn begin(&mut self, open: Open, direction: Direction) {
        if let Some(place) = self.open.get_mut(direction.index()) {
            *place = Some(open);
        }
    }

    fn end(&mut self, end: &End, moment: &mut Moment<'_>) {
        let Some(Some(open)) = self.open.get_mut(moment.direction.index()).map(Option::take) else { return };
        let Open { kind, interim, body, message } = open;
        let outcome = body.map(|body| body.end(end.complete)).unwrap_or_default();
        if kind == MessageKind::Response {
            let Answered { last, interim: before } = &mut self.answered;
            *(if interim { before } else { last }) = moment.here;
        }
        if !interim {
            self.end_pair(kind, end, &outcome, moment.here);
        }
        if let Some(mut message) = message {
            message.origin = moment.here;
            message.headers.append(&end.trailers);
            message.body_bytes = end.body_bytes;
            message.body_bytes_decoded = outcome.decoded_bytes;
            message.body_complete = end.complete;
            message.chunk_extensions = end.chunk_extensions;
            moment.events.push(Event::Http1Message(message));
        }
        self.faults.extend(outcome.faults.into_iter().map(|fault| (moment.from, fault)));
    }

    fn end_pair(&mut self, kind: MessageKind, end: &End, outcome: &Outcome, here: Origin) {
        let Some(pair) = self.pair_in_progress(kind) else { return };
        if let Some(grpc) = &mut pair.exchange.grpc {
            grpc.body(kind, outcome.messages.as_ref());
            grpc.conclude(&end.trailers);
        }
        let part = match kind {
            MessageKind::Request => {
                pair.request_done = true;
                &mut pair.exchange.request
            }
            MessageKind::Response => {
                pair.response_done = true;
                &mut pair.exchange.response
            }
        };
        if let Some(part) = part {
            part.last = here;
            part.body_bytes = end.body_bytes;
            part.body_sha256 = outcome.sha256;
            part.body_bytes_decoded = outcome.decoded_bytes;
            part.complete = end.complete;
        }
    }

    /// The pair whose request or response is being sent.
    fn pair_in_progress(&mut self, kind: MessageKind) -> Option<&mut Pair> {
        self.pairs.iter_mut().find(|pair| match kind {
            MessageKind::Request => !pair.request_done,
            MessageKind::Response => pair.exchange.response.is_some() && !pair.response_done,
        })
    }

    fn tell_finished(&mut self, secure: bool, moment: &mut Moment<'_>) {
        while let Some(pair) = self.pairs.pop_front_if(|pair| pair.request_done && pair.response_done) {
            tell(pair, secure, moment);
        }
        // What answers no known request does not wait behind one that never ends: there may be any number of these.
        let alone =
            self.pairs.iter().skip(1).position(|pair| pair.response_done && pair.exchange.request.is_none());
        if let Some(pair) = alone.and_then(|index| self.pairs.remove(index + 1)) {
            tell(pair, secure, moment);
        }
    }
}

/// Takes as much from both as both have.
fn take_up_to(one: &mut u32, other: &mut u32) {
    let taken = (*one).min(*other);
    *one -= taken;
    *other -= taken;
}

/// RFC 7540 §3.2.
fn is_upgrade_to_http2(response: &Response) -> bool {
    response.status == 101 && response.fields.get("upgrade").is_some_and(|to| to.eq_ignore_ascii_case(b"h2c"))
}

fn new_message(
    kind: MessageKind,
    version: &'static str,
    fields: &Fields,
    head_bytes: u64,
    moment: &Moment<'_>,
) -> Http1Message {
    Http1Message {
        connection: moment.connection.id,
        origin: moment.here,
        first: moment.first,
        from: moment.from,
        kind,
        method: None,
        target: None,
        status: None,
        reason: None,
        version,
        headers: fields.clone(),
        header_bytes: head_bytes,
        body_bytes: 0,
        body_bytes_decoded: None,
        body_complete: false,
        chunk_extensions: 0,
        framing: Framing::None,
    }
}

fn new_part(fields: Fields, head_bytes: u64, moment: &Moment<'_>) -> MessagePart {
    MessagePart {
        first: moment.first,
        last: moment.here,
        header_bytes: head_bytes,
        header_bytes_decoded: fields.octets_len() as u64,
        body_bytes: 0,
        content_encoding: fields.get("content-encoding").map(text::text),
        headers: if moment.options.interests.headers { fields } else { Fields::default() },
        body_bytes_decoded: None,
        body_sha256: None,
        complete: false,
    }
}
