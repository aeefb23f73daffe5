//! The `finding` record.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Serialize;
use tapline_engine::analysis::Finding;

use super::{Place, RecordType};
use crate::redact::Redactor;

#[derive(Serialize, JsonSchema)]
pub(super) struct Line<'a> {
    r#type: &'static str,
    #[serde(flatten)]
    place: Place,
    severity: &'static str,
    code: &'static str,
    title: &'static str,
    explanation: Cow<'a, str>,
    reference: &'static str,
    connection: Option<u64>,
    stream: Option<u32>,
    packets: Vec<u64>,
    cost_ns: Option<i64>,
}

impl<'a> Line<'a> {
    pub(super) fn of(finding: &'a Finding, redactor: &Redactor) -> Self {
        let kind = finding.kind;
        Self {
            r#type: RecordType::Finding.name(),
            place: finding.at.into(),
            severity: kind.severity.name(),
            code: kind.code,
            title: kind.title,
            explanation: redactor.sentence(&finding.explanation),
            reference: kind.reference,
            connection: finding.connection,
            stream: finding.stream,
            packets: finding.evidence(),
            cost_ns: finding.cost_ns,
        }
    }
}
