//! What a filter had to judge without knowing enough.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tapline_analysis::human;

/// How many records a filter judged by what they say alone, although it asks what their connection is known by: there was
/// no room to remember that. Stays where the filter has gone.
#[derive(Clone, Debug, Default)]
pub struct Doubts(Arc<AtomicU64>);

impl Doubts {
    pub(crate) fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// So many so far.
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// What is to be said of it; `None` where there is no doubt.
    pub fn text(&self) -> Option<String> {
        let count = self.count();
        (count > 0).then(|| {
            let records = human::plural(count, "record");
            format!(
                "the filter judged {records} by what they say alone: there was no room to remember what their \
                 connections are known by"
            )
        })
    }
}
