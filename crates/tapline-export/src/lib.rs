//! Events in; text for people, NDJSON for programs and pcapng for other analyzers out.
//!
//! Decides nothing about what is true, holds no capture: NDJSON leaves as it comes, a report keeps counts and
//! the rows that it will print.

pub mod csv;
pub mod diff;
mod exporter;
pub mod har;
pub mod html;
mod limits;
pub mod mermaid;
pub mod ndjson;
pub mod pcapng;
pub mod records;
pub mod redact;
pub mod report;
mod shortlist;
pub mod single;
mod stages;
pub mod table;
mod time;

pub use exporter::{Choice, Exporter, export};
pub use time::rfc3339;
