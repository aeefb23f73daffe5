//! What a page keeps of an exchange: texts in the length that is shown, without secrets.

use tapline_engine::analysis::{Exchange, Finding, MessagePart, Origin, Stalls, Timings, shown};

use super::markup::cut;
use super::phase::{Stretch, stretches};
use crate::limits::PAGE_FIELDS_MAX;
use crate::redact::Redactor;

/// An exchange as it will be shown.
pub(super) struct Row {
    pub(super) connection: u64,
    pub(super) stream: Option<u32>,
    pub(super) version: Option<&'static str>,
    /// `GET`, `request not seen`.
    pub(super) method: String,
    pub(super) url: String,
    pub(super) status: Status,
    pub(super) inferred: bool,
    pub(super) pushed: bool,
    /// Why its stream was reset.
    pub(super) reset: Option<String>,
    pub(super) content_type: Option<String>,
    /// Packet and time with which it began and ended.
    pub(super) start: Origin,
    pub(super) end: Origin,
    /// `None` where its request or its end is not in the capture.
    pub(super) duration_ns: Option<i64>,
    pub(super) timings: Timings,
    pub(super) stretches: Vec<Stretch>,
    pub(super) stalls: Stalls,
    pub(super) request: Option<Half>,
    pub(super) response: Option<Half>,
    /// The findings that it gives to tell by itself: code and packet.
    pub(super) told: Vec<(&'static str, u64)>,
}

/// What became of a request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// A final status, and whether the response came whole.
    Code(u16, bool),
    /// Answered by what was inferred.
    Inferred,
    Reset,
    None,
}

/// A request or a response.
pub(super) struct Half {
    pub(super) first: Origin,
    pub(super) last: Origin,
    pub(super) fields: Vec<(String, String)>,
    pub(super) fields_left_out: usize,
    pub(super) header_bytes: u64,
    pub(super) body_bytes: u64,
    pub(super) coding: Option<String>,
    pub(super) complete: bool,
}

impl Row {
    pub(super) fn of(exchange: &Exchange, found: &[Finding], redactor: &Redactor) -> Self {
        let status = match exchange.status {
            Some(status) => {
                Status::Code(status, exchange.response.as_ref().is_some_and(|response| response.complete))
            }
            None if exchange.inferred && exchange.response.is_some() => Status::Inferred,
            None if exchange.reset.is_some() => Status::Reset,
            None => Status::None,
        };
        let method = exchange.method.as_deref().map_or_else(|| "request not seen".to_owned(), cut);
        Self {
            connection: exchange.connection,
            stream: exchange.stream,
            version: (!exchange.inferred).then_some(exchange.version),
            method: if exchange.inferred { "≈".to_owned() } else { method },
            url: cut(&redactor.url(exchange.url.as_deref().unwrap_or_default())),
            status,
            inferred: exchange.inferred,
            pushed: exchange.pushed,
            reset: exchange.reset.map(|error| error.to_string()),
            content_type: exchange.content_type.as_deref().map(cut),
            start: exchange.start().unwrap_or_default(),
            end: exchange.end().unwrap_or_default(),
            duration_ns: exchange.duration_ns(),
            timings: exchange.timings,
            stretches: stretches(exchange),
            stalls: exchange.stalls.clone(),
            request: exchange.request.as_ref().map(|part| Half::of(part, redactor)),
            response: exchange.response.as_ref().map(|part| Half::of(part, redactor)),
            told: found.iter().map(|finding| (finding.kind.code, finding.at.packet)).collect(),
        }
    }

    /// Whether a finding is of it.
    pub(super) fn is_told_by(&self, finding: &Finding) -> bool {
        finding.connection == Some(self.connection)
            && (finding.stream.is_none() || finding.stream == self.stream)
            && self.told.contains(&(finding.kind.code, finding.at.packet))
    }
}

impl Half {
    fn of(part: &MessagePart, redactor: &Redactor) -> Self {
        let field = |(name, value): (&[u8], &[u8])| {
            let value = redactor.field(name, value).unwrap_or_else(|| shown(value).into_owned());
            (cut(&shown(name)), cut(&value))
        };
        let fields: Vec<_> = part.headers.iter().take(PAGE_FIELDS_MAX).map(field).collect();
        Self {
            first: part.first,
            last: part.last,
            fields_left_out: part.headers.iter().count() - fields.len(),
            fields,
            header_bytes: part.header_bytes,
            body_bytes: part.body_bytes,
            coding: part.content_encoding.as_deref().map(cut),
            complete: part.complete,
        }
    }
}
