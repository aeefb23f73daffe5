//! IEEE 802.11 data frames, and the headers that captures put in front: radiotap, PPI.

use super::{Dissected, Fail, Layer, Next, Other, Step, Undecoded, link};
use crate::LinkType;

const SHORT: Step<'static> = Step::Done(Fail(Undecoded::Short(Layer::Link)));

/// Radiotap: version, padding, length and which fields follow, little endian (radiotap.org, "Radiotap").
pub(super) fn radiotap(frame: &[u8]) -> Step<'_> {
    let &[_, _, low, high, ref rest @ ..] = frame else { return SHORT };
    match frame.get(usize::from(u16::from_le_bytes([low, high]))..) {
        Some(inner) => ieee802_11(inner, if is_padded(rest) { Pad::ToWords } else { Pad::None }),
        None => SHORT,
    }
}

/// Whether the header of the 802.11 frame is filled up to whole words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pad {
    None,
    ToWords,
}

/// Bit 5 of the field "flags". That stands behind the words that say which fields there are (the last one has
/// bit 31 clear), and behind the time of eight octets, aligned, where there is one.
fn is_padded(present: &[u8]) -> bool {
    let (words, _) = present.as_chunks::<4>();
    let more = words.iter().take_while(|[.., last]| last & 0x80 != 0).count();
    let has = |bit: u8| words.first().is_some_and(|[first, ..]| first & bit != 0);
    let after = 4 * (more + 1);
    // Alignment counts from the header's first octet, four before `present`.
    let flags_at = if has(1) { (after + 4).next_multiple_of(8) - 4 + 8 } else { after };
    has(2) && present.get(flags_at).is_some_and(|flags| flags & 0x20 != 0)
}

/// PPI: version, flags, length, link type of what follows, little endian (CACE "Per-Packet Information").
pub(super) fn ppi(frame: &[u8]) -> Step<'_> {
    let &[_, _, low, high, a, b, c, d, ..] = frame else { return SHORT };
    let Some(inner) = frame.get(usize::from(u16::from_le_bytes([low, high]))..) else { return SHORT };
    let number = u32::from_le_bytes([a, b, c, d]);
    match u16::try_from(number) {
        Ok(number) => Step::Inner(Next::Link(LinkType(number)), inner),
        Err(_) => Step::Done(Dissected::Other(Other::Link)),
    }
}

/// A frame of which nothing says that it is filled up.
pub(super) fn frame(frame: &[u8]) -> Step<'_> {
    ieee802_11(frame, Pad::None)
}

/// IEEE 802.11-2020 §9.2, §9.3.2. Only data that is not encrypted leads on; several packets in one frame
/// (A-MSDU) do not, either.
fn ieee802_11(frame: &[u8], pad: Pad) -> Step<'_> {
    let &[control, flags, ..] = frame else { return SHORT };
    let (is_data, without_data, qos) = (control & 0x0c == 0x08, control & 0x40 != 0, control & 0x80 != 0);
    let (both_ways, protected, order) = (flags & 3 == 3, flags & 0x40 != 0, flags & 0x80 != 0);
    if !is_data || without_data || protected {
        return Step::Done(Dissected::Other(Other::Link));
    }
    let addresses = 24 + 6 * usize::from(both_ways);
    let header = addresses + 2 * usize::from(qos) + 4 * usize::from(qos && order);
    if qos && frame.get(addresses).is_some_and(|octet| octet & 0x80 != 0) {
        return Step::Done(Dissected::Other(Other::Link));
    }
    let header = if pad == Pad::ToWords { header.next_multiple_of(4) } else { header };
    frame.get(header..).map_or(SHORT, link::llc)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dissect;

    /// LLC and SNAP of IPv4, a TCP SYN.
    const SYN: [u8; 48] = [
        0xaa, 0xaa, 3, 0, 0, 0, 8, 0, // IEEE 802.2
        0x45, 0, 0, 40, 0xd7, 0x54, 0x40, 0, 64, 6, 0, 0, 10, 80, 0x83, 1, 146, 190, 0xf0, 0xa3, // IPv4
        4, 2, 0, 80, 0x8e, 0xff, 0xb3, 0x99, 0, 0, 0, 0, 0x50, 2, 7, 0x50, 0x88, 0x27, 0, 0, // TCP
    ];

    fn data(control: u8, flags: u8, rest: usize) -> Vec<u8> {
        [&[control, flags][..], &vec![0; rest], &SYN].concat()
    }

    fn check(link: LinkType, frame: &[u8]) {
        let Dissected::Tcp(segment) = dissect(link, frame) else { panic!("{frame:02x?}") };
        assert_eq!(segment.sequence, 0x8eff_b399);
        for end in 0..frame.len() {
            assert!(!matches!(dissect(link, &frame[..end]), Dissected::Tcp(_)), "{end}");
        }
    }

    #[test]
    fn the_header_is_as_long_as_its_flags_say() {
        check(LinkType::IEEE802_11, &data(0x08, 1, 22));
        check(LinkType::IEEE802_11, &data(0x08, 3, 28));
        check(LinkType::IEEE802_11, &data(0x88, 2, 24));
        check(LinkType::IEEE802_11, &data(0x88, 0x82, 28));
    }

    #[test]
    fn what_holds_no_plain_packet_is_other_traffic() {
        let mut several = data(0x88, 1, 24);
        several[24] = 0x80;
        for frame in [data(0x80, 0, 22), data(0x48, 0, 22), data(0x08, 0x40, 22), several] {
            assert!(matches!(dissect(LinkType::IEEE802_11, &frame), Dissected::Other(Other::Link)));
        }
    }

    #[test]
    fn capture_headers_are_stepped_over() {
        let radiotap = [0, 0, 8, 0, 0, 0, 0, 0];
        check(LinkType::IEEE802_11_RADIOTAP, &[&radiotap[..], &data(0x08, 1, 22)].concat());
        let ppi = [0, 0, 8, 0, 105, 0, 0, 0];
        check(LinkType::PPI, &[&ppi[..], &data(0x08, 1, 22)].concat());
        // Time and flags; flags and a second word of fields. Both say that the header is filled up.
        let timed = [0, 0, 17, 0, 3, 0, 0, 0, 9, 9, 9, 9, 9, 9, 9, 9, 0x20];
        check(LinkType::IEEE802_11_RADIOTAP, &[&timed[..], &data(0x88, 1, 26)].concat());
        let two = [0, 0, 13, 0, 2, 0, 0, 0x80, 0, 0, 0, 0, 0x20];
        check(LinkType::IEEE802_11_RADIOTAP, &[&two[..], &data(0x88, 1, 26)].concat());
    }
}
