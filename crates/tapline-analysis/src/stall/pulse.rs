//! When each direction of a connection carried something, and what TCP says of the stretches in which it did not.

use std::collections::VecDeque;

use tapline_reassembly::{Connection, Direction, Flag, Origin, Own, Pace, Verdict};

use crate::Span;
use crate::limits::{IDLES_MAX, STALL_MIN_NS};

/// The pulse of a connection.
#[derive(Debug, Default)]
pub(crate) struct Pulse {
    /// The packets with which each direction's octets last went on; packet 0 before there is one.
    progress: [Origin; 2],
    /// Octets that each direction carried since it last paused.
    carried: [u64; 2],
    seen: Option<Box<Seen>>,
}

/// What connections without trouble and without pauses do not have.
#[derive(Debug, Default)]
struct Seen {
    troubles: [Trouble; 2],
    idles: VecDeque<Idle>,
    /// The packet that ended the newest pause that was forgotten.
    forgotten: u64,
}

/// What last went wrong with what a side sends, or with what it can take.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Trouble {
    /// It sent something again, or after something that was lost.
    pub(crate) resent: Option<Origin>,
    /// It filled the other side's window.
    pub(crate) filled_window: Option<Origin>,
    /// It announced that it has no room.
    pub(crate) zero_window: Option<Origin>,
    /// And that it has room again.
    pub(crate) window_opened: Option<Origin>,
    /// Octets of it are missing in the capture.
    pub(crate) missing: Option<Origin>,
}

/// A stretch in which a direction carried nothing new.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Idle {
    pub(crate) direction: Direction,
    pub(crate) span: Span,
    /// Octets it carried before, since the pause before.
    pub(crate) carried: u64,
    /// What its sender had done before it went on.
    pub(crate) pace: Pace,
    /// Of the sender.
    pub(crate) sending: Trouble,
    /// Of the receiver.
    pub(crate) receiving: Trouble,
}

/// What is known of a direction in a stretch in which it did not carry what was waited for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Evidence<'a> {
    /// It carried nothing for most of it; the longest pause.
    Idle(&'a Idle),
    /// It carried something else.
    Busy,
    /// It was too long ago.
    Forgotten,
}

impl Pulse {
    /// Octets of a direction are in order now, by the packet `here`; whether it carried nothing for a while before.
    pub(crate) fn octets(
        &mut self,
        connection: &Connection,
        direction: Direction,
        length: u64,
        here: Origin,
    ) -> Option<Idle> {
        let before = std::mem::replace(self.progress.get_mut(direction.index())?, here);
        let carried = self.carried.get_mut(direction.index())?;
        let from = if before.packet == 0 { connection.first } else { before };
        if here.at.since(from.at) < STALL_MIN_NS {
            *carried += length;
            return None;
        }
        let carried = std::mem::replace(carried, length);
        let pace = connection.side(direction).pace;
        let seen = self.seen.get_or_insert_default();
        let [forward, reverse] = seen.troubles;
        let (sending, receiving) = match direction {
            Direction::Forward => (forward, reverse),
            Direction::Reverse => (reverse, forward),
        };
        let idle = Idle { direction, span: Span { from, until: here }, carried, pace, sending, receiving };
        if seen.idles.len() >= IDLES_MAX {
            let oldest = seen.idles.pop_front();
            seen.forgotten = oldest.map_or(0, |oldest| oldest.span.until.packet);
        }
        seen.idles.push_back(idle);
        Some(idle)
    }

    /// A segment of a direction is odd.
    pub(crate) fn verdict(&mut self, direction: Direction, here: Origin, verdict: &Verdict) {
        if let Some(Own::SpuriousByDsack { retransmitted_in: Some(packet), .. }) = verdict.own {
            self.needless(direction.flip(), packet);
        }
        let flags = verdict.flags;
        let has = |some: &[Flag]| some.iter().any(|&flag| flags.has(flag));
        let resent = has(&[Flag::Retransmission, Flag::OutOfOrder, Flag::LostSegment]);
        let (zero, opened) = (has(&[Flag::ZeroWindow]), has(&[Flag::WindowUpdate]));
        let filled = has(&[Flag::WindowFull]);
        if !(resent || zero || opened || filled) {
            return;
        }
        let seen = self.seen.get_or_insert_default();
        let Some(trouble) = seen.troubles.get_mut(direction.index()) else { return };
        for (is_so, place) in [
            (resent, &mut trouble.resent),
            (filled, &mut trouble.filled_window),
            (zero, &mut trouble.zero_window),
            (opened, &mut trouble.window_opened),
        ] {
            if is_so {
                *place = Some(here);
            }
        }
    }

    /// What a side sent again in a packet had arrived the first time (RFC 2883): it was not lost.
    fn needless(&mut self, direction: Direction, packet: u64) {
        let seen = self.seen.as_mut().and_then(|seen| seen.troubles.get_mut(direction.index()));
        if let Some(trouble) = seen {
            trouble.resent.take_if(|resent| resent.packet == packet);
        }
    }

    /// Octets of a direction are missing.
    pub(crate) fn gap(&mut self, direction: Direction, here: Origin) {
        let seen = self.seen.get_or_insert_default();
        if let Some(trouble) = seen.troubles.get_mut(direction.index()) {
            trouble.missing = Some(here);
        }
    }

    /// Whether a direction carried something behind that packet.
    pub(crate) fn went_on(&self, direction: Direction, packet: u64) -> bool {
        self.progress.get(direction.index()).is_some_and(|progress| progress.packet > packet)
    }

    /// Whether octets of either direction are missing since that packet.
    pub(crate) fn misses_since(&self, packet: u64) -> bool {
        let troubles = self.seen.iter().flat_map(|seen| &seen.troubles);
        troubles.filter_map(|trouble| trouble.missing).any(|missing| missing.packet >= packet)
    }

    /// The stretches of a direction that ended with these packets.
    pub(crate) fn idles(
        &self,
        direction: Direction,
        from: Origin,
        until: Origin,
    ) -> impl Iterator<Item = &Idle> {
        let packets = from.packet..=until.packet;
        let idles = self.seen.iter().flat_map(|seen| &seen.idles);
        idles.filter(move |idle| idle.direction == direction && packets.contains(&idle.span.until.packet))
    }

    /// What is known of a direction in a stretch.
    pub(crate) fn evidence(&self, direction: Direction, span: Span) -> Evidence<'_> {
        let idles = || self.idles(direction, span.from, span.until);
        // A pause may have begun before what is waited for now.
        let within = |idle: &Idle| idle.span.until.at.since(idle.span.from.at.max(span.from.at));
        let idle_ns = idles().map(within).fold(0, i64::saturating_add);
        match idles().max_by_key(|idle| within(idle)) {
            Some(longest) if idle_ns.saturating_mul(2) >= span.ns() => Evidence::Idle(longest),
            _ if self.seen.as_ref().is_some_and(|seen| span.from.packet < seen.forgotten) => {
                Evidence::Forgotten
            }
            _ => Evidence::Busy,
        }
    }

    /// Nothing is asked of the past any more: a connection that waits for its next request keeps no room for it.
    pub(crate) fn forget(&mut self) {
        self.seen.take_if(|seen| seen.troubles == <[Trouble; 2]>::default());
        if let Some(seen) = &mut self.seen {
            seen.idles = VecDeque::new();
        }
    }
}
