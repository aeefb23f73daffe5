//! RC4. Our own, because the kept crate's state cannot be copied: a record that does not authenticate, or a gap, would
//! leave the key stream where nothing opens any more.

/// The state of the key stream.
#[derive(Clone)]
pub(super) struct Rc4 {
    state: [u8; 256],
    i: u8,
    j: u8,
}

impl Rc4 {
    pub(super) fn new(key: &[u8]) -> Self {
        let mut state = [0; 256];
        (0..=u8::MAX).zip(&mut state).for_each(|(value, place)| *place = value);
        let mut rc4 = Self { state, i: 0, j: 0 };
        let mut j: u8 = 0;
        for (i, key) in (0..=u8::MAX).zip(key.iter().cycle()) {
            j = j.wrapping_add(rc4.at(i)).wrapping_add(*key);
            rc4.state.swap(usize::from(i), usize::from(j));
        }
        rc4
    }

    #[expect(clippy::indexing_slicing, reason = "there is a place for every octet")]
    fn at(&self, place: u8) -> u8 {
        self.state[usize::from(place)]
    }

    /// The next octet of the key stream.
    pub(super) fn octet(&mut self) -> u8 {
        self.i = self.i.wrapping_add(1);
        self.j = self.j.wrapping_add(self.at(self.i));
        self.state.swap(usize::from(self.i), usize::from(self.j));
        self.at(self.at(self.i).wrapping_add(self.at(self.j)))
    }
}

#[cfg(test)]
mod tests {
    use rc4::{KeyInit, StreamCipher};

    use super::*;

    #[test]
    fn the_key_stream_is_that_of_the_kept_crate() {
        for length in [1, 5, 16, 32, 256] {
            let key: Vec<u8> = (0..=u8::MAX).map(|octet| octet.wrapping_mul(7) ^ 3).take(length).collect();
            let (mut ours, mut theirs) = (Rc4::new(&key), rc4::Rc4::new_from_slice(&key).unwrap());
            let mut stream = [0; 1000];
            theirs.apply_keystream(&mut stream);
            assert_eq!((0..1000).map(|_| ours.octet()).collect::<Vec<_>>(), stream, "{length}");
        }
    }
}
