//! What of an HTTP/1 connection is under way: messages that are open, and requests that wait.

use std::collections::VecDeque;

use tapline_decode::Anomaly;
use tapline_decode::grpc::Flavor;
use tapline_decode::http1::{End, Framing, Message, Request, Response};
use tapline_reassembly::{Direction, Origin};

use super::UpgradedRequest;
use super::pair::{Answered, Pair, tell};
use crate::body::{Body, Outcome, Room};
use crate::event::header_list;
use crate::grpc::flavor;
use crate::limits::PIPELINED_MAX;
use crate::stall::{Evidence, Idle, Pulse, Question, Trips, attribute};
use crate::story::Moment;
use crate::{Event, Grpc, HeadFacts, Http1Message, MessageKind, MessagePart, Sender, text};

/// The messages of a connection that is busy.
#[derive(Default)]
pub(super) struct Going {
    /// Boxed, because a queue begins with room for four.
    pairs: VecDeque<Box<Pair>>,
    /// The message whose head came last, by direction.
    open: [Option<Box<Open>>; 2],
    /// When the newest final response was over, and the newest interim one.
    answered: Answered,
    /// What was wrong with bodies, until it is taken.
    faults: Vec<(Sender, Anomaly)>,
}

/// A message between its head and its end.
struct Open {
    message: Http1Message,
    interim: bool,
    body: Option<Box<Body>>,
}

impl Going {
    /// Where a response says that the connection goes on as HTTP/2, takes out the request that it answers:
    /// HTTP/2 will answer it in full.
    pub(super) fn take_upgraded(&mut self, response: &Response, secure: bool) -> Option<UpgradedRequest> {
        if !is_upgrade_to_http2(response) {
            return None;
        }
        let pair = self.pairs.pop_back()?;
        let url = pair.url(secure);
        Some(UpgradedRequest { method: pair.method, url, part: pair.request? })
    }

    pub(super) fn see(&mut self, message: Message, secure: bool, pulse: &Pulse, moment: &mut Moment<'_>) {
        match message {
            Message::Request(request) => self.request(&request, moment),
            Message::Response(response) => self.response(&response, pulse, moment),
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
        let (kind, interim) = (open.message.kind, open.interim);
        if let Some(pair) = self.pair_in_progress(kind).filter(|_| !interim) {
            let evidence = Evidence::Idle(idle);
            let question = Question { span: idle.span, sender, answers: false, evidence, trips };
            pair.stalls.push(attribute(&question));
        }
    }

    /// Whether nothing is open, and no request waits for its response.
    pub(super) fn is_silent(&self) -> bool {
        self.pairs.is_empty() && self.open.iter().all(Option::is_none) && self.faults.is_empty()
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
            tell(*pair, secure, moment);
        }
        self.open = [None, None];
    }

    fn request(&mut self, request: &Request, moment: &mut Moment<'_>) {
        let host = request.fields.get("host").map(text::text);
        let version = match request.minor_version {
            Some(0) => "1.0",
            Some(_) => "1.1",
            None => "0.9",
        };
        let mut message = new_message(MessageKind::Request, version, request.octets, moment);
        message.method = Some(text::text(&request.method));
        message.target = Some(text::text(&request.target));
        message.framing = request.framing;
        if moment.options.interests.http1_messages {
            message.headers = header_list(&request.fields);
        }
        // A call has a body.
        let has_body = request.framing != Framing::None;
        let flavor = if has_body { flavor(&request.fields) } else { None };
        if self.pairs.len() < PIPELINED_MAX {
            self.pairs.push_back(Box::new(Pair {
                version,
                method: message.method.clone(),
                target: message.target.clone(),
                host,
                grpc: Grpc::of_request(flavor, Some(&request.target), &request.fields),
                request: Some(new_part(&request.fields, request.octets, moment)),
                facts: HeadFacts::of_request(&request.fields),
                ..Pair::default()
            }));
        }
        let body = Body::wanted(&request.fields, flavor, Room::Left, moment.options);
        self.begin(Open { message, interim: false, body }, moment.direction);
    }

    fn response(&mut self, response: &Response, pulse: &Pulse, moment: &mut Moment<'_>) {
        let version = if response.minor_version == 0 { "1.0" } else { "1.1" };
        let mut message = new_message(MessageKind::Response, version, response.octets, moment);
        message.status = Some(response.status);
        message.framing = response.framing;
        if moment.options.interests.http1_messages {
            message.headers = header_list(&response.fields);
        }
        let interim = response.is_interim() || is_upgrade_to_http2(response);
        let mut body = None;
        if !interim {
            self.give_up_unanswered(response.lost_responses);
            let part = new_part(&response.fields, response.octets, moment);
            let content_type = response.fields.get("content-type").map(text::text);
            let answered = self.answered;
            let facts = HeadFacts::of_response(&response.fields);
            let flavor = content_type.as_deref().and_then(|content_type| Flavor::of(content_type.as_bytes()));
            body = Body::wanted(&response.fields, flavor, Room::Left, moment.options);
            if let Some(pair) = self.pair_to_answer(version) {
                pair.status = Some(response.status);
                pair.content_type = content_type;
                pair.facts = pair.facts.and(facts);
                pair.wait_over(answered, pulse, moment);
                if let Some(grpc) = &mut pair.grpc {
                    grpc.respond(&response.fields, false);
                }
                pair.response = Some(part);
            }
        }
        self.begin(Open { message, interim, body }, moment.direction);
    }

