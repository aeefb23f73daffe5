//! A body as it streams past (RFC 9112 §6, §7).
//!
//! ```text
//! Length ─► over      ChunkLine ─► ChunkData ─► ChunkEnd ─► ChunkLine …      UntilClose ─► end of stream
//!                         └─ size 0 ─► Trailers ─► over
//! ```

use super::framing::{ChunkLine, chunk_line};
use super::head::{fields, note_lines};
use super::lines::{Scan, first_line};
use super::{End, Framing};
use crate::anomaly::{self, Anomaly};
use crate::input::Input;
use crate::limits::{HTTP1_CHUNK_LINE_MAX, HTTP1_HEAD_MAX};
use crate::parse::{portion, span};
use crate::{Direction, Sink};

#[derive(Debug)]
enum Expect {
    Length { left: u64 },
    ChunkLine,
    ChunkData { left: u64 },
    ChunkEnd,
    Trailers(Scan),
    UntilClose,
}

/// Where a body stands.
#[derive(Debug)]
pub(super) struct Body {
    expect: Expect,
    /// A chunk-size line or trailers whose rest has not come.
    held: Vec<u8>,
    /// Where the body starts.
    pub(super) start: u64,
    end: End,
    /// What was odd about chunks is said once a body: a bit for each oddity.
    said: u8,
}

/// How feeding a body went.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fed {
    /// More octets are needed.
    Open,
    /// The body is over.
    Over,
    /// What is there is no body: its end cannot be known.
    Broken,
}

/// A line that should be a chunk size is none.
struct NoChunkSize;

/// What a gap did to a body.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Gapped {
    /// It goes on behind the gap.
    Within,
    /// It ended in the gap, at this offset.
    EndedAt(u64),
}

impl Body {
    /// A body by framing; `None` where there is none.
    pub(super) fn new(framing: Framing, start: u64) -> Option<Self> {
        let expect = match framing {
            Framing::None | Framing::Tunnel | Framing::Length(0) => return None,
            Framing::Length(left) => Expect::Length { left },
            Framing::Chunked => Expect::ChunkLine,
            Framing::UntilClose => Expect::UntilClose,
        };
        let end = End { complete: true, ..End::default() };
        Some(Self { expect, held: Vec::new(), start, end, said: 0 })
    }

    /// Takes octets; content goes straight on.
    pub(super) fn feed(&mut self, direction: Direction, input: &mut Input<'_>, sink: &mut impl Sink) -> Fed {
        let mut oddities = Vec::new();
        loop {
            let fed = self.step(direction, input, &mut oddities, sink);
            for oddity in oddities.drain(..) {
                sink.message(direction, input.offset..input.offset, crate::Message::Anomaly(oddity));
            }
            if let Some(fed) = fed {
                return fed;
            }
        }
    }

    fn step(
        &mut self,
        direction: Direction,
        input: &mut Input<'_>,
        oddities: &mut Vec<Anomaly>,
        sink: &mut impl Sink,
    ) -> Option<Fed> {
        match &mut self.expect {
            Expect::Length { left } => {
                *left -= content(*left, &mut self.end, direction, input, sink);
                return Some(if *left == 0 { Fed::Over } else { Fed::Open });
            }
            Expect::UntilClose => {
                content(u64::MAX, &mut self.end, direction, input, sink);
                return Some(Fed::Open);
            }
            Expect::ChunkData { left } => {
                *left -= content(*left, &mut self.end, direction, input, sink);
                if *left > 0 {
                    return Some(Fed::Open);
                }
                self.expect = Expect::ChunkEnd;
            }
            Expect::ChunkEnd => match self.line_end(input, oddities) {
                Some(true) => self.expect = Expect::ChunkLine,
                Some(false) => return Some(Fed::Broken),
                None => return Some(Fed::Open),
            },
            Expect::ChunkLine => match self.chunk_line(input, oddities) {
                Some(Ok(0)) => self.expect = Expect::Trailers(Scan::default()),
                Some(Ok(left)) => self.expect = Expect::ChunkData { left },
                Some(Err(NoChunkSize)) => return Some(Fed::Broken),
                None => return Some(Fed::Open),
            },
            Expect::Trailers(_) => return Some(self.trailers(input, oddities)),
        }
        None
    }

