//! System calls: those that the rest of a run makes are allowed, all others fail with "operation not permitted".
//!
//! The list was had by tracing every command and every screen, and has beside each call those that other versions of the
//! C library make for the same thing. What stays away: new sockets, programs, processes, mounts, tracing, signals to
//! others, and memory that can be both written and run.

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod table;

use super::{RightsError, Step, failed};

const STEP: &str = "system calls";

/// Refuses all calls but those of the table, in this thread and in those that it starts.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
pub(super) fn restrict() -> Result<Step, RightsError> {
    use rustix::thread::{SecureComputingMode, secure_computing_mode};
    use seccompiler::{SeccompAction, apply_filter};

    if secure_computing_mode().is_err() {
        return Ok(not_supported("this kernel cannot refuse any"));
    }
    let (allowed, table) = table::allowed().map_err(failed(STEP))?;
    // The C library starts threads by `clone3`, whose flags no filter can see. Where that is unknown to the kernel, it
    // takes `clone`. Of two filters that say something of a call the stricter one counts.
    let unknown = table::only([libc::SYS_clone3]);
    let enosys = program(unknown, SeccompAction::Allow, errno(libc::ENOSYS))?;
    let eperm = program(table, errno(libc::EPERM), SeccompAction::Allow)?;
    for filter in [&enosys, &eperm] {
        match apply_filter(filter) {
            Ok(()) => (),
            Err(seccompiler::Error::Seccomp(error)) if is_unknown(&error) => {
                return Ok(not_supported("this kernel has no filters of them"));
            }
            Err(error) => return Err(failed(STEP)(error)),
        }
    }
    if secure_computing_mode().map_err(failed(STEP))? != SecureComputingMode::Filter {
        return Err(failed(STEP)("they are not refused"));
    }
    Ok(Step::Done(format!("system calls: {allowed} allowed")))
}

/// The table is of numbers, which differ from machine to machine.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
pub(super) fn restrict() -> Result<Step, RightsError> {
    Ok(not_supported("they are known for x86-64 and ARM64 only"))
}

fn not_supported(why: &str) -> Step {
    Step::NotSupported(format!("system calls: all can still be made, because {why}"))
}

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
fn program(
    table: table::Table,
    others: seccompiler::SeccompAction,
    these: seccompiler::SeccompAction,
) -> Result<seccompiler::BpfProgram, RightsError> {
    use seccompiler::{SeccompFilter, TargetArch};

    let machine = TargetArch::try_from(std::env::consts::ARCH).map_err(failed(STEP))?;
    let filter = SeccompFilter::new(table, others, these, machine).map_err(failed(STEP))?;
    filter.try_into().map_err(failed::<seccompiler::BackendError>(STEP))
}

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
fn errno(number: i32) -> seccompiler::SeccompAction {
    seccompiler::SeccompAction::Errno(number.unsigned_abs())
}

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
fn is_unknown(error: &std::io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::ENOSYS | libc::EINVAL))
}
