//! What shows only across the connections of a capture.

use std::collections::VecDeque;
use std::net::IpAddr;

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use tapline_packet::Endpoint;
use tapline_reassembly::{Direction, Origin};

use super::{Finding, catalogue};
use crate::limits::{EXPOSED_MAX, HOST_NAMES_MAX, HOSTS_MAX, NOT_RESUMED_MIN, NOT_REUSED_MIN, PARALLEL_MIN};
use crate::{ConnectionRecord, Event, Exchange, HeadFacts, TlsOutcome, TlsSession, human, printable};

/// The pairs of a client and a server that talked HTTP or TLS, those that talked last.
#[derive(Default)]
pub(crate) struct Hosts {
    pairs: HashMap<(IpAddr, Endpoint), Pair, RandomState>,
    /// The keys of `pairs`, oldest first.
    order: VecDeque<(IpAddr, Endpoint)>,
    /// Full handshakes of connections that are not over: the record that names the ends comes later.
    handshakes: HashMap<u64, (u32, i64), RandomState>,
    /// What such connections carried in clear.
    exposed: HashMap<u64, Exposed, RandomState>,
    /// What connections carried of which that could not be remembered.
    exposed_beyond: Exposed,
}

/// Credentials that travelled in clear.
#[derive(Clone, Copy, Default)]
struct Exposed {
    exchanges: u64,
    fields: HeadFacts,
    first: Origin,
}

impl Exposed {
    fn add(&mut self, other: &Self) {
        if self.exchanges == 0 {
            self.first = other.first;
        }
        self.exchanges += other.exchanges;
        self.fields = self.fields.and(other.fields);
    }

    /// What travelled in clear, and where.
    fn finding(&self, place: &str) -> Option<Finding> {
        let Self { exchanges, fields, first } = *self;
        let names: Vec<_> =
            CREDENTIALS.iter().filter(|(fact, _)| fields.has(*fact)).map(|(_, name)| *name).collect();
        let finding = || {
            let exchanges = human::plural(exchanges, "exchange");
            let explanation = format!("{} {place} in {exchanges}", names.join(", "));
            Finding::new(&catalogue::HTTP_CREDENTIALS, explanation, first)
        };
        (exchanges > 0).then(finding)
    }
}

/// The fields that carry credentials.
const CREDENTIALS: [(HeadFacts, &str); 3] = [
    (HeadFacts::AUTHORIZATION, "Authorization"),
    (HeadFacts::COOKIE, "Cookie"),
    (HeadFacts::SET_COOKIE, "Set-Cookie"),
];

/// A client and a server.
#[derive(Default)]
struct Pair {
    first: Origin,
    connections: u64,
    /// Those with one request that began when an earlier one had ended.
    in_a_row: u64,
    last_ended: Option<Origin>,
    /// What the handshakes of these took, nanoseconds.
    setup_ns: i64,
    names: Vec<String>,
    /// There were more of them than are kept.
    has_more_names: bool,
    /// Begins and ends of connections, while they may overlap others.
    open: Vec<Origin>,
    most_at_once: usize,
    full_handshakes: u32,
    full_ns: i64,
    exposed: Exposed,
    packets: Vec<u64>,
}

/// Packets that prove a finding about several connections: the first of some.
const PROOF_MAX: usize = 16;

impl Hosts {
    pub(crate) fn see(&mut self, event: &Event, found: &mut Vec<Finding>) {
        match event {
            Event::TlsSession(session) => self.session(session),
            Event::Exchange(exchange) => self.exchange(exchange),
            Event::Connection(record) => self.connection(record, found),
            _ => {}
        }
    }

    /// The capture is over.
    pub(crate) fn conclude(&mut self, found: &mut Vec<Finding>) {
        for key in std::mem::take(&mut self.order) {
            if let Some(pair) = self.pairs.remove(&key) {
                pair.tell(key, found);
            }
        }
        let beyond = std::mem::take(&mut self.exposed_beyond);
        found.extend(beyond.finding("on further connections, too many at once to be told apart,"));
    }

    fn exchange(&mut self, exchange: &Exchange) {
        let carries = CREDENTIALS.iter().any(|(fact, _)| exchange.facts.has(*fact));
        // What a proxy is asked for by https: travels inside of what this capture shows.
        let secure =
            exchange.is_secure || exchange.url.as_deref().is_some_and(|url| url.starts_with("https:"));
        if !carries || secure {
            return;
        }
        let first = exchange.request.as_ref().or(exchange.response.as_ref()).map(|part| part.first);
        let this = Exposed { exchanges: 1, fields: exchange.facts, first: first.unwrap_or_default() };
        if self.exposed.len() < EXPOSED_MAX || self.exposed.contains_key(&exchange.connection) {
            self.exposed.entry(exchange.connection).or_default().add(&this);
        } else {
            self.exposed_beyond.add(&this);
        }
    }

