//! An exchange as an entry.

use std::borrow::Cow;
use std::net::IpAddr;

use base64ct::{Base64, Encoding};
use serde::Serialize;
use tapline_engine::analysis::decode::Fields;
use tapline_engine::analysis::decode::tls::{CipherSuite, NamedGroup, Version};
use tapline_engine::analysis::{Exchange, MessagePart, Stall, TlsSession, text};

use super::Known;
use super::bodies::{Content as Body, OfExchange};
use super::cookies::{self, Cookie};
use super::timings::{self, Ms};
use crate::records::values::{At, Octets, Shown, Value};
use crate::redact::Redactor;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry<'a> {
    pageref: &'static str,
    started_date_time: At,
    time: Ms,
    request: Request<'a>,
    response: Response<'a>,
    cache: Cache,
    timings: timings::Line,
    #[serde(rename = "serverIPAddress", skip_serializing_if = "Option::is_none")]
    server_ip_address: Option<IpAddr>,
    /// The id of the connection, as in the other exports.
    connection: String,
    #[serde(rename = "_stream", skip_serializing_if = "Option::is_none")]
    stream: Option<u32>,
    #[serde(rename = "_clientAddress", skip_serializing_if = "Option::is_none")]
    client: Option<String>,
    #[serde(rename = "_packets")]
    packets: Packets,
    #[serde(rename = "_tls", skip_serializing_if = "Option::is_none")]
    tls: Option<Tls<'a>>,
    #[serde(rename = "_stalls", skip_serializing_if = "Vec::is_empty")]
    stalls: Vec<StallLine>,
    /// Why there is no response, or not all of it.
    #[serde(rename = "_error", skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(rename = "_pushed", skip_serializing_if = "std::ops::Not::not")]
    pushed: bool,
}

/// A capture cannot know of a browser's cache.
#[derive(Serialize)]
struct Cache {}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Request<'a> {
    method: Cow<'a, str>,
    url: String,
    http_version: String,
    cookies: Vec<Cookie>,
    headers: Vec<Header<'a>>,
    query_string: Vec<Parameter>,
    headers_size: i64,
    body_size: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    post_data: Option<PostData>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Response<'a> {
    status: u16,
    status_text: Cow<'a, str>,
    http_version: String,
    cookies: Vec<Cookie>,
    headers: Vec<Header<'a>>,
    content: Content,
    #[serde(rename = "redirectURL")]
    redirect_url: String,
    headers_size: i64,
    body_size: i64,
    #[serde(rename = "_transferSize")]
    transfer_size: Option<u64>,
}

#[derive(Serialize)]
struct Header<'a> {
    name: Octets<'a>,
    value: Value<'a>,
}

