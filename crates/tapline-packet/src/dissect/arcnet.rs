//! ARCNET: the old encapsulation (RFC 1051), where a packet stands right behind the protocol, and the new one
//! (RFC 1201), which can split a packet over several frames.

use super::{Dissected, Fail, Layer, Next, Other, Step, Undecoded};

const SHORT: Step<'static> = Step::Done(Fail(Undecoded::Short(Layer::Link)));

// Protocols of RFC 1051, of RFC 1201, and IPv6 of RFC 2497.
const OLD_IP: u8 = 0xf0;
const OLD_ARP: u8 = 0xf1;
const IP: u8 = 0xd4;
const ARP: u8 = 0xd5;
const RARP: u8 = 0xd6;
const IPV6: u8 = 0xc4;

/// The flag of a frame that is only filled up, with the real header behind it (RFC 1201, "exception packet").
const EXCEPTION: u8 = 0xff;

/// `LINKTYPE_ARCNET_BSD`: source, destination, protocol.
pub(super) fn bsd(frame: &[u8]) -> Step<'_> {
    match frame {
        [_, _, protocol, rest @ ..] => packet(*protocol, rest),
        _ => SHORT,
    }
}

/// `LINKTYPE_ARCNET_LINUX`: two octets more, the offset of the packet in the card's buffer.
pub(super) fn linux(frame: &[u8]) -> Step<'_> {
    match frame {
        [_, _, _, _, protocol, rest @ ..] => packet(*protocol, rest),
        _ => SHORT,
    }
}

fn packet(protocol: u8, rest: &[u8]) -> Step<'_> {
    match protocol {
        OLD_IP => Step::Inner(Next::Ip, rest),
        IP | IPV6 => split(rest),
        OLD_ARP | ARP | RARP => Step::Done(Dissected::Other(Other::Arp)),
        _ => Step::Done(Dissected::Other(Other::Link)),
    }
}

/// RFC 1201 "Packet Format": split flag and sequence number. An even flag above 0 marks a later part of a
/// packet, which has no header of its own; a first part is read as far as it goes.
fn split(rest: &[u8]) -> Step<'_> {
    let (flag, rest) = match rest {
        // Behind the filling the protocol stands again.
        [EXCEPTION, _, _, _, flag, _, _, rest @ ..] => (*flag, rest),
        [flag, _, _, rest @ ..] if *flag != EXCEPTION => (*flag, rest),
        _ => return SHORT,
    };
    if flag == 0 || flag & 1 == 1 {
        Step::Inner(Next::Ip, rest)
    } else {
        Step::Done(Dissected::Other(Other::Link))
    }
}

#[cfg(test)]
mod tests {
    use crate::{Dissected, LinkType, Other, Undecoded, dissect};

    /// What of the header of frame 11 of `arcnet-rfc1051-arp-icmp-http.pcap` (libpcap's tests) stands before
    /// the protocol.
    const LINUX: [u8; 4] = [0xbe, 0x50, 0xc3, 0x00];

    /// Its TCP SYN, without the options.
    const SYN: [u8; 40] = [
        0x45, 0, 0, 40, 0xd7, 0x54, 0x40, 0, 64, 6, 0, 0, 10, 80, 0x83, 1, 146, 190, 0xf0, 0xa3, // IPv4
        4, 2, 0, 80, 0x8e, 0xff, 0xb3, 0x99, 0, 0, 0, 0, 0x50, 2, 7, 0x50, 0x88, 0x27, 0, 0, // TCP
    ];

    fn frames(header: &[u8]) -> [(LinkType, Vec<u8>); 2] {
        [
            (LinkType::ARCNET_LINUX, [&LINUX, header, &SYN].concat()),
            (LinkType::ARCNET_BSD, [&LINUX[..2], header, &SYN].concat()),
        ]
    }

    #[test]
    fn both_encapsulations_lead_to_the_segment() {
        let headers: [&[u8]; 5] = [
            &[0xf0],
            &[0xd4, 0, 1, 0x66],
            &[0xd4, 0xff, 0xff, 0xff, 0xd4, 0, 1, 0x66],
            &[0xd4, 1, 1, 0x66],
            &[0xc4, 0, 1, 0x66],
        ];
        for (link, frame) in headers.into_iter().flat_map(frames) {
            let Dissected::Tcp(segment) = dissect(link, &frame) else { panic!("{frame:02x?}") };
            assert_eq!((segment.source.port, segment.sequence), (1026, 0x8eff_b399));
            for end in 0..frame.len() {
                assert!(matches!(dissect(link, &frame[..end]), Dissected::Undecoded(Undecoded::Short(_))));
            }
        }
    }

    #[test]
    fn later_parts_and_other_protocols_are_not_read_as_ip() {
        let check = |header: &[u8], expected: Other| {
            for (link, frame) in frames(header) {
                let Dissected::Other(other) = dissect(link, &frame) else { panic!("{frame:02x?}") };
                assert_eq!(other, expected);
            }
        };
        check(&[0xd4, 2, 1, 0x66], Other::Link);
        check(&[0xcd], Other::Link);
        for arp in [0xf1, 0xd5, 0xd6] {
            check(&[arp], Other::Arp);
        }
    }
}
