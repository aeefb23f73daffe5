//! The TLS of a connection, as small as a row and the pane need it.

use tapline_analysis::certificate::{Certificate, Chain, Date, common_name};
use tapline_analysis::{Sender, TlsOutcome, TlsSession, human, printable};

use crate::limits::NAME_CHARS_MAX;

/// A connection's first handshake, and a count of the later ones.
///
/// The first one is the story of how the connection began: its time is part of what the reader waited for, and all
/// that follows travels inside of it. A server may renegotiate without end (RFC 5246 §7.4.1.1), so the later ones
/// are counted, and of those that came to nothing the first keeps its words.
pub(crate) struct Tls {
    /// Without what no view shows: [`Self::leaf`] stands for the certificates.
    session: TlsSession,
    leaf: Option<Leaf>,
    later: Later,
}

/// The server's own certificate.
pub(crate) struct Leaf {
    /// The name that people know it by, safe to print.
    pub(crate) name: Box<str>,
    /// Who signed it, safe to print; empty where it cannot be read.
    pub(crate) issuer: Box<str>,
    /// The last second of its validity.
    pub(crate) not_after: Option<Date>,
    /// Its public key in words; empty where it cannot be read.
    pub(crate) key: Box<str>,
    /// Certificates that came with it, itself too.
    pub(crate) sent: usize,
}

/// The handshakes behind a connection's first.
#[derive(Default)]
pub(crate) struct Later {
    renegotiations: u32,
    by_server: u32,
    /// Renegotiations of which only their records' kind is known.
    inferred: u32,
    /// Handshakes in the open behind the first, as of TLS inside of a tunnel.
    others: u32,
    /// What came of the first of them that did not end well.
    pub(crate) failure: Option<Box<str>>,
}

impl Tls {
    pub(crate) fn of(session: TlsSession) -> Self {
        let leaf = session.certificates.as_deref().and_then(Leaf::of);
        Self { session: kept(session), leaf, later: Later::default() }
    }

    /// Takes what is told later: of this handshake, or of another one.
    pub(crate) fn take(&mut self, session: TlsSession, is_over: bool) {
        let same = (session.start, session.renegotiation) == (self.session.start, self.session.renegotiation);
        if same {
            let later = std::mem::take(&mut self.later);
            *self = Self { later, ..Self::of(session) };
        } else if is_over {
            self.later.count(&session);
        }
    }

    pub(crate) fn session(&self) -> &TlsSession {
        &self.session
    }

    /// The server's own certificate, where it was seen.
    pub(crate) fn leaf(&self) -> Option<&Leaf> {
        self.leaf.as_ref()
    }

    pub(crate) fn later(&self) -> &Later {
        &self.later
    }
}

/// A session without what no view shows. Its certificates above all: the engine forgets them after a while, and a
/// million rows would not.
fn kept(mut session: TlsSession) -> TlsSession {
    session.certificates = None;
    session.client_certificates = None;
    session.certificate_timestamps = Vec::new();
    session.ja3 = None;
    session.ja3s = None;
    session.ja4 = None;
    for flight in &mut session.flights {
        flight.steps.shrink_to_fit();
    }
    session.flights.shrink_to_fit();
    session
}

impl Leaf {
    fn of(chain: &Chain) -> Option<Self> {
        let leaf: &Certificate = chain.leaf()?;
        let contents = leaf.contents.as_ref().ok();
        Some(Self {
            name: contents.map_or_else(|| "unreadable".into(), |contents| short(contents.display_name())),
            issuer: contents.map(|contents| short(common_name(&contents.issuer))).unwrap_or_default(),
            not_after: contents.map(|contents| contents.not_after),
            key: contents.map(|contents| short(&contents.key.to_string())).unwrap_or_default(),
            sent: chain.certificates().len() + chain.left_out(),
        })
    }
}

/// A name from the wire, safe to print and bounded.
fn short(name: &str) -> Box<str> {
    let mut name = printable(name).into_owned();
    if let Some((cut, _)) = name.char_indices().nth(NAME_CHARS_MAX) {
        name.truncate(cut);
        name.push('…');
    }
    name.into_boxed_str()
}

