//! Capabilities: the pieces of root's power that a process can have without being root.

use rustix::io::Errno;
use rustix::thread::{
    CapabilitySet, CapabilitySets, capabilities, capability_is_in_ambient_set, capability_is_in_bounding_set,
    clear_ambient_capability_set, no_new_privs, remove_capability_from_bounding_set, set_capabilities,
    set_no_new_privs,
};

use super::{RightsError, Step, failed};

const STEP: &str = "capabilities";

/// More than any kernel has: the sets have 64 bits.
const CAPABILITIES_MAX: u32 = 64;

/// Takes all out of the set that bounds what a program can be given when it starts, where this process may.
pub(super) fn forget_for_good() -> Result<(), RightsError> {
    let may = capabilities(None).map_err(failed(STEP))?.effective.contains(CapabilitySet::SETPCAP);
    for capability in known().take_while(|_| may) {
        remove_capability_from_bounding_set(capability).map_err(failed(STEP))?;
    }
    Ok(())
}

/// Empties all sets that a process can act by, and looks whether they are empty.
pub(super) fn empty() -> Result<Step, RightsError> {
    match clear_ambient_capability_set() {
        // Kernels before 4.3 have no such set.
        Ok(()) | Err(Errno::INVAL) => (),
        Err(error) => return Err(failed(STEP)(error)),
    }
    let none = CapabilitySet::empty();
    let none = CapabilitySets { effective: none, permitted: none, inheritable: none };
    set_capabilities(None, none).map_err(failed(STEP))?;
    let is_ambient = known().any(|one| capability_is_in_ambient_set(one).unwrap_or(false));
    if capabilities(None).map_err(failed(STEP))? != none || is_ambient {
        return Err(failed(STEP)("some are left"));
    }
    Ok(Step::Done("no capabilities left".to_owned()))
}

/// Programs that are started from here on get no more than this one has, whatever their files say.
pub(super) fn no_new_ones() -> Result<Step, RightsError> {
    const STEP: &str = "new privileges";
    match set_no_new_privs(true) {
        Ok(()) => (),
        Err(Errno::INVAL) => {
            let what = "new privileges can be had: this kernel cannot refuse them (Linux 3.5 can)";
            return Ok(Step::NotSupported(what.to_owned()));
        }
        Err(error) => return Err(failed(STEP)(error)),
    }
    if !no_new_privs().map_err(failed(STEP))? {
        return Err(failed(STEP)("they can still be had"));
    }
    Ok(Step::Done("no new privileges".to_owned()))
}

/// Those that this kernel has.
fn known() -> impl Iterator<Item = CapabilitySet> {
    let all = (0..CAPABILITIES_MAX).map(|bit| CapabilitySet::from_bits_retain(1 << bit));
    all.take_while(|one| capability_is_in_bounding_set(*one).is_ok())
}
