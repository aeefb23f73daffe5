//! Whether a chain holds: at a time, for a name.

use std::cmp::Reverse;
use std::net::IpAddr;

use super::date::DAY_S;
use super::judge::Question;
use super::ocsp::{self, CertStatus};
use super::path::{End, Path};
use super::{Chain, Contents, Date};
use crate::printable;

/// Days before the end of its validity from which on a chain is expiring soon: time enough to replace it, and what
/// renewal by machine never comes near.
pub const EXPIRING_SOON_DAYS: i64 = 14;

/// Something that is wrong with a chain, the gravest first: what cannot be believed at all, who is not known, when
/// it is not valid, for whom it is not, what it may not do, what others can forge.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Fault {
    /// The server's own certificate cannot be read.
    Unreadable,
    /// The stapled OCSP response says that it is revoked.
    Revoked,
    /// A certificate was not signed by who has its issuer's name and key identifier.
    BadSignature,
    /// The server's own certificate signed itself and is no root.
    SelfSigned,
    /// Neither a root nor a certificate that was sent has the name of an issuer, or the chain ends in a certificate
    /// that signed itself and is no root.
    UnknownIssuer,
    /// A certificate was not valid any more.
    Expired,
    /// A certificate was not valid yet.
    NotYetValid,
    /// The certificate is not for the name that the client asked for.
    NameMismatch,
    /// The chain breaks a rule of RFC 5280: constraints, usages, extensions.
    NotPermitted,
    /// A signature with MD5 or SHA-1, below the root.
    WeakSignature,
    /// A key below the root that is too short.
    WeakKey,
}

impl Fault {
    /// The stable name.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Revoked => "revoked",
            Self::BadSignature => "bad_signature",
            Self::SelfSigned => "self_signed",
            Self::UnknownIssuer => "unknown_issuer",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::NameMismatch => "name_mismatch",
            Self::NotPermitted => "not_permitted",
            Self::WeakSignature => "weak_signature",
            Self::WeakKey => "weak_key",
        }
    }
}

/// Something about a chain, or that there is none, that is no fault.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Note {
    /// A certificate is valid for [`EXPIRING_SOON_DAYS`] days at most.
    ExpiringSoon,
    /// The client did not say whom it wanted.
    NameNotJudged,
    /// No root was given to judge by.
    NoRoots,
    /// No algorithm that is known here could verify a signature.
    SignatureNotVerified,
    /// There is more in the chain than is judged.
    TooMuch,
    /// TLS 1.3 encrypts certificates, and nobody gave the keys.
    Encrypted,
    /// A resumed session sends none.
    Resumed,
    /// The handshake did not come as far, or its part was not captured.
    HandshakeNotSeen,
    /// The server sent none.
    NoneSent,
}

impl Note {
    /// The stable name.
    pub fn code(self) -> &'static str {
        match self {
            Self::ExpiringSoon => "expiring_soon",
            Self::NameNotJudged => "name_not_judged",
            Self::NoRoots => "no_roots",
            Self::SignatureNotVerified => "signature_not_verified",
            Self::TooMuch => "too_much",
            Self::Encrypted => "encrypted",
            Self::Resumed => "resumed",
            Self::HandshakeNotSeen => "handshake_not_seen",
            Self::NoneSent => "none_sent",
        }
    }
}

/// A fault or a note, and one plain sentence with its figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding<Kind> {
    /// Which.
    pub kind: Kind,
    /// The sentence; safe to print.
    pub detail: String,
}

/// What became of a chain, in a word.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Verdict {
    /// The gravest fault.
    Fault(Fault),
    /// There is no fault, and something kept it from being trusted; a note says what.
    NotJudged,
    /// It leads to a root, and there is no fault.
    Trusted,
    /// There is none; a note says why.
    #[default]
    NotSeen,
}

impl Verdict {
    /// The stable name.
    pub fn code(self) -> &'static str {
        match self {
            Self::Fault(fault) => fault.code(),
            Self::NotJudged => "not_judged",
            Self::Trusted => "trusted",
            Self::NotSeen => "not_seen",
        }
    }
}

