//! Heads as messages: what their bodies are, which request a response answers, and where HTTP/1 ends.

use std::ops::Range;

use super::{Decoder, Expect, Step, emit, say_all};
use crate::anomaly::{self, Anomaly};
use crate::http1::framing::{of_request, of_response};
use crate::http1::head::{RequestHead, ResponseHead};
use crate::http1::lines::Scan;
use crate::http1::pending::{Asked, Request as Waiting};
use crate::http1::suspicious::{self, has_escaped_line_end};
use crate::http1::upgrade::{self, Switch};
use crate::http1::{Framing, Message, Request, Response};
use crate::input::Input;
use crate::{Direction, Sink};

impl Decoder {
    pub(super) fn request(
        &mut self,
        head: RequestHead,
        direction: Direction,
        range: Range<u64>,
        sink: &mut impl Sink,
    ) -> Step {
        self.found_client(direction, direction, range.start, sink);
        let mut oddities = Vec::new();
        let lengths = suspicious::of_request(&head, &mut oddities);
        let framing = of_request(lengths, &mut oddities);
        let asked = Asked::of(&head.method);
        let http2_settings = head.fields.get("http2-settings").map(Into::into);
        let has_escaped_line_end = has_escaped_line_end(&head.target);
        if !self.pending.push(Waiting { asked, http2_settings, has_escaped_line_end }) {
            let detail =
                "more requests wait for an answer than are kept: what its answer answers is not known";
            oddities.push(Anomaly::new(anomaly::HTTP1_PIPELINE_TOO_DEEP, detail));
        }
        say_all(sink, direction, range.clone(), oddities);
        let end = range.end;
        let RequestHead { method, target, minor_version, fields } = head;
        let octets = range.end - range.start;
        let request = Request { method, target, minor_version, fields, framing, octets };
        emit(sink, direction, range, Message::Request(Box::new(request)));
        self.sides.of_mut(direction).after_gap = false;
        self.begin_body(framing, direction, end, sink);
        if asked == Asked::Connect && matches!(self.sides.of(direction).expect, Expect::Start(_)) {
            let side = self.sides.of_mut(direction);
            side.expect = Expect::Tunnel;
            side.start = end;
        }
        Step::GoOn
    }

    pub(super) fn response(
        &mut self,
        head: ResponseHead,
        direction: Direction,
        range: Range<u64>,
        sink: &mut impl Sink,
    ) -> Step {
        self.found_client(direction.flip(), direction, range.start, sink);
        let after_gap = std::mem::take(&mut self.sides.of_mut(direction).after_gap);
        let lost_responses = if after_gap { self.pending.keep_newest() } else { 0 };
        let asked = self.pending.oldest().map(|request| request.asked);
        let mut oddities = Vec::new();
        oddities.extend(self.pending.unsolicited(head.status));
        let lengths = suspicious::of_response(head.minor_version, &head.fields, &mut oddities);
        let framing = of_response(head.status, asked.unwrap_or(Asked::Other), lengths, &mut oddities);
        say_all(sink, direction, range.clone(), oddities);
        let ResponseHead { minor_version, status, reason, fields } = head;
        let end = range.end;
        let (octets, answers_request) = (range.end - range.start, asked.is_some());
        let response = Response {
            minor_version,
            status,
            reason,
            fields,
            framing,
            octets,
            answers_request,
            lost_responses,
        };
        let interim = response.is_interim();
        let answered = if interim { None } else { self.pending.answered() };
        let switch = (framing == Framing::Tunnel).then(|| {
            let settings = answered.as_ref().and_then(|request| request.http2_settings.as_deref());
            if status == 101 { upgrade::of_response(&response.fields, settings) } else { Switch::Detect }
        });
        emit(sink, direction, range, Message::Response(Box::new(response)));
        self.begin_body(framing, direction, end, sink);
        if let Some(switch) = switch {
            return Step::Switch(switch);
        }
        if asked == Some(Asked::Connect) && !interim {
            self.tunnel_refused(direction.flip(), sink);
        }
        Step::GoOn
    }

    /// No tunnel: what the client sent behind its CONNECT is HTTP/1 again.
    fn tunnel_refused(&mut self, client: Direction, sink: &mut impl Sink) {
        let side = self.sides.of_mut(client);
        if matches!(side.expect, Expect::Tunnel) {
            side.expect = Expect::Start(Scan::default());
            let held = std::mem::take(&mut side.held);
            let mut input = Input { offset: side.start, octets: &held };
            // Only a response switches: a client's octets never do here.
            let _ = self.bytes(client, &mut input, sink);
        }
    }
}
