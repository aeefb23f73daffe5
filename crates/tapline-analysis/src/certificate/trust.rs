//! The roots that are trusted.

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, TrustAnchor};

use super::parse;
use super::path::Link;
use crate::limits::ROOTS_MAX;

/// The roots that are trusted: whoever gives them answers for them.
#[derive(Debug, Default)]
pub struct Trust {
    roots: Vec<Root>,
    /// The roots of a subject, by its DER.
    by_subject: HashMap<Vec<u8>, Vec<usize>, RandomState>,
    unreadable: usize,
    whose: &'static str,
}

/// One of them.
#[derive(Debug)]
pub(super) struct Root {
    pub(super) link: Link,
    pub(super) anchor: TrustAnchor<'static>,
}

/// Why something given as roots is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrustError {
    /// There is no certificate in it.
    NoCertificate,
    /// There are certificates, and none that can be a root.
    NoRoot,
}

impl std::fmt::Display for TrustError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NoCertificate => "holds no certificate: give a file in PEM (BEGIN CERTIFICATE) or DER",
            Self::NoRoot => "holds no certificate that can be read: give X.509 certificates in PEM or DER",
        })
    }
}

impl std::error::Error for TrustError {}

impl Trust {
    /// No root: nothing is trusted.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same, with a word on whose roots they are, as it is shown.
    #[must_use]
    pub fn called(self, whose: &'static str) -> Self {
        Self { whose, ..self }
    }

    /// Whose roots they are; empty where nobody said.
    pub fn whose(&self) -> &'static str {
        self.whose
    }

    /// Adds the certificates of a file in PEM, or the one of a file in DER.
    pub fn add_file(&mut self, octets: &[u8]) -> Result<(), TrustError> {
        let list: Vec<_> = if octets.first() == Some(&0x30) {
            vec![CertificateDer::from(octets)]
        } else {
            CertificateDer::pem_slice_iter(octets).filter_map(Result::ok).collect()
        };
        if list.is_empty() {
            return Err(TrustError::NoCertificate);
        }
        let before = self.roots.len();
        let known = list.iter().filter(|der| self.add(der)).count();
        if known == 0 && self.roots.len() == before { Err(TrustError::NoRoot) } else { Ok(()) }
    }

    /// Adds a certificate in DER; false where it cannot be read. The second time changes nothing.
    pub fn add(&mut self, der: &[u8]) -> bool {
        let Some((link, anchor)) = root(der).filter(|_| self.roots.len() < ROOTS_MAX) else {
            self.unreadable += 1;
            return false;
        };
        if !self.holds(&link) {
            self.by_subject.entry(link.subject().to_vec()).or_default().push(self.roots.len());
            self.roots.push(Root { link, anchor });
        }
        true
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.roots.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.roots.is_empty()
    }

    /// Certificates that were given and left out: they cannot be read, or there were too many.
    pub fn left_out(&self) -> usize {
        self.unreadable
    }

    /// The roots of this name.
    pub(super) fn of_subject(&self, subject: &[u8]) -> impl Iterator<Item = &Root> {
        let places = self.by_subject.get(subject).into_iter().flatten();
        places.filter_map(|&place| self.roots.get(place))
    }

    /// The root with the name and the key of a certificate.
    pub(super) fn same(&self, link: &Link) -> Option<&Root> {
        self.of_subject(link.subject()).find(|root| root.link.key() == link.key())
    }

    fn holds(&self, link: &Link) -> bool {
        self.same(link).is_some()
    }
}

fn root(der: &[u8]) -> Option<(Link, TrustAnchor<'static>)> {
    let link = Link::of(der, &parse(der).ok()?);
    let der = CertificateDer::from(der);
    let anchor = webpki::anchor_from_trusted_cert(&der).ok()?.to_owned();
    Some((link, anchor))
}
