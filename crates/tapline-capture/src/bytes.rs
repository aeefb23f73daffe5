//! The whole reader over bytes in memory, for tests and for fuzzing.

use tapline_packet::Packet;

use crate::open::open_bytes;
use crate::{CaptureError, Facts, Item, Source};

/// Reads a capture that is in memory, plain or compressed, shows `visit` every packet and answers with what the
/// capture says beside them. Any bytes are welcome: the work is proportional to their number (after unpacking) and
/// nothing panics. `name` stands for the capture in errors and facts.
pub fn read_bytes(
    name: &str,
    bytes: &[u8],
    visit: &mut dyn FnMut(&Packet<'_>),
) -> Result<Facts, CaptureError> {
    let mut files = open_bytes(name, bytes.to_vec())?;
    loop {
        match files.next() {
            Item::Packet(packet) => visit(&packet),
            Item::Idle => {}
            Item::End => return Ok(files.into_facts()),
        }
    }
}

#[cfg(test)]
mod tests {
    use nom::number::Endianness;

    use super::*;
    use crate::limits::{BLOCK_BYTES_MAX, RESYNC_BLOCK_BYTES_MAX};
    use crate::pcapng::block::likely;

    /// A block of so many octets, in little endian; zeros behind the given ones.
    fn block(kind: u32, begin: &[u32], octets: usize) -> Vec<u8> {
        let length = u32::try_from(octets).unwrap().to_le_bytes();
        let mut block: Vec<u8> = begin.iter().flat_map(|word| word.to_le_bytes()).collect();
        block.resize(octets - 12, 0);
        [&kind.to_le_bytes()[..], &length, &block, &length].concat()
    }

    /// A section with one interface.
    fn section() -> Vec<u8> {
        [block(0x0a0d_0d0a, &[0x1a2b_3c4d, 1, u32::MAX, u32::MAX], 28), block(1, &[101, 0], 20)].concat()
    }

    /// How many packets there are, and the first damage.
    fn read(octets: &[u8]) -> (usize, String) {
        let mut packets = 0;
        let facts = read_bytes("test", octets, &mut |_| packets += 1).unwrap();
        (packets, facts.damages.first().map(|damage| damage.what.clone()).unwrap_or_default())
    }

    #[test]
    fn a_longer_claim_than_any_packet_has_is_damage() {
        // A claim that is believed is waited for, and no more is taken than comes.
        let claim = |octets: usize| {
            let length = u32::try_from(octets).unwrap().to_le_bytes();
            read(&[section(), 6_u32.to_le_bytes().to_vec(), length.to_vec(), vec![0; 100]].concat()).1
        };
        assert!(claim(BLOCK_BYTES_MAX).contains("is cut: 108 of"), "{}", claim(BLOCK_BYTES_MAX));
        assert!(claim(BLOCK_BYTES_MAX + 4).contains("claims a length"), "{}", claim(BLOCK_BYTES_MAX + 4));
        let packet = |octets: usize| {
            let head = b"\xd4\xc3\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\xff\xff\0\0\x01\0\0\0";
            let length = u32::try_from(octets).unwrap().to_le_bytes();
            read(&[&head[..], &[0; 8], &length, &length, &[0; 100]].concat()).1
        };
        assert!(packet(BLOCK_BYTES_MAX).starts_with("cut inside a packet: 100 of"));
        assert!(packet(BLOCK_BYTES_MAX + 1).ends_with("nothing after it can be found"));
    }

    #[test]
    fn behind_damage_blocks_of_a_usual_length_are_looked_for() {
        let wrong = [&6_u32.to_le_bytes()[..], &[0xff; 28]].concat();
        let packet = |octets: usize| {
            let captured = u32::try_from(octets - 32).unwrap();
            block(6, &[0, 0, 0, captured, captured], octets)
        };
        let large = packet(RESYNC_BLOCK_BYTES_MAX);
        assert_eq!(read(&[section(), wrong, large, packet(36)].concat()).0, 2);
        // Stepping over one that is too large takes a while.
        let larger = packet(RESYNC_BLOCK_BYTES_MAX + 4);
        assert_eq!(likely(&larger, Endianness::Little, RESYNC_BLOCK_BYTES_MAX), None);
    }
}
