//! Requests that wait for their responses (RFC 9112 §9.3.2).

use std::collections::VecDeque;

use crate::limits::HTTP1_PENDING_MAX;
use crate::parse::length;

/// What of a request matters to the framing of its response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Head,
    Connect,
    Other,
}

impl Asked {
    /// By the method, which is case-sensitive.
    pub(super) fn of(method: &[u8]) -> Self {
        match method {
            b"HEAD" => Self::Head,
            b"CONNECT" => Self::Connect,
            _ => Self::Other,
        }
    }
}

/// A request without a final response.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) asked: Asked,
    /// The HTTP2-Settings field of an upgrade to h2c.
    pub(super) http2_settings: Option<Box<[u8]>>,
    /// Its target has an escaped line end.
    pub(super) has_escaped_line_end: bool,
}

/// The requests of a connection, oldest first.
#[derive(Debug, Default)]
pub(super) struct Pending {
    requests: VecDeque<Request>,
}

impl Pending {
    /// Adds a request; false where too many wait.
    pub(super) fn push(&mut self, request: Request) -> bool {
        let room = self.requests.len() < HTTP1_PENDING_MAX;
        if room {
            self.requests.push_back(request);
        }
        room
    }

    pub(super) fn oldest(&self) -> Option<&Request> {
        self.requests.front()
    }

    pub(super) fn answered(&mut self) -> Option<Request> {
        let request = self.requests.pop_front();
        if self.requests.is_empty() {
            // A connection that waits for its next request keeps no room for it.
            self.requests = VecDeque::new();
        }
        request
    }

    /// Whether what the client sends next depends on the answer to a CONNECT.
    pub(super) fn newest_is_connect(&self) -> bool {
        self.requests.back().is_some_and(|request| request.asked == Asked::Connect)
    }

    /// Drops all but the newest, whose answers were lost; how many these are.
    pub(super) fn keep_newest(&mut self) -> u32 {
        let lost = self.requests.len().saturating_sub(1);
        self.requests.drain(..lost);
        length(lost)
    }
}
