//! The one connection that is to be drawn, of those that a filter lets through.

use std::fmt;
use std::ops::ControlFlow;

use tapline_engine::analysis::{ConnectionRecord, Event, Interests, Options, human, printable};
use tapline_engine::capture::{Facts, Progress, Source};
use tapline_engine::{RunOptions, Subject, run};
use tapline_filter::Sieve;

use crate::limits::CHOICES_MAX;

/// Why there is not one connection.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotOne {
    /// There is none.
    #[error("no connection matches: tapline report lists those that there are")]
    None,
    /// There are several.
    #[error("{} match, and one can be drawn: name it with --connection: {}", human::plural(*count, "connection"), Listed(first, *count))]
    Several {
        /// How many.
        count: u64,
        /// The first of them, in words.
        first: Vec<String>,
    },
}

struct Listed<'a>(&'a [String], u64);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(", "))?;
        match self.1 - self.0.len() as u64 {
            0 => Ok(()),
            more => write!(f, " and {} more", human::count(more)),
        }
    }
}

/// Reads a source once to find the connection, and tells what the source says of itself.
pub fn find(
    source: &mut dyn Source,
    options: &RunOptions,
    mut sieve: Option<Sieve>,
    mut see: impl FnMut(Progress) -> ControlFlow<()>,
) -> (Result<Subject, NotOne>, Facts) {
    let wanted = Interests { connections: true, ..Interests::NONE };
    let interests = sieve.as_ref().map_or(wanted, |sieve| wanted.and(sieve.needs(wanted)));
    let analysis = Options { interests, ..options.analysis.clone() };
    let options = RunOptions { analysis, watch: false, ..options.clone() };
    let (mut subject, mut count, mut first) = (None, 0, Vec::new());
    let outcome = run(source, &options, |batch| {
        if let (Some(sieve), Some(first)) = (&mut sieve, batch.totals.first) {
            sieve.begin(first);
        }
        for event in &batch.events {
            let holds = sieve.as_mut().is_none_or(|sieve| sieve.holds(event));
            if let Event::Connection(record) = event
                && holds
            {
                count += 1;
                subject = Some(Subject::of(record));
                if first.len() < CHOICES_MAX {
                    first.push(words(record));
                }
            }
        }
        see(batch.progress)
    });
    let found = match (subject, count) {
        (Some(subject), 1) => Ok(subject),
        (None, _) => Err(NotOne::None),
        (Some(_), count) => Err(NotOne::Several { count, first }),
    };
    (found, outcome.facts)
}

fn words(record: &ConnectionRecord) -> String {
    let server = human::with_port(record.server_name.as_deref(), record.server.endpoint);
    format!("{} ({} to {})", record.id, record.client.endpoint, printable(&server))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_are_named_and_the_others_counted() {
        let said = |count: usize| {
            let first = (0..count.min(CHOICES_MAX)).map(|id| id.to_string()).collect();
            NotOne::Several { count: count as u64, first }.to_string()
        };
        assert!(said(CHOICES_MAX).ends_with(", 6, 7"), "{}", said(CHOICES_MAX));
        assert!(said(CHOICES_MAX + 1).ends_with(", 6, 7 and 1 more"));
    }
}
