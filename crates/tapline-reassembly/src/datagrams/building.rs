//! A datagram of which fragments are missing, and what tells it from others.

use std::net::IpAddr;

use tapline_packet::{Envelope, Fragment, Network, Timestamp};

use super::pieces::{Fit, OnOverlap, Pieces};

/// Fragments with the same key belong together.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key {
    network: Network,
    source: IpAddr,
    destination: IpAddr,
    /// IPv4 only: in IPv6 fragments may differ in it, and that of the first holds (RFC 8200 §4.5).
    protocol: Option<u8>,
    identification: u32,
}

impl Key {
    pub(super) fn of(fragment: &Fragment<'_>) -> Self {
        let Envelope { network, source, destination, protocol, .. } = fragment.envelope;
        let protocol = source.is_ipv4().then_some(protocol);
        Self { network, source, destination, protocol, identification: fragment.identification }
    }
}

/// A datagram with some of its fragments.
pub(super) struct Building {
    /// Place among all datagrams, in order of their first fragment to come.
    pub(super) number: u64,
    /// When that came.
    pub(super) since: Timestamp,
    /// Of the first fragment, as soon as that is there.
    pub(super) envelope: Envelope,
    /// None for a dropped datagram: what still comes of it is thrown away.
    pub(super) pieces: Option<Pieces>,
    /// Whether it is counted among [`super::DatagramCounts::overlapping`].
    pub(super) overlapping: bool,
}

impl Building {
    /// What the struct and its places in both tables take.
    pub(super) const BYTES: usize = 512;

    /// One of which nothing is there yet.
    pub(super) fn new(number: u64, since: Timestamp, envelope: Envelope) -> Self {
        Self { number, since, envelope, pieces: Some(Pieces::default()), overlapping: false }
    }

    pub(super) fn bytes(&self) -> usize {
        Self::BYTES + self.pieces.as_ref().map_or(0, Pieces::bytes)
    }

    /// How the fragment fits; none where the datagram was dropped.
    pub(super) fn add(&mut self, fragment: &Fragment<'_>) -> Option<Fit> {
        let envelope = fragment.envelope;
        let on_overlap = if envelope.source.is_ipv4() { OnOverlap::KeepFirst } else { OnOverlap::Refuse };
        let fit = self.pieces.as_mut()?.add(fragment, on_overlap);
        let (ecn, layers) = (self.envelope.ip.ecn, self.envelope.layers.max(envelope.layers));
        if fragment.offset == 0 {
            self.envelope = envelope;
        }
        self.envelope.layers = layers;
        // Congestion that one fragment met is the datagram's (RFC 3168 §5.3).
        if ecn == CONGESTION || envelope.ip.ecn == CONGESTION {
            self.envelope.ip.ecn = CONGESTION;
        }
        Some(fit)
    }
}

const CONGESTION: u8 = 3;
