//! Who the process is. Root becomes somebody else; who is not root stays who they are.

use std::ffi::CString;

use nix::unistd::{self, User};
use rustix::process::{Gid, Uid, getegid, geteuid, getgid, getgroups, getuid};
use rustix::thread::{set_thread_groups, set_thread_res_gid, set_thread_res_uid, set_thread_uid};

use super::{RightsError, Step, failed};

const STEP: &str = "identity";

/// The user and group of nobody where no table of users has them.
const NOBODY: u32 = 65_534;

/// Somebody to become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    user: u32,
    group: u32,
    name: Option<String>,
}

/// Identities and everything behind them are a thread's own in this kernel: there may be only one.
pub(super) fn only_one_thread() -> Result<(), RightsError> {
    let threads = std::fs::read_dir("/proc/self/task").map_err(failed("threads"))?.count();
    if threads == 1 {
        return Ok(());
    }
    Err(failed("threads")(format!("there are {threads} already, and each would have to do it")))
}

/// Whom to become; `None` where this is not root.
pub(super) fn target(wanted: Option<&str>) -> Result<Option<Identity>, RightsError> {
    let (real, effective) = (getuid(), geteuid());
    let wanted = wanted.map(named).transpose()?;
    if !effective.is_root() {
        return match wanted {
            Some(other) if other.user != effective.as_raw() => {
                Err(failed(STEP)("only root can become another user"))
            }
            _ => Ok(None),
        };
    }
    // A program of root's that anybody may start (set-user-ID) is its caller's again. Neither the caller's words nor
    // variables make it anybody else's.
    if !real.is_root() {
        let caller = Identity { user: real.as_raw(), group: getgid().as_raw(), name: name_of(real.as_raw()) };
        return match wanted {
            Some(other) if other.user != caller.user => {
                Err(failed(STEP)("only root can become another user"))
            }
            _ => Ok(Some(caller)),
        };
    }
    Ok(Some(wanted.or_else(behind_sudo).unwrap_or_else(nobody)))
}

/// Becomes it: groups first, because only root may choose them.
pub(super) fn become_user(target: Option<&Identity>) -> Result<Step, RightsError> {
    let Some(target) = target else {
        let user = described(geteuid().as_raw(), name_of(geteuid().as_raw()).as_deref());
        return Ok(Step::Done(format!("stayed user {user}")));
    };
    let (user, group) = (uid(target.user)?, gid(target.group)?);
    set_thread_groups(&groups(target)?).map_err(failed(STEP))?;
    set_thread_res_gid(group, group, group).map_err(failed(STEP))?;
    set_thread_res_uid(user, user, user).map_err(failed(STEP))?;
    let user = described(target.user, target.name.as_deref());
    Ok(Step::Done(format!("became user {user}, group {}", target.group)))
}

/// There is no way back to root. To be asked when capabilities are gone, which would be a way.
pub(super) fn verify(target: Option<&Identity>) -> Result<(), RightsError> {
    if let Some(target) = target {
        let (users, groups) = ([getuid(), geteuid()], [getgid(), getegid()]);
        let is_it = users.iter().all(|user| user.as_raw() == target.user)
            && groups.iter().all(|group| group.as_raw() == target.group);
        if !is_it {
            return Err(failed(STEP)("the user is still another one"));
        }
        let has_root = getgroups().map_err(failed(STEP))?.iter().any(|group| group.is_root());
        if has_root {
            return Err(failed(STEP)("still in the group of root"));
        }
    }
    if set_thread_uid(Uid::ROOT).is_ok() || set_thread_res_uid(None, Uid::ROOT, None).is_ok() {
        return Err(failed(STEP)("the way back to root is still open"));
    }
    Ok(())
}

/// A user by name or number. Root is nobody to become.
fn named(text: &str) -> Result<Identity, RightsError> {
    let by_name = User::from_name(text).map_err(failed(STEP))?;
    let found = match (by_name, text.parse()) {
        (Some(user), _) => Identity::from(user),
        (None, Ok(number)) => match User::from_uid(unistd::Uid::from_raw(number)).map_err(failed(STEP))? {
            Some(user) => Identity::from(user),
            None => Identity { user: number, group: number, name: None },
        },
        (None, Err(_)) => return Err(failed(STEP)(format!("there is no user {text:?}"))),
    };
    if found.user == 0 {
        return Err(failed(STEP)(format!("user {text:?} is root, who keeps all rights")));
    }
    Ok(found)
}

/// Who called `sudo`, as it says.
fn behind_sudo() -> Option<Identity> {
    let number = |name| std::env::var(name).ok().and_then(|value| sudo_number(&value));
    let (user, group) = (number("SUDO_UID")?, number("SUDO_GID")?);
    Some(Identity { user, group, name: name_of(user) })
}

/// A number of somebody who is not root. The highest one stands for "unchanged" in system calls.
fn sudo_number(text: &str) -> Option<u32> {
    text.parse().ok().filter(|number| !matches!(*number, 0 | u32::MAX))
}

fn nobody() -> Identity {
    let usual = || Identity { user: NOBODY, group: NOBODY, name: None };
    let found = User::from_name("nobody").ok().flatten().map(Identity::from);
    found.filter(|found| found.user != 0 && found.group != 0).unwrap_or_else(usual)
}

/// All groups of a user whom the system knows; of others the one that was named. Never that of root.
fn groups(target: &Identity) -> Result<Vec<Gid>, RightsError> {
    let Some(name) = &target.name else { return Ok(vec![gid(target.group)?]) };
    let name = CString::new(name.as_str()).map_err(failed(STEP))?;
    let group = unistd::Gid::from_raw(target.group);
    let groups = unistd::getgrouplist(&name, group).map_err(failed(STEP))?;
    groups.iter().map(|group| group.as_raw()).filter(|group| *group != 0).map(gid).collect()
}

fn name_of(user: u32) -> Option<String> {
    let found = User::from_uid(unistd::Uid::from_raw(user)).ok().flatten();
    found.map(|user| user.name)
}

fn described(user: u32, name: Option<&str>) -> String {
    name.map_or_else(|| user.to_string(), |name| format!("{user} ({name})"))
}

fn uid(number: u32) -> Result<Uid, RightsError> {
    if number == u32::MAX {
        return Err(failed(STEP)(format!("{number} is no user")));
    }
    Ok(Uid::from_raw(number))
}

fn gid(number: u32) -> Result<Gid, RightsError> {
    if number == u32::MAX {
        return Err(failed(STEP)(format!("{number} is no group")));
    }
    Ok(Gid::from_raw(number))
}

impl From<User> for Identity {
    fn from(user: User) -> Self {
        Self { user: user.uid.as_raw(), group: user.gid.as_raw(), name: Some(user.name) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sudo_is_believed_where_it_names_a_user_who_is_not_root() {
        for (text, expected) in
            [("1000", Some(1000)), ("0", None), ("", None), ("-1", None), ("4294967295", None), ("jo", None)]
        {
            assert_eq!(sudo_number(text), expected, "{text:?}");
        }
    }

    #[test]
    fn users_are_named_or_numbered_and_are_not_root() {
        assert_eq!(named("54321").unwrap().group, 54_321);
        for (text, says) in [("root", "is root"), ("0", "is root"), ("no such user", "there is no user")] {
            let error = named(text).unwrap_err().to_string();
            assert!(error.contains(says) && error.contains("--keep-privileges"), "{error}");
        }
    }

    #[test]
    fn nobody_is_somebody() {
        assert!(nobody().user != 0 && nobody().group != 0);
    }
}
