//! Which connections are listed, and in which order.
//!
//! A capture may have a million connections: the list is put in order a few thousand rows at a time, and the old one
//! stands until the new one is there.
//!
//! ```text
//!   rows ── filter ──> runs, each in order ── merge ──> the list
//! ```

mod sort;
mod work;

use tapline_filter::Filter;

pub(crate) use sort::Sort;

use super::{Rows, Sifted};
use work::Work;

/// A line of the list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Entry {
    /// The connection.
    pub(crate) id: u32,
    /// Which of its requests the line is of; `None` for the connection's own line.
    pub(crate) request: Option<u32>,
}

/// Which connections are listed, and in which order.
#[derive(Default)]
pub(crate) struct Order {
    ids: Vec<u32>,
    /// With their requests below them, where these are wanted; else nothing.
    entries: Vec<Entry>,
    /// Whether `entries` is what is listed.
    with_requests: bool,
    asked: Asked,
    /// The list that is being made.
    work: Option<Box<Work>>,
    /// Rows changed since the list was put in order.
    pub(crate) stale: bool,
}

/// What list is asked for.
#[derive(Clone, Default)]
pub(crate) struct Asked {
    pub(crate) sort: Sort,
    pub(crate) reversed: bool,
    /// Whether requests are listed below their connections.
    pub(crate) requests: bool,
    pub(crate) filter: Filter,
    /// What the filter lets through, where rows do not know enough to be asked.
    pub(crate) sifted: Option<std::sync::Arc<Sifted>>,
}

impl Order {
    /// Lines of the list.
    pub(crate) fn len(&self) -> usize {
        if self.with_requests { self.entries.len() } else { self.ids.len() }
    }

    /// Connections that are listed.
    pub(crate) fn connections(&self) -> usize {
        self.ids.len()
    }

    /// What list is asked for.
    pub(crate) fn asked(&self) -> &Asked {
        &self.asked
    }

    /// Asks for another list.
    pub(crate) fn ask(&mut self, change: impl FnOnce(&mut Asked)) {
        change(&mut self.asked);
        self.work = Some(Box::default());
        self.stale = false;
    }

    /// The line at a place of the list.
    pub(crate) fn get(&self, place: usize) -> Option<Entry> {
        if self.with_requests {
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
        if self.with_requests {
            return self.entries.iter().position(|&listed| listed == entry);
        }
        if entry.request.is_some() {
            return None;
        }
        self.ids.iter().position(|&listed| listed == entry.id)
    }

    /// The text of the filter.
    pub(crate) fn filter(&self) -> &str {
        self.asked.filter.text()
    }

    /// Whether a list is being made, and how much of it is, in 1/1000.
    pub(crate) fn making(&self, rows: &Rows) -> Option<u16> {
        self.work.as_ref().map(|work| work.permille(rows))
    }

    /// Begins a new list where rows changed.
    pub(crate) fn refresh(&mut self) {
        if self.stale && self.work.is_none() {
            self.work = Some(Box::default());
            self.stale = false;
        }
    }

    /// Goes on with the list that is being made, for so many rows; whether it took the place of the old one.
    pub(crate) fn work(&mut self, rows: &Rows, budget: usize) -> bool {
        let Some(work) = &mut self.work else { return false };
        if !work.go_on(rows, &self.asked, budget) {
            return false;
        }
        let Some(work) = self.work.take() else { return false };
        (self.ids, self.entries) = work.into_list();
        self.with_requests = self.asked.requests;
        true
    }
}

#[cfg(test)]
impl Order {
    /// Makes the list to its end.
    pub(crate) fn finish(&mut self, rows: &Rows) {
        self.refresh();
        while self.work.is_some() {
            self.work(rows, 3);
        }
    }
}

#[cfg(test)]
mod tests {
    use tapline_analysis::{Event, State};

    use super::*;
    use crate::limits::ROWS_A_STEP;
    use crate::testing;

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
        let exchange = testing::exchange(2, 10, "GET", "http://gamma.example/Logo.png");
        rows.take(Event::Exchange(Box::new(exchange)));
        rows
    }

