//! What is known of one connection, as labelled lines.

mod certificates;
mod findings;
mod flights;
mod tls;

use tapline_analysis::{ConnectionRecord, Fin, Origin, Sender, Series, SynOptions, human, tcp_words};

use super::pen;
use crate::model::{Findings, Row};
use crate::theme::Role;
use crate::words;

/// A piece of text that is not broken.
pub(super) type Piece = (String, Role);

/// A line: a label, which is empty where the line goes on, and pieces.
pub(super) struct Fact {
    pub(super) label: &'static str,
    pub(super) pieces: Vec<Piece>,
    /// What stands between two of them.
    pub(super) glue: &'static str,
}

/// Between facts that stand side by side.
const DOT: &str = " · ";

/// Cells of the widest label and the gap behind it.
pub(super) const LABEL_WIDTH: u16 = 10;

/// All there is to say of a connection but its requests, in lines of so many cells; `origin` is the capture's
/// start.
pub(super) fn of(row: &Row, findings: &Findings, origin: i64, width: u16) -> Vec<Fact> {
    let Some(record) = row.record() else { return Vec::new() };
    let mut facts = Facts { lines: Vec::new(), width: width.saturating_sub(LABEL_WIDTH) };
    facts.say("path", path(record));
    facts.say("when", when(record, origin));
    findings::say(record.id, findings, &mut facts);
    facts.say("handshake", handshake(record));
    facts.say("options", options(record));
    if let Some(tls) = row.tls_in_full() {
        tls::say(tls, &mut facts);
    }
    facts.say("ending", ending(record));
    facts.say("states", states(record));
    facts.say("data", data(record));
    for (who, side) in [(Sender::Client, &record.client), (Sender::Server, &record.server)] {
        if let Some(series) = &side.series {
            facts.say(if who == Sender::Client { "client" } else { "server" }, speed(series));
        }
    }
    facts.say("verdicts", tcp_words::verdicts(record).map(warn).collect());
    facts.say("odd", record.anomalies.iter().map(|(code, n)| warn(format!("{code} ×{n}"))).collect());
    facts.lines
}

struct Facts {
    lines: Vec<Fact>,
    width: u16,
}

impl Facts {
    /// Adds pieces under a label, on as many lines as they need. One that is wider than a line is broken between words.
    fn say(&mut self, label: &'static str, pieces: Vec<Piece>) {
        let mut used = 0;
        let mut label = Some(label);
        let width = usize::from(self.width);
        let folded = pieces.into_iter().flat_map(|(text, role)| {
            pen::fold(&text, width).into_iter().map(move |line| (line, role)).collect::<Vec<_>>()
        });
        for piece in folded {
            let needs = pen::columns(&piece.0) + 3;
            match self.lines.last_mut() {
                Some(line) if label.is_none() && used + needs <= self.width + 3 => {
                    line.pieces.push(piece);
                    used += needs;
                }
                _ => {
                    let label = label.take().unwrap_or_default();
                    self.lines.push(Fact { label, pieces: vec![piece], glue: DOT });
                    used = needs;
                }
            }
        }
    }
}

fn plain(text: impl Into<String>) -> Piece {
    (text.into(), Role::Plain)
}

fn dim(text: impl Into<String>) -> Piece {
    (text.into(), Role::Dim)
}

fn warn(text: impl Into<String>) -> Piece {
    (text.into(), Role::Warn)
}

/// A step with its packet, as `SYN #12`.
fn step(name: &str, origin: Origin) -> String {
    format!("{name} #{}", origin.packet)
}

