//! The figures of a comparison in words, in the order in which a page has them.

use super::{Comparison, Usage};
use crate::human;

/// A figure of one version; `None` where it does not apply or is not known.
type Figure = fn(&Usage) -> Option<String>;

/// The names, in order; a deeper one belongs to the one above it.
const FIGURES: [(&str, Figure); 14] = [
    ("servers", |usage| Some(human::count(usage.hosts()))),
    ("connections", |usage| Some(human::count(usage.connections))),
    ("  for each server", |usage| quotient(usage.connections, usage.hosts())),
    ("  round trips to open them", |usage| of_opened(usage, human::count(usage.handshake_round_trips))),
    ("  time to open them", |usage| of_opened(usage, human::duration(usage.handshake_ns))),
    ("  opened, not known how", |usage| (usage.forgotten > 0).then(|| human::count(usage.forgotten))),
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

/// A figure of HTTP/1.1 and of HTTP/2.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Compared {
    /// What it is; indented by two where it belongs to the one above.
    pub name: &'static str,
    /// What it came to in [`Comparison::http1`] and [`Comparison::http2`]; `None` where it does not apply, is not
    /// known, or the version was not seen.
    pub figures: [Option<String>; 2],
}

impl Comparison {
    /// Every figure that one of the versions has; none where there are not two requests to compare.
    pub fn figures(&self) -> Vec<Compared> {
        let usages = [&self.http1, &self.http2];
        if usages.iter().map(|usage| usage.requests).sum::<u64>() < 2 {
            return Vec::new();
        }
        let compared = FIGURES.iter().map(|&(name, figure)| {
            let figures = usages.map(|usage| (usage.requests > 0).then(|| figure(usage)).flatten());
            Compared { name, figures }
        });
        compared.filter(|compared| compared.figures.iter().any(Option::is_some)).collect()
    }
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

    #[test]
    fn quotients_have_one_decimal() {
        assert_eq!(quotient(3, 2).as_deref(), Some("1.5"));
        assert_eq!(quotient(2, 3).as_deref(), Some("0.7"));
        assert_eq!(quotient(1, 0), None);
    }
}
