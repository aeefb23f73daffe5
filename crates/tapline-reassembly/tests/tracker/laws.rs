//! Laws 2 and 3: any cut, any order, any repetition gives the same streams, also across the sequence wrap; and of
//! two copies of an octet the first one counts.
//!
//! Each law has its number of cases here, so that every run holds it as often; they are 110,000 together.

#[path = "laws/wire.rs"]
mod wire;

use proptest::prelude::*;
use tapline_reassembly::{Direction, End};

use wire::{Acknowledged, Piece, Random, exchange, told};

/// Initial sequence numbers anywhere, near the wrap and right before it.
fn initial() -> impl Strategy<Value = [u32; 2]> {
    let one = prop_oneof![2 => any::<u32>(), 4 => (u32::MAX - 400)..=u32::MAX, 1 => Just(u32::MAX)];
    proptest::array::uniform2(one)
}

/// Whether a side's stream ends with a FIN, and whether that comes alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fin {
    None,
    Alone,
    WithOctets,
}

fn fin() -> impl Strategy<Value = Fin> {
    prop_oneof![Just(Fin::None), Just(Fin::Alone), Just(Fin::WithOctets)]
}

/// One side of a case.
#[derive(Clone, Debug)]
struct Side {
    length: usize,
    /// Largest segment.
    size_max: usize,
    /// Segments beside those that make the stream whole.
    extra: usize,
    fin: Fin,
}

fn sides() -> impl Strategy<Value = [Side; 2]> {
    let one = (0usize..200, 1usize..60, 0usize..12, fin());
    let one = one.prop_map(|(length, size_max, extra, fin)| Side { length, size_max, extra, fin });
    proptest::array::uniform2(one)
}

/// A stream whole and in order, in segments; then its FIN.
fn whole(direction: Direction, stream: &[u8], side: &Side, random: &mut Random) -> Vec<Piece> {
    let all = Piece { direction, offset: 0, octets: stream.to_vec(), fin: side.fin == Fin::WithOctets };
    let mut pieces = all.cut(side.size_max, random);
    if side.fin == Fin::Alone {
        pieces.push(Piece { direction, offset: stream.len(), octets: Vec::new(), fin: true });
    }
    pieces
}

/// Any piece of a stream; its FIN is not repeated.
fn any_piece(direction: Direction, stream: &[u8], size_max: usize, random: &mut Random) -> Piece {
    let offset = random.below(stream.len() + 1);
    let end = (offset + 1 + random.below(size_max)).min(stream.len());
    Piece { direction, offset, octets: stream[offset..end].to_vec(), fin: false }
}

/// What comes out of a stream of which everything was captured.
fn all_of(stream: &[u8]) -> Vec<Option<u8>> {
    stream.iter().copied().map(Some).collect()
}

/// The segments of both sides, with repeated and overlapping ones, in an order that has nothing to do with how
/// they were sent.
fn check_order(initial: [u32; 2], sides: &[Side; 2], seed: u64) -> Result<(), TestCaseError> {
    let mut random = Random::new(seed);
    let streams = [random.octets(sides[0].length), random.octets(sides[1].length)];
    let mut pieces = Vec::new();
    for (direction, side) in Direction::BOTH.into_iter().zip(sides) {
        let stream = &streams[direction.index()];
        pieces.extend(whole(direction, stream, side, &mut random));
        for _ in 0..side.extra {
            let repeated = random.below(pieces.len());
            pieces.push(match random.below(2) {
                0 => pieces[repeated].clone(),
                _ => any_piece(direction, stream, side.size_max, &mut random),
            });
        }
    }
    let in_order = told(&exchange(initial, &pieces, Acknowledged::Captured, &mut random));
    random.shuffle(&mut pieces);
    let shuffled = told(&exchange(initial, &pieces, Acknowledged::Captured, &mut random));
    prop_assert_eq!(&shuffled.octets, &[all_of(&streams[0]), all_of(&streams[1])]);
    let end = |side: &Side| Some(if side.fin == Fin::None { End::Unseen } else { End::Fin });
    prop_assert_eq!(shuffled.ends, [end(&sides[0]), end(&sides[1])]);
    prop_assert_eq!(shuffled, in_order);
    Ok(())
}

