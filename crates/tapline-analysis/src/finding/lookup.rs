//! What a DNS lookup gives to tell.

use super::{Finding, catalogue};
use crate::limits::DNS_SLOW_NS;
use crate::{Lookup, human, printable};

pub(super) fn look_at(lookup: &Lookup, found: &mut Vec<Finding>) {
    let span = lookup.span;
    let name = printable(&lookup.name);
    let kind = lookup.kind_name().map_or_else(|| format!("type {}", lookup.kind), str::to_owned);
    let mut push = |kind, explanation: String, cost_ns| {
        let finding = Finding::new(kind, explanation, span.from);
        found.push(finding.proven_by([span.until.packet]).costs(cost_ns));
    };
    let Some(code) = lookup.code else {
        let tries = human::plural(u64::from(lookup.retries) + 1, "query");
        let tries = tries.replace("querys", "queries");
        let explanation =
            format!("{tries} for {kind} of {name}, the last to {}, and no answer", lookup.server);
        return push(&catalogue::DNS_UNANSWERED, explanation, None);
    };
    let took = human::duration(span.ns());
    if lookup.retries > 0 {
        let again = human::plural(u64::from(lookup.retries), "time");
        let explanation = format!("{kind} of {name} was asked again {again}; the answer came after {took}");
        push(&catalogue::DNS_RETRIED, explanation, Some(span.ns()));
    } else if span.ns() >= DNS_SLOW_NS {
        let explanation = format!("{} took {took} to find {kind} of {name}", lookup.server);
        push(&catalogue::DNS_SLOW, explanation, Some(span.ns()));
    }
    if code != 0 {
        let code = lookup.code_name().map_or_else(|| format!("code {code}"), str::to_owned);
        let explanation = format!("{} answered {code} for {kind} of {name}", lookup.server);
        push(&catalogue::DNS_FAILED, explanation, Some(span.ns()));
    }
}