    /// The line end behind chunk data; `Some(false)` where something else stands there.
    fn line_end(&mut self, input: &mut Input<'_>, oddities: &mut Vec<Anomaly>) -> Option<bool> {
        let found = input.with_held(&mut self.held, |octets| match octets {
            [b'\r', b'\n', ..] => Some((2, Some(false))),
            [b'\n', ..] => Some((1, Some(true))),
            [] | [b'\r'] => None,
            // What stands there is looked at again, but for a CR on its own.
            [b'\r', ..] => Some((1, None)),
            _ => Some((0, None)),
        })?;
        match found {
            None => {
                let detail = "chunk data is not followed by a line end";
                oddities.push(Anomaly::new(anomaly::HTTP1_BAD_CHUNK_END, detail));
            }
            Some(true) => self.say_once(anomaly::HTTP1_BARE_LF, "a chunk ends in LF without CR", oddities),
            Some(false) => {}
        }
        Some(found.is_some())
    }

    fn say_once(&mut self, code: &'static str, detail: &'static str, oddities: &mut Vec<Anomaly>) {
        let bit = match code {
            anomaly::HTTP1_BARE_LF => 1,
            anomaly::HTTP1_CHUNK_SIZE_ODD => 2,
            _ => 4,
        };
        if self.said & bit == 0 {
            self.said |= bit;
            oddities.push(Anomaly::new(code, detail));
        }
    }

    /// The size in a chunk-size line, once that is whole.
    fn chunk_line(
        &mut self,
        input: &mut Input<'_>,
        oddities: &mut Vec<Anomaly>,
    ) -> Option<Result<u64, NoChunkSize>> {
        let found = input.with_held(&mut self.held, |octets| match first_line(octets) {
            Some((_, used)) if used <= HTTP1_CHUNK_LINE_MAX => {
                Some((used, octets.get(..used).and_then(chunk_line)))
            }
            _ if octets.len() > HTTP1_CHUNK_LINE_MAX => Some((HTTP1_CHUNK_LINE_MAX + 1, None)),
            _ => None,
        })?;
        let Some(ChunkLine { size, has_extension, odd }) = found else {
            let detail =
                "a chunk size is no hexadecimal number below 2^64, or its line is longer than is held";
            oddities.push(Anomaly::new(anomaly::HTTP1_BAD_CHUNK_SIZE, detail));
            return Some(Err(NoChunkSize));
        };
        if let Some((code, detail)) = odd {
            self.say_once(code, detail, oddities);
        }
        self.end.chunk_extensions = self.end.chunk_extensions.saturating_add(u32::from(has_extension));
        Some(Ok(size))
    }

    fn trailers(&mut self, input: &mut Input<'_>, oddities: &mut Vec<Anomaly>) -> Fed {
        let Expect::Trailers(scan) = &mut self.expect else { return Fed::Broken };
        let found = input.with_held(&mut self.held, |octets| match scan.end(octets) {
            Some(used) if used <= HTTP1_HEAD_MAX => {
                Some((used, Some(fields(octets.get(..used).unwrap_or_default(), *scan, oddities))))
            }
            _ if octets.len() > HTTP1_HEAD_MAX => Some((HTTP1_HEAD_MAX + 1, None)),
            _ => None,
        });
        match found {
            None => Fed::Open,
            Some(Some(trailers)) => {
                note_lines(*scan, oddities);
                self.end.trailers = trailers;
                Fed::Over
            }
            Some(None) => {
                let detail = "the trailer section is longer than is held";
                oddities.push(Anomaly::new(anomaly::HTTP1_HEAD_TOO_LONG, detail));
                Fed::Broken
            }
        }
    }

    /// `length` octets from `offset` on will never come.
    pub(super) fn gap(&mut self, offset: u64, length: u64) -> Gapped {
        self.end.complete = false;
        match &mut self.expect {
            Expect::UntilClose => Gapped::Within,
            Expect::Length { left } | Expect::ChunkData { left } if length <= *left => {
                *left -= length;
                Gapped::Within
            }
            Expect::Length { left } => Gapped::EndedAt(offset.saturating_add(*left)),
            _ => Gapped::EndedAt(offset),
        }
    }

    /// The end of the body, which is not whole unless it was over or runs until a clean close.
    pub(super) fn close(mut self, over: bool) -> End {
        self.end.complete &= over;
        self.end
    }

    pub(super) fn runs_until_close(&self) -> bool {
        matches!(self.expect, Expect::UntilClose)
    }
}

fn content(
    left: u64,
    end: &mut End,
    direction: Direction,
    input: &mut Input<'_>,
    sink: &mut impl Sink,
) -> u64 {
    let octets = input.take(portion(left, usize::MAX));
    if !octets.is_empty() {
        sink.body(direction, 0, octets);
    }
    let count = span(octets.len());
    end.body_bytes += count;
    count
}
