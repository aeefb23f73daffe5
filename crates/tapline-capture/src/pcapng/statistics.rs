//! Interface statistics blocks (§4.6). They count from the start of the capture, so the last one stands.

use nom::Parser;
use nom::number::Endianness;

use super::options;
use crate::facts::Interface;
use crate::parse::{Malformed, Parsed, number32, octets};

/// The interface and the options.
pub(crate) fn fixed(input: &[u8], order: Endianness) -> Parsed<'_, (u32, &[u8])> {
    let (input, interface) = number32(order, "the interface").parse(input)?;
    let (options, _time) = octets(8, "the time").parse(input)?;
    Ok((&[], (interface, options)))
}

/// Sets the counters that the block states; those that it does not state stay.
pub(crate) fn note(options: &[u8], order: Endianness, interface: &mut Interface) -> Result<(), Malformed> {
    options::each(options, order, |code, octets| {
        let counter = match code {
            4 => &mut interface.received,
            5 => &mut interface.dropped,
            7 => &mut interface.os_dropped,
            _ => return,
        };
        *counter = options::number(octets, order).or(*counter);
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_that_are_not_stated_stay() {
        let mut interface = Interface { received: Some(1), os_dropped: Some(2), ..Interface::default() };
        let options = b"\0\x04\0\x08\0\0\0\0\0\0\0\x4d\0\x05\0\x08\0\0\0\0\0\0\0\x05\0\x07\0\x02\0\0\0\0";
        note(options, Endianness::Big, &mut interface).unwrap();
        assert_eq!(
            (interface.received, interface.dropped, interface.os_dropped),
            (Some(77), Some(5), Some(2))
        );
    }
}