/// All that was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChainVerdict {
    /// In a word.
    pub verdict: Verdict,
    /// Every fault, the gravest first.
    pub faults: Vec<Finding<Fault>>,
    /// What else there is to say.
    pub notes: Vec<Finding<Note>>,
}

impl ChainVerdict {
    /// The verdict in words, and how many faults there are beside it: `expired +1`, `trusted, expiring soon`.
    pub fn words(&self) -> String {
        let words = self.verdict.code().replace('_', " ");
        match self.verdict {
            Verdict::Fault(_) if self.faults.len() > 1 => format!("{words} +{}", self.faults.len() - 1),
            Verdict::Trusted if self.expires_soon() => format!("{words}, expiring soon"),
            _ => words,
        }
    }

    /// Whether little of its time was left.
    pub fn expires_soon(&self) -> bool {
        self.notes.iter().any(|note| note.kind == Note::ExpiringSoon)
    }

    /// There is no chain.
    pub(super) fn not_seen(why: Note) -> Self {
        let detail = match why {
            Note::Encrypted => "encrypted in TLS 1.3: needs the keys",
            Note::Resumed => "a resumed session sends none",
            Note::NoneSent => "the server sent none",
            _ => "the handshake was not seen as far as the certificate",
        };
        let mut verdict = Self::default();
        verdict.note(why, detail);
        verdict
    }

    fn fault(&mut self, kind: Fault, detail: impl Into<String>) {
        self.faults.push(Finding { kind, detail: detail.into() });
    }

    fn note(&mut self, kind: Note, detail: impl Into<String>) {
        self.notes.push(Finding { kind, detail: detail.into() });
    }

    /// How grave its faults are, and whether something keeps it from being trusted: less is better.
    fn gravity(&self) -> (Vec<Reverse<Fault>>, bool) {
        (self.faults.iter().map(|fault| Reverse(fault.kind)).collect(), self.is_kept_back())
    }

    /// Whether something is not known that it would take to trust it.
    fn is_kept_back(&self) -> bool {
        let unknown = [Note::NoRoots, Note::SignatureNotVerified, Note::TooMuch];
        self.notes.iter().any(|note| unknown.contains(&note.kind))
    }
}

/// The verdict on the best way up.
pub(super) fn verdict(chain: &Chain, paths: &[Path], roots: bool, question: &Question<'_>) -> ChainVerdict {
    let Some(leaf) = chain.leaf() else { return ChainVerdict::not_seen(Note::NoneSent) };
    let contents = match &leaf.contents {
        Ok(contents) => contents,
        Err(why) => {
            let mut verdict =
                ChainVerdict { verdict: Verdict::Fault(Fault::Unreadable), ..Default::default() };
            let detail =
                format!("the server's certificate of {} octets cannot be read: {why}", leaf.length_bytes);
            verdict.fault(Fault::Unreadable, printable(&detail));
            return verdict;
        }
    };
    // Of equals the first: the way through what was sent in order.
    let judged = paths.iter().map(|path| along(chain, path, roots, question));
    let mut verdict = judged.min_by_key(ChainVerdict::gravity).unwrap_or_default();
    names(contents, question, &mut verdict);
    if let Some(CertStatus::Revoked { at, reason }) =
        question.ocsp.filter(|ocsp| ocsp.is_for_leaf).and_then(|ocsp| ocsp.cert_status)
    {
        let since = at.map_or_else(String::new, |at| format!(" since {}", at.day()));
        let reason = reason.and_then(ocsp::reason_name).map_or_else(String::new, |name| format!(" ({name})"));
        verdict.fault(Fault::Revoked, format!("the stapled OCSP response says revoked{since}{reason}"));
    }
    verdict.faults.sort_by_key(|fault| fault.kind);
    verdict.verdict = match verdict.faults.first() {
        Some(fault) => Verdict::Fault(fault.kind),
        None if verdict.is_kept_back() => Verdict::NotJudged,
        None => Verdict::Trusted,
    };
    verdict
}

