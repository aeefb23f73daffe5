//! A request with its response, as small as a list and a bar need it.

mod before;
mod call;
mod stalls;

use tapline_analysis::{Exchange, Timings, printable};

pub(crate) use before::Before;
pub(crate) use call::Call;
pub(crate) use stalls::{StallRow, Stalled};

use crate::limits::REQUEST_CHARS_MAX;

/// A request with its response. Times are nanoseconds since 1970.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct ExchangeRow {
    /// The beginning of its time: what it waited for, else its first octet that was seen.
    pub(crate) start: i64,
    /// The request's last octet; `None` where the request was not seen.
    pub(crate) sent: Option<i64>,
    /// The response's first octet; `None` where it was not seen.
    pub(crate) answered: Option<i64>,
    /// Its last octet that was seen.
    pub(crate) end: i64,
    /// The packet of its first octet that was seen.
    pub(crate) packet: u64,
    /// HTTP/2 stream.
    pub(crate) stream: Option<u32>,
    pub(crate) status: Option<u16>,
    /// Octets of the response's body; `None` where no response was seen.
    pub(crate) body_bytes: Option<u64>,
    pub(crate) outcome: Outcome,
    /// Method and URL, safe to print.
    pub(crate) request: Box<str>,
    /// What it waited for before it was sent, or before it was its turn.
    pub(crate) before: Option<Box<Before>>,
    /// Where it stood still.
    pub(crate) stalled: Option<Box<Stalled>>,
    /// The gRPC call that it is.
    pub(crate) call: Option<Box<Call>>,
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
            packet: request.or(response).map_or(first.packet, |part| part.first.packet),
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
            before: Before::of(exchange).map(Box::new),
            stalled: Stalled::of(&exchange.stalls).map(Box::new),
            call: exchange.grpc.as_deref().map(|grpc| Box::new(Call::of(grpc))),
        }
    }

    /// From its beginning to its last octet, nanoseconds; `None` without a response.
    pub(crate) fn duration_ns(&self) -> Option<i64> {
        self.answered.map(|_| self.end.saturating_sub(self.start))
    }

    /// Its first octet that was seen.
    pub(crate) fn begun(&self) -> i64 {
        self.before.as_ref().map_or(self.start, |before| before.begun)
    }

    /// Where its time went. Of a request that waited for nothing before, this follows from its own moments.
    pub(crate) fn timings(&self) -> Timings {
        if let Some(before) = &self.before {
            return before.timings;
        }
        let answered = self.answered;
        let sent = self.sent.map(|sent| answered.map_or(sent, |answered| sent.min(answered)));
        Timings {
            send: sent.map(|sent| sent.saturating_sub(self.start).max(0)),
            wait: sent.zip(answered).map(|(sent, answered)| answered.saturating_sub(sent).max(0)),
            receive: answered.map(|answered| self.end.saturating_sub(answered).max(0)),
            ..Timings::default()
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_request_is_cut() {
        let line = |characters: usize| {
            let url = "é".repeat(characters - "GET ".len());
            let exchange = Exchange { method: Some("GET".into()), url: Some(url), ..Exchange::default() };
            let line = request_line(&exchange);
            (line.chars().count(), line.ends_with('…'))
        };
        assert_eq!(line(REQUEST_CHARS_MAX), (REQUEST_CHARS_MAX, false));
        assert_eq!(line(REQUEST_CHARS_MAX + 1), (REQUEST_CHARS_MAX + 1, true));
    }
}
