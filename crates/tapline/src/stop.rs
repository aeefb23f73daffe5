//! Signals that end a program which has something to take away first.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use anyhow::Result;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::{flag, low_level};

/// Whether a signal has asked to end. The default never hears of one.
#[derive(Default)]
pub(crate) struct Stop {
    heard: Arc<AtomicBool>,
    which: Arc<AtomicUsize>,
}

impl Stop {
    /// Hears of Ctrl-C and SIGTERM from here on; a second one ends at once.
    pub(crate) fn heard() -> Result<Self> {
        let stop = Self::default();
        for signal in [SIGINT, SIGTERM] {
            flag::register_conditional_default(signal, Arc::clone(&stop.heard))?;
            flag::register_usize(signal, Arc::clone(&stop.which), usize::try_from(signal)?)?;
            flag::register(signal, Arc::clone(&stop.heard))?;
        }
        Ok(stop)
    }

    pub(crate) fn is_heard(&self) -> bool {
        self.heard.load(Ordering::SeqCst)
    }

    /// Whether to go on.
    pub(crate) fn flow(&self) -> ControlFlow<()> {
        if self.is_heard() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Ends the process as the signal would have.
    pub(crate) fn obey(&self) -> Result<()> {
        Ok(low_level::emulate_default_handler(i32::try_from(self.which.load(Ordering::SeqCst))?)?)
    }
}
