//! The capture as a whole: a trace of its own, with what was found about several connections.

use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use tapline_engine::Outcome;

use super::Place;
use crate::attributes::Attributes;
use crate::ids::Identity;
use crate::known::Findings;

/// The capture's span, from its earliest packet to its latest; `None` where it has none.
pub(crate) fn of_capture(outcome: &Outcome, findings: Findings, redacted: Option<u64>) -> Option<Span> {
    let totals = &outcome.totals;
    let (start, end) = (totals.start?, totals.end?);
    let mut attributes = Attributes::default();
    attributes.put("tapline.packets", totals.packets);
    attributes.put("tapline.bytes", totals.bytes);
    attributes.put("tapline.tcp_packets", totals.tcp_packets);
    attributes.put("tapline.truncated_packets", totals.truncated_packets);
    attributes.put("tapline.connections", totals.connections);
    attributes.put("tapline.evicted_connections", totals.evicted_connections);
    attributes.put("tapline.redacted", redacted);
    attributes.put("tapline.damaged", outcome.facts.is_damaged());
    let (events, left_out) = findings.into_parts();
    attributes.put("tapline.findings_left_out", (left_out > 0).then_some(left_out));
    let identity = Identity::of_capture(totals.first.unwrap_or(start), totals.packets);
    Some(Span {
        attributes: attributes.into_inner(),
        events,
        dropped_events_count: left_out,
        ..Place::root(&identity).span("capture", SpanKind::Internal, [start, end])
    })
}
