//! Files, TCP ports, sockets and signals by Landlock: what a plan does not name stays shut.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, LandlockStatus, PathBeneath, PathFd, Ruleset, RulesetAttr,
    RulesetCreated, RulesetCreatedAttr, RulesetError, RulesetStatus, Scope,
};

use super::{Plan, RightsError, Step, failed};

const STEP: &str = "files";

/// The newest kind that is known here. Older kernels refuse what they can.
const NEWEST: ABI = ABI::V6;

/// Lets this process open what the plan names, and nothing else.
pub(super) fn restrict(plan: &Plan) -> Result<Step, RightsError> {
    let (status, opened) = apply(plan).map_err(failed(STEP))?;
    let version = match status.landlock {
        LandlockStatus::Available { effective_abi, kernel_abi } => kernel_abi.unwrap_or(effective_abi as i32),
        LandlockStatus::NotEnabled | LandlockStatus::NotImplemented => 0,
    };
    if version == 0 || status.ruleset == RulesetStatus::NotEnforced {
        let what = "files: this kernel has no Landlock, so every file of the user can still be opened";
        return Ok(Step::NotSupported(what.to_owned()));
    }
    Ok(Step::Done(format!("files: {} (Landlock {version})", opened.describe())))
}

/// What of a plan could be named to the kernel. What this user cannot even reach is shut anyway.
#[derive(Default)]
struct Opened<'a> {
    read: Vec<&'a Path>,
    write: Vec<&'a Path>,
    fill: Vec<&'a Path>,
    devices: Vec<&'a Path>,
}

impl Opened<'_> {
    /// "may read /tmp/keys, may make files in .".
    fn describe(&self) -> String {
        let mut text = String::new();
        for (what, paths) in [
            ("may read", &self.read),
            ("may make files in", &self.write),
            ("may make files and folders in", &self.fill),
            ("may use", &self.devices),
        ] {
            for path in paths {
                let comma = if text.is_empty() { "" } else { ", " };
                // Writing to a String does not fail.
                let _ = write!(text, "{comma}{what} {}", path.display());
            }
        }
        if text.is_empty() { "may open none".to_owned() } else { text }
    }
}

fn apply(plan: &Plan) -> Result<(landlock::RestrictionStatus, Opened<'_>), RulesetError> {
    let mut rules = Ruleset::default()
        .handle_access(AccessFs::from_all(NEWEST))?
        .handle_access(AccessNet::from_all(NEWEST))?
        .scope(Scope::from_all(NEWEST))?
        .create()?;
    let mut opened = Opened::default();
    // `tapline_engine` and the dashboard read and write whole files: no folder is listed, and only tables need new ones.
    let make = AccessFs::WriteFile | AccessFs::MakeReg | AccessFs::RemoveFile | AccessFs::Truncate;
    let device = AccessFs::ReadFile | AccessFs::WriteFile | AccessFs::IoctlDev;
    (rules, opened.read) = allow(rules, &plan.read, AccessFs::ReadFile.into())?;
    (rules, opened.write) = allow(rules, &plan.write, make)?;
    (rules, opened.fill) = allow(rules, &plan.fill, make | AccessFs::MakeDir)?;
    (rules, opened.devices) = allow(rules, &plan.devices, device)?;
    Ok((rules.restrict_self()?, opened))
}

/// Adds a rule for each path that there is.
fn allow(
    mut rules: RulesetCreated,
    paths: &[PathBuf],
    access: BitFlags<AccessFs>,
) -> Result<(RulesetCreated, Vec<&Path>), RulesetError> {
    let mut opened = Vec::new();
    for path in paths {
        let Ok(place) = PathFd::new(path) else { continue };
        rules = rules.add_rule(PathBeneath::new(place, access))?;
        opened.push(path.as_path());
    }
    Ok((rules, opened))
}
