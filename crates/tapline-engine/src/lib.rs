//! A source and options in; ordered batches of events, progress and cancel out.
//!
//! The only crate with threads. It formats nothing: what the events mean to a person or a program is for the
//! crates behind it.

mod close_up;
mod crew;
mod going;
mod keys;
mod limits;
mod parcel;
mod run;
mod secrets;
mod spawn;
mod team;
mod trust;

pub use close_up::{CapturedPacket, CloseUp, Reopen, Subject, close_up};
pub use going::Going;
pub use keys::{KeyFiles, KeysError};
pub use run::{Batch, Outcome, RunOptions, run};
pub use spawn::{Running, spawn};
pub use tapline_analysis as analysis;
pub use tapline_capture as capture;
pub use team::usual_threads;
pub use trust::{TrustFileError, roots_of_files, system_roots};
