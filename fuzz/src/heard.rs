//! Conversations, and what they say.

use std::ops::Range;

use tapline_decode::{Conversation, Direction, Keyring, Message, Sink};

/// Everything that was said, by direction: between directions, the order depends on how octets are cut.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Heard {
    messages: [Vec<(Range<u64>, Message)>; 2],
    bodies: [Vec<(u32, Vec<u8>)>; 2],
}

impl Sink for Heard {
    fn message(&mut self, direction: Direction, span: Range<u64>, message: Message) {
        self.messages[direction.index()].push((span, message));
    }

    fn body(&mut self, direction: Direction, stream: u32, octets: &[u8]) {
        let bodies = &mut self.bodies[direction.index()];
        match bodies.last_mut() {
            Some((last, body)) if *last == stream => body.extend_from_slice(octets),
            _ => bodies.push((stream, octets.to_vec())),
        }
    }
}

/// What a side does next.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Turn<'a> {
    /// It says something.
    Said(Direction, &'a [u8]),
    /// Octets of it were not captured.
    Lost(Direction, u64),
}

/// Plays turns in pieces of so many octets, and ends both directions.
pub(crate) fn play(mut conversation: Conversation, turns: &[Turn<'_>], piece: usize) -> Heard {
    let (mut heard, mut keyring) = (Heard::default(), Keyring::default());
    let mut offsets = [0_u64; 2];
    for turn in turns {
        match *turn {
            Turn::Said(direction, octets) => {
                for octets in octets.chunks(piece) {
                    let offset = &mut offsets[direction.index()];
                    conversation.bytes(direction, *offset, octets, &mut keyring, &mut heard);
                    *offset += octets.len() as u64;
                }
            }
            Turn::Lost(direction, length) => {
                let offset = &mut offsets[direction.index()];
                conversation.gap(direction, *offset, length, &mut keyring, &mut heard);
                *offset += length;
            }
        }
    }
    for direction in [Direction::Forward, Direction::Reverse] {
        conversation.end(direction, true, &mut keyring, &mut heard);
    }
    heard
}
