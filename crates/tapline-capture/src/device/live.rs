//! A source over a device.

use std::os::fd::AsFd;
use std::path::PathBuf;

use pcap::{Active, Capture, Inactive, Precision};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{FdFlags, fcntl_getfd, fcntl_setfd};
use tapline_packet::{LinkType, Packet, Timestamp};

use super::list::{devices, libpcap, reason};
use crate::facts::{Damage, Facts, FileFacts, Interface};
use crate::limits::IDLE_MS;
use crate::{CaptureError, Container, Item, Progress, Source};

/// How long the kernel collects packets before it wakes the reader: few wake-ups, and little to wait for.
const BATCH_MS: i32 = 10;

/// How a device is captured on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceOptions {
    /// A filter in libpcap's language; `None` captures everything.
    pub filter: Option<String>,
    /// Octets after which frames are cut.
    pub snaplen: u32,
    /// Size of the kernel's buffer, which bridges the time in which nobody reads.
    pub buffer_bytes: u32,
    /// Whether frames to other machines are wanted too.
    pub promiscuous: bool,
    /// Whether a radio shows all frames of its channel.
    pub monitor: bool,
}

impl Default for DeviceOptions {
    fn default() -> Self {
        Self { filter: None, snaplen: 262_144, buffer_bytes: 64 << 20, promiscuous: true, monitor: false }
    }
}

/// Opens a device. Waiting packets come at once; where there are none, [`Item::Idle`] comes back ten times a second.
pub fn open_device(name: &str, options: &DeviceOptions) -> Result<Box<dyn Source + Send>, CaptureError> {
    libpcap()?;
    let failed = |error: pcap::Error| device_error(name, &reason(&error));
    let inactive = Capture::from_device(name).map_err(failed)?;
    let inactive = with_options(inactive, options);
    let fraction_ns = if tapline_libpcap::nanoseconds_refused() { 1_000 } else { 1 };
    let mut capture = inactive.open().map_err(failed)?;
    if let Some(filter) = &options.filter {
        capture
            .filter(filter, true)
            .map_err(|error| CaptureError::Filter { filter: filter.clone(), reason: reason(&error) })?;
    }
    let capture = capture.setnonblock().map_err(failed)?;
    close_on_exec(&capture).map_err(|error| device_error(name, &error.to_string()))?;
    Ok(Box::new(Live::new(name, options, capture, fraction_ns)))
}

fn with_options(inactive: Capture<Inactive>, options: &DeviceOptions) -> Capture<Inactive> {
    let positive = |value: u32| i32::try_from(value).unwrap_or(i32::MAX);
    let inactive = if options.monitor { inactive.rfmon(true) } else { inactive };
    inactive
        .promisc(options.promiscuous)
        .snaplen(positive(options.snaplen))
        .buffer_size(positive(options.buffer_bytes))
        .timeout(BATCH_MS)
        .precision(Precision::Nano)
}

/// Programs that this one starts have no business with the raw socket.
fn close_on_exec(capture: &Capture<Active>) -> rustix::io::Result<()> {
    let flags = fcntl_getfd(capture.as_fd())?;
    fcntl_setfd(capture.as_fd(), flags | FdFlags::CLOEXEC)
}

/// The error that what libpcap said stands for.
fn device_error(name: &str, reason: &str) -> CaptureError {
    let device = name.to_owned();
    let says = |word: &str| reason.to_ascii_lowercase().contains(word);
    if says("permission") || says("not permitted") {
        CaptureError::DevicePermission { device }
    } else if says("no such device") || says("doesn't exist") {
        let names: Vec<String> = devices().unwrap_or_default().into_iter().map(|one| one.name).collect();
        let hint = match names.as_slice() {
            [] => "list the devices with: tapline interfaces".to_owned(),
            names => format!("there are {}", names.join(", ")),
        };
        CaptureError::NoSuchDevice { device, hint }
    } else {
        CaptureError::Device { device, reason: reason.to_owned() }
    }
}

/// ```text
/// Draining ── nothing there: Idle ──> Waiting ── readable, or 100 ms: Idle ──> …
///    ^                                   │ readable
///    └───────────── packet ──────────────┘
/// ```
struct Live {
    capture: Capture<Active>,
    /// Nanoseconds in a unit of a packet's fraction of a second.
    fraction_ns: i64,
    /// Nothing was there at the last look: wait before the next.
    waiting: bool,
    ended: bool,
    link_type: LinkType,
    packets: u64,
    bytes: u64,
    totals: Totals,
    facts: Facts,
}

impl Live {
    fn new(name: &str, options: &DeviceOptions, capture: Capture<Active>, fraction_ns: i64) -> Self {
        // libpcap's numbers of link types are those of files, but for a few of BSD's.
        let link_type = LinkType(u16::try_from(capture.get_datalink().0).unwrap_or(u16::MAX));
        let file = FileFacts { path: PathBuf::from(name), container: Container::Device, compression: None };
        let interface = Interface {
            name: Some(name.to_owned()),
            link_type: Some(link_type),
            snaplen: Some(options.snaplen),
            filter: options.filter.clone(),
            ..Interface::default()
        };
        let facts = Facts { files: vec![file], interfaces: vec![interface], ..Facts::default() };
        let totals = Totals::default();
        Self {
            capture,
            fraction_ns,
            waiting: false,
            ended: false,
            link_type,
            packets: 0,
            bytes: 0,
            totals,
            facts,
        }
    }

