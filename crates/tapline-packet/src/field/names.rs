//! Names of numbers that headers carry, the common ones; the others are shown as numbers.

/// IANA "Protocol Numbers".
pub(super) fn protocol(number: u8) -> Option<&'static str> {
    Some(match number {
        0 => "Hop-by-Hop Options",
        1 => "ICMP",
        2 => "IGMP",
        4 => "IPv4",
        6 => "TCP",
        17 => "UDP",
        41 => "IPv6",
        43 => "Routing",
        44 => "Fragment",
        47 => "GRE",
        50 => "ESP",
        51 => "AH",
        58 => "ICMPv6",
        59 => "No Next Header",
        60 => "Destination Options",
        89 => "OSPF",
        97 => "ETHERIP",
        103 => "PIM",
        108 => "IPComp",
        112 => "VRRP",
        132 => "SCTP",
        137 => "MPLS-in-IP",
        _ => return None,
    })
}

/// IEEE "Ethertype".
pub(super) fn ether_type(number: u16) -> Option<&'static str> {
    Some(match number {
        0x0800 => "IPv4",
        0x0806 => "ARP",
        0x6558 => "Transparent Ethernet Bridging",
        0x8035 => "RARP",
        0x8100 => "802.1Q VLAN",
        0x86dd => "IPv6",
        0x8847 => "MPLS",
        0x8848 => "MPLS with upstream-assigned label",
        0x8863 => "PPPoE Discovery",
        0x8864 => "PPPoE Session",
        0x88a8 => "802.1ad QinQ",
        0x88be => "ERSPAN",
        0x88cc => "LLDP",
        0x22eb => "ERSPAN III",
        0x883e => "WCCP",
        _ => return None,
    })
}

/// IANA "PPP DLL Protocol Numbers".
pub(super) fn ppp(number: u16) -> Option<&'static str> {
    Some(match number {
        0x0021 => "IPv4",
        0x0057 => "IPv6",
        0x0281 => "MPLS",
        0x0283 => "MPLS with upstream-assigned label",
        0x8021 => "IPCP",
        0x8057 => "IPV6CP",
        0xc021 => "LCP",
        0xc023 => "PAP",
        0xc223 => "CHAP",
        _ => return None,
    })
}

/// RFC 4594, RFC 8622, RFC 5865 and RFC 2474: code points of differentiated services.
pub(super) fn dscp(number: u8) -> Option<&'static str> {
    Some(match number {
        0 => "CS0",
        1 => "LE",
        8 => "CS1",
        10 => "AF11",
        12 => "AF12",
        14 => "AF13",
        16 => "CS2",
        18 => "AF21",
        20 => "AF22",
        22 => "AF23",
        24 => "CS3",
        26 => "AF31",
        28 => "AF32",
        30 => "AF33",
        32 => "CS4",
        34 => "AF41",
        36 => "AF42",
        38 => "AF43",
        40 => "CS5",
        44 => "VOICE-ADMIT",
        46 => "EF",
        48 => "CS6",
        56 => "CS7",
        _ => return None,
    })
}

/// RFC 3168 §5.
pub(super) fn ecn(number: u8) -> &'static str {
    match number & 3 {
        0 => "Not-ECT",
        1 => "ECT(1)",
        2 => "ECT(0)",
        _ => "CE",
    }
}

/// `TCP (6)`, or the number alone.
pub(super) fn named(name: Option<&'static str>, number: impl std::fmt::Display) -> String {
    match name {
        Some(name) => format!("{name} ({number})"),
        None => number.to_string(),
    }
}

/// `IPv4 (0x0800)`, or the number alone.
pub(super) fn named_hex(name: Option<&'static str>, number: u16) -> String {
    named(name, format_args!("0x{number:04x}"))
}
