//! IPv4 and IPv6. The fixed headers are read by `etherparse`; the chain of extension headers is followed
//! here, because that of `etherparse` goes on behind a fragment header into the middle of a datagram.

use etherparse::{Ipv4HeaderSlice, Ipv6HeaderSlice};

use super::{Around, Fail, Layer, Step, Undecoded, protocol};
use crate::{Datagram, Envelope, IpFacts};

/// IPv4 or IPv6 by the version nibble.
pub(super) fn ip<'a>(octets: &'a [u8], around: &mut Around) -> Step<'a> {
    let read = match octets.first().map(|first| first >> 4) {
        Some(4) => ipv4(octets, around),
        Some(6) => ipv6(octets, around),
        Some(_) => Err(Undecoded::Malformed(Layer::Ip)),
        None => Err(Undecoded::Short(Layer::Ip)),
    };
    match read {
        Ok(datagram) => protocol::protocol(datagram, around),
        Err(why) => Step::Done(Fail(why)),
    }
}

/// RFC 791 §3.1.
fn ipv4<'a>(octets: &'a [u8], around: &Around) -> Result<Datagram<'a>, Undecoded> {
    let header = Ipv4HeaderSlice::from_slice(octets).map_err(|_| unreadable(octets, 20))?;
    let envelope = Envelope {
        source: header.source_addr().into(),
        destination: header.destination_addr().into(),
        protocol: header.protocol().0,
        ip: IpFacts {
            identification: Some(header.identification()),
            hop_limit: header.ttl(),
            ecn: header.ecn().value(),
            routed: false,
        },
        ..around.envelope()
    };
    if header.is_fragmenting_payload() {
        return Err(Undecoded::Fragment);
    }
    let before = header.slice().len();
    let claimed = usize::from(header.total_len()).checked_sub(before);
    Ok(datagram(envelope, octets.get(before..).unwrap_or_default(), claimed, around))
}

/// RFC 8200 §3.
fn ipv6<'a>(octets: &'a [u8], around: &Around) -> Result<Datagram<'a>, Undecoded> {
    let header = Ipv6HeaderSlice::from_slice(octets).map_err(|_| unreadable(octets, 40))?;
    let envelope = Envelope {
        source: header.source_addr().into(),
        destination: header.destination_addr().into(),
        protocol: header.next_header().0,
        ip: IpFacts {
            identification: None,
            hop_limit: header.hop_limit(),
            ecn: header.ecn().value(),
            routed: false,
        },
        ..around.envelope()
    };
    let claimed = Some(usize::from(header.payload_length())).filter(|&length| length > 0);
    Ok(datagram(envelope, octets.get(40..).unwrap_or_default(), claimed, around))
}

/// Why not even the fixed header could be read.
fn unreadable(octets: &[u8], fixed: usize) -> Undecoded {
    // The lower nibble counts the words of an IPv4 header.
    let words = octets.first().map_or(0, |first| usize::from(first & 15));
    let cut = octets.len() < fixed || (fixed == 20 && words >= 5 && octets.len() < 4 * words);
    if cut { Undecoded::Short(Layer::Ip) } else { Undecoded::Malformed(Layer::Ip) }
}

/// What stands behind the header, as long as the header claims; as long as it is where that says nothing, as
/// in segments that the network card will cut (TSO) and in jumbograms. A claim past the end of the frame on
/// the wire is none (tshark cuts there, too).
fn datagram<'a>(
    envelope: Envelope,
    there: &'a [u8],
    claimed: Option<usize>,
    around: &Around,
) -> Datagram<'a> {
    let length = claimed.unwrap_or(there.len()).min(there.len().saturating_add(around.missing));
    Datagram {
        envelope,
        payload: there.get(..length).unwrap_or(there),
        payload_length: u32::try_from(length).unwrap_or(u32::MAX),
    }
}
