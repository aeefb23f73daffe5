//! Every bound of this crate, by name, with its reason.

/// Packets in a batch: large enough that handing it over costs nothing a packet.
pub(crate) const BATCH_PACKETS: u64 = 4096;

/// Packets in the first batches of a watched run, doubled until [`BATCH_PACKETS`]: something is on the screen
/// at once.
pub(crate) const FIRST_BATCH_PACKETS: u64 = 256;

/// Events after which a batch is handed over early.
pub(crate) const BATCH_EVENTS: usize = 16_384;

/// Batches that wait between the engine and a screen; the engine waits when there are more.
pub(crate) const BATCHES_WAITING_MAX: usize = 8;

/// Connections that end with the capture and are told in one batch.
pub(crate) const BATCH_CONNECTIONS: usize = 4096;
