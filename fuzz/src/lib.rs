//! Every entry where foreign octets come in, as a function of octets: what the fuzzer calls, and what the tests of this
//! crate call with every case that it ever found.
//!
//! A target panics where a law is broken, and does nothing else. `cargo xtask fuzz` runs them; a case that breaks one is
//! kept under `regressions/`, in a folder named like the target.

#![allow(clippy::panic, clippy::indexing_slicing, reason = "a target fails by panicking, as a test does")]

mod heard;
pub mod seeds;
mod targets;

/// A target: its name, and what it does with octets.
pub type Target = (&'static str, fn(&[u8]));

/// All of them, in the order of the way from a file to a screen.
pub const TARGETS: [Target; 20] = [
    ("pcap", targets::capture::pcap),
    ("pcapng", targets::capture::pcapng),
    ("pcapng-blocks", targets::capture::pcapng_blocks),
    ("dissect", targets::packet::dissect),
    ("fragments", targets::packet::fragments),
    ("segments", targets::segments::segments),
    ("conversation", targets::messages::conversation),
    ("tls-records", targets::messages::tls_records),
    ("tls-handshake", targets::messages::tls_handshake),
    ("http1", targets::messages::http1),
    ("http2-frames", targets::messages::http2_frames),
    ("websocket", targets::messages::websocket),
    ("hpack", targets::messages::hpack),
    ("content", targets::messages::content),
    ("dns", targets::messages::dns),
    ("key-schedule", targets::keys::key_schedule),
    ("key-log", targets::keys::key_log),
    ("certificate", targets::keys::certificate),
    ("filter", targets::filter::filter),
    ("pipeline", targets::pipeline::pipeline),
];

/// The target of that name.
pub fn target(name: &str) -> Option<Target> {
    TARGETS.into_iter().find(|(known, _)| *known == name)
}
