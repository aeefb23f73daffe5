//! The static and the dynamic table (RFC 7541 §2.3).

use std::collections::VecDeque;

/// The static table (RFC 7541 Appendix A); index 1 comes first.
#[rustfmt::skip]
pub static STATIC: [(&str, &str); 61] = [
    (":authority", ""), (":method", "GET"), (":method", "POST"), (":path", "/"), (":path", "/index.html"),
    (":scheme", "http"), (":scheme", "https"), (":status", "200"), (":status", "204"), (":status", "206"),
    (":status", "304"), (":status", "400"), (":status", "404"), (":status", "500"), ("accept-charset", ""),
    ("accept-encoding", "gzip, deflate"), ("accept-language", ""), ("accept-ranges", ""), ("accept", ""),
    ("access-control-allow-origin", ""), ("age", ""), ("allow", ""), ("authorization", ""), ("cache-control", ""),
    ("content-disposition", ""), ("content-encoding", ""), ("content-language", ""), ("content-length", ""),
    ("content-location", ""), ("content-range", ""), ("content-type", ""), ("cookie", ""), ("date", ""),
    ("etag", ""), ("expect", ""), ("expires", ""), ("from", ""), ("host", ""), ("if-match", ""),
    ("if-modified-since", ""), ("if-none-match", ""), ("if-range", ""), ("if-unmodified-since", ""),
    ("last-modified", ""), ("link", ""), ("location", ""), ("max-forwards", ""), ("proxy-authenticate", ""),
    ("proxy-authorization", ""), ("range", ""), ("referer", ""), ("refresh", ""), ("retry-after", ""),
    ("server", ""), ("set-cookie", ""), ("strict-transport-security", ""), ("transfer-encoding", ""),
    ("user-agent", ""), ("vary", ""), ("via", ""), ("www-authenticate", ""),
];

/// What an entry counts beside its octets (RFC 7541 §4.1).
const ENTRY_OVERHEAD: usize = 32;

/// An entry of the dynamic table.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    octets: Box<[u8]>,
    name_length: usize,
    /// Whether its name or value is a placeholder.
    unknown: bool,
}

impl Entry {
    fn new(name: &[u8], value: &[u8], unknown: bool) -> Self {
        let mut octets = Vec::with_capacity(name.len() + value.len());
        octets.extend_from_slice(name);
        octets.extend_from_slice(value);
        Self { octets: octets.into(), name_length: name.len(), unknown }
    }

    /// The field's name.
    pub fn name(&self) -> &[u8] {
        self.octets.get(..self.name_length).unwrap_or_default()
    }

    /// The field's value.
    pub fn value(&self) -> &[u8] {
        self.octets.get(self.name_length..).unwrap_or_default()
    }

    /// Whether name or value is a placeholder, because it was copied from an entry that was never seen.
    pub fn is_unknown(&self) -> bool {
        self.unknown
    }

    /// What the entry counts towards the table's size: its octets and 32 (RFC 7541 §4.1).
    pub fn size(&self) -> usize {
        self.octets.len() + ENTRY_OVERHEAD
    }
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (name, value) = (String::from_utf8_lossy(self.name()), String::from_utf8_lossy(self.value()));
        write!(f, "{name}: {value}")
    }
}

/// The dynamic table, newest entry first.
#[derive(Debug)]
pub(super) struct Table {
    entries: VecDeque<Entry>,
    size: usize,
    /// `size` never stays above it.
    size_max: usize,
    /// Entries that came and went since somebody asked.
    turnover: Turnover,
}

/// Entries that came and went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Turnover {
    pub(super) inserted: u32,
    pub(super) evicted: u32,
}

impl Table {
    pub(super) fn new(size_max: usize) -> Self {
        Self { entries: VecDeque::new(), size: 0, size_max, turnover: Turnover::default() }
    }

    pub(super) fn entries(&self) -> impl ExactSizeIterator<Item = &Entry> {
        self.entries.iter()
    }

    /// Entries that came and went since the last call.
    pub(super) fn take_turnover(&mut self) -> Turnover {
        std::mem::take(&mut self.turnover)
    }

    pub(super) fn size(&self) -> usize {
        self.size
    }

    pub(super) fn size_max(&self) -> usize {
        self.size_max
    }

    /// The entry at an index of the dynamic table, 0 the newest.
    pub(super) fn entry(&self, nth: usize) -> Option<&Entry> {
        self.entries.get(nth)
    }

    /// Puts an entry in front; one that is larger than the table empties it (RFC 7541 §4.4).
    pub(super) fn insert(&mut self, name: &[u8], value: &[u8], unknown: bool) {
        let size = name.len() + value.len() + ENTRY_OVERHEAD;
        self.evict(self.size_max.saturating_sub(size));
        if size <= self.size_max {
            self.entries.push_front(Entry::new(name, value, unknown));
            self.size += size;
            self.turnover.inserted += 1;
        }
    }

    /// Changes the maximum, evicting what no longer fits (RFC 7541 §4.3).
    pub(super) fn set_size_max(&mut self, size_max: usize) {
        self.size_max = size_max;
        self.evict(size_max);
    }

    pub(super) fn clear(&mut self) {
        self.evict(0);
        // What is forgotten here may still be in the peers' table.
        self.turnover = Turnover::default();
    }

    fn evict(&mut self, keep: usize) {
        while self.size > keep {
            let Some(oldest) = self.entries.pop_back() else { break };
            self.size -= oldest.size();
            self.turnover.evicted += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inserting_evicts_the_oldest() {
        let mut table = Table::new(2 * 34);
        for name in [b"a", b"b", b"c"] {
            table.insert(name, b"1", false);
        }
        let names: Vec<_> = table.entries().map(Entry::name).collect();
        assert_eq!(names, [b"c", b"b"]);
        assert_eq!(table.size(), 68);
    }

    #[test]
    fn an_entry_larger_than_the_table_empties_it() {
        let mut table = Table::new(40);
        table.insert(b"a", b"1", false);
        table.insert(b"name", b"value", false);
        assert_eq!((table.entries().len(), table.size()), (0, 0));
    }
}
