//! Interfaces of a network with real programs: nginx on one machine, curl and tapline on another, joined by a cable. Needs
//! root; skipped where that or a program is missing.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "live_network/device.rs"]
mod device;
#[path = "live_network/ends.rs"]
mod ends;
#[path = "live_network/interfaces.rs"]
mod interfaces;
#[path = "live_network/lab.rs"]
mod lab;
#[path = "live_network/latency.rs"]
mod latency;
#[path = "live_network/written.rs"]
mod written;
