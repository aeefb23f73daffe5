//! The classic pcap format: a header, then records until the file ends.

mod header;
mod record;

use crate::facts::Interface;
use crate::file::{Found, Notes, Step};
use crate::limits::BLOCK_BYTES_MAX;
use crate::parse::value;
use crate::window::{Fill, Window};
use header::{HEADER_BYTES, Header};

/// Reads a pcap file from its beginning.
///
/// ```text
/// Start ── header ──> Records ── record ──> Records
///   └── header cut        └── cut or absurd: noted, End
/// ```
#[derive(Default)]
pub(crate) struct Reader {
    /// `None` before the header was read.
    header: Option<(Header, u32)>,
}

impl Reader {
    /// Steps to the next packet.
    pub(crate) fn step(&mut self, window: &mut Window, notes: &mut Notes<'_>) -> Step {
        match self.header {
            Some((header, interface)) => record(header, interface, window, notes),
            None => match window.fill(HEADER_BYTES) {
                Fill::Enough => self.start(window, notes),
                Fill::Later => Step::Idle,
                Fill::Short => {
                    let there = window.rest().len();
                    notes.end(
                        window,
                        Some(&format!("cut inside the header: {there} of {HEADER_BYTES} bytes are there")),
                    )
                }
            },
        }
    }

    fn start(&mut self, window: &mut Window, notes: &mut Notes<'_>) -> Step {
        let header = match value(header::header(window.take(HEADER_BYTES))) {
            Ok(header) => header,
            Err(malformed) => return notes.end(window, Some(&malformed.to_string())),
        };
        if header.version.0 != 2 {
            let (major, minor) = header.version;
            notes.damage(4, format!("pcap version {major}.{minor} is unknown: read as 2.4"));
        }
        if header.reserved != 0 {
            let (bits, link_type) = (header.reserved, header.link_type);
            notes.damage(20, format!("reserved bits {bits:#010x} beside the link type: read as {link_type}"));
        }
        let described = Interface {
            file: notes.file,
            link_type: Some(header.link_type),
            snaplen: (header.snaplen != 0).then_some(header.snaplen),
            fcs_length: header.fcs_length,
            ..Interface::default()
        };
        let Some(interface) = notes.facts.add_interface(described) else {
            return notes.end(window, Some("too many interfaces in all files together"));
        };
        self.header = Some((header, interface));
        record(header, interface, window, notes)
    }
}

fn record(header: Header, interface: u32, window: &mut Window, notes: &mut Notes<'_>) -> Step {
    let head_bytes = header.record_head_bytes();
    match window.fill(head_bytes) {
        Fill::Enough => {}
        Fill::Later => return Step::Idle,
        Fill::Short => {
            let there = window.rest().len();
            let cut = format!("cut inside a record header: {there} of {head_bytes} bytes are there");
            return notes.end(window, (there > 0).then_some(&cut));
        }
    }
    let head = match value(record::head(window.rest(), header)) {
        Ok(head) => head,
        Err(malformed) => return notes.end(window, Some(&malformed.to_string())),
    };
    if head.is_zeros() && window.is_gone(head_bytes) {
        return notes.end(window, None);
    }
    let length = usize::try_from(head.captured).unwrap_or(usize::MAX);
    if length > BLOCK_BYTES_MAX {
        return notes
            .end(window, Some(&format!("a packet of {length} bytes: nothing after it can be found")));
    }
    match window.fill(head_bytes + length) {
        Fill::Enough => {}
        Fill::Later => return Step::Idle,
        Fill::Short => {
            let there = window.rest().len().saturating_sub(head_bytes);
            return notes
                .end(window, Some(&format!("cut inside a packet: {there} of {length} bytes are there")));
        }
    }
    window.take(head_bytes + length);
    Step::Packet(Found {
        at: Some(head.at),
        interface,
        link_type: header.link_type,
        wire_length: head.wire.max(head.captured),
        start: head_bytes,
        length,
    })
}
