//! How much memory the program uses, and whether that is too much.
//!
//! [`Counting`] is put around the allocator of a program; [`in_use`] says what it came to. Who [limits](limit_to) that
//! sets two marks below the limit: what is kept until the end (rows of a screen) stops growing at the lower one
//! ([`has_room`]), what comes and goes (connections that are followed) is given up at the upper one ([`is_short`]).
//! Above it is room for what is on its way between threads and for what is not counted: stacks, and what an allocator
//! takes beside what it is asked for, some 16 octets a piece and holes. Mapped files are not memory that is used: the
//! system can drop them.

#![expect(
    unsafe_code,
    reason = "an allocator is unsafe to be one: each call is handed on as it came to another one, whose promises are \
              thereby ours, and what is done beside it is a sum that nothing relies on"
)]

mod counting;
mod limit;

pub use counting::{Counting, UNTOLD_BYTES_MAX, in_use};
pub use limit::{Half, LIMIT_BYTES_MIN, RESERVE_BYTES_MIN, has_room, is_short, limit, limit_to, within};
