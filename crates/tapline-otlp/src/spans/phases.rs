//! An exchange's phases with their times: the same walk by which analysis sums them up, so each is as long as the exchange
//! says; `tests/laws.rs` holds one against the other.

use tapline_engine::analysis::{Exchange, Timestamp};

/// A stretch of an exchange.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Phase {
    pub(super) name: &'static str,
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
}

/// A hand that only goes forward: phases share no time, and what is between them is `blocked`.
#[derive(Default)]
struct Hand {
    at: Option<Timestamp>,
    phases: Vec<Phase>,
}

impl Hand {
    fn phase(&mut self, name: &'static str, from: Timestamp, until: Timestamp) {
        let at = self.at.unwrap_or(from);
        let begin = at.max(from);
        let end = begin.max(until);
        self.tell("blocked", at, begin);
        self.tell(name, begin, end);
        self.at = Some(end);
    }

    /// What took no time is none.
    fn tell(&mut self, name: &'static str, from: Timestamp, until: Timestamp) {
        match self.phases.last_mut() {
            _ if until <= from => {}
            // Between two steps, and held back: one wait.
            Some(last) if last.name == name && last.until == from => last.until = until,
            _ => self.phases.push(Phase { name, from, until }),
        }
    }
}

/// The phases that took time, in order. They follow one another, and together they are the exchange.
pub(super) fn phases(exchange: &Exchange) -> Vec<Phase> {
    let mut hand = Hand::default();
    let asked = exchange.request.as_ref().map(|request| (request.first.at, request.last.at));
    let answered = exchange.response.as_ref().map(|response| (response.first.at, response.last.at));
    let begun = asked.or(answered).map_or(Timestamp(i64::MAX), |(first, _)| first);
    if let Some(setup) = &exchange.setup {
        for (name, step) in [("dns", setup.dns), ("connect", setup.connect), ("tls", setup.tls)] {
            if let Some(span) = step {
                hand.phase(name, span.from.at, span.until.at.min(begun));
            }
        }
    }
    let mut held_back = exchange.held_back;
    if let Some(span) = held_back.take_if(|span| span.from.at < begun) {
        hand.phase("blocked", span.from.at, span.until.at.min(begun));
    }
    if let Some((first, last)) = asked {
        hand.phase("send", first, answered.map_or(last, |(answer, _)| last.min(answer)));
        if let Some((answer, _)) = answered {
            if let Some(span) = held_back {
                hand.phase("blocked", span.from.at, span.until.at.min(answer));
            }
            hand.phase("wait", last.min(answer), answer);
        } else if let Some(cut) = exchange.cut {
            hand.phase("wait", last, cut.at);
        }
    }
    if let Some((first, last)) = answered {
        let last = asked.map_or(last, |(_, asked)| last.max(asked));
        hand.phase("receive", first, exchange.cut.map_or(last, |cut| last.max(cut.at)));
    }
    hand.phases
}
