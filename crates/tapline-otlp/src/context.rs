//! The trace that a request says it belongs to (W3C Trace Context, whose sections are named here).

use tapline_engine::analysis::decode::Fields;

use crate::ids::{SpanId, TraceId};
use crate::limits::{TRACE_STATE_BYTES_MAX, TRACE_STATE_MEMBERS_MAX};

/// The caller's trace, and its span in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Context {
    /// The trace.
    pub(crate) trace: TraceId,
    /// The span that sent the request.
    pub(crate) parent: SpanId,
    /// The trace's flags, those that are known ("trace-flags").
    pub(crate) flags: u8,
    /// What vendors keep beside it; empty where there is none, or none that can be read.
    pub(crate) state: String,
}

impl Context {
    /// The context that a head carries. One that is invalid, or stands there twice, is none, and then its `tracestate`
    /// counts for nothing either ("A traceparent is Received").
    pub(crate) fn of(fields: &Fields) -> Option<Self> {
        let mut parents = values(fields, b"traceparent");
        let (parent, None) = (parents.next()?, parents.next()) else { return None };
        let (trace, parent, flags) = trace_parent(parent)?;
        Some(Self { trace, parent, flags, state: trace_state(values(fields, b"tracestate")) })
    }
}

/// The values of a field, without the space around them (RFC 9110 §5.5). Names of HTTP/1 may have capitals.
fn values<'a>(fields: &'a Fields, name: &'static [u8]) -> impl Iterator<Item = &'a [u8]> {
    let of_it = fields.iter().filter(|(field, _)| field.eq_ignore_ascii_case(name));
    of_it.map(|(_, value)| value.trim_ascii())
}

/// A `traceparent` ("traceparent Header Field Values", "Versioning of traceparent"):
///
/// ```text
///   00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01
///   version, trace id, parent id, flags; a later version may have more behind another dash
/// ```
fn trace_parent(value: &[u8]) -> Option<(TraceId, SpanId, u8)> {
    let (head, rest) = value.split_at_checked(55)?;
    let mut parts = head.split(|&octet| octet == b'-');
    let [version] = octets(parts.next()?)?;
    let trace: TraceId = octets(parts.next()?)?;
    let parent: SpanId = octets(parts.next()?)?;
    let [flags] = octets(parts.next()?)?;
    let ends = match version {
        0xff => false,
        0 => rest.is_empty(),
        _ => rest.is_empty() || rest.starts_with(b"-"),
    };
    // Sampled, and since level 2 random; of a version that is not known yet, sampled alone.
    let flags = flags & if version == 0 { 0b11 } else { 0b01 };
    let is_valid = parts.next().is_none() && ends && trace != [0; 16] && parent != [0; 8];
    is_valid.then_some((trace, parent, flags))
}

/// Octets in hexadecimal, lower case only, so many of them exactly.
fn octets<const N: usize>(digits: &[u8]) -> Option<[u8; N]> {
    if digits.len() != 2 * N {
        return None;
    }
    let mut octets = [0; N];
    for (octet, pair) in octets.iter_mut().zip(digits.chunks_exact(2)) {
        for &digit in pair {
            let value = match digit {
                b'0'..=b'9' => digit - b'0',
                b'a'..=b'f' => digit - b'a' + 10,
                _ => return None,
            };
            *octet = *octet << 4 | value;
        }
    }
    Some(octets)
}

/// A `tracestate` ("tracestate Header Field Values"): members of all its fields in order. Empty where one of them cannot be
/// read, and where they are too many or too long: what is cut could be taken for whole.
fn trace_state<'a>(fields: impl Iterator<Item = &'a [u8]>) -> String {
    let mut members: Vec<&str> = Vec::new();
    for field in fields {
        for member in field.split(|&octet| octet == b',').map(<[u8]>::trim_ascii) {
            // Empty members are allowed and say nothing.
            if member.is_empty() {
                continue;
            }
            match std::str::from_utf8(member) {
                Ok(text) if is_member(text) => members.push(text),
                _ => return String::new(),
            }
        }
    }
    let state = members.join(",");
    let fits = members.len() <= TRACE_STATE_MEMBERS_MAX && state.len() <= TRACE_STATE_BYTES_MAX;
    if fits { state } else { String::new() }
}

