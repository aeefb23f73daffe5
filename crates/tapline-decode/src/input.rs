//! The octets of one call, used up from the front.

use crate::parse::span;

/// Octets that have not been used, and where they stand in the stream.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Input<'a> {
    pub(crate) offset: u64,
    pub(crate) octets: &'a [u8],
}

impl<'a> Input<'a> {
    /// Takes up to `count` octets.
    pub(crate) fn take(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.octets.split_at(count.min(self.octets.len()));
        self.octets = rest;
        self.offset = self.offset.saturating_add(span(taken.len()));
        taken
    }

    /// Takes all of them.
    pub(crate) fn take_all(&mut self) -> &'a [u8] {
        self.take(usize::MAX)
    }

    /// Runs `read` over what was held from earlier calls and what is here. `read` says how many octets it
    /// used, more than were held; where it cannot tell yet, everything is held for the next call.
    pub(crate) fn with_held<R>(
        &mut self,
        held: &mut Vec<u8>,
        read: impl FnOnce(&[u8]) -> Option<(usize, R)>,
    ) -> Option<R> {
        let before = held.len();
        let result = if before == 0 {
            read(self.octets)
        } else {
            held.extend_from_slice(self.octets);
            read(held)
        };
        match result {
            Some((used, result)) => {
                self.take(used.saturating_sub(before));
                *held = Vec::new();
                Some(result)
            }
            None if before == 0 => {
                held.extend_from_slice(self.take_all());
                None
            }
            None => {
                self.take_all();
                None
            }
        }
    }
}