fn path(record: &ConnectionRecord) -> Vec<Piece> {
    let mut pieces = vec![plain(format!("{} → {}", record.client.endpoint, record.server.endpoint))];
    let tags: Vec<String> = record.vlans.iter().map(|id| id.to_string()).collect();
    if !tags.is_empty() {
        pieces.push(plain(format!("VLAN {}", tags.join(", "))));
    }
    if let Some(other) = record.copy_of {
        pieces.push(warn(format!("a second view of connection {other}: the same IP packets")));
    }
    if let Some(side) = record.only {
        pieces.push(warn(format!("only what the {} sends is in the capture", side.name())));
    }
    if record.reused_ports {
        pieces.push(plain("same addresses and ports as an earlier one"));
    }
    if record.orientation == tapline_analysis::ClientProof::Port {
        pieces.push(warn("the client is a guess by its port"));
    }
    pieces
}

fn handshake(record: &ConnectionRecord) -> Vec<Piece> {
    let steps = &record.handshake;
    let rtt = |ns: Option<i64>, side: &str| {
        ns.map(|ns| format!(", {side} RTT {}", human::duration(ns))).unwrap_or_default()
    };
    let mut pieces = Vec::new();
    if let Some(syn) = steps.syn.seen() {
        pieces.push(plain(step("SYN", syn)));
    }
    pieces.extend(tcp_words::retries(record).into_iter().map(warn));
    if let Some(syn_ack) = steps.syn_ack.seen() {
        pieces.push(plain(step("SYN-ACK", syn_ack) + &rtt(steps.server_rtt_ns(), "server")));
    }
    if let Some(ack) = steps.ack.seen() {
        pieces.push(plain(step("ACK", ack) + &rtt(steps.client_rtt_ns(), "client")));
    }
    if pieces.is_empty() {
        pieces.push((format!("not in the capture; first packet #{}", record.first.packet), Role::Dim));
    }
    pieces.extend(tcp_words::opening(record).into_iter().map(warn));
    pieces.extend(tcp_words::icmp_error(record).map(warn));
    pieces
}

/// The options of both SYNs: once where they agree, else client/server.
fn options(record: &ConnectionRecord) -> Vec<Piece> {
    let (client, server) = (record.handshake.client_options, record.handshake.server_options);
    let (Some(client), Some(server)) = (client, server) else {
        let only = [(client, "client's"), (server, "server's")];
        let only = only.into_iter().find_map(|(options, whose)| Some((options?, whose)));
        return only.map_or_else(Vec::new, |(options, whose)| {
            let mut pieces = option_pieces(options, options);
            pieces.push((format!("only the {whose} SYN was seen"), Role::Dim));
            pieces
        });
    };
    let mut pieces = option_pieces(client, server);
    if client != server {
        pieces.push(("client/server".to_owned(), Role::Dim));
    }
    pieces
}

fn option_pieces(client: SynOptions, server: SynOptions) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut number = |name: &str, of: fn(SynOptions) -> Option<u64>, unit: &str| {
        let text = |side| of(side).map_or_else(|| "–".to_owned(), |n| n.to_string());
        match (of(client), of(server)) {
            (None, None) => {}
            (a, b) if a == b => pieces.push(plain(format!("{name}{}{unit}", text(client)))),
            _ => pieces.push(plain(format!("{name}{}/{}{unit}", text(client), text(server)))),
        }
    };
    number("MSS ", |side| side.mss.map(u64::from), "");
    number("window ×", |side| side.window_scale.map(|shift| 1 << shift.min(14)), "");
    number("Fast Open cookie ", |side| side.fast_open_cookie.map(u64::from), " B");
    let mut flag = |name: &str, of: fn(SynOptions) -> bool| {
        let word = |is| if is { "yes" } else { "no" };
        pieces.push(plain(match (of(client), of(server)) {
            (true, true) => name.to_owned(),
            (false, false) => format!("no {name}"),
            (a, b) => format!("{name} {}/{}", word(a), word(b)),
        }));
    };
    flag("SACK", |side| side.sack_permitted);
    flag("timestamps", |side| side.timestamps);
    pieces
}

