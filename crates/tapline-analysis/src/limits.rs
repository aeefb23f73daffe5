//! Every bound of this crate, by name, with its reason.

/// Packets of a direction whose octets are not yet part of a message: enough for the largest head or record
/// at small segments. Where there are more, those after the first are forgotten, so a message still knows
/// where it began.
pub const TRAIL_MAX: usize = 512;

/// Requests of an HTTP/1 connection that wait for their response. Of more it is known how many and where: their
/// responses stand alone.
pub const PIPELINED_MAX: usize = 1024;

/// Octets of a reason phrase that are kept. The longest registered one has 31.
pub const REASON_BYTES_MAX: usize = 256;

/// HTTP/2 streams of a connection that are open at once. Servers allow 100 to 256; a flood is cut here.
pub const STREAMS_MAX: usize = 4096;

/// How many times longer than on the wire fields of HTTP/2 may be without taking room: compression is at its best where a
/// connection repeats itself, and small blocks are ten times longer then.
pub const HEADS_GROWTH: u64 = 16;

/// Octets beyond that which a shard keeps of fields, with streams that have not ended and, separately, of
/// [`HEADS_WINDOW_PACKETS`]: four thousand requests with cookies of four kilobytes, each a few octets on the wire.
pub const HEADS_GROWN_BYTES_MAX: u64 = 16 << 20;

/// Packets of which fields may wait to be told: as many as a batch of the engine has.
pub const HEADS_WINDOW_PACKETS: u64 = 4096;

/// Octets of fields that a block keeps where there is no room: method, scheme, authority, path and status, if they are
/// short.
pub const HEADS_SHORT_BYTES: usize = 256;

/// Bodies of an HTTP/2 connection whose content is decoded at once, where that is asked for: each may take a window of
/// 16 MiB. Browsers load a dozen things at a time.
pub const BODIES_DECODED_MAX: usize = 32;

/// Kinds of anomaly that are counted on one connection; the last place is that of all others together.
pub const ANOMALY_KINDS_MAX: usize = 64;

/// Anomalies of one kind on one connection that become events of their own; the rest is only counted.
pub const ANOMALY_EVENTS_MAX: u32 = 100;

/// Protocol layers listed on one connection; one that comes behind them is an anomaly.
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

/// Groups of a `ClientHello`'s key shares that are kept to say why the server asked for another, more are counted:
/// clients send one to three.
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

/// TLS handshakes of connections that are not over which a comparison of protocols remembers; how others were opened
/// is not known.
pub const COMPARED_MAX: usize = 65_536;

/// SETTINGS frames of one side that are told with their connection, and settings of each. Clients and servers send
/// one or two of up to eight settings.
pub const SETTINGS_KEPT_MAX: usize = 16;

/// SETTINGS frames of one side that wait for their acknowledgment. What lies beyond is a flood: windows are not
/// known after it.
pub const SETTINGS_PENDING_MAX: usize = 64;

/// How often windows of streams of one connection are shifted by a changed initial window size, each stream counted.
/// One or two changes in a connection's life are usual; windows are not known after it.
pub const WINDOW_SHIFTS_MAX: u32 = 1 << 20;

/// Streams that are closed and still remembered, so that what comes late for them is told from what is wrong.
pub const STREAMS_CLOSED_MAX: usize = 256;

/// Streams that ended while as many were open as the peer allows, and whose place nobody took yet. A peer allows
/// 100 to 256 streams at once.
pub const SLOTS_FREED_MAX: usize = 256;

/// Streams of a priority tree, closed and idle ones too (RFC 7540 §5.3.4). Browsers make five idle ones.
pub const PRIORITY_NODES_MAX: usize = 512;

/// Streams that are held against one another to see whether a server keeps to priorities. Servers allow 100 to 256
/// at once.
pub const PRIORITY_READY_MAX: usize = 256;

/// PINGs of one side that wait for their answer. One is usual.
pub const PINGS_PENDING_MAX: usize = 64;

/// Streams that a server promised of which is remembered what became of them.
pub const PROMISES_MAX: usize = 1024;

/// Kinds of error by which streams were reset that are counted on one connection. The registry has 14.
pub const RESET_KINDS_MAX: usize = 16;

