//! Frames and fragments.

use tapline_packet::{
    Dissected, Fragment, LinkType, Packet, Timestamp, dissect_datagram, dissect_packet, packet_fields,
};
use tapline_reassembly::{Datagrams, Inflater};

/// A frame: its link type, how much of it was not kept, and its octets.
fn packet(octets: &[u8]) -> Option<Packet<'_>> {
    let ([link, cut], data) = octets.split_first_chunk()?;
    let link_type = LinkType::READ[usize::from(*link) % LinkType::READ.len()];
    let wire_length = u32::try_from(data.len()).ok()? + u32::from(*cut);
    Some(Packet { number: 1, at: None, interface: 0, link_type, wire_length, data })
}

/// A frame, by the dissector and as a tree: fields lie in the frame and inside what they belong to.
pub(crate) fn dissect(octets: &[u8]) {
    let Some(packet) = packet(octets) else { return };
    if let Dissected::Tcp(segment) = dissect_packet(&packet) {
        let _ = segment.checksum();
        assert!(segment.payload.len() as u64 <= u64::from(segment.payload_length));
    }
    for field in packet_fields(packet.link_type, packet.data) {
        field.walk(&mut |field| {
            assert!(field.octets.start <= field.octets.end, "{field:?}");
            assert!(field.octets.end <= packet.data.len(), "{field:?}");
        });
    }
}

/// Frames one after the other, each with its length before it: what they carry in pieces is put together.
pub(crate) fn fragments(octets: &[u8]) {
    let (mut datagrams, mut inflater, mut rest, mut at) =
        (Datagrams::default(), Inflater::default(), octets, Timestamp(0));
    while let Some(([length, pause], more)) = rest.split_first_chunk() {
        let (frame, more) = more.split_at(usize::from(*length).min(more.len()));
        (rest, at) = (more, Timestamp(at.0 + i64::from(*pause) * 1_000_000_000));
        if let Some(packet) = packet(frame) {
            unpack(&dissect_packet(&packet), at, &mut datagrams, &mut inflater);
        }
    }
}

fn unpack(dissected: &Dissected<'_>, at: Timestamp, datagrams: &mut Datagrams, inflater: &mut Inflater) {
    let whole = match dissected {
        Dissected::Fragment(fragment) => put_together(fragment, at, datagrams),
        Dissected::Compressed(compressed) => inflater.inflate(compressed),
        _ => None,
    };
    if let Some(whole) = whole {
        unpack(&dissect_datagram(&whole.datagram()), at, datagrams, inflater);
    }
}

fn put_together(
    fragment: &Fragment<'_>,
    at: Timestamp,
    datagrams: &mut Datagrams,
) -> Option<tapline_reassembly::Whole> {
    let whole = datagrams.fragment(fragment, at);
    assert!(
        datagrams.held_bytes() <= tapline_reassembly::limits::DATAGRAMS_BYTES_MAX,
        "fragments are bounded"
    );
    whole
}
