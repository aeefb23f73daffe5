//! The stages of a connection's life, as drawings of a ladder part it.

use tapline_engine::analysis::{Cause, ConnectionRecord, Exchange, human};
use tapline_ladder::{Close, Layer, Rung};

/// A part of a connection's life; they follow one another.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Stage {
    Opening,
    Tls,
    Talk,
    Closing,
}

/// The stage that an arrow shows, if those before it are over.
pub(crate) fn stage_of(rung: &Rung, close: &Close, record: &ConnectionRecord) -> Stage {
    let packet = rung.at.packet;
    let closing = closing(record);
    let is_tls = || close.sessions.iter().any(|session| session.end.is_none_or(|end| packet <= end.packet));
    match rung.layer {
        Layer::Tcp if closing.is_some_and(|first| packet >= first) => Stage::Closing,
        // What is odd about a segment belongs to what goes on meanwhile.
        Layer::Tcp => Stage::Opening,
        Layer::Tls if is_tls() => Stage::Tls,
        Layer::Tls | Layer::Http => Stage::Talk,
    }
}

/// The packet with which the connection begins to end.
fn closing(record: &ConnectionRecord) -> Option<u64> {
    let teardown = &record.teardown;
    let direction = record.client_direction;
    let fins =
        [direction, direction.flip()].map(|direction| teardown.fin(direction).map(|fin| fin.seen.packet));
    let reset = teardown.reset.map(|reset| reset.seen.packet);
    fins.into_iter().flatten().chain(reset).min()
}

/// What a stage is called, and how long it took.
pub(crate) fn heading(stage: Stage, close: &Close, record: &ConnectionRecord) -> String {
    let spaced = |name: &str| name.replace('_', " ");
    match stage {
        Stage::Opening => {
            let kind = spaced(record.handshake_kind.name());
            let rtt = record.handshake.initial_rtt_ns;
            let took = rtt.map_or_else(String::new, |ns| format!(", {}", human::duration(ns)));
            format!("TCP handshake: {kind}{took}")
        }
        Stage::Tls => {
            let Some(session) = close.sessions.first() else { return "TLS".to_owned() };
            let version = session.version.map_or_else(|| "TLS".to_owned(), |version| version.to_string());
            let took =
                session.handshake_ns.map_or_else(String::new, |ns| format!(", {}", human::duration(ns)));
            let trips = session.handshake_rtts.map_or_else(String::new, |trips| {
                format!(" in {}", human::plural(trips.into(), "round trip"))
            });
            format!("{version} handshake: {}{took}{trips}", session.outcome_text())
        }
        Stage::Talk => match close.exchanges.len() {
            0 => "data".to_owned(),
            requests => human::plural(requests as u64, "request"),
        },
        Stage::Closing => format!("end: {}", spaced(record.teardown.kind().name())),
    }
}

/// Where exchanges stood still: by the packet that ended it, the last one first.
pub(crate) fn stalls(exchanges: &[Exchange]) -> Vec<(u64, String, Cause)> {
    let told = exchanges.iter().flat_map(|exchange| exchange.stalls.list());
    let mut stalls: Vec<_> = told
        .map(|stall| {
            let words = format!("{}: {}", human::duration(stall.ns()), stall.cause.words());
            (stall.span.until.packet, words, stall.cause)
        })
        .collect();
    // Exchanges of HTTP/2 stand still together.
    stalls.sort();
    stalls.dedup();
    stalls.reverse();
    stalls
}
