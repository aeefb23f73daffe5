//! What is worth telling, by what it cost: a card a kind, with the costliest findings of it.

use std::collections::BTreeMap;

use tapline_engine::analysis::{Finding, Kind, Severity, human};

use super::Page;
use super::document::duration;
use super::markup::{Markup, cut};
use crate::limits::{PACKETS_MAX, PAGE_OF_KIND_MAX};
use crate::redact::Redactor;
use crate::shortlist::Shortlist;

/// The findings so far.
#[derive(Default)]
pub(super) struct Findings {
    kinds: BTreeMap<&'static str, (&'static Kind, i64, Shortlist<Told>)>,
}

/// A finding as it will be shown.
pub(super) struct Told {
    /// Its explanation is the one that is shown: cut, without secrets.
    pub(super) finding: Finding,
}

/// The findings of one kind.
pub(super) struct Kindred {
    pub(super) kind: &'static Kind,
    pub(super) cost_ns: i64,
    pub(super) total: u64,
    /// The costliest first.
    pub(super) worst: Vec<Told>,
}

impl Findings {
    pub(super) fn take(&mut self, finding: &Finding, redactor: &Redactor) {
        let (_, sum, worst) = self
            .kinds
            .entry(finding.kind.code)
            .or_insert_with(|| (finding.kind, 0, Shortlist::new(PAGE_OF_KIND_MAX)));
        let cost = finding.cost_ns.unwrap_or(0);
        *sum = sum.saturating_add(cost);
        worst.push((0, cost), || {
            let explanation = cut(&redactor.sentence(&finding.explanation)).into();
            Told { finding: Finding { explanation, ..finding.clone() } }
        });
    }

    /// Whether one that is kept so far is of a connection.
    pub(super) fn name(&self, connection: u64) -> bool {
        let kept = self.kinds.values().flat_map(|(_, _, worst)| worst.rows());
        kept.into_iter().any(|told| told.finding.connection == Some(connection))
    }

    /// The kinds that cost most first, then the gravest.
    pub(super) fn ranked(self) -> Vec<Kindred> {
        let kindred = |(kind, cost_ns, worst): (&'static Kind, i64, Shortlist<Told>)| {
            let total = worst.total();
            let mut worst = worst.into_rows();
            worst.sort_by_key(|told| std::cmp::Reverse(told.finding.cost_ns));
            Kindred { kind, cost_ns, total, worst }
        };
        let mut kinds: Vec<_> = self.kinds.into_values().map(kindred).collect();
        kinds.sort_by_key(|kindred| std::cmp::Reverse((kindred.cost_ns, kindred.kind.severity)));
        kinds
    }
}

/// How many of each severity: `1 error, 2 warnings`.
pub(super) fn summary(kinds: &[Kindred]) -> String {
    let count = |severity| {
        let of_it = kinds.iter().filter(|kindred| kindred.kind.severity == severity);
        (of_it.map(|kindred| kindred.total).sum::<u64>(), severity)
    };
    let counts = [Severity::Error, Severity::Warning, Severity::Note].map(count);
    let there = counts.into_iter().filter(|(count, _)| *count > 0);
    there.map(|(count, severity)| human::plural(count, severity.name())).collect::<Vec<_>>().join(", ")
}

/// The class of a severity's colour.
pub(super) fn mood(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "bad",
        Severity::Warning => "warn",
        Severity::Note => "note",
    }
}

impl Kindred {
    /// A card.
    pub(super) fn write(&self, page: &mut Markup, whole: &Page) {
        let Self { kind, cost_ns, total, worst } = self;
        let card = page.classed("li", "card").attr("id", format_args!("f-{}", kind.code));
        card.attr("tabindex", -1).flag("data-row").holds(|page| {
            page.classed("div", "cost").holds(|page| {
                if *cost_ns > 0 {
                    duration(page, Some(*cost_ns));
                }
            });
            page.tag("div").holds(|page| {
                page.tag("h3").holds(|page| {
                    page.tag("span")
                        .attr("class", format_args!("tag {}", mood(kind.severity)))
                        .text(kind.severity.name());
                    page.text(" ");
                    page.text(kind.title);
                    if *total > 1 {
                        page.classed("span", "dim").text(&format!(" × {}", human::count(*total)));
                    }
                });
                page.classed("ul", "worst").holds(|page| {
                    for told in worst {
                        page.tag("li").holds(|page| told.write(page, *total > 1, whole));
                    }
                    let more = total.saturating_sub(worst.len() as u64);
                    if more > 0 {
                        page.classed("li", "dim")
                            .text(&format!("… and {} more of this kind", human::count(more)));
                    }
                });
                page.classed("p", "dim").holds(|page| {
                    page.tag("code").text(kind.code);
                    page.text(" · ");
                    reference(page, kind.reference);
                });
            });
        });
    }
}

impl Told {
    fn write(&self, page: &mut Markup, is_one_of_several: bool, whole: &Page) {
        let finding = &self.finding;
        if let Some(ns) = finding.cost_ns.filter(|_| is_one_of_several) {
            page.tag("b").holds(|page| duration(page, Some(ns)));
            page.text(" ");
        }
        page.text(&finding.explanation);
        page.classed("span", "dim").holds(|page| {
            page.text(" · ");
            whole.link_to_place(page, finding);
            let packets = finding.evidence();
            let numbers: Vec<_> = packets.iter().take(PACKETS_MAX).map(ToString::to_string).collect();
            if !numbers.is_empty() {
                let more = if packets.len() > PACKETS_MAX { ", …" } else { "" };
                let noun = if packets.len() == 1 { "packet" } else { "packets" };
                page.text(&format!("{noun} {}{more}", numbers.join(", ")));
            }
        });
    }
}

/// RFCs with their sections, as links for whoever wants to follow them: nothing is loaded before.
fn reference(page: &mut Markup, text: &'static str) {
    for (index, one) in text.split(", ").enumerate() {
        if index > 0 {
            page.text(", ");
        }
        let mut words = one.split(' ').skip(1);
        let number = words.next().unwrap_or_default();
        let section = words.next().and_then(|section| section.strip_prefix('§'));
        let place = section.map_or_else(String::new, |section| format!("#section-{section}"));
        let href = format!("https://www.rfc-editor.org/rfc/rfc{number}{place}");
        page.tag("a").attr("href", href).attr("rel", "noreferrer").text(one);
    }
}
