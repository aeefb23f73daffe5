//! Giving up rights: once the device is open, nothing that only root may do is needed any more, and what reads packets of
//! strangers should be able to do little.
//!
//! A [`Plan`] comes in, what was done comes out, a line a step. Nothing is ever given back, and rights of a thread are
//! that thread's alone: this happens while there is one, and those that start later have what it has.
//!
//! ```text
//!   device opened ──> identity ──> capabilities ──> new privileges ──> files ──> system calls ──> first packet
//! ```

#![cfg_attr(
    not(target_os = "linux"),
    allow(dead_code, reason = "nothing is given up there, so nobody asks what for")
)]

#[cfg(target_os = "linux")]
mod calls;
#[cfg(target_os = "linux")]
mod capabilities;
#[cfg(target_os = "linux")]
mod files;
#[cfg(target_os = "linux")]
mod identity;
#[cfg(all(test, target_os = "linux"))]
mod tests;

use std::path::{Path, PathBuf};

use anyhow::Context;
use tapline_engine::KeyFiles;

use crate::arguments::InputArguments;
use crate::output::{complain, folder_of, followed};

/// The terminal of the process, by the name that every process has for its own.
const TERMINAL: &str = "/dev/tty";

/// What is needed later on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Files that are read, and folders in which files are.
    pub(crate) read: Vec<PathBuf>,
    /// Folders in which files are made, named and removed.
    pub(crate) write: Vec<PathBuf>,
    /// Folders in which folders are made too.
    pub(crate) fill: Vec<PathBuf>,
    /// Devices that are read, written and set: the terminal.
    pub(crate) devices: Vec<PathBuf>,
    /// Whom to become where this is root; `None` leaves it to `sudo`'s word, else it is `nobody`.
    pub(crate) user: Option<String>,
}

impl Plan {
    /// Writes a file of this name.
    pub(crate) fn writing(path: &Path) -> Self {
        Self { write: vec![folder_of(&followed(path)).to_owned()], ..Self::default() }
    }

    /// Writes files into a folder that is there, and makes folders in it.
    #[cfg_attr(not(feature = "parquet"), allow(dead_code, reason = "only tables need folders"))]
    pub(crate) fn filling(folder: &Path) -> Self {
        Self { fill: vec![folder.to_owned()], ..Self::default() }
    }

    /// Draws on the terminal, and writes files in the current folder.
    pub(crate) fn screen() -> Self {
        Self { write: vec![".".into()], devices: vec![TERMINAL.into()], ..Self::default() }
    }

    /// Whether something draws on the terminal.
    pub(crate) fn is_screen(&self) -> bool {
        !self.devices.is_empty()
    }
}

/// How a step went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// What was done.
    Done(String),
    /// What this system cannot do, and what that means.
    NotSupported(String),
}

/// A step that could have been done and was not.
#[derive(Debug, thiserror::Error)]
#[error("cannot give up rights: {step}: {reason}: use --keep-privileges to go on with them")]
pub(crate) struct RightsError {
    step: &'static str,
    reason: String,
}

/// For `map_err`: the step that failed, and why.
#[cfg(target_os = "linux")]
fn failed<E: std::fmt::Display>(step: &'static str) -> impl Fn(E) -> RightsError {
    move |reason| RightsError { step, reason: reason.to_string() }
}

/// Gives up all that the plan does not need. Where that fails, some may be gone already: the process should end.
#[cfg(target_os = "linux")]
pub(crate) fn give_up(plan: &Plan) -> Result<Vec<Step>, RightsError> {
    identity::only_one_thread()?;
    give_up_in_this_thread(plan)
}

#[cfg(target_os = "linux")]
fn give_up_in_this_thread(plan: &Plan) -> Result<Vec<Step>, RightsError> {
    let target = identity::target(plan.user.as_deref())?;
    // Only who has CAP_SETPCAP may do this, and it goes with the identity.
    capabilities::forget_for_good()?;
    let mut steps = vec![identity::become_user(target.as_ref())?];
    steps.push(capabilities::empty()?);
    identity::verify(target.as_ref())?;
    steps.push(capabilities::no_new_ones()?);
    steps.push(files::restrict(plan)?);
    steps.push(calls::restrict()?);
    Ok(steps)
}

/// No other system has these means.
#[cfg(not(target_os = "linux"))]
pub(crate) fn give_up(_: &Plan) -> Result<Vec<Step>, RightsError> {
    let why = "not given up: this is not supported on this system, and all rights stay".to_owned();
    Ok(vec![Step::NotSupported(why)])
}

/// Gives up rights where packets come from a device, which has to be open by now; no thread may have been started. What
/// was done is said with `--verbose`, what this system cannot do always.
pub(crate) fn settle(arguments: &InputArguments, keys: &KeyFiles, plan: Plan) -> anyhow::Result<()> {
    let rights = &arguments.rights;
    if arguments.interface.is_empty() {
        return Ok(());
    }
    let say = |line: &str| complain(&format!("rights: {line}"));
    if rights.keep_privileges {
        if rights.verbose {
            say("kept, as was asked for");
        }
        return Ok(());
    }
    let plan = Plan { user: rights.user.clone(), ..needed(arguments, keys, plan) };
    for step in give_up(&plan)? {
        match step {
            Step::Done(what) if rights.verbose => say(&what),
            Step::Done(_) => (),
            Step::NotSupported(what) => say(&what),
        }
    }
    Ok(())
}

/// A failure that may come of rights that are gone says so.
pub(crate) fn explained<T>(arguments: &InputArguments, result: anyhow::Result<T>) -> anyhow::Result<T> {
    if arguments.interface.is_empty() || arguments.rights.keep_privileges {
        return result;
    }
    result.context("with the rights that are left (see -Z and --keep-privileges)")
}

/// Adds what every capture needs: key logs that grow or are yet to appear, the folder of its own file, and the counters of
/// the devices.
fn needed(arguments: &InputArguments, keys: &KeyFiles, mut plan: Plan) -> Plan {
    let place = |path: &Path| if path.exists() { path } else { folder_of(path) }.to_owned();
    plan.read.extend(keys.watched().map(place));
    let folder = arguments.record.write.as_deref().map(|path| folder_of(path).to_owned());
    plan.write.extend(folder.clone());
    // Complete files are read once more.
    plan.read.extend(folder.filter(|_| arguments.record.embed_secrets));
    let counters = |name| Path::new("/sys/class/net").join(name).join("statistics");
    plan.read.extend(arguments.interface.iter().map(counters));
    plan
}