/// Packet time in which the frames of a flood are counted, nanoseconds.
pub const FLOOD_WINDOW_NS: i64 = 1_000_000_000;

/// CONTINUATION frames of one field block. A block of 16 frames of usual size holds more octets than any server
/// takes; more are sent to keep its receiver busy (CVE-2024-27316).
pub const FLOOD_CONTINUATIONS: u32 = 16;

/// Streams that are reset within a second in which they were opened. A browser whose page is left resets the
/// requests it has, at most 100; more is a rapid reset (CVE-2023-44487).
pub const FLOOD_RESETS: u32 = 128;

/// SETTINGS frames of one side in a second. One or two in a connection's life are usual (CVE-2019-9515).
pub const FLOOD_SETTINGS: u32 = 32;

/// PING frames of one side in a second, answers not counted. gRPC measures bandwidth with some tens (CVE-2019-9512).
pub const FLOOD_PINGS: u32 = 256;

/// DATA frames without content and without `END_STREAM` of one side in a second (CVE-2019-9518). One at a stream's
/// end is usual, and that has `END_STREAM`.
pub const FLOOD_EMPTY_DATA: u32 = 64;

/// `WINDOW_UPDATE` frames of one side in a second, where they are also more than [`FLOOD_UPDATES_PER_DATA`] for each
/// DATA frame that they answer.
pub const FLOOD_WINDOW_UPDATES: u32 = 512;

/// `WINDOW_UPDATE` frames for one DATA frame of the other side: two are usual, one for the stream and one for the
/// connection.
pub const FLOOD_UPDATES_PER_DATA: u32 = 4;

/// PRIORITY and `PRIORITY_UPDATE` frames of one side in a second. A browser sends one a request (CVE-2019-9513).
pub const FLOOD_PRIORITIES: u32 = 512;

/// Octets of names and values of a field block from which on it may be a bomb.
pub const HEADER_BOMB_MIN_BYTES: u32 = 64 << 10;

/// How many times as long as on the wire such a block is decoded: fields that are repeated whole make a request at
/// most some tens of times longer.
pub const HEADER_BOMB_FACTOR: u32 = 64;

/// Pairs of streams whose octets out of order are counted by pair, to name the worst. What lies beyond counts in sum.
pub const PRIORITY_PAIRS_MAX: usize = 64;

/// GOAWAY frames that are told with their connection. A graceful end has two (RFC 9113 §6.8).
pub const GOAWAYS_KEPT_MAX: usize = 4;

/// How long a place among the streams that may be open at once can be free and still have been waited for,
/// nanoseconds: a client that waits takes it as soon as it hears of it, a round trip away at most.
pub const SLOT_FRESH_NS: i64 = 300_000_000;

/// How far away a sender of HTTP/2 DATA has to be, there and back, before it is told apart from the capture point,
/// nanoseconds.
pub const UPDATE_DELAY_MIN_NS: i64 = 1_000_000;

/// `WINDOW_UPDATE` frames that are on their way to a sender.
pub const UPDATES_ON_THE_WAY_MAX: usize = 1024;

/// From which time on an acknowledgment of SETTINGS is called late, nanoseconds.
pub const SETTINGS_SLOW_NS: i64 = 500_000_000;

/// Entries that have to be evicted from a header table before it may be called too small.
pub const HPACK_EVICTIONS_MIN: u64 = 32;

/// How much compression may save, of a thousand, where the table is called too small.
pub const HPACK_SAVED_PERMILLE_MAX: u64 = 500;

/// Octets that have to be sent out of turn before it is a finding.
pub const PRIORITY_IGNORED_MIN_BYTES: u64 = 32_768;

/// What opening a connection must have taken for it to be a finding that it was closed after one request, nanoseconds.
pub const CLOSE_COST_MIN_NS: i64 = 1_000_000;

/// Connections that are not over of which is remembered that they carried credentials in clear; what others carried is
/// told of all of them together.
pub const EXPOSED_MAX: usize = 65_536;

/// Streams whose priority is told with their connection. Browsers have some tens in a page.
pub const PRIORITIES_TOLD_MAX: usize = 256;

/// Stretches of [`crate::Traffic`]: more than any screen has columns.
pub const TRAFFIC_POINTS_MAX: usize = 512;
