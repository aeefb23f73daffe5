//! A request with its response, and its phases below it.

use std::borrow::Cow;

use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::{Event as SpanEvent, SpanKind};
use tapline_engine::analysis::decode::grpc::status_name;
use tapline_engine::analysis::decode::http2::ErrorCode;
use tapline_engine::analysis::{Exchange, Grpc, HeadFacts, MessagePart, Stall, Timestamp};
use tapline_export::redact::Redactor;

use super::phases::phases;
use super::target::Target;
use super::{Place, moment, status};
use crate::attributes::Attributes;
use crate::context::Context;
use crate::ids::Role;
use crate::known::Connection;
use crate::writer::Options;

/// What is asked of an exchange, and what is known around it.
#[derive(Clone, Copy)]
pub(crate) struct Subject<'a> {
    /// The exchange.
    pub(crate) exchange: &'a Exchange,
    /// Its connection.
    pub(crate) connection: &'a Connection,
    /// Its number in the connection.
    pub(crate) number: u64,
    /// What is wanted.
    pub(crate) options: &'a Options,
    /// What takes secrets out.
    pub(crate) redactor: &'a Redactor,
}

/// The exchange's span, then those of its phases.
///
/// Its kind is `CLIENT`: what is timed is what the client waited for, DNS and handshakes included, from where the packets
/// were captured, and who sent `traceparent` is its parent. `SERVER` would be taken for the server's own span, which the
/// caller's trace may have already.
pub(crate) fn of_exchange(subject: Subject<'_>, findings: Vec<SpanEvent>) -> Vec<Span> {
    let Subject { exchange, connection, number, .. } = subject;
    let identity = &connection.identity;
    let context = exchange.request.as_ref().and_then(|request| Context::of(&request.headers));
    let place = match &context {
        Some(context) => Place::in_context(context, identity.span(Role::Exchange(number))),
        None => Place::below_root(identity, Role::Exchange(number)),
    };
    let phases = phases(exchange);
    let mut span = Span {
        attributes: attributes(subject).into_inner(),
        status: Some(status(failure(exchange).map(|(_, why)| why))),
        events: exchange.stalls.list().iter().map(stall).chain(findings).collect(),
        ..place.span(&name(exchange), SpanKind::Client, times(exchange, phases.last().map(|last| last.until)))
    };
    if context.is_some() {
        let mut what = Attributes::default();
        what.put("tapline.link", "connection");
        span.links.push(Place::root(identity).link(what));
    }
    let below = (0..).zip(phases).map(|(nth, phase)| {
        let place = place.child(identity.span(Role::Phase(number, nth)));
        place.span(phase.name, SpanKind::Internal, [phase.from, phase.until])
    });
    std::iter::once(span).chain(below).collect()
}

/// When it began and ended: with its phases, which a clock that jumps may make longer than its packets say.
fn times(exchange: &Exchange, phases_end: Option<Timestamp>) -> [Timestamp; 2] {
    let end = exchange.end().or(exchange.cut).map(|origin| origin.at);
    let start = exchange.start().map(|origin| origin.at).or(end).unwrap_or_default();
    [start, end.max(phases_end).unwrap_or(start)]
}

/// `{method}` as the conventions ask, or the method that gRPC calls: paths are too many to be names.
fn name(exchange: &Exchange) -> Cow<'_, str> {
    if let Some(method) = exchange.grpc.as_deref().and_then(rpc_method) {
        return method.into();
    }
    match exchange.method.as_deref() {
        Some(method) if METHODS.contains(&method) => method.into(),
        _ => "HTTP".into(),
    }
}

/// The methods that the conventions name; each other one is `_OTHER`.
const METHODS: [&str; 10] =
    ["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE", "QUERY"];

