//! What the IP identifications of a side say of packets that were not captured.

/// Steps of one in a row before they are believed to count packets.
const STEPS_MIN: u8 = 4;

/// The most packets that a jump is taken for; anything larger is no count.
const JUMP_MAX: u16 = 64;

/// The identifications of one side's packets. RFC 6864 does not ask for it, but Linux, Windows and others count
/// them up by one with every packet of a connection, sent again or not: a jump is packets that this capture did not
/// see.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ids {
    /// The next one, if they count.
    next: u16,
    /// Steps of one in a row.
    steps: u8,
}

impl Ids {
    /// Takes a segment that is so many packets on the wire (more than one where a card put them together). Gives how
    /// many were sent before it and not seen, as far as that can be told.
    pub(super) fn see(&mut self, identification: Option<u16>, packets: u16) -> u16 {
        let Some(identification) = identification else { return 0 };
        let jump = identification.wrapping_sub(self.next);
        let overtaken = jump > u16::MAX - JUMP_MAX;
        if overtaken && self.steps >= STEPS_MIN {
            return 0;
        }
        self.next = identification.wrapping_add(packets);
        let counted = self.steps >= STEPS_MIN && jump <= JUMP_MAX;
        self.steps = match jump {
            0 => self.steps.saturating_add(1),
            _ if counted => self.steps,
            _ => 0,
        };
        if counted { jump } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(identifications: &[u16], expected: &[u16]) {
        let mut ids = Ids::default();
        let seen: Vec<_> = identifications.iter().map(|&id| ids.see(Some(id), 1)).collect();
        assert_eq!(seen, expected, "{identifications:?}");
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
    fn a_packet_that_was_overtaken_is_none_that_was_lost() {
        check(&[1, 2, 3, 4, 5, 7, 6, 8], &[0, 0, 0, 0, 0, 1, 0, 0]);
    }

    #[test]
    fn one_segment_may_be_many_packets() {
        let mut ids = Ids::default();
        let seen: Vec<_> = [1, 2, 3, 4, 5].map(|id| ids.see(Some(id), 1)).to_vec();
        assert_eq!(seen, [0; 5]);
        assert_eq!([ids.see(Some(6), 10), ids.see(Some(16), 1), ids.see(None, 1)], [0; 3]);
    }
}
