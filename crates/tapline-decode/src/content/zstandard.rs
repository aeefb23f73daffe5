//! Zstandard (RFC 8878), with windows up to 8 MiB as HTTP has them (RFC 9659).

use zstd::stream::raw::{Decoder, InBuffer, Operation, OutBuffer};
use zstd::zstd_safe::DParameter;

use super::Stop;
use crate::limits::ZSTD_WINDOW_LOG_MAX;

/// Octets of content that are handed on at once.
const BLOCK: usize = 8 << 10;

/// Undoes zstd; made with the first octet.
#[derive(Default)]
pub(super) struct Decompressor {
    context: Option<Decoder<'static>>,
    /// A frame has ended and no other begun.
    over: bool,
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
        if self.context.is_none() {
            self.context = Some(context().ok_or(Stop::Broken)?);
        }
        let Some(context) = &mut self.context else { return Err(Stop::Broken) };
        let mut input = InBuffer::around(octets);
        let mut block = [0; BLOCK];
        loop {
            let mut output = OutBuffer::around(block.as_mut_slice());
            let expected = context.run(&mut input, &mut output).map_err(|_| Stop::Broken)?;
            let made = output.pos();
            self.over = expected == 0;
            out(block.get(..made).unwrap_or_default())?;
            // Another turn behind the end of a frame would begin the next one.
            if input.pos() == octets.len() && (self.over || made < BLOCK) {
                return Ok(());
            }
        }
    }
}

fn context() -> Option<Decoder<'static>> {
    let mut context = Decoder::new().ok()?;
    context.set_parameter(DParameter::WindowLogMax(ZSTD_WINDOW_LOG_MAX)).ok()?;
    Some(context)
}
