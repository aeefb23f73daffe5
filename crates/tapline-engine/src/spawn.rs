//! A run on a thread of its own, for a screen that must not wait.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, SendTimeoutError, bounded};
use tapline_capture::Source;

use crate::limits::BATCHES_WAITING_MAX;
use crate::{Batch, Outcome, RunOptions, run};

/// Between two looks whether a run that waits for its reader was cancelled.
const CANCEL_LOOK: Duration = Duration::from_millis(50);

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
            let mut batch = batch;
            while !cancelled.load(Ordering::Relaxed) {
                match sender.send_timeout(batch, CANCEL_LOOK) {
                    Ok(()) => return ControlFlow::Continue(()),
                    Err(SendTimeoutError::Timeout(unsent)) => batch = unsent,
                    Err(SendTimeoutError::Disconnected(_)) => break,
                }
            }
            ControlFlow::Break(())
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
    /// Stops at the next batch: a capture file that is being written is whole then.
    fn drop(&mut self) {
        self.cancel();
        // Whether it panicked does not matter any more.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}
