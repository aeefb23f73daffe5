//! Reads capture files as one and writes them as one pcapng file to standard output, facts to standard error.
//!
//! `cargo run -p tapline-capture --example recapture -- a.pcap b.pcapng.gz > both.pcapng`

use std::error::Error;
use std::io::{BufWriter, stdout};
use std::path::PathBuf;

use tapline_capture::{Item, PcapngWriter, open};
use tapline_packet::{Packet, Timestamp};

fn main() -> Result<(), Box<dyn Error>> {
    let paths: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let mut source = open(&paths)?;
    let mut writer = PcapngWriter::new(BufWriter::new(stdout().lock()), "recapture")?;
    let (mut interfaces, mut secrets) = (0, 0);
    loop {
        // Facts are known by the time that a packet needs them: copy the packet, then write them before it.
        let (number, at, interface, link_type, wire_length, data) = match source.next() {
            Item::Packet(packet) => (
                packet.number,
                packet.at,
                packet.interface,
                packet.link_type,
                packet.wire_length,
                packet.data.to_vec(),
            ),
            Item::Idle => continue,
            Item::End => break,
        };
        for new in source.facts().interfaces.iter().skip(interfaces) {
            writer.interface(new)?;
            interfaces += 1;
        }
        for new in source.facts().secrets.iter().skip(secrets) {
            writer.secrets(new.kind, &new.bytes)?;
            secrets += 1;
        }
        let comment = source.facts().comments.last().filter(|comment| comment.packet == number);
        let packet = Packet { number, at, interface, link_type, wire_length, data: &data };
        writer.packet(&packet, comment.map(|comment| comment.text.as_str()))?;
    }
    for (index, interface) in (0..).zip(&source.facts().interfaces) {
        if interface.received.is_some() || interface.dropped.is_some() {
            writer.statistics(index, Timestamp(0), interface)?;
        }
    }
    for damage in &source.facts().damages {
        eprintln!("{damage}");
    }
    writer.flush()?;
    Ok(())
}