fn ending(record: &ConnectionRecord) -> Vec<Piece> {
    let mut pieces = vec![(words::ending_in_full(record), Role::Strong)];
    let mut fins: Vec<(&Fin, &str)> = tapline_analysis::Direction::BOTH
        .iter()
        .filter_map(|&direction| Some((record.teardown.fin(direction)?, record.sender(direction).name())))
        .collect();
    fins.sort_by_key(|(fin, _)| fin.seen.packet);
    for (fin, who) in fins {
        let answer = match fin.acknowledged {
            Some(ack) => format!(", ACK #{}", ack.packet),
            None => ", no ACK seen".to_owned(),
        };
        pieces.push(plain(format!("{} by {who}{answer}", step("FIN", fin.seen))));
    }
    if let Some(reset) = record.teardown.reset {
        let who = record.sender(reset.from).name();
        let text = format!("{} by {who} {}", step("RST", reset.seen), tcp_words::reset(&reset));
        pieces.push(if reset.looks_injected() { warn(text) } else { plain(text) });
    }
    pieces.extend(tcp_words::silence(record).map(warn));
    pieces
}

/// Each side's state in RFC 9293's words.
fn states(record: &ConnectionRecord) -> Vec<Piece> {
    let mut pieces =
        vec![plain(format!("client {}, server {}", record.client.tcp_state, record.server.tcp_state))];
    if let Some(ns) = record.teardown.half_closed_ns().filter(|&ns| ns > 0) {
        pieces.push(plain(format!("half-closed for {}", human::duration(ns))));
    }
    pieces.push((format!("Zeek {} {}", record.conn_state.name(), record.history.as_str()), Role::Dim));
    pieces
}

/// Round trips, and how much was in flight: in each of the first round trips, then over the whole time.
fn speed(series: &Series) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let trips = series.round_trips();
    if let Some(mean) = trips.mean_ns() {
        let (min, max) = (human::duration(trips.min_ns), human::duration(trips.max_ns));
        pieces.push(plain(format!("round trip {} ({min}–{max})", human::duration(mean))));
    }
    let flights = || series.points().iter().map(|point| point.in_flight_bytes);
    pieces.push(plain(format!("up to {} in flight", human::bytes(flights().max().unwrap_or(0)))));
    if series.rounds().len() > 1 {
        let bars = unbroken(&tcp_words::sparkline(series.rounds().iter().copied()));
        let slow_start = match series.slow_start_rounds() {
            0 => String::new(),
            rounds => format!(", slow start in {rounds}"),
        };
        pieces.push(plain(format!("first rounds {bars}{slow_start}")));
    }
    pieces.push(plain(format!("over time {}", unbroken(&tcp_words::sparkline(flights())))));
    pieces
}

/// Bars that a narrow screen does not break into words where there is nothing.
fn unbroken(bars: &str) -> String {
    bars.replace(' ', "·")
}

fn data(record: &ConnectionRecord) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (who, side) in [("client", &record.client), ("server", &record.server)] {
        let sent = human::bytes(side.payload_bytes);
        pieces.push(plain(format!("{who} {sent} in {}", human::plural(side.packets, "packet"))));
        if side.offloaded_segments > 0 {
            let count = human::plural(u64::from(side.offloaded_segments), "segment");
            pieces.push(plain(format!("{count} larger than the MSS: offloaded")));
        }
        if side.missing_bytes > 0 {
            pieces.push(warn(format!("{} never seen", human::bytes(side.missing_bytes))));
        }
    }
    pieces
}

/// Date and time, then where in the capture and how long.
fn when(record: &ConnectionRecord, origin: i64) -> Vec<Piece> {
    let mut pieces = Vec::new();
    if let Ok(at) = jiff::Timestamp::from_nanosecond(record.first.at.0.into()) {
        pieces.push(plain(at.strftime("%Y-%m-%d %H:%M:%S%.6f UTC").to_string()));
    }
    pieces.push(plain(format!("at {}", human::duration(record.first.at.0.saturating_sub(origin)))));
    pieces.push(plain(format!("lasted {}", human::duration(record.duration_ns()))));
    pieces.push((format!("#{}–#{}", record.first.packet, record.last.packet), Role::Dim));
    pieces
}