fn attributes(subject: Subject<'_>) -> Attributes {
    let Subject { exchange, connection, options, redactor, .. } = subject;
    let mut attributes = Attributes::default();
    if let Some(method) = exchange.method.as_deref() {
        let is_known = METHODS.contains(&method);
        attributes.put("http.request.method", if is_known { method } else { "_OTHER" });
        attributes.put("http.request.method_original", (!is_known).then_some(method));
    }
    let url = exchange.url.as_deref().map(|url| redactor.url(url));
    let target = url.as_deref().map(Target::of);
    if let Some(target) = target {
        target.write(&mut attributes);
    }
    attributes.put("http.response.status_code", exchange.status);
    // Whom the client meant; where that was not seen, whom it reached.
    let named = target.and_then(|target| Some((target.host?, target.port)));
    if let Some((host, port)) = named {
        attributes.put("server.address", host);
        attributes.put("server.port", port.unwrap_or(connection.server.port));
    } else {
        attributes.put("server.address", connection.server.address);
        attributes.put("server.port", connection.server.port);
    }
    attributes.put("network.peer.address", connection.server.address);
    attributes.put("network.peer.port", connection.server.port);
    attributes.put("client.address", connection.client.address);
    attributes.put("client.port", connection.client.port);
    attributes.put("network.transport", "tcp");
    attributes.put("network.protocol.name", "http");
    attributes.put("network.protocol.version", (!exchange.inferred).then_some(exchange.version));
    attributes.put("error.type", failure(exchange).map(|(kind, _)| kind));
    if let Some(grpc) = exchange.grpc.as_deref() {
        of_grpc(&mut attributes, grpc, redactor);
    }
    part(&mut attributes, "request", exchange.request.as_ref(), exchange.inferred);
    part(&mut attributes, "response", exchange.response.as_ref(), exchange.inferred);
    fields(&mut attributes, "request", exchange.request.as_ref(), &options.request_headers, redactor);
    fields(&mut attributes, "response", exchange.response.as_ref(), &options.response_headers, redactor);
    for (phase, ns) in exchange.timings.phases() {
        attributes.put(format!("tapline.{phase}_ns"), ns);
    }
    attributes.put("tapline.connection", exchange.connection);
    attributes.put("tapline.stream", exchange.stream);
    attributes.put("tapline.complete", exchange.complete);
    attributes.put("tapline.inferred", exchange.inferred.then_some(true));
    attributes.put("tapline.pushed", exchange.pushed.then_some(true));
    attributes.put("tapline.reset", exchange.reset.map(|code| code.to_string()));
    let (left_out, left_out_ns) = exchange.stalls.left_out();
    attributes.put("tapline.stalls_left_out", (left_out > 0).then_some(left_out));
    attributes.put("tapline.stalls_left_out_ns", (left_out > 0).then_some(left_out_ns));
    attributes
}

fn of_grpc(attributes: &mut Attributes, grpc: &Grpc, redactor: &Redactor) {
    attributes.put("rpc.system.name", "grpc");
    attributes.put("rpc.method", rpc_method(grpc));
    attributes.put("rpc.response.status_code", grpc.status.map(grpc_status));
    attributes.put("tapline.grpc.message", grpc.message.as_deref().map(|message| redactor.sentence(message)));
    attributes.put("tapline.grpc.timeout_ns", grpc.timeout_ns);
    attributes.put("tapline.grpc.request_messages", grpc.request.as_ref().map(|messages| messages.count));
    attributes.put("tapline.grpc.response_messages", grpc.response.as_ref().map(|messages| messages.count));
}

fn rpc_method(grpc: &Grpc) -> Option<String> {
    Some(format!("{}/{}", grpc.service.as_deref()?, grpc.method.as_deref()?))
}

fn grpc_status(status: u32) -> Cow<'static, str> {
    status_name(status).map_or_else(|| status.to_string().into(), Cow::Borrowed)
}

