//! The `http2_connection` record.

use schemars::JsonSchema;
use serde::Serialize;
use tapline_engine::analysis::decode::http2::ErrorCode;
use tapline_engine::analysis::{
    GoAwaySeen, HeaderTotals, Http2Connection, Http2LeftOut, Http2Side, OutOfOrder, PingTimes,
    PriorityFollowed, PushCounts, Sender, SettingValues, SettingsSent, StandstillTotals, StreamPriority,
};

use super::http::{SettingLine, setting_line};
use super::{At, Place, RecordType, Shown};

#[derive(Serialize, JsonSchema)]
pub(super) struct Line {
    r#type: &'static str,
    connection: u64,
    start_packet: u64,
    start: At,
    end_packet: u64,
    end: At,
    whole: bool,
    client: SideLine,
    server: SideLine,
    pushes: PushLine,
    priority: PriorityLine,
    goaways: Vec<GoAwayLine>,
    resets: Vec<ResetLine>,
    #[serde(skip_serializing_if = "Option::is_none")]
    left_out: Option<LeftOutLine>,
}

/// What there was more of.
#[derive(Serialize, JsonSchema)]
struct LeftOutLine {
    goaways: u64,
    resets: u64,
    priorities: u64,
}

#[derive(Serialize, JsonSchema)]
struct SideLine {
    settings: Vec<SettingsLine>,
    settings_frames: u32,
    settings_in_force: InForceLine,
    pings: PingLine,
    streams_opened: u64,
    streams_most_at_once: u32,
    streams_at_limit: u64,
    headers: HeadersLine,
    connection_window: StandstillLine,
    stream_windows: StandstillLine,
}

#[derive(Serialize, JsonSchema)]
struct SettingsLine {
    #[serde(flatten)]
    sent: Place,
    settings: Vec<SettingLine>,
    acknowledged_packet: Option<u64>,
    acknowledged_ns: Option<i64>,
}

#[derive(Serialize, JsonSchema)]
struct InForceLine {
    header_table_size: u32,
    enable_push: bool,
    max_concurrent_streams: Option<u32>,
    initial_window_size: u32,
    max_frame_size: u32,
    max_header_list_size: Option<u32>,
    enable_connect_protocol: bool,
    no_rfc7540_priorities: bool,
}

#[derive(Serialize, JsonSchema)]
struct PingLine {
    sent: u64,
    answered: u64,
    min_ns: Option<i64>,
    mean_ns: Option<i64>,
    max_ns: Option<i64>,
}

#[derive(Serialize, JsonSchema)]
struct HeadersLine {
    blocks: u64,
    wire_bytes: u64,
    decoded_bytes: u64,
    fields: u64,
    fields_indexed: u64,
    inserted: u64,
    evicted: u64,
}

#[derive(Serialize, JsonSchema)]
struct StandstillLine {
    standstills: u64,
    total_ns: i64,
    unended: u64,
}

#[derive(Serialize, JsonSchema)]
struct PushLine {
    promised: u64,
    accepted: u64,
    refused: u64,
    withdrawn: u64,
    never_begun: u64,
    cut: u64,
    forbidden: u64,
}

#[derive(Serialize, JsonSchema)]
struct PriorityLine {
    scheme: &'static str,
    in_order_bytes: u64,
    out_of_order_bytes: u64,
    worst: Option<WorstLine>,
    streams: Vec<StreamLine>,
}

/// What one stream was given; only the members of schemes that were spoken of.
#[derive(Serialize, JsonSchema)]
struct StreamLine {
    stream: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    depends_on: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    weight: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    urgency: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    incremental: Option<bool>,
}

#[derive(Serialize, JsonSchema)]
struct WorstLine {
    sent_stream: u32,
    waited_stream: u32,
    out_of_order_bytes: u64,
}

#[derive(Serialize, JsonSchema)]
struct GoAwayLine {
    #[serde(flatten)]
    place: Place,
    from: &'static str,
    last_stream: u32,
    error: Shown<ErrorCode>,
    error_code: u32,
}

#[derive(Serialize, JsonSchema)]
struct ResetLine {
    from: &'static str,
    error: Shown<ErrorCode>,
    error_code: u32,
    count: u64,
}

