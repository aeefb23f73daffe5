//! Queries that wait, and answers that may lead somewhere.

use std::collections::VecDeque;
use std::net::IpAddr;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::{DnsSaid, Lookup, name_of};
use crate::limits::{LOOKUP_LEADS_NS, LOOKUP_RETRIED_NS, LOOKUPS_MAX, LOOKUPS_WAITING_MAX};
use crate::{Exchange, Setup, Span};

/// The lookups of a capture. Takes messages and exchanges in the order of the packets, so that what its bounds
/// forget is the same on every run.
#[derive(Default)]
pub(crate) struct Lookups {
    /// Queries without an answer, oldest first.
    waiting: VecDeque<Lookup>,
    /// Answered lookups by who asked for which address, newest last, at most [`NEWEST`].
    known: HashMap<(IpAddr, IpAddr), Vec<Known>, RandomState>,
    /// The keys of `known`, oldest first.
    order: VecDeque<(IpAddr, IpAddr)>,
    /// Everything that a client asked of a name at once: resolvers ask for both kinds of address and wait for both.
    by_name: HashMap<(IpAddr, String), Span, RandomState>,
    /// The keys of `by_name`, oldest first.
    names: VecDeque<(IpAddr, String)>,
}

/// An answered lookup.
#[derive(Debug)]
struct Known {
    name: String,
    span: Span,
}

/// Names of one address that are remembered.
const NEWEST: usize = 4;

impl Lookups {
    /// Takes a message; gives the lookup that it ends, or that it made too old.
    pub(crate) fn see(&mut self, said: &DnsSaid) -> Option<Lookup> {
        let name = name_of(&said.message);
        let place = self.waiting.iter().rposition(|waiting| waiting.is_asked_by(said, &name));
        if !said.message.is_response {
            return self.ask(place, said, name);
        }
        if said.message.is_truncated {
            // It is asked again over TCP.
            return None;
        }
        let mut lookup = self.waiting.remove(place?)?;
        lookup.server = said.server;
        lookup.span.until = said.origin;
        lookup.over_tcp = said.over_tcp;
        lookup.code = Some(said.message.code);
        lookup.addresses.clone_from(&said.message.addresses);
        lookup.addresses_left_out = said.message.addresses_left_out;
        self.remember(&lookup);
        Some(lookup)
    }

    /// The capture is over: what was never answered.
    pub(crate) fn finish(&mut self) -> impl Iterator<Item = Lookup> + use<> {
        std::mem::take(&mut self.waiting).into_iter()
    }

    /// Tells an exchange the lookup that led to it, if one did.
    pub(crate) fn lead(&self, exchange: &mut Exchange) {
        let Some(setup) = exchange.setup.as_deref() else { return };
        let Some(connect) = setup.connect else { return };
        let host = || exchange.url.as_deref().and_then(host_of);
        if let Some(dns) = self.found(setup, connect, host)
            && let Some(setup) = &mut exchange.setup
        {
            setup.dns = Some(dns);
            exchange.time();
        }
    }

    fn ask(&mut self, place: Option<usize>, said: &DnsSaid, name: String) -> Option<Lookup> {
        if let Some(waiting) = place.and_then(|place| self.waiting.get_mut(place)) {
            waiting.retries = waiting.retries.saturating_add(1);
            waiting.span.until = said.origin;
            waiting.server = said.server;
            return None;
        }
        self.waiting.push_back(Lookup {
            client: said.client,
            server: said.server,
            name,
            kind: said.message.kind,
            span: Span { from: said.origin, until: said.origin },
            retries: 0,
            over_tcp: false,
            code: None,
            addresses: Vec::new(),
            addresses_left_out: 0,
        });
        let old = |oldest: &Lookup| said.origin.at.since(oldest.span.until.at) > LOOKUP_RETRIED_NS;
        let too_many = self.waiting.len() > LOOKUPS_WAITING_MAX;
        if too_many || self.waiting.front().is_some_and(old) { self.waiting.pop_front() } else { None }
    }

    fn remember(&mut self, lookup: &Lookup) {
        self.remember_name(lookup);
        for &address in &lookup.addresses {
            let key = (lookup.client, address);
            let known = self.known.entry(key).or_insert_with(|| {
                self.order.push_back(key);
                Vec::new()
            });
            known.retain(|known| known.name != lookup.name);
            if known.len() >= NEWEST {
                known.remove(0);
            }
            known.push(Known { name: lookup.name.clone(), span: lookup.span });
        }
        while self.order.len() > LOOKUPS_MAX {
            if let Some(oldest) = self.order.pop_front() {
                self.known.remove(&oldest);
            }
        }
    }

