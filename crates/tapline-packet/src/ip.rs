//! What an IP header says beside its addresses.

/// Fields of the IP header in front of a segment (RFC 791 §3.1, RFC 8200 §3).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct IpFacts {
    /// Identification; IPv6 has none.
    pub identification: Option<u16>,
    /// Time to live, or hop limit.
    pub hop_limit: u8,
    /// The two bits of explicit congestion notification (RFC 3168 §5).
    pub ecn: u8,
    /// An IPv6 routing header has segments left (RFC 8200 §4.4), so the destination is not the final one.
    pub routed: bool,
}
