//! Where an exchange's time went, as stretches to draw: the phases and colours of the dashboard's timeline.

use tapline_engine::analysis::{Cause, Exchange};

/// A phase of an exchange; a later one covers an earlier one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Phase {
    /// It could not go on for others, or between the steps before it.
    Blocked,
    Dns,
    Connect,
    Tls,
    Send,
    Wait,
    Receive,
    /// Something was in its way while it was under way.
    Stalled,
}

impl Phase {
    pub(super) const ALL: [Self; 8] = [
        Self::Blocked,
        Self::Dns,
        Self::Connect,
        Self::Tls,
        Self::Send,
        Self::Wait,
        Self::Receive,
        Self::Stalled,
    ];

    /// The name in the legend.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Blocked => "blocked",
            Self::Dns => "DNS",
            Self::Connect => "TCP",
            Self::Tls => "TLS",
            Self::Send => "send",
            Self::Wait => "wait",
            Self::Receive => "receive",
            Self::Stalled => "stalled",
        }
    }

    /// The class that has its colour.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Blocked => "p-blocked",
            Self::Dns => "p-dns",
            Self::Connect => "p-tcp",
            Self::Tls => "p-tls",
            Self::Send => "p-send",
            Self::Wait => "p-wait",
            Self::Receive => "p-receive",
            Self::Stalled => "p-stalled",
        }
    }

    /// What it is, for somebody who reads such a picture for the first time.
    pub(super) fn meaning(self) -> &'static str {
        match self {
            Self::Blocked => "waiting for its turn, or between the steps before it",
            Self::Dns => "the DNS lookup that led to the connection",
            Self::Connect => "the TCP handshake",
            Self::Tls => "the TLS handshake",
            Self::Send => "first to last octet of the request",
            Self::Wait => "last octet of the request to the first of the response",
            Self::Receive => "first to last octet of the response",
            Self::Stalled => "something was in the way: loss, a full window, another answer",
        }
    }

    /// The phase that a name of the timings means.
    pub(super) fn of_timing(name: &str) -> Option<Self> {
        Some(match name {
            "blocked" => Self::Blocked,
            "dns" => Self::Dns,
            "connect" => Self::Connect,
            "tls" => Self::Tls,
            "send" => Self::Send,
            "wait" => Self::Wait,
            "receive" => Self::Receive,
            _ => return None,
        })
    }
}

/// A stretch of time in one phase, nanoseconds since 1970.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Stretch {
    pub(super) phase: Phase,
    pub(super) from: i64,
    pub(super) to: i64,
}

/// The stretches of an exchange, in the order in which they are drawn.
pub(super) fn stretches(exchange: &Exchange) -> Vec<Stretch> {
    let (Some(start), Some(end)) = (exchange.start(), exchange.end()) else { return Vec::new() };
    let asked = exchange.request.as_ref().map(|part| (part.first.at.0, part.last.at.0));
    let answered = exchange.response.as_ref().map(|part| (part.first.at.0, part.last.at.0));
    let begun = asked.or(answered).map_or(end.at.0, |(first, _)| first);
    let mut all = Vec::new();
    let mut add = |phase, from: i64, to: i64| {
        if to >= from {
            all.push(Stretch { phase, from, to });
        }
    };
    // What nothing covers was spent between the steps.
    add(Phase::Blocked, start.at.0, begun);
    if let Some(setup) = exchange.setup.as_deref() {
        let steps = [(Phase::Dns, setup.dns), (Phase::Connect, setup.connect), (Phase::Tls, setup.tls)];
        for (phase, span) in steps {
            if let Some(span) = span {
                add(phase, span.from.at.0, span.until.at.0.min(begun));
            }
        }
    }
    if let Some((first, last)) = asked {
        let sent = answered.map_or(last, |(answer, _)| last.min(answer));
        add(Phase::Send, first, sent);
        let until = answered.map(|(answer, _)| answer).or(exchange.cut.map(|cut| cut.at.0));
        if let Some(until) = until {
            add(Phase::Wait, sent, until);
        }
    }
    if let Some((first, last)) = answered {
        add(Phase::Receive, first, last.max(end.at.0));
    }
    if let Some(held) = exchange.held_back.filter(|held| held.until.at.0 > begun) {
        add(Phase::Blocked, held.from.at.0.max(begun), held.until.at.0);
    }
    for stall in exchange.stalls.list().iter().filter(|stall| is_in_the_way(stall.cause)) {
        let is_known = exchange
            .held_back
            .is_some_and(|held| held.from.at <= stall.span.from.at && stall.span.until.at <= held.until.at);
        if !is_known {
            add(Phase::Stalled, stall.span.from.at.0, stall.span.until.at.0);
        }
    }
    all
}

/// Whether it was something in the way. Waiting for the way there and back, or for a peer that had nothing to send, is
/// what the phase itself says.
pub(super) fn is_in_the_way(cause: Cause) -> bool {
    !matches!(cause, Cause::NetworkRoundTrip | Cause::Server | Cause::Client | Cause::Unknown)
}
