//! Headers below IP. Those that are rare stay one field.

use super::names::{ether_type, named_hex, ppp};
use super::{Cursor, Field, hex};
use crate::dissect::{Dissected, Next, Other, Step};
use crate::{LinkType, Undecoded};

/// One header, with what follows where `step` does not go on.
pub(super) fn header(cursor: &mut Cursor<'_>, next: Next, step: &Step<'_>) {
    match next {
        Next::Link(link_type) => link(cursor, link_type),
        Next::EtherType(kind) => behind_ether_type(cursor, kind, step),
        Next::Mpls => {
            cursor.heading("mpls", "MultiProtocol Label Switching", mpls);
        }
        Next::PppoeSession => {
            cursor.heading("pppoes", "PPP over Ethernet Session", pppoe);
        }
        Next::Ppp => {
            cursor.heading("ppp", "Point-to-Point Protocol", point_to_point);
        }
        Next::Ip => {}
    }
    if let Step::Done(Dissected::Undecoded(Undecoded::LinkType(link_type))) = step {
        let why = format!("unsupported link type: {link_type}");
        cursor.octets_as("tapline.not_dissected", "Not Dissected", cursor.left().len(), |_| why);
    }
}

fn link(cursor: &mut Cursor<'_>, link_type: LinkType) {
    match link_type {
        LinkType::ETHERNET => {
            cursor.heading("eth", "Ethernet", ethernet);
            cursor.describe_way("eth.src", "eth.dst");
        }
        LinkType::NULL | LinkType::LOOP => {
            cursor.heading("null", "Null/Loopback", |cursor| loopback(cursor));
        }
        LinkType::LINUX_SLL => {
            cursor.heading("sll", "Linux Cooked Capture v1", cooked);
        }
        LinkType::LINUX_SLL2 => {
            cursor.heading("sll", "Linux Cooked Capture v2", cooked_v2);
        }
        LinkType::ARCNET_BSD | LinkType::ARCNET_LINUX => whole(cursor, "arcnet", "ARCNET"),
        LinkType::IEEE802_11 => whole(cursor, "wlan", "IEEE 802.11"),
        LinkType::IEEE802_11_RADIOTAP => whole(cursor, "radiotap", "Radiotap and IEEE 802.11"),
        LinkType::PPI => whole(cursor, "ppi", "Per-Packet Information"),
        LinkType::IPOIB => whole(cursor, "infiniband", "IP over InfiniBand"),
        LinkType::JUNIPER_ETHER => whole(cursor, "juniper", "Juniper and Ethernet"),
        _ => {}
    }
}

/// A header that is not told apart.
fn whole(cursor: &mut Cursor<'_>, name: &'static str, label: &'static str) {
    cursor.rest_as(name, label, hex);
}

fn hardware(cursor: &mut Cursor<'_>, name: &'static str, label: &'static str) -> Option<()> {
    cursor.octets_as(name, label, 6, mac).map(|_| ())
}

/// `02:77:00:00:00:10`.
fn mac(octets: &[u8]) -> String {
    let octets: Vec<_> = octets.iter().map(|octet| format!("{octet:02x}")).collect();
    octets.join(":")
}

/// RFC 894; below 1536 the last field is a length (IEEE 802.3 §3.2.6).
fn ethernet(cursor: &mut Cursor<'_>) -> Option<()> {
    hardware(cursor, "eth.dst", "Destination")?;
    hardware(cursor, "eth.src", "Source")?;
    match cursor.left().first_chunk().map(|&kind| u16::from_be_bytes(kind)) {
        Some(0..1536) => cursor.u16("eth.len", "Length").map(|_| ()),
        _ => kind(cursor, "eth.type", "Type"),
    }
}

fn kind(cursor: &mut Cursor<'_>, name: &'static str, label: &'static str) -> Option<()> {
    cursor.u16_as(name, label, |kind| named_hex(ether_type(kind), kind)).map(|_| ())
}

