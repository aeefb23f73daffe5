//! How many there are of what.

use std::collections::BTreeMap;

use tapline_analysis::human;

use super::Line;
use crate::model::{End, Model};
use crate::theme::Role;

/// Cells of the names.
const NAME_WIDTH: usize = 12;

pub(super) fn lines(model: &Model) -> Vec<Line> {
    let tally = &model.tally;
    let requests = tally.statuses.values().sum();
    let mut of_requests = parts(&tally.statuses, |name| match name {
        "4xx" | "5xx" | "without a status" => Role::Bad,
        _ => Role::Plain,
    });
    let inferred = (format!("≈{} inferred", human::count(tally.inferred)), Role::Dim);
    of_requests.extend((tally.inferred > 0).then_some(inferred));
    let mut of_handshakes = parts(&tally.handshakes, |name| match name {
        "failed" | "refused" | "abandoned" => Role::Bad,
        "established" => Role::Plain,
        _ => Role::Warn,
    });
    let resumed = (format!("{} of them resumed", human::count(tally.resumed)), Role::Plain);
    of_handshakes.extend((tally.resumed > 0).then_some(resumed));
    vec![
        connections(model),
        line("requests", requests, of_requests),
        line("TLS", tally.handshakes.values().sum(), of_handshakes),
    ]
}

/// What goes on has no end yet; once all was read, everything has.
fn connections(model: &Model) -> Line {
    let endings = &model.tally.endings;
    let over: u64 = endings.values().sum();
    let all = model.source.totals.connections.max(over);
    let mut parts = parts(endings, |name| match name {
        "refused" | "no answer" | "reset" => Role::Bad,
        "half-open" => Role::Warn,
        _ => Role::Plain,
    });
    if all > over && model.source.end == End::Loading {
        parts.push((format!("{} going on", human::count(all - over)), Role::Dim));
    }
    line("connections", all, parts)
}

/// The largest first.
fn parts(counts: &BTreeMap<&'static str, u64>, role: impl Fn(&str) -> Role) -> Line {
    let mut counts: Vec<_> = counts.iter().collect();
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
