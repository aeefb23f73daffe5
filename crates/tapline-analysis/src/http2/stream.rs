//! A stream as the exchange that it carries.

use tapline_decode::http2::{Frame, FrameType, HeaderBlock};
use tapline_decode::{Anomaly, Fields};
use tapline_reassembly::Origin;

use super::states::SlotWait;
use super::windows::{Standstill, Which};
use crate::body::{Body, Room};
use crate::grpc::flavor;
use crate::heads::Held;
use crate::stall::{Pulse, Question, attribute, stretch};
use crate::story::Moment;
use crate::{Cause, Event, Exchange, MessageKind, MessagePart, Sender, Span, Stall, text};

/// A stream with a request, a response, or both.
#[derive(Default)]
pub(super) struct Stream {
    pub(super) exchange: Box<Exchange>,
    pub(super) request_done: bool,
    pub(super) response_done: bool,
    /// What is wanted of the bodies of client and server.
    pub(super) bodies: [Option<Box<Body>>; 2],
    /// When the newest interim response was over.
    pub(super) interim: Option<Origin>,
    /// What its fields take of the room for them.
    pub(super) held: Held,
}

impl Stream {
    /// A final response begins; whether more is wanted of its body than its size.
    pub(super) fn respond(&mut self, block: &HeaderBlock, room: Room, moment: &Moment<'_>) -> bool {
        let flavor = flavor(&block.fields);
        let Exchange { grpc, request, .. } = &mut *self.exchange;
        if flavor.is_some() && request.is_none() {
            grpc.get_or_insert_default();
        }
        if let Some(grpc) = grpc {
            grpc.respond(&block.fields, block.end_stream);
        }
        let [_, body] = &mut self.bodies;
        *body = Body::wanted(&block.fields, flavor, room, moment.options);
        body.is_some()
    }

    /// The bodies are over: what came of them; gives what was wrong with them.
    pub(super) fn end_bodies(&mut self) -> Vec<(Sender, Anomaly)> {
        let mut faults = Vec::new();
        let Self { bodies: [client, server], exchange, .. } = self;
        let Exchange { request, response, grpc, .. } = &mut **exchange;
        for (from, kind, body, part, complete) in [
            (Sender::Client, MessageKind::Request, client, request, self.request_done),
            (Sender::Server, MessageKind::Response, server, response, self.response_done),
        ] {
            let Some(outcome) = body.take().map(|body| body.end(complete)) else { continue };
            if let Some(grpc) = grpc {
                grpc.body(kind, outcome.messages.as_ref());
            }
            if let Some(part) = part {
                part.body_sha256 = outcome.sha256;
                part.body_bytes_decoded = outcome.decoded_bytes;
            }
            faults.extend(outcome.faults.into_iter().map(|fault| (from, fault)));
        }
        faults
    }

    /// The half that the sender of the moment sends.
    pub(super) fn half(&mut self, moment: &Moment<'_>) -> Option<&mut MessagePart> {
        match moment.from {
            Sender::Client => self.exchange.request.as_mut(),
            Sender::Server => self.exchange.response.as_mut(),
        }
    }

    /// It took a place that it may have waited for.
    pub(super) fn held_back(&mut self, wait: &SlotWait, moment: &Moment<'_>) {
        let span = Span { from: wait.since, until: moment.first };
        self.exchange.held_back = Some(span).filter(|span| span.ns() > 0);
        if let Some(span) = stretch(span.from, span.until) {
            self.exchange.stalls.push(Stall {
                cause: Cause::HeadOfLine,
                span,
                proof: [Some(wait.freed), None],
            });
        }
    }

