//! What was found: the costliest of it, and what each kind came to.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use tapline_analysis::{Finding, Kind, Severity};

use crate::limits::{FINDING_PACKETS_MAX, FINDINGS_MAX};

/// What was found.
#[derive(Default)]
pub(crate) struct Findings {
    /// By rank; the costliest, at most [`FINDINGS_MAX`] or what there is memory for.
    kept: BTreeMap<Rank, FindingRow>,
    /// Those of `kept` that concern one connection.
    of_connection: BTreeSet<(u64, Rank)>,
    /// By code: as many as the catalogue has.
    kinds: BTreeMap<&'static str, Kindred>,
    taken: u64,
    left_out: u64,
    /// By what they cost, the costliest first, as of the last [`Self::settle`].
    ranked: Vec<Rank>,
    /// Something came since.
    stale: bool,
}

/// Cost in nanoseconds, severity, and the number of the finding: what was found first ranks higher.
type Rank = (i64, Severity, Reverse<u64>);

/// A finding without what no view shows.
#[derive(Clone, Debug)]
pub(crate) struct FindingRow {
    pub(crate) kind: &'static Kind,
    /// One sentence, safe to print.
    pub(crate) explanation: Box<str>,
    /// `None` for what concerns several.
    pub(crate) connection: Option<u64>,
    pub(crate) stream: Option<u32>,
    /// The packet at which to look.
    pub(crate) at: u64,
    /// The first packets that prove it, at most [`FINDING_PACKETS_MAX`].
    pub(crate) packets: Box<[u64]>,
    /// How many more there are.
    pub(crate) packets_left_out: usize,
    /// Nanoseconds; `None` where it costs none or that is not known.
    pub(crate) cost_ns: Option<i64>,
}

/// The findings of one kind.
pub(crate) struct Kindred {
    /// The one that cost most; the first of them where several did.
    pub(crate) worst: FindingRow,
    /// How many there are.
    pub(crate) count: u64,
    /// What they cost together, nanoseconds.
    pub(crate) cost_ns: i64,
}

impl Findings {
    /// Takes what was found.
    pub(crate) fn take(&mut self, finding: &Finding) {
        let rank = (finding.cost_ns.unwrap_or(0), finding.kind.severity, Reverse(self.taken));
        self.taken += 1;
        self.kinds
            .entry(finding.kind.code)
            .and_modify(|kindred| kindred.add(finding))
            .or_insert_with(|| Kindred::of(finding));
        self.stale = true;
        self.kept.insert(rank, FindingRow::of(finding));
        self.of_connection.extend(finding.connection.map(|connection| (connection, rank)));
        if self.kept.len() > FINDINGS_MAX || !tapline_memory::has_room() {
            self.leave_out_cheapest();
        }
    }

    fn leave_out_cheapest(&mut self) {
        let Some((rank, row)) = self.kept.pop_first() else { return };
        if let Some(connection) = row.connection {
            self.of_connection.remove(&(connection, rank));
        }
        self.left_out += 1;
    }

    /// The kinds that there are findings of: what cost most first, then what matters most.
    pub(crate) fn kinds(&self) -> Vec<&Kindred> {
        let mut kinds: Vec<&Kindred> = self.kinds.values().collect();
        kinds.sort_by_key(|kindred| Reverse((kindred.cost_ns, kindred.worst.kind.severity)));
        kinds
    }

    /// The kind with this code.
    pub(crate) fn kind(&self, code: &str) -> Option<&Kindred> {
        self.kinds.get(code)
    }

    /// Puts the list in order where something came.
    pub(crate) fn settle(&mut self) {
        if std::mem::take(&mut self.stale) {
            self.ranked = self.kept.keys().rev().copied().collect();
        }
    }

    /// How many are listed.
    pub(crate) fn listed(&self) -> usize {
        self.ranked.len()
    }

    /// The finding at a place of the list.
    pub(crate) fn get(&self, place: usize) -> Option<&FindingRow> {
        self.kept.get(self.ranked.get(place)?)
    }

    /// The place of the costliest finding of a kind.
    pub(crate) fn place_of_kind(&self, code: &str) -> Option<usize> {
        self.ranked.iter().position(|rank| self.kept.get(rank).is_some_and(|row| row.kind.code == code))
    }

    /// The findings of a connection, the costliest first.
    pub(crate) fn of_connection(&self, id: u64) -> impl Iterator<Item = &FindingRow> {
        let lowest = (i64::MIN, Severity::Note, Reverse(u64::MAX));
        let highest = (i64::MAX, Severity::Error, Reverse(0));
        let ranks = self.of_connection.range((id, lowest)..=(id, highest)).rev();
        ranks.filter_map(|(_, rank)| self.kept.get(rank))
    }

