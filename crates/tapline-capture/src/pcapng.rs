//! pcapng: blocks in sections (draft-ietf-opsawg-pcapng). Framing is here; the bodies have a file each.
//!
//! ```text
//!                       ┌───────── block with a good frame: read, or skipped by its length
//!                       v                          │
//! Start ──────────> Aligned ──────────────────────┘
//!                     │  ^
//!   frame is wrong    v  │ a block with both lengths right is found
//!                    Lost ── no more bytes ──> End
//! ```

mod ahead;
pub(crate) mod block;
mod interface;
mod names;
mod options;
mod packet;
mod section;
mod statistics;

use nom::number::Endianness;

use crate::facts::{BlockKind, Secret};
use crate::file::{Found, Notes, Step};
use crate::limits::{BLOCK_BYTES_MAX, RESYNC_BLOCK_BYTES_MAX};
use crate::parse::{Malformed, value};
use crate::window::{Fill, Window};
pub(crate) use ahead::secrets as secrets_ahead;
use block::{BLOCK_BYTES_MIN, Head};
use section::State;

/// Reads a pcapng file from its beginning.
pub(crate) struct Reader {
    state: State,
    /// The block at the front of the window is not to be believed: look for one that is.
    lost: bool,
    /// How the input ends was noted already.
    end_noted: bool,
}

impl Default for Reader {
    fn default() -> Self {
        Self { state: State::new(Endianness::Little), lost: false, end_noted: false }
    }
}

/// What is known about the block at the front of the window.
enum Frame {
    /// Its head is believed and all of it is here: so many bytes.
    Whole(Head, usize),
    /// Its head is not to be believed.
    Wrong,
    Later,
    End(Step),
}

impl Reader {
    /// Steps to the next packet.
    pub(crate) fn step(&mut self, window: &mut Window, notes: &mut Notes<'_>) -> Step {
        loop {
            if self.lost {
                match self.search(window) {
                    Fill::Enough => self.lost = false,
                    Fill::Later => return Step::Idle,
                    Fill::Short => return self.end_of_search(window, notes),
                }
            }
            let (head, length) = match self.frame(window, notes) {
                Frame::Whole(head, length) => (head, length),
                Frame::Wrong => {
                    window.take(1);
                    self.lost = true;
                    continue;
                }
                Frame::Later => return Step::Idle,
                Frame::End(step) => return step,
            };
            notes.offset = window.offset();
            let block = window.take(length);
            match self.read(head, block, notes) {
                Ok(Some(found)) => return Step::Packet(found),
                Ok(None) => {}
                Err(malformed) => notes.damage(notes.offset, format!("{}: {malformed}", head.kind)),
            }
        }
    }

    /// Looks at the block at the front, and notes what is wrong with its frame.
    fn frame(&mut self, window: &mut Window, notes: &mut Notes<'_>) -> Frame {
        if let Some((head, length)) = block::whole(window.rest(), self.state.order) {
            return Frame::Whole(head, length);
        }
        self.unusual_frame(window, notes)
    }

    /// The same where it is not here as a whole yet, brings its own byte order, or something is wrong with it.
    #[cold]
    fn unusual_frame(&mut self, window: &mut Window, notes: &mut Notes<'_>) -> Frame {
        match window.fill(BLOCK_BYTES_MIN) {
            Fill::Enough => {}
            Fill::Later => return Frame::Later,
            Fill::Short => {
                let there = window.rest().len();
                let cut = format!("cut inside a block's head: {there} of {BLOCK_BYTES_MIN} bytes are there");
                return Frame::End(notes.end(window, (there > 0).then_some(&cut)));
            }
        }
        let offset = window.offset();
        let Ok(head) = value(block::head(window.rest(), self.state.order)) else {
            notes.damage(offset, "section header block without its byte-order magic");
            return Frame::Wrong;
        };
        let claimed = usize::try_from(head.length).unwrap_or(usize::MAX);
        if claimed == 0 && window.is_gone(BLOCK_BYTES_MIN) {
            return Frame::End(notes.end(window, None));
        }
        if !(BLOCK_BYTES_MIN..=BLOCK_BYTES_MAX).contains(&claimed) {
            notes.damage(offset, format!("{} claims a length of {claimed} bytes", head.kind));
            return Frame::Wrong;
        }
        let length = claimed.next_multiple_of(4);
        match window.fill(length) {
            Fill::Enough => {}
            Fill::Later => return Frame::Later,
            Fill::Short => {
                let there = window.rest().len();
                let cut = format!("{} is cut: {there} of {length} bytes are there", head.kind);
                notes.end(window, Some(&cut));
                self.end_noted = true;
                return Frame::Wrong;
            }
        }
        let ends_with = block::trailer(window.rest(), length, head.order);
        if ends_with == Some(head.length) {
            return Frame::Whole(head, length);
        }
        if ends_with == Some(0) && window.is_gone(length) {
            return Frame::End(notes.end(window, None));
        }
        // A length that is no multiple of four is wrong by itself.
        let followed = if claimed == length { self.block_follows(window, length) } else { Fill::Short };
        match followed {
            Fill::Later => Frame::Later,
            Fill::Enough | Fill::Short => {
                let ends_with = ends_with.unwrap_or_default();
                notes.damage(
                    offset,
                    format!(
                        "{} begins with a length of {claimed} and ends with one of {ends_with}",
                        head.kind
                    ),
                );
                if followed == Fill::Enough { Frame::Whole(head, length) } else { Frame::Wrong }
            }
        }
    }

