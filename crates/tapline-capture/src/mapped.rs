//! A capture file in memory.

mod fault;
mod shown;

use std::fs;
use std::io;
use std::ops::{Deref, Range};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use memmap2::{Advice, Mmap};

use fault::Watch;
pub(crate) use shown::Shown;

/// A capture file that is mapped. Clones are of the same map, for threads that take octets from it by their place.
///
/// The file may become shorter meanwhile, whoever does it: octets that are gone read as zeros.
#[derive(Clone)]
pub struct Mapped(Arc<Map>);

struct Map {
    /// Before the memory, so that nothing is watched that is given back.
    watch: Watch,
    memory: Mmap,
    file: OnDisk,
}

/// Which file it is.
struct OnDisk {
    path: PathBuf,
    device: u64,
    inode: u64,
}

impl Mapped {
    /// Maps the file that was opened by a path. An error where that is not possible: it can still be read.
    pub(crate) fn of(path: &Path, file: &fs::File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        let file_is = OnDisk { path: path.to_owned(), device: metadata.dev(), inode: metadata.ino() };
        let memory = map(file)?;
        let watch = Watch::over(&memory).ok_or_else(|| io::Error::other("too many files are mapped"))?;
        Ok(Self(Arc::new(Map { watch, memory, file: file_is })))
    }

    /// Where these octets are in the map, if they lie in it.
    pub fn place_of(&self, octets: &[u8]) -> Option<Range<usize>> {
        let (all, part) = (self.0.memory.as_ptr_range(), octets.as_ptr_range());
        let place = |end: *const u8| end.addr() - all.start.addr();
        (all.start <= part.start && part.end <= all.end).then(|| place(part.start)..place(part.end))
    }

    /// Octets from the beginning that are there, as far as can be told now: all, but where the file became shorter or its
    /// disk failed.
    fn left(&self) -> usize {
        let Map { watch, memory, file } = &*self.0;
        let on_disk = file.bytes().and_then(|bytes| usize::try_from(bytes).ok()).unwrap_or(usize::MAX);
        memory.len().min(watch.first_missing()).min(on_disk)
    }
}

impl Deref for Mapped {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0.memory
    }
}

impl OnDisk {
    /// Its size now; `None` where the path leads to it no more. It stays closed, so that any number of files can be read
    /// as one.
    fn bytes(&self) -> Option<u64> {
        let now = fs::metadata(&self.path).ok()?;
        (now.dev() == self.device && now.ino() == self.inode).then_some(now.len())
    }
}

#[expect(
    unsafe_code,
    reason = "a mapped file is memory that others can change; the crate's first lines say so"
)]
fn map(file: &fs::File) -> io::Result<Mmap> {
    // SAFETY: the map is read-only and read through `&[u8]` only; a file that changes meanwhile shows other bytes
    // (no value is read twice where that would matter), one that is cut short shows zeros (`fault.rs`).
    let map = unsafe { Mmap::map(file) }?;
    // Only advice: without it the map is as good, and slower.
    let _ = map.advise(Advice::Sequential);
    Ok(map)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    /// A file of so many octets, and its map.
    pub(super) fn mapped(bytes: usize) -> (tempfile::NamedTempFile, Mapped) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&vec![b'x'; bytes]).unwrap();
        let map = Mapped::of(file.path(), file.as_file()).unwrap();
        (file, map)
    }

    #[test]
    fn octets_have_a_place_where_they_lie_in_the_map() {
        let (_file, map) = mapped(10);
        assert_eq!(map.place_of(&map[2..5]), Some(2..5));
        assert_eq!(map.clone().place_of(&map), Some(0..10));
        assert_eq!(map.place_of(&[0; 3]), None);
    }

    #[test]
    fn what_is_left_is_what_the_file_has() {
        let (file, map) = mapped(10);
        assert_eq!(map.left(), 10);
        file.as_file().set_len(4).unwrap();
        assert_eq!(map.left(), 4);
        file.as_file().set_len(20).unwrap();
        assert_eq!(map.left(), 10);
    }

    #[test]
    fn another_file_of_its_name_says_nothing_of_it() {
        let (file, map) = mapped(10);
        let path = file.path().to_owned();
        let elsewhere = path.with_extension("moved");
        fs::rename(&path, &elsewhere).unwrap();
        assert_eq!(map.left(), 10);
        fs::write(&path, b"y").unwrap();
        assert_eq!(map.left(), 10);
        fs::remove_file(elsewhere).unwrap();
    }
}
