//! What a TCP connection gives to tell, once it is over.

use tapline_decode::anomaly;
use tapline_reassembly::{HandshakeKind, ResetPhase};

use super::catalogue as kind;
use super::{Finding, Kind};
use crate::limits::{LOSS_SEGMENTS_MIN, PEER_GONE_KEEP_ALIVES};
use crate::{ConnectionRecord, FastOpen, Flag, Sender, SideRecord, human};

/// No window is larger without scaling (RFC 7323 §2.2), octets.
const UNSCALED_MAX: u64 = 65_535;

pub(super) fn look_at(record: &ConnectionRecord, found: &mut Vec<Finding>) {
    if record.copy_of.is_some() {
        // Its first view told it.
        return;
    }
    let mut push = |kind: &'static Kind, explanation: String, packets: &[u64], cost_ns: Option<i64>| {
        let finding = Finding::new(kind, explanation, record.first).on(record.id);
        found.push(finding.proven_by(packets.iter().copied()).costs(cost_ns));
    };
    opening(record, &mut push);
    network(record, &mut push);
    losses(record, &mut push);
    options(record, &mut push);
    resets(record, &mut push);
    oddities(record, &mut push);
    capture(record, &mut push);
}

type Push<'a> = dyn FnMut(&'static Kind, String, &[u64], Option<i64>) + 'a;

fn opening(record: &ConnectionRecord, push: &mut Push<'_>) {
    let server = record.server.endpoint;
    let handshake = &record.handshake;
    let lasted = record.duration_ns();
    match record.handshake_kind {
        HandshakeKind::Unanswered if record.unreachable.is_none() => {
            let tries = human::plural(u64::from(handshake.syn_retries) + 1, "SYN");
            push(
                &kind::TCP_NO_ANSWER,
                format!("{tries} to {server}, and nothing came back"),
                &[],
                Some(lasted),
            );
        }
        HandshakeKind::Refused => {
            let reset = record.teardown.reset.map_or(0, |reset| reset.seen.packet);
            push(&kind::TCP_REFUSED, format!("{server} answered the SYN with RST"), &[reset], Some(lasted));
        }
        _ if handshake.syn_retries > 0 && handshake.ack.seen().is_some() => {
            let took = handshake.total_ns().unwrap_or_default();
            let trips = [handshake.server_rtt_ns(), handshake.client_rtt_ns()];
            let usual = trips.into_iter().flatten().fold(0, i64::saturating_add);
            let again = human::plural(u64::from(handshake.syn_retries), "retry").replace("retrys", "retries");
            let explanation =
                format!("the handshake with {server} took {} with {again}", human::duration(took));
            let packet = handshake.ack.seen().map_or(0, |ack| ack.packet);
            push(&kind::TCP_SYN_RETRIED, explanation, &[packet], Some(took - usual));
        }
        _ => {}
    }
    if handshake.fast_open() == Some(FastOpen::Ignored) {
        push(&kind::TCP_FAST_OPEN_IGNORED, format!("{server} did not take the data"), &[], None);
    }
}

fn network(record: &ConnectionRecord, push: &mut Push<'_>) {
    let Some(error) = &record.unreachable else { return };
    let (packet, reporter) = (error.seen.packet, error.reporter);
    match error.mtu {
        Some(mtu) => {
            let explanation = format!("{reporter} asks for packets of {mtu} octets at most");
            push(&kind::TCP_PATH_MTU, explanation, &[packet], None);
        }
        None => push(&kind::TCP_UNREACHABLE, format!("{reporter} says: {}", error.reason), &[packet], None),
    }
}

fn losses(record: &ConnectionRecord, push: &mut Push<'_>) {
    // What the handshake repeated has a finding of its own.
    let handshake = u32::try_from(record.handshake.retries().len()).unwrap_or(u32::MAX);
    let (resent, packets) = (record.resent().saturating_sub(handshake), record.packets());
    let spurious = record.verdict_count(Flag::SpuriousRetransmission);
    if resent.saturating_sub(spurious) >= LOSS_SEGMENTS_MIN && u64::from(resent) * 100 >= packets {
        let explanation = format!(
            "{} of {} were sent again",
            human::plural(u64::from(resent), "segment"),
            human::count(packets)
        );
        push(&kind::TCP_LOSS_RATE, explanation, &[], None);
    }
    if spurious > 0 {
        let explanation = format!("{} sent again had arrived", human::plural(u64::from(spurious), "segment"));
        push(&kind::TCP_TIMEOUTS_SPURIOUS, explanation, &[], None);
    }
    let late = record.verdict_count(Flag::OutOfOrder);
    if late >= LOSS_SEGMENTS_MIN {
        let explanation = format!("{} came late", human::plural(u64::from(late), "segment"));
        push(&kind::TCP_REORDERING, explanation, &[], None);
    }
}

