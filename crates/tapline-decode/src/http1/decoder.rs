//! The memory of an HTTP/1 connection: where each direction stands, and which requests wait.
//!
//! ```text
//! Start ──► (head) ──► Body ──► Start …       CONNECT: Start ──► Tunnel ──► Switch, or Start on refusal
//!   └── gap, or no start line ──► Resync ──► Start
//! ```

use std::ops::Range;

use super::body::{Body, Fed, Gapped};
use super::framing::{of_request, of_response};
use super::head;
use super::lines::{Scan, Start, first_line, is_simple_request, start};
use super::pending::{Asked, Pending, Request as Waiting};
use super::suspicious::{self, has_escaped_line_end};
use super::upgrade::{self, Switch};
use super::{End, Framing, Message, Request, Response};
use crate::anomaly::{self, Anomaly};
use crate::input::Input;
use crate::limits::{HTTP1_HEAD_MAX, HTTP1_RESYNC_LINE_MAX, TUNNEL_HELD_MAX};
use crate::pair::Pair;
use crate::parse::span;
use crate::{Direction, Sink};

/// What comes next in a direction.
#[derive(Debug)]
enum Expect {
    /// Empty lines, then a head.
    Start(Scan),
    Body(Body),
    /// The client sent CONNECT: whether a tunnel begins is for the response to say.
    Tunnel,
    /// A line that can start a message; `skipping`: first the rest of a line that cannot.
    Resync {
        skipping: bool,
    },
    /// Nothing that could be read.
    Nothing,
}

#[derive(Debug)]
struct Side {
    expect: Expect,
    /// A head, a line or a tunnel's first octets, whose rest has not come.
    held: Vec<u8>,
    /// Where the head in progress starts.
    start: u64,
    /// Where the next octet is expected.
    next: u64,
    /// Heads may have been lost in a gap since the last one.
    after_gap: bool,
}

/// Both directions of an HTTP/1 connection.
#[derive(Debug)]
pub(crate) struct Decoder {
    sides: Pair<Side>,
    client: Option<Direction>,
    pending: Pending,
}

/// Whether a direction can go on.
#[derive(Debug)]
enum Step {
    GoOn,
    Wait,
    Switch(Switch),
}

/// A head, or why there is none.
enum Head {
    Request(head::RequestHead),
    Response(head::ResponseHead),
    NoStartLine,
    TooLong,
}

impl Decoder {
    pub(crate) fn new(client: Option<Direction>) -> Self {
        let side = || Side {
            expect: Expect::Start(Scan::default()),
            held: Vec::new(),
            start: 0,
            next: 0,
            after_gap: false,
        };
        Self { sides: Pair::new(|_| side()), client, pending: Pending::default() }
    }

    /// Takes octets until they are used up, or until what follows is something else.
    pub(crate) fn bytes(
        &mut self,
        direction: Direction,
        input: &mut Input<'_>,
        sink: &mut impl Sink,
    ) -> Option<Switch> {
        loop {
            let step = self.step(direction, input, sink);
            self.sides.of_mut(direction).next = input.offset;
            match step {
                Step::GoOn => {}
                Step::Wait => return None,
                Step::Switch(switch) => return Some(switch),
            }
        }
    }

    fn step(&mut self, direction: Direction, input: &mut Input<'_>, sink: &mut impl Sink) -> Step {
        let side = self.sides.of_mut(direction);
        match &mut side.expect {
            Expect::Start(_) => self.start(direction, input, sink),
            Expect::Body(body) => {
                match body.feed(direction, input, sink) {
                    Fed::Open => return Step::Wait,
                    Fed::Over => self.body_over(direction, input.offset, true, sink),
                    Fed::Broken => {
                        self.pending.lose_track();
                        self.body_over(direction, input.offset, false, sink);
                        self.sides.of_mut(direction).expect = Expect::Resync { skipping: false };
                    }
                }
                Step::GoOn
            }
            Expect::Tunnel => {
                side.held.extend_from_slice(input.take_all());
                if side.held.len() <= TUNNEL_HELD_MAX {
                    return Step::Wait;
                }
                let detail = "the client sent more behind its CONNECT than is held for the answer";
                let range = side.start..input.offset;
                say(sink, direction, range, Anomaly::new(anomaly::HTTP1_TUNNEL_UNANSWERED, detail));
                Step::Switch(Switch::Detect)
            }
            Expect::Resync { .. } => self.resync(direction, input),
            Expect::Nothing => {
                input.take_all();
                Step::Wait
            }
        }
    }

    fn start(&mut self, direction: Direction, input: &mut Input<'_>, sink: &mut impl Sink) -> Step {
        let is_client = self.client.map(|client| client == direction);
        let side = self.sides.of_mut(direction);
        let Expect::Start(scan) = &mut side.expect else { return Step::Wait };
        if side.held.is_empty() {
            let blank = input.octets.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
            input.take(blank);
            side.start = input.offset;
            if input.octets.is_empty() {
                return Step::Wait;
            }
        }
        let mut oddities = Vec::new();
        let found =
            input.with_held(&mut side.held, |octets| read_head(octets, is_client, scan, &mut oddities));
        let range = side.start..input.offset;
        let Some(found) = found else { return Step::Wait };
        *scan = Scan::default();
        say_all(sink, direction, range.clone(), oddities);
        match found {
            Head::Request(head) => self.request(head, direction, range, sink),
            Head::Response(head) => self.response(head, direction, range, sink),
            Head::NoStartLine => {
                self.pending.lose_track();
                side.expect = Expect::Resync { skipping: true };
                let detail = "what stands where a message begins is no start line";
                let range = range.start..range.start;
                say(sink, direction, range, Anomaly::new(anomaly::HTTP1_BAD_START_LINE, detail));
                Step::GoOn
            }
            Head::TooLong => {
                self.pending.lose_track();
                side.expect = Expect::Nothing;
                let detail = "a head is longer than is held; the direction is not read further";
                say(sink, direction, range, Anomaly::new(anomaly::HTTP1_HEAD_TOO_LONG, detail));
                Step::GoOn
            }
        }
    }

