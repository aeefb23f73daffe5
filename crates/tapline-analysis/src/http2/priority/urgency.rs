//! Extensible priorities: the `Priority` field (RFC 9218 §4, a dictionary of RFC 8941 §3.2).

/// What a `Priority` field says; `None` where it does not say it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Signal {
    urgency: Option<u8>,
    incremental: Option<bool>,
}

/// How urgent a response is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Urgency {
    /// 0, the most urgent, to 7.
    pub urgency: u8,
    /// Whether it is of use before it is whole.
    pub incremental: bool,
}

impl Default for Urgency {
    fn default() -> Self {
        Self { urgency: 3, incremental: false }
    }
}

impl Signal {
    /// What the signal says, over what was known: a response's field goes over its request's, member by member
    /// (RFC 9218 §8).
    pub(super) fn over(self, known: Urgency) -> Urgency {
        Urgency {
            urgency: self.urgency.unwrap_or(known.urgency),
            incremental: self.incremental.unwrap_or(known.incremental),
        }
    }

    /// Reads a field value; one that is no dictionary says nothing, nor do members that are unknown, of the wrong
    /// type or out of range.
    pub(super) fn of(value: &[u8]) -> Self {
        let mut signal = Self::default();
        let mut rest = value.trim_ascii();
        while !rest.is_empty() {
            let (member, after) = member(rest);
            let Some((key, item)) = key_and_item(member) else { return Self::default() };
            match (key, item) {
                (b"u", [digit @ b'0'..=b'7']) => signal.urgency = Some(digit - b'0'),
                (b"i", b"" | b"?1") => signal.incremental = Some(true),
                (b"i", b"?0") => signal.incremental = Some(false),
                _ => {}
            }
            rest = after;
        }
        signal
    }
}

/// The first member and what follows its comma. Commas inside of strings and inner lists do not end it.
fn member(input: &[u8]) -> (&[u8], &[u8]) {
    let (mut quoted, mut escaped, mut nested) = (false, false, false);
    for (index, &octet) in input.iter().enumerate() {
        match octet {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'(' => nested = true,
            b')' => nested = false,
            b',' if !nested => {
                let (member, rest) = input.split_at(index);
                return (member.trim_ascii(), rest.get(1..).unwrap_or_default().trim_ascii());
            }
            _ => {}
        }
    }
    (input.trim_ascii(), &[])
}

/// A member's key and the item behind it without parameters, empty where it is a true boolean.
fn key_and_item(member: &[u8]) -> Option<(&[u8], &[u8])> {
    let is_key = |octet: &u8| {
        octet.is_ascii_lowercase() || octet.is_ascii_digit() || matches!(octet, b'_' | b'-' | b'.' | b'*')
    };
    let length = member.iter().take_while(|octet| is_key(octet)).count();
    let (key, rest) = member.split_at(length);
    key.first().filter(|first| first.is_ascii_lowercase() || **first == b'*')?;
    let item = match rest.split_first() {
        None | Some((b';', _)) => &[],
        Some((b'=', [])) => return None,
        Some((b'=', item)) => item.split(|&octet| octet == b';').next().unwrap_or_default(),
        Some(_) => return None,
    };
    Some((key, item))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_as_they_are_sent() {
        let check = |value: &str, urgency, incremental| {
            assert_eq!(Signal::of(value.as_bytes()), Signal { urgency, incremental }, "{value}");
        };
        check("u=0", Some(0), None);
        check("u=5, i", Some(5), Some(true));
        check(" u=7 ,i=?0 ", Some(7), Some(false));
        check("i=?1;x=1, u=2;y", Some(2), Some(true));
        check("u=1, u=4", Some(4), None);
        check("", None, None);
        // Unknown, of another type, out of range.
        check("foo=\"a, u=1\", u=6", Some(6), None);
        check("list=(a, u=1), i", None, Some(true));
        check("u=8, i=1", None, None);
        check("u=1.5", None, None);
        check("u=-1", None, None);
        check("u", None, None);
        // No dictionaries.
        check("u=1, =2", None, None);
        check("U=1, i", None, None);
        check("u=1, i=", None, None);
        check("u=1 i", None, None);
    }

    #[test]
    fn a_response_speaks_last() {
        let request = Signal::of(b"u=5, i").over(Urgency::default());
        assert_eq!(request, Urgency { urgency: 5, incremental: true });
        assert_eq!(Signal::of(b"u=1").over(request), Urgency { urgency: 1, incremental: true });
        assert_eq!(Signal::of(b"").over(Urgency::default()), Urgency { urgency: 3, incremental: false });
    }
}
