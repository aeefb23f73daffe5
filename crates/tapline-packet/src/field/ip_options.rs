//! Options of IPv4 (RFC 791 §3.1, IANA "IP Option Numbers").

use super::ip::address;
use super::names::named;
use super::{Cursor, Field, hex};

/// A list of options, up to its end or to the one that ends it.
pub(super) fn options(cursor: &mut Cursor<'_>) {
    while let Some(&kind) = cursor.left().first() {
        match kind {
            0 => {
                cursor.heading("ip.opt", "End of Options List", |cursor| option_type(cursor));
                cursor.rest_as("ip.opt.padding", "Padding", hex);
            }
            1 => {
                cursor.heading("ip.opt", "No Operation", |cursor| option_type(cursor));
            }
            _ => {
                let label = name(kind).unwrap_or("Unknown Option");
                let whole = cursor.heading("ip.opt", label, |cursor| {
                    option_type(cursor)?;
                    let length = cursor.u8("ip.opt.len", "Length")?;
                    let Some(rest) = usize::from(length).checked_sub(2) else {
                        cursor.refuse("Length", "an option has at least two octets");
                        return None;
                    };
                    cursor.group("ip.opt.data", "Data", rest, |cursor| data(cursor, kind));
                    Some(())
                });
                if whole.is_none() {
                    return;
                }
            }
        }
    }
}

/// Copied flag, class and number in one octet.
fn option_type(cursor: &mut Cursor<'_>) -> Option<()> {
    let ([kind], at) = cursor.take("Type")?;
    let fields = vec![
        Field::leaf("ip.opt.type.copy", "Copy on Fragmentation", (kind >> 7).to_string(), at.clone()),
        Field::leaf("ip.opt.type.class", "Class", (kind >> 5 & 3).to_string(), at.clone()),
        Field::leaf("ip.opt.type.number", "Number", (kind & 31).to_string(), at.clone()),
    ];
    let value = named(name(kind), kind);
    cursor.push(Field { fields, ..Field::leaf("ip.opt.type", "Type", value, at) });
    Some(())
}

fn data(cursor: &mut Cursor<'_>, kind: u8) -> Option<()> {
    match kind {
        7 | 131 | 137 => {
            cursor.u8("ip.opt.ptr", "Pointer")?;
            while !cursor.is_empty() {
                address(cursor, "ip.opt.addr", "Address")?;
            }
        }
        68 => {
            cursor.u8("ip.opt.ptr", "Pointer")?;
            let ([octet], at) = cursor.take("Overflow")?;
            cursor.push(Field::leaf("ip.opt.overflow", "Overflow", (octet >> 4).to_string(), at.clone()));
            cursor.push(Field::leaf("ip.opt.flag", "Flag", (octet & 15).to_string(), at));
            while !cursor.is_empty() {
                cursor.u32("ip.opt.time_stamp", "Time Stamp or Address")?;
            }
        }
        136 => {
            cursor.u16("ip.opt.sid", "Stream Identifier")?;
        }
        148 => {
            cursor.u16("ip.opt.ra", "Router Alert")?;
        }
        _ => {
            cursor.rest_as("ip.opt.octets", "Octets", hex);
        }
    }
    Some(())
}

fn name(kind: u8) -> Option<&'static str> {
    Some(match kind {
        0 => "End of Options List",
        1 => "No Operation",
        7 => "Record Route",
        68 => "Time Stamp",
        130 => "Security",
        131 => "Loose Source Route",
        133 => "Extended Security",
        134 => "Commercial Security",
        136 => "Stream Identifier",
        137 => "Strict Source Route",
        148 => "Router Alert",
        25 => "Quick-Start",
        82 => "Traceroute",
        _ => return None,
    })
}
