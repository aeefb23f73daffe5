//! Findings and anomalies.

use tapline_analysis::{AnomalyRecord, Finding, Kind};

use super::{durations, frames, number, numbers, text};
use crate::catalogue::number_of;
use crate::{FieldId, Item, Value};

/// What something that was found says of these fields.
pub(super) fn found(
    field: FieldId,
    kind: &'static Kind,
    cost_ns: Option<i64>,
    tell: &mut dyn FnMut(Value<'_>),
) {
    match field {
        FieldId::TaplineFinding => text([kind.code], tell),
        FieldId::TaplineFindingSeverity => number(number_of(kind.severity), tell),
        FieldId::TaplineFindingCost => durations(cost_ns, tell),
        _ => {}
    }
}

impl Item for Finding {
    fn values(&self, field: FieldId, tell: &mut dyn FnMut(Value<'_>)) {
        match field {
            FieldId::FrameNumber => self.evidence().into_iter().for_each(|packet| number(packet, tell)),
            FieldId::FrameTimeEpoch => frames(field, [self.at], tell),
            FieldId::TcpStream => numbers(self.connection, tell),
            FieldId::TaplineRecord => text(["finding"], tell),
            FieldId::Http2Streamid => numbers(self.stream, tell),
            field => found(field, self.kind, self.cost_ns, tell),
        }
    }

    fn texts(&self, tell: &mut dyn FnMut(&str)) {
        [self.kind.code, self.kind.title, self.kind.severity.name(), &self.explanation]
            .into_iter()
            .for_each(tell);
    }
}

impl Item for AnomalyRecord {
    fn values(&self, field: FieldId, tell: &mut dyn FnMut(Value<'_>)) {
        match field {
            FieldId::FrameNumber | FieldId::FrameTimeEpoch => frames(field, [self.origin], tell),
            FieldId::TcpStream => number(self.connection, tell),
            FieldId::TaplineAnomaly => text([self.code], tell),
            _ => {}
        }
    }

    fn texts(&self, tell: &mut dyn FnMut(&str)) {
        [self.code, &self.detail].into_iter().for_each(tell);
    }
}
