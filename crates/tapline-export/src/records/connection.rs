//! The `connection` record.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::IpAddr;

use schemars::JsonSchema;
use serde::Serialize;
use tapline_engine::analysis::{
    ConnectionRecord, Direction, FastOpen, Fin, Left, Reset, Retry, SideRecord, SynOptions, Unreachable,
};

use super::series::SeriesLine;
use super::{At, Place, RecordType};
use crate::redact::Redactor;

#[derive(Serialize, JsonSchema)]
pub(super) struct Line<'a> {
    r#type: &'static str,
    id: u64,
    client: Side,
    server: Side,
    orientation: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    vlans: Vec<u16>,
    start: At,
    end: At,
    duration_ns: i64,
    state: &'static str,
    completeness: u8,
    conn_state: &'static str,
    history: &'a str,
    verdicts: BTreeMap<&'static str, u32>,
    initial_rtt_ns: Option<i64>,
    handshake: Handshake,
    teardown: Teardown,
    captured: &'static str,
    icmp_error: Option<IcmpError>,
    copy_of: Option<u64>,
    same_packets: u32,
    bad_checksums: u32,
    left: Option<&'static str>,
    protocols: Vec<&'static str>,
    server_name: Option<Cow<'a, str>>,
    requests: u64,
    reused_ports: bool,
    anomalies: BTreeMap<&'static str, u32>,
    missing_bytes: MissingBytes,
}

#[derive(Serialize, JsonSchema)]
struct Side {
    address: IpAddr,
    port: u16,
    packets: u64,
    payload_bytes: u64,
    tcp_state: &'static str,
    offloaded_segments: u32,
    unanswered_keep_alives: u8,
    series: Option<SeriesLine>,
}

#[derive(Serialize, JsonSchema)]
struct Handshake {
    kind: &'static str,
    syn_packet: Option<u64>,
    syn_ack_packet: Option<u64>,
    ack_packet: Option<u64>,
    server_rtt_ns: Option<i64>,
    client_rtt_ns: Option<i64>,
    syn_retries: u16,
    syn_ack_retries: u16,
    retries: Vec<RetryLine>,
    syn_data_bytes: u32,
    fast_open: Option<&'static str>,
    client_options: Option<Options>,
    server_options: Option<Options>,
    options_not_taken: Vec<&'static str>,
}

#[derive(Serialize, JsonSchema)]
struct RetryLine {
    #[serde(flatten)]
    place: Place,
    from: &'static str,
}

#[derive(Serialize, JsonSchema)]
struct IcmpError {
    #[serde(flatten)]
    place: Place,
    reporter: IpAddr,
    reason: String,
    mtu: Option<u32>,
    count: u32,
}

#[derive(Serialize, JsonSchema)]
struct Options {
    mss: Option<u16>,
    window_scale: Option<u8>,
    sack_permitted: bool,
    timestamps: bool,
    fast_open_cookie_bytes: Option<u8>,
}

#[derive(Serialize, JsonSchema)]
struct Teardown {
    kind: &'static str,
    closed_first: Option<&'static str>,
    client_fin: Option<FinLine>,
    server_fin: Option<FinLine>,
    half_closed_ns: Option<i64>,
    reset: Option<ResetLine>,
    stray_resets: u32,
}

#[derive(Serialize, JsonSchema)]
struct FinLine {
    packet: u64,
    at: At,
    ack_packet: Option<u64>,
    ack_at: Option<At>,
}

#[derive(Serialize, JsonSchema)]
struct ResetLine {
    #[serde(flatten)]
    place: Place,
    from: &'static str,
    phase: &'static str,
    looks_injected: bool,
    hop_limit: Option<u8>,
    usual_hop_limit: Option<u8>,
    went_on_packet: Option<u64>,
    confirmed_packet: Option<u64>,
}

#[derive(Serialize, JsonSchema)]
struct MissingBytes {
    client: u64,
    server: u64,
}

