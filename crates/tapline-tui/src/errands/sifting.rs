//! The whole capture asked what a filter lets through.

use tapline_analysis::{Interests, Options};
use tapline_engine::{Going, RunOptions, run};
use tapline_filter::{Filter, Sieve};

use super::Again;
use crate::model::Sifted;

/// What a filter is asked of: what lists show.
const LISTED: Interests =
    Interests { connections: true, tls_sessions: true, exchanges: true, ..Interests::NONE };

/// Reads the capture and keeps what the filter lets through; cut short where nobody wants it any more.
pub(super) fn sift(again: &Again, filter: Filter, going: &Going) -> Result<Sifted, String> {
    let mut source = (again.reopen)().map_err(|error| error.to_string())?;
    let mut sieve = Sieve::new(filter);
    let interests = LISTED.and(sieve.needs(LISTED));
    let analysis = Options { interests, ..again.options.analysis.clone() };
    let options = RunOptions { analysis, watch: false, ..again.options.clone() };
    let mut sifted = Sifted::default();
    run(&mut *source, &options, |batch| {
        if let Some(first) = batch.totals.first {
            sieve.begin(first);
        }
        for event in &batch.events {
            if sieve.holds(event) {
                sifted.take(event);
            }
        }
        going.read(batch.progress)
    });
    sifted.doubts = sieve.doubts().count();
    Ok(sifted)
}
