//! What happens to an interface, and to the machine, while nobody asks libpcap: it says nothing of an interface that
//! goes down and comes up again.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use crate::facts::{Happening, Incident};

/// Between two looks: a look reads a file.
const LOOK: Duration = Duration::from_millis(200);

/// Shorter sleep is the kernel's imprecision.
const SLEEP_MIN: Duration = Duration::from_secs(1);

/// Looks at an interface now and then.
pub(super) struct Watch {
    name: String,
    /// The interface's flags as sysfs tells them; opened before rights are given up. `None` for what is no interface of
    /// the kernel's (`any`), and on other systems.
    flags: Option<File>,
    is_up: bool,
    /// Time since the machine started in which it was awake, at the last look.
    looked: Duration,
    /// Time since the machine started in which it slept.
    slept: Duration,
}

impl Watch {
    pub(super) fn of(name: &str) -> Self {
        let flags = File::open(format!("/sys/class/net/{name}/flags")).ok();
        let is_up = flags.as_ref().and_then(is_up).unwrap_or(true);
        Self { name: name.to_owned(), flags, is_up, looked: awake(), slept: asleep() }
    }

    /// What happened since the last look.
    pub(super) fn look(&mut self) -> Vec<Happening> {
        let now = awake();
        if now.saturating_sub(self.looked) < LOOK {
            return Vec::new();
        }
        self.looked = now;
        let mut happened = Vec::from_iter(self.sleep(asleep()));
        // An interface that is gone has no flags; libpcap says so too.
        if let Some(is_up) = self.flags.as_ref().and_then(is_up).filter(|is_up| *is_up != self.is_up) {
            self.is_up = is_up;
            happened.push(if is_up { Happening::Up } else { Happening::Down });
        }
        happened
    }

    /// That the machine slept, if it has now slept for longer than at the last look.
    fn sleep(&mut self, slept: Duration) -> Option<Happening> {
        let sleep = slept.saturating_sub(std::mem::replace(&mut self.slept, slept));
        (sleep >= SLEEP_MIN).then_some(Happening::Suspended(sleep))
    }

    /// It, with the interface's name.
    pub(super) fn incident(&self, what: Happening, after_packet: u64) -> Incident {
        let interface = (!matches!(what, Happening::Suspended(_))).then(|| self.name.clone());
        Incident { interface, after_packet, what }
    }
}

/// `IFF_UP` of `0x1003`.
fn is_up(flags: &File) -> Option<bool> {
    let mut text = [0; 16];
    let length = flags.read_at(&mut text, 0).ok()?;
    let text = std::str::from_utf8(text.get(..length)?).ok()?;
    let flags = u32::from_str_radix(text.trim().strip_prefix("0x")?, 16).ok()?;
    Some(flags & 1 != 0)
}

fn awake() -> Duration {
    duration(ClockId::Monotonic)
}

/// The clock that goes on while the machine sleeps, without the one that does not.
fn asleep() -> Duration {
    #[cfg(target_os = "linux")]
    return duration(ClockId::Boottime).saturating_sub(awake());
    #[cfg(not(target_os = "linux"))]
    Duration::ZERO
}

fn duration(clock: ClockId) -> Duration {
    Duration::try_from(clock_gettime(clock)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn an_interface_that_goes_down_and_up_is_told_once_each() {
        let mut flags = tempfile::NamedTempFile::new().unwrap();
        flags.write_all(b"0x1003\n").unwrap();
        let file = flags.reopen().unwrap();
        let mut watch = Watch { flags: Some(file), ..Watch::of("no-such-interface") };
        let mut look = |text: &[u8]| {
            flags.as_file_mut().set_len(0).unwrap();
            flags.as_file_mut().write_all_at(text, 0).unwrap();
            watch.looked = Duration::ZERO;
            watch.look()
        };
        assert_eq!(look(b"0x1003\n"), []);
        assert_eq!(look(b"0x1002\n"), [Happening::Down]);
        assert_eq!(look(b"0x1002\n"), []);
        assert_eq!(look(b"0x1043\n"), [Happening::Up]);
        assert_eq!(look(b""), []);
    }

    #[test]
    fn a_machine_that_slept_says_for_how_long() {
        let mut watch = Watch { slept: Duration::from_secs(5), ..Watch::of("lo") };
        assert_eq!(watch.sleep(Duration::from_millis(5_300)), None);
        let slept = Duration::from_millis(95_300);
        assert_eq!(watch.sleep(slept), Some(Happening::Suspended(Duration::from_secs(90))));
        assert_eq!(watch.sleep(slept), None);
    }
}
