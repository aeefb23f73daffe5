//! What a display filter lets through that only the whole capture can be asked for.

use std::collections::BTreeSet;

use tapline_analysis::{Event, Exchange};

use super::ExchangeRow;
use crate::limits::SIFTED_MAX;

/// What a filter lets through.
#[derive(Default)]
pub(crate) struct Sifted {
    connections: BTreeSet<u32>,
    /// By connection, stream and first packet.
    requests: BTreeSet<(u32, Option<u32>, u64)>,
    /// What found no room.
    left_out: u64,
    /// Records that were judged without knowing enough.
    pub(crate) doubts: u64,
}

impl Sifted {
    /// Takes an event that was let through.
    pub(crate) fn take(&mut self, event: &Event) {
        if self.connections.len() + self.requests.len() >= SIFTED_MAX {
            self.left_out += 1;
            return;
        }
        let id = event.connection().and_then(|id| u32::try_from(id).ok());
        match (event, id) {
            (Event::Exchange(exchange), Some(id)) => {
                self.requests.insert((id, exchange.stream, first_packet(exchange)));
                self.connections.insert(id);
            }
            (_, Some(id)) => {
                self.connections.insert(id);
            }
            _ => {}
        }
    }

    /// Whether a connection was let through, or anything in it.
    pub(crate) fn has(&self, id: u32) -> bool {
        self.connections.contains(&id)
    }

    /// Whether a request was.
    pub(crate) fn has_request(&self, id: u32, exchange: &ExchangeRow) -> bool {
        self.requests.contains(&(id, exchange.stream, exchange.packet))
    }

    /// Connections and requests that were let through and found no room.
    pub(crate) fn left_out(&self) -> u64 {
        self.left_out
    }
}

/// The packet by which a row knows an exchange.
fn first_packet(exchange: &Exchange) -> u64 {
    let part = exchange.request.as_ref().or(exchange.response.as_ref());
    part.map_or_else(|| exchange.start().unwrap_or_default().packet, |part| part.first.packet)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn what_is_let_through_is_known_up_to_a_number() {
        let most = u32::try_from(SIFTED_MAX).unwrap();
        let mut sifted = Sifted { connections: (1..most).collect(), ..Sifted::default() };
        let mut take = |id| {
            sifted.take(&Event::Connection(Box::new(testing::record(id, 0))));
            (sifted.has(u32::try_from(id).unwrap()), sifted.left_out())
        };
        assert_eq!((take(0), take(u64::from(most))), ((true, 0), (false, 1)));
    }
}
