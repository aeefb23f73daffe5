//! Octets that never came, and how reading goes on behind them.

use super::{CHAIN, Expect, Side, say};
use crate::anomaly;
use crate::http2::plausible::measure;
use crate::input::Input;
use crate::resync::{Found, Search};
use crate::{Direction, Sink};

impl Side {
    pub(super) fn search(
        &mut self,
        direction: Direction,
        allowed: u32,
        input: &mut Input<'_>,
        sink: &mut impl Sink,
    ) -> bool {
        let Expect::Search(search) = &mut self.expect else { return false };
        let found = search.feed(input.take_all(), measure);
        self.next = input.offset;
        match found {
            Found::NotYet => false,
            Found::Nothing => {
                let range = input.offset..input.offset;
                say(sink, direction, range, anomaly::HTTP2_LOST, "no plausible frame follows the gap");
                self.expect = Expect::Nothing;
                false
            }
            Found::Chain(offset, octets) => {
                say(
                    sink,
                    direction,
                    offset..offset,
                    anomaly::HTTP2_RESYNCHRONISED,
                    "frames go on after a gap",
                );
                self.expect = Expect::Header;
                let mut held = Input { offset, octets: &octets };
                // Notices of frames that were held are of no use: what they answer was lost.
                while self.step(direction, allowed, &mut held, sink) {}
                self.notice = None;
                false
            }
        }
    }

    pub(in super::super) fn gap(
        &mut self,
        direction: Direction,
        offset: u64,
        length: u64,
        sink: &mut impl Sink,
    ) {
        let end = offset.saturating_add(length);
        self.next = end;
        match &mut self.expect {
            Expect::Data(data) if length <= data.left() => {
                data.skip(length);
                say(sink, direction, offset..end, anomaly::HTTP2_GAP, "octets of DATA are missing");
                return;
            }
            Expect::Payload { left, cut, header } if length <= *left => {
                *left -= length;
                *cut = true;
                sink.frames_lost(direction);
                let detail = format!("octets of {} are missing", header.kind);
                say(sink, direction, offset..end, anomaly::HTTP2_GAP, detail);
                return;
            }
            Expect::Data(data) => {
                data.skip(data.left());
                self.data_over(direction, offset, sink);
            }
            Expect::Nothing => return,
            _ => {}
        }
        sink.frames_lost(direction);
        say(sink, direction, offset..end, anomaly::HTTP2_GAP, "octets between frames are missing");
        self.held = Vec::new();
        self.block = None;
        self.hpack.forget();
        self.expect = Expect::Search(Search::new(end, CHAIN));
    }
}
