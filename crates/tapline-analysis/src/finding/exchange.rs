//! What a request and its response give to tell.

use std::borrow::Cow;

use super::catalogue as kind;
use super::{Finding, Kind};
use crate::exchange::HeadFacts;
use crate::limits::{
    CLOSE_COST_MIN_NS, COMPRESSIBLE_MIN_BYTES, EXPECT_COST_MIN_NS, HEADERS_LARGE_BYTES, SERVER_SLOW_NS,
    STALL_COST_MIN_NS,
};
use crate::{Cause, Exchange, Stall, human, printable};

pub(super) fn look_at(exchange: &Exchange, found: &mut Vec<Finding>) {
    let Some(at) = exchange.request.as_ref().or(exchange.response.as_ref()).map(|part| part.first) else {
        return;
    };
    let last = exchange.end().map(|end| end.packet);
    let mut push = |kind: &'static Kind, explanation: String, packets: &[u64], cost_ns: Option<i64>| {
        let packets = packets.iter().copied().chain(last);
        let mut finding = Finding::new(kind, explanation, at).on(exchange.connection).proven_by(packets);
        finding.stream = exchange.stream;
        found.push(finding.costs(cost_ns));
    };
    if !exchange.stalls.list().is_empty() {
        for cause in Cause::ALL {
            stalls(exchange, cause, &mut push);
        }
    }
    if exchange.inferred {
        return;
    }
    outcome(exchange, &mut push);
    http2(exchange, &mut push);
    heads(exchange, &mut push);
    bodies(exchange, &mut push);
}

type Push<'a> = dyn FnMut(&'static Kind, String, &[u64], Option<i64>) + 'a;

/// The request in a few words.
fn name(exchange: &Exchange) -> String {
    let method = exchange.method.as_deref().unwrap_or(if exchange.inferred { "≈" } else { "?" });
    let url = exchange.url.as_deref().map_or_else(|| "(request not seen)".into(), one_word);
    printable(&format!("{method} {url}")).into()
}

/// A URL whose end can be found in a sentence: what may not stand in one is percent-encoded (RFC 3986 appendix C).
fn one_word(url: &str) -> Cow<'_, str> {
    const ENDS: [char; 5] = [' ', '\t', '"', '<', '>'];
    if !url.contains(ENDS) {
        return url.into();
    }
    let encode = |c: char| if ENDS.contains(&c) { format!("%{:02X}", u32::from(c)) } else { c.into() };
    url.chars().map(encode).collect()
}

/// The kind that a cause leads to, and from which cost on.
fn kind_of(cause: Cause, exchange: &Exchange) -> Option<(&'static Kind, i64)> {
    let http1 = exchange.stream.is_none();
    Some(match cause {
        Cause::Loss => (&kind::TCP_LOSS, STALL_COST_MIN_NS),
        Cause::ZeroWindow => (&kind::TCP_ZERO_WINDOW, STALL_COST_MIN_NS),
        Cause::ReceiveWindow => (&kind::TCP_RECEIVE_WINDOW, STALL_COST_MIN_NS),
        Cause::CongestionWindow => (&kind::TCP_SLOW_START, STALL_COST_MIN_NS),
        Cause::DelayedAck => (&kind::TCP_DELAYED_ACK, STALL_COST_MIN_NS),
        Cause::ClientNotReading | Cause::ServerNotReading => (&kind::TCP_NOT_READING, STALL_COST_MIN_NS),
        Cause::Http2StreamWindow => (&kind::HTTP2_STREAM_WINDOW, STALL_COST_MIN_NS),
        Cause::Http2ConnectionWindow => (&kind::HTTP2_CONNECTION_WINDOW, STALL_COST_MIN_NS),
        Cause::HeadOfLine if http1 => (&kind::HTTP1_HEAD_OF_LINE, STALL_COST_MIN_NS),
        Cause::Server => (&kind::HTTP_SERVER_SLOW, SERVER_SLOW_NS),
        Cause::Client => (&kind::HTTP_CLIENT_SLOW, SERVER_SLOW_NS),
        _ => return None,
    })
}

fn stalls(exchange: &Exchange, cause: Cause, push: &mut Push<'_>) {
    let cost = exchange.stalls.ns(cause);
    let Some((kind, _)) = kind_of(cause, exchange).filter(|&(_, least)| cost >= least) else { return };
    let stalls: Vec<&Stall> = exchange.stalls.list().iter().filter(|stall| stall.cause == cause).collect();
    let Some(longest) = stalls.iter().max_by_key(|stall| stall.ns()) else { return };
    let span = longest.span;
    let how = if longest.is_inferred_loss() { "; inferred from IP identifications" } else { "" };
    let between = format!("between packets {} and {}{how}", span.from.packet, span.until.packet);
    let explanation = match stalls.len() {
        1 => format!("{} stood still for {} {between}", name(exchange), human::duration(cost)),
        n => format!(
            "{} stood still {n} times, {} in all, longest for {} {between}",
            name(exchange),
            human::duration(cost),
            human::duration(longest.ns())
        ),
    };
    push(kind, explanation, &longest.packets(), Some(cost));
}

