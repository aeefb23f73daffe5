//! Octets that are missing: reading goes on at the end of the record, or at the next place where one begins.

use super::{Decoder, Expect, say};
use crate::anomaly;
use crate::input::Input;
use crate::resync::{Found, Search};
use crate::{Direction, Keyring, Sink};

impl Decoder {
    pub(super) fn searched(
        &mut self,
        found: Found,
        direction: Direction,
        offset: u64,
        keyring: &mut Keyring,
        sink: &mut impl Sink,
    ) {
        let side = self.sides.of_mut(direction);
        match found {
            Found::NotYet => {}
            Found::Nothing => {
                say(sink, direction, offset..offset, anomaly::TLS_LOST, "no plausible record follows");
                side.expect = Expect::Nothing;
            }
            Found::Chain(at, octets) => {
                let lost = at.saturating_sub(side.whole);
                (side.expect, side.whole) = (Expect::Header { first: false }, at);
                if side.tries == 0 {
                    say(sink, direction, at..at, anomaly::TLS_RESYNCHRONISED, "records go on");
                }
                self.lose(direction, lost, keyring, sink);
                self.bytes(direction, &mut Input { offset: at, octets: &octets }, keyring, sink);
            }
        }
    }

    pub(crate) fn gap(
        &mut self,
        direction: Direction,
        offset: u64,
        length: u64,
        keyring: &mut Keyring,
        sink: &mut impl Sink,
    ) {
        let end = offset.saturating_add(length);
        let side = self.sides.of_mut(direction);
        side.next = end;
        match &mut side.expect {
            Expect::Nothing => return,
            Expect::Passing { left, .. } if length <= *left => *left -= length,
            Expect::Fragment { left, cut, closed, .. } if length <= *left => {
                *left -= length;
                *cut = true;
                if closed.is_some() {
                    // A fragment that cannot be opened is of use by its end alone.
                    side.held.clear();
                }
            }
            _ => {
                let chain = self.begin_search(direction, keyring);
                let side = self.sides.of_mut(direction);
                side.held = Vec::new();
                side.messages.clear();
                side.cipher = side.cipher.after_gap();
                side.expect = Expect::Search(Search::new(end, chain));
                self.lose_messages();
            }
        }
        say(sink, direction, offset..end, anomaly::TLS_GAP, "octets are missing");
        // A fragment that the gap ran to the end of is over without another octet.
        self.bytes(direction, &mut Input { offset: end, octets: &[] }, keyring, sink);
    }
}
