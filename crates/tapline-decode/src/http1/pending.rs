//! Requests that wait for their responses (RFC 9112 §9.3.2).

use std::collections::VecDeque;

use crate::anomaly::{self, Anomaly};
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

/// What is known of the responses so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Pairing {
    /// None answered a request yet.
    #[default]
    Unproven,
    /// Each answered one. The newest of these requests may have an escaped line end.
    Proven { has_escaped_line_end: bool },
    /// Requests or responses were lost, or not kept: who answers whom is not known for sure.
    Lost,
}

/// The requests of a connection, oldest first.
#[derive(Debug, Default)]
pub(super) struct Pending {
    /// Those that are not kept come in front of all others.
    not_kept_ahead: u32,
    /// Each with how many that are not kept came behind it.
    requests: VecDeque<(Request, u32)>,
    pairing: Pairing,
}

impl Pending {
    /// Adds a request; false where too many wait. Then its place is kept, so that its answer is not taken for that to
    /// another.
    pub(super) fn push(&mut self, request: Request) -> bool {
        let room = self.requests.len() < HTTP1_PENDING_MAX;
        if room {
            self.requests.push_back((request, 0));
        } else {
            self.lose_track();
            if let Some((_, not_kept_behind)) = self.requests.back_mut() {
                *not_kept_behind = not_kept_behind.saturating_add(1);
            }
        }
        room
    }

    /// The request that is answered next; `None` where none waits, or it is not kept.
    pub(super) fn oldest(&self) -> Option<&Request> {
        self.requests.front().filter(|_| self.not_kept_ahead == 0).map(|(request, _)| request)
    }

    /// Messages were lost or could not be read.
    pub(super) fn lose_track(&mut self) {
        self.pairing = Pairing::Lost;
    }

    /// What is to be said of a response that no request waits for, where all requests are known.
    pub(super) fn unsolicited(&mut self, status: u16) -> Option<Anomaly> {
        if let Some(&Request { has_escaped_line_end, .. }) = self.oldest() {
            if self.pairing != Pairing::Lost {
                self.pairing = Pairing::Proven { has_escaped_line_end };
            }
            return None;
        }
        match self.pairing {
            // A server may say that it waited too long for a request (RFC 9110 §15.5.9).
            Pairing::Proven { .. } if status == 408 => None,
            Pairing::Proven { has_escaped_line_end: false } => {
                let detail = "a response comes that no request waits for";
                Some(Anomaly::new(anomaly::HTTP1_RESPONSE_UNSOLICITED, detail))
            }
            Pairing::Proven { has_escaped_line_end: true } => {
                let detail = "a second response follows the answer to a target with an escaped line end";
                Some(Anomaly::new(anomaly::HTTP1_RESPONSE_SPLITTING, detail))
            }
            Pairing::Unproven | Pairing::Lost => None,
        }
    }

    pub(super) fn answered(&mut self) -> Option<Request> {
        if self.not_kept_ahead > 0 {
            self.not_kept_ahead -= 1;
            return None;
        }
        let (request, not_kept_behind) = self.requests.pop_front()?;
        self.not_kept_ahead = not_kept_behind;
        if self.requests.is_empty() {
            // A connection that waits for its next request keeps no room for it.
            self.requests = VecDeque::new();
        }
        Some(request)
    }

    /// Whether what the client sends next depends on the answer to a CONNECT.
    pub(super) fn newest_is_connect(&self) -> bool {
        self.requests.back().is_some_and(|(request, behind)| *behind == 0 && request.asked == Asked::Connect)
    }

    /// Drops all but the newest, whose answers were lost; how many these are.
    pub(super) fn keep_newest(&mut self) -> u32 {
        let not_kept = self.requests.iter().map(|(_, behind)| *behind);
        let not_kept = not_kept.fold(self.not_kept_ahead, u32::saturating_add);
        let lost = length(self.requests.len()).saturating_add(not_kept).saturating_sub(1);
        let newest = self.requests.pop_back();
        self.requests.clear();
        self.not_kept_ahead = 0;
        match newest {
            Some((newest, 0)) => self.requests.push_back((newest, 0)),
            Some(_) => self.not_kept_ahead = 1,
            None => self.not_kept_ahead = not_kept.min(1),
        }
        lost
    }
}
