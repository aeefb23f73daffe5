//! What records can have in them, as JSON Schema (draft 2020-12).

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};

use super::{
    RecordType, anomaly, capture, connection, exchange, finding, http, http2_connection, lookup, series, tcp,
    tls, websocket,
};

/// The schema of a type's records. It is made of the types that are written, so it cannot say anything else.
pub fn schema(kind: RecordType) -> Schema {
    let mut schema = match kind {
        RecordType::Capture => of::<capture::Line>(),
        RecordType::Connection => of::<connection::Line<'_>>(),
        RecordType::Tcp => of::<tcp::Line<'_>>(),
        RecordType::TcpSample => of::<series::SampleLine>(),
        RecordType::TlsMessage => of::<tls::MessageLine>(),
        RecordType::TlsSession => of::<tls::SessionLine<'_>>(),
        RecordType::Http1Message => of::<http::Http1Line<'_>>(),
        RecordType::Http2Frame => of::<http::Http2Line<'_>>(),
        RecordType::WebSocketFrame => of::<websocket::Line>(),
        RecordType::Http2Connection => of::<http2_connection::Line>(),
        RecordType::HttpExchange => of::<exchange::Line<'_>>(),
        RecordType::DnsLookup => of::<lookup::Line<'_>>(),
        RecordType::Finding => of::<finding::Line<'_>>(),
        RecordType::Anomaly => of::<anomaly::Line<'_>>(),
    };
    if let Some(said) = schema.pointer_mut("/properties/type") {
        *said = serde_json::json!({ "const": kind.name() });
    }
    schema.insert("title".to_owned(), kind.name().into());
    schema
}

/// The schema of a line of NDJSON: a record of any type.
pub fn schema_of_lines() -> serde_json::Value {
    let types = RecordType::ALL.map(RecordType::name);
    let defs: serde_json::Map<_, _> =
        RecordType::ALL.into_iter().map(|kind| (kind.name().to_owned(), schema(kind).to_value())).collect();
    let any: Vec<_> =
        types.iter().map(|name| serde_json::json!({ "$ref": format!("#/$defs/{name}") })).collect();
    serde_json::json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A line of tapline's NDJSON",
        "description": "What each field means stands in docs/ndjson.md.",
        "type": "object",
        "properties": { "type": { "enum": types } },
        "required": ["type"],
        "oneOf": any,
        "$defs": defs,
    })
}

fn of<T: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft2020_12().for_serialize().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    settings.into_generator().into_root_schema_for::<T>()
}