impl Line {
    pub(super) fn of(told: &Http2Connection) -> Self {
        Self {
            r#type: RecordType::Http2Connection.name(),
            connection: told.connection,
            start_packet: told.start.packet,
            start: At(told.start.at),
            end_packet: told.end.packet,
            end: At(told.end.at),
            whole: told.whole,
            client: side(&told.client),
            server: side(&told.server),
            pushes: pushes(told.pushes),
            priority: priority(told),
            goaways: told.goaways.iter().copied().map(go_away).collect(),
            resets: told.resets.iter().copied().map(reset).collect(),
            left_out: left_out(told.left_out),
        }
    }
}

fn side(side: &Http2Side) -> SideLine {
    SideLine {
        settings: side.settings.iter().map(settings).collect(),
        settings_frames: side.settings_frames,
        settings_in_force: in_force(side.in_force),
        pings: pings(side.pings),
        streams_opened: side.streams_opened,
        streams_most_at_once: side.streams_most_at_once,
        streams_at_limit: side.streams_at_limit,
        headers: headers(side.headers),
        connection_window: standstills(side.connection_standstills),
        stream_windows: standstills(side.stream_standstills),
    }
}

fn settings(sent: &SettingsSent) -> SettingsLine {
    SettingsLine {
        sent: sent.sent.into(),
        settings: sent.settings.iter().copied().map(setting_line).collect(),
        acknowledged_packet: sent.acknowledged.map(|origin| origin.packet),
        acknowledged_ns: sent.acknowledged_ns(),
    }
}

fn in_force(values: SettingValues) -> InForceLine {
    InForceLine {
        header_table_size: values.header_table_size,
        enable_push: values.enable_push,
        max_concurrent_streams: values.max_concurrent_streams,
        initial_window_size: values.initial_window_size,
        max_frame_size: values.max_frame_size,
        max_header_list_size: values.max_header_list_size,
        enable_connect_protocol: values.enable_connect_protocol,
        no_rfc7540_priorities: values.no_rfc7540_priorities,
    }
}

fn pings(times: PingTimes) -> PingLine {
    let PingTimes { sent, answered, min_ns, max_ns, .. } = times;
    PingLine { sent, answered, min_ns, mean_ns: times.mean_ns(), max_ns }
}

fn headers(totals: HeaderTotals) -> HeadersLine {
    let HeaderTotals { blocks, wire_bytes, decoded_bytes, fields, fields_indexed, inserted, evicted } =
        totals;
    HeadersLine { blocks, wire_bytes, decoded_bytes, fields, fields_indexed, inserted, evicted }
}

fn standstills(totals: StandstillTotals) -> StandstillLine {
    StandstillLine { standstills: totals.count, total_ns: totals.total_ns, unended: totals.unended }
}

fn pushes(counts: PushCounts) -> PushLine {
    let PushCounts { promised, accepted, refused, withdrawn, never_begun, cut, forbidden } = counts;
    PushLine { promised, accepted, refused, withdrawn, never_begun, cut, forbidden }
}

fn priority(told: &Http2Connection) -> PriorityLine {
    let PriorityFollowed { octets_in_order, octets_out_of_order, worst } = told.priority_followed;
    PriorityLine {
        scheme: told.priority_scheme.name(),
        in_order_bytes: octets_in_order,
        out_of_order_bytes: octets_out_of_order,
        worst: worst.map(|OutOfOrder { sent, waited, octets }| WorstLine {
            sent_stream: sent,
            waited_stream: waited,
            out_of_order_bytes: octets,
        }),
        streams: told.priorities.iter().map(stream_priority).collect(),
    }
}

fn stream_priority(priority: &StreamPriority) -> StreamLine {
    StreamLine {
        stream: priority.stream,
        depends_on: priority.place.map(|(parent, _)| parent),
        weight: priority.place.map(|(_, weight)| weight),
        urgency: priority.urgency.map(|urgency| urgency.urgency),
        incremental: priority.urgency.map(|urgency| urgency.incremental),
    }
}

fn left_out(told: Http2LeftOut) -> Option<LeftOutLine> {
    let Http2LeftOut { goaways, resets, priorities } = told;
    (told != Http2LeftOut::default()).then_some(LeftOutLine { goaways, resets, priorities })
}

fn go_away(seen: GoAwaySeen) -> GoAwayLine {
    GoAwayLine {
        place: seen.origin.into(),
        from: seen.from.name(),
        last_stream: seen.last_stream,
        error: Shown(seen.error),
        error_code: seen.error.0,
    }
}

fn reset((from, error, count): (Sender, ErrorCode, u64)) -> ResetLine {
    ResetLine { from: from.name(), error: Shown(error), error_code: error.0, count }
}
