//! The C symbols that the `pcap` crate imports, forwarded to a libpcap that is loaded when first needed.
//!
//! Calls come in from the `pcap` crate and go out to the `libpcap.so.1` or `libpcap.so.0.8` of the machine. Where
//! there is none, the calls fail with a sentence that says so: building needs no development package and
//! starting needs no libpcap. Nothing here interprets an argument, and a handle never exists without a libpcap
//! that made it.
//!
//! A program that uses the `pcap` crate must also name this one ([`version`] will do), or the linker drops it.

#![expect(
    unsafe_code,
    reason = "C symbols are defined and called here: the signatures are those of pcap/pcap.h, the pointers are \
              handed on untouched, and the library is never unloaded"
)]

mod load;
mod table;

pub use load::{LoadError, load_from, version};
pub use table::nanoseconds_refused;
