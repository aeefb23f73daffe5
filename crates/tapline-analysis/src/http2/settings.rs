//! The settings of both sides, and when each took effect (RFC 9113 §6.5).

use std::collections::VecDeque;

use tapline_decode::http2::{
    ENABLE_PUSH, HEADER_TABLE_SIZE, INITIAL_WINDOW_SIZE, MAX_CONCURRENT_STREAMS, MAX_FRAME_SIZE,
    MAX_HEADER_LIST_SIZE, Setting,
};
use tapline_reassembly::{Direction, Origin};

use crate::limits::{SETTINGS_KEPT_MAX, SETTINGS_PENDING_MAX};

/// `SETTINGS_ENABLE_CONNECT_PROTOCOL` (RFC 8441 §3).
const ENABLE_CONNECT_PROTOCOL: u16 = 0x08;

/// `SETTINGS_NO_RFC7540_PRIORITIES` (RFC 9218 §2.1).
pub(super) const NO_RFC7540_PRIORITIES: u16 = 0x09;

/// What one side allows the other. A setting binds the other side from its acknowledgment on: it applies a SETTINGS
/// frame before it acknowledges it (RFC 9113 §6.5.3).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SettingValues {
    /// Octets that the other side's header table may hold.
    pub header_table_size: u32,
    /// Whether the other side may push.
    pub enable_push: bool,
    /// Streams that the other side may have open at once; `None` is without limit.
    pub max_concurrent_streams: Option<u32>,
    /// Octets of a new stream's window.
    pub initial_window_size: u32,
    /// Octets of the largest payload that is taken.
    pub max_frame_size: u32,
    /// Octets of the largest field section that is taken; `None` is without limit.
    pub max_header_list_size: Option<u32>,
    /// Whether CONNECT may name a protocol (RFC 8441).
    pub enable_connect_protocol: bool,
    /// Whether the priorities of RFC 7540 are not used (RFC 9218 §2.1).
    pub no_rfc7540_priorities: bool,
}

impl Default for SettingValues {
    /// The values before anybody says otherwise (RFC 9113 §6.5.2).
    fn default() -> Self {
        Self {
            header_table_size: 4096,
            enable_push: true,
            max_concurrent_streams: None,
            initial_window_size: 65_535,
            max_frame_size: 16_384,
            max_header_list_size: None,
            enable_connect_protocol: false,
            no_rfc7540_priorities: false,
        }
    }
}

impl SettingValues {
    /// Takes settings in the order in which they stand; unknown ones say nothing.
    fn apply(&mut self, settings: &[Setting]) {
        for &Setting { id, value } in settings {
            match id {
                HEADER_TABLE_SIZE => self.header_table_size = value,
                ENABLE_PUSH => self.enable_push = value != 0,
                MAX_CONCURRENT_STREAMS => self.max_concurrent_streams = Some(value),
                // A larger one is an error of the connection (RFC 9113 §6.5.2), which decode tells.
                INITIAL_WINDOW_SIZE if value < 1 << 31 => self.initial_window_size = value,
                MAX_FRAME_SIZE => self.max_frame_size = value,
                MAX_HEADER_LIST_SIZE => self.max_header_list_size = Some(value),
                ENABLE_CONNECT_PROTOCOL => self.enable_connect_protocol = value != 0,
                NO_RFC7540_PRIORITIES => self.no_rfc7540_priorities = value != 0,
                _ => {}
            }
        }
    }
}

/// A SETTINGS frame and its acknowledgment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SettingsSent {
    /// The packet that completed it.
    pub sent: Origin,
    /// What it says, at most [`crate::limits::SETTINGS_KEPT_MAX`].
    pub settings: Vec<Setting>,
    /// The packet of the acknowledgment, from which on it binds; `None` where none came.
    pub acknowledged: Option<Origin>,
}

impl SettingsSent {
    /// From the SETTINGS frame to its acknowledgment, nanoseconds.
    pub fn acknowledged_ns(&self) -> Option<i64> {
        self.acknowledged?.at.after(self.sent.at)
    }
}

/// What an acknowledgment brought about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Applied {
    pub(crate) before: SettingValues,
    pub(crate) after: SettingValues,
    /// Since the SETTINGS frame, nanoseconds.
    pub(crate) after_ns: Option<i64>,
}

/// The settings of both sides, each by the direction that sent them.
#[derive(Default, Debug)]
pub(crate) struct Settings {
    sides: [Side; 2],
}

#[derive(Default, Debug)]
struct Side {
    /// What binds the other side.
    in_force: SettingValues,
    pending: VecDeque<Pending>,
    /// The first SETTINGS frames.
    kept: Vec<SettingsSent>,
    /// SETTINGS frames, acknowledgments left out.
    count: u32,
}

/// A SETTINGS frame that was not acknowledged.
#[derive(Debug)]
struct Pending {
    sent: Origin,
    settings: Vec<Setting>,
    /// Its place among those that are kept.
    kept: Option<usize>,
}

impl Settings {
    /// What `by` allows the other side now.
    pub(crate) fn of(&self, by: Direction) -> SettingValues {
        self.side(by).in_force
    }

