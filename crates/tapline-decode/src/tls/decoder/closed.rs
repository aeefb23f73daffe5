//! Encrypted records: opened where a secret fits, held back where one may come, else told as they are.

use std::ops::Range;

use super::withheld::{ITEM_BYTES, Item, WithheldRecord};
use super::{CHAIN, Decoder, Expect, Record, emit, say};
use crate::anomaly;
use crate::limits::TLS_RESUME_TRIES_MAX;
use crate::resync::Search;
use crate::tls::inside::Inside;
use crate::tls::opening::{Attempt, Content, Early};
use crate::tls::record::{HEADER_SIZE, Header, measure};
use crate::tls::{Access, Body, Closed, ContentType};
use crate::{Conversation, Direction, Keyring, Protocol, Sink};

impl Decoder {
    /// Whether an encrypted record is to be held until it is whole, because it may be opened.
    pub(super) fn wants(&mut self, header: Header, direction: Direction, keyring: &Keyring) -> bool {
        let party = self.party(direction);
        let dummy = header.content == ContentType::CHANGE_CIPHER_SPEC && header.length == 1;
        !dummy && self.opening.as_mut().is_some_and(|opening| opening.wants(party, keyring))
    }

    /// How many records have to follow one another after a gap: one is enough where it is opened at once.
    pub(super) fn begin_search(&mut self, direction: Direction, keyring: &Keyring) -> usize {
        let party = self.party(direction);
        // What is put behind others is not opened at once: it cannot say whether the place was right.
        let opens = self.withheld.items.is_empty()
            && self
                .opening
                .as_mut()
                .is_some_and(|opening| opening.wants(party, keyring) && opening.has_opened(party));
        self.sides.of_mut(direction).tries = if opens { TLS_RESUME_TRIES_MAX } else { 0 };
        if opens { 1 } else { CHAIN }
    }

    /// Octets of records are missing.
    pub(super) fn lose(
        &mut self,
        direction: Direction,
        octets: u64,
        keyring: &mut Keyring,
        sink: &mut impl Sink,
    ) {
        if !self.withheld.items.is_empty() {
            if keyring.hold(ITEM_BYTES, self.withheld.octets) {
                self.withheld.octets += ITEM_BYTES;
                return self.withheld.items.push_back((sink.here(), Item::Lost(direction, octets)));
            }
            self.give_up(keyring, sink);
        }
        let party = self.party(direction);
        if let Some(opening) = &mut self.opening {
            opening.lose(party, octets);
        }
    }

    /// An encrypted record that was collected.
    pub(super) fn closed(
        &mut self,
        record: Record<'_>,
        cut: bool,
        body: &Body,
        direction: Direction,
        keyring: &mut Keyring,
        sink: &mut impl Sink,
    ) {
        if self.withheld.items.is_empty() && self.try_to_open(record, cut, body, direction, keyring, sink) {
            return;
        }
        if !self.withhold(record, cut, Some(body.clone()), direction, keyring, sink) {
            self.give_up(keyring, sink);
            self.try_to_open(record, cut, body, direction, keyring, sink);
        }
    }

    /// Puts a record behind those that wait; false where there is no room.
    fn withhold(
        &mut self,
        record: Record<'_>,
        cut: bool,
        body: Option<Body>,
        direction: Direction,
        keyring: &mut Keyring,
        sink: &mut impl Sink,
    ) -> bool {
        let Record { header, fragment, start, end, .. } = record;
        let size = fragment.len() + ITEM_BYTES;
        if !keyring.hold(size, self.withheld.octets) {
            return false;
        }
        let fragment = fragment.to_vec();
        let waits = WithheldRecord { direction, header, body, cut, fragment, start, end };
        self.withheld.octets += size;
        self.withheld.items.push_back((sink.here(), Item::Record(waits)));
        // By the time it is tried its place in the stream is gone: it is taken for the record that it looks like.
        if std::mem::take(&mut self.sides.of_mut(direction).tries) > 0 {
            say(sink, direction, start..start, anomaly::TLS_RESYNCHRONISED, "records go on");
        }
        sink.unfinished(direction, start);
        true
    }

