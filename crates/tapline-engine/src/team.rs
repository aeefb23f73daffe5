//! Who analyses: the thread that reads, or others.

use std::sync::Arc;

use tapline_analysis::decode::crypto::KeyLog;
use tapline_analysis::{Analyzer, Event, Options, Totals};
use tapline_capture::{Mapped, Progress};
use tapline_packet::Packet;

use crate::crew::Crew;
use crate::limits::{BATCH_EVENTS, USUAL_THREADS_MAX};
use crate::{Batch, RunOptions};

/// What follows the packets of a batch.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Then {
    /// Nothing was captured for a while.
    pub(crate) be_quiet: bool,
    /// The present state of what changed is told.
    pub(crate) snapshot: bool,
}

/// One thread or several, with one way to use them.
pub(crate) enum Team {
    /// The calling thread. What is borrowed from the source stays so.
    Alone {
        analyzer: Box<Analyzer>,
        /// The progress of a batch that was handed over and not taken.
        done: Option<Progress>,
    },
    /// Others.
    Crew(Box<Crew>),
}

impl Team {
    /// As many threads as the options say; one where the system has no more. `mapped` is what packets lie in, if they do.
    pub(crate) fn new(options: &RunOptions, analysis: &Options, mapped: Option<Mapped>) -> Self {
        let RunOptions { watch, threads, .. } = *options;
        if threads > 1
            && let Ok(crew) = Crew::start(analysis, watch, threads, mapped)
        {
            return Self::Crew(Box::new(crew));
        }
        let analyzer = if watch { Analyzer::watching(analysis) } else { Analyzer::new(analysis) };
        Self::Alone { analyzer: Box::new(analyzer), done: None }
    }

    /// Takes one packet into the batch that is being made.
    pub(crate) fn packet(&mut self, packet: &Packet<'_>) {
        match self {
            Self::Alone { analyzer, .. } => analyzer.packet(packet),
            Self::Crew(crew) => crew.packet(packet),
        }
    }

    /// Takes secrets that came behind the newest packet.
    pub(crate) fn secrets(&mut self, secrets: KeyLog) {
        match self {
            Self::Alone { analyzer, .. } => analyzer.secrets(&secrets),
            Self::Crew(crew) => crew.secrets(&Arc::new(secrets)),
        }
    }

    /// Gives up connections where memory is short: which ones then depends on the run. Others look for themselves.
    pub(crate) fn keep_within_memory(&mut self) {
        if let Self::Alone { analyzer, .. } = self
            && tapline_memory::is_short()
        {
            analyzer.make_room();
        }
    }

    /// Whether the batch is large enough, however many packets it has.
    pub(crate) fn is_full(&self) -> bool {
        match self {
            Self::Alone { analyzer, .. } => analyzer.pending_events() >= BATCH_EVENTS,
            Self::Crew(crew) => crew.is_full(),
        }
    }

    /// The batch is complete. [`Self::ready`] gives it back, sooner or later.
    pub(crate) fn hand_over(&mut self, progress: Progress, then: Then) {
        match self {
            Self::Alone { analyzer, done } => {
                if then.be_quiet {
                    analyzer.be_quiet();
                }
                if then.snapshot {
                    analyzer.snapshot();
                }
                *done = Some(progress);
            }
            Self::Crew(crew) => crew.hand_over(progress, then),
        }
    }

    /// The next batch that is analysed; `all` waits for those that are not yet.
    pub(crate) fn ready(&mut self, all: bool) -> Option<Batch> {
        match self {
            Self::Alone { analyzer, done } => {
                let progress = done.take()?;
                let events = analyzer.take_events();
                Some(Batch { events, progress, totals: analyzer.totals(), news: None })
            }
            Self::Crew(crew) => crew.ready(all),
        }
    }

    /// The capture is over and every batch was taken: what the next so many connections still tell, and whether
    /// more are left.
    pub(crate) fn finish_some(&mut self, connections: usize) -> (Vec<Event>, bool) {
        match self {
            Self::Alone { analyzer, .. } => {
                let more = analyzer.finish_some(connections);
                (analyzer.take_events(), more)
            }
            Self::Crew(crew) => (crew.finish_some(connections), crew.is_unfinished()),
        }
    }

    /// What was counted so far.
    pub(crate) fn totals(&mut self) -> Totals {
        match self {
            Self::Alone { analyzer, .. } => analyzer.totals(),
            Self::Crew(crew) => crew.totals(),
        }
    }
}

/// As many threads as there are cores, at most a few.
pub fn usual_threads() -> usize {
    of_cores(std::thread::available_parallelism().map_or(1, usize::from))
}

fn of_cores(cores: usize) -> usize {
    cores.min(USUAL_THREADS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_cores_have_no_more_threads_than_are_of_use() {
        let most = USUAL_THREADS_MAX;
        assert_eq!([1, most, most + 1, 256].map(of_cores), [1, most, most, most]);
        assert!((1..=most).contains(&usual_threads()));
    }
}
