//! HTTP/1 messages, and header fields by name.

use tapline_analysis::decode::Fields;
use tapline_analysis::{Http1Message, MessageKind, shown};

use super::{frames, number, numbers, present, text};
use crate::{FieldId, Item, Value};

/// Whose header fields a field tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Of {
    Request,
    Response,
    Either,
}

/// The name of the header field that a field tells, and whose.
pub(super) fn header(field: FieldId) -> Option<(Of, &'static str)> {
    use FieldId as F;
    Some(match field {
        F::HttpHost => (Of::Request, "host"),
        F::HttpUserAgent => (Of::Request, "user-agent"),
        F::HttpReferer => (Of::Request, "referer"),
        F::HttpAccept => (Of::Request, "accept"),
        F::HttpAcceptEncoding => (Of::Request, "accept-encoding"),
        F::HttpAuthorization => (Of::Request, "authorization"),
        F::HttpCookie => (Of::Request, "cookie"),
        F::HttpXForwardedFor => (Of::Request, "x-forwarded-for"),
        F::HttpSetCookie => (Of::Response, "set-cookie"),
        F::HttpServer => (Of::Response, "server"),
        F::HttpLocation => (Of::Response, "location"),
        F::HttpContentType => (Of::Either, "content-type"),
        F::HttpContentEncoding => (Of::Either, "content-encoding"),
        F::HttpContentLength => (Of::Either, "content-length"),
        F::HttpTransferEncoding => (Of::Either, "transfer-encoding"),
        F::HttpCacheControl => (Of::Either, "cache-control"),
        F::HttpConnection => (Of::Either, "connection"),
        F::HttpUpgrade => (Of::Either, "upgrade"),
        _ => return None,
    })
}

/// What a header of a request or a response says of a field.
pub(super) fn headers(field: FieldId, of: Of, headers: &Fields, tell: &mut dyn FnMut(Value<'_>)) {
    match (field, of) {
        (FieldId::HttpRequestLine, Of::Request) | (FieldId::HttpResponseLine, Of::Response) => {
            for (name, value) in headers.iter() {
                tell(Value::Text(&format!("{}: {}", shown(name), shown(value))));
            }
        }
        _ => {
            let Some((wanted, header)) = header(field) else { return };
            if wanted != of && wanted != Of::Either {
                return;
            }
            headers.all(header).map(shown).for_each(|value| match field {
                FieldId::HttpContentLength => numbers(value.trim().parse::<u64>().ok(), tell),
                _ => tell(Value::Text(&value)),
            });
        }
    }
}

impl Item for Http1Message {
    fn values(&self, field: FieldId, tell: &mut dyn FnMut(Value<'_>)) {
        use FieldId as F;
        let is_request = self.kind == MessageKind::Request;
        let of = if is_request { Of::Request } else { Of::Response };
        match field {
            F::FrameNumber | F::FrameTimeEpoch => frames(field, [self.first, self.origin], tell),
            F::TcpStream => number(self.connection, tell),
            F::Http => present(true, tell),
            F::HttpRequest => present(is_request, tell),
            F::HttpResponse => present(!is_request, tell),
            F::HttpRequestMethod => text(self.method.as_deref(), tell),
            F::HttpRequestUri => text(self.target.as_deref(), tell),
            F::HttpRequestVersion if is_request => tell(Value::Text(&format!("HTTP/{}", self.version))),
            F::HttpRequestFullUri => {
                let host = self.headers.get("host").map(shown);
                match (&self.target, host) {
                    (Some(target), Some(host)) if target.starts_with('/') => {
                        tell(Value::Text(&format!("http://{host}{target}")));
                    }
                    (target, _) => text(target.as_deref(), tell),
                }
            }
            F::HttpResponseCode => numbers(self.status, tell),
            F::HttpResponsePhrase => text(self.reason.as_deref(), tell),
            F::TaplineRequestBytes if is_request => number(self.body_bytes, tell),
            F::TaplineResponseBytes if !is_request => number(self.body_bytes, tell),
            F::TaplineComplete => tell(Value::Bool(self.body_complete)),
            field => headers(field, of, &self.headers, tell),
        }
    }

    fn texts(&self, tell: &mut dyn FnMut(&str)) {
        self.method.iter().chain(&self.target).for_each(|text| tell(text));
        self.status.iter().for_each(|status| tell(&status.to_string()));
        self.headers.iter().for_each(|(name, value)| {
            tell(&shown(name));
            tell(&shown(value));
        });
    }
}
