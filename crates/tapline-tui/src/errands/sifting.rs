//! The whole capture asked what a filter lets through, on a thread of its own.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};

use crossbeam_channel::{Receiver, TryRecvError, bounded};
use tapline_analysis::{Interests, Options};
use tapline_engine::{RunOptions, run};
use tapline_filter::{Filter, Sieve};

use super::Again;
use crate::model::Sifted;
use crate::update::Msg;

/// A question that goes on. Dropping it ends it.
pub(super) struct Sifting {
    filter: Filter,
    answer: Receiver<Result<Arc<Sifted>, String>>,
    permille: Arc<AtomicU16>,
    cancelled: Arc<AtomicBool>,
    told: u16,
}

/// What a filter is asked of: what lists show.
const LISTED: Interests =
    Interests { connections: true, tls_sessions: true, exchanges: true, ..Interests::NONE };

impl Sifting {
    pub(super) fn begin(again: &Again, filter: Filter) -> std::io::Result<Self> {
        let (sender, answer) = bounded(1);
        let (permille, cancelled) = (Arc::new(AtomicU16::new(0)), Arc::new(AtomicBool::new(false)));
        let (again, asked) = (again.clone(), filter.clone());
        let (tell, cancel) = (Arc::clone(&permille), Arc::clone(&cancelled));
        std::thread::Builder::new().name("filter".into()).spawn(move || {
            let answer = sift(&again, asked, &tell, &cancel).map(Arc::new);
            // Who asks another question does not want to know.
            let _ = sender.send(answer);
        })?;
        Ok(Self { filter, answer, permille, cancelled, told: 0 })
    }

    /// What is new since the last call.
    pub(super) fn news(&mut self) -> Option<Msg> {
        let answer = match self.answer.try_recv() {
            Ok(answer) => answer,
            Err(TryRecvError::Disconnected) => Err("reading the capture again broke off".to_owned()),
            Err(TryRecvError::Empty) => {
                let permille = self.permille.load(Ordering::Relaxed);
                let is_news = std::mem::replace(&mut self.told, permille) != permille;
                return is_news.then_some(Msg::Sifting(permille));
            }
        };
        Some(Msg::Sifted(self.filter.clone(), answer))
    }
}

impl Drop for Sifting {
    fn drop(&mut self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }
}

fn sift(
    again: &Again,
    filter: Filter,
    permille: &AtomicU16,
    cancelled: &AtomicBool,
) -> Result<Sifted, String> {
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
        if let Some(total) = batch.progress.total_bytes.filter(|&total| total > 0) {
            let part = u128::from(batch.progress.read_bytes) * 1000 / u128::from(total);
            permille.store(u16::try_from(part).unwrap_or(1000).min(1000), Ordering::Relaxed);
        }
        if cancelled.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    Ok(sifted)
}
