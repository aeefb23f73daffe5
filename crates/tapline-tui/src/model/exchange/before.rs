//! What a request waited for before it was sent.

use tapline_analysis::{Exchange, Span, Timings};

/// What a request waited for: most requests of a connection have none of this.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Before {
    /// The exchange's first octet, nanoseconds since 1970.
    pub(crate) begun: i64,
    /// The DNS lookup, its ends in nanoseconds since 1970, as in those that follow.
    pub(crate) dns: Option<(i64, i64)>,
    /// The TCP handshake.
    pub(crate) connect: Option<(i64, i64)>,
    /// The TLS handshake.
    pub(crate) tls: Option<(i64, i64)>,
    /// While it was held back by other requests.
    pub(crate) held_back: Option<(i64, i64)>,
    /// Where the exchange's time went.
    pub(crate) timings: Timings,
}

impl Before {
    /// `None` where the request waited for nothing.
    pub(super) fn of(exchange: &Exchange) -> Option<Self> {
        let setup = exchange.setup.as_deref();
        if setup.is_none() && exchange.held_back.is_none() {
            return None;
        }
        let first = exchange.request.as_ref().or(exchange.response.as_ref())?.first;
        let ends = |span: Span| (span.from.at.0, span.until.at.0);
        Some(Self {
            begun: first.at.0,
            dns: setup.and_then(|setup| setup.dns).map(ends),
            connect: setup.and_then(|setup| setup.connect).map(ends),
            tls: setup.and_then(|setup| setup.tls).map(ends),
            held_back: exchange.held_back.map(ends),
            timings: exchange.timings,
        })
    }
}
