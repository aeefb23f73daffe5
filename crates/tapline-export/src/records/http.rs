//! The `http1_message` and `http2_frame` records.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Serialize;
use tapline_engine::analysis::decode::http2::{
    ErrorCode, Form, Frame, HeaderBlock, Payload, Priority, Setting, TableEffect, hpack, setting_name,
};
use tapline_engine::analysis::{Http1Message, Http2Frame, MessageKind, StreamState, shown, text};

use super::{Headers, Octets, RecordType, Said, Shown, Value, hex};
use crate::redact::Redactor;

#[derive(Serialize, JsonSchema)]
pub(super) struct Http1Line<'a> {
    r#type: &'static str,
    #[serde(flatten)]
    said: Said,
    kind: &'static str,
    method: Option<&'a str>,
    target: Option<Cow<'a, str>>,
    status: Option<u16>,
    reason_phrase: Option<Cow<'a, str>>,
    version: &'static str,
    headers: Headers<'a>,
    header_bytes: u64,
    body_bytes: u64,
    body_bytes_decoded: Option<u64>,
    body_complete: bool,
    chunk_extensions: u32,
}

impl<'a> Http1Line<'a> {
    pub(super) fn of(message: &'a Http1Message, redactor: &'a Redactor) -> Self {
        Self {
            r#type: RecordType::Http1Message.name(),
            said: Said::new(message.connection, message.first, message.origin, message.from),
            kind: if message.kind == MessageKind::Request { "request" } else { "response" },
            method: message.method.as_deref(),
            target: message.target.as_deref().map(|target| redactor.url(target)),
            status: message.status,
            reason_phrase: message.reason.as_deref().map(|reason| redactor.sentence(reason)),
            version: message.version,
            headers: Headers(&message.headers, redactor),
            header_bytes: message.header_bytes,
            body_bytes: message.body_bytes,
            body_bytes_decoded: message.body_bytes_decoded,
            body_complete: message.body_complete,
            chunk_extensions: message.chunk_extensions,
        }
    }
}

/// The fields that only some frame types have are left out of the others.
#[derive(Serialize, JsonSchema, Default)]
struct ByType<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    headers: Option<Headers<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    representations: Option<Vec<RepresentationLine>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    header_bytes: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    header_bytes_decoded: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fragment_bytes: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_bytes: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    padding_bytes: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    settings: Option<Vec<SettingLine>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Shown<ErrorCode>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    increment: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    promised_stream: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_stream: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    debug: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    opaque: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<PriorityLine>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prioritized_stream: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origins: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    table: Option<TableLine>,
    #[serde(skip_serializing_if = "Option::is_none")]
    table_entries: Option<Vec<TableEntry<'a>>>,
    #[serde(flatten)]
    effect: EffectLine,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    malformed: bool,
}

/// What a frame brought about.
#[derive(Serialize, JsonSchema, Default)]
struct EffectLine {
    #[serde(skip_serializing_if = "Option::is_none")]
    windows: Option<WindowsLine>,
    #[serde(skip_serializing_if = "Option::is_none")]
    round_trip_ns: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acknowledged_ns: Option<i64>,
}

impl EffectLine {
    fn of(event: &Http2Frame) -> Self {
        let windows = event
            .after
            .windows
            .map(|levels| WindowsLine { connection_bytes: levels.connection, stream_bytes: levels.stream });
        let (round_trip_ns, acknowledged_ns) = (event.after.round_trip_ns, event.after.acknowledged_ns);
        Self { windows, round_trip_ns, acknowledged_ns }
    }
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Http2Line<'a> {
    r#type: &'static str,
    #[serde(flatten)]
    said: Said,
    stream: u32,
    frame: String,
    frame_type: u8,
    flags: u8,
    length: u32,
    /// `null` where it is not known or there is no stream.
    stream_state: Option<&'static str>,
    #[serde(flatten)]
    by_type: ByType<'a>,
}

#[derive(Serialize, JsonSchema)]
struct WindowsLine {
    connection_bytes: Option<i64>,
    stream_bytes: Option<i64>,
}

#[derive(Serialize, JsonSchema)]
struct TableLine {
    entries: u32,
    size_bytes: u32,
    size_max_bytes: Option<u32>,
    inserted: u32,
    evicted: u32,
}

type TableEntry<'a> = (usize, Octets<'a>, Value<'a>);

#[derive(Serialize, JsonSchema)]
pub(super) struct SettingLine {
    id: u16,
    name: Option<&'static str>,
    value: u32,
}

#[derive(Serialize, JsonSchema)]
struct PriorityLine {
    exclusive: bool,
    dependency: u32,
    weight: u16,
}

#[derive(Serialize, JsonSchema)]
struct RepresentationLine {
    form: &'static str,
    index: Option<u32>,
    huffman: bool,
    wire_bytes: u32,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    unknown_entry: bool,
}

