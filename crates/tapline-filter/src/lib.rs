//! The display filter: a text in, and which of the things that analysis tells it holds for.
//!
//! The language is Wireshark's as its users know it, for events instead of packets; `docs/filter.md` describes it. A
//! text is read once ([`Filter::parse`]), with every error at its place, and then asked of [`Item`]s: whatever has
//! values of fields. [`CATALOGUE`] is the only list of fields: the parser, [`complete()`], the documentation and the
//! items all go by it.
//!
//! ```text
//!   "http.time > 200ms and ip.addr == 10.0.0.0/8"
//!        │ lexer, parse                             Event ──┐
//!        ▼                                                  ▼
//!      Filter ── Sieve ── Known (the events' connections) ─ holds?
//! ```
//!
//! No text makes it panic, and none costs more than its length allows: what grows is bounded in [`limits`]. It reads
//! no clock and does no I/O.
#![warn(clippy::indexing_slicing)]

mod catalogue;
mod complete;
mod doubts;
mod error;
mod filter;
mod item;
mod items;
mod known;
mod lexer;
pub mod limits;
mod nearest;
mod parse;
mod sieve;
mod tree;
mod words;

pub use catalogue::{CATALOGUE, FieldId, FieldInfo, FieldKind, Names, RecordKind, Records};
pub use complete::{Completion, Suggestion, complete};
pub use doubts::Doubts;
pub use error::FilterError;
pub use filter::Filter;
pub use item::{Chain, Item, Value};
pub use items::{Told, item_of};
pub use known::{Identity, Known};
pub use sieve::Sieve;