/// One half. How long a body is, is known where it came whole; of what was inferred, heads are part of it.
fn part(attributes: &mut Attributes, name: &str, part: Option<&MessagePart>, inferred: bool) {
    let Some(part) = part else { return };
    let whole = (part.complete && !inferred).then_some(part.body_bytes);
    attributes.put(format!("http.{name}.body.size"), whole);
    attributes.put(format!("tapline.{name}.header_bytes"), (!inferred).then_some(part.header_bytes));
    attributes.put(format!("tapline.{name}.content_bytes"), inferred.then_some(part.body_bytes));
    attributes.put(format!("tapline.{name}.first_packet"), part.first.packet);
    attributes.put(format!("tapline.{name}.last_packet"), part.last.packet);
}

/// Header fields that somebody asked for, each with all its values.
fn fields(
    attributes: &mut Attributes,
    half: &str,
    part: Option<&MessagePart>,
    wanted: &[String],
    redactor: &Redactor,
) {
    let Some(part) = part else { return };
    for name in wanted {
        let of_it = part.headers.iter().filter(|(field, _)| field.eq_ignore_ascii_case(name.as_bytes()));
        let values = of_it.map(|(field, value)| {
            redactor
                .field(field, value)
                .unwrap_or_else(|| tapline_engine::analysis::shown(value).into_owned())
        });
        attributes.put_all(format!("http.{half}.header.{}", name.to_ascii_lowercase()), values);
    }
}

/// A stretch in which nothing came, at its beginning.
fn stall(stall: &Stall) -> SpanEvent {
    let mut attributes = Attributes::default();
    attributes.put("tapline.stall.cause", stall.cause.name());
    attributes.put("tapline.stall.duration_ns", stall.ns());
    attributes.put_all("tapline.stall.packets", stall.packets());
    moment("stall", stall.span.from.at, attributes)
}

/// Why it failed, if it did: `error.type`, and what the attributes do not say already. What a client takes back
/// (CANCEL) and what a server answers early (NO_ERROR) is no failure.
fn failure(exchange: &Exchange) -> Option<(Cow<'static, str>, &'static str)> {
    if let Some(status) = exchange.grpc.as_deref().and_then(|grpc| grpc.status).filter(|&status| status != 0)
    {
        return Some((grpc_status(status), ""));
    }
    if let Some(status) = exchange.status.filter(|&status| status >= 400) {
        return Some((status.to_string().into(), ""));
    }
    match exchange.reset {
        Some(ErrorCode::NO_ERROR | ErrorCode::CANCEL) => return None,
        Some(code) => return Some((code.to_string().into(), "the stream was reset")),
        None => {}
    }
    // What the capture does not show is no failure.
    let facts = [HeadFacts::MISSES_OCTETS, HeadFacts::CAPTURE_ENDED, HeadFacts::UNREADABLE];
    if exchange.inferred || facts.into_iter().any(|fact| exchange.facts.has(fact)) {
        return None;
    }
    match &exchange.response {
        Some(response) if !response.complete => {
            Some(("response_cut".into(), "the connection ended before the response was whole"))
        }
        None if !exchange.pushed => Some(("no_response".into(), "the connection ended without a response")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exchange_is_named_by_its_method() {
        let check = |method: Option<&'static str>, grpc: Option<[&str; 2]>, expected: &str| {
            let grpc = grpc.map(|[service, method]| {
                let (service, method) = (Some(service.to_owned()), Some(method.to_owned()));
                Box::new(Grpc { service, method, ..Grpc::default() })
            });
            let exchange = Exchange { method: method.map(Cow::Borrowed), grpc, ..Exchange::default() };
            assert_eq!(name(&exchange), expected);
        };
        check(Some("GET"), None, "GET");
        check(Some("get"), None, "HTTP");
        check(Some("PROPFIND"), None, "HTTP");
        check(None, None, "HTTP");
        check(Some("POST"), Some(["shop.v1.Orders", "Find"]), "shop.v1.Orders/Find");
    }
}
