//! Servers by what connections did with them.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use tapline_analysis::{ConnectionRecord, Endpoint};

use crate::limits::HOSTS_MAX;

/// What connections came to at each server.
#[derive(Default)]
pub(crate) struct Hosts {
    by_server: BTreeMap<Server, Host>,
    /// Connections of servers beyond [`HOSTS_MAX`].
    left_out: u64,
}

/// A server: by the name that clients used, else by its address.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Server {
    Named(Box<str>, u16),
    At(Endpoint),
}

/// What connections came to at a server.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Host {
    pub(crate) connections: u64,
    pub(crate) requests: u64,
    pub(crate) bytes: u64,
}

impl Server {
    /// The server of a connection.
    pub(crate) fn of(record: &ConnectionRecord, name: Option<&str>) -> Self {
        let endpoint = record.server.endpoint;
        name.map_or(Self::At(endpoint), |name| Self::Named(name.into(), endpoint.port))
    }

    /// As it is shown.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Named(name, port) if name.ends_with(&format!(":{port}")) => name.to_string(),
            Self::Named(name, port) => format!("{name}:{port}"),
            Self::At(endpoint) => endpoint.to_string(),
        }
    }

    /// The word that finds its connections.
    pub(crate) fn word(&self) -> String {
        match self {
            Self::Named(name, _) => name.to_string(),
            Self::At(endpoint) => endpoint.to_string(),
        }
    }
}

impl Host {
    fn of(record: &ConnectionRecord) -> Self {
        Self { connections: 1, requests: record.requests, bytes: record.payload_bytes() }
    }
}

impl Hosts {
    /// Takes a connection's record in place of the one that was known before.
    pub(crate) fn replace(
        &mut self,
        before: Option<(Server, &ConnectionRecord)>,
        server: Server,
        record: &ConnectionRecord,
    ) {
        if let Some((server, before)) = before {
            self.take_back(&server, before);
        }
        if self.by_server.len() >= HOSTS_MAX && !self.by_server.contains_key(&server) {
            self.left_out += 1;
            return;
        }
        let host = self.by_server.entry(server).or_default();
        let Host { connections, requests, bytes } = Host::of(record);
        host.connections += connections;
        host.requests = host.requests.saturating_add(requests);
        host.bytes = host.bytes.saturating_add(bytes);
    }

    fn take_back(&mut self, server: &Server, record: &ConnectionRecord) {
        let Some(host) = self.by_server.get_mut(server) else {
            self.left_out = self.left_out.saturating_sub(1);
            return;
        };
        let Host { connections, requests, bytes } = Host::of(record);
        host.connections = host.connections.saturating_sub(connections);
        host.requests = host.requests.saturating_sub(requests);
        host.bytes = host.bytes.saturating_sub(bytes);
        if host.connections == 0 {
            self.by_server.remove(server);
        }
    }

    /// The servers with the most octets, so many.
    pub(crate) fn busiest(&self, count: usize) -> Vec<(&Server, Host)> {
        let mut all: Vec<_> = self.by_server.iter().map(|(server, host)| (server, *host)).collect();
        // Equals stand in the order of their names. Every frame asks, and most of so many need no order.
        let order = |one: &(&Server, Host), other: &(&Server, Host)| {
            let rank = |host: Host| Reverse((host.bytes, host.connections));
            rank(one.1).cmp(&rank(other.1)).then_with(|| one.0.cmp(other.0))
        };
        if count < all.len() {
            all.select_nth_unstable_by(count, order);
            all.truncate(count);
        }
        all.sort_unstable_by(order);
        all
    }

    /// How many servers there are.
    pub(crate) fn len(&self) -> usize {
        self.by_server.len()
    }

    /// Connections of servers that found no room.
    pub(crate) fn left_out(&self) -> u64 {
        self.left_out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn a_later_record_of_a_connection_replaces_its_first() {
        let mut hosts = Hosts::default();
        let mut record = testing::record(0, 0);
        let unnamed = Server::of(&record, None);
        hosts.replace(None, unnamed.clone(), &record);
        let before = record.clone();
        record.requests = 7;
        let named = Server::of(&record, Some("a.example"));
        hosts.replace(Some((unnamed, &before)), named.clone(), &record);
        let bytes = record.payload_bytes();
        assert_eq!(hosts.busiest(9), [(&named, Host { connections: 1, requests: 7, bytes })]);
        assert_eq!((hosts.len(), hosts.left_out()), (1, 0));
    }

    #[test]
    fn servers_without_room_are_counted() {
        let mut hosts = Hosts::default();
        let record = testing::record(0, 0);
        let server = |n: usize| Server::of(&record, Some(&format!("{n}.example")));
        for n in 0..=HOSTS_MAX {
            hosts.replace(None, server(n), &record);
        }
        assert_eq!((hosts.len(), hosts.left_out()), (HOSTS_MAX, 1));
        hosts.replace(Some((server(HOSTS_MAX), &record)), server(0), &record);
        assert_eq!((hosts.len(), hosts.left_out()), (HOSTS_MAX, 0));
    }
}
