//! What happened to interfaces while capturing.

use std::fmt;
use std::time::Duration;

/// Something that happened while capturing and that a packet does not tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incident {
    /// The interface's name; `None` where it concerns all.
    pub interface: Option<String>,
    /// The last packet before it; 0 where there is none.
    pub after_packet: u64,
    /// What happened.
    pub what: Happening,
}

/// What can happen.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Happening {
    /// The interface was switched off; it is captured on again when it comes up.
    Down,
    /// The interface was switched on.
    Up,
    /// The interface is not there any more.
    Gone,
    /// The machine slept for so long.
    Suspended(Duration),
    /// Packets are no longer written to the capture file, for this reason.
    NotWritten(String),
}

impl fmt::Display for Incident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let interface = self.interface.as_deref().unwrap_or("an interface");
        match &self.what {
            Happening::Down => write!(f, "{interface} went down"),
            Happening::Up => write!(f, "{interface} came up"),
            Happening::Gone => write!(f, "{interface} is gone"),
            Happening::Suspended(time) => write!(f, "the machine slept for {} s", time.as_secs()),
            Happening::NotWritten(reason) => write!(f, "packets are no longer written: {reason}"),
        }?;
        write!(f, " (after packet {})", self.after_packet)
    }
}