/// The certificate's names against what the client asked for.
fn names(leaf: &Contents, question: &Question<'_>, verdict: &mut ChainVerdict) {
    match question.name {
        Some(name) if leaf.is_valid_for(name) => {}
        Some(name) if leaf.names_left_out > 0 => {
            let (name, more) = (printable(name), leaf.names_left_out);
            let detail = format!(
                "{name} is not among the first names of the certificate, and {more} more are not read"
            );
            verdict.note(Note::NameNotJudged, detail);
        }
        Some(name) => {
            let detail = format!("the client asked for {}, {}", printable(name), leaf.valid_names());
            verdict.fault(Fault::NameMismatch, detail);
        }
        None if question.server.is_some_and(|server| leaf.is_valid_for_address(server)) => {}
        None => verdict.note(Note::NameNotJudged, no_name(question.server)),
    }
}

fn no_name(server: Option<IpAddr>) -> String {
    let address =
        server.map_or_else(String::new, |server| format!(", and {server} is not in the certificate"));
    format!("the client named no server (SNI){address}: the name cannot be judged")
}

/// What holds along one path.
fn along(chain: &Chain, path: &Path, roots: bool, question: &Question<'_>) -> ChainVerdict {
    let mut verdict = ChainVerdict::default();
    let now = Date::from(question.at);
    let highest = path.places.last().copied();
    let contents = |place: usize| chain.certificates().get(place)?.contents.as_ref().ok();
    if let Some(last) = highest.and_then(contents) {
        ending(path, last, roots, &mut verdict);
    }
    let on_path = path.places.iter().filter_map(|&place| Some((place, &**contents(place)?)));
    let on_path: Vec<_> = on_path.collect();
    for &(place, contents) in &on_path {
        let whose = whose(place, contents);
        dates(&whose, contents, now, &mut verdict);
        if let Some(weakness) = contents.key.weakness() {
            verdict.fault(Fault::WeakKey, format!("the key of {whose} is weak: {weakness}"));
        }
        let algorithm = &contents.signature;
        // Who signed itself proves nothing by it, whatever the digest.
        let signs_itself = highest == Some(place) && matches!(path.end, End::SelfSigned | End::IsRoot);
        if let Some(digest) = algorithm.weak_digest.filter(|_| !signs_itself) {
            let detail = format!("{whose} is signed with {digest} ({})", algorithm.name);
            verdict.fault(Fault::WeakSignature, detail);
        }
        if path.unverified.contains(&place) {
            let detail = format!("the signature of {whose} ({}) cannot be verified here", algorithm.name);
            verdict.note(Note::SignatureNotVerified, detail);
        }
    }
    expiry(&on_path, now, &mut verdict);
    if let Some(rule) = &path.broken_rule {
        verdict.fault(Fault::NotPermitted, rule.clone());
    }
    verdict.faults.sort_by_key(|fault| fault.kind);
    verdict
}

/// Where it ends.
fn ending(path: &Path, last: &Contents, roots: bool, verdict: &mut ChainVerdict) {
    let (subject, issuer) = (&last.subject, &last.issuer);
    if !roots && !matches!(path.end, End::NotSigned | End::GivenUp) {
        verdict.note(Note::NoRoots, "there are no roots to judge by");
        return;
    }
    match path.end {
        End::Root | End::IsRoot => {}
        End::SelfSigned if path.places.len() == 1 => {
            verdict.fault(Fault::SelfSigned, format!("{subject} signed itself and is no trusted root"));
        }
        End::SelfSigned => verdict.fault(
            Fault::UnknownIssuer,
            format!("the chain ends in {subject}, which signed itself and is no trusted root"),
        ),
        End::IssuerMissing => verdict.fault(
            Fault::UnknownIssuer,
            format!("{issuer}, which signed {subject}, is no trusted root and was not sent"),
        ),
        End::NotSigned => {
            verdict.fault(Fault::BadSignature, format!("{subject} is not signed with the key of {issuer}"));
        }
        End::GivenUp => verdict.note(Note::TooMuch, "there are more issuers of one name than are tried"),
    }
}

