//! The window over a reader: a buffer that is refilled and grows only as far as bytes really arrive.

use std::io::{self, ErrorKind, Read};

use crate::limits::WINDOW_BYTES;
use crate::window::Fill;

pub(crate) struct Stream {
    reader: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    /// Where the bytes that are here end in `buffer`; never beyond its length.
    filled: usize,
    /// Bytes that were here and were dropped from the front.
    forgotten: u64,
    ended: bool,
    failure: Option<String>,
}

impl Stream {
    pub(crate) fn new(reader: Box<dyn Read + Send>) -> Self {
        Self { reader, buffer: Vec::new(), filled: 0, forgotten: 0, ended: false, failure: None }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.buffer.get(..self.filled).unwrap_or_default()
    }

    pub(crate) fn forgotten(&self) -> u64 {
        self.forgotten
    }

    pub(crate) fn is_ended(&self) -> bool {
        self.ended
    }

    pub(crate) fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    /// Drops `count` bytes from the front, and the memory that a giant packet took.
    pub(crate) fn forget(&mut self, count: usize) {
        let count = count.min(self.filled);
        self.buffer.copy_within(count..self.filled, 0);
        self.filled -= count;
        self.forgotten += count as u64;
        if self.buffer.len() > 8 * WINDOW_BYTES && self.filled < WINDOW_BYTES {
            self.buffer.truncate(WINDOW_BYTES);
            self.buffer.shrink_to_fit();
        }
    }

    /// Reads until `wanted` bytes are here. The buffer doubles when it is full, so it is never larger than twice
    /// what arrived, whatever is wanted.
    pub(crate) fn fill(&mut self, wanted: usize) -> Fill {
        while self.filled < wanted {
            if self.ended {
                return Fill::Short;
            }
            if self.filled == self.buffer.len() {
                self.buffer.resize((self.buffer.len() * 2).max(WINDOW_BYTES), 0);
            }
            let free = self.buffer.get_mut(self.filled..).unwrap_or_default();
            match self.reader.read(free) {
                Ok(0) => self.ended = true,
                Ok(count) => self.filled = (self.filled + count).min(self.buffer.len()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Fill::Later,
                Err(error) => {
                    self.ended = true;
                    self.failure = Some(reason(&error));
                }
            }
        }
        Fill::Enough
    }

    pub(crate) fn into_parts(mut self) -> (Vec<u8>, Box<dyn Read + Send>) {
        self.buffer.truncate(self.filled);
        (self.buffer, self.reader)
    }
}

/// Only unpackers say "unexpected end of file", and each in words of its own.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::UnexpectedEof => "the compressed data is cut short".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers with each of its results in turn, then ends.
    struct Script(Vec<io::Result<Vec<u8>>>);

    impl Read for Script {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.0.is_empty() {
                return Ok(0);
            }
            let bytes = self.0.remove(0)?;
            buffer[..bytes.len()].copy_from_slice(&bytes);
            Ok(bytes.len())
        }
    }

    fn script(results: Vec<io::Result<Vec<u8>>>) -> Stream {
        Stream::new(Box::new(Script(results)))
    }

    #[test]
    fn a_stream_that_would_block_is_asked_again_and_an_interrupted_one_at_once() {
        let mut stream = script(vec![
            Ok(vec![1]),
            Err(ErrorKind::Interrupted.into()),
            Ok(vec![2]),
            Err(ErrorKind::WouldBlock.into()),
            Ok(vec![3]),
        ]);
        assert_eq!(stream.fill(3), Fill::Later);
        assert_eq!(stream.bytes(), [1, 2]);
        assert_eq!(stream.fill(3), Fill::Enough);
        assert_eq!(stream.fill(4), Fill::Short);
        assert_eq!(stream.failure(), None);
    }

    #[test]
    fn a_broken_stream_keeps_what_came_before_and_says_why() {
        let mut stream = script(vec![Ok(vec![1, 2]), Err(io::Error::other("disk on fire"))]);
        assert_eq!(stream.fill(3), Fill::Short);
        assert_eq!(stream.bytes(), [1, 2]);
        assert_eq!(stream.failure(), Some("disk on fire"));
    }

    #[test]
    fn an_absurd_wish_allocates_only_what_arrives() {
        let mut stream = script(vec![Ok(vec![7; 1_000])]);
        assert_eq!(stream.fill(usize::MAX), Fill::Short);
        assert!(stream.buffer.capacity() <= 2 * WINDOW_BYTES);
    }

    #[test]
    fn memory_of_a_giant_frame_is_given_back() {
        let mut stream = Stream::new(Box::new(io::repeat(1).take(32 << 20)));
        assert_eq!(stream.fill(32 << 20), Fill::Enough);
        stream.forget(32 << 20);
        assert_eq!((stream.buffer.len(), stream.forgotten()), (WINDOW_BYTES, 32 << 20));
    }
}
