//! The memory of a TLS connection: records, unfinished handshake messages, and what is encrypted by now.
//!
//! ```text
//! Header ──► Fragment (clear: held, read)  ──► Header …     gap inside a fragment: on at its end
//!    └─────► Passing (encrypted: not held) ──► Header …     any other gap: Search ──► Header | Nothing
//! ```

mod messages;

use std::borrow::Cow;
use std::ops::Range;

use messages::{Messages, Step, begins_with};

use super::handshake::{kept, message};
use super::record::{self, HEADER_SIZE, Header, is_record, measure};
use super::{Alert, Body, ContentType, Handshake, HandshakeType, Message, Negotiated, Version};
use crate::anomaly::{self, Anomaly};
use crate::input::Input;
use crate::pair::Pair;
use crate::parse::{self, length, portion, span};
use crate::resync::{Found, Search};
use crate::{Direction, Sink};

/// Records that have to follow one another after a gap.
const CHAIN: usize = 2;

/// What comes next in a direction.
#[derive(Debug)]
enum Expect {
    /// A record header; the first of a direction may be a hello in the form of SSL 2.0.
    Header { first: bool },
    /// A fragment in clear. `cut`: part of it is missing.
    Fragment { header: Header, left: u64, cut: bool },
    /// A fragment that only passes by.
    Passing { header: Header, left: u64, body: Body },
    /// After a gap: anything.
    Search(Search),
    /// Nothing that could be read.
    Nothing,
}

/// What is known of a direction's cipher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cipher {
    /// Nothing was changed.
    Clear,
    /// A `ChangeCipherSpec` passed that may be the dummy of TLS 1.3, or a gap hides one: only what can be
    /// nothing but clear is read.
    PerhapsChanged,
    /// Everything is encrypted.
    Changed,
}

#[derive(Debug)]
struct Side {
    expect: Expect,
    /// A header or a clear fragment whose rest has not come.
    held: Vec<u8>,
    /// Where the record in progress starts.
    start: u64,
    /// Where the next octet is expected.
    next: u64,
    cipher: Cipher,
    messages: Messages,
}

/// Both directions of a TLS connection.
#[derive(Debug)]
pub(crate) struct Decoder {
    sides: Pair<Side>,
    client: Option<Direction>,
    /// What the `ServerHello` chose.
    version: Option<Version>,
}

impl Decoder {
    /// A connection from its beginning where the client is known by its hello, else from anywhere.
    pub(crate) fn new(client: Option<Direction>) -> Self {
        let cipher = if client.is_some() { Cipher::Clear } else { Cipher::PerhapsChanged };
        let side = || Side {
            expect: Expect::Header { first: true },
            held: Vec::new(),
            start: 0,
            next: 0,
            cipher,
            messages: Messages::default(),
        };
        Self { sides: Pair::new(|_| side()), client, version: None }
    }

    pub(crate) fn bytes(&mut self, direction: Direction, input: &mut Input<'_>, sink: &mut impl Sink) {
        while self.step(direction, input, sink) {}
        self.sides.of_mut(direction).next = input.offset;
    }

    /// Goes as far as the next state; false when it needs more octets.
    fn step(&mut self, direction: Direction, input: &mut Input<'_>, sink: &mut impl Sink) -> bool {
        let side = self.sides.of_mut(direction);
        match &mut side.expect {
            Expect::Header { .. } => side.header(direction, input, sink),
            Expect::Fragment { .. } => self.fragment(direction, input, sink),
            Expect::Passing { left, .. } => {
                *left -= span(input.take(portion(*left, usize::MAX)).len());
                let over = *left == 0;
                if over {
                    self.passed(direction, input.offset, sink);
                }
                over
            }
            Expect::Search(search) => {
                let found = search.feed(input.take_all(), measure);
                self.searched(found, direction, input.offset, sink);
                false
            }
            Expect::Nothing => {
                input.take_all();
                false
            }
        }
    }

