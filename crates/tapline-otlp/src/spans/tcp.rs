//! The TCP handshake.

use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use tapline_engine::analysis::{ConnectionRecord, FastOpen, HandshakeKind, Origin, Retry, Step};

use super::{Place, moment, status};
use crate::attributes::Attributes;

/// The handshake's span, from its first packet to its last; `None` where none of it was captured.
pub(crate) fn of_tcp_handshake(record: &ConnectionRecord, place: &Place) -> Option<Span> {
    let steps = &record.handshake;
    let first = steps.syn.seen().or(steps.syn_ack.seen())?;
    let reset = record.teardown.reset.filter(|_| record.handshake_kind == HandshakeKind::Refused);
    let retried = steps.retries().iter().map(|retry| retry.seen);
    let seen = [steps.syn_ack.seen(), reset.map(|reset| reset.seen)].into_iter().flatten().chain(retried);
    let last = steps.ack.seen().unwrap_or_else(|| seen.fold(first, later));
    let mut attributes = Attributes::default();
    attributes.put("tapline.handshake.kind", record.handshake_kind.name());
    attributes.put("tapline.handshake.server_rtt_ns", steps.server_rtt_ns());
    attributes.put("tapline.handshake.client_rtt_ns", steps.client_rtt_ns());
    attributes.put("tapline.handshake.syn_retries", steps.syn.seen().map(|_| steps.syn_retries));
    attributes.put("tapline.handshake.syn_ack_retries", steps.syn_ack.seen().map(|_| steps.syn_ack_retries));
    attributes.put("tapline.handshake.fast_open", steps.fast_open().map(FastOpen::name));
    attributes.put_all("tapline.handshake.options_not_taken", steps.options_not_taken());
    let failure = match record.handshake_kind {
        HandshakeKind::Refused => Some("refused"),
        HandshakeKind::Unanswered => Some("unanswered"),
        _ => None,
    };
    attributes.put("error.type", failure);
    let step = |name: &str, step: Step| Some(told(name, step.seen()?));
    let steps_told = [step("SYN", steps.syn), step("SYN-ACK", steps.syn_ack), step("ACK", steps.ack)];
    let retry = |retry: &Retry| {
        let is_clients = retry.from == record.client_direction;
        told(if is_clients { "SYN again" } else { "SYN-ACK again" }, retry.seen)
    };
    let mut events: Vec<_> =
        steps_told.into_iter().flatten().chain(steps.retries().iter().map(retry)).collect();
    events.extend(reset.map(|reset| told("RST", reset.seen)));
    events.sort_by_key(|event| event.time_unix_nano);
    Some(Span {
        attributes: attributes.into_inner(),
        events,
        status: Some(status(failure)),
        ..place.span("TCP handshake", SpanKind::Internal, [first.at, last.at])
    })
}

/// A step, with its packet.
fn told(name: &str, seen: Origin) -> opentelemetry_proto::tonic::trace::v1::span::Event {
    let mut attributes = Attributes::default();
    attributes.put("tapline.packet", seen.packet);
    moment(name, seen.at, attributes)
}

/// Which of two came later.
fn later(one: Origin, other: Origin) -> Origin {
    if other.packet > one.packet { other } else { one }
}
