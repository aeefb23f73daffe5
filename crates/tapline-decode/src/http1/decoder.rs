//! The memory of an HTTP/1 connection: where each direction stands, and which requests wait.
//!
//! ```text
//! Start ──► (head) ──► Body ──► Start …       CONNECT: Start ──► Tunnel ──► Switch, or Start on refusal
//!   └── gap, or no start line ──► Resync ──► Start
//! ```

mod broken;
mod head;
mod messages;

use std::ops::Range;

use super::body::{Body, Fed};
use super::lines::Scan;
use super::pending::Pending;
use super::upgrade::Switch;
use super::{End, Framing, Message};
use crate::anomaly::{self, Anomaly};
use crate::input::Input;
use crate::limits::TUNNEL_HELD_MAX;
use crate::pair::Pair;
use crate::{Direction, Sink};
use head::{Head, read_head};

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

    /// Where the next octet of a direction is expected.
    pub(crate) fn next(&self, direction: Direction) -> u64 {
        self.sides.of(direction).next
    }

    pub(crate) fn client(&self) -> Option<Direction> {
        self.client
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
