//! SIGTSTP that comes from outside (`kill -TSTP`, a shell's job control): the terminal is given back before the system
//! stops us.
//!
//! The signal is held back in every thread, and looked for. Its usual action stays what it is: to stop, one thread lets the
//! signal through, so the system still decides whether there is a shell that can bring us back.

use std::io;

#[cfg(target_os = "linux")]
use nix::sys::signal::{SigSet, Signal, raise};
#[cfg(target_os = "linux")]
use nix::sys::signalfd::{SfdFlags, SignalFd};

/// Holds SIGTSTP back from this thread and those that it starts: before there are others.
#[cfg(target_os = "linux")]
pub fn hold_stops() -> io::Result<()> {
    Ok(signals().thread_block()?)
}

/// What is held back, as it comes.
#[cfg(target_os = "linux")]
pub(crate) struct Stops(SignalFd);

#[cfg(target_os = "linux")]
impl Stops {
    pub(crate) fn listen() -> io::Result<Self> {
        let flags = SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC;
        Ok(Self(SignalFd::with_flags(&signals(), flags)?))
    }

    /// Whether somebody wants us to stop, since the last call.
    pub(crate) fn is_asked(&mut self) -> bool {
        matches!(self.0.read_signal(), Ok(Some(_)))
    }
}

/// Stops, until a shell goes on with us. Where none could do that, the system lets us go on.
#[cfg(target_os = "linux")]
pub(crate) fn stop() -> io::Result<()> {
    raise(Signal::SIGTSTP)?;
    signals().thread_unblock()?;
    hold_stops()
}

#[cfg(target_os = "linux")]
fn signals() -> SigSet {
    let mut signals = SigSet::empty();
    signals.add(Signal::SIGTSTP);
    signals
}

/// Elsewhere nothing is held back: such a signal stops us with the terminal taken.
#[cfg(not(target_os = "linux"))]
pub fn hold_stops() -> io::Result<()> {
    Ok(())
}

#[cfg(not(target_os = "linux"))]
pub(crate) struct Stops;

#[cfg(not(target_os = "linux"))]
impl Stops {
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self)
    }

    pub(crate) fn is_asked(&mut self) -> bool {
        false
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn stop() -> io::Result<()> {
    signal_hook::low_level::raise(signal_hook::consts::SIGTSTP)
}
