//! The server's certificate and the verdict on its chain.

use tapline_analysis::TlsSession;
use tapline_analysis::certificate::{Date, Note, Verdict};
use tapline_analysis::human;

use super::{Facts, Piece, dim, plain};
use crate::model::{Leaf, Tls};
use crate::theme::Role;

/// ```text
///  chain     expired +1 · www.example.test · by Example Root
///            until 2026-11-01, 23 days past · ECDSA P-256 · 2 certificates sent
///            the certificate was valid until 2026-11-01T00:00:00Z, …
/// ```
pub(super) fn say(tls: &Tls, facts: &mut Facts) {
    let session = tls.session();
    let head = match tls.leaf() {
        Some(leaf) => head(leaf, session),
        None => Vec::new(),
    };
    let label = if head.is_empty() { "chain" } else { "" };
    facts.say("chain", head);
    facts.say(label, findings(session));
}

fn head(leaf: &Leaf, session: &TlsSession) -> Vec<Piece> {
    let mut pieces = vec![verdict(session), (leaf.name.to_string(), Role::Name)];
    if !leaf.issuer.is_empty() {
        pieces.push(plain(format!("by {}", leaf.issuer)));
    }
    pieces.extend(leaf.not_after.map(|date| until(date, Date::from(session.start.at))));
    if !leaf.key.is_empty() {
        pieces.push(plain(&*leaf.key));
    }
    pieces.push(dim(format!("{} sent", human::plural(leaf.sent as u64, "certificate"))));
    pieces
}

/// The last day, and how far that was away when it was sent.
fn until(not_after: Date, at: Date) -> Piece {
    let (day, days) = (not_after.day(), not_after.days_since(at));
    let count = human::plural(days.unsigned_abs(), "day");
    match days {
        0.. => plain(format!("until {day}, {count} left")),
        _ => (format!("until {day}, {count} past"), Role::Bad),
    }
}

fn verdict(session: &TlsSession) -> Piece {
    let chain = &session.chain;
    let role = match chain.verdict {
        Verdict::Fault(_) => Role::Bad,
        Verdict::Trusted if chain.expires_soon() => Role::Warn,
        Verdict::Trusted => Role::Good,
        Verdict::NotJudged | Verdict::NotSeen => Role::Dim,
    };
    (chain.words(), role)
}

/// A sentence for each fault and each note; or for why there is no chain.
fn findings(session: &TlsSession) -> Vec<Piece> {
    let chain = &session.chain;
    let faults = chain.faults.iter().map(|fault| (fault.detail.clone(), Role::Bad));
    let notes = chain.notes.iter().map(|note| {
        let role = if note.kind == Note::ExpiringSoon { Role::Warn } else { Role::Dim };
        (note.detail.clone(), role)
    });
    faults.chain(notes).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tapline_analysis::certificate::{Chain, ChainVerdict, Fault, Finding};

    use super::*;

    const DAY_S: i64 = 24 * 60 * 60;

    fn session(verdict: Verdict, faults: &[Fault], notes: &[Note]) -> TlsSession {
        let chain = ChainVerdict {
            verdict,
            faults: faults
                .iter()
                .map(|&kind| Finding { kind, detail: format!("it is {}", kind.code()) })
                .collect(),
            notes: notes
                .iter()
                .map(|&kind| Finding { kind, detail: format!("note {}", kind.code()) })
                .collect(),
        };
        TlsSession { chain, ..TlsSession::default() }
    }

    fn said(session: TlsSession) -> Vec<(&'static str, Vec<Piece>)> {
        let mut facts = Facts { lines: Vec::new(), width: 68 };
        say(&Tls::of(session), &mut facts);
        facts.lines.into_iter().map(|fact| (fact.label, fact.pieces)).collect()
    }

    #[test]
    fn each_verdict_has_its_role() {
        let check = |verdict, faults: &[Fault], notes: &[Note], expected: &str, role| {
            let session = session(verdict, faults, notes);
            assert_eq!(super::verdict(&session), (expected.to_owned(), role));
        };
        check(Verdict::Trusted, &[], &[Note::NameNotJudged], "trusted", Role::Good);
        check(Verdict::Trusted, &[], &[Note::ExpiringSoon], "trusted, expiring soon", Role::Warn);
        let faults = [Fault::Expired, Fault::WeakKey];
        check(Verdict::Fault(faults[0]), &faults, &[], "expired +1", Role::Bad);
        check(Verdict::Fault(Fault::SelfSigned), &[Fault::SelfSigned], &[], "self signed", Role::Bad);
        check(Verdict::NotJudged, &[], &[Note::NoRoots], "not judged", Role::Dim);
    }

    #[test]
    fn days_are_counted_from_when_it_was_sent() {
        let check = |days: i64, expected: &str, role| {
            let at = Date(20_000 * DAY_S);
            assert_eq!(until(Date(at.0 + days * DAY_S), at), (expected.to_owned(), role));
        };
        check(38, "until 2024-11-11, 38 days left", Role::Plain);
        check(1, "until 2024-10-05, 1 day left", Role::Plain);
        check(0, "until 2024-10-04, 0 days left", Role::Plain);
        check(-2, "until 2024-10-02, 2 days past", Role::Bad);
    }

    #[test]
    fn every_fault_has_its_sentence_under_the_certificate() {
        let fault = Fault::UnknownIssuer;
        let mut session = session(Verdict::Fault(fault), &[fault], &[Note::NameNotJudged]);
        session.certificates = Some(Arc::new(Chain::read([&b"no DER"[..]])));
        let lines = said(session);
        let (label, head) = &lines[0];
        assert_eq!((*label, head.len()), ("chain", 3), "{lines:?}");
        assert_eq!(head[1].0, "unreadable");
        let sentences = vec![
            ("it is unknown_issuer".to_owned(), Role::Bad),
            ("note name_not_judged".to_owned(), Role::Dim),
        ];
        assert_eq!(lines[1], ("", sentences));
    }

    #[test]
    fn where_there_is_none_it_says_why() {
        let encrypted = vec![("note encrypted".to_owned(), Role::Dim)];
        assert_eq!(said(session(Verdict::NotSeen, &[], &[Note::Encrypted])), [("chain", encrypted)]);
        assert_eq!(said(TlsSession::default()), []);
    }
}
