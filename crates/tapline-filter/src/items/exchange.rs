//! Requests with their responses.

use tapline_analysis::{Exchange, MessagePart, shown};

use super::http1::{Of, header, headers};
use super::{durations, frames, number, numbers, present, text};
use crate::{FieldId, Item, Value};

impl Item for Exchange {
    fn values(&self, field: FieldId, tell: &mut dyn FnMut(Value<'_>)) {
        use FieldId as F;
        let (request, response) = (self.request.as_ref(), self.response.as_ref());
        match field {
            F::FrameNumber | F::FrameTimeEpoch => {
                let parts = request.into_iter().chain(response);
                frames(field, parts.flat_map(|part| [part.first, part.last]).chain(self.cut), tell);
            }
            F::TcpStream => number(self.connection, tell),
            F::TaplineRecord => text(["http_exchange"], tell),
            F::Http => present(self.stream.is_none() && !self.inferred, tell),
            F::HttpRequest => present(request.is_some() && !self.inferred, tell),
            F::HttpResponse => present(response.is_some() && !self.inferred, tell),
            F::HttpRequestMethod => text(self.method.as_deref(), tell),
            F::HttpRequestFullUri => text(self.url.as_deref().filter(|_| !self.inferred), tell),
            F::HttpRequestUri => text(self.split().map(|url| url.target).filter(|_| !self.inferred), tell),
            F::HttpRequestVersion if !self.inferred => tell(Value::Text(&format!("HTTP/{}", self.version))),
            F::HttpHost => text(self.split().and_then(|url| url.host).filter(|_| !self.inferred), tell),
            F::HttpResponseCode => numbers(self.status, tell),
            F::HttpResponsePhrase => text(self.reason.as_deref(), tell),
            F::HttpTime => durations(self.answered_after_ns(), tell),
            F::TaplineRequestBytes => numbers(request.map(|part| part.body_bytes), tell),
            F::TaplineResponseBytes => numbers(response.map(|part| part.body_bytes), tell),
            F::TaplineInferred => tell(Value::Bool(self.inferred)),
            F::TaplineComplete => tell(Value::Bool(self.complete)),
            F::TaplinePushed => tell(Value::Bool(self.pushed)),
            F::TaplineDuration => durations(self.duration_ns(), tell),
            F::TaplineBlocked => durations(self.timings.blocked, tell),
            F::TaplineDns => durations(self.timings.dns, tell),
            F::TaplineConnect => durations(self.timings.connect, tell),
            F::TaplineTls => durations(self.timings.tls, tell),
            F::TaplineSend => durations(self.timings.send, tell),
            F::TaplineWait => durations(self.timings.wait, tell),
            F::TaplineReceive => durations(self.timings.receive, tell),
            F::TaplineStall => text(self.stalls.list().iter().map(|stall| stall.cause.name()), tell),
            F::TaplineStallTime => {
                durations(self.stalls.list().iter().map(tapline_analysis::Stall::ns), tell);
            }
            F::Grpc => present(self.grpc.is_some(), tell),
            F::GrpcService => text(self.grpc.as_ref().and_then(|grpc| grpc.service.as_deref()), tell),
            F::GrpcMethod => text(self.grpc.as_ref().and_then(|grpc| grpc.method.as_deref()), tell),
            F::GrpcStatusCode => numbers(self.grpc.as_ref().and_then(|grpc| grpc.status), tell),
            field if header(field).is_some() => self.header_values(field, tell),
            F::HttpRequestLine | F::HttpResponseLine => self.header_values(field, tell),
            field => self.http2_values(field, tell),
        }
    }

    fn texts(&self, tell: &mut dyn FnMut(&str)) {
        let words = [self.method.as_deref(), self.url.as_deref(), self.content_type.as_deref()];
        words.into_iter().flatten().for_each(&mut *tell);
        self.status.iter().for_each(|status| tell(&status.to_string()));
        self.reset.iter().for_each(|error| tell(&error.to_string()));
        self.stalls.list().iter().for_each(|stall| tell(stall.cause.words()));
        if let Some(grpc) = &self.grpc {
            grpc.service.iter().chain(&grpc.method).chain(&grpc.message).for_each(|text| tell(text));
        }
        for (name, value) in self.request.iter().chain(&self.response).flat_map(|part| part.headers.iter()) {
            tell(&shown(name));
            tell(&shown(value));
        }
    }
}

/// A URL in its parts.
struct Url<'a> {
    scheme: Option<&'a str>,
    host: Option<&'a str>,
    target: &'a str,
}