fn outcome(exchange: &Exchange, push: &mut Push<'_>) {
    // Most exchanges give nothing to tell: nothing is put into words before something does.
    let name = || name(exchange);
    let took = exchange.duration_ns();
    // What the capture does not show is no failure.
    let unseen = exchange.facts.has(HeadFacts::MISSES_OCTETS) || exchange.facts.has(HeadFacts::CAPTURE_ENDED);
    match (exchange.status, &exchange.response) {
        (Some(status @ 500..), _) => {
            push(&kind::HTTP_SERVER_ERROR, format!("{status} for {}", name()), &[], took);
        }
        (Some(status @ (301 | 302 | 303 | 307 | 308)), _) => {
            push(&kind::HTTP_REDIRECT, format!("{status} for {}", name()), &[], took);
        }
        (None, None) if exchange.facts.has(HeadFacts::UNREADABLE) => {}
        (None, None) if exchange.reset.is_none() && !exchange.pushed && !unseen => {
            push(&kind::HTTP_NO_RESPONSE, name(), &[], None);
        }
        _ => {}
    }
    if let Some(response) = exchange.response.as_ref().filter(|response| !response.complete && !unseen) {
        let why =
            exchange.reset.map_or_else(String::new, |error| format!(": its stream was reset with {error}"));
        let explanation =
            format!("{} of the answer to {} came{why}", human::bytes(response.body_bytes), name());
        push(&kind::HTTP_RESPONSE_CUT, explanation, &[response.last.packet], None);
    }
}

/// What only streams have.
fn http2(exchange: &Exchange, push: &mut Push<'_>) {
    // Most exchanges give nothing to tell: nothing is put into words before something does.
    let name = || name(exchange);
    let held_back = exchange.held_back.filter(|_| exchange.stream.is_some());
    if let Some(span) = held_back.filter(|span| span.ns() >= STALL_COST_MIN_NS) {
        let explanation = format!("{} may have waited {} for a stream", name(), human::duration(span.ns()));
        push(&kind::HTTP2_STREAM_LIMIT, explanation, &[span.from.packet, span.until.packet], Some(span.ns()));
    }
    let grpc = exchange.grpc.as_deref();
    if let Some(status) = grpc.and_then(|grpc| grpc.status).filter(|status| *status != 0) {
        let called = tapline_decode::grpc::status_name(status).unwrap_or("unknown status");
        let message = grpc.and_then(|grpc| grpc.message.as_deref()).unwrap_or_default();
        let message = if message.is_empty() { String::new() } else { format!(": {}", printable(message)) };
        push(
            &kind::GRPC_ERROR,
            format!("{called} ({status}) for {}{message}", name()),
            &[],
            exchange.duration_ns(),
        );
    }
}

fn heads(exchange: &Exchange, push: &mut Push<'_>) {
    let facts = exchange.facts;
    // Most exchanges give nothing to tell: nothing is put into words before something does.
    let name = || name(exchange);
    let large = exchange.request.as_ref().map_or(0, |request| request.header_bytes);
    if exchange.stream.is_none() && large >= HEADERS_LARGE_BYTES {
        push(&kind::HTTP_HEADERS_LARGE, format!("{} of head for {}", human::bytes(large), name()), &[], None);
    }
    let [connect, tls] = [exchange.timings.connect, exchange.timings.tls].map(|ns| ns.unwrap_or(0));
    let closed = facts.has(HeadFacts::CLOSES) && exchange.method.is_some() && exchange.response.is_some();
    if closed && connect + tls >= CLOSE_COST_MIN_NS {
        let explanation =
            format!("after {}; opening it had taken {}", name(), human::duration(connect + tls));
        push(&kind::HTTP1_CLOSED, explanation, &[], None);
    }
    let send = exchange.timings.send.unwrap_or(0);
    if facts.has(HeadFacts::EXPECTS) && send >= EXPECT_COST_MIN_NS {
        let explanation = format!("{} was sent in {}", name(), human::duration(send));
        push(&kind::HTTP_EXPECT, explanation, &[], Some(send));
    }
}

fn bodies(exchange: &Exchange, push: &mut Push<'_>) {
    let Some(response) = &exchange.response else { return };
    let text = exchange.content_type.as_deref().is_some_and(is_compressible);
    let plain = exchange.facts.has(HeadFacts::TAKES_CODINGS) && !exchange.facts.has(HeadFacts::IS_CODED);
    if text && plain && response.body_bytes >= COMPRESSIBLE_MIN_BYTES {
        let explanation = format!("{} of text for {}", human::bytes(response.body_bytes), name(exchange));
        push(&kind::HTTP_UNCOMPRESSED, explanation, &[], None);
    }
}

/// Whether a body of a media type shrinks when it is compressed.
fn is_compressible(media_type: &str) -> bool {
    let kind = media_type.split(';').next().unwrap_or_default().trim().as_bytes();
    let others = ["application/json", "application/javascript", "application/xml", "image/svg+xml"];
    let begins =
        |with: &str| kind.get(..with.len()).is_some_and(|part| part.eq_ignore_ascii_case(with.as_bytes()));
    let ends = |with: &str| {
        let part = kind.len().checked_sub(with.len()).and_then(|start| kind.get(start..));
        part.is_some_and(|part| part.eq_ignore_ascii_case(with.as_bytes()))
    };
    begins("text/")
        || ends("+json")
        || ends("+xml")
        || others.iter().any(|other| kind.eq_ignore_ascii_case(other.as_bytes()))
}