impl<'a> Http2Line<'a> {
    pub(super) fn of(event: &'a Http2Frame, redactor: &'a Redactor) -> Self {
        let frame = &event.frame;
        Self {
            r#type: RecordType::Http2Frame.name(),
            said: Said::new(event.connection, event.first, event.origin, event.from),
            stream: frame.stream,
            frame: frame.kind.to_string(),
            frame_type: frame.kind.0,
            flags: frame.flags,
            length: frame.length,
            stream_state: event.after.stream_state.map(StreamState::name),
            by_type: ByType { effect: EffectLine::of(event), ..by_type(frame, redactor) },
        }
    }
}

fn by_type<'a>(frame: &'a Frame, redactor: &'a Redactor) -> ByType<'a> {
    let mut line = ByType::default();
    match &frame.payload {
        Payload::Data { content_length, padding, .. } => {
            line.content_bytes = Some(*content_length);
            line.padding_bytes = *padding;
        }
        Payload::Headers { priority, padding, fragment_length, block } => {
            line.padding_bytes = *padding;
            line.priority = priority.map(priority_line);
            line.block(*fragment_length, block.as_deref(), redactor);
        }
        Payload::Priority(priority) => line.priority = Some(priority_line(*priority)),
        Payload::RstStream { error } => line.error(*error),
        Payload::Settings(settings) => {
            line.settings = Some(settings.iter().copied().map(setting_line).collect());
        }
        Payload::PushPromise { promised_stream, padding, fragment_length, block } => {
            line.promised_stream = Some(*promised_stream);
            line.padding_bytes = *padding;
            line.block(*fragment_length, block.as_deref(), redactor);
        }
        Payload::Ping(opaque) => {
            line.opaque = Some(hex(opaque));
        }
        Payload::GoAway { last_stream, error, debug } => {
            line.last_stream = Some(*last_stream);
            line.debug = Some(redactor.sentence(&shown(debug)).into_owned());
            line.error(*error);
        }
        Payload::WindowUpdate { increment } => line.increment = Some(*increment),
        Payload::Continuation { fragment_length, block } => {
            line.block(*fragment_length, block.as_deref(), redactor);
        }
        Payload::AltSvc { origin, value } => {
            line.origins = Some(vec![text(origin)]);
            line.value = Some(text(value));
        }
        Payload::Origin(origins) => line.origins = Some(origins.iter().map(|origin| text(origin)).collect()),
        Payload::PriorityUpdate { prioritized_stream, value } => {
            line.prioritized_stream = Some(*prioritized_stream);
            line.value = Some(text(value));
        }
        Payload::Unknown(_) => {}
        Payload::Malformed(_) => line.malformed = true,
    }
    line
}

impl<'a> ByType<'a> {
    fn block(&mut self, fragment: u32, block: Option<&'a HeaderBlock>, redactor: &'a Redactor) {
        self.fragment_bytes = Some(fragment);
        let Some(block) = block else { return };
        self.headers = Some(Headers(&block.fields, redactor));
        self.representations = Some(
            block
                .representations
                .iter()
                .map(|r| RepresentationLine {
                    form: form_name(r.form),
                    index: r.index,
                    huffman: r.name_huffman || r.value_huffman,
                    wire_bytes: r.wire_bytes,
                    unknown_entry: r.unknown_entry,
                })
                .collect(),
        );
        self.header_bytes = Some(block.wire_bytes);
        self.header_bytes_decoded = Some(block.decoded_bytes);
        self.table = Some(table_line(block.table));
        self.table_entries = block.table_entries.as_deref().map(|entries| table_entries(entries, redactor));
    }

    fn error(&mut self, error: ErrorCode) {
        self.error = Some(Shown(error));
        self.error_code = Some(error.0);
    }
}

fn form_name(form: Form) -> &'static str {
    match form {
        Form::Indexed => "indexed",
        Form::IncrementalIndexing => "incremental_indexing",
        Form::WithoutIndexing => "without_indexing",
        Form::NeverIndexed => "never_indexed",
    }
}

fn table_line(table: TableEffect) -> TableLine {
    let TableEffect { entries, size_bytes, size_max_bytes, inserted, evicted } = table;
    TableLine { entries, size_bytes, size_max_bytes, inserted, evicted }
}

/// Index, name and value of each: the dynamic table's indices follow those of the static one.
fn table_entries<'a>(entries: &'a [hpack::Entry], redactor: &'a Redactor) -> Vec<TableEntry<'a>> {
    let first = hpack::STATIC.len() + 1;
    let entry = |(index, entry): (usize, &'a hpack::Entry)| {
        let (name, octets) = (entry.name(), entry.value());
        (index, Octets(name), Value { name, octets, redactor })
    };
    (first..).zip(entries).map(entry).collect()
}

pub(super) fn setting_line(setting: Setting) -> SettingLine {
    SettingLine { id: setting.id, name: setting_name(setting.id), value: setting.value }
}

fn priority_line(priority: Priority) -> PriorityLine {
    PriorityLine { exclusive: priority.exclusive, dependency: priority.dependency, weight: priority.weight }
}
