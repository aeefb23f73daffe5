//! What the capture is, and what the reader must know before believing the rest.

use tapline_engine::Outcome;
use tapline_engine::analysis::{Timestamp, human};

use super::PageOptions;
use super::document::duration;
use super::markup::{Markup, cut};
use crate::redact::Secrets;
use crate::report::heading;
use crate::rfc3339;

/// Damages that are told one by one.
const DAMAGES_TOLD: usize = 5;

/// How many of how many matched.
#[derive(Clone, Copy, Default)]
pub(super) struct Count {
    pub(super) matched: u64,
    total: u64,
}

impl Count {
    pub(super) fn take(&mut self, is_wanted: bool) {
        self.total += 1;
        self.matched += u64::from(is_wanted);
    }

    /// `41 requests`, `3 of 41 requests`.
    fn words(self, noun: &str) -> String {
        let Self { matched, total } = self;
        if matched == total {
            human::plural(total, noun)
        } else {
            format!("{} of {}", human::count(matched), human::plural(total, noun))
        }
    }
}

/// Octets that were sent and are not in the capture.
#[derive(Clone, Copy, Default)]
pub(super) struct Missing {
    bytes: u64,
    connections: u64,
}

impl Missing {
    /// So many of a connection.
    pub(super) fn take(&mut self, bytes: u64) {
        self.bytes = self.bytes.saturating_add(bytes);
        self.connections += u64::from(bytes > 0);
    }

    /// In words, if there are any.
    fn words(self) -> Option<String> {
        let connections = human::plural(self.connections, "connection");
        (self.bytes > 0)
            .then(|| format!("{} of {connections} were sent and not captured", human::bytes(self.bytes)))
    }
}

/// The top of the page.
pub(super) struct Head {
    files: Vec<String>,
    format: String,
    /// The first and the last packet.
    span: Option<(Timestamp, Timestamp)>,
    packets: u64,
    bytes: u64,
    contents: String,
    health: Vec<String>,
    notes: Vec<String>,
    filter: Option<String>,
    /// Connections, exchanges, findings.
    pub(super) counts: [Count; 3],
}

impl Head {
    pub(super) fn of(
        outcome: &Outcome,
        options: PageOptions,
        counts: [Count; 3],
        inferred: u64,
        missing: Missing,
    ) -> Self {
        let (totals, facts) = (&outcome.totals, &outcome.facts);
        let mut formats: Vec<String> =
            facts.files.iter().map(tapline_engine::capture::FileFacts::format).collect();
        formats.dedup();
        // Folders are the business of whoever made the page.
        let name = |path: &std::path::Path| match path.file_name().unwrap_or(path.as_os_str()) {
            name if name == "-" => "standard input".to_owned(),
            name => cut(&tapline_engine::analysis::shown(name.as_encoded_bytes())),
        };
        let mut health = heading::health(outcome);
        health.extend(missing.words());
        let damages = &facts.damages;
        health.extend(damages.iter().take(DAMAGES_TOLD).map(|damage| cut(&format!("damaged: {damage}"))));
        if let Some(more) = damages.len().checked_sub(DAMAGES_TOLD).filter(|&more| more > 0) {
            health.push(format!("damaged in {} more", human::plural(more as u64, "place")));
        }
        let mut notes = Vec::new();
        if inferred > 0 {
            notes.push(format!(
                "{} inferred from the sizes of TLS records that stayed closed, marked ≈: they may stand for \
                 several, and methods, paths and statuses are not known",
                human::plural(inferred, "request")
            ));
        }
        notes.push(match options.secrets {
            Secrets::Redacted => {
                "credentials, cookies, keys and tokens in headers and URLs are redacted".to_owned()
            }
            Secrets::Shown => "secrets in headers and URLs are shown: mind who reads this page".to_owned(),
        });
        Self {
            files: facts.files.iter().map(|file| name(&file.path)).collect(),
            format: formats.join(", "),
            span: totals.start.zip(totals.end),
            packets: totals.packets,
            bytes: totals.bytes,
            contents: heading::contents(outcome),
            health,
            notes,
            filter: options.filter.map(|filter| cut(filter.trim())),
            counts,
        }
    }

    /// What the page is called.
    pub(super) fn title(&self) -> String {
        match self.files.as_slice() {
            [] => "capture".to_owned(),
            [one] => one.clone(),
            [first, rest @ ..] => format!("{first} and {} more", rest.len()),
        }
    }

    pub(super) fn write(&self, page: &mut Markup) {
        page.tag("header").holds(|page| {
            page.classed("p", "brand").text("tapline · where the time went");
            page.tag("h1").text(&self.title());
            page.classed("dl", "facts").holds(|page| self.facts(page));
            if let Some(filter) = &self.filter {
                page.classed("p", "said warn").holds(|page| {
                    page.text("only what matches ");
                    page.tag("code").text(filter);
                });
            }
            if self.health.is_empty() {
                page.classed("p", "said fine")
                    .text("nothing is known to be lost, cut or damaged in the capture");
            }
            for line in &self.health {
                page.classed("p", "said warn").text(line);
            }
            for line in &self.notes {
                page.classed("p", "said dim").text(line);
            }
        });
    }

    fn facts(&self, page: &mut Markup) {
        if let Some((start, end)) = self.span {
            fact(page, "captured", |page| {
                page.tag("time").attr("datetime", rfc3339(start)).text(&minute(start));
                page.classed("span", "dim").text(&format!("to {}", minute(end)));
            });
            fact(page, "lasted", |page| duration(page, Some(end.since(start))));
        }
        fact(page, "packets", |page| {
            page.text(&human::count(self.packets));
            page.classed("span", "dim").text(&human::bytes(self.bytes));
        });
        let [connections, exchanges, _] = self.counts;
        for (count, noun) in [(connections, "connection"), (exchanges, "request")] {
            let words = count.words(noun);
            let (number, noun) = words.rsplit_once(' ').unwrap_or((&words, noun));
            fact(page, noun, |page| page.text(number));
        }
        fact(page, "format", |page| {
            page.text(&self.format);
            page.classed("span", "dim").text(&self.contents);
        });
    }
}

/// A term with what is said of it.
fn fact(page: &mut Markup, term: &str, said: impl FnOnce(&mut Markup)) {
    page.tag("div").holds(|page| {
        page.tag("dt").text(term);
        page.tag("dd").holds(said);
    });
}

/// `2026-11-20 18:40:12.123 UTC`.
fn minute(at: Timestamp) -> String {
    let text = rfc3339(at).replace('T', " ");
    format!("{} UTC", text.get(..23).unwrap_or(&text))
}
