//! What was found, as moments of the span that it was found of.

use opentelemetry_proto::tonic::trace::v1::span::Event as SpanEvent;
use tapline_engine::analysis::{Event, Finding, look_for_findings};
use tapline_export::redact::Redactor;

use super::moment;
use crate::attributes::Attributes;

/// What an event by itself gives to tell. The same findings come as events too, behind all events of their packet: too late
/// for a span that has left.
pub(crate) fn findings_of(event: &Event, redactor: &Redactor) -> Vec<SpanEvent> {
    let mut found = Vec::new();
    look_for_findings(event, &mut found);
    found.iter().map(|finding| of_finding(finding, redactor)).collect()
}

/// A finding.
pub(crate) fn of_finding(finding: &Finding, redactor: &Redactor) -> SpanEvent {
    let kind = finding.kind;
    let mut attributes = Attributes::default();
    attributes.put("tapline.finding.code", kind.code);
    attributes.put("tapline.finding.severity", kind.severity.name());
    attributes.put("tapline.finding.title", kind.title);
    attributes.put("tapline.finding.explanation", redactor.sentence(&finding.explanation));
    attributes.put("tapline.finding.reference", kind.reference);
    attributes.put("tapline.finding.cost_ns", finding.cost_ns);
    attributes.put_all("tapline.finding.packets", finding.evidence());
    moment("finding", finding.at.at, attributes)
}
