//! What is selected: what it is, for who asks, and what of it is copied.

use tapline_analysis::decode::http2::Payload;
use tapline_analysis::decode::{Message, http1, http2, tls};
use tapline_analysis::{Field, HandshakeKind, MessageSeen, text};

use crate::explain::{self, Explanation};
use crate::model::{Close, Focus, Layer, Model, Page, Plot, Row, Rung, Spot, What};
use crate::phases::{self, Phase};
use crate::view;

/// What the selected thing is, the most telling first; the screen itself where nothing is selected.
pub(crate) fn explanations(model: &Model) -> Vec<Explanation> {
    let mut found = match model.page {
        Page::Overview => of_overview(model),
        Page::Connections | Page::Timeline => of_row(model),
        Page::Findings => {
            let finding = model.findings.get(model.finding.selected);
            finding.map(|row| explain::finding(row.kind)).into_iter().collect()
        }
        Page::Ladder => of_rung(model),
        Page::Bytes => {
            let field = model.bytes.selected_field().and_then(of_field);
            field.into_iter().chain(of_rung(model)).collect()
        }
        Page::Streams => of_stream(model),
        Page::Tcp => vec![match model.tcp.plot {
            Plot::Sequence => explain::window(explain::Window::Receive),
            Plot::RoundTrips => explain::cause(tapline_analysis::Cause::NetworkRoundTrip),
            Plot::InFlight => explain::window(explain::Window::Congestion),
        }],
    };
    found.push(explain::screen(model.page));
    found
}

