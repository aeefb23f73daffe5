//! Which phase a request is in, when.

use super::{Phase, Span};
use crate::model::ExchangeRow;

/// A request's life: what it waited for, then itself, cut where something was in its way.
pub(crate) fn of_exchange(exchange: &ExchangeRow, mut tell: impl FnMut(Span)) {
    of_setup(exchange, &mut tell);
    under_way(exchange, &mut tell);
}

/// The same with the phases as they were timed: whole, whatever was in the way.
pub(crate) fn whole(exchange: &ExchangeRow, mut tell: impl FnMut(Span)) {
    of_setup(exchange, &mut tell);
    around(held_back(exchange).as_slice(), exchange, &mut tell);
}

/// A request from its first octet on, cut where it was held back or something was in its way.
pub(super) fn under_way(exchange: &ExchangeRow, tell: &mut impl FnMut(Span)) {
    around(&holes(exchange), exchange, tell);
}

/// The phases of a request from its first octet on, outside of the holes; then the holes.
fn around(holes: &[Span], exchange: &ExchangeRow, tell: &mut impl FnMut(Span)) {
    let mut phase = |phase, from, to| outside(Span { phase, from, to }, holes, tell);
    let (begun, answered) = (exchange.begun(), exchange.answered);
    if let Some(sent) = exchange.sent {
        // A response may begin before its request has ended.
        let sent = answered.map_or(sent, |answered| sent.min(answered)).max(begun);
        phase(Phase::Send, begun, sent);
        if let Some(answered) = answered.filter(|&answered| answered > sent) {
            phase(Phase::Wait, sent, answered);
        }
    }
    if let Some(answered) = answered {
        phase(Phase::Receive, answered, exchange.end);
    }
    holes.iter().copied().for_each(tell);
}

/// A gap before a request is told from this part of the request's time on, in 1/1000: no bar could show less.
const GAP_PERMILLE_MIN: i64 = 10;

/// The steps before a request, and what was between them.
fn of_setup(exchange: &ExchangeRow, tell: &mut impl FnMut(Span)) {
    let Some(before) = exchange.before.as_deref() else { return };
    let least = exchange.end.saturating_sub(exchange.start) / 1000 * GAP_PERMILLE_MIN;
    let mut at = exchange.start;
    let mut gap = |from: i64, to: i64, tell: &mut dyn FnMut(Span)| {
        if from.saturating_sub(at) > least {
            tell(Span { phase: Phase::Blocked, from: at, to: from });
        }
        at = at.max(to);
    };
    let steps = [(Phase::Dns, before.dns), (Phase::Connect, before.connect), (Phase::Tls, before.tls)];
    for (phase, ends) in steps {
        if let Some((from, to)) = ends {
            gap(from, to, tell);
            tell(Span { phase, from, to: to.min(before.begun) });
        }
    }
    gap(before.begun, before.begun, tell);
}

/// While a request that was sent had to wait for others.
fn held_back(exchange: &ExchangeRow) -> Option<Span> {
    let (from, to) = exchange.before.as_ref()?.held_back?;
    let begun = exchange.begun();
    (to > begun).then(|| Span { phase: Phase::Blocked, from: from.max(begun), to })
}

/// The stretches of a request in which it was held back or something was in its way, in order.
fn holes(exchange: &ExchangeRow) -> Vec<Span> {
    let held_back = held_back(exchange);
    // What held it back is what it stood still for.
    let is_known = |from, to| held_back.is_some_and(|held| held.from <= from && to <= held.to);
    let stalls = exchange.stalled.iter().flat_map(|stalled| &stalled.kept);
    let stalls = stalls.filter(|stall| stall.is_hindrance() && !is_known(stall.from, stall.until));
    let stalls = stalls.map(|stall| Span { phase: Phase::Stalled, from: stall.from, to: stall.until });
    let mut holes: Vec<Span> = held_back.into_iter().chain(stalls).collect();
    holes.sort_by_key(|hole| (hole.from, hole.to));
    holes
}

/// Tells what of a stretch is outside of the holes.
fn outside(span: Span, holes: &[Span], tell: &mut impl FnMut(Span)) {
    let mut from = span.from;
    let mut told = false;
    for hole in holes.iter().filter(|hole| hole.from < span.to && hole.to > span.from) {
        if hole.from > from {
            tell(Span { from, to: hole.from, ..span });
        }
        told = true;
        from = from.max(hole.to);
    }
    if !told || from < span.to {
        tell(Span { from, ..span });
    }
}

