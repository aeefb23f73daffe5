//! Every bound of this crate, by name, with its reason.

/// Packets in a batch: large enough that handing it over costs nothing a packet.
pub(crate) const BATCH_PACKETS: u64 = 4096;

/// Packets in the first batches of a watched run, doubled until [`BATCH_PACKETS`]: something is on the screen
/// at once.
pub(crate) const FIRST_BATCH_PACKETS: u64 = 256;

/// Events after which a batch is handed over early.
pub(crate) const BATCH_EVENTS: usize = 16_384;

/// Octets for one thread, bookkeeping included, after which a batch is handed over early: few enough to stay in the
/// cache until the thread takes them, and work for longer than it takes to wake it.
pub(crate) const PARCEL_BYTES: usize = 1 << 18;

/// Batches that are read and not yet analysed: enough that no thread waits where batches are unlike. Each holds
/// [`PARCEL_BYTES`] a thread.
pub(crate) const BATCHES_UNDER_WAY_MAX: usize = 6;

/// Packets after which it is looked whether a batch is analysed, though the next one is not complete: a source may
/// be slow and never idle.
pub(crate) const LOOK_PACKETS: u64 = 64;

/// How often in a row a source has to be idle, every tenth of a second, until what waits for a second of packet time
/// is told all the same: a capture of that pause would tell it before its next packet.
pub(crate) const IDLES_QUIET: u32 = 11;

/// Threads of [`crate::usual_threads`]: beyond it the thread that reads is the one that all others wait for.
pub(crate) const USUAL_THREADS_MAX: usize = 8;

/// Batches that wait between the engine and a screen; the engine waits when there are more.
pub(crate) const BATCHES_WAITING_MAX: usize = 8;

/// Connections that end with the capture and are told in one batch: each takes a kilobyte until it is told.
pub(crate) const BATCH_CONNECTIONS: usize = 1024;

/// Octets of a file with private keys.
pub(crate) const KEY_FILE_BYTES_MAX: u64 = 4 << 20;

/// Octets of a key log that are read at once; a line is a few hundred.
pub(crate) const KEY_LOG_READ_BYTES: usize = 1 << 20;

/// Octets of a file with roots. A system's whole list has a quarter of a million.
pub(crate) const TRUST_FILE_BYTES_MAX: u64 = 4 << 20;

/// Events of a connection that are kept for a close look: a few hundred octets each. What comes later is counted.
pub(crate) const CLOSE_EVENTS_MAX: usize = 400_000;

/// Octets of streams, opened records and what is spoken inside TLS that are kept for a close look.
pub(crate) const CLOSE_OCTETS_MAX: u64 = 64 << 20;

/// Octets of packets that are kept for a close look.
pub(crate) const CLOSE_PACKET_OCTETS_MAX: u64 = 64 << 20;

/// Packets that are stepped over until a close look says how far it is, and hears whether it is still wanted.
pub(crate) const CLOSE_LOOK_PACKETS: u64 = 1 << 14;
