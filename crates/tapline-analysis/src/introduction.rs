//! What a connection is known by, for those who read its events before its record comes.

use tapline_packet::{Endpoint, Vlans};
use tapline_reassembly::{Connection, Direction, Origin};

use crate::Protocols;
use crate::story::Story;

/// What a connection is known by, so far: its ends, what it speaks, whom the client asked for. Told before anything
/// else of the connection, and again when more is known, before the message that showed it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Introduction {
    /// Connection id.
    pub connection: u64,
    /// The connection's first packet.
    pub first: Origin,
    /// Who opened it; where no SYN was seen, who is taken for that by now.
    pub client: Endpoint,
    /// Who answered.
    pub server: Endpoint,
    /// VLAN tags.
    pub vlans: Vlans,
    /// Protocols from the outside in.
    pub protocols: Protocols,
    /// The name that the client used.
    pub server_name: Option<String>,
}

impl Introduction {
    pub(crate) fn of(connection: &Connection, story: &Story) -> Self {
        let (client, server) = match story.client() {
            Some(Direction::Reverse) => (connection.server, connection.client),
            _ => (connection.client, connection.server),
        };
        Self {
            connection: connection.id,
            first: connection.first,
            client,
            server,
            vlans: connection.vlans,
            protocols: story.protocols().clone(),
            server_name: story.server_name(),
        }
    }
}