#[derive(Serialize, PartialEq, Eq, Debug)]
struct Parameter {
    name: String,
    value: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PostData {
    mime_type: String,
    params: [Parameter; 0],
    text: String,
    #[serde(rename = "_encoding", skip_serializing_if = "Option::is_none")]
    encoding: Option<&'static str>,
    #[serde(rename = "_cut", skip_serializing_if = "std::ops::Not::not")]
    is_cut: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Content {
    size: u64,
    /// Octets that the content coding saved.
    #[serde(skip_serializing_if = "Option::is_none")]
    compression: Option<i64>,
    mime_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<&'static str>,
    #[serde(rename = "_cut", skip_serializing_if = "std::ops::Not::not")]
    is_cut: bool,
}

/// First and last packet of each message.
#[derive(Serialize)]
struct Packets {
    request: [u64; 2],
    response: Option<[u64; 2]>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Tls<'a> {
    version: Option<Shown<Version>>,
    cipher_suite: Option<Shown<CipherSuite>>,
    group: Option<Shown<NamedGroup>>,
    server_name: Option<&'a str>,
    alpn: Option<&'a str>,
    resumed: Option<bool>,
    handshake_round_trips: Option<u8>,
    handshake_time: Option<Ms>,
    ja4: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StallLine {
    cause: &'static str,
    started_date_time: At,
    time: Ms,
    packets: Vec<u64>,
}

impl<'a> Entry<'a> {
    pub(super) fn of(
        exchange: &'a Exchange,
        sent: &'a MessagePart,
        known: Option<&'a Known>,
        bodies: &OfExchange,
        redactor: &'a Redactor,
    ) -> Self {
        let start = exchange.start().unwrap_or(sent.first);
        let response = exchange.response.as_ref();
        Self {
            pageref: super::PAGE,
            started_date_time: At(start.at),
            time: Ms(exchange.timings.total_ns()),
            request: request(exchange, sent, known, bodies.request.as_ref(), redactor),
            response: answer(exchange, bodies.response.as_ref(), redactor),
            cache: Cache {},
            timings: timings::Line::of(&exchange.timings),
            server_ip_address: known.map(|known| known.server.address),
            connection: exchange.connection.to_string(),
            stream: exchange.stream,
            client: known.map(|known| known.client.to_string()),
            packets: Packets {
                request: [sent.first.packet, sent.last.packet],
                response: response.map(|part| [part.first.packet, part.last.packet]),
            },
            tls: known.and_then(|known| known.tls.as_deref()).map(tls),
            stalls: exchange.stalls.list().iter().map(stall).collect(),
            error: error(exchange),
            pushed: exchange.pushed,
        }
    }
}

fn tls(session: &TlsSession) -> Tls<'_> {
    Tls {
        version: session.version.map(Shown),
        cipher_suite: session.cipher_suite.map(Shown),
        group: session.group.map(Shown),
        server_name: session.server_name.as_deref(),
        alpn: session.alpn.as_deref(),
        resumed: session.resumed,
        handshake_round_trips: session.handshake_rtts,
        handshake_time: session.handshake_ns.map(Ms),
        ja4: session.ja4.as_deref(),
    }
}

fn stall(stall: &Stall) -> StallLine {
    StallLine {
        cause: stall.cause.name(),
        started_date_time: At(stall.span.from.at),
        time: Ms(stall.ns()),
        packets: stall.packets(),
    }
}

fn error(exchange: &Exchange) -> Option<String> {
    if let Some(code) = exchange.reset {
        return Some(format!("the stream was reset: {code}"));
    }
    match &exchange.response {
        None if exchange.cut.is_some() => Some("the connection ended before a response".to_owned()),
        None => Some("no response is in the capture".to_owned()),
        Some(part) if !part.complete => Some("the response is not whole".to_owned()),
        Some(_) => None,
    }
}

fn http_version(version: &str) -> String {
    format!("HTTP/{version}")
}

fn headers<'a>(fields: &'a Fields, redactor: &'a Redactor) -> Vec<Header<'a>> {
    let header = |(name, octets)| Header { name: Octets(name), value: Value { name, octets, redactor } };
    fields.iter().map(header).collect()
}

/// Octets of a head. HPACK's are no text, so their number says something else (`_transferSize` has them).
fn headers_size(exchange: &Exchange, part: &MessagePart) -> i64 {
    if exchange.stream.is_some() { -1 } else { i64::try_from(part.header_bytes).unwrap_or(-1) }
}

fn request<'a>(
    exchange: &'a Exchange,
    sent: &'a MessagePart,
    known: Option<&Known>,
    body: Option<&Body>,
    redactor: &'a Redactor,
) -> Request<'a> {
    let url = url(exchange, known, redactor);
    Request {
        method: exchange.method.as_deref().unwrap_or_default().into(),
        query_string: parameters(&url),
        url,
        http_version: http_version(exchange.version),
        cookies: cookies::sent(&sent.headers, redactor),
        headers: headers(&sent.headers, redactor),
        headers_size: headers_size(exchange, sent),
        body_size: sent.body_bytes,
        post_data: body.filter(|body| !body.octets.is_empty()).map(|body| {
            let mime_type = sent.headers.get("content-type").map(text).unwrap_or_default();
            let (text, encoding) = text_of(&body.octets);
            PostData { mime_type, params: [], text, encoding, is_cut: body.is_cut }
        }),
    }
}

