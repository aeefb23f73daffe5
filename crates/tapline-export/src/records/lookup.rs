//! The `dns_lookup` record.

use std::net::IpAddr;

use schemars::JsonSchema;
use serde::Serialize;
use tapline_engine::analysis::Lookup;

use super::{At, RecordType};

#[derive(Serialize, JsonSchema)]
pub(super) struct Line<'a> {
    r#type: &'static str,
    client: IpAddr,
    server: IpAddr,
    name: &'a str,
    record: Option<&'static str>,
    record_code: u16,
    start: At,
    packet: u64,
    answer_packet: Option<u64>,
    duration_ns: Option<i64>,
    retries: u32,
    over_tcp: bool,
    response: Option<&'static str>,
    response_code: Option<u16>,
    addresses: &'a [IpAddr],
    addresses_left_out: u32,
}

impl<'a> Line<'a> {
    pub(super) fn of(lookup: &'a Lookup) -> Self {
        let answered = lookup.code.is_some();
        Self {
            r#type: RecordType::DnsLookup.name(),
            client: lookup.client,
            server: lookup.server,
            name: &lookup.name,
            record: lookup.kind_name(),
            record_code: lookup.kind,
            start: At(lookup.span.from.at),
            packet: lookup.span.from.packet,
            answer_packet: answered.then_some(lookup.span.until.packet),
            duration_ns: answered.then(|| lookup.span.ns()),
            retries: lookup.retries,
            over_tcp: lookup.over_tcp,
            response: lookup.code_name(),
            response_code: lookup.code,
            addresses: &lookup.addresses,
            addresses_left_out: lookup.addresses_left_out,
        }
    }
}
