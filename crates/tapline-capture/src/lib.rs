//! A file, stdin or a device in, packets out; packets in, a pcapng file out.
//!
//! Capture files are read by a reader of our own, because libpcap refuses mixed link types and hides secrets;
//! libpcap serves devices only. Nothing here interprets a payload. Damage never hides what can be read: it is
//! noted in [`Facts::damages`] and reading goes on where that is possible.

use tapline_packet::Packet;

/// What a source answers when it is asked for the next packet.
#[derive(Debug)]
pub enum Item<'a> {
    /// A packet; valid until the next call.
    Packet(Packet<'a>),
    /// Nothing now, perhaps later (a device, a growing file).
    Idle,
    /// Nothing will come any more.
    End,
}
