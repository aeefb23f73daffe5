//! The requests as a waterfall: a row each on one axis of time, which opens to where the time went and what was said.

mod details;

use tapline_engine::analysis::human;

use super::Page;
use super::findings::Kindred;
use super::markup::Markup;
use super::phase::{Phase, Stretch};
use super::row::{Row, Status};

/// The window of time that bars are drawn in, nanoseconds since 1970.
#[derive(Clone, Copy)]
struct Window {
    from: i64,
    ns: i64,
}

/// Units of a bar's width; its picture is stretched to the room there is.
const WIDTH: f64 = 1000.0;

/// The least width of a stretch, so that it is seen.
const STRETCH_MIN: f64 = 2.0;

impl Window {
    fn of(rows: &[Row]) -> Self {
        let from = rows.iter().map(|row| row.start.at.0).min().unwrap_or(0);
        let until = rows.iter().map(|row| row.end.at.0).max().unwrap_or(from);
        Self { from, ns: until.saturating_sub(from).max(1) }
    }

    #[expect(clippy::cast_precision_loss, reason = "a place in a picture")]
    fn place(self, at: i64) -> f64 {
        at.saturating_sub(self.from) as f64 / self.ns as f64 * WIDTH
    }

    /// A bar of stretches; a line under it from its first moment to its last.
    fn draw(self, page: &mut Markup, stretches: &[Stretch], class: &'static str) {
        let picture = page.classed("svg", class).attr("viewBox", "0 0 1000 16");
        let picture = picture.attr("preserveAspectRatio", "none").attr("aria-hidden", "true");
        picture.holds(|page| {
            for Stretch { phase, from, to } in stretches {
                let x = self.place(*from).min(WIDTH - STRETCH_MIN);
                let width = (self.place(*to) - x).max(STRETCH_MIN);
                let (y, height) = if *phase == Phase::Blocked { (6, 4) } else { (1, 14) };
                let part = page.classed("rect", phase.class()).attr("x", format_args!("{x:.1}"));
                part.attr("y", y).attr("width", format_args!("{width:.1}")).attr("height", height).text("");
            }
        });
    }

    /// Round times for an axis: a handful.
    fn ticks(self) -> Vec<i64> {
        let powers = std::iter::successors(Some(1_i64), |power| power.checked_mul(10));
        let mut steps = powers.flat_map(|power| [1, 2, 5].map(|factor| power.saturating_mul(factor)));
        // A clock that jumps makes windows as long as numbers go.
        let step = steps.find(|step| self.ns / step <= 5).unwrap_or(i64::MAX);
        (0..=5).map_while(|n| step.checked_mul(n)).take_while(|at| *at <= self.ns).collect()
    }
}

/// The rows, and the window that they share.
pub(super) struct Waterfall<'a> {
    rows: &'a [Row],
    findings: &'a [Kindred],
    window: Window,
}

impl<'a> Waterfall<'a> {
    pub(super) fn of(rows: &'a [Row], findings: &'a [Kindred]) -> Self {
        Self { rows, findings, window: Window::of(rows) }
    }

    /// Writes the rows for which there is room, with their details where there is room for them too; gives how many rows
    /// were left out.
    pub(super) fn write(
        &self,
        page: &mut Markup,
        whole: &Page,
        has_room_for_fields: impl Fn(&Markup) -> bool,
        has_room: impl Fn(&Markup) -> bool,
    ) -> u64 {
        legend(page);
        self.axis(page);
        let mut left_out = 0;
        page.classed("ol", "waterfall").attr("id", "waterfall").holds(|page| {
            for (index, row) in self.rows.iter().enumerate() {
                if has_room(page) {
                    let has_room = has_room_for_fields(page);
                    self.row(page, index, row, has_room, whole);
                } else {
                    left_out += 1;
                }
            }
        });
        left_out
    }

    fn axis(&self, page: &mut Markup) {
        page.classed("div", "axis").attr("aria-hidden", "true").holds(|page| {
            let picture = page.classed("svg", "ticks").attr("width", "100%").attr("height", 18);
            picture.holds(|page| {
                for at in self.window.ticks() {
                    let place = self.window.place(self.window.from.saturating_add(at)) / WIDTH * 100.0;
                    let x = format!("{place:.2}%");
                    let line = page.tag("line").attr("x1", &x).attr("x2", &x).attr("y1", 12).attr("y2", 18);
                    line.text("");
                    // The last mark would leave the picture.
                    let anchor = if place < 4.0 {
                        "start"
                    } else if place > 92.0 {
                        "end"
                    } else {
                        "middle"
                    };
                    let words = if at == 0 { "0".to_owned() } else { human::duration(at) };
                    page.tag("text").attr("x", &x).attr("y", 10).attr("text-anchor", anchor).text(&words);
                }
            });
        });
    }

