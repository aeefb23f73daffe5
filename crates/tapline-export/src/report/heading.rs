//! What the capture is and what it holds.

use std::io::{self, Write};

use tapline_engine::Outcome;
use tapline_engine::analysis::{DatagramCounts, human, printable};

use super::ReportOptions;
use super::style::Ink;
use crate::rfc3339;

pub(super) fn print(outcome: &Outcome, options: &ReportOptions, out: &mut impl Write) -> io::Result<()> {
    let paint = |ink, text: &str| options.palette.paint(ink, text).into_owned();
    for file in &outcome.facts.files {
        let path = file.path.display().to_string();
        let path = if path == "-" { "standard input" } else { &path };
        writeln!(out, "{}  {}", paint(Ink::Bold, &printable(path)), paint(Ink::Dim, &file.format()))?;
    }
    writeln!(out, "  {}", size(outcome))?;
    writeln!(out, "  {}", contents(outcome))?;
    let mut health = health(outcome);
    if !outcome.facts.damages.is_empty() {
        let places = human::plural(outcome.facts.damages.len() as u64, "place");
        health.push(format!("damaged in {places}: standard error says where"));
    }
    if health.is_empty() {
        writeln!(out, "  {}", paint(Ink::Good, "nothing is known to be lost, cut or damaged"))?;
    }
    for line in health {
        writeln!(out, "  {}", paint(Ink::Warn, &line))?;
    }
    Ok(())
}

/// How much, from when and how long.
pub(crate) fn size(outcome: &Outcome) -> String {
    let totals = &outcome.totals;
    let mut text = format!("{}, {}", human::plural(totals.packets, "packet"), human::bytes(totals.bytes));
    if let (Some(start), Some(end)) = (totals.start, totals.end) {
        let second = rfc3339(start);
        let (date, time) = second
            .split_at_checked(23)
            .map_or((second.as_str(), ""), |(head, _)| head.split_once('T').unwrap_or((head, "")));
        text += &format!(", {} from {date} {time} UTC", human::duration(end.since(start)));
    }
    text
}

/// Link types and what is not TCP.
pub(crate) fn contents(outcome: &Outcome) -> String {
    let totals = &outcome.totals;
    let links: Vec<String> = totals.link_types.keys().map(ToString::to_string).collect();
    let mut parts = vec![if links.is_empty() { "no packets".to_owned() } else { links.join(", ") }];
    parts.push(format!("{} TCP", human::count(totals.tcp_packets)));
    parts.extend(totals.other_packets.iter().map(|(name, count)| format!("{} {name}", human::count(*count))));
    parts.join(" · ")
}

/// What the reader must know before believing the rest, but where the capture is damaged.
pub(crate) fn health(outcome: &Outcome) -> Vec<String> {
    let (totals, facts) = (&outcome.totals, &outcome.facts);
    let mut lines = Vec::new();
    let mut say = |count: u64, what: &str| {
        if count > 0 {
            lines.push(format!("{} {what}", human::plural(count, "packet")));
        }
    };
    say(facts.lost_packets().unwrap_or(0), "dropped while capturing");
    say(facts.queue_dropped.unwrap_or(0), "captured and not analysed: they came faster than that");
    say(totals.truncated_packets, "cut by the snapshot length");
    say(totals.untimed_packets, "without a time; they stand at the time of the packet before");
    say(totals.clock_steps_back, "earlier than the packet before");
    for (reason, count) in &totals.undecoded_packets {
        say(*count, &format!("not decoded: {reason}"));
    }
    lines.extend(datagrams(&totals.datagrams));
    if totals.evicted_connections > 0 {
        lines.push(format!(
            "{} given up to make room for newer ones",
            human::plural(totals.evicted_connections, "connection")
        ));
    }
    lines.extend(facts.incidents.iter().map(|incident| printable(&incident.to_string()).into_owned()));
    lines.extend(facts.left_out_texts());
    lines
}

/// What was lost of IP datagrams that were sent in fragments.
fn datagrams(counts: &DatagramCounts) -> Vec<String> {
    let &DatagramCounts { timed_out, evicted, dropped, waiting, overlapping, cut_fragments, reassembled: _ } =
        counts;
    let datagram = |count, what| (count, "IP datagram", what);
    [
        datagram(timed_out + waiting, "not put together: fragments are missing"),
        datagram(evicted, "not put together: given up to make room for newer ones"),
        datagram(dropped, "not put together: the fragments contradict each other"),
        datagram(overlapping, "with fragments that overlap"),
        (cut_fragments, "IP fragment", "cut by the snapshot length"),
    ]
    .into_iter()
    .filter(|(count, ..)| *count > 0)
    .map(|(count, noun, what)| format!("{} {what}", human::plural(count, noun)))
    .collect()
}
