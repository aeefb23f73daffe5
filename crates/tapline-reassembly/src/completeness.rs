//! How much of a connection's life was captured, as `tcp.completeness` of tshark says it.

use tapline_packet::{Flags, Segment};

/// Bits: SYN 1, SYN-ACK 2, ACK 4, DATA 8, FIN 16, RST 32.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Completeness(pub u8);

impl Completeness {
    const SYN: u8 = 1;
    const SYN_ACK: u8 = 2;
    const ACK: u8 = 4;
    const DATA: u8 = 8;
    const FIN: u8 = 16;
    const RST: u8 = 32;

    /// tshark's rule: the first packet counts only as a bare SYN (with data, for Fast Open, as that too);
    /// every other packet counts by its flags.
    pub(crate) fn see(&mut self, segment: &Segment<'_>, first: bool) {
        let (syn, ack) = (segment.has(Flags::SYN), segment.has(Flags::ACK));
        let data = if segment.payload_length > 0 { Self::DATA } else { 0 };
        if first {
            if syn && !ack {
                self.0 |= Self::SYN | data;
            }
            return;
        }
        self.0 |= match (syn, ack) {
            (true, true) => Self::SYN_ACK,
            (false, true) if data != 0 => Self::DATA,
            (false, true) => Self::ACK,
            _ => 0,
        };
        if segment.has(Flags::FIN | Flags::ACK) {
            self.0 |= Self::FIN;
        }
        if segment.has(Flags::RST) {
            self.0 |= Self::RST;
        }
    }
}
