//! Every bound of this crate, by name, with its reason.

/// Packets of a direction whose octets are not yet part of a message: enough for the largest head or record
/// at small segments. Where there are more, those after the first are forgotten, so a message still knows
/// where it began.
pub const TRAIL_MAX: usize = 512;

/// Requests of an HTTP/1 connection that wait for their response.
pub const PIPELINED_MAX: usize = 1024;

/// HTTP/2 streams of a connection that are open at once. Servers allow 100 to 256; a flood is cut here.
pub const STREAMS_MAX: usize = 4096;

/// Kinds of anomaly that are counted on one connection.
pub const ANOMALY_KINDS_MAX: usize = 64;

/// Anomalies of one kind on one connection that become events of their own; the rest is only counted.
pub const ANOMALY_EVENTS_MAX: u32 = 100;

/// Protocol layers listed on one connection.
pub const PROTOCOLS_MAX: usize = 8;