    fn remember_name(&mut self, lookup: &Lookup) {
        let key = (lookup.client, lookup.name.clone());
        match self.by_name.get_mut(&key) {
            Some(known) if lookup.span.from.packet < known.until.packet => {
                known.until = lookup.span.until;
                if lookup.span.from.packet < known.from.packet {
                    known.from = lookup.span.from;
                }
            }
            Some(known) => *known = lookup.span,
            None => {
                self.by_name.insert(key.clone(), lookup.span);
                self.names.push_back(key);
            }
        }
        if self.names.len() > LOOKUPS_MAX
            && let Some(oldest) = self.names.pop_front()
        {
            self.by_name.remove(&oldest);
        }
    }

    /// The newest lookup that the client had answered just before it connected, of that name where one is known.
    fn found<'a>(
        &self,
        setup: &Setup,
        connect: Span,
        host: impl FnOnce() -> Option<&'a str>,
    ) -> Option<Span> {
        let [client, server] = setup.ends.map(|end| end.address);
        let known = self.known.get(&(client, server))?;
        let host = host();
        let led = known.iter().rev().filter(|known| {
            let age = connect.from.at.since(known.span.until.at);
            known.span.until.packet < connect.from.packet && age <= LOOKUP_LEADS_NS
        });
        let mut led = led.filter(|known| host.is_none_or(|host| known.name.eq_ignore_ascii_case(host)));
        let led = led.next()?;
        let both = self.by_name.get(&(client, led.name.clone())).copied();
        both.filter(|both| both.until.packet < connect.from.packet).or(Some(led.span))
    }
}

impl Lookup {
    /// Whether a message is about it.
    fn is_asked_by(&self, said: &DnsSaid, name: &str) -> bool {
        let message = &said.message;
        let same = self.client == said.client && self.kind == message.kind && self.name == name;
        same && said.origin.at.since(self.span.until.at) <= LOOKUP_RETRIED_NS
    }
}

/// The host of a URL, if it is a name.
fn host_of(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?']).next()?;
    let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
    let is_address = host.starts_with('[') || host.parse::<IpAddr>().is_ok();
    (!is_address && !host.is_empty()).then_some(host)
}

#[cfg(test)]
mod tests {
    use tapline_decode::dns::Message;
    use tapline_packet::Timestamp;
    use tapline_reassembly::Origin;

    use super::*;

    const MS: i64 = 1_000_000;

    fn at(ms: i64) -> Origin {
        Origin { packet: ms.unsigned_abs() + 1, at: Timestamp(ms * MS) }
    }

    fn said(ms: i64, name: &str, addresses: &[&str], is_response: bool) -> DnsSaid {
        let message = Message {
            id: 1,
            is_response,
            name: name.as_bytes().to_vec(),
            kind: 1,
            addresses: addresses.iter().map(|address| address.parse().unwrap()).collect(),
            addresses_left_out: 0,
            code: 0,
            is_truncated: false,
        };
        let (client, server) = ("10.0.0.1".parse().unwrap(), "10.0.0.53".parse().unwrap());
        DnsSaid { origin: at(ms), client, server, over_tcp: false, message }
    }

    fn setup(server: &str, connect: (i64, i64)) -> Setup {
        let end = |address: &str| tapline_packet::Endpoint { address: address.parse().unwrap(), port: 1 };
        let connect = Some(Span { from: at(connect.0), until: at(connect.1) });
        Setup { ends: [end("10.0.0.1"), end(server)], dns: None, connect, tls: None }
    }

    /// What led to a connection to 192.0.2.7 at 100 ms.
    fn led(messages: &[DnsSaid], host: Option<&str>) -> Option<i64> {
        let mut lookups = Lookups::default();
        for message in messages {
            lookups.see(message);
        }
        let setup = setup("192.0.2.7", (100, 120));
        lookups.found(&setup, setup.connect.unwrap(), || host).map(|span| span.ns() / MS)
    }

