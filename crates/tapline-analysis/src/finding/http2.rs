//! What an HTTP/2 connection gives to tell, once it is over.

use tapline_decode::http2::ErrorCode;

use super::catalogue as kind;
use super::{Finding, Kind};
use crate::limits::{
    HPACK_EVICTIONS_MIN, HPACK_SAVED_PERMILLE_MAX, PRIORITY_IGNORED_MIN_BYTES, SETTINGS_SLOW_NS,
};
use crate::{Http2Connection, Sender, human};

pub(super) fn look_at(connection: &Http2Connection, found: &mut Vec<Finding>) {
    let mut push = |kind: &'static Kind, explanation: String, packet: Option<u64>, cost_ns: Option<i64>| {
        let finding = Finding::new(kind, explanation, connection.start).on(connection.connection);
        found.push(finding.proven_by(packet).costs(cost_ns));
    };
    ends(connection, &mut push);
    settings(connection, &mut push);
    headers(connection, &mut push);
    pushes(connection, &mut push);
    priorities(connection, &mut push);
}

type Push<'a> = dyn FnMut(&'static Kind, String, Option<u64>, Option<i64>) + 'a;

const SENDERS: [Sender; 2] = [Sender::Client, Sender::Server];

fn ends(connection: &Http2Connection, push: &mut Push<'_>) {
    for goaway in &connection.goaways {
        let (who, packet) = (goaway.from.name(), Some(goaway.origin.packet));
        if goaway.error != ErrorCode::NO_ERROR {
            let explanation = format!("the {who} ended the connection with {}", goaway.error);
            push(&kind::HTTP2_GOAWAY_ERROR, explanation, packet, None);
        } else if goaway.from == Sender::Server && goaway.last_stream < newest_stream(connection) {
            let explanation = format!(
                "the server processed streams up to {}, the client had opened {}",
                goaway.last_stream,
                newest_stream(connection)
            );
            push(&kind::HTTP2_GOAWAY_IN_USE, explanation, packet, None);
        }
    }
    for (from, error, count) in &connection.resets {
        if *from == Sender::Server && ![ErrorCode::NO_ERROR, ErrorCode::CANCEL].contains(error) {
            let streams = human::plural(*count, "stream");
            push(
                &kind::HTTP2_STREAMS_REFUSED,
                format!("the server reset {streams} with {error}"),
                None,
                None,
            );
        }
    }
}

/// The client's newest stream, if it opened one after the other.
fn newest_stream(connection: &Http2Connection) -> u32 {
    let opened = u32::try_from(connection.client.streams_opened).unwrap_or(u32::MAX / 2);
    opened.saturating_mul(2).saturating_sub(1)
}

fn settings(connection: &Http2Connection, push: &mut Push<'_>) {
    for sender in SENDERS {
        let sent = &connection.side(sender).settings;
        let Some(slowest) = sent.iter().max_by_key(|sent| sent.acknowledged_ns()) else { continue };
        if let Some(ns) = slowest.acknowledged_ns().filter(|&ns| ns >= SETTINGS_SLOW_NS) {
            let explanation =
                format!("SETTINGS of the {} were acknowledged after {}", sender.name(), human::duration(ns));
            push(&kind::HTTP2_SETTINGS_SLOW, explanation, Some(slowest.sent.packet), Some(ns));
        }
    }
}

fn headers(connection: &Http2Connection, push: &mut Push<'_>) {
    for sender in SENDERS {
        let headers = &connection.side(sender).headers;
        let saved = headers.decoded_bytes.saturating_sub(headers.wire_bytes) * 1000;
        let permille = saved.checked_div(headers.decoded_bytes).unwrap_or(1000);
        if headers.evicted >= HPACK_EVICTIONS_MIN
            && headers.evicted * 2 > headers.inserted
            && permille < HPACK_SAVED_PERMILLE_MAX
        {
            let explanation = format!(
                "of {} that the {} inserted, {} were evicted; compression saved {} %",
                human::plural(headers.inserted, "entry").replace("entrys", "entries"),
                sender.name(),
                human::count(headers.evicted),
                permille / 10
            );
            push(&kind::HPACK_TABLE_SMALL, explanation, None, None);
        }
    }
}

