//! Filters that the kernel asks before each system call (seccomp).

use std::io;

use rustix::thread::{SecureComputingMode, secure_computing_mode};
use seccompiler::{BackendError, BpfProgram, Error, SeccompAction, SeccompFilter, TargetArch, apply_filter};

use super::table::{Table, allowed, only};
use super::{Step, not_supported};
use crate::rights::{RightsError, failed};

const STEP: &str = "system calls";

/// Refuses all calls but those of the table, in this thread and in those that it starts.
pub(in crate::rights) fn restrict() -> Result<Step, RightsError> {
    if secure_computing_mode().is_err() {
        return Ok(not_supported("this kernel cannot refuse any"));
    }
    let (count, table) = allowed().map_err(failed(STEP))?;
    // The C library starts threads by `clone3`, whose flags no filter can see. Where that is unknown to the kernel, it
    // takes `clone`. Of two filters that say something of a call the stricter one counts.
    let enosys = program(only([libc::SYS_clone3]), SeccompAction::Allow, errno(libc::ENOSYS))?;
    let eperm = program(table, errno(libc::EPERM), SeccompAction::Allow)?;
    for filter in [&enosys, &eperm] {
        match apply_filter(filter) {
            Ok(()) => (),
            Err(Error::Seccomp(error)) if is_unknown(&error) => {
                return Ok(not_supported("this kernel has no filters of them"));
            }
            Err(error) => return Err(failed(STEP)(error)),
        }
    }
    if secure_computing_mode().map_err(failed(STEP))? != SecureComputingMode::Filter {
        return Err(failed(STEP)("they are not refused"));
    }
    Ok(Step::Done(format!("system calls: {count} allowed")))
}

/// One action for the calls of a table, another one for all others.
fn program(table: Table, others: SeccompAction, these: SeccompAction) -> Result<BpfProgram, RightsError> {
    let machine = TargetArch::try_from(std::env::consts::ARCH).map_err(failed(STEP))?;
    let filter = SeccompFilter::new(table, others, these, machine).map_err(failed(STEP))?;
    filter.try_into().map_err(failed::<BackendError>(STEP))
}

fn errno(number: i32) -> SeccompAction {
    SeccompAction::Errno(number.unsigned_abs())
}

fn is_unknown(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::ENOSYS | libc::EINVAL))
}