fn options(record: &ConnectionRecord, push: &mut Push<'_>) {
    let (Some(client), Some(server)) = (record.handshake.client_options, record.handshake.server_options)
    else {
        return;
    };
    let large = [&record.client, &record.server].iter().any(|side| side.payload_bytes > UNSCALED_MAX);
    let lacking = |client: bool, server: bool| match (client, server) {
        (false, _) => Some(Sender::Client),
        (_, false) => Some(Sender::Server),
        _ => None,
    };
    if let Some(side) =
        lacking(client.window_scale.is_some(), server.window_scale.is_some()).filter(|_| large)
    {
        let explanation = format!(
            "the {} did not offer it, and {} were sent",
            side.name(),
            human::bytes(record.payload_bytes())
        );
        push(&kind::TCP_NO_WINDOW_SCALING, explanation, &[], None);
    }
    if let Some(side) = lacking(client.sack_permitted, server.sack_permitted).filter(|_| record.resent() > 0)
    {
        let lost = human::plural(u64::from(record.resent()), "segment");
        push(
            &kind::TCP_NO_SACK,
            format!("the {} did not permit SACK, and {lost} had to be sent again", side.name()),
            &[],
            None,
        );
    }
}

fn resets(record: &ConnectionRecord, push: &mut Push<'_>) {
    let Some(reset) = record.teardown.reset else { return };
    let (who, when) = (record.sender(reset.from).name(), reset.phase.words());
    let packet = reset.seen.packet;
    if reset.looks_injected() {
        let explanation = match (reset.went_on, reset.hop_limits) {
            (Some(on), _) => {
                format!("a RST in the {who}’s name {when}, but it went on in packet {}", on.packet)
            }
            (_, Some((usual, other))) => {
                format!(
                    "a RST in the {who}’s name {when} with hop limit {other}; its other segments have {usual}"
                )
            }
            _ => return,
        };
        return push(&kind::TCP_RESET_INJECTED, explanation, &[packet], None);
    }
    match reset.phase {
        ResetPhase::MidTransfer => {
            push(
                &kind::TCP_RESET_IN_TRANSFER,
                format!("the {who} reset the connection {when}"),
                &[packet],
                None,
            );
        }
        ResetPhase::AfterFin | ResetPhase::AfterClose => {
            push(&kind::TCP_RESET_AFTER_CLOSE, format!("the {who} sent a RST {when}"), &[packet], None);
        }
        ResetPhase::Handshake | ResetPhase::BeforeData | ResetPhase::Idle => {}
    }
}

/// Anomalies that tell more than that something is odd.
fn oddities(record: &ConnectionRecord, push: &mut Push<'_>) {
    let count_of =
        |code: &str| record.anomalies.iter().find(|(known, _)| *known == code).map_or(0, |(_, n)| *n);
    let conflicts = count_of("tcp_overlap_conflict");
    if conflicts > 0 {
        let times = human::plural(u64::from(conflicts), "time");
        push(&kind::TCP_OVERLAP_CONFLICT, format!("octets came again as other ones {times}"), &[], None);
    }
    if record.bad_checksums > 0 {
        let damaged = human::plural(u64::from(record.bad_checksums), "segment");
        push(&kind::TCP_BAD_CHECKSUMS, format!("{damaged} with a wrong checksum"), &[], None);
    }
    for (side, other) in [(&record.client, Sender::Server), (&record.server, Sender::Client)] {
        let SideRecord { unanswered_keep_alives: asked, .. } = *side;
        if asked >= PEER_GONE_KEEP_ALIVES {
            let explanation = format!("the {} did not answer {asked} keep-alives", other.name());
            push(&kind::TCP_PEER_GONE, explanation, &[record.last.packet], None);
        }
    }
    let ambiguous = [
        anomaly::HTTP1_CONTENT_LENGTH_CONFLICT,
        anomaly::HTTP1_CONTENT_LENGTH_INVALID,
        anomaly::HTTP1_LENGTH_AND_CHUNKED,
        anomaly::HTTP1_TRANSFER_CODING,
        anomaly::HTTP1_BAD_CHUNK_SIZE,
        anomaly::HTTP1_CHUNK_SIZE_ODD,
        anomaly::HTTP1_BARE_CR,
        anomaly::HTTP1_SPACE_BEFORE_COLON,
        anomaly::HTTP1_TRANSFER_ENCODING_OBFUSCATED,
        anomaly::HTTP1_RESPONSE_SPLITTING,
    ];
    let seen: Vec<_> = ambiguous.into_iter().filter(|code| count_of(code) > 0).collect();
    if !seen.is_empty() {
        push(&kind::HTTP1_SMUGGLING, format!("anomalies of the connection: {}", seen.join(", ")), &[], None);
    }
    for (code, count) in record.anomalies.iter().filter(|(code, _)| code.starts_with("http2_flood_")) {
        let what = code.trim_start_matches("http2_flood_").replace('_', " ");
        let times = human::plural(u64::from(*count), "time");
        push(&kind::HTTP2_FLOOD, format!("{what}, {times}"), &[], None);
    }
}

fn capture(record: &ConnectionRecord, push: &mut Push<'_>) {
    let missing = record.client.missing_bytes + record.server.missing_bytes;
    if missing > 0 {
        push(&kind::CAPTURE_MISSING, format!("{} are missing", human::bytes(missing)), &[], None);
    }
    if let Some(side) = record.only {
        push(&kind::CAPTURE_ONE_SIDE, format!("only what the {} sent was captured", side.name()), &[], None);
    }
}