/// A certificate in a sentence.
fn whose(place: usize, contents: &Contents) -> String {
    if place == 0 {
        "the server's certificate".to_owned()
    } else {
        format!("the certificate of {}", contents.subject)
    }
}

fn dates(whose: &str, contents: &Contents, now: Date, verdict: &mut ChainVerdict) {
    let (not_before, not_after) = (contents.not_before, contents.not_after);
    if now > not_after {
        let ago = days(now.days_since(not_after));
        verdict.fault(Fault::Expired, format!("{whose} expired on {}, {ago} before", not_after.day()));
    }
    if now < not_before {
        let later = days(not_before.days_since(now));
        let detail = format!("{whose} is not valid before {}, {later} later", not_before.day());
        verdict.fault(Fault::NotYetValid, detail);
    }
}

/// The first certificate that will expire, if that is soon.
fn expiry(on_path: &[(usize, &Contents)], now: Date, verdict: &mut ChainVerdict) {
    let valid = on_path.iter().filter(|(_, contents)| contents.not_after >= now);
    let first = valid.min_by_key(|(_, contents)| contents.not_after);
    let Some(&(place, contents)) = first else { return };
    if contents.not_after.0.saturating_sub(now.0) <= EXPIRING_SOON_DAYS * DAY_S {
        let (whose, left) = (whose(place, contents), days(contents.not_after.days_since(now)));
        let detail = format!("{whose} expires on {}, {left} later", contents.not_after.day());
        verdict.note(Note::ExpiringSoon, detail);
    }
}

fn days(days: i64) -> String {
    match days {
        0 => "less than a day".to_owned(),
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    }
}

#[cfg(test)]
mod tests {
    use super::Fault as F;
    use super::*;

    /// A chain of one certificate without faults of its own.
    fn chain() -> (Chain, Date) {
        let key = rcgen::KeyPair::generate().unwrap();
        let params = rcgen::CertificateParams::new(["www.example.test".to_owned()]).unwrap();
        let chain = Chain::read([&**params.self_signed(&key).unwrap().der()]);
        let not_before = chain.leaf().unwrap().contents.as_ref().unwrap().not_before;
        (chain, not_before)
    }

    fn path(end: End, unverified: &[usize]) -> Path {
        Path { places: vec![0], end, unverified: unverified.to_vec(), broken_rule: None }
    }

    #[test]
    fn the_best_way_up_counts_wherever_it_stands() {
        let (chain, from) = chain();
        let at = tapline_packet::Timestamp((from.0.max(0) + 3600) * 1_000_000_000);
        let question = Question { at, name: Some("www.example.test"), server: None, ocsp: None };
        let check = |paths: &[Path], expected: &str| {
            for paths in [paths.to_vec(), paths.iter().rev().cloned().collect()] {
                assert_eq!(verdict(&chain, &paths, true, &question).verdict.code(), expected);
            }
        };
        let trusted = path(End::Root, &[]);
        check(&[path(End::GivenUp, &[]), trusted.clone()], "trusted");
        check(&[path(End::Root, &[0]), trusted.clone()], "trusted");
        check(&[path(End::IssuerMissing, &[]), trusted], "trusted");
        check(&[path(End::IssuerMissing, &[]), path(End::GivenUp, &[])], "not_judged");
        check(&[path(End::IssuerMissing, &[]), path(End::NotSigned, &[])], "unknown_issuer");
    }

    #[test]
    fn the_gravest_fault_has_the_smallest_place() {
        let order = [
            "unreadable",
            "revoked",
            "bad_signature",
            "self_signed",
            "unknown_issuer",
            "expired",
            "not_yet_valid",
            "name_mismatch",
            "not_permitted",
            "weak_signature",
            "weak_key",
        ];
        let mut faults = [
            F::WeakKey,
            F::Expired,
            F::Unreadable,
            F::NameMismatch,
            F::Revoked,
            F::UnknownIssuer,
            F::NotPermitted,
            F::SelfSigned,
            F::WeakSignature,
            F::BadSignature,
            F::NotYetValid,
        ];
        faults.sort();
        assert_eq!(faults.map(Fault::code), order);
    }
}