    fn fragment(&mut self, direction: Direction, input: &mut Input<'_>, sink: &mut impl Sink) -> bool {
        let side = self.sides.of_mut(direction);
        let Expect::Fragment { header, left, cut } = &mut side.expect else { return false };
        let (header, taken) = (*header, input.take(portion(*left, usize::MAX)));
        *left -= span(taken.len());
        let (over, cut) = (*left == 0, *cut);
        if over && side.held.is_empty() && !cut {
            side.expect = Expect::Header { first: false };
            self.record(header, taken, direction, input.offset, sink);
            return true;
        }
        side.held.extend_from_slice(taken);
        if over {
            let held = std::mem::take(&mut side.held);
            side.expect = Expect::Header { first: false };
            if cut {
                side.messages.clear();
                side.cipher = side.cipher.after_gap();
                let body = Body::Unknown(kept(&held));
                self.emit(header, u32::from(header.length), body, direction, input.offset, sink);
            } else {
                self.record(header, &held, direction, input.offset, sink);
            }
        }
        over
    }

    fn passed(&mut self, direction: Direction, end: u64, sink: &mut impl Sink) {
        let side = self.sides.of_mut(direction);
        let expect = std::mem::replace(&mut side.expect, Expect::Header { first: false });
        if let Expect::Passing { header, body, .. } = expect {
            let interrupted = side.messages.is_open();
            if interrupted {
                self.interrupted(direction, end, sink);
            }
            self.emit(header, u32::from(header.length), body, direction, end, sink);
        }
    }

    /// A record that may be in clear, whole.
    fn record(
        &mut self,
        header: Header,
        fragment: &[u8],
        direction: Direction,
        end: u64,
        sink: &mut impl Sink,
    ) {
        let side = self.sides.of_mut(direction);
        let range = side.start..end;
        if side.messages.is_open() && header.content != ContentType::HANDSHAKE {
            self.interrupted(direction, end, sink);
        }
        let perhaps = self.sides.of(direction).cipher == Cipher::PerhapsChanged;
        let closed = perhaps && !self.sides.of(direction).messages.is_open() && !self.is_clear(fragment);
        let body = match header.content {
            ContentType::HANDSHAKE if fragment.is_empty() => {
                return say(sink, direction, range, anomaly::TLS_EMPTY_RECORD, "a handshake record is empty");
            }
            ContentType::HANDSHAKE if closed => Body::Encrypted,
            ContentType::HANDSHAKE => return self.handshake(header, fragment, direction, end, sink),
            ContentType::CHANGE_CIPHER_SPEC if fragment == [1] => {
                self.sides.of_mut(direction).cipher = match self.version {
                    Some(version) if !version.is_tls13() => Cipher::Changed,
                    _ => Cipher::PerhapsChanged,
                };
                Body::ChangeCipherSpec
            }
            ContentType::ALERT => match *fragment {
                [level, description] => Body::Alert(Alert { level, description }),
                _ if perhaps => Body::Encrypted,
                _ => unreadable(header, fragment, direction, range, sink),
            },
            ContentType::HEARTBEAT if perhaps => Body::Encrypted,
            ContentType::HEARTBEAT => match heartbeat(fragment) {
                Ok((rest, (kind, claimed_length))) => {
                    if usize::from(claimed_length) > rest.len() {
                        let detail = format!(
                            "a heartbeat claims {claimed_length} octets where {} are left",
                            rest.len()
                        );
                        say(sink, direction, range, anomaly::TLS_HEARTBEAT_CLAIM, detail);
                    }
                    Body::Heartbeat { kind, claimed_length }
                }
                Err(_) => unreadable(header, fragment, direction, range, sink),
            },
            ContentType::CHANGE_CIPHER_SPEC => unreadable(header, fragment, direction, range, sink),
            content => {
                let detail = format!("content type {content} is not assigned");
                say(sink, direction, range, anomaly::TLS_UNKNOWN_CONTENT, detail);
                Body::Unknown(kept(fragment))
            }
        };
        self.emit(header, u32::from(header.length), body, direction, end, sink);
    }

    /// Whether a handshake record behind a change of cipher, or in a connection begun in the middle, can only
    /// be in clear.
    fn is_clear(&self, fragment: &[u8]) -> bool {
        let hello = [HandshakeType::CLIENT_HELLO.0, HandshakeType::SERVER_HELLO.0];
        let begun_late = self.client.is_none() && self.version.is_none();
        let flight = [1, 2, 4, 11, 12, 13, 14, 15, 16, 22, 23];
        begins_with(fragment, if begun_late { &flight } else { &hello })
    }

