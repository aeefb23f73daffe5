//! The `finding` record.

use serde::Serialize;
use tapline_engine::analysis::Finding;

use super::{Place, RecordType};

#[derive(Serialize)]
pub(super) struct Line<'a> {
    r#type: &'static str,
    #[serde(flatten)]
    place: Place,
    severity: &'static str,
    code: &'static str,
    title: &'static str,
    explanation: &'a str,
    reference: &'static str,
    connection: Option<u64>,
    stream: Option<u32>,
    packets: Vec<u64>,
    cost_ns: Option<i64>,
}

impl<'a> Line<'a> {
    pub(super) fn of(finding: &'a Finding) -> Self {
        let kind = finding.kind;
        Self {
            r#type: RecordType::Finding.name(),
            place: finding.at.into(),
            severity: kind.severity.name(),
            code: kind.code,
            title: kind.title,
            explanation: &finding.explanation,
            reference: kind.reference,
            connection: finding.connection,
            stream: finding.stream,
            packets: finding.evidence(),
            cost_ns: finding.cost_ns,
        }
    }
}
