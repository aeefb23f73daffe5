//! The whole reader over bytes in memory, for tests and for fuzzing.

use tapline_packet::Packet;

use crate::open::open_bytes;
use crate::{CaptureError, Facts, Item, Source};

/// Reads a capture that is in memory, plain or compressed, shows `visit` every packet and answers with what the
/// capture says beside them. Any bytes are welcome: the work is proportional to their number (after unpacking) and
/// nothing panics. `name` stands for the capture in errors and facts.
pub fn read_bytes(
    name: &str,
    bytes: &[u8],
    visit: &mut dyn FnMut(&Packet<'_>),
) -> Result<Facts, CaptureError> {
    let mut files = open_bytes(name, bytes.to_vec())?;
    loop {
        match files.next() {
            Item::Packet(packet) => visit(&packet),
            Item::Idle => {}
            Item::End => return Ok(files.into_facts()),
        }
    }
}
