//! Every bound of this crate, by name, with its reason.
//!
//! What is bounded is what is copied: bodies, DATA payloads and encrypted records pass through unseen by
//! these. Reaching a bound is an [`crate::Anomaly`].

/// Octets of a direction that may wait until its protocol is known. A request line decides within a line, and
/// no URL that works anywhere is longer.
pub const UNDECIDED_MAX: usize = 16 << 10;

/// Octets of a client that are held after a CONNECT until the proxy answers: a client that does not wait
/// sends one TLS flight.
pub const TUNNEL_HELD_MAX: usize = 64 << 10;

/// Octets looked at before an unknown direction is taken for text or not; STARTTLS is followed in text only.
pub const TEXT_SAMPLE: u64 = 32;

/// Octets of an HTTP/1 head or trailer section. Servers stop at 8 to 64 KiB; four times that is an attack or
/// not HTTP.
pub const HTTP1_HEAD_MAX: usize = 256 << 10;

/// Octets of a chunk-size line with its extensions.
pub const HTTP1_CHUNK_LINE_MAX: usize = 16 << 10;

/// Octets of a line that is looked at for a start line after a gap.
pub const HTTP1_RESYNC_LINE_MAX: usize = 16 << 10;

/// Requests that wait for their responses. Pipelines are dozens deep; what comes later is not kept, only
/// its place: its response answers none of those that are.
pub const HTTP1_PENDING_MAX: usize = 4096;

/// Content codings of one body that are undone, one over the other. More than one is rare.
pub const CONTENT_CODINGS_MAX: usize = 4;

/// Octets that one body may decode to, its codings together. More is not decoded: it is a download, not a page.
pub const CONTENT_DECODED_MAX: u64 = 4 << 30;

/// The largest window of a zstd body, as a power of two: 8 MiB, which HTTP allows (RFC 9659 §3).
pub const ZSTD_WINDOW_LOG_MAX: u32 = 23;

/// Octets of content for one octet on the wire. Text that repeats itself stays below 200; deflate can reach 1032, zstd
/// and brotli many thousands.
pub const CONTENT_RATIO_MAX: u64 = 250;

/// Octets of content up to which no ratio is too much: decoding them costs nobody anything.
pub const CONTENT_UNSUSPICIOUS_MAX: u64 = 8 << 20;

/// Lengths of gRPC messages that are kept of a body; what comes later is counted.
pub const GRPC_LENGTHS_KEPT_MAX: usize = 64;

/// Octets of the trailers in the body of a gRPC-Web response that are held.
pub const GRPC_WEB_TRAILERS_MAX: usize = 16 << 10;

/// Octets of the payload of a WebSocket control frame that are held, of close frames alone: no valid one has more
/// (RFC 6455 §5.5).
pub const WEBSOCKET_CONTROL_MAX: usize = 125;

/// Octets of one field block on the wire, its fragments together: a CONTINUATION flood stops here.
pub const HEADER_BLOCK_WIRE_MAX: usize = 512 << 10;

/// Octets of one field block decoded: a few octets can point at one large entry again and again.
pub const HEADER_BLOCK_DECODED_MAX: usize = 1 << 20;

/// The largest dynamic table that is kept, whatever the settings allow.
pub const HPACK_TABLE_SIZE_MAX: usize = 1 << 20;

/// Octets of the payload of one HTTP/2 frame that are held (DATA is not held at all).
pub const HTTP2_FRAME_HELD_MAX: usize = HEADER_BLOCK_WIRE_MAX;

/// Octets kept of a payload that stays uninterpreted.
pub const OPAQUE_KEPT_MAX: usize = 16 << 10;

/// SETTINGS frames of one side that wait for their acknowledgement.
pub const HTTP2_SETTINGS_PENDING_MAX: usize = 64;

/// Octets that are searched for a chain of plausible headers after a gap, and held while a chain is followed.
/// Three DATA frames of the default maximum fit.
pub const RESYNC_HELD_MAX: usize = 64 << 10;

/// Octets searched before a direction is given up.
pub const RESYNC_SEARCH_MAX: u64 = 4 << 20;

/// The largest TLS record fragment: 2^14 and 2048 of expansion (RFC 5246 §6.2.3).
pub const TLS_RECORD_MAX: u16 = (1 << 14) + 2048;

/// Octets of one handshake message. Certificate chains stay below 100 KiB.
pub const TLS_HANDSHAKE_MAX: usize = 256 << 10;

/// Protocols one inside the other through CONNECT and upgrades. Two are usual.
pub const LAYERS_MAX: u8 = 8;

/// Octets of records of one connection that wait for secrets which may come later: what a page's first responses
/// have, while a key log is written within moments.
pub const TLS_HELD_MAX: usize = 1 << 20;

/// The same for all connections of a [`crate::Keyring`].
pub const TLS_HELD_ALL_MAX: usize = 4 << 20;

/// Octets of early data that wait until it is known whether the server took it. Servers allow 16 KiB.
pub const TLS_EARLY_HELD_MAX: usize = 256 << 10;

/// Octets of handshake messages that are kept to verify Finished.
pub const TLS_TRANSCRIPT_MAX: usize = 512 << 10;

/// Records of a direction that were tried in a row and did not open, before its secrets are taken for wrong.
pub const TLS_REFUSED_MAX: u32 = 32;

/// Places at which a record may begin that are tried after a gap, before two records have to follow one another.
pub const TLS_RESUME_TRIES_MAX: u8 = 16;

/// Records inside which a message has begun and not ended.
pub const TLS_OPEN_RECORDS_MAX: usize = 512;

/// Sessions that may be resumed, twice as many at most.
pub const TLS_SESSIONS_MAX: usize = 1 << 15;

/// Addresses of a DNS response that are kept, more are counted. Answers have up to a dozen.
pub const DNS_ADDRESSES_MAX: usize = 64;
