//! What holds for the spans of every fixture.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod common;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use common::{Exported, Kept, export, number, of_path, text, value};
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use tapline_engine::RunOptions;
use tapline_engine::analysis::Options as AnalysisOptions;
use tapline_export::{Exporter, ndjson};
use tapline_otlp::{INTERESTS, Options};
use tapline_testkit::fixtures;

/// Every fixture with what was exported of it.
fn exported() -> impl Iterator<Item = (PathBuf, Exported<Kept>)> {
    fixtures().into_iter().map(|path| {
        let exported = export(of_path(&path), Options::default());
        (path, exported)
    })
}

const PHASES: [&str; 7] = ["blocked", "dns", "connect", "tls", "send", "wait", "receive"];

fn is_exchange(span: &Span) -> bool {
    span.kind == SpanKind::Client as i32
}

fn length(span: &Span) -> i64 {
    i64::try_from(span.end_time_unix_nano).unwrap() - i64::try_from(span.start_time_unix_nano).unwrap()
}

#[test]
fn ids_are_unique_and_the_same_on_every_run() {
    let mut of_all: HashSet<Vec<u8>> = HashSet::new();
    let mut seen = 0;
    for (path, exported) in exported() {
        let spans = exported.spans();
        for span in &spans {
            let id = [&span.trace_id[..], &span.span_id[..]].concat();
            assert_eq!((span.trace_id.len(), span.span_id.len()), (16, 8));
            assert!(
                span.trace_id.iter().any(|&octet| octet != 0) && span.span_id.iter().any(|&octet| octet != 0)
            );
            assert!(of_all.insert(id), "{}: {span:?}", path.display());
            seen += 1;
        }
        let (source, mut options) = of_path(&path);
        (options.threads, options.batch_packets) = (3, 7);
        assert_eq!(export((source, options), Options::default()).spans(), spans, "{}", path.display());
    }
    assert!(seen > 1000, "{seen}");
}

/// As many connections, handshakes and exchanges as NDJSON has.
#[test]
fn nothing_is_left_out() {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for (path, exported) in exported() {
        let mut lines = Vec::new();
        let mut writer = ndjson::Writer::new(&mut lines);
        exported.events.iter().for_each(|event| writer.event(event, true).unwrap());
        let text = String::from_utf8(lines).unwrap();
        let records = |kind: &str| text.matches(&format!("{{\"type\":\"{kind}\"")).count();
        let spans = exported.spans();
        let named = |name: &str| spans.iter().filter(|span| span.name == name).count();
        let exchanges = spans.iter().filter(|span| is_exchange(span)).count();
        for (kind, count) in [
            ("http_exchange", exchanges),
            ("connection", named("TCP connection")),
            ("tls_session", named("TLS handshake")),
        ] {
            assert_eq!(count, records(kind), "{}: {kind}", path.display());
            *seen.entry(kind).or_default() += count;
        }
        assert_eq!(named("capture"), 1, "{}", path.display());
        assert_eq!(exported.sent.left_out_spans, 0);
        assert_eq!(exported.sent.spans, spans.len() as u64);
    }
    assert!(seen.values().all(|&count| count > 20), "{seen:?}");
}

/// A child lies in its parent's time. Only what an exchange waited for before its connection's first packet, a DNS
/// lookup, begins earlier.
#[test]
fn children_lie_in_their_parents() {
    let mut early = 0;
    for (path, exported) in exported() {
        let spans = exported.spans();
        let by_id: HashMap<_, _> = spans.iter().map(|span| ((&span.trace_id, &span.span_id), span)).collect();
        for span in &spans {
            assert!(span.start_time_unix_nano <= span.end_time_unix_nano);
            assert!(span.start_time_unix_nano > 0, "{}: {span:?}", path.display());
            for event in &span.events {
                let within =
                    (span.start_time_unix_nano..=span.end_time_unix_nano).contains(&event.time_unix_nano);
                assert!(within, "{}: {event:?} of {span:?}", path.display());
            }
            if span.parent_span_id.is_empty() {
                assert!(["TCP connection", "capture"].contains(&span.name.as_str()), "{}", span.name);
                continue;
            }
            let parent = by_id.get(&(&span.trace_id, &span.parent_span_id));
            let parent = parent.unwrap_or_else(|| panic!("{}: no parent of {span:?}", path.display()));
            assert!(span.end_time_unix_nano <= parent.end_time_unix_nano, "{}: {span:?}", path.display());
            if span.start_time_unix_nano < parent.start_time_unix_nano {
                assert!(
                    is_exchange(span) && number(&span.attributes, "tapline.dns_ns").is_some(),
                    "{span:?}"
                );
                early += 1;
            }
        }
    }
    assert!(early > 0, "no fixture has a lookup before its connection");
}

#[test]
fn phases_add_up() {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for (path, exported) in exported() {
        for name in phases_of(&path, &exported.spans()) {
            *seen.entry(name).or_default() += 1;
        }
    }
    assert!(PHASES.iter().all(|phase| seen.contains_key(phase)), "{seen:?}");
}

/// Each phase is as long as its exchange says, they follow one another, and together they are the exchange. Gives the
/// phases that took time.
fn phases_of(path: &Path, spans: &[Span]) -> Vec<&'static str> {
    let mut seen = Vec::new();
    let mut below: HashMap<&[u8], Vec<&Span>> = HashMap::new();
    for span in spans {
        below.entry(&span.parent_span_id).or_default().push(span);
    }
    for exchange in spans.iter().filter(|span| is_exchange(span)) {
        let phases = below.get(&exchange.span_id[..]).cloned().unwrap_or_default();
        let mut at = exchange.start_time_unix_nano;
        for phase in &phases {
            assert_eq!(phase.start_time_unix_nano, at, "{}: {phase:?}", path.display());
            at = phase.end_time_unix_nano;
        }
        assert_eq!(at, exchange.end_time_unix_nano, "{}: {exchange:?}", path.display());
        for name in PHASES {
            let of_it = phases.iter().filter(|phase| phase.name == name);
            let sum: i64 = of_it.map(|phase| length(phase)).sum();
            let said = number(&exchange.attributes, &format!("tapline.{name}_ns"));
            assert_eq!(sum, said.unwrap_or(0), "{}: {name} of {exchange:?}", path.display());
            seen.extend((sum > 0).then_some(name));
        }
    }
    seen
}

