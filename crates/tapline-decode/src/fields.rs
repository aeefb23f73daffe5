//! Header fields in wire order, kept in two allocations however many there are.

/// A list of name-value pairs, octets as they were on the wire (RFC 9110 §5).
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Fields {
    octets: Vec<u8>,
    /// End of each name and end of each value in `octets`; a pair starts where the one before it ends.
    ends: Vec<(u32, u32)>,
}

impl Fields {
    /// An empty list with room for so many pairs of so many octets.
    pub fn with_capacity(pairs: usize, octets: usize) -> Self {
        Self { octets: Vec::with_capacity(octets), ends: Vec::with_capacity(pairs) }
    }

    /// Appends a pair. Fields past 4 GiB of text are not representable and are left out.
    pub fn push(&mut self, name: &[u8], value: &[u8]) {
        let name_end = self.octets.len() + name.len();
        let value_end = name_end + value.len();
        if let (Ok(name_end), Ok(value_end)) = (u32::try_from(name_end), u32::try_from(value_end)) {
            self.octets.extend_from_slice(name);
            self.octets.extend_from_slice(value);
            self.ends.push((name_end, value_end));
        }
    }

    /// The pairs in wire order.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let mut start = 0;
        self.ends.iter().filter_map(move |&(name_end, value_end)| {
            let name = self.octets.get(start as usize..name_end as usize)?;
            let value = self.octets.get(name_end as usize..value_end as usize)?;
            start = value_end;
            Some((name, value))
        })
    }

    /// The value of the first field of that name, letter case ignored.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.iter().find(|(n, _)| n.eq_ignore_ascii_case(name.as_bytes())).map(|(_, value)| value)
    }

    /// Every value under that name, letter case ignored, in wire order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name.as_bytes())).map(|(_, value)| value)
    }

    /// How many pairs there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Octets of all names and values together.
    pub fn octets_len(&self) -> usize {
        self.octets.len()
    }
}

impl std::fmt::Debug for Fields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.iter().map(|(n, v)| (String::from_utf8_lossy(n), String::from_utf8_lossy(v))))
            .finish()
    }
}