fn pushes(connection: &Http2Connection, push: &mut Push<'_>) {
    let pushes = connection.pushes;
    if pushes.forbidden > 0 {
        let explanation = format!("{} promised", human::plural(pushes.forbidden, "stream"));
        push(&kind::HTTP2_PUSH_FORBIDDEN, explanation, None, None);
    }
    if pushes.refused > 0 {
        let explanation = format!(
            "{} of {} promised",
            human::count(pushes.refused),
            human::plural(pushes.promised, "stream")
        );
        push(&kind::HTTP2_PUSH_REFUSED, explanation, None, None);
    }
}

fn priorities(connection: &Http2Connection, push: &mut Push<'_>) {
    let followed = connection.priority_followed;
    let (late, all) = (followed.octets_out_of_order, followed.octets_out_of_order + followed.octets_in_order);
    if late >= PRIORITY_IGNORED_MIN_BYTES && late * 4 >= all {
        let worst = followed.worst.map_or_else(String::new, |worst| {
            format!("; stream {} was sent while {} waited", worst.sent, worst.waited)
        });
        let explanation =
            format!("{} of {} were sent out of turn{worst}", human::bytes(late), human::bytes(all));
        push(&kind::HTTP2_PRIORITY_IGNORED, explanation, None, None);
    }
}

#[cfg(test)]
mod tests {
    use tapline_packet::Timestamp;
    use tapline_reassembly::Origin;

    use super::*;
    use crate::http2::{Http2Connection, PriorityFollowed, SettingsSent};

    fn codes(change: impl Fn(&mut Http2Connection)) -> Vec<&'static str> {
        let mut connection = Http2Connection::new(0, Origin::default());
        change(&mut connection);
        let mut found = Vec::new();
        look_at(&connection, &mut found);
        found.iter().map(|finding| finding.kind.code).collect()
    }

    #[test]
    fn a_table_is_small_where_much_is_evicted_and_little_saved() {
        let check = |evicted: u64, saved_permille: u64, expected: &[&str]| {
            let found = codes(|connection| {
                let headers = &mut connection.client.headers;
                (headers.evicted, headers.inserted) = (evicted, evicted);
                (headers.decoded_bytes, headers.wire_bytes) = (1000, 1000 - saved_permille);
            });
            assert_eq!(found, expected, "{evicted} {saved_permille}");
        };
        check(HPACK_EVICTIONS_MIN, HPACK_SAVED_PERMILLE_MAX - 1, &["hpack_table_small"]);
        check(HPACK_EVICTIONS_MIN - 1, HPACK_SAVED_PERMILLE_MAX - 1, &[]);
        check(HPACK_EVICTIONS_MIN, HPACK_SAVED_PERMILLE_MAX, &[]);
    }

    #[test]
    fn priorities_are_ignored_from_so_many_octets_on() {
        let ignored = |octets_out_of_order: u64| {
            let followed = PriorityFollowed { octets_out_of_order, ..PriorityFollowed::default() };
            codes(|connection| connection.priority_followed = followed)
        };
        assert_eq!(ignored(PRIORITY_IGNORED_MIN_BYTES), ["http2_priority_ignored"]);
        assert!(ignored(PRIORITY_IGNORED_MIN_BYTES - 1).is_empty());
    }

    #[test]
    fn settings_are_acknowledged_late_from_a_time_on() {
        let late = |ns: i64| {
            let acknowledged = Some(Origin { packet: 2, at: Timestamp(ns) });
            let sent = SettingsSent { sent: Origin::default(), settings: Vec::new(), acknowledged };
            codes(|connection| connection.client.settings.push(sent.clone()))
        };
        assert_eq!(late(SETTINGS_SLOW_NS), ["http2_settings_slow"]);
        assert!(late(SETTINGS_SLOW_NS - 1).is_empty());
    }
}