/// What an exchange says in several fields.
trait Parts {
    fn split(&self) -> Option<Url<'_>>;
    fn answered_after_ns(&self) -> Option<i64>;
    fn header_values(&self, field: FieldId, tell: &mut dyn FnMut(Value<'_>));
    fn http2_values(&self, field: FieldId, tell: &mut dyn FnMut(Value<'_>));
}

impl Parts for Exchange {
    /// The host of what was inferred is the server's name: it stands in no request.
    fn split(&self) -> Option<Url<'_>> {
        let url = self.url.as_deref()?;
        let Some((scheme, rest)) = url.split_once("://") else {
            // CONNECT names an authority; a request without Host has a target only.
            let host = (!url.starts_with('/') && url != "*").then_some(url);
            return Some(Url { scheme: None, host, target: url });
        };
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (host, target) = rest.split_at_checked(end)?;
        Some(Url { scheme: Some(scheme), host: Some(host).filter(|host| !host.is_empty()), target })
    }

    /// As tshark measures: between the packets that complete the two, where the response came whole.
    fn answered_after_ns(&self) -> Option<i64> {
        let (request, response) = (self.request.as_ref()?, self.response.as_ref()?);
        response.last.at.after(request.last.at).filter(|_| response.complete)
    }

    fn header_values(&self, field: FieldId, tell: &mut dyn FnMut(Value<'_>)) {
        let parts = [(Of::Request, &self.request), (Of::Response, &self.response)];
        let known = parts.iter().filter_map(|(of, part)| Some((*of, &part.as_ref()?.headers)));
        let mut told = false;
        for (of, list) in known {
            headers(field, of, list, &mut |value| {
                told = true;
                tell(value);
            });
        }
        // Kept where headers are not.
        match field {
            FieldId::HttpContentType if !told => text(self.content_type.as_deref(), tell),
            FieldId::HttpContentEncoding if !told => {
                let codings = self.request.iter().chain(&self.response);
                text(codings.filter_map(|part| part.content_encoding.as_deref()), tell);
            }
            _ => {}
        }
    }

    fn http2_values(&self, field: FieldId, tell: &mut dyn FnMut(Value<'_>)) {
        use FieldId as F;
        let Some(stream) = self.stream else { return };
        let url = self.split();
        let fields =
            || self.request.iter().chain(&self.response).flat_map(|part: &MessagePart| part.headers.iter());
        match field {
            F::Http2 => present(true, tell),
            F::Http2Streamid => number(stream, tell),
            F::Http2HeadersMethod => text(self.method.as_deref(), tell),
            F::Http2HeadersPath => text(url.map(|url| url.target), tell),
            F::Http2HeadersAuthority => text(url.and_then(|url| url.host), tell),
            F::Http2HeadersScheme => text(url.and_then(|url| url.scheme), tell),
            F::Http2HeadersStatus => numbers(self.status, tell),
            F::Http2HeaderName => fields().for_each(|(name, _)| tell(Value::Text(&shown(name)))),
            F::Http2HeaderValue => fields().for_each(|(_, value)| tell(Value::Text(&shown(value)))),
            F::Http2RstStreamError => numbers(self.reset.map(|error| error.0), tell),
            _ => {}
        }
    }
}