/// `key=value` ("list-members").
fn is_member(text: &str) -> bool {
    let Some((key, value)) = text.split_once('=') else { return false };
    let of_key = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-*/@".contains(c);
    let of_value = |c: char| (' '..='~').contains(&c) && c != ',' && c != '=';
    let begins = key.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    begins
        && key.len() <= 256
        && key.chars().all(of_key)
        && (1..=256).contains(&value.len())
        && value.chars().all(of_value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn context(fields: &[(&str, &str)]) -> Option<Context> {
        let mut list = Fields::default();
        for (name, value) in fields {
            list.push(name.as_bytes(), value.as_bytes());
        }
        Context::of(&list)
    }

    #[test]
    fn a_context_is_read() {
        let found = context(&[("host", "h"), ("TraceParent", PARENT), ("tracestate", "a=1, b@c=2")]).unwrap();
        assert_eq!(found.trace, 0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c_u128.to_be_bytes());
        assert_eq!(found.parent, 0xb7ad_6b71_6920_3331_u64.to_be_bytes());
        assert_eq!((found.flags, found.state.as_str()), (1, "a=1,b@c=2"));
    }

    #[test]
    fn a_state_that_is_too_long_is_left_out_whole() {
        let state = |text: &str| {
            context(&[("traceparent", PARENT), ("tracestate", text)]).map(|context| context.state).unwrap()
        };
        let members = |count: usize| (0..count).map(|n| format!("k{n}=v")).collect::<Vec<_>>().join(",");
        assert_eq!(state(&members(TRACE_STATE_MEMBERS_MAX)), members(TRACE_STATE_MEMBERS_MAX));
        assert_eq!(state(&members(TRACE_STATE_MEMBERS_MAX + 1)), "");
        // A value has 256 octets at most, so a state of so many octets has many members.
        let longest = |count: usize, last: usize| {
            let member = |n: usize, octets: usize| format!("k{n:02}={}", "v".repeat(octets));
            let mut all: Vec<String> = (1..count).map(|n| member(n, 252)).collect();
            all.push(member(0, last));
            all.join(",")
        };
        let fitting = TRACE_STATE_BYTES_MAX - longest(16, 0).len();
        assert_eq!(state(&longest(16, fitting)).len(), TRACE_STATE_BYTES_MAX);
        assert_eq!(state(&longest(16, fitting + 1)), "");
    }

    #[test]
    fn what_is_invalid_is_no_context() {
        let check = |value: &str, is_valid: bool| {
            assert_eq!(context(&[("traceparent", value)]).is_some(), is_valid, "{value:?}");
        };
        check(PARENT, true);
        check(&format!(" {PARENT}\t"), true);
        check("", false);
        check(&PARENT[..54], false);
        check(&format!("{PARENT}-00"), false);
        check(&format!("{PARENT}."), false);
        check(&PARENT.to_uppercase(), false);
        check(&PARENT.replace("b7ad6b7169203331", "0000000000000000"), false);
        check(&PARENT.replace("0af7651916cd43dd8448eb211c80319c", &"0".repeat(32)), false);
        check(&PARENT.replace('-', "_"), false);
        check(&PARENT.replace("-01", "-0g"), false);
        check(&PARENT.replace("-01", "-ff"), true);
        check(&PARENT.replacen("00-", "ff-", 1), false);
        // A version that is not known yet is read as far as it is known.
        check(&PARENT.replacen("00-", "cc-", 1), true);
        check(&format!("{}-what-comes", PARENT.replacen("00-", "cc-", 1)), true);
        check(&format!("{}.what-comes", PARENT.replacen("00-", "cc-", 1)), false);
        let flags = |value: &str| context(&[("traceparent", value)]).unwrap().flags;
        assert_eq!(flags(&PARENT.replace("-01", "-ff")), 3);
        assert_eq!(flags(&PARENT.replace("-01", "-ff").replacen("00-", "cc-", 1)), 1);
        assert_eq!(context(&[("traceparent", PARENT), ("traceparent", PARENT)]), None);
        assert_eq!(context(&[("tracestate", "a=1")]), None);
    }

    #[test]
    fn a_state_is_kept_whole_or_not_at_all() {
        let check = |fields: &[&str], expected: &str| {
            let mut list = vec![("traceparent", PARENT)];
            list.extend(fields.iter().map(|state| ("tracestate", *state)));
            assert_eq!(context(&list).unwrap().state, expected, "{fields:?}");
        };
        check(&["a=1", "b=2,c=3"], "a=1,b=2,c=3");
        check(&["a=1,,b=2 "], "a=1,b=2");
        check(&["a=1,b"], "");
        check(&["A=1"], "");
        check(&["a=1=2"], "");
        check(&["a="], "");
        check(&["a= 1"], "a= 1");
        let many = |count: usize| (0..count).map(|nth| format!("k{nth}=v")).collect::<Vec<_>>().join(",");
        check(&[&many(32)], &many(32));
        check(&[&many(33)], "");
    }

    proptest! {
        #[test]
        fn any_octets_are_taken(value in prop::collection::vec(any::<u8>(), 0..80), state in "[ -~]{0,40}") {
            let _ = trace_parent(&value);
            let kept = trace_state(std::iter::once(state.as_bytes()));
            prop_assert!(kept.len() <= state.len());
        }
    }
}
