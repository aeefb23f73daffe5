//! Where requests go.

mod grpc;
mod http;
mod lines;
mod retry;
mod terms;

use std::io;

use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use tapline_engine::analysis::printable;
use thiserror::Error;

use crate::limits::ANSWER_TEXT_MAX;

pub use grpc::Grpc;
pub use http::Http;
pub use lines::Lines;
pub use retry::Patience;
pub use terms::Terms;

/// Takes requests, one after the other.
pub trait Sink {
    /// Whether spans wait for others to leave with. Where they do not, what leaves together depends on events alone.
    fn gathers(&self) -> bool {
        true
    }

    /// Sends one request and waits for its answer.
    fn send(&mut self, request: &ExportTraceServiceRequest) -> io::Result<Answer>;

    /// Hands what was sent so far to the system.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<S: Sink + ?Sized> Sink for Box<S> {
    fn gathers(&self) -> bool {
        (**self).gathers()
    }

    fn send(&mut self, request: &ExportTraceServiceRequest) -> io::Result<Answer> {
        (**self).send(request)
    }

    fn flush(&mut self) -> io::Result<()> {
        (**self).flush()
    }
}

/// What a collector says to a request that it took.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Answer {
    /// Spans that it did not keep.
    pub rejected_spans: u64,
    /// Why, or a warning where none were rejected; empty where it says nothing.
    pub message: String,
    /// It came and could not be read: whether spans were rejected is not known.
    pub is_unread: bool,
}

impl From<ExportTraceServiceResponse> for Answer {
    fn from(response: ExportTraceServiceResponse) -> Self {
        let partial = response.partial_success.unwrap_or_default();
        let rejected_spans = u64::try_from(partial.rejected_spans).unwrap_or(0);
        Self { rejected_spans, message: said(&partial.error_message), is_unread: false }
    }
}

/// What a collector says, fit for a terminal: it comes from the network.
fn said(text: &str) -> String {
    let kept: String = text.chars().take(ANSWER_TEXT_MAX).collect();
    printable(&kept).into_owned()
}

/// Why nothing more is sent.
#[derive(Error, Debug)]
pub enum SinkError {
    /// Nobody answers there.
    #[error("no collector at {endpoint} ({why}): start one there, or name another with --endpoint URL{hint}")]
    Unreachable {
        /// The URL.
        endpoint: String,
        /// What the system says.
        why: String,
        /// What may be meant.
        hint: &'static str,
    },
    /// It answers, and does not take what was sent; or it is not to be trusted.
    #[error("traces cannot be sent to {endpoint} ({why}): {next_step}")]
    Refused {
        /// The URL.
        endpoint: String,
        /// What it says.
        why: String,
        /// What to do about it.
        next_step: &'static str,
    },
    /// It answered once, and not any more for as long as one waits.
    #[error(
        "the collector at {endpoint} took nothing for {seconds} s ({why}): look at its log, then export again, ids stay the same"
    )]
    GaveUp {
        /// The URL.
        endpoint: String,
        /// How long it was tried.
        seconds: u64,
        /// What came last.
        why: String,
    },
    /// What was said of it cannot be used.
    #[error("cannot send traces to {endpoint}: {why}")]
    Unusable {
        /// The URL.
        endpoint: String,
        /// Why.
        why: String,
    },
}

impl From<SinkError> for io::Error {
    fn from(error: SinkError) -> Self {
        Self::other(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_what_a_collector_says_a_sentence_is_repeated() {
        assert_eq!(said(&"x".repeat(ANSWER_TEXT_MAX)).len(), ANSWER_TEXT_MAX);
        assert_eq!(said(&"x".repeat(ANSWER_TEXT_MAX + 1)).len(), ANSWER_TEXT_MAX);
        assert!(!said("a\u{1b}[2Jb").contains('\u{1b}'));
    }
}
