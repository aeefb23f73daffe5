//! The `connection` record.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::Serialize;
use tapline_engine::analysis::{ConnectionRecord, Direction, Fin, SideRecord, SynOptions};

use super::{At, Place, RecordType};

#[derive(Serialize)]
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
    protocols: Vec<&'static str>,
    server_name: Option<&'a str>,
    requests: u64,
    reused_ports: bool,
    anomalies: BTreeMap<&'static str, u32>,
    missing_bytes: MissingBytes,
}

#[derive(Serialize)]
struct Side {
    address: IpAddr,
    port: u16,
    packets: u64,
    payload_bytes: u64,
}

#[derive(Serialize)]
struct Handshake {
    syn_packet: Option<u64>,
    syn_ack_packet: Option<u64>,
    ack_packet: Option<u64>,
    server_rtt_ns: Option<i64>,
    client_rtt_ns: Option<i64>,
    syn_retries: u16,
    client_options: Option<Options>,
    server_options: Option<Options>,
}

#[derive(Serialize)]
struct Options {
    mss: Option<u16>,
    window_scale: Option<u8>,
    sack_permitted: bool,
    timestamps: bool,
    fast_open_cookie_bytes: Option<u8>,
}

#[derive(Serialize)]
struct Teardown {
    kind: &'static str,
    closed_first: Option<&'static str>,
    client_fin: Option<FinLine>,
    server_fin: Option<FinLine>,
    half_closed_ns: Option<i64>,
    reset: Option<ResetLine>,
}

#[derive(Serialize)]
struct FinLine {
    packet: u64,
    at: At,
    ack_packet: Option<u64>,
    ack_at: Option<At>,
}

#[derive(Serialize)]
struct ResetLine {
    #[serde(flatten)]
    place: Place,
    from: &'static str,
}

#[derive(Serialize)]
struct MissingBytes {
    client: u64,
    server: u64,
}

impl<'a> Line<'a> {
    pub(super) fn of(record: &'a ConnectionRecord) -> Self {
        let handshake = &record.handshake;
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
            initial_rtt_ns: handshake.initial_rtt_ns,
            handshake: Handshake {
                syn_packet: handshake.syn.map(|o| o.packet),
                syn_ack_packet: handshake.syn_ack.map(|o| o.packet),
                ack_packet: handshake.ack.map(|o| o.packet),
                server_rtt_ns: handshake.server_rtt_ns(),
                client_rtt_ns: handshake.client_rtt_ns(),
                syn_retries: handshake.syn_retries,
                client_options: handshake.client_options.map(options),
                server_options: handshake.server_options.map(options),
            },
            teardown: teardown(record),
            protocols: record.protocols.iter().map(|protocol| protocol.name()).collect(),
            server_name: record.server_name.as_deref(),
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
    }
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
        reset: teardown.reset.map(|reset| ResetLine { place: reset.seen.into(), from: name(reset.from) }),
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
