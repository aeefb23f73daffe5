//! The tracker as a whole: built connections in, what it told its sink out.

#[path = "tracker/connections.rs"]
mod connections;
#[path = "tracker/journal.rs"]
mod journal;
#[path = "tracker/laws.rs"]
mod laws;
