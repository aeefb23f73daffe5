//! The connections with what belongs to them.

use std::collections::BTreeMap;

use tapline_analysis::{ConnectionRecord, Event, TlsSession, printable};

use super::{ExchangeOutcome, ExchangeRow, Hosts, Server, Slowest, Tls};
use crate::limits::{CONNECTIONS_MAX, EXCHANGES_MAX};
use crate::phases::{self, Phase};
use crate::words;

/// All connections, by id.
#[derive(Default)]
pub(crate) struct Rows {
    by_id: Vec<Row>,
    known: usize,
    exchanges: usize,
    /// How many may be listed; `None` as long as that is [`CONNECTIONS_MAX`], and memory is not short.
    connections_max: Option<usize>,
    /// Connections beyond that.
    connections_left_out: u64,
    /// Requests beyond [`EXCHANGES_MAX`], or for which there was no memory.
    exchanges_left_out: u64,
    /// Which of the phases that not every capture has were seen.
    saw: [bool; Phase::ALL.len()],
    /// Whether a connection is not wholly captured.
    saw_gap: bool,
    /// Connections by where they are in their life, also of those that go on.
    states: BTreeMap<&'static str, u64>,
    hosts: Hosts,
    slowest: Slowest,
}

/// A connection with what belongs to it.
#[derive(Default)]
pub(crate) struct Row {
    /// `None` while only something inside it was told. Its server's name is `name`.
    record: Option<Box<ConnectionRecord>>,
    name: Option<Box<str>>,
    tls: Option<Box<Tls>>,
    exchanges: Vec<ExchangeRow>,
    /// How many of `exchanges` are inferred.
    inferred: u32,
}

impl Rows {
    /// Takes what was learned.
    pub(crate) fn take(&mut self, event: Event) {
        match event {
            Event::ConnectionProgress(record) | Event::Connection(record) => self.take_record(record),
            Event::TlsSessionProgress(session) => self.take_session(*session, false),
            Event::TlsSession(session) => self.take_session(*session, true),
            Event::Exchange(exchange) => self.take_exchange(exchange.connection, ExchangeRow::of(&exchange)),
            _ => {}
        }
    }

    fn take_record(&mut self, record: Box<ConnectionRecord>) {
        // What stays is laid in this thread's memory: kept where the engine laid them, the records would pin
        // the pages around them that the engine gave back.
        let mut record = *record;
        let id = usize::try_from(record.id).unwrap_or(usize::MAX);
        let max = self.connections_max(id);
        let Some(row) = row_mut(&mut self.by_id, record.id, max) else {
            let beyond = (id - max) as u64 + 1;
            self.connections_left_out = self.connections_left_out.max(beyond);
            return;
        };
        self.saw_gap |= record.gap.is_some();
        let before = row.record.take();
        if let Some(count) = before.as_ref().and_then(|before| self.states.get_mut(words::ending(before))) {
            *count -= 1;
        }
        *self.states.entry(words::ending(&record)).or_default() += 1;
        let before = before.map(|before| (Server::of(&before, row.name.as_deref()), before));
        let new = before.is_none();
        row.name = record.server_name.take().map(|name| printable(&name).into());
        let server = Server::of(&record, row.name.as_deref());
        record.protocols = record.protocols.as_slice().into();
        record.anomalies = record.anomalies.as_slice().into();
        let record = row.record.insert(Box::new(record));
        let before = before.as_ref().map(|(server, record)| (server.clone(), &**record));
        self.hosts.replace(before, server, record);
        self.known += usize::from(new);
    }

    fn take_session(&mut self, session: TlsSession, is_over: bool) {
        let max = self.connections_max(usize::try_from(session.connection).unwrap_or(usize::MAX));
        let Some(row) = row_mut(&mut self.by_id, session.connection, max) else { return };
        match &mut row.tls {
            Some(tls) => tls.take(session, is_over),
            None => row.tls = Some(Box::new(Tls::of(session))),
        }
    }

