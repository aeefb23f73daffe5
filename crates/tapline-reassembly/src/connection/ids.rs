//! What the IP identifications of a side say of packets that were not captured.

use tapline_packet::Timestamp;

/// Steps of one in a row before they are believed to count packets.
const STEPS_MIN: u8 = 4;

/// The most packets that a jump is taken for; one of a counter that is the connection's own is not larger.
const JUMP_MAX: u16 = 64;

/// The shortest pause behind which something may have been sent again, milliseconds: Linux probes for a lost tail
/// (RFC 8985 §7) after no less than two ticks.
const TIMEOUT_MIN_MS: u32 = 8;

/// The identifications of one side's packets. RFC 6864 does not ask for it, but Linux, Windows and others count
/// them up by one with every packet of a connection, sent again or not: a jump is packets that this capture did not
/// see. Some count over all connections of a host, as address translators do: that shows in jumps where nothing can
/// have been lost, and ends the belief.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ids {
    /// The next one, if they count.
    next: u16,
    /// Steps of one in a row.
    steps: u8,
    /// They count others' packets as well.
    are_shared: bool,
    /// When the newest came, milliseconds, wrapped around.
    at_ms: u32,
}

/// A segment, as far as its identification is asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Numbered {
    /// IPv6 has none.
    pub(super) identification: Option<u16>,
    /// How many packets it is on the wire: more than one where a card put them together.
    pub(super) packets: u16,
    /// Whether it begins where what was seen of its side ends: no octets before it are missing.
    pub(super) goes_on: bool,
    pub(super) at: Timestamp,
}

impl Ids {
    /// Takes a segment. Gives how many packets were sent before it and not seen, as far as that can be told.
    pub(super) fn see(&mut self, segment: Numbered) -> u16 {
        let Some(identification) = segment.identification.filter(|_| !self.are_shared) else { return 0 };
        let jump = identification.wrapping_sub(self.next);
        let is_believed = self.steps >= STEPS_MIN;
        if is_believed && (identification == 0 && jump != 0 || jump > u16::MAX - JUMP_MAX) {
            // Overtaken, or none: Linux answers for connections that it does not know with 0.
            return 0;
        }
        let at_ms = milliseconds(segment.at);
        let pause = at_ms.wrapping_sub(std::mem::replace(&mut self.at_ms, at_ms));
        self.next = identification.wrapping_add(segment.packets);
        if jump == 0 {
            self.steps = self.steps.saturating_add(1);
            return 0;
        }
        if !is_believed {
            self.steps = 0;
            return 0;
        }
        self.are_shared = jump > JUMP_MAX || segment.goes_on && pause < TIMEOUT_MIN_MS;
        if self.are_shared { 0 } else { jump }
    }
}

/// Wrapped around every seven weeks.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it wraps around")]
fn milliseconds(at: Timestamp) -> u32 {
    (at.0 / 1_000_000) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Segments a second apart.
    fn check(identifications: &[u16], expected: &[u16]) {
        let mut ids = Ids::default();
        let seen: Vec<_> =
            (0..).zip(identifications).map(|(at, &id)| ids.see(numbered(id, at * 1000, true))).collect();
        assert_eq!(seen, expected, "{identifications:?}");
    }

    fn numbered(identification: u16, at_ms: i64, goes_on: bool) -> Numbered {
        let at = Timestamp(at_ms * 1_000_000);
        Numbered { identification: Some(identification), packets: 1, goes_on, at }
    }

    /// Five that count, then one that jumps by two, then one that jumps by three a second later.
    fn after(pause_ms: i64, goes_on: bool) -> [u16; 2] {
        let mut ids = Ids::default();
        for id in 1..6 {
            assert_eq!(ids.see(numbered(id, 0, true)), 0);
        }
        [ids.see(numbered(8, pause_ms, goes_on)), ids.see(numbered(12, pause_ms + 1000, true))]
    }

    #[test]
    fn a_jump_counts_once_single_steps_were_seen() {
        check(&[7, 8, 9, 10, 11, 15, 16], &[0, 0, 0, 0, 0, 3, 0]);
        check(&[7, 8, 9, 13], &[0; 4]);
        check(&[65_533, 65_534, 65_535, 0, 1, 3], &[0, 0, 0, 0, 0, 1]);
    }

    #[test]
    fn other_numbers_count_nothing() {
        check(&[0; 8], &[0; 8]);
        check(&[9, 4711, 12, 60_000, 17, 18, 90], &[0; 7]);
        check(&[1, 2, 3, 4, 5, 1000, 1001], &[0; 7]);
    }

    #[test]
    fn a_counter_that_jumps_where_nothing_can_be_lost_counts_others_packets_too() {
        assert_eq!(after(200, true), [2, 3], "sent again after a timeout");
        assert_eq!(after(0, false), [2, 3], "octets are missing");
        assert_eq!(after(7, true), [0, 0], "it goes on at once");
        check(&[1, 2, 3, 4, 5, 1000, 1001, 1002, 1003, 1004, 1005, 1007], &[0; 12]);
    }

    #[test]
    fn no_number_is_no_jump() {
        check(&[101, 102, 103, 104, 105, 0, 106, 108], &[0, 0, 0, 0, 0, 0, 0, 1]);
    }

    #[test]
    fn a_packet_that_was_overtaken_is_none_that_was_lost() {
        check(&[1, 2, 3, 4, 5, 7, 6, 8], &[0, 0, 0, 0, 0, 1, 0, 0]);
    }

    #[test]
    fn one_segment_may_be_many_packets() {
        let mut ids = Ids::default();
        let mut see = |identification, packets| {
            let at = Timestamp(0);
            ids.see(Numbered { identification, packets, goes_on: true, at })
        };
        assert_eq!([1, 2, 3, 4, 5].map(|id| see(Some(id), 1)), [0; 5]);
        assert_eq!([see(Some(6), 10), see(Some(16), 1), see(None, 1)], [0; 3]);
    }
}
