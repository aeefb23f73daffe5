//! A mapped file that is looked at before it is read on, piece by piece.

use super::Mapped;
use crate::limits::LOOK_BYTES;

/// A mapped file, of which so much is shown as was there at the last look.
///
/// A look asks for the file's size, so what is read from a file that became shorter ends where the file does, but for
/// what was shown before: zeros may have been read there. [`Shown::is_whole`] at the end tells of that.
pub(crate) struct Shown {
    map: Mapped,
    /// Octets that are shown.
    bytes: usize,
    /// Why no more will be.
    failure: Option<String>,
}

impl Shown {
    pub(crate) fn new(map: Mapped) -> Self {
        Self { map, bytes: 0, failure: None }
    }

    /// Octets from the beginning that are shown.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// All of it, whether it is still there or not.
    pub(crate) fn map(&self) -> &Mapped {
        &self.map
    }

    /// Shows so many octets and some more; whether they are there. `read` of them were taken. Where all is shown already,
    /// there is no look.
    #[cold]
    pub(crate) fn show(&mut self, read: usize, wanted: usize) -> bool {
        if self.failure.is_none() && self.bytes < self.map.len() && self.is_whole(read) {
            let more = wanted.checked_next_multiple_of(LOOK_BYTES).unwrap_or(usize::MAX);
            self.bytes = self.bytes.max(more).min(self.map.len());
        }
        self.bytes >= wanted
    }

    /// Looks whether the file still has what it had when it was mapped. Where it has less, only that is shown from now on,
    /// and what was taken already.
    #[cold]
    pub(crate) fn is_whole(&mut self, read: usize) -> bool {
        let (left, all) = (self.map.left(), self.map.len());
        if left < all {
            // It may become shorter again and again.
            let most = if self.failure.is_none() { all } else { self.bytes };
            self.bytes = left.max(read).min(most);
            self.failure.get_or_insert_with(|| {
                format!(
                    "the file became shorter while it was read, or its disk fails ({left} of {all} bytes are left): \
                     read it when nobody changes it"
                )
            });
        }
        self.failure.is_none()
    }

    /// What was wrong, if anything was.
    pub(crate) fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::mapped;
    use super::*;

    #[test]
    fn a_piece_is_shown_where_the_file_still_has_it() {
        let (_file, map) = mapped(LOOK_BYTES + 10);
        let mut shown = Shown::new(map);
        assert_eq!(shown.bytes(), 0);
        assert!(shown.show(0, 1));
        assert_eq!(shown.bytes(), LOOK_BYTES);
        assert!(shown.show(LOOK_BYTES, LOOK_BYTES + 10));
        assert!(!shown.show(LOOK_BYTES, LOOK_BYTES + 11));
        assert_eq!((shown.bytes(), shown.failure()), (LOOK_BYTES + 10, None));
    }

    #[test]
    fn a_file_that_became_shorter_ends_where_it_ends() {
        let (file, map) = mapped(3 * LOOK_BYTES);
        let mut shown = Shown::new(map);
        assert!(shown.show(0, 12));
        file.as_file().set_len(LOOK_BYTES as u64 + 100).unwrap();
        assert!(shown.show(50, LOOK_BYTES + 100));
        assert!(!shown.show(50, LOOK_BYTES + 101));
        assert_eq!(shown.bytes(), LOOK_BYTES + 100);
        assert!(shown.failure().unwrap().contains("(1048676 of 3145728 bytes are left)"));
    }

    #[test]
    fn what_was_taken_stays() {
        let (file, map) = mapped(1000);
        let mut shown = Shown::new(map);
        assert!(shown.show(0, 900));
        file.as_file().set_len(100).unwrap();
        assert!(!shown.is_whole(900));
        assert_eq!(shown.bytes(), 900);
        assert!(shown.map()[100..900].iter().all(|&octet| octet == 0), "what is gone reads as zeros");
    }
}
