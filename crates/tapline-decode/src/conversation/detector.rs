//! One direction whose protocol is not known.
//!
//! ```text
//! Begin ──► found         Begin ──► Text ──► TLS behind a line end: found       Begin, Text ──► Opaque
//!   └─► Waiting (perhaps the server of HTTP/2, if the client turns out to speak it)
//! ```

use memchr::memchr;

use super::detect::{Sender, Verdict, client_hello, judge};
use crate::input::Input;
use crate::limits::{TEXT_SAMPLE, UNDECIDED_MAX};
use crate::parse::span;
use crate::{Origin, Protocol};

/// How a record that begins TLS begins.
const HANDSHAKE: u8 = 22;

#[derive(Debug, Default)]
enum State {
    #[default]
    Begin,
    /// Unknown text: `last` is the octet before the next, `sampled` octets were looked at.
    Text { last: u8, sampled: u64 },
    /// Held until the other direction is known.
    Waiting,
    /// Unknown and not text.
    Opaque,
}

/// A protocol, and who sends in this direction, where that is known.
pub(super) type Finding = (Protocol, Option<Sender>);

/// One direction.
#[derive(Debug, Default)]
pub(super) struct Detector {
    state: State,
    /// What may belong to a protocol that is not known yet.
    held: Vec<u8>,
    /// Where `held` starts.
    held_at: u64,
    /// The packet that `held` came with, or the last of several.
    here: Origin,
}

impl Detector {
    /// What was held came with that packet.
    pub(super) fn note(&mut self, here: Origin) {
        self.here = here;
    }

    /// The packet that what is held came with.
    pub(super) fn here(&self) -> Origin {
        self.here
    }

    /// Looks at octets; where something is found, what was held and the rest of `input` belong to it.
    pub(super) fn feed(&mut self, input: &mut Input<'_>) -> Option<Finding> {
        match self.state {
            State::Begin => self.begin(input),
            State::Text { .. } => self.text(input),
            State::Waiting => {
                self.wait(input);
                None
            }
            State::Opaque => {
                input.take_all();
                None
            }
        }
    }

    /// Holds octets until the other side shows what they are, as many as are held.
    fn wait(&mut self, input: &mut Input<'_>) {
        self.hold(input);
        self.state = State::Waiting;
        if self.held.len() > UNDECIDED_MAX {
            self.state = State::Opaque;
            self.held = Vec::new();
        }
    }

    fn hold(&mut self, input: &mut Input<'_>) {
        if self.held.is_empty() {
            self.held_at = input.offset;
        }
        self.held.extend_from_slice(input.take_all());
    }

    fn begin(&mut self, input: &mut Input<'_>) -> Option<Finding> {
        let verdict = if self.held.is_empty() {
            judge(bounded(input.octets))
        } else {
            self.hold(input);
            judge(bounded(&self.held))
        };
        match verdict {
            Verdict::Tls(sender) => return Some((Protocol::Tls, sender)),
            Verdict::Http1(sender) => return Some((Protocol::Http1, Some(sender))),
            Verdict::Http2 => return Some((Protocol::Http2, Some(Sender::Client))),
            Verdict::Undecided if self.held.len().max(input.octets.len()) < UNDECIDED_MAX => {
                self.hold(input);
                return None;
            }
            Verdict::PerhapsHttp2Server => {
                self.wait(input);
                return None;
            }
            // Behind the request, as behind a line end, TLS may begin.
            Verdict::PostgresTlsRequest => self.state = State::Text { last: b'\n', sampled: TEXT_SAMPLE },
            Verdict::Undecided | Verdict::Unknown => self.state = State::Text { last: 0, sampled: 0 },
        }
        self.text(input)
    }

    /// Looks for a `ClientHello` right behind a line end or `>`: STARTTLS of SMTP, IMAP, XMPP and others.
    fn text(&mut self, input: &mut Input<'_>) -> Option<Finding> {
        if self.held.is_empty() {
            let (used, finding) = self.scan(input.octets);
            input.take(used);
            if finding.is_none() {
                self.hold(input);
            }
            return finding;
        }
        self.hold(input);
        let held = std::mem::take(&mut self.held);
        let (used, finding) = self.scan(&held);
        self.held_at = self.held_at.saturating_add(span(used));
        self.held = held.get(used..).unwrap_or_default().to_vec();
        finding
    }

    /// How many octets belong to nothing, and what was found behind them.
    fn scan(&mut self, octets: &[u8]) -> (usize, Option<Finding>) {
        let State::Text { mut last, mut sampled } = self.state else { return (octets.len(), None) };
        let mut at = 0;
        while let Some(rest) = octets.get(at..).filter(|rest| !rest.is_empty()) {
            let before = memchr(HANDSHAKE, rest).unwrap_or(rest.len());
            let (text, candidate) = rest.split_at(before);
            last = text.last().copied().unwrap_or(last);
            at += before;
            let mut opaque = !is_text(text, &mut sampled);
            if !opaque && matches!(last, b'\n' | b'>') && !candidate.is_empty() {
                match client_hello(candidate) {
                    Some(true) => return (at, Some((Protocol::Tls, Some(Sender::Client)))),
                    Some(false) => {}
                    None => break,
                }
            }
            let passed = candidate.get(..1).unwrap_or_default();
            opaque |= !is_text(passed, &mut sampled);
            if opaque {
                self.state = State::Opaque;
                return (octets.len(), None);
            }
            last = passed.last().copied().unwrap_or(last);
            at += passed.len();
        }
        self.state = State::Text { last, sampled };
        (at, None)
    }

    /// Octets are missing: what comes behind them is a beginning again, unless this is known to be nothing.
    pub(super) fn gap(&mut self) {
        self.held = Vec::new();
        self.state = match self.state {
            State::Begin | State::Waiting => State::Begin,
            State::Text { sampled, .. } => State::Text { last: 0, sampled },
            State::Opaque => State::Opaque,
        };
    }

    /// What was held, and where it starts.
    pub(super) fn take_held(&mut self) -> (u64, Vec<u8>) {
        (self.held_at, std::mem::take(&mut self.held))
    }
}

fn bounded(octets: &[u8]) -> &[u8] {
    octets.get(..UNDECIDED_MAX).unwrap_or(octets)
}

/// Whether octets are text, as far as they fall into the sample.
fn is_text(octets: &[u8], sampled: &mut u64) -> bool {
    let left = usize::try_from(TEXT_SAMPLE.saturating_sub(*sampled)).unwrap_or_default();
    let sample = octets.get(..left).unwrap_or(octets);
    *sampled += span(sample.len());
    sample.iter().all(|&b| matches!(b, b'\t' | b'\r' | b'\n' | 0x1b) || b >= b' ')
}
