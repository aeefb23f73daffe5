//! What is told of an HTTP/2 connection: after each frame, and once it is over.

use tapline_decode::http2::{ErrorCode, HeaderBlock};
use tapline_reassembly::Origin;

use super::pings::PingTimes;
use super::priority::{PriorityFollowed, PriorityScheme, StreamPriority};
use super::push::PushCounts;
use super::settings::{SettingValues, SettingsSent};
use super::states::StreamState;
use super::windows::{Levels, Standstill};
use crate::Sender;
use crate::limits::{GOAWAYS_KEPT_MAX, RESET_KINDS_MAX};

/// What a frame brought about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct FrameEffect {
    /// The state of the frame's stream after it; `None` where it is not known or the frame is not about one.
    pub stream_state: Option<StreamState>,
    /// The windows after DATA, WINDOW_UPDATE and an acknowledgment of SETTINGS: those of the sender of DATA that the
    /// frame concerns. `None` for other frames.
    pub windows: Option<Levels>,
    /// On the answer of a PING: since the PING, nanoseconds.
    pub round_trip_ns: Option<i64>,
    /// On an acknowledgment of SETTINGS: since the SETTINGS, nanoseconds.
    pub acknowledged_ns: Option<i64>,
}

/// An HTTP/2 connection that is over.
#[derive(Clone, PartialEq, Debug)]
pub struct Http2Connection {
    /// Connection id.
    pub connection: u64,
    /// The packet that carried the first octet of it.
    pub start: Origin,
    /// The packet that completed the last frame.
    pub end: Origin,
    /// Whether its beginning was seen and no frame is missing. Else windows and states are not known throughout.
    pub whole: bool,
    /// What the client did.
    pub client: Http2Side,
    /// What the server did.
    pub server: Http2Side,
    /// What became of what the server promised.
    pub pushes: PushCounts,
    /// The scheme of priorities in force.
    pub priority_scheme: PriorityScheme,
    /// What streams were given, at most [`crate::limits::PRIORITIES_TOLD_MAX`].
    pub priorities: Vec<StreamPriority>,
    /// Whether the server kept to priorities; inferred.
    pub priority_followed: PriorityFollowed,
    /// GOAWAY frames, at most [`crate::limits::GOAWAYS_KEPT_MAX`].
    pub goaways: Vec<GoAwaySeen>,
    /// Streams that were reset: by whom, why, how many. Of at most [`crate::limits::RESET_KINDS_MAX`] kinds.
    pub resets: Vec<(Sender, ErrorCode, u64)>,
    /// What there was more of.
    pub left_out: Http2LeftOut,
}

/// What a connection had more of than is told with it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Http2LeftOut {
    /// GOAWAY frames.
    pub goaways: u64,
    /// Streams that were reset for another kind of error.
    pub resets: u64,
    /// Streams that were given a priority.
    pub priorities: u64,
}

/// A GOAWAY frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct GoAwaySeen {
    /// Who sent it.
    pub from: Sender,
    /// The packet that completed it.
    pub origin: Origin,
    /// The highest stream that was or may be processed.
    pub last_stream: u32,
    /// Why.
    pub error: ErrorCode,
}

/// What one side of a connection did.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Http2Side {
    /// Its SETTINGS frames, at most [`crate::limits::SETTINGS_KEPT_MAX`]. Those of an upgrade are the client's first.
    pub settings: Vec<SettingsSent>,
    /// All of them.
    pub settings_frames: u32,
    /// What binds the other side at the end: what it acknowledged.
    pub in_force: SettingValues,
    /// Its PINGs.
    pub pings: PingTimes,
    /// Streams that it opened; promised ones count once their response began.
    pub streams_opened: u64,
    /// The most of them that were open at once.
    pub streams_most_at_once: u32,
    /// Those that took a place which came free when as many were open as the other side allows.
    pub streams_at_limit: u64,
    /// Its field blocks.
    pub headers: HeaderTotals,
    /// How often and how long its DATA waited for the connection's window.
    pub connection_standstills: StandstillTotals,
    /// How often and how long its DATA waited for a stream's window; streams wait side by side.
    pub stream_standstills: StandstillTotals,
}