    /// A record in clear has its turn behind those that wait: Finished stands for all handshake messages in order, and
    /// who answered whom shows in the order of all. Hellos of TLS 1.3 do not wait: they say which secrets are due.
    pub(super) fn waits_its_turn(
        &mut self,
        record: Record<'_>,
        direction: Direction,
        keyring: &mut Keyring,
        sink: &mut impl Sink,
    ) -> bool {
        let counts = self.version.is_some_and(|version| match record.header.content {
            ContentType::HANDSHAKE => !version.is_tls13(),
            ContentType::CHANGE_CIPHER_SPEC | ContentType::ALERT => true,
            _ => false,
        });
        let waits = counts
            && !self.withheld.items.is_empty()
            && self.withhold(record, false, None, direction, keyring, sink);
        if waits && record.header.content == ContentType::CHANGE_CIPHER_SPEC {
            // How the next records are taken does not wait.
            self.cipher_changes(direction);
        }
        waits
    }

    /// Whether octets wait for secrets, here or in what is inside.
    pub(crate) fn is_waiting(&self) -> bool {
        !self.withheld.items.is_empty() || self.inside.as_ref().is_some_and(|inside| inside.is_waiting())
    }

    /// Secrets came: what waits is tried again, up to the first record that they do not open.
    pub(crate) fn try_again(&mut self, keyring: &mut Keyring, sink: &mut impl Sink) {
        if let Some(opening) = &mut self.opening {
            opening.try_again();
        }
        self.work_off(keyring, sink);
        if let Some(inside) = &mut self.inside {
            inside.try_again(keyring, sink);
        }
    }

    /// Nothing is held back any more: what waits is told as it is.
    pub(crate) fn give_up(&mut self, keyring: &mut Keyring, sink: &mut impl Sink) {
        self.withheld.given_up = true;
        self.work_off(keyring, sink);
        if let Some(inside) = &mut self.inside {
            inside.give_up(keyring, sink);
        }
    }

    fn work_off(&mut self, keyring: &mut Keyring, sink: &mut impl Sink) {
        let now = sink.here();
        while let Some((here, item)) = self.withheld.items.pop_front() {
            let size = item.size();
            sink.back_to(here);
            match item {
                Item::Record(waiting) => {
                    let WithheldRecord { direction, header, ref body, cut, ref fragment, start, end } =
                        waiting;
                    let (length, opened, decrypted) = (header.length, false, false);
                    let record = Record { header, length, fragment, opened, decrypted, start, end };
                    let done = if let Some(body) = body {
                        self.try_to_open(record, cut, body, direction, keyring, sink)
                    } else {
                        self.record(record, direction, keyring, sink);
                        true
                    };
                    if !done {
                        sink.unfinished(direction, start);
                        self.withheld.items.push_front((here, Item::Record(waiting)));
                        break;
                    }
                    self.withheld.octets = self.withheld.octets.saturating_sub(size);
                    keyring.release(size);
                }
                Item::Lost(direction, octets) => {
                    self.withheld.octets = self.withheld.octets.saturating_sub(size);
                    keyring.release(size);
                    let party = self.party(direction);
                    if let Some(opening) = &mut self.opening {
                        opening.lose(party, octets);
                    }
                }
                Item::End(direction, clean) => self.ended(direction, clean, keyring, sink),
            }
        }
        sink.back_to(now);
    }

