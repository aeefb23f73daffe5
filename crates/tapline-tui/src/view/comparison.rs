//! HTTP/1.1 against HTTP/2, a line a figure, as the report has them.
//!
//! ```text
//!  HTTP/1.1 against HTTP/2            HTTP/1.1    HTTP/2
//!  connections                               6         1
//!    for each server                       6.0       1.0
//! ```

use tapline_analysis::{Comparison, Usage, human};

use super::overview::Line;
use crate::theme::Role;

/// A figure of one version; `None` where it does not apply or is not known.
type Figure = fn(&Usage) -> Option<String>;

/// The lines, in order; a deeper one belongs to the one above it.
const FIGURES: [(&str, Figure); 13] = [
    ("servers", |usage| Some(human::count(usage.hosts()))),
    ("connections", |usage| Some(human::count(usage.connections))),
    ("  for each server", |usage| quotient(usage.connections, usage.hosts())),
    ("  round trips to open them", |usage| of_opened(usage, human::count(usage.handshake_round_trips))),
    ("  time to open them", |usage| of_opened(usage, human::duration(usage.handshake_ns))),
    ("requests", |usage| Some(human::count(usage.requests))),
    ("  on each connection", |usage| quotient(usage.requests, usage.connections)),
    ("  most at once on one", |usage| usage.at_once_max.map(human::count)),
    ("headers on the wire", |usage| Some(human::bytes(usage.header_bytes))),
    ("  names and values", |usage| Some(human::bytes(usage.header_bytes_decoded))),
    ("  saved by compression", saved),
    ("waited behind other answers", |usage| {
        (usage.head_of_line_ns > 0).then(|| human::duration(usage.head_of_line_ns))
    }),
    ("pushed", |usage| (usage.pushed > 0).then(|| human::count(usage.pushed))),
];

/// Cells of the widest name and of a figure.
const NAME_WIDTH: usize = 30;
const FIGURE_WIDTH: usize = 12;

/// All lines; none where there are not two requests to compare.
pub(super) fn lines(comparison: &Comparison) -> Vec<Line> {
    let versions = [("HTTP/1.1", &comparison.http1), ("HTTP/2", &comparison.http2)];
    if versions.iter().map(|(_, usage)| usage.requests).sum::<u64>() < 2 {
        return Vec::new();
    }
    let seen: Vec<(&str, &Usage)> =
        versions.iter().copied().filter(|(_, usage)| usage.requests > 0).collect();
    let mut heading = vec![(format!("{:NAME_WIDTH$}", "HTTP/1.1 against HTTP/2"), Role::Strong)];
    heading.extend(seen.iter().map(|(name, _)| (format!("{name:>FIGURE_WIDTH$}"), Role::Dim)));
    let unseen = versions.iter().filter(|(_, usage)| usage.requests == 0);
    heading.extend(unseen.map(|(name, _)| (format!("   no request of {name} seen"), Role::Dim)));
    let rows = FIGURES.iter().filter_map(|&(name, figure)| row(name, figure, &seen));
    std::iter::once(heading).chain(rows).collect()
}

fn row(name: &str, figure: Figure, seen: &[(&str, &Usage)]) -> Option<Line> {
    let figures: Vec<Option<String>> = seen.iter().map(|(_, usage)| figure(usage)).collect();
    figures.iter().any(Option::is_some).then(|| {
        let figures = figures.into_iter().map(Option::unwrap_or_default);
        let figures = figures.map(|figure| (format!("{figure:>FIGURE_WIDTH$}"), Role::Plain));
        std::iter::once((format!("{name:NAME_WIDTH$}"), Role::Dim)).chain(figures).collect()
    })
}

/// A figure of handshakes, where one was seen.
fn of_opened(usage: &Usage, figure: String) -> Option<String> {
    (usage.opened > 0).then_some(figure)
}

/// With one decimal.
fn quotient(part: u64, whole: u64) -> Option<String> {
    let tenths = part.saturating_mul(10).saturating_add(whole / 2).checked_div(whole)?;
    Some(format!("{}.{}", human::count(tenths / 10), tenths % 10))
}

/// What compression spared; HTTP/1.1 has none for heads.
fn saved(usage: &Usage) -> Option<String> {
    let permille = usage.headers_saved_permille().filter(|permille| *permille > 0)?;
    Some(format!("{} %", (permille + 5) / 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(comparison: &Comparison) -> Vec<String> {
        let text = |line: &Line| line.iter().map(|(text, _)| text.as_str()).collect::<String>();
        lines(comparison).iter().map(text).collect()
    }

    #[test]
    fn of_one_request_alone_there_is_nothing_to_compare() {
        let mut comparison = Comparison::default();
        comparison.http1.requests = 1;
        assert_eq!(text(&comparison), Vec::<String>::new());
        comparison.http2.requests = 1;
        assert!(text(&comparison)[0].ends_with("    HTTP/1.1      HTTP/2"));
    }

    #[test]
    fn what_does_not_apply_to_either_has_no_line_and_what_was_not_seen_is_said() {
        let mut comparison = Comparison::default();
        comparison.http2.requests = 20;
        comparison.http2.connections = 3;
        comparison.http2.header_bytes = 1_000;
        comparison.http2.header_bytes_decoded = 4_000;
        let lines = text(&comparison);
        assert!(lines[0].ends_with("      HTTP/2   no request of HTTP/1.1 seen"), "{lines:?}");
        let has = |line: &str| lines.iter().any(|other| other == line);
        assert!(has(&format!("{:30}{:>12}", "  on each connection", "6.7")), "{lines:?}");
        assert!(has(&format!("{:30}{:>12}", "  saved by compression", "75 %")), "{lines:?}");
        assert!(!lines.iter().any(|line| line.contains("pushed") || line.contains("to open")), "{lines:?}");
    }
}
