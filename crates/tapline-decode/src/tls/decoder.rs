//! The memory of a TLS connection: records, unfinished handshake messages, and what is encrypted by now.
//!
//! ```text
//! Header ──► Fragment (clear, or to be opened: held, read) ──► Header …   gap inside a fragment: on at its end
//!    └─────► Passing (stays closed: not held)              ──► Header …   any other gap: Search ──► Header | Nothing
//! ```

mod closed;
mod gap;
mod handshakes;
mod messages;
mod withheld;

use std::borrow::Cow;
use std::ops::Range;

use messages::{Messages, begins_with};
use tapline_crypto::Side as Party;
use withheld::{Withheld, WithheldEarly};

use super::handshake::kept;
use super::inside::Inside;
use super::opening::Opening;
use super::record::{self, HEADER_SIZE, Header, is_record, measure};
use super::{Access, Alert, Body, CipherSuite, ContentType, HandshakeType, Message, Version};
use crate::anomaly::{self, Anomaly};
use crate::input::Input;
use crate::pair::Pair;
use crate::parse::{self, portion, span};
use crate::resync::Search;
use crate::{Direction, Keyring, Sink};

/// Records that have to follow one another after a gap.
const CHAIN: usize = 2;

/// What comes next in a direction.
#[derive(Debug)]
enum Expect {
    /// A record header; the first of a direction may be a hello in the form of SSL 2.0.
    Header { first: bool },
    /// A fragment in clear, or one that may be opened. `cut`: part of it is missing.
    Fragment { header: Header, left: u64, cut: bool, closed: Option<Body> },
    /// A hello in the form of SSL 2.0, its type taken.
    HelloV2 { header: Header, left: u64 },
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
    /// Where the last record ended that was seen whole.
    whole: u64,
    /// Places at which a record may begin that are still tried one by one after a gap.
    tries: u8,
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
    cipher_suite: Option<CipherSuite>,
    alpn: Option<Vec<u8>>,
    /// The connection's secrets, once there may be some.
    opening: Option<Box<Opening>>,
    inside: Option<Box<Inside>>,
    withheld: Withheld,
    early: WithheldEarly,
    /// What was last said of whether records open.
    access: Option<Access>,
    /// How many layers are around this one.
    depth: u8,
}

/// A record that is read, or a part of what several were opened to.
#[derive(Clone, Copy, Debug)]
struct Record<'a> {
    header: Header,
    /// Octets of its fragment as it travelled.
    length: u16,
    fragment: &'a [u8],
    /// Whether it was opened: the fragment is its content.
    opened: bool,
    /// Whether it travelled encrypted and was opened. (NULL suites do not encrypt.)
    decrypted: bool,
    start: u64,
    end: u64,
}

impl Decoder {
    /// A connection from its beginning where the client is known by its hello, else from anywhere.
    pub(crate) fn new(client: Option<Direction>, depth: u8) -> Self {
        let cipher = if client.is_some() { Cipher::Clear } else { Cipher::PerhapsChanged };
        let side = || Side {
            expect: Expect::Header { first: true },
            held: Vec::new(),
            start: 0,
            next: 0,
            whole: 0,
            tries: 0,
            cipher,
            messages: Messages::default(),
        };
        Self {
            sides: Pair::new(|_| side()),
            client,
            version: None,
            cipher_suite: None,
            alpn: None,
            opening: None,
            inside: None,
            withheld: Withheld::default(),
            early: WithheldEarly::default(),
            access: None,
            depth,
        }
    }

    pub(crate) fn bytes(
        &mut self,
        direction: Direction,
        input: &mut Input<'_>,
        keyring: &mut Keyring,
        sink: &mut impl Sink,
    ) {
        while self.step(direction, input, keyring, sink) {}
        self.sides.of_mut(direction).next = input.offset;
    }