    fn listed(change: impl FnOnce(&mut Asked)) -> Vec<u32> {
        let (mut order, rows) = (Order::default(), rows());
        order.ask(change);
        order.finish(&rows);
        order.ids
    }

    fn filtered(filter: &str) -> Vec<u32> {
        listed(|asked| asked.filter = Filter::parse(filter).unwrap())
    }

    #[test]
    fn each_order() {
        let check =
            |sort, expected: [u32; 3]| assert_eq!(listed(|asked| asked.sort = sort), expected, "{sort:?}");
        check(Sort::Start, [0, 1, 2]);
        check(Sort::Duration, [0, 2, 1]);
        check(Sort::Bytes, [1, 2, 0]);
        check(Sort::Problems, [1, 0, 2]);
        check(Sort::Server, [0, 1, 2]);
        check(Sort::Requests, [0, 1, 2]);
    }

    #[test]
    fn reversed_is_the_other_way_round() {
        assert_eq!(listed(|asked| asked.reversed = true), [2, 1, 0]);
    }

    #[test]
    fn words_look_at_names_addresses_endings_and_urls_in_any_case() {
        let check = |filter: &str, expected: &[u32]| assert_eq!(filtered(filter), expected, "{filter}");
        check("", &[0, 1, 2]);
        check("ALPHA", &[0]);
        check("refused", &[1]);
        check("logo.PNG", &[2]);
        check("10.0.0.1", &[0, 1, 2]);
        check("example logo", &[2]);
        check("nowhere", &[]);
    }

    #[test]
    fn an_expression_holds_for_a_connection_or_for_something_in_it() {
        let check = |filter: &str, expected: &[u32]| assert_eq!(filtered(filter), expected, "{filter}");
        check("tapline.state == refused", &[1]);
        check("http.request.method == GET", &[2]);
        check("http.response.code == 200 and http.request.uri contains \"Logo\"", &[2]);
        check("http.response.code == 200 and tapline.server_name contains alpha", &[]);
        check("not http.request", &[0, 1, 2]);
        check("ip.addr == 10.0.0.0/8 and tapline.bytes > 12.1kB", &[1, 2]);
    }

    #[test]
    fn requests_stand_below_their_connections_where_they_are_wanted() {
        let (mut order, rows) = (Order::default(), rows());
        order.ask(|asked| asked.requests = true);
        order.finish(&rows);
        let request = Entry { id: 2, request: Some(0) };
        assert_eq!((order.len(), order.get(3), order.place_of(request)), (4, Some(request), Some(3)));
        order.ask(|asked| asked.filter = Filter::parse("http.request.method == POST").unwrap());
        order.finish(&rows);
        assert_eq!(order.len(), 0);
    }

    #[test]
    fn the_old_list_stands_until_the_new_one_is_there() {
        let (mut order, rows) = (Order::default(), rows());
        order.stale = true;
        order.finish(&rows);
        order.ask(|asked| asked.sort = Sort::Duration);
        assert!(!order.work(&rows, 2) && order.making(&rows).is_some());
        assert_eq!(order.ids, [0, 1, 2]);
        while order.making(&rows).is_some() {
            order.work(&rows, 2);
        }
        assert_eq!(order.ids, [0, 2, 1]);
    }

    #[test]
    fn a_list_is_made_in_steps() {
        let steps = |count: usize| {
            let mut rows = Rows::default();
            (0..count as u64).for_each(|id| rows.take(Event::Connection(Box::new(testing::record(id, 0)))));
            let mut order = Order::default();
            order.ask(|_| {});
            let mut steps = 1;
            while !order.work(&rows, ROWS_A_STEP) {
                steps += 1;
            }
            assert_eq!(order.ids.len(), count);
            steps
        };
        assert_eq!([1, ROWS_A_STEP, ROWS_A_STEP + 1].map(steps), [1, 1, 2]);
        assert!(steps(10 * ROWS_A_STEP) >= 10);
    }
}
