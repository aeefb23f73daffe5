//! DNS over TCP: each message behind its length (RFC 1035 §4.2.2).

use crate::input::Input;
use crate::pair::Pair;
use crate::parse::span;
use crate::{Direction, Sink};

/// Octets of the length before each message.
const LENGTH_SIZE: usize = 2;

/// Both directions of a connection.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    sides: Pair<Side>,
}

#[derive(Debug, Default)]
struct Side {
    /// A message, or its length, whose rest has not come: at most 65,537 octets.
    held: Vec<u8>,
    /// Where `held` starts.
    held_at: u64,
    /// Octets are missing: where the next message begins is not known.
    lost: bool,
}

impl Decoder {
    pub(crate) fn bytes(&mut self, direction: Direction, input: &mut Input<'_>, sink: &mut impl Sink) {
        let side = self.sides.of_mut(direction);
        while !side.lost && !input.octets.is_empty() {
            if side.held.is_empty() {
                side.held_at = input.offset;
            }
            let wanted = side.wanted();
            side.held.extend_from_slice(input.take(wanted - side.held.len()));
            if side.held.len() == wanted && wanted > LENGTH_SIZE {
                let held = std::mem::take(&mut side.held);
                let span = side.held_at..side.held_at.saturating_add(span(held.len()));
                if let Some(message) = held.get(LENGTH_SIZE..).and_then(super::message) {
                    sink.message(direction, span, crate::Message::Dns(Box::new(message)));
                }
            } else if side.held == [0, 0] {
                side.held.clear();
            }
        }
    }

    pub(crate) fn gap(&mut self, direction: Direction) {
        *self.sides.of_mut(direction) = Side { lost: true, ..Side::default() };
    }
}

impl Side {
    /// How many octets are to be held before anything can be said.
    fn wanted(&self) -> usize {
        match self.held.first_chunk::<LENGTH_SIZE>() {
            Some(&length) => LENGTH_SIZE + usize::from(u16::from_be_bytes(length)),
            None => LENGTH_SIZE,
        }
    }
}