/// An address family in the byte order of the host that captured.
fn loopback(cursor: &mut Cursor<'_>) -> Option<()> {
    let ([a, b, c, d], at) = cursor.take("Family")?;
    let family = u32::from_be_bytes([a, b, c, d]).min(u32::from_le_bytes([a, b, c, d]));
    cursor.push(Field::leaf("null.family", "Family", family.to_string(), at));
    Some(())
}

/// `LINKTYPE_LINUX_SLL`.
fn cooked(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.u16("sll.pkttype", "Packet Type")?;
    cursor.u16("sll.hatype", "Link-Layer Address Type")?;
    let length = cursor.u16("sll.halen", "Link-Layer Address Length")?;
    cooked_address(cursor, usize::from(length))?;
    kind(cursor, "sll.etype", "Protocol")
}

/// `LINKTYPE_LINUX_SLL2`.
fn cooked_v2(cursor: &mut Cursor<'_>) -> Option<()> {
    kind(cursor, "sll.etype", "Protocol")?;
    cursor.octets("sll.reserved", "Reserved", 2)?;
    cursor.u32("sll.ifindex", "Interface Index")?;
    cursor.u16("sll.hatype", "Link-Layer Address Type")?;
    cursor.u8("sll.pkttype", "Packet Type")?;
    let length = cursor.u8("sll.halen", "Link-Layer Address Length")?;
    cooked_address(cursor, usize::from(length))
}

/// Eight octets, of which the address uses so many.
fn cooked_address(cursor: &mut Cursor<'_>, length: usize) -> Option<()> {
    let used = length.min(8);
    let name = if used == 6 { "sll.src.eth" } else { "sll.src.other" };
    if used > 0 {
        cursor.octets_as(name, "Source", used, mac)?;
    }
    if used < 8 {
        cursor.octets("sll.unused", "Unused", 8 - used)?;
    }
    Some(())
}

/// What an `EtherType` led to.
fn behind_ether_type(cursor: &mut Cursor<'_>, ether_type: u16, step: &Step<'_>) {
    match ether_type {
        0x8100 => {
            let names = ["vlan.priority", "vlan.dei", "vlan.id", "vlan.etype"];
            cursor.heading("vlan", "802.1Q Virtual LAN", |cursor| vlan(cursor, names));
        }
        0x88a8 | 0x9100 => {
            let names = ["ieee8021ad.priority", "ieee8021ad.dei", "ieee8021ad.id", "ieee8021ad.etype"];
            cursor.heading("ieee8021ad", "802.1ad Service VLAN", |cursor| vlan(cursor, names));
        }
        0..1536 => {
            cursor.heading("llc", "Logical-Link Control", llc);
        }
        _ if matches!(step, Step::Done(Dissected::Other(Other::Arp))) => {
            cursor.heading("arp", "Address Resolution Protocol", arp);
        }
        _ => {}
    }
}

/// IEEE 802.1Q §9.6: priority, drop eligible indicator and identifier in one word.
fn vlan(cursor: &mut Cursor<'_>, [priority, dei, id, inner]: [&'static str; 4]) -> Option<()> {
    let ([high, low], at) = cursor.take("Tag Control Information")?;
    cursor.push(Field::leaf(priority, "Priority", (high >> 5).to_string(), at.clone()));
    cursor.push(Field::leaf(dei, "DEI", (high >> 4 & 1).to_string(), at.clone()));
    let number = u16::from_be_bytes([high & 0xf, low]);
    cursor.push(Field::leaf(id, "ID", number.to_string(), at));
    kind(cursor, inner, "Type")
}

/// IEEE 802.2, and SNAP (RFC 1042).
fn llc(cursor: &mut Cursor<'_>) -> Option<()> {
    let hex8 = |octet: u8| format!("0x{octet:02x}");
    let dsap = cursor.u8_as("llc.dsap", "DSAP", hex8)?;
    let ssap = cursor.u8_as("llc.ssap", "SSAP", hex8)?;
    let control = cursor.u8_as("llc.control", "Control", hex8)?;
    if (dsap, ssap, control) == (0xaa, 0xaa, 3) {
        cursor.octets("llc.oui", "Organization Code", 3)?;
        kind(cursor, "llc.type", "Type")?;
    }
    Some(())
}

