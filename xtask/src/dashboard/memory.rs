//! What a process and its children take, as the system tells it.

use std::fs;

use tapline_testkit::own_kib;

use crate::bench::measure::mib;

/// Memory, in MiB.
#[derive(Clone, Copy, Default)]
pub(super) struct Memory {
    /// All that is resident, pages of files too, which the system can drop.
    pub(super) resident: f64,
    /// The program's own.
    pub(super) own: f64,
}

impl Memory {
    /// The larger of both.
    #[must_use]
    pub(super) fn max(self, other: Self) -> Self {
        Self { resident: self.resident.max(other.resident), own: self.own.max(other.own) }
    }
}

/// What a process takes now; its peak where the system keeps that.
pub(super) fn of(id: u32) -> Option<Memory> {
    Some(Memory { resident: field(id, "VmHWM:")?, own: own(id)? })
}

/// What a process and all that it started take now, together.
pub(super) fn of_family(id: u32) -> Memory {
    let mut family = vec![id];
    let parents = parents();
    loop {
        let children =
            parents.iter().filter(|(child, parent)| family.contains(parent) && !family.contains(child));
        let children: Vec<u32> = children.map(|&(child, _)| child).collect();
        if children.is_empty() {
            break;
        }
        family.extend(children);
    }
    let of_all = |figure: &dyn Fn(u32) -> Option<f64>| family.iter().filter_map(|&id| figure(id)).sum();
    Memory { resident: of_all(&|id| field(id, "VmRSS:")), own: of_all(&own) }
}

/// Every process with the one that started it.
fn parents() -> Vec<(u32, u32)> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let ids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    ids.filter_map(|id| {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        let (_, behind_name) = stat.rsplit_once(')')?;
        Some((id, behind_name.split_whitespace().nth(1)?.parse().ok()?))
    })
    .collect()
}

/// What is a process's own, in MiB.
fn own(id: u32) -> Option<f64> {
    own_kib(id).map(mib)
}

/// A figure of `/proc/PID/status`, in MiB.
fn field(id: u32, name: &str) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok().map(mib)
}
