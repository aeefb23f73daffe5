//! Reads capture files as one and counts: how fast is reading alone?
//!
//! `cargo run --release -p tapline-capture --example count -- big.pcapng`

use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

use tapline_capture::{Item, open};

fn main() -> Result<(), Box<dyn Error>> {
    let paths: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let begun = Instant::now();
    let mut source = open(&paths)?;
    let (mut packets, mut octets, mut sum) = (0_u64, 0_u64, 0_u64);
    loop {
        match source.next() {
            Item::Packet(packet) => {
                packets += 1;
                octets += packet.data.len() as u64;
                // Touches the packet as a decoder of headers would.
                sum += packet.data.iter().take(54).map(|octet| u64::from(*octet)).sum::<u64>();
            }
            Item::Idle => {}
            Item::End => break,
        }
    }
    let facts = source.facts();
    eprintln!(
        "{packets} packets, {octets} octets, sum {sum}, {} interfaces, {} damages, {:?}",
        facts.interfaces.len(),
        facts.damages.len(),
        begun.elapsed()
    );
    Ok(())
}
