//! What the connections of a capture are known by, while their events are told.

use std::collections::VecDeque;

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use tapline_analysis::{
    ConnectionRecord, Endpoint, Event, Introduction, Kind, Protocol, Protocols, Sender, Timestamp, Vlans,
    look_for_findings,
};

use crate::items::{address, has_address, number, port, present, text};
use crate::limits::{CLOSED_MAX, CONNECTIONS_MAX, FINDINGS_MAX};
use crate::{FieldId, Filter, Item, Value};

/// What connections are known by, from their introductions on ([`Event::Introduction`]).
///
/// Bounded: of connections beyond [`CONNECTIONS_MAX`] nothing is known but what their events say, and a connection
/// that is over is forgotten when [`CLOSED_MAX`] others are.
#[derive(Debug, Default)]
pub struct Known {
    connections: HashMap<u64, Box<Facts>, RandomState>,
    /// Connections that are over, oldest first.
    closed: VecDeque<u64>,
    /// When the capture began.
    pub(crate) start: Option<Timestamp>,
    /// Whether findings are remembered: somebody asks for them.
    wants_findings: bool,
}

/// What one connection is known by.
#[derive(Debug)]
pub(crate) struct Facts {
    client: Endpoint,
    server: Endpoint,
    vlans: Vlans,
    protocols: Protocols,
    server_name: Option<String>,
    /// What was found of its sessions and exchanges.
    findings: Vec<(&'static Kind, Option<i64>)>,
    /// Whether a filter held for anything in it.
    held: bool,
}

impl Known {
    /// Nothing known yet; what `filter` does not ask for is not remembered.
    pub fn new(filter: &Filter) -> Self {
        let wants_findings = filter.fields().any(is_of_findings) || filter.is_search();
        Self { wants_findings, ..Self::default() }
    }

    /// The capture began then; only the first call counts.
    pub fn begin(&mut self, start: Timestamp) {
        self.start.get_or_insert(start);
    }

    /// Learns from an event. Every event must be told, in order.
    pub fn see(&mut self, event: &Event) {
        match event {
            Event::Introduction(introduction) => self.introduce(introduction),
            Event::Connection(record) => {
                self.find(event);
                self.close(record);
            }
            Event::TlsSession(_) | Event::Exchange(_) | Event::Http2Connection(_) => self.find(event),
            _ => {}
        }
    }

    pub(crate) fn facts(&self, connection: u64) -> Option<&Facts> {
        self.connections.get(&connection).map(|facts| &**facts)
    }

    /// A filter held for something in a connection.
    pub(crate) fn hold(&mut self, connection: u64) {
        if let Some(facts) = self.connections.get_mut(&connection) {
            facts.held = true;
        }
    }

    /// Whether that happened.
    pub(crate) fn has_held(&self, connection: u64) -> bool {
        self.facts(connection).is_some_and(|facts| facts.held)
    }

    fn introduce(&mut self, introduction: &Introduction) {
        let Introduction { connection, client, server, vlans, .. } = *introduction;
        if let Some(facts) = self.connections.get_mut(&connection) {
            (facts.client, facts.server) = (client, server);
            facts.protocols.clone_from(&introduction.protocols);
            facts.server_name.clone_from(&introduction.server_name);
        } else if self.connections.len() < CONNECTIONS_MAX && tapline_memory::has_room() {
            let facts = Facts {
                client,
                server,
                vlans,
                protocols: introduction.protocols.clone(),
                server_name: introduction.server_name.clone(),
                findings: Vec::new(),
                held: false,
            };
            self.connections.insert(connection, Box::new(facts));
        }
    }

    /// The findings of an event come behind all events of their packet: too late for its connection's record.
    fn find(&mut self, event: &Event) {
        if !self.wants_findings {
            return;
        }
        let Some(facts) = event.connection().and_then(|id| self.connections.get_mut(&id)) else { return };
        let mut found = Vec::new();
        look_for_findings(event, &mut found);
        for finding in found {
            let is_known = facts.findings.iter().any(|(kind, _)| kind.code == finding.kind.code);
            if !is_known || facts.findings.len() < FINDINGS_MAX {
                facts.findings.push((finding.kind, finding.cost_ns));
            }
        }
    }

    fn close(&mut self, record: &ConnectionRecord) {
        self.closed.push_back(record.id);
        while self.closed.len() > CLOSED_MAX {
            if let Some(id) = self.closed.pop_front() {
                self.connections.remove(&id);
            }
        }
    }
}

/// Whether a field tells of findings.
pub(crate) fn is_of_findings(field: FieldId) -> bool {
    matches!(field, FieldId::TaplineFinding | FieldId::TaplineFindingSeverity | FieldId::TaplineFindingCost)
}

/// Whether a field tells what a connection is known by.
pub(crate) fn is_of_connections(field: FieldId) -> bool {
    use FieldId as F;
    matches!(
        field,
        F::Ip
            | F::IpAddr
            | F::IpSrc
            | F::IpDst
            | F::Ipv6
            | F::Ipv6Addr
            | F::Ipv6Src
            | F::Ipv6Dst
            | F::Vlan
            | F::VlanId
            | F::Tcp
            | F::TcpPort
            | F::TcpSrcport
            | F::TcpDstport
            | F::Tls
            | F::Http
            | F::Http2
            | F::Dns
            | F::WebSocket
            | F::TaplineClient
            | F::TaplineServer
            | F::TaplineClientPort
            | F::TaplineServerPort
            | F::TaplineProtocol
            | F::TaplineServerName
    )
}

impl Facts {
    /// Values of what is of everything in the connection; `from` is who sent it.
    pub(crate) fn values(&self, field: FieldId, from: Option<Sender>, tell: &mut dyn FnMut(Value<'_>)) {
        self.identity().values_from(field, from, tell);
    }

    pub(crate) fn texts(&self, tell: &mut dyn FnMut(&str)) {
        self.identity().texts(tell);
    }

    fn identity(&self) -> Identity<'_> {
        Identity {
            client: self.client,
            server: self.server,
            vlans: self.vlans,
            protocols: &self.protocols,
            server_name: self.server_name.as_deref(),
        }
    }

