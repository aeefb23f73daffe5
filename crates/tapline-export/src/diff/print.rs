//! Before beside after, for people.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::io::{self, Write};

use tapline_engine::analysis::human;

use super::averages::Phases;
use super::{Found, Side};
use crate::limits::ROWS_MAX;
use crate::report::style::Ink;
use crate::report::table::{self, Cell, Column, cell, flexible, left, right};
use crate::report::{ReportOptions, title};

/// Differences below this part of the whole say nothing: one run of the same thing differs more from the next.
const NOISE_PERCENT: i64 = 5;

/// Prints what differs, what got slower first. `names` are those of the two captures.
pub fn print(
    before: &Side,
    after: &Side,
    names: [&str; 2],
    options: &ReportOptions,
    out: &mut impl Write,
) -> io::Result<()> {
    whole(before, after, names, options, out)?;
    requests(before, after, options, out)?;
    findings(before, after, options, out)
}

/// The two captures as a whole.
fn whole(
    before: &Side,
    after: &Side,
    names: [&str; 2],
    options: &ReportOptions,
    out: &mut impl Write,
) -> io::Result<()> {
    title(out, options, "Before and after", &format!("{} · {}", names[0], names[1]))?;
    let sides = [before, after];
    let requests = sides.map(|side| &side.requests);
    let counted = |of: fn(&Side) -> u64| sides.map(|side| human::count(of(side)));
    let averages = requests.map(|all| (all.count() > 0).then(|| all.average_ns()));
    let medians = requests.map(|all| (all.count() > 0).then(|| all.median_ns()));
    let rows = [
        counts("packets", counted(|side| side.packets)),
        counts("connections", counted(|side| side.connections.count)),
        counts("requests", counted(|side| side.requests.count())),
        durations("lasted", sides.map(|side| Some(side.lasted_ns)), false),
        durations("a request, on average", averages, true),
        durations("a request, median", medians, true),
        durations("TCP handshake", sides.map(|side| side.connections.handshake.ns()), true),
        durations("TLS handshake", sides.map(|side| side.connections.tls.ns()), true),
        counts("packets sent again", sides.map(again)),
    ];
    let columns = [left(""), right("before"), right("after"), right("change")];
    table::print(&columns, &rows, options, out)
}

/// Packets that were sent again, and their part.
#[expect(clippy::cast_precision_loss, reason = "a percentage")]
fn again(side: &Side) -> String {
    let (again, all) = (side.connections.retransmissions, side.connections.packets);
    if again == 0 || all == 0 {
        return human::count(again);
    }
    format!("{} ({:.1} %)", human::count(again), 100.0 * again as f64 / all as f64)
}

fn counts(what: &str, [before, after]: [String; 2]) -> Vec<Cell> {
    vec![cell(Ink::Plain, what), cell(Ink::Plain, before), cell(Ink::Plain, after), cell(Ink::Plain, "")]
}

fn durations(what: &str, ns: [Option<i64>; 2], is_judged: bool) -> Vec<Cell> {
    let [before, after] = ns.map(|ns| ns.map_or_else(|| "–".to_owned(), human::duration));
    let change = match ns {
        [Some(before), Some(after)] if is_judged => change(before, after),
        _ => cell(Ink::Plain, ""),
    };
    vec![cell(Ink::Plain, what), cell(Ink::Plain, before), cell(Ink::Plain, after), change]
}

/// `+12.0 ms, +30 %`
fn change(before: i64, after: i64) -> Cell {
    let by = after.saturating_sub(before);
    if by == 0 {
        return cell(Ink::Dim, "none");
    }
    let ink = match by {
        _ if is_noise(before, after) => Ink::Dim,
        1.. => Ink::Bad,
        _ => Ink::Good,
    };
    let percent = i128::from(by) * 100 / i128::from(before.max(1));
    let sign = if by < 0 { "" } else { "+" };
    let part = if before > 0 && percent.abs() < 1000 { format!(", {percent:+} %") } else { String::new() };
    cell(ink, format!("{sign}{}{part}", human::duration(by)))
}

fn is_noise(before: i64, after: i64) -> bool {
    let by = i128::from(after.saturating_sub(before)).abs();
    by == 0 || by * 100 < i128::from(before.max(after)) * i128::from(NOISE_PERCENT)
}

/// The phase that differs most, and by how much.
fn slower_in(before: &Phases, after: &Phases) -> (&'static str, i64) {
    let phases = before.averages().into_iter().zip(after.averages());
    let differences = phases.map(|((name, before), (_, after))| (name, after.saturating_sub(before)));
    differences.max_by_key(|(_, by)| by.unsigned_abs()).unwrap_or_default()
}