    /// Goes as far as the next state; false when it needs more octets.
    fn step(
        &mut self,
        direction: Direction,
        input: &mut Input<'_>,
        keyring: &mut Keyring,
        sink: &mut impl Sink,
    ) -> bool {
        let side = self.sides.of_mut(direction);
        match &mut side.expect {
            Expect::Header { .. } => self.header(direction, input, keyring, sink),
            Expect::Fragment { .. } => self.fragment(direction, input, keyring, sink),
            Expect::HelloV2 { .. } => self.hello_v2(direction, input, keyring, sink),
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
                self.searched(found, direction, input.offset, keyring, sink);
                false
            }
            Expect::Nothing => {
                input.take_all();
                false
            }
        }
    }

    fn fragment(
        &mut self,
        direction: Direction,
        input: &mut Input<'_>,
        keyring: &mut Keyring,
        sink: &mut impl Sink,
    ) -> bool {
        let side = self.sides.of_mut(direction);
        let Expect::Fragment { left, cut, .. } = &mut side.expect else { return false };
        let taken = input.take(portion(*left, usize::MAX));
        *left -= span(taken.len());
        let (over, cut, end) = (*left == 0, *cut, input.offset);
        if !over {
            side.held.extend_from_slice(taken);
            return false;
        }
        let expect = std::mem::replace(&mut side.expect, Expect::Header { first: false });
        let Expect::Fragment { header, closed, .. } = expect else { return false };
        let held;
        let fragment = if side.held.is_empty() {
            taken
        } else {
            side.held.extend_from_slice(taken);
            held = std::mem::take(&mut side.held);
            &held
        };
        side.whole = end;
        let record = Record {
            header,
            length: header.length,
            fragment,
            opened: false,
            decrypted: false,
            start: side.start,
            end,
        };
        match closed {
            Some(body) => self.closed(record, cut, &body, direction, keyring, sink),
            None if cut => {
                side.messages.clear();
                side.cipher = side.cipher.after_gap();
                self.lose_messages();
                emit(record, Body::Unknown(kept(fragment)), direction, sink);
            }
            None if self.waits_its_turn(record, direction, keyring, sink) => {}
            None => self.record(record, direction, keyring, sink),
        }
        true
    }

    fn passed(&mut self, direction: Direction, end: u64, sink: &mut impl Sink) {
        let side = self.sides.of_mut(direction);
        side.whole = end;
        let expect = std::mem::replace(&mut side.expect, Expect::Header { first: false });
        if let Expect::Passing { header, body, .. } = expect {
            let start = side.start;
            if side.messages.is_open() {
                self.interrupted(start..end, direction, sink);
            }
            let record = Record {
                header,
                length: header.length,
                fragment: &[],
                opened: false,
                decrypted: false,
                start,
                end,
            };
            emit(record, body, direction, sink);
        }
    }

    /// A record in clear or opened, whole.
    fn record(
        &mut self,
        record: Record<'_>,
        direction: Direction,
        keyring: &mut Keyring,
        sink: &mut impl Sink,
    ) {
        let Record { header, fragment, opened, start, end, .. } = record;
        let range = start..end;
        let side = self.sides.of_mut(direction);
        if side.messages.is_open() && header.content != ContentType::HANDSHAKE {
            self.interrupted(range.clone(), direction, sink);
        }
        let perhaps = !opened && self.sides.of(direction).cipher == Cipher::PerhapsChanged;
        let closed = perhaps && !self.sides.of(direction).messages.is_open() && !self.is_clear(fragment);
        let body = match header.content {
            ContentType::HANDSHAKE if fragment.is_empty() => {
                return say(sink, direction, range, anomaly::TLS_EMPTY_RECORD, "a handshake record is empty");
            }
            ContentType::HANDSHAKE if closed => Body::Encrypted,
            ContentType::HANDSHAKE => return self.handshake(record, direction, keyring, sink),
            ContentType::CHANGE_CIPHER_SPEC if fragment == [1] => {
                self.change_cipher_spec(direction);
                Body::ChangeCipherSpec
            }
            ContentType::ALERT => match *fragment {
                [level, description] => Body::Alert(Alert { level, description }),
                _ if perhaps => Body::Encrypted,
                _ => unreadable(record, direction, sink),
            },
            ContentType::APPLICATION_DATA if opened => {
                emit(record, Body::ApplicationData, direction, sink);
                return self.content(range, fragment, direction, keyring, sink);
            }
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
                Err(_) => unreadable(record, direction, sink),
            },
            ContentType::CHANGE_CIPHER_SPEC => unreadable(record, direction, sink),
            content => {
                let detail = format!("content type {content} is not assigned");
                say(sink, direction, range, anomaly::TLS_UNKNOWN_CONTENT, detail);
                Body::Unknown(kept(fragment))
            }
        };
        emit(record, body, direction, sink);
    }

    /// Records of a direction may be encrypted from now on, or are.
    fn cipher_changes(&mut self, direction: Direction) {
        let known = self.version.is_some_and(|version| !version.is_tls13());
        let cipher = &mut self.sides.of_mut(direction).cipher;
        *cipher = if known || *cipher == Cipher::Changed { Cipher::Changed } else { Cipher::PerhapsChanged };
    }

    fn change_cipher_spec(&mut self, direction: Direction) {
        self.cipher_changes(direction);
        let party = self.party(direction);
        if let Some(opening) = &mut self.opening {
            opening.change_cipher_spec(party);
        }
    }

    fn party(&self, direction: Direction) -> Party {
        if self.client.unwrap_or(Direction::Forward) == direction { Party::Client } else { Party::Server }
    }

    fn lose_messages(&mut self) {
        if let Some(opening) = &mut self.opening {
            opening.lose_messages();
        }
    }

    /// Whether a handshake record behind a change of cipher, or in a connection begun in the middle, can only
    /// be in clear.
    fn is_clear(&self, fragment: &[u8]) -> bool {
        let hello = [HandshakeType::CLIENT_HELLO.0, HandshakeType::SERVER_HELLO.0];
        let begun_late = self.client.is_none() && self.version.is_none();
        let flight = [1, 2, 4, 11, 12, 13, 14, 15, 16, 22, 23];
        begins_with(fragment, if begun_late { &flight } else { &hello })
    }

    fn interrupted(&mut self, range: Range<u64>, direction: Direction, sink: &mut impl Sink) {
        self.sides.of_mut(direction).messages.clear();
        self.lose_messages();
        let detail = "a record of another type stands inside a handshake message";
        say(sink, direction, range, anomaly::TLS_HANDSHAKE_INTERRUPTED, detail);
    }

    pub(crate) fn end(
        &mut self,
        direction: Direction,
        clean: bool,
        keyring: &mut Keyring,
        sink: &mut impl Sink,
    ) {
        let unproven = self.search_on_at_end(direction, keyring, sink);
        let side = self.sides.of_mut(direction);
        if let Expect::Search(search) = &mut side.expect {
            let (found, next) = (search.end(measure), side.next);
            self.searched(found, direction, next, keyring, sink);
        }
        let side = self.sides.of_mut(direction);
        let cut = match &side.expect {
            Expect::Header { .. } => (!side.held.is_empty()).then_some(side.start),
            Expect::Fragment { .. } | Expect::HelloV2 { .. } | Expect::Passing { .. } => Some(side.start),
            Expect::Search(_) => unproven,
            Expect::Nothing => None,
        };
        if let Some(start) = cut {
            let range = start..side.next;
            say(sink, direction, range, anomaly::TLS_RECORD_CUT, "the stream ends inside a record");
        }
        side.expect = Expect::Nothing;
        side.held = Vec::new();
        side.messages.clear();
        self.end_inside(direction, clean, keyring, sink);
    }

    fn header(
        &mut self,
        direction: Direction,
        input: &mut Input<'_>,
        keyring: &mut Keyring,
        sink: &mut impl Sink,
    ) -> bool {
        let side = self.sides.of_mut(direction);
        if side.held.is_empty() {
            side.start = input.offset;
        }
        let first = matches!(side.expect, Expect::Header { first: true });
        let five = input.with_held(&mut side.held, |octets| {
            octets.first_chunk::<HEADER_SIZE>().map(|five| (HEADER_SIZE, *five))
        });
        let Some(five) = five else { return false };
        let range = side.start..input.offset;
        if let ([high, low, kind @ (1 | 4), major @ (0 | 3), minor], true) = (five, first)
            && high & 0x80 != 0
        {
            let length = u16::from_be_bytes([high & 0x7f, low]);
            let version = Version(u16::from_be_bytes([major, minor]));
            say(sink, direction, range, anomaly::TLS_SSLV2_HELLO, "a hello in the form of SSL 2.0");
            let header = Header { content: ContentType::HANDSHAKE, version, length };
            // Three octets of the message have been taken with the header.
            side.held.extend_from_slice(&[kind, major, minor]);
            side.expect = Expect::HelloV2 { header, left: u64::from(length).saturating_sub(3) };
            return true;
        }
        let header = record::header(&five).map(|(_, header)| header).ok().filter(|&header| is_record(header));
        if let Some(header) = header {
            let (left, cut) = (u64::from(header.length), false);
            let is_dummy = header.content == ContentType::CHANGE_CIPHER_SPEC && header.length == 1;
            // One that has its turn behind others has to be there as long as they.
            let passing = side.passing(header).filter(|_| !is_dummy || self.withheld.items.is_empty());
            let expect = match passing {
                Some(body) if !self.wants(header, direction, keyring) => {
                    Expect::Passing { header, left, body }
                }
                closed => Expect::Fragment { header, left, cut, closed },
            };
            self.sides.of_mut(direction).expect = expect;
        } else {
            say(sink, direction, range, anomaly::TLS_BAD_RECORD, "what stands where a record begins is none");
            let mut search = Search::new(side.start, CHAIN);
            // Five octets hold no chain: this only puts them in front of what follows.
            let _ = search.feed(&five, measure);
            side.expect = Expect::Search(search);
            self.lose_messages();
        }
        true
    }
}