    fn take_exchange(&mut self, connection: u64, exchange: ExchangeRow) {
        let room = self.exchanges < EXCHANGES_MAX && tapline_memory::has_room();
        let max = self.connections_max(usize::try_from(connection).unwrap_or(usize::MAX));
        phases::of_exchange(&exchange, |span| {
            if let Some(saw) = self.saw.get_mut(span.phase as usize) {
                *saw = true;
            }
        });
        match row_mut(&mut self.by_id, connection, max) {
            Some(row) if room => {
                if let (Ok(id), Ok(nth)) = (u32::try_from(connection), u32::try_from(row.exchanges.len())) {
                    self.slowest.take(&exchange, id, nth);
                }
                if row.exchanges.is_empty() {
                    // Most connections carry one request, and a vector's own first step is four.
                    row.exchanges.reserve_exact(1);
                }
                row.inferred += u32::from(exchange.outcome == ExchangeOutcome::Inferred);
                row.exchanges.push(exchange);
                self.exchanges += 1;
            }
            _ => self.exchanges_left_out += 1,
        }
    }

    /// How many connections may be listed, the one with this id perhaps among them: the list is as long as it is now for
    /// ever once memory is short.
    fn connections_max(&mut self, id: usize) -> usize {
        if self.connections_max.is_none() && id >= self.by_id.len() && !tapline_memory::has_room() {
            self.connections_max = Some(self.by_id.len());
        }
        self.connections_max.unwrap_or(CONNECTIONS_MAX)
    }

    /// The connection with this id.
    pub(crate) fn get(&self, id: u32) -> Option<&Row> {
        self.by_id.get(usize::try_from(id).ok()?)
    }

    /// Connections that are known.
    pub(crate) fn len(&self) -> usize {
        self.known
    }

    /// One past the highest id.
    pub(crate) fn bound(&self) -> u64 {
        self.by_id.len() as u64
    }

    /// The connection that begins with this packet.
    pub(crate) fn beginning_at(&self, packet: u64) -> Option<u32> {
        let begins = |row: &Row| row.record().is_some_and(|record| record.first.packet == packet);
        self.by_id.iter().zip(0_u32..).find(|(row, _)| begins(row)).map(|(_, id)| id)
    }

    /// Whether a request was in this phase.
    pub(crate) fn saw(&self, phase: Phase) -> bool {
        self.saw.get(phase as usize).copied().unwrap_or(false)
    }

    /// Whether octets of a connection are known not to be captured.
    pub(crate) fn saw_gap(&self) -> bool {
        self.saw_gap
    }

    /// Connections by where they are in their life now, as [`words::ending`] names it.
    pub(crate) fn states(&self) -> &BTreeMap<&'static str, u64> {
        &self.states
    }

    /// What connections came to at each server.
    pub(crate) fn hosts(&self) -> &Hosts {
        &self.hosts
    }

    /// The exchanges that took longest, the slowest first, with their connections' ids.
    pub(crate) fn slowest(&self) -> impl Iterator<Item = (u32, u32)> {
        self.slowest.iter()
    }

    /// How many connections and requests found no room.
    pub(crate) fn left_out(&self) -> (u64, u64) {
        (self.connections_left_out, self.exchanges_left_out)
    }
}

fn row_mut(by_id: &mut Vec<Row>, id: u64, max: usize) -> Option<&mut Row> {
    let id = usize::try_from(id).ok().filter(|&id| id < max)?;
    if id >= by_id.len() {
        by_id.resize_with(id + 1, Row::default);
    }
    by_id.get_mut(id)
}

impl Row {
    /// The connection itself; every listed row has it.
    pub(crate) fn record(&self) -> Option<&ConnectionRecord> {
        self.record.as_deref()
    }

    /// The name that the client used for the server, safe to print.
    pub(crate) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Its first TLS handshake.
    pub(crate) fn tls(&self) -> Option<&TlsSession> {
        self.tls.as_deref().map(Tls::session)
    }

    /// The same with what belongs to it.
    pub(crate) fn tls_in_full(&self) -> Option<&Tls> {
        self.tls.as_deref()
    }

    /// How many of its requests are inferred from TLS that stays closed.
    pub(crate) fn inferred(&self) -> u32 {
        self.inferred
    }

    /// Its requests, in the order in which they ended.
    pub(crate) fn exchanges(&self) -> &[ExchangeRow] {
        &self.exchanges
    }

    /// TCP and TLS handshake together, nanoseconds.
    pub(crate) fn setup_ns(&self) -> Option<i64> {
        let tcp = self.record()?.handshake.total_ns();
        let tls = self.tls().and_then(|session| session.handshake_ns);
        (tcp.is_some() || tls.is_some()).then(|| tcp.unwrap_or(0).saturating_add(tls.unwrap_or(0)))
    }
}

#[cfg(test)]
impl Rows {
    pub(crate) fn into_row(mut self, id: u32) -> Option<Row> {
        self.by_id.get_mut(usize::try_from(id).ok()?).map(std::mem::take)
    }
}

