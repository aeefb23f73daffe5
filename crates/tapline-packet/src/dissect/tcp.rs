//! The TCP header (RFC 9293 §3.1).

use etherparse::ip_number;

use super::{Dissected, Fail, Layer, Undecoded};
use crate::options::tcp_options;
use crate::{Datagram, Endpoint, Flags, Segment};

/// Its protocol number.
pub(super) const NUMBER: u8 = ip_number::TCP.0;

/// Octets of the header without options.
const FIXED: usize = 20;

/// Reads a segment. Where its header was cut inside the options, what stands before is kept; its payload is then
/// somewhere behind, and only its length is known.
#[inline]
pub(super) fn tcp<'a>(datagram: &Datagram<'a>) -> Dissected<'a> {
    let Datagram { envelope, payload, payload_length } = *datagram;
    let Some(fixed) = payload.first_chunk::<FIXED>() else { return Fail(Undecoded::Short(Layer::Tcp)) };
    let &[a, b, c, d, s0, s1, s2, s3, a0, a1, a2, a3, offset, bits, w0, w1, ..] = fixed;
    let claimed = 4 * usize::from(offset >> 4);
    if claimed < FIXED || claimed as u64 > u64::from(payload_length) {
        return Fail(Undecoded::Malformed(Layer::Tcp));
    }
    let (header, octets) = payload.split_at(claimed.min(payload.len()));
    let on_wire = payload_length.saturating_sub(u32::from(offset >> 4) * 4);
    let cut = header.len() < claimed;
    let mut options = tcp_options(header.get(FIXED..).unwrap_or_default());
    // An option that breaks off where the capture does is not malformed.
    options.malformed &= !cut;
    Dissected::Tcp(Segment {
        vlans: envelope.network.vlans,
        tunnel: envelope.network.tunnel,
        source: Endpoint { address: envelope.source, port: u16::from_be_bytes([a, b]) },
        destination: Endpoint { address: envelope.destination, port: u16::from_be_bytes([c, d]) },
        sequence: u32::from_be_bytes([s0, s1, s2, s3]),
        acknowledgment: u32::from_be_bytes([a0, a1, a2, a3]),
        flags: Flags(u16::from_be_bytes([offset & 1, bits])),
        window: u16::from_be_bytes([w0, w1]),
        options,
        payload_length: on_wire.max(super::length(octets)),
        payload: octets,
        header: if cut { &[] } else { header },
        ip: envelope.ip,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Envelope, dissect_datagram};

    /// A SYN of 32 octets (RFC 9293 §3.1) with MSS, SACK permitted and a window scale, then three octets.
    const SYN: [u8; 35] = [
        3, 0xe8, 0, 80, 0, 0, 0, 9, 0, 0, 0, 0, 0x80, 2, 0xff, 0xff, 0, 0, 0, 0, 2, 4, 5, 0xb4, 4, 2, 1, 1,
        1, 3, 3, 7, b'a', b'b', b'c',
    ];

    fn read(payload: &[u8], payload_length: u32) -> Dissected<'_> {
        let envelope = Envelope { protocol: 6, ..Envelope::default() };
        dissect_datagram(&Datagram { envelope, payload, payload_length })
    }

    #[test]
    fn a_header_cut_in_its_options_keeps_what_stands_before() {
        let Dissected::Tcp(whole) = read(&SYN, 35) else { panic!("no segment") };
        assert_eq!(
            (whole.options.window_scale, whole.payload, whole.payload_length),
            (Some(7), &b"abc"[..], 3)
        );
        let Dissected::Tcp(cut) = read(&SYN[..27], 35) else { panic!("no segment") };
        assert_eq!((cut.sequence, cut.options.mss, cut.options.window_scale), (9, Some(1460), None));
        assert_eq!((cut.payload_length, cut.payload, cut.options.malformed), (3, &b""[..], false));
        assert_eq!(cut.checksum(), crate::Checksum::Unknown);
    }

    #[test]
    fn every_prefix_is_read_or_short() {
        for end in 0..SYN.len() {
            match read(&SYN[..end], 35) {
                Dissected::Undecoded(Undecoded::Short(Layer::Tcp)) => assert!(end < FIXED),
                Dissected::Tcp(segment) => assert!(end >= FIXED && segment.payload_length == 3),
                other => panic!("{end}: {other:?}"),
            }
        }
    }

    #[test]
    fn an_offset_that_cannot_be_is_malformed() {
        let mut short = SYN;
        short[12] = 0x40;
        assert!(matches!(read(&short, 35), Dissected::Undecoded(Undecoded::Malformed(Layer::Tcp))));
        assert!(matches!(read(&SYN, 31), Dissected::Undecoded(Undecoded::Malformed(Layer::Tcp))));
    }
}