    /// The bytes prove who the client is.
    fn found_client(&mut self, client: Direction, direction: Direction, at: u64, sink: &mut impl Sink) {
        if self.client.is_none() {
            self.client = Some(client);
            sink.message(direction, at..at, crate::Message::Client(client));
        }
    }

    fn request(
        &mut self,
        head: head::RequestHead,
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
        let head::RequestHead { method, target, minor_version, fields } = head;
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

    fn response(
        &mut self,
        head: head::ResponseHead,
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
        let head::ResponseHead { minor_version, status, reason, fields } = head;
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

    fn begin_body(&mut self, framing: Framing, direction: Direction, at: u64, sink: &mut impl Sink) {
        let side = self.sides.of_mut(direction);
        if let Some(body) = Body::new(framing, at) {
            side.expect = Expect::Body(body);
        } else {
            side.expect = Expect::Start(Scan::default());
            let end = End { complete: true, ..End::default() };
            emit(sink, direction, at..at, Message::End(end));
        }
    }

    fn body_over(&mut self, direction: Direction, at: u64, over: bool, sink: &mut impl Sink) {
        let side = self.sides.of_mut(direction);
        if let Expect::Body(body) = std::mem::replace(&mut side.expect, Expect::Start(Scan::default())) {
            let range = body.start..at;
            emit(sink, direction, range, Message::End(body.close(over)));
        }
        if Some(direction) == self.client && self.pending.newest_is_connect() {
            let side = self.sides.of_mut(direction);
            side.expect = Expect::Tunnel;
            side.start = at;
        }
    }

    /// Looks at one line, or at the rest of one.
    fn resync(&mut self, direction: Direction, input: &mut Input<'_>) -> Step {
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
                let head::RequestHead { method, target, minor_version, fields } = head;
                let framing = Framing::UntilClose;
                let request = Request { method, target, minor_version, fields, framing, octets };
                Message::Request(Box::new(request))
            }
            Some((_, Head::Response(head))) => {
                self.found_client(direction.flip(), direction, range.start, sink);
                let head::ResponseHead { minor_version, status, reason, fields } = head;
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

    /// Where the next octet of a direction is expected.
    pub(crate) fn next(&self, direction: Direction) -> u64 {
        self.sides.of(direction).next
    }

    pub(crate) fn client(&self) -> Option<Direction> {
        self.client
    }
}

/// A head from its first octet on, as soon as it can be told; with it, how many octets it has.
fn read_head(
    octets: &[u8],
    is_client: Option<bool>,
    scan: &mut Scan,
    oddities: &mut Vec<Anomaly>,
) -> Option<(usize, Head)> {
    let request = match start(octets) {
        Start::Request if is_client != Some(false) => true,
        Start::Response if is_client != Some(true) => false,
        Start::Undecided if octets.len() <= HTTP1_HEAD_MAX => return None,
        Start::Undecided => return Some((HTTP1_HEAD_MAX + 1, Head::TooLong)),
        _ => return Some((0, Head::NoStartLine)),
    };
    let simple = first_line(octets).filter(|(line, _)| request && is_simple_request(line));
    let end = match simple {
        Some((_, end)) => Some(end),
        None => scan.end(octets),
    };
    let head = match end {
        Some(end) if end <= HTTP1_HEAD_MAX => octets.get(..end)?,
        _ if octets.len() > HTTP1_HEAD_MAX => return Some((HTTP1_HEAD_MAX + 1, Head::TooLong)),
        _ => return None,
    };
    let read = if request {
        Head::Request(head::request(head, *scan, oddities))
    } else {
        head::response(head, *scan, oddities).map_or(Head::NoStartLine, Head::Response)
    };
    Some((head.len(), read))
}

/// Whether a line can start a message; `None` until that is known.
fn begins_message(line: &[u8], is_client: Option<bool>) -> Option<bool> {
    match start(line) {
        Start::Undecided => None,
        Start::Response => Some(is_client != Some(true)),
        Start::Request if is_client == Some(false) => Some(false),
        Start::Request => first_line(line).map(|(line, _)| !is_simple_request(line)),
        Start::Other => Some(false),
    }
}

fn emit(sink: &mut impl Sink, direction: Direction, range: Range<u64>, message: Message) {
    sink.message(direction, range, crate::Message::Http1(message));
}

fn say(sink: &mut impl Sink, direction: Direction, range: Range<u64>, anomaly: Anomaly) {
    sink.message(direction, range, crate::Message::Anomaly(anomaly));
}

fn say_all(sink: &mut impl Sink, direction: Direction, range: Range<u64>, anomalies: Vec<Anomaly>) {
    for anomaly in anomalies {
        say(sink, direction, range.clone(), anomaly);
    }
}
