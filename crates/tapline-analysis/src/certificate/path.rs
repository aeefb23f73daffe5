//! Who signed whom, from a server's own certificate up.
//!
//! The order in which certificates were sent does not matter, and more than one way may lead up. Each way is
//! followed; dates and names are for the verdict.

use std::ops::Range;

use rustls_pki_types::CertificateDer;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::ParsedExtension;

use super::signature::{Proof, broken_rule, prove};
use super::{Chain, Date, Trust};
use crate::limits::{PATHS_MAX, SIGNATURES_MAX};

/// What of a certificate leads to another one, as places in its DER.
#[derive(Clone, Debug)]
pub(super) struct Link {
    der: Vec<u8>,
    subject: Range<usize>,
    issuer: Range<usize>,
    key: Range<usize>,
    subject_key_id: Option<Range<usize>>,
    authority_key_id: Option<Range<usize>>,
}

impl Link {
    pub(super) fn of(der: &[u8], certificate: &X509Certificate<'_>) -> Self {
        let place = |part: &[u8]| {
            let start = (part.as_ptr() as usize).saturating_sub(der.as_ptr() as usize);
            start..start + part.len()
        };
        let (mut subject_key_id, mut authority_key_id) = (None, None);
        for extension in certificate.extensions() {
            match extension.parsed_extension() {
                ParsedExtension::SubjectKeyIdentifier(id) => subject_key_id = Some(place(id.0)),
                ParsedExtension::AuthorityKeyIdentifier(id) => {
                    authority_key_id = id.key_identifier.as_ref().map(|id| place(id.0));
                }
                _ => {}
            }
        }
        Self {
            subject: place(certificate.subject().as_raw()),
            issuer: place(certificate.issuer().as_raw()),
            key: place(certificate.public_key().raw),
            subject_key_id,
            authority_key_id,
            der: der.to_vec(),
        }
    }

    fn part(&self, place: &Range<usize>) -> &[u8] {
        self.der.get(place.clone()).unwrap_or_default()
    }

    /// The name, in DER.
    pub(super) fn subject(&self) -> &[u8] {
        self.part(&self.subject)
    }

    fn issuer(&self) -> &[u8] {
        self.part(&self.issuer)
    }

    /// The SubjectPublicKeyInfo, in DER.
    pub(super) fn key(&self) -> &[u8] {
        self.part(&self.key)
    }

    /// Whether the issuer's key has this certificate's identifier, or one of them has none (RFC 5280 §4.2.1.1).
    fn key_ids_agree(&self, issuer: &Self) -> bool {
        match (&self.authority_key_id, &issuer.subject_key_id) {
            (Some(wanted), Some(own)) => self.part(wanted) == issuer.part(own),
            _ => true,
        }
    }
}

/// A way up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Path {
    /// Places in the chain, the server's own certificate first.
    pub(super) places: Vec<usize>,
    pub(super) end: End,
    /// The certificates on it whose signature no algorithm of ours could verify.
    pub(super) unverified: Vec<usize>,
    /// The rule of RFC 5280 that it breaks, where it ends in a root.
    pub(super) broken_rule: Option<String>,
}

/// Where a way ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// A root signed the last one.
    Root,
    /// The server's own is a root. (A root above it is found among the roots.)
    IsRoot,
    /// The last one signed itself, and is no root.
    SelfSigned,
    /// Nobody has the name of who signed the last one.
    IssuerMissing,
    /// Somebody has the name of who signed the last one, and did not sign it.
    NotSigned,
    /// There were more signatures than are verified.
    GivenUp,
}

/// All ways up, within bounds. Each costs signatures, and none depends on a time or a name.
pub(super) fn paths(chain: &Chain, trust: &Trust) -> Vec<Path> {
    let mut search = Search { chain, trust, found: Vec::new(), signatures: 0 };
    if let Some(Some(_)) = chain.links.first() {
        search.follow(&mut vec![0], &mut Vec::new());
    }
    search.found
}