/// RFC 826.
fn arp(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.u16("arp.hw.type", "Hardware Type")?;
    kind(cursor, "arp.proto.type", "Protocol Type")?;
    let hardware = usize::from(cursor.u8("arp.hw.size", "Hardware Size")?);
    let protocol = usize::from(cursor.u8("arp.proto.size", "Protocol Size")?);
    cursor.u16("arp.opcode", "Opcode")?;
    let names = [
        ["arp.src.hw_mac", "arp.src.hw", "Sender Hardware Address"],
        ["arp.src.proto_ipv4", "arp.src.proto", "Sender Protocol Address"],
        ["arp.dst.hw_mac", "arp.dst.hw", "Target Hardware Address"],
        ["arp.dst.proto_ipv4", "arp.dst.proto", "Target Protocol Address"],
    ];
    for (nth, [usual, other, label]) in names.into_iter().enumerate() {
        match (nth % 2, hardware, protocol) {
            (0, 6, _) => cursor.octets_as(usual, label, 6, mac).map(|_| ()),
            (0, length, _) => cursor.octets(other, label, length).map(|_| ()),
            (_, _, 4) => super::ip::address(cursor, usual, label),
            (_, _, length) => cursor.octets(other, label, length).map(|_| ()),
        }?;
    }
    Some(())
}

/// RFC 3032 §2.1: label, traffic class, bottom of stack, time to live in one word.
fn mpls(cursor: &mut Cursor<'_>) -> Option<()> {
    let ([a, b, c, ttl], at) = cursor.take("Label")?;
    let label = u32::from_be_bytes([0, a, b, c]) >> 4;
    cursor.push(Field::leaf("mpls.label", "Label", label.to_string(), at.clone()));
    cursor.push(Field::leaf("mpls.exp", "Traffic Class", (c >> 1 & 7).to_string(), at.clone()));
    cursor.push(Field::leaf("mpls.bottom", "Bottom of Stack", (c & 1).to_string(), at.clone()));
    cursor.push(Field::leaf("mpls.ttl", "TTL", ttl.to_string(), at));
    Some(())
}

/// RFC 2516 §4.
fn pppoe(cursor: &mut Cursor<'_>) -> Option<()> {
    let ([octet], at) = cursor.take("Version")?;
    cursor.push(Field::leaf("pppoe.version", "Version", (octet >> 4).to_string(), at.clone()));
    cursor.push(Field::leaf("pppoe.type", "Type", (octet & 15).to_string(), at));
    cursor.u8_as("pppoe.code", "Code", |code| format!("0x{code:02x}"))?;
    cursor.u16_as("pppoe.session_id", "Session ID", |id| format!("0x{id:04x}"))?;
    cursor.u16("pppoe.payload_length", "Payload Length")?;
    Some(())
}

/// RFC 1661 §2, with the address and control of RFC 1662 §3.1 where they are sent. An odd first octet is a protocol
/// number of one octet.
fn point_to_point(cursor: &mut Cursor<'_>) -> Option<()> {
    if cursor.left().starts_with(&[0xff, 3]) {
        cursor.u8_as("ppp.address", "Address", |octet| format!("0x{octet:02x}"))?;
        cursor.u8_as("ppp.control", "Control", |octet| format!("0x{octet:02x}"))?;
    }
    match cursor.left().first() {
        Some(first) if first & 1 == 1 => {
            cursor.u8_as("ppp.protocol", "Protocol", |n| named_hex(ppp(n.into()), n.into())).map(|_| ())
        }
        _ => cursor.u16_as("ppp.protocol", "Protocol", |n| named_hex(ppp(n), n)).map(|_| ()),
    }
}
