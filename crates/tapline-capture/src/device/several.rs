//! Several devices as one source.

use std::collections::BTreeMap;

use tapline_packet::{Packet, Timestamp};

use super::live::{Live, now, wait};
use crate::bundle::Bundle;
use crate::facts::Heard;
use crate::limits::{BATCH_MS, BUNDLE_BYTES, IDLE_MS};
use crate::{Facts, Item, Progress, Source};

/// How long after its time a packet may still be on its way from the kernel, which collects for [`BATCH_MS`].
const SETTLED_NS: i64 = 2 * BATCH_MS as i64 * 1_000_000;

/// Devices as one source, in the order of their packets' times. The next packet waits until no device can have an
/// earlier one any more.
pub(super) struct Several {
    lines: Vec<Line>,
    facts: Facts,
    packets: u64,
    /// Nothing could be told at the last look: wait before the next.
    waiting: bool,
}

/// A device, and what it has shown.
struct Line {
    device: Live,
    shown: Bundle,
    /// Which of the shown ones is the next.
    next: usize,
    /// All packets until then have been shown.
    settled: Timestamp,
    heard: Heard,
    /// What of its facts was left out, as far as it was told.
    left_out: BTreeMap<&'static str, u64>,
}

impl Several {
    pub(super) fn new(devices: Vec<Live>) -> Self {
        let line = |device| Line {
            device,
            shown: Bundle::default(),
            next: 0,
            settled: Timestamp(i64::MIN),
            heard: Heard::default(),
            left_out: BTreeMap::new(),
        };
        let mut several = Self {
            lines: devices.into_iter().map(line).collect(),
            facts: Facts::default(),
            packets: 0,
            waiting: false,
        };
        several.hear();
        several
    }

    /// Which device has the next packet, once that is certain.
    fn choose(&self) -> Option<usize> {
        let heads = self.lines.iter().enumerate();
        let heads = heads.filter_map(|(index, line)| Some((line.shown.get(line.next)?.at, index)));
        let (at, index) = heads.min()?;
        let silent = self.lines.iter().filter(|line| line.is_silent());
        let is_certain = silent.map(|line| line.settled).min().is_none_or(|settled| at <= Some(settled));
        is_certain.then_some(index)
    }

    /// Waits for devices that have nothing; not for long where packets of others wait for them.
    fn wait(&self) {
        let silent: Vec<_> =
            self.lines.iter().filter(|line| line.is_silent()).map(|line| &line.device).collect();
        let is_held = self.lines.iter().any(|line| line.next < line.shown.len());
        wait(&silent, if is_held { i64::from(BATCH_MS) } else { IDLE_MS });
    }

    /// Takes what devices say beside their packets.
    fn hear(&mut self) {
        for (index, line) in self.lines.iter_mut().enumerate() {
            let Some(news) = line.device.facts().since(&mut line.heard) else { continue };
            let Facts { files, interfaces, drops, incidents, damages, left_out, .. } = news;
            self.facts.files.extend(files);
            for mut interface in interfaces {
                interface.file = index;
                match self.facts.interfaces.get_mut(index) {
                    Some(known) => *known = interface,
                    None => self.facts.interfaces.push(interface),
                }
            }
            for mut drop in drops {
                drop.interface = u32::try_from(index).ok();
                self.facts.drops.push(drop);
            }
            for mut incident in incidents {
                incident.after_packet = self.packets;
                self.facts.add_incident(incident);
            }
            for mut damage in damages {
                damage.after_packet = self.packets;
                self.facts.add_damage(damage);
            }
            add_left_out(&mut self.facts.left_out, left_out, &mut line.left_out);
            self.facts.counts += 1;
        }
    }
}

/// Adds what a device left out to what all did; it counts from its beginning, so what was told of it is taken off.
fn add_left_out(
    all: &mut BTreeMap<&'static str, u64>,
    now: BTreeMap<&'static str, u64>,
    told: &mut BTreeMap<&'static str, u64>,
) {
    for (&what, &count) in &now {
        *all.entry(what).or_default() += count.saturating_sub(told.get(what).copied().unwrap_or(0));
    }
    *told = now;
}

impl Line {
    /// Has nothing to show, and may have something later.
    fn is_silent(&self) -> bool {
        self.next >= self.shown.len() && !self.device.is_over()
    }

    /// Takes what the device has where everything was told that it has shown.
    fn refill(&mut self) {
        if !self.is_silent() {
            return;
        }
        self.shown.clear();
        self.next = 0;
        let asked = now();
        while self.shown.bytes() < BUNDLE_BYTES {
            match self.device.take() {
                Item::Packet(packet) => self.shown.push(&packet),
                Item::Idle | Item::End => break,
            }
        }
        self.settled = Timestamp(asked.0.saturating_sub(SETTLED_NS));
    }
}

impl Source for Several {
    fn next(&mut self) -> Item<'_> {
        if self.waiting {
            self.wait();
        }
        let chosen = self.choose().or_else(|| {
            self.lines.iter_mut().for_each(Line::refill);
            self.hear();
            self.choose()
        });
        let Some(chosen) = chosen else {
            self.waiting = true;
            let is_over =
                self.lines.iter().all(|line| line.device.is_over() && line.next >= line.shown.len());
            return if is_over { Item::End } else { Item::Idle };
        };
        self.waiting = false;
        self.packets += 1;
        let Some(line) = self.lines.get_mut(chosen) else { return Item::Idle };
        line.next += 1;
        let interface = u32::try_from(chosen).unwrap_or(u32::MAX);
        match line.shown.get(line.next - 1) {
            Some(packet) => Item::Packet(Packet { number: self.packets, interface, ..packet }),
            None => Item::Idle,
        }
    }

    fn facts(&self) -> &Facts {
        &self.facts
    }

    fn conclude(&mut self) {
        self.lines.iter_mut().for_each(|line| line.device.conclude());
        self.hear();
    }

    fn progress(&self) -> Progress {
        let read_bytes = self.lines.iter().map(|line| line.device.progress().read_bytes).sum();
        Progress { read_bytes, total_bytes: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_devices_left_out_is_added_up_once() {
        let (mut all, mut told) = (BTreeMap::from([("incidents", 1)]), [BTreeMap::new(), BTreeMap::new()]);
        for (device, drops) in [(0, 2), (1, 5), (0, 3), (0, 3)] {
            add_left_out(&mut all, BTreeMap::from([("places of drops", drops)]), &mut told[device]);
        }
        assert_eq!(all, BTreeMap::from([("incidents", 1), ("places of drops", 8)]));
    }
}
