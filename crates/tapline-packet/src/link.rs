//! Link types of the registry that tcpdump.org keeps.

use std::fmt;

/// What the first byte of a frame means (`LINKTYPE_…`). Unassigned values live and print as numbers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct LinkType(pub u16);

impl LinkType {
    /// BSD loopback: address family in the byte order of the capturing machine.
    pub const NULL: Self = Self(0);
    /// IEEE 802.3 Ethernet.
    pub const ETHERNET: Self = Self(1);
    /// ARCNET as BSD captures it.
    pub const ARCNET_BSD: Self = Self(7);
    /// PPP, perhaps with HDLC-like framing.
    pub const PPP: Self = Self(9);
    /// Raw IP under the number that some BSDs wrote (`DLT_RAW`).
    pub const RAW_BSD: Self = Self(12);
    /// Raw IP under the number that `OpenBSD` wrote.
    pub const RAW_OPENBSD: Self = Self(14);
    /// Raw IPv4 or IPv6, told apart by the version nibble.
    pub const RAW: Self = Self(101);
    /// IEEE 802.11 wireless LAN.
    pub const IEEE802_11: Self = Self(105);
    /// `OpenBSD` loopback: address family in network byte order.
    pub const LOOP: Self = Self(108);
    /// Linux cooked capture v1 (`-i any` of older libpcap).
    pub const LINUX_SLL: Self = Self(113);
    /// IEEE 802.11 with a radiotap header in front.
    pub const IEEE802_11_RADIOTAP: Self = Self(127);
    /// ARCNET as Linux captures it.
    pub const ARCNET_LINUX: Self = Self(129);
    /// Ethernet with Juniper's header in front.
    pub const JUNIPER_ETHER: Self = Self(178);
    /// Per-Packet Information, mostly in front of IEEE 802.11.
    pub const PPI: Self = Self(192);
    /// Raw IPv4.
    pub const IPV4: Self = Self(228);
    /// Raw IPv6.
    pub const IPV6: Self = Self(229);
    /// IP over InfiniBand.
    pub const IPOIB: Self = Self(242);
    /// Linux cooked capture v2.
    pub const LINUX_SLL2: Self = Self(276);

    /// The link types that tapline reads.
    pub const READ: [Self; 18] = [
        Self::ETHERNET,
        Self::NULL,
        Self::ARCNET_BSD,
        Self::PPP,
        Self::RAW_BSD,
        Self::RAW_OPENBSD,
        Self::RAW,
        Self::IEEE802_11,
        Self::LOOP,
        Self::LINUX_SLL,
        Self::IEEE802_11_RADIOTAP,
        Self::ARCNET_LINUX,
        Self::JUNIPER_ETHER,
        Self::PPI,
        Self::IPV4,
        Self::IPV6,
        Self::IPOIB,
        Self::LINUX_SLL2,
    ];

    /// The registry's name in lower case, for the link types that tapline reads.
    pub fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::NULL => "null",
            Self::ETHERNET => "ethernet",
            Self::ARCNET_BSD => "arcnet_bsd",
            Self::PPP => "ppp",
            Self::RAW_BSD | Self::RAW_OPENBSD | Self::RAW => "raw",
            Self::LOOP => "loop",
            Self::LINUX_SLL => "linux_sll",
            Self::IEEE802_11 => "ieee802_11",
            Self::IEEE802_11_RADIOTAP => "ieee802_11_radiotap",
            Self::ARCNET_LINUX => "arcnet_linux",
            Self::JUNIPER_ETHER => "juniper_ether",
            Self::PPI => "ppi",
            Self::IPV4 => "ipv4",
            Self::IPV6 => "ipv6",
            Self::IPOIB => "ipoib",
            Self::LINUX_SLL2 => "linux_sll2",
            _ => return None,
        })
    }
}

impl fmt::Display for LinkType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "link type {}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_what_has_a_name() {
        let named: Vec<_> = (0..=u16::MAX).map(LinkType).filter(|link| link.name().is_some()).collect();
        let mut read = LinkType::READ;
        read.sort();
        assert_eq!(read, *named);
    }
}
