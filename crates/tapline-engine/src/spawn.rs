//! A run on a thread of its own, for a screen that must not wait.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, bounded};
use tapline_capture::Source;

use crate::limits::BATCHES_WAITING_MAX;
use crate::{Batch, Outcome, RunOptions, run};

/// A run in the background. Dropping it stops the run.
pub struct Running {
    /// Batches as they come; closed when the run has ended.
    pub batches: Receiver<Batch>,
    cancel: Arc<AtomicBool>,
    thread: Option<JoinHandle<Outcome>>,
}

/// Starts a run in the background.
pub fn spawn(mut source: Box<dyn Source + Send>, options: RunOptions) -> std::io::Result<Running> {
    let (sender, batches) = bounded(BATCHES_WAITING_MAX);
    let cancel = Arc::new(AtomicBool::new(false));
    let cancelled = Arc::clone(&cancel);
    let thread = std::thread::Builder::new().name("engine".into()).spawn(move || {
        run(&mut *source, &options, |batch| {
            if cancelled.load(Ordering::Relaxed) || sender.send(batch).is_err() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })
    })?;
    Ok(Running { batches, cancel, thread: Some(thread) })
}

impl Running {
    /// The outcome, once the run has ended; `None` while it goes on, or after it was given once.
    pub fn outcome(&mut self) -> Option<Outcome> {
        if self.thread.as_ref().is_some_and(JoinHandle::is_finished) {
            return self.thread.take()?.join().ok();
        }
        None
    }

    /// Asks the run to stop at its next batch.
    pub fn cancel(&self) {
        self.cancel.store(true, Ordering::Relaxed);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.cancel();
    }
}
