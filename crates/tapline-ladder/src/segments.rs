//! TCP segments as arrows.

use std::collections::BTreeSet;

use tapline_analysis::{Flag, Own, SegmentSeen, TcpVerdict, human};

use super::{Layer, Mood, Rung, Segments, What};
use crate::Close;

// The control bits, as `tcp.flags` has them (RFC 9293 §3.1).
const FIN: u16 = 0x001;
const SYN: u16 = 0x002;
const RST: u16 = 0x004;
const ACK: u16 = 0x010;

/// The arrows of the segments that are to be shown. Where nobody read what they carry, those with octets tell too.
pub(super) fn rungs(close: &Close, shown: Segments, has_messages: bool) -> Vec<Rung> {
    if shown == Segments::None {
        return Vec::new();
    }
    let lost = lost(close);
    let fins_acknowledged = fins_acknowledged(close);
    let mut handshake_ack = close.record.as_ref().and_then(|record| record.handshake.ack.seen());
    let all = shown == Segments::All;
    let mut rungs = Vec::new();
    for (index, segment) in close.segments.iter().enumerate() {
        let verdict = close.verdict(segment.origin.packet);
        let opens = handshake_ack.take_if(|ack| ack.packet == segment.origin.packet).is_some();
        let is_lost = lost.contains(&segment.origin.packet);
        let closes = fins_acknowledged.contains(&Some(segment.origin.packet));
        let telling = opens
            || closes
            || is_lost
            || verdict.is_some()
            || segment.seen.flags.0 & (SYN | FIN | RST) != 0
            || (!has_messages && segment.seen.length > 0);
        if all || telling {
            let lost = is_lost;
            rungs.push(Rung { lost, ..rung(segment, index, verdict) });
        }
    }
    rungs
}

/// The packets that acknowledge the FIN of each side: steps of the teardown that carry nothing else.
fn fins_acknowledged(close: &Close) -> [Option<u64>; 2] {
    let Some(record) = &close.record else { return [None; 2] };
    let of = |direction| record.teardown.fin(direction)?.acknowledged.map(|ack| ack.packet);
    [record.client_direction, record.client_direction.flip()].map(of)
}

/// Packets that passed the capture point and were lost behind it, as those prove that carry their octets again.
fn lost(close: &Close) -> BTreeSet<u64> {
    let proven = close.verdicts.iter().filter(|verdict| {
        verdict.verdict.own == Some(Own::LostAfterCapture)
            || (verdict.verdict.own.is_none() && verdict.verdict.flags.has(Flag::FastRetransmission))
    });
    proven.filter_map(|verdict| Some(verdict.verdict.facts.original?.packet)).collect()
}

fn rung(segment: &SegmentSeen, index: usize, verdict: Option<&TcpVerdict>) -> Rung {
    let seen = &segment.seen;
    let (name, run) = name(segment, verdict);
    let mut details = Vec::new();
    if seen.length > 0 {
        details.push(human::bytes(seen.length.into()));
    }
    details.push(format!("seq {}", seen.sequence));
    if let Some(acknowledgment) = seen.acknowledgment {
        details.push(format!("ack {acknowledgment}"));
    }
    if let Some(window) = seen.window_bytes {
        details.push(format!("win {}", human::bytes(window)));
    }
    if !seen.sack.is_empty() {
        let blocks: Vec<String> = seen.sack.iter().map(|(from, to)| format!("{from}–{to}")).collect();
        details.push(format!("has {}", blocks.join(", ")));
    }
    Rung {
        at: segment.origin,
        until: segment.origin,
        from: segment.from,
        layer: Layer::Tcp,
        what: What::Segment(index),
        label: name,
        detail: details.join(" · "),
        mood: mood(seen.flags.0, verdict),
        octets: seen.length.into(),
        count: 1,
        lost: false,
        run,
    }
}

/// What it is called, and the run it may be part of.
fn name(segment: &SegmentSeen, verdict: Option<&TcpVerdict>) -> (String, Option<(&'static str, u32)>) {
    let flags = segment.seen.flags.0;
    let control = match flags & (SYN | FIN | RST) {
        SYN if flags & ACK != 0 => Some("SYN, ACK"),
        0 => None,
        bits if bits & RST != 0 => Some(if flags & ACK == 0 { "RST" } else { "RST, ACK" }),
        bits if bits & SYN != 0 => Some("SYN"),
        _ => Some("FIN, ACK"),
    };
    let odd = verdict
        .and_then(|verdict| verdict.verdict.flags.iter().last())
        .map(|flag| flag.name().replace('_', " "));
    match (control, odd) {
        (Some(control), Some(odd)) => (format!("{control} · {odd}"), None),
        (Some(control), None) => (control.to_owned(), None),
        (None, Some(odd)) => {
            let flag = verdict.and_then(|verdict| verdict.verdict.flags.iter().last());
            let original = verdict.and_then(|verdict| verdict.verdict.facts.original);
            let of = original.map_or_else(String::new, |origin| format!(" of #{}", origin.packet));
            let run = flag.filter(|_| of.is_empty()).map(|flag| (flag.name(), 0));
            (format!("{odd}{of}"), run)
        }
        (None, None) if segment.seen.length > 0 => ("data".to_owned(), Some(("data", 0))),
        (None, None) => ("ACK".to_owned(), Some(("ACK", 0))),
    }
}

fn mood(flags: u16, verdict: Option<&TcpVerdict>) -> Mood {
    let Some(verdict) = verdict else { return if flags & RST != 0 { Mood::Bad } else { Mood::Fine } };
    let fine = [Flag::WindowUpdate, Flag::KeepAlive, Flag::KeepAliveAck];
    match verdict.verdict.flags.iter().all(|flag| fine.contains(&flag)) {
        _ if flags & RST != 0 => Mood::Bad,
        true => Mood::Fine,
        false => Mood::Odd,
    }
}