    fn row(&self, page: &mut Markup, index: usize, row: &Row, with_fields: bool, whole: &Page) {
        let ns = row.duration_ns.unwrap_or(0);
        page.tag("li").attr("data-ns", ns).attr("data-nth", index).holds(|page| {
            page.tag("details").attr("id", format_args!("x{index}")).holds(|page| {
                page.tag("summary").flag("data-row").holds(|page| {
                    self.summary(page, row);
                });
                details::write(page, row, self.findings, with_fields, whole);
            });
        });
    }

    fn summary(&self, page: &mut Markup, row: &Row) {
        let (mood, status) = row.status.words();
        page.classed("span", "request").holds(|page| {
            page.tag("b").text(&row.method);
            page.text(" ");
            page.classed("span", "url").holds(|page| {
                let (host, path) = row.host_and_path();
                page.classed("span", "host").text(host);
                page.text(path);
            });
            page.text(row.terms());
        });
        page.tag("span").attr("class", format_args!("status {mood}")).holds(|page| {
            if !row.told.is_empty() {
                let title = human::plural(row.told.len() as u64, "finding");
                page.classed("span", "flag").attr("title", &title).holds(|page| {
                    page.tag("span").attr("aria-hidden", "true").text("⚑");
                    page.classed("span", "unseen").text(&title);
                });
                page.text(" ");
            }
            page.text(&status);
        });
        page.classed("span", "total").holds(|page| super::document::duration(page, row.duration_ns));
        page.classed("span", "track").holds(|page| {
            self.window.draw(page, &row.stretches, "bar");
            page.classed("span", "numbers").text(&row.numbers());
        });
    }
}

/// Each phase's colour with its name.
fn legend(page: &mut Markup) {
    page.classed("ul", "legend").attr("aria-label", "Phases").holds(|page| {
        for phase in Phase::ALL {
            page.tag("li").attr("title", phase.meaning()).holds(|page| {
                swatch(page, phase);
                page.text(phase.name());
            });
        }
    });
}

/// A phase's colour.
fn swatch(page: &mut Markup, phase: Phase) {
    let picture = page.classed("svg", "swatch").attr("viewBox", "0 0 10 10").attr("aria-hidden", "true");
    let (y, height) = if phase == Phase::Blocked { (3, 4) } else { (0, 10) };
    picture.holds(|page| {
        let part = page.classed("rect", phase.class()).attr("y", y).attr("width", 10);
        part.attr("height", height).text("");
    });
}

impl Row {
    /// Its URL in two: a narrow page shows what tells requests apart.
    fn host_and_path(&self) -> (&str, &str) {
        let host_end = self.url.split_once("://").and_then(|(scheme, rest)| {
            let path = rest.find('/')?;
            Some(scheme.len() + "://".len() + path)
        });
        match host_end.and_then(|end| self.url.split_at_checked(end)) {
            Some(parts) => parts,
            None if self.inferred && self.url.is_empty() => ("", "no SNI"),
            None => ("", &self.url),
        }
    }

    /// On which terms it is known.
    fn terms(&self) -> &'static str {
        match (self.inferred, self.pushed) {
            (true, _) => " (inferred)",
            (_, true) => " (pushed)",
            _ => "",
        }
    }

    /// Its phases in a line.
    fn numbers(&self) -> String {
        let told = self.timings.phases().into_iter().filter_map(|(name, ns)| {
            let ns = ns.filter(|&ns| ns > 0)?;
            Some(format!("{} {}", Phase::of_timing(name)?.name(), human::duration(ns)))
        });
        let mut parts: Vec<String> = told.collect();
        if let Some((cause, ns)) = self.stalls.worst() {
            parts.push(format!("stood still for {}: {}", human::duration(ns), cause.words()));
        }
        parts.join(" · ")
    }
}

impl Status {
    /// The class of its colour, and what it is.
    fn words(self) -> (&'static str, String) {
        match self {
            Self::Code(status, is_whole) => {
                let mood = match status {
                    500.. => "bad",
                    400..500 => "warn",
                    _ => "fine",
                };
                (mood, if is_whole { status.to_string() } else { format!("{status} cut") })
            }
            Self::Inferred => ("dim", "≈".to_owned()),
            Self::Reset => ("bad", "reset".to_owned()),
            Self::None => ("bad", "none".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_has_a_handful_of_round_times() {
        for (ns, ticks) in [
            (1, vec![0, 1]),
            (10, vec![0, 2, 4, 6, 8, 10]),
            (1_410_000_000, vec![0, 500_000_000, 1_000_000_000]),
            (999, vec![0, 200, 400, 600, 800]),
        ] {
            assert_eq!(Window { from: 0, ns }.ticks(), ticks, "{ns}");
        }
        let longest = Window { from: i64::MIN, ns: i64::MAX }.ticks();
        assert!((2..=6).contains(&longest.len()), "{longest:?}");
    }
}
