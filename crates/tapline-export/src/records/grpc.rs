//! The `grpc` object of `http_exchange`.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Serialize;
use tapline_engine::analysis::decode::grpc::{Flavor, status_name};
use tapline_engine::analysis::{Grpc, GrpcMessages};

use crate::redact::Redactor;

#[derive(Serialize, JsonSchema)]
pub(super) struct GrpcLine<'a> {
    flavor: Option<&'static str>,
    service: Option<&'a str>,
    method: Option<&'a str>,
    timeout_ns: Option<u64>,
    request: Option<MessagesLine<'a>>,
    response: Option<MessagesLine<'a>>,
    status: Option<u32>,
    status_name: Option<&'static str>,
    message: Option<Cow<'a, str>>,
    trailers_only: bool,
}

#[derive(Serialize, JsonSchema)]
struct MessagesLine<'a> {
    messages: u64,
    compressed: u64,
    bytes: u64,
    lengths: &'a [u32],
    exact: bool,
}

impl<'a> GrpcLine<'a> {
    pub(super) fn of(grpc: &'a Grpc, redactor: &Redactor) -> Self {
        Self {
            flavor: grpc.flavor.map(Flavor::name),
            service: grpc.service.as_deref(),
            method: grpc.method.as_deref(),
            timeout_ns: grpc.timeout_ns,
            request: grpc.request.as_ref().map(messages),
            response: grpc.response.as_ref().map(messages),
            status: grpc.status,
            status_name: grpc.status.and_then(status_name),
            message: grpc.message.as_deref().map(|message| redactor.sentence(message)),
            trailers_only: grpc.trailers_only,
        }
    }
}

fn messages(messages: &GrpcMessages) -> MessagesLine<'_> {
    MessagesLine {
        messages: messages.count,
        compressed: messages.compressed,
        bytes: messages.bytes,
        lengths: &messages.lengths,
        exact: messages.exact,
    }
}