    /// Opens a record and reads what is in it, or tells it as it is; false where it should wait.
    fn try_to_open(
        &mut self,
        record: Record<'_>,
        cut: bool,
        body: &Body,
        direction: Direction,
        keyring: &mut Keyring,
        sink: &mut impl Sink,
    ) -> bool {
        let party = self.party(direction);
        let Some(opening) = &mut self.opening else { return true };
        let Record { header, fragment, start, end, .. } = record;
        if !cut {
            let mut content = keyring.take_buffer();
            let attempt = opening.open(party, header, fragment, keyring, &mut content);
            if let Attempt::Opened(how) = &attempt {
                self.opened(record, how, &content, direction, keyring, sink);
            }
            keyring.give_buffer(content);
            let Some(opening) = &mut self.opening else { return true };
            match attempt {
                Attempt::Opened(_) => return true,
                Attempt::Keyless
                    if keyring.expects_more() && !self.withheld.given_up && opening.may_open(party) =>
                {
                    return false;
                }
                Attempt::Keyless => {
                    let why = if self.withheld.given_up && keyring.expects_more() {
                        Access::Closed(Closed::TooLate)
                    } else {
                        opening.why_closed(keyring)
                    };
                    opening.give_up_keyless(party, keyring);
                    self.say_access(why, start..end, direction, sink);
                }
                Attempt::Refused if self.sides.of(direction).tries > 0 => {
                    self.search_on(record, direction, keyring, sink);
                    return true;
                }
                Attempt::Refused if !opening.has_opened(party) && !opening.is_behind_gap(party) => {
                    let wrong = opening.should_have_opened(party, keyring);
                    self.refused(wrong, start..end, direction, sink);
                }
                Attempt::Refused => {
                    let detail =
                        format!("a record of {} octets does not open with its secret", fragment.len());
                    say(sink, direction, start..end, anomaly::TLS_BAD_RECORD_MAC, detail);
                }
            }
        }
        if self.sides.of(direction).messages.is_open() {
            self.interrupted(start..end, direction, sink);
        }
        if let Some(opening) = &mut self.opening {
            opening.pass(party, header, fragment);
        }
        emit(record, body.clone(), direction, sink);
        true
    }

    /// A secret was there for the first record of a direction, and none opens it.
    fn refused(&mut self, is_wrong: bool, range: Range<u64>, direction: Direction, sink: &mut impl Sink) {
        if is_wrong {
            let wrong = Access::Closed(Closed::WrongSecret);
            if self.access != Some(wrong) {
                let detail = "the secret that was given for the connection does not open it";
                say(sink, direction, range.clone(), anomaly::TLS_WRONG_SECRET, detail);
            }
            self.say_access(wrong, range, direction, sink);
        }
    }

    /// What looked like a record behind a gap is none: the next place is tried.
    fn search_on(
        &mut self,
        record: Record<'_>,
        direction: Direction,
        keyring: &mut Keyring,
        sink: &mut impl Sink,
    ) {
        let side = self.sides.of_mut(direction);
        side.tries -= 1;
        let chain = if side.tries > 0 { 1 } else { CHAIN };
        side.whole = record.start;
        let Header { content, version, length } = record.header;
        let [major, minor] = version.0.to_be_bytes();
        let [high, low] = length.to_be_bytes();
        let header: [u8; HEADER_SIZE] = [content.0, major, minor, high, low];
        let [_, behind @ ..] = header;
        let octets = [&behind, record.fragment].concat();
        let mut search = Search::new(record.start.saturating_add(1), chain);
        let found = search.feed(&octets, measure);
        side.expect = Expect::Search(search);
        self.searched(found, direction, record.end, keyring, sink);
    }

    /// The stream ends inside of what looked like a record behind a gap: others may stand in it. Gives where the first
    /// one began that was not proven.
    pub(super) fn search_on_at_end(
        &mut self,
        direction: Direction,
        keyring: &mut Keyring,
        sink: &mut impl Sink,
    ) -> Option<u64> {
        let mut first = None;
        loop {
            let side = self.sides.of_mut(direction);
            let Expect::Fragment { header, cut: false, closed: Some(_), .. } = side.expect else { break };
            if side.tries == 0 {
                break;
            }
            let (fragment, start, end) = (std::mem::take(&mut side.held), side.start, side.next);
            first = first.or(Some(start));
            let (length, opened, decrypted) = (header.length, false, false);
            let record = Record { header, length, fragment: &fragment, opened, decrypted, start, end };
            self.search_on(record, direction, keyring, sink);
        }
        first
    }

