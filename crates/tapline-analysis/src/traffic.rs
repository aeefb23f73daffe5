//! How much was on the wire, over time.

use tapline_packet::Timestamp;

use crate::limits::TRAFFIC_POINTS_MAX;

/// What was on the wire in a stretch of time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Load {
    /// Packets.
    pub packets: u64,
    /// Octets on the wire.
    pub bytes: u64,
}

/// How much was on the wire over time: never more than [`TRAFFIC_POINTS_MAX`] stretches, whatever the capture lasts.
/// When they are full, two become one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Traffic {
    start: Option<Timestamp>,
    /// A stretch is 2 to the power of this, in nanoseconds.
    shift: u32,
    loads: Vec<Load>,
}

/// The first stretch: 65 µs.
const SHIFT_FIRST: u32 = 16;

impl Default for Traffic {
    fn default() -> Self {
        Self { start: None, shift: SHIFT_FIRST, loads: Vec::new() }
    }
}

impl Traffic {
    /// Adds a packet. One from before the first stands with the first.
    #[inline]
    pub(crate) fn add(&mut self, at: Timestamp, bytes: u32) {
        let start = *self.start.get_or_insert(at);
        let since = u64::try_from(at.since(start)).unwrap_or(0);
        let mut index = usize::try_from(since >> self.shift).unwrap_or(usize::MAX);
        if index >= self.loads.len() {
            index = self.make_room(since);
        }
        if let Some(load) = self.loads.get_mut(index) {
            load.packets += 1;
            load.bytes += u64::from(bytes);
        }
    }

    #[cold]
    fn make_room(&mut self, since: u64) -> usize {
        while since >> self.shift >= TRAFFIC_POINTS_MAX as u64 {
            let halved = self.loads.chunks(2).map(|pair| {
                let sum = |sum: Load, load: &Load| Load {
                    packets: sum.packets + load.packets,
                    bytes: sum.bytes + load.bytes,
                };
                pair.iter().fold(Load::default(), sum)
            });
            self.loads = halved.collect();
            self.shift += 1;
        }
        let index = usize::try_from(since >> self.shift).unwrap_or(0);
        self.loads.resize(self.loads.len().max(index + 1), Load::default());
        index
    }

    /// When the first stretch begins; `None` before the first packet.
    pub fn start(&self) -> Option<Timestamp> {
        self.start
    }

    /// How long each stretch is, nanoseconds.
    pub fn step_ns(&self) -> u64 {
        1 << self.shift
    }

    /// The stretches, in order, up to the last with a packet.
    pub fn loads(&self) -> &[Load] {
        &self.loads
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_when_stretches_become_one() {
        let mut traffic = Traffic::default();
        let second = 1_000_000_000;
        let start = 1_700_000_000 * second;
        for n in 0..10_000 {
            traffic.add(Timestamp(start + n * second / 10), 100);
        }
        assert!(traffic.loads().len() <= TRAFFIC_POINTS_MAX);
        assert!(traffic.loads().len() > TRAFFIC_POINTS_MAX / 4, "{}", traffic.loads().len());
        let packets: u64 = traffic.loads().iter().map(|load| load.packets).sum();
        let bytes: u64 = traffic.loads().iter().map(|load| load.bytes).sum();
        assert_eq!((packets, bytes), (10_000, 1_000_000));
        let whole = traffic.step_ns() * traffic.loads().len() as u64;
        assert!(whole.abs_diff(1000 * 1_000_000_000) <= traffic.step_ns(), "{whole}");
    }

    #[test]
    fn any_time_is_taken() {
        let mut traffic = Traffic::default();
        for at in [0, i64::MAX, i64::MIN, -5, 1] {
            traffic.add(Timestamp(at), u32::MAX);
        }
        let packets: u64 = traffic.loads().iter().map(|load| load.packets).sum();
        assert_eq!(packets, 5);
        assert!(traffic.loads().len() <= TRAFFIC_POINTS_MAX);
    }
}