    /// Whether there is something to read, or the time is up.
    fn wait(&self) -> bool {
        let mut watched = [PollFd::new(&self.capture, PollFlags::IN)];
        let patience = Timespec { tv_sec: 0, tv_nsec: IDLE_MS * 1_000_000 };
        // An interrupted wait is as good as one that is over.
        poll(&mut watched, Some(&patience)).unwrap_or(0) > 0
    }

    /// Asks for the counters. They wrap at 32 bits, so it has to be done now and then.
    fn count(&mut self) {
        let Ok(stats) = self.capture.stats() else { return };
        self.totals.add(stats.received, stats.dropped, stats.if_dropped);
        if let Some(interface) = self.facts.interfaces.first_mut() {
            interface.received = Some(self.totals.received.sum);
            interface.os_dropped = Some(self.totals.dropped.sum);
            interface.dropped = Some(self.totals.interface_dropped.sum);
        }
    }
}

impl Source for Live {
    fn next(&mut self) -> Item<'_> {
        if self.ended {
            return Item::End;
        }
        if self.waiting {
            self.count();
            if !self.wait() {
                return Item::Idle;
            }
        } else if self.packets.is_multiple_of(1 << 20) {
            self.count();
        }
        match self.capture.next_packet() {
            Ok(packet) => {
                self.waiting = false;
                self.packets += 1;
                self.bytes += u64::from(packet.header.caplen);
                Item::Packet(Packet {
                    number: self.packets,
                    at: Some(time(packet.header.ts.tv_sec, packet.header.ts.tv_usec, self.fraction_ns)),
                    interface: 0,
                    link_type: self.link_type,
                    wire_length: packet.header.len.max(packet.header.caplen),
                    data: packet.data,
                })
            }
            Err(pcap::Error::TimeoutExpired) => {
                self.waiting = true;
                Item::Idle
            }
            Err(error) => {
                self.ended = true;
                if let Some(file) = self.facts.files.first() {
                    let (path, what) = (file.path.clone(), format!("capturing ended: {}", reason(&error)));
                    let damage = Damage { path, offset: self.bytes, what, after_packet: self.packets };
                    self.facts.add_damage(damage);
                }
                Item::End
            }
        }
    }

    fn facts(&self) -> &Facts {
        &self.facts
    }

    fn progress(&self) -> Progress {
        Progress { read_bytes: self.bytes, total_bytes: None }
    }
}

/// Seconds and fractions as libpcap gives them; their C types differ from machine to machine.
fn time(seconds: impl Into<i64>, fraction: impl Into<i64>, fraction_ns: i64) -> Timestamp {
    let seconds_ns = seconds.into().saturating_mul(1_000_000_000);
    Timestamp(seconds_ns.saturating_add(fraction.into().saturating_mul(fraction_ns)))
}

/// Counters that do not wrap, over counters that do.
#[derive(Clone, Copy, Debug, Default)]
struct Totals {
    received: Total,
    dropped: Total,
    interface_dropped: Total,
}

#[derive(Clone, Copy, Debug, Default)]
struct Total {
    last: u32,
    sum: u64,
}

impl Totals {
    fn add(&mut self, received: u32, dropped: u32, interface_dropped: u32) {
        self.received.add(received);
        self.dropped.add(dropped);
        self.interface_dropped.add(interface_dropped);
    }
}

impl Total {
    fn add(&mut self, now: u32) {
        self.sum += u64::from(now.wrapping_sub(self.last));
        self.last = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_go_on_where_the_counters_wrap() {
        let mut total = Total::default();
        for (now, expected) in
            [(10, 10), (u32::MAX, u64::from(u32::MAX)), (4, (1 << 32) + 4), (4, (1 << 32) + 4)]
        {
            total.add(now);
            assert_eq!(total.sum, expected);
        }
    }

    #[test]
    fn a_fraction_counts_micro_or_nanoseconds() {
        assert_eq!(time(2_i64, 5_i64, 1_000), Timestamp(2_000_005_000));
        assert_eq!(time(2_i64, 5_i64, 1), Timestamp(2_000_000_005));
    }

    #[test]
    fn what_libpcap_says_becomes_an_error_with_a_remedy() {
        let check = |reason: &str, expected: &str| {
            let text = device_error("eth9", reason).to_string();
            assert!(text.starts_with(expected), "{text}");
        };
        check(
            "eth9: You don't have permission to perform this capture on that device (socket: Operation not permitted)",
            "no permission to capture on eth9: grant CAP_NET_RAW (sudo setcap cap_net_raw,cap_net_admin=ep ",
        );
        check("eth9: No such device exists (No such device exists)", "no such device: eth9: ");
        check(
            "eth9: That device is not up",
            "cannot capture on eth9 (eth9: That device is not up): see whether",
        );
    }
}
