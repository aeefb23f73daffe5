//! Segments in; connections, their phases and their bytes in order out.
//!
//! Never looks inside a payload, never reads a clock: time is the packet's own.

mod direction;

pub use direction::Direction;