    /// A SETTINGS frame. False where so many wait that this one is not followed.
    pub(crate) fn sent(&mut self, by: Direction, settings: &[Setting], here: Origin) -> bool {
        let side = self.side_mut(by);
        side.count = side.count.saturating_add(1);
        let kept = (side.kept.len() < SETTINGS_KEPT_MAX).then_some(side.kept.len());
        if kept.is_some() {
            let settings = settings.iter().copied().take(SETTINGS_KEPT_MAX).collect();
            side.kept.push(SettingsSent { sent: here, settings, acknowledged: None });
        }
        if side.pending.len() >= SETTINGS_PENDING_MAX {
            return false;
        }
        side.pending.push_back(Pending { sent: here, settings: settings.to_vec(), kept });
        true
    }

    /// `by` acknowledges the other side's oldest SETTINGS; `None` where none waits.
    pub(crate) fn acknowledged(&mut self, by: Direction, here: Origin) -> Option<Applied> {
        let side = self.side_mut(by.flip());
        let Pending { sent, settings, kept } = side.pending.pop_front()?;
        if let Some(kept) = kept.and_then(|kept| side.kept.get_mut(kept)) {
            kept.acknowledged = Some(here);
        }
        let before = side.in_force;
        side.in_force.apply(&settings);
        Some(Applied { before, after: side.in_force, after_ns: here.at.after(sent.at) })
    }

    /// Whether SETTINGS of `by` wait for their acknowledgment: the other side may have applied them.
    pub(crate) fn are_pending(&self, by: Direction) -> bool {
        !self.side(by).pending.is_empty()
    }

    /// The client's settings of an upgrade: they count as its first SETTINGS, acknowledged by the 101 response
    /// (RFC 7540 §3.2.1).
    pub(crate) fn upgraded(&mut self, client: Direction, settings: &[Setting], here: Origin) {
        self.sent(client, settings, here);
        self.acknowledged(client.flip(), here);
    }

    /// Takes the SETTINGS frames of `by` that are kept, and how many there were.
    pub(crate) fn take(&mut self, by: Direction) -> (Vec<SettingsSent>, u32) {
        let side = self.side_mut(by);
        (std::mem::take(&mut side.kept), side.count)
    }

    fn side(&self, by: Direction) -> &Side {
        let [forward, reverse] = &self.sides;
        if by == Direction::Forward { forward } else { reverse }
    }

    fn side_mut(&mut self, by: Direction) -> &mut Side {
        let [forward, reverse] = &mut self.sides;
        if by == Direction::Forward { forward } else { reverse }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Timestamp;
    use Direction::{Forward, Reverse};

    fn at(ms: i64) -> Origin {
        Origin { packet: u64::try_from(ms).unwrap(), at: Timestamp(ms * 1_000_000) }
    }

    #[test]
    fn settings_bind_from_their_acknowledgment_on() {
        let mut settings = Settings::default();
        settings.sent(Forward, &[Setting { id: INITIAL_WINDOW_SIZE, value: 10 }], at(1));
        settings.sent(Forward, &[Setting { id: INITIAL_WINDOW_SIZE, value: 20 }], at(2));
        assert_eq!(settings.of(Forward), SettingValues::default());
        let applied = settings.acknowledged(Reverse, at(5)).unwrap();
        assert_eq!((applied.before.initial_window_size, applied.after.initial_window_size), (65_535, 10));
        assert_eq!(applied.after_ns, Some(4_000_000));
        assert_eq!(settings.of(Forward).initial_window_size, 10);
        assert_eq!(settings.of(Reverse), SettingValues::default());
        let (kept, count) = settings.take(Forward);
        let times: Vec<_> = kept.iter().map(SettingsSent::acknowledged_ns).collect();
        assert_eq!((times, count), (vec![Some(4_000_000), None], 2));
    }

    #[test]
    fn the_last_of_one_setting_counts_and_unknown_ones_say_nothing() {
        let mut settings = Settings::default();
        let set = |id, value| Setting { id, value };
        settings.sent(
            Reverse,
            &[set(3, 7), set(0x0a0a, 1), set(3, 9), set(2, 0), set(4, 1 << 31), set(9, 1)],
            at(1),
        );
        let after = settings.acknowledged(Forward, at(1)).unwrap().after;
        let expected = SettingValues {
            max_concurrent_streams: Some(9),
            enable_push: false,
            no_rfc7540_priorities: true,
            ..SettingValues::default()
        };
        assert_eq!(after, expected);
        assert_eq!(settings.acknowledged(Forward, at(2)), None);
    }

    #[test]
    fn an_upgrade_acknowledges_its_settings() {
        let mut settings = Settings::default();
        settings.upgraded(Forward, &[Setting { id: 3, value: 1 }], at(3));
        assert_eq!(settings.of(Forward).max_concurrent_streams, Some(1));
        assert_eq!(settings.take(Forward).0.first().unwrap().acknowledged_ns(), Some(0));
    }

    #[test]
    fn settings_that_nobody_acknowledges_are_bounded() {
        let mut settings = Settings::default();
        let followed = (0..1000).filter(|_| settings.sent(Forward, &[], at(1))).count();
        assert_eq!(followed, SETTINGS_PENDING_MAX);
        assert_eq!(settings.take(Forward).0.len(), SETTINGS_KEPT_MAX);
    }
}
