//! Name resolution blocks (§4.5): an address and its names a record.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use nom::Parser;
use nom::number::Endianness;

use crate::facts::Name;
use crate::file::Notes;
use crate::parse::{Malformed, Parsed, number16, padded, value};
use crate::text::readable;

/// The end of the records; options follow.
const END: u16 = 0;
const IPV4: u16 = 1;
const IPV6: u16 = 2;

/// Reads a name resolution block. Records of other kinds (MAC addresses) are skipped by their length.
pub(crate) fn note(mut input: &[u8], order: Endianness, notes: &mut Notes<'_>) -> Result<(), Malformed> {
    while !input.is_empty() {
        let (rest, (kind, octets)) = match record(input, order) {
            Ok(read) => read,
            Err(error) => return value(Err(error)),
        };
        let name = match kind {
            END => break,
            IPV4 => {
                octets.split_first_chunk::<4>().map(|(address, names)| name(Ipv4Addr::from(*address), names))
            }
            IPV6 => {
                octets.split_first_chunk::<16>().map(|(address, names)| name(Ipv6Addr::from(*address), names))
            }
            _ => None,
        };
        if let Some(name) = name {
            notes.facts.add_name(name);
        }
        input = rest;
    }
    Ok(())
}

fn record(input: &[u8], order: Endianness) -> Parsed<'_, (u16, &[u8])> {
    let (input, kind) = number16(order, "a record's type").parse(input)?;
    let (input, length) = number16(order, "a record's length").parse(input)?;
    let (input, octets) = padded(input, usize::from(length), "a record's value")?;
    Ok((input, (kind, octets)))
}

/// Names end with a zero octet each.
fn name(address: impl Into<IpAddr>, names: &[u8]) -> Name {
    let names = names.split(|octet| *octet == 0).filter(|name| !name.is_empty()).map(readable).collect();
    Name { address: address.into(), names }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_several_names() {
        let read = name(Ipv4Addr::new(10, 0, 0, 1), b"a.org\0b.org\0");
        assert_eq!(read.names, ["a.org", "b.org"]);
        assert_eq!(name(Ipv4Addr::LOCALHOST, b"unended").names, ["unended"]);
        assert!(name(Ipv4Addr::LOCALHOST, b"\0").names.is_empty());
    }
}