impl<'a> Line<'a> {
    pub(super) fn of(record: &'a ConnectionRecord, redactor: &Redactor) -> Self {
        Self {
            r#type: RecordType::Connection.name(),
            id: record.id,
            client: side(&record.client),
            server: side(&record.server),
            orientation: record.orientation.name(),
            vlans: record.vlans.iter().collect(),
            start: At(record.first.at),
            end: At(record.last.at),
            duration_ns: record.duration_ns(),
            state: record.state.name(),
            completeness: record.completeness.0,
            conn_state: record.conn_state.name(),
            history: record.history.as_str(),
            verdicts: record.verdicts.iter().map(|&(flag, count)| (flag.name(), count)).collect(),
            initial_rtt_ns: record.handshake.initial_rtt_ns,
            handshake: handshake(record),
            teardown: teardown(record),
            captured: record.only.map_or("both", |side| side.name()),
            icmp_error: record.unreachable.as_deref().map(icmp_error),
            copy_of: record.copy_of,
            same_packets: record.same_packets,
            bad_checksums: record.bad_checksums,
            left: record.left.map(Left::name),
            protocols: record.protocols.iter().map(|protocol| protocol.name()).collect(),
            server_name: record.server_name.as_deref().map(|name| redactor.host(name)),
            requests: record.requests,
            reused_ports: record.reused_ports,
            anomalies: record.anomalies.iter().copied().collect(),
            missing_bytes: MissingBytes {
                client: record.client.missing_bytes,
                server: record.server.missing_bytes,
            },
        }
    }
}

fn side(side: &SideRecord) -> Side {
    Side {
        address: side.endpoint.address,
        port: side.endpoint.port,
        packets: side.packets,
        payload_bytes: side.payload_bytes,
        tcp_state: side.tcp_state,
        offloaded_segments: side.offloaded_segments,
        unanswered_keep_alives: side.unanswered_keep_alives,
        series: side.series.as_deref().map(SeriesLine::of),
    }
}

fn handshake(record: &ConnectionRecord) -> Handshake {
    let steps = &record.handshake;
    let packet = |step: tapline_engine::analysis::Step| step.seen().map(|origin| origin.packet);
    let retry =
        |retry: &Retry| RetryLine { place: retry.seen.into(), from: record.sender(retry.from).name() };
    Handshake {
        kind: record.handshake_kind.name(),
        syn_packet: packet(steps.syn),
        syn_ack_packet: packet(steps.syn_ack),
        ack_packet: packet(steps.ack),
        server_rtt_ns: steps.server_rtt_ns(),
        client_rtt_ns: steps.client_rtt_ns(),
        syn_retries: steps.syn_retries,
        syn_ack_retries: steps.syn_ack_retries,
        retries: steps.retries().iter().map(retry).collect(),
        syn_data_bytes: steps.syn_data_bytes,
        fast_open: steps.fast_open().map(FastOpen::name),
        client_options: steps.client_options.map(options),
        server_options: steps.server_options.map(options),
        options_not_taken: steps.options_not_taken(),
    }
}

fn icmp_error(error: &Unreachable) -> IcmpError {
    let Unreachable { seen, reporter, reason, mtu, count, .. } = *error;
    IcmpError { place: seen.into(), reporter, reason: reason.to_string(), mtu, count }
}

fn options(options: SynOptions) -> Options {
    Options {
        mss: options.mss,
        window_scale: options.window_scale,
        sack_permitted: options.sack_permitted,
        timestamps: options.timestamps,
        fast_open_cookie_bytes: options.fast_open_cookie,
    }
}

fn teardown(record: &ConnectionRecord) -> Teardown {
    let teardown = &record.teardown;
    let name = |direction: Direction| record.sender(direction).name();
    Teardown {
        kind: teardown.kind().name(),
        closed_first: teardown.closed_first().map(name),
        client_fin: teardown.fin(record.client_direction).map(fin),
        server_fin: teardown.fin(record.client_direction.flip()).map(fin),
        half_closed_ns: teardown.half_closed_ns(),
        reset: teardown.reset.map(|line| reset(&line, name(line.from))),
        stray_resets: teardown.stray_resets,
    }
}

fn reset(reset: &Reset, from: &'static str) -> ResetLine {
    ResetLine {
        place: reset.seen.into(),
        from,
        phase: reset.phase.name(),
        looks_injected: reset.looks_injected(),
        hop_limit: reset.hop_limits.map(|(own, _)| own),
        usual_hop_limit: reset.hop_limits.map(|(_, usual)| usual),
        went_on_packet: reset.went_on.map(|origin| origin.packet),
        confirmed_packet: reset.confirmed.map(|origin| origin.packet),
    }
}

fn fin(fin: &Fin) -> FinLine {
    FinLine {
        packet: fin.seen.packet,
        at: At(fin.seen.at),
        ack_packet: fin.acknowledged.map(|ack| ack.packet),
        ack_at: fin.acknowledged.map(|ack| At(ack.at)),
    }
}
