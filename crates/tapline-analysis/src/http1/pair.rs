//! A request and its response.

use std::borrow::Cow;

use tapline_reassembly::Origin;

use crate::stall::{Pulse, Question, attribute, stretch};
use crate::story::Moment;
use crate::{Cause, Event, Exchange, Span, Stall, text};

/// A request and its response, as far as they came.
pub(super) struct Pair {
    pub(super) exchange: Box<Exchange>,
    /// Who gave the URL its scheme.
    pub(super) scheme: Scheme,
    pub(super) request_done: bool,
    pub(super) response_done: bool,
    /// Requests that came just before and are not followed: their responses come first.
    pub(super) not_followed_before: u32,
}

/// Who gave a URL its scheme.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Scheme {
    /// The client, or nobody.
    AsSent,
    /// We: `http` until it is known what the request travelled in.
    Http,
}

/// When responses were over; packet 0 before there is one.
#[derive(Clone, Copy, Default)]
pub(super) struct Answered {
    pub(super) last: Origin,
    pub(super) interim: Origin,
}

impl Pair {
    pub(super) fn of(exchange: Exchange, scheme: Scheme) -> Self {
        let exchange = Box::new(exchange);
        Self { exchange, scheme, request_done: false, response_done: false, not_followed_before: 0 }
    }

    /// Whether its response has not begun and may still come.
    pub(super) fn waits(&self) -> bool {
        self.exchange.response.is_none() && !self.response_done
    }

    /// Its response begins: what it waited for until now, and what came before.
    pub(super) fn wait_over(&mut self, answered: Answered, pulse: &Pulse, moment: &Moment<'_>) {
        let exchange = &mut *self.exchange;
        let asked = exchange.request.as_ref().filter(|_| self.request_done).map(|request| request.last);
        let Some(asked) = asked else { return };
        let ahead = if answered.last.packet > asked.packet { answered.last } else { asked };
        let held_back = Span { from: asked, until: ahead };
        exchange.held_back = Some(held_back).filter(|span| span.ns() > 0);
        if let Some(span) = stretch(asked, ahead) {
            exchange.stalls.push(Stall { cause: Cause::HeadOfLine, span, proof: [None; 2] });
        }
        let from = if answered.interim.packet > ahead.packet { answered.interim } else { ahead };
        if let Some(span) = stretch(from, moment.first) {
            exchange.stalls.push(attribute(&Question::of_answer(span, pulse, moment)));
        }
    }

    /// The exchange, which will not go on; `secure` where it travelled inside TLS.
    pub(super) fn finish(self, secure: bool) -> Box<Exchange> {
        let mut exchange = self.exchange;
        if let Some(url) = exchange.url.as_mut().filter(|_| secure && self.scheme == Scheme::Http) {
            url.insert("http".len(), 's');
        }
        let whole = |part: &Option<crate::MessagePart>| part.as_ref().is_some_and(|part| part.complete);
        exchange.complete = whole(&exchange.request) && whole(&exchange.response);
        exchange.is_secure = secure;
        exchange
    }
}

/// Absolute targets as they are; authority form as it is (CONNECT); else scheme, host and target.
pub(super) fn url(target: &[u8], host: Option<&[u8]>) -> (String, Scheme) {
    let target = text::shown(target);
    let is_asterisk = target == "*";
    let Some(host) = host.filter(|_| target.starts_with('/') || is_asterisk).map(text::shown) else {
        return (target.into_owned(), Scheme::AsSent);
    };
    let path = if is_asterisk { Cow::default() } else { target };
    // There may come an `s`.
    let mut url = String::with_capacity("https://".len() + host.len() + path.len());
    for part in ["http://", &host, &path] {
        url.push_str(part);
    }
    (url, Scheme::Http)
}

pub(super) fn tell(pair: Pair, secure: bool, moment: &mut Moment<'_>) {
    if moment.options.interests.exchanges {
        moment.events.push(Event::Exchange(pair.finish(secure)));
    }
}
