//! IP payloads that were compressed (RFC 3173) with DEFLATE (RFC 2394).

use flate2::{Decompress, FlushDecompress, Status};
use tapline_packet::Compressed;

use crate::Whole;
use crate::limits::DATAGRAM_BYTES_MAX;

/// Inflates one payload after the other; each is compressed on its own (RFC 3173 §2). Only the working memory
/// is kept between two of them.
#[derive(Default)]
pub struct Inflater {
    state: Option<Decompress>,
}

impl Inflater {
    /// The payload as it was. None where it was cut, is not DEFLATE, or is larger than
    /// [`DATAGRAM_BYTES_MAX`], which no datagram is.
    pub fn inflate(&mut self, compressed: &Compressed<'_>) -> Option<Whole> {
        if (compressed.payload.len() as u64) < u64::from(compressed.payload_length) {
            return None;
        }
        let state = self.state.get_or_insert_with(|| Decompress::new(false));
        state.reset(false);
        let mut octets = Vec::with_capacity(DATAGRAM_BYTES_MAX as usize);
        let status = state.decompress_vec(compressed.payload, &mut octets, FlushDecompress::Finish);
        let whole = Whole { envelope: compressed.envelope, octets };
        (status.ok()? == Status::StreamEnd).then_some(whole)
    }
}

#[cfg(test)]
mod tests {
    use flate2::{Compress, Compression, FlushCompress};
    use tapline_packet::{Dissected, Envelope, dissect_datagram};

    use super::*;

    fn deflate(octets: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(octets.len() + 1000);
        let mut state = Compress::new(Compression::best(), false);
        state.compress_vec(octets, &mut out, FlushCompress::Finish).unwrap();
        out
    }

    fn compressed(payload: &[u8]) -> Compressed<'_> {
        let payload_length = u32::try_from(payload.len()).unwrap();
        let envelope = Envelope { protocol: 6, ..Envelope::default() };
        Compressed { envelope, index: 2, payload, payload_length }
    }

    #[test]
    fn one_payload_after_the_other_is_read_on() {
        let mut inflater = Inflater::default();
        for text in [&b"once"[..], b"twice", b""] {
            let tcp = [3, 0xe8, 0, 80, 0, 0, 0, 9, 0, 0, 0, 0, 0x50, 2, 0xff, 0xff, 0, 1, 0, 0];
            let packed = deflate(&[&tcp[..], text].concat());
            let whole = inflater.inflate(&compressed(&packed)).unwrap();
            let Dissected::Tcp(segment) = dissect_datagram(&whole.datagram()) else { panic!("no segment") };
            assert_eq!((segment.sequence, segment.payload), (9, text));
        }
    }

    #[test]
    fn a_datagram_has_a_largest_size() {
        let mut inflater = Inflater::default();
        let length = |whole: Option<Whole>| whole.map(|whole| whole.octets.len());
        let most = DATAGRAM_BYTES_MAX as usize;
        let packed = deflate(&vec![0; most]);
        assert_eq!(length(inflater.inflate(&compressed(&packed))), Some(most));
        let packed = deflate(&vec![0; most + 1]);
        assert_eq!(length(inflater.inflate(&compressed(&packed))), None);
        let packed = deflate(&vec![0; 50_000_000]);
        assert_eq!(length(inflater.inflate(&compressed(&packed))), None);
    }

    #[test]
    fn what_is_cut_or_broken_gives_nothing_and_leaves_no_trace() {
        let mut inflater = Inflater::default();
        let packed = deflate(b"some octets, some octets");
        for end in 0..packed.len() {
            let cut = Compressed { payload: &packed[..end], ..compressed(&packed) };
            assert!(inflater.inflate(&cut).is_none());
            assert!(inflater.inflate(&compressed(&packed[..end])).is_none(), "{end}");
        }
        assert!(inflater.inflate(&compressed(&[0xff; 40])).is_none());
        assert!(inflater.inflate(&compressed(&packed)).is_some());
    }
}
