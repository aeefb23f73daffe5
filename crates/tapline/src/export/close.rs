//! The close look at one connection, with somebody watching: how far it is, and whether a signal came.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tapline_engine::{Going, Subject, close_up};
use tapline_ladder::Close;
use tapline_tui::Again;

use crate::stop::Stop;

/// Between two looks at how far it is.
const LOOK: Duration = Duration::from_millis(50);

/// Looks at a connection, and says meanwhile how far that is, in 1/1000. A signal ends it at once: what the other thread is
/// about ends with the process, or soon.
pub(super) fn close(again: &Again, subject: Subject, stop: &Stop, mut see: impl FnMut(u16)) -> Result<Close> {
    let (source, options, going) = ((again.reopen)()?, again.options.clone(), Going::default());
    let (answer, answered) = channel();
    let told = going.clone();
    let look = move || {
        // Nobody waits for it after a signal.
        let _ = answer.send(Close::of(close_up(source, &options, subject, &told)));
    };
    thread::Builder::new().spawn(look).context("cannot start a thread to look at a connection")?;
    loop {
        match answered.recv_timeout(LOOK) {
            Ok(close) => return Ok(close),
            Err(RecvTimeoutError::Timeout) if stop.is_heard() => {
                going.cancel();
                bail!("stopped")
            }
            Err(RecvTimeoutError::Timeout) => see(going.permille()),
            Err(RecvTimeoutError::Disconnected) => bail!("the look at a connection failed"),
        }
    }
}
