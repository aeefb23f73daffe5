//! The `http_exchange` record.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Serialize;
use tapline_engine::analysis::decode::http2::ErrorCode;
use tapline_engine::analysis::{Exchange, MessagePart, Stall};

use super::grpc::GrpcLine;
use super::{At, Headers, RecordType, Shown, hex};
use crate::redact::Redactor;

#[derive(Serialize, JsonSchema)]
pub(super) struct Line<'a> {
    r#type: &'static str,
    connection: u64,
    stream: Option<u32>,
    version: Option<&'static str>,
    method: Option<&'a str>,
    url: Option<Cow<'a, str>>,
    status: Option<u16>,
    reason_phrase: Option<Cow<'a, str>>,
    request: Option<Part<'a>>,
    response: Option<Part<'a>>,
    timings_ns: TimingsLine,
    stalls: Vec<StallLine>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stalls_left_out: Option<LeftOutLine>,
    inferred: bool,
    pushed: bool,
    promised_on: Option<u32>,
    complete: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reset: Option<Shown<ErrorCode>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    grpc: Option<GrpcLine<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct Part<'a> {
    packet: u64,
    at: At,
    end_packet: u64,
    end_at: At,
    headers: Headers<'a>,
    header_bytes: Option<u64>,
    header_bytes_decoded: Option<u64>,
    body_bytes: Option<u64>,
    content_encoding: Option<&'a str>,
    body_bytes_decoded: Option<u64>,
    /// Everything inside of the records, where no more is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    content_bytes: Option<u64>,
    complete: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    body_sha256: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct TimingsLine {
    blocked: Option<i64>,
    dns: Option<i64>,
    connect: Option<i64>,
    tls: Option<i64>,
    send: Option<i64>,
    wait: Option<i64>,
    receive: Option<i64>,
}

impl<'a> Line<'a> {
    pub(super) fn of(exchange: &'a Exchange, redactor: &'a Redactor) -> Self {
        let timings = exchange.timings;
        Self {
            r#type: RecordType::HttpExchange.name(),
            connection: exchange.connection,
            stream: exchange.stream,
            version: (!exchange.inferred).then_some(exchange.version),
            method: exchange.method.as_deref(),
            url: exchange.url.as_deref().map(|url| redactor.url(url)),
            status: exchange.status,
            reason_phrase: exchange.reason.as_deref().map(|reason| redactor.sentence(reason)),
            request: exchange.request.as_ref().map(|one| part(one, exchange.inferred, redactor)),
            response: exchange.response.as_ref().map(|one| part(one, exchange.inferred, redactor)),
            timings_ns: TimingsLine {
                blocked: timings.blocked,
                dns: timings.dns,
                connect: timings.connect,
                tls: timings.tls,
                send: timings.send,
                wait: timings.wait,
                receive: timings.receive,
            },
            stalls: exchange.stalls.list().iter().map(stall).collect(),
            stalls_left_out: left_out(exchange),
            inferred: exchange.inferred,
            pushed: exchange.pushed,
            promised_on: exchange.promised_on,
            complete: exchange.complete,
            reset: exchange.reset.map(Shown),
            grpc: exchange.grpc.as_deref().map(|grpc| GrpcLine::of(grpc, redactor)),
        }
    }
}

/// A stretch in which nothing came.
#[derive(Serialize, JsonSchema)]
struct StallLine {
    cause: &'static str,
    start: At,
    duration_ns: i64,
    packets: Vec<u64>,
}

fn stall(stall: &Stall) -> StallLine {
    StallLine {
        cause: stall.cause.name(),
        start: At(stall.span.from.at),
        duration_ns: stall.ns(),
        packets: stall.packets(),
    }
}

/// Stalls beyond those that are kept one by one.
#[derive(Serialize, JsonSchema)]
struct LeftOutLine {
    count: u32,
    duration_ns: i64,
}

fn left_out(exchange: &Exchange) -> Option<LeftOutLine> {
    let (count, duration_ns) = exchange.stalls.left_out();
    (count > 0).then_some(LeftOutLine { count, duration_ns })
}

fn part<'a>(part: &'a MessagePart, inferred: bool, redactor: &'a Redactor) -> Part<'a> {
    let known = |octets| (!inferred).then_some(octets);
    Part {
        packet: part.first.packet,
        at: At(part.first.at),
        end_packet: part.last.packet,
        end_at: At(part.last.at),
        headers: Headers(&part.headers, redactor),
        header_bytes: known(part.header_bytes),
        header_bytes_decoded: known(part.header_bytes_decoded),
        body_bytes: known(part.body_bytes),
        content_encoding: part.content_encoding.as_deref(),
        body_bytes_decoded: part.body_bytes_decoded,
        content_bytes: inferred.then_some(part.body_bytes),
        complete: part.complete,
        body_sha256: part.body_sha256.map(|hash| hex(&hash)),
    }
}
