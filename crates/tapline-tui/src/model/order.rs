//! Which connections are listed, and in which order.

use std::cmp::Reverse;

use tapline_analysis::Endpoint;

use super::{Row, Rows};
use crate::words;

/// What the list is sorted by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Sort {
    /// First packet.
    Start,
    /// Longest first.
    Duration,
    /// Most payload first.
    Bytes,
    /// Slowest TCP and TLS handshake first.
    Handshake,
    /// Longest round trip of the TCP handshake first.
    RoundTrip,
    /// Most requests first.
    Requests,
    /// Most segments sent again first, then octets missing.
    Loss,
    /// By name, or by address.
    Server,
    /// What went wrong first, then the longest.
    Problems,
}

impl Sort {
    /// All, in the order in which the key goes through them.
    pub(crate) const ALL: [Self; 9] = [
        Self::Start,
        Self::Duration,
        Self::Problems,
        Self::Bytes,
        Self::Requests,
        Self::Handshake,
        Self::RoundTrip,
        Self::Loss,
        Self::Server,
    ];

    /// The name in the heading.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Duration => "duration",
            Self::Bytes => "bytes",
            Self::Handshake => "handshake",
            Self::RoundTrip => "round trip",
            Self::Requests => "requests",
            Self::Loss => "loss",
            Self::Server => "server",
            Self::Problems => "problems",
        }
    }

    /// The one that comes after it.
    #[must_use]
    pub(crate) fn next(self) -> Self {
        let here = Self::ALL.iter().position(|&sort| sort == self).unwrap_or(0);
        Self::ALL.get((here + 1) % Self::ALL.len()).copied().unwrap_or(self)
    }
}

/// A line of the list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Entry {
    /// The connection.
    pub(crate) id: u32,
    /// Which of its requests the line is of; `None` for the connection's own line.
    pub(crate) request: Option<u32>,
}

/// Which connections are listed, and in which order.
pub(crate) struct Order {
    ids: Vec<u32>,
    /// With their requests below them, where these are wanted; else nothing.
    entries: Vec<Entry>,
    /// Whether requests are listed below their connections.
    requests: bool,
    pub(crate) sort: Sort,
    pub(crate) reversed: bool,
    filter: String,
    /// Rows changed since the list was put in order.
    pub(crate) stale: bool,
}

impl Default for Order {
    fn default() -> Self {
        Self {
            ids: Vec::new(),
            entries: Vec::new(),
            requests: false,
            sort: Sort::Start,
            reversed: false,
            filter: String::new(),
            stale: false,
        }
    }
}

impl Order {
    /// Lines of the list.
    pub(crate) fn len(&self) -> usize {
        if self.requests { self.entries.len() } else { self.ids.len() }
    }

    /// Connections that are listed.
    pub(crate) fn connections(&self) -> usize {
        self.ids.len()
    }

    /// The line at a place of the list.
    pub(crate) fn get(&self, place: usize) -> Option<Entry> {
        if self.requests {
            return self.entries.get(place).copied();
        }
        self.ids.get(place).map(|&id| Entry { id, request: None })
    }

    /// The place of a connection.
    pub(crate) fn place(&self, id: u32) -> Option<usize> {
        self.place_of(Entry { id, request: None })
    }

    /// The place of a line.
    pub(crate) fn place_of(&self, entry: Entry) -> Option<usize> {
        if self.requests {
            return self.entries.iter().position(|&listed| listed == entry);
        }
        let id = entry.id;
        if entry.request.is_some() {
            return None;
        }
        if self.sort == Sort::Start && !self.reversed {
            return self.ids.binary_search(&id).ok();
        }
        self.ids.iter().position(|&listed| listed == id)
    }

    /// Whether requests are listed below their connections.
    pub(crate) fn has_requests(&self) -> bool {
        self.requests
    }

    /// Lists requests below their connections, or not.
    pub(crate) fn set_requests(&mut self, requests: bool, rows: &Rows) {
        self.requests = requests;
        self.unfold(rows);
    }

    fn unfold(&mut self, rows: &Rows) {
        self.entries.clear();
        if !self.requests {
            self.entries = Vec::new();
            return;
        }
        for &id in &self.ids {
            self.entries.push(Entry { id, request: None });
            let count = rows.get(id).map_or(0, |row| row.exchanges().len());
            let requests = 0..u32::try_from(count).unwrap_or(u32::MAX);
            self.entries.extend(requests.map(|nth| Entry { id, request: Some(nth) }));
        }
    }

    /// The words that a connection must have to be listed.
    pub(crate) fn filter(&self) -> &str {
        &self.filter
    }

    /// Lists only connections that have all these words somewhere.
    pub(crate) fn set_filter(&mut self, filter: String, rows: &Rows) {
        let narrower = filter.starts_with(&self.filter);
        self.filter = filter;
        if narrower && !self.stale {
            let words = self.words();
            self.ids.retain(|&id| rows.get(id).is_some_and(|row| has_all(row, &words)));
            self.unfold(rows);
        } else {
            self.rebuild(rows);
        }
    }

    /// Picks the rows anew and puts them in order.
    pub(crate) fn rebuild(&mut self, rows: &Rows) {
        let words = self.words();
        self.ids.clear();
        self.ids.extend(rows.ids().filter(|&id| rows.get(id).is_some_and(|row| has_all(row, &words))));
        match self.sort {
            Sort::Start => {}
            Sort::Server => self.ids.sort_by_cached_key(|id| rows.get(*id).map(server)),
            sort => self.ids.sort_by_cached_key(|id| Reverse(rows.get(*id).map(|row| key(row, sort)))),
        }
        if self.reversed {
            self.ids.reverse();
        }
        self.unfold(rows);
        self.stale = false;
    }