    fn session(&mut self, session: &TlsSession) {
        let full = session.outcome == TlsOutcome::Established && session.resumed == Some(false);
        if full && self.handshakes.len() < HOSTS_MAX {
            let (count, ns) = self.handshakes.entry(session.connection).or_default();
            *count += 1;
            *ns = ns.saturating_add(session.handshake_ns.unwrap_or(0));
        }
    }

    fn connection(&mut self, record: &ConnectionRecord, found: &mut Vec<Finding>) {
        let handshakes = self.handshakes.remove(&record.id);
        let exposed = self.exposed.remove(&record.id);
        if record.copy_of.is_some() || (record.requests == 0 && handshakes.is_none()) {
            return;
        }
        let key = (record.client.endpoint.address, record.server.endpoint);
        if !self.pairs.contains_key(&key) {
            self.order.push_back(key);
            if self.order.len() > HOSTS_MAX
                && let Some(oldest) = self.order.pop_front()
                && let Some(pair) = self.pairs.remove(&oldest)
            {
                pair.tell(oldest, found);
            }
        }
        let pair = self.pairs.entry(key).or_default();
        pair.take(record);
        if let Some(exposed) = exposed {
            pair.exposed.add(&exposed);
        }
        if let Some((count, ns)) = handshakes {
            pair.full_handshakes += count;
            pair.full_ns = pair.full_ns.saturating_add(ns);
        }
    }
}

/// When a connection was of no more use: with its first FIN or RST.
fn ended(record: &ConnectionRecord) -> Origin {
    let fins = Direction::BOTH.iter().filter_map(|&direction| Some(record.teardown.fin(direction)?.seen));
    let reset = record.teardown.reset.map(|reset| reset.seen);
    fins.chain(reset).min_by_key(|origin| origin.packet).unwrap_or(record.last)
}

impl Pair {
    fn take(&mut self, record: &ConnectionRecord) {
        if self.connections == 0 {
            self.first = record.first;
        }
        self.connections += 1;
        if self.packets.len() < PROOF_MAX {
            self.packets.push(record.first.packet);
        }
        if let Some(name) = record.server_name.as_ref()
            && !self.names.iter().any(|known| known.eq_ignore_ascii_case(name))
        {
            let has_room = self.names.len() < HOST_NAMES_MAX;
            self.has_more_names |= !has_room;
            if has_room {
                self.names.push(name.clone());
            }
        }
        let in_a_row = self.last_ended.is_some_and(|ended| ended.at <= record.first.at);
        if record.requests == 1 && in_a_row {
            self.in_a_row += 1;
            self.setup_ns = self.setup_ns.saturating_add(record.handshake.total_ns().unwrap_or(0));
        }
        // Connections are told when they leave the table: in the order of their ends, as good as.
        self.open.retain(|last| last.at >= record.first.at);
        self.open.push(record.last);
        self.most_at_once = self.most_at_once.max(self.open.len());
        if self.open.len() > 2 * PARALLEL_MIN {
            self.open.remove(0);
        }
        let ended = ended(record);
        if self.last_ended.is_none_or(|last| last.at < ended.at) {
            self.last_ended = Some(ended);
        }
    }

    fn tell(self, (client, server): (IpAddr, Endpoint), found: &mut Vec<Finding>) {
        found.extend(self.exposed.finding(&format!("between {client} and {server}")));
        let mut push = |kind, explanation: String, cost: Option<i64>| {
            let packets = self.packets.iter().copied();
            found.push(Finding::new(kind, explanation, self.first).proven_by(packets).costs(cost));
        };
        if self.in_a_row >= NOT_REUSED_MIN {
            let explanation = format!(
                "{client} opened {} to {server} for one request each when an earlier one had ended",
                human::plural(self.in_a_row, "connection")
            );
            push(&catalogue::HTTP_NOT_REUSED, explanation, Some(self.setup_ns));
        }
        if self.most_at_once >= PARALLEL_MIN {
            let explanation =
                format!("{client} had at least {} connections to {server} open at once", self.most_at_once);
            push(&catalogue::HTTP_MANY_CONNECTIONS, explanation, None);
        }
        if self.names.len() > 1 {
            let names: Vec<_> = self.names.iter().map(|name| printable(name)).collect();
            let more = if self.has_more_names { " and more" } else { "" };
            push(&catalogue::HTTP_SHARDED, format!("{server} is {}{more}", names.join(", ")), None);
        }
        if self.full_handshakes >= NOT_RESUMED_MIN {
            let explanation = format!(
                "{client} made {} full handshakes with {server}, {} in all",
                self.full_handshakes,
                human::duration(self.full_ns)
            );
            let spared = self.full_ns - self.full_ns / i64::from(self.full_handshakes.max(1));
            push(&catalogue::TLS_NOT_RESUMED, explanation, Some(spared));
        }
    }
}

#[cfg(test)]
mod tests {

    use tapline_testkit::Talk;