/// Requests of one kind beside each other, those first that cost or saved most in all.
fn requests(before: &Side, after: &Side, options: &ReportOptions, out: &mut impl Write) -> io::Result<()> {
    let mut both: Vec<_> =
        after.kinds.iter().filter_map(|(kind, after)| Some((kind, before.kinds.get(kind)?, after))).collect();
    let cost = |before: &Phases, after: &Phases| {
        let by = after.average_ns().saturating_sub(before.average_ns());
        i128::from(by) * i128::from(after.count())
    };
    both.sort_by_key(|(kind, before, after)| (Reverse(cost(before, after).abs()), (*kind).clone()));
    let differ =
        both.iter().filter(|(_, before, after)| !is_noise(before.average_ns(), after.average_ns())).count();
    let summary = format!("{} in both, {differ} differ by more than {NOISE_PERCENT} %", both.len());
    title(out, options, "Requests", &summary)?;
    let shown = if options.all { both.len() } else { ROWS_MAX.min(differ) };
    let rows: Vec<Vec<Cell>> = both
        .iter()
        .take(shown)
        .map(|(kind, before, after)| {
            let (phase, by) = slower_in(before, after);
            let sign = if by < 0 { "" } else { "+" };
            vec![
                cell(Ink::Name, kind.text()),
                cell(Ink::Dim, format!("{} → {}", human::count(before.count()), human::count(after.count()))),
                cell(Ink::Plain, human::duration(before.average_ns())),
                cell(Ink::Plain, human::duration(after.average_ns())),
                change(before.average_ns(), after.average_ns()),
                cell(Ink::Plain, format!("{phase} {sign}{}", human::duration(by))),
            ]
        })
        .collect();
    let columns: [Column; 6] = [
        flexible("request"),
        left("number").rank(2),
        right("before").rank(1),
        right("after"),
        right("change"),
        left("most in"),
    ];
    table::print(&columns, &rows, options, out)?;
    if shown < both.len() {
        writeln!(out, "  {} more: --all shows them", human::count((both.len() - shown) as u64))?;
    }
    only("only before", before, after, options, out)?;
    only("only after", after, before, options, out)
}

/// Kinds of requests that the other capture does not have.
fn only(
    what: &str,
    of: &Side,
    other: &Side,
    options: &ReportOptions,
    out: &mut impl Write,
) -> io::Result<()> {
    let kinds: Vec<&str> =
        of.kinds.keys().filter(|kind| !other.kinds.contains_key(kind)).map(super::kind::Kind::text).collect();
    if kinds.is_empty() {
        return Ok(());
    }
    let shown = if options.all { kinds.len() } else { 3 };
    let more = kinds.len().saturating_sub(shown);
    let named: Vec<_> =
        kinds.iter().take(shown).map(|kind| tapline_engine::analysis::printable(kind)).collect();
    let more = if more > 0 { format!(" and {} more", human::count(more as u64)) } else { String::new() };
    writeln!(out, "  {what}: {}{more}", named.join(", "))
}

/// What was found in one capture and not, or not as often, in the other.
fn findings(before: &Side, after: &Side, options: &ReportOptions, out: &mut impl Write) -> io::Result<()> {
    let codes: BTreeSet<_> = before.findings.keys().chain(after.findings.keys()).copied().collect();
    let of = |side: &Side, code| side.findings.get(code).copied();
    let cost = |found: Option<Found>| found.map_or(0, |found| found.cost_ns);
    let mut rows: Vec<(&str, Option<Found>, Option<Found>)> =
        codes.into_iter().map(|code| (code, of(before, code), of(after, code))).collect();
    let differs = |(_, before, after): &(&str, Option<Found>, Option<Found>)| {
        before.map(|found| found.count) != after.map(|found| found.count)
            || !is_noise(cost(*before), cost(*after))
    };
    let total = rows.len();
    rows.retain(|row| options.all || differs(row));
    rows.sort_by_key(|(code, before, after)| (Reverse(cost(*after).saturating_sub(cost(*before))), *code));
    title(
        out,
        options,
        "Findings",
        &format!(
            "{}, {} differ",
            human::plural(total as u64, "kind"),
            rows.iter().filter(|row| differs(row)).count()
        ),
    )?;
    let rows: Vec<Vec<Cell>> = rows
        .iter()
        .map(|(code, before, after)| {
            let told = |found: Option<Found>| match found {
                None => "–".to_owned(),
                Some(found) if found.cost_ns > 0 => {
                    format!("{}, {}", found.count, human::duration(found.cost_ns))
                }
                Some(found) => found.count.to_string(),
            };
            let ink = match (before, after) {
                (None, Some(_)) => Ink::Bad,
                (Some(_), None) => Ink::Good,
                _ => Ink::Plain,
            };
            let title = before.or(*after).map_or("", |found| found.title);
            vec![
                cell(ink, *code),
                cell(Ink::Plain, told(*before)),
                cell(Ink::Plain, told(*after)),
                cell(Ink::Dim, title),
            ]
        })
        .collect();
    table::print(
        &[left("finding"), right("before"), right("after"), flexible("").rank(1)],
        &rows,
        options,
        out,
    )
}