/// Captures of other projects, with clocks that go backwards and connections that nobody would make.
#[test]
fn strange_captures_have_whole_traces() {
    let Some(folder) = tapline_testkit::corpus("") else { return };
    let (mut folders, mut seen) = (vec![folder], 0);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(source) = tapline_engine::capture::open(std::slice::from_ref(&path)) {
                let options = RunOptions::new(AnalysisOptions::of(INTERESTS));
                let exported = export((source, options), Options::default());
                let spans = exported.spans();
                phases_of(&path, &spans);
                let ids: HashSet<_> = spans.iter().map(|span| (&span.trace_id, &span.span_id)).collect();
                assert_eq!((ids.len(), exported.sent.left_out_spans), (spans.len(), 0), "{}", path.display());
                for span in
                    spans.iter().filter(|span| !span.parent_span_id.is_empty() && span.links.is_empty())
                {
                    let parent = (&span.trace_id, &span.parent_span_id);
                    assert!(ids.contains(&parent), "{}: {span:?}", path.display());
                    assert!(span.start_time_unix_nano <= span.end_time_unix_nano);
                }
                seen += spans.len();
            }
        }
    }
    assert!(seen > 5000, "{seen}");
}

/// What the conventions ask of spans, and what is asked of them here.
#[test]
fn what_must_be_there_is_there() {
    for (path, exported) in exported() {
        for span in exported.spans() {
            let has = |key: &str| {
                assert!(value(&span.attributes, key).is_some(), "{}: no {key} in {span:?}", path.display());
            };
            if is_exchange(&span) {
                let keys = ["server.address", "server.port", "network.peer.address", "tapline.connection"];
                keys.into_iter().for_each(has);
                let inferred = value(&span.attributes, "tapline.inferred").is_some();
                let was_asked = value(&span.attributes, "tapline.request.first_packet").is_some();
                if !inferred && was_asked {
                    ["http.request.method", "network.protocol.version"].into_iter().for_each(has);
                    let keys = ["url.full", "url.path", "tapline.url"];
                    assert!(keys.iter().any(|key| value(&span.attributes, key).is_some()), "{span:?}");
                }
                let status = number(&span.attributes, "http.response.status_code");
                if status.is_some_and(|status| status >= 400) {
                    has("error.type");
                }
            }
            if span.name == "TCP connection" {
                let keys =
                    ["network.transport", "network.type", "client.address", "client.port", "server.address"];
                keys.into_iter().for_each(has);
                ["server.port", "tapline.conn_state", "tapline.client.missing_bytes"]
                    .into_iter()
                    .for_each(has);
            }
            let failed = span.status.as_ref().is_some_and(|status| status.code == StatusCode::Error as i32);
            assert_eq!(failed, text(&span.attributes, "error.type").is_some(), "{span:?}");
            let keys: HashSet<&str> =
                span.attributes.iter().map(|attribute| attribute.key.as_str()).collect();
            assert_eq!(keys.len(), span.attributes.len(), "an attribute stands there twice: {span:?}");
        }
        for request in &exported.sink.0 {
            let resource = request.resource_spans[0].resource.as_ref().unwrap();
            assert_eq!(text(&resource.attributes, "service.name"), Some("tapline"));
            assert_eq!(value(&resource.attributes, "host.name"), None);
            let scope = request.resource_spans[0].scope_spans[0].scope.as_ref().unwrap();
            assert_eq!(scope.name, "tapline");
        }
    }
}

/// Every attribute that fixtures show stands in `docs/opentelemetry.md`, and no other one.
#[test]
fn the_page_names_every_attribute() {
    let page = std::fs::read_to_string(tapline_testkit::root().join("docs/opentelemetry.md")).unwrap();
    let documented: HashSet<&str> =
        page.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    let mut seen: HashSet<String> = HashSet::new();
    for (_, exported) in exported() {
        for span in exported.spans() {
            let of_events = span.events.iter().flat_map(|event| &event.attributes);
            let of_links = span.links.iter().flat_map(|link| &link.attributes);
            seen.extend(
                span.attributes
                    .iter()
                    .chain(of_events)
                    .chain(of_links)
                    .map(|attribute| attribute.key.clone()),
            );
        }
    }
    let missing: Vec<&String> = seen.iter().filter(|key| !documented.contains(key.as_str())).collect();
    assert!(missing.is_empty(), "not documented: {missing:?}");
    let unseen: Vec<&str> =
        documented.into_iter().filter(|key| !seen.contains(*key) && !IN_NO_FIXTURE.contains(key)).collect();
    assert!(unseen.is_empty(), "documented, and nothing has it: {unseen:?}");
}

/// What has to be asked for, and what is rare; other tests have most of it.
const IN_NO_FIXTURE: [&str; 11] = [
    "http.request.header.<name>",
    "http.request.method_original",
    "http.response.header.<name>",
    "tapline.captured_only",
    "tapline.copy_of",
    "tapline.findings_left_out",
    "tapline.link",
    "tapline.stalls_left_out",
    "tapline.stalls_left_out_ns",
    "tapline.url",
    "url.query",
];