    /// What was found of its sessions and exchanges.
    pub(crate) fn findings(&self) -> &[(&'static Kind, Option<i64>)] {
        &self.findings
    }
}

/// What a connection is known by: an item to stand beside those of what is in it.
#[derive(Clone, Copy, Debug)]
pub struct Identity<'a> {
    /// Who opened it.
    pub client: Endpoint,
    /// Who answered.
    pub server: Endpoint,
    /// Its VLAN tags.
    pub vlans: Vlans,
    /// What it speaks, outermost first.
    pub protocols: &'a [Protocol],
    /// The name that the client used for the server.
    pub server_name: Option<&'a str>,
}

impl Item for Identity<'_> {
    fn values(&self, field: FieldId, tell: &mut dyn FnMut(Value<'_>)) {
        self.values_from(field, None, tell);
    }

    fn texts(&self, tell: &mut dyn FnMut(&str)) {
        tell(&self.client.to_string());
        tell(&self.server.to_string());
        self.server_name.iter().for_each(|name| tell(name));
        self.protocols.iter().for_each(|protocol| tell(protocol.name()));
    }
}

impl Identity<'_> {
    /// Values of what is of everything in the connection; `from` is who sent it, `None` where it goes both ways.
    pub(crate) fn values_from(&self, field: FieldId, from: Option<Sender>, tell: &mut dyn FnMut(Value<'_>)) {
        use FieldId as F;
        let Self { client, server, vlans, protocols, server_name } = self;
        let both = [client, server];
        let (sources, receivers): (&[&Endpoint], &[&Endpoint]) = match from {
            Some(Sender::Client) => (&[client], &[server]),
            Some(Sender::Server) => (&[server], &[client]),
            None => (&both, &both),
        };
        let speaks = |protocol| protocols.contains(&protocol);
        match field {
            F::Ip => present(client.address.is_ipv4(), tell),
            F::Ipv6 => present(client.address.is_ipv6(), tell),
            F::IpAddr | F::Ipv6Addr => both.iter().for_each(|end| address(field, end.address, tell)),
            F::IpSrc | F::Ipv6Src => sources.iter().for_each(|end| address(field, end.address, tell)),
            F::IpDst | F::Ipv6Dst => receivers.iter().for_each(|end| address(field, end.address, tell)),
            F::TaplineClient => has_address(client.address, tell),
            F::TaplineServer => has_address(server.address, tell),
            F::Vlan => present(vlans.iter().next().is_some(), tell),
            F::VlanId => vlans.iter().for_each(|id| number(id, tell)),
            F::Tcp => present(true, tell),
            F::TcpPort => both.iter().for_each(|end| port(end, tell)),
            F::TcpSrcport => sources.iter().for_each(|end| port(end, tell)),
            F::TcpDstport => receivers.iter().for_each(|end| port(end, tell)),
            F::TaplineClientPort => port(client, tell),
            F::TaplineServerPort => port(server, tell),
            F::Tls => present(speaks(Protocol::Tls), tell),
            F::Http => present(speaks(Protocol::Http1), tell),
            F::Http2 => present(speaks(Protocol::Http2), tell),
            F::Dns => present(speaks(Protocol::Dns), tell),
            F::WebSocket => present(speaks(Protocol::WebSocket), tell),
            F::TaplineProtocol => protocols.iter().for_each(|protocol| tell(Value::Text(protocol.name()))),
            F::TaplineServerName => text(*server_name, tell),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use tapline_analysis::{Endpoint, Origin, Protocols, Vlans};

    use super::*;

    #[test]
    fn fields_of_connections_are_those_that_they_tell() {
        let speaks = [Protocol::Tls, Protocol::Http1, Protocol::Http2, Protocol::Dns, Protocol::WebSocket];
        let mut told = std::collections::BTreeSet::new();
        for address in [std::net::Ipv4Addr::LOCALHOST.into(), std::net::Ipv6Addr::LOCALHOST.into()] {
            let end = Endpoint { address, port: 1 };
            let (vlans, server_name) = (Vlans([7, 0]), Some("h"));
            let identity = Identity { client: end, server: end, vlans, protocols: &speaks, server_name };
            for field in crate::CATALOGUE {
                identity.values(field.id, &mut |_| {
                    told.insert(field.id);
                });
            }
        }
        let expected =
            crate::CATALOGUE.iter().map(|field| field.id).filter(|&field| is_of_connections(field));
        assert!(told.iter().copied().eq(expected.collect::<std::collections::BTreeSet<_>>()), "{told:?}");
    }

    #[test]
    fn of_connections_beyond_a_number_nothing_is_known() {
        let mut known = Known::new(&crate::Filter::default());
        let end = Endpoint { address: std::net::Ipv4Addr::LOCALHOST.into(), port: 1 };
        let mut introduction = Introduction {
            connection: 0,
            first: Origin::default(),
            client: end,
            server: end,
            vlans: Vlans::default(),
            protocols: Protocols::default(),
            server_name: None,
        };
        known.connections.reserve(CONNECTIONS_MAX);
        for connection in 0..=CONNECTIONS_MAX as u64 {
            introduction.connection = connection;
            known.introduce(&introduction);
        }
        let last = CONNECTIONS_MAX as u64 - 1;
        assert!(known.facts(last).is_some() && known.facts(last + 1).is_none());
    }
}