/// The whole URL: readers take nothing else. Where no host was named, the server's address stands for it.
fn url(exchange: &Exchange, known: Option<&Known>, redactor: &Redactor) -> String {
    let url = redactor.url(exchange.url.as_deref().unwrap_or_default());
    if url.contains("://") {
        return url.into_owned();
    }
    let scheme = if exchange.is_secure { "https" } else { "http" };
    if exchange.method.as_deref() == Some("CONNECT") {
        return format!("{scheme}://{url}");
    }
    let host = known.map_or_else(|| "unknown.invalid".to_owned(), |known| known.server.to_string());
    let path = if url.starts_with('/') { url.as_ref() } else { "/" };
    format!("{scheme}://{host}{path}")
}

/// The parameters of a URL's query, as they stand in it.
fn parameters(url: &str) -> Vec<Parameter> {
    let url = url.split_once('#').map_or(url, |(url, _)| url);
    let query = url.split_once('?').map(|(_, query)| query).unwrap_or_default();
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let parameter = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        Parameter { name: name.to_owned(), value: value.to_owned() }
    };
    pairs.map(parameter).collect()
}

fn answer<'a>(exchange: &'a Exchange, body: Option<&Body>, redactor: &'a Redactor) -> Response<'a> {
    let Some(part) = &exchange.response else {
        return Response {
            status: 0,
            status_text: "".into(),
            http_version: "unknown".to_owned(),
            cookies: Vec::new(),
            headers: Vec::new(),
            content: content(None, None),
            redirect_url: String::new(),
            headers_size: -1,
            body_size: -1,
            transfer_size: None,
        };
    };
    let location = part.headers.get("location");
    let redirect = |value| redactor.field(b"location", value).unwrap_or_else(|| text(value));
    Response {
        status: exchange.status.unwrap_or(0),
        status_text: redactor.sentence(exchange.reason.as_deref().unwrap_or_default()),
        http_version: http_version(exchange.version),
        cookies: cookies::set(&part.headers, redactor),
        headers: headers(&part.headers, redactor),
        content: content(Some(part), body),
        redirect_url: location.map(redirect).unwrap_or_default(),
        headers_size: headers_size(exchange, part),
        body_size: i64::try_from(part.body_bytes).unwrap_or(-1),
        transfer_size: Some(part.header_bytes.saturating_add(part.body_bytes)),
    }
}

fn content(part: Option<&MessagePart>, body: Option<&Body>) -> Content {
    let on_wire = part.map_or(0, |part| part.body_bytes);
    let is_coded = part.is_some_and(|part| part.content_encoding.is_some());
    let whole = body.filter(|body| !body.is_cut).map(|body| body.octets.len() as u64);
    let decoded = part.and_then(|part| part.body_bytes_decoded).or(whole).filter(|_| is_coded);
    let size = decoded.unwrap_or(on_wire);
    let saved = decoded.and_then(|size| i64::try_from(size).ok()?.checked_sub(i64::try_from(on_wire).ok()?));
    let kind = part.and_then(|part| part.headers.get("content-type")).map(text);
    let (text, encoding) = match body {
        Some(body) if on_wire > 0 => {
            let (text, encoding) = text_of(&body.octets);
            (Some(text), encoding)
        }
        _ => (None, None),
    };
    Content {
        size,
        compression: saved,
        // What HAR says of an unknown one.
        mime_type: kind.unwrap_or_else(|| "x-unknown".to_owned()),
        is_cut: text.is_some() && body.is_some_and(|body| body.is_cut),
        text,
        encoding,
    }
}

/// Text as it is, anything else in Base64.
fn text_of(octets: &[u8]) -> (String, Option<&'static str>) {
    match std::str::from_utf8(octets) {
        Ok(text) => (text.to_owned(), None),
        Err(_) => (Base64::encode_string(octets), Some("base64")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_taken_apart_as_it_stands() {
        let pair = |name: &str, value: &str| Parameter { name: name.into(), value: value.into() };
        let expected = [pair("a", "1"), pair("b", ""), pair("c", "x=y"), pair("", "z")];
        assert_eq!(parameters("http://h/p?a=1&b&&c=x=y&=z#f?g=1"), expected);
        assert_eq!(parameters("http://h/p"), []);
    }
}