struct Search<'a> {
    chain: &'a Chain,
    trust: &'a Trust,
    found: Vec<Path>,
    signatures: usize,
}

impl<'a> Search<'a> {
    fn link(&self, place: usize) -> Option<&'a Link> {
        self.chain.links.get(place)?.as_ref()
    }

    /// Goes up from the last place of `places`.
    fn follow(&mut self, places: &mut Vec<usize>, unverified: &mut Vec<usize>) {
        let Some((last, link)) = places.last().and_then(|&last| Some((last, self.link(last)?))) else {
            return;
        };
        if self.found.len() >= PATHS_MAX {
            return;
        }
        if self.signatures >= SIGNATURES_MAX {
            return self.end(places, unverified, End::GivenUp);
        }
        if self.trust.same(link).is_some() {
            return self.end(places, unverified, End::IsRoot);
        }
        if link.subject() == link.issuer() && link.key_ids_agree(link) {
            match self.prove(link, link) {
                Proof::Verified | Proof::Unverifiable => {
                    return self.end(places, unverified, End::SelfSigned);
                }
                Proof::Refused => {}
            }
        }
        let mut issuers = self.issuers(places, link);
        let best = issuers.iter().map(|&(_, proof)| proof).find(|proof| *proof == Proof::Verified);
        let best = best.unwrap_or(Proof::Unverifiable);
        let named = issuers.len();
        issuers.retain(|&(_, proof)| proof == best);
        if issuers.is_empty() {
            let end = if named > 0 { End::NotSigned } else { End::IssuerMissing };
            return self.end(places, unverified, end);
        }
        if best == Proof::Unverifiable {
            unverified.push(last);
        }
        for (issuer, _) in issuers {
            match issuer {
                None => self.end(places, unverified, End::Root),
                Some(place) => {
                    places.push(place);
                    self.follow(places, unverified);
                    places.pop();
                }
            }
        }
        if best == Proof::Unverifiable {
            unverified.pop();
        }
    }

    /// Who has the name of who signed this one, and whether they did: `None` for a root,
    /// else a place in the chain.
    fn issuers(&mut self, places: &[usize], link: &Link) -> Vec<(Option<usize>, Proof)> {
        let mut issuers = Vec::new();
        let trust = self.trust;
        for root in trust.of_subject(link.issuer()) {
            issuers.push((None, self.prove_named(link, &root.link)));
        }
        for place in 0..self.chain.links.len() {
            let Some(issuer) = self.link(place).filter(|_| !places.contains(&place)) else { continue };
            // A root that was sent, too, is found among the roots.
            if issuer.subject() == link.issuer() && trust.same(issuer).is_none() {
                issuers.push((Some(place), self.prove_named(link, issuer)));
            }
        }
        // A key of another identifier is another key of that name: it tells nothing that it did not sign this one.
        let mut issuers: Vec<_> =
            issuers.into_iter().filter_map(|(issuer, proof)| Some((issuer, proof?))).collect();
        // The same certificate twice, or two roots of one key, are one way.
        issuers.dedup_by(|later, earlier| later.0.is_none() && later == earlier);
        issuers
    }

    /// The proof for somebody who has the right name; `None` where the key is another one of that name.
    fn prove_named(&mut self, link: &Link, issuer: &Link) -> Option<Proof> {
        let proof = self.prove(link, issuer);
        (proof == Proof::Verified || link.key_ids_agree(issuer)).then_some(proof)
    }

    fn prove(&mut self, link: &Link, issuer: &Link) -> Proof {
        self.signatures += 1;
        prove(&link.der, issuer.key())
    }

    fn end(&mut self, places: &[usize], unverified: &[usize], end: End) {
        if self.found.len() < PATHS_MAX {
            // The library refuses what it cannot verify, before it looks at anything else.
            let broken_rule = self.broken_rule(places, end).filter(|_| unverified.is_empty());
            let (places, unverified) = (places.to_vec(), unverified.to_vec());
            self.found.push(Path { places, end, unverified, broken_rule });
        }
    }

    /// Asks the library, where a path ends in a root: at a time at which all of it is valid, if there is one.
    fn broken_rule(&self, places: &[usize], end: End) -> Option<String> {
        let (leaf, between) = places.split_first().filter(|_| end == End::Root)?;
        let last = self.link(*places.last()?)?;
        let within = self.within(places)?;
        let intermediates: Vec<CertificateDer<'_>> =
            between.iter().filter_map(|&place| Some(CertificateDer::from(&*self.link(place)?.der))).collect();
        let leaf = &self.link(*leaf)?.der;
        // Roots of one name: that one of them will do is enough.
        let roots = self.trust.of_subject(last.issuer());
        let mut broken = roots.map(|root| broken_rule(leaf, &intermediates, &root.anchor, within));
        let first = broken.next()?;
        if broken.any(|broken| broken.is_none()) { None } else { first }
    }

    /// A time at which all of these are valid, after 1970.
    fn within(&self, places: &[usize]) -> Option<Date> {
        let contents = || {
            let certificates = places.iter().filter_map(|&place| self.chain.certificates().get(place));
            certificates.filter_map(|certificate| certificate.contents.as_ref().ok())
        };
        let from = contents().map(|contents| contents.not_before).max()?.max(Date(0));
        let to = contents().map(|contents| contents.not_after).min()?;
        (from <= to).then_some(from)
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, SerialNumber};

    use super::*;

    /// Somebody of this name who may sign.
    fn named(name: &str) -> CertificateParams {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params
    }

    /// What the search finds where the signer of a certificate has so many certificates, each signed by the root, and so
    /// many others have the signer's name, and how many signatures were verified in the end, of which so many before.
    fn search(signers: u64, others: usize, signatures: usize) -> (Vec<End>, usize) {
        let [root_key, key, leaf_key] = [(); 3].map(|()| KeyPair::generate().unwrap());
        let root = Issuer::new(named("Root"), &root_key);
        let mut trust = Trust::new();
        assert!(trust.add(named("Root").self_signed(&root_key).unwrap().der()));
        let signer = Issuer::new(named("Signer"), &key);
        let mut chain = vec![named("Leaf").signed_by(&leaf_key, &signer).unwrap().der().to_vec()];
        for _ in 0..others {
            chain.push(
                named("Signer").signed_by(&KeyPair::generate().unwrap(), &root).unwrap().der().to_vec(),
            );
        }
        for serial in 0..signers {
            let mut params = named("Signer");
            params.serial_number = Some(SerialNumber::from(serial));
            chain.push(params.signed_by(&key, &root).unwrap().der().to_vec());
        }
        let chain = Chain::read(chain.iter().map(Vec::as_slice));
        assert_eq!(chain.left_out(), 0);
        let mut search = Search { chain: &chain, trust: &trust, found: Vec::new(), signatures };
        search.follow(&mut vec![0], &mut Vec::new());
        (search.found.iter().map(|path| path.end).collect(), search.signatures)
    }

    #[test]
    fn ways_up_are_followed_up_to_a_number() {
        for (signers, paths) in
            [(PATHS_MAX - 1, PATHS_MAX - 1), (PATHS_MAX, PATHS_MAX), (PATHS_MAX + 1, PATHS_MAX)]
        {
            assert_eq!(search(signers as u64, 0, 0).0, vec![End::Root; paths], "{signers}");
        }
    }

    #[test]
    fn signatures_are_verified_up_to_a_number() {
        assert_eq!(search(1, 20, 0), (vec![End::Root], search(1, 0, 0).1 + 20), "each costs one");
        // One for the certificate, then as many as there are left.
        assert_eq!(search(1, 0, SIGNATURES_MAX - 2).0, [End::Root]);
        assert_eq!(search(1, 0, SIGNATURES_MAX - 1).0, [End::GivenUp]);
    }
}
