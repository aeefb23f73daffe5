//! The programs that capture, and what each says it saw.

use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tapline_capture::{Item, open};
use tapline_testkit::network::{Network, Place, Running, Stop};

use super::send::Sent;
use crate::bench::measure::children_cpu;

/// Octets of each packet; all of them fit.
const SNAPLEN: &str = "65535";

/// The kernel's buffer, for every program.
const BUFFER_MIB: u32 = 32;

/// How long a program may take to begin, and to end.
const PATIENCE: Duration = Duration::from_mins(2);

/// From the end of a file on, the last line stands in so many octets.
const LAST_LINE_BYTES: u64 = 64 << 10;

/// Who captures.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Program {
    Tcpdump,
    Tapline,
    TaplineWriting,
}

/// What a program saw, and missed.
#[derive(Clone, Copy)]
pub(super) struct Counts {
    pub(super) sent: Sent,
    pub(super) seen: u64,
    pub(super) kernel_dropped: u64,
    /// Packets in the file that it wrote, if it did.
    pub(super) written: Option<u64>,
    /// Captured and not analysed; `None` for a program that analyses nothing.
    pub(super) queue_dropped: Option<u64>,
    pub(super) cpu_seconds: f64,
}

impl Counts {
    /// Packets that did not become anything.
    pub(super) fn missed(&self) -> u64 {
        self.kernel_dropped + self.queue_dropped.unwrap_or(0)
    }
}

/// A program at work.
pub(super) struct Capturing {
    program: Program,
    running: Running,
    log: PathBuf,
    told: PathBuf,
    written: PathBuf,
}

impl Program {
    pub(super) const ALL: [Self; 3] = [Self::Tcpdump, Self::Tapline, Self::TaplineWriting];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Tcpdump => "tcpdump -w",
            Self::Tapline => "tapline export",
            Self::TaplineWriting => "tapline export -w",
        }
    }

    /// Starts it in the client's namespace and waits until it captures.
    pub(super) fn start(self, network: &Network, tapline: &Path, folder: &Path) -> Result<Capturing> {
        let (log, told) = (folder.join("log"), folder.join("told"));
        let written = folder.join("written.pcapng");
        let mut command = match self {
            Self::Tcpdump => network.command(Place::Client, "tcpdump"),
            _ => network.command(Place::Client, &tapline.display().to_string()),
        };
        if self == Self::Tcpdump {
            command.args(["-n", "-Z", "root", "-B", &(BUFFER_MIB << 10).to_string(), "-w"]).arg(&written);
        } else {
            command.args(["export", "--to", "ndjson", "-B", &BUFFER_MIB.to_string(), "-o"]).arg(&told);
        }
        if self == Self::TaplineWriting {
            command.arg("-w").arg(&written);
        }
        command.args(["-i", "eth0", "-s", SNAPLEN]);
        // And writes there.
        fs::set_permissions(folder, PermissionsExt::from_mode(0o777))?;
        let mut running = Running::start(&mut command, &log, None)?;
        let id = running.id();
        let began = Stop::default()
            .wait(self.name(), PATIENCE, || Ok((running.ended()?.is_some() || captures(id)).then_some(())));
        began?;
        if let Some(status) = running.ended()? {
            anyhow::bail!("{} ended with {status}: {}", self.name(), fs::read_to_string(&log)?);
        }
        // The ring is made a moment after the socket.
        std::thread::sleep(Duration::from_millis(300));
        Ok(Capturing { program: self, running, log, told, written })
    }
}

/// Whether a process's namespace has a packet socket that hears everything.
fn captures(process: u32) -> bool {
    let table = fs::read_to_string(format!("/proc/{process}/net/packet")).unwrap_or_default();
    table.lines().skip(1).any(|line| line.split_whitespace().nth(3) == Some("0003"))
}

impl Capturing {
    /// Ends it as Ctrl-C does and asks what it saw.
    pub(super) fn end(mut self, sent: Sent) -> Result<Counts> {
        let cpu_before = children_cpu()?;
        let status = self.running.interrupt(&Stop::default(), PATIENCE)?;
        let cpu_seconds = children_cpu()? - cpu_before;
        let log = fs::read_to_string(&self.log)?;
        ensure!(status.success(), "{} ended with {status}: {log}", self.program.name());
        let written = (self.program != Program::Tapline).then(|| packets(&self.written)).transpose()?;
        if self.program == Program::Tcpdump {
            let (seen, kernel_dropped) = (said(&log, "captured")?, said(&log, "dropped by kernel")?);
            return Ok(Counts { sent, seen, written, kernel_dropped, queue_dropped: None, cpu_seconds });
        }
        let capture: Value = serde_json::from_str(&last_line(&self.told)?)?;
        let count = |field: &str| capture[field].as_u64();
        Ok(Counts {
            sent,
            seen: count("packets").context("no packets are told")?,
            written,
            kernel_dropped: count("kernel_dropped_packets").unwrap_or(0),
            queue_dropped: Some(count("queue_dropped_packets").unwrap_or(0)),
            cpu_seconds,
        })
    }
}

/// Packets of a capture file.
fn packets(path: &Path) -> Result<u64> {
    let mut source = open(&[path.to_owned()])?;
    let mut packets = 0;
    while let Item::Packet(_) = source.next() {
        packets += 1;
    }
    let damages = &source.facts().damages;
    ensure!(damages.is_empty(), "{} is damaged: {damages:?}", path.display());
    Ok(packets)
}

/// A number in front of what tcpdump says.
fn said(log: &str, what: &str) -> Result<u64> {
    let line = log.lines().find(|line| line.contains("packet") && line.ends_with(what));
    let word = line.and_then(|line| line.split_whitespace().next());
    word.and_then(|word| word.parse().ok()).with_context(|| format!("tcpdump said nothing {what}: {log}"))
}

fn last_line(path: &Path) -> Result<String> {
    let mut file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(LAST_LINE_BYTES)))?;
    let mut end = Vec::new();
    file.read_to_end(&mut end)?;
    let end = String::from_utf8_lossy(&end).into_owned();
    end.lines().next_back().map(str::to_owned).context("nothing was told")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tcpdump_says_is_read() {
        let log = "tcpdump: listening on eth0, link-type EN10MB\n29990 packets captured\n\
            30010 packets received by filter\n20 packets dropped by kernel\n";
        assert_eq!(said(log, "captured").unwrap(), 29_990);
        assert_eq!(said(log, "dropped by kernel").unwrap(), 20);
        assert!(said("", "captured").is_err());
    }
}
