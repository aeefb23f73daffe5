//! How work in the background goes on, told from one thread to another.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};

use tapline_capture::Progress;

/// How far work has come, and whether anybody still wants it. Clones speak of the same work.
#[derive(Clone, Debug, Default)]
pub struct Going {
    cancelled: Arc<AtomicBool>,
    permille: Arc<AtomicU16>,
}

impl Going {
    /// The part of the source that was read, in 1/1000; 0 where its size is not known.
    pub fn permille(&self) -> u16 {
        self.permille.load(Ordering::Relaxed)
    }

    /// Nobody wants it any more.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether nobody wants it any more.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// Says how far a source was read; whether to go on.
    pub fn read(&self, progress: Progress) -> ControlFlow<()> {
        if let Some(total) = progress.total_bytes.filter(|&total| total > 0) {
            let permille = u128::from(progress.read_bytes) * 1000 / u128::from(total);
            self.permille.store(u16::try_from(permille).unwrap_or(1000).min(1000), Ordering::Relaxed);
        }
        if self.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}