    fn words(&self) -> Vec<String> {
        self.filter.split_whitespace().map(str::to_lowercase).collect()
    }
}

/// Larger comes first.
fn key(row: &Row, sort: Sort) -> (i64, i64) {
    let Some(record) = row.record() else { return (0, 0) };
    let bytes = || i64::try_from(record.payload_bytes()).unwrap_or(i64::MAX);
    match sort {
        Sort::Start | Sort::Server => (0, 0),
        Sort::RoundTrip => (record.handshake.server_rtt_ns().unwrap_or(-1), 0),
        Sort::Requests => (i64::try_from(record.requests.max(row.inferred().into())).unwrap_or(i64::MAX), 0),
        Sort::Loss => {
            let missing = record.client.missing_bytes.saturating_add(record.server.missing_bytes);
            (words::sent_again(record).into(), i64::try_from(missing).unwrap_or(i64::MAX))
        }
        Sort::Duration => (record.duration_ns(), 0),
        Sort::Bytes => (bytes(), 0),
        Sort::Handshake => (row.setup_ns().unwrap_or(-1), 0),
        Sort::Problems => (words::severity(row).into(), record.duration_ns()),
    }
}

/// By name in any case, what has none behind, by address.
fn server(row: &Row) -> (bool, String, Option<Endpoint>) {
    let name = row.name().map(str::to_lowercase);
    (name.is_none(), name.unwrap_or_default(), row.record().map(|record| record.server.endpoint))
}

fn has_all(row: &Row, words: &[String]) -> bool {
    words.is_empty()
        || row.record().is_some_and(|record| {
            let mut text = String::with_capacity(128);
            let fields = [
                record.client.endpoint.to_string(),
                record.server.endpoint.to_string(),
                row.name().unwrap_or_default().to_owned(),
                words::speaks(record),
                words::state(row, record).to_owned(),
                row.tls().and_then(words::failure).unwrap_or_default(),
            ];
            for field in fields {
                text.push_str(&field.to_lowercase());
                text.push('\n');
            }
            let in_requests = |word: &str| {
                row.exchanges().iter().any(|exchange| exchange.request.to_lowercase().contains(word))
            };
            words.iter().all(|word| text.contains(word.as_str()) || in_requests(word))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use tapline_analysis::{Event, State};

    fn rows() -> Rows {
        let mut rows = Rows::default();
        for (id, name, duration, bytes, state) in [
            (0, "Alpha.example", 300, 10, State::Closed),
            (1, "beta.example", 100, 5000, State::Refused),
            (2, "gamma.example", 200, 400, State::Closed),
        ] {
            let mut record = testing::record(id, 0);
            record.server_name = Some(name.into());
            record.last.at.0 = record.first.at.0 + duration * testing::MS;
            record.client.payload_bytes = bytes;
            record.state = state;
            rows.take(Event::Connection(Box::new(record)));
        }
        rows.take(Event::Exchange(Box::new(testing::exchange(
            2,
            10,
            "GET",
            "http://gamma.example/Logo.png",
        ))));
        rows
    }

    fn listed(change: impl FnOnce(&mut Order, &Rows)) -> Vec<u32> {
        let (mut order, rows) = (Order::default(), rows());
        order.rebuild(&rows);
        change(&mut order, &rows);
        order.ids
    }

    #[test]
    fn each_order() {
        let check = |sort, expected: [u32; 3]| {
            assert_eq!(
                listed(|order, rows| {
                    order.sort = sort;
                    order.rebuild(rows);
                }),
                expected
            );
        };
        check(Sort::Start, [0, 1, 2]);
        check(Sort::Duration, [0, 2, 1]);
        check(Sort::Bytes, [1, 2, 0]);
        check(Sort::Problems, [1, 0, 2]);
        check(Sort::Server, [0, 1, 2]);
        check(Sort::Requests, [0, 1, 2]);
    }

    #[test]
    fn reversed_is_the_other_way_round() {
        assert_eq!(
            listed(|order, rows| {
                order.reversed = true;
                order.rebuild(rows);
            }),
            [2, 1, 0]
        );
    }

    #[test]
    fn a_filter_looks_at_names_addresses_endings_and_urls_in_any_case() {
        let check = |filter: &str, expected: &[u32]| {
            assert_eq!(listed(|order, rows| order.set_filter(filter.into(), rows)), expected, "{filter}");
        };
        check("", &[0, 1, 2]);
        check("ALPHA", &[0]);
        check("refused", &[1]);
        check("logo.PNG", &[2]);
        check("10.0.0.1", &[0, 1, 2]);
        check("example logo", &[2]);
        check("nowhere", &[]);
    }

    #[test]
    fn widening_a_filter_brings_rows_back() {
        assert_eq!(
            listed(|order, rows| {
                order.set_filter("alphax".into(), rows);
                order.set_filter("alpha".into(), rows);
            }),
            [0]
        );
    }

    #[test]
    fn every_sort_is_reached() {
        let mut sort = Sort::Start;
        let mut names = Vec::new();
        for _ in Sort::ALL {
            names.push(sort.name());
            sort = sort.next();
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!((names.len(), sort), (Sort::ALL.len(), Sort::Start));
    }
}
