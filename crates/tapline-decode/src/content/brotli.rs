//! Brotli (RFC 7932), with windows up to 16 MiB.

use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};

use super::Stop;

/// Octets of content that are handed on at once.
const BLOCK: usize = 8 << 10;

/// Undoes brotli.
pub(super) struct Decompressor {
    state: BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>,
    total: usize,
    over: bool,
}

impl Default for Decompressor {
    fn default() -> Self {
        let alloc = StandardAlloc::default;
        // Strict: no windows above those of the RFC.
        Self { state: BrotliState::new_strict(alloc(), alloc(), alloc()), total: 0, over: false }
    }
}

impl Decompressor {
    pub(super) fn is_over(&self) -> bool {
        self.over
    }

    pub(super) fn push(
        &mut self,
        octets: &[u8],
        out: &mut dyn FnMut(&[u8]) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let mut block = [0; BLOCK];
        let (mut left, mut used) = (octets.len(), 0);
        while !self.over {
            let (mut room, mut made) = (BLOCK, 0);
            let result = BrotliDecompressStream(
                &mut left,
                &mut used,
                octets,
                &mut room,
                &mut made,
                &mut block,
                &mut self.total,
                &mut self.state,
            );
            out(block.get(..made).unwrap_or_default())?;
            match result {
                BrotliResult::ResultFailure => return Err(Stop::Broken),
                BrotliResult::ResultSuccess => self.over = true,
                // Where the block is full, more may wait although all octets are used.
                BrotliResult::NeedsMoreInput if made < BLOCK => return Ok(()),
                BrotliResult::NeedsMoreInput | BrotliResult::NeedsMoreOutput => {}
            }
        }
        if left > 0 { Err(Stop::Trailing) } else { Ok(()) }
    }
}
