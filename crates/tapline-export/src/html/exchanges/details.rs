//! What an exchange opens to: its phases, what it stood still for, its findings, its headers.

use tapline_engine::analysis::human;

use super::super::Page;
use super::super::document::{duration, table_head};
use super::super::findings::{Kindred, mood};
use super::super::markup::Markup;
use super::super::phase::Phase;
use super::super::row::{Half, Row};
use super::{Window, swatch};

pub(super) fn write(page: &mut Markup, row: &Row, findings: &[Kindred], with_fields: bool, whole: &Page) {
    page.classed("div", "details").holds(|page| {
        page.classed("p", "facts-line").holds(|page| facts(page, row, whole));
        told(page, row, findings);
        let own = Window { from: row.start.at.0, ns: (row.end.at.0.saturating_sub(row.start.at.0)).max(1) };
        own.draw(page, &row.stretches, "bar own");
        page.classed("div", "columns").holds(|page| {
            phases(page, row);
            stalls(page, row);
        });
        for (title, half) in [("Request", &row.request), ("Response", &row.response)] {
            if let Some(half) = half {
                message(page, title, half, row.inferred, with_fields);
            } else {
                page.tag("h3").text(title);
                page.classed("p", "dim").text("not in the capture");
            }
        }
    });
}

fn facts(page: &mut Markup, row: &Row, whole: &Page) {
    whole.link_to_connection(page, row.connection);
    if let Some(stream) = row.stream {
        page.text(&format!(" stream {stream}"));
    }
    if whole.has_ladder(row.connection) {
        page.text(" · ");
        page.tag("a").attr("href", format_args!("#l{}", row.connection)).text("ladder");
    }
    page.text(&format!(" · packets {} to {}", row.start.packet, row.end.packet));
    if let Some(version) = row.version {
        page.text(&format!(" · HTTP/{version}"));
    }
    if let Some(kind) = &row.content_type {
        page.text(" · ");
        page.text(kind);
    }
    if let Some(error) = &row.reset {
        page.classed("span", "bad").text(&format!(" · reset: {error}"));
    }
    if row.inferred {
        page.classed("span", "warn").text(" · inferred from the sizes of closed TLS records");
    }
}

/// What was found about it, leading to where that is told.
fn told(page: &mut Markup, row: &Row, findings: &[Kindred]) {
    let mut codes: Vec<&str> = row.told.iter().map(|(code, _)| *code).collect();
    codes.dedup();
    let kinds: Vec<_> = findings.iter().filter(|kindred| codes.contains(&kindred.kind.code)).collect();
    if kinds.is_empty() {
        return;
    }
    page.classed("ul", "told").holds(|page| {
        for kindred in kinds {
            page.tag("li").holds(|page| {
                let severity = kindred.kind.severity;
                page.tag("span").attr("class", format_args!("tag {}", mood(severity))).text(severity.name());
                page.text(" ");
                page.tag("a").attr("href", format_args!("#f-{}", kindred.kind.code)).text(kindred.kind.title);
            });
        }
    });
}

fn phases(page: &mut Markup, row: &Row) {
    page.classed("table", "phases").holds(|page| {
        page.tag("caption").text("Where the time went");
        page.tag("tbody").holds(|page| {
            for (name, ns) in row.timings.phases() {
                let (Some(phase), Some(ns)) = (Phase::of_timing(name), ns) else { continue };
                page.tag("tr").attr("data-phase", name).holds(|page| {
                    page.tag("th").attr("scope", "row").attr("title", phase.meaning()).holds(|page| {
                        swatch(page, phase);
                        page.text(phase.name());
                    });
                    page.classed("td", "n").holds(|page| duration(page, Some(ns)));
                });
            }
            page.classed("tr", "sum").holds(|page| {
                page.tag("th").attr("scope", "row").text("total");
                page.classed("td", "n").holds(|page| duration(page, row.duration_ns));
            });
        });
    });
}

fn stalls(page: &mut Markup, row: &Row) {
    let (more, more_ns) = row.stalls.left_out();
    if row.stalls.list().is_empty() {
        return;
    }
    page.classed("table", "stalls").holds(|page| {
        page.tag("caption").text("Stood still");
        table_head(page, &[("for", true), ("because of", false), ("from", true), ("packets", false)]);
        page.tag("tbody").holds(|page| {
            for stall in row.stalls.list() {
                page.tag("tr").holds(|page| {
                    page.classed("td", "n").holds(|page| duration(page, Some(stall.ns())));
                    page.tag("td").text(stall.cause.words());
                    let since = stall.span.from.at.since(row.start.at);
                    page.classed("td", "n").text(&format!("+{}", human::duration(since)));
                    let packets: Vec<_> = stall.packets().iter().map(ToString::to_string).collect();
                    page.tag("td").text(&packets.join(", "));
                });
            }
            if more > 0 {
                page.tag("tr").holds(|page| {
                    page.classed("td", "n").holds(|page| duration(page, Some(more_ns)));
                    page.tag("td")
                        .attr("colspan", 3)
                        .text(&format!("{} more", human::count(u64::from(more))));
                });
            }
        });
    });
}

fn message(page: &mut Markup, title: &str, half: &Half, is_inferred: bool, with_fields: bool) {
    page.tag("h3").holds(|page| {
        page.text(title);
        let mut parts = vec![format!("packets {} to {}", half.first.packet, half.last.packet)];
        if is_inferred {
            parts.push(format!("{} in closed records", human::bytes(half.body_bytes)));
        } else {
            parts.push(format!("head {}", human::bytes(half.header_bytes)));
            parts.push(format!("body {}", human::bytes(half.body_bytes)));
        }
        parts.extend(half.coding.clone());
        if !half.complete {
            parts.push("not whole".to_owned());
        }
        page.classed("span", "dim").text(&format!(" {}", parts.join(" · ")));
    });
    if half.fields.is_empty() {
        return;
    }
    if !with_fields {
        let fields = (half.fields.len() + half.fields_left_out) as u64;
        let fields = human::plural(fields, "header field");
        page.classed("p", "dim").text(&format!("{fields} left out: the page is long enough"));
        return;
    }
    page.classed("dl", "fields").holds(|page| {
        for (name, value) in &half.fields {
            page.tag("div").holds(|page| {
                page.tag("dt").text(name);
                page.tag("dd").text(value);
            });
        }
    });
    if half.fields_left_out > 0 {
        let fields = human::plural(half.fields_left_out as u64, "more header field");
        page.classed("p", "dim").text(&format!("{fields} left out"));
    }
}
