//! What makes two segments belong to the same connection.

use std::hash::{Hash, Hasher};
use std::net::IpAddr;

use tapline_packet::{Endpoint, Segment, Tunnel, Vlans};

/// Two ends, whichever of them sends, and the network that they are in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FlowKey {
    ends: [Endpoint; 2],
    vlans: Vlans,
    tunnel: Tunnel,
}

impl FlowKey {
    pub(crate) fn of(segment: &Segment<'_>) -> Self {
        Self::between(segment.source, segment.destination, segment.vlans, segment.tunnel)
    }

    pub(crate) fn between(a: Endpoint, b: Endpoint, vlans: Vlans, tunnel: Tunnel) -> Self {
        Self { ends: [a, b], vlans, tunnel }
    }

    /// The same ends without the network around them.
    pub(crate) fn ends(self) -> Self {
        Self { vlans: Vlans::default(), tunnel: Tunnel::default(), ..self }
    }
}

impl PartialEq for FlowKey {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        let ([a, b], [c, d]) = (&self.ends, &other.ends);
        (a == c && b == d || a == d && b == c) && (self.vlans, self.tunnel) == (other.vlans, other.tunnel)
    }
}

impl Eq for FlowKey {}

impl Hash for FlowKey {
    /// Of three wide words.
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        let [a, b] = self.ends.map(|end| (bits(end.address), u128::from(end.port)));
        let ((low, low_port), (high, high_port)) = if a <= b { (a, b) } else { (b, a) };
        let Vlans([outer, inner]) = self.vlans;
        let vlans = u128::from(outer) << 16 | u128::from(inner);
        state.write_u128(low);
        state.write_u128(high);
        state.write_u128(low_port << 80 | high_port << 64 | vlans << 32 | u128::from(self.tunnel.0));
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => u128::from(v4.to_bits()),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}