#[cfg(test)]
mod tests {
    use tapline_analysis::Cause;

    use super::*;
    use crate::model::Before;
    use crate::testing;

    #[test]
    fn an_early_response_leaves_no_wait() {
        let exchange =
            ExchangeRow { start: 0, sent: Some(50), answered: Some(20), end: 60, ..testing::exchange_row() };
        let mut all = Vec::new();
        of_exchange(&exchange, |span| all.push((span.phase, span.from, span.to)));
        assert_eq!(all, [(Phase::Send, 0, 20), (Phase::Receive, 20, 60)]);
    }

    #[test]
    fn a_request_without_an_answer_only_was_sent() {
        let exchange =
            ExchangeRow { start: 0, sent: Some(5), answered: None, end: 5, ..testing::exchange_row() };
        let mut all = Vec::new();
        of_exchange(&exchange, |span| all.push((span.phase, span.from, span.to)));
        assert_eq!(all, [(Phase::Send, 0, 5)]);
    }

    fn life(exchange: &ExchangeRow) -> Vec<(Phase, i64, i64)> {
        let mut all = Vec::new();
        of_exchange(exchange, |span| all.push((span.phase, span.from, span.to)));
        all
    }

    #[test]
    fn what_a_request_waited_for_comes_before_it() {
        let before = Before { dns: Some((0, 10)), connect: Some((12, 20)), ..testing::before(25) };
        let row = ExchangeRow {
            sent: Some(26),
            answered: Some(40),
            end: 50,
            before: Some(Box::new(before)),
            ..testing::exchange_row()
        };
        let expected = [
            (Phase::Dns, 0, 10),
            (Phase::Blocked, 10, 12),
            (Phase::Connect, 12, 20),
            (Phase::Blocked, 20, 25),
            (Phase::Send, 25, 26),
            (Phase::Wait, 26, 40),
            (Phase::Receive, 40, 50),
        ];
        assert_eq!(life(&row), expected);
    }

    #[test]
    fn only_what_was_in_the_way_cuts_a_phase() {
        let check = |cause, expected: &[(Phase, i64, i64)]| {
            let stalled = testing::stalled(&[(cause, 30, 45)]);
            let row = ExchangeRow {
                sent: Some(0),
                answered: Some(20),
                end: 60,
                stalled: Some(Box::new(stalled)),
                ..testing::exchange_row()
            };
            assert_eq!(life(&row).split_off(2), expected, "{cause:?}");
            let mut all = Vec::new();
            whole(&row, |span| all.push((span.phase, span.from, span.to)));
            assert_eq!(all.split_off(2), [(Phase::Receive, 20, 60)], "whatever was in the way");
        };
        let (receive, stalled) = (Phase::Receive, Phase::Stalled);
        check(Cause::Loss, &[(receive, 20, 30), (receive, 45, 60), (stalled, 30, 45)]);
        check(Cause::Http2StreamWindow, &[(receive, 20, 30), (receive, 45, 60), (stalled, 30, 45)]);
        check(Cause::Server, &[(receive, 20, 60)]);
        check(Cause::NetworkRoundTrip, &[(receive, 20, 60)]);
        check(Cause::Unknown, &[(receive, 20, 60)]);
    }

    #[test]
    fn a_request_that_is_held_back_is_blocked_until_it_is_its_turn() {
        let before = Before { held_back: Some((5, 30)), ..testing::before(0) };
        // That it stood still behind another one is the same time again.
        let stalled = testing::stalled(&[(Cause::HeadOfLine, 5, 30)]);
        let row = ExchangeRow {
            sent: Some(1),
            answered: Some(50),
            end: 60,
            before: Some(Box::new(before)),
            stalled: Some(Box::new(stalled)),
            ..testing::exchange_row()
        };
        let expected = [
            (Phase::Send, 0, 1),
            (Phase::Wait, 1, 5),
            (Phase::Wait, 30, 50),
            (Phase::Receive, 50, 60),
            (Phase::Blocked, 5, 30),
        ];
        assert_eq!(life(&row), expected);
    }
}
