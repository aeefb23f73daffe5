//! For tests and benches only: frames and TCP connections built octet by octet, and captures made of them.
//!
//! Built after RFC 791, RFC 8200 and RFC 9293 and not with any crate of this workspace that reads packets, so
//! that a test does not hold a reader against itself.

mod around;
mod checksum;
mod exchange;
mod fragment;
mod frame;
#[cfg(feature = "network")]
pub mod network;
mod process;
pub mod shapes;
mod site;
mod strange;
mod talk;
#[cfg(feature = "terminal")]
mod terminal;
mod wiretap;

pub use around::{corpus, fixtures, installed, process_with, root, skipped};
pub use checksum::Checksums;
pub use exchange::{ask, serve};
pub use fragment::{fragment, stray_fragment};
pub use frame::{FrameParts, TcpFlags, datagram_frame, frame, frame_with};
pub use process::own_kib;
pub use site::{Server, Site, Speech};
pub use strange::strange;
pub use talk::{Frame, Odd, Speaker, Talk, capture};
#[cfg(feature = "terminal")]
pub use terminal::{Terminal, send};
pub use wiretap::{Turn, Wiretap, frames_of, free_port, wait_for_port};

#[cfg(any(feature = "terminal", feature = "network"))]
pub use rustix::process::Signal;
/// The crate that a terminal speaks in.
#[cfg(feature = "terminal")]
pub use vt100;