/// Any pieces of both streams, with holes between them: what is told does not depend on how they are cut.
fn check_cut(initial: [u32; 2], sides: &[Side; 2], seed: u64) -> Result<(), TestCaseError> {
    let mut random = Random::new(seed);
    let streams = [random.octets(sides[0].length), random.octets(sides[1].length)];
    let mut pieces = Vec::new();
    for (direction, side) in Direction::BOTH.into_iter().zip(sides) {
        let stream = &streams[direction.index()];
        pieces.extend((0..=side.extra).map(|_| any_piece(direction, stream, side.size_max, &mut random)));
        if side.fin != Fin::None {
            let mut last = any_piece(direction, stream, side.size_max, &mut random);
            last.octets = stream[last.offset..].to_vec();
            last.fin = true;
            pieces.push(last);
        }
    }
    random.shuffle(&mut pieces);
    let cut: Vec<Piece> = pieces.iter().flat_map(|piece| piece.cut(8, &mut random)).collect();
    let one = told(&exchange(initial, &pieces, Acknowledged::Captured, &mut random));
    let other = told(&exchange(initial, &cut, Acknowledged::Captured, &mut random));
    prop_assert_eq!(one, other);
    Ok(())
}

/// Segments that say different things of the same octets: whether an octet waited or was handed over when its
/// second copy came, the first one counts.
fn check_first_copy(initial: [u32; 2], sides: &[Side; 2], seed: u64) -> Result<(), TestCaseError> {
    let mut random = Random::new(seed);
    let mut pieces = Vec::new();
    for (direction, side) in Direction::BOTH.into_iter().zip(sides) {
        for _ in 0..side.extra * 3 {
            let octets = 1 + random.below(side.size_max);
            let octets = random.octets(octets);
            pieces.push(Piece { direction, offset: random.below(side.length + 1), octets, fin: false });
        }
    }
    random.shuffle(&mut pieces);
    let mut first: [Vec<Option<u8>>; 2] = Default::default();
    for piece in &pieces {
        let model = &mut first[piece.direction.index()];
        model.resize(model.len().max(piece.end()), None);
        for (held, &octet) in model[piece.offset..].iter_mut().zip(&piece.octets) {
            held.get_or_insert(octet);
        }
    }
    let told = told(&exchange(initial, &pieces, Acknowledged::Captured, &mut random));
    prop_assert_eq!(told.octets, first);
    Ok(())
}

/// Acknowledgments anywhere: octets may be given up, and those that are told are still the right ones.
fn check_given_up(initial: [u32; 2], sides: &[Side; 2], seed: u64) -> Result<(), TestCaseError> {
    let mut random = Random::new(seed);
    let streams = [random.octets(sides[0].length), random.octets(sides[1].length)];
    let mut pieces = Vec::new();
    for (direction, side) in Direction::BOTH.into_iter().zip(sides) {
        pieces.extend(whole(direction, &streams[direction.index()], side, &mut random));
    }
    random.shuffle(&mut pieces);
    let told = told(&exchange(initial, &pieces, Acknowledged::Anything, &mut random));
    for (octets, stream) in told.octets.iter().zip(&streams) {
        prop_assert!(octets.len() <= stream.len());
        for (place, octet) in octets.iter().enumerate().filter(|(_, octet)| octet.is_some()) {
            prop_assert_eq!(*octet, stream.get(place).copied(), "octet {}", place);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40_000))]

    #[test]
    fn any_order_overlap_and_repetition_gives_the_streams(
        initial in initial(), sides in sides(), seed in any::<u64>(),
    ) {
        check_order(initial, &sides, seed)?;
    }

    #[test]
    fn any_cut_gives_the_same_octets_and_holes(
        initial in initial(), sides in sides(), seed in any::<u64>(),
    ) {
        check_cut(initial, &sides, seed)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn of_two_copies_the_first_one_counts(
        initial in initial(), sides in sides(), seed in any::<u64>(),
    ) {
        check_first_copy(initial, &sides, seed)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn no_acknowledgment_changes_an_octet(
        initial in initial(), sides in sides(), seed in any::<u64>(),
    ) {
        check_given_up(initial, &sides, seed)?;
    }
}