    fn handshake(
        &mut self,
        header: Header,
        fragment: &[u8],
        direction: Direction,
        end: u64,
        sink: &mut impl Sink,
    ) {
        let mut steps = Vec::new();
        let side = self.sides.of_mut(direction);
        side.messages.feed(fragment, side.start, |step| steps.push(step));
        for step in steps {
            let (kind, body, start) = match step {
                Step::Message(kind, body, start) => (kind, body, start),
                Step::TooLong(kind, length) => {
                    let detail = format!("{kind} claims {length} octets, more than are held");
                    let range = self.sides.of(direction).start..end;
                    say(sink, direction, range, anomaly::TLS_HANDSHAKE_TOO_LONG, detail);
                    continue;
                }
            };
            let mut oddities = Vec::new();
            let negotiated = Negotiated { version: self.version, cipher_suite: None };
            let handshake = message(kind, &body, negotiated, &mut oddities);
            self.learn(&handshake, direction, start, sink);
            for oddity in oddities {
                sink.message(direction, start..end, crate::Message::Anomaly(oddity));
            }
            let message = Message {
                record_version: header.version,
                content: header.content,
                length: length(body.len()),
                decrypted: false,
                body: Body::Handshake(handshake),
            };
            sink.message(direction, start..end, crate::Message::Tls(Box::new(message)));
        }
    }

    /// What a message says about the connection.
    fn learn(&mut self, handshake: &Handshake, direction: Direction, start: u64, sink: &mut impl Sink) {
        let client = match handshake {
            Handshake::ClientHello(_) => direction,
            Handshake::ServerHello(hello) => {
                self.version = Some(hello.negotiated_version());
                direction.flip()
            }
            _ => return,
        };
        if self.client.is_none() {
            self.client = Some(client);
            sink.message(direction, start..start, crate::Message::Client(client));
        }
    }

    fn interrupted(&mut self, direction: Direction, end: u64, sink: &mut impl Sink) {
        let side = self.sides.of_mut(direction);
        side.messages.clear();
        let detail = "a record of another type stands inside a handshake message";
        say(sink, direction, side.start..end, anomaly::TLS_HANDSHAKE_INTERRUPTED, detail);
    }

    fn emit(
        &self,
        header: Header,
        length: u32,
        body: Body,
        direction: Direction,
        end: u64,
        sink: &mut impl Sink,
    ) {
        let Header { content, version: record_version, .. } = header;
        let message = Message { record_version, content, length, decrypted: false, body };
        let range = self.sides.of(direction).start..end;
        sink.message(direction, range, crate::Message::Tls(Box::new(message)));
    }

    fn searched(&mut self, found: Found, direction: Direction, offset: u64, sink: &mut impl Sink) {
        let side = self.sides.of_mut(direction);
        match found {
            Found::NotYet => {}
            Found::Nothing => {
                say(sink, direction, offset..offset, anomaly::TLS_LOST, "no plausible record follows");
                side.expect = Expect::Nothing;
            }
            Found::Chain(at, octets) => {
                say(sink, direction, at..at, anomaly::TLS_RESYNCHRONISED, "records go on");
                side.expect = Expect::Header { first: false };
                self.bytes(direction, &mut Input { offset: at, octets: &octets }, sink);
            }
        }
    }

    pub(crate) fn gap(&mut self, direction: Direction, offset: u64, length: u64, sink: &mut impl Sink) {
        let end = offset.saturating_add(length);
        let side = self.sides.of_mut(direction);
        side.next = end;
        match &mut side.expect {
            Expect::Nothing => return,
            Expect::Passing { left, .. } if length <= *left => *left -= length,
            Expect::Fragment { left, cut, .. } if length <= *left => {
                *left -= length;
                *cut = true;
            }
            _ => {
                side.held = Vec::new();
                side.messages.clear();
                side.cipher = side.cipher.after_gap();
                side.expect = Expect::Search(Search::new(end, CHAIN));
            }
        }
        say(sink, direction, offset..end, anomaly::TLS_GAP, "octets are missing");
        // A fragment that the gap ran to the end of is over without another octet.
        self.bytes(direction, &mut Input { offset: end, octets: &[] }, sink);
    }

