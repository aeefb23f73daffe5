//! A capture file in memory.

use std::ops::{Deref, Range};
use std::sync::Arc;

use memmap2::Mmap;

/// A capture file that is mapped. Clones are of the same map, for threads that take octets from it by their place.
#[derive(Clone)]
pub struct Mapped(Arc<Mmap>);

impl Mapped {
    pub(crate) fn new(map: Mmap) -> Self {
        Self(Arc::new(map))
    }

    /// Where these octets are in the map, if they lie in it.
    pub fn place_of(&self, octets: &[u8]) -> Option<Range<usize>> {
        let (all, part) = (self.0.as_ptr_range(), octets.as_ptr_range());
        let place = |end: *const u8| end.addr() - all.start.addr();
        (all.start <= part.start && part.end <= all.end).then(|| place(part.start)..place(part.end))
    }
}

impl Deref for Mapped {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_have_a_place_where_they_lie_in_the_map() {
        let map = Mapped::new(memmap2::MmapMut::map_anon(10).unwrap().make_read_only().unwrap());
        assert_eq!(map.place_of(&map[2..5]), Some(2..5));
        assert_eq!(map.clone().place_of(&map), Some(0..10));
        assert_eq!(map.place_of(&[0; 3]), None);
    }
}
