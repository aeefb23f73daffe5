//! Sending a capture at a rate.

use std::fmt;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use tapline_testkit::network::{Network, Place};

/// Packets that are sent where there is no rate to go by, a second.
const TOP_PACKETS: u32 = 300_000;

/// How fast.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rate {
    /// Packets a second.
    Packets(u32),
    /// As many as can be sent.
    Top,
}

/// What was sent.
#[derive(Clone, Copy)]
pub(super) struct Sent {
    pub(super) packets: u64,
    pub(super) a_second: f64,
}

impl Rate {
    pub(super) fn of(packets: u32) -> Self {
        if packets == 0 { Self::Top } else { Self::Packets(packets) }
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Packets(packets) => write!(f, "{packets}"),
            Self::Top => f.write_str("top speed"),
        }
    }
}

/// Sends a capture from the server's namespace for about so many seconds, again and again, each time with other
/// addresses.
pub(super) fn send(network: &Network, load: &Path, rate: Rate, seconds: u32) -> Result<Sent> {
    let a_second = if let Rate::Packets(packets) = rate { packets } else { TOP_PACKETS };
    let limit = u64::from(a_second) * u64::from(seconds);
    let speed = match rate {
        Rate::Packets(packets) => format!("--pps={packets}"),
        Rate::Top => "--topspeed".to_owned(),
    };
    let mut command = network.command(Place::Server, "tcpreplay");
    command.args(["--intf1=eth0", "--preload-pcap", "--unique-ip", "--loop=100000", &speed]);
    command.arg(format!("--limit={limit}")).arg(load);
    let output = command.output().context("cannot run tcpreplay")?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(
        output.status.success(),
        "tcpreplay ended with {}: {}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    sent(&said).with_context(|| format!("tcpreplay said nothing of what it sent: {said}"))
}

/// Reads "Actual: 30000 packets (…) sent in 3.00 seconds" and "Successful packets: 30000".
fn sent(said: &str) -> Option<Sent> {
    let actual = said.lines().find_map(|line| line.trim().strip_prefix("Actual:"))?;
    let seconds: f64 = actual.split("sent in").nth(1)?.split_whitespace().next()?.parse().ok()?;
    let successful = said.lines().find_map(|line| line.trim().strip_prefix("Successful packets:"))?;
    let packets: u32 = successful.trim().parse().ok()?;
    Some(Sent { packets: packets.into(), a_second: f64::from(packets) / seconds.max(0.001) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tcpreplay_says_is_read() {
        let said = "Actual: 30000 packets (18000000 bytes) sent in 3.00 seconds\n\
            Rated: 6000000.0 Bps, 48.00 Mbps, 10000.00 pps\n\
            Statistics for network device: eth0\n\tSuccessful packets:        29990\n\tFailed packets: 10\n";
        let sent = sent(said).unwrap();
        assert_eq!((sent.packets, sent.a_second.round().to_string().as_str()), (29_990, "9997"));
    }
}