    /// The oldest requests whose responses fell into a gap will not be answered any more.
    fn give_up_unanswered(&mut self, count: u32) {
        let unanswered = self.pairs.iter_mut().filter(|pair| pair.response.is_none() && !pair.response_done);
        for pair in unanswered.take(count as usize) {
            pair.response_done = true;
            pair.request_done = true;
        }
    }

    /// The oldest request without a response; a new pair where none was seen.
    fn pair_to_answer(&mut self, version: &'static str) -> Option<&mut Pair> {
        let index = self.pairs.iter().position(|pair| pair.response.is_none() && !pair.response_done);
        if index.is_none() {
            self.pairs.push_back(Box::new(Pair { version, request_done: true, ..Pair::default() }));
        }
        self.pairs.get_mut(index.unwrap_or(self.pairs.len() - 1)).map(Box::as_mut)
    }

    fn begin(&mut self, open: Open, direction: Direction) {
        if let Some(place) = self.open.get_mut(direction.index()) {
            *place = Some(Box::new(open));
        }
    }

    fn end(&mut self, end: &End, moment: &mut Moment<'_>) {
        let Some(Some(open)) = self.open.get_mut(moment.direction.index()).map(Option::take) else { return };
        let Open { mut message, interim, body } = *open;
        let outcome = body.map(|body| body.end(end.complete)).unwrap_or_default();
        message.origin = moment.here;
        message.body_bytes = end.body_bytes;
        message.body_complete = end.complete;
        if message.kind == MessageKind::Response {
            let Answered { last, interim: before } = &mut self.answered;
            *(if interim { before } else { last }) = moment.here;
        }
        message.body_bytes_decoded = outcome.decoded_bytes;
        message.chunk_extensions = end.chunk_extensions;
        if !interim {
            self.end_pair(message.kind, end, &outcome, moment.here);
        }
        self.faults.extend(outcome.faults.into_iter().map(|fault| (moment.from, fault)));
        if moment.options.interests.http1_messages {
            if !end.trailers.is_empty() {
                message.headers.extend(header_list(&end.trailers));
            }
            moment.events.push(Event::Http1Message(Box::new(message)));
        }
    }

    fn end_pair(&mut self, kind: MessageKind, end: &End, outcome: &Outcome, here: Origin) {
        let Some(pair) = self.pair_in_progress(kind) else { return };
        if let Some(grpc) = &mut pair.grpc {
            grpc.body(kind, outcome.messages.as_ref());
            grpc.conclude(&end.trailers);
        }
        let part = match kind {
            MessageKind::Request => {
                pair.request_done = true;
                &mut pair.request
            }
            MessageKind::Response => {
                pair.response_done = true;
                &mut pair.response
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
        let pair = self.pairs.iter_mut().find(|pair| match kind {
            MessageKind::Request => !pair.request_done,
            MessageKind::Response => pair.response.is_some() && !pair.response_done,
        });
        pair.map(Box::as_mut)
    }

    fn tell_finished(&mut self, secure: bool, moment: &mut Moment<'_>) {
        while self.pairs.front().is_some_and(|pair| pair.request_done && pair.response_done) {
            if let Some(pair) = self.pairs.pop_front() {
                tell(*pair, secure, moment);
            }
        }
    }
}

/// RFC 7540 §3.2.
fn is_upgrade_to_http2(response: &Response) -> bool {
    response.status == 101 && response.fields.get("upgrade").is_some_and(|to| to.eq_ignore_ascii_case(b"h2c"))
}

fn new_message(
    kind: MessageKind,
    version: &'static str,
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
        version,
        headers: Vec::new(),
        header_bytes: head_bytes,
        body_bytes: 0,
        body_bytes_decoded: None,
        body_complete: false,
        chunk_extensions: 0,
        framing: Framing::None,
    }
}

fn new_part(fields: &tapline_decode::Fields, head_bytes: u64, moment: &Moment<'_>) -> MessagePart {
    MessagePart {
        first: moment.first,
        last: moment.here,
        headers: if moment.options.interests.headers { header_list(fields) } else { Vec::new() },
        header_bytes: head_bytes,
        header_bytes_decoded: fields.octets_len() as u64,
        body_bytes: 0,
        content_encoding: fields.get("content-encoding").map(text::text),
        body_bytes_decoded: None,
        body_sha256: None,
        complete: false,
    }
}
