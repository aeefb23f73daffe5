//! What was found of a connection.

use tapline_analysis::{Severity, human};

use super::{Facts, dim};
use crate::limits::FINDINGS_TOLD_MAX;
use crate::model::Findings;
use crate::theme::Role;
use crate::words;

/// What was found of the connection, the costliest first, a line each at least.
pub(super) fn say(id: u64, findings: &Findings, facts: &mut Facts) {
    let mut all = findings.of_connection(id);
    for (index, finding) in all.by_ref().take(FINDINGS_TOLD_MAX).enumerate() {
        let cost = finding.cost_ns.map(|ns| human::duration(ns) + " ").unwrap_or_default();
        let role = match finding.kind.severity {
            Severity::Note => Role::Plain,
            severity => words::severity_role(severity),
        };
        let text = format!("{cost}{}: {}", finding.kind.code, finding.explanation);
        facts.say(if index == 0 { "findings" } else { "" }, vec![(text, role)]);
    }
    let more = all.count() as u64;
    if more > 0 {
        facts.say("", vec![dim(format!("+ {} more that cost less", human::count(more)))]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn the_costliest_are_told_and_the_others_counted() {
        let mut findings = Findings::default();
        let mut said = |count: usize| {
            for n in 0..count {
                let cost = i64::try_from(n).unwrap() * testing::MS;
                findings.take(&testing::finding("tcp_loss", 1, Some(cost)));
            }
            let mut facts = Facts { lines: Vec::new(), width: 70 };
            say(1, &findings, &mut facts);
            let line = |fact: &super::super::Fact| format!("{:9} {}", fact.label, fact.pieces[0].0);
            facts.lines.iter().map(line).collect::<Vec<_>>()
        };
        assert_eq!(said(0), Vec::<String>::new());
        let all = said(FINDINGS_TOLD_MAX);
        assert_eq!(all.len(), FINDINGS_TOLD_MAX);
        assert_eq!(all[0], "findings  7.00 ms tcp_loss: tcp_loss was found");
        let more = said(2);
        assert_eq!(more.len(), FINDINGS_TOLD_MAX + 1);
        assert_eq!(more.last().map(String::as_str), Some("          + 2 more that cost less"));
    }
}
