//! How far a direction has come with its secrets.

use tapline_crypto::{Opened, Opener};

use crate::limits::TLS_REFUSED_MAX;
use crate::parse::{portion, span};
use crate::tls::ContentType;
use crate::tls::record::{HEADER_SIZE, Header};

/// Under which secret a direction sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) enum Epoch {
    /// Under none.
    #[default]
    Clear,
    /// TLS 1.0–1.2: behind a `ChangeCipherSpec`.
    Changed,
    /// TLS 1.3: early data of the client.
    Early,
    /// TLS 1.3: up to Finished.
    Handshake,
    /// TLS 1.3: everything behind it.
    Application,
}

/// One direction.
#[derive(Debug, Default)]
pub(super) struct Protection {
    /// What is next by the protocol's order; what opens may be later.
    pub(super) epoch: Epoch,
    /// `None` while the epoch's secret is not known.
    pub(super) opener: Option<Opener>,
    /// Octets of records since the last one that opened, or of what is missing: how many records they were is not
    /// known.
    lost: u64,
    /// Those of them that the opener was not told of.
    untold: u64,
    /// Octets of content that are known to be missing, because their record's size is.
    content_lost: u64,
    /// Records in a row that were tried and did not open.
    refused: u32,
    /// Whether any opened.
    pub(super) has_opened: bool,
}

/// A record that opened.
#[derive(Debug)]
pub(in crate::tls) struct Content {
    pub(in crate::tls) opened: Opened,
    /// Octets of content that are missing before it.
    pub(in crate::tls) lost: u64,
    epoch: Epoch,
}

impl Content {
    /// Whether it is early data of a client (RFC 8446 §2.3).
    pub(in crate::tls) fn is_early(&self) -> bool {
        self.epoch == Epoch::Early
    }

    /// Whether the handshake is over, as far as its sender is concerned.
    pub(in crate::tls) fn is_application(&self) -> bool {
        self.epoch == Epoch::Application
    }
}

impl Protection {
    /// The next epoch begins: its secret is another one.
    pub(super) fn begin(&mut self, epoch: Epoch) {
        *self = Self { epoch, has_opened: self.has_opened, ..Self::default() };
    }

    /// Whether trying goes on.
    pub(super) fn is_worth_trying(&self) -> bool {
        self.refused < TLS_REFUSED_MAX
    }

    /// There is no secret, and none will come.
    pub(super) fn give_up(&mut self) {
        self.refused = TLS_REFUSED_MAX;
    }

    /// New secrets came.
    pub(super) fn try_again(&mut self) {
        self.refused = 0;
    }

    /// Whether a record may have been lost before the next.
    pub(super) fn is_behind_gap(&self) -> bool {
        self.lost > 0
    }

    /// Tries the opener of this epoch.
    pub(super) fn open(&mut self, header: Header, fragment: &[u8], out: &mut Vec<u8>) -> Option<Opened> {
        let untold = std::mem::take(&mut self.untold);
        let opener = self.opener.as_mut()?;
        attempt(opener, untold, header, fragment, out)
    }

    /// Tries the opener of a later epoch, and goes on with it where it fits.
    pub(super) fn advance(
        &mut self,
        epoch: Epoch,
        mut opener: Opener,
        header: Header,
        fragment: &[u8],
        out: &mut Vec<u8>,
    ) -> Option<Opened> {
        let opened = attempt(&mut opener, self.lost, header, fragment, out)?;
        (self.epoch, self.opener) = (epoch, Some(opener));
        Some(opened)
    }

    /// A record opened: what is missing before it. `content_of` tells the content of a fragment of so many octets.
    pub(super) fn content(&mut self, opened: Opened, content_of: impl Fn(usize) -> Option<usize>) -> Content {
        // What surrounds a content is as long in every record, but for padding; there lost records are taken for equally
        // long ones: most of a large transfer's are.
        let unknown = self.lost.checked_div(opened.skipped).map_or(0, |record| {
            let fragment = portion(record.saturating_sub(span(HEADER_SIZE)), usize::MAX);
            let around = record.saturating_sub(span(content_of(fragment).unwrap_or(fragment)));
            self.lost.saturating_sub(opened.skipped.saturating_mul(around)).max(1)
        });
        let lost = unknown.saturating_add(self.content_lost);
        (self.lost, self.untold, self.content_lost) = (0, 0, 0);
        (self.refused, self.has_opened) = (0, true);
        Content { opened, lost, epoch: self.epoch }
    }

    /// A record did not open, although something was tried.
    pub(super) fn refuse(&mut self) {
        self.refused = self.refused.saturating_add(1);
    }

    /// A record passed that stays closed. `tail`: what of its fragment's end is there.
    pub(super) fn pass(&mut self, header: Header, tail: &[u8], content: Option<usize>) {
        if let Some(opener) = &mut self.opener {
            opener.skip(tail, usize::from(header.length));
        }
        if self.opener.is_none() || self.lost > 0 {
            self.lost = self.lost.saturating_add(span(HEADER_SIZE) + u64::from(header.length));
        } else if header.content == ContentType::APPLICATION_DATA {
            let content = content.unwrap_or(usize::from(header.length));
            self.content_lost = self.content_lost.saturating_add(span(content));
        }
    }

    /// So many octets of records are missing.
    pub(super) fn lose(&mut self, octets: u64) {
        self.lost = self.lost.saturating_add(octets);
        self.untold = self.untold.saturating_add(octets);
    }
}

fn attempt(
    opener: &mut Opener,
    lost: u64,
    header: Header,
    fragment: &[u8],
    out: &mut Vec<u8>,
) -> Option<Opened> {
    let (content, version) = (header.content.0, header.version.0);
    if lost > 0 {
        opener.resume(lost, content, version, fragment, out).ok()
    } else {
        opener.open(content, version, fragment, out).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_counted_to_the_octet() {
        let check = |records: &[u64], lost: u64| {
            let mut protection = Protection::default();
            protection.lose(records.iter().map(|content| content + 5 + 17).sum());
            let skipped = span(records.len());
            let opened = Opened { content: 23, padding: 0, skipped, authenticated: true };
            let content = protection.content(opened, |fragment| fragment.checked_sub(17));
            assert_eq!(content.lost, lost, "{records:?}");
            assert!(!protection.is_behind_gap());
        };
        check(&[100], 100);
        check(&[100, 101], 201);
        check(&[1, 2, 16_384], 16_387);
        check(&[], 0);
    }

    #[test]
    fn a_secret_that_never_fits_is_not_tried_for_ever() {
        let mut protection = Protection::default();
        for _ in 0..TLS_REFUSED_MAX {
            assert!(protection.is_worth_trying());
            protection.refuse();
        }
        assert!(!protection.is_worth_trying());
        protection.try_again();
        assert!(protection.is_worth_trying(), "other secrets came");
    }
}
