//! A connection's decoders, and the story that they tell.

use tapline_decode::{Conversation, Keyring, Protocol};
use tapline_packet::Timestamp;
use tapline_reassembly::{Connection, Direction, End, Origin};

use crate::certificate::Judge;
use crate::heads::Heads;
use crate::limits::SECRETS_AWAITED_NS;
use crate::story::{Listener, Moment, Story};
use crate::trail::Trails;
use crate::{Event, Introduction, Options, Sender};

/// A connection's decoders and its story.
pub(crate) struct Talk {
    /// Until both directions have ended: what comes later says nothing new.
    reading: Option<Box<Reading>>,
    ended: [bool; 2],
    /// Since when octets wait for secrets that may still come.
    waits_since: Option<Timestamp>,
    pub(crate) story: Story,
}

/// What only serves to read on.
struct Reading {
    conversation: Conversation,
    trails: Trails,
}

/// What a talk is held in.
pub(crate) struct Surroundings<'a> {
    /// The current packet.
    pub(crate) here: Origin,
    pub(crate) options: &'a Options,
    /// What TLS is opened with.
    pub(crate) keyring: &'a mut Keyring,
    /// Who reads certificates.
    pub(crate) judge: &'a mut Judge,
    /// Room for fields.
    pub(crate) heads: &'a mut Heads,
    /// Where events go.
    pub(crate) events: &'a mut Vec<Event>,
}

impl Talk {
    pub(crate) fn new(connection: &Connection, stated: Option<Protocol>) -> Self {
        let reading = Reading { conversation: Conversation::new(stated), trails: Trails::default() };
        Self {
            reading: Some(Box::new(reading)),
            ended: [false; 2],
            waits_since: None,
            story: Story::of(connection),
        }
    }

    pub(crate) fn octets(
        &mut self,
        connection: &Connection,
        direction: Direction,
        offset: u64,
        octets: &[u8],
        origin: Origin,
        surroundings: Surroundings<'_>,
    ) {
        if let Some(reading) = &mut self.reading {
            reading.trails.of(direction).push(offset + octets.len() as u64, origin);
        }
        self.story.go_on(connection, direction, octets.len() as u64, surroundings.here);
        self.listen(connection, surroundings, |conversation, keyring, listener| {
            conversation.bytes(direction, offset, octets, keyring, listener);
        });
        if let Some(reading) = &mut self.reading {
            reading.trails.of(direction).forget();
        }
    }

    pub(crate) fn gap(
        &mut self,
        connection: &Connection,
        direction: Direction,
        offset: u64,
        length: u64,
        surroundings: Surroundings<'_>,
    ) {
        self.story.pulse.gap(direction, surroundings.here);
        self.listen(connection, surroundings, |conversation, keyring, listener| {
            conversation.gap(direction, offset, length, keyring, listener);
        });
    }

    pub(crate) fn ended(
        &mut self,
        connection: &Connection,
        direction: Direction,
        end: End,
        mut surroundings: Surroundings<'_>,
    ) {
        let clean = end == End::Fin;
        self.story.end(end);
        self.listen(connection, surroundings.again(), |conversation, keyring, listener| {
            conversation.end(direction, clean, keyring, listener);
        });
        if let Some(ended) = self.ended.get_mut(direction.index()) {
            *ended = true;
        }
        self.close_if_over(connection, surroundings);
    }

    /// Since when it waits for secrets, if it does.
    pub(crate) fn waits_since(&self) -> Option<Timestamp> {
        self.waits_since
    }

    /// Secrets came that it may have waited for.
    pub(crate) fn try_again(&mut self, connection: &Connection, mut surroundings: Surroundings<'_>) {
        self.listen(connection, surroundings.again(), |conversation, keyring, listener| {
            conversation.try_again(keyring, listener);
        });
        self.close_if_over(connection, surroundings);
    }

    /// It waits for secrets no longer than is held out for, or not at all any more.
    pub(crate) fn give_up_waiting(&mut self, connection: &Connection, mut surroundings: Surroundings<'_>) {
        self.listen(connection, surroundings.again(), |conversation, keyring, listener| {
            conversation.give_up(keyring, listener);
        });
        self.close_if_over(connection, surroundings);
    }

    /// Whether it has waited too long by `now`.
    pub(crate) fn has_waited_long(&self, now: Timestamp) -> bool {
        self.waits_since.is_some_and(|since| now.since(since) >= SECRETS_AWAITED_NS)
    }

    /// Once both directions have ended and nothing waits, what is open is told as it stands, and what only served
    /// to read on is freed.
    fn close_if_over(&mut self, connection: &Connection, surroundings: Surroundings<'_>) {
        if self.ended != [true; 2] || self.waits_since.is_some() || self.reading.is_none() {
            return;
        }
        let Surroundings { here, options, judge, heads, events, .. } = surroundings;
        let (direction, from) = (Direction::Forward, Sender::Client);
        let first = here;
        let is_secure = self.story.is_secure();
        let mut moment =
            Moment { connection, here, first, direction, from, is_secure, options, judge, heads, events };
        self.story.close(&mut moment);
        self.reading = None;
    }

    fn listen(
        &mut self,
        connection: &Connection,
        surroundings: Surroundings<'_>,
        speak: impl FnOnce(&mut Conversation, &mut Keyring, &mut Listener<'_>),
    ) {
        let here = surroundings.here;
        if let Some(reading) = &mut self.reading {
            let Reading { conversation, trails } = &mut **reading;
            let introduces = surroundings.options.interests.introductions;
            let (mut listener, keyring) = Listener::new(&mut self.story, trails, connection, surroundings);
            let known = introduces.then(|| (listener.story.known_by(), listener.events.len()));
            speak(conversation, keyring, &mut listener);
            if let Some((_, mark)) = known.filter(|(before, _)| *before != listener.story.known_by()) {
                let introduction = Introduction::of(connection, listener.story);
                listener.events.insert(mark, Event::Introduction(Box::new(introduction)));
            }
            let waits = conversation.is_waiting();
            self.waits_since = waits.then(|| self.waits_since.unwrap_or(here.at));
        }
    }
}

impl Surroundings<'_> {
    fn again(&mut self) -> Surroundings<'_> {
        let Self { here, options, keyring, judge, heads, events } = self;
        Surroundings { here: *here, options, keyring, judge, heads, events }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_waited_for_so_long() {
        let talk =
            |waits_since| Talk { reading: None, ended: [false; 2], waits_since, story: Story::default() };
        let long = |ns: i64| talk(Some(Timestamp(7))).has_waited_long(Timestamp(7 + ns));
        assert_eq!([SECRETS_AWAITED_NS - 1, SECRETS_AWAITED_NS].map(long), [false, true]);
        assert!(!talk(None).has_waited_long(Timestamp(i64::MAX)));
    }
}
