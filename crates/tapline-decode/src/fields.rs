//! Header fields in wire order, kept in one allocation however many there are.

/// A list of name-value pairs, octets as they were on the wire (RFC 9110 §5).
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Fields {
    /// Each pair: how long name and value are, then both.
    octets: Vec<u8>,
    pairs: usize,
}

/// Octets of a pair beside its name and value.
const LENGTHS: usize = 2 * size_of::<u32>();

impl Fields {
    /// An empty list with room for so many pairs of so many octets.
    pub fn with_capacity(pairs: usize, octets: usize) -> Self {
        Self { octets: Vec::with_capacity(octets + pairs * LENGTHS), pairs: 0 }
    }

    /// Appends a pair. Names and values of 4 GiB are not representable and are left out.
    pub fn push(&mut self, name: &[u8], value: &[u8]) {
        if let (Ok(name_len), Ok(value_len)) = (u32::try_from(name.len()), u32::try_from(value.len())) {
            let lengths = u64::from(name_len) | u64::from(value_len) << u32::BITS;
            self.octets.reserve(LENGTHS + name.len() + value.len());
            self.octets.extend_from_slice(&lengths.to_le_bytes());
            self.octets.extend_from_slice(name);
            self.octets.extend_from_slice(value);
            self.pairs += 1;
        }
    }

    /// Appends the pairs of another list.
    pub fn append(&mut self, other: &Self) {
        self.octets.extend_from_slice(&other.octets);
        self.pairs += other.pairs;
    }

    /// The pairs in wire order.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let mut rest = self.octets.as_slice();
        std::iter::from_fn(move || {
            let (name_len, octets) = rest.split_first_chunk()?;
            let (value_len, octets) = octets.split_first_chunk()?;
            let (name, octets) = octets.split_at_checked(u32::from_le_bytes(*name_len) as usize)?;
            let (value, octets) = octets.split_at_checked(u32::from_le_bytes(*value_len) as usize)?;
            rest = octets;
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
        self.pairs
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.pairs == 0
    }

    /// Octets of all names and values together.
    pub fn octets_len(&self) -> usize {
        self.octets.len() - self.pairs * LENGTHS
    }
}

impl std::fmt::Debug for Fields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.iter().map(|(n, v)| (String::from_utf8_lossy(n), String::from_utf8_lossy(v))))
            .finish()
    }
}
