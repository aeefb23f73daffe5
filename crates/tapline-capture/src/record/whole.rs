//! A file of whole blocks.

use std::fs::File;
use std::io::{self, Seek, Write};

use crate::limits::WRITE_BYTES;

/// Collects blocks and writes them in large pieces. Each `write` is a whole block: what is in the file always ends with
/// one, also where the disk is full.
pub(super) struct Whole {
    file: File,
    /// Octets in the file.
    written: u64,
    blocks: Vec<u8>,
}

impl Whole {
    pub(super) fn new(file: File) -> Self {
        Self { file, written: 0, blocks: Vec::new() }
    }

    /// Octets in the file, and on their way to it.
    pub(super) fn bytes(&self) -> u64 {
        self.written + self.blocks.len() as u64
    }
}

impl Write for Whole {
    fn write(&mut self, block: &[u8]) -> io::Result<usize> {
        if self.blocks.len() + block.len() > WRITE_BYTES {
            self.flush()?;
        }
        self.blocks.extend_from_slice(block);
        Ok(block.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let result = self.file.write_all(&self.blocks);
        if result.is_ok() {
            self.written += self.blocks.len() as u64;
        } else {
            self.cut_back();
        }
        self.blocks.clear();
        result
    }
}

impl Whole {
    /// Cuts off the block that was written in part.
    fn cut_back(&mut self) {
        let end = self.file.stream_position().unwrap_or(self.written);
        self.written += whole_blocks(&self.blocks, end.saturating_sub(self.written));
        // What cannot be cut shows as a cut capture when it is read.
        let _ = self.file.set_len(self.written);
    }
}

/// Octets of the blocks that lie whole in the first so many octets. A block's length stands behind its type.
fn whole_blocks(blocks: &[u8], octets: u64) -> u64 {
    let mut end = 0;
    loop {
        let length = usize::try_from(end).ok().and_then(|end| blocks.get(end + 4..)?.first_chunk());
        let next = end + length.map_or(0, |length| u64::from(u32::from_le_bytes(*length)));
        if next == end || next > octets {
            return end;
        }
        end = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_in_part_is_found() {
        let block = |length: u32| {
            let mut block = vec![0; length as usize];
            block[4..8].copy_from_slice(&length.to_le_bytes());
            block
        };
        let blocks = [block(12), block(32), block(20)].concat();
        for (octets, expected) in [(0, 0), (11, 0), (12, 12), (43, 12), (44, 44), (63, 44), (64, 64)] {
            assert_eq!(whole_blocks(&blocks, octets), expected, "{octets}");
        }
    }

    #[test]
    fn blocks_are_written_together_up_to_a_size() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut whole = Whole::new(file.reopen().unwrap());
        let in_file = || file.as_file().metadata().unwrap().len();
        whole.write_all(&[1; 12]).unwrap();
        whole.write_all(&vec![2; WRITE_BYTES - 12]).unwrap();
        assert_eq!((in_file(), whole.bytes()), (0, WRITE_BYTES as u64));
        whole.write_all(&[3; 12]).unwrap();
        assert_eq!((in_file(), whole.bytes()), (WRITE_BYTES as u64, WRITE_BYTES as u64 + 12));
        whole.write_all(&vec![4; 2 * WRITE_BYTES]).unwrap();
        whole.flush().unwrap();
        assert_eq!(in_file(), 3 * WRITE_BYTES as u64 + 12, "a block that is larger goes whole");
    }
}
