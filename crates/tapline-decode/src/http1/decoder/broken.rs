//! Where the octets do not go on: gaps, ends, lines that begin nothing. What came before is told as far as it came.

use super::head::{Head, begins_message, read_head};
use super::{Decoder, Expect, Step, emit, say, say_all};
use crate::anomaly::{self, Anomaly};
use crate::http1::body::Gapped;
use crate::http1::head::{RequestHead, ResponseHead};
use crate::http1::lines::Scan;
use crate::http1::pending::{Asked, Request as Waiting};
use crate::http1::upgrade::Switch;
use crate::http1::{End, Framing, Message, Request, Response};
use crate::input::Input;
use crate::limits::HTTP1_RESYNC_LINE_MAX;
use crate::parse::span;
use crate::{Direction, Sink};

impl Decoder {
    /// Looks at one line, or at the rest of one.
    pub(super) fn resync(&mut self, direction: Direction, input: &mut Input<'_>) -> Step {
        let is_client = self.client.map(|client| client == direction);
        let side = self.sides.of_mut(direction);
        let Expect::Resync { skipping } = &mut side.expect else { return Step::Wait };
        if input.octets.is_empty() {
            return Step::Wait;
        }
        if side.held.is_empty() && !*skipping {
            side.start = input.offset;
        }
        let end = memchr::memchr(b'\n', input.octets);
        let line = input.take(end.map_or(usize::MAX, |end| end + 1));
        if *skipping {
            *skipping = end.is_none();
            return Step::GoOn;
        }
        side.held.extend_from_slice(line);
        let looked_at = side.held.get(..HTTP1_RESYNC_LINE_MAX).unwrap_or(&side.held);
        match (begins_message(looked_at, is_client), end) {
            (Some(true), _) => side.expect = Expect::Start(Scan::default()),
            (None, None) if side.held.len() < HTTP1_RESYNC_LINE_MAX => {}
            (_, end) => {
                side.held = Vec::new();
                *skipping = end.is_none();
            }
        }
        Step::GoOn
    }

    /// `length` octets of a direction will never come. A tunnel that was not answered is taken for one.
    pub(crate) fn gap(
        &mut self,
        direction: Direction,
        offset: u64,
        length: u64,
        sink: &mut impl Sink,
    ) -> Option<Switch> {
        let end = offset.saturating_add(length);
        self.pending.lose_track();
        let side = self.sides.of_mut(direction);
        side.next = end;
        let ended_at = match &mut side.expect {
            Expect::Nothing => return None,
            Expect::Tunnel => return Some(Switch::Detect),
            Expect::Body(body) => Some(body.gap(offset, length)),
            Expect::Start(_) | Expect::Resync { .. } => None,
        };
        let detail = "octets are missing";
        say(sink, direction, offset..end, Anomaly::new(anomaly::HTTP1_GAP, detail));
        match ended_at {
            Some(Gapped::Within) => {
                return self.bytes(direction, &mut Input { offset: end, octets: &[] }, sink);
            }
            Some(Gapped::EndedAt(at)) => self.body_over(direction, at, false, sink),
            None => self.cut_head(direction, offset, sink),
        }
        let side = self.sides.of_mut(direction);
        side.held = Vec::new();
        side.after_gap = true;
        side.expect = Expect::Resync { skipping: false };
        None
    }

    /// The rest of the head in progress will not come: its whole lines are a message all the same, and its
    /// end is not known.
    fn cut_head(&mut self, direction: Direction, at: u64, sink: &mut impl Sink) {
        let is_client = self.client.map(|client| client == direction);
        let side = self.sides.of_mut(direction);
        let lines = memchr::memrchr(b'\n', &side.held).and_then(|last| side.held.get(..=last));
        let Some(lines) = lines.filter(|_| matches!(side.expect, Expect::Start(_))) else { return };
        let head = [lines, b"\r\n"].concat();
        let (range, mut oddities) = (side.start..at, Vec::new());
        let octets = at.saturating_sub(side.start);
        let message = match read_head(&head, is_client, &mut Scan::default(), &mut oddities) {
            Some((_, Head::Request(head))) => {
                self.found_client(direction, direction, range.start, sink);
                let asked = Asked::of(&head.method);
                self.pending.push(Waiting { asked, http2_settings: None, has_escaped_line_end: false });
                let RequestHead { method, target, minor_version, fields } = head;
                let framing = Framing::UntilClose;
                let request = Request { method, target, minor_version, fields, framing, octets };
                Message::Request(Box::new(request))
            }
            Some((_, Head::Response(head))) => {
                self.found_client(direction.flip(), direction, range.start, sink);
                let ResponseHead { minor_version, status, reason, fields } = head;
                let answers_request = self.pending.oldest().is_some();
                let (framing, lost_responses) = (Framing::UntilClose, 0);
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
                if !response.is_interim() {
                    self.pending.answered();
                }
                Message::Response(Box::new(response))
            }
            _ => return,
        };
        say_all(sink, direction, range.clone(), oddities);
        emit(sink, direction, range, message);
        emit(sink, direction, at..at, Message::End(End::default()));
    }

    /// The direction has ended.
    pub(crate) fn end(&mut self, direction: Direction, clean: bool, sink: &mut impl Sink) -> Option<Switch> {
        let side = self.sides.of_mut(direction);
        let next = side.next;
        match &side.expect {
            Expect::Tunnel if !side.held.is_empty() => return Some(Switch::Detect),
            Expect::Body(body) => {
                let over = clean && body.runs_until_close();
                if clean && !over {
                    let detail = "the stream ends inside a body";
                    say(sink, direction, body.start..next, Anomaly::new(anomaly::HTTP1_BODY_CUT, detail));
                }
                self.body_over(direction, next, over, sink);
            }
            Expect::Start(_) if !side.held.is_empty() => {
                let detail = "the stream ends inside a head";
                say(sink, direction, side.start..next, Anomaly::new(anomaly::HTTP1_HEAD_CUT, detail));
                self.cut_head(direction, next, sink);
            }
            _ => {}
        }
        let side = self.sides.of_mut(direction);
        side.expect = Expect::Nothing;
        side.held = Vec::new();
        None
    }

    /// Ends what is open in a direction that goes on as something else; the octets it had not used, and where
    /// they stand.
    pub(crate) fn leave(&mut self, direction: Direction, sink: &mut impl Sink) -> (u64, Vec<u8>) {
        let next = self.sides.of(direction).next;
        self.body_over(direction, next, false, sink);
        let held = std::mem::take(&mut self.sides.of_mut(direction).held);
        (next.saturating_sub(span(held.len())), held)
    }
}
