//! ICMP (RFC 792) and ICMPv6 (RFC 4443): the header, and the packet that an error quotes.

use super::{Cursor, ip};
use crate::{IcmpReason, IcmpVersion};

/// A message. What is quoted in a quoted packet is not looked into.
pub(super) fn icmp(cursor: &mut Cursor<'_>, version: IcmpVersion, quoted: bool) {
    let (name, label) = match version {
        IcmpVersion::V4 => ("icmp", "Internet Control Message Protocol"),
        IcmpVersion::V6 => ("icmpv6", "Internet Control Message Protocol v6"),
    };
    let reason = cursor.heading(name, label, |cursor| header(cursor, version));
    match reason {
        Some(reason) if reason.is_error() && !quoted && !cursor.is_empty() => {
            cursor.heading("tapline.icmp.quoted", "Quoted Packet", |cursor| {
                let whole = cursor.left();
                ip::ip(cursor, whole, None);
            });
        }
        Some(reason) if is_echo(reason) => {
            cursor.rest("data.data", "Data");
        }
        _ => {
            cursor.rest("tapline.icmp.message", "Message");
        }
    }
}

fn is_echo(reason: IcmpReason) -> bool {
    matches!((reason.version, reason.kind), (IcmpVersion::V4, 0 | 8) | (IcmpVersion::V6, 128 | 129))
}

fn header(cursor: &mut Cursor<'_>, version: IcmpVersion) -> Option<IcmpReason> {
    let v6 = version == IcmpVersion::V6;
    let pick = |four: &'static str, six: &'static str| if v6 { six } else { four };
    let kind = cursor.u8(pick("icmp.type", "icmpv6.type"), "Type")?;
    let code = cursor.u8(pick("icmp.code", "icmpv6.code"), "Code")?;
    let reason = IcmpReason { version, kind, code };
    if let Some(name) = reason.name() {
        cursor.describe(format!("{code} ({name})"));
    }
    cursor.u16_as(pick("icmp.checksum", "icmpv6.checksum"), "Checksum", |sum| format!("0x{sum:04x}"))?;
    match (version, kind, code) {
        (IcmpVersion::V4, 0 | 8, _) => {
            cursor.u16("icmp.ident", "Identifier")?;
            cursor.u16("icmp.seq", "Sequence Number")?;
        }
        (IcmpVersion::V6, 128 | 129, _) => {
            cursor.u16("icmpv6.echo.identifier", "Identifier")?;
            cursor.u16("icmpv6.echo.sequence_number", "Sequence")?;
        }
        (IcmpVersion::V4, 3, 4) => {
            cursor.octets("icmp.unused", "Unused", 2)?;
            cursor.u16("icmp.mtu", "MTU of Next Hop")?;
        }
        (IcmpVersion::V6, 2, _) => {
            cursor.u32("icmpv6.mtu", "MTU")?;
        }
        (IcmpVersion::V4, 5, _) => {
            ip::address(cursor, "icmp.redir_gw", "Gateway Address")?;
        }
        _ if reason.is_error() => {
            cursor.octets(pick("icmp.unused", "icmpv6.reserved"), "Unused", 4)?;
        }
        _ => {}
    }
    Some(reason)
}
