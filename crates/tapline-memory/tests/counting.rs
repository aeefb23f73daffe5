//! A program whose allocator is counted.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::alloc::System;

use tapline_memory::{
    Counting, LIMIT_BYTES_MIN, RESERVE_BYTES_MIN, UNTOLD_BYTES_MAX, has_room, in_use, is_short, limit,
    limit_to, within,
};

#[global_allocator]
static ALLOCATOR: Counting<System> = Counting::new(System);

/// What several threads have not told.
const SLACK: usize = 16 * UNTOLD_BYTES_MAX.unsigned_abs();

/// One test, because tests of a program run at the same time and share the sum.
#[test]
fn what_is_taken_is_in_use_until_it_is_given_back() {
    let before = in_use();
    let taken: Vec<Vec<u8>> = (0..1000).map(|_| vec![1; 20_000]).collect();
    let with = in_use();
    assert!((with - before).abs_diff(20_000_000) < 100_000 + SLACK, "{before} {with}");

    let mut grown: Vec<u8> = Vec::with_capacity(1 << 20);
    grown.resize(8 << 20, 0);
    assert!((in_use() - with).abs_diff(8 << 20) < SLACK, "a piece that grew counts once");
    drop(grown);

    std::thread::spawn(move || drop(taken)).join().unwrap();
    assert!(in_use().abs_diff(before) < SLACK, "wherever it is given back: {before} {}", in_use());

    assert!(limit().is_none() && has_room() && !is_short());
    limit_to(1);
    assert_eq!(limit(), Some(LIMIT_BYTES_MIN), "never too little to work with");
    assert_eq!(within(1 << 30), 8 << 20);
    assert!(has_room() && !is_short());
    let much = vec![1_u8; 30 << 20];
    assert!(!has_room() && !is_short(), "nothing more stays, nothing is given up");
    let more = vec![1_u8; LIMIT_BYTES_MIN - RESERVE_BYTES_MIN - (30 << 20)];
    assert!(!has_room() && is_short());
    drop((much, more));
    assert!(has_room() && !is_short());
}