    #[test]
    fn a_lookup_leads_to_the_address_that_it_found() {
        let query = said(10, "a.test", &[], false);
        let answer = said(40, "A.test", &["192.0.2.9", "192.0.2.7"], true);
        assert_eq!(led(&[query.clone(), answer.clone()], Some("a.test")), Some(30));
        assert_eq!(led(&[query.clone(), answer.clone()], None), Some(30));
        assert_eq!(led(&[query.clone(), answer], Some("b.test")), None);
        assert_eq!(led(std::slice::from_ref(&query), None), None);
        let elsewhere = said(40, "a.test", &["192.0.2.8"], true);
        assert_eq!(led(&[query.clone(), elsewhere], None), None);
        let late = said(110, "a.test", &["192.0.2.7"], true);
        assert_eq!(led(&[query, late], None), None);
    }

    #[test]
    fn what_is_asked_again_counts_from_the_first_time() {
        let first = said(10, "a.test", &[], false);
        let second = said(60, "a.test", &[], false);
        let answer = said(70, "a.test", &["192.0.2.7"], true);
        assert_eq!(led(&[first.clone(), second.clone(), answer.clone()], None), Some(60));
        let mut lookups = Lookups::default();
        lookups.see(&first);
        lookups.see(&second);
        let lookup = lookups.see(&answer).unwrap();
        assert_eq!((lookup.retries, lookup.code, lookup.kind_name()), (1, Some(0), Some("A")));
    }

    #[test]
    fn both_kinds_of_address_are_waited_for() {
        let other = |mut said: DnsSaid| {
            said.message.kind = 28;
            said
        };
        let (query, answer) = (said(10, "a.test", &[], false), said(40, "a.test", &["192.0.2.7"], true));
        let (also, nothing) = (other(said(11, "a.test", &[], false)), other(said(70, "a.test", &[], true)));
        assert_eq!(led(&[query, also, answer, nothing], Some("a.test")), Some(60));
    }

    #[test]
    fn what_a_cache_knew_cost_nothing() {
        let long_ago = [said(-2000, "a.test", &[], false), said(-1900, "a.test", &["192.0.2.7"], true)];
        assert_eq!(led(&long_ago, None), None);
    }

    #[test]
    fn queries_and_answers_are_bounded() {
        let mut lookups = Lookups::default();
        for n in 0..LOOKUPS_MAX + 100 {
            let name = format!("{n}.test");
            let address = format!("10.{}.{}.{}", n >> 16, (n >> 8) & 255, n & 255);
            lookups.see(&said(1, &name, &[], false));
            lookups.see(&said(1, &name, &[&address], true));
            lookups.see(&said(1, &format!("x{n}.test"), &[], false));
        }
        assert_eq!((lookups.waiting.len(), lookups.known.len()), (LOOKUPS_WAITING_MAX, LOOKUPS_MAX));
        assert!(lookups.by_name.len() <= LOOKUPS_MAX);
        assert_eq!(lookups.finish().count(), LOOKUPS_WAITING_MAX);
    }

    #[test]
    fn hosts_of_urls() {
        assert_eq!(host_of("https://a.test:8443/x?y=http://z"), Some("a.test"));
        assert_eq!(host_of("http://10.0.0.1/"), None);
        assert_eq!(host_of("http://[::1]:80/"), None);
        assert_eq!(host_of("/x"), None);
    }

    #[test]
    fn a_lookup_is_asked_again_and_leads_somewhere_only_for_so_long() {
        let asked = |ns: i64| {
            let mut lookups = Lookups::default();
            lookups.see(&said(0, "a.test", &[], false));
            let mut again = said(0, "a.test", &[], false);
            again.origin.at = Timestamp(ns);
            let lost = lookups.see(&again);
            (lookups.waiting.len(), lookups.waiting[0].retries, lost.is_some())
        };
        assert_eq!(asked(LOOKUP_RETRIED_NS), (1, 1, false));
        assert_eq!(asked(LOOKUP_RETRIED_NS + 1), (1, 0, true), "the first one had no answer");
        let led = |ns: i64| {
            let mut lookups = Lookups::default();
            let mut answer = said(0, "a.test", &["192.0.2.7"], true);
            answer.origin.at = Timestamp(100 * MS - ns);
            lookups.see(&DnsSaid { origin: answer.origin, ..said(0, "a.test", &[], false) });
            lookups.see(&answer);
            let setup = setup("192.0.2.7", (100, 120));
            lookups.found(&setup, setup.connect.unwrap(), || None).is_some()
        };
        assert_eq!([LOOKUP_LEADS_NS, LOOKUP_LEADS_NS + 1].map(led), [true, false]);
    }
}
