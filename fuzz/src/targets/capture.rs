//! Capture files.

use arbitrary::{Arbitrary, Unstructured};
use tapline_capture::read_bytes;

/// Reads a capture to its end; a packet lies in the file, so it cannot be longer.
fn read(octets: &[u8]) {
    let mut number = 0;
    let outcome = read_bytes("fuzz", octets, &mut |packet| {
        number += 1;
        assert_eq!(packet.number, number, "packets are numbered without a gap");
        assert!(
            packet.data.len() as u64 <= u64::from(packet.wire_length),
            "more is kept than was on the wire"
        );
    });
    // Whether it is a capture at all is for the reader to say.
    drop(outcome);
}

/// Octets behind the magic of a pcap file, in each of its forms by the first one.
pub(crate) fn pcap(octets: &[u8]) {
    const MAGICS: [[u8; 4]; 6] = [
        [0xd4, 0xc3, 0xb2, 0xa1],
        [0xa1, 0xb2, 0xc3, 0xd4],
        [0x4d, 0x3c, 0xb2, 0xa1],
        [0xa1, 0xb2, 0x3c, 0x4d],
        [0x34, 0xcd, 0xb2, 0xa1],
        [0xa1, 0xb2, 0xcd, 0x34],
    ];
    read(octets);
    if let Some((form, rest)) = octets.split_first() {
        let magic = MAGICS[usize::from(*form) % MAGICS.len()];
        read(&[&magic, rest].concat());
    }
}

/// Octets behind a section header.
pub(crate) fn pcapng(octets: &[u8]) {
    const HEADER: [u8; 28] = [
        0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0, 0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 28, 0, 0, 0,
    ];
    read(octets);
    read(&[&HEADER, octets].concat());
}

/// A block whose frame is right.
#[derive(Debug, Arbitrary)]
struct Block {
    kind: u8,
    body: Vec<u8>,
}

/// Blocks whose frames are right, in either byte order: what is wrong is inside.
pub(crate) fn pcapng_blocks(octets: &[u8]) {
    let random = Unstructured::new(octets);
    let Ok((big, blocks)) = <(bool, Vec<Block>)>::arbitrary_take_rest(random) else { return };
    let number = |number: u32| if big { number.to_be_bytes() } else { number.to_le_bytes() };
    let framed = |kind: u32, body: &[u8]| {
        let padded = body.len().next_multiple_of(4);
        let length = number(u32::try_from(padded + 12).unwrap_or(u32::MAX));
        let padding = vec![0; padded - body.len()];
        [&number(kind)[..], &length, body, &padding, &length].concat()
    };
    let section = [&number(0x1a2b_3c4d)[..], &[0, 1, 0, 0], &[0xff; 8]].concat();
    let ethernet = [&[0, 1, 0, 0][..], &[0; 4]].concat();
    let ethernet = if big { ethernet } else { [&[1, 0, 0, 0][..], &[0; 4]].concat() };
    let mut file = [framed(0x0a0d_0d0a, &section), framed(1, &ethernet)].concat();
    for Block { kind, body } in blocks {
        file.extend(framed(u32::from(kind % 12), &body));
    }
    read(&file);
}
