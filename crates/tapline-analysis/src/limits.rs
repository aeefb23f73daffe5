//! Every bound of this crate, by name, with its reason.

/// Packets of a direction whose octets are not yet part of a message: enough for the largest head or record
/// at small segments. Where there are more, those after the first are forgotten, so a message still knows
/// where it began.
pub const TRAIL_MAX: usize = 512;

/// Requests of an HTTP/1 connection that wait for their response.
pub const PIPELINED_MAX: usize = 1024;

/// HTTP/2 streams of a connection that are open at once. Servers allow 100 to 256; a flood is cut here.
pub const STREAMS_MAX: usize = 4096;

/// Bodies of an HTTP/2 connection whose content is decoded at once, where that is asked for: each may take a window of
/// 16 MiB. Browsers load a dozen things at a time.
pub const BODIES_DECODED_MAX: usize = 32;

/// Kinds of anomaly that are counted on one connection.
pub const ANOMALY_KINDS_MAX: usize = 64;

/// Anomalies of one kind on one connection that become events of their own; the rest is only counted.
pub const ANOMALY_EVENTS_MAX: u32 = 100;

/// Protocol layers listed on one connection.
pub const PROTOCOLS_MAX: usize = 8;

/// Parts into which connections are divided by a hash of their ends. Whatever the number of threads, so that what
/// their bounds bring about is the same for any; more than there are threads, so that each has as much to do.
pub const SHARDS: usize = 16;

/// Packet time after which every shard is told the time, also where no packet is its own.
pub const TIME_PASSES_NS: i64 = 1_000_000_000;

/// Connections of a shard, the newest, whose ids in the capture are known even when they have left: as many as can
/// begin between a packet and its second capture.
pub const IDS_WINDOW: usize = 4096;

/// How long a connection's records wait for secrets that may still come, nanoseconds of packet time: programs write
/// them to a key log within moments of the handshake.
pub const SECRETS_AWAITED_NS: i64 = 10_000_000_000;

/// Flights of a TLS handshake that are kept. The longest regular one has six (a `HelloRetryRequest` and a client
/// that sends early data); records that are torn apart and out of turn are cut here.
pub const FLIGHTS_MAX: usize = 16;

/// Messages of a flight that are named. The longest regular one has eleven.
pub const FLIGHT_STEPS_MAX: usize = 16;

/// Groups of a `ClientHello`'s key shares that are kept to say why the server asked for another: clients send one
/// to three.
pub const KEY_SHARES_KEPT_MAX: usize = 8;

/// The shortest round trip, nanoseconds, at which a long flight is told from a slow sender: below it a pause in a
/// flight may as well be the time of a signature.
pub const FLIGHT_ROUND_TRIP_MIN_NS: i64 = 1_000_000;

/// Octets that fit the smallest initial congestion window (RFC 5681 §3.1: four segments of 1,095 octets or less). A
/// flight of no more did not wait for one.
pub const FLIGHT_WINDOW_MIN_BYTES: u64 = 4 * 1_095;

/// Certificates of a chain that are read. Four are usual, ten are many.
pub const CHAIN_CERTIFICATES_MAX: usize = 32;

/// Names of a certificate that are kept. Authorities stop at 100 to 250.
pub const NAMES_MAX: usize = 512;

/// Addresses of one kind in a certificate that are kept, and purposes that have no name. Two are usual.
pub const URLS_MAX: usize = 16;

/// Timestamps of certificate logs that are kept of a certificate, or of a handshake. Three are usual.
pub const LOG_TIMESTAMPS_MAX: usize = 16;

/// Answers of an OCSP response that are read. A server staples one.
pub const OCSP_RESPONSES_MAX: usize = 64;

/// Signatures that are verified to find out who signed whom in a chain: ten issuers of one name for each of five
/// certificates. A chain that is made to cost time stops here.
pub const SIGNATURES_MAX: usize = 64;

/// Ways from a server's certificate up that are judged. Two are usual where a root was signed by an older one.
pub const PATHS_MAX: usize = 8;

/// Roots that are trusted. Systems have 140 to 200.
pub const ROOTS_MAX: usize = 4096;

/// Octets of certificates, and of what was read from them, that a shard remembers: some hundred servers, so that
/// the connections to one have their chain read once.
pub const CHAINS_KEPT_BYTES_MAX: usize = 2 << 20;

/// The shortest stretch without progress that is told as a stall, nanoseconds: below it, schedulers and drivers show,
/// not networks.
pub const STALL_MIN_NS: i64 = 5_000_000;

/// Stalls of an exchange that are kept one by one, the longest; what the others came to is kept in sum.
pub const STALLS_MAX: usize = 64;

/// Pauses of a connection that are remembered, the newest, until the messages are told that they fell into.
pub const IDLES_MAX: usize = 64;

/// How long a connection may be ready before its first request and still have been opened for it, nanoseconds. One
/// that stood ready for longer was opened ahead, and is no part of the request's time.
pub const OPENED_AHEAD_NS: i64 = 1_000_000_000;

/// DNS queries of a capture that wait for their answers: each new message is held against them.
pub const LOOKUPS_WAITING_MAX: usize = 1024;

/// Answered lookups that are remembered until somebody connects, the newest.
pub const LOOKUPS_MAX: usize = 16_384;

/// How long a query may be asked again and count as the same lookup, nanoseconds: resolvers try two servers twice,
/// five seconds each.
pub const LOOKUP_RETRIED_NS: i64 = 30_000_000_000;

/// How long before a connection's SYN a lookup may have been answered and have led there, nanoseconds. What is older
/// was taken from a cache, and cost nothing.
pub const LOOKUP_LEADS_NS: i64 = 1_000_000_000;

/// From which time on a DNS lookup is called slow, nanoseconds.
pub const DNS_SLOW_NS: i64 = 100_000_000;

/// From which time on a side of a TLS handshake is called slow, nanoseconds, the network's part taken off.
pub const TLS_SLOW_NS: i64 = 100_000_000;

/// From which time on an answer is called slow, nanoseconds: people notice.
pub const SERVER_SLOW_NS: i64 = 250_000_000;

/// What stalls of one cause must have cost an exchange to be a finding, nanoseconds.
pub const STALL_COST_MIN_NS: i64 = 10_000_000;

/// What waiting for `100 Continue` must have cost to be a finding, nanoseconds.
pub const EXPECT_COST_MIN_NS: i64 = 10_000_000;

/// From which size on a request's head is called large, octets.
pub const HEADERS_LARGE_BYTES: u64 = 4096;

/// From which size on a body is worth compressing, octets.
pub const COMPRESSIBLE_MIN_BYTES: u64 = 10_000;

/// Segments that have to be sent again, or to come late, before it is a finding.
pub const LOSS_SEGMENTS_MIN: u32 = 3;

/// Keep-alives without an answer before the peer is called gone.
pub const PEER_GONE_KEEP_ALIVES: u8 = 3;

/// Connections for one request each, one after the other, before it is a finding.
pub const NOT_REUSED_MIN: u64 = 3;

/// Full TLS handshakes of one client with one server before it is a finding.
pub const NOT_RESUMED_MIN: u32 = 3;

/// Connections between one client and one server at once before it is a finding: browsers open six.
pub const PARALLEL_MIN: usize = 6;

/// Pairs of client and server that are remembered across connections, those that came last.
pub const HOSTS_MAX: usize = 4096;

/// Names of one server that are kept.
pub const HOST_NAMES_MAX: usize = 16;

/// TLS handshakes of connections that are not over which a comparison of protocols remembers.
pub const COMPARED_MAX: usize = 65_536;
