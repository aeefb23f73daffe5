//! One captured frame in; its headers and, where there is one, its TCP segment out.
//!
//! Nothing is remembered between two packets and nothing is allocated: everything that comes out borrows
//! from the frame that went in. Damage is an answer with a reason, never an error.

mod link;
mod packet;
mod time;

pub use link::LinkType;
pub use packet::Packet;
pub use time::Timestamp;
