//! How long a connection has been silent.

use tapline_packet::Timestamp;

use crate::limits::{OPENING_IDLE_MAX_NS, QUIET_NS, QUIET_STRETCHES_MAX};

/// When silent connections are looked for, and stretches in which nobody sent anything.
///
/// A clock that is set forward, or a capture that was paused, must not make every connection silent: a stretch
/// without any segment counts for none of them.
#[derive(Debug, Default)]
pub(super) struct Idle {
    newest: Option<Timestamp>,
    /// When silent connections were looked for last, and how many segments came since.
    swept: Option<Timestamp>,
    segments: usize,
    /// Begin and length of each stretch, newest last.
    quiet: Vec<(Timestamp, i64)>,
}

impl Idle {
    /// Notes a segment, and says whether to look at all of so many connections: rarely enough that the segments
    /// between pay for it.
    pub(super) fn is_due(&mut self, now: Timestamp, connections: usize) -> bool {
        let before = self.newest.replace(now).unwrap_or(now);
        let passed = now.since(before);
        if passed >= QUIET_NS {
            if self.quiet.len() >= QUIET_STRETCHES_MAX {
                self.quiet.remove(0);
            }
            self.quiet.push((before, passed));
        }
        self.segments += 1;
        let swept = *self.swept.get_or_insert(now);
        let due = now.since(swept) >= OPENING_IDLE_MAX_NS / 4 && self.segments >= connections / 4;
        if due {
            self.swept = Some(now);
            self.segments = 0;
        }
        due
    }

    /// From a connection's newest segment until now, nanoseconds, without the stretches in which nobody sent.
    pub(super) fn silent_ns(&self, last: Timestamp, now: Timestamp) -> i64 {
        let quiet = self.quiet.iter().map(|(begin, length)| length - last.since(*begin).clamp(0, *length));
        now.since(last).saturating_sub(quiet.fold(0, i64::saturating_add))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000_000_000;

    #[test]
    fn a_stretch_in_which_nobody_sends_counts_for_nobody() {
        let mut idle = Idle::default();
        for minutes in [0, 1, 2] {
            idle.is_due(Timestamp(minutes * MINUTE), 1);
        }
        let years = 1_000_000;
        assert!(idle.is_due(Timestamp(years * MINUTE), 1), "time to look");
        let silent = |minutes: i64| idle.silent_ns(Timestamp(minutes * MINUTE), Timestamp(years * MINUTE));
        assert_eq!([silent(0), silent(2), silent(years)], [2 * MINUTE, 0, 0]);
        assert_eq!(silent(3), 0, "its clock was ahead when the stretch began");
    }

    #[test]
    fn many_connections_are_looked_at_rarely() {
        let mut idle = Idle::default();
        let looks = (0..100).filter(|&minutes| idle.is_due(Timestamp(minutes * MINUTE), 100)).count();
        assert_eq!(looks, 4);
    }

    #[test]
    fn stretches_are_told_from_pauses_and_the_oldest_forgotten() {
        let silent = |stretches: i64, length: i64| {
            let mut idle = Idle::default();
            (0..=stretches).for_each(|nth| _ = idle.is_due(Timestamp(nth * length), 1));
            idle.silent_ns(Timestamp(0), Timestamp(stretches * length))
        };
        assert_eq!([silent(1, QUIET_NS - 1), silent(1, QUIET_NS)], [QUIET_NS - 1, 0]);
        let most = i64::try_from(QUIET_STRETCHES_MAX).unwrap();
        assert_eq!([silent(most, QUIET_NS), silent(most + 1, QUIET_NS)], [0, QUIET_NS]);
    }
}
