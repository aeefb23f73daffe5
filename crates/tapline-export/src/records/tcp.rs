//! The `tcp` record.

use schemars::JsonSchema;
use serde::Serialize;
use tapline_engine::analysis::{Flag, Own, TcpVerdict, Verdict};

use super::{At, RecordType, Shown};

#[derive(Serialize, JsonSchema)]
pub(super) struct Line<'a> {
    r#type: &'static str,
    packet: u64,
    at: At,
    connection: u64,
    from: &'static str,
    flags: Vec<&'static str>,
    own: Option<&'static str>,
    why: Shown<&'a Verdict>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duplicate_ack_number: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duplicate_ack_packet: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rto_ns: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rto_packet: Option<u64>,
}

impl<'a> Line<'a> {
    pub(super) fn of(told: &'a TcpVerdict) -> Self {
        let Verdict { flags, own, facts } = &told.verdict;
        Self {
            r#type: RecordType::Tcp.name(),
            packet: told.origin.packet,
            at: At(told.origin.at),
            connection: told.connection,
            from: told.from.name(),
            flags: flags.iter().map(Flag::name).collect(),
            own: own.map(Own::name),
            why: Shown(&told.verdict),
            duplicate_ack_number: facts.duplicate.map(|duplicate| duplicate.number),
            duplicate_ack_packet: facts.duplicate.map(|duplicate| duplicate.packet),
            rto_ns: facts.rto.map(|rto| rto.ns),
            rto_packet: facts.rto.map(|rto| rto.packet),
        }
    }
}
