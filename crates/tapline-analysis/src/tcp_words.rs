//! What is to be said of a connection's TCP in words, for every place where people read it.

use tapline_reassembly::{Direction, HandshakeKind, Reset, Retry};

use crate::human::{duration, plural};
use crate::{ConnectionRecord, Flag, State};

const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Values as bars of eight heights, the largest the highest; a space for 0.
pub fn sparkline(values: impl Iterator<Item = u64> + Clone) -> String {
    let most = values.clone().max().unwrap_or(0).max(1);
    let bar = |value: u64| {
        let height = value.saturating_mul(BARS.len() as u64).div_ceil(most);
        height.checked_sub(1).and_then(|index| BARS.get(usize::try_from(index).ok()?)).copied().unwrap_or(' ')
    };
    values.map(bar).collect()
}

/// How often each verdict was given, by tshark's names: `2× retransmission`, `1× fast retransmission`.
pub fn verdicts(record: &ConnectionRecord) -> impl Iterator<Item = String> {
    let count = |(flag, count): &(Flag, u32)| format!("{count}× {}", flag.name().replace('_', " "));
    let once = match record {
        ConnectionRecord { same_packets: 1.., .. } => Some((record.same_packets, "captured twice")),
        ConnectionRecord { not_resent: 1.., .. } => Some((record.not_resent, "sent only once")),
        _ => None,
    };
    let once = once.into_iter().map(|(count, what)| format!("{count}× {what}"));
    record.verdicts.iter().map(count).chain(once)
}

/// When a reset came and what speaks against its sender.
pub fn reset(reset: &Reset) -> String {
    let mut text = reset.phase.words().to_owned();
    if let Some((own, usual)) = reset.hop_limits {
        text += &format!(", hop limit {own} where its others have {usual}");
    }
    if let Some(went_on) = reset.went_on {
        text += &format!(", and it went on in #{}", went_on.packet);
    }
    if reset.looks_injected() {
        text += ": looks injected";
    }
    if let Some(confirmed) = reset.confirmed {
        text += &format!(", and was obeyed (#{})", confirmed.packet);
    }
    text
}

/// What is unusual about how it was opened.
pub fn opening(record: &ConnectionRecord) -> Vec<String> {
    let steps = &record.handshake;
    let mut words = Vec::new();
    match record.handshake_kind {
        HandshakeKind::Simultaneous => words.push("both sides opened at once".to_owned()),
        HandshakeKind::Split => words.push("split handshake: a SYN answered the SYN".to_owned()),
        HandshakeKind::AnswerNotCaptured => words.push("its SYN-ACK was not captured".to_owned()),
        HandshakeKind::SynNotCaptured => words.push("its SYN was not captured".to_owned()),
        _ => {}
    }
    if let Some(what) = steps.fast_open() {
        words.push(format!("Fast Open {}", what.name()));
    }
    if steps.syn_data_bytes > 0 {
        words.push(format!("{} on the SYN", plural(u64::from(steps.syn_data_bytes), "octet")));
    }
    let lost = steps.options_not_taken();
    if !lost.is_empty() {
        words.push(format!("not taken up by the server: {}", lost.join(", ")));
    }
    words
}

/// Each SYN or SYN-ACK that was sent again: `SYN #4 +1.02 s`, counted from the first SYN or SYN-ACK.
pub fn retries(record: &ConnectionRecord) -> Vec<String> {
    let steps = &record.handshake;
    let retry = |retry: &Retry| {
        let (name, first) = match retry.from {
            Direction::Forward => ("SYN", steps.syn),
            Direction::Reverse => ("SYN-ACK", steps.syn_ack),
        };
        let after = first.seen().map_or(0, |first| retry.seen.at.since(first.at));
        format!("{name} again #{} +{}", retry.seen.packet, duration(after))
    };
    steps.retries().iter().map(retry).collect()
}

/// What a side that does not answer looks like.
pub fn silence(record: &ConnectionRecord) -> Option<String> {
    let probes = record.client.unanswered_keep_alives.max(record.server.unanswered_keep_alives);
    let alive = matches!(record.state, State::Established | State::Closing | State::Reset);
    (alive && probes > 1).then(|| format!("{probes} keep-alives were not answered"))
}

/// The ICMP error about it.
pub fn icmp_error(record: &ConnectionRecord) -> Option<String> {
    let error = record.unreachable.as_ref()?;
    let mtu = error.mtu.map(|mtu| format!(", MTU {mtu}")).unwrap_or_default();
    Some(format!("{} by {}{mtu} (ICMP #{})", error.reason, error.reporter, error.seen.packet))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_in_proportion() {
        assert_eq!(sparkline([0, 1, 4, 8].into_iter()), " ▁▄█");
        assert_eq!(sparkline([10_000, 20_000, 40_000, 80_000].into_iter()), "▁▂▄█");
        assert_eq!(sparkline(std::iter::empty()), "");
        assert_eq!(sparkline([0, 0].into_iter()), "  ");
    }
}
