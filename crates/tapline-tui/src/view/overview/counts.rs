//! How many there are of what.

use std::collections::BTreeMap;

use tapline_analysis::human;

use super::{Line, Part};
use crate::model::{End, Model, Spot};
use crate::theme::Role;

/// Cells of the names.
const NAME_WIDTH: usize = 12;

pub(super) fn parts(model: &Model) -> Vec<Part> {
    let tally = &model.tally;
    let requests = tally.statuses.values().sum();
    let mut of_requests = parts_of(&tally.statuses, |name| match name {
        "4xx" | "5xx" | "without a status" => Role::Bad,
        _ => Role::Plain,
    });
    let inferred = (format!("≈{} inferred", human::count(tally.inferred)), Role::Dim);
    of_requests.extend((tally.inferred > 0).then_some(inferred));
    let mut of_handshakes = parts_of(&tally.handshakes, |name| match name {
        "failed" | "refused" | "abandoned" => Role::Bad,
        "established" => Role::Plain,
        _ => Role::Warn,
    });
    let resumed = (format!("{} of them resumed", human::count(tally.resumed)), Role::Plain);
    of_handshakes.extend((tally.resumed > 0).then_some(resumed));
    let of = |spot, line| (Some(spot), vec![line]);
    let mut parts = vec![
        of(Spot::Connections, connections(model)),
        of(Spot::Requests, line("requests", requests, of_requests)),
        of(Spot::Handshakes, line("TLS", tally.handshakes.values().sum(), of_handshakes)),
    ];
    parts.extend(protocols(model).map(|line| (None, vec![line])));
    parts.push(of(Spot::Health, health(model)));
    parts
}

/// What is spoken, in connections, and what there was beside TCP, in packets.
fn protocols(model: &Model) -> Option<Line> {
    let mut line = vec![(format!("{:NAME_WIDTH$}", "speaks"), Role::Dim)];
    let mut glue = "";
    for (text, role) in parts_of(&model.tally.protocols, |_| Role::Plain) {
        line.push((glue.to_owned(), Role::Dim));
        line.push((text, role));
        glue = " · ";
    }
    let others = &model.source.totals.other_packets;
    if !others.is_empty() {
        let texts: Vec<String> =
            others.iter().map(|(name, &count)| format!("{} {name}", human::count(count))).collect();
        let lead = if glue.is_empty() { "packets: " } else { " · packets: " };
        line.push((format!("{lead}{}", texts.join(", ")), Role::Dim));
    }
    (line.len() > 1).then_some(line)
}

/// Whether the capture is whole.
fn health(model: &Model) -> Line {
    let mut line = vec![(format!("{:NAME_WIDTH$}", "capture"), Role::Dim)];
    let gaps = model.tally.gaps;
    let mut texts = model.warnings();
    if gaps > 0 {
        texts.push(format!("octets are missing on {}", human::plural(gaps, "connection")));
    }
    match texts.split_first() {
        None if model.source.end == End::Loading => {
            line.push(("nothing lost so far".to_owned(), Role::Plain));
        }
        None => line.push(("whole: nothing is known to be dropped, cut or missing".to_owned(), Role::Good)),
        Some((first, rest)) => {
            line.push((first.clone(), Role::Warn));
            if !rest.is_empty() {
                line.push((format!(" · and {} more", rest.len()), Role::Warn));
            }
        }
    }
    line
}

/// What goes on is told by where it is; once all was read, everything has an end.
fn connections(model: &Model) -> Line {
    let is_loading = model.source.end == End::Loading;
    let endings = if is_loading { model.rows.states() } else { &model.tally.endings };
    let over: u64 = endings.values().sum();
    let all = model.source.totals.connections.max(over);
    let mut parts = parts_of(endings, |name| match name {
        "refused" | "no answer" | "reset" => Role::Bad,
        "half-open" => Role::Warn,
        _ => Role::Plain,
    });
    if all > over && is_loading {
        parts.push((format!("{} going on", human::count(all - over)), Role::Dim));
    }
    line("connections", all, parts)
}

/// The largest first.
fn parts_of(counts: &BTreeMap<&'static str, u64>, role: impl Fn(&str) -> Role) -> Line {
    let mut counts: Vec<_> = counts.iter().filter(|(_, count)| **count > 0).collect();
    counts.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    let part = |(&name, &count): (&&'static str, &u64)| {
        let times = if name.ends_with("xx") { "× " } else { "" };
        (format!("{} {times}{name}", human::count(count)), role(name))
    };
    counts.into_iter().map(part).collect()
}

/// `requests    12: 8 2xx · 4 5xx`
fn line(name: &str, total: u64, parts: Line) -> Line {
    let mut line = vec![(format!("{name:NAME_WIDTH$}"), Role::Dim), (human::count(total), Role::Strong)];
    for (index, part) in parts.into_iter().enumerate() {
        line.push((if index == 0 { ": " } else { " · " }.to_owned(), Role::Dim));
        line.push(part);
    }
    line
}
