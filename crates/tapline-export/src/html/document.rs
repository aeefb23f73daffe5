//! The page as a whole: its parts in their order, what leads from one to the other, and how long it may become.

use sha2::{Digest, Sha256};
use tapline_engine::analysis::{Finding, human};

use super::exchanges::Waterfall;
use super::markup::Markup;
use super::{Page, connection, findings};
use crate::limits::PAGE_OCTETS_MAX;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Octets that are kept free for what closes the page and says what was left out.
const CLOSING_OCTETS: usize = 64 << 10;

/// What leads from one part to another, where that is there.
impl Page {
    pub(super) fn has_ladder(&self, connection: u64) -> bool {
        self.ladders.iter().any(|ladder| ladder.id == connection)
    }

    /// A connection's number, leading to its line where there is one.
    pub(super) fn link_to_connection(&self, page: &mut Markup, id: u64) {
        let words = format!("connection {id}");
        match self.lines.iter().find(|line| line.id == id) {
            Some(line) => {
                let link = page.tag("a").attr("href", format_args!("#c{id}"));
                link.attr("title", line.called()).text(&words);
            }
            None => page.text(&words),
        }
    }

    /// Where a finding is about: its exchange, its connection, with a separator behind; nothing where it is about several.
    pub(super) fn link_to_place(&self, page: &mut Markup, finding: &Finding) {
        if let Some(index) = self.rows.iter().position(|row| row.is_told_by(finding)) {
            page.tag("a").attr("href", format_args!("#x{index}")).text("request");
            page.text(" · ");
        }
        if let Some(id) = finding.connection {
            self.link_to_connection(page, id);
            if let Some(stream) = finding.stream {
                page.text(&format!(" stream {stream}"));
            }
            page.text(" · ");
        }
    }
}

/// A duration with its nanoseconds for programs; a dash where it is not known.
pub(super) fn duration(page: &mut Markup, ns: Option<i64>) {
    match ns {
        Some(ns) => page.tag("data").attr("value", ns).text(&human::duration(ns)),
        None => page.classed("span", "dim").text("–"),
    }
}

/// The heads of a table's columns; of numbers they stand to the right.
pub(super) fn table_head(page: &mut Markup, columns: &[(&str, bool)]) {
    page.tag("thead").holds(|page| {
        page.tag("tr").holds(|page| {
            for (name, is_number) in columns {
                page.classed("th", if *is_number { "n" } else { "" }).attr("scope", "col").text(name);
            }
        });
    });
}

/// Writes everything.
pub(super) fn write(of: &Page) -> Markup {
    let mut page = Markup::default();
    page.own("<!doctype html>\n");
    page.tag("html").attr("lang", "en").holds(|page| {
        head(page, &of.head.title());
        page.tag("body").holds(|page| {
            page.classed("a", "skip").attr("href", "#findings").text("Skip to the findings");
            of.head.write(page);
            tools(page);
            page.tag("main").holds(|page| body(page, of));
            page.tag("footer").holds(|page| {
                page.text("Written by tapline. Times are those of the packets. The page is complete in itself and loads nothing.");
            });
            help(page);
            page.tag("script").holds(|page| page.own(SCRIPT));
        });
    });
    page.own("\n");
    page
}

/// What is said to the browser: nothing runs and nothing loads but what is here.
fn head(page: &mut Markup, title: &str) {
    page.tag("head").holds(|page| {
        page.tag("meta").attr("charset", "utf-8").void();
        let policy = format!(
            "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
            hash(STYLE),
            hash(SCRIPT)
        );
        page.tag("meta").attr("http-equiv", "Content-Security-Policy").attr("content", policy).void();
        for (name, content) in [
            ("viewport", "width=device-width, initial-scale=1"),
            ("color-scheme", "light dark"),
            ("referrer", "no-referrer"),
            ("generator", concat!("tapline ", env!("CARGO_PKG_VERSION"))),
        ] {
            page.tag("meta").attr("name", name).attr("content", content).void();
        }
        page.tag("title").text(&format!("{title} · tapline"));
        page.tag("style").holds(|page| page.own(STYLE));
    });
}

/// The hash by which a policy knows an element (CSP3 §6.7.3.3).
fn hash(text: &str) -> String {
    use base64ct::{Base64, Encoding};
    format!("sha256-{}", Base64::encode_string(&Sha256::digest(text.as_bytes())))
}

