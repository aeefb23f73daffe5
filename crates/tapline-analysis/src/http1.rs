//! HTTP/1 requests and their responses, paired in order (RFC 9112 §9.3.2).

mod going;
mod pair;

use std::borrow::Cow;

use tapline_decode::Anomaly;
use tapline_decode::http1::{Message, Response};
use tapline_reassembly::Direction;

use crate::stall::{Idle, Pulse, Trips};
use crate::story::Moment;
use crate::{MessagePart, Sender, text};
use going::Going;

/// The messages of one HTTP/1 connection.
#[derive(Default)]
pub(crate) struct Http1 {
    /// What is under way: a connection that waits for its next request keeps no room for it.
    going: Option<Box<Going>>,
    requests: u64,
    host: Option<String>,
}

/// A request that goes on as stream 1 of HTTP/2 (RFC 7540 §3.2).
pub(crate) struct UpgradedRequest {
    pub(crate) method: Option<Cow<'static, str>>,
    pub(crate) url: Option<String>,
    pub(crate) part: MessagePart,
}

impl Http1 {
    pub(crate) fn requests(&self) -> u64 {
        self.requests
    }

    /// The host of the first request.
    pub(crate) fn host(&self) -> Option<&str> {
        self.host.as_deref()
    }

    pub(crate) fn see(&mut self, message: Message, secure: bool, pulse: &Pulse, moment: &mut Moment<'_>) {
        if let Message::Request(request) = &message {
            self.requests += 1;
            if self.host.is_none() {
                self.host = request.fields.get("host").map(text::text);
            }
        }
        self.going.get_or_insert_default().see(message, secure, pulse, moment);
    }

    /// Where a response says that the connection goes on as HTTP/2, takes out the request that it answers:
    /// HTTP/2 will answer it in full.
    pub(crate) fn take_upgraded(&mut self, response: &Response, secure: bool) -> Option<UpgradedRequest> {
        self.going.as_mut()?.take_upgraded(response, secure)
    }

    /// Octets of the body that is open in a direction.
    pub(crate) fn body(&mut self, direction: Direction, octets: &[u8]) {
        if let Some(going) = &mut self.going {
            going.body(direction, octets);
        }
    }

    /// A side that is in the middle of a message sent nothing for a while.
    pub(crate) fn idle(&mut self, idle: &Idle, sender: Sender, trips: Trips) {
        if let Some(going) = &mut self.going {
            going.idle(idle, sender, trips);
        }
    }

    /// Octets of a direction will never come.
    pub(crate) fn gap(&mut self, direction: Direction) {
        if let Some(going) = &mut self.going {
            going.gap(direction);
        }
    }

    /// What was wrong with bodies that ended.
    pub(crate) fn take_faults(&mut self) -> Vec<(Sender, Anomaly)> {
        self.going.as_mut().map(|going| going.take_faults()).unwrap_or_default()
    }

    /// Frees what only busy connections need, if nothing is under way; whether that is so.
    pub(crate) fn rest(&mut self) -> bool {
        self.going.take_if(|going| going.is_silent());
        self.going.is_none()
    }

    /// Nothing more will come.
    pub(crate) fn close(&mut self, secure: bool, moment: &mut Moment<'_>) {
        if let Some(mut going) = self.going.take() {
            going.close(secure, moment);
        }
    }
}
