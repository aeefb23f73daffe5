//! The connections: state, handshake, round trip, what was sent again, how it ended.

use tapline_engine::Subject;
use tapline_engine::analysis::{ConnectionRecord, Origin, human};

use super::Page;
use super::document::{duration, table_head};
use super::markup::{Markup, cut};
use crate::redact::Redactor;
use crate::report::connections::{ended, missing_bytes, state_noun};
use crate::report::style::Ink;

/// A connection as it will be shown.
pub(super) struct Line {
    pub(super) id: u64,
    pub(super) subject: Subject,
    client: String,
    server: String,
    pub(super) name: Option<String>,
    protocols: String,
    state: &'static str,
    handshake_ns: Option<i64>,
    rtt_ns: Option<i64>,
    resent: u32,
    /// Octets of client and server.
    sent: [u64; 2],
    missing: u64,
    requests: u64,
    duration_ns: i64,
    first: Origin,
    last: Origin,
    end: String,
    mood: &'static str,
}

impl Line {
    pub(super) fn of(record: &ConnectionRecord, redactor: &Redactor) -> Self {
        let (ink, end) = ended(record);
        let protocols: Vec<&str> = record.protocols.iter().map(|protocol| protocol.name()).collect();
        Self {
            id: record.id,
            subject: Subject::of(record),
            client: record.client.endpoint.to_string(),
            server: record.server.endpoint.to_string(),
            name: record.server_name.as_deref().map(|name| cut(&redactor.host(name))),
            protocols: protocols.join(" + "),
            state: state_noun(record.state),
            handshake_ns: record.handshake.total_ns(),
            rtt_ns: record.handshake.initial_rtt_ns,
            resent: record.resent(),
            sent: [record.client.payload_bytes, record.server.payload_bytes],
            missing: missing_bytes(record),
            requests: record.requests,
            duration_ns: record.duration_ns(),
            first: record.first,
            last: record.last,
            end,
            mood: match ink {
                Ink::Bad => "bad",
                Ink::Warn => "warn",
                _ => "fine",
            },
        }
    }

    /// The server as people call it.
    pub(super) fn called(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.server)
    }
}

const COLUMNS: [(&str, bool); 12] = [
    ("#", true),
    ("client", false),
    ("server", false),
    ("speaks", false),
    ("state", false),
    ("handshake", true),
    ("round trip", true),
    ("requests", true),
    ("sent again", true),
    ("octets up / down", true),
    ("lasted", true),
    ("how it ended", false),
];

/// The table; gives how many lines found no room.
pub(super) fn table(
    page: &mut Markup,
    lines: &[Line],
    whole: &Page,
    has_room: impl Fn(&Markup) -> bool,
) -> u64 {
    let mut left_out = 0;
    let region = page.classed("div", "scroll").attr("tabindex", 0).attr("role", "region");
    region.attr("aria-label", "Table of connections").holds(|page| {
        page.tag("table").holds(|page| {
            table_head(page, &COLUMNS);
            page.tag("tbody").holds(|page| {
                for line in lines {
                    if has_room(page) {
                        line.write(page, whole);
                    } else {
                        left_out += 1;
                    }
                }
            });
        });
    });
    left_out
}

impl Line {
    fn write(&self, page: &mut Markup, whole: &Page) {
        let row =
            page.tag("tr").attr("id", format_args!("c{}", self.id)).attr("tabindex", -1).flag("data-row");
        row.holds(|page| {
            page.classed("th", "n").attr("scope", "row").holds(|page| {
                if whole.has_ladder(self.id) {
                    let link = page.tag("a").attr("href", format_args!("#l{}", self.id));
                    link.attr("title", "its ladder").text(&self.id.to_string());
                } else {
                    page.text(&self.id.to_string());
                }
            });
            page.classed("td", "name").text(&self.client);
            page.classed("td", "name").holds(|page| {
                page.text(&self.server);
                if let Some(name) = &self.name {
                    page.classed("span", "dim long").text(name);
                }
            });
            page.tag("td").text(&self.protocols);
            page.tag("td").text(self.state);
            for ns in [self.handshake_ns, self.rtt_ns] {
                page.classed("td", "n").holds(|page| duration(page, ns));
            }
            page.classed("td", "n").text(&human::count(self.requests));
            page.classed("td", if self.resent > 0 { "n warn" } else { "n" }).text(&self.resent.to_string());
            page.classed("td", "n").holds(|page| {
                let [up, down] = self.sent.map(human::bytes);
                page.text(&format!("{up} / {down}"));
                if self.missing > 0 {
                    let missing = human::bytes(self.missing);
                    page.classed("span", "warn long").text(&format!("{missing} not captured"));
                }
            });
            page.classed("td", "n").holds(|page| duration(page, Some(self.duration_ns)));
            page.classed("td", self.mood).holds(|page| {
                page.text(&self.end);
                let packets = format!("packets {} to {}", self.first.packet, self.last.packet);
                page.classed("span", "dim long").text(&packets);
            });
        });
    }
}
