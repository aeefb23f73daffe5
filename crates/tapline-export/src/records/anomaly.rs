//! The `anomaly` record.

use schemars::JsonSchema;
use serde::Serialize;
use tapline_engine::analysis::AnomalyRecord;

use super::{At, RecordType};

#[derive(Serialize, JsonSchema)]
pub(super) struct Line<'a> {
    r#type: &'static str,
    packet: u64,
    at: At,
    connection: u64,
    from: &'static str,
    code: &'static str,
    detail: &'a str,
    offset: u64,
    length_bytes: u64,
}

impl<'a> Line<'a> {
    pub(super) fn of(anomaly: &'a AnomalyRecord) -> Self {
        Self {
            r#type: RecordType::Anomaly.name(),
            packet: anomaly.origin.packet,
            at: At(anomaly.origin.at),
            connection: anomaly.connection,
            from: anomaly.from.name(),
            code: anomaly.code,
            detail: &anomaly.detail,
            offset: anomaly.span.start,
            length_bytes: anomaly.span.end.saturating_sub(anomaly.span.start),
        }
    }
}
