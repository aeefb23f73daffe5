//! Laws 2 and 3: any cut, any order, any repetition gives the same stream, also across the sequence wrap.

use crate::journal::track;
use proptest::prelude::*;
use tapline_packet::Timestamp;
use tapline_testkit::{Frame, FrameParts, Talk, frame};

/// A connection whose server sends `stream` in pieces `(offset, length)`, in that order.
fn exchange(start: u32, stream: &[u8], pieces: &[(usize, usize)]) -> Vec<Frame> {
    let (client, server) = ("10.0.0.1:40000".parse().unwrap(), "10.0.0.2:80".parse().unwrap());
    let mut frames = Talk::new(client, server, 0).sequences(1, start.wrapping_sub(1)).handshake().frames;
    for &(offset, length) in pieces {
        let offset = offset.min(stream.len());
        let end = (offset + length).min(stream.len());
        let parts = FrameParts {
            source: server,
            destination: client,
            sequence: start.wrapping_add(u32::try_from(offset).unwrap()),
            acknowledgment: 2,
            flags: 16,
            window: 1000,
            options: &[],
            payload: &stream[offset..end],
        };
        frames.push(Frame { at: Timestamp(0), octets: frame(&parts) });
    }
    frames
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_order_cut_overlap_and_repetition_gives_the_stream(
        start in prop_oneof![any::<u32>(), (u32::MAX - 300)..=u32::MAX],
        stream in proptest::collection::vec(any::<u8>(), 2..400),
        mut pieces in proptest::collection::vec((0usize..400, 2usize..80), 0..40),
        size in 2usize..60,
        seed in any::<u64>(),
    ) {
        // A whole cover, shuffled among random pieces that overlap it.
        pieces.extend((0..stream.len()).step_by(size).map(|offset| (offset, size)));
        let mut state = seed;
        for index in (1..pieces.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            pieces.swap(index, usize::try_from(state >> 33).unwrap() % (index + 1));
        }
        let journal = track(&exchange(start, &stream, &pieces));
        prop_assert_eq!(&journal.octets[0][1], &stream);
        prop_assert_eq!(journal.missing[0], [0, 0]);
    }
}
