//! The TCP header (RFC 9293 §3.1).

use etherparse::TcpSlice;

use super::{Dissected, Fail, Layer, Undecoded};
use crate::options::tcp_options;
use crate::{Datagram, Endpoint, Flags, Segment};

pub(super) fn tcp<'a>(datagram: &Datagram<'a>) -> Dissected<'a> {
    let Datagram { envelope, payload, payload_length } = *datagram;
    let Ok(tcp) = TcpSlice::from_slice(payload) else { return Fail(unreadable(payload)) };
    let (header, octets) = (tcp.header_slice(), tcp.payload());
    let on_wire = payload_length.saturating_sub(super::length(header));
    Dissected::Tcp(Segment {
        vlans: envelope.network.vlans,
        tunnel: envelope.network.tunnel,
        source: Endpoint { address: envelope.source, port: tcp.source_port() },
        destination: Endpoint { address: envelope.destination, port: tcp.destination_port() },
        sequence: tcp.sequence_number(),
        acknowledgment: tcp.acknowledgment_number(),
        flags: flags(header),
        window: tcp.window_size(),
        options: tcp_options(tcp.options()),
        payload_length: on_wire.max(super::length(octets)),
        payload: octets,
        header,
        ip: envelope.ip,
    })
}

/// The data offset stands in octet 12; what is less than 5 words is no offset.
fn unreadable(payload: &[u8]) -> Undecoded {
    let offset = payload.get(12).map(|octet| octet >> 4);
    let malformed = payload.len() >= 20 && offset.is_some_and(|words| words < 5);
    if malformed { Undecoded::Malformed(Layer::Tcp) } else { Undecoded::Short(Layer::Tcp) }
}

/// Bits 7 to 15 of the word that holds data offset and control bits.
fn flags(header: &[u8]) -> Flags {
    match header {
        [_, _, _, _, _, _, _, _, _, _, _, _, offset, bits, ..] => {
            Flags(u16::from_be_bytes([offset & 1, *bits]))
        }
        _ => Flags::default(),
    }
}
