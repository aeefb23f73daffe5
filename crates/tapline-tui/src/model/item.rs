//! Rows as things that a display filter can be asked of.

use tapline_filter::{Chain, FieldId, Filter, Identity, Item, RecordKind, Value};

use super::{ExchangeOutcome, ExchangeRow, Row};
use crate::words;

/// Whether a filter holds for a connection, or for anything in it.
pub(crate) fn holds(filter: &Filter, row: &Row) -> bool {
    // A search has looked through the requests when it looked at the connection itself.
    let in_requests = || row.exchanges().iter().any(|exchange| holds_for(filter, row, exchange));
    filter.is_empty() || holds_itself(filter, row) || !filter.is_search() && in_requests()
}

/// Whether a filter holds for a connection itself, or for its TLS session.
pub(crate) fn holds_itself(filter: &Filter, row: &Row) -> bool {
    let Some(record) = row.record() else { return false };
    let known = identity(row);
    let connection = Chain(&[record, &known, &Words(row)]);
    if filter.is_search() {
        // Words may stand anywhere in it: in its names, in its session, in its requests.
        let session: Option<&dyn Item> = row.tls().map(|session| session as &dyn Item);
        let mut parts: Vec<&dyn Item> = vec![&connection];
        parts.extend(session);
        parts.extend(row.exchanges().iter().map(|exchange| exchange as &dyn Item));
        return filter.matches(&Chain(&parts));
    }
    filter.matches(&connection) || row.tls().is_some_and(|session| filter.matches(&Chain(&[session, &known])))
}

/// Whether a filter holds for a request of a connection.
pub(crate) fn holds_for(filter: &Filter, row: &Row, exchange: &ExchangeRow) -> bool {
    filter.matches(&Chain(&[exchange, &identity(row)]))
}

fn identity(row: &Row) -> Identity<'_> {
    let record = row.record();
    let end = |end: Option<tapline_analysis::Endpoint>| {
        end.unwrap_or(tapline_analysis::Endpoint { address: std::net::IpAddr::from([0, 0, 0, 0]), port: 0 })
    };
    Identity {
        client: end(record.map(|record| record.client.endpoint)),
        server: end(record.map(|record| record.server.endpoint)),
        vlans: record.map(|record| record.vlans).unwrap_or_default(),
        protocols: record.map(|record| record.protocols.as_slice()).unwrap_or_default(),
        server_name: row.name(),
    }
}

/// The words of the table, which a search looks in too.
struct Words<'a>(&'a Row);

