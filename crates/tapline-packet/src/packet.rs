//! A captured frame as a source hands it over.

use crate::{LinkType, Timestamp};

/// One captured frame, borrowed from whatever holds the capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// Place in the capture, from 1, every packet counted.
    pub number: u64,
    /// When it was captured; `None` where the capture does not say (a pcapng Simple Packet Block).
    pub at: Option<Timestamp>,
    /// Index into the source's list of interfaces.
    pub interface: u32,
    /// How `data` begins.
    pub link_type: LinkType,
    /// Octets that were on the wire; more than `data.len()` where a snapshot length cut the frame.
    pub wire_length: u32,
    /// The octets that were kept.
    pub data: &'a [u8],
}
