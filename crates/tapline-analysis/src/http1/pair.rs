//! A request and its response.

use tapline_reassembly::Origin;

use crate::stall::{Pulse, Question, attribute, stretch};
use crate::story::Moment;
use crate::{Cause, Event, Exchange, Grpc, HeadFacts, MessagePart, Span, Stall, Stalls, Timings};

/// A request and its response, as far as they came.
#[derive(Default)]
pub(super) struct Pair {
    pub(super) version: &'static str,
    pub(super) method: Option<String>,
    pub(super) target: Option<String>,
    pub(super) host: Option<String>,
    pub(super) status: Option<u16>,
    pub(super) content_type: Option<String>,
    pub(super) grpc: Option<Box<Grpc>>,
    pub(super) request: Option<MessagePart>,
    pub(super) response: Option<MessagePart>,
    pub(super) request_done: bool,
    pub(super) response_done: bool,
    pub(super) facts: HeadFacts,
    /// While it waited for the answer before it.
    pub(super) held_back: Option<Span>,
    pub(super) stalls: Stalls,
}

/// When responses were over; packet 0 before there is one.
#[derive(Clone, Copy, Default)]
pub(super) struct Answered {
    pub(super) last: Origin,
    pub(super) interim: Origin,
}

impl Pair {
    /// Its response begins: what it waited for until now, and what came before.
    pub(super) fn wait_over(&mut self, answered: Answered, pulse: &Pulse, moment: &Moment<'_>) {
        let asked = self.request.as_ref().filter(|_| self.request_done).map(|request| request.last);
        let Some(asked) = asked else { return };
        let ahead = if answered.last.packet > asked.packet { answered.last } else { asked };
        let held_back = Span { from: asked, until: ahead };
        self.held_back = Some(held_back).filter(|span| span.ns() > 0);
        if let Some(span) = stretch(asked, ahead) {
            self.stalls.push(Stall { cause: Cause::HeadOfLine, span, proof: [None; 2] });
        }
        let from = if answered.interim.packet > ahead.packet { answered.interim } else { ahead };
        if let Some(span) = stretch(from, moment.first) {
            self.stalls.push(attribute(&Question::of_answer(span, pulse, moment)));
        }
    }

    /// Absolute targets as they are; authority form as it is (CONNECT); else scheme, host and target.
    pub(super) fn url(&self, secure: bool) -> Option<String> {
        let target = self.target.as_deref()?;
        if !(target.starts_with('/') || target == "*") {
            return Some(target.to_owned());
        }
        let path = if target == "*" { "" } else { target };
        match &self.host {
            Some(host) => Some(format!("{}://{host}{path}", if secure { "https" } else { "http" })),
            None => Some(target.to_owned()),
        }
    }
}

pub(super) fn tell(pair: Pair, secure: bool, moment: &mut Moment<'_>) {
    if !moment.options.interests.exchanges {
        return;
    }
    let whole = |part: &Option<MessagePart>| part.as_ref().is_some_and(|part| part.complete);
    let complete = whole(&pair.request) && whole(&pair.response);
    moment.events.push(Event::Exchange(Box::new(Exchange {
        connection: moment.connection.id,
        stream: None,
        version: pair.version,
        url: pair.url(secure),
        setup: None,
        held_back: pair.held_back,
        cut: None,
        timings: Timings::default(),
        stalls: pair.stalls,
        method: pair.method,
        status: pair.status,
        content_type: pair.content_type,
        facts: pair.facts,
        is_secure: secure,
        grpc: pair.grpc,
        request: pair.request,
        response: pair.response,
        inferred: false,
        pushed: false,
        promised_on: None,
        complete,
        reset: None,
    })));
}
