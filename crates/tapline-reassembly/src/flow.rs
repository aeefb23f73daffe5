//! What makes two segments belong to the same connection.

use tapline_packet::{Endpoint, Segment, Tunnel, Vlans};

/// The same for both directions of a connection.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct FlowKey {
    low: Endpoint,
    high: Endpoint,
    vlans: Vlans,
    tunnel: Tunnel,
}

impl FlowKey {
    pub(crate) fn of(segment: &Segment<'_>) -> Self {
        Self::between(segment.source, segment.destination, segment.vlans, segment.tunnel)
    }

    pub(crate) fn between(a: Endpoint, b: Endpoint, vlans: Vlans, tunnel: Tunnel) -> Self {
        let (low, high) = if a <= b { (a, b) } else { (b, a) };
        Self { low, high, vlans, tunnel }
    }

    /// The same ends without the network around them.
    pub(crate) fn ends(self) -> Self {
        Self { vlans: Vlans::default(), tunnel: Tunnel::default(), ..self }
    }
}
