//! What is odd about TCP, as anomalies beside those of the layers above.

use std::borrow::Cow;
use std::ops::Range;

use tapline_reassembly::{Conflict, Connection, Direction, Left, Oddity, Origin};

use crate::limits::ANOMALY_EVENTS_MAX;
use crate::story::Story;
use crate::{AnomalyRecord, Event, Options};

/// A code, a sentence, and the octets that it is about.
pub(crate) struct TcpAnomaly {
    code: &'static str,
    detail: Cow<'static, str>,
    span: Range<u64>,
}

impl TcpAnomaly {
    fn new(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { code, detail: detail.into(), span: 0..0 }
    }

    fn at(self, span: Range<u64>) -> Self {
        Self { span, ..self }
    }
}

/// What an oddity is called and what it says. Octets count from 1, as in verdicts.
pub(crate) fn of(oddity: &Oddity) -> TcpAnomaly {
    match *oddity {
        Oddity::Conflict(Conflict { offset, length, first }) => TcpAnomaly::new(
            "tcp_overlap_conflict",
            format!(
                "octets {}–{} came again as other ones than in packet {}, whose copy counts",
                offset + 1,
                offset + length,
                first.packet
            ),
        )
        .at(offset..offset + length),
        Oddity::Late { offset, length } => TcpAnomaly::new(
            "tcp_gap_filled_late",
            format!("{length} octets from {} on came after they had been given up", offset + 1),
        )
        .at(offset..offset + length),
        Oddity::BadChecksum => TcpAnomaly::new(
            "tcp_checksum_bad",
            "the checksum is wrong, and no network card explains it: the receiver drops such a segment",
        ),
        Oddity::StrayReset => TcpAnomaly::new(
            "tcp_reset_ignored",
            "a RST whose number its receiver does not expect: it goes on (RFC 5961 §3.2)",
        ),
        Oddity::ResetDisproved => TcpAnomaly::new(
            "tcp_reset_injected",
            "the side that is said to have sent a RST goes on with new octets: somebody else sent it",
        ),
        Oddity::Unreachable(error) => {
            let mtu =
                error.mtu.map(|mtu| format!(", the next link carries {mtu} octets")).unwrap_or_default();
            TcpAnomaly::new("tcp_icmp_error", format!("{} says: {}{mtu}", error.reporter, error.reason))
        }
    }
}

/// Octets that waited for `length` others became too many.
pub(crate) fn overflow(offset: u64, length: u64) -> TcpAnomaly {
    let detail = format!("too much waited for {length} octets from {} on: they are given up", offset + 1);
    TcpAnomaly::new("tcp_waiting_overflow", detail).at(offset..offset + length)
}

/// A connection was given up.
pub(crate) fn evicted(left: Left) -> TcpAnomaly {
    let detail = match left {
        Left::TableFull => "given up to make room: it was silent longest",
        Left::MemoryShort => "given up because memory was short: it was silent longest",
        _ => "given up: it was silent for too long",
    };
    TcpAnomaly::new("tcp_connection_evicted", detail)
}

/// Counts an anomaly on its connection and tells it.
pub(crate) fn tell(
    connection: &Connection,
    story: &mut Story,
    (direction, here): (Direction, Origin),
    anomaly: TcpAnomaly,
    options: &Options,
    events: &mut Vec<Event>,
) {
    let count = story.count_anomaly(anomaly.code);
    if options.interests.anomalies && count <= ANOMALY_EVENTS_MAX {
        events.push(Event::Anomaly(Box::new(AnomalyRecord {
            connection: connection.id,
            origin: here,
            from: story.sender(direction),
            code: anomaly.code,
            detail: anomaly.detail,
            span: anomaly.span,
        })));
    }
}
