//! What is worth telling, by what it cost.
//!
//! ```text
//! Findings  4: 1 error, 2 warnings, 1 note · by cost
//!    1.41 s   warning: The receiver had no room
//!             GET http://www.example.test/large.bin stood still for 1.41 s between
//!             packets 112 and 119
//!             tcp_zero_window · connection 0 · packets 112, 116, 118, 119 ·
//!             RFC 9293 §3.8.6.1
//! ```

use std::collections::BTreeMap;
use std::io::{self, Write};

use tapline_engine::analysis::{Finding, Kind, Severity, human};
use unicode_width::UnicodeWidthStr;

use super::style::Ink;
use super::{ReportOptions, rest, title};
use crate::limits::{OF_KIND_MAX, PACKETS_MAX};
use crate::redact::Redactor;
use crate::shortlist::Shortlist;

/// Columns before a finding's text.
const INDENT: usize = 12;

/// Where lines are broken if there is no terminal.
const WIDTH_USUAL: usize = 100;

pub(super) struct Findings {
    rows_max: usize,
    of_kind_max: usize,
    kinds: BTreeMap<&'static str, Kindred>,
}

/// The findings of one kind.
struct Kindred {
    kind: &'static Kind,
    cost_ns: i64,
    worst: Shortlist<Box<Finding>>,
}

impl Findings {
    pub(super) fn new(rows_max: usize, all: bool) -> Self {
        let of_kind_max = if all { usize::MAX } else { OF_KIND_MAX };
        Self { rows_max, of_kind_max, kinds: BTreeMap::new() }
    }

    pub(super) fn take(&mut self, finding: Box<Finding>) {
        let of_kind_max = self.of_kind_max;
        let kindred = self.kinds.entry(finding.kind.code).or_insert_with(|| Kindred {
            kind: finding.kind,
            cost_ns: 0,
            worst: Shortlist::new(of_kind_max),
        });
        let cost = finding.cost_ns.unwrap_or(0);
        kindred.cost_ns = kindred.cost_ns.saturating_add(cost);
        kindred.worst.push((0, cost), || finding);
    }

    pub(super) fn print(self, options: &ReportOptions, out: &mut impl Write) -> io::Result<()> {
        if self.kinds.is_empty() {
            return Ok(());
        }
        title(out, options, "Findings", &self.summary())?;
        let mut kinds: Vec<Kindred> = self.kinds.into_values().collect();
        kinds.sort_by_key(|kindred| std::cmp::Reverse((kindred.cost_ns, kindred.kind.severity)));
        let total = kinds.len();
        for kindred in kinds.into_iter().take(self.rows_max) {
            kindred.print(options, out)?;
        }
        rest(out, options, self.rows_max.min(total), total as u64, "kinds that cost most")
    }

    fn summary(&self) -> String {
        let of = |severity| {
            let kindred = self.kinds.values().filter(|kindred| kindred.kind.severity == severity);
            kindred.map(|kindred| kindred.worst.total()).sum::<u64>()
        };
        let severities = [Severity::Error, Severity::Warning, Severity::Note];
        let counts = severities.map(|severity| (of(severity), severity.name()));
        let parts =
            counts.iter().filter(|(count, _)| *count > 0).map(|&(count, name)| human::plural(count, name));
        let parts: Vec<_> = parts.collect();
        let total: u64 = counts.iter().map(|(count, _)| count).sum();
        format!("{}: {} · by cost", human::count(total), parts.join(", "))
    }
}

impl Kindred {
    fn print(self, options: &ReportOptions, out: &mut impl Write) -> io::Result<()> {
        let Self { kind: _, cost_ns, worst } = self;
        let (total, findings) = (worst.total(), worst.into_rows());
        let shown = findings.len() as u64;
        for finding in &findings {
            print_one(finding, options, out)?;
        }
        if total > shown {
            let more = format!("and {} more of this kind", human::count(total - shown));
            let all = if cost_ns > 0 { format!("{more}, {} in all", human::duration(cost_ns)) } else { more };
            lines([format!("… {all}").as_str()], Ink::Dim, options, out)?;
        }
        Ok(())
    }
}

fn print_one(finding: &Finding, options: &ReportOptions, out: &mut impl Write) -> io::Result<()> {
    let kind = finding.kind;
    let ink = match kind.severity {
        Severity::Error => Ink::Bad,
        Severity::Warning => Ink::Warn,
        Severity::Note => Ink::Dim,
    };
    let cost = finding.cost_ns.map(human::duration).unwrap_or_default();
    let head = format!("{cost:>9}   ");
    let severity = options.palette.paint(ink, kind.severity.name());
    let name = options.palette.paint(Ink::Bold, kind.title);
    writeln!(out, "{head}{severity}: {name}")?;
    let explanation = Redactor::new(options.secrets).sentence(&finding.explanation).into_owned();
    lines(explanation.split(' '), Ink::Plain, options, out)?;
    lines(place(finding).split_inclusive('·').map(str::trim), Ink::Dim, options, out)
}

/// The code, connection, stream, packets and where to read on.
fn place(finding: &Finding) -> String {
    let mut parts = vec![finding.kind.code.to_owned()];
    if let Some(connection) = finding.connection {
        let stream = finding.stream.map_or_else(String::new, |stream| format!(" stream {stream}"));
        parts.push(format!("connection {connection}{stream}"));
    }
    let packets = finding.evidence();
    let numbers: Vec<_> = packets.iter().take(PACKETS_MAX).map(ToString::to_string).collect();
    if !numbers.is_empty() {
        let more = if packets.len() > PACKETS_MAX { ", …" } else { "" };
        let noun = if packets.len() == 1 { "packet" } else { "packets" };
        parts.push(format!("{noun} {}{more}", numbers.join(", ")));
    }
    parts.push(finding.kind.reference.to_owned());
    parts.join(" · ")
}

/// Words in lines that fit, each behind the indent.
fn lines<'a>(
    words: impl IntoIterator<Item = &'a str>,
    ink: Ink,
    options: &ReportOptions,
    out: &mut impl Write,
) -> io::Result<()> {
    let room = options.width.unwrap_or(WIDTH_USUAL).saturating_sub(INDENT).max(20);
    let mut line = String::new();
    for word in words {
        if !line.is_empty() && line.width() + 1 + word.width() > room {
            writeln!(out, "{:INDENT$}{}", "", options.palette.paint(ink, &line))?;
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&super::table::cut(word, room));
    }
    writeln!(out, "{:INDENT$}{}", "", options.palette.paint(ink, &line))
}
