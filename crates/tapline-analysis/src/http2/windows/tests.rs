use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::Timestamp;
use Direction::{Forward, Reverse};

fn at(ms: u32) -> Origin {
    Origin { packet: u64::from(ms), at: Timestamp(i64::from(ms) * 1_000_000) }
}

fn known() -> Windows {
    let mut windows = Windows::default();
    windows.begin();
    windows
}

fn levels(connection: i64, stream: i64) -> Levels {
    Levels { connection: Some(connection), stream: Some(stream) }
}

#[expect(clippy::unnecessary_wraps, reason = "tables read better")]
fn standstill(window: Which, since: u32, opened: u32) -> Option<Standstill> {
    Some(Standstill { window, since: at(since), opened: Some(at(opened)) })
}

#[test]
fn padding_counts_and_negative_windows_are_windows() {
    let mut windows = known();
    windows.headers(Reverse, 1, at(1));
    assert_eq!(windows.data(Reverse, 1, 60_000, at(2)), None);
    assert_eq!(windows.levels(Reverse, Some(1)), levels(5_535, 5_535));
    windows.shift(Reverse, 1_000, at(3));
    assert_eq!(windows.levels(Reverse, Some(1)), levels(5_535, -59_000));
    windows.update(Reverse, Some(1), 59_001, at(4));
    assert_eq!(windows.levels(Reverse, Some(1)), levels(5_535, 1));
    assert_eq!(windows.levels(Forward, None).connection, Some(65_535));
    assert_eq!(windows.take_fault(), None);
}

#[test]
fn a_stream_stands_still_until_its_window_opens() {
    let mut windows = known();
    windows.shift(Reverse, 1_000, at(0));
    windows.headers(Reverse, 1, at(1));
    assert_eq!(windows.data(Reverse, 1, 1_000, at(2)), None);
    let shut = Some(Standstill { window: Which::Stream, since: at(2), opened: None });
    assert_eq!(windows.waiting(Reverse, 1), shut);
    windows.update(Reverse, Some(1), 1_000, at(9));
    assert_eq!(windows.waiting(Reverse, 1), None);
    assert_eq!(windows.data(Reverse, 1, 1_000, at(10)), standstill(Which::Stream, 2, 9));
    windows.shift(Reverse, 3_000, at(12));
    assert_eq!(windows.data(Reverse, 1, 2_000, at(13)), standstill(Which::Stream, 10, 12));
    // An empty frame needs no window.
    windows.update(Reverse, Some(1), 1_000, at(14));
    assert_eq!(windows.data(Reverse, 1, 0, at(15)), None);
}

#[test]
fn one_that_is_shut_from_the_beginning_waits_from_its_headers_on() {
    let mut windows = known();
    windows.shift(Reverse, 0, at(0));
    windows.headers(Reverse, 1, at(1));
    windows.update(Reverse, Some(1), 500, at(6));
    assert_eq!(windows.data(Reverse, 1, 500, at(7)), standstill(Which::Stream, 1, 6));
}

#[test]
fn every_stream_waits_for_the_window_of_the_connection() {
    let mut windows = known();
    for stream in [1, 3] {
        windows.headers(Reverse, stream, at(1));
    }
    windows.data(Reverse, 1, 65_535, at(2));
    windows.headers(Reverse, 7, at(3));
    windows.update(Reverse, None, 40_000, at(8));
    windows.headers(Reverse, 5, at(9));
    assert_eq!(windows.waiting(Reverse, 3), None);
    // Stream 1 also waits for its own window, which opens later.
    windows.update(Reverse, Some(1), 40_000, at(9));
    assert_eq!(windows.data(Reverse, 1, 100, at(10)), standstill(Which::Stream, 2, 9));
    for stream in [3, 7] {
        assert_eq!(
            windows.data(Reverse, stream, 100, at(11)),
            standstill(Which::Connection, 2, 8),
            "{stream}"
        );
        assert_eq!(windows.data(Reverse, stream, 100, at(11)), None, "said once");
    }
    assert_eq!(windows.data(Reverse, 5, 100, at(12)), None, "it began when the window was open");
}

#[test]
fn a_window_that_is_open_by_little_holds_up_whoever_sends_more_next() {
    let check = |left: u32, first: u32, second: u32, next: u32, expected| {
        let mut windows = known();
        windows.shift(Reverse, 20_000, at(0));
        windows.headers(Reverse, 1, at(1));
        windows.data(Reverse, 1, 20_000 - left, at(2));
        windows.update(Reverse, Some(1), first, at(3));
        windows.update(Reverse, Some(1), second, at(4));
        assert_eq!(windows.data(Reverse, 1, next, at(5)), expected, "{left} {first} {second} {next}");
    };
    check(1_000, 5_000, 20_000, 16_384, standstill(Which::Stream, 2, 4));
    check(1_000, 20_000, 1, 16_384, standstill(Which::Stream, 2, 3));
    check(1_000, 5_000, 20_000, 1_000, None);
    check(16_384, 5_000, 20_000, 20_000, None);
    check(0, 10, 10, 10, standstill(Which::Stream, 2, 3));
    check(0, 10, 10, 20, standstill(Which::Stream, 2, 4));
}