impl Side {
    /// What a record is that is encrypted; `None` where it may be in clear. While places are tried behind a gap records
    /// opened before it, so nothing else counts than what authenticates, whatever type it seems to have.
    fn passing(&self, header: Header) -> Option<Body> {
        let encrypted = self.cipher == Cipher::Changed || self.tries > 0;
        match header.content {
            ContentType::APPLICATION_DATA => Some(Body::ApplicationData),
            ContentType::CHANGE_CIPHER_SPEC if encrypted && header.length == 1 => {
                Some(Body::ChangeCipherSpec)
            }
            _ => encrypted.then_some(Body::Encrypted),
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

fn unreadable(record: Record<'_>, direction: Direction, sink: &mut impl Sink) -> Body {
    let Record { header, fragment, .. } = record;
    let detail = format!("{} of {} octets does not parse", header.content, fragment.len());
    say(sink, direction, record.start..record.end, anomaly::TLS_BAD_BODY, detail);
    Body::Unknown(kept(fragment))
}

fn emit(record: Record<'_>, body: Body, direction: Direction, sink: &mut impl Sink) {
    let Record { header, length, decrypted, start, end, .. } = record;
    let Header { content, version: record_version, .. } = header;
    let (length, verified) = (u32::from(length), None);
    let message = Message { record_version, content, length, decrypted, verified, body };
    sink.message(direction, start..end, crate::Message::Tls(Box::new(message)));
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
