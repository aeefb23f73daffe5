//! Every bound of this crate, by name, with its reason.

/// Connections that are held at once. The longest idle one is given up first. A million is what one machine
/// can serve; each costs its struct and what waits in it.
pub const CONNECTIONS_MAX: usize = 1 << 20;

/// Octets of a direction that wait for earlier ones. Larger than any receive window that is usual on servers
/// (Linux: 6 MiB), so only a capture that lost a segment reaches it; the gap is then taken for lost.
pub const PENDING_BYTES_MAX: usize = 8 << 20;

/// Pieces of a direction that wait for earlier ones: bounds the work of one-octet segments.
pub const PENDING_PIECES_MAX: usize = 16_384;

/// How far ahead of the next expected octet a segment may lie: the largest window TCP can advertise
/// (RFC 7323 §2.3). What is farther away belongs to something else.
pub const AHEAD_MAX: u64 = 1 << 30;

/// How long a closed connection stays known for late segments: two maximum segment lifetimes (RFC 9293 §3.4.2).
pub const CLOSED_LINGER_NS: i64 = 240_000_000_000;

/// Segments of a direction that wait for their acknowledgment and are remembered for verdicts: as many as
/// tshark 4.0 remembers. Beyond it new ones are judged and not remembered.
pub const UNACKED_SEGMENTS_MAX: usize = 1000;

/// Letters of a connection's history; what comes later is left out. Ordinary connections have ten.
pub const HISTORY_LETTERS_MAX: usize = 30;

/// Octets of an IP datagram behind its header: what the length field of IPv4 and of IPv6 can say (RFC 791 §3.1,
/// RFC 8200 §3), so no fragment may reach beyond it.
pub const DATAGRAM_BYTES_MAX: u32 = 65_535;

/// Datagrams whose fragments are waited for at once. A busy file server has hundreds; the oldest is given up
/// first.
pub const DATAGRAMS_MAX: usize = 16_384;

/// Octets that all waiting datagrams hold, their bookkeeping included: a thousand of the largest. Linux allows
/// itself 4 MiB, but its fragments are not those of a whole network.
pub const DATAGRAMS_BYTES_MAX: usize = 64 << 20;

/// Fragments of a datagram. Every network carries 68 octets in one piece (RFC 791 §3.2), 48 of them payload
/// under the largest header that is usual, so honest ones have at most 1,366.
pub const FRAGMENTS_MAX: usize = 2048;

/// How long the first fragment waits for the last: as Linux has it. RFC 8200 §4.5 allows 60 seconds, but
/// identifications of IPv4 come again sooner on fast networks (RFC 4963).
pub const DATAGRAM_TIMEOUT_NS: i64 = 30_000_000_000;