    /// Whether a good block comes `distance` bytes after the front, or nothing that could contradict.
    fn block_follows(&self, window: &mut Window, distance: usize) -> Fill {
        match window.fill(distance + BLOCK_BYTES_MIN) {
            Fill::Enough => self.is_good(window, distance, Fill::Enough),
            Fill::Later => Fill::Later,
            Fill::Short => Fill::Enough,
        }
    }

    /// Whether the block `distance` bytes after the front is of a known type and its two lengths agree; `if_cut`
    /// where it is not here to its end.
    fn is_good(&self, window: &mut Window, distance: usize, if_cut: Fill) -> Fill {
        let begin = window.rest().get(distance..).unwrap_or_default();
        let Some(head) = block::likely(begin, self.state.order, RESYNC_BLOCK_BYTES_MAX) else {
            return Fill::Short;
        };
        let length = usize::try_from(head.length).unwrap_or(usize::MAX);
        match window.fill(distance.saturating_add(length)) {
            Fill::Enough => {
                let block = window.rest().get(distance..).unwrap_or_default();
                if block::trailer(block, length, head.order) == Some(head.length) {
                    Fill::Enough
                } else {
                    Fill::Short
                }
            }
            Fill::Later => Fill::Later,
            Fill::Short => if_cut,
        }
    }

    /// Moves on to the next good block that is itself followed by one, or by the end.
    fn search(&self, window: &mut Window) -> Fill {
        loop {
            match window.fill(BLOCK_BYTES_MIN) {
                Fill::Enough => {}
                other => return other,
            }
            let length = block::length(window.rest(), self.state.order);
            let found = match self.is_good(window, 0, Fill::Short) {
                Fill::Enough => self.block_follows(window, length),
                other => other,
            };
            match found {
                Fill::Short => window.take(1),
                other => return other,
            };
        }
    }

    /// Reads a block: notes what it says, or finds the packet in it.
    fn read(&mut self, head: Head, block: &[u8], notes: &mut Notes<'_>) -> Result<Option<Found>, Malformed> {
        let body = block.get(8..block.len().saturating_sub(4)).unwrap_or_default();
        let packet = match head.kind {
            BlockKind::ENHANCED_PACKET => packet::enhanced(body, self.state.order)?,
            BlockKind::SIMPLE_PACKET => packet::simple(body, &self.state)?,
            BlockKind::OBSOLETE_PACKET => packet::obsolete(body, self.state.order)?,
            kind => {
                notes.facts.count_block(kind);
                self.note(head, body, notes)?;
                return Ok(None);
            }
        };
        self.state.locate(&packet, notes)
    }

    fn note(&mut self, head: Head, body: &[u8], notes: &mut Notes<'_>) -> Result<(), Malformed> {
        let order = self.state.order;
        match head.kind {
            BlockKind::SECTION => {
                self.state = State::new(head.order);
                section::note(body, head.order, notes)
            }
            BlockKind::INTERFACE => self.state.describe_interface(body, notes),
            BlockKind::STATISTICS => self.state.note_statistics(body, notes),
            BlockKind::NAMES => names::note(body, order, notes),
            BlockKind::SECRETS => {
                let (kind, bytes) = value(block::secrets(body, order))?;
                let bytes = bytes.to_vec();
                notes.facts.add_secret(Secret { kind, bytes, after_packet: notes.after_packet });
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The search came to the end of the input: what was wrong is noted, unless the stream broke meanwhile.
    fn end_of_search(&self, window: &mut Window, notes: &mut Notes<'_>) -> Step {
        if self.end_noted {
            return Step::End;
        }
        window.take(usize::MAX);
        notes.end(window, None)
    }
}