#[cfg(test)]
mod tests {
    use tapline_analysis::{Flight, FlightStep, State};

    use super::*;
    use crate::model::{StallRow, Stalled};
    use crate::testing;

    #[test]
    fn a_later_record_replaces_an_earlier_one() {
        let mut rows = Rows::default();
        let mut record = testing::record(3, 0);
        rows.take(Event::ConnectionProgress(Box::new(record.clone())));
        record.requests = 7;
        rows.take(Event::Connection(Box::new(record)));
        assert_eq!((rows.len(), rows.bound()), (1, 4));
        assert_eq!(rows.get(3).and_then(Row::record).map(|record| record.requests), Some(7));
    }

    #[test]
    fn a_request_may_come_before_its_connection() {
        let mut rows = Rows::default();
        rows.take(Event::Exchange(Box::new(testing::exchange(1, 10, "GET", "http://a.example/"))));
        assert_eq!(rows.len(), 0, "nothing is known of the connection yet");
        rows.take(Event::ConnectionProgress(Box::new(testing::record(1, 0))));
        assert_eq!(rows.get(1).map(|row| row.exchanges().len()), Some(1));
    }

    #[test]
    fn what_finds_no_room_is_counted() {
        let mut rows = Rows::default();
        rows.take(Event::Connection(Box::new(testing::record(CONNECTIONS_MAX as u64 + 4, 0))));
        rows.take(Event::Exchange(Box::new(testing::exchange(u64::MAX, 10, "GET", "http://a.example/"))));
        assert_eq!((rows.len(), rows.left_out()), (0, (5, 1)));
    }

    #[test]
    fn a_connection_costs_what_the_limits_say() {
        let row = size_of::<Row>() + size_of::<ConnectionRecord>();
        assert!(row <= 800, "{row}");
        // A full handshake of TLS 1.3: three flights with at most six messages each.
        let flights = 3 * (size_of::<Flight>() + 6 * size_of::<FlightStep>());
        let tls = size_of::<Tls>() + flights;
        assert!(tls <= 2_000, "{tls}");
        assert!(size_of::<ExchangeRow>() <= 136, "{}", size_of::<ExchangeRow>());
        let stalled = size_of::<Stalled>() + size_of::<StallRow>();
        assert!(stalled <= 100, "{stalled}");
    }

    #[test]
    fn a_connection_counts_where_it_is_now() {
        let mut rows = Rows::default();
        let states = |rows: &Rows| -> Vec<_> {
            rows.states()
                .iter()
                .filter(|(_, count)| **count > 0)
                .map(|(name, count)| (*name, *count))
                .collect()
        };
        let in_state = |id, state| Box::new(ConnectionRecord { id, ..testing::record_in(state) });
        rows.take(Event::ConnectionProgress(in_state(0, State::Opening)));
        rows.take(Event::ConnectionProgress(in_state(1, State::Established)));
        assert_eq!(states(&rows), [("no answer", 1), ("open", 1)]);
        rows.take(Event::ConnectionProgress(in_state(0, State::Established)));
        assert_eq!(states(&rows), [("open", 2)]);
        rows.take(Event::Connection(in_state(0, State::Reset)));
        assert_eq!(states(&rows), [("open", 1), ("reset", 1)]);
    }

    #[test]
    fn names_from_the_wire_are_made_safe() {
        let mut rows = Rows::default();
        let mut record = testing::record(0, 0);
        record.server_name = Some("evil\u{1b}[2Jname".into());
        rows.take(Event::Connection(Box::new(record)));
        rows.take(Event::Exchange(Box::new(testing::exchange(0, 10, "GET", "http://a/\u{1b}]0;x\u{7}"))));
        let row = rows.get(0).unwrap();
        assert_eq!(row.name(), Some("evil\\u{1b}[2Jname"));
        assert_eq!(&*row.exchanges()[0].request, "GET http://a/\\u{1b}]0;x\\u{7}");
    }

    #[test]
    fn requests_are_listed_up_to_a_number() {
        let mut rows = Rows::default();
        rows.take(Event::Connection(Box::new(testing::record(0, 0))));
        // As if others had as many.
        rows.exchanges = EXCHANGES_MAX - 1;
        for _ in 0..2 {
            rows.take(Event::Exchange(Box::new(testing::exchange(0, 10, "GET", "http://a.example/"))));
        }
        assert_eq!((rows.get(0).map(|row| row.exchanges().len()), rows.left_out()), (Some(1), (0, 1)));
    }
}
