//! HTTP/1.1 against HTTP/2, a line a figure, as the report has them.
//!
//! ```text
//!  HTTP/1.1 against HTTP/2            HTTP/1.1    HTTP/2
//!  connections                               6         1
//!    for each server                       6.0       1.0
//! ```

use tapline_analysis::{Compared, Comparison};

use super::overview::Line;
use crate::theme::Role;

const VERSIONS: [&str; 2] = ["HTTP/1.1", "HTTP/2"];

/// Cells of the widest name and of a figure.
const NAME_WIDTH: usize = 30;
const FIGURE_WIDTH: usize = 12;

/// All lines; none where there are not two requests to compare.
pub(super) fn lines(comparison: &Comparison) -> Vec<Line> {
    let figures = comparison.figures();
    if figures.is_empty() {
        return Vec::new();
    }
    let seen = [comparison.http1.requests > 0, comparison.http2.requests > 0];
    let mut heading = vec![(format!("{:NAME_WIDTH$}", "HTTP/1.1 against HTTP/2"), Role::Strong)];
    heading.extend(of(VERSIONS, seen).map(|name| (format!("{name:>FIGURE_WIDTH$}"), Role::Dim)));
    let unseen = of(VERSIONS, seen.map(|seen| !seen));
    let unseen = unseen.map(|name| vec![(format!("  no request of {name} seen"), Role::Dim)]);
    std::iter::once(heading)
        .chain(unseen)
        .chain(figures.into_iter().map(|compared| row(compared, seen)))
        .collect()
}

fn row(Compared { name, figures }: Compared, seen: [bool; 2]) -> Line {
    let figures = of(figures, seen).map(Option::unwrap_or_default);
    let figures = figures.map(|figure| (format!("{figure:>FIGURE_WIDTH$}"), Role::Plain));
    std::iter::once((format!("{name:NAME_WIDTH$}"), Role::Dim)).chain(figures).collect()
}

/// What belongs to the versions that are asked for.
fn of<T>(both: [T; 2], asked: [bool; 2]) -> impl Iterator<Item = T> {
    both.into_iter().zip(asked).filter_map(|(one, asked)| asked.then_some(one))
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
        assert!(lines[0].ends_with("      HTTP/2"), "{lines:?}");
        assert_eq!(lines[1], "  no request of HTTP/1.1 seen");
        let has = |line: &str| lines.iter().any(|other| other == line);
        assert!(has(&format!("{:30}{:>12}", "  on each connection", "6.7")), "{lines:?}");
        assert!(has(&format!("{:30}{:>12}", "  saved by compression", "75 %")), "{lines:?}");
        assert!(!lines.iter().any(|line| line.contains("pushed") || line.contains("to open")), "{lines:?}");
    }
}
