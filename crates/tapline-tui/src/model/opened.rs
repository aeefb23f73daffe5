//! The connection that is looked at closely.

use tapline_ladder::Close;

/// The connection that is looked at closely.
pub(crate) struct Opened {
    /// Its id in the list.
    pub(crate) id: u32,
    /// Its last packet when it was read: more may have come since.
    pub(crate) last: u64,
    pub(crate) status: Status,
}

/// How far the close look is.
pub(crate) enum Status {
    /// Its packets are being read: the part of the way, in 1/1000.
    Reading(u16),
    /// They cannot be read again, and why.
    Failed(String),
    /// They were read.
    Ready(Box<Close>),
}
