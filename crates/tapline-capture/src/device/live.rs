//! A source over one device.

use std::path::PathBuf;

use pcap::{Active, Capture};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::time::{ClockId, clock_gettime};
use tapline_packet::{LinkType, Packet, Timestamp};

use super::list::reason;
use super::open::DeviceOptions;
use super::totals::Totals;
use super::watch::Watch;
use crate::facts::{Damage, Facts, FileFacts, Happening, Interface};
use crate::limits::{COUNTED_PACKETS, IDLE_MS};
use crate::{Container, Item, Progress, Source};

/// ```text
/// Draining ── nothing there: Idle ──> Waiting ── readable, or 100 ms: Idle ──> …
///    ^                                   │ readable
///    └───────────── packet ──────────────┘
/// ```
pub(super) struct Live {
    capture: Capture<Active>,
    /// Nanoseconds in a unit of a packet's fraction of a second.
    fraction_ns: i64,
    /// Nothing was there at the last look: wait before the next.
    waiting: bool,
    /// Why nothing will come any more, where that was not told yet.
    failure: Option<String>,
    ended: bool,
    link_type: LinkType,
    packets: u64,
    bytes: u64,
    totals: Totals,
    watch: Watch,
    /// Packets that were lost until a time, and no packet behind it has come yet.
    lost: Option<(u64, Timestamp)>,
    facts: Facts,
}

impl Live {
    pub(super) fn new(
        name: &str,
        options: &DeviceOptions,
        capture: Capture<Active>,
        fraction_ns: i64,
    ) -> Self {
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
        Self {
            capture,
            fraction_ns,
            waiting: false,
            failure: None,
            ended: false,
            link_type,
            packets: 0,
            bytes: 0,
            totals: Totals::default(),
            watch: Watch::of(name),
            lost: None,
            facts,
        }
    }

    /// Whether nothing will come any more.
    pub(super) fn is_over(&self) -> bool {
        self.ended
    }

    /// The next packet that is there already.
    pub(super) fn take(&mut self) -> Item<'_> {
        if self.ended {
            return Item::End;
        }
        if self.waiting || self.packets.is_multiple_of(COUNTED_PACKETS) {
            self.look();
        }
        if let Some(reason) = self.failure.take() {
            self.end(&reason);
            return Item::End;
        }
        match self.capture.next_packet() {
            Ok(packet) => {
                self.waiting = false;
                self.packets += 1;
                self.bytes += u64::from(packet.header.caplen);
                let at = time(packet.header.ts.tv_sec, packet.header.ts.tv_usec, self.fraction_ns);
                if let Some((lost, _)) = self.lost.take_if(|(_, until)| at > *until) {
                    self.facts.note_dropped(0, Some(at), lost);
                }
                Item::Packet(Packet {
                    number: self.packets,
                    at: Some(at),
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
                // Its last counters are asked for at the next call.
                self.failure = Some(reason(&error));
                Item::Idle
            }
        }
    }

    /// Asks what happened to the interface, and for the counters, which wrap at 32 bits.
    fn look(&mut self) {
        let happened = self.watch.look();
        for what in happened {
            self.facts.add_incident(self.watch.incident(what, self.packets));
        }
        let Ok(stats) = self.capture.stats() else { return };
        let before = self.totals;
        self.totals.add(&stats);
        if self.totals == before && self.facts.counts > 0 {
            return;
        }
        self.facts.counts += 1;
        let lost = self.totals.lost() - before.lost();
        if let Some(interface) = self.facts.interfaces.first_mut() {
            interface.received = Some(self.totals.received.sum);
            interface.os_dropped = Some(self.totals.dropped.sum);
            interface.dropped = Some(self.totals.interface_dropped.sum);
        }
        if lost > 0 {
            // Packets that wait in the kernel's buffer came before the buffer was full.
            self.lost = Some((self.lost.map_or(0, |(lost, _)| lost) + lost, now()));
        }
    }

    /// Packets that were lost at the end are followed by none.
    fn place_losses(&mut self) {
        if let Some((lost, until)) = self.lost.take() {
            self.facts.note_dropped(0, Some(until), lost);
        }
    }

    fn end(&mut self, reason: &str) {
        self.ended = true;
        self.conclude();
        let Some(file) = self.facts.files.first() else { return };
        let (path, what) = (file.path.clone(), format!("capturing ended: {reason}"));
        let damage = Damage { path, offset: self.bytes, what, after_packet: self.packets };
        self.facts.add_damage(damage);
        self.facts.add_incident(self.watch.incident(Happening::Gone, self.packets));
    }
}

impl Source for Live {
    fn next(&mut self) -> Item<'_> {
        let is_quiet = self.waiting && self.failure.is_none() && !self.ended;
        if is_quiet && !wait(&[&*self], IDLE_MS) {
            self.look();
            return Item::Idle;
        }
        self.take()
    }

    fn facts(&self) -> &Facts {
        &self.facts
    }

    fn conclude(&mut self) {
        self.look();
        self.place_losses();
    }

    fn progress(&self) -> Progress {
        Progress { read_bytes: self.bytes, total_bytes: None }
    }
}

/// Whether one of the devices has something to read within a time.
pub(super) fn wait(devices: &[&Live], patience_ms: i64) -> bool {
    let mut watched: Vec<_> =
        devices.iter().map(|device| PollFd::new(&device.capture, PollFlags::IN)).collect();
    let patience = Timespec { tv_sec: 0, tv_nsec: patience_ms * 1_000_000 };
    // An interrupted wait is as good as one that is over.
    poll(&mut watched, Some(&patience)).unwrap_or(0) > 0
}

/// The clock that stamps packets.
pub(super) fn now() -> Timestamp {
    let now = clock_gettime(ClockId::Realtime);
    time(now.tv_sec, now.tv_nsec, 1)
}

/// Seconds and fractions as libpcap gives them; their C types differ from machine to machine.
fn time(seconds: impl Into<i64>, fraction: impl Into<i64>, fraction_ns: i64) -> Timestamp {
    let seconds_ns = seconds.into().saturating_mul(1_000_000_000);
    Timestamp(seconds_ns.saturating_add(fraction.into().saturating_mul(fraction_ns)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fraction_counts_micro_or_nanoseconds() {
        assert_eq!(time(2_i64, 5_i64, 1_000), Timestamp(2_000_005_000));
        assert_eq!(time(2_i64, 5_i64, 1), Timestamp(2_000_000_005));
    }
}
