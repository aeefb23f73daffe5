//! Every bound of this crate, by name, with its reason.

/// Connections that are held at once. The longest idle one is given up first. A million is what one machine
/// can serve; each costs its struct and what waits in it.
pub const CONNECTIONS_MAX: usize = 1 << 20;

/// Packet time without a segment after which a connection is given up. A NAT may forget one after 2 h 4 min
/// (RFC 5382 §5) and keep-alives come every two hours (RFC 9293 §3.8.4): what is silent for a day is gone.
pub const IDLE_MAX_NS: i64 = 86_400_000_000_000;

/// Packet time without a segment after which an attempt to connect is given up. Linux stops sending SYNs and
/// SYN-ACKs after two minutes; RFC 5382 §5 lets NATs forget such connections after four.
pub const OPENING_IDLE_MAX_NS: i64 = 240_000_000_000;

/// Time without any segment of any connection that counts for none of them: the clock was set, or the capture
/// paused.
pub const QUIET_NS: i64 = 3_600_000_000_000;

/// Such stretches that are remembered.
pub const QUIET_STRETCHES_MAX: usize = 16;

/// Octets of a direction that wait for earlier ones. Larger than any receive window that is usual on servers
/// (Linux: 6 MiB), so only a capture that lost a segment reaches it; the gap is then taken for lost.
pub const PENDING_BYTES_MAX: usize = 8 << 20;

/// Pieces of a direction that wait for earlier ones: bounds what one-octet segments cost, each of which is
/// held with its packet.
pub const PENDING_PIECES_MAX: usize = 65_536;

/// Segments of a direction with a wrong checksum that are set aside; those beyond are read at once.
pub const DAMAGED_SEGMENTS_MAX: usize = 64;

/// Held pieces that a segment is compared with, octet by octet: bounds the work of segments that cover many.
pub const COMPARED_PIECES_MAX: usize = 64;

/// Octets, of all connections together, that repeated ones can be compared with. As much as a fast connection
/// has in flight; where several trackers share a capture, as some slower ones have.
pub const RECENT_BYTES_MAX: usize = 4 << 20;

/// Segments of a direction that are looked back over for the first copy of an octet.
pub const RECENT_STEPS_MAX: usize = 256;

/// Gaps of a direction that are remembered after they were given up.
pub const SKIPPED_GAPS_MAX: usize = 16;

/// How far ahead of the next expected octet a segment may lie: the largest window TCP can advertise
/// (RFC 7323 §2.3). What is farther away belongs to something else.
pub const AHEAD_MAX: u64 = 1 << 30;

/// How long a closed connection stays known for late segments: two maximum segment lifetimes (RFC 9293 §3.4.2).
pub const CLOSED_LINGER_NS: i64 = 240_000_000_000;

/// Connections that are over and stay for their late segments: of more, those that ended first leave early. At a
/// thousand ends a second a quarter of a minute passes until then, and a lost FIN is repeated within seconds.
pub const CLOSED_MAX: usize = 1 << 14;

/// How long after a RST its streams stay open: a sender that goes on meanwhile did not send it. Longer than the
/// round trips of nearly all connections, short enough that a reset is told soon.
pub const RESET_SETTLE_NS: i64 = 1_000_000_000;

/// SYNs and SYN-ACKs of a connection that were sent again and are remembered one by one; Linux sends six.
pub const RETRIES_MAX: usize = 16;

/// Segments of a direction that wait for their acknowledgment and are remembered for verdicts: as many as
/// tshark 4.0 remembers. Beyond it new ones are judged and not remembered.
pub const UNACKED_SEGMENTS_MAX: usize = 1000;

/// Points of a direction's series: as many as a terminal has columns for a picture beside its caption.
pub const SERIES_POINTS_MAX: usize = 64;

/// Round trips of a direction that are told one by one: slow start from ten segments to a window of 30 MB takes
/// eleven.
pub const SERIES_ROUNDS_MAX: usize = 12;

/// Octets of a direction from which on its series is kept: what the initial window lets a sender send at once
/// (RFC 6928 §2) shows nothing.
pub const SERIES_FROM_BYTES: u64 = 14_600;

/// Segments that are remembered to tell the same IP packet captured twice: a power of two.
pub const SAME_PACKETS_MAX: usize = 4096;

/// How far apart two captures of the same IP packet may lie: the way through one machine, or once around a
/// network.
pub const SAME_PACKET_NS: i64 = 100_000_000;

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