    fn opened(
        &mut self,
        record: Record<'_>,
        how: &Content,
        content: &[u8],
        direction: Direction,
        keyring: &mut Keyring,
        sink: &mut impl Sink,
    ) {
        let Record { start, end, .. } = record;
        let Some(opening) = &mut self.opening else { return };
        let (source, encrypted) = (opening.source(), !opening.is_null());
        let side = self.sides.of_mut(direction);
        if std::mem::take(&mut side.tries) > 0 {
            say(sink, direction, start..start, anomaly::TLS_RESYNCHRONISED, "records go on");
        }
        if how.lost > 0 {
            side.messages.clear();
            if let Some(inside) = &mut self.inside {
                inside.gap(direction, start..end, how.lost, keyring, sink);
            }
        }
        if encrypted {
            self.say_access(Access::Opened(source), start..end, direction, sink);
        }
        let header = Header { content: ContentType(how.opened.content), ..record.header };
        let record = Record { header, fragment: content, opened: true, decrypted: encrypted, ..record };
        if header.content != ContentType::APPLICATION_DATA {
            sink.opened(direction, start..end, header.content, content);
        }
        if how.is_early() && header.content == ContentType::APPLICATION_DATA {
            emit(record, Body::ApplicationData, direction, sink);
            sink.unfinished(direction, start);
            let room = self.early.push(sink.here(), start..end, content);
            if !room && let Some(opening) = &mut self.opening {
                opening.assume_early_data_accepted();
            }
        } else {
            if how.is_application()
                && let Some(opening) = &mut self.opening
            {
                opening.assume_early_data_accepted();
            }
            self.settle_early(keyring, sink);
            self.record(record, direction, keyring, sink);
        }
        self.settle_early(keyring, sink);
    }

    /// Early data counts once the server took it; what it refused the client sends again.
    pub(super) fn settle_early(&mut self, keyring: &mut Keyring, sink: &mut impl Sink) {
        let early = self.opening.as_ref().map_or(Early::Open, |opening| opening.early());
        if self.early.pieces.is_empty() || early == Early::Open {
            return;
        }
        let pieces = self.early.take();
        if early == Early::Accepted
            && let Some(client) = self.client
        {
            let now = sink.here();
            for (here, range, octets) in pieces {
                sink.back_to(here);
                self.content(range, &octets, client, keyring, sink);
            }
            sink.back_to(now);
        }
    }

    /// Octets of what is inside.
    pub(super) fn content(
        &mut self,
        range: Range<u64>,
        octets: &[u8],
        direction: Direction,
        keyring: &mut Keyring,
        sink: &mut impl Sink,
    ) {
        let inside = self.inside.get_or_insert_with(|| {
            let stated = match self.alpn.as_deref() {
                Some(b"h2") => Some(Protocol::Http2),
                Some(b"http/1.1" | b"http/1.0") => Some(Protocol::Http1),
                _ => None,
            };
            Box::new(Inside::new(Conversation::inside(stated, self.client, self.depth)))
        });
        inside.bytes(direction, range, octets, keyring, sink);
    }

    /// A direction has ended.
    pub(super) fn end_inside(
        &mut self,
        direction: Direction,
        clean: bool,
        keyring: &mut Keyring,
        sink: &mut impl Sink,
    ) {
        if self.withheld.items.is_empty() {
            self.ended(direction, clean, keyring, sink);
        } else {
            self.withheld.items.push_back((sink.here(), Item::End(direction, clean)));
        }
    }

    fn ended(&mut self, direction: Direction, clean: bool, keyring: &mut Keyring, sink: &mut impl Sink) {
        if let Some(opening) = &mut self.opening
            && self.client == Some(direction)
        {
            opening.assume_early_data_accepted();
            self.settle_early(keyring, sink);
        }
        if let Some(inside) = &mut self.inside {
            inside.end(direction, clean, keyring, sink);
        }
    }

    fn say_access(&mut self, access: Access, range: Range<u64>, direction: Direction, sink: &mut impl Sink) {
        if self.access != Some(access) {
            self.access = Some(access);
            sink.message(direction, range, crate::Message::Access(access));
        }
    }
}
