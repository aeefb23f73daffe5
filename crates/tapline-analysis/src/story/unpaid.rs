//! What a connection cost, and which exchange waited for it.

use tapline_reassembly::{Connection, Origin};

use crate::limits::OPENED_AHEAD_NS;
use crate::{Setup, Span};

/// Which parts of what a connection cost are still to be told.
#[derive(Debug)]
pub(super) struct Unpaid {
    connect: bool,
    tls: bool,
}

impl Default for Unpaid {
    fn default() -> Self {
        Self { connect: true, tls: true }
    }
}

impl Unpaid {
    /// What an exchange that begins with the packet `begun` waited for, and no earlier one.
    pub(super) fn take(
        &mut self,
        connection: &Connection,
        tls: Option<Span>,
        begun: Option<Origin>,
    ) -> Option<Box<Setup>> {
        let begun = begun?;
        let handshake = &connection.handshake;
        let connect = handshake.syn.seen().zip(handshake.ack.seen());
        let connect = connect.map(|(from, until)| Span { from, until });
        let connect = connect.filter(|_| std::mem::take(&mut self.connect));
        // Inside of a tunnel that a CONNECT opened, TLS comes later.
        let tls = tls.filter(|tls| tls.from.packet <= begun.packet && std::mem::take(&mut self.tls));
        let ends = [connection.client, connection.server];
        let setup = Setup { ends, dns: None, connect, tls };
        let ready = setup.ready()?;
        (begun.at.since(ready.at) <= OPENED_AHEAD_NS).then(|| Box::new(setup))
    }
}
