//! One captured frame in; its headers and, where there is one, its TCP segment out.
//!
//! Nothing is remembered between two packets and nothing is allocated: everything that comes out borrows
//! from the frame that went in. (A [`field`] tree is owned, and made only of the packet that somebody looks at.) Damage is an answer with a reason, never an error. Fragments and
//! compressed payloads are handed out for somebody with memory to put together and inflate;
//! [`dissect_datagram`] goes on with the whole.
#![warn(clippy::indexing_slicing)]

mod checksum;
mod dissect;
mod envelope;
pub mod field;
mod icmp;
mod ip;
pub mod limits;
mod link;
mod options;
mod packet;
mod segment;
mod time;

pub use checksum::Checksum;
pub use dissect::{Dissected, DnsDatagram, Other, Undecoded, dissect, dissect_datagram, dissect_packet};
pub use envelope::{Compressed, Datagram, Envelope, Fragment, Network};
pub use field::{Field, packet_fields};
pub use icmp::{IcmpError, IcmpReason, IcmpVersion};
pub use ip::IpFacts;
pub use link::LinkType;
pub use options::{SackBlocks, TcpOptions};
pub use packet::Packet;
pub use segment::{Endpoint, Flags, Segment, Tunnel, Vlans};
pub use time::Timestamp;
