use super::*;
use crate::Timestamp;
use Sender::{Client, Server};

fn at(packet: u64) -> Origin {
    Origin { packet, at: Timestamp::default() }
}

fn whole() -> States {
    let mut states = States::default();
    states.begin();
    states
}

const OPEN: Act = Act::Headers { end: End::Open };
const ASK: Act = Act::Headers { end: End::Ended };

#[test]
fn identifiers_rise_and_are_their_openers() {
    let mut states = whole();
    let mut check = |id, act, from, fault| {
        assert_eq!(states.see(id, act, from, None, at(1)).fault, fault, "{id} {act:?} {from:?}");
    };
    check(5, OPEN, Client, None);
    check(3, OPEN, Client, Some(Fault::Identifier));
    check(1, Act::Data { end: End::Open }, Client, Some(Fault::State(StreamState::Closed(Closed::Skipped))));
    check(8, OPEN, Client, Some(Fault::Identifier));
    check(7, OPEN, Server, Some(Fault::Identifier));
    check(10, Act::Promised, Server, None);
    check(10, Act::Promised, Server, Some(Fault::Identifier));
    check(6, Act::Promised, Server, Some(Fault::Identifier));
    check(12, Act::Data { end: End::Open }, Server, Some(Fault::State(StreamState::Idle)));
}

#[test]
fn streams_are_counted_by_who_opened_them() {
    let mut states = whole();
    states.see(1, ASK, Client, None, at(1));
    states.see(3, OPEN, Client, None, at(2));
    states.see(2, Act::Promised, Server, None, at(3));
    assert_eq!((states.opener(Client).open_now, states.opener(Server).open_now), (2, 0));
    states.see(2, OPEN, Server, None, at(4));
    assert_eq!(states.see(1, ASK, Server, None, at(5)).closed, Some(at(1)));
    assert_eq!((states.opener(Client).open_now, states.opener(Server).open_now), (1, 1));
    assert_eq!((states.most_at_once(Client), states.opened(Client), states.opened(Server)), (2, 2, 1));
}

#[test]
fn a_stream_beyond_the_limit_is_too_many() {
    let mut states = whole();
    assert_eq!(states.see(1, ASK, Client, Some(1), at(1)).fault, None);
    let fault = states.see(3, ASK, Client, Some(1), at(2)).fault;
    assert_eq!(fault, Some(Fault::TooMany { open: 2, limit: 1 }));
}

#[test]
fn who_opens_a_stream_after_the_limit_took_a_place_that_was_freed() {
    let mut states = whole();
    for (id, packet) in [(1, 1), (3, 2)] {
        states.see(id, ASK, Client, Some(2), at(packet));
        assert_eq!(states.slot_waited_since(), None);
    }
    assert_eq!(states.at_limit_since(Client), Some(at(2)));
    states.see(1, ASK, Server, Some(2), at(7));
    assert_eq!(states.at_limit_since(Client), None);
    states.see(5, ASK, Client, Some(2), at(8));
    assert_eq!(states.slot_waited_since(), Some(SlotWait { since: at(2), freed_by: 1, freed: at(7) }));
    assert_eq!(states.at_limit_since(Client), Some(at(8)));
    for id in [3, 5] {
        states.see(id, ASK, Server, Some(2), at(9));
    }
    states.see(7, ASK, Client, Some(2), at(20));
    assert_eq!(states.slot_waited_since(), Some(SlotWait { since: at(8), freed_by: 3, freed: at(9) }));
    // Who comes much later did not wait.
    let much_later = Origin { packet: 30, at: Timestamp(SLOT_FRESH_NS + 1) };
    states.see(9, ASK, Client, Some(2), much_later);
    assert_eq!(states.slot_waited_since(), None);
}

#[test]
fn a_limit_is_reached_when_it_is_acknowledged() {
    let mut states = whole();
    states.see(1, ASK, Client, None, at(1));
    states.limited(Client, Some(2), at(2));
    assert_eq!(states.at_limit_since(Client), None);
    states.limited(Client, Some(1), at(3));
    assert_eq!(states.at_limit_since(Client), Some(at(3)));
    states.limited(Client, None, at(4));
    assert_eq!(states.at_limit_since(Client), None);
}

#[test]
fn begun_in_the_middle_only_new_streams_have_states() {
    let mut states = States::default();
    let data = Act::Data { end: End::Ended };
    assert_eq!(states.see(5, data, Server, None, at(1)), After::default());
    assert_eq!(states.see(7, ASK, Client, None, at(2)).state, Some(StreamState::HalfClosed(Client)));
    assert_eq!(states.see(7, data, Client, None, at(3)).fault, None);
    assert_eq!(states.see(5, OPEN, Server, None, at(3)), After::default());
}

#[test]
fn an_upgraded_request_is_half_closed() {
    let mut states = whole();
    states.upgraded(at(1));
    assert_eq!(states.state(1), Some(StreamState::HalfClosed(Client)));
    assert_eq!(states.see(1, ASK, Server, None, at(2)).closed, Some(at(1)));
}

#[test]
fn streams_of_long_connections_are_forgotten() {
    let mut states = whole();
    for n in 0..10_000 {
        states.see(2 * n + 1, ASK, Client, None, at(1));
        states.see(2 * n + 1, ASK, Server, None, at(2));
    }
    assert_eq!(states.streams.len(), STREAMS_CLOSED_MAX);
    let late = states.see(1, Act::Data { end: End::Open }, Server, None, at(3));
    assert_eq!((late.state, late.fault), (Some(StreamState::Closed(Closed::Forgotten)), None));
}

#[test]
fn places_that_nobody_took_are_remembered_up_to_a_number() {
    let mut states = whole();
    let streams = u32::try_from(SLOTS_FREED_MAX).unwrap() + 1;
    let limit = Some(streams);
    let id = |nth: u32| 2 * nth + 1;
    (0..streams).for_each(|nth| _ = states.see(id(nth), ASK, Client, limit, at(1)));
    (0..streams).for_each(|nth| _ = states.see(id(nth), ASK, Server, limit, at(2)));
    let waited = (streams..2 * streams).filter(|&nth| {
        states.see(id(nth), ASK, Client, limit, at(3));
        states.slot_waited_since().is_some()
    });
    assert_eq!(waited.count(), SLOTS_FREED_MAX);
}