/// The field blocks of one side.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct HeaderTotals {
    /// Blocks that came whole.
    pub blocks: u64,
    /// Their octets on the wire.
    pub wire_bytes: u64,
    /// Octets of their names and values.
    pub decoded_bytes: u64,
    /// Fields in them.
    pub fields: u64,
    /// Those that are an index and nothing else.
    pub fields_indexed: u64,
    /// Entries that they inserted in the table.
    pub inserted: u64,
    /// Entries that left it.
    pub evicted: u64,
}

impl HeaderTotals {
    pub(super) fn add(&mut self, block: &HeaderBlock) {
        use tapline_decode::http2::Form;
        let indexed = block.representations.iter().filter(|one| one.form == Form::Indexed).count();
        self.blocks += 1;
        self.wire_bytes += u64::from(block.wire_bytes);
        self.decoded_bytes += u64::from(block.decoded_bytes);
        self.fields += block.representations.len() as u64;
        self.fields_indexed += indexed as u64;
        self.inserted += u64::from(block.table.inserted);
        self.evicted += u64::from(block.table.evicted);
    }
}

/// Standstills for want of a window.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct StandstillTotals {
    /// Those that ended.
    pub count: u64,
    /// How long they lasted together, nanoseconds.
    pub total_ns: i64,
    /// Streams that stood still when they were reset or the connection was over.
    pub unended: u64,
}

impl StandstillTotals {
    pub(super) fn add(&mut self, standstill: &Standstill) {
        match standstill.duration_ns() {
            Some(duration_ns) => {
                self.count += 1;
                self.total_ns = self.total_ns.saturating_add(duration_ns);
            }
            None => self.unended += 1,
        }
    }
}

impl Http2Connection {
    pub(crate) fn new(connection: u64, start: Origin) -> Self {
        Self {
            connection,
            start,
            end: start,
            whole: false,
            client: Http2Side::default(),
            server: Http2Side::default(),
            pushes: PushCounts::default(),
            priority_scheme: PriorityScheme::default(),
            priorities: Vec::new(),
            priority_followed: PriorityFollowed::default(),
            goaways: Vec::new(),
            resets: Vec::new(),
            left_out: Http2LeftOut::default(),
        }
    }

    /// What a side did.
    pub fn side(&self, sender: Sender) -> &Http2Side {
        if sender == Sender::Client { &self.client } else { &self.server }
    }

    pub(super) fn side_mut(&mut self, sender: Sender) -> &mut Http2Side {
        if sender == Sender::Client { &mut self.client } else { &mut self.server }
    }

    pub(super) fn reset(&mut self, from: Sender, error: ErrorCode) {
        let known = |&&mut (sender, code, _): &&mut (Sender, ErrorCode, u64)| (sender, code) == (from, error);
        if let Some((_, _, count)) = self.resets.iter_mut().find(known) {
            *count += 1;
        } else if self.resets.len() < RESET_KINDS_MAX {
            self.resets.push((from, error, 1));
        } else {
            self.left_out.resets += 1;
        }
    }

    pub(super) fn go_away(&mut self, seen: GoAwaySeen) {
        if self.goaways.len() < GOAWAYS_KEPT_MAX {
            self.goaways.push(seen);
        } else {
            self.left_out.goaways += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goaways_and_kinds_of_reset_are_told_up_to_a_number() {
        let mut connection = Http2Connection::new(0, Origin::default());
        let (from, error) = (Sender::Server, ErrorCode::NO_ERROR);
        for last_stream in 0..=u32::try_from(GOAWAYS_KEPT_MAX).unwrap() {
            connection.go_away(GoAwaySeen { from, origin: Origin::default(), last_stream, error });
        }
        assert_eq!((connection.goaways.len(), connection.left_out.goaways), (GOAWAYS_KEPT_MAX, 1));
        for code in 0..=u32::try_from(RESET_KINDS_MAX).unwrap() {
            connection.reset(from, ErrorCode(code));
            connection.reset(from, ErrorCode::NO_ERROR);
        }
        assert_eq!((connection.resets.len(), connection.left_out.resets), (RESET_KINDS_MAX, 1));
        assert_eq!(connection.resets[0].2, 2 + RESET_KINDS_MAX as u64, "those that are known go on");
    }
}
