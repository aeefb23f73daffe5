//! Nanoseconds as the milliseconds of HAR.

use serde::{Serialize, Serializer};
use tapline_engine::analysis::Timings;

/// Nanoseconds, written as milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Ms(pub(super) i64);

impl Serialize for Ms {
    #[expect(clippy::cast_precision_loss, reason = "2^53 ns are 104 days")]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0 as f64 / 1e6)
    }
}

/// Where an entry's time went. -1 stands for what does not apply to it; `send`, `wait` and `receive` have to be there,
/// so 0 stands for what is not known of them, and `comment` says which.
#[derive(Serialize)]
pub(super) struct Line {
    blocked: Ms,
    dns: Ms,
    connect: Ms,
    /// Part of `connect`.
    ssl: Ms,
    send: Ms,
    wait: Ms,
    receive: Ms,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
}

/// What does not apply.
const NOT: Ms = Ms(-1_000_000);

impl Line {
    pub(super) fn of(timings: &Timings) -> Self {
        let optional = |ns: Option<i64>| ns.map_or(NOT, Ms);
        let connect = match (timings.connect, timings.tls) {
            (None, None) => None,
            (connect, tls) => Some(connect.unwrap_or(0).saturating_add(tls.unwrap_or(0))),
        };
        let mandatory = [("send", timings.send), ("wait", timings.wait), ("receive", timings.receive)];
        let unknown: Vec<&str> =
            mandatory.iter().filter(|(_, ns)| ns.is_none()).map(|(name, _)| *name).collect();
        Self {
            blocked: optional(timings.blocked),
            dns: optional(timings.dns),
            connect: optional(connect),
            ssl: optional(timings.tls),
            send: Ms(timings.send.unwrap_or(0)),
            wait: Ms(timings.wait.unwrap_or(0)),
            receive: Ms(timings.receive.unwrap_or(0)),
            comment: (!unknown.is_empty()).then(|| format!("not known: {}", unknown.join(", "))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connect_has_tls_in_it_and_what_does_not_apply_is_below_0() {
        let timings = Timings {
            blocked: None,
            dns: Some(1),
            connect: Some(2_000_000),
            tls: Some(500_000),
            send: Some(10),
            wait: Some(1_234_567),
            receive: None,
        };
        let line = serde_json::to_value(Line::of(&timings)).unwrap();
        let expected = serde_json::json!({
            "blocked": -1.0, "dns": 0.000_001, "connect": 2.5, "ssl": 0.5, "send": 0.000_01,
            "wait": 1.234_567, "receive": 0.0, "comment": "not known: receive",
        });
        assert_eq!(line, expected);
    }
}
