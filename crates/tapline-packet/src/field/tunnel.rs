//! UDP (RFC 768), and what tunnels packets: GRE, VXLAN, Geneve, EtherIP, IPComp.

use super::names::{ether_type, named, named_hex, protocol};
use super::{Cursor, Field, hex};
use crate::dissect::Step;

/// A datagram's header, then its payload, or the header of the tunnel that `step` led into.
pub(super) fn udp(cursor: &mut Cursor<'_>, step: Option<&Step<'_>>) {
    let port = cursor.heading("udp", "User Datagram Protocol", |cursor| {
        cursor.u16("udp.srcport", "Source Port")?;
        let port = cursor.u16("udp.dstport", "Destination Port")?;
        cursor.u16("udp.length", "Length")?;
        cursor.u16_as("udp.checksum", "Checksum", |sum| format!("0x{sum:04x}"))?;
        Some(port)
    });
    cursor.describe_way("udp.srcport", "udp.dstport");
    match (step, port) {
        (Some(Step::Inner(..)), Some(6081)) => {
            cursor.heading("geneve", "Generic Network Virtualization Encapsulation", geneve);
        }
        (Some(Step::Inner(..)), _) => {
            cursor.heading("vxlan", "Virtual eXtensible Local Area Network", vxlan);
        }
        _ => {
            cursor.rest("udp.payload", "UDP Payload");
        }
    }
}

/// RFC 7348 §5, draft-ietf-nvo3-vxlan-gpe.
fn vxlan(cursor: &mut Cursor<'_>) -> Option<()> {
    let ([high, low], at) = cursor.take("Flags")?;
    cursor.push(Field::leaf("vxlan.flags", "Flags", format!("0x{high:02x}{low:02x}"), at));
    cursor.u16_as("vxlan.gbp", "Group Policy ID, or Next Protocol", |id| id.to_string())?;
    cursor.u24("vxlan.vni", "VXLAN Network Identifier (VNI)")?;
    cursor.u8("vxlan.reserved8", "Reserved")?;
    Some(())
}

/// RFC 8926 §3.4.
fn geneve(cursor: &mut Cursor<'_>) -> Option<()> {
    let ([first], at) = cursor.take("Version")?;
    cursor.push(Field::leaf("geneve.version", "Version", (first >> 6).to_string(), at.clone()));
    let length = 4 * usize::from(first & 0x3f);
    cursor.push(Field::leaf("geneve.option_length", "Length of Options", format!("{length} octets"), at));
    cursor.u8_as("geneve.flags", "Flags", |flags| format!("0x{flags:02x}"))?;
    cursor.u16_as("geneve.proto_type", "Protocol Type", |kind| named_hex(ether_type(kind), kind))?;
    cursor.u24("geneve.vni", "Virtual Network Identifier (VNI)")?;
    cursor.u8("geneve.reserved", "Reserved")?;
    cursor.rest_as("geneve.options", "Options", hex);
    Some(())
}

/// RFC 2784 §2, RFC 2890 §2; what the tunnelled protocol puts before the packet stays one field.
pub(super) fn gre(cursor: &mut Cursor<'_>) {
    cursor.heading("gre", "Generic Routing Encapsulation", |cursor| {
        let flags = cursor.heading("gre.flags_and_version", "Flags and Version", |cursor| {
            let ([high, low], at) = cursor.take("Flags and Version")?;
            let bits = [
                ("gre.flags.checksum", "Checksum", 0x80),
                ("gre.flags.routing", "Routing", 0x40),
                ("gre.flags.key", "Key", 0x20),
                ("gre.flags.sequence_number", "Sequence Number", 0x10),
            ];
            for (name, label, bit) in bits {
                let value = u8::from(high & bit != 0).to_string();
                cursor.push(Field::leaf(name, label, value, at.clone()));
            }
            cursor.push(Field::leaf("gre.flags.version", "Version", (low & 7).to_string(), at));
            Some([high, low])
        });
        let [high, low] = flags?;
        cursor.describe(format!("0x{high:02x}{low:02x}"));
        cursor.u16_as("gre.proto", "Protocol Type", |kind| named_hex(ether_type(kind), kind))?;
        if low & 7 != 0 || high & 0x40 != 0 {
            return None;
        }
        if high & 0x80 != 0 {
            cursor.u16_as("gre.checksum", "Checksum", |sum| format!("0x{sum:04x}"))?;
            cursor.u16("gre.offset", "Reserved")?;
        }
        if high & 0x20 != 0 {
            cursor.u32_as("gre.key", "Key", |key| format!("0x{key:08x}"))?;
        }
        if high & 0x10 != 0 {
            cursor.u32("gre.sequence_number", "Sequence Number")?;
        }
        Some(())
    });
    cursor.rest_as("gre.inner_header", "Header of the Tunnelled Protocol", hex);
}

/// RFC 3378 §3.
pub(super) fn ether_ip(cursor: &mut Cursor<'_>) {
    cursor.octets("etherip", "Ethernet within IP", 2);
    cursor.rest("data.data", "Data");
}

/// RFC 3173 §3.3.
pub(super) fn ip_comp(cursor: &mut Cursor<'_>) {
    cursor.heading("ipcomp", "IP Payload Compression", |cursor| {
        cursor.u8_as("ipcomp.next", "Next Header", |number| named(protocol(number), number))?;
        cursor.u8_as("ipcomp.flags", "Flags", |flags| format!("0x{flags:02x}"))?;
        cursor.u16_as("ipcomp.cpi", "Compression Parameter Index", |cpi| format!("0x{cpi:04x}"))
    });
    cursor.rest("ipcomp.data", "Compressed Data");
}
