//! The stack of decoders of one connection: finds the protocol, feeds its decoder, follows upgrades.

use crate::{Direction, Protocol, Sink};

/// Both directions of one connection and whatever they speak.
#[derive(Debug, Default)]
pub struct Conversation {}

impl Conversation {
    /// A conversation of which nothing is known, or whose protocol somebody has stated (`--decode-as`).
    pub fn new(stated: Option<Protocol>) -> Self {
        let _ = stated;
        Self {}
    }

    /// The next octets of a direction, at `offset` of its stream. Offsets of one direction never go back;
    /// where they jump, [`Self::gap`] was called for the octets between.
    pub fn bytes(&mut self, direction: Direction, offset: u64, octets: &[u8], sink: &mut impl Sink) {
        let _ = (direction, offset, octets, sink);
    }

    /// `length` octets of a direction from `offset` on will never come.
    pub fn gap(&mut self, direction: Direction, offset: u64, length: u64, sink: &mut impl Sink) {
        let _ = (direction, offset, length, sink);
    }

    /// A direction has ended: by FIN, by reset, or because the capture ends (`clean` is false for the last
    /// two: a message that runs to the end of the connection is then not known to be whole).
    pub fn end(&mut self, direction: Direction, clean: bool, sink: &mut impl Sink) {
        let _ = (direction, clean, sink);
    }
}
