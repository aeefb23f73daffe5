//! What findings are made of beside an exchange's figures: what its heads say, kept where the fields themselves are
//! not, and what the capture does not show.

use tapline_decode::Fields;

/// A set of facts.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct HeadFacts(u16);

impl HeadFacts {
    /// The request has `Authorization` or `Proxy-Authorization`.
    pub const AUTHORIZATION: Self = Self(1);
    /// The request has `Cookie`.
    pub const COOKIE: Self = Self(1 << 1);
    /// The response has `Set-Cookie`.
    pub const SET_COOKIE: Self = Self(1 << 2);
    /// The request takes a content coding beside `identity`.
    pub const TAKES_CODINGS: Self = Self(1 << 3);
    /// The response has a content coding.
    pub const IS_CODED: Self = Self(1 << 4);
    /// `Connection: close` in either, or HTTP/1.0 without `keep-alive`.
    pub const CLOSES: Self = Self(1 << 5);
    /// The request has `Expect: 100-continue`.
    pub const EXPECTS: Self = Self(1 << 6);

    /// Octets of the connection are missing in the capture since the exchange began.
    pub const MISSES_OCTETS: Self = Self(1 << 7);
    /// It was not over when the capture ended, or the connection was given up.
    pub const CAPTURE_ENDED: Self = Self(1 << 8);

    /// There is no response, although the server sent something since: it could not be read.
    pub const UNREADABLE: Self = Self(1 << 9);

    /// Whether all of the others are there.
    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those of a request's head.
    pub(crate) fn of_request(fields: &Fields) -> Self {
        Self::of(fields, |name, value| match name.len() {
            6 if name.eq_ignore_ascii_case(b"cookie") => Self::COOKIE,
            6 if name.eq_ignore_ascii_case(b"expect") => Self::EXPECTS,
            13 if name.eq_ignore_ascii_case(b"authorization") => Self::AUTHORIZATION,
            19 if name.eq_ignore_ascii_case(b"proxy-authorization") => Self::AUTHORIZATION,
            15 if name.eq_ignore_ascii_case(b"accept-encoding") && !is_identity(value) => Self::TAKES_CODINGS,
            10 if name.eq_ignore_ascii_case(b"connection") && says_close(value) => Self::CLOSES,
            _ => Self::default(),
        })
    }

    /// Those of a response's head.
    pub(crate) fn of_response(fields: &Fields) -> Self {
        Self::of(fields, |name, value| match name.len() {
            10 if name.eq_ignore_ascii_case(b"set-cookie") => Self::SET_COOKIE,
            10 if name.eq_ignore_ascii_case(b"connection") && says_close(value) => Self::CLOSES,
            16 if name.eq_ignore_ascii_case(b"content-encoding") && !is_identity(value) => Self::IS_CODED,
            _ => Self::default(),
        })
    }

    fn of(fields: &Fields, fact: impl Fn(&[u8], &[u8]) -> Self) -> Self {
        fields.iter().fold(Self::default(), |facts, (name, value)| facts.and(fact(name, value)))
    }
}

fn is_identity(value: &[u8]) -> bool {
    value.is_empty() || value.eq_ignore_ascii_case(b"identity")
}

fn says_close(value: &[u8]) -> bool {
    value.split(|&b| b == b',').any(|token| token.trim_ascii().eq_ignore_ascii_case(b"close"))
}