    use super::*;
    use crate::{Analyzer, Interests, Options};

    /// The record of a connection without a request.
    fn record(id: u64) -> Event {
        let mut record = crate::testing::record();
        record.id = id;
        Event::Connection(record)
    }

    fn handshakes(count: u64, resumed: bool) -> Vec<&'static str> {
        let (mut hosts, mut found) = (Hosts::default(), Vec::new());
        for connection in 0..count {
            let session = TlsSession {
                connection,
                outcome: TlsOutcome::Established,
                resumed: Some(resumed && connection > 0),
                handshake_ns: Some(10_000_000),
                ..TlsSession::default()
            };
            hosts.see(&Event::TlsSession(Box::new(session)), &mut found);
            hosts.see(&record(connection), &mut found);
        }
        hosts.conclude(&mut found);
        let spared = 10_000_000 * (i64::try_from(count).unwrap() - 1);
        assert!(found.iter().all(|finding| finding.cost_ns == Some(spared)), "{found:?}");
        found.iter().map(|finding| finding.kind.code).collect()
    }

    #[test]
    fn full_handshakes_again_and_again_could_have_been_resumed() {
        let least = u64::from(NOT_RESUMED_MIN);
        assert_eq!(handshakes(least, false), ["tls_not_resumed"]);
        assert!(handshakes(least - 1, false).is_empty() && handshakes(least, true).is_empty());
    }

    /// What is told of connections whose records are changed like this.
    fn told(count: usize, change: impl Fn(usize, &mut ConnectionRecord)) -> Vec<String> {
        let (mut hosts, mut found) = (Hosts::default(), Vec::new());
        let Event::Connection(pattern) = record(0) else { panic!("no record") };
        for nth in 0..count {
            let mut record = pattern.clone();
            (record.id, record.requests) = (nth as u64, 2);
            change(nth, &mut record);
            hosts.connection(&record, &mut found);
        }
        hosts.conclude(&mut found);
        found.into_iter().map(|finding| finding.explanation.into()).collect()
    }

    #[test]
    fn names_of_one_server_are_told_up_to_a_number() {
        let sharded = |names: usize| {
            let apart = |nth: usize, record: &mut ConnectionRecord| {
                // One after the other, so that nothing else is found.
                let moved = i64::try_from(nth).unwrap() * 1_000_000_000_000;
                for origin in [&mut record.first, &mut record.last] {
                    origin.at.0 += moved;
                }
                record.server_name = Some(format!("{nth}.test"));
            };
            told(names, apart).remove(0)
        };
        let (fits, over) = (sharded(HOST_NAMES_MAX), sharded(HOST_NAMES_MAX + 1));
        assert!(fits.ends_with(&format!("{}.test", HOST_NAMES_MAX - 1)), "{fits}");
        assert_eq!(over, format!("{fits} and more"));
    }

    #[test]
    fn pairs_beyond_those_that_are_remembered_are_told_early() {
        let mut found = Vec::new();
        let mut hosts = Hosts::default();
        let Event::Connection(mut record) = record(0) else { panic!("no record") };
        for nth in 0..=u32::try_from(HOSTS_MAX).unwrap() {
            record.requests = 1;
            record.client.endpoint.address = std::net::Ipv4Addr::from(nth).into();
            hosts.connection(&record, &mut found);
        }
        assert_eq!((hosts.pairs.len(), hosts.order.len()), (HOSTS_MAX, HOSTS_MAX));
    }

    #[test]
    fn open_connections_that_carried_credentials_are_remembered_up_to_a_number() {
        let mut hosts = Hosts::default();
        let head = b"GET / HTTP/1.1\r\nHost: h\r\nCookie: a=b\r\n\r\n";
        let talk = Talk::new(([10, 0, 0, 1], 4000).into(), ([10, 0, 0, 2], 80).into(), 0).handshake();
        let mut analyzer = Analyzer::new(&Options::of(Interests::FULL));
        for (frame, number) in talk.client(head).frames.iter().zip(1..) {
            analyzer.packet(&frame.packet(number));
        }
        analyzer.finish();
        let exchange = analyzer.take_events().into_iter().find_map(|event| match event {
            Event::Exchange(exchange) => Some(exchange),
            _ => None,
        });
        let mut exchange = exchange.unwrap();
        // Two more, and one that is remembered goes on.
        for connection in (0..EXPOSED_MAX as u64 + 2).chain([0]) {
            exchange.connection = connection;
            hosts.exchange(&exchange);
        }
        assert_eq!((hosts.exposed.len(), hosts.exposed[&0].exchanges), (EXPOSED_MAX, 2));
        let mut found = Vec::new();
        hosts.conclude(&mut found);
        let [finding] = &found[..] else { panic!("{found:?}") };
        assert_eq!(finding.kind.code, "http_cleartext_credentials");
        assert!(finding.explanation.ends_with("in 2 exchanges"), "{}", finding.explanation);
    }
}
