//! Every bound of this crate, by name, with its reason.

/// Rows that are turned into columns at once: enough that a column's cost is paid for many, few enough that they stay in the
/// cache.
pub(crate) const BATCH_ROWS: usize = 1024;

/// Rows after which a file is complete: readers split files at row groups, and may have the older rows meanwhile.
pub(crate) const FILE_ROWS_MAX: u64 = 1 << 20;

/// Octets of memory in which rows wait for the end of their row group, in one file.
pub(crate) const ROW_GROUP_BYTES_MAX: usize = 16 << 20;

/// Files that are written at the same time. What is written to longest ago is completed for another one: a capture's
/// records come nearly in the order of their times, so only its tables and the last two hours are.
pub(crate) const OPEN_FILES_MAX: usize = 32;

/// Octets of memory in which rows wait in all files together; the largest is written out for it.
pub(crate) const WAITING_BYTES_MAX: usize = 64 << 20;