impl Item for Words<'_> {
    fn values(&self, _: FieldId, _: &mut dyn FnMut(Value<'_>)) {}

    fn texts(&self, tell: &mut dyn FnMut(&str)) {
        if let Some(record) = self.0.record() {
            tell(words::state(self.0, record));
        }
        self.0.tls().and_then(words::failure).iter().for_each(|failure| tell(failure));
    }
}

/// Fields that a row's request knows.
const OF_REQUEST: [FieldId; 25] = [
    FieldId::Http,
    FieldId::HttpRequest,
    FieldId::HttpResponse,
    FieldId::HttpRequestMethod,
    FieldId::HttpRequestUri,
    FieldId::HttpRequestFullUri,
    FieldId::HttpHost,
    FieldId::HttpResponseCode,
    FieldId::HttpTime,
    FieldId::Http2,
    FieldId::Http2Streamid,
    FieldId::Http2HeadersMethod,
    FieldId::Http2HeadersStatus,
    FieldId::TaplineInferred,
    FieldId::TaplineDuration,
    FieldId::TaplineResponseBytes,
    FieldId::TaplineBlocked,
    FieldId::TaplineDns,
    FieldId::TaplineConnect,
    FieldId::TaplineTls,
    FieldId::TaplineSend,
    FieldId::TaplineWait,
    FieldId::TaplineReceive,
    FieldId::Grpc,
    FieldId::TaplineRecord,
];

/// Whether rows know enough to be asked: else the capture has to be read again. Headers, single packets, messages and
/// frames are no part of a row, and neither are handshakes behind a connection's first.
pub(crate) fn rows_know(filter: &Filter) -> bool {
    let knows = |field: FieldId| {
        let records = field.info().records;
        let elsewhere = [RecordKind::HttpExchange, RecordKind::TlsSession, RecordKind::Finding];
        let is_of_connection =
            records.has(RecordKind::Connection) && !elsewhere.into_iter().any(|kind| records.has(kind));
        is_of_connection || is_identity(field) || OF_REQUEST.contains(&field)
    };
    filter.is_search() || filter.fields().all(knows)
}

/// Whether a field is of everything in a connection.
fn is_identity(field: FieldId) -> bool {
    use FieldId as F;
    matches!(
        field,
        F::Ip
            | F::IpAddr
            | F::Ipv6
            | F::Ipv6Addr
            | F::Vlan
            | F::VlanId
            | F::Tcp
            | F::TcpPort
            | F::TcpStream
            | F::Tls
            | F::Http
            | F::Http2
            | F::Dns
            | F::WebSocket
            | F::TaplineProtocol
            | F::TaplineServerName
            | F::TaplineClient
            | F::TaplineServer
            | F::TaplineClientPort
            | F::TaplineServerPort
    )
}

impl Item for ExchangeRow {
    fn values(&self, field: FieldId, tell: &mut dyn FnMut(Value<'_>)) {
        use FieldId as F;
        let inferred = self.outcome == ExchangeOutcome::Inferred;
        let (method, url) = self.request.split_once(' ').unwrap_or((&self.request, ""));
        let read = !inferred && !method.starts_with('(');
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let path = rest.find(['/', '?']).unwrap_or(rest.len());
        let mut text = |text: Option<&str>| text.into_iter().for_each(|text| tell(Value::Text(text)));
        match field {
            F::HttpRequestMethod => return text(read.then_some(method)),
            F::Http2HeadersMethod => return text((read && self.stream.is_some()).then_some(method)),
            F::HttpRequestFullUri => return text(read.then_some(url)),
            F::HttpHost => return text((!url.is_empty()).then(|| rest.get(..path).unwrap_or_default())),
            F::HttpRequestUri => return text(read.then(|| rest.get(path..).unwrap_or_default())),
            F::TaplineRecord => return text(Some("http_exchange")),
            _ => {}
        }
        let timings = self.timings();
        let mut present = |is_there: bool| {
            if is_there {
                tell(Value::Present);
            }
        };
        match field {
            F::Http => return present(self.stream.is_none() && !inferred),
            F::Http2 => return present(self.stream.is_some()),
            F::HttpRequest => return present(self.sent.is_some() && !inferred),
            F::HttpResponse => return present(self.answered.is_some() && !inferred),
            F::Grpc => return present(self.call.is_some()),
            _ => {}
        }
        let number = match field {
            F::HttpResponseCode => self.status.map(u64::from),
            F::Http2HeadersStatus => self.stream.and(self.status).map(u64::from),
            F::Http2Streamid => self.stream.map(u64::from),
            F::TaplineResponseBytes => self.body_bytes,
            _ => None,
        };
        if let Some(number) = number {
            tell(Value::Number(number));
        }
        let duration = match field {
            F::HttpTime => self.sent.and_then(|sent| self.answered.map(|_| self.end.saturating_sub(sent))),
            F::TaplineDuration => self.duration_ns(),
            F::TaplineBlocked => timings.blocked,
            F::TaplineDns => timings.dns,
            F::TaplineConnect => timings.connect,
            F::TaplineTls => timings.tls,
            F::TaplineSend => timings.send,
            F::TaplineWait => timings.wait,
            F::TaplineReceive => timings.receive,
            _ => None,
        };
        if let Some(ns) = duration {
            tell(Value::Duration(ns));
        }
        if field == F::TaplineInferred {
            tell(Value::Bool(inferred));
        }
    }

    fn texts(&self, tell: &mut dyn FnMut(&str)) {
        tell(&self.request);
        self.status.iter().for_each(|status| tell(&status.to_string()));
        self.stalled.iter().for_each(|stalled| tell(stalled.worst.0.words()));
    }
}
