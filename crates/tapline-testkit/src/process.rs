//! What a running process takes.

/// Memory that is its own, KiB; a mapped file is not. `None` where it has ended, or the system does not say.
pub fn own_kib(id: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_is_seen() {
        let Some(before) = own_kib(std::process::id()) else {
            crate::skipped("no /proc");
            return;
        };
        let taken = vec![1_u8; 32 << 20];
        let after = own_kib(std::process::id()).unwrap();
        assert!(after >= before + (24 << 10), "{before} and {} more are {after}", taken.len() >> 10);
        assert_eq!(own_kib(u32::MAX), None);
    }
}
