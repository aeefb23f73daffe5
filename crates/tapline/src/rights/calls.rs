//! System calls: those that the rest of a run makes are allowed, all others fail with "operation not permitted".
//!
//! The list was had by tracing every command and every screen, and has beside each call those that other versions of the
//! C library make for the same thing. What stays away: new sockets, programs, processes, mounts, tracing, signals to
//! others, and memory that can be both written and run.

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod filter;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod table;

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
pub(super) use filter::restrict;

use super::Step;

/// The table is of numbers, which differ from machine to machine.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
pub(super) fn restrict() -> Result<Step, super::RightsError> {
    Ok(not_supported("they are known for x86-64 and ARM64 only"))
}

fn not_supported(why: &str) -> Step {
    Step::NotSupported(format!("system calls: all can still be made, because {why}"))
}
