//! Finding the way back after a gap: the first place from which several plausible headers chain.
//!
//! What is found depends on the octets alone and not on how they were cut: a candidate is refused or taken
//! only by octets of the stream, never because some have not come yet.

use crate::limits::{RESYNC_HELD_MAX, RESYNC_SEARCH_MAX};
use crate::parse::span;

/// What stands at a candidate place.
pub(crate) enum Measure {
    /// Too few octets to tell.
    Incomplete,
    /// No header.
    Implausible,
    /// A plausible header of a unit of so many octets, header included.
    Unit(usize),
}

/// How a search stands.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// More octets are needed.
    NotYet,
    /// A chain begins at this offset of the stream, with these octets already taken from it.
    Chain(u64, Vec<u8>),
    /// Nothing within the bound.
    Nothing,
}

/// A search in one direction.
#[derive(Debug)]
pub(crate) struct Search {
    /// The octets from the candidate on.
    held: Vec<u8>,
    /// The candidate's offset in the stream.
    candidate: u64,
    /// Candidates refused since the gap.
    refused: u64,
    /// Headers that have to follow one another.
    chain: usize,
}

impl Search {
    pub(crate) fn new(offset: u64, chain: usize) -> Self {
        Self { held: Vec::new(), candidate: offset, refused: 0, chain }
    }

    /// Takes octets in order; the answer is final once it is not [`Found::NotYet`].
    pub(crate) fn feed(&mut self, octets: &[u8], measure: impl Fn(&[u8]) -> Measure) -> Found {
        let mut rest = octets;
        while !rest.is_empty() {
            let (part, after) = rest.split_at(rest.len().min(RESYNC_HELD_MAX / 2));
            rest = after;
            self.held.extend_from_slice(part);
            let refused = self.refuse(&measure);
            self.held.drain(..refused.unwrap_or_else(|chain| chain));
            match refused {
                Ok(_) if self.refused > RESYNC_SEARCH_MAX => return Found::Nothing,
                Ok(_) => {}
                Err(_) => {
                    self.held.extend_from_slice(rest);
                    return Found::Chain(self.candidate, std::mem::take(&mut self.held));
                }
            }
        }
        Found::NotYet
    }

    /// The stream ends here: the last units are those that fill it to its end, although no chain follows.
    pub(crate) fn end(&mut self, measure: impl Fn(&[u8]) -> Measure) -> Found {
        let begin = (0..self.held.len()).find(|&at| {
            let mut rest = self.held.get(at..).unwrap_or_default();
            for _ in 0..self.chain {
                let Measure::Unit(size) = measure(rest) else { return false };
                let Some(behind) = rest.get(size..) else { return false };
                rest = behind;
                if rest.is_empty() {
                    return true;
                }
            }
            false
        });
        let Some(begin) = begin else { return Found::NotYet };
        let mut held = std::mem::take(&mut self.held);
        let units = held.split_off(begin);
        Found::Chain(self.candidate.saturating_add(span(begin)), units)
    }

    /// Steps over candidates: `Ok` with how many octets were refused, `Err` where a chain begins.
    fn refuse(&mut self, measure: &impl Fn(&[u8]) -> Measure) -> Result<usize, usize> {
        let mut at = 0;
        loop {
            match chain(self.chain, self.held.get(at..).unwrap_or_default(), measure) {
                Measure::Incomplete => return Ok(at),
                Measure::Implausible => {
                    at += 1;
                    self.candidate += 1;
                    self.refused += span(1);
                }
                Measure::Unit(_) => return Err(at),
            }
        }
    }
}

fn chain(headers: usize, octets: &[u8], measure: &impl Fn(&[u8]) -> Measure) -> Measure {
    let mut at = 0;
    for _ in 0..headers {
        if at > RESYNC_HELD_MAX {
            return Measure::Implausible;
        }
        match octets.get(at..).map_or(Measure::Incomplete, measure) {
            Measure::Unit(size) => at += size,
            other => return other,
        }
    }
    Measure::Unit(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Units of one length octet, which is even and not zero, and that many more.
    fn measure(octets: &[u8]) -> Measure {
        match octets.first() {
            None => Measure::Incomplete,
            Some(&size) if size > 0 && size % 2 == 0 => Measure::Unit(usize::from(size) + 1),
            Some(_) => Measure::Implausible,
        }
    }

    #[test]
    fn the_same_chain_is_found_however_the_octets_are_cut() {
        let octets = [9, 9, 4, 9, 9, 9, 9, 2, 0, 0, 2, 1, 1, 7];
        for cut in 0..octets.len() {
            let mut search = Search::new(100, 3);
            let mut found = search.feed(&octets[..cut], measure);
            if found == Found::NotYet {
                found = search.feed(&octets[cut..], measure);
            }
            let Found::Chain(offset, _) = found else { panic!("{cut}: {found:?}") };
            assert_eq!(offset, 102, "{cut}");
        }
    }

    #[test]
    fn the_last_units_are_those_that_fill_the_stream() {
        let check = |octets: &[u8], expected: Option<u64>| {
            let mut search = Search::new(100, 3);
            assert_eq!(search.feed(octets, measure), Found::NotYet, "{octets:?}");
            let found = match search.end(measure) {
                Found::Chain(at, units) => Some((at, units)),
                _ => None,
            };
            let units = expected.map(|at| (at, octets[usize::try_from(at - 100).unwrap()..].to_vec()));
            assert_eq!(found, units, "{octets:?}");
        };
        check(&[9, 2, 0, 0], Some(101));
        check(&[9, 8, 2, 1, 1, 2, 1, 1], Some(102));
        check(&[9, 8, 1, 1], None);
        check(&[9, 9], None);
        check(&[], None);
    }

    #[test]
    fn a_search_ends() {
        let mut search = Search::new(0, 3);
        let most = usize::try_from(RESYNC_SEARCH_MAX).unwrap();
        assert_eq!(search.feed(&vec![1; most], measure), Found::NotYet);
        assert_eq!(search.feed(&[1], measure), Found::Nothing);
    }

    #[test]
    fn a_chain_is_followed_over_what_is_held() {
        let check = |unit: usize, found: Option<u64>| {
            let measure = |octets: &[u8]| match octets.first() {
                None => Measure::Incomplete,
                Some(0) => Measure::Implausible,
                Some(_) => Measure::Unit(unit),
            };
            let mut search = Search::new(0, 2);
            let octets = [&[1][..], &vec![0; unit - 1], &[1]].concat();
            let at = match search.feed(&octets, measure) {
                Found::Chain(at, _) => Some(at),
                _ => None,
            };
            assert_eq!(at, found, "{unit}");
        };
        check(RESYNC_HELD_MAX, Some(0));
        check(RESYNC_HELD_MAX + 1, None);
    }
}