    /// A frame of it comes: what it waited for until now, and where nothing came within the frame.
    pub(super) fn wait_over(
        &mut self,
        frame: &Frame,
        standstill: Option<&Standstill>,
        pulse: &Pulse,
        moment: &Moment<'_>,
    ) {
        let goes_on = matches!(frame.kind, FrameType::DATA | FrameType::HEADERS);
        if !goes_on && (frame.kind != FrameType::RST_STREAM || standstill.is_none()) {
            return;
        }
        let Some((before, answers)) = self.before(frame, moment) else { return };
        if let Some(span) = stretch(before, moment.first) {
            self.exchange.stalls.push(match standstill.filter(|standstill| is_most(standstill, span)) {
                Some(standstill) => shut(standstill, span),
                None if answers => attribute(&Question::of_answer(span, pulse, moment)),
                None => attribute(&Question::of(span, pulse, moment)),
            });
        }
        let within = pulse.idles(moment.direction, moment.first, moment.here);
        for idle in within.filter(|idle| idle.span.from.packet >= moment.first.packet) {
            self.exchange.stalls.push(attribute(&Question::of(idle.span, pulse, moment)));
        }
    }

    /// The packet with which what the frame goes on with had ended, and whether that is what it answers.
    fn before(&self, frame: &Frame, moment: &Moment<'_>) -> Option<(Origin, bool)> {
        let sender = if frame.kind == FrameType::RST_STREAM { Sender::Server } else { moment.from };
        let begun = match sender {
            Sender::Client => &self.exchange.request,
            Sender::Server => &self.exchange.response,
        };
        if let Some(part) = begun {
            return Some((part.last, false));
        }
        let asked = self.exchange.request.as_ref().filter(|_| self.request_done)?.last;
        let interim = self.interim.filter(|interim| interim.packet > asked.packet);
        Some((interim.unwrap_or(asked), true))
    }

    /// The connection is over, and a window of the stream was shut.
    pub(super) fn never_opened(&mut self, standstill: &Standstill, cut: Origin) {
        if let Some(span) = stretch(standstill.since, cut) {
            self.exchange.stalls.push(shut(standstill, span));
        }
    }
}

/// Whether a window was shut for most of a stretch.
fn is_most(standstill: &Standstill, span: Span) -> bool {
    let from = standstill.since.at.max(span.from.at);
    span.until.at.since(from).saturating_mul(2) >= span.ns()
}

/// A stretch in which a window was shut.
fn shut(standstill: &Standstill, span: Span) -> Stall {
    let cause = match standstill.window {
        Which::Connection => Cause::Http2ConnectionWindow,
        Which::Stream => Cause::Http2StreamWindow,
    };
    Stall { cause, span, proof: [Some(standstill.since), standstill.opened] }
}

pub(super) fn new_part(block: &HeaderBlock, moment: &Moment<'_>) -> MessagePart {
    MessagePart {
        first: moment.first,
        last: moment.here,
        headers: if moment.options.interests.headers { block.fields.clone() } else { Fields::default() },
        header_bytes: u64::from(block.wire_bytes),
        header_bytes_decoded: u64::from(block.decoded_bytes),
        body_bytes: 0,
        content_encoding: block.fields.get("content-encoding").map(text::text),
        body_bytes_decoded: None,
        body_sha256: None,
        complete: false,
    }
}

pub(super) fn tell(id: u32, stream: Stream, moment: &mut Moment<'_>) {
    let Stream { mut exchange, request_done, response_done, .. } = stream;
    // A stream of which only PRIORITY or a broken block was seen is no exchange.
    if !moment.options.interests.exchanges || (exchange.request.is_none() && exchange.response.is_none()) {
        return;
    }
    let Exchange { request, response, .. } = &mut *exchange;
    for (part, done) in [(request, request_done), (response, response_done)] {
        if let Some(part) = part {
            part.complete = done;
        }
    }
    exchange.connection = moment.connection.id;
    exchange.stream = Some(id);
    exchange.version = "2";
    exchange.complete =
        request_done && response_done && exchange.request.is_some() && exchange.reset.is_none();
    exchange.is_secure = moment.is_secure;
    moment.events.push(Event::Exchange(exchange));
}
