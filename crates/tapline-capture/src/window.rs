//! The bytes of one input, in order: a map shows them all at once, a stream through a window that moves.

use std::io::Read;
use std::ops::Range;

use crate::Mapped;
use crate::mapped::Shown;
use crate::stream::Stream;

/// The bytes of one input from where reading stands. Frames are cut off at its front with [`Window::take`].
pub(crate) struct Window {
    store: Store,
    /// Where the next frame begins in the store.
    next: usize,
    /// Where the last frame began in the store.
    last: usize,
}

enum Store {
    Map(Shown),
    Bytes(Vec<u8>),
    Stream(Stream),
}

/// What came of the wish for more bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fill {
    /// They are here.
    Enough,
    /// They may come later.
    Later,
    /// They will never come.
    Short,
}

impl Window {
    pub(crate) fn over_map(map: Mapped) -> Self {
        Self::over(Store::Map(Shown::new(map)))
    }

    pub(crate) fn over_bytes(bytes: Vec<u8>) -> Self {
        Self::over(Store::Bytes(bytes))
    }

    pub(crate) fn over_stream(reader: Box<dyn Read + Send>) -> Self {
        Self::over(Store::Stream(Stream::new(reader)))
    }

    fn over(store: Store) -> Self {
        Self { store, next: 0, last: 0 }
    }

    /// The bytes that are here and were not taken yet.
    pub(crate) fn rest(&self) -> &[u8] {
        self.store.all().get(self.next..self.store.len()).unwrap_or_default()
    }

    /// All bytes that were not taken yet, where none will come that are not here.
    pub(crate) fn whole_rest(&self) -> Option<&[u8]> {
        match &self.store {
            Store::Map(shown) => shown.map().get(self.next..),
            Store::Bytes(_) => Some(self.rest()),
            Store::Stream(_) => None,
        }
    }

    /// The file, where it is mapped.
    pub(crate) fn mapped(&self) -> Option<&Mapped> {
        match &self.store {
            Store::Map(shown) => Some(shown.map()),
            Store::Bytes(_) | Store::Stream(_) => None,
        }
    }

    /// Looks at a mapped file, which somebody may have cut short: whether [`Window::failure`] says so now and did not
    /// before.
    #[cold]
    pub(crate) fn fails_now(&mut self) -> bool {
        match &mut self.store {
            Store::Map(shown) => shown.failure().is_none() && !shown.is_whole(self.next),
            Store::Bytes(_) | Store::Stream(_) => false,
        }
    }

    /// Whether so many bytes that were here are gone, and zeros were read in their place.
    #[cold]
    pub(crate) fn is_gone(&mut self, bytes: usize) -> bool {
        if let Store::Map(shown) = &mut self.store {
            shown.is_whole(self.next);
        }
        self.rest().len() < bytes
    }

    /// Sees to it that at least `wanted` bytes are here. What was taken before may be gone.
    pub(crate) fn fill(&mut self, wanted: usize) -> Fill {
        let here = self.store.len().saturating_sub(self.next);
        match &mut self.store {
            _ if here >= wanted => Fill::Enough,
            Store::Map(shown) => {
                if shown.show(self.next, self.next.saturating_add(wanted)) {
                    Fill::Enough
                } else {
                    Fill::Short
                }
            }
            Store::Bytes(_) => Fill::Short,
            Store::Stream(stream) if stream.is_ended() => Fill::Short,
            Store::Stream(stream) => {
                // Moving no more than what was taken since the last move keeps the work proportional to the input.
                if self.next >= here {
                    stream.forget(self.next);
                    (self.next, self.last) = (0, 0);
                }
                stream.fill(self.next.saturating_add(wanted))
            }
        }
    }

    /// Takes a frame of `length` bytes off the front; less where less is here.
    pub(crate) fn take(&mut self, length: usize) -> &[u8] {
        self.last = self.next;
        self.next = self.next.saturating_add(length).min(self.store.len());
        self.taken(0..self.next - self.last)
    }

    /// A part of the last frame that was taken; nothing where the frame does not reach so far.
    pub(crate) fn taken(&self, part: Range<usize>) -> &[u8] {
        let Some(frame) = self.store.all().get(self.last..self.next) else { return &[] };
        frame.get(part).unwrap_or_default()
    }

    /// Bytes taken so far.
    pub(crate) fn offset(&self) -> u64 {
        let forgotten = match &self.store {
            Store::Stream(stream) => stream.forgotten(),
            Store::Map(_) | Store::Bytes(_) => 0,
        };
        forgotten + self.next as u64
    }

    /// Why the input broke off, where it did not simply end.
    pub(crate) fn failure(&self) -> Option<&str> {
        match &self.store {
            Store::Map(shown) => shown.failure(),
            Store::Stream(stream) => stream.failure(),
            Store::Bytes(_) => None,
        }
    }

    /// The bytes that are here and the reader that the others come from; `None` for a window over no stream.
    pub(crate) fn into_stream(self) -> Option<(Vec<u8>, Box<dyn Read + Send>)> {
        match self.store {
            Store::Stream(mut stream) => {
                stream.forget(self.next);
                Some(stream.into_parts())
            }
            Store::Map(_) | Store::Bytes(_) => None,
        }
    }
}

impl Store {
    /// How many bytes are here.
    fn len(&self) -> usize {
        match self {
            Self::Map(shown) => shown.bytes(),
            Self::Bytes(bytes) => bytes.len(),
            Self::Stream(stream) => stream.bytes().len(),
        }
    }

    /// The bytes that are here; of a map those too that are not shown.
    fn all(&self) -> &[u8] {
        match self {
            Self::Map(shown) => shown.map(),
            Self::Bytes(bytes) => bytes,
            Self::Stream(stream) => stream.bytes(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte at a time.
    struct Drip(std::io::Cursor<Vec<u8>>);

    impl Read for Drip {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let one = buffer.len().min(1);
            self.0.read(&mut buffer[..one])
        }
    }

    #[test]
    fn bytes_and_a_dripping_stream_show_the_same_frames() {
        let bytes: Vec<u8> = (0..=255).collect();
        let drip = Drip(std::io::Cursor::new(bytes.clone()));
        let windows = [Window::over_bytes(bytes.clone()), Window::over_stream(Box::new(drip))];
        for mut window in windows {
            assert_eq!(window.fill(10), Fill::Enough);
            assert_eq!(window.take(10), &bytes[..10]);
            assert_eq!(window.taken(2..4), &[2, 3]);
            assert_eq!(window.taken(9..11), &[], "a part beyond the frame is nothing");
            assert_eq!(window.fill(200), Fill::Enough);
            assert_eq!(window.take(200), &bytes[10..210]);
            assert_eq!(window.offset(), 210);
            assert_eq!(window.fill(47), Fill::Short);
            assert_eq!(window.rest(), &bytes[210..]);
            assert_eq!(window.take(1_000), &bytes[210..]);
            assert_eq!(window.fill(1), Fill::Short);
            assert_eq!(window.offset(), 256);
            assert_eq!(window.failure(), None);
        }
    }
}
