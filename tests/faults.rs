//! What goes wrong around the program, and not in what it reads: disks, pipes, files that others change, clocks, signals.
//! Each ends soon, with a word that names the thing, and leaves nothing half written.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "faults/clocks.rs"]
mod clocks;
#[path = "faults/cut.rs"]
mod cut;
#[path = "faults/pipes.rs"]
mod pipes;
#[path = "faults/program.rs"]
mod program;
#[path = "faults/room.rs"]
mod room;
#[path = "faults/signals.rs"]
mod signals;
