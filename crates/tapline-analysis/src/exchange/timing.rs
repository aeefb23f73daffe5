//! An exchange's phases from its packets.

use tapline_packet::Timestamp;

use super::{Exchange, Timings};

/// A hand that only goes forward: phases that overlap share no time, and what is between them is counted apart.
///
/// ```text
///   dns ├───┤     connect ├────┤tls ├────┤ send ├──┤      wait      ├───receive───┤
///           └─────┘ between           between
/// ```
#[derive(Default)]
struct Hand {
    at: Option<Timestamp>,
    between_ns: i64,
}

impl Hand {
    /// Goes to `from` as time between phases, then to `until`: what that took.
    fn phase(&mut self, from: Timestamp, until: Timestamp) -> i64 {
        let at = self.at.unwrap_or(from);
        let begin = at.max(from);
        self.wait(begin.since(at));
        let end = begin.max(until);
        self.at = Some(end);
        end.since(begin)
    }

    /// So much time between phases, which a clock that jumps may make more than there can be.
    fn wait(&mut self, ns: i64) {
        self.between_ns = self.between_ns.saturating_add(ns);
    }
}

impl Exchange {
    /// Works out [`Self::timings`] from what else is known of it.
    pub(crate) fn time(&mut self) {
        let mut hand = Hand::default();
        let mut timings = Timings::default();
        let (request, response) = (self.request.as_ref(), self.response.as_ref());
        let asked = request.map(|request| (request.first.at, request.last.at));
        let answered = response.map(|response| (response.first.at, response.last.at));
        // A response may begin before its request is over, and early data goes out before TLS is established.
        let begun = asked.or(answered).map_or(Timestamp(i64::MAX), |(first, _)| first);
        if let Some(setup) = &self.setup {
            let mut step = |span: super::Span| hand.phase(span.from.at, span.until.at.min(begun));
            timings.dns = setup.dns.map(&mut step);
            timings.connect = setup.connect.map(&mut step);
            timings.tls = setup.tls.map(&mut step);
        }
        let mut held_back = self.held_back;
        if let Some(span) = held_back.take_if(|span| span.from.at < begun) {
            let waited = hand.phase(span.from.at, span.until.at.min(begun));
            hand.wait(waited);
        }
        if let Some((first, last)) = asked {
            let until = answered.map_or(last, |(answer, _)| last.min(answer));
            timings.send = Some(hand.phase(first, until));
        }
        if let (Some((_, last)), Some((answer, _))) = (asked, answered) {
            if let Some(span) = held_back {
                let waited = hand.phase(span.from.at, span.until.at.min(answer));
                hand.wait(waited);
            }
            timings.wait = Some(hand.phase(last.min(answer), answer));
        }
        if let (Some((_, last)), None, Some(cut)) = (asked, answered, self.cut) {
            timings.wait = Some(hand.phase(last, cut.at));
        }
        if let Some((first, last)) = answered {
            let last = asked.map_or(last, |(_, asked)| last.max(asked));
            let last = self.cut.map_or(last, |cut| last.max(cut.at));
            timings.receive = Some(hand.phase(first, last));
        }
        let waited = self.setup.is_some() || self.held_back.is_some() || hand.between_ns > 0;
        timings.blocked = waited.then_some(hand.between_ns);
        self.timings = timings;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tapline_packet::Endpoint;
    use tapline_reassembly::Origin;

    use super::*;
    use crate::{MessagePart, Setup, Span};

    fn origin(at: i64) -> Origin {
        Origin { packet: 1 + at.unsigned_abs(), at: Timestamp(at) }
    }

    fn span((from, until): (i64, i64)) -> Span {
        Span { from: origin(from), until: origin(until) }
    }

    fn part((first, last): (i64, i64)) -> MessagePart {
        MessagePart {
            first: origin(first),
            last: origin(last),
            headers: tapline_decode::Fields::default(),
            header_bytes: 0,
            header_bytes_decoded: 0,
            body_bytes: 0,
            content_encoding: None,
            body_bytes_decoded: None,
            body_sha256: None,
            complete: true,
        }
    }

    fn setup([dns, connect, tls]: [Option<(i64, i64)>; 3]) -> Setup {
        let end = Endpoint { address: "10.0.0.1".parse().unwrap(), port: 1 };
        Setup { ends: [end; 2], dns: dns.map(span), connect: connect.map(span), tls: tls.map(span) }
    }

    fn exchange(
        steps: Option<[Option<(i64, i64)>; 3]>,
        held_back: Option<(i64, i64)>,
        request: Option<(i64, i64)>,
        response: Option<(i64, i64)>,
    ) -> Exchange {
        let mut exchange = Exchange {
            connection: 0,
            stream: None,
            version: "1.1",
            method: None,
            url: None,
            status: None,
            reason: None,
            request: request.map(part),
            response: response.map(part),
            content_type: None,
            grpc: None,
            facts: crate::HeadFacts::default(),
            is_secure: false,
            setup: steps.map(|steps| Box::new(setup(steps))),
            held_back: held_back.map(span),
            cut: None,
            timings: Timings::default(),
            stalls: crate::Stalls::default(),
            inferred: false,
            pushed: false,
            promised_on: None,
            complete: true,
            reset: None,
        };
        exchange.time();
        exchange
    }

    fn phases(exchange: &Exchange) -> [Option<i64>; 7] {
        exchange.timings.phases().map(|(_, ns)| ns)
    }

    #[test]
    fn a_first_request_waits_for_everything_before_it() {
        let steps = [Some((0, 10)), Some((12, 32)), Some((33, 73))];
        let first = exchange(Some(steps), None, Some((74, 75)), Some((175, 205)));
        let expected = [Some(4), Some(10), Some(20), Some(40), Some(1), Some(100), Some(30)];
        assert_eq!(phases(&first), expected);
        assert_eq!(first.duration_ns(), Some(205));
    }

    #[test]
    fn a_request_behind_another_is_blocked_until_that_is_answered() {
        let second = exchange(None, Some((12, 100)), Some((10, 12)), Some((150, 160)));
        assert_eq!(phases(&second), [Some(88), None, None, None, Some(2), Some(50), Some(10)]);
        let stream = exchange(None, Some((0, 10)), Some((10, 12)), Some((20, 30)));
        assert_eq!(phases(&stream), [Some(10), None, None, None, Some(2), Some(8), Some(10)]);
    }

    #[test]
    fn early_data_and_early_answers_share_no_time() {
        let early =
            exchange(Some([None, Some((0, 10)), Some((11, 60))]), None, Some((12, 13)), Some((40, 70)));
        assert_eq!(phases(&early), [Some(1), None, Some(10), Some(1), Some(1), Some(27), Some(30)]);
        let answer = exchange(None, None, Some((0, 100)), Some((40, 60)));
        assert_eq!(phases(&answer), [None, None, None, None, Some(40), Some(0), Some(60)]);
    }

    #[test]
    fn what_is_cut_short_took_until_then() {
        let mut unanswered = exchange(None, None, Some((0, 5)), None);
        unanswered.cut = Some(origin(30_000));
        unanswered.time();
        assert_eq!(phases(&unanswered), [None, None, None, None, Some(5), Some(29_995), None]);
        let mut reset = exchange(None, None, Some((0, 5)), Some((10, 20)));
        reset.cut = Some(origin(90));
        reset.time();
        assert_eq!((reset.timings.receive, reset.duration_ns()), (Some(80), Some(90)));
    }

    #[test]
    fn what_was_not_seen_has_no_phases() {
        assert_eq!(
            phases(&exchange(None, None, Some((0, 5)), None)),
            [None, None, None, None, Some(5), None, None]
        );
        assert_eq!(
            phases(&exchange(None, None, None, Some((0, 5)))),
            [None, None, None, None, None, None, Some(5)]
        );
    }

    proptest! {
        /// In whatever order its packets came no phase is negative; where time goes forward, together they are the whole.
        #[test]
        fn the_sum_of_the_phases_is_the_total(
            times in prop::collection::vec(0..1000_i64, 12),
            there in prop::collection::vec(any::<bool>(), 6),
            in_order in any::<bool>(),
        ) {
            let mut times = times;
            if in_order {
                times.sort_unstable();
            }
            let pair = |nth: usize| {
                let (a, b) = (times[2 * nth], times[2 * nth + 1]);
                (a.min(b), a.max(b))
            };
            let some = |nth: usize| there[nth].then(|| pair(nth));
            let steps = there[0].then(|| [some(1), some(2), some(3)]);
            let held_back = there[4].then(|| pair(3));
            let exchange = exchange(steps, held_back, Some(pair(4)), there[5].then(|| pair(5)));
            prop_assert!(phases(&exchange).iter().flatten().all(|&ns| ns >= 0));
            let (start, end) = (exchange.start().unwrap().at, exchange.end().unwrap().at);
            if in_order {
                prop_assert_eq!(exchange.timings.total_ns(), end.since(start));
            }
        }
    }
}