impl Later {
    fn count(&mut self, session: &TlsSession) {
        match session.renegotiation {
            Some(again) => {
                self.renegotiations = self.renegotiations.saturating_add(1);
                self.by_server = self.by_server.saturating_add((again.by == Sender::Server).into());
                self.inferred = self.inferred.saturating_add(again.inferred.into());
            }
            None => self.others = self.others.saturating_add(1),
        }
        // What is only inferred has no end that could be seen.
        let is_known = session.renegotiation.is_none_or(|again| !again.inferred);
        if is_known && ![TlsOutcome::Established, TlsOutcome::NotSeen].contains(&session.outcome) {
            self.failure.get_or_insert_with(|| session.outcome_text().into());
        }
    }

    /// `2 renegotiations, 1 by server`; empty where there was none.
    pub(crate) fn words(&self) -> Vec<String> {
        let mut all = Vec::new();
        if self.renegotiations > 0 {
            let mut text = human::plural(self.renegotiations.into(), "renegotiation");
            for (count, what) in [(self.by_server, "by server"), (self.inferred, "inferred")] {
                match count {
                    0 => {}
                    _ if count == self.renegotiations => text += &format!(", {what}"),
                    _ => text += &format!(", {count} {what}"),
                }
            }
            all.push(text);
        }
        if self.others > 0 {
            all.push(format!("{} in the open inside of it", human::plural(self.others.into(), "handshake")));
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tapline_analysis::Renegotiation;

    use super::*;
    use crate::testing;

    fn again(number: u32, by: Sender, inferred: bool, outcome: TlsOutcome) -> TlsSession {
        TlsSession {
            start: testing::at(u64::from(number) * 100, 50),
            renegotiation: Some(Renegotiation { by, inferred, number }),
            outcome,
            ..TlsSession::default()
        }
    }

    #[test]
    fn later_handshakes_are_counted_and_the_first_stays() {
        let first = TlsSession {
            start: testing::at(4, 1),
            outcome: TlsOutcome::Established,
            ..TlsSession::default()
        };
        let mut tls = Tls::of(first);
        let mut check = |session: TlsSession, is_over, expected: &[&str], failure: Option<&str>| {
            tls.take(session, is_over);
            assert_eq!(tls.session().start.packet, 4);
            assert_eq!(
                (tls.later().words(), tls.later().failure.as_deref()),
                (expected.iter().map(|&word| word.to_owned()).collect(), failure)
            );
        };
        let (client, server, good) = (Sender::Client, Sender::Server, TlsOutcome::Established);
        check(again(1, server, false, good), false, &[], None);
        check(again(1, server, false, good), true, &["1 renegotiation, by server"], None);
        check(
            again(2, client, true, TlsOutcome::Cut),
            true,
            &["2 renegotiations, 1 by server, 1 inferred"],
            None,
        );
        let words = "3 renegotiations, 1 by server, 1 inferred";
        let abandoned = Some("abandoned: closed");
        check(again(3, client, false, TlsOutcome::Abandoned), true, &[words], abandoned);
        let inside =
            TlsSession { start: testing::at(900, 90), outcome: TlsOutcome::Failed, ..TlsSession::default() };
        check(inside, true, &[words, "1 handshake in the open inside of it"], abandoned);
    }

    #[test]
    fn the_same_handshake_replaces_what_was_known_of_it() {
        let early = TlsSession {
            start: testing::at(4, 1),
            outcome: TlsOutcome::Established,
            ..TlsSession::default()
        };
        let mut tls = Tls::of(early.clone());
        tls.take(TlsSession { outcome: TlsOutcome::Failed, ..early }, true);
        assert_eq!((tls.session().outcome, tls.later().words()), (TlsOutcome::Failed, Vec::new()));
    }

    #[test]
    fn certificates_are_not_kept_but_what_is_shown_of_them() {
        let chain = Arc::new(Chain::read([&b"no DER"[..], b"neither"]));
        let session = TlsSession {
            certificates: Some(chain.clone()),
            ja4: Some("t13".into()),
            ..TlsSession::default()
        };
        let tls = Tls::of(session);
        assert_eq!(Arc::strong_count(&chain), 1);
        let leaf = tls.leaf().unwrap();
        assert_eq!((&*leaf.name, leaf.sent, leaf.not_after), ("unreadable", 2, None));
        assert_eq!(tls.session().ja4, None);
    }

    #[test]
    fn names_are_bounded_and_safe() {
        assert_eq!(short(&"a".repeat(NAME_CHARS_MAX + 1)).chars().count(), NAME_CHARS_MAX + 1);
        assert_eq!(&*short("a\u{1b}[2J"), "a\\u{1b}[2J");
    }
}
