//! Law 1 for the whole program: any octets. Every fixture cut anywhere and with any octet changed goes through
//! everything without a panic, without a hang and without more events than its octets can account for.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::io::Cursor;
use std::ops::ControlFlow;

use tapline_engine::analysis::{Interests, Options};
use tapline_engine::capture::open_reader;
use tapline_engine::{RunOptions, run};
use tapline_testkit::fixtures;

/// Cuts and changes of each fixture.
const TRIALS: u64 = 40;

/// How many packets and events come of a capture.
fn events(octets: Vec<u8>) -> (u64, usize) {
    let Ok(mut source) = open_reader("trial", Box::new(Cursor::new(octets))) else { return (0, 0) };
    let mut count = 0;
    let outcome = run(&mut *source, &RunOptions::new(Options::of(Interests::FULL)), |batch| {
        count += batch.events.len();
        ControlFlow::Continue(())
    });
    (outcome.totals.packets, count)
}

#[test]
fn any_cut_and_any_changed_octet_is_survived() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |bound: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % bound as u64).unwrap()
    };
    for path in fixtures() {
        let whole = std::fs::read(&path).unwrap();
        let (packets, told) = events(whole.clone());
        assert!(packets > 0 && told > 0, "{}", path.display());
        for _ in 0..TRIALS {
            let cut = random(whole.len());
            let (fewer, _) = events(whole.get(..cut).unwrap().to_vec());
            assert!(fewer <= packets, "{} cut at {cut}", path.display());
            let mut changed = whole.clone();
            let at = random(whole.len());
            *changed.get_mut(at).unwrap() ^= 1 << random(8);
            let (_, told) = events(changed);
            assert!(told <= whole.len(), "{} changed at {at}", path.display());
        }
    }
}