    pub(crate) fn end(&mut self, direction: Direction, sink: &mut impl Sink) {
        let side = self.sides.of_mut(direction);
        let cut = match &side.expect {
            Expect::Header { .. } => !side.held.is_empty(),
            Expect::Fragment { .. } | Expect::Passing { .. } => true,
            Expect::Search(_) | Expect::Nothing => false,
        };
        if cut {
            let range = side.start..side.next;
            say(sink, direction, range, anomaly::TLS_RECORD_CUT, "the stream ends inside a record");
        }
        side.expect = Expect::Nothing;
        side.held = Vec::new();
        side.messages.clear();
    }
}

impl Side {
    fn header(&mut self, direction: Direction, input: &mut Input<'_>, sink: &mut impl Sink) -> bool {
        if self.held.is_empty() {
            self.start = input.offset;
        }
        let first = matches!(self.expect, Expect::Header { first: true });
        let five = input.with_held(&mut self.held, |octets| {
            octets.first_chunk::<HEADER_SIZE>().map(|five| (HEADER_SIZE, *five))
        });
        let Some(five) = five else { return false };
        let range = self.start..input.offset;
        if let ([high, low, kind @ (1 | 4), major @ (0 | 3), minor], true) = (five, first)
            && high & 0x80 != 0
        {
            let length = u16::from_be_bytes([high & 0x7f, low]);
            let version = Version(u16::from_be_bytes([major, minor]));
            say(sink, direction, range, anomaly::TLS_SSLV2_HELLO, "a hello in the form of SSL 2.0");
            let body = Body::Handshake(Handshake::Other { kind: HandshakeType(kind), body: Vec::new() });
            let header = Header { content: ContentType::HANDSHAKE, version, length };
            // Three octets of the message have been taken with the header.
            let left = u64::from(length).saturating_sub(3);
            self.expect = Expect::Passing { header, left, body };
            return true;
        }
        let header = record::header(&five).map(|(_, header)| header).ok().filter(|&header| is_record(header));
        self.expect = if let Some(header) = header {
            let left = u64::from(header.length);
            match self.passing(header) {
                Some(body) => Expect::Passing { header, left, body },
                None => Expect::Fragment { header, left, cut: false },
            }
        } else {
            say(sink, direction, range, anomaly::TLS_BAD_RECORD, "what stands where a record begins is none");
            let mut search = Search::new(self.start, CHAIN);
            // Five octets hold no chain: this only puts them in front of what follows.
            let _ = search.feed(&five, measure);
            Expect::Search(search)
        };
        true
    }

    /// What a record is that is not read; `None` where it may be in clear.
    fn passing(&self, header: Header) -> Option<Body> {
        match (header.content, self.cipher) {
            (ContentType::APPLICATION_DATA, _) => Some(Body::ApplicationData),
            (ContentType::CHANGE_CIPHER_SPEC, Cipher::Changed) if header.length == 1 => {
                Some(Body::ChangeCipherSpec)
            }
            (_, Cipher::Changed) => Some(Body::Encrypted),
            _ => None,
        }
    }
}

impl Cipher {
    /// A gap may hide a change of cipher.
    fn after_gap(self) -> Self {
        match self {
            Self::Clear | Self::PerhapsChanged => Self::PerhapsChanged,
            Self::Changed => Self::Changed,
        }
    }
}

fn heartbeat(input: &[u8]) -> parse::Parsed<'_, (u8, u16)> {
    let (input, kind) = parse::u8("type", input)?;
    let (input, claimed_length) = parse::u16("payload_length", input)?;
    Ok((input, (kind, claimed_length)))
}

fn unreadable(
    header: Header,
    fragment: &[u8],
    direction: Direction,
    range: Range<u64>,
    sink: &mut impl Sink,
) -> Body {
    let detail = format!("{} of {} octets does not parse", header.content, header.length);
    say(sink, direction, range, anomaly::TLS_BAD_BODY, detail);
    Body::Unknown(kept(fragment))
}

fn say(
    sink: &mut impl Sink,
    direction: Direction,
    range: Range<u64>,
    code: &'static str,
    detail: impl Into<Cow<'static, str>>,
) {
    sink.message(direction, range, crate::Message::Anomaly(Anomaly::new(code, detail)));
}