#[test]
fn what_breaks_the_rules_is_said() {
    let mut windows = known();
    windows.shift(Reverse, 10, at(0));
    windows.headers(Reverse, 1, at(1));
    windows.data(Reverse, 1, 11, at(2));
    let exceeded = Fault::Exceeded { window: Which::Stream, length: 11, held: 10 };
    assert_eq!(windows.take_fault(), Some(exceeded));
    windows.update(Reverse, None, (1 << 31) - 65_525, at(3));
    assert_eq!(windows.take_fault(), None);
    windows.update(Reverse, None, 1, at(4));
    assert_eq!(windows.take_fault(), Some(Fault::Overflow { stream: None }));
    windows.update(Reverse, Some(1), (1 << 31) - 1, at(5));
    assert_eq!(windows.take_fault(), None);
    windows.shift(Reverse, 11, at(6));
    assert_eq!(windows.take_fault(), None);
    windows.shift(Reverse, 13, at(6));
    assert_eq!(windows.take_fault(), Some(Fault::Overflow { stream: Some(1) }));
}

#[test]
fn where_frames_may_be_missing_nothing_is_known() {
    let mut windows = known();
    windows.headers(Reverse, 1, at(1));
    windows.lose();
    assert_eq!(windows.data(Reverse, 1, 100_000, at(2)), None);
    assert_eq!(windows.levels(Reverse, Some(1)), Levels::default());
    assert_eq!((windows.take_fault(), windows.waiting(Reverse, 1)), (None, None));
    assert_eq!(windows.is_open(Reverse, 1), None);
}

#[test]
fn shifting_many_streams_for_ever_has_an_end() {
    let mut windows = known();
    for stream in 0..1_000 {
        windows.headers(Reverse, stream, at(1));
    }
    let shifts = (0..10_000).take_while(|n| {
        windows.shift(Reverse, n % 2, at(2));
        windows.levels(Reverse, None).connection.is_some()
    });
    assert_eq!(shifts.count(), usize::try_from(WINDOW_SHIFTS_MAX / 1_000).unwrap());
}

#[derive(Clone, Debug)]
enum Step {
    Headers(u32),
    Data(u32, u32),
    Update(Option<u32>, u32),
    Initial(u32),
    End(u32),
}

fn step() -> impl Strategy<Value = Step> {
    let stream = 0..4_u32;
    prop_oneof![
        stream.clone().prop_map(Step::Headers),
        (stream.clone(), 0..20_000_u32).prop_map(|(stream, length)| Step::Data(stream, length)),
        (proptest::option::of(stream.clone()), 1..40_000_u32).prop_map(|(s, n)| Step::Update(s, n)),
        (0..100_000_u32).prop_map(Step::Initial),
        stream.prop_map(Step::End),
    ]
}

/// Every frame so far, added up from the beginning each time.
#[derive(Default)]
struct Naive {
    connection: Vec<i64>,
    initial: Option<i64>,
    streams: BTreeMap<u32, Vec<i64>>,
}

impl Naive {
    fn take(&mut self, step: &Step) {
        match *step {
            Step::Headers(stream) => drop(self.streams.entry(stream).or_default()),
            Step::Data(stream, length) => {
                self.connection.push(-i64::from(length));
                self.streams.entry(stream).or_default().push(-i64::from(length));
            }
            Step::Update(None, octets) => self.connection.push(octets.into()),
            Step::Update(Some(stream), octets) => self.streams.entry(stream).or_default().push(octets.into()),
            Step::Initial(octets) => self.initial = Some(octets.into()),
            Step::End(stream) => drop(self.streams.remove(&stream)),
        }
    }

    fn levels(&self, stream: u32) -> Levels {
        let initial = self.initial.unwrap_or(65_535);
        let of_stream = self.streams.get(&stream).map(|all| all.iter().sum::<i64>() + initial);
        Levels { connection: Some(65_535 + self.connection.iter().sum::<i64>()), stream: of_stream }
    }

    fn smallest(&self, stream: u32) -> i64 {
        let levels = self.levels(stream);
        levels.connection.unwrap().min(levels.stream.unwrap_or(self.initial.unwrap_or(65_535)))
    }
}

proptest! {
    #[test]
    fn windows_are_what_all_frames_add_up_to(steps in proptest::collection::vec(step(), 0..80)) {
        let (mut windows, mut naive) = (known(), Naive::default());
        for (step, ms) in steps.iter().zip(1..) {
            let room = if let Step::Data(stream, length) = *step {
                Some((i64::from(length), naive.smallest(stream)))
            } else {
                None
            };
            let standstill = match *step {
                Step::Headers(stream) => { windows.headers(Reverse, stream, at(ms)); None }
                Step::Data(stream, length) => windows.data(Reverse, stream, length, at(ms)),
                Step::Update(stream, octets) => { windows.update(Reverse, stream, octets, at(ms)); None }
                Step::Initial(octets) => { windows.shift(Reverse, octets, at(ms)); None }
                Step::End(stream) => { windows.forget(Reverse, stream); None }
            };
            naive.take(step);
            for stream in 0..4 {
                prop_assert_eq!(windows.levels(Reverse, Some(stream)), naive.levels(stream), "{:?}", step);
                if windows.waiting(Reverse, stream).is_some() {
                    prop_assert!(naive.smallest(stream) <= 0);
                }
            }
            let exceeded = matches!(windows.take_fault(), Some(Fault::Exceeded { .. }));
            prop_assert_eq!(exceeded, room.is_some_and(|(length, held)| length > held.max(0)));
            if let Some(Standstill { since, opened: Some(opened), .. }) = standstill {
                prop_assert!(since.packet < opened.packet && opened.packet < u64::from(ms));
            }
        }
    }
}
