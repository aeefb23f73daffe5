//! The tracker as a whole: built connections in, what it told its sink out.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "tracker/connections.rs"]
mod connections;
#[path = "tracker/endings.rs"]
mod endings;
#[path = "tracker/handshakes.rs"]
mod handshakes;
#[path = "tracker/journal.rs"]
mod journal;
#[path = "tracker/laws.rs"]
mod laws;
#[path = "tracker/limits.rs"]
mod limits;
#[path = "tracker/odd_segments.rs"]
mod odd_segments;
#[path = "tracker/verdicts.rs"]
mod verdicts;
#[path = "tracker/zeek.rs"]
mod zeek;
