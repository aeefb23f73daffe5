//! A section: its header (§4.1), and the interfaces it has described so far.

use nom::Parser;
use nom::number::Endianness;
use nom::number::complete::u64;
use tapline_packet::LinkType;

use super::options::{self, COMMENT};
use super::packet::{self, Captured, Time};
use super::{interface, statistics};
use crate::clock::Clock;
use crate::facts::Section;
use crate::file::{Found, Notes};
use crate::parse::{Malformed, Parsed, number16, value};
use crate::text::readable;

/// What a section has said so far.
pub(crate) struct State {
    pub(crate) order: Endianness,
    interfaces: Vec<Known>,
}

/// An interface of this section.
#[derive(Clone, Copy)]
struct Known {
    /// Index over all files; `None` where there were too many.
    index: Option<u32>,
    link_type: LinkType,
    snaplen: u32,
    clock: Clock,
}

impl State {
    pub(crate) fn new(order: Endianness) -> Self {
        Self { order, interfaces: Vec::new() }
    }

    /// Octets after which the first interface cuts; `None` where it does not or does not exist.
    pub(crate) fn first_snaplen(&self) -> Option<u32> {
        self.interfaces.first().map(|first| first.snaplen).filter(|snaplen| *snaplen != 0)
    }

    /// Reads an interface description block. What stands before malformed options counts.
    pub(crate) fn describe_interface(&mut self, body: &[u8], notes: &mut Notes<'_>) -> Result<(), Malformed> {
        let (described, clock, result) = interface::describe(body, self.order, notes.file)?;
        let link_type = described.link_type.unwrap_or(LinkType::NULL);
        let snaplen = described.snaplen.unwrap_or(0);
        let known = self.interfaces.len() < crate::limits::INTERFACES_MAX;
        let index = if interface::may_keep(&described, notes.facts) {
            notes.facts.add_interface(described)
        } else {
            None
        };
        if known {
            self.interfaces.push(Known { index, link_type, snaplen, clock });
        }
        result
    }

    /// Reads an interface statistics block.
    pub(crate) fn note_statistics(&mut self, body: &[u8], notes: &mut Notes<'_>) -> Result<(), Malformed> {
        let (id, options) = value(statistics::fixed(body, self.order))?;
        let known = self.known(id)?;
        let noted =
            known.index.and_then(|index| notes.facts.interfaces.get_mut(usize::try_from(index).ok()?));
        match noted {
            Some(interface) => statistics::note(options, self.order, interface),
            None => Ok(()),
        }
    }

    /// Finds a packet's interface and with it its time; notes its options.
    pub(crate) fn locate(
        &self,
        packet: &Captured<'_>,
        notes: &mut Notes<'_>,
    ) -> Result<Option<Found>, Malformed> {
        let known = self.known(packet.interface)?;
        let Some(interface) = known.index else { return Ok(None) };
        let at = match packet.time {
            Time::Unknown => None,
            Time::Ticks(ticks) => known.clock.time(ticks),
        };
        if !packet.options.is_empty() || packet.dropped.is_some() {
            let noted = packet::note(packet, self.order, interface, at, notes);
            if let Err(malformed) = noted {
                notes.damage(notes.offset, format!("options of a packet: {malformed}"));
            }
        }
        Ok(Some(Found {
            at,
            interface,
            link_type: known.link_type,
            wire_length: packet.wire_length.max(u32::try_from(packet.data.len()).unwrap_or(u32::MAX)),
            start: packet.start,
            length: packet.data.len(),
        }))
    }

    fn known(&self, id: u32) -> Result<Known, Malformed> {
        let place = usize::try_from(id).ok();
        let known = place.and_then(|place| self.interfaces.get(place)).copied();
        known.ok_or(Malformed::UndescribedInterface(id))
    }
}

/// Reads a section header block. What stands before malformed options counts.
pub(crate) fn note(body: &[u8], order: Endianness, notes: &mut Notes<'_>) -> Result<(), Malformed> {
    let (version, options) = value(fixed(body, order))?;
    let mut section = Section { file: notes.file, ..Section::default() };
    let mut bytes = 0;
    let result = options::each(options, order, |code, octets| {
        bytes += octets.len();
        match code {
            COMMENT => section.comments.push(readable(octets)),
            2 => section.hardware = Some(readable(octets)),
            3 => section.os = Some(readable(octets)),
            4 => section.application = Some(readable(octets)),
            _ => {}
        }
    });
    if notes.facts.may_keep(bytes, "sections") {
        notes.facts.add_section(section);
    }
    // 1.2 was written by mistake, and is 1.0.
    if matches!(version, (1, 0 | 2)) { result } else { Err(Malformed::UnknownVersion(version)) }
}

/// Version and options; the section's length is not needed and often −1.
fn fixed(input: &[u8], order: Endianness) -> Parsed<'_, ((u16, u16), &[u8])> {
    let (input, _magic) = crate::parse::number32(order, "the byte-order magic").parse(input)?;
    let (input, major) = number16(order, "the major version").parse(input)?;
    let (input, minor) = number16(order, "the minor version").parse(input)?;
    let (options, _length) = nom::error::context("the section's length", u64(order)).parse(input)?;
    Ok((&[], ((major, minor), options)))
}
