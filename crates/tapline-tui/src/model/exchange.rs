//! A request with its response, as small as a list and a bar need it.

use tapline_analysis::{Exchange, printable};

use crate::limits::REQUEST_CHARS_MAX;

/// A request with its response. Times are nanoseconds since 1970.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct ExchangeRow {
    /// Its first octet that was seen.
    pub(crate) start: i64,
    /// The request's last octet; `None` where the request was not seen.
    pub(crate) sent: Option<i64>,
    /// The response's first octet; `None` where it was not seen.
    pub(crate) answered: Option<i64>,
    /// Its last octet that was seen.
    pub(crate) end: i64,
    /// The packet that it began in.
    pub(crate) packet: u64,
    /// HTTP/2 stream.
    pub(crate) stream: Option<u32>,
    pub(crate) status: Option<u16>,
    /// Octets of the response's body; `None` where no response was seen.
    pub(crate) body_bytes: Option<u64>,
    pub(crate) outcome: Outcome,
    /// Method and URL, safe to print.
    pub(crate) request: Box<str>,
}

/// What became of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Outcome {
    /// Request and response came whole.
    Whole,
    /// One of them did not.
    Partial,
    /// Its HTTP/2 stream was reset.
    Reset,
    /// It was inferred from records of TLS that stayed closed.
    Inferred,
}

impl ExchangeRow {
    /// Keeps what a list and a bar need.
    pub(crate) fn of(exchange: &Exchange) -> Self {
        let (first, last) = (exchange.start().unwrap_or_default(), exchange.end().unwrap_or_default());
        let request = exchange.request.as_ref();
        let response = exchange.response.as_ref();
        Self {
            start: first.at.0,
            sent: request.map(|part| part.last.at.0),
            answered: response.map(|part| part.first.at.0),
            end: last.at.0,
            packet: first.packet,
            stream: exchange.stream,
            status: exchange.status,
            body_bytes: response.map(|part| part.body_bytes),
            outcome: match exchange.reset {
                Some(_) => Outcome::Reset,
                None if exchange.inferred => Outcome::Inferred,
                None if exchange.complete => Outcome::Whole,
                None => Outcome::Partial,
            },
            request: request_line(exchange),
        }
    }

    /// From its first octet to its last, nanoseconds; `None` without a response.
    pub(crate) fn duration_ns(&self) -> Option<i64> {
        self.answered.map(|_| self.end.saturating_sub(self.start))
    }
}

fn request_line(exchange: &Exchange) -> Box<str> {
    let method = exchange.method.as_deref().or(exchange.inferred.then_some("≈ inferred"));
    let method = method.unwrap_or(if exchange.pushed { "(pushed)" } else { "(request not seen)" });
    let mut line = printable(method).into_owned();
    if let Some(url) = &exchange.url {
        line.push(' ');
        line.push_str(&printable(url));
    }
    if let Some((cut, _)) = line.char_indices().nth(REQUEST_CHARS_MAX) {
        line.truncate(cut);
        line.push('…');
    }
    line.into_boxed_str()
}
