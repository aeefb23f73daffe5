//! Reads each chain once, and judges it as often as it is sent.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::Arc;

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use tapline_packet::Timestamp;

use super::path::{Path, paths};
use super::verdict::verdict;
use super::{Chain, ChainVerdict, OcspResponse, Trust};
use crate::limits::CHAINS_KEPT_BYTES_MAX;

/// What a chain is asked.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// When it was sent.
    pub at: Timestamp,
    /// Whom the client asked for (SNI).
    pub name: Option<&'a str>,
    /// The server's address, for a client that asked for nobody.
    pub server: Option<IpAddr>,
    /// The OCSP response that came with it.
    pub ocsp: Option<&'a OcspResponse>,
}

/// Reads chains and judges them. Those it has seen lately it remembers, with the signatures in them: what a verdict
/// takes beside is the time and the name.
#[derive(Debug, Default)]
pub struct Judge {
    trust: Option<Arc<Trust>>,
    known: HashMap<[u8; 32], Known, RandomState>,
    /// The chains in `known`, the oldest first.
    order: VecDeque<[u8; 32]>,
    kept_bytes: usize,
}

#[derive(Debug)]
struct Known {
    chain: Arc<Chain>,
    /// Found when a verdict first asks.
    paths: Option<Arc<[Path]>>,
}

impl Judge {
    /// By these roots; without any, nothing is trusted and nobody is unknown.
    pub fn new(trust: Option<Arc<Trust>>) -> Self {
        Self { trust: trust.filter(|trust| !trust.is_empty()), ..Self::default() }
    }

    /// The certificates of a side.
    pub fn chain<'a>(&mut self, list: impl IntoIterator<Item = &'a [u8]> + Clone) -> Arc<Chain> {
        let fingerprint = Chain::fingerprint(list.clone());
        if let Some(known) = self.known.get(&fingerprint) {
            return known.chain.clone();
        }
        let chain = Arc::new(Chain::read(list));
        self.remember(&chain);
        chain
    }

    /// The verdict on a chain that [`Self::chain`] gave.
    pub fn verdict(&mut self, chain: &Chain, question: &Question<'_>) -> ChainVerdict {
        let paths = self.paths(chain);
        verdict(chain, &paths, self.trust.is_some(), question)
    }

    fn paths(&mut self, chain: &Chain) -> Arc<[Path]> {
        let known = self.known.get_mut(&chain.sha256).map(|known| &mut known.paths);
        if let Some(Some(paths)) = &known {
            return paths.clone();
        }
        let nobody = Trust::new();
        let found: Arc<[Path]> = paths(chain, self.trust.as_deref().unwrap_or(&nobody)).into();
        if let Some(place) = known {
            *place = Some(found.clone());
        }
        found
    }

    fn remember(&mut self, chain: &Arc<Chain>) {
        self.kept_bytes += chain.kept_bytes();
        self.order.push_back(chain.sha256);
        self.known.insert(chain.sha256, Known { chain: chain.clone(), paths: None });
        while self.kept_bytes > CHAINS_KEPT_BYTES_MAX {
            let Some(oldest) = self.order.pop_front() else { return };
            if let Some(known) = self.known.remove(&oldest) {
                self.kept_bytes = self.kept_bytes.saturating_sub(known.chain.kept_bytes());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_is_read_once_and_not_for_ever() {
        let mut judge = Judge::new(None);
        let first = judge.chain([&b"first"[..]]);
        assert!(Arc::ptr_eq(&first, &judge.chain([&b"first"[..]])));
        let octets = vec![0_u8; 64 << 10];
        for number in 0..200_u8 {
            judge.chain([&octets[..], &[number]]);
            assert!(judge.kept_bytes <= CHAINS_KEPT_BYTES_MAX);
            assert_eq!(judge.known.len(), judge.order.len());
        }
        assert!(judge.known.len() > 1 && judge.known.len() < 10);
        assert!(!Arc::ptr_eq(&first, &judge.chain([&b"first"[..]])));
    }

    #[test]
    fn chains_of_the_same_octets_are_not_the_same() {
        let mut judge = Judge::new(None);
        let one = judge.chain([&b"ab"[..], b"c"]);
        let other = judge.chain([&b"a"[..], b"bc"]);
        assert_ne!(one.sha256, other.sha256);
    }
}