/// What only the script makes work, hidden without it.
fn tools(page: &mut Markup) {
    let search = page.classed("div", "tools").attr("id", "tools").attr("role", "search");
    search.flag("hidden").holds(|page| {
        let input = page.tag("input").attr("type", "search").attr("id", "filter").attr("autocomplete", "off");
        input.attr("placeholder", "filter rows").attr("aria-label", "Filter rows by text").void();
        let button = page.tag("button").attr("type", "button").attr("id", "order");
        button.attr("aria-pressed", "false").text("slowest first");
        page.tag("button").attr("type", "button").attr("id", "help-open").text("keys ?");
        page.tag("output").attr("id", "said").attr("aria-live", "polite").text("");
    });
}

const KEYS: [(&str, &str); 6] = [
    ("j ↓ / k ↑", "next, previous row"),
    ("Enter", "open or close a request or ladder; follow a finding or connection"),
    ("/", "filter rows by words"),
    ("s", "slowest requests first, or in the order of time"),
    ("Esc", "back: close, or clear the filter"),
    ("?", "these keys"),
];

fn help(page: &mut Markup) {
    let dialog = page.tag("dialog").attr("id", "help").attr("aria-labelledby", "help-title");
    dialog.holds(|page| {
        page.tag("h2").attr("id", "help-title").text("Keys");
        page.tag("dl").holds(|page| {
            for (key, does) in KEYS {
                page.tag("div").holds(|page| {
                    page.tag("dt").holds(|page| page.tag("kbd").text(key));
                    page.tag("dd").text(does);
                });
            }
        });
        page.tag("form").attr("method", "dialog").holds(|page| page.tag("button").text("Close"));
    });
}

/// A part with its heading, and a few words beside that.
fn section(
    page: &mut Markup,
    id: &'static str,
    title: &str,
    summary: &str,
    content: impl FnOnce(&mut Markup),
) {
    let heading = format!("{id}-title");
    page.tag("section").attr("id", id).attr("aria-labelledby", &heading).holds(|page| {
        page.tag("h2").attr("id", &heading).holds(|page| {
            page.text(title);
            page.classed("span", "dim").text(&format!(" {summary}"));
        });
        content(page);
    });
}

/// What a list does not show.
fn rest(page: &mut Markup, hidden: u64, order: &str) {
    if hidden > 0 {
        let hidden = human::count(hidden);
        page.classed("p", "dim").text(&format!("… and {hidden} more; shown: {order}"));
    }
}

fn body(page: &mut Markup, of: &Page) {
    let room = |page: &Markup, part: usize| page.len() < PAGE_OCTETS_MAX / 4 * part - CLOSING_OCTETS;
    let [connections, exchanges, _] = of.head.counts;
    section(page, "findings", "Findings", &findings::summary(&of.findings), |page| {
        if of.findings.is_empty() {
            page.tag("p").text("nothing stands out");
            return;
        }
        let mut left_out = 0;
        page.classed("ol", "cards").holds(|page| {
            for kindred in &of.findings {
                if room(page, 1) {
                    kindred.write(page, of);
                } else {
                    left_out += kindred.total;
                }
            }
        });
        rest(page, left_out, "kinds that cost most");
    });
    if exchanges.matched > 0 {
        section(page, "requests", "Requests", &human::count(exchanges.matched), |page| {
            let waterfall = Waterfall::of(&of.rows, &of.findings);
            let left_out = waterfall.write(page, of, |page| room(page, 2), |page| room(page, 3));
            let hidden = exchanges.matched.saturating_sub(of.rows.len() as u64) + left_out;
            rest(page, hidden, "failed ones and those with findings, then the slowest");
        });
    }
    if connections.matched > 0 {
        section(page, "connections", "Connections", &human::count(connections.matched), |page| {
            let left_out = connection::table(page, &of.lines, of, |page| room(page, 4));
            let hidden = connections.matched.saturating_sub(of.lines.len() as u64) + left_out;
            rest(page, hidden, "those of what is told above and what went wrong, then the longest");
        });
    }
    if !of.ladders.is_empty() {
        let summary = "of the connections that cost most time";
        section(page, "ladders", "Ladders", summary, |page| {
            let mut left_out = 0;
            for ladder in &of.ladders {
                let drawn = ladder.write(of);
                if page.len() + drawn.len() < PAGE_OCTETS_MAX - CLOSING_OCTETS {
                    page.append(&drawn);
                } else {
                    left_out += 1;
                }
            }
            rest(page, left_out, "those there was room for");
        });
    }
}