    /// How many there are of a severity.
    pub(crate) fn count(&self, severity: Severity) -> u64 {
        let kindred = self.kinds.values().filter(|kindred| kindred.worst.kind.severity == severity);
        kindred.map(|kindred| kindred.count).sum()
    }

    /// How many found no room: each is counted with its kind, and told nowhere else.
    pub(crate) fn left_out(&self) -> u64 {
        self.left_out
    }
}

impl Kindred {
    fn of(finding: &Finding) -> Self {
        Self { worst: FindingRow::of(finding), count: 1, cost_ns: finding.cost_ns.unwrap_or(0) }
    }

    fn add(&mut self, finding: &Finding) {
        self.count += 1;
        self.cost_ns = self.cost_ns.saturating_add(finding.cost_ns.unwrap_or(0));
        if finding.cost_ns.unwrap_or(0) > self.worst.cost_ns.unwrap_or(0) {
            self.worst = FindingRow::of(finding);
        }
    }
}

impl FindingRow {
    fn of(finding: &Finding) -> Self {
        let evidence = finding.evidence();
        let packets: Box<[u64]> = evidence.iter().copied().take(FINDING_PACKETS_MAX).collect();
        Self {
            kind: finding.kind,
            explanation: finding.explanation.as_ref().into(),
            connection: finding.connection,
            stream: finding.stream,
            at: finding.at.packet,
            packets_left_out: evidence.len() - packets.len(),
            packets,
            cost_ns: finding.cost_ns,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    fn taken(findings: impl IntoIterator<Item = Finding>) -> Findings {
        let mut all = Findings::default();
        findings.into_iter().for_each(|finding| all.take(&finding));
        all
    }

    #[test]
    fn kinds_are_ranked_by_what_they_cost_together_then_by_severity() {
        let findings = taken([
            testing::finding("tls_certificate_invalid", 1, None),
            testing::finding("http_redirect", 1, Some(70)),
            testing::finding("tcp_loss", 1, Some(40)),
            testing::finding("tcp_loss", 2, Some(60)),
            testing::finding("http1_connection_close", 1, None),
        ]);
        let kinds = findings.kinds();
        let codes: Vec<&str> = kinds.iter().map(|kindred| kindred.worst.kind.code).collect();
        assert_eq!(codes, ["tcp_loss", "http_redirect", "tls_certificate_invalid", "http1_connection_close"]);
        let loss = kinds.first().unwrap();
        assert_eq!((loss.count, loss.cost_ns, loss.worst.connection), (2, 100, Some(2)));
        assert_eq!((findings.count(Severity::Error), findings.count(Severity::Warning)), (1, 2));
    }

    #[test]
    fn a_connections_findings_are_its_own_the_costliest_first() {
        let findings = taken([
            testing::finding("http_redirect", 1, None),
            testing::finding("tcp_loss", 1, Some(40)),
            testing::finding("tcp_loss", 2, Some(60)),
            testing::finding("tcp_slow_start", 1, Some(41)),
        ]);
        let codes = |id| findings.of_connection(id).map(|row| row.kind.code).collect::<Vec<_>>();
        assert_eq!(codes(1), ["tcp_slow_start", "tcp_loss", "http_redirect"]);
        assert_eq!((codes(2), codes(3)), (vec!["tcp_loss"], vec![]));
    }

    #[test]
    fn the_cheapest_find_no_room_and_are_counted() {
        let cost = |n: usize| Some(i64::try_from(n).unwrap() + 1);
        let mut findings = taken((0..FINDINGS_MAX).map(|n| testing::finding("tcp_loss", 7, cost(n))));
        assert_eq!(findings.left_out(), 0);
        findings.take(&testing::finding("http_redirect", 8, None));
        findings.take(&testing::finding("tcp_loss", 7, Some(i64::MAX)));
        assert_eq!((findings.left_out(), findings.kept.len()), (2, FINDINGS_MAX));
        assert_eq!(findings.of_connection.len(), FINDINGS_MAX, "what is not kept is not listed either");
        assert_eq!(findings.of_connection(7).last().and_then(|row| row.cost_ns), Some(2));
        assert_eq!(findings.kind("http_redirect").map(|kindred| kindred.count), Some(1), "but its kind is");
    }

    #[test]
    fn many_packets_are_cut_and_the_rest_is_counted() {
        let packets = (1..=20).collect();
        let row = FindingRow::of(&Finding { packets, ..testing::finding("tcp_loss", 1, None) });
        assert_eq!(
            (row.packets.len(), row.packets_left_out),
            (FINDING_PACKETS_MAX, 20 - FINDING_PACKETS_MAX)
        );
    }
}
