//! What formats have in common: a run's events go through a choice to who writes them.

use std::io;
use std::ops::ControlFlow;

use tapline_engine::analysis::{Event, Interests, Timestamp};
use tapline_engine::capture::Source;
use tapline_engine::{Batch, Outcome, RunOptions, run};
use tapline_filter::{Doubts, Sieve};

use crate::records::{self, RecordType};

/// Who writes what a run tells in some format, while it is told.
pub trait Exporter {
    /// What is left when all is written: where it went.
    type Out;

    /// The capture began then; only the first call counts.
    fn begin(&mut self, start: Timestamp) {
        let _ = start;
    }

    /// Takes an event. What was not chosen is seen too, where it was made: it may say what something else is known by.
    fn event(&mut self, event: &Event, is_wanted: bool) -> io::Result<()>;

    /// Hands on what was written so far: whoever reads along sees a batch when it is analysed.
    fn flush(&mut self) -> io::Result<()>;

    /// Takes what is known at the end, which is the capture's own record where that was chosen, and writes all that is left.
    fn finish(self, outcome: &Outcome, is_wanted: bool) -> io::Result<Self::Out>;
}

/// What of a run is exported: some types of records, and of them what a filter lets through.
pub struct Choice {
    types: Vec<RecordType>,
    sieve: Option<Sieve>,
}

impl Choice {
    /// Of these types.
    pub fn of(types: &[RecordType]) -> Self {
        Self { types: types.to_vec(), sieve: None }
    }

    /// Only what a filter lets through.
    #[must_use]
    pub fn through(self, sieve: Option<Sieve>) -> Self {
        Self { sieve, ..self }
    }

    /// The events that somebody must make for it; an exporter may need others beside them.
    pub fn interests(&self, beside: Interests) -> Interests {
        let wanted = records::interests(&self.types).and(beside);
        self.sieve.as_ref().map_or(wanted, |sieve| wanted.and(sieve.needs(wanted)))
    }

    /// What its filter will not know for sure.
    pub fn doubts(&self) -> Doubts {
        self.sieve.as_ref().map(Sieve::doubts).unwrap_or_default()
    }

    /// Whether an event was chosen. Every event must be shown, in order: a filter has to see others too.
    fn takes(&mut self, event: &Event) -> bool {
        let holds = self.sieve.as_mut().is_none_or(|sieve| sieve.holds(event));
        holds && RecordType::of(event).is_some_and(|kind| self.types.contains(&kind))
    }

    /// The events of a batch, each with whether it was chosen.
    pub fn of_batch<'a>(&'a mut self, batch: &'a Batch) -> impl Iterator<Item = (&'a Event, bool)> {
        if let (Some(first), Some(sieve)) = (batch.totals.first, &mut self.sieve) {
            sieve.begin(first);
        }
        batch.events.iter().map(|event| (event, self.takes(event)))
    }

    /// Shows a batch to an exporter.
    pub fn write(&mut self, batch: &Batch, exporter: &mut impl Exporter) -> io::Result<()> {
        if let Some(first) = batch.totals.first {
            exporter.begin(first);
        }
        self.of_batch(batch).try_for_each(|(event, is_wanted)| exporter.event(event, is_wanted))?;
        exporter.flush()
    }
}

/// Exports what a source holds; `see` is shown each batch and may end it. The options' interests must be those of the
/// choice.
pub fn export<E: Exporter>(
    source: &mut dyn Source,
    options: &RunOptions,
    mut choice: Choice,
    mut exporter: E,
    mut see: impl FnMut(&Batch) -> ControlFlow<()>,
) -> io::Result<(E::Out, Outcome)> {
    let mut written = Ok(());
    let outcome = run(source, options, |batch| {
        let go_on = see(&batch);
        written = choice.write(&batch, &mut exporter);
        if written.is_ok() { go_on } else { ControlFlow::Break(()) }
    });
    written?;
    let out = exporter.finish(&outcome, choice.types.contains(&RecordType::Capture))?;
    Ok((out, outcome))
}