fn of_overview(model: &Model) -> Vec<Explanation> {
    match model.overview.selected {
        Some(Spot::Kind(code)) => model
            .findings
            .kind(code)
            .map(|kindred| explain::finding(kindred.worst.kind))
            .into_iter()
            .collect(),
        Some(Spot::Exchange(id, nth)) => {
            let row = model.rows.get(id);
            row.map(|row| of_request(row, usize::try_from(nth).unwrap_or(usize::MAX))).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// The phase under the cursor, then what the row is.
fn of_row(model: &Model) -> Vec<Explanation> {
    let Some(row) = model.selected_row() else { return Vec::new() };
    let request = model.selected_request().filter(|_| model.focus != Focus::Detail);
    let mut found: Vec<Explanation> =
        under_cursor(model, row, request).map(explain::phase).into_iter().collect();
    if let Some(nth) = request {
        found.extend(of_request(row, nth));
    } else {
        found.extend(of_connection(row));
        let column = columns_name(model).and_then(explain::column);
        found.extend(column);
    }
    found
}

/// The name of the column that the table is sorted by.
fn columns_name(model: &Model) -> Option<&'static str> {
    (model.page == Page::Connections).then(|| view::sorted_column(model)).flatten()
}

/// What a connection came to: what is marked on its bar, then how it was opened and ended.
fn of_connection(row: &Row) -> Vec<Explanation> {
    let mut found: Vec<Explanation> = phases::marks(row).map(|(mark, _)| explain::mark(mark)).collect();
    if let Some(session) = row.tls().filter(|session| crate::words::failed(session).is_some()) {
        found.push(explain::tls_outcome(session.outcome));
        found.extend(session.reached.and_then(|(_, step)| explain::tls_step(step)));
    }
    let Some(record) = row.record() else { return found };
    found.push(explain::connection_state(record.state));
    if record.handshake_kind != HandshakeKind::ThreeWay {
        found.push(explain::handshake(record.handshake_kind));
    }
    match record.teardown.ending_reset() {
        Some(reset) => found.push(explain::reset(reset.phase)),
        None => found.push(explain::teardown(record.teardown.kind())),
    }
    found.push(explain::zeek_state(record.conn_state));
    found
}

/// The phase that the selected row is in at the cursor; `None` until the cursor was moved.
pub(crate) fn under_cursor(model: &Model, row: &Row, request: Option<usize>) -> Option<Phase> {
    if model.cursor == 0 {
        return None;
    }
    let at = model.axis_window().at_part(model.cursor);
    let mut phase: Option<Phase> = None;
    let mut look = |span: phases::Span| {
        if span.from <= at && at <= span.to && phase.is_none_or(|phase| phase <= span.phase) {
            phase = Some(span.phase);
        }
    };
    match request.and_then(|nth| row.exchanges().get(nth)) {
        Some(exchange) => phases::of_exchange(exchange, &mut look),
        None => phases::of_connection(row, &mut look),
    }
    phase
}

/// What took most of a request, and its status.
fn of_request(row: &Row, nth: usize) -> Vec<Explanation> {
    let Some(exchange) = row.exchanges().get(nth) else { return Vec::new() };
    let mut found = Vec::new();
    if let Some(stalled) = &exchange.stalled {
        found.push(explain::cause(stalled.worst.0));
    }
    if exchange.before.as_ref().is_some_and(|before| before.held_back.is_some()) {
        found.push(explain::head_of_line());
    }
    found.extend(exchange.status.and_then(explain::http_status));
    let method = exchange.request.split(' ').next().unwrap_or_default();
    found.extend(explain::http_method(method));
    found
}

fn of_rung(model: &Model) -> Vec<Explanation> {
    let Some(close) = model.close() else { return Vec::new() };
    let Some(rung) = model.ladder.selected() else { return Vec::new() };
    match rung.what {
        What::Segment(index) => of_segment(close, index),
        What::Message(index) => close.messages.get(index).map(of_message).unwrap_or_default(),
    }
}

/// A header field, or an extension of TLS, which says its number behind its name.
fn of_field(field: &Field) -> Option<Explanation> {
    let number = || field.value.rsplit_once('(')?.1.strip_suffix(')')?.parse().ok();
    if field.name == "tls.handshake.extension.type" {
        return explain::tls_extension(tls::ExtensionType(number()?));
    }
    explain::header(&field.label).or_else(|| explain::header(field.value.split(": ").next()?))
}

fn of_segment(close: &Close, index: usize) -> Vec<Explanation> {
    let Some(segment) = close.segments.get(index) else { return Vec::new() };
    let verdict = close.verdict(segment.origin.packet);
    let flags = verdict.into_iter().flat_map(|verdict| verdict.verdict.flags.iter());
    let mut found: Vec<Explanation> = flags.map(explain::verdict).collect();
    // The most particular one is told last by the verdict.
    found.reverse();
    found.push(explain::tcp_segment(segment.seen.flags));
    found
}

fn of_message(seen: &MessageSeen) -> Vec<Explanation> {
    match &seen.message {
        Message::Tls(message) => match &message.body {
            tls::Body::Handshake(handshake) => explain::tls_handshake(handshake.kind()).into_iter().collect(),
            tls::Body::Alert(alert) => {
                let alert = explain::tls_alert(alert.description);
                alert.into_iter().chain([explain::tls_content(message.content)]).collect()
            }
            _ => vec![explain::tls_content(message.content)],
        },
        Message::Http1(http1::Message::Request(request)) => {
            explain::http_method(&text(&request.method)).into_iter().collect()
        }
        Message::Http1(http1::Message::Response(response)) => {
            explain::http_status(response.status).into_iter().collect()
        }
        Message::Http2(message) => match &**message {
            http2::Message::Frame(frame) => of_frame(frame),
            http2::Message::Preface | http2::Message::Upgraded(_) => Vec::new(),
        },
        Message::WebSocket(frame) => vec![explain::websocket_opcode(frame.opcode.0)],
        _ => Vec::new(),
    }
}

fn of_frame(frame: &http2::Frame) -> Vec<Explanation> {
    let mut found = vec![explain::http2_frame(frame.kind)];
    match &frame.payload {
        Payload::RstStream { error } | Payload::GoAway { error, .. } => {
            found.extend(explain::http2_error(*error));
        }
        Payload::WindowUpdate { .. } if frame.stream == 0 => {
            found.push(explain::window(explain::Window::Http2Connection));
        }
        Payload::WindowUpdate { .. } => found.push(explain::window(explain::Window::Http2Stream)),
        Payload::Headers { block: Some(block), .. } => {
            let status = block.fields.get(":status").map(text).and_then(|status| status.parse().ok());
            found.extend(status.and_then(explain::http_status));
            let method = block.fields.get(":method").map(text);
            found.extend(method.and_then(|method| explain::http_method(&method)));
        }
        _ => {}
    }
    found
}

fn of_stream(model: &Model) -> Vec<Explanation> {
    use crate::model::Pane;
    match model.streams.pane {
        Pane::Windows => vec![
            explain::window(explain::Window::Http2Stream),
            explain::window(explain::Window::Http2Connection),
        ],
        Pane::Headers => vec![
            explain::hpack_form(http2::Form::IncrementalIndexing),
            explain::hpack_form(http2::Form::Indexed),
        ],
        Pane::Settings => vec![explain::http2_frame(http2::FrameType::SETTINGS)],
    }
}

/// What of the selected thing one would paste elsewhere.
pub(crate) fn copied(model: &Model) -> Option<String> {
    match model.page {
        Page::Overview => match model.overview.selected? {
            Spot::Exchange(id, nth) => {
                let exchange = model.rows.get(id)?.exchanges().get(usize::try_from(nth).ok()?)?;
                Some(exchange.request.to_string())
            }
            Spot::Kind(code) => {
                model.findings.kind(code).map(|kindred| kindred.worst.explanation.to_string())
            }
            Spot::Host(rank) => {
                model.rows.hosts().busiest(rank + 1).get(rank).map(|(server, _)| server.name())
            }
            _ => None,
        },
        Page::Findings => {
            let row = model.findings.get(model.finding.selected)?;
            Some(format!("{}: {}", row.kind.code, row.explanation))
        }
        Page::Connections | Page::Timeline => {
            let row = model.selected_row()?;
            if let Some(nth) = model.selected_request() {
                return Some(row.exchanges().get(nth)?.request.to_string());
            }
            connection(row)
        }
        Page::Bytes => match model.bytes.selected_field() {
            Some(field) if !field.value.is_empty() => Some(format!("{}: {}", field.label, field.value)),
            _ => model.ladder.selected().map(rung),
        },
        Page::Ladder => model.ladder.selected().map(rung),
        Page::Streams => model.streams.selected().map(|lane| lane.request.clone()),
        Page::Tcp => connection(model.selected_row()?),
    }
}

/// A display filter that finds the connection, here and in Wireshark.
fn connection(row: &Row) -> Option<String> {
    let record = row.record()?;
    let (client, server) = (record.client.endpoint, record.server.endpoint);
    let ip = if client.address.is_ipv4() { "ip" } else { "ipv6" };
    Some(format!(
        "{ip}.addr == {} && tcp.port == {} && {ip}.addr == {} && tcp.port == {}",
        client.address, client.port, server.address, server.port
    ))
}

fn rung(rung: &Rung) -> String {
    let detail = if rung.detail.is_empty() { String::new() } else { format!(" · {}", rung.detail) };
    let layer = match rung.layer {
        Layer::Tcp => "TCP",
        Layer::Tls => "TLS",
        Layer::Http => "HTTP",
    };
    format!("#{} {layer} {}: {}{detail}", rung.at.packet, rung.from.name(), rung.label)
}
