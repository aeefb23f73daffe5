//! What events are as spans.

mod capture;
mod connection;
mod exchange;
mod finding;
mod phases;
mod target;
mod tcp;
mod tls;

use opentelemetry_proto::tonic::trace::v1::span::{Event as SpanEvent, Link, SpanKind};
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use opentelemetry_proto::tonic::trace::v1::{Span, SpanFlags, Status};
use tapline_engine::analysis::Timestamp;

use crate::attributes::{Attributes, bound};
use crate::context::Context;
use crate::ids::{Identity, Role, SpanId, TraceId};

pub(crate) use capture::of_capture;
pub(crate) use connection::of_connection;
pub(crate) use exchange::{Subject, of_exchange};
pub(crate) use finding::{findings_of, of_finding};
pub(crate) use tcp::of_tcp_handshake;
pub(crate) use tls::of_tls_session;

/// Where a span belongs.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    trace: TraceId,
    span: SpanId,
    parent: Option<SpanId>,
    /// W3C flags, and whether the parent is somebody else's.
    flags: u32,
    state: String,
}

/// The lowest octet of a span's flags is W3C's: everything here is recorded.
const SAMPLED: u32 = 1;

impl Place {
    /// The root of a trace of tapline's own.
    pub(crate) fn root(identity: &Identity) -> Self {
        let flags = SAMPLED | SpanFlags::ContextHasIsRemoteMask as u32;
        Self {
            trace: identity.trace(),
            span: identity.span(Role::Root),
            parent: None,
            flags,
            state: String::new(),
        }
    }

    /// A child of that root.
    pub(crate) fn below_root(identity: &Identity, role: Role) -> Self {
        Self::root(identity).child(identity.span(role))
    }

    /// In a caller's trace, below its span.
    pub(crate) fn in_context(context: &Context, span: SpanId) -> Self {
        let remote = SpanFlags::ContextHasIsRemoteMask as u32 | SpanFlags::ContextIsRemoteMask as u32;
        Self {
            trace: context.trace,
            span,
            parent: Some(context.parent),
            flags: u32::from(context.flags) | remote,
            state: context.state.clone(),
        }
    }

    /// A child of this one.
    pub(crate) fn child(&self, span: SpanId) -> Self {
        let flags = self.flags & !(SpanFlags::ContextIsRemoteMask as u32);
        Self { span, parent: Some(self.span), flags, ..self.clone() }
    }

    /// A link to it from another span.
    pub(crate) fn link(&self, attributes: Attributes) -> Link {
        Link {
            trace_id: self.trace.to_vec(),
            span_id: self.span.to_vec(),
            attributes: attributes.into_inner(),
            flags: self.flags,
            ..Link::default()
        }
    }

    /// A span here. One that ends before it begins, because a clock went backwards, has no length.
    pub(crate) fn span(&self, name: &str, kind: SpanKind, [from, until]: [Timestamp; 2]) -> Span {
        Span {
            trace_id: self.trace.to_vec(),
            span_id: self.span.to_vec(),
            parent_span_id: self.parent.map(|parent| parent.to_vec()).unwrap_or_default(),
            trace_state: self.state.clone(),
            flags: self.flags,
            name: bound(name).into_owned(),
            kind: kind.into(),
            start_time_unix_nano: unix_nano(from),
            end_time_unix_nano: unix_nano(until.max(from)),
            status: Some(status(None::<&str>)),
            ..Span::default()
        }
    }
}

/// Time as OTLP has it: none before 1970.
fn unix_nano(at: Timestamp) -> u64 {
    u64::try_from(at.0).unwrap_or(0)
}

/// A moment of a span.
fn moment(name: &str, at: Timestamp, attributes: Attributes) -> SpanEvent {
    SpanEvent {
        time_unix_nano: unix_nano(at),
        name: name.to_owned(),
        attributes: attributes.into_inner(),
        ..SpanEvent::default()
    }
}

/// The status of what failed, with why; empty where the attributes say that. What did not fail has one that is not set:
/// without any, lines of JSON would have a null there, which not every reader takes.
fn status(failure: Option<impl Into<String>>) -> Status {
    let failed = |message| Status { message, code: StatusCode::Error.into() };
    failure.map(Into::into).map_or_else(Status::default, failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::TEXT_BYTES_MAX;

    #[test]
    fn a_span_has_a_bound_name_and_no_negative_length() {
        let place = Place::root(&Identity::of_capture(Timestamp(5), 1));
        let span = place.span(&"x".repeat(10_000), SpanKind::Internal, [Timestamp(9), Timestamp(7)]);
        assert!(span.name.len() <= TEXT_BYTES_MAX + '…'.len_utf8());
        assert_eq!((span.start_time_unix_nano, span.end_time_unix_nano), (9, 9));
        let early = place.span("x", SpanKind::Internal, [Timestamp(-9), Timestamp(7)]);
        assert_eq!((early.start_time_unix_nano, early.end_time_unix_nano), (0, 7));
    }
}
