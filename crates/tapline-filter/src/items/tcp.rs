//! Odd TCP segments and samples.

use tapline_analysis::{Flag, Own, TcpSample, TcpVerdict};

use super::{durations, frames, number, numbers, present};
use crate::{FieldId, Item, Value};

/// The field that says that a verdict was given.
pub(super) fn of_flag(flag: Flag) -> FieldId {
    match flag {
        Flag::Retransmission => FieldId::TcpAnalysisRetransmission,
        Flag::FastRetransmission => FieldId::TcpAnalysisFastRetransmission,
        Flag::SpuriousRetransmission => FieldId::TcpAnalysisSpuriousRetransmission,
        Flag::OutOfOrder => FieldId::TcpAnalysisOutOfOrder,
        Flag::DuplicateAck => FieldId::TcpAnalysisDuplicateAck,
        Flag::LostSegment => FieldId::TcpAnalysisLostSegment,
        Flag::AckLostSegment => FieldId::TcpAnalysisAckLostSegment,
        Flag::ZeroWindow => FieldId::TcpAnalysisZeroWindow,
        Flag::ZeroWindowProbe => FieldId::TcpAnalysisZeroWindowProbe,
        Flag::ZeroWindowProbeAck => FieldId::TcpAnalysisZeroWindowProbeAck,
        Flag::WindowFull => FieldId::TcpAnalysisWindowFull,
        Flag::WindowUpdate => FieldId::TcpAnalysisWindowUpdate,
        Flag::KeepAlive => FieldId::TcpAnalysisKeepAlive,
        Flag::KeepAliveAck => FieldId::TcpAnalysisKeepAliveAck,
        Flag::ReusedPorts => FieldId::TcpAnalysisReusedPorts,
    }
}

impl Item for TcpVerdict {
    fn values(&self, field: FieldId, tell: &mut dyn FnMut(Value<'_>)) {
        use FieldId as F;
        let (flags, facts) = (self.verdict.flags, &self.verdict.facts);
        match field {
            F::FrameNumber | F::FrameTimeEpoch => frames(field, [self.origin], tell),
            F::TcpStream => number(self.connection, tell),
            F::TcpLen => number(facts.length, tell),
            F::TcpWindowSize => number(facts.window, tell),
            F::TcpAnalysisFlags => present(!flags.is_empty(), tell),
            F::TcpAnalysisDuplicateAckNum => numbers(facts.duplicate.map(|duplicate| duplicate.number), tell),
            F::TcpAnalysisRto => durations(facts.rto.map(|rto| rto.ns), tell),
            field => present(flags.iter().any(|flag| of_flag(flag) == field), tell),
        }
    }

    fn texts(&self, tell: &mut dyn FnMut(&str)) {
        self.verdict.flags.iter().for_each(|flag| tell(flag.name()));
        self.verdict.own.map(Own::name).into_iter().for_each(&mut *tell);
        tell(&self.verdict.to_string());
    }
}

impl Item for TcpSample {
    fn values(&self, field: FieldId, tell: &mut dyn FnMut(Value<'_>)) {
        match field {
            FieldId::FrameNumber | FieldId::FrameTimeEpoch => frames(field, [self.origin], tell),
            FieldId::TcpStream => number(self.connection, tell),
            FieldId::TcpAnalysisAckRtt => durations(self.sample.round_trip_ns, tell),
            FieldId::TcpAnalysisBytesInFlight => number(self.sample.in_flight_bytes, tell),
            _ => {}
        }
    }

    fn texts(&self, _: &mut dyn FnMut(&str)) {}
}
