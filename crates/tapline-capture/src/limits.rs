//! Named maxima. Reaching one is seen in [`crate::Facts::damages`] or [`crate::Facts::left_out`].

/// Longest pcapng block and longest packet that is believed. The largest packet that any link type allows is a
/// D-Bus message of 128 MiB; twice that leaves room for options. A longer claim is damage, not an allocation.
pub(crate) const BLOCK_BYTES_MAX: usize = 256 << 20;

/// Longest block that the search for the next good block believes: it has to be read whole to check its end.
pub(crate) const RESYNC_BLOCK_BYTES_MAX: usize = 16 << 20;

/// Places of damage that are kept one by one; further ones are counted.
pub(crate) const DAMAGES_MAX: usize = 1_000;

/// Incidents that are kept one by one: an interface may go down and up for days.
pub(crate) const INCIDENTS_MAX: usize = 1_000;

/// Places of drops that are kept one by one; the packets of further ones are only added up.
pub(crate) const DROPS_MAX: usize = 10_000;

/// Interfaces over all sections and files. A real capture has tens; the description of one is 20 bytes in a file.
pub(crate) const INTERFACES_MAX: usize = 65_536;

/// Sections over all files whose texts are kept.
pub(crate) const SECTIONS_MAX: usize = 65_536;

/// Types of blocks that are counted one by one.
pub(crate) const BLOCK_KINDS_MAX: usize = 1_024;

/// All texts together: comments, names of hosts, descriptions. Sixty-four MiB are a novel per thousand packets.
pub(crate) const TEXT_BYTES_MAX: usize = 64 << 20;

/// What a text costs beside its octets, so that millions of empty ones are bounded too.
pub(crate) const TEXT_OVERHEAD_BYTES: usize = 64;

/// All secrets together. A key log of a million TLS 1.3 sessions is about a gigabyte and nobody embeds it.
pub(crate) const SECRET_BYTES_MAX: usize = 256 << 20;

/// Walks that look for secrets side by side: as many as a core can wait for at once, and a few more.
pub(crate) const AHEAD_WALKS_MAX: usize = 16;

/// The shortest stretch of a walk: below it, finding its beginning would cost more than it saves.
pub(crate) const AHEAD_STRETCH_BYTES: usize = 1 << 20;

/// Capture files that are mapped at once: a set of a month's quarters of an hour, and close looks at it. Further ones
/// are read.
pub(crate) const MAPS_MAX: usize = 4096;

/// Octets of a mapped file that are shown at once, before it is looked whether the file still has the next ones.
pub(crate) const LOOK_BYTES: usize = 1 << 20;

/// First size of the window over a stream; it grows only as far as octets really arrive.
pub(crate) const WINDOW_BYTES: usize = 256 << 10;

/// Size of the blocks in which packets are kept, and in which the oldest are given up.
pub(crate) const PAST_BLOCK_BYTES: usize = 1 << 20;

/// How long the kernel collects packets before it wakes the reader: few wake-ups, and little to wait for.
#[cfg(feature = "device")]
pub(crate) const BATCH_MS: i32 = 10;

/// Packets after which a device's counters are asked for, though there is no pause: so exactly is known where some
/// were dropped.
#[cfg(feature = "device")]
pub(crate) const COUNTED_PACKETS: u64 = 4096;

/// Size of the bundles in which packets go from one thread to another; smaller ones go when there is a pause.
pub(crate) const BUNDLE_BYTES: usize = 256 << 10;

/// Packets that were captured and wait for analysis, all together. What comes when there are more is not analysed, and
/// counted.
pub(crate) const QUEUE_BYTES_MAX: usize = 64 << 20;

/// Octets that are written to a capture file at once; fewer where there is a pause.
pub(crate) const WRITE_BYTES: usize = 256 << 10;

/// How long a source may wait before it answers [`crate::Item::Idle`].
pub(crate) const IDLE_MS: i64 = 100;
