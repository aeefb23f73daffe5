//! Records as Parquet tables in folders that data lakes know: `connection/date=2026-11-20/hour=20/….parquet`.
//!
//! ```text
//!   record ──> Row ──> its table, its partition by its own time ──> columns ──> a file that takes its name when it is complete
//! ```
//!
//! A crate of its own because of what it is built with. Names of columns are those of CSV ([`tapline_export::table`]). Times
//! are microseconds, which every engine has, beside a column with all nanoseconds (`start`, `start_ns`); integers have a
//! sign, because Spark knows no others; lists are JSON.

mod columns;
mod file;
mod limits;
mod partition;
mod writer;

pub use partition::{Key, NoKey, Partitioning};
pub use writer::{Options, Writer, Written};
