//! Counters that do not wrap, over counters that do.

/// What a device has counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Totals {
    pub(super) received: Total,
    pub(super) dropped: Total,
    pub(super) interface_dropped: Total,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Total {
    last: u32,
    pub(super) sum: u64,
}

impl Totals {
    /// Takes the counters as they stand now.
    pub(super) fn add(&mut self, now: &pcap::Stat) {
        self.received.add(now.received);
        self.dropped.add(now.dropped);
        self.interface_dropped.add(now.if_dropped);
    }

    /// Packets that were lost.
    pub(super) fn lost(&self) -> u64 {
        self.dropped.sum + self.interface_dropped.sum
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
}
