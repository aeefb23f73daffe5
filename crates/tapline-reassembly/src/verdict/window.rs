//! The window scale that an observer may use (RFC 7323 §2.2).

use tapline_packet::{Flags, Segment};

/// Larger shifts count as this one (RFC 7323 §2.3).
const SHIFT_MAX: u8 = 14;

/// What is known of one side's scale.
///
/// ```text
///   Unknown --- option on a segment ---> Shift(n)
///   Unknown --- SYN without option ----> Unused, for both sides
///   Shift(n) -- SYN-ACK with option, the SYN had none --> Unused
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Scale {
    /// No SYN of this side was seen.
    #[default]
    Unknown,
    /// Both sides know that windows are as they stand.
    Unused,
    /// Windows are to be shifted.
    Shift(u8),
}

impl Scale {
    /// How far to shift; `None` where that is not known.
    pub(super) fn shift(self) -> Option<u8> {
        match self {
            Self::Unknown => None,
            Self::Unused => Some(0),
            Self::Shift(shift) => Some(shift),
        }
    }
}

/// Learns from a segment of the side whose scale is `mine`.
pub(super) fn learn(mine: &mut Scale, other: &mut Scale, segment: &Segment<'_>) {
    if let Some(shift) = segment.options.window_scale {
        *mine = Scale::Shift(shift.min(SHIFT_MAX));
    }
    if !segment.has(Flags::SYN) {
        return;
    }
    if *mine == Scale::Unknown {
        (*mine, *other) = (Scale::Unused, Scale::Unused);
    } else if segment.has(Flags::ACK) && *other == Scale::Unused {
        *mine = Scale::Unused;
    }
}
